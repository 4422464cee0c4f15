package usb

import (
	"context"
	"errors"
	"sync"
	"time"

	"znak/printer"
	"znak/printer/page"
)

const (
	// stuckAfter is when a printer that takes nothing and names no reason needs a person.
	stuckAfter = 20 * time.Second
	// cancelLimit is how long a printer may take to obey Abort.
	cancelLimit = 3 * time.Second
)

// job is the pages of one slip.
type job struct {
	device *Device
	id     string
	link   *link
	feed   feed

	stopped context.Context // ends with Abort
	stop    context.CancelFunc

	work    sync.Mutex // one of Send, Finish, Abort at a time
	err     error      // the port has failed: nothing can be added any more
	ended   bool
	aborted bool

	finMu   sync.Mutex
	final   printer.Progress
	isFinal bool
}

var _ printer.Job = (*job)(nil)

var errEnded = errors.New("usb: the job has ended")

// during joins a caller's context with the life of the job.
func (j *job) during(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	undo := context.AfterFunc(j.stopped, cancel)
	return ctx, func() {
		undo()
		cancel()
	}
}

// fails names the reason why the port gave up; errors that have nothing to do with it are left alone.
func (j *job) fails(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var ofPage interface {
		HintKey() (string, map[string]any)
	}
	switch {
	case errors.As(err, &ofPage):
		return err
	case ctx.Err() != nil:
		err = ctx.Err()
	case j.stopped.Err() != nil:
		err = errEnded
	case j.gone():
		err = j.device.fault("usb.gone", errors.Join(errGone, err))
	default:
		err = j.device.usb(err)
	}
	return err
}

// gone reports whether the printer has been pulled. The system may take a moment to see it.
func (j *job) gone() bool {
	for range 10 {
		if !j.link.seat.here(j.device.driver.sysfs) {
			return true
		}
		time.Sleep(20 * time.Millisecond)
	}
	return false
}

// Send writes a page; it waits while the printer takes nothing. After an error of the port nothing more can be sent; a page that cannot be
// drawn is left out and the job goes on.
func (j *job) Send(ctx context.Context, p page.Page) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.work.Lock()
	defer j.work.Unlock()
	if j.ended {
		return errEnded
	}
	if j.err != nil {
		return j.err
	}
	working, done := j.during(ctx)
	defer done()
	before := j.link.faults.Load()
	err := j.fails(ctx, j.feed.send(working, p))
	if err != nil && j.link.faults.Load() != before {
		j.err = err
		j.device.soil(true)
	}
	return err
}

// Finish sends the rest and waits until all labels are out where the printer counts them, else until it has taken the last byte and has no
// complaint.
func (j *job) Finish(ctx context.Context) (printer.Progress, error) {
	j.work.Lock()
	defer j.work.Unlock()
	if j.ended {
		return printer.Progress{State: printer.Unknown}, errEnded
	}
	err := j.err
	if err == nil {
		working, done := j.during(ctx)
		before := j.link.faults.Load()
		err = j.fails(ctx, j.feed.finish(working))
		done()
		if err != nil && j.link.faults.Load() != before {
			j.err = err
			j.device.soil(true)
		}
	}
	p := printer.Progress{State: printer.Done}
	if err != nil {
		p.State, p.Words, _ = j.device.State(context.WithoutCancel(ctx))
		if p.State == printer.Ready || p.State == printer.Printing { // the device is well, the job is not
			p.State = printer.Unknown
		}
		p.Open = ctx.Err() != nil && j.err == nil // all is sent, and the printer goes on without us
	}
	return j.end(p), err
}

// Abort makes the printer drop what it has not printed. It may be called after a Finish that was given up, too.
func (j *job) Abort(ctx context.Context) error {
	j.stop()
	j.work.Lock()
	defer j.work.Unlock()
	if j.aborted || j.ended && j.final.State == printer.Done {
		return nil
	}
	j.aborted = true
	d := j.device
	d.mu.Lock()
	ours := d.open == j || d.open == nil && d.link == j.link // no later job has the printer
	d.mu.Unlock()
	if _, started := j.feed.known(); ours && (started > 0 || j.err != nil) {
		limited, cancel := context.WithTimeout(ctx, cancelLimit)
		err := j.feed.cancel(limited)
		cancel()
		d.soil(err != nil)
		j.link.broken.Store(true)
	}
	p := printer.Progress{State: printer.Done}
	if printed, started := j.feed.known(); started > printed {
		p.State = printer.Unknown
	}
	j.end(p)
	return nil
}

// end makes the figures final and lets the device go.
func (j *job) end(p printer.Progress) printer.Progress {
	p.Printed, p.Started = j.feed.known()
	j.ended = true
	j.finMu.Lock()
	j.final, j.isFinal = p, true
	j.finMu.Unlock()
	if !p.Open { // else Abort may still have something to say to the printer
		j.feed.close()
	}
	j.device.left(j)
	return p
}

// figures is the progress now; live says that it may still change.
func (j *job) figures(f feed) (p printer.Progress, live bool) {
	j.finMu.Lock()
	defer j.finMu.Unlock()
	if j.isFinal {
		return j.final, false
	}
	p = printer.Progress{State: printer.Printing, Open: true}
	if f != nil {
		p.Printed, p.Started = f.known()
	}
	return p, true
}
