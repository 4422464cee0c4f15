package store

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"znak/app/postal"
)

// model is the ledger written once more, as simply as can be: a map.
type model struct {
	batch  map[int64]string
	state  map[int64]postal.PieceState
	copies map[int64]int
	void   map[int64]void
	facts  map[int64]postal.Piece
	events int64
}

// void are the copies that a person declared void, by what is known of them.
type void struct{ owed, destroyed, missing int }

// next says what an event makes of a piece, by the table of states and the counts of its void copies alone.
func (m *model) next(e NewEvent) error {
	state, err := postal.Next(m.state[e.Piece], e.Kind)
	if err != nil {
		return err
	}
	v := m.void[e.Piece]
	switch {
	case e.Kind == postal.EventSpoiled:
		v.owed++
	case e.Kind == postal.EventDestroyed && v.owed > 0:
		v.owed, v.destroyed = v.owed-1, v.destroyed+1
	case e.Kind == postal.EventDestroyed && v.missing > 0:
		v.missing, v.destroyed = v.missing-1, v.destroyed+1
	case e.Kind == postal.EventMissing && v.owed > 0:
		v.owed, v.missing = v.owed-1, v.missing+1
	case e.Kind == postal.EventHanded && v.owed == 0:
	case e.Kind == postal.EventDestroyed, e.Kind == postal.EventMissing, e.Kind == postal.EventHanded:
		return &postal.StateError{State: m.state[e.Piece], Event: e.Kind}
	}
	m.void[e.Piece] = v
	m.state[e.Piece] = state
	m.events++
	switch e.Kind {
	case postal.EventIntent:
		m.copies[e.Piece]++
	case postal.EventNotPrinted:
		if state != postal.StateVerified {
			m.copies[e.Piece] = max(0, m.copies[e.Piece]-1)
		}
	}
	return nil
}

func (m *model) clone() *model {
	return &model{maps.Clone(m.batch), maps.Clone(m.state), maps.Clone(m.copies), maps.Clone(m.void), maps.Clone(m.facts), m.events}
}

// Whatever happens in whatever order: what is stored is what the model says, the counts close, the audit holds, and a rebuild changes nothing.
func TestAnyInterleavingKeepsTheLedgerTrue(t *testing.T) {
	rounds, steps := 12, 120
	if testing.Short() {
		rounds = 3
	}
	for round := range rounds {
		seed := uint64(time.Now().UnixNano()) + uint64(round)
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) { interleave(t, seed, steps) })
	}
}

var pieceKinds = []postal.EventKind{postal.EventPulled, postal.EventChanged, postal.EventWithdrawn, postal.EventIntent, postal.EventIntent, postal.EventPrinted,
	postal.EventPrinted, postal.EventNotPrinted, postal.EventUnknown, postal.EventVerified, postal.EventVerified, postal.EventScanned, postal.EventSpoiled,
	postal.EventDestroyed, postal.EventMissing, postal.EventHanded, postal.EventAccepted, postal.EventRefused, postal.EventDelivered, postal.EventOperation}

func interleave(t *testing.T, seed uint64, steps int) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	s := openTest(t)
	m := &model{map[int64]string{}, map[int64]postal.PieceState{}, map[int64]int{}, map[int64]void{}, map[int64]postal.Piece{}, 0}
	for _, name := range []string{"1", "2", "3"} {
		write(t, s, func(tx *Tx) error { return tx.PutBatch(testBatch(name), true) })
	}
	write(t, s, func(tx *Tx) error {
		if err := tx.OpenRun(Run{ID: "run"}); err != nil {
			return err
		}
		return errors.Join(tx.OpenJob(Job{ID: "job-0", Run: "run"}), tx.OpenJob(Job{ID: "job-1", Run: "run"}))
	})
	impossible := 0
	for range steps {
		draft := m.clone()
		var want error
		err := s.Write(ctx, func(tx *Tx) error {
			for range 1 + rnd.IntN(4) {
				if rnd.IntN(3) == 0 {
					if err := putSome(tx, rnd, draft); err != nil {
						return err
					}
				}
				events := someEvents(rnd, draft)
				for _, e := range events {
					if want == nil {
						want = draft.next(e)
					}
				}
				if err := tx.Record(events...); (err == nil) != (want == nil) {
					return fmt.Errorf("ledger says %v, model says %v", err, want)
				} else if err != nil {
					return err
				}
				if rnd.IntN(4) == 0 { // reading in the middle must not disturb the counters
					if _, err := tx.Batch("1"); err != nil {
						return err
					}
				}
			}
			return nil
		})
		switch {
		case want != nil:
			impossible++
			var a, b *postal.StateError
			if !errors.As(want, &a) || !errors.As(err, &b) || a.State != b.State || a.Event != b.Event {
				t.Fatalf("ledger says %v, model says %v", err, want)
			}
		case err != nil:
			t.Fatal(err)
		default:
			m = draft
		}
	}
	if impossible == 0 || m.events == 0 {
		t.Errorf("%d impossible changes, %d events: the test tries too little", impossible, m.events)
	}
	compareModel(t, s, m)
	if r := mustAudit(t, s); r.Events != m.events {
		t.Errorf("%d events, the model has %d", r.Events, m.events)
	}
	stored := dump(t, s)
	if err := s.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if rebuilt := dump(t, s); rebuilt != stored {
		t.Errorf("stored\n%s\nrebuilt\n%s", stored, rebuilt)
	}
}

