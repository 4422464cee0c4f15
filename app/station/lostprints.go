package station

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"znak/app/postal"
	"znak/store"
)

// LostPrint is a job that a restored store does not know, or does not know to its end: what is on its pages may be on paper.
type LostPrint struct {
	File  string        `json:"file,omitempty"` // where it lies; "" where only the replaced store told of it
	Job   string        `json:"job"`
	Batch string        `json:"batch,omitempty"` // as in the name of the job: letters, digits and hyphens of the batch's own
	ShPIs []postal.ShPI `json:"shpis,omitempty"` // read from its pages, in their order
	Whole bool          `json:"whole,omitempty"` // not all pages could be read: all of the batch is meant
	Void  []postal.ShPI `json:"void,omitempty"`  // on it, but void for certain (LostVoid)
}

// keyLostPrints keeps the prints of which not all pieces have been seen since the restore.
const keyLostPrints = "lost-prints"

// jobName is how a run names its jobs (jobID): batch, time, the end of the run's identity, and from the second slip on its number.
var jobName = regexp.MustCompile(`^(.+)-\d{8}-\d{6}-[0-9a-f]{6}(-\d{3})?$`)

// lostPrints lists the printed files that the store has no closed job for.
func lostPrints(ctx context.Context, s *store.Store, dir string) ([]LostPrint, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []LostPrint
	for _, e := range entries {
		id, isPDF := strings.CutSuffix(e.Name(), ".pdf")
		if !isPDF || e.IsDir() || strings.HasPrefix(id, ".") {
			continue
		}
		l, err := newLostPrint(ctx, s, id)
		if err != nil {
			return nil, err
		}
		if l == nil {
			continue
		}
		l.File = filepath.Join(dir, e.Name())
		var whole bool
		if l.ShPIs, whole = readShPIs(ctx, l.File); ctx.Err() != nil {
			return nil, ctx.Err()
		}
		l.Whole = whole && l.Batch != ""
		if l.Whole || len(l.ShPIs) > 0 {
			list = append(list, *l)
		}
	}
	return list, nil
}

// newLostPrint begins the record of a job; nil where the store knows its end.
func newLostPrint(ctx context.Context, s *store.Store, id string) (*LostPrint, error) {
	l := &LostPrint{Job: id}
	if m := jobName.FindStringSubmatch(id); m != nil {
		l.Batch = m[1]
	}
	job, err := s.Job(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return l, nil
	case err != nil:
		return nil, err
	case !job.ClosedAt.IsZero():
		return nil, nil
	}
	return l, nil
}

// addIntent notes that the replaced store has given a piece to a device.
func (r *RestoreReport) addIntent(ctx context.Context, staged *store.Store, e store.Event) error {
	var data store.IntentData
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return fmt.Errorf("intent %d: %w", e.Seq, err)
	}
	for i := range r.Prints {
		if l := &r.Prints[i]; l.Job == data.Job {
			if !slices.Contains(l.ShPIs, e.ShPI) {
				l.ShPIs = append(l.ShPIs, e.ShPI)
			}
			return nil
		}
	}
	l, err := newLostPrint(ctx, staged, data.Job)
	if err != nil || l == nil {
		return err
	}
	l.ShPIs = []postal.ShPI{e.ShPI}
	r.Prints = append(r.Prints, *l)
	return nil
}

// printedShPI finds the groups of an identifier as they stand below its bars.
var printedShPI = regexp.MustCompile(`\b\d{6}\s+\d{2}\s+\d{5}\s+\d\b`)

// readShPIs reads the identifiers from the text of a PDF, in the order of its pages. whole is true where a page tells none, or the file cannot be read, or
// poppler's pdftotext is not installed: then nobody knows what else was printed.
func readShPIs(ctx context.Context, file string) (ids []postal.ShPI, whole bool) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		return nil, true
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, tool, "-raw", "-enc", "UTF-8", file, "-")
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return nil, true
	}
	pages := strings.Split(strings.TrimSuffix(out.String(), "\f"), "\f")
	seen := map[postal.ShPI]bool{}
	for _, page := range pages {
		found := false
		for _, text := range printedShPI.FindAllString(page, -1) {
			id, err := postal.ParseShPI(strings.Join(strings.Fields(text), ""))
			if err != nil {
				continue
			}
			found = true
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
		whole = whole || !found
	}
	return ids, whole
}

// remember writes the restore into the restored ledger, and what must not look unprinted.
func (r *RestoreReport) remember(ctx context.Context, s *store.Store, from string) error {
	rows, err := s.Batches(ctx)
	if err != nil {
		return err
	}
	batches := make([]string, len(rows))
	for i, row := range rows {
		batches[i] = row.Name
	}
	return s.Write(ctx, func(tx *store.Tx) error {
		jobs := make([]string, len(r.Prints))
		for i, l := range r.Prints {
			jobs[i] = l.Job
		}
		data := map[string]any{"file": filepath.Base(from), "events": r.Copy.Events, "jobs": jobs}
		if r.Lost != nil {
			data["lost"] = *r.Lost
		}
		if err := tx.Record(store.NewEvent{Kind: postal.EventRestored, Data: data}); err != nil {
			return err
		}
		before, err := keptLostPrints(tx) // of a restore before
		if err != nil {
			return err
		}
		voids, err := keptLostVoids(tx)
		if err != nil {
			return err
		}
		r.Later = 0
		voided, left, err := applyVoids(tx, append(voids, r.Voids...)) // first: what was printed after a copy was void is its replacement
		if err != nil {
			return err
		}
		unknown, rest, err := applyLost(tx, append(before, r.Prints...), batches)
		if err != nil {
			return err
		}
		r.Unknown, r.Voided = unknown, voided
		for _, l := range rest {
			r.Later += len(l.ShPIs)
		}
		r.Later += len(left)
		if err := keepLostVoids(tx, left); err != nil {
			return err
		}
		return keepLostPrints(tx, rest)
	})
}

