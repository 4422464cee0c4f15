// Package devicetest is what every printer.Device has to do, as tests: its package runs them against a device that works,
// and beside them its own for what only it can suffer.
package devicetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/page"
	"znak/printer/page/pagetest"
)

// Params tell Run about the kind of device.
type Params struct {
	// Open makes a device that is well, has printed nothing and prints at once. Each test has its own.
	Open func(t *testing.T) printer.Device
	// Pages makes n pages with names of their own; nil: envelopes of pagetest.
	Pages func(n int) []page.Page
	// Paper lists the names of the pages that have come out of the device last opened, in their order, by a record that is not the
	// device's word: the file, the virtual printer's own. nil: nobody can say, and what the device claims is not compared.
	Paper func(t *testing.T) []string
	// Confirm is how far the device's word may be believed. "": ConfirmPages.
	Confirm printer.Confirm
	// Hold makes the device last opened take pages and print none, until the function it returns is called. nil: it cannot be held.
	Hold func(t *testing.T) (release func())
	// Blind says that the device has no State of its own to ask while it is held, so that only speed is looked at.
	Blind bool
}

const (
	patience = 20 * time.Second
	// stateLimit is how long State may take at most, whatever has happened.
	stateLimit = 3 * time.Second
	// quick is how long State and Progress may take on average while the device answers, with room for a loaded machine.
	quick = 25 * time.Millisecond
)

// Run runs the tests.
func Run(t *testing.T, p Params) {
	if p.Confirm == "" {
		p.Confirm = printer.ConfirmPages
	}
	for _, one := range []struct {
		name string
		test func(*testing.T, Params)
	}{
		{"pages come out once and in order", inOrder},
		{"jobs follow each other", jobs},
		{"a job without pages", empty},
		{"aborted before the first page", abortedEmpty},
		{"aborted with pages", aborted},
		{"a context that has ended", ended},
		{"a job never heard of", unheard},
		{"one job at a time", busy},
		{"a page that cannot be drawn", undrawable},
		{"asked from all sides", concurrent},
		{"live while Finish waits", live},
		{"Finish given up", givenUp},
	} {
		t.Run(one.name, func(t *testing.T) { one.test(t, p) })
	}
}

func (p Params) pages(d printer.Device, n int) []page.Page {
	if p.Pages != nil {
		return p.Pages(n)
	}
	pages := make([]page.Page, n)
	for i := range pages {
		pages[i] = pagetest.Envelope(i, d.Info().DPI)
	}
	return pages
}

func names(pages []page.Page) []string {
	out := []string{}
	for _, p := range pages {
		out = append(out, p.Name)
	}
	return out
}

