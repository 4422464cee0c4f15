package station

import (
	"context"
	"errors"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"znak/app/mark"
	"znak/app/outbox"
	"znak/app/post"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/printer"
	"znak/printer/folder"
	"znak/printer/page"
	"znak/store"
)

// bench is a station with a sandbox post on a real socket, a store on disk and a folder printer.
type bench struct {
	*Station
	t       testing.TB
	ctx     context.Context
	dir     string
	box     *sandbox.Server
	web     *httptest.Server
	devices []printer.Device
	now     func() time.Time // the station's clock; nil: the computer's
}

func newBench(t testing.TB, options sandbox.Options, devices ...printer.Device) *bench {
	t.Helper()
	alongside(t)
	if options.Most == 0 { // the large batch takes most of the time of a pull
		options.Most = 200
	}
	b := &bench{t: t, ctx: t.Context(), dir: t.TempDir(), box: sandbox.New(options), devices: devices}
	b.web = httptest.NewServer(b.box.Handler())
	t.Cleanup(b.web.Close)
	if len(devices) == 0 {
		b.devices = []printer.Device{folder.New(folder.Params{Dir: filepath.Join(b.dir, "printed")})}
	}
	b.open()
	if testing.Short() { // reading pictures back takes most of the time, above all under the race detector; the long form does it everywhere
		b.must(b.SetSetting(b.ctx, SettingPreflight, "false"))
	}
	return b
}

var beside sync.Map // tests that run beside others

// alongside lets a whole test run beside others: each has a folder and a post of its own, and waits for both most of the time.
func alongside(t testing.TB) {
	if one, ok := t.(*testing.T); ok && !strings.Contains(t.Name(), "/") {
		if _, again := beside.LoadOrStore(one, true); !again {
			one.Parallel()
		}
	}
}

// open opens the station anew, as after a crash of the program.
func (b *bench) open() {
	b.t.Helper()
	db, err := store.Open(b.ctx, store.Params{Path: filepath.Join(b.dir, "znak.db"), Who: "Проверка", Now: b.now})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { db.Close() })
	client, err := post.New(post.Params{BaseURL: b.web.URL, Backoff: time.Millisecond,
		Timeouts: post.Timeouts{Checkin: 2 * time.Second},
		Secrets: func(context.Context) (post.Secrets, error) {
			return post.Secrets{Token: b.box.Token(), Login: b.box.Login(), Password: b.box.Password()}, nil
		}})
	if err != nil {
		b.t.Fatal(err)
	}
	spec, err := mark.Default()
	if err != nil {
		b.t.Fatal(err)
	}
	b.Station = New(Params{Dir: b.dir, Store: db, Post: client, Devices: b.devices, Mark: spec, Specimen: true, Now: b.now})
	if err := b.Recover(b.ctx); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// pulled, printed, handed and synced do a step of the day that has to succeed.
func (b *bench) pulled() {
	b.t.Helper()
	_, err := b.Pull(b.ctx)
	b.must(err)
}

func (b *bench) printed(batch string) {
	b.t.Helper()
	_, err := b.Print(b.ctx, PrintOrder{Batch: batch}, nil, nil)
	b.must(err)
}

func (b *bench) handed(batch string) {
	b.t.Helper()
	_, err := b.HandOver(b.ctx, batch)
	b.must(err)
}

// worked prints, verifies and hands over a batch.
func (b *bench) worked(batch string) {
	b.t.Helper()
	b.printed(batch)
	b.scanAll(batch)
	b.handed(batch)
}

func (b *bench) synced() {
	b.t.Helper()
	_, err := b.Sync(b.ctx)
	b.must(err)
}

func (b *bench) states(batch string) map[postal.PieceState]int {
	b.t.Helper()
	v, err := b.Batch(b.ctx, batch)
	b.must(err)
	return v.States
}

// purpose finds the name of a batch of the sandbox by what it is for.
func (b *bench) purpose(purpose string, pieces int) string {
	b.t.Helper()
	for _, one := range b.box.Account().Batches {
		if one.Purpose == purpose && (pieces == 0 || one.Pieces == pieces) {
			return one.Name
		}
	}
	b.t.Fatalf("the sandbox has no batch %q", purpose)
	return ""
}

