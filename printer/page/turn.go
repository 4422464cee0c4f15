package page

import "math"

// Quarters is Turn as one of 0, 1, 2, 3: other numbers are full turns more or less.
func (p Page) Quarters() int { return p.Turn & 3 }

// Fed is the size of the paper as the device feeds it: the face's own, exchanged if the face lies across.
func (p Page) Fed() (w, h Millimetres) {
	if p.Quarters()%2 == 1 {
		return p.Height, p.Width
	}
	return p.Width, p.Height
}

// Placement takes places on the face to places on the paper as fed, both from the upper left corner with y down:
//
//	X = A x + C y + E
//	Y = B x + D y + F
type Placement struct {
	A, B, C, D Millimetres // 0, 1 or -1
	E, F       Millimetres
}

// Placement is where the face lies on the paper as fed. A side of the face that ends within a dot is counted as ending with it, as in the
// picture of the page: what lay on whole dots still does after the turn, and all of the face moves by less than a dot for it.
func (p Page) Placement() Placement {
	w, h := p.whole(p.Width), p.whole(p.Height)
	switch p.Quarters() {
	case 1:
		return Placement{B: 1, C: -1, E: h}
	case 2:
		return Placement{A: -1, D: -1, E: w, F: h}
	case 3:
		return Placement{B: -1, C: 1, F: w}
	}
	return Placement{A: 1, D: 1}
}

// whole rounds a side up to whole dots.
func (p Page) whole(v Millimetres) Millimetres {
	if p.DPI <= 0 {
		return v
	}
	dot := Grid{p.DPI}.Dot()
	return Millimetres(math.Ceil(float64(v/dot)-1e-6)) * dot
}

// At is the place on the paper as fed of a place on the face.
func (t Placement) At(x, y Millimetres) (Millimetres, Millimetres) {
	return t.A*x + t.C*y + t.E, t.B*x + t.D*y + t.F
}
