package station

import (
	"context"
	"sync"
)

// Control is a person's hand on a run: pause, resume, stop after the piece that is going through.
type Control struct {
	mu     sync.Mutex
	pause  chan struct{} // not nil while paused; closed to go on
	stop   chan struct{}
	halted bool
}

// NewControl returns a control of a run that goes on.
func NewControl() *Control { return &Control{stop: make(chan struct{})} }

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
