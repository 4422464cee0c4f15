//go:build linux

package cups_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/cups"
	"znak/printer/cups/cupstest"
	"znak/printer/page"
)

func TestFind(t *testing.T) {
	s := cupstest.Start(t)
	d := cups.New(cups.Params{Server: s.Sock})
	if got, err := d.Find(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("no queues: %+v %v", got, err)
	}
	s.Fault(t, "c5", cupstest.Options{})
	s.Raw(t, "raw", "socket://127.0.0.1:1")
	s.Fault(t, "again", cupstest.Options{Policy: "retry-current-job"})
	s.Raw(t, "касса-1", "socket://127.0.0.1:1")
	s.Tool(t, "cupsdisable", "касса-1")
	found, err := d.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]printer.Found{}
	for _, f := range found {
		by[f.Name] = f
	}
	c5 := by["c5"]
	if c5.URI != "cups://c5" || c5.Model != "Envelope Tester, PDF" || c5.Language != printer.PDF || c5.DPI != 600 || c5.Unfit != "" || c5.State != printer.Ready {
		t.Errorf("%+v", c5)
	}
	if !slices.Contains(c5.Media, printer.Medium{Name: "iso_c5_162x229mm", Width: 162, Height: 229}) {
		t.Errorf("media %+v", c5.Media)
	}
	if !slices.Equal(c5.Trays, []string{"auto", "top", "bottom", "manual"}) {
		t.Errorf("trays %q", c5.Trays)
	}
	opened, err := d.Open(printer.Setup{Name: "c5", URI: c5.URI})
	if err != nil {
		t.Fatal(err)
	}
	if trays, err := opened.(printer.Trayed).Trays(t.Context()); err != nil || !slices.Equal(trays, c5.Trays) {
		t.Errorf("trays of the added one %q, %v", trays, err)
	}
	if raw := by["raw"]; raw.Unfit != "cups.raw" {
		t.Errorf("%+v", raw)
	}
	if again := by["again"]; again.Unfit != "cups.policy" || again.UnfitArgs["Detail"] != "lpadmin -p again -o printer-error-policy=abort-job" {
		t.Errorf("%+v", again)
	}
	till := by["касса-1"]
	if till.State != printer.Paused {
		t.Errorf("%+v", till)
	}
	dev, err := d.Open(printer.Setup{Name: "till", URI: till.URI})
	if err != nil {
		t.Fatal(err)
	}
	if state, words, err := dev.State(t.Context()); state != printer.Paused || err != nil {
		t.Errorf("%s: %s %q %v", till.URI, state, words, err)
	}
	s.Stop(t)
	_, err = d.Find(t.Context())
	wantCode(t, err, "cups.unreachable")
}

// What the queue is asked for reaches the driver: the medium by its exact size, the tray, one copy on one side, unscaled.
func TestOptions(t *testing.T) {
	s := cupstest.Start(t)
	q := s.Fault(t, "q", cupstest.Options{})
	d := open(t, s, "q", printer.ConfirmJob)
	p := envelopes(0, 1)
	p[0].Tray = "bottom"
	want(t, <-finishing(t, begin(t, d, "job-1", p)), printer.Done, 1, 1, "")
	p[0].Width, p[0].Height, p[0].Tray = 120, 176, "" // no paper of that name: a free size
	want(t, <-finishing(t, begin(t, d, "job-2", p)), printer.Done, 1, 1, "")
	options := q.JobOptions(t)
	t.Logf("%q", options)
	for i, must := range [][]string{{"PageSize=EnvC5", "InputSlot=Lower", "print-scaling=none"}, {"PageSize=Custom.", "print-scaling=none"}} {
		for _, o := range must {
			if !strings.Contains(options[i], o) {
				t.Errorf("job %d: %q without %s", i+1, options[i], o)
			}
		}
	}
	j := begin(t, d, "job-3", nil)
	p[0].Tray = "cellar"
	wantCode(t, j.Send(t.Context(), p[0]), "cups.tray")
	p[0].Tray, p[0].Width = "", 20
	wantCode(t, j.Send(t.Context(), p[0]), "cups.media")
	p[0].Width = 120
	if err := j.Send(t.Context(), p[0]); err != nil {
		t.Fatal(err)
	}
	p[0].Height = 200
	wantCode(t, j.Send(t.Context(), p[0]), "cups.mixed")
	j.Abort(t.Context())
}

