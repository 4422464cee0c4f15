package station

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"znak/app/outbox"
	"znak/app/post"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/printer"
	"znak/printer/pdf"
	"znak/store"
)

// What can go wrong around the station, one script each: the error says what it is, nothing is half done, nothing is lost, and the same
// work goes through afterwards. What happens when the program itself dies is in cmd/znak/torture_test.go.

// picture is all that a batch is here, to see that something changed nothing of it.
func (b *bench) picture(batch string) string {
	b.t.Helper()
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: batch})
	b.must(err)
	text := ""
	for _, row := range rows {
		mark := ""
		if row.Mark != nil {
			mark = row.Mark.ID
		}
		text += fmt.Sprintln(row.PostID, row.ShPI, mark, row.State, row.Copies, row.StaleWhy)
	}
	return text
}

// pages counts the envelopes in the folder printer's files.
func (b *bench) pages() (n int) {
	b.t.Helper()
	files, err := filepath.Glob(filepath.Join(b.dir, "printed", "*.pdf"))
	b.must(err)
	for _, name := range files {
		f, err := os.Open(name)
		b.must(err)
		info, err := f.Stat()
		b.must(err)
		pages, err := pdf.CountPages(f, info.Size())
		b.must(err)
		b.must(f.Close())
		n += pages
	}
	return n
}

// settled checks that the paper and the ledger agree on a batch and that nothing is left open.
func (b *bench) settled(batch string) {
	b.t.Helper()
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: batch})
	b.must(err)
	copies := 0
	for _, row := range rows {
		copies += row.Copies
		if row.State == postal.StateQueued || row.State == postal.StateUnknown {
			b.t.Errorf("%s is %s", row.ShPI, row.State)
		}
		if row.Copies > 1 {
			b.t.Errorf("%s was printed %d times", row.ShPI, row.Copies)
		}
	}
	if pages := b.pages(); pages != copies {
		b.t.Errorf("%d envelopes on paper, %d in the ledger", pages, copies)
	}
	b.auditHolds()
}

// rest does what is left of the job and checks that all of it arrived once.
func (b *bench) rest(batch string, pieces int) {
	b.t.Helper()
	b.pulled()
	b.worked(batch)
	b.synced()
	b.arrived(batch, pieces)
}

// arrived checks the end of the job.
func (b *bench) arrived(batch string, pieces int) {
	b.t.Helper()
	if got := b.states(batch); got[postal.StateHanded] != pieces || len(got) != 1 {
		b.t.Errorf("states %v, want %d handed", got, pieces)
	}
	if did := b.box.Calls().Batches[batch]; did.Checkins != 1 || did.CheckinsRefused != 0 {
		b.t.Errorf("the post counts %+v", did)
	}
	b.settled(batch)
}

func TestPullUnderEachFault(t *testing.T) {
	kinds := map[string]error{ // what a person is told apart by
		"timeout-before 20ms": post.ErrUnreachable, "timeout-after 20ms": post.ErrUnreachable, "error500-before": post.ErrUnreachable,
		"cut": post.ErrUnreachable, "509": post.ErrQuota, "empty": post.ErrForeign, "html": post.ErrForeign, "foreign": post.ErrForeign,
	}
	for action, kind := range kinds {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{Seed: 5, Pieces: 6})
			b.pulled()
			name := b.purpose("fit", 6)
			before := b.picture(name)
			b.must(b.box.ChangeMarks(name))
			for _, call := range []string{"limit", "settings", "batches", "shipments"} {
				b.must(b.box.AddFault(call + " 1..9 " + action)) // a reading call is tried three times, and by the transport on stale connections
				_, err := b.Pull(b.ctx)
				if !errors.Is(err, kind) {
					t.Errorf("%s: %v", call, err)
				}
				if after := b.picture(name); after != before {
					t.Errorf("%s changed the batch:\n%s", call, after)
				}
				b.auditHolds()
				b.exhaust(call)
			}
			r, err := b.Pull(b.ctx)
			b.must(err)
			if r.Changed != 6 {
				t.Errorf("afterwards: %+v", r)
			}
			b.rest(name, 6)
		})
	}
}

