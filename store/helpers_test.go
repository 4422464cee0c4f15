package store

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"znak/app/postal"
)

var ctx = context.Background()

// clock is a time that moves by a millisecond each time it is read.
type clock struct{ t time.Time }

func (c *clock) now() time.Time {
	c.t = c.t.Add(time.Millisecond)
	return c.t
}

func newClock() *clock { return &clock{time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)} }

// openTest opens a fresh store in a folder of the test.
func openTest(t testing.TB) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "data", "znak.db"))
}

func openAt(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(ctx, Params{Path: path, Who: "Ольга Сортировкина", Now: newClock().now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func write(t testing.TB, s *Store, f func(tx *Tx) error) {
	t.Helper()
	if err := s.Write(ctx, f); err != nil {
		t.Fatalf("write: %v", err)
	}
}

func testBatch(name string) postal.Batch {
	return postal.Batch{Name: name, Status: postal.BatchCreated, MailType: postal.Letter, Category: postal.CategoryOrdered, Rank: postal.RankNone,
		Payment: postal.PaidByMark, UseOnlineBalance: true, Office: "190000", SendingDate: "2026-11-23", Postmarks: []postal.Postmark{postal.MarkSimpleNotice}}
}

// testPiece is an invented piece; n makes its identities unique. Index 000000 belongs to no office.
func testPiece(n int) postal.Piece {
	first := fmt.Sprintf("000000%02d%05d", 1+n/99999%99, n%99999+1)
	return postal.Piece{
		PostID: 5_000_000_000 + int64(n), ShPI: postal.ShPI(first + string(postal.ShPICheckDigit(first))), OrderNum: fmt.Sprintf("ИСХ-%d", n),
		MailType: postal.Letter, Category: postal.CategoryOrdered, Rank: postal.RankNone, Envelope: postal.DL, Payment: postal.PaidByMark, Mass: 20,
		To: postal.Recipient{Name: fmt.Sprintf("Ёлкин Пётр Выдуманович %d", n), Address: postal.Address{Kind: postal.AddressDefault, Index: "999999",
			Region: "обл. Магаданская", Place: "г Магадан", Street: "ул Приморская", House: "7", Corpus: "2", Room: fmt.Sprint(n%200 + 1)}},
		Mark: &postal.Mark{ID: fmt.Sprintf("MK%012d", n), Value: 8540, Office: "190000"}, Rate: 7000, VAT: 1540,
		Postmarks: []postal.Postmark{postal.MarkSimpleNotice}, SimpleNotice: true,
	}
}

func testPieces(from, n int) []postal.Piece {
	list := make([]postal.Piece, n)
	for i := range list {
		list[i] = testPiece(from + i)
	}
	return list
}

// pulledData is the digest that a pull writes.
func pulledData(p postal.Piece) PulledData {
	d := PulledData{Mass: p.Mass, Date: "2026-11-23", Index: p.To.Address.Index}
	if p.Mark != nil {
		d.Mark, d.Value = p.Mark.ID, p.Mark.Value
	}
	return d
}

// pull puts pieces into a batch as a pull does: facts and first events in one change.
func pull(t testing.TB, s *Store, batch string, list []postal.Piece) {
	t.Helper()
	write(t, s, func(tx *Tx) error { return pullIn(tx, batch, list) })
}

func pullIn(tx *Tx, batch string, list []postal.Piece) error {
	if err := tx.PutBatch(testBatch(batch), true); err != nil {
		return err
	}
	if err := tx.PutPieces(batch, 0, list); err != nil {
		return err
	}
	events := make([]NewEvent, len(list))
	for i, p := range list {
		events[i] = NewEvent{Kind: postal.EventPulled, Batch: batch, Piece: p.PostID, ShPI: p.ShPI, Data: pulledData(p)}
	}
	return tx.Record(events...)
}

func eventsOf(kind postal.EventKind, list []postal.Piece, data any) []NewEvent {
	events := make([]NewEvent, len(list))
	for i, p := range list {
		events[i] = NewEvent{Kind: kind, Piece: p.PostID, Data: data}
	}
	return events
}

// intend opens a run and a job and gives the pieces to it.
func intend(t testing.TB, s *Store, job string, list []postal.Piece) {
	t.Helper()
	write(t, s, func(tx *Tx) error { return intendIn(tx, job, list) })
}

func intendIn(tx *Tx, job string, list []postal.Piece) error {
	if err := tx.OpenRun(Run{ID: "run-" + job, Batch: "1", Device: "folder", Asked: len(list)}); err != nil {
		return err
	}
	ids := make([]int64, len(list))
	for i, p := range list {
		ids[i] = p.PostID
	}
	if err := tx.OpenJob(Job{ID: job, Run: "run-" + job, Batch: "1", Device: "folder", Pages: len(list), Pieces: ids}); err != nil {
		return err
	}
	return tx.Record(eventsOf(postal.EventIntent, list, IntentData{Job: job})...)
}

func happen(s *Store, events ...NewEvent) error {
	return s.Write(ctx, func(tx *Tx) error { return tx.Record(events...) })
}

func mustAudit(t testing.TB, s *Store) AuditReport {
	t.Helper()
	r, err := s.Audit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK || r.FirstBad != 0 || r.What != "" {
		t.Fatalf("audit: %+v", r)
	}
	return r
}

// dumpQuery writes the rows of a query as text.
func dumpQuery(t testing.TB, s *Store, query string) string {
	t.Helper()
	rows, err := s.reader.db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if raw, ok := v.([]byte); ok {
				v = fmt.Sprintf("%x", raw)
			}
			fmt.Fprintf(&b, "\t%v", v)
		}
		b.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
