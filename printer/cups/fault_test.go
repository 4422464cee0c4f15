//go:build linux

package cups_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/cups"
	"znak/printer/cups/cupstest"
)

// want compares what a job came to.
func want(t *testing.T, got ending, state printer.State, printed, started int, word string) {
	t.Helper()
	if got.State != state || got.Printed != printed || got.Started != started || got.Open {
		t.Errorf("%+v, want %s %d %d", got, state, printed, started)
	}
	if word != "" && !strings.Contains(strings.Join(got.Words, "\n"), word) {
		t.Errorf("words %q, want %q", got.Words, word)
	}
}

// live waits until Progress says so much is printed.
func live(t *testing.T, d printer.Device, id string, pages, printed int) {
	t.Helper()
	var p printer.Progress
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var err error
		if p, err = d.Progress(t.Context(), id, pages); err != nil {
			t.Fatal(err)
		}
		if p.Printed == printed && p.Open {
			return
		}
	}
	t.Fatalf("Progress is %+v, want %d printed", p, printed)
}

// sent waits until the queue has the job and holds it.
func sent(t *testing.T, d printer.Device, id string, pages int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if p, err := d.Progress(t.Context(), id, pages); err == nil && p.State == printer.Paused {
			return
		}
	}
	t.Fatal("the job is not held")
}

// Faults that the printer recovers from are waited for, and nothing is printed twice.
func TestWaited(t *testing.T) {
	s := cupstest.Start(t)
	for _, c := range []struct {
		queue, reason string
		state         printer.State
	}{
		{"empty", "media-empty-error", printer.OutOfPaper},
		{"jam", "media-jam-error", printer.Jam},
		{"door", "cover-open-error", printer.DoorOpen},
		{"away", "offline-report", printer.Offline},
		{"ribbon", "marker-ribbon-empty-error", printer.RibbonOut},
		{"toner", "toner-empty-error", printer.NeedsPerson},
	} {
		t.Run(c.queue, func(t *testing.T) {
			t.Parallel()
			q := s.Fault(t, c.queue, cupstest.Options{Counts: true})
			d := open(t, s, c.queue, printer.ConfirmPages)
			q.Mode(t, "wait 2 "+c.reason)
			pages := envelopes(0, 5)
			ended := finishing(t, begin(t, d, "job-1", pages))
			words := eventually(t, d, c.state)
			if !slices.Contains(words, c.reason) || !slices.Contains(words, "Printer says "+c.reason) {
				t.Errorf("words %q", words)
			}
			live(t, d, "job-1", 5, 2)
			select {
			case got := <-ended:
				t.Fatalf("Finish did not wait: %+v", got)
			default:
			}
			q.Mode(t, "ok")
			got := <-ended
			want(t, got, printer.Done, 5, 5, "")
			if got.err != nil {
				t.Error(got.err)
			}
			if paper := q.Paper(t); !slices.Equal(paper, names(pages)) {
				t.Errorf("on paper %q", paper)
			}
			eventually(t, d, printer.Ready)
		})
	}
}

// After these CUPS would print the job again from page one, or has given it up. The missing pages come in a new job.
func TestCalledOff(t *testing.T) {
	s := cupstest.Start(t)
	for _, c := range []struct{ queue, policy, mode string }{
		{"aborted", "abort-job", "exit 2 1"},
		{"stopped", "stop-printer", "exit 2 1"},
		{"retried", "retry-job", "exit 2 1"},
		{"holds", "abort-job", "exit 2 3"},
		{"stops", "abort-job", "exit 2 4"},
		{"cancels", "abort-job", "exit 2 5"},
		{"retries", "abort-job", "exit 2 6"},
		{"crashes", "abort-job", "crash 2"},
	} {
		t.Run(c.queue, func(t *testing.T) {
			t.Parallel()
			q := s.Fault(t, c.queue, cupstest.Options{Counts: true, Policy: c.policy, Pace: 50})
			d := open(t, s, c.queue, printer.ConfirmPages)
			q.Mode(t, c.mode)
			pages := envelopes(0, 5)
			got := <-finishing(t, begin(t, d, "job-1", pages))
			want(t, got, printer.NeedsPerson, 2, 5, "")
			if len(got.Words) == 0 || got.err != nil {
				t.Errorf("words %q, %v", got.Words, got.err)
			}
			again, err := d.Progress(t.Context(), "job-1", 5)
			if err != nil || again.Printed != 2 || again.Open {
				t.Errorf("Progress %+v %v", again, err)
			}
			eventually(t, d, printer.Ready)     // a queue that CUPS stopped goes on
			time.Sleep(1500 * time.Millisecond) // longer than CUPS waits before it tries again
			if q.Attempts(t) != 1 {
				t.Errorf("%d attempts", q.Attempts(t))
			}
			rest(t, d, q, "job-2", pages, 2)
		})
	}
}

