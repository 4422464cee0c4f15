package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"

	"znak/app/hint"
	"znak/app/postal"
)

// AuditReport is the outcome of Audit.
type AuditReport struct {
	Events   int64  // in the ledger
	OK       bool   // everything holds
	FirstBad int64  // Seq of the first event that does not hold, or of the last event of a piece or batch derived wrongly; 0: none
	What     string // what does not hold, technical; "" when everything does
}

// Audit recomputes, from one moment's view of the store, the chain of hashes and everything derived from it, and compares: states, copies, reasons,
// approvals, counters, the marks of the pieces against those in the ledger, the index of the search, and SQLite's own integrity. A store that does not hold is a report
// with OK false; an error means that it could not be read.
func (s *Store) Audit(ctx context.Context) (AuditReport, error) {
	tx, err := s.reader.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return AuditReport{}, s.trouble("audit", err)
	}
	defer func() { _ = tx.Rollback() }()
	query := func(text string, args ...any) (*sql.Rows, error) { return tx.QueryContext(ctx, text, args...) }
	entries, err := newMoneyCursor(query)
	if err != nil {
		return AuditReport{}, s.trouble("audit", err)
	}
	defer entries.close()
	r, place, err := replayLedger(query, entries.expect)
	if err == nil && place == nil {
		place, err = r.compare(query, entries)
	}
	if err == nil && place == nil {
		place, err = integrity(query)
	}
	if err != nil {
		return AuditReport{}, s.trouble("audit", err)
	}
	report := AuditReport{Events: r.events, OK: place == nil}
	if place != nil {
		report.FirstBad, report.What = place.seq, place.what
	}
	return report, nil
}

// Rebuild computes everything derived anew from the ledger and writes it, and the index of the search from the pieces. A ledger that does not hold by itself is ErrDamaged, and nothing is changed.
func (s *Store) Rebuild(ctx context.Context) error {
	return s.Write(ctx, rebuild)
}

func rebuild(tx *Tx) error {
	if err := tx.exec(`DELETE FROM money`); err != nil {
		return err
	}
	r, place, err := replayLedger(tx.query, tx.putMoney)
	if err == nil {
		err = tx.err // an entry could not be written
	}
	if err != nil {
		return err
	}
	if place != nil {
		return hint.New("store.ledger", hint.Args{"Seq": place.seq}, fmt.Errorf("event %d: %s: %w", place.seq, place.what, ErrDamaged))
	}
	if err := errors.Join(tx.exec(`INSERT INTO piece_words (piece_words) VALUES ('rebuild')`), tx.exec(`DELETE FROM piece_words_due`)); err != nil {
		return err
	}
	return r.write(tx)
}

// keyRebuild is set by a step of the schema that adds something derived, to be computed from the ledger there is.
const keyRebuild = "store.rebuild"

func (s *Store) rebuildDue(ctx context.Context) error {
	if _, due, err := s.Setting(ctx, keyRebuild); err != nil || !due {
		return err
	}
	s.tell(Upgrade{Step: UpgradeStates})
	return s.Write(ctx, func(tx *Tx) error {
		if _, due, err := tx.Setting(keyRebuild); err != nil || !due { // another process may have been faster
			return err
		}
		if err := rebuild(tx); err != nil {
			return err
		}
		return tx.exec(`DELETE FROM settings WHERE key = ?`, keyRebuild)
	})
}

type queryFunc func(query string, args ...any) (*sql.Rows, error)

// badPlace is the first thing found that does not hold.
type badPlace struct {
	seq  int64
	what string
}

// replay is what the ledger says, computed from its first event to its last.
type replay struct {
	events  int64
	end     [sha256.Size]byte
	pieces  map[int64]*replayedPiece
	batches map[string]*replayedBatch
	jobs    map[string]string // one copy of each name
	money   *books
}

type replayedPiece struct {
	derived
	batch string // of its last event
	mark  string // "": the ledger does not say
	seq   int64  // of its last event
	money pieceMoney
}

type replayedBatch struct {
	batchDerived
	seq int64
}

