package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Run is one printing that a person asked for.
type Run struct {
	ID        string
	Batch     string
	Device    string
	StartedAt time.Time
	EndedAt   time.Time // zero while it goes on
	Who       string
	Asked     int // pieces
}

// Job is what is given to a device at once: the pages of some pieces, in order.
type Job struct {
	ID       string
	Run      string
	Batch    string
	Device   string
	Pages    int     // as many as pieces, unless said otherwise
	Pieces   []int64 // the post's ids in page order
	State    string  // the device's last word
	OpenedAt time.Time
	ClosedAt time.Time // zero while the device has it
}

// OpenRun notes that a run begins. An empty start or person is filled in.
func (tx *Tx) OpenRun(r Run) error {
	if r.StartedAt.IsZero() {
		r.StartedAt = tx.at
	}
	if r.Who == "" {
		r.Who = tx.who
	}
	return tx.exec(`INSERT INTO runs (id, batch, device, who, asked, started_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Batch, r.Device, r.Who, r.Asked, micros(r.StartedAt), micros(r.EndedAt))
}

// CloseRun notes that a run is over.
func (tx *Tx) CloseRun(id string) error {
	n, err := tx.change(`UPDATE runs SET ended_at = ? WHERE id = ?`, micros(tx.at), id)
	if err == nil && n == 0 {
		return tx.fail(absent("run", id))
	}
	return err
}

// OpenJob notes a job before anything of it goes to the device; its run must be open. Events of kind intent name it. Its pages are those of
// its pieces, unless their number is given.
func (tx *Tx) OpenJob(j Job) error {
	if j.OpenedAt.IsZero() {
		j.OpenedAt = tx.at
	}
	err := tx.exec(`INSERT INTO jobs (id, run, batch, device, pages, state, opened_at, closed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		j.ID, j.Run, j.Batch, j.Device, max(0, j.Pages-len(j.Pieces)), j.State, micros(j.OpenedAt), micros(j.ClosedAt))
	if err != nil {
		return err
	}
	return tx.ExtendJob(j.ID, j.Pieces)
}

// ExtendJob adds pieces to an open job, in page order, before anything of them goes to the device.
func (tx *Tx) ExtendJob(id string, pieces []int64) error {
	n, err := tx.change(`UPDATE jobs SET pages = pages + ? WHERE id = ?`, len(pieces), id)
	if err == nil && n == 0 {
		err = tx.fail(absent("job", id))
	}
	if err != nil || len(pieces) == 0 {
		return err
	}
	var page int
	if err := tx.row(`SELECT coalesce(max(page), 0) FROM job_pages WHERE job = ?`, id).Scan(&page); err != nil {
		return err
	}
	for _, piece := range pieces {
		page++
		if err := tx.exec(`INSERT INTO job_pages (job, page, piece) VALUES (?, ?, ?)`, id, page, piece); err != nil {
			return err
		}
	}
	return nil
}

// CloseJob notes the device's last word about a job.
func (tx *Tx) CloseJob(id, state string) error {
	n, err := tx.change(`UPDATE jobs SET state = ?, closed_at = ? WHERE id = ?`, state, micros(tx.at), id)
	if err == nil && n == 0 {
		return tx.fail(absent("job", id))
	}
	return err
}

// HasJob reports whether a job of this name was opened.
func (tx *Tx) HasJob(id string) (bool, error) {
	var n int
	err := tx.row(`SELECT count(*) FROM jobs WHERE id = ?`, id).Scan(&n)
	return n > 0, err
}

const jobColumns = `SELECT id, run, batch, device, pages, (SELECT json_group_array(piece ORDER BY page) FROM job_pages WHERE job = id),
	state, opened_at, closed_at FROM jobs `

// OpenJobs lists, oldest first, the jobs of which something is still not known: not closed, or with pieces still queued. They are what a
// station looks at after a crash.
func (s *Store) OpenJobs(ctx context.Context) ([]Job, error) {
	return s.jobs(ctx, jobColumns+`WHERE id IN (SELECT id FROM jobs WHERE closed_at = 0 UNION SELECT job FROM states WHERE state = 'queued')
		ORDER BY opened_at, id`)
}

// Jobs lists the jobs of a run, oldest first.
func (s *Store) Jobs(ctx context.Context, run string) ([]Job, error) {
	return s.jobs(ctx, jobColumns+`WHERE run = ? ORDER BY opened_at, id`, run)
}

// Job reads one job.
func (s *Store) Job(ctx context.Context, id string) (Job, error) {
	list, err := s.jobs(ctx, jobColumns+`WHERE id = ?`, id)
	if err == nil && len(list) == 0 {
		err = absent("job", id)
	}
	if err != nil {
		return Job{}, err
	}
	return list[0], nil
}

func (s *Store) jobs(ctx context.Context, query string, args ...any) ([]Job, error) {
	rows, err := s.reader.query(ctx, query, args...)
	if err != nil {
		return nil, s.trouble("jobs", err)
	}
	list, err := scanJobs(rows)
	return list, s.trouble("jobs", err)
}

func scanJobs(rows *sql.Rows) ([]Job, error) {
	defer rows.Close()
	var list []Job
	for rows.Next() {
		var j Job
		var pieces string
		var opened, closed int64
		if err := rows.Scan(&j.ID, &j.Run, &j.Batch, &j.Device, &j.Pages, &pieces, &j.State, &opened, &closed); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(pieces), &j.Pieces); err != nil {
			return nil, fmt.Errorf("%w: job %s: %w", ErrDamaged, j.ID, err)
		}
		j.OpenedAt, j.ClosedAt = moment(opened), moment(closed)
		list = append(list, j)
	}
	return list, rows.Err()
}

// Runs lists the runs of a batch, oldest first; all runs where batch is empty.
func (s *Store) Runs(ctx context.Context, batch string) ([]Run, error) {
	rows, err := s.reader.query(ctx, `SELECT id, batch, device, who, asked, started_at, ended_at FROM runs
		WHERE ?1 = '' OR batch = ?1 ORDER BY started_at, id`, batch)
	if err != nil {
		return nil, s.trouble("runs", err)
	}
	defer rows.Close()
	var list []Run
	for rows.Next() {
		var r Run
		var started, ended int64
		if err := rows.Scan(&r.ID, &r.Batch, &r.Device, &r.Who, &r.Asked, &started, &ended); err != nil {
			return nil, s.trouble("runs", err)
		}
		r.StartedAt, r.EndedAt = moment(started), moment(ended)
		list = append(list, r)
	}
	return list, s.trouble("runs", rows.Err())
}
