package station

import (
	"context"
	"errors"
	"sync"
)

// Control is a person's hand on a run: pause, resume, stop after the piece that is going through, cancel what the printer still holds, move to
// another printer.
type Control struct {
	mu        sync.Mutex
	pause     chan struct{} // not nil while paused; closed to go on
	stop      chan struct{}
	halted    bool
	cancel    chan struct{}
	cancelled bool
	to        string // the printer to move to
}

// NewControl returns a control of a run that goes on.
func NewControl() *Control { return &Control{stop: make(chan struct{}), cancel: make(chan struct{})} }

// Pause holds the next piece back.
func (c *Control) Pause() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pause == nil {
		c.pause = make(chan struct{})
	}
}

// Resume goes on.
func (c *Control) Resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pause != nil {
		close(c.pause)
		c.pause = nil
	}
}

// Stop ends the run before the next piece; what has been sent stays.
func (c *Control) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.halted {
		c.halted = true
		close(c.stop)
	}
}

// Cancel ends the run now: what the printer has not begun yet is taken back from it. Of the piece that was going through nobody may know.
func (c *Control) Cancel() {
	c.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cancelled {
		c.cancelled = true
		close(c.cancel)
	}
}

// Move lets the run go on at another printer, from its next slip on.
func (c *Control) Move(printer string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.to = printer
}

func (c *Control) moved() (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	to := c.to
	c.to = ""
	return to, to != ""
}

// context ends with ctx or when the person cancels.
func (c *Control) context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancel(ctx)
	go func() {
		select {
		case <-c.cancel:
			end()
		case <-ctx.Done():
		}
	}()
	return ctx, end
}

// unlessCancelled is err, or nothing where all that happened is that the person cancelled.
func (c *Control) unlessCancelled(ctx context.Context, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancelled && ctx.Err() == nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (c *Control) stopped() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.halted
}

// wait returns when the next piece may go: nil, errStopped, or the context's error. tell hears of the beginning and the end of a pause.
func (c *Control) wait(ctx context.Context, tell func(paused bool)) error {
	c.mu.Lock()
	pause := c.pause
	c.mu.Unlock()
	if pause != nil {
		tell(true)
		select {
		case <-pause:
			tell(false)
		case <-c.stop:
		case <-ctx.Done():
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case c.stopped():
		return errStopped
	}
	return nil
}
