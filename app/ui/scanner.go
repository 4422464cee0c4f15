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
}

func newEars(t *tasks, heard func(scan.Input)) *ears {
	return &ears{tasks: t, wedge: scan.NewWedge(scan.WedgeParams{}), heard: heard}
}

// press takes a key: a character, '\r' for Enter, '\t' for Tab.
func (e *ears) press(key rune) {
	e.tell(e.wedge.Press(key, time.Now()))
	if e.timer != nil {
		e.timer.Stop()
	}
	if deadline, ok := e.wedge.Deadline(); ok {
		e.timer = time.AfterFunc(time.Until(deadline)+time.Millisecond, func() { e.tasks.put(e.tick) })
	}
}

func (e *ears) tick() { e.tell(e.wedge.Tick(time.Now())) }

func (e *ears) tell(list []scan.Input) {
	for _, in := range list {
		e.heard(in)
	}
}

// running reports whether keys came so lately that the next one may belong to the same scan.
func (e *ears) running() bool {
	_, ok := e.wedge.Deadline()
	return ok
}
