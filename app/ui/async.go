package ui

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"
)

// tasks runs work off the UI thread and brings what came of it back. No call to the station is made in any other way.
type tasks struct {
	life context.Context // of the window
	ctx  context.Context // of what was begun since the station was last put in its place; read and written on the UI thread only
	stop context.CancelFunc
	put  func(func()) // runs a function on the UI thread
	// looks is the pulse of the window: it calls tick on the UI thread after each look at the keyboard.
	looks func(tick func()) pulse
	busy  func(some bool) // on the UI thread: whether anything a person waits for goes on

	mu      sync.Mutex
	alone   bool            // one thing is done alone: nothing else begins
	landing chan struct{}   // closed when the last of what goes on has come back; nil: nobody waits for it
	flying  int             // everything that has not come back
	waiting int             // of it, what a person waits for
	running map[string]bool // by key
	again   map[string]func()
}

func newTasks(life context.Context) *tasks {
	ctx, stop := context.WithCancel(life)
	return &tasks{life: life, ctx: ctx, stop: stop, put: fyne.Do, looks: frames, busy: func(bool) {}, running: map[string]bool{}, again: map[string]func(){}}
}

// alone stops all that goes on, waits until it has come back, and does work while nothing else is asked of the station: it may put another in its place.
// What is begun meanwhile is dropped.
func alone[T any](t *tasks, work func(context.Context) (T, error), done func(T, error)) bool {
	t.mu.Lock()
	if t.alone {
		t.mu.Unlock()
		return false
	}
	t.alone = true
	landed := make(chan struct{})
	if t.flying == 0 {
		close(landed)
	} else {
		t.landing = landed
	}
	t.mu.Unlock()
	t.stop()
	go func() {
		<-landed
		v, err := work(t.life)
		t.put(func() {
			t.ctx, t.stop = context.WithCancel(t.life)
			t.mu.Lock()
			t.alone = false
			t.mu.Unlock()
			if t.life.Err() == nil {
				done(v, err)
			}
		})
	}()
	return true
}

// start does work for a person, with the busy mark on. While work with the same key goes on, a second start is dropped (a double click
// must not do a thing twice); it reports whether it was taken.
func start[T any](t *tasks, key string, work func(context.Context) (T, error), done func(T, error)) bool {
	ctx := t.ctx
	t.mu.Lock()
	if t.alone || t.running[key] {
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
		v, err := work(ctx)
		t.put(func() {
			t.mu.Lock()
			delete(t.running, key)
			t.waiting--
			last := t.waiting == 0
			t.mu.Unlock()
			if last {
				t.busy(false)
			}
			if ctx.Err() == nil {
				done(v, err)
			}
		})
		t.landed()
	}()
	return true
}

// load reads what a screen shows, quietly. While a load with the same key goes on, the newest one waits for it and the ones between are forgotten.
func load[T any](t *tasks, key string, work func(context.Context) (T, error), done func(T, error)) {
	ctx := t.ctx
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.alone {
		return
	}
	if t.running[key] {
		t.again[key] = func() { load(t, key, work, done) }
		return
	}
	t.running[key] = true
	t.flying++
	go func() {
		v, err := work(ctx)
		t.put(func() {
			t.mu.Lock()
			delete(t.running, key)
			next := t.again[key]
			delete(t.again, key)
			t.mu.Unlock()
			if ctx.Err() != nil {
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
	defer t.mu.Unlock()
	if t.flying--; t.flying == 0 && t.landing != nil {
		close(t.landing)
		t.landing = nil
	}
}

// quiet reports whether everything has come back.
func (t *tasks) quiet() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.flying == 0 && !t.alone
}

// background reads without a key: several may go on at once.
func background[T any](t *tasks, work func(context.Context) (T, error), done func(T, error)) {
	ctx := t.ctx
	t.mu.Lock()
	if t.alone {
		t.mu.Unlock()
		return
	}
	t.flying++
	t.mu.Unlock()
	go func() {
		v, err := work(ctx)
		t.put(func() {
			if ctx.Err() == nil {
				done(v, err)
			}
		})
		t.landed()
	}()
}
