package usb

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"znak/printer"
	"znak/printer/page"
	"znak/printer/pdf"
)

// Universal exit language: between jobs, for printers that know PJL.
const (
	pjlBegin = "\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n"
	pjlEnd   = "\x1b%-12345X"
)

// pollEvery is how often a printer with a complaint is asked whether it is well again.
const pollEvery = 100 * time.Millisecond

// document feeds pages as one PDF, of which nothing is ever known but how many bytes the printer has taken.
type document struct {
	link *link
	doc  *pdf.Document
	out  io.Writer
	pjl  bool
	calm func(status byte, err error) bool // the printer has no complaint

	ctx context.Context // of the call that writes
	err error           // the stream is cut

	mu      sync.Mutex
	starts  []int64   // bytes the printer may have had before each page was begun
	reached int64     // bytes it may have now
	writing time.Time // since when a write waits; zero: none
}

var _ feed = (*document)(nil)

func newDocument(l *link, title string, calm func(byte, error) bool) *document {
	d := &document{link: l, pjl: l.id.knows("PJL"), calm: calm}
	d.out = (*documentWriter)(d)
	if d.pjl {
		d.out = &prefixed{out: d.out, prefix: pjlBegin}
	}
	d.doc = pdf.New(d.out, pdf.Options{Title: title})
	return d
}

// documentWriter is the document's other side: where its bytes leave.
type documentWriter document

// Write hands bytes to the printer and keeps account of how far they may have come.
func (w *documentWriter) Write(b []byte) (int, error) {
	d := (*document)(w)
	sent := 0
	for sent < len(b) && d.err == nil {
		part := b[sent:min(sent+16<<10, len(b))]
		d.mu.Lock()
		d.writing = time.Now()
		d.mu.Unlock()
		n, err := d.link.write(d.ctx, part)
		d.mu.Lock()
		d.writing = time.Time{}
		switch {
		case err == nil:
			d.reached += int64(n)
		case n > 0 || !errors.Is(err, errNotTaken):
			d.reached += int64(len(part)) // the count is what the host knows; the printer may have more
		}
		d.mu.Unlock()
		sent += n
		d.err = err
	}
	return sent, d.err
}

func (d *document) send(ctx context.Context, p page.Page) error {
	if d.err != nil {
		return d.err
	}
	d.ctx = ctx
	d.mu.Lock()
	d.starts = append(d.starts, d.reached)
	d.mu.Unlock()
	err := d.doc.Add(p)
	if err != nil && d.err == nil { // it could not be drawn: nothing of it was written
		d.mu.Lock()
		d.starts = d.starts[:len(d.starts)-1]
		d.mu.Unlock()
	}
	return err
}

// finish ends the document. A printer that complains then (paper out, door open) goes on by itself when it is helped: that is waited for.
func (d *document) finish(ctx context.Context) error {
	if d.err != nil {
		return d.err
	}
	if d.doc.Pages() == 0 {
		return nil
	}
	d.ctx = ctx
	if err := d.doc.Close(); err != nil {
		return err
	}
	if d.pjl {
		if _, err := io.WriteString(d.out, pjlEnd); err != nil {
			return err
		}
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		status, err := d.link.status()
		if errors.Is(err, errGone) {
			return err
		}
		if d.calm(status, err) {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

func (d *document) cancel(context.Context) error {
	return d.link.use(func(p port) error { return p.SoftReset() })
}

func (d *document) known() (printed, started int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, start := range d.starts {
		if start < d.reached {
			started++
		}
	}
	return 0, started
}

func (d *document) state(port printer.State, words []string) (printer.State, []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if port == printer.Ready && !d.writing.IsZero() && time.Since(d.writing) > stuckAfter {
		return printer.NeedsPerson, []string{"takes no data"}
	}
	return port, words
}

func (d *document) close() {}

// prefixed writes something before the first byte.
type prefixed struct {
	out    io.Writer
	prefix string
}

func (w *prefixed) Write(b []byte) (int, error) {
	if w.prefix != "" {
		if _, err := io.WriteString(w.out, w.prefix); err != nil {
			return 0, err
		}
		w.prefix = ""
	}
	return w.out.Write(b)
}
