package calibrate

import (
	"fmt"
	"math"

	"znak/printer/page"
)

// Reading is what a person measured at a cross of the ruler sheet, the face held upright: from the middle of the cross to the nearest left or
// right edge of the paper, and to the nearest upper or lower one.
type Reading struct{ X, Y page.Millimetres }

// Readings are those of the crosses 1 to 4: upper left, upper right, lower right, lower left.
type Readings [4]Reading

// Edge is an edge of the face held upright.
type Edge string

const (
	Left   Edge = "left"
	Right  Edge = "right"
	Top    Edge = "top"
	Bottom Edge = "bottom"
)

// What a reading is believed to be, and what printers usually do wrong.
const (
	far        = 10   // mm: a reading so far from what it should be is a slip
	disagree   = 0.45 // mm: readings that miss what all together say by more hold a slip. Reading to half a millimetre explains 0.35
	scaled     = 15   // mm in a metre: more is no fault of a feed, the page was fitted to the paper by a driver
	exact      = 0.15
	usualShift = 3.0 // mm
	usualSkew  = 5.0 // mm in a metre
	usualScale = 2.0 // mm in a metre
)

// Expected is what a printer without fault gives to read.
func (s Sheet) Expected() Readings { return s.Readings(page.Adjust{}) }

// Readings is what a printer with this fault gives to read.
func (s Sheet) Readings(a page.Adjust) (r Readings) {
	at, flat := s.page("").Placement(), s.paper()
	for i, c := range corners {
		x, y := at.At(s.cross(c))
		w, h := s.page("").Fed()
		lx, ly := a.Lands(x-w/2, y-h/2)
		x, y = back(flat, lx+w/2, ly+h/2)
		if c.right {
			x = s.Width - x
		}
		if c.bottom {
			y = s.Height - y
		}
		r[i] = Reading{x, y}
	}
	return r
}

// paper is the true place of the face on the paper as fed: paper does not end with dots.
func (s Sheet) paper() page.Placement {
	p := s.page("")
	p.DPI = 0
	return p.Placement()
}

// back is the place on the face of a place on the paper as fed.
func back(at page.Placement, x, y page.Millimetres) (page.Millimetres, page.Millimetres) {
	x, y = x-at.E, y-at.F
	return at.A*x + at.B*y, at.C*x + at.D*y
}

// Solve is the printer's fault by what was read on its ruler sheet. There are eight numbers for five unknowns, so that a slip of the ruler or the
// pen shows: *Implausible names it. *Scaled says that the print was shrunk or blown up as no feed does it.
func Solve(r Readings, s Sheet) (page.Adjust, error) {
	if s.Width < least || s.Height < least || s.DPI <= 0 {
		return page.Adjust{}, &TooSmall{s}
	}
	expected := s.Expected()
	rows := s.observe(r, expected)
	// without is what the other readings say of the n-th
	without := func(n int) error {
		want := s.Readings(fit(rows, n, true).adjust())
		return implausible(n, *r.at(n), *want.at(n))
	}
	var slips []int
	for n := range 2 * len(r) {
		if !(math.Abs(float64(*r.at(n)-*expected.at(n))) <= far) { // not a number is far too
			slips = append(slips, n)
		}
	}
	switch {
	case len(slips) == 1:
		return page.Adjust{}, without(slips[0])
	case len(slips) > 1:
		return page.Adjust{}, implausible(slips[0], *r.at(slips[0]), *expected.at(slips[0]))
	}
	all := fit(rows, -1, false)
	if worst(rows, all) > disagree {
		return page.Adjust{}, without(blame(rows))
	}
	a := all.adjust()
	if size := max(math.Abs(float64(a.ScaleX)), math.Abs(float64(a.ScaleY))); size > scaled {
		if math.Abs(float64(a.ScaleX-a.ScaleY)) > size/2 { // a driver scales both ways alike
			return page.Adjust{}, without(blame(rows))
		}
		return page.Adjust{}, &Scaled{By: (a.ScaleX + a.ScaleY) / 2}
	}
	return a, nil
}

// at is the n-th number: across and along of cross 1, of cross 2, …
func (r *Readings) at(n int) *page.Millimetres {
	if n%2 == 0 {
		return &r[n/2].X
	}
	return &r[n/2].Y
}

// unknowns are shift across and along, skew, scale across and along, in the units of page.Adjust.
type unknowns [5]float64

func (u unknowns) adjust() page.Adjust {
	return page.Adjust{DX: page.Millimetres(u[0]), DY: page.Millimetres(u[1]), Skew: page.PerMetre(u[2]), ScaleX: page.PerMetre(u[3]), ScaleY: page.PerMetre(u[4])}
}

// row is one reading: by how much its cross is off, and how much of that each unknown makes.
type row struct {
	of  unknowns
	off float64
}

