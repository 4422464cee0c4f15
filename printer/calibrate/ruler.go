package calibrate

import (
	"errors"
	"strconv"

	"znak/printer/page"
)

// The ruler's measures, in millimetres.
const (
	inset    page.Millimetres = 20  // of the crosses from both of their edges
	tick     page.Millimetres = 0.5 // between two ticks of a scale
	stroke   page.Millimetres = 0.2
	arm      page.Millimetres = 8 // of a cross, away from its edges
	least    page.Millimetres = 3*inset + 2*arm
	textSize page.Points      = 7
)

// corner is a cross: which edges it is measured from.
type corner struct{ right, bottom bool }

// corners are the crosses in the order of their numbers, on the face as it is read: upper left, upper right, lower right, lower left.
var corners = [4]corner{{false, false}, {true, false}, {true, true}, {false, true}}

// cross is the middle of a cross on the face, on whole dots, so that it is printed where it is said to be.
func (s Sheet) cross(c corner) (x, y page.Millimetres) {
	x, y = inset, inset
	if c.right {
		x = s.Width - inset
	}
	if c.bottom {
		y = s.Height - inset
	}
	g := page.Grid{DPI: s.DPI}
	return g.Snap(x), g.Snap(y)
}

// Ruler is the sheet to measure on: four numbered crosses, 20 mm from their edges, each with two scales out to the edges. Ticks stand every half
// millimetre and are numbered with their distance from the cross: where the scale comes to the paper's edge, the number at the edge is
// the reading, as is what a plain ruler says from the cross to the edge. With a correction the sheet shows what is left of the fault; ticks
// that it would push off the paper are left out. Errors: *TooSmall, *page.AdjustError.
func Ruler(s Sheet, a page.Adjust) (page.Page, error) {
	w, err := paper()
	if err != nil {
		return page.Page{}, err
	}
	if s.Width < least || s.Height < least || s.DPI <= 0 {
		return page.Page{}, &TooSmall{s}
	}
	p := s.page("ruler")
	for i, c := range corners {
		for _, item := range s.scales(i+1, c) {
			one := p
			one.Items = []page.Item{item}
			var off *page.AdjustError
			if _, err := one.Adjusted(a); !errors.As(err, &off) {
				p.Items = append(p.Items, item)
			}
		}
	}
	box := page.Rect{X: inset + arm + 2, Y: inset + arm, W: s.Width - 2*(inset+arm+2), H: s.Height - 2*(inset+arm)}
	paragraphs := []page.Paragraph{{Text: w.Ruler.Up, Font: page.Bold, Size: 14, Min: 9, Align: page.Center},
		{Text: w.Ruler.Title, Font: page.Bold, Size: 11, Min: 7, Align: page.Center}}
	for _, text := range w.Ruler.How {
		paragraphs = append(paragraphs, page.Paragraph{Text: text, Size: 10, Min: 5, Align: page.Center, Before: 1})
	}
	texts, _, err := page.Fit(box, paragraphs...)
	if err != nil {
		return page.Page{}, err
	}
	for _, t := range texts {
		p.Items = append(p.Items, t)
	}
	if err := page.Check(p); err != nil {
		return page.Page{}, err
	}
	return p.Adjusted(a)
}

// scales draws the n-th cross with its scales.
func (s Sheet) scales(n int, c corner) []page.Item {
	x, y := s.cross(c)
	// An even number of dots, so that a stroke's middle is where it is said to be.
	width := 2 * max(page.Grid{DPI: s.DPI}.Dot(), page.Grid{DPI: s.DPI}.Snap(stroke/2))
	// the way out to its edges
	outX, outY, edgeX, edgeY := page.Millimetres(-1), page.Millimetres(-1), page.Millimetres(0), page.Millimetres(0)
	if c.right {
		outX, edgeX = 1, s.Width
	}
	if c.bottom {
		outY, edgeY = 1, s.Height
	}
	level := func(x1, x2, y page.Millimetres) page.Item {
		return page.Line{X1: min(x1, x2), Y1: y, X2: max(x1, x2), Y2: y, Width: width}
	}
	upright := func(x, y1, y2 page.Millimetres) page.Item {
		return page.Line{X1: x, Y1: min(y1, y2), X2: x, Y2: max(y1, y2), Width: width}
	}
	items := []page.Item{level(edgeX, x-outX*arm, y), upright(x, edgeY, y-outY*arm),
		page.Text{X: x - outX*arm/2, Y: y - outY*arm/2 + page.Bold.CapHeight(12)/2, Size: 12, Font: page.Bold, Align: page.Center, Text: strconv.Itoa(n)}}
	for i := 1; ; i++ {
		d := page.Millimetres(i) * tick
		if d+width > inset {
			break
		}
		length := page.Millimetres(1.2)
		switch {
		case i%10 == 0:
			length = 3.2
		case i%2 == 0:
			length = 2
		}
		// ticks stand inwards, to the other scale's far side
		items = append(items, upright(x+outX*d, y, y-outY*length), level(x, x-outX*length, y+outY*d))
		if i%10 == 0 {
			label := strconv.Itoa(int(d))
			half := page.Sans.CapHeight(textSize) / 2
			items = append(items,
				page.Text{X: x + outX*d, Y: y - outY*5 + half, Size: textSize, Align: page.Center, Text: label},
				page.Text{X: x - outX*5, Y: y + outY*d + half, Size: textSize, Align: page.Center, Text: label})
		}
	}
	return items
}
