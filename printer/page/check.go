package page

import (
	"fmt"
	"math"
)

// Check proves that the page can be printed as it stands: everything lies on the paper, nothing lies in a code's quiet
// zone, every character has a glyph, and codes are made of whole dots of the page's DPI, on whole dots. On an adjusted page items stand where they
// are sent and not where they come down: a quiet zone may lie beyond the paper there, ink may not. Errors: *MissingGlyphError, *LayoutError.
func Check(p Page) error {
	paper := Rect{0, 0, p.Width, p.Height}
	type placed struct {
		what  string
		quiet Rect // with the quiet zone
		ink   Rect
		item  int
	}
	var symbols []placed
	for i, item := range p.Items {
		var s placed
		var bad string
		switch v := item.(type) {
		case Matrix:
			s = placed{v.Kind, v.Bounds(), Rect{v.X, v.Y, v.Side(), v.Side()}, i}
			if v.Size <= 0 || len(v.Bits) != v.Size*v.Size {
				bad = "modules missing"
			} else {
				bad = onGrid(p.DPI, v.Module, v.X, v.Y)
			}
		case Bars:
			s = placed{v.Kind, v.Bounds(), Rect{v.X, v.Y, v.Width(), v.Height}, i}
			bad = onGrid(p.DPI, v.Narrow, v.X)
			if len(v.Runs)%2 == 0 {
				bad = "must begin and end with a bar"
			}
			for _, r := range v.Runs {
				if r <= 0 {
					bad = "a bar without width"
				}
			}
		default:
			continue
		}
		if bad != "" {
			return &LayoutError{p.Name, "symbol", s.what, bad}
		}
		if !p.adjusted && !paper.Contains(s.quiet) {
			return &LayoutError{p.Name, "outside", s.what, at(s.quiet)}
		}
		symbols = append(symbols, s)
	}
	for i, item := range p.Items {
		what, areas, err := ink(item)
		if err != nil {
			return err
		}
		for _, a := range areas {
			if !paper.Contains(a) {
				return &LayoutError{p.Name, "outside", what, at(a)}
			}
			for _, s := range symbols {
				// a thousandth of a millimetre of touching is rounding
				if s.item != i && a.Inset(0.001).Overlaps(s.quiet) {
					return &LayoutError{p.Name, "quiet", what, s.what + " " + at(s.quiet)}
				}
			}
		}
	}
	return nil
}

// ink is what an item blackens, as rectangles, and its name for a message.
func ink(item Item) (string, []Rect, error) {
	switch v := item.(type) {
	case Text:
		r, err := v.Ink()
		if err != nil || r.W <= 0 {
			return v.Text, nil, err
		}
		return "«" + shorten(v.Text) + "»", []Rect{r}, nil
	case Line:
		return "line", []Rect{v.Bounds()}, nil
	case Box:
		return "box", v.Strokes(), nil
	case Matrix:
		return v.Kind, []Rect{{v.X, v.Y, v.Side(), v.Side()}}, nil
	case Bars:
		return v.Kind, []Rect{{v.X, v.Y, v.Width(), v.Height}}, nil
	}
	return "", nil, nil
}

// onGrid reports what is wrong with a symbol's module or place, both of which must be whole dots.
func onGrid(dpi int, module Millimetres, places ...Millimetres) string {
	if dpi <= 0 {
		return "no resolution given"
	}
	whole := func(v Millimetres) bool {
		dots := float64(v / Grid{dpi}.Dot())
		return math.Abs(dots-math.Round(dots)) < 0.01
	}
	if !whole(module) || module < 0.99*(Grid{dpi}.Dot()) {
		return fmt.Sprintf("module of %.4f mm at %d dpi", float64(module), dpi)
	}
	for _, v := range places {
		if !whole(v) {
			return fmt.Sprintf("place %.4f mm at %d dpi", float64(v), dpi)
		}
	}
	return ""
}

func at(r Rect) string {
	return fmt.Sprintf("%.1f, %.1f, %.1f × %.1f mm", float64(r.X), float64(r.Y), float64(r.W), float64(r.H))
}

// LayoutError is a fault in the make-up of a page.
type LayoutError struct {
	Page   string // the page's name
	Fault  string // "outside": off the paper; "quiet": in a code's quiet zone; "symbol": a code that cannot be printed sharply
	What   string // the item
	Detail string
}

func (e *LayoutError) Error() string {
	return fmt.Sprintf("page %q: %s: %s: %s", e.Page, e.Fault, e.What, e.Detail)
}

// HintKey names the sentence for the person.
func (e *LayoutError) HintKey() (string, map[string]any) {
	return "printer.page." + e.Fault, map[string]any{"Page": e.Page, "What": e.What, "Detail": e.Detail}
}
