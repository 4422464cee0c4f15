// Package page describes a printed page in millimetres: texts, lines, boxes and code symbols. It knows no device
// and nothing of mail. The renderers printer/pdf, printer/raster and printer/zpl turn the same page into
// their forms, and each must show the same result.
//
// The origin is the upper left corner of the face, x to the right, y down.
package page

import "math"

// Millimetres is a length or a place on the page.
type Millimetres float64

// Points is a type size: 1/72 inch.
type Points float64

// MM converts a type size to millimetres.
func (p Points) MM() Millimetres { return Millimetres(p) * 25.4 / 72 }

// Page is one face, ready to be rendered.
type Page struct {
	Name   string // for people: which piece this is; not printed
	Media  string // the medium it goes on: "C5", "DL", "OX", "A4"
	Width  Millimetres
	Height Millimetres
	DPI    int    // the resolution the symbols were fitted to; see Grid
	Turn   int    // quarter turns clockwise by which the face lies on the paper as the device feeds it: 0 to 3
	Tray   string // where the medium lies, in the device's own word; empty: the device chooses
	Items  []Item

	adjusted bool // see Adjusted
}

// Item is anything on a page: Text, Line, Box, Matrix, Bars. Renderers draw the shapes and codes in the order of the items
// and all texts after them, so a text lies over a filled box wherever it stands in the list.
type Item interface{ item() }

// Align places a text against its X.
type Align int

const (
	Left Align = iota
	Center
	Right
)

// Text is one line of text. X is its left end, middle or right end by Align; Y is the baseline. Wrapping and shrinking
// are done before (see Fit); renderers draw it as it is.
type Text struct {
	X, Y  Millimetres
	Size  Points
	Font  Font
	Align Align
	Text  string
	Grey  uint8 // 0 black … 255 white
}

// Line is a straight stroke of the given width.
type Line struct {
	X1, Y1, X2, Y2 Millimetres
	Width          Millimetres
	Grey           uint8
}

// Box is a rectangle: an outline of the width Stroke drawn centred on its edges, or filled where Filled is set.
type Box struct {
	X, Y, W, H Millimetres
	Stroke     Millimetres
	Filled     bool
	Grey       uint8
}

// Matrix is a two-dimensional code (QR, DataMatrix). X and Y are the upper left corner of the first module; the quiet
// zone around it is blank paper that no other item may touch. Module is a whole number of the device's dots.
type Matrix struct {
	X, Y   Millimetres
	Module Millimetres
	Quiet  int    // modules of blank paper on each side
	Kind   string // "QR", "DataMatrix"
	Size   int    // modules a side
	Bits   []bool // Size*Size, row by row, true is black
	Data   string // what a decoder must read back
}

// Bars is a linear code. Runs are the widths of bar, space, bar, … in narrow units; X, Y the upper left corner of the first bar.
type Bars struct {
	X, Y   Millimetres
	Height Millimetres
	Narrow Millimetres // one unit, a whole number of the device's dots
	Quiet  int         // narrow units of blank paper left and right
	Kind   string      // "I2of5", "Code128"
	Runs   []int
	Data   string // what a decoder must read back
}

func (Text) item()   {}
func (Line) item()   {}
func (Box) item()    {}
func (Matrix) item() {}
func (Bars) item()   {}

// Black reports whether the module in column x, row y is black.
func (m Matrix) Black(x, y int) bool { return m.Bits[y*m.Size+x] }

// Side is the length of a side without the quiet zone.
func (m Matrix) Side() Millimetres { return Millimetres(m.Size) * m.Module }

// Bounds is the symbol with its quiet zone.
func (m Matrix) Bounds() Rect {
	q := Millimetres(m.Quiet) * m.Module
	return Rect{m.X - q, m.Y - q, m.Side() + 2*q, m.Side() + 2*q}
}

// Units is the length of the code in narrow units, without its quiet zones.
func (b Bars) Units() int {
	n := 0
	for _, r := range b.Runs {
		n += r
	}
	return n
}

// Width is the length of the code without its quiet zones.
func (b Bars) Width() Millimetres { return Millimetres(b.Units()) * b.Narrow }

// Bounds is the code with the quiet zones left and right.
func (b Bars) Bounds() Rect {
	q := Millimetres(b.Quiet) * b.Narrow
	return Rect{b.X - q, b.Y, b.Width() + 2*q, b.Height}
}

// Rect is an area of the page.
type Rect struct{ X, Y, W, H Millimetres }

// Inset is the area without a border of d on each side; a negative d grows it.
func (r Rect) Inset(d Millimetres) Rect { return Rect{r.X + d, r.Y + d, r.W - 2*d, r.H - 2*d} }

// Overlaps reports whether the two areas share more than an edge.
func (r Rect) Overlaps(o Rect) bool {
	return r.X < o.X+o.W && o.X < r.X+r.W && r.Y < o.Y+o.H && o.Y < r.Y+r.H
}

// Contains reports whether o lies within r, with a tolerance of a thousandth of a millimetre.
func (r Rect) Contains(o Rect) bool {
	const e = 0.001
	return o.X >= r.X-e && o.Y >= r.Y-e && o.X+o.W <= r.X+r.W+e && o.Y+o.H <= r.Y+r.H+e
}

// Grid is the raster of a device. Codes are laid on it: sizes and places in whole dots, never scaled afterwards.
type Grid struct{ DPI int }

// Dot is the side of a dot.
func (g Grid) Dot() Millimetres { return 25.4 / Millimetres(g.DPI) }

// Snap moves a place to the nearest dot.
func (g Grid) Snap(v Millimetres) Millimetres {
	return Millimetres(math.Round(float64(v/g.Dot()))) * g.Dot()
}

// Dots is the number of whole dots that fit in v.
func (g Grid) Dots(v Millimetres) int { return int(float64(v/g.Dot()) + 1e-6) }
