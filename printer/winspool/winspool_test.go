package winspool

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/assets"
	"znak/printer"
	"znak/printer/devicetest"
	"znak/printer/page"
	"znak/printer/page/pagetest"
)

func testPage(n int) page.Page { return pagetest.Envelope(n, 300) }

func TestConformance(t *testing.T) {
	for _, c := range []struct {
		name    string
		setup   printer.Setup
		change  func(*fake)
		confirm printer.Confirm
	}{
		{"pictures, nothing confirmed", printer.Setup{}, func(*fake) {}, printer.ConfirmNone},
		{"bytes, pages confirmed", printer.Setup{Language: printer.ZPL, DPI: 300, Confirm: printer.ConfirmPages}, func(f *fake) { f.counts = true }, printer.ConfirmPages},
		{"bytes, jobs confirmed", printer.Setup{Language: printer.ZPL, DPI: 300, Confirm: printer.ConfirmJob}, func(*fake) {}, printer.ConfirmJob},
		{"a spooler deaf to commands", printer.Setup{Language: printer.ZPL, DPI: 300}, func(f *fake) { f.deaf, f.forgets = true, true }, printer.ConfirmNone},
		{"a queue without a spool file", printer.Setup{Language: printer.ZPL, DPI: 300}, func(f *fake) { f.info.attributes = attributeDirect }, printer.ConfirmNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f *fake
			devicetest.Run(t, devicetest.Params{
				Confirm: c.confirm,
				Open: func(t *testing.T) printer.Device {
					f = newFake()
					c.change(f)
					return open(t, f, c.setup)
				},
				Paper: func(*testing.T) []string { return f.printed() },
				Hold: func(*testing.T) func() {
					f.suffer(jobPaperOut, printerPaperOut)
					return f.refill
				},
			})
		})
	}
}

