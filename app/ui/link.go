package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
)

// link is a line that leads somewhere when it is clicked, or by Enter or Space when it has the focus.
type link struct {
	line
	tapped func()
	hooks  hooks
	ring   *canvas.Rectangle
	lit    bool // it has the focus
}

var (
	_ fyne.Focusable     = (*link)(nil)
	_ fyne.Tappable      = (*link)(nil)
	_ desktop.Cursorable = (*link)(nil)
)

func newLink(h hooks, text string, tapped func()) *link {
	l := &link{tapped: tapped, hooks: h, ring: canvas.NewRectangle(nil)}
	l.Text = text
	l.ring.CornerRadius = 4
	l.ExtendBaseWidget(l)
	return l
}

// CreateRenderer draws the words, with a ring around them while it has the focus.
func (l *link) CreateRenderer() fyne.WidgetRenderer {
	r := &linkRenderer{lineRenderer{l: &l.line, text: canvas.NewText("", nil)}, l}
	r.Refresh()
	return r
}

type linkRenderer struct {
	lineRenderer
	link *link
}

func (r *linkRenderer) Layout(s fyne.Size) {
	r.lineRenderer.Layout(s)
	r.link.ring.Move(fyne.NewPos(-around, -around/2))
	r.link.ring.Resize(fyne.NewSize(s.Width+2*around, s.Height+around))
}

func (r *linkRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.text, r.link.ring}
}

func (r *linkRenderer) Refresh() {
	r.lineRenderer.Refresh()
	r.link.ring.StrokeWidth = 0
	if r.link.lit {
		r.link.ring.StrokeColor, r.link.ring.StrokeWidth = theme.ColorForWidget(theme.ColorNamePrimary, r.link), 2
	}
	r.link.ring.Refresh()
}

// Tapped follows where it leads.
func (l *link) Tapped(*fyne.PointEvent) {
	if l.tapped != nil {
		l.tapped()
	}
}

// Cursor shows that it leads somewhere.
func (l *link) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (l *link) FocusGained() { l.lit = true; l.Refresh(); l.hooks.focused(l) }
func (l *link) FocusLost()   { l.lit = false; l.Refresh() }

// TypedKey follows on Enter and Space.
func (l *link) TypedKey(ev *fyne.KeyEvent) {
	if l.hooks.key(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		l.Tapped(nil)
	}
}

// TypedRune lets a scanner be heard.
func (l *link) TypedRune(r rune) { l.hooks.typed(r, false) }
