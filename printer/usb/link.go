package usb

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// link is a claimed printer that is held for a job and for a moment after it. Every use of the port goes through it, so that it is closed
// only when nobody is in it: libusb does not forgive that.
type link struct {
	seat seat
	id   ID
	deaf bool // it did not answer a question; only for who holds the job

	broken atomic.Bool  // it is to be claimed anew for the next job, which also clears the pipes
	faults atomic.Int64 // writes that failed

	life context.Context // ends when the link is to be closed, so that nobody waits in the port then
	stop context.CancelFunc

	statusMu sync.Mutex
	asked    time.Time
	said     byte
	saidErr  error

	mu     sync.RWMutex
	port   port
	closed bool
}

func newLink(s seat, p port) *link {
	l := &link{seat: s, port: p}
	l.life, l.stop = context.WithCancel(context.Background())
	return l
}

func (l *link) use(f func(port) error) error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return errors.Join(errGone, errNotTaken)
	}
	return f(l.port)
}

func (l *link) write(ctx context.Context, b []byte) (n int, err error) {
	err = l.use(func(p port) error {
		n, err = p.Write(ctx, b)
		return err
	})
	if err != nil {
		l.faults.Add(1)
		l.broken.Store(true)
	}
	return n, err
}

func (l *link) read(ctx context.Context, b []byte) (n int, err error) {
	err = l.use(func(p port) error {
		n, err = p.Read(ctx, b)
		return err
	})
	return n, err
}

// status asks for the port status, twenty times a second at most, however many ask.
func (l *link) status() (byte, error) {
	l.statusMu.Lock()
	defer l.statusMu.Unlock()
	if time.Since(l.asked) < 50*time.Millisecond {
		return l.said, l.saidErr
	}
	l.saidErr = l.use(func(p port) (err error) {
		l.said, err = p.Status()
		return err
	})
	l.asked = time.Now()
	return l.said, l.saidErr
}

func (l *link) isClosed() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.closed
}

// close gives the printer back. Reading ends at once, everything else in the port is waited for.
func (l *link) close() {
	l.stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		l.port.Close()
	}
}