func keptLostPrints(s settings) ([]LostPrint, error) {
	raw, ok, err := s.Setting(keyLostPrints)
	if err != nil || !ok || raw == "" {
		return nil, err
	}
	var list []LostPrint
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		return nil, fmt.Errorf("setting %s: %w", keyLostPrints, err)
	}
	return list, nil
}

func keepLostPrints(tx *store.Tx, list []LostPrint) error {
	if len(list) == 0 {
		return tx.SetSetting(keyLostPrints, "")
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return tx.SetSetting(keyLostPrints, string(raw))
}

// doubtPulled makes pieces of a batch that has just been taken in unknown, where a print from before a restore bears them, and owes the void envelopes
// from before it.
func doubtPulled(tx *store.Tx, batch string) error {
	voids, err := keptLostVoids(tx)
	if err != nil {
		return err
	}
	if len(voids) > 0 {
		_, left, err := applyVoids(tx, voids)
		if err != nil {
			return err
		}
		if err := keepLostVoids(tx, left); err != nil {
			return err
		}
	}
	list, err := keptLostPrints(tx)
	if err != nil || len(list) == 0 {
		return err
	}
	_, rest, err := applyLost(tx, list, []string{batch})
	if err != nil {
		return err
	}
	return keepLostPrints(tx, rest)
}

// applyLost makes the pieces of lost prints that the store knows unknown, unless it knows better what became of them. rest is what it does not know yet.
// batches are those whose pieces stand for a print that could not be read.
func applyLost(tx *store.Tx, list []LostPrint, batches []string) (unknown int, rest []LostPrint, err error) {
	for _, l := range list {
		var rows []store.PieceRow
		var later []postal.ShPI
		for _, id := range l.ShPIs {
			row, err := tx.PieceByShPI(id)
			switch {
			case errors.Is(err, store.ErrNotFound), err == nil && row.State == postal.StateWithdrawn: // it may come (back)
				later = append(later, id)
			case err != nil:
				return 0, nil, err
			default:
				rows = append(rows, row)
			}
		}
		if l.Whole {
			for _, name := range batches {
				if fileName(name) != l.Batch {
					continue
				}
				all, err := tx.Pieces(name)
				if err != nil {
					return 0, nil, err
				}
				for _, row := range all {
					if !slices.Contains(l.ShPIs, row.ShPI) && !slices.Contains(l.Void, row.ShPI) && row.State != postal.StateWithdrawn {
						rows = append(rows, row)
					}
				}
				l.Whole = false // done with
			}
		}
		n, err := doubt(tx, &l, rows)
		if err != nil {
			return 0, nil, err
		}
		unknown += n
		if l.ShPIs = later; l.Whole || len(later) > 0 {
			rest = append(rest, l)
		}
	}
	return unknown, rest, nil
}

// doubt writes down for each of the pieces the intent that the ledger lost, and that nobody knows what became of it.
func doubt(tx *store.Tx, l *LostPrint, rows []store.PieceRow) (int, error) {
	var events []store.NewEvent
	var ids []int64
	unknown := map[int64]bool{}
	for i, row := range rows {
		switch {
		case unknown[row.PostID]:
			continue
		case row.State.Printable() && row.Problem == "": // with a problem it cannot be printed anyway
			ids = append(ids, row.PostID)
			events = append(events, store.NewEvent{Kind: postal.EventIntent, Piece: row.PostID,
				Data: store.IntentData{Job: l.Job, Page: i + 1, Copy: row.Copies + 1}})
		case row.State == postal.StateQueued && row.Job != l.Job: // of its own job the device is asked
		default:
			continue
		}
		unknown[row.PostID] = true
		events = append(events, store.NewEvent{Kind: postal.EventUnknown, Piece: row.PostID, Data: jobData{Job: l.Job}})
	}
	if len(events) == 0 {
		return 0, nil
	}
	if err := noteJob(tx, l, rows[0].Batch, ids); err != nil {
		return 0, err
	}
	return len(unknown), tx.Record(events...)
}

// noteJob makes the job known to the store, with the pieces found on it.
func noteJob(tx *store.Tx, l *LostPrint, batch string, ids []int64) error {
	known, err := tx.HasJob(l.Job)
	if err != nil {
		return err
	}
	if known {
		return tx.ExtendJob(l.Job, ids)
	}
	run := store.NewID()
	if err := tx.OpenRun(store.Run{ID: run, Batch: batch, Device: lostDevice, Asked: len(ids)}); err != nil {
		return err
	}
	if err := tx.OpenJob(store.Job{ID: l.Job, Run: run, Batch: batch, Device: lostDevice, Pieces: ids}); err != nil {
		return err
	}
	if err := tx.CloseJob(l.Job, "unknown"); err != nil {
		return err
	}
	return tx.CloseRun(run)
}

// lostDevice names the device of a job that only its file tells of: the folder printer makes files.
const lostDevice = "folder"
