//go:build linux

package cups_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/cups"
	"znak/printer/cups/cupstest"
	"znak/printer/devicetest"
	"znak/printer/page"
	"znak/printer/page/pagetest"
)

// open makes a device of a queue on the server.
func open(t testing.TB, s *cupstest.Server, queue string, confirm printer.Confirm) *cups.Device {
	t.Helper()
	return openWith(t, cups.Params{Server: s.Sock, Record: t.TempDir()}, queue, confirm)
}

func openWith(t testing.TB, p cups.Params, queue string, confirm printer.Confirm) *cups.Device {
	t.Helper()
	d, err := cups.New(p).Open(printer.Setup{Name: "C5 at the window", URI: "cups://" + queue, Confirm: confirm})
	if err != nil {
		t.Fatal(err)
	}
	return d.(*cups.Device)
}

// envelopes are pages with names of their own, from number n on.
func envelopes(from, n int) []page.Page {
	pages := make([]page.Page, n)
	for i := range pages {
		pages[i] = pagetest.Envelope(from+i, 300)
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

// begin opens a job and sends the pages.
func begin(t testing.TB, d printer.Device, id string, pages []page.Page) printer.Job {
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

type ending struct {
	printer.Progress
	err error
}

// finishing waits for a job in the background.
func finishing(t testing.TB, j printer.Job) <-chan ending {
	t.Helper()
	ended := make(chan ending, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		p, err := j.Finish(ctx)
		ended <- ending{p, err}
	}()
	return ended
}

// eventually asks until the device is in a state.
func eventually(t testing.TB, d printer.Device, want printer.State) []string {
	t.Helper()
	var state printer.State
	var words []string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var err error
		began := time.Now()
		if state, words, err = d.State(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Fatalf("State took %v", took)
		}
		if state == want {
			return words
		}
	}
	t.Fatalf("State is %s %q, want %s", state, words, want)
	return nil
}

// rest prints what is not surely printed by a new job and checks the paper: once each, in order.
func rest(t testing.TB, d printer.Device, q *cupstest.Queue, id string, pages []page.Page, from int) {
	t.Helper()
	q.Mode(t, "ok")
	got := <-finishing(t, begin(t, d, id, pages[from:]))
	if got.err != nil || got.State != printer.Done || got.Printed != len(pages)-from {
		t.Fatalf("the missing pages: %+v", got)
	}
	if paper := q.Paper(t); !slices.Equal(paper, names(pages)) {
		t.Errorf("on paper %q", paper)
	}
}

func TestConformance(t *testing.T) {
	s := cupstest.Start(t)
	n := 0
	for _, c := range []struct {
		confirm printer.Confirm
		options cupstest.Options
	}{
		{printer.ConfirmPages, cupstest.Options{Counts: true}},
		{printer.ConfirmJob, cupstest.Options{}},
		{printer.ConfirmNone, cupstest.Options{Raw: true}},
	} {
		t.Run(string(c.confirm), func(t *testing.T) {
			var q *cupstest.Queue
			devicetest.Run(t, devicetest.Params{
				Confirm: c.confirm,
				Open: func(t *testing.T) printer.Device {
					n++
					q = s.Fault(t, fmt.Sprintf("q%d", n), c.options)
					dir := t.TempDir()
					d, err := cups.New(cups.Params{Server: s.Sock, Record: dir}).Open(printer.Setup{
						Name: "C5", URI: "cups://" + q.Name, Confirm: c.confirm, Language: printer.PDF,
					})
					if err != nil {
						t.Fatal(err)
					}
					return d
				},
				Paper: func(t *testing.T) []string { return q.Paper(t) },
				Hold: func(t *testing.T) func() {
					q.Mode(t, "wait 0 media-empty-error")
					return func() { q.Mode(t, "ok") }
				},
			})
		})
	}
}
