package page

import (
	"errors"
	"fmt"
	"math"
)

// PerMetre is a small ratio: millimetres in a metre. As an angle, 1 is a thousandth of a radian.
type PerMetre float64

// Adjust is a fault of a printer, as measured: where on the paper it puts what it was told to put elsewhere. It is in the coordinates of the paper as
// fed (see Page.Placement), because it comes from how the printer takes and moves the paper: it belongs to a printer, a format and a
// tray, and stays what it is when the face is laid on the paper another way. Zero values: no fault.
type Adjust struct {
	DX, DY         Millimetres // by how much the middle of the paper is missed, to the right and down
	Skew           PerMetre    // by how much the print is turned clockwise about the middle
	ScaleX, ScaleY PerMetre    // by how much the print is too large across and along the way of the paper
}

// Lands is the place on the paper, measured from its middle, where the printer puts what was sent to x, y from the middle.
func (a Adjust) Lands(x, y Millimetres) (Millimetres, Millimetres) {
	sin, cos := math.Sincos(float64(a.Skew) / 1000)
	s, c := Millimetres(sin), Millimetres(cos)
	x *= 1 + Millimetres(a.ScaleX)/1000
	y *= 1 + Millimetres(a.ScaleY)/1000
	return a.DX + c*x - s*y, a.DY + s*x + c*y
}

// Aim is the opposite of Lands: where to send what shall come to x, y.
func (a Adjust) Aim(x, y Millimetres) (Millimetres, Millimetres) {
	sin, cos := math.Sincos(float64(a.Skew) / 1000)
	s, c := Millimetres(sin), Millimetres(cos)
	x, y = x-a.DX, y-a.DY
	return (c*x + s*y) / (1 + Millimetres(a.ScaleX)/1000), (c*y - s*x) / (1 + Millimetres(a.ScaleY)/1000)
}

// Adjusted is the page with every item moved so that a printer with this fault puts it where it belongs. Items keep their shape and stay upright: texts
// and codes move by what their middle needs, codes to the nearest whole dot, straight lines and boxes by what the middles of
// their sides need, slanted lines by their ends; a straight line is cut where the paper ends. What would so come into a code's quiet zone moves with that code instead.
// The page is checked before (see Check for its errors) and after; what is wrong only then is an *AdjustError.
func (p Page) Adjusted(a Adjust) (Page, error) {
	if a == (Adjust{}) {
		return p, nil
	}
	if err := Check(p); err != nil {
		return Page{}, err
	}
	m := mover{a: a, at: p.Placement(), face: Rect{0, 0, p.Width, p.Height}}
	m.w, m.h = p.Fed()
	items := make([]Item, len(p.Items))
	var codes []moved
	grid := Grid{p.DPI}
	for i, item := range p.Items {
		switch v := item.(type) {
		case Matrix:
			dx, dy := m.shift(v.X+v.Side()/2, v.Y+v.Side()/2)
			code := moved{dx: grid.Snap(v.X+dx) - v.X, dy: grid.Snap(v.Y+dy) - v.Y}
			v.X, v.Y = v.X+code.dx, v.Y+code.dy
			code.quiet, items[i] = v.Bounds(), v
			codes = append(codes, code)
		case Bars:
			dx, dy := m.shift(v.X+v.Width()/2, v.Y+v.Height/2)
			code := moved{dx: grid.Snap(v.X+dx) - v.X, dy: grid.Snap(v.Y+dy) - v.Y}
			v.X, v.Y = v.X+code.dx, v.Y+code.dy
			code.quiet, items[i] = v.Bounds(), v
			codes = append(codes, code)
		}
	}
	for i, item := range p.Items {
		if items[i] != nil {
			continue
		}
		out, err := m.move(item)
		if err != nil {
			return Page{}, err
		}
		_, areas, err := ink(out)
		if err != nil {
			return Page{}, err
		}
		for _, code := range codes {
			if code.meets(areas) {
				out = shifted(item, code.dx, code.dy)
				break
			}
		}
		items[i] = out
	}
	p.Items, p.adjusted = items, true
	if err := Check(p); err != nil {
		var layout *LayoutError
		if errors.As(err, &layout) {
			return Page{}, &AdjustError{Layout: layout}
		}
		return Page{}, err
	}
	return p, nil
}

