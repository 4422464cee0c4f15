package winspool

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/page"
)

// These tests need queues: packaging/wine.sh gives them those of a private CUPS, under wine. ZNAK_WINSPOOL_RAW and ZNAK_WINSPOOL_PIXELS
// name queues, ZNAK_WINSPOOL_OUT a folder in which each job's bytes appear as they reached the queue's backend, under the
// name of the document.

func queue(t *testing.T, env string) (name, out string) {
	t.Helper()
	name, out = os.Getenv(env), os.Getenv("ZNAK_WINSPOOL_OUT")
	if name == "" || out == "" {
		t.Skip(env + " and ZNAK_WINSPOOL_OUT are not set")
	}
	return name, out
}

// arrived waits for the bytes of a job.
func arrived(t *testing.T, file string) []byte {
	t.Helper()
	for range 300 {
		if b, err := os.ReadFile(file); err == nil {
			return b
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s has not come", file)
	return nil
}

func TestSpoolerLists(t *testing.T) {
	name, _ := queue(t, "ZNAK_WINSPOOL_RAW")
	found, err := New(Params{}).Find(t.Context())
	for i := 0; i < 20 && (err != nil || len(found) == 0); i++ { // wine starts its services at the first question
		time.Sleep(time.Second)
		found, err = New(Params{}).Find(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Logf("%s %q %s %d dpi, %d papers, trays %q, %s %q", f.URI, f.Model, f.Language, f.DPI, len(f.Media), f.Trays, f.State, f.Words)
		if f.Name == name && f.DPI > 0 && f.State == printer.Ready {
			return
		}
	}
	t.Errorf("%s is not among %d queues, or does not say how it is", name, len(found))
}

// TestRawBytes sends every byte value and megabytes, and compares what the queue's backend got.
func TestRawBytes(t *testing.T) {
	name, out := queue(t, "ZNAK_WINSPOOL_RAW")
	var want bytes.Buffer
	d, err := New(Params{ZPL: func(w io.Writer, p page.Page) error {
		b := make([]byte, 700_000)
		for i := range b {
			b[i] = byte(i*i>>3 + i + len(p.Name))
		}
		want.Write(b)
		_, err := w.Write(b)
		return err
	}}).Open(printer.Setup{URI: URI(name), Language: printer.ZPL, DPI: 203})
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, d, "raw-1", 3)
	if got.State != printer.Done || got.Printed != 0 || got.Started != 3 {
		t.Errorf("%+v", got)
	}
	if b := arrived(t, out+"/raw-1"); !bytes.Equal(b, want.Bytes()) {
		t.Errorf("%d bytes arrived, %d were sent, or others", len(b), want.Len())
	}
}

func TestRawAbort(t *testing.T) {
	name, out := queue(t, "ZNAK_WINSPOOL_RAW")
	d, err := New(Params{ZPL: func(w io.Writer, p page.Page) error { _, err := fmt.Fprint(w, p.Name); return err }}).
		Open(printer.Setup{URI: URI(name), Language: printer.ZPL, DPI: 203})
	if err != nil {
		t.Fatal(err)
	}
	j, err := d.Open(t.Context(), "raw-aborted")
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Send(t.Context(), testPage(1)); err != nil {
		t.Fatal(err)
	}
	p, err := d.Progress(t.Context(), "raw-aborted", 1)
	t.Logf("open: %+v %v", p, err)
	if err := j.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err = d.Progress(t.Context(), "raw-aborted", 1)
	if err != nil || p.Printed != 0 || p.Open {
		t.Errorf("%+v %v", p, err)
	}
	time.Sleep(3 * time.Second)
	// Wine's AbortPrinter lets the document go all the same: then it must not be said that nothing was printed.
	if _, err := os.Stat(out + "/raw-aborted"); err == nil && p.Started == 0 {
		t.Errorf("an aborted job reached the queue and is said not to: %+v", p)
	}
}

// TestPixels prints envelopes through the driver, on its standard paper and on one of their own size; packaging/wine.sh draws what arrived and
// has foreign decoders read it.
func TestPixels(t *testing.T) {
	name, out := queue(t, "ZNAK_WINSPOOL_PIXELS")
	for id, paper := range map[string]string{"pixels-standard": "driver", "pixels-own": ""} {
		d, err := New(Params{}).Open(printer.Setup{URI: URI(name), Options: map[string]string{OptionPaper: paper}})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", d.Info())
		if got := run(t, d, id, 2); got.State != printer.Done || got.Started != 2 {
			t.Errorf("%+v", got)
		}
		if b := arrived(t, out+"/"+id); !bytes.HasPrefix(b, []byte("%!PS")) {
			t.Errorf("%d bytes: %.40q", len(b), b)
		}
	}
}

// TestPaper asks for a paper that the driver does not have and cannot have.
func TestPaper(t *testing.T) {
	name, _ := queue(t, "ZNAK_WINSPOOL_PIXELS")
	d, err := New(Params{}).Open(printer.Setup{URI: URI(name)})
	if err != nil {
		t.Fatal(err)
	}
	j, err := d.Open(t.Context(), "pixels-paper")
	if err != nil {
		t.Fatal(err)
	}
	p := testPage(0)
	p.Width, p.Height = 700, 500
	wantCode(t, j.Send(t.Context(), p), "winspool.paper")
	if got, err := j.Finish(t.Context()); err != nil || got.Started != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestMissing(t *testing.T) {
	queue(t, "ZNAK_WINSPOOL_RAW")
	d, err := New(Params{}).Open(printer.Setup{URI: URI("no such queue")})
	if err != nil {
		t.Fatal(err)
	}
	if s, words, err := d.State(t.Context()); s != printer.Offline || len(words) == 0 || err != nil {
		t.Errorf("%s %q %v", s, words, err)
	}
	_, err = d.Open(t.Context(), "x")
	wantCode(t, err, "winspool.missing")
}

func run(t *testing.T, d printer.Device, id string, n int) printer.Progress {
	t.Helper()
	j, err := d.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		p := testPage(i)
		if err := j.Send(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got, err := j.Finish(ctx)
	if err != nil {
		t.Fatalf("%+v %v", got, err)
	}
	t.Logf("%+v", got)
	return got
}