func TestPolicyThatRepeatsIsRefused(t *testing.T) {
	s := cupstest.Start(t)
	s.Fault(t, "again", cupstest.Options{Policy: "retry-current-job"})
	_, err := open(t, s, "again", "").Open(t.Context(), "job-1")
	wantCode(t, err, "cups.policy")
	if !strings.Contains(err.Error(), "lpadmin -p again -o printer-error-policy=abort-job") {
		t.Error(err)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var e *printer.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("got %v, want code %s", err, code)
	}
}

func TestCancelledElsewhere(t *testing.T) {
	s := cupstest.Start(t)
	q := s.Fault(t, "q", cupstest.Options{Counts: true})
	d := open(t, s, "q", printer.ConfirmPages)
	pages := envelopes(0, 5)

	q.Mode(t, "mute 2")
	ended := finishing(t, begin(t, d, "job-1", pages))
	live(t, d, "job-1", 5, 2)
	s.Tool(t, "cancel", "-a", "q")
	want(t, <-ended, printer.NeedsPerson, 2, 5, "canceled")

	// Held, it has not begun, and cancelled then it has surely not printed.
	s.Tool(t, "cupsdisable", "q")
	ended = finishing(t, begin(t, d, "job-2", pages[2:]))
	sent(t, d, "job-2", 3)
	s.Tool(t, "cancel", "-a", "q")
	want(t, <-ended, printer.NeedsPerson, 0, 0, "canceled")
	eventually(t, d, printer.Paused) // a person paused it: it is left alone
	if err := d.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	rest(t, d, q, "job-3", pages, 2)
}

