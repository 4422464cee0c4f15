package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"znak/app/scan"
)

// ears listens to the keyboard for a scanner. It lives on the UI thread.
//
// The window hears of keys once a frame. While it paints, keys wait, and the time between two that are heard says little of the time between two that were
// pressed: a slow screen would tear a scan in two. So ears have a clock of their own, which stands still while the window does not look at the keyboard.
type ears struct {
	wedge  *scan.Wedge
	looks  pulse
	clock  time.Time // of the last key
	heard  time.Time // the last key, by the clock on the wall
	looked time.Time // the window looked for keys last, by the same
	tell   func(scan.Input)
	whole  func(text string) bool // reports whether a text that ends with Enter is a whole code, which nothing follows; nil: nobody knows
	tail   time.Time              // by the ears' clock: until then a second Enter still belongs to the code before it; zero: none does
}

// pulse calls a function on the UI thread after each look at the keyboard, between Start and Stop.
type pulse interface {
	Start()
	Stop()
}

// frames is the pulse of a real window: Fyne ticks animations each time it has looked for keys, before it paints.
func frames(tick func()) pulse {
	return &fyne.Animation{Duration: time.Hour, RepeatCount: fyne.AnimationRepeatForever, Tick: func(float32) { tick() }}
}

const (
	// tailGap is how long after a whole code its scanner may press another Enter.
	tailGap = 50 * time.Millisecond
	// lively is the longest time between two looks at which a key counts as pressed when it is heard.
	lively = 30 * time.Millisecond
)

func newEars(t *tasks, tell func(scan.Input)) *ears {
	e := &ears{wedge: scan.NewWedge(scan.WedgeParams{}), tell: tell}
	e.looks = t.looks(e.look)
	return e
}

// press takes a key: a character, '\r' for Enter, '\t' for Tab.
func (e *ears) press(key rune) {
	at := e.time()
	if isEnd := key == '\r' || key == '\n' || key == '\t'; !isEnd {
		e.tail = time.Time{} // the next code has begun
	} else if at.Before(e.tail) {
		e.tail = at.Add(tailGap)
		return
	}
	e.give(e.wedge.Press(key, at))
	if key == '\r' && e.whole != nil && e.whole(e.wedge.Text()) { // no need to wait whether more comes
		e.tail = at.Add(tailGap)
		e.give(e.wedge.End())
	}
}

// time is that of the key which is heard now. It was pressed after the last look, which did not find it; the window may have been busy since.
func (e *ears) time() time.Time {
	now := time.Now()
	switch {
	case !e.running():
		e.clock, e.looked = now, now
		e.looks.Start()
	case now.Sub(e.looked) < lively:
		e.clock = e.clock.Add(now.Sub(e.heard))
	case e.looked.After(e.heard):
		e.clock = e.clock.Add(e.looked.Sub(e.heard))
	}
	e.heard = now
	return e.clock
}

// look is told that the window has looked for keys and has handed over all that there were.
func (e *ears) look() {
	e.looked = time.Now()
	silent := e.clock.Add(e.looked.Sub(e.heard))
	e.give(e.wedge.Tick(silent))
	if silent.After(e.tail) {
		e.tail = time.Time{}
	}
	if !e.running() {
		e.looks.Stop()
	}
}

// end gives what waits at once.
func (e *ears) end() { e.give(e.wedge.End()) }

func (e *ears) give(list []scan.Input) {
	for _, in := range list {
		e.tell(in)
	}
}

// running reports whether keys came so lately that the next one may belong to the same scan.
func (e *ears) running() bool {
	_, ok := e.wedge.Deadline()
	return ok || !e.tail.IsZero()
}