// moved is a code at its new place and the way it went.
type moved struct {
	quiet  Rect
	dx, dy Millimetres
}

func (c moved) meets(areas []Rect) bool {
	for _, a := range areas {
		if a.Inset(0.001).Overlaps(c.quiet) {
			return true
		}
	}
	return false
}

// mover moves places of the face.
type mover struct {
	a    Adjust
	at   Placement
	w, h Millimetres // of the paper as fed
	face Rect
}

// shift is the way that a place of the face has to go.
func (m mover) shift(x, y Millimetres) (dx, dy Millimetres) {
	fx, fy := m.at.At(x, y)
	tx, ty := m.a.Aim(fx-m.w/2, fy-m.h/2)
	tx, ty = tx+m.w/2-fx, ty+m.h/2-fy
	// the placement's turn is undone by its transpose
	return m.at.A*tx + m.at.B*ty, m.at.C*tx + m.at.D*ty
}

// move moves an item that is no code.
func (m mover) move(item Item) (Item, error) {
	switch v := item.(type) {
	case Text:
		r, err := v.Ink()
		if err != nil {
			return nil, err
		}
		dx, dy := m.shift(r.X+r.W/2, r.Y+r.H/2)
		return shifted(v, dx, dy), nil
	case Line:
		x1, y1 := m.shift(v.X1, v.Y1)
		x2, y2 := m.shift(v.X2, v.Y2)
		level, upright := v.Y1 == v.Y2, v.X1 == v.X2
		v.X1, v.Y1, v.X2, v.Y2 = v.X1+x1, v.Y1+y1, v.X2+x2, v.Y2+y2
		if level {
			v.Y1 = (v.Y1 + v.Y2) / 2
			v.Y2 = v.Y1
			v.X1, v.X2 = clip(v.X1, v.X2, m.face.W)
		}
		if upright {
			v.X1 = (v.X1 + v.X2) / 2
			v.X2 = v.X1
			v.Y1, v.Y2 = clip(v.Y1, v.Y2, m.face.H)
		}
		return v, nil
	case Box:
		left, _ := m.shift(v.X, v.Y+v.H/2)
		right, _ := m.shift(v.X+v.W, v.Y+v.H/2)
		_, top := m.shift(v.X+v.W/2, v.Y)
		_, bottom := m.shift(v.X+v.W/2, v.Y+v.H)
		return Box{X: v.X + left, Y: v.Y + top, W: v.W + right - left, H: v.H + bottom - top, Stroke: v.Stroke, Filled: v.Filled, Grey: v.Grey}, nil
	}
	return item, nil
}

// clip keeps the part of a stroke that lies on paper of this size; one that lies beyond it stays what it is.
func clip(a, b, size Millimetres) (Millimetres, Millimetres) {
	if max(a, b) <= 0 || min(a, b) >= size {
		return a, b
	}
	return min(max(a, 0), size), min(max(b, 0), size)
}

// shifted is an item that is no code, moved as it is.
func shifted(item Item, dx, dy Millimetres) Item {
	switch v := item.(type) {
	case Text:
		v.X, v.Y = v.X+dx, v.Y+dy
		return v
	case Line:
		v.X1, v.Y1, v.X2, v.Y2 = v.X1+dx, v.Y1+dy, v.X2+dx, v.Y2+dy
		return v
	case Box:
		v.X, v.Y = v.X+dx, v.Y+dy
		return v
	}
	return item
}

// AdjustError says that a page cannot be printed with the correction that its printer needs, though it could without.
type AdjustError struct{ Layout *LayoutError }

func (e *AdjustError) Error() string { return fmt.Sprintf("adjusted: %v", e.Layout) }

func (e *AdjustError) Unwrap() error { return e.Layout }

// HintKey names the sentence for the person.
func (e *AdjustError) HintKey() (string, map[string]any) {
	return "printer.page.adjusted", map[string]any{"Page": e.Layout.Page, "What": e.Layout.What, "Detail": e.Layout.Detail}
}
