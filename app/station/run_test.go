package station

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/printer"
	"znak/printer/page"
	"znak/store"
)

// tray is a printer that prints a page when the test lets it: what a real one does slowly and with faults, one step at a time. The real ones have
// their own tests; here it is about what the station makes of their words.
type tray struct {
	name    string
	slip    int
	confirm printer.Confirm
	jamAt   int // the page, counted over all jobs, at which it stops for good; 0: never
	stall   bool
	after   func(out int) // hears of each page

	mu     sync.Mutex
	out    []string // names of the pages on paper, in order: the device's own record
	jobs   map[string]*trayJob
	told   chan struct{} // a job waits in Finish
	cancel []string
}

type trayJob struct {
	tray  *tray
	id    string
	pages []page.Page
	out   int
	ended bool
}

var (
	_ printer.Queue = (*tray)(nil)
	_ printer.Job   = (*trayJob)(nil)
)

func newTray(name string, slip int) *tray {
	return &tray{name: name, slip: slip, confirm: printer.ConfirmPages, jobs: map[string]*trayJob{}, told: make(chan struct{}, 100)}
}

func (d *tray) Info() printer.Info {
	return printer.Info{Name: d.name, Kind: "tray", DPI: 203, Slip: d.slip, Confirm: d.confirm}
}

func (d *tray) State(context.Context) (printer.State, []string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.jammed() {
		return printer.Jam, []string{"paper jam"}, nil
	}
	return printer.Ready, nil, nil
}

func (d *tray) jammed() bool { return d.jamAt > 0 && len(d.out) >= d.jamAt-1 }

func (d *tray) Open(_ context.Context, id string) (printer.Job, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.jobs[id]; ok {
		return nil, errors.New("this job was there before")
	}
	j := &trayJob{tray: d, id: id}
	d.jobs[id] = j
	return j, nil
}

func (d *tray) Progress(_ context.Context, id string, pages int) (printer.Progress, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j, ok := d.jobs[id]
	if !ok {
		return printer.Progress{State: printer.Done}, nil
	}
	return j.progress(), nil
}

func (d *tray) Pause(context.Context) error  { return nil }
func (d *tray) Resume(context.Context) error { return nil }
func (d *tray) Cancel(_ context.Context, id string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cancel = append(d.cancel, id)
	if j := d.jobs[id]; j != nil {
		j.ended = true
	}
	return nil
}

func (j *trayJob) Send(_ context.Context, p page.Page) error {
	j.tray.mu.Lock()
	defer j.tray.mu.Unlock()
	j.pages = append(j.pages, p)
	return nil
}

func (j *trayJob) Finish(ctx context.Context) (printer.Progress, error) {
	j.tray.mu.Lock()
	for j.out < len(j.pages) && !j.tray.jammed() && !j.tray.stall {
		j.tray.out = append(j.tray.out, j.pages[j.out].Name)
		j.out++
		if j.tray.after != nil {
			j.tray.after(len(j.tray.out))
		}
	}
	j.ended = j.out == len(j.pages)
	stuck := !j.ended
	p := j.progress()
	j.tray.mu.Unlock()
	if stuck {
		j.tray.told <- struct{}{}
		<-ctx.Done()
		return p, ctx.Err()
	}
	return p, nil
}

func (j *trayJob) Abort(context.Context) error {
	j.tray.mu.Lock()
	defer j.tray.mu.Unlock()
	j.ended = true
	return nil
}

// progress: the page in the works when the job was given up is the one nobody knows of.
func (j *trayJob) progress() printer.Progress {
	switch {
	case !j.ended:
		return printer.Progress{State: printer.Jam, Open: true, Printed: j.out, Started: len(j.pages), Words: []string{"paper jam"}}
	case j.out == len(j.pages) && j.tray.confirm == printer.ConfirmNone:
		return printer.Progress{State: printer.Done, Started: j.out}
	case j.out == len(j.pages):
		return printer.Progress{State: printer.Done, Printed: j.out, Started: j.out}
	}
	return printer.Progress{State: printer.Jam, Printed: j.out, Started: min(j.out+1, len(j.pages)), Words: []string{"paper jam"}}
}

func (d *tray) record() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.out)
}

// printBench is a bench with a batch pulled, on the trays.
func printBench(t *testing.T, pieces int, devices ...printer.Device) (*bench, string, []string) {
	t.Helper()
	b := newBench(t, sandbox.Options{Seed: 7, Pieces: pieces}, devices...)
	b.pulled()
	b.must(b.SetSetting(b.ctx, SettingPreflight, "false"))
	name := b.purpose(sandbox.PurposeFit, pieces)
	var want []string
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	for _, row := range rows {
		want = append(want, string(row.ShPI))
	}
	return b, name, want
}