// texts are what a scanner reads from the envelopes of a batch.
func (b *bench) texts(batch string) [][2]string {
	b.t.Helper()
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: batch})
	b.must(err)
	var list [][2]string
	for _, row := range rows {
		face, err := b.Preview(b.ctx, row.ShPI)
		b.must(err)
		var pair [2]string
		for _, item := range face.Items {
			switch code := item.(type) {
			case page.Matrix:
				pair[0] = code.Data
			case page.Bars:
				pair[1] = code.Data
			}
		}
		list = append(list, pair)
	}
	return list
}

func (b *bench) scanAll(batch string) map[scan.Verdict]int {
	b.t.Helper()
	v := b.Verifier(batch)
	got := map[scan.Verdict]int{}
	for _, pair := range b.texts(batch) {
		for _, text := range pair {
			answers, err := v.Scan(b.ctx, text)
			b.must(err)
			for _, a := range answers {
				got[a.Verdict]++
			}
		}
	}
	return got
}

func (b *bench) auditHolds() {
	b.t.Helper()
	r, err := b.Audit(b.ctx)
	b.must(err)
	if !r.OK {
		b.t.Fatalf("the audit finds %+v", r)
	}
}

func TestWholeJob(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 7})
	pulled, err := b.Pull(b.ctx)
	b.must(err)
	if pulled.Batches == 0 || pulled.Balance == nil {
		t.Fatalf("pulled %+v", pulled)
	}
	name := b.purpose("fit", 12)
	r, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	if r.Printed != 12 || len(r.Files) != 1 || len(r.Refused) != 0 {
		t.Fatalf("printed %+v", r)
	}
	if got := b.scanAll(name); got[scan.VerdictOK] != 12 || got[scan.VerdictIncomplete] != 12 || len(got) != 2 {
		t.Fatalf("verdicts %v", got)
	}
	h, err := b.HandOver(b.ctx, name)
	b.must(err)
	if h.Verified != 12 || !h.Queued || len(h.Files) != 1 {
		t.Fatalf("handed over %+v", h)
	}
	s, err := b.Sync(b.ctx)
	b.must(err)
	if s.Sent != 1 || s.Pending != 0 {
		t.Fatalf("synced %+v", s)
	}
	if got := b.box.Calls().Batches[name].Checkins; got != 1 {
		t.Fatalf("checked in %d times", got)
	}
	b.must(b.box.Advance(24 * time.Hour))
	b.synced()
	if got := b.states(name); got[postal.StateAccepted] != 12 {
		t.Fatalf("states after a day: %v", got)
	}
	b.auditHolds()
}

func TestReadinessNamesEachReason(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 1})
	b.pulled()
	for purpose, key := range map[string]string{
		"fit": "", "marks-change": "", "simple-letters": "station.ready.category", "piece-without-mark": "station.ready.no-mark",
		"c6-envelope": "station.ready.envelope", "cashless": "station.ready.payment",
	} {
		v, err := b.Batch(b.ctx, b.purpose(purpose, 0))
		b.must(err)
		if v.Ready != (key == "") {
			t.Errorf("%s: ready %v with %v", purpose, v.Ready, v.Reasons)
		}
		found := key == ""
		for _, r := range v.Reasons {
			found = found || r.Key == key
		}
		if !found {
			t.Errorf("%s: want %s, have %v", purpose, key, v.Reasons)
		}
		if key == "" {
			continue
		}
		r, err := b.Print(b.ctx, PrintOrder{Batch: v.Name}, nil, nil)
		var refused *Refused
		if !errors.As(err, &refused) || r.Printed != 0 {
			t.Errorf("%s: printing gave %+v, %v", purpose, r, err)
		}
	}
	b.auditHolds()
}

func TestPrintsEachPieceOnce(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 5, Pieces: 30})
	b.pulled()
	name := b.purpose("fit", 30)
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	r, err := b.Print(b.ctx, PrintOrder{Batch: name, Limit: 10}, nil, nil)
	b.must(err)
	if r.Printed != 10 {
		t.Fatalf("limit 10 printed %+v", r)
	}
	// Naming a printed piece refuses it and prints the others.
	r, err = b.Print(b.ctx, PrintOrder{Batch: name, Only: []postal.ShPI{rows[0].ShPI, rows[15].ShPI}}, nil, nil)
	b.must(err)
	if r.Printed != 1 || len(r.Refused) != 1 || r.Refused[0].ShPI != rows[0].ShPI {
		t.Fatalf("only: %+v", r)
	}
	r, err = b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	if r.Printed != 19 {
		t.Fatalf("the rest: %+v", r)
	}
	r, err = b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	if r.Printed != 0 {
		t.Fatalf("once more: %+v", r)
	}
	copies, err := b.Reprint(b.ctx, rows[3].ShPI, "порван")
	b.must(err)
	if copies != 1 {
		t.Fatalf("copies %d", copies)
	}
	r, err = b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	row, err := b.Piece(b.ctx, rows[3].ShPI)
	b.must(err)
	if r.Printed != 1 || row.Copies != 2 {
		t.Fatalf("after reprint: %+v, copies %d", r, row.Copies)
	}
	b.auditHolds()
}

