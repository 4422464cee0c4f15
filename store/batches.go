package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"znak/app/postal"
)

// BatchRow is a batch with what is known of it here. The counts are of the pieces that are in the batch at the post now; States
// also counts those that are not any more (withdrawn, orphan).
type BatchRow struct {
	postal.Batch
	SeenAt      time.Time      // when the post last showed it
	PulledAt    time.Time      // when its pieces were last read; zero: never
	ApprovedAt  time.Time      // zero: not approved here
	ApprovedSum postal.Kopecks // what was approved
	HandedAt    time.Time      // zero: not handed over
	Centre      string         // the cost centre; "": none
	States      map[postal.PieceState]int
	Pieces      int
	MarkSum     postal.Kopecks // value of their marks
	WithoutMark int
	Problems    int // pieces whose mark or ШПИ belongs to another piece
	Envelopes   map[postal.EnvelopeKind]int
	Categories  map[postal.MailCategory]int
}

// PutBatch keeps what the post shows of a batch; pulled says that all its pieces were read as well. The ledger is not touched.
func (tx *Tx) PutBatch(b postal.Batch, pulled bool) error {
	facts, err := factsOf(b)
	if err != nil {
		return tx.fail(err)
	}
	pulledAt := int64(0)
	if pulled {
		pulledAt = micros(tx.at)
	}
	return tx.exec(`INSERT INTO batches (name, status, sending_date, seen_at, pulled_at, facts) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET status = excluded.status, sending_date = excluded.sending_date, seen_at = excluded.seen_at,
			pulled_at = CASE excluded.pulled_at WHEN 0 THEN pulled_at ELSE excluded.pulled_at END, facts = excluded.facts`,
		b.Name, string(b.Status), string(b.SendingDate), micros(tx.at), pulledAt, string(facts))
}

// happenBatch writes what follows from an event of a batch, or of something that is no piece known here.
func (tx *Tx) happenBatch(r *record) error {
	switch r.event.Kind {
	case postal.EventScanned, postal.EventOperation: // of a foreign code or a foreign piece
		return nil
	case postal.EventRestored, postal.EventBalance, postal.EventOperator, postal.EventOffice: // of the whole store, of the account, of the people, of the office
		return nil
	}
	if !ofBatch(r.event.Kind) {
		return absent("piece", string(r.event.ShPI))
	}
	var was batchDerived
	err := tx.row(`SELECT approved_at, approved_kopecks, handed_at FROM batches WHERE name = ?`, r.event.Batch).
		Scan(&was.approvedAt, &was.approvedSum, &was.handedAt)
	if err == sql.ErrNoRows {
		return absent("batch", r.event.Batch)
	}
	if err != nil {
		return err
	}
	next, err := was.after(r)
	if err != nil || next == was {
		return err
	}
	return tx.exec(`UPDATE batches SET approved_at = ?, approved_kopecks = ?, handed_at = ? WHERE name = ?`,
		next.approvedAt, int64(next.approvedSum), next.handedAt, r.event.Batch)
}

func ofBatch(kind postal.EventKind) bool {
	switch kind {
	case postal.EventBatchPulled, postal.EventBatchChanged, postal.EventBatchApproved, postal.EventBatchHanded,
		postal.EventCheckinSent, postal.EventCheckinFailed, postal.EventChangeSent, postal.EventChangeRefused, postal.EventForgotten:
		return true
	}
	return false
}

const batchColumns = `SELECT b.name, b.facts, b.seen_at, b.pulled_at, b.approved_at, b.approved_kopecks, b.handed_at,
	coalesce((SELECT c.name FROM centres c WHERE c.batch = b.name), ''),
	t.state, t.envelope, t.category, t.marked, t.problem, t.pieces, t.kopecks
	FROM batches b LEFT JOIN tally t ON t.batch = b.name `

const (
	selectBatches = batchColumns + `ORDER BY b.sending_date, length(b.name), b.name`
	selectBatch   = batchColumns + `WHERE b.name = ?`
)

// Batches lists all batches known here, by sending date and name.
func (s *Store) Batches(ctx context.Context) ([]BatchRow, error) {
	rows, err := s.reader.query(ctx, selectBatches)
	if err != nil {
		return nil, s.trouble("batches", err)
	}
	list, err := scanBatches(rows)
	return list, s.trouble("batches", err)
}

