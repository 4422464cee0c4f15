//go:build !nowindow

package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"znak/app/ui"
	"znak/store"
)

// noticed is how long records are brought up to date before a window tells of it: what is over sooner nobody could read.
const noticed = 300 * time.Millisecond

// opening is a data folder that is being opened off the UI thread, which has the time to show how far it is.
type opening struct {
	dir    string
	cancel context.CancelFunc
	begun  chan struct{} // closed when records of an older program are found
	ended  chan struct{} // closed when office and err are there
	last   atomic.Pointer[store.Upgrade]
	office *office
	err    error
}

func (c *command) beginOpening(ctx context.Context, dir string) *opening {
	ctx, cancel := context.WithCancel(ctx)
	p := &opening{dir: dir, cancel: cancel, begun: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		p.office, p.err = c.openOffice(ctx, &office{dir: dir, upgrading: p.tell})
	}()
	return p
}

func (p *opening) tell(u store.Upgrade) {
	if p.last.Swap(&u) == nil {
		close(p.begun)
	}
}

// isLong waits until the folder is open, or until it is known that a person has to wait for it.
func (p *opening) isLong() bool {
	select {
	case <-p.ended:
		return false
	case <-p.begun:
	}
	select {
	case <-p.ended:
		return false
	case <-time.After(noticed):
		return true
	}
}

// end waits for the folder.
func (p *opening) end() (*office, error) {
	<-p.ended
	return p.office, p.err
}

// upgrade opens a window that says how far the records of an older program are, and goes on with the ordinary one. A program that is told to end meanwhile ends
// well: the records are as they were.
func (c *command) upgrade(ctx context.Context, p *opening, calls <-chan struct{}, more func(*ui.Params)) (err error) {
	d := &desk{c: c}
	defer func() { err = d.end(err, recover()) }()
	var failed error
	ended := make(chan struct{})
	ui.RunUpgrade(newApp(), ui.UpgradeParams{Text: c.text, Called: calls, HowFar: func() store.Upgrade { return *p.last.Load() },
		Opened: func() (w ui.Params, r *ui.RescueParams, err error) {
			defer func() { failed = err; close(ended) }()
			o, err := p.end()
			if errors.Is(err, store.ErrDamaged) {
				r, err = d.rescue(ctx, p.dir, err, more)
				return w, r, err
			}
			if err != nil {
				return w, nil, err
			}
			d.take(ctx, o)
			w, err = d.params(ctx)
			more(&w)
			return w, nil, errors.Join(err, ctx.Err()) // no window opens any more where the program was told to end
		}})
	p.cancel() // a shutdown of the computer does not wait for the end
	<-ended
	if errors.Is(failed, context.Canceled) {
		return nil
	}
	return failed
}
