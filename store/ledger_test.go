package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"znak/app/hint"
	"znak/app/postal"
)

func TestEventsAreChained(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 3)
	pull(t, s, "1", list)
	intend(t, s, "job-1", list)
	if err := happen(s, NewEvent{Kind: postal.EventSpoiled, Piece: list[0].PostID, Data: SpoiledData{Reason: "порван"}}); err == nil {
		t.Fatal("a queued piece was spoiled")
	}
	if err := happen(s, NewEvent{Kind: postal.EventPrinted, Piece: list[0].PostID, Run: "run-job-1"}); err != nil {
		t.Fatal(err)
	}
	events, err := s.Events(ctx, EventQuery{})
	if err != nil || len(events) != 7 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	prev := strings.Repeat("0", 64)
	ids := map[string]bool{}
	for i, e := range events {
		if e.Seq != int64(i+1) || e.Prev != prev || len(e.Hash) != 64 || e.Hash == prev || ids[e.ID] {
			t.Errorf("event %d: %+v", i+1, e)
		}
		if e.Station != s.Station() || e.Who != "Ольга Сортировкина" || e.Batch != "1" || e.At.Location() != time.UTC || e.At.IsZero() {
			t.Errorf("event %d: %+v", i+1, e)
		}
		prev, ids[e.ID] = e.Hash, true
	}
	last := events[6]
	if last.Kind != postal.EventPrinted || last.ShPI != list[0].ShPI || last.Run != "run-job-1" || last.Data != nil {
		t.Errorf("last: %+v", last)
	}
	var digest PulledData
	if err := json.Unmarshal(events[1].Data, &digest); err != nil || digest.Mark != list[1].Mark.ID || digest.Value != 8540 {
		t.Errorf("digest %s, %v", events[1].Data, err)
	}
	if r := mustAudit(t, s); r.Events != 7 {
		t.Errorf("%+v", r)
	}
}

// The encoding that is hashed is a promise to every ledger ever written.
func TestHashVector(t *testing.T) {
	r := record{seq: 7, at: 1_795_251_600_000_000, where: "станция", who: "Ольга", data: `{"job":"j"}`,
		event: NewEvent{Kind: postal.EventIntent, Batch: "12", Piece: 5_000_000_001, ShPI: "80092578900475", Run: "r"}}
	for i := range r.id {
		r.id[i] = byte(i)
	}
	for i := range r.prev {
		r.prev[i] = 0xAB
	}
	var buf bytes.Buffer
	if got, want := fmt.Sprintf("%x", r.sum(&buf)), hashVector; got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
	// Moving a byte from one field to the next must change it.
	moved := r
	moved.where, moved.who = "станцияО", "льга"
	if moved.sum(&buf) == r.sum(&buf) {
		t.Error("two events have one hash")
	}
}

func TestLedgerIsAppendOnly(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 3))
	before := dump(t, s, "events")
	insert := `INSERT INTO events SELECT %s, randomblob(16), at, station, who, kind, batch, piece, shpi, run, data, prev, hash FROM events WHERE seq = 2`
	for _, statement := range []string{
		`UPDATE events SET who = 'никто' WHERE seq = 2`,
		`UPDATE events SET seq = seq + 10`,
		`DELETE FROM events WHERE seq = 3`,
		`DELETE FROM events`,
		`REPLACE INTO events SELECT * FROM events WHERE seq = 2`,
		fmt.Sprintf(insert, `2`), fmt.Sprintf(insert, `9`), fmt.Sprintf(insert, `-1`),
	} {
		if _, err := s.writer.conn.ExecContext(ctx, statement); err == nil {
			t.Errorf("%s: done", statement)
		}
	}
	if dump(t, s, "events") != before {
		t.Error("the ledger changed")
	}
	mustAudit(t, s)
}

func TestImpossibleEventUndoesTheWhole(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 4)
	pull(t, s, "1", list)
	before := dump(t, s)
	err := s.Write(ctx, func(tx *Tx) error {
		if err := tx.PutPieces("1", 4, testPieces(4, 1)); err != nil {
			return err
		}
		return tx.Record(
			NewEvent{Kind: postal.EventWithdrawn, Piece: list[0].PostID},
			NewEvent{Kind: postal.EventVerified, Piece: list[1].PostID}, // not printed
			NewEvent{Kind: postal.EventWithdrawn, Piece: list[2].PostID})
	})
	var state *postal.StateError
	if !errors.As(err, &state) {
		t.Fatalf("got %v", err)
	}
	if want := (postal.StateError{ShPI: list[1].ShPI, State: postal.StatePulled, Event: postal.EventVerified}); *state != want {
		t.Errorf("got %+v", *state)
	}
	if key, args, _ := hint.Of(err); key != "postal.state" || args["ShPI"] != string(list[1].ShPI) {
		t.Errorf("hint %q %v", key, args)
	}
	if dump(t, s) != before {
		t.Error("something was left")
	}
}