// A jam in the middle: what came out is printed, the one in the works is unknown, the rest is not printed; after a word about the last envelope the run goes on
// at the right one, in order, and each piece is on paper once.
func TestJamIsResumedAtTheRightEnvelope(t *testing.T) {
	device := newTray("tray", 10)
	device.jamAt = 17
	b, name, want := printBench(t, 40, device)
	control := NewControl()
	var heard []printer.State
	go func() {
		<-device.told
		time.Sleep(3 * watchEvery / 2)
		control.Cancel() // the person has seen the jam and gives the job up
	}()
	r, err := b.Print(b.ctx, PrintOrder{Batch: name}, control, func(p PrintProgress) { heard = append(heard, p.State) })
	b.must(err)
	if r.Printed != 16 || r.Unknown != 1 || r.Failed != 3 || !r.Stopped {
		t.Fatalf("%+v", r)
	}
	if !slices.Contains(heard, printer.Jam) {
		t.Errorf("the person was never told of the jam: %v", heard)
	}
	if states := b.states(name); states[postal.StatePrinted] != 16 || states[postal.StateUnknown] != 1 || states[postal.StatePulled] != 23 {
		t.Fatalf("%v", states)
	}
	device.mu.Lock()
	device.jamAt = 0
	device.mu.Unlock()
	_, err = b.Print(b.ctx, PrintOrder{Batch: name, InOrder: true}, nil, nil)
	var refused *Refused
	if !errors.As(err, &refused) || refused.Reasons[0].Key != "station.unknown-first" {
		t.Fatalf("going on past an unknown piece: %v", err)
	}
	printed, not, err := b.DeclareLast(b.ctx, postal.ShPI(want[15]))
	b.must(err)
	if printed != 0 || not != 1 {
		t.Fatalf("%d printed, %d not", printed, not)
	}
	r, err = b.Print(b.ctx, PrintOrder{Batch: name, InOrder: true}, nil, nil)
	b.must(err)
	if r.Printed != 24 || !slices.Equal(device.record(), want) {
		t.Errorf("%+v; on paper %v", r, device.record())
	}
}

// What a killed station left with a printer that still holds it stays queued: neither printed nor unknown nor printed again.
func TestWhatThePrinterHoldsStaysQueued(t *testing.T) {
	device := newTray("tray", 20)
	device.stall = true
	b, name, want := printBench(t, 30, device)
	ctx, kill := context.WithCancel(b.ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		<-device.told
		// The ledger as a kill would leave it: the job is open, nothing is settled.
		b2 := *b
		b2.open()
		if states := b2.states(name); states[postal.StateQueued] != 20 {
			t.Errorf("while the printer holds 20: %v", states)
		}
		if err := b2.DeclareNotPrinted(b2.ctx, postal.ShPI(want[3])); err == nil {
			t.Error("a queued piece was declared not printed")
		}
		kill()
	}()
	_, err := b.Print(ctx, PrintOrder{Batch: name}, nil, nil)
	<-ended
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if len(device.record()) != 0 {
		t.Fatal("something came out")
	}
}

// Two printers share one batch: every piece comes out once, on one of them.
func TestTwoPrintersOneBatch(t *testing.T) {
	left, right := newTray("left", 5), newTray("right", 7)
	b, name, want := printBench(t, 60, left, right)
	var both sync.WaitGroup
	for _, d := range []string{"left", "right"} {
		both.Go(func() {
			r, err := b.Print(b.ctx, PrintOrder{Batch: name, Printer: d}, nil, nil)
			if err != nil {
				t.Errorf("%s: %v %+v", d, err, r)
			}
		})
	}
	both.Wait()
	all := append(left.record(), right.record()...)
	slices.Sort(all)
	slices.Sort(want)
	if !slices.Equal(all, want) {
		t.Errorf("%d on paper, %d asked", len(all), len(want))
	}
}

// A run moves to another printer between two slips.
func TestRunMovesToAnotherPrinter(t *testing.T) {
	left, right := newTray("left", 10), newTray("right", 10)
	b, name, want := printBench(t, 40, left, right)
	control := NewControl()
	left.after = func(out int) {
		if out == 13 {
			control.Move("right")
		}
	}
	r, err := b.Print(b.ctx, PrintOrder{Batch: name, Printer: "left"}, control, nil)
	b.must(err)
	if r.Printed != 40 || len(left.record()) != 20 || !slices.Equal(append(left.record(), right.record()...), want) {
		t.Errorf("%+v left %d right %d", r, len(left.record()), len(right.record()))
	}
	if r, err := b.Print(b.ctx, PrintOrder{Batch: name, Printer: "left"}, nil, nil); err != nil || r.Printed != 0 {
		t.Errorf("the first printer is not free again: %v %+v", err, r)
	}
}

// A printer that only takes bytes goes on slip after slip, and all its pieces wait for the scanner.
func TestWhatIsNotConfirmedIsUnknown(t *testing.T) {
	device := newTray("tray", 10)
	device.confirm = printer.ConfirmNone
	b, name, want := printBench(t, 25, device)
	r, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	if r.Printed != 0 || r.Unknown != 25 || !slices.Equal(device.record(), want) {
		t.Fatalf("%+v", r)
	}
	printed, not, err := b.DeclareLast(b.ctx, postal.ShPI(want[9]))
	b.must(err)
	if printed != 10 || not != 0 {
		t.Errorf("%d %d", printed, not)
	}
}

func TestHeldPrinterBeginsNothing(t *testing.T) {
	device := newTray("tray", 10)
	b, name, _ := printBench(t, 12, device)
	b.must(b.PausePrinter(b.ctx, "tray"))
	_, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	var refused *Refused
	if !errors.As(err, &refused) || refused.Reasons[0].Key != "station.printer-held" || len(device.record()) != 0 {
		t.Fatalf("%v", err)
	}
	list, err := b.Printers(b.ctx)
	b.must(err)
	if list[0].State != printer.Paused || !list[0].Held {
		t.Errorf("%+v", list[0])
	}
	b.must(b.ResumePrinter(b.ctx, "tray"))
	r, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	if r.Printed != 12 {
		t.Errorf("%+v", r)
	}
}