// putSome lets the post show some pieces in some batch, often with other facts than before.
func putSome(tx *Tx, rnd *rand.Rand, m *model) error {
	batch := fmt.Sprint(1 + rnd.IntN(3))
	var list []postal.Piece
	for _, n := range rnd.Perm(12)[:1+rnd.IntN(5)] {
		p := testPiece(n)
		p.Envelope = []postal.EnvelopeKind{postal.DL, postal.C5, postal.C6}[rnd.IntN(3)]
		p.Mark.Value = postal.Kopecks(8000 + rnd.IntN(3))
		if old, ok := m.facts[p.PostID]; rnd.IntN(8) == 0 && (!ok || old.Mark == nil) {
			p.Mark = nil
		}
		list = append(list, p)
		m.facts[p.PostID], m.batch[p.PostID] = p, batch
	}
	return tx.PutPieces(batch, 0, list)
}

func someEvents(rnd *rand.Rand, m *model) []NewEvent {
	var ids []int64
	for n := range 12 {
		if id := testPiece(n).PostID; m.batch[id] != "" {
			ids = append(ids, id)
		}
	}
	var events []NewEvent
	for range rnd.IntN(4) {
		if len(ids) == 0 {
			break
		}
		e := NewEvent{Kind: pieceKinds[rnd.IntN(len(pieceKinds))], Piece: ids[rnd.IntN(len(ids))]}
		if rnd.IntN(10) > 0 { // mostly what may happen
			for range 20 {
				if m.clone().next(e) == nil {
					break
				}
				e.Kind = pieceKinds[rnd.IntN(len(pieceKinds))]
			}
		}
		switch e.Kind {
		case postal.EventIntent:
			e.Data = IntentData{Job: fmt.Sprint("job-", rnd.IntN(2))}
		case postal.EventChanged:
			e.Data = ChangedData{[]FieldChange{{Name: []string{"date", "mass", "index"}[rnd.IntN(3)], From: "a", To: "b"}}}
		}
		events = append(events, e)
	}
	return events
}

func compareModel(t *testing.T, s *Store, m *model) {
	t.Helper()
	rows, err := s.Pieces(ctx, PieceQuery{})
	if err != nil || len(rows) != len(m.facts) {
		t.Fatalf("%d pieces, %v; the model has %d", len(rows), err, len(m.facts))
	}
	type counts struct {
		states map[postal.PieceState]int
		kinds  map[postal.EnvelopeKind]int
		pieces int
		noMark int
		sum    postal.Kopecks
	}
	want := map[string]*counts{}
	for _, name := range []string{"1", "2", "3"} {
		want[name] = &counts{states: map[postal.PieceState]int{}, kinds: map[postal.EnvelopeKind]int{}}
	}
	for _, r := range rows {
		if r.State != m.state[r.PostID] || r.Copies != m.copies[r.PostID] || r.Batch != m.batch[r.PostID] {
			t.Errorf("piece %d: %s, %d copies, batch %s; the model has %s, %d, %s", r.PostID, r.State, r.Copies, r.Batch,
				m.state[r.PostID], m.copies[r.PostID], m.batch[r.PostID])
		}
		if v := m.void[r.PostID]; r.Owed != v.owed || r.Missing != v.missing || r.Voided != v.owed+v.destroyed+v.missing {
			t.Errorf("piece %d: %d void copies, %d owed, %d missing; the model has %+v", r.PostID, r.Voided, r.Owed, r.Missing, v)
		}
		if (r.State == postal.StateStale) != (len(r.StaleWhy) > 0) {
			t.Errorf("piece %d is %s because of %q", r.PostID, r.State, r.StaleWhy)
		}
		c := want[r.Batch]
		c.states[r.State]++
		if r.State == postal.StateWithdrawn || r.State == postal.StateOrphan {
			continue
		}
		c.pieces++
		c.kinds[r.Envelope]++
		if r.Mark == nil {
			c.noMark++
		} else {
			c.sum += r.Mark.Value
		}
	}
	batches, err := s.Batches(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		got := counts{b.States, b.Envelopes, b.Pieces, b.WithoutMark, b.MarkSum}
		if !reflect.DeepEqual(got, *want[b.Name]) {
			t.Errorf("batch %s: %+v, the pieces say %+v", b.Name, got, *want[b.Name])
		}
	}
}

// No path through the store puts a piece on paper twice without somebody's word that the first copy is void or was none.
func TestNoSecondPrintUnasked(t *testing.T) {
	s := openTest(t)
	p := testPiece(0)
	pull(t, s, "1", []postal.Piece{p})
	intend(t, s, "first", []postal.Piece{p})
	for _, kind := range []postal.EventKind{"", postal.EventUnknown, postal.EventPrinted, postal.EventVerified, postal.EventChanged, postal.EventWithdrawn, postal.EventPulled} {
		if kind != "" {
			if err := happen(s, NewEvent{Kind: kind, Piece: p.PostID}); err != nil && !strings.Contains(err.Error(), "cannot follow") {
				t.Fatal(err)
			}
		}
		err := s.Write(ctx, func(tx *Tx) error { return intendIn(tx, "second", []postal.Piece{p}) })
		if state := (*postal.StateError)(nil); !errors.As(err, &state) {
			t.Errorf("after %q a second intent: %v", kind, err)
		}
	}
	if jobs, err := s.OpenJobs(ctx); err != nil || len(jobs) != 1 {
		t.Errorf("%+v, %v", jobs, err)
	}
}