func begin(t *testing.T, d *device, id string, n int) printer.Job {
	t.Helper()
	j, err := d.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := j.Send(t.Context(), testPage(i)); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var e *printer.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

var zpl = printer.Setup{Language: printer.ZPL, DPI: 300}

// TestKilled leaves a job as a killed process does, and asks with a new one.
func TestKilled(t *testing.T) {
	t.Run("while it is written", func(t *testing.T) {
		f := newFake()
		begin(t, open(t, f, zpl), "run-1", 3)
		d := open(t, f, zpl)
		for range 2 {
			got, err := d.Progress(t.Context(), "run-1", 3)
			if err != nil || got.State != printer.Done || got.Started != 0 {
				t.Errorf("%+v %v", got, err)
			}
		}
		if f.holds(1) || len(f.printed()) > 0 {
			t.Errorf("the job is there still; on paper %v", f.printed())
		}
	})
	t.Run("the same without pausing", func(t *testing.T) {
		f := newFake()
		f.deaf = true
		begin(t, open(t, f, zpl), "run-1", 3)
		if got, err := open(t, f, zpl).Progress(t.Context(), "run-1", 3); err != nil || got.Printed != 0 || got.Started != 3 {
			t.Errorf("%+v %v", got, err)
		}
	})
	t.Run("after its release, and a person has paused it", func(t *testing.T) {
		f := newFake()
		f.suffer(jobPaperOut, printerPaperOut)
		j := begin(t, open(t, f, zpl), "run-1", 3)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := j.Finish(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		f.change(func(j *fakeJob) { j.status = jobPaused }) // a restarted service has forgotten that it was printing
		if got, err := open(t, f, zpl).Progress(t.Context(), "run-1", 3); err != nil || got.Started != 3 || got.State == printer.Done {
			t.Errorf("%+v %v", got, err)
		}
		if !f.holds(1) {
			t.Error("a job of which nothing is known was cancelled")
		}
	})
	t.Run("ended meanwhile", func(t *testing.T) {
		f := newFake()
		setup := printer.Setup{Language: printer.ZPL, DPI: 300, Confirm: printer.ConfirmJob}
		f.suffer(jobPaperOut, printerPaperOut)
		j := begin(t, open(t, f, setup), "run-1", 3)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		j.Finish(ctx)
		f.refill()
		// Ten were planned; the process got three out before it died.
		if got, err := open(t, f, setup).Progress(t.Context(), "run-1", 10); err != nil || got.State != printer.Done || got.Printed != 3 || got.Started != 10 {
			t.Errorf("%+v %v", got, err)
		}
	})
	t.Run("cancelled by a new process", func(t *testing.T) {
		f := newFake()
		begin(t, open(t, f, zpl), "run-1", 3)
		d := open(t, f, zpl)
		if err := d.Cancel(t.Context(), "run-1"); err != nil {
			t.Fatal(err)
		}
		if got, err := d.Progress(t.Context(), "run-1", 3); err != nil || got.Started != 0 {
			t.Errorf("%+v %v", got, err)
		}
		if err := d.Cancel(t.Context(), "run-1"); err != nil {
			t.Error(err)
		}
	})
}

func TestAbortOfAPausedJobIsProof(t *testing.T) {
	f := newFake()
	d := open(t, f, zpl)
	if err := begin(t, d, "run-1", 3).Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, _ := d.Progress(t.Context(), "run-1", 3); got.Started != 0 || got.State != printer.Done {
		t.Errorf("%+v", got)
	}
}

// TestTroubles plays what befalls a job in the queue.
func TestTroubles(t *testing.T) {
	for _, c := range []struct {
		name       string
		job, queue uint32
		code       string // "": Finish waits
		state      printer.State
	}{
		{"paper out", jobPaperOut, printerPaperOut, "", printer.OutOfPaper},
		{"jam, with the job in error", jobError, printerPaperJam | printerError, "", printer.Jam},
		{"door open", jobError, printerDoorOpen, "", printer.DoorOpen},
		{"paused by somebody", jobPaused, 0, "", printer.Paused},
		{"offline", jobOffline, printerOffline, "", printer.Offline},
		{"ribbon out", jobError, printerNoToner, "", printer.RibbonOut},
		{"the job is in error and nobody says why", jobError, 0, "winspool.stopped", ""},
		{"begins anew", jobRestart, 0, "winspool.stopped", ""},
		{"the driver cannot", jobBlocked, 0, "winspool.stopped", ""},
		{"cancelled elsewhere", jobDeleting, 0, "winspool.cancelled", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake()
			d := open(t, f, zpl)
			j := begin(t, d, "run-1", 3)
			f.suffer(c.job, c.queue)
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			got, err := j.Finish(ctx)
			if got.Printed != 0 || got.Started != 3 || len(got.Words) == 0 {
				t.Errorf("%+v", got)
			}
			if c.code == "" {
				if !errors.Is(err, context.DeadlineExceeded) || got.State != c.state {
					t.Errorf("%+v %v", got, err)
				}
				f.refill()
				for range 100 { // a person pauses, a person resumes
					if got, _ = d.Progress(t.Context(), "run-1", 3); got.State == printer.Done {
						break
					}
					time.Sleep(time.Millisecond)
				}
				if got.State != printer.Done || len(f.printed()) != 3 {
					t.Errorf("%+v, on paper %v", got, f.printed())
				}
				return
			}
			wantCode(t, err, c.code)
			if c.code == "winspool.stopped" && f.holds(1) {
				t.Error("the job is left in the queue")
			}
			again, _ := d.Progress(t.Context(), "run-1", 3)
			if again.Started != 3 || again.Printed != 0 {
				t.Errorf("later %+v", again)
			}
		})
	}
}

func TestPagesCountedBeforeATrouble(t *testing.T) {
	f := newFake()
	f.counts = true
	d := open(t, f, printer.Setup{Language: printer.ZPL, DPI: 300, Confirm: printer.ConfirmPages})
	j := begin(t, d, "run-1", 5)
	f.suffer(jobRestart, 0)
	f.change(func(j *fakeJob) { j.out = 2 })
	got, err := j.Finish(t.Context())
	wantCode(t, err, "winspool.stopped")
	if got.Printed != 2 || got.Started != 5 {
		t.Errorf("%+v", got)
	}
}

// TestHangingSpooler makes sure that a spooler that never answers costs no more than the law allows.
func TestHangingSpooler(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for seconds")
	}
	f := newFake()
	d := open(t, f, zpl)
	f.hang = make(chan struct{})
	for range 2 {
		start := time.Now()
		s, words, err := d.State(t.Context())
		if s != printer.Offline || len(words) == 0 || err != nil || time.Since(start) > 3*time.Second {
			t.Errorf("%s %v %v after %v", s, words, err, time.Since(start))
		}
	}
	_, err := d.Open(t.Context(), "run-1")
	wantCode(t, err, "winspool.silent")
	close(f.hang)
	f.mu.Lock()
	f.hang = nil
	f.mu.Unlock()
	time.Sleep(20 * time.Millisecond)
	if s, _, _ := d.State(t.Context()); s != printer.Ready {
		t.Errorf("%s when it answers again", s)
	}
}

