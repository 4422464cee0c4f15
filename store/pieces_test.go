package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"znak/app/hint"
	"znak/app/postal"
)

func TestPiecesComeBackWhole(t *testing.T) {
	s := openTest(t)
	p := testPiece(0)
	p.Batch = "1"
	p.From = postal.Address{Kind: postal.AddressPOBox, Number: "17", Index: "999998"}
	p.Comment = "«ёлки» \"и\" \\ палки \u2028 <b> № 5"
	p.LastAt = time.Date(2026, 11, 20, 10, 30, 0, 123_000_000, time.UTC)
	p.Extra = []byte(`{"new-field":[0,"",null,{"a":false}]}`)
	bare := postal.Piece{PostID: 1 << 40, Batch: "1"}
	empty := testPiece(1)
	empty.Batch, empty.Mark, empty.Postmarks = "1", &postal.Mark{}, []postal.Postmark{}
	want := []postal.Piece{p, bare, empty}
	pull(t, s, "1", want)
	rows, err := s.Pieces(ctx, PieceQuery{Batch: "1"})
	if err != nil || len(rows) != 3 {
		t.Fatal(len(rows), err)
	}
	for i, row := range rows {
		if !reflect.DeepEqual(row.Piece, want[i]) {
			t.Errorf("got  %+v\nwant %+v", row.Piece, want[i])
		}
		if row.Pos != i || row.State != postal.StatePulled || row.Copies != 0 || row.Problem != "" || row.StaleWhy != nil {
			t.Errorf("%+v", row)
		}
	}
	b, err := s.Batch(ctx, "1")
	if err != nil || !reflect.DeepEqual(b.Batch, testBatch("1")) {
		t.Errorf("got  %+v\nwant %+v", b.Batch, testBatch("1"))
	}
	if b.WithoutMark != 1 || b.Pieces != 3 || b.MarkSum != 8540 {
		t.Errorf("%+v", b)
	}
}