// shaky is a device that knows less than it prints: it breaks at a page, and says afterwards what it is told to say.
type shaky struct {
	breakAt int // page at which Send fails; 0: never
	known   printer.Progress
	pages   []page.Page
	closed  bool
}

func (d *shaky) Info() printer.Info { return printer.Info{Name: "shaky", Kind: "test", DPI: 203} }
func (d *shaky) State(context.Context) (printer.State, []string, error) {
	return printer.Ready, nil, nil
}
func (d *shaky) Open(context.Context, string) (printer.Job, error) { return d, nil }
func (d *shaky) Progress(context.Context, string, int) (printer.Progress, error) {
	return d.known, nil
}
func (d *shaky) Send(_ context.Context, p page.Page) error {
	if d.breakAt > 0 && len(d.pages)+1 == d.breakAt {
		return &printer.Error{Device: "shaky", Code: "jam"}
	}
	d.pages = append(d.pages, p)
	return nil
}
func (d *shaky) Finish(context.Context) (printer.Progress, error) { return d.known, nil }
func (d *shaky) Abort(context.Context) error                      { d.closed = true; return nil }

func TestJamLeavesThreeTruths(t *testing.T) {
	d := &shaky{breakAt: 18, known: printer.Progress{State: printer.Jam, Printed: 14, Started: 17}}
	b := newBench(t, sandbox.Options{Seed: 5, Pieces: 30}, d)
	b.pulled()
	name := b.purpose("fit", 30)
	r, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	if err == nil {
		t.Fatal("a jam is an error")
	}
	if r.Printed != 14 || r.Unknown != 3 {
		t.Fatalf("report %+v", r)
	}
	got := b.states(name)
	if got[postal.StatePrinted] != 14 || got[postal.StateUnknown] != 3 || got[postal.StatePulled] != 13 {
		t.Fatalf("states %v", got)
	}
	// Unknown pieces are not printed again by themselves; the rest is.
	d.breakAt, d.pages, d.known = 0, nil, printer.Progress{State: printer.Done, Printed: 13, Started: 13}
	r, err = b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	if r.Printed != 13 || len(d.pages) != 13 || len(r.Refused) != 3 {
		t.Fatalf("resumed: %+v, %d pages", r, len(d.pages))
	}
	// One of the unknown is seen by the scanner, one a person declares not printed, one printed.
	unknown, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name, States: []postal.PieceState{postal.StateUnknown}})
	b.must(err)
	b.must(b.DeclareNotPrinted(b.ctx, unknown[0].ShPI))
	b.must(b.DeclarePrinted(b.ctx, unknown[1].ShPI))
	if err := b.DeclarePrinted(b.ctx, unknown[1].ShPI); err == nil {
		t.Error("a known piece was declared again")
	}
	if got := b.scanAll(name); got[scan.VerdictOK] != 29 || got[scan.VerdictNotPrinted] != 2 {
		t.Fatalf("verdicts %v", got)
	}
	b.auditHolds()
}

