package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// tap makes its content lead somewhere when it is clicked, or by Enter or Space when it has the focus.
type tap struct {
	widget.BaseWidget
	content fyne.CanvasObject
	tapped  func()
	hooks   hooks
	ring    *canvas.Rectangle
	focused bool
}

func newTap(h hooks, content fyne.CanvasObject, tapped func()) *tap {
	t := &tap{hooks: h, content: content, tapped: tapped, ring: canvas.NewRectangle(nil)}
	t.ring.CornerRadius = 6
	t.ExtendBaseWidget(t)
	return t
}

var (
	_ fyne.Focusable     = (*tap)(nil)
	_ desktop.Cursorable = (*tap)(nil)
)

// CreateRenderer draws the content with a ring around it while it has the focus.
func (t *tap) CreateRenderer() fyne.WidgetRenderer { return &tapRenderer{t} }

type tapRenderer struct{ t *tap }

// around is how far the ring stands out, so that words do not move for it.
const around = 4

func (r *tapRenderer) Layout(s fyne.Size) {
	r.t.content.Resize(s)
	r.t.ring.Move(fyne.NewPos(-around, -around))
	r.t.ring.Resize(fyne.NewSize(s.Width+2*around, s.Height+2*around))
}
func (r *tapRenderer) MinSize() fyne.Size { return r.t.content.MinSize() }
func (r *tapRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.t.content, r.t.ring}
}
func (r *tapRenderer) Destroy() {}
func (r *tapRenderer) Refresh() {
	r.t.ring.StrokeWidth = 0
	if r.t.focused {
		r.t.ring.StrokeColor, r.t.ring.StrokeWidth = theme.ColorForWidget(theme.ColorNamePrimary, r.t), 2
	}
	r.t.ring.Refresh()
}

// Tapped follows where it leads.
func (t *tap) Tapped(*fyne.PointEvent) { t.tapped() }

// Cursor shows that it leads somewhere.
func (t *tap) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (t *tap) FocusGained() { t.focused = true; t.Refresh(); t.hooks.focused(t) }
func (t *tap) FocusLost()   { t.focused = false; t.Refresh() }

// TypedKey follows on Enter and Space.
func (t *tap) TypedKey(ev *fyne.KeyEvent) {
	if t.hooks.key(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		t.tapped()
	}
}

// TypedRune lets a scanner be heard.
func (t *tap) TypedRune(r rune) { t.hooks.typed(r, false) }