func TestRefusedPaperIsNotCounted(t *testing.T) {
	f := newFake()
	d := open(t, f, zpl)
	j := begin(t, d, "run-1", 1)
	f.refuse = errPaper
	wantCode(t, j.Send(t.Context(), testPage(1)), "winspool.paper")
	if err := j.Send(t.Context(), testPage(2)); err != nil {
		t.Fatal(err)
	}
	got, err := j.Finish(t.Context())
	if err != nil || got.Started != 2 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestResolution(t *testing.T) {
	for dpi, want := range map[int]int{300: 300, 600: 600, 1200: 600, 0: 300} {
		f := newFake()
		f.dpi = dpi
		if got := open(t, f, printer.Setup{}).Info().DPI; got != want {
			t.Errorf("driver's %d: %d", dpi, got)
		}
	}
	f := newFake()
	d := open(t, f, printer.Setup{})
	f.dpi = 203
	j, err := d.Open(t.Context(), "run-1")
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, j.Send(t.Context(), testPage(0)), "winspool.resolution")
	if got, err := j.Finish(t.Context()); err != nil || got.Started != 0 || f.holds(1) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestFind(t *testing.T) {
	f := newFake()
	f.info.status = printerDoorOpen
	found, err := newDriver(Params{}, f).Find(t.Context())
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v %v", found, err)
	}
	a := found[0]
	if a.Language != printer.Pixels || a.DPI != 300 || a.State != printer.DoorOpen || len(a.Media) != 1 || a.Media[0].Width != 162 || !slices.Equal(a.Trays, []string{"Manual"}) || a.Unfit != "" {
		t.Errorf("%+v", a)
	}
	if queue, err := queueOf(a.URI); queue != "Office" || err != nil {
		t.Errorf("%s %v", queue, err)
	}
	if found[1].Unfit != "winspool.virtual" {
		t.Errorf("%+v", found[1])
	}
	for model, want := range map[string]printer.Language{"ZDesigner ZD421-203dpi ZPL": printer.ZPL, "Zebra ZD421": printer.ZPL, "HP LaserJet": printer.Pixels} {
		if got := languageOf(model); got != want {
			t.Errorf("%s: %s", model, got)
		}
	}
}

func TestElsewhere(t *testing.T) {
	d := newDriver(Params{}, nil)
	if found, err := d.Find(t.Context()); len(found) > 0 || err != nil {
		t.Error(found, err)
	}
	_, err := d.Open(printer.Setup{URI: URI("x")})
	wantCode(t, err, "winspool.elsewhere")
}

func TestQueueHeldAndLetGo(t *testing.T) {
	f := newFake()
	d := open(t, f, zpl)
	if err := d.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, words, _ := d.State(t.Context()); s != printer.Paused || !slices.Contains(words, "paused") {
		t.Errorf("%s %v", s, words)
	}
	if err := d.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, _, _ := d.State(t.Context()); s != printer.Ready {
		t.Error(s)
	}
}

func FuzzURI(f *testing.F) {
	f.Add("Office")
	f.Add(`\\server\Принтер 1/2`)
	f.Add("100%")
	f.Fuzz(func(t *testing.T, name string) {
		if got, err := queueOf(URI(name)); name != "" && (err != nil || got != name) {
			t.Errorf("%q: %q %v", name, got, err)
		}
	})
}

// TestErrorsHaveTexts looks for every code that stands in the sources among the texts of both languages.
func TestErrorsHaveTexts(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, name := range sources {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(winspool\.[a-z]+)"`).FindAllStringSubmatch(string(b), -1) {
			if m[1] != "winspool.drv" { // the library
				codes[m[1]] = true
			}
		}
	}
	if len(codes) < 10 {
		t.Fatalf("only %v", codes)
	}
	for _, lang := range []string{"ru", "en"} {
		texts, err := fs.ReadFile(assets.Texts, "texts/printer.winspool."+lang+".toml")
		if err != nil {
			t.Fatal(err)
		}
		for code := range codes {
			if !strings.Contains(string(texts), `["printer.`+code+`"]`) {
				t.Errorf("%s: no text for %s", lang, code)
			}
		}
	}
}