// exhaust calls until a fault that was added has been played to its end.
func (b *bench) exhaust(call string) {
	b.t.Helper()
	for range 12 {
		var err error
		switch call {
		case "limit":
			_, err = b.post.Limit(b.ctx)
		case "settings":
			_, err = b.post.Settings(b.ctx)
		case "balance":
			_, err = b.post.Balance(b.ctx)
		case "batches":
			_, err = b.post.Batches(b.ctx)
		case "shipments":
			for _, one := range b.post.Shipments(b.ctx, b.purpose("fit", 0), 6) {
				err = one
			}
		}
		if err == nil {
			return
		}
	}
}

// A page that breaks off in the middle of a batch leaves the batch as it was, the first time and later.
func TestCutPageLeavesTheBatch(t *testing.T) {
	for _, fault := range []struct {
		action string
		kind   error
		pages  []int
	}{{"cut", post.ErrUnreachable, []int{1, 2, 4}}, {"509", post.ErrQuota, []int{1, 3}}, {"timeout-after 20ms", post.ErrUnreachable, []int{2}}, {"empty", post.ErrForeign, []int{4}}} {
		for _, page := range fault.pages {
			t.Run(fmt.Sprint(fault.action, " page ", page), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, sandbox.Options{Seed: 8, Pieces: 70, MaxPage: 20})
				name := b.purpose("fit", 70)
				broken := fmt.Sprintf("shipments %d..%d %s", page, page+8, fault.action)
				b.must(b.box.AddFault(broken))
				if _, err := b.Pull(b.ctx); !errors.Is(err, fault.kind) {
					t.Errorf("first pull: %v", err)
				}
				if rows, err := b.Pieces(b.ctx, store.PieceQuery{}); err != nil || len(rows) != 0 {
					t.Errorf("%d pieces of a batch that was not read whole, %v", len(rows), err)
				}
				b.exhaust("shipments")
				b.pulled()
				before := b.picture(name)
				b.must(b.box.ChangeMarks(name))
				b.must(b.box.AddFault(broken))
				if _, err := b.Pull(b.ctx); !errors.Is(err, fault.kind) {
					t.Errorf("second pull: %v", err)
				}
				if b.picture(name) != before {
					t.Error("a part of the batch was taken in")
				}
				b.exhaust("shipments")
				r, err := b.Pull(b.ctx)
				b.must(err)
				if r.Changed != 70 {
					t.Errorf("third pull: %+v", r)
				}
				b.auditHolds()
			})
		}
	}
}

func TestBalanceGone(t *testing.T) {
	for _, mode := range []sandbox.BalanceMode{sandbox.BalanceNone, sandbox.BalanceOff} {
		t.Run(string(mode), func(t *testing.T) {
			b := newBench(t, sandbox.Options{Seed: 5, Pieces: 6})
			r, err := b.Pull(b.ctx)
			b.must(err)
			if r.Balance == nil {
				t.Fatalf("%+v", r)
			}
			b.must(b.box.SetBalance(int64(*r.Balance), mode))
			r, err = b.Pull(b.ctx)
			b.must(err)
			if r.Balance != nil || r.Batches != 1 {
				t.Fatalf("%+v", r)
			}
			status, err := b.Status(b.ctx)
			b.must(err)
			if status.Balance != nil || status.Free != nil {
				t.Errorf("a balance nobody states: %v, free %v", status.Balance, status.Free)
			}
			b.rest(b.purpose("fit", 6), 6)
		})
	}
}

// A computer's clock jumps a day ahead and back in the middle of the job.
func TestClockJumps(t *testing.T) {
	for _, jumps := range [][]time.Duration{{24 * time.Hour, 0, -24 * time.Hour, 24 * time.Hour, 0}, {-24 * time.Hour, 24 * time.Hour, -24 * time.Hour, 0, 24 * time.Hour}} {
		var ahead time.Duration
		b := &bench{t: t, now: func() time.Time { return time.Now().Add(ahead) }}
		b.begin(sandbox.Options{Seed: 5, Pieces: 8})
		name := b.purpose("fit", 8)
		jump := func(step int) {
			ahead = jumps[step]
			if step%2 == 1 {
				b.open() // a new start at the wrong time
			}
		}
		jump(0)
		b.pulled()
		jump(1)
		_, err := b.Print(b.ctx, PrintOrder{Batch: name, Limit: 4}, nil, nil)
		b.must(err)
		jump(2)
		b.printed(name)
		b.scanAll(name)
		jump(3)
		b.handed(name)
		// The post is away for one round, at the wrong time; when the clock is right again the item must not wait for a day that is over.
		b.must(b.box.AddFault("batch 1..9 timeout-before 10ms"))
		_, _ = b.Sync(b.ctx)
		jump(4)
		b.exhaustBatch(name)
		ahead += 31 * time.Minute
		b.must(b.SendDue(b.ctx))
		if did := b.box.Calls().Batches[name]; did.Checkins != 1 {
			t.Errorf("jumps %v: the item still waits half an hour later: %+v", jumps, did)
		}
		b.arrived(name, 8)
		events, err := b.store.Events(b.ctx, store.EventQuery{Batch: name})
		b.must(err)
		for i, e := range events {
			if i > 0 && e.Seq <= events[i-1].Seq {
				t.Errorf("event %d after %d", e.Seq, events[i-1].Seq)
			}
		}
	}
}

