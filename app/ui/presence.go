package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// presence lies under everything in the window and notices that the mouse moves, which puts the lock off as a key does. The toolkit tells movements only to
// the topmost widget that asks for them, but asks every widget below the pointer for its cursor each time the pointer moves.
type presence struct {
	widget.BaseWidget
	content fyne.CanvasObject
	touch   func()
	now     func() time.Time
	last    time.Time
}

var _ desktop.Cursorable = (*presence)(nil)

// presenceEvery is how often a moving mouse is told on: the pointer moves hundreds of times a second.
const presenceEvery = time.Second

func newPresence(w *Window, content fyne.CanvasObject) *presence {
	p := &presence{content: content, now: time.Now}
	p.touch = func() {
		if !w.gate.shut {
			w.station.Touch()
		}
	}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer draws the content and nothing else.
func (p *presence) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.content) }

// Cursor is asked for whenever the mouse moves over the window.
func (p *presence) Cursor() desktop.Cursor {
	if now := p.now(); now.Sub(p.last) >= presenceEvery {
		p.last = now
		p.touch()
	}
	return desktop.DefaultCursor
}
