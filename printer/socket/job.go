package socket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"znak/printer"
	"znak/printer/page"
	"znak/printer/zpl"
)

// job is one connection.
type job struct {
	device  *device
	id      string
	conn    net.Conn
	session *zpl.Session
	deaf    bool
	ended   atomic.Bool
	gaveUp  atomic.Bool // Finish was given up by its caller
	broken  atomic.Bool // a label was not sent to its end

	mu      sync.Mutex // of the encoder: a page at a time
	encoder *zpl.Encoder
}

var errEnded = errors.New("socket: the job has ended")

// Send waits until the printer has room, then sends the page. A page that cannot be drawn is not taken and the job goes on. A broken connection ends the
// job (code socket.cut).
func (j *job) Send(ctx context.Context, p page.Page) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ended.Load() {
		return errEnded
	}
	began := false
	err := j.session.Print(ctx, func(w io.Writer) error {
		err := j.encoder.Body(w, p)
		began = true
		return err
	})
	if wire := j.session.Err(); err != nil && wire != nil {
		j.broken.Store(began)
		return j.cut(ctx, err)
	}
	return err
}

// cut names a broken connection.
func (j *job) cut(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("the printer closed the connection: %w", err)
	}
	return j.device.fault("socket.cut", err)
}

// Finish waits until the printer says that nothing is left, through faults that a person can clear. If the context ends first, the job stays as it is
// until it is aborted, finished again or followed by another. A deaf printer is waited for until it has taken all bytes.
func (j *job) Finish(ctx context.Context) (printer.Progress, error) {
	if j.ended.Load() {
		return j.result(), errEnded
	}
	j.gaveUp.Store(false)
	err := j.session.Wait(ctx)
	if err == nil && j.deaf {
		err = j.drain(ctx)
	}
	if err != nil && ctx.Err() != nil && j.session.Err() == nil {
		j.gaveUp.Store(true)
		return j.live(), err
	}
	p := j.end()
	switch {
	case err != nil && p.Printed < p.Started:
		return p, j.cut(ctx, err)
	case j.deaf:
		p.State = printer.Done
	}
	return p, nil
}

// drain closes our side and waits for the printer's to close: then it has read everything. Not all do so; it is not waited for long.
func (j *job) drain(ctx context.Context) error {
	if tcp, ok := j.conn.(*net.TCPConn); !ok || tcp.CloseWrite() != nil {
		return j.session.Err()
	}
	until := time.Now().Add(drainTime)
	for time.Now().Before(until) {
		if err := j.session.Err(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

const drainTime = 3 * time.Second

// Abort makes the printer forget what it has not begun. If the connection is broken there is nothing to be stopped by it.
func (j *job) Abort(ctx context.Context) error {
	if j.ended.Load() {
		return nil
	}
	var err error
	if j.session.Known().Sent > 0 && j.session.Err() == nil {
		limited, cancel := context.WithTimeout(ctx, abortTime)
		defer cancel()
		err = j.session.Cancel(limited)
	}
	j.end()
	if err != nil {
		return j.device.fault("socket.abort", err)
	}
	return nil
}

// abortTime bounds the words to a printer that perhaps takes no more bytes.
const abortTime = 8 * time.Second

// end ends the job once and tells its result.
func (j *job) end() printer.Progress {
	j.device.mu.Lock()
	defer j.device.mu.Unlock()
	if j.ended.Load() {
		return j.device.ended[j.id]
	}
	return j.device.close(j)
}

func (j *job) result() printer.Progress {
	j.device.mu.Lock()
	defer j.device.mu.Unlock()
	return j.device.ended[j.id]
}

// abandoned reports whether Finish was given up and nobody has taken care of the job since.
func (j *job) abandoned() bool { return j.gaveUp.Load() }

// live is the progress of the job while it is open.
func (j *job) live() printer.Progress {
	k := j.session.Known()
	p := printer.Progress{Open: true, Printed: k.Printed, Started: k.Sent}
	if p.State, p.Words = j.look(k); p.State == printer.Ready {
		p.State = printer.Printing // there are labels to come, or they have just come out
	}
	return p
}

// look is the state of the printer by its last words.
func (j *job) look(k zpl.Known) (printer.State, []string) {
	switch {
	case k.Err != nil:
		return printer.Offline, []string{k.Err.Error()}
	case j.deaf:
		return printer.Printing, nil
	case k.Silent:
		return printer.Offline, []string{wordSilent}
	}
	return k.Status.State()
}

// last is the progress of the job at its end.
func (j *job) last() printer.Progress {
	k := j.session.Known()
	p := printer.Progress{State: printer.Done, Printed: k.Printed, Started: k.Sent}
	if p.Printed < p.Started {
		p.State = printer.Unknown
		if state, words := j.look(k); state != printer.Ready && state != printer.Printing {
			p.State, p.Words = state, words
		}
	}
	return p
}

// state is the answer to Device.State while the job is open: the last answer if it is of now, else a new one.
func (j *job) state(ctx context.Context) (printer.State, []string, error) {
	k := j.session.Known()
	if k.Err == nil && !j.deaf && !k.Silent && time.Since(k.Heard) > fresh {
		ctx, cancel := context.WithTimeout(ctx, fresh)
		defer cancel()
		if err := j.session.Refresh(ctx); err != nil && j.session.Err() == nil {
			return printer.Offline, []string{wordSilent}, nil
		}
		k = j.session.Known()
	}
	state, words := j.look(k)
	return state, words, nil
}