func TestCrashLeavesPiecesToTheDevice(t *testing.T) {
	d := &shaky{known: printer.Progress{State: printer.Unknown, Started: 30}}
	b := newBench(t, sandbox.Options{Seed: 5, Pieces: 30}, d)
	b.pulled()
	name := b.purpose("fit", 30)
	// What a process leaves behind that died after the intent: pieces queued in an open job.
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	b.must(b.store.Write(b.ctx, func(tx *store.Tx) error {
		if err := tx.OpenRun(store.Run{ID: "r", Batch: name, Device: "shaky", Asked: 30}); err != nil {
			return err
		}
		if err := tx.OpenJob(store.Job{ID: "j", Run: "r", Batch: name, Device: "shaky"}); err != nil {
			return err
		}
		for i, row := range rows {
			if err := tx.ExtendJob("j", []int64{row.PostID}); err != nil {
				return err
			}
			if err := tx.Record(store.NewEvent{Kind: postal.EventIntent, Batch: name, Piece: row.PostID, Run: "r", Data: store.IntentData{Job: "j", Page: i + 1, Copy: 1}}); err != nil {
				return err
			}
		}
		return nil
	}))
	d.known = printer.Progress{State: printer.Unknown, Printed: 5, Started: 9}
	b.open()
	got := b.states(name)
	if got[postal.StatePrinted] != 5 || got[postal.StateUnknown] != 4 || got[postal.StatePulled] != 21 {
		t.Fatalf("states %v", got)
	}
	b.auditHolds()
}

func TestStopAndPause(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 5, Pieces: 300})
	b.pulled()
	name := b.purpose("fit", 300)
	control := NewControl()
	r, err := b.Print(b.ctx, PrintOrder{Batch: name}, control, func(p PrintProgress) {
		if p.Sent > 0 {
			control.Stop()
		}
	})
	b.must(err)
	if !r.Stopped || r.Printed == 0 || r.Printed == 300 {
		t.Fatalf("stopped run: %+v", r)
	}
	got := b.states(name)
	if got[postal.StatePrinted] != r.Printed || got[postal.StatePulled] != 300-r.Printed {
		t.Fatalf("states %v after %+v", got, r)
	}
	control = NewControl()
	control.Pause()
	paused := make(chan bool, 10)
	go func() { <-paused; control.Resume() }()
	second, err := b.Print(b.ctx, PrintOrder{Batch: name}, control, func(p PrintProgress) {
		if p.Paused {
			paused <- true
		}
	})
	b.must(err)
	if second.Printed != 300-r.Printed {
		t.Fatalf("second run: %+v", second)
	}
	b.auditHolds()
}

func TestMarksChangedAfterPrinting(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 9})
	b.pulled()
	name := b.purpose("marks-change", 0)
	r, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	old := b.texts(name)
	b.must(b.box.ChangeMarks(name, sandbox.ChangeID, sandbox.ChangeDate))
	pulled, err := b.Pull(b.ctx)
	b.must(err)
	if pulled.Stale != r.Printed {
		t.Fatalf("stale %d of %d", pulled.Stale, r.Printed)
	}
	v := b.Verifier(name)
	for _, pair := range old {
		for _, text := range pair {
			answers, err := v.Scan(b.ctx, text)
			b.must(err)
			for _, a := range answers {
				if a.Verdict == scan.VerdictOK {
					t.Fatalf("a stale envelope passed: %+v", a)
				}
			}
		}
	}
	if _, err := b.HandOver(b.ctx, name); err == nil {
		t.Fatal("stale envelopes were handed over")
	}
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	for _, row := range rows {
		if len(row.StaleWhy) == 0 {
			t.Fatalf("piece %s is stale and does not say why", row.ShPI)
		}
		_, err := b.Reprint(b.ctx, row.ShPI, "новый знак")
		b.must(err)
	}
	r, err = b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	if r.Printed != len(rows) {
		t.Fatalf("reprinted %+v", r)
	}
	// The old envelopes still do not pass, the new ones do.
	answers, err := b.Verifier(name).Scan(b.ctx, old[0][0])
	b.must(err)
	if answers[0].Verdict != scan.VerdictStale {
		t.Fatalf("old envelope: %+v", answers)
	}
	if got := b.scanAll(name); got[scan.VerdictOK] != len(rows) {
		t.Fatalf("verdicts %v", got)
	}
	if h, err := b.HandOver(b.ctx, name); err == nil || len(h.Missing) != len(rows) {
		t.Fatalf("handed over while the old envelopes are about: %+v", h)
	}
	for _, pair := range old {
		_, err := b.Destroy(b.ctx, pair[0], 0)
		b.must(err)
	}
	b.handed(name)
	b.auditHolds()
}