// Batch reads one batch; ErrNotFound where the name is not known here.
func (s *Store) Batch(ctx context.Context, name string) (BatchRow, error) {
	rows, err := s.reader.query(ctx, selectBatch, name)
	if err != nil {
		return BatchRow{}, s.trouble("batch", err)
	}
	b, err := oneBatch(rows, name)
	return b, s.trouble("batch", err)
}

// Batch reads one batch as this change has left it; ErrNotFound where the name is not known here.
func (tx *Tx) Batch(name string) (BatchRow, error) {
	if err := tx.flushTally(); err != nil {
		return BatchRow{}, err
	}
	rows, err := tx.query(selectBatch, name)
	if err != nil {
		return BatchRow{}, err
	}
	return oneBatch(rows, name)
}

func oneBatch(rows *sql.Rows, name string) (BatchRow, error) {
	list, err := scanBatches(rows)
	if err == nil && len(list) == 0 {
		err = absent("batch", name)
	}
	if err != nil {
		return BatchRow{}, err
	}
	return list[0], nil
}

// scanBatches folds the counters that follow each batch into one row.
func scanBatches(rows *sql.Rows) ([]BatchRow, error) {
	defer rows.Close()
	var list []BatchRow
	for rows.Next() {
		var name, centre string
		var facts []byte
		var seen, pulled, approved, handed, sum int64
		var state, envelope, category sql.NullString
		var marked, problem, pieces, kopecks sql.NullInt64
		err := rows.Scan(&name, &facts, &seen, &pulled, &approved, &sum, &handed, &centre, &state, &envelope, &category, &marked, &problem, &pieces, &kopecks)
		if err != nil {
			return nil, err
		}
		if n := len(list); n == 0 || list[n-1].Name != name {
			b := BatchRow{SeenAt: moment(seen), PulledAt: moment(pulled), ApprovedAt: moment(approved), ApprovedSum: postal.Kopecks(sum),
				HandedAt: moment(handed), Centre: centre, States: map[postal.PieceState]int{}, Envelopes: map[postal.EnvelopeKind]int{},
				Categories: map[postal.MailCategory]int{}}
			if err := json.Unmarshal(facts, &b.Batch); err != nil {
				return nil, fmt.Errorf("%w: batch %s: %w", ErrDamaged, name, err)
			}
			b.Name = name
			list = append(list, b)
		}
		if state.Valid {
			k := tallyKey{name, postal.PieceState(state.String), postal.EnvelopeKind(envelope.String), postal.MailCategory(category.String),
				marked.Int64 != 0, problem.Int64 != 0}
			list[len(list)-1].count(k, tally{int(pieces.Int64), postal.Kopecks(kopecks.Int64)})
		}
	}
	return list, rows.Err()
}

func (b *BatchRow) count(k tallyKey, t tally) {
	b.States[k.state] += t.pieces
	if away(k.state) {
		return
	}
	b.Pieces += t.pieces
	b.MarkSum += t.sum
	b.Envelopes[k.envelope] += t.pieces
	b.Categories[k.category] += t.pieces
	if !k.marked {
		b.WithoutMark += t.pieces
	}
	if k.problem {
		b.Problems += t.pieces
	}
}

// flushTally writes the counters that this change has moved.
func (tx *Tx) flushTally() error {
	for k, t := range tx.tally {
		if t == (tally{}) {
			continue
		}
		err := tx.exec(`INSERT INTO tally (batch, state, envelope, category, marked, problem, pieces, kopecks) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET pieces = pieces + excluded.pieces, kopecks = kopecks + excluded.kopecks`,
			k.batch, string(k.state), string(k.envelope), string(k.category), k.marked, k.problem, t.pieces, int64(t.sum))
		if err != nil {
			return err
		}
		if t.pieces < 0 {
			err := tx.exec(`DELETE FROM tally WHERE batch = ? AND state = ? AND envelope = ? AND category = ? AND marked = ? AND problem = ? AND pieces = 0`,
				k.batch, string(k.state), string(k.envelope), string(k.category), k.marked, k.problem)
			if err != nil {
				return err
			}
		}
	}
	clear(tx.tally)
	return nil
}
