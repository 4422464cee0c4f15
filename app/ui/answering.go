package ui

import (
	"context"
	"time"
)

// lineTaker answers lines of a scanner with verdicts. A line may be the first of a code of several: then the answer comes with the last one, or with Flush.
type lineTaker[V any] interface {
	Line(ctx context.Context, line string) ([]V, error)
	Flush(ctx context.Context) ([]V, error)
}

// heldFor is how long a code of several lines may stop half way before it is answered as it is.
const heldFor = 1500 * time.Millisecond

// answering lets a goroutine of its own answer lines one by one in their order, so that the window stays alive. It lives on the UI thread.
type answering[V any] struct {
	w      *Window
	taker  lineTaker[V] // nil: nobody yet
	lines  chan string
	answer func([]V, error)
	slow   func() // a line was dropped, for the store does not keep up
}

// begin sends the lines from now on to taker; answers of the one before are dropped.
func (a *answering[V]) begin(taker lineTaker[V]) {
	if a.lines != nil {
		close(a.lines)
	}
	a.taker, a.lines = taker, make(chan string, 1024)
	go a.listen(a.w.tasks.ctx, taker, a.lines)
}

// take sends a line.
func (a *answering[V]) take(line string) {
	select {
	case a.lines <- line:
	default: // the store has not answered a thousand lines: say so instead of losing one silently
		a.slow()
	}
}

// listen answers lines until there are no more.
func (a *answering[V]) listen(ctx context.Context, taker lineTaker[V], lines <-chan string) {
	tell := func(list []V, err error) {
		a.w.tasks.put(func() {
			if a.taker == taker && ctx.Err() == nil {
				a.answer(list, err)
			}
		})
	}
	var silence <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case line, open := <-lines:
			if !open {
				return
			}
			list, err := taker.Line(ctx, line)
			silence = nil
			if err == nil && len(list) == 0 {
				silence = time.After(heldFor)
			} else {
				tell(list, err)
			}
		case <-silence:
			silence = nil
			if a.typing(ctx) { // the rest is on its way from a slow scanner
				silence = time.After(heldFor)
			} else {
				tell(taker.Flush(ctx))
			}
		}
	}
}

// typing asks the UI thread whether keys are coming in.
func (a *answering[V]) typing(ctx context.Context) bool {
	running := make(chan bool, 1)
	a.w.tasks.put(func() { running <- a.w.ears.running() })
	select {
	case some := <-running:
		return some
	case <-ctx.Done():
		return false
	}
}