func TestRecordRefusesTheUnknown(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 1))
	for key, e := range map[string]NewEvent{
		"store.notfound.piece": {Kind: postal.EventPulled, Piece: 77},
		"store.notfound.batch": {Kind: postal.EventBatchApproved, Batch: "нет такой"},
		"store.notfound.job":   {Kind: postal.EventIntent, Piece: testPiece(0).PostID, Data: IntentData{Job: "никто не открывал"}},
	} {
		err := happen(s, e)
		if got, _, _ := hint.Of(err); !errors.Is(err, ErrNotFound) || got != key {
			t.Errorf("%s: %v", key, err)
		}
	}
	if err := happen(s, NewEvent{Kind: postal.EventPrinted, ShPI: "80092578900475"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a piece's event without a piece: %v", err)
	}
	// A scan of something foreign is worth noting all the same.
	if err := happen(s, NewEvent{Kind: postal.EventScanned, ShPI: "80092578900475", Data: map[string]string{"verdict": "foreign"}}); err != nil {
		t.Error(err)
	}
	if err := happen(s, NewEvent{Kind: postal.EventScanned, Data: func() {}}); err == nil {
		t.Error("data that is no JSON was taken")
	}
	mustAudit(t, s)
}

func TestBatchEvents(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 2))
	write(t, s, func(tx *Tx) error {
		return tx.Record(NewEvent{Kind: postal.EventBatchApproved, Batch: "1", Data: ApprovedData{17080}},
			NewEvent{Kind: postal.EventCheckinSent, Batch: "1"})
	})
	b, err := s.Batch(ctx, "1")
	if err != nil || b.ApprovedAt.IsZero() || b.ApprovedSum != 17080 || !b.HandedAt.IsZero() {
		t.Errorf("%+v, %v", b, err)
	}
	if err := happen(s, NewEvent{Kind: postal.EventBatchHanded, Batch: "1"}); err != nil {
		t.Fatal(err)
	}
	// Facts that come later do not touch what the ledger says.
	later := testBatch("1")
	later.Status, later.ListNumber = postal.BatchAccepted, 42
	write(t, s, func(tx *Tx) error { return tx.PutBatch(later, false) })
	after, err := s.Batch(ctx, "1")
	if err != nil || after.HandedAt.IsZero() || after.ApprovedSum != 17080 || after.Status != postal.BatchAccepted || after.ListNumber != 42 {
		t.Errorf("%+v, %v", after, err)
	}
	if !after.PulledAt.Equal(b.PulledAt) || !after.SeenAt.After(b.SeenAt) {
		t.Errorf("pulled %v then %v, seen %v then %v", b.PulledAt, after.PulledAt, b.SeenAt, after.SeenAt)
	}
	mustAudit(t, s)
}

func TestEventQuery(t *testing.T) {
	s := openTest(t)
	a, b := testPieces(0, 5), testPieces(100, 5)
	pull(t, s, "1", a)
	pull(t, s, "2", b)
	intend(t, s, "job", a[:2])
	for _, e := range []NewEvent{{Kind: postal.EventOffice, Data: OfficeData{Act: "no-account"}}, {Kind: postal.EventBalance, Data: BalanceData{}}, {Kind: postal.EventOffice, Data: OfficeData{Act: "no-account"}}} {
		if err := happen(s, e); err != nil {
			t.Fatal(err)
		}
	}
	seqs := func(q EventQuery) []int64 {
		t.Helper()
		events, err := s.Events(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		var list []int64
		for _, e := range events {
			list = append(list, e.Seq)
		}
		return list
	}
	for _, c := range []struct {
		q    EventQuery
		want []int64
	}{
		{EventQuery{Batch: "2"}, []int64{6, 7, 8, 9, 10}},
		{EventQuery{Piece: a[1].PostID}, []int64{2, 12}},
		{EventQuery{Piece: a[1].PostID, Batch: "2"}, nil},
		{EventQuery{Kinds: []postal.EventKind{postal.EventIntent, postal.EventPrinted}}, []int64{11, 12}},
		{EventQuery{After: 9}, []int64{10, 11, 12, 13, 14, 15}},
		{EventQuery{Last: 2}, []int64{14, 15}},
		{EventQuery{Batch: "1", Last: 2}, []int64{11, 12}},
		{EventQuery{NoBatch: true}, []int64{13, 14, 15}},
		{EventQuery{NoBatch: true, Kinds: []postal.EventKind{postal.EventOffice}, Last: 1}, []int64{15}},
		{EventQuery{NoBatch: true, Kinds: []postal.EventKind{postal.EventOffice}, Last: 5}, []int64{13, 15}},
		{EventQuery{Batch: "1", After: 2, Limit: 2}, []int64{3, 4}},
		{EventQuery{Batch: "3"}, nil},
	} {
		if got := seqs(c.q); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.q, got, c.want)
		}
	}
}

