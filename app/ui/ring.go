package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// ring is drawn inside the edge of a list or a table that has the focus: the toolkit marks only the row that the arrows are on, and too faintly.
type ring struct {
	rect *canvas.Rectangle
	lit  bool
}

func (r *ring) set(lit bool, of fyne.Widget) {
	r.lit = lit
	if r.rect == nil { // nothing is drawn yet
		return
	}
	r.paint(of)
	r.rect.Refresh()
}

func (r *ring) paint(of fyne.Widget) {
	r.rect.StrokeWidth = 0
	if r.lit {
		r.rect.StrokeColor, r.rect.StrokeWidth = theme.ColorForWidget(theme.ColorNamePrimary, of), 2
	}
}

// around gives a renderer of the toolkit that draws the ring as well.
func (r *ring) around(inner fyne.WidgetRenderer, of fyne.Widget) fyne.WidgetRenderer {
	r.rect = canvas.NewRectangle(nil)
	r.rect.CornerRadius = 4
	r.paint(of)
	return &ringRenderer{inner, r, of}
}

type ringRenderer struct {
	fyne.WidgetRenderer
	ring *ring
	of   fyne.Widget
}

func (r *ringRenderer) Objects() []fyne.CanvasObject {
	inner := r.WidgetRenderer.Objects()
	return append(inner[:len(inner):len(inner)], r.ring.rect)
}

func (r *ringRenderer) Layout(s fyne.Size) {
	r.WidgetRenderer.Layout(s)
	r.ring.rect.Move(fyne.NewPos(1, 1))
	r.ring.rect.Resize(s.Subtract(fyne.NewSquareSize(2)))
}

func (r *ringRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.ring.paint(r.of)
	r.ring.rect.Refresh()
}
