package usb

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"
)

// wire is a link as a byte stream with a write deadline, which is what a zpl.Session talks over.
type wire struct {
	link   *link
	closed context.Context
	stop   context.CancelFunc

	mu       sync.Mutex
	deadline time.Time
	breakOff context.CancelFunc // the write that waits; nil: none
	timer    *time.Timer
	since    time.Time // it has waited
}

func newWire(l *link) *wire {
	w := &wire{link: l}
	w.closed, w.stop = context.WithCancel(l.life)
	return w
}

// packet is what is read at a time: the largest of every speed below SuperSpeed, so that a read ends with the printer's packet.
const packet = 512

// Read waits for the printer to say something. A printer that cannot is waited for until Close.
func (w *wire) Read(b []byte) (int, error) {
	if !w.link.port.TwoWay() {
		<-w.closed.Done()
		return 0, os.ErrClosed
	}
	var own [packet]byte
	for {
		n, err := w.link.read(w.closed, own[:])
		if n > 0 || err != nil {
			return copy(b, own[:n]), err
		}
	}
}

// Write hands bytes over until the deadline.
func (w *wire) Write(b []byte) (int, error) {
	ctx, cancel := context.WithCancel(w.closed)
	defer cancel()
	w.mu.Lock()
	w.breakOff, w.since = cancel, time.Now()
	w.arm()
	w.mu.Unlock()
	n, err := w.link.write(ctx, b)
	w.mu.Lock()
	w.breakOff, w.since = nil, time.Time{}
	w.arm()
	w.mu.Unlock()
	if err != nil && ctx.Err() != nil && w.closed.Err() == nil && errors.Is(err, context.Canceled) {
		err = errors.Join(os.ErrDeadlineExceeded, err)
	}
	return n, err
}

// SetWriteDeadline breaks off a write that waits then; the zero time never.
func (w *wire) SetWriteDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deadline = t
	w.arm()
	return nil
}

// arm sets the clock for the write that waits. The lock is held.
func (w *wire) arm() {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	if w.breakOff == nil || w.deadline.IsZero() {
		return
	}
	if left := time.Until(w.deadline); left <= 0 {
		w.breakOff()
	} else {
		w.timer = time.AfterFunc(left, w.breakOff)
	}
}

// waiting is how long a write has waited.
func (w *wire) waiting() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		return 0
	}
	return time.Since(w.since)
}

// Close ends the reading.
func (w *wire) Close() { w.stop() }