// job opens a job and sends the pages.
func job(t *testing.T, d printer.Device, id string, pages []page.Page) printer.Job {
	t.Helper()
	j, err := d.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		if err := j.Send(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

// finish waits for a job that should end well.
func finish(t *testing.T, j printer.Job) printer.Progress {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := j.Finish(ctx)
	if err != nil {
		t.Fatalf("Finish: %v, %+v", err, got)
	}
	return got
}

// checkDone compares the progress of a job of n pages that ended well.
func (p Params) checkDone(t *testing.T, got printer.Progress, n int) {
	t.Helper()
	want := n
	if p.Confirm == printer.ConfirmNone {
		want = 0
	}
	if got.State != printer.Done || got.Open || got.Printed != want || got.Started != n {
		t.Errorf("%+v, want %d of %d printed and State done", got, want, n)
	}
}

// checkTruth compares a claim with the paper: what is said to be printed is there, what is said not to be is not, nothing twice.
func (p Params) checkTruth(t *testing.T, got printer.Progress, pages []page.Page) {
	t.Helper()
	if got.Printed < 0 || got.Printed > got.Started || got.Started > len(pages) {
		t.Errorf("Progress %+v of %d pages", got, len(pages))
		return
	}
	if p.Paper == nil {
		return
	}
	paper := p.Paper(t)
	for i, name := range names(pages) {
		n := 0
		for _, out := range paper {
			if out == name {
				n++
			}
		}
		switch {
		case n > 1:
			t.Errorf("page %d is on paper %d times", i, n)
		case i < got.Printed && n == 0:
			t.Errorf("page %d is said to be printed (%+v) and is not", i, got)
		case i >= got.Started && n > 0:
			t.Errorf("page %d is said not to be printed (%+v) and is", i, got)
		}
	}
}

func inOrder(t *testing.T, p Params) {
	d := p.Open(t)
	info := d.Info()
	if info.Name == "" || info.Kind == "" || info.DPI <= 0 || info.Slip < 0 {
		t.Errorf("Info %+v", info)
	}
	if state, words, err := d.State(t.Context()); err != nil || p.Confirm != printer.ConfirmNone && state != printer.Ready {
		t.Errorf("State before: %s %q %v", state, words, err)
	}
	pages := p.pages(d, 7)
	got := finish(t, job(t, d, "job-1", pages))
	p.checkDone(t, got, len(pages))
	if p.Paper != nil {
		if paper := p.Paper(t); !slices.Equal(paper, names(pages)) {
			t.Errorf("on paper %q", paper)
		}
	}
	after, err := d.Progress(t.Context(), "job-1", len(pages))
	if err != nil {
		t.Fatal(err)
	}
	p.checkTruth(t, after, pages)
	if after.Printed != got.Printed || after.Started != got.Started {
		t.Errorf("Progress %+v, Finish said %+v", after, got)
	}
}

func jobs(t *testing.T, p Params) {
	d := p.Open(t)
	pages := p.pages(d, 6)
	for i := range 3 {
		part := pages[2*i : 2*i+2]
		p.checkDone(t, finish(t, job(t, d, fmt.Sprintf("job-%d", i), part)), len(part))
	}
	if p.Paper != nil {
		if paper := p.Paper(t); !slices.Equal(paper, names(pages)) {
			t.Errorf("on paper %q", paper)
		}
	}
}

func empty(t *testing.T, p Params) {
	d := p.Open(t)
	got := finish(t, job(t, d, "job-1", nil))
	if got.Printed != 0 || got.Started != 0 {
		t.Errorf("%+v", got)
	}
	p.checkDone(t, finish(t, job(t, d, "job-2", p.pages(d, 1))), 1)
}

func abortedEmpty(t *testing.T, p Params) {
	d := p.Open(t)
	if err := job(t, d, "job-1", nil).Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p.Paper != nil && len(p.Paper(t)) > 0 {
		t.Errorf("on paper: %q", p.Paper(t))
	}
	p.checkDone(t, finish(t, job(t, d, "job-2", p.pages(d, 1))), 1)
}

func aborted(t *testing.T, p Params) {
	d := p.Open(t)
	pages := p.pages(d, 5)
	j := job(t, d, "job-1", pages[:4])
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := j.Abort(ctx); err != nil {
		t.Fatal(err)
	}
	first, err := d.Progress(t.Context(), "job-1", 4)
	if err != nil || first.Open {
		t.Fatalf("%+v %v", first, err)
	}
	p.checkTruth(t, first, pages[:4])
	if err := j.Abort(ctx); err != nil {
		t.Errorf("a second Abort: %v", err)
	}
	if err := j.Send(ctx, pages[4]); err == nil {
		t.Error("a page was taken after Abort")
	}
	time.Sleep(100 * time.Millisecond)
	again, err := d.Progress(t.Context(), "job-1", 4)
	if err != nil || again.Printed != first.Printed || again.Started != first.Started {
		t.Errorf("Progress after Abort moved from %+v to %+v (%v)", first, again, err)
	}
	p.checkTruth(t, again, pages[:4])
}

func ended(t *testing.T, p Params) {
	d := p.Open(t)
	pages := p.pages(d, 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if j, err := d.Open(ctx, "job-0"); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v %v", j, err)
	}
	j := job(t, d, "job-1", pages[:1])
	if err := j.Send(ctx, pages[1]); !errors.Is(err, context.Canceled) {
		t.Errorf("Send: %v", err)
	}
	if got := finish(t, j); got.Started != 1 {
		t.Errorf("a page that was not taken counts: %+v", got)
	}
	if p.Paper != nil {
		if paper := p.Paper(t); !slices.Equal(paper, names(pages[:1])) {
			t.Errorf("on paper %q", paper)
		}
	}
}

func unheard(t *testing.T, p Params) {
	d := p.Open(t)
	got, err := d.Progress(t.Context(), "job-of-another-day", 5)
	known := got.State == printer.Done && got.Printed == 0 && got.Started == 0
	unknown := got.State == printer.Unknown && got.Printed == 0 && got.Started == 5
	if !known && !unknown {
		t.Errorf("%+v %v", got, err)
	}
}

func busy(t *testing.T, p Params) {
	d := p.Open(t)
	j := job(t, d, "job-1", nil)
	second, err := d.Open(t.Context(), "job-2")
	if err == nil {
		second.Abort(t.Context())
		t.Error("a second job was opened beside the first")
	}
	var hint interface {
		HintKey() (string, map[string]any)
	}
	if err != nil && !errors.As(err, &hint) {
		t.Errorf("no sentence for a person: %v", err)
	}
	finish(t, j)
}

func undrawable(t *testing.T, p Params) {
	d := p.Open(t)
	pages := p.pages(d, 2)
	j := job(t, d, "job-1", pages[:1])
	bad := pages[1]
	bad.Items = append(slices.Clone(bad.Items), page.Text{X: 20, Y: 20, Size: 10, Text: "漢"})
	var missing *page.MissingGlyphError
	if err := j.Send(t.Context(), bad); !errors.As(err, &missing) {
		t.Errorf("Send: %v", err)
	}
	if err := j.Send(t.Context(), pages[1]); err != nil {
		t.Fatalf("the next page: %v", err)
	}
	p.checkDone(t, finish(t, j), 2)
	if p.Paper != nil {
		if paper := p.Paper(t); !slices.Equal(paper, names(pages)) {
			t.Errorf("on paper %q", paper)
		}
	}
}

// concurrent asks the device from several goroutines through the whole life of a job; the race detector looks on.
func concurrent(t *testing.T, p Params) {
	d := p.Open(t)
	pages := p.pages(d, 5)
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			last := printer.Progress{}
			for {
				select {
				case <-stop:
					return
				default:
				}
				d.State(t.Context())
				got, err := d.Progress(t.Context(), "job-1", len(pages))
				if err == nil && got.State != printer.Unknown && (got.Printed < last.Printed || got.Printed > got.Started) {
					t.Errorf("Progress went from %+v to %+v", last, got)
				}
				if got.State != printer.Unknown {
					last = got
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	got := finish(t, job(t, d, "job-1", pages))
	close(stop)
	group.Wait()
	p.checkDone(t, got, len(pages))
}

// live holds the device: the figures must be there, quickly, while Finish waits, and Finish must go on when it is released.
func live(t *testing.T, p Params) {
	d := p.Open(t)
	if p.Hold == nil {
		t.Skip("this device cannot be held")
	}
	release := p.Hold(t)
	pages := p.pages(d, 1)
	j := job(t, d, "job-1", pages)
	done := make(chan printer.Progress, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		got, _ := j.Finish(ctx)
		done <- got
	}()
	time.Sleep(300 * time.Millisecond)
	const rounds = 10
	began := time.Now()
	for range rounds {
		one := time.Now()
		state, words, err := d.State(t.Context())
		if took := time.Since(one); took > stateLimit {
			t.Errorf("State took %v", took)
		}
		if err != nil || !p.Blind && (state == printer.Ready || state == printer.Done) {
			t.Errorf("State of a held device: %s %q %v", state, words, err)
		}
		got, err := d.Progress(t.Context(), "job-1", 1)
		if err != nil || !got.Open || got.Printed != 0 || got.Started > 1 || got.State == printer.Done {
			t.Errorf("Progress of a held job: %+v %v", got, err)
		}
		p.checkTruth(t, got, pages)
	}
	if took := time.Since(began) / rounds; took > quick {
		t.Errorf("State and Progress took %v", took)
	}
	select {
	case got := <-done:
		t.Fatalf("Finish did not wait: %+v", got)
	default:
	}
	release()
	got := <-done
	p.checkDone(t, got, 1)
	p.checkTruth(t, got, pages)
}

// givenUp ends the context while Finish waits.
func givenUp(t *testing.T, p Params) {
	d := p.Open(t)
	if p.Hold == nil {
		t.Skip("this device cannot be held")
	}
	release := p.Hold(t)
	pages := p.pages(d, 2)
	j := job(t, d, "job-1", pages[:1])
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	began := time.Now()
	got, err := j.Finish(ctx)
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("Finish took %v for a context of a second and a half", took)
	}
	if !errors.Is(err, context.DeadlineExceeded) || got.Printed != 0 || got.Started != 1 {
		t.Errorf("Finish: %+v %v", got, err)
	}
	aborting, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := j.Abort(aborting); err != nil {
		t.Errorf("Abort: %v", err)
	}
	release()
	known, err := d.Progress(t.Context(), "job-1", 1)
	if err != nil {
		t.Error(err)
	}
	time.Sleep(300 * time.Millisecond) // whatever the device still does
	p.checkTruth(t, known, pages[:1])
	p.checkDone(t, finish(t, job(t, d, "job-2", pages[1:])), 1)
}