func TestIdentitiesAreUnique(t *testing.T) {
	s := openTest(t)
	first := testPieces(0, 3)
	pull(t, s, "1", first)
	twinMark, twinShPI, twinBoth := testPiece(10), testPiece(11), testPiece(12)
	twinMark.Mark.ID = first[0].Mark.ID
	twinShPI.ShPI = first[1].ShPI
	twinBoth.ShPI, twinBoth.Mark.ID = first[2].ShPI, first[2].Mark.ID
	sameList := testPiece(14) // two newcomers with one mark: the first has it
	sameList.Mark.ID = testPiece(13).Mark.ID
	pull(t, s, "2", []postal.Piece{twinMark, twinShPI, twinBoth, testPiece(13), sameList})
	rows, err := s.Pieces(ctx, PieceQuery{Batch: "2"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{ProblemMark, ProblemShPI, ProblemMark, "", ProblemMark} {
		if rows[i].Problem != want {
			t.Errorf("piece %d: problem %q, want %q", i, rows[i].Problem, want)
		}
	}
	if b, err := s.Batch(ctx, "2"); err != nil || b.Problems != 4 {
		t.Errorf("%+v, %v", b, err)
	}
	// What is scanned is the first owner's, always.
	for _, p := range first {
		byShPI, err1 := s.PieceByShPI(ctx, p.ShPI)
		byMark, err2 := s.PieceByMark(ctx, p.Mark.ID)
		if err1 != nil || err2 != nil || byShPI.PostID != p.PostID || byMark.PostID != p.PostID {
			t.Errorf("%d: %v %v", p.PostID, err1, err2)
		}
	}
	// A twin cannot be printed, but its other events name its own ШПИ.
	for _, p := range []postal.Piece{twinMark, twinShPI} {
		err := happen(s, NewEvent{Kind: postal.EventIntent, Piece: p.PostID})
		key, args, _ := hint.Of(err)
		if !errors.Is(err, ErrConflict) || args["ShPI"] != string(p.ShPI) {
			t.Errorf("intent: %v, %q %v", err, key, args)
		}
	}
	if err := happen(s, NewEvent{Kind: postal.EventWithdrawn, Piece: twinShPI.PostID}); err != nil {
		t.Fatal(err)
	}
	events, _ := s.Events(ctx, EventQuery{Piece: twinShPI.PostID})
	if last := events[len(events)-1]; last.ShPI != twinShPI.ShPI {
		t.Errorf("%+v", last)
	}
	mustAudit(t, s)
	// The index itself holds, whoever writes.
	if _, err := s.writer.conn.ExecContext(ctx, `UPDATE pieces SET mark_id = ? WHERE post_id = ?`, first[0].Mark.ID, twinMark.PostID); kindOf(err) != ErrConflict {
		t.Errorf("two pieces with one mark: %v", err)
	}
	// The owner gets another mark at the post: the old one is free for the twin at its next pull.
	first[0].Mark.ID = "MK-NEW"
	write(t, s, func(tx *Tx) error {
		if err := tx.PutPieces("1", 0, first); err != nil {
			return err
		}
		if err := tx.Record(NewEvent{Kind: postal.EventChanged, Piece: first[0].PostID, Data: ChangedData{[]FieldChange{{"mark", "", "MK-NEW"}}}}); err != nil {
			return err
		}
		return tx.PutPieces("2", 0, []postal.Piece{twinMark})
	})
	if row, err := s.PieceByMark(ctx, twinMark.Mark.ID); err != nil || row.PostID != twinMark.PostID || row.Problem != "" {
		t.Errorf("%+v, %v", row, err)
	}
	mustAudit(t, s)
}

// The post made a letter anew under another id, with the same mark: it may be printed if no envelope of the old one exists.
func TestWithdrawnPieceGivesUpItsIdentities(t *testing.T) {
	s := openTest(t)
	old := testPieces(0, 2)
	pull(t, s, "1", old)
	intend(t, s, "job", old[1:])
	if err := happen(s, eventsOf(postal.EventWithdrawn, old, nil)...); err != nil {
		t.Fatal(err)
	}
	anew := testPieces(0, 2)
	anew[0].PostID, anew[1].PostID = anew[0].PostID+1000, anew[1].PostID+1000
	pull(t, s, "2", anew)
	rows, err := s.Pieces(ctx, PieceQuery{Batch: "2"})
	if err != nil || rows[0].Problem != "" || rows[1].Problem != ProblemMark {
		t.Fatalf("%+v, %v", rows, err)
	}
	if row, err := s.PieceByMark(ctx, anew[0].Mark.ID); err != nil || row.PostID != anew[0].PostID {
		t.Errorf("%+v, %v", row, err)
	}
	mustAudit(t, s)
	// The dead envelope was destroyed: the next pull clears its successor.
	if err := happen(s, NewEvent{Kind: postal.EventSpoiled, Piece: old[1].PostID}); err != nil {
		t.Fatal(err)
	}
	write(t, s, func(tx *Tx) error { return tx.PutPieces("2", 0, anew) })
	for _, p := range anew {
		if row, err := s.PieceByShPI(ctx, p.ShPI); err != nil || row.PostID != p.PostID || row.Problem != "" {
			t.Errorf("%+v, %v", row, err)
		}
	}
	if b, err := s.Batch(ctx, "2"); err != nil || b.Problems != 0 {
		t.Errorf("%+v, %v", b, err)
	}
	// Should the old one come back all the same, it is the one with the problem.
	pull(t, s, "1", old[:1])
	if row, err := s.Piece(ctx, old[0].PostID); err != nil || row.Problem != ProblemMark {
		t.Errorf("%+v, %v", row, err)
	}
	mustAudit(t, s)
}

// Identities that change hands within one pull are no conflict.
func TestIdentitiesMaySwap(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 3)
	pull(t, s, "1", list)
	list[0].ShPI, list[1].ShPI, list[2].ShPI = list[1].ShPI, list[2].ShPI, list[0].ShPI
	list[0].Mark, list[1].Mark = list[1].Mark, list[0].Mark
	write(t, s, func(tx *Tx) error {
		if err := tx.PutPieces("1", 0, list); err != nil {
			return err
		}
		for _, p := range list[:2] {
			if err := tx.Record(NewEvent{Kind: postal.EventChanged, Piece: p.PostID, Data: ChangedData{[]FieldChange{{"mark", "", p.Mark.ID}}}}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, p := range list {
		row, err := s.PieceByShPI(ctx, p.ShPI)
		if err != nil || row.PostID != p.PostID || row.Problem != "" || row.Mark.ID != p.Mark.ID {
			t.Errorf("%+v, %v", row, err)
		}
	}
	mustAudit(t, s)
}

func TestFactsChangeAndStatesStay(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 4)
	pull(t, s, "1", list)
	intend(t, s, "job", list[:2])
	list[0].Mass, list[0].Envelope, list[0].Mark.Value = 55, postal.C5, 9000
	list[1].Mark = nil
	moved := list[3]
	write(t, s, func(tx *Tx) error {
		if err := tx.PutPieces("1", 0, list[:3]); err != nil {
			return err
		}
		if err := tx.Record(NewEvent{Kind: postal.EventChanged, Piece: list[1].PostID, Data: ChangedData{[]FieldChange{{"mark", "x", ""}}}}); err != nil {
			return err
		}
		if err := tx.PutBatch(testBatch("2"), false); err != nil {
			return err
		}
		return tx.PutPieces("2", 0, []postal.Piece{moved})
	})
	b, err := s.Batch(ctx, "1")
	if err != nil {
		t.Fatal(err)
	}
	if b.Pieces != 3 || b.WithoutMark != 1 || b.MarkSum != 9000+8540 || !reflect.DeepEqual(b.Envelopes, map[postal.EnvelopeKind]int{postal.C5: 1, postal.DL: 2}) ||
		!reflect.DeepEqual(b.States, map[postal.PieceState]int{postal.StateQueued: 1, postal.StateStale: 1, postal.StatePulled: 1}) ||
		!reflect.DeepEqual(b.Categories, map[postal.MailCategory]int{postal.CategoryOrdered: 3}) {
		t.Errorf("%+v", b)
	}
	if row, err := s.Piece(ctx, moved.PostID); err != nil || row.Batch != "2" || row.State != postal.StatePulled {
		t.Errorf("%+v, %v", row, err)
	}
	if row, err := s.Piece(ctx, list[0].PostID); err != nil || row.State != postal.StateQueued || row.Mass != 55 || row.Job != "job" {
		t.Errorf("%+v, %v", row, err)
	}
	if b, err := s.Batch(ctx, "2"); err != nil || b.Pieces != 1 || !b.PulledAt.IsZero() {
		t.Errorf("%+v, %v", b, err)
	}
	mustAudit(t, s)
}

func TestWithdrawnPiecesCountInStatesOnly(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 4)
	list[0].Mark, list[1].Envelope = nil, postal.C6
	pull(t, s, "1", list)
	if err := happen(s, eventsOf(postal.EventWithdrawn, list[:2], nil)...); err != nil {
		t.Fatal(err)
	}
	b, err := s.Batch(ctx, "1")
	if err != nil || b.Pieces != 2 || b.WithoutMark != 0 || b.Envelopes[postal.C6] != 0 || b.MarkSum != 2*8540 || b.States[postal.StateWithdrawn] != 2 {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestPieceQuery(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 30)
	list[7].To.Name = "ООО «ЩЁЛКОВО-ПРОЕКТ»"
	list[8].To.Address.Place = "с 100% Надёжное_Место"
	list[9].OrderNum = "АБВ/2026-17"
	pull(t, s, "1", list)
	pull(t, s, "2", testPieces(100, 5))
	intend(t, s, "job", list[3:6])
	find := func(q PieceQuery) []int {
		t.Helper()
		rows, err := s.Pieces(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		var found []int
		for _, r := range rows {
			found = append(found, int(r.PostID-testPiece(0).PostID))
		}
		return found
	}
	for _, c := range []struct {
		name string
		q    PieceQuery
		want []int
	}{
		{"batch", PieceQuery{Batch: "2"}, []int{100, 101, 102, 103, 104}},
		{"page", PieceQuery{Batch: "1", Offset: 10, Limit: 3}, []int{10, 11, 12}},
		{"past the end", PieceQuery{Batch: "1", Offset: 30, Limit: 3}, nil},
		{"state", PieceQuery{States: []postal.PieceState{postal.StateQueued, postal.StatePrinted}}, []int{3, 4, 5}},
		{"ШПИ", PieceQuery{ShPIs: []postal.ShPI{testPiece(102).ShPI, list[2].ShPI, "11111111111111"}}, []int{2, 102}},
		{"ШПИ of another batch", PieceQuery{Batch: "1", ShPIs: []postal.ShPI{testPiece(102).ShPI}}, nil},
		{"case and ё", PieceQuery{Text: "щелково"}, []int{7}},
		{"case and ё, typed", PieceQuery{Text: " Щёлково-Проект "}, []int{7}},
		{"signs between words", PieceQuery{Text: "100% НАДЕЖ"}, []int{8}},
		{"no wildcard, and not the middle of a word", PieceQuery{Text: "*есто"}, nil},
		{"number", PieceQuery{Text: "абв/2026"}, []int{9}},
		{"mark", PieceQuery{Text: list[11].Mark.ID}, []int{11}},
		{"the end of a ШПИ", PieceQuery{Text: string(list[12].ShPI[4:])}, []int{12}},
		{"unknown batch", PieceQuery{Batch: "17"}, nil},
	} {
		if got := find(c.q); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if _, err := s.PieceByShPI(ctx, "11111111111111"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := s.PieceByMark(ctx, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Batch(ctx, "17"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if key, args, _ := hint.Of(func() error { _, err := s.Batch(ctx, "17"); return err }()); key != "store.notfound.batch" || args["ID"] != "17" {
		t.Errorf("%q %v", key, args)
	}
}

func TestPutPiecesRefusesNonsense(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", nil)
	if err := s.Write(ctx, func(tx *Tx) error { return tx.PutPieces("1", 0, []postal.Piece{{ShPI: "80092578900475"}}) }); !errors.Is(err, ErrConflict) {
		t.Errorf("a piece without id: %v", err)
	}
	if err := s.Write(ctx, func(tx *Tx) error { return tx.PutPieces("nobody", 0, testPieces(0, 1)) }); !errors.Is(err, ErrConflict) {
		t.Errorf("an unknown batch: %v", err)
	}
}

func TestBatchOrder(t *testing.T) {
	s := openTest(t)
	for _, b := range []struct {
		name string
		date postal.Date
	}{{"10", "2026-11-23"}, {"9", "2026-11-23"}, {"1", "2026-11-25"}, {"200", "2026-11-22"}} {
		batch := testBatch(b.name)
		batch.SendingDate = b.date
		write(t, s, func(tx *Tx) error { return tx.PutBatch(batch, true) })
	}
	rows, err := s.Batches(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
	}
	if want := []string{"200", "9", "10", "1"}; !reflect.DeepEqual(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}
