package ui

import (
	"time"

	"znak/app/scan"
)

// ears listens to the keyboard for a scanner. It lives on the UI thread; silence is told to it by a timer.
type ears struct {
	tasks *tasks
	wedge *scan.Wedge
	timer *time.Timer
	heard func(scan.Input)
	whole func(text string) bool // reports whether a text that ends with Enter is a whole code, which nothing follows; nil: nobody knows
	tail  time.Time              // until then a second Enter still belongs to the code before it
}

// tailGap is how long after a whole code its scanner may press another Enter.
const tailGap = 50 * time.Millisecond

func newEars(t *tasks, heard func(scan.Input)) *ears {
	return &ears{tasks: t, wedge: scan.NewWedge(scan.WedgeParams{}), heard: heard}
}

// press takes a key: a character, '\r' for Enter, '\t' for Tab.
func (e *ears) press(key rune) {
	now := time.Now()
	end := key == '\r' || key == '\n' || key == '\t'
	if end && now.Before(e.tail) {
		e.tail = now.Add(tailGap)
		return
	}
	e.tell(e.wedge.Press(key, now))
	if key == '\r' && e.whole != nil && e.whole(e.wedge.Text()) { // no need to wait whether more comes
		e.tail = now.Add(tailGap)
		e.tell(e.wedge.End())
	}
	if e.timer != nil {
		e.timer.Stop()
	}
	if deadline, ok := e.wedge.Deadline(); ok {
		e.timer = time.AfterFunc(time.Until(deadline)+time.Millisecond, func() { e.tasks.put(e.tick) })
	}
}

// end gives what waits at once.
func (e *ears) end() { e.tell(e.wedge.End()) }

func (e *ears) tick() { e.tell(e.wedge.Tick(time.Now())) }

func (e *ears) tell(list []scan.Input) {
	for _, in := range list {
		e.heard(in)
	}
}

// running reports whether keys came so lately that the next one may belong to the same scan.
func (e *ears) running() bool {
	_, ok := e.wedge.Deadline()
	return ok || time.Now().Before(e.tail)
}