// A queue without a driver gets labels as they are.
func TestLabels(t *testing.T) {
	s := cupstest.Start(t)
	q := s.Fault(t, "zebra", cupstest.Options{Raw: true})
	params := cups.Params{Server: s.Sock, ZPL: func(w io.Writer, p page.Page) error {
		_, err := fmt.Fprintf(w, "^XA^FX%s^XZ", p.Name)
		return err
	}}
	setup := printer.Setup{Name: "zebra", URI: "cups://zebra", Language: printer.ZPL, Confirm: printer.ConfirmJob}
	d, err := cups.New(params).Open(setup)
	if err != nil {
		t.Fatal(err)
	}
	pages := envelopes(0, 3)
	want(t, <-finishing(t, begin(t, d, "job-1", pages)), printer.Done, 3, 3, "")
	if got := string(q.Documents(t)[0]); got != "^XA^FX99900000000000^XZ^XA^FX99900000000001^XZ^XA^FX99900000000002^XZ" {
		t.Errorf("%q", got)
	}
	params.ZPL = nil
	if d, err = cups.New(params).Open(setup); err != nil {
		t.Fatal(err)
	}
	_, err = d.Open(t.Context(), "job-2")
	wantCode(t, err, "cups.zpl")
}

// TestMain is also the process that TestKilled kills: it prints a job on a queue until it is no more.
func TestMain(m *testing.M) {
	server := os.Getenv("CUPS_TEST_SERVER")
	if server == "" {
		os.Exit(m.Run())
	}
	d, err := cups.New(cups.Params{Server: server, Record: os.Getenv("CUPS_TEST_RECORD")}).Open(printer.Setup{Name: "C5 at the window", URI: "cups://q", Confirm: printer.ConfirmPages})
	var j printer.Job
	if err == nil {
		j, err = d.Open(context.Background(), "job-1")
	}
	for _, p := range envelopes(0, 5) {
		if err == nil {
			err = j.Send(context.Background(), p)
		}
	}
	if err == nil && os.Getenv("CUPS_TEST_FINISH") == "" {
		fmt.Println("sent")
		time.Sleep(time.Minute)
	}
	if err == nil {
		_, err = j.Finish(context.Background())
	}
	fmt.Println(err)
}

// kill runs the process above until ready says so, and kills it.
func kill(t *testing.T, s *cupstest.Server, record string, finish bool, ready func() bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CUPS_TEST_SERVER="+s.Sock, "CUPS_TEST_RECORD="+record)
	if finish {
		cmd.Env = append(cmd.Env, "CUPS_TEST_FINISH=1")
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	if !finish {
		if line, _ := bufio.NewReader(out).ReadString('\n'); line != "sent\n" {
			t.Fatalf("the process said %q", line)
		}
	}
	for end := time.Now().Add(10 * time.Second); !ready(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the process does not come so far")
		}
	}
}

