package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/postal"
	"znak/app/ui/view"
	"znak/printer/calibrate"
)

// reading is a field for a number that is read on the ruler sheet; while it has the focus the picture shows which distance it is.
type reading struct {
	entry
	pointed func(on bool)
}

func newReading(h hooks, pointed func(bool)) *reading {
	r := &reading{pointed: pointed}
	r.hooks = h
	r.PlaceHolder = "20,0"
	r.Wrapping, r.Scroll = fyne.TextWrapOff, fyne.ScrollHorizontalOnly
	r.ExtendBaseWidget(r)
	return r
}

func (r *reading) FocusGained() {
	r.entry.FocusGained()
	r.pointed(true)
}

func (r *reading) FocusLost() {
	r.entry.FocusLost()
	r.pointed(false)
}

// rulerPicture draws the ruler sheet held upright, with its four crosses and the eight distances from them to the edges.
type rulerPicture struct {
	widget.BaseWidget
	size   postal.EnvelopeFormat
	top    string // the word at the upper edge
	at     int    // the distance that is being entered; -1: none
	wrong  int    // the one that cannot be; -1: none
	corner fyne.Position
	paper  fyne.Size
}

func newRulerPicture(top string) *rulerPicture {
	p := &rulerPicture{top: top, at: -1, wrong: -1}
	p.ExtendBaseWidget(p)
	return p
}

// point shows that a distance is being entered, or no longer.
func (p *rulerPicture) point(i int, on bool) {
	switch {
	case on:
		p.at = i
	case p.at == i:
		p.at = -1
	default:
		return
	}
	p.Refresh()
}

func (p *rulerPicture) blame(i int) {
	if p.wrong != i {
		p.wrong = i
		p.Refresh()
	}
}

// Room around the sheet for the fields, and the fields.
const (
	usualWidth, usualHeight = 96, 36 // of a field, at the usual size of text
	crossShare              = 0.24   // of the sheet's sides: drawn further in than the crosses are, to be seen
)

func fieldWidth() float32  { return usualWidth * zoom() }
func fieldHeight() float32 { return usualHeight * zoom() }
func besideSheet() float32 { return fieldWidth() + 10 }
func aboveSheet() float32  { return fieldHeight() + 10 }

// place fits the sheet into size, with room for the fields around it.
func (p *rulerPicture) place(size fyne.Size) {
	w, h := max(size.Width-2*besideSheet(), 10), max(size.Height-2*aboveSheet(), 10)
	if p.size.Width > 0 {
		shape := float32(p.size.Height / p.size.Width)
		if w*shape > h {
			w = h / shape
		} else {
			h = w * shape
		}
	}
	p.paper = fyne.NewSize(w, h)
	p.corner = fyne.NewPos((size.Width-w)/2, (size.Height-h)/2)
}

// cross is the middle of the n-th cross, from 1.
func (p *rulerPicture) cross(n int) fyne.Position {
	x, y := p.paper.Width*crossShare, p.paper.Height*crossShare*1.1
	if n == 2 || n == 3 {
		x = p.paper.Width - x
	}
	if n > 2 {
		y = p.paper.Height - y
	}
	return p.corner.AddXY(x, y)
}

// edge is where the distance ends.
func (p *rulerPicture) edge(m view.Measure) fyne.Position {
	c := p.cross(m.Cross)
	switch m.Edge {
	case calibrate.Left:
		c.X = p.corner.X
	case calibrate.Right:
		c.X = p.corner.X + p.paper.Width
	case calibrate.Top:
		c.Y = p.corner.Y
	case calibrate.Bottom:
		c.Y = p.corner.Y + p.paper.Height
	}
	return c
}

func (p *rulerPicture) CreateRenderer() fyne.WidgetRenderer {
	r := &rulerRenderer{p: p, sheet: canvas.NewRectangle(nil), top: canvas.NewText(p.top, nil)}
	r.objects = []fyne.CanvasObject{r.sheet, r.top}
	for i := range view.Measures {
		r.lines[i] = canvas.NewLine(nil)
		r.objects = append(r.objects, r.lines[i])
	}
	for i := range r.arms {
		r.arms[i] = canvas.NewLine(nil)
		r.objects = append(r.objects, r.arms[i])
	}
	for i := range r.numbers {
		r.numbers[i] = canvas.NewText(strconv.Itoa(i+1), nil)
		r.objects = append(r.objects, r.numbers[i])
	}
	r.paint()
	return r
}

type rulerRenderer struct {
	p       *rulerPicture
	sheet   *canvas.Rectangle
	top     *canvas.Text
	lines   [len(view.Measures)]*canvas.Line
	arms    [8]*canvas.Line
	numbers [4]*canvas.Text
	objects []fyne.CanvasObject
}