// observe turns readings into rows. Angles and scales are small, so that their effects add up.
func (s Sheet) observe(r, expected Readings) [8]row {
	at := s.page("").Placement()
	w, h := s.page("").Fed()
	var rows [8]row
	for i, c := range corners {
		x, y := at.At(s.cross(c))
		u, v := float64(x-w/2)/1000, float64(y-h/2)/1000
		across, along := unknowns{1, 0, -v, u, 0}, unknowns{0, 1, u, 0, v}
		dx, dy := float64(r[i].X-expected[i].X), float64(r[i].Y-expected[i].Y)
		if c.right {
			dx = -dx
		}
		if c.bottom {
			dy = -dy
		}
		for k := range across {
			rows[2*i].of[k] = float64(at.A)*across[k] + float64(at.B)*along[k]
			rows[2*i+1].of[k] = float64(at.C)*across[k] + float64(at.D)*along[k]
		}
		rows[2*i].off, rows[2*i+1].off = dx, dy
	}
	return rows
}

// usual is the size of faults that surprise nobody.
var usual = unknowns{usualShift, usualShift, usualSkew, usualScale, usualScale}

// fit is the least squares solution without the row skip (-1: with all); usually: with a leaning to faults of a usual size, which is needed where a
// reading is missing.
func fit(rows [8]row, skip int, usually bool) unknowns {
	var m [5][6]float64
	for n, r := range rows {
		if n == skip {
			continue
		}
		for i := range m {
			for k := range m {
				m[i][k] += r.of[i] * r.of[k]
			}
			m[i][5] += r.of[i] * r.off
		}
	}
	if usually {
		for i := range m {
			m[i][i] += exact * exact / (usual[i] * usual[i])
		}
	}
	// The crosses make every unknown seen, so no pivot is nothing.
	for i := range m {
		for k := range m {
			if k == i {
				continue
			}
			f := m[k][i] / m[i][i]
			for j := i; j < len(m[k]); j++ {
				m[k][j] -= f * m[i][j]
			}
		}
	}
	var u unknowns
	for i := range m {
		u[i] = m[i][5] / m[i][i]
	}
	return u
}

// miss is by how much a row is off from what the unknowns make of it.
func (r row) miss(u unknowns) float64 {
	sum := r.off
	for i, v := range u {
		sum -= v * r.of[i]
	}
	return sum
}

func worst(rows [8]row, u unknowns) float64 {
	most := 0.0
	for _, r := range rows {
		most = max(most, math.Abs(r.miss(u)))
	}
	return most
}

// blame finds the reading without which the others agree best. Two readings of one edge that differ leave open which of them is wrong; then
// it is the one that would make the printer's fault an unusual one.
func blame(rows [8]row) int {
	best, least := 0, math.Inf(1)
	for n := range rows {
		u := fit(rows, n, true)
		cost := 0.0
		for k, r := range rows {
			if k != n {
				cost += math.Pow(r.miss(u)/exact, 2)
			}
		}
		for i, v := range u {
			cost += math.Pow(v/usual[i], 2)
		}
		if cost < least {
			best, least = n, cost
		}
	}
	return best
}

func implausible(n int, got, want page.Millimetres) *Implausible {
	c := corners[n/2]
	edge := Left
	switch {
	case n%2 == 0 && c.right:
		edge = Right
	case n%2 == 1 && c.bottom:
		edge = Bottom
	case n%2 == 1:
		edge = Top
	}
	return &Implausible{Cross: n/2 + 1, Edge: edge, Got: got, Expected: want}
}

// Implausible is a reading that the others contradict, or that is out of all reason.
type Implausible struct {
	Cross         int // 1 to 4
	Edge          Edge
	Got, Expected page.Millimetres
}

func (e *Implausible) Error() string {
	return fmt.Sprintf("calibrate: cross %d, %s edge: read %.2f mm, expected about %.2f", e.Cross, e.Edge, float64(e.Got), float64(e.Expected))
}

// HintKey names the sentence for the person.
func (e *Implausible) HintKey() (string, map[string]any) {
	return "printer.calibrate.reading." + string(e.Edge), map[string]any{
		"Cross": e.Cross, "Got": math.Round(float64(e.Got)*100) / 100, "Expected": math.Round(float64(e.Expected)*10) / 10}
}

// Scaled says that the page was not printed in its own size.
type Scaled struct{ By page.PerMetre }

func (e *Scaled) Error() string {
	return fmt.Sprintf("calibrate: the print is %.1f %% too large", float64(e.By)/10)
}

// HintKey names the sentence for the person.
func (e *Scaled) HintKey() (string, map[string]any) {
	return "printer.calibrate.scaled", map[string]any{"Percent": math.Round(1000+float64(e.By)) / 10}
}