func TestCopiesAndReasons(t *testing.T) {
	s := openTest(t)
	p := testPiece(0)
	pull(t, s, "1", []postal.Piece{p})
	step := func(kind postal.EventKind, data any, state postal.PieceState, copies int, why ...string) {
		t.Helper()
		if kind == postal.EventIntent {
			intend(t, s, data.(string), []postal.Piece{p})
		} else if err := happen(s, NewEvent{Kind: kind, Piece: p.PostID, Data: data}); err != nil {
			t.Fatal(err)
		}
		row, err := s.PieceByShPI(ctx, p.ShPI)
		if err != nil || row.State != state || row.Copies != copies || !reflect.DeepEqual(row.StaleWhy, why) {
			t.Fatalf("after %s: %s, %d copies, stale %q, %v; want %s, %d, %q", kind, row.State, row.Copies, row.StaleWhy, err, state, copies, why)
		}
	}
	changed := func(names ...string) ChangedData {
		var d ChangedData
		for _, n := range names {
			d.Fields = append(d.Fields, FieldChange{Name: n, From: "a", To: "b"})
		}
		return d
	}
	step(postal.EventChanged, changed("mass"), postal.StatePulled, 0)
	step(postal.EventIntent, "j1", postal.StateQueued, 1)
	step(postal.EventNotPrinted, nil, postal.StatePulled, 0)
	step(postal.EventIntent, "j2", postal.StateQueued, 1)
	step(postal.EventUnknown, nil, postal.StateUnknown, 1)
	step(postal.EventChanged, changed("date", "mass"), postal.StateStale, 1, "date", "mass")
	step(postal.EventChanged, changed("mass", "index"), postal.StateStale, 1, "date", "mass", "index")
	step(postal.EventSpoiled, SpoiledData{Reason: "устарел"}, postal.StateSpoiled, 1)
	step(postal.EventIntent, "j3", postal.StateQueued, 2)
	step(postal.EventPrinted, nil, postal.StatePrinted, 2)
	step(postal.EventVerified, VerifiedData{"keyboard"}, postal.StateVerified, 2)
	step(postal.EventWithdrawn, nil, postal.StateOrphan, 2)
	step(postal.EventPulled, nil, postal.StateStale, 2, "batch")
	step(postal.EventSpoiled, nil, postal.StateSpoiled, 2)
	step(postal.EventAccepted, nil, postal.StateAccepted, 2)
	row, _ := s.PieceByShPI(ctx, p.ShPI)
	if row.Job != "j3" || row.StateAt.IsZero() {
		t.Errorf("%+v", row)
	}
	// A second scan changes neither the state nor its time.
	if err := happen(s, NewEvent{Kind: postal.EventScanned, Piece: p.PostID}); err != nil {
		t.Fatal(err)
	}
	if again, _ := s.PieceByShPI(ctx, p.ShPI); !again.StateAt.Equal(row.StateAt) {
		t.Errorf("in this state since %v, then %v", row.StateAt, again.StateAt)
	}
	mustAudit(t, s)
}

// A clock that jumps back does not disturb the order.
func TestClockJumps(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 1))
	s.now = func() time.Time { return time.Date(2025, 1, 1, 0, 0, 0, 0, time.FixedZone("MSK", 3*3600)) }
	intend(t, s, "job", testPieces(0, 1))
	events, err := s.Events(ctx, EventQuery{})
	if err != nil || len(events) != 2 || !events[1].At.Before(events[0].At) || events[1].At.Hour() != 21 {
		t.Errorf("%+v, %v", events, err)
	}
	mustAudit(t, s)
}

// Computed by another program from the description of record.sum.
const hashVector = "b4f4b8808f7664645263a397234ef3d43cd6c9c8a3d7a4926581e40a57213450"