func (r *rulerRenderer) paint() {
	r.sheet.FillColor = theme.ColorForWidget(theme.ColorNameBackground, r.p)
	r.sheet.StrokeColor, r.sheet.StrokeWidth = theme.ColorForWidget(theme.ColorNameInputBorder, r.p), 1
	plain, quiet := theme.ColorForWidget(theme.ColorNameForeground, r.p), theme.ColorForWidget(colorMuted, r.p)
	r.top.Color, r.top.TextSize, r.top.TextStyle.Bold, r.top.Alignment = quiet, theme.SizeForWidget(sizeTable, r.p), true, fyne.TextAlignCenter
	for i, l := range r.lines {
		l.StrokeColor, l.StrokeWidth = quiet, 1
		if i == r.p.at {
			l.StrokeColor, l.StrokeWidth = theme.ColorForWidget(colorAccent, r.p), 4
		}
		if i == r.p.wrong {
			l.StrokeColor, l.StrokeWidth = theme.ColorForWidget(theme.ColorNameError, r.p), 4
		}
	}
	for _, a := range r.arms {
		a.StrokeColor, a.StrokeWidth = plain, 1.5
	}
	for _, n := range r.numbers {
		n.Color, n.TextSize, n.TextStyle.Bold, n.Alignment = plain, theme.SizeForWidget(theme.SizeNameSubHeadingText, r.p), true, fyne.TextAlignCenter
	}
}

func (r *rulerRenderer) Layout(size fyne.Size) {
	p := r.p
	p.place(size)
	r.sheet.Move(p.corner)
	r.sheet.Resize(p.paper)
	r.top.Move(p.corner.AddXY(0, 6))
	r.top.Resize(fyne.NewSize(p.paper.Width, r.top.MinSize().Height))
	for i, m := range view.Measures {
		r.lines[i].Position1, r.lines[i].Position2 = p.cross(m.Cross), p.edge(m)
	}
	const arm = 12
	for i := range r.numbers {
		c := p.cross(i + 1)
		r.arms[2*i].Position1, r.arms[2*i].Position2 = c.AddXY(-arm, 0), c.AddXY(arm, 0)
		r.arms[2*i+1].Position1, r.arms[2*i+1].Position2 = c.AddXY(0, -arm), c.AddXY(0, arm)
		m := r.numbers[i].MinSize()
		x, y := float32(arm), float32(arm-4) // inwards of the cross
		if i == 1 || i == 2 {
			x = -arm - m.Width
		}
		if i > 1 {
			y = -arm - m.Height + 4
		}
		r.numbers[i].Move(c.AddXY(x, y))
		r.numbers[i].Resize(m)
	}
}

func (r *rulerRenderer) MinSize() fyne.Size {
	w := max(200, (fieldWidth()+8)/(1-2*crossShare)) // two fields side by side
	h := float32(160)
	if s := r.p.size; s.Width > 0 {
		h = max(h, w*float32(s.Height/s.Width))
	}
	return fyne.NewSize(2*besideSheet()+w, 2*aboveSheet()+h)
}

func (r *rulerRenderer) Refresh() {
	r.paint()
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

func (r *rulerRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *rulerRenderer) Destroy()                     {}

// aroundSheet lays the picture under the fields and each field where its distance ends. The first object is the picture, then the fields in
// the order of view.Measures, which is also the order of the Tab key; the last is the sign that stands in a field whose number cannot be.
type aroundSheet struct{ picture *rulerPicture }

func (a aroundSheet) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (a aroundSheet) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(size)
	a.picture.place(size)
	for i, m := range view.Measures {
		at := a.picture.edge(m)
		switch m.Edge {
		case calibrate.Left:
			at = at.AddXY(-besideSheet(), -fieldHeight()/2)
		case calibrate.Right:
			at = at.AddXY(besideSheet()-fieldWidth(), -fieldHeight()/2)
		case calibrate.Top:
			at = at.AddXY(-fieldWidth()/2, -aboveSheet())
		case calibrate.Bottom:
			at = at.AddXY(-fieldWidth()/2, aboveSheet()-fieldHeight())
		}
		o[i+1].Move(at)
		o[i+1].Resize(fyne.NewSize(fieldWidth(), fieldHeight()))
		if i == a.picture.wrong {
			const side = 20
			sign := o[len(o)-1]
			sign.Move(at.AddXY(fieldWidth()-side-8, (fieldHeight()-side)/2))
			sign.Resize(fyne.NewSquareSize(side))
		}
	}
}
