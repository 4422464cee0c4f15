package usb

import (
	"context"
	"errors"
	"io"
	"time"

	"znak/printer"
	"znak/printer/page"
	"znak/printer/zpl"
)

// label feeds pages as ZPL labels, with the questions of a zpl.Session between them.
type label struct {
	encoder *zpl.Encoder
	session *zpl.Session
	wire    *wire
	asks    bool // the printer answers, and its counts are believed
	calm    func() bool
}

var _ feed = (*label)(nil)

// forgetPartial makes the printer forget a label that a killed program has left half-sent, and no other: the next must not be joined to it.
const forgetPartial = "~JX"

// newLabel begins to talk with the printer. It is asked where it may answer and has not been found deaf before.
func newLabel(ctx context.Context, l *link, e *zpl.Encoder, ask zpl.Ask, settle time.Duration, calm func() bool) (*label, error) {
	if l.deaf || !l.port.TwoWay() {
		ask = zpl.AskNone
	}
	f := &label{encoder: e, calm: calm}
	begin := func() {
		f.wire = newWire(l)
		f.session = zpl.NewSession(f.wire, zpl.SessionParams{Ask: ask, Settle: settle})
		f.asks = ask != zpl.AskNone
	}
	begin()
	err := f.session.Greet(ctx)
	if errors.Is(err, zpl.ErrSilent) && ctx.Err() == nil { // of this job nothing will be known
		f.close()
		l.deaf, ask = calm(), zpl.AskNone // some are silent only while they are out of paper or open
		begin()
		err = nil
	}
	if err == nil {
		err = f.session.Command(ctx, forgetPartial)
	}
	if err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *label) send(ctx context.Context, p page.Page) error {
	return f.session.Print(ctx, func(w io.Writer) error { return f.encoder.Body(w, p) })
}

// finish waits for the last label, or if the printer does not count, until it has no complaint.
func (f *label) finish(ctx context.Context) error {
	if err := f.session.Wait(ctx); err != nil {
		return err
	}
	if f.asks || f.session.Known().Sent == 0 {
		return nil
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for !f.calm() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

func (f *label) cancel(ctx context.Context) error {
	err := f.session.Cancel(ctx)
	if err != nil { // it takes no more bytes
		return f.wire.link.use(func(p port) error { return p.SoftReset() })
	}
	return nil
}

func (f *label) known() (printed, started int) {
	k := f.session.Known()
	if !f.asks {
		return 0, k.Sent
	}
	return k.Printed, k.Sent
}

// state believes the printer's answer, which knows more than the port's three bits, as long as it is fresh.
func (f *label) state(port printer.State, words []string) (printer.State, []string) {
	k := f.session.Known()
	if !k.Heard.IsZero() && (!k.Silent || port == printer.Ready) {
		state, said := k.Status.State()
		if state != printer.Ready && state != printer.Printing {
			return state, said
		}
	}
	if since := f.wire.waiting(); port == printer.Ready && since > stuckAfter {
		return printer.NeedsPerson, []string{"takes no data"}
	}
	return port, words
}

func (f *label) close() { f.wire.Close() }
