package winspool

import (
	"context"
	"errors"
	"time"
)

// patience is how long a question to the spooler may take; one that hangs longer is an answer too: offline.
const patience = 2 * time.Second

// line takes calls to the spooler one at a time. A call that hangs cannot be stopped, so it is left behind, and nobody else is sent
// after it until it comes back.
type line struct{ busy chan struct{} }

func newLine() *line { return &line{make(chan struct{}, 1)} }

// do calls f and waits for it as long as ctx and limit allow; limit 0 means ctx alone. The error is errSilent, ctx's or that of f.
// left is whether f is still running.
func (l *line) do(ctx context.Context, limit time.Duration, f func() error) (left bool, err error) {
	wait := ctx
	if limit > 0 {
		var cancel context.CancelFunc
		wait, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	silent := func() error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errSilent
	}
	select {
	case l.busy <- struct{}{}:
	case <-wait.Done():
		return false, silent()
	}
	done := make(chan error, 1)
	go func() {
		err := f()
		<-l.busy
		done <- err
	}()
	select {
	case err := <-done:
		return false, err
	case <-wait.Done():
		return true, silent()
	}
}

// ask puts a question with the usual patience.
func ask[T any](ctx context.Context, l *line, f func() (T, error)) (T, error) {
	answer := make(chan T, 1)
	_, err := l.do(ctx, patience, func() error {
		v, err := f()
		answer <- v
		return err
	})
	if errors.Is(err, errSilent) || ctx.Err() != nil && err != nil {
		var none T
		return none, err
	}
	return <-answer, err
}
