package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/printer"
)

// faultPicture is a simple drawing of a printer and of what is wrong with it: the place to look at is in the colour of trouble. Words stand beside it.
type faultPicture struct {
	widget.BaseWidget
	state printer.State
}

func newFaultPicture() *faultPicture {
	f := &faultPicture{}
	f.ExtendBaseWidget(f)
	return f
}

func (f *faultPicture) set(s printer.State) {
	if f.state != s {
		f.state = s
		f.Refresh()
	}
}

func (f *faultPicture) CreateRenderer() fyne.WidgetRenderer {
	r := &faultRenderer{f: f}
	r.Refresh()
	return r
}

type faultRenderer struct {
	f     *faultPicture
	parts []part
}

// part is a shape on a board of 100 by 80; a line runs from the first corner to the second.
type part struct {
	o              fyne.CanvasObject
	x1, y1, x2, y2 float32
}

func (r *faultRenderer) MinSize() fyne.Size { return fyne.NewSize(150, 120) }

func (r *faultRenderer) Layout(s fyne.Size) {
	k := min(s.Width/100, s.Height/80)
	dx, dy := (s.Width-100*k)/2, (s.Height-80*k)/2
	at := func(x, y float32) fyne.Position { return fyne.NewPos(dx+x*k, dy+y*k) }
	for _, p := range r.parts {
		if l, ok := p.o.(*canvas.Line); ok {
			l.Position1, l.Position2 = at(p.x1, p.y1), at(p.x2, p.y2)
			continue
		}
		p.o.Move(at(p.x1, p.y1))
		p.o.Resize(fyne.NewSize((p.x2-p.x1)*k, (p.y2-p.y1)*k))
	}
}

func (r *faultRenderer) Refresh() {
	ink := func(name fyne.ThemeColorName) color.Color { return theme.ColorForWidget(name, r.f) }
	body, paper, edge, bad := ink(fillIdle), ink(theme.ColorNameBackground), ink(colorMuted), ink(theme.ColorNameError)
	r.parts = nil
	box := func(x1, y1, x2, y2 float32, fill, stroke color.Color, round float32) {
		o := canvas.NewRectangle(fill)
		o.CornerRadius = round
		if stroke != nil {
			o.StrokeColor, o.StrokeWidth = stroke, 2
		}
		r.parts = append(r.parts, part{o, x1, y1, x2, y2})
	}
	dot := func(x1, y1, x2, y2 float32, fill color.Color) {
		r.parts = append(r.parts, part{canvas.NewCircle(fill), x1, y1, x2, y2})
	}
	line := func(stroke color.Color, width float32, points ...float32) {
		for i := 0; i+3 < len(points); i += 2 {
			l := canvas.NewLine(stroke)
			l.StrokeWidth = width
			r.parts = append(r.parts, part{l, points[i], points[i+1], points[i+2], points[i+3]})
		}
	}
	arrow := func(x, y1, y2 float32) { // down or up
		way := float32(5)
		if y2 < y1 {
			way = -5
		}
		line(bad, 3, x, y1, x, y2)
		line(bad, 3, x-5, y2-way, x, y2, x+5, y2-way)
	}

	open := r.f.state == printer.DoorOpen
	if r.f.state != printer.OutOfPaper { // envelopes in the feeder
		box(34, 8, 66, 32, paper, edge, 1)
	}
	box(16, 30, 84, 62, body, nil, 5) // the printer
	box(28, 52, 72, 56, ink(theme.ColorNameShadow), nil, 1)
	if !open {
		dot(74, 36, 79, 41, bad)
	}
	switch r.f.state {
	case printer.OutOfPaper:
		box(34, 18, 66, 30, color.Transparent, bad, 1) // the empty feeder
		arrow(50, 2, 14)
	case printer.Jam:
		box(36, 54, 64, 70, paper, edge, 1)
		line(bad, 3, 34, 58, 40, 66, 46, 57, 52, 67, 58, 57, 66, 66)
	case printer.DoorOpen:
		line(bad, 4, 16, 31, 6, 6, 40, 2)
		arrow(26, 10, 24)
	case printer.RibbonOut:
		dot(32, 36, 46, 50, paper)
		dot(37, 41, 41, 45, bad)
		dot(54, 36, 68, 50, paper)
		dot(59, 41, 63, 45, bad)
		line(bad, 2, 39, 50, 46, 50)
	case printer.Paused:
		box(42, 37, 47, 50, paper, nil, 0)
		box(53, 37, 58, 50, paper, nil, 0)
	case printer.Offline:
		line(edge, 3, 84, 50, 92, 50, 92, 70, 70, 70)
		line(edge, 3, 48, 70, 8, 70)
		line(bad, 3, 54, 65, 64, 75)
		line(bad, 3, 64, 65, 54, 75)
	default: // its own screen says what it wants
		box(36, 35, 64, 49, paper, bad, 2)
		line(bad, 4, 50, 37, 50, 43)
		dot(48.5, 44.5, 51.5, 47.5, bad)
	}
	r.Layout(r.f.Size())
	canvas.Refresh(r.f)
}

func (r *faultRenderer) Objects() []fyne.CanvasObject {
	list := make([]fyne.CanvasObject, len(r.parts))
	for i, p := range r.parts {
		list[i] = p.o
	}
	return list
}
func (r *faultRenderer) Destroy() {}