// Out of paper and cancelled: the reason stays with the idle queue for ever and must not be shown as how the printer is.
func TestStaleReason(t *testing.T) {
	s := cupstest.Start(t)
	q := s.Fault(t, "q", cupstest.Options{Counts: true})
	d := open(t, s, "q", printer.ConfirmPages)
	q.Mode(t, "wait 1 media-empty-error")
	pages := envelopes(0, 3)
	j := begin(t, d, "job-1", pages)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	got, err := j.Finish(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || got.State != printer.OutOfPaper || !got.Open || got.Printed != 1 || got.Started != 3 {
		t.Errorf("%+v %v", got, err)
	}
	if err := j.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err = d.Progress(t.Context(), "job-1", 3)
	want(t, ending{got, err}, printer.OutOfPaper, 1, 3, "media-empty-error")
	words := eventually(t, d, printer.Ready)
	if !slices.Contains(words, "media-empty-error") {
		t.Errorf("CUPS has forgotten the reason, %q; the test shows nothing", words)
	}
	rest(t, d, q, "job-2", pages, 1)
}

func TestHeldAndReleased(t *testing.T) {
	s := cupstest.Start(t)
	q := s.Fault(t, "q", cupstest.Options{Counts: true})
	d := open(t, s, "q", printer.ConfirmPages)
	s.Tool(t, "cupsdisable", "q")
	pages := envelopes(0, 2)
	ended := finishing(t, begin(t, d, "job-1", pages))
	sent(t, d, "job-1", 2)
	s.Tool(t, "lp", "-i", "q-1", "-H", "hold")
	s.Tool(t, "cupsenable", "q")
	time.Sleep(400 * time.Millisecond)
	words := eventually(t, d, printer.Paused)
	if !slices.Contains(words, "job-hold-until-specified") {
		t.Errorf("words %q", words)
	}
	if len(q.Paper(t)) != 0 {
		t.Error("printed while held")
	}
	s.Tool(t, "lp", "-i", "q-1", "-H", "resume")
	want(t, <-ended, printer.Done, 2, 2, "")
	if paper := q.Paper(t); !slices.Equal(paper, names(pages)) {
		t.Errorf("on paper %q", paper)
	}
}

// A person pauses the queue in mid-job: CUPS breaks the job off and would begin it anew. The queue stays paused.
func TestPausedInTheMiddle(t *testing.T) {
	s := cupstest.Start(t)
	q := s.Fault(t, "q", cupstest.Options{Counts: true})
	d := open(t, s, "q", printer.ConfirmPages)
	q.Mode(t, "mute 2")
	pages := envelopes(0, 5)
	ended := finishing(t, begin(t, d, "job-1", pages))
	live(t, d, "job-1", 5, 2)
	s.Tool(t, "cupsdisable", "q")
	want(t, <-ended, printer.Paused, 2, 5, "paused")
	eventually(t, d, printer.Paused)
	q.Mode(t, "ok")
	s.Tool(t, "cupsenable", "q")
	rest(t, d, q, "job-2", pages, 2)
}

func TestRejecting(t *testing.T) {
	s := cupstest.Start(t)
	s.Fault(t, "q", cupstest.Options{})
	d := open(t, s, "q", "")
	s.Tool(t, "cupsreject", "q")
	_, err := d.Open(t.Context(), "job-1")
	wantCode(t, err, "cups.rejecting")
	eventually(t, d, printer.Paused)
	s.Tool(t, "cupsaccept", "q")
	j := begin(t, d, "job-2", envelopes(0, 1))
	s.Tool(t, "cupsreject", "q") // after it was opened
	got := <-finishing(t, j)
	wantCode(t, got.err, "cups.refused")
	want(t, got, printer.NeedsPerson, 0, 0, "")
}

// The backend socket:// says by a sentence alone that nobody listens.
func TestNobodyListens(t *testing.T) {
	s := cupstest.Start(t)
	s.Raw(t, "zebra", "socket://127.0.0.1:1")
	d, err := cups.New(cups.Params{Server: s.Sock}).Open(printer.Setup{Name: "zebra", URI: "cups://zebra", Language: printer.PDF})
	if err != nil {
		t.Fatal(err)
	}
	j := begin(t, d, "job-1", envelopes(0, 1))
	if d.Info().Confirm != printer.ConfirmNone {
		t.Errorf("confirm %s", d.Info().Confirm)
	}
	ended := finishing(t, j)
	words := eventually(t, d, printer.Offline)
	t.Logf("words %q", words)
	if err := j.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-ended; !errors.Is(got.err, context.Canceled) && got.err != nil {
		t.Errorf("%+v", got)
	}
	p, err := d.Progress(t.Context(), "job-1", 1)
	want(t, ending{p, err}, printer.Offline, 0, 1, words[0])
}

// CUPS is restarted while it prints: it would begin the job anew.
func TestRestartedInTheMiddle(t *testing.T) {
	for name, end := range map[string]func(*cupstest.Server, testing.TB){"stop": (*cupstest.Server).Stop, "crash": (*cupstest.Server).Kill} {
		t.Run(name, func(t *testing.T) {
			s := cupstest.Start(t)
			q := s.Fault(t, "q", cupstest.Options{Counts: true})
			d := open(t, s, "q", printer.ConfirmPages)
			q.Mode(t, "mute 2")
			pages := envelopes(0, 5)
			ended := finishing(t, begin(t, d, "job-1", pages))
			live(t, d, "job-1", 5, 2)
			end(s, t)
			eventually(t, d, printer.Offline)
			q.Mode(t, "mute 0") // what CUPS begins anew does not get to the paper in this test
			s.Run(t)
			got := <-ended
			if got.Printed != 2 || got.Started != 5 || got.Open {
				t.Errorf("%+v", got)
			}
			eventually(t, d, printer.Ready)
			rest(t, d, q, "job-2", pages, 2)
		})
	}
}

func TestGone(t *testing.T) {
	s := cupstest.Start(t)
	q := s.Fault(t, "q", cupstest.Options{Counts: true})
	d := open(t, s, "q", printer.ConfirmPages)
	j := begin(t, d, "job-1", envelopes(0, 2))
	s.Stop(t)
	got := <-finishing(t, j)
	wantCode(t, got.err, "cups.unreachable")
	want(t, got, printer.Offline, 0, 0, "")
	_, err := d.Open(t.Context(), "job-2")
	wantCode(t, err, "cups.unreachable")
	p, err := d.Progress(t.Context(), "job-0", 4)
	wantCode(t, err, "cups.unreachable")
	if p.State != printer.Unknown || p.Printed != 0 || p.Started != 4 {
		t.Errorf("%+v", p)
	}
	s.Run(t)
	rest(t, d, q, "job-3", envelopes(0, 2), 0)
}

func TestQueueIsRemoved(t *testing.T) {
	s := cupstest.Start(t)
	s.Fault(t, "q", cupstest.Options{})
	d := open(t, s, "q", "")
	s.Lpadmin(t, "-x", "q")
	eventually(t, d, printer.NeedsPerson)
	_, err := d.Open(t.Context(), "job-1")
	wantCode(t, err, "cups.missing")
}

func TestRights(t *testing.T) {
	s := cupstest.Start(t)
	s.Fault(t, "q", cupstest.Options{})
	d := openWith(t, cups.Params{Server: s.Addr}, "q", "")
	if err := d.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, d, printer.Paused)
	if err := d.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, d, printer.Ready)
	s.Lpadmin(t, "-p", "q", "-o", "printer-op-policy=strict")
	wantCode(t, d.Pause(t.Context()), "cups.rights")
	wantCode(t, d.Resume(t.Context()), "cups.rights")
	s.Lpadmin(t, "-p", "q", "-o", "printer-op-policy=operators")
	wantCode(t, d.Pause(t.Context()), "cups.rights") // over TCP anybody could say to be root
	d = openWith(t, cups.Params{Server: s.Sock}, "q", "")
	if err := d.Pause(t.Context()); err != nil { // over the socket the kernel says it
		t.Error(err)
	}
	eventually(t, d, printer.Paused)
}
