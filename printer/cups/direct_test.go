//go:build linux

package cups_test

import (
	"slices"
	"testing"

	"znak/printer"
	"znak/printer/cups"
	"znak/printer/cups/cupstest"
	"znak/printer/page"
)

func direct(t *testing.T, e *cupstest.Eve) printer.Device {
	t.Helper()
	d, err := cups.New(cups.Params{Kind: cups.KindDirect, Record: t.TempDir()}).Open(printer.Setup{Name: "eve", URI: e.URI})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// narrow are pages of the size DL, across.
func narrow(from, n int) []page.Page {
	pages := envelopes(from, n)
	for i := range pages {
		pages[i].Media, pages[i].Width, pages[i].Height = "DL", 220, 110
	}
	return pages
}

func TestDirect(t *testing.T) {
	e := cupstest.StartEve(t)
	d := direct(t, e)
	_, err := begin(t, d, "job-0", nil).Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info := d.Info(); info.Kind != "ipp" || info.DPI != 600 || info.Confirm != printer.ConfirmPages || info.Slip != 50 {
		t.Errorf("%+v", info)
	}
	j := begin(t, d, "job-1", nil)
	wantCode(t, j.Send(t.Context(), envelopes(0, 1)[0]), "cups.media") // it has no C5
	if err := j.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	pages := narrow(0, 6)
	got := <-finishing(t, begin(t, d, "job-2", pages[:3]))
	want(t, got, printer.Done, 3, 3, "")

	// The printer itself waits for paper and tells it live.
	e.Mode(t, "wait 1 media-needed")
	ended := finishing(t, begin(t, d, "job-3", pages[3:]))
	words := eventually(t, d, printer.OutOfPaper)
	t.Logf("words %q", words)
	live(t, d, "job-3", 3, 1)
	e.Mode(t, "ok")
	want(t, <-ended, printer.Done, 3, 3, "")
	if paper := e.Paper(t); !slices.Equal(paper, names(pages)) {
		t.Errorf("on paper %q", paper)
	}
	again, err := direct(t, e).Progress(t.Context(), "job-3", 3) // as after a restart
	want(t, ending{again, err}, printer.Done, 3, 3, "")

	e.Mode(t, "exit 1 1")
	want(t, <-finishing(t, begin(t, d, "job-4", pages[:3])), printer.NeedsPerson, 1, 3, "aborted")
}

// The same printer behind a driverless queue of CUPS.
func TestEverywhere(t *testing.T) {
	e := cupstest.StartEve(t)
	s := cupstest.Start(t)
	s.Everywhere(t, "eve", e)
	d := open(t, s, "eve", "")
	pages := narrow(0, 4)
	j := begin(t, d, "job-1", pages[:2])
	if info := d.Info(); info.Confirm != printer.ConfirmJob || info.DPI != 600 || info.Slip != 10 {
		t.Errorf("%+v", info)
	}
	got := <-finishing(t, j)
	want(t, got, printer.Done, 2, 2, "")

	e.Mode(t, "wait 1 media-needed")
	ended := finishing(t, begin(t, d, "job-2", pages[2:]))
	words := eventually(t, d, printer.OutOfPaper)
	t.Logf("words %q", words)
	if p, err := d.Progress(t.Context(), "job-2", 2); err != nil || p.Printed != 0 || !p.Open {
		t.Errorf("%+v %v: CUPS's own count of pages was believed", p, err)
	}
	e.Mode(t, "ok")
	got = <-ended
	want(t, got, printer.Done, 2, 2, "")
	if paper := e.Paper(t); !slices.Equal(paper, names(pages)) {
		t.Errorf("on paper %q", paper)
	}
}