// replayLedger reads the whole ledger and gives every movement of money to put. A non-nil place says where it does not hold by itself.
func replayLedger(query queryFunc, put func(MoneyEntry) error) (*replay, *badPlace, error) {
	r := &replay{pieces: map[int64]*replayedPiece{}, batches: map[string]*replayedBatch{}, jobs: map[string]string{}}
	r.openBooks(put)
	rows, err := query(eventColumns + `ORDER BY seq`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	var buf bytes.Buffer
	var place *badPlace
	for rows.Next() {
		e, err := scanRecord(rows)
		if err != nil {
			return nil, nil, err
		}
		r.events++
		if place == nil {
			place = r.take(e, &buf)
		}
	}
	if err := rows.Err(); err != nil || place != nil {
		return r, place, err
	}
	place, err = r.compareEnd(query)
	return r, place, err
}

// take checks one event against the one before and lets it happen.
func (r *replay) take(e *record, buf *bytes.Buffer) *badPlace {
	bad := func(format string, args ...any) *badPlace { return &badPlace{e.seq, fmt.Sprintf(format, args...)} }
	switch {
	case e.seq != r.events:
		return &badPlace{r.events, fmt.Sprintf("event %d is missing", r.events)}
	case e.sum(buf) != e.hash:
		return bad("the event is not the one that was written: its hash differs")
	case e.prev != r.end:
		return bad("the event does not follow the one before it")
	}
	r.end = e.hash
	if e.event.Piece == 0 {
		if err := r.money.take(e, ""); err != nil {
			return bad("%v", err)
		}
		if !ofBatch(e.event.Kind) {
			return nil
		}
		b := r.batches[e.event.Batch]
		if b == nil {
			b = &replayedBatch{}
			r.batches[e.event.Batch] = b
		}
		next, err := b.after(e)
		if err != nil {
			return bad("%v", err)
		}
		b.batchDerived, b.seq = next, e.seq
		return nil
	}
	p := r.pieces[e.event.Piece]
	if p == nil {
		p = &replayedPiece{}
		r.pieces[e.event.Piece] = p
	}
	next, err := p.after(e)
	if err == nil {
		p.mark, err = markAfter(p.mark, e)
	}
	if err != nil {
		return bad("%v", err)
	}
	p.derived, p.batch, p.seq = next, e.event.Batch, e.seq
	p.job = r.same(p.job)
	if err := r.money.take(e, next.state); err != nil {
		return bad("%v", err)
	}
	return nil
}

// same keeps one copy of a text that many pieces share.
func (r *replay) same(text string) string {
	if kept, ok := r.jobs[text]; ok {
		return kept
	}
	r.jobs[text] = text
	return text
}

// markAfter follows the mark of a piece through what the ledger says of it.
func markAfter(mark string, e *record) (string, error) {
	switch e.event.Kind {
	case postal.EventPulled:
		var data PulledData
		err := readData(e, &data)
		return data.Mark, err
	case postal.EventChanged:
		var data ChangedData
		err := readData(e, &data)
		for _, f := range data.Fields {
			if f.Name == "mark" {
				mark = f.To
			}
		}
		return mark, err
	}
	return mark, nil
}

// compareEnd finds a ledger that was cut short.
func (r *replay) compareEnd(query queryFunc) (place *badPlace, err error) {
	err = each(query, `SELECT seq, hash FROM ledger_end`, func(rows *sql.Rows) error {
		var seq int64
		var hash []byte
		if err := rows.Scan(&seq, &hash); err != nil {
			return err
		}
		if seq != r.events || !bytes.Equal(hash, r.end[:]) {
			place = &badPlace{r.events + 1, fmt.Sprintf("the ledger ends with event %d, it should end with %d", r.events, seq)}
		}
		return nil
	})
	return place, err
}

// compare finds the first derived thing that is stored otherwise than the ledger says.
func (r *replay) compare(query queryFunc, entries *moneyCursor) (*badPlace, error) {
	var place *badPlace
	bad := func(seq int64, format string, args ...any) {
		if place == nil || seq < place.seq {
			place = &badPlace{seq, fmt.Sprintf(format, args...)}
		}
	}
	seen, counts, words := 0, map[tallyKey]tally{}, wordSum{seed: maphash.MakeSeed()}
	err := each(query, `SELECT p.post_id, p.batch, p.envelope, p.category, p.marked, p.problem, coalesce(p.mark_id, ''), coalesce(p.shpi, ''), p.kopecks,
		coalesce(p.facts ->> '$.Mark.ID', ''), coalesce(p.facts ->> '$.ShPI', ''), coalesce(p.facts ->> '$.Mark.Value', 0),
		coalesce(s.state, 'no row'), coalesce(s.state_at, 0), coalesce(s.copies, 0), coalesce(s.job, ''), coalesce(s.stale_why, ''),
		coalesce(s.voided, 0), coalesce(s.destroyed, 0), coalesce(s.missing, 0), p.search
		FROM pieces p LEFT JOIN states s USING (post_id)`, func(rows *sql.Rows) error {
		var id, sum, shownSum int64
		var problem, mark, shpi, shownMark, shownShPI string
		var search sql.RawBytes
		var have derived
		var k tallyKey
		err := rows.Scan(&id, &k.batch, &k.envelope, &k.category, &k.marked, &problem, &mark, &shpi, &sum, &shownMark, &shownShPI, &shownSum,
			&have.state, &have.stateAt, &have.copies, &have.job, &have.why, &have.voided, &have.destroyed, &have.missing, &search)
		if err != nil {
			return err
		}
		words.addText(search)
		k.state, k.problem = have.state, problem != ""
		counts[k] = tally{counts[k].pieces + 1, counts[k].sum + postal.Kopecks(sum)}
		want := r.pieces[id]
		if want == nil {
			want = &replayedPiece{}
		} else {
			seen++
		}
		switch {
		case have != want.derived:
			bad(want.seq, "piece %d: stored as %+v, the ledger says %+v", id, have, want.derived)
		case problem == "" && (mark != shownMark || shpi != shownShPI) || sum != shownSum:
			bad(want.seq, "piece %d: its identity or sum is not that of its facts", id)
		case want.mark != "" && want.mark != shownMark:
			bad(want.seq, "piece %d: its mark is not the one in the ledger", id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if seen < len(r.pieces) && place == nil {
		if err := r.findLost(query, bad); err != nil {
			return nil, err
		}
	}
	if err := r.compareBatches(query, bad); err != nil {
		return nil, err
	}
	wrong, err := entries.end()
	if err != nil {
		return nil, err
	}
	if wrong != nil {
		bad(wrong.seq, "%s", wrong.what)
	}
	if place == nil {
		err = r.compareMoney(query, bad)
	}
	if place == nil && err == nil {
		place, err = compareWords(query, words)
	}
	if place != nil || err != nil {
		return place, err
	}
	return compareTally(query, counts)
}

// findLost names a piece that has events and no row.
func (r *replay) findLost(query queryFunc, bad func(int64, string, ...any)) error {
	known := map[int64]bool{}
	err := each(query, `SELECT post_id FROM pieces`, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		known[id] = true
		return err
	})
	for id, p := range r.pieces {
		if !known[id] {
			bad(p.seq, "piece %d: in the ledger, but its facts are gone", id)
		}
	}
	return err
}

func (r *replay) compareBatches(query queryFunc, bad func(int64, string, ...any)) error {
	seen := map[string]bool{}
	err := each(query, `SELECT name, approved_at, approved_kopecks, handed_at FROM batches`, func(rows *sql.Rows) error {
		var name string
		var have batchDerived
		if err := rows.Scan(&name, &have.approvedAt, &have.approvedSum, &have.handedAt); err != nil {
			return err
		}
		seen[name] = true
		want := r.batches[name]
		if want == nil {
			want = &replayedBatch{}
		}
		if have != want.batchDerived {
			bad(want.seq, "batch %s: approval or hand-over is stored otherwise than the ledger says", name)
		}
		return nil
	})
	for name, b := range r.batches {
		if !seen[name] {
			bad(b.seq, "batch %s: in the ledger, but its facts are gone", name)
		}
	}
	return err
}

// compareTally compares the counters with the pieces counted one by one.
func compareTally(query queryFunc, counts map[tallyKey]tally) (place *badPlace, err error) {
	bad := func(batch string) {
		place = &badPlace{0, fmt.Sprintf("batch %s: the counters are not the counts of its pieces", batch)}
	}
	err = each(query, `SELECT batch, state, envelope, category, marked, problem, pieces, kopecks FROM tally`, func(rows *sql.Rows) error {
		var k tallyKey
		var t tally
		if err := rows.Scan(&k.batch, &k.state, &k.envelope, &k.category, &k.marked, &k.problem, &t.pieces, &t.sum); err != nil {
			return err
		}
		if t != counts[k] {
			bad(k.batch)
		}
		delete(counts, k)
		return nil
	})
	for k := range counts {
		bad(k.batch)
	}
	return place, err
}

func integrity(query queryFunc) (place *badPlace, err error) {
	err = each(query, `PRAGMA integrity_check(1)`, func(rows *sql.Rows) error {
		var answer string
		err := rows.Scan(&answer)
		if answer != "ok" {
			place = &badPlace{0, "the file: " + answer}
		}
		return err
	})
	return place, err
}

// write puts everything derived in place of what was stored.
func (r *replay) write(tx *Tx) error {
	if err := tx.flushTally(); err != nil {
		return err
	}
	if err := tx.exec(`DELETE FROM states`); err != nil {
		return err
	}
	if err := tx.exec(`INSERT INTO states (post_id, state, state_at, copies, job, stale_why) SELECT post_id, '', 0, 0, '', '' FROM pieces`); err != nil {
		return err
	}
	for id, p := range r.pieces {
		n, err := tx.change(updateState, string(p.state), p.stateAt, p.copies, p.job, p.why, p.voided, p.destroyed, p.missing, id)
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: piece %d is in the ledger, but its facts are gone", ErrDamaged, id)
		}
		if err != nil {
			return tx.fail(err)
		}
	}
	if err := tx.exec(`UPDATE batches SET approved_at = 0, approved_kopecks = 0, handed_at = 0`); err != nil {
		return err
	}
	for name, b := range r.batches {
		err := tx.exec(`UPDATE batches SET approved_at = ?, approved_kopecks = ?, handed_at = ? WHERE name = ?`,
			b.approvedAt, int64(b.approvedSum), b.handedAt, name)
		if err != nil {
			return err
		}
	}
	if err := r.writeMoney(tx); err != nil {
		return err
	}
	if err := tx.exec(`DELETE FROM tally`); err != nil {
		return err
	}
	return tx.exec(`INSERT INTO tally (batch, state, envelope, category, marked, problem, pieces, kopecks)
		SELECT p.batch, s.state, p.envelope, p.category, p.marked, p.problem <> '', count(*), sum(p.kopecks)
		FROM pieces p JOIN states s USING (post_id) GROUP BY 1, 2, 3, 4, 5, 6`)
}

// each calls f for every row of a query.
func each(query queryFunc, text string, f func(*sql.Rows) error) error {
	rows, err := query(text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