func TestKilled(t *testing.T) {
	for _, c := range []struct {
		name, mode string
		finish     bool
		on         int // pages on paper at the kill
	}{
		{"before it was sent", "ok", false, 0},
		{"while it prints", "mute 2", true, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := cupstest.Start(t)
			q := s.Fault(t, "q", cupstest.Options{Counts: true})
			q.Mode(t, c.mode)
			record := t.TempDir()
			// A job before it, so that the device has a record.
			d := openWith(t, cups.Params{Server: s.Sock, Record: record}, "q", printer.ConfirmPages)
			if _, err := begin(t, d, "job-0", nil).Finish(t.Context()); err != nil {
				t.Fatal(err)
			}
			kill(t, s, record, c.finish, func() bool { return len(q.Paper(t)) == c.on })
			d = openWith(t, cups.Params{Server: s.Sock, Record: record}, "q", printer.ConfirmPages)
			p, err := d.Progress(t.Context(), "job-1", 5)
			if err != nil {
				t.Fatal(err)
			}
			if !c.finish {
				// Nothing was ever noted for this device: CUPS alone is no proof.
				if p.State != printer.Unknown || p.Started != 5 {
					t.Errorf("%+v", p)
				}
				q.Mode(t, "ok")
				<-finishing(t, begin(t, d, "job-2", envelopes(9, 1))) // now there is a record
				p, err = d.Progress(t.Context(), "job-1", 5)
				want(t, ending{p, err}, printer.Done, 0, 0, "")
				return
			}
			if !p.Open || p.State != printer.Printing || p.Printed != 0 || p.Started != 5 {
				t.Errorf("%+v", p)
			}
			if err := d.Cancel(t.Context(), "job-1"); err != nil {
				t.Fatal(err)
			}
			p, err = d.Progress(t.Context(), "job-1", 5)
			want(t, ending{p, err}, printer.NeedsPerson, 0, 5, "canceled")
			time.Sleep(200 * time.Millisecond)
			if n := len(q.Paper(t)); n != 2 {
				t.Errorf("%d pages on paper", n)
			}
		})
	}
}

// A job that fell back while nobody watched is cancelled by the first question for it, and its queue let go on.
func TestFellBackUnwatched(t *testing.T) {
	s := cupstest.Start(t)
	q := s.Fault(t, "q", cupstest.Options{Counts: true, Policy: "stop-printer", Pace: 100})
	q.Mode(t, "exit 2 1")
	record := t.TempDir()
	kill(t, s, record, true, func() bool { return len(q.Paper(t)) == 1 })
	d := openWith(t, cups.Params{Server: s.Sock, Record: record}, "q", printer.ConfirmPages)
	eventually(t, d, printer.Paused)
	p, err := d.Progress(t.Context(), "job-1", 5)
	want(t, ending{p, err}, printer.NeedsPerson, 0, 5, "device error")
	eventually(t, d, printer.Ready)
	if n := len(q.Paper(t)); n != 2 {
		t.Errorf("%d pages on paper", n)
	}
}

// A job that CUPS has forgotten is unknown, whatever was printed of it.
func TestForgotten(t *testing.T) {
	s := cupstest.Start(t)
	s.Fault(t, "q", cupstest.Options{Counts: true})
	record := t.TempDir()
	d := openWith(t, cups.Params{Server: s.Sock, Record: record}, "q", printer.ConfirmPages)
	want(t, <-finishing(t, begin(t, d, "job-1", envelopes(0, 2))), printer.Done, 2, 2, "")
	d = openWith(t, cups.Params{Server: s.Sock, Record: record}, "q", printer.ConfirmPages)
	p, err := d.Progress(t.Context(), "job-1", 2)
	want(t, ending{p, err}, printer.Done, 2, 2, "")
	s.Tool(t, "cancel", "-a", "-x", "q")
	p, err = d.Progress(t.Context(), "job-1", 2)
	want(t, ending{p, err}, printer.Unknown, 0, 2, "")
	p, err = d.Progress(t.Context(), "job-9", 2)
	want(t, ending{p, err}, printer.Done, 0, 0, "")
}

func TestURIs(t *testing.T) {
	for _, uri := range []string{"", "cups://", "cups:///q", "cups://a/b/c", "cups://a b", "ipp://host/ipp/print", "cups://%zz", "cups://a#b"} {
		if d, err := cups.New(cups.Params{}).Open(printer.Setup{Name: "x", URI: uri}); err == nil {
			t.Errorf("%q: %+v", uri, d)
		} else {
			wantCode(t, err, "cups.uri")
		}
	}
	for _, uri := range []string{"ipp://", "ipp:///ipp", "http://host/", "ipp://user@host/ipp", "cups://q"} {
		if _, err := cups.New(cups.Params{Kind: cups.KindDirect}).Open(printer.Setup{Name: "x", URI: uri}); err == nil {
			t.Errorf("%q was taken", uri)
		}
	}
	var hint interface {
		HintKey() (string, map[string]any)
	}
	_, err := cups.New(cups.Params{}).Open(printer.Setup{Name: "x"})
	if !errors.As(err, &hint) {
		t.Error("no sentence")
	}
}