func (b *bench) exhaustBatch(name string) {
	for range 12 {
		if _, err := b.post.Batch(b.ctx, name); err == nil {
			return
		}
	}
}

// begin is newBench for a bench that has something set already.
func (b *bench) begin(options sandbox.Options) {
	b.t.Helper()
	made := newBench(b.t, options, b.devices...)
	made.now = b.now
	*b = *made
	b.open()
}

// meddler is a device that lets something happen while a run is between its choice of pieces and the first intent.
type meddler struct {
	printer.Device
	meddle func()
}

func (m *meddler) Open(ctx context.Context, id string) (printer.Job, error) {
	m.meddle()
	return m.Device.Open(ctx, id)
}

// What another process takes in while pages are being drawn must not come out of the printer as it was before.
func TestChangedWhileDrawing(t *testing.T) {
	d := &shaky{known: printer.Progress{State: printer.Done}}
	m := &meddler{Device: d}
	b := newBench(t, sandbox.Options{Seed: 5, Pieces: 8}, m)
	b.pulled()
	name := b.purpose("fit", 8)
	m.meddle = func() {
		b.must(b.box.ChangeMarks(name))
		b.pulled()
	}
	r, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	if len(d.pages) != 0 || r.Printed != 0 || r.Failed != 8 || len(r.Refused) != 8 || r.Refused[0].Reason.Key != "station.changed-meanwhile" {
		t.Errorf("%d pages with the old marks; %+v", len(d.pages), r)
	}
	m.meddle = func() {}
	d.known = printer.Progress{State: printer.Done, Printed: 8, Started: 8}
	r, err = b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	if got := b.scanAll(name); r.Printed != 8 || got[scan.VerdictOK] != 8 {
		t.Errorf("%+v, verdicts %v", r, got)
	}
	b.auditHolds()
}

// Two hands at once: the same batch is handed over by two stations on one store, and two couriers carry its item. The post hears it once.
func TestTwoHandsAtOnce(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	b.pulled()
	name := b.purpose("fit", 12)
	b.printed(name)
	b.scanAll(name)
	other := *b
	other.open()
	both := func(do func(s *Station) error) {
		t.Helper()
		errs := make(chan error)
		for _, s := range []*Station{b.Station, other.Station} {
			go func() { errs <- do(s) }()
		}
		for range 2 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	}
	both(func(s *Station) error { _, err := s.HandOver(b.ctx, name); return err })
	b.must(b.box.AddFault("batch always slow 60ms")) // long enough to look at the same time
	both(func(s *Station) error { _, err := s.Sync(b.ctx); return err })
	if did := b.box.Calls().Batches[name]; did.Checkins != 1 || did.CheckinsRefused != 0 {
		t.Errorf("the post counts %+v", did)
	}
	kinds := map[postal.EventKind]int{}
	events, err := b.store.Events(b.ctx, store.EventQuery{Batch: name})
	b.must(err)
	for _, e := range events {
		kinds[e.Kind]++
	}
	if kinds[postal.EventBatchHanded] != 1 || kinds[postal.EventCheckinSent] != 1 || kinds[postal.EventCheckinFailed] != 0 {
		t.Errorf("events %v", maps.Clone(kinds))
	}
	items, err := b.store.Outbox(b.ctx)
	b.must(err)
	if len(items) != 1 || items[0].State != outbox.Done {
		t.Errorf("outbox %+v", items)
	}
	b.auditHolds()
}
