package ui

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"
)

// tasks runs work off the UI thread and brings what came of it back. No call to the station is made in any other way.
type tasks struct {
	ctx  context.Context
	put  func(func())    // runs a function on the UI thread
	busy func(some bool) // on the UI thread: whether anything a person waits for goes on

	mu      sync.Mutex
	flying  int             // everything that has not come back
	waiting int             // of it, what a person waits for
	running map[string]bool // by key
	again   map[string]func()
}

func newTasks(ctx context.Context) *tasks {
	return &tasks{ctx: ctx, put: fyne.Do, busy: func(bool) {}, running: map[string]bool{}, again: map[string]func(){}}
}

// start does work for a person, with the busy mark on. While work with the same key goes on, a second start is dropped (a double click
// must not do a thing twice); it reports whether it was taken.
func start[T any](t *tasks, key string, work func(context.Context) (T, error), done func(T, error)) bool {
	t.mu.Lock()
	if t.running[key] {
		t.mu.Unlock()
		return false
	}
	t.running[key] = true
	t.flying++
	t.waiting++
	first := t.waiting == 1
	t.mu.Unlock()
	if first {
		t.busy(true)
	}
	go func() {
		v, err := work(t.ctx)
		t.put(func() {
			t.mu.Lock()
			delete(t.running, key)
			t.waiting--
			last := t.waiting == 0
			t.mu.Unlock()
			if last {
				t.busy(false)
			}
			if t.ctx.Err() == nil {
				done(v, err)
			}
		})
		t.landed()
	}()
	return true
}

// load reads what a screen shows, quietly. While a load with the same key goes on, the newest one waits for it and the ones between are forgotten.
func load[T any](t *tasks, key string, work func(context.Context) (T, error), done func(T, error)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running[key] {
		t.again[key] = func() { load(t, key, work, done) }
		return
	}
	t.running[key] = true
	t.flying++
	go func() {
		v, err := work(t.ctx)
		t.put(func() {
			t.mu.Lock()
			delete(t.running, key)
			next := t.again[key]
			delete(t.again, key)
			t.mu.Unlock()
			if t.ctx.Err() != nil {
				return
			}
			done(v, err)
			if next != nil {
				next()
			}
		})
		t.landed()
	}()
}

func (t *tasks) landed() {
	t.mu.Lock()
	t.flying--
	t.mu.Unlock()
}

// quiet reports whether everything has come back.
func (t *tasks) quiet() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.flying == 0
}

// background reads without a key: several may go on at once.
func background[T any](t *tasks, work func(context.Context) (T, error), done func(T, error)) {
	t.mu.Lock()
	t.flying++
	t.mu.Unlock()
	go func() {
		v, err := work(t.ctx)
		t.put(func() {
			if t.ctx.Err() == nil {
				done(v, err)
			}
		})
		t.landed()
	}()
}
