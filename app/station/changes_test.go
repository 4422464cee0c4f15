package station

import (
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/store"
)

// Each change is made at the post once, also when the answer to the first try is lost, and what follows from it is seen here at once.
func TestChangesReachThePostOnce(t *testing.T) {
	for _, test := range []struct {
		name, fault string
		ask         func(b *bench, batch string, rows []store.PieceRow) error
		check       func(b *bench, batch string)
	}{
		{"move", "sending 1 timeout-after 5s",
			func(b *bench, batch string, _ []store.PieceRow) error {
				return b.MoveDate(b.ctx, batch, postal.DateOf(time.Now().AddDate(0, 0, 5)))
			},
			func(b *bench, batch string) {
				if n := b.box.Calls().Batches[batch].DateMoves; n != 1 {
					t.Errorf("the date was moved %d times", n)
				}
				if got := b.states(batch); got[postal.StateStale] != 12 {
					t.Errorf("after the move: %v", got)
				}
			}},
		{"return", "return 1 cut",
			func(b *bench, _ string, rows []store.PieceRow) error {
				return b.Return(b.ctx, []postal.ShPI{rows[0].ShPI, rows[1].ShPI})
			},
			func(b *bench, batch string) {
				if n := b.box.Calls().Batches[batch].Returned; n != 2 {
					t.Errorf("%d pieces were returned", n)
				}
				if got := b.states(batch); got[postal.StateOrphan] != 2 || got[postal.StatePrinted] != 10 {
					t.Errorf("after the return: %v", got)
				}
			}},
		{"delete", "",
			func(b *bench, _ string, rows []store.PieceRow) error {
				return b.Delete(b.ctx, []postal.ShPI{rows[3].ShPI})
			},
			func(b *bench, batch string) {
				if n := b.box.Calls().Batches[batch].Deleted; n != 1 {
					t.Errorf("%d pieces were deleted", n)
				}
				if got := b.states(batch); got[postal.StateOrphan] != 1 {
					t.Errorf("after the deletion: %v", got)
				}
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, sandbox.Options{Seed: 3})
			b.pulled()
			batch := b.purpose("fit", 12)
			b.printed(batch)
			rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: batch})
			b.must(err)
			b.must(test.ask(b, batch, rows))
			if test.fault != "" {
				b.must(b.box.AddFault(test.fault))
				if r, _ := b.Sync(b.ctx); r.Sent != 0 || r.Pending != 1 {
					t.Fatalf("first round: %+v", r)
				}
			}
			r, err := b.Sync(b.ctx)
			b.must(err)
			if r.Sent != 1 || r.Pending != 0 {
				t.Fatalf("last round: %+v", r)
			}
			test.check(b, batch)
			b.auditHolds()
		})
	}
}

// A change that the post refuses for good is dead and keeps the later ones of its batch waiting, but nobody else's.
func TestPoisonedItemBlocksNoOther(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	b.pulled()
	poisoned, other := b.purpose("fit", 12), b.purpose("fit", 8)
	day := postal.DateOf(time.Now().AddDate(0, 0, 3))
	b.must(b.MoveDate(b.ctx, poisoned, day))
	b.must(b.MoveDate(b.ctx, other, day))
	b.must(b.box.AddFault("sending 1 refuse 200 PAST_DUE_DATE"))
	r, err := b.Sync(b.ctx)
	b.must(err)
	if r.Sent != 1 || len(r.Dead) != 1 || r.Dead[0].Batch != poisoned {
		t.Fatalf("round: %+v", r)
	}
	b.must(b.Retry(b.ctx, r.Dead[0].ID))
	r, err = b.Sync(b.ctx)
	b.must(err)
	if r.Sent != 1 || len(r.Dead) != 0 {
		t.Fatalf("after the retry: %+v", r)
	}
	b.auditHolds()
}

func TestArchiveOfAnAcceptedBatch(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	b.pulled()
	name := b.purpose("fit", 8)
	if err := b.Archive(b.ctx, name); err == nil {
		t.Fatal("an open batch was archived")
	}
	b.worked(name)
	b.synced()
	b.must(b.box.Advance(24 * time.Hour))
	b.synced()
	b.must(b.Archive(b.ctx, name))
	r, err := b.Sync(b.ctx)
	b.must(err)
	if r.Sent != 1 {
		t.Fatalf("synced %+v", r)
	}
	v, err := b.Batch(b.ctx, name)
	b.must(err)
	if v.Status != postal.BatchArchived {
		t.Fatalf("the batch is %s", v.Status)
	}
	b.auditHolds()
}