func TestMismatchedCodesAreCaught(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 9})
	b.pulled()
	name := b.purpose("fit", 12)
	b.printed(name)
	texts := b.texts(name)
	v := b.Verifier(name)
	_, err := v.Scan(b.ctx, texts[0][0])
	b.must(err)
	answers, err := v.Scan(b.ctx, texts[1][1])
	b.must(err)
	if len(answers) != 1 || answers[0].Verdict != scan.VerdictMismatch {
		t.Fatalf("answers %+v", answers)
	}
	if got := b.states(name); got[postal.StateVerified] != 0 {
		t.Fatalf("states %v", got)
	}
	// Another batch's envelope, a foreign code, and a piece not printed.
	other := b.Verifier(b.purpose("fit", 200))
	answers, err = other.Scan(b.ctx, texts[0][0])
	b.must(err)
	if answers[0].Verdict != scan.VerdictForeign {
		t.Errorf("another batch: %+v", answers)
	}
	answers, err = other.Scan(b.ctx, "https://example.test/")
	b.must(err)
	if answers[0].Verdict != scan.VerdictUnreadable || answers[0].Hint.Key == "" {
		t.Errorf("foreign QR: %+v", answers)
	}
	answers, err = other.Scan(b.ctx, b.texts(b.purpose("fit", 200))[0][1])
	b.must(err)
	if answers[0].Verdict != scan.VerdictNotPrinted {
		t.Errorf("not printed: %+v", answers)
	}
}

func TestCheckinIsSentOnceWhateverHappens(t *testing.T) {
	for _, fault := range []string{"checkin 1 error500-before", "checkin 1 cut", "checkin 1 empty", "checkin 1 html", "checkin 1 timeout-after 5s", "checkin 1 timeout-before 5s", "checkin 1 509"} {
		t.Run(fault, func(t *testing.T) {
			b := newBench(t, sandbox.Options{Seed: 3})
			b.pulled()
			name := b.purpose("fit", 12)
			b.worked(name)
			b.must(b.box.AddFault(fault))
			first, err := b.Sync(b.ctx)
			if first.Sent != 0 || first.Pending != 1 {
				t.Fatalf("first round: %+v, %v", first, err)
			}
			second, err := b.Sync(b.ctx)
			b.must(err)
			if second.Sent != 1 || second.Pending != 0 {
				t.Fatalf("second round: %+v", second)
			}
			if got := b.box.Calls().Batches[name]; got.Checkins != 1 || got.CheckinsRefused != 0 {
				t.Fatalf("the post counts %+v", got)
			}
			b.auditHolds()
		})
	}
}

// Stopped by a person or by the end of the program, whether before the call, in it or behind it, an item waits: nobody has refused it.
func TestStoppedSyncLeavesTheItemWaiting(t *testing.T) {
	for _, fault := range []string{"", "batch 1 slow 5s", "checkin 1 timeout-before 5s", "checkin 1 timeout-after 5s"} {
		t.Run(fault, func(t *testing.T) {
			b := newBench(t, sandbox.Options{Seed: 3})
			b.pulled()
			name := b.purpose("fit", 12)
			b.worked(name)
			cut, cancel := context.WithCancel(b.ctx)
			if fault == "" {
				cancel()
			} else {
				b.must(b.box.AddFault(fault))
				time.AfterFunc(300*time.Millisecond, cancel)
			}
			if r, err := b.Sync(cut); !errors.Is(err, context.Canceled) || r.Sent != 0 || r.Pending != 1 || len(r.Dead) != 0 {
				t.Fatalf("stopped: %+v, %v", r, err)
			}
			items, err := b.Waiting(b.ctx)
			b.must(err)
			if len(items) != 1 || items[0].State != outbox.Waiting || items[0].LastError != "" || items[0].NotBefore.After(time.Now()) {
				t.Errorf("%+v", items)
			}
			b.synced()
			if got := b.box.Calls().Batches[name]; got.Checkins != 1 || got.CheckinsRefused != 0 {
				t.Errorf("the post counts %+v", got)
			}
			b.auditHolds()
		})
	}
}

func TestRefusedAtTheOffice(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	b.pulled()
	name := b.purpose("fit", 12)
	b.worked(name)
	b.synced()
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	b.must(b.box.Refuse(string(rows[0].ShPI), 11))
	b.must(b.box.Refuse(string(rows[1].ShPI), 7))
	b.must(b.box.Advance(24 * time.Hour))
	b.synced()
	if got := b.states(name); got[postal.StateRefused] != 2 || got[postal.StateAccepted] != 10 {
		t.Fatalf("states %v", got)
	}
	b.auditHolds()
}
