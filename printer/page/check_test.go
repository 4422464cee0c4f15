package page_test

import (
	"errors"
	"testing"

	"znak/printer/page"
)

const dot300 = page.Millimetres(25.4) / 300

// matrix is a checkered code of 10 modules at 20, 20 mm or near it.
func matrix() page.Matrix {
	bits := make([]bool, 100)
	for i := range bits {
		bits[i] = (i/10+i%10)%2 == 0
	}
	at := page.Grid{DPI: 300}.Snap(20)
	return page.Matrix{X: at, Y: at, Module: 5 * dot300, Quiet: 4, Kind: "QR", Size: 10, Bits: bits}
}

func TestCheck(t *testing.T) {
	text := func(x, y page.Millimetres, s string) page.Text { return page.Text{X: x, Y: y, Size: 10, Text: s} }
	m := matrix()
	off := m
	off.Module = 0.4
	shifted := m
	shifted.X += dot300 / 2
	edge := m
	edge.X = page.Grid{DPI: 300}.Snap(1)
	short := m
	short.Bits = short.Bits[1:]
	second := m
	second.X = page.Grid{DPI: 300}.Snap(m.X + m.Side() + m.Module)
	far := m
	far.X = page.Grid{DPI: 300}.Snap(m.X + m.Side() + 4.5*m.Module) // quiet zones may share paper
	quiet := m.Bounds()
	for name, c := range map[string]struct {
		items []page.Item
		fault string
	}{
		"good":              {[]page.Item{m, text(40, 40, "Иванову"), page.Box{X: 1, Y: 1, W: 98, H: 78, Stroke: 0.2}}, ""},
		"frame around":      {[]page.Item{m, page.Box{X: quiet.X - 1, Y: quiet.Y - 1, W: quiet.W + 2, H: quiet.H + 2, Stroke: 0.3}}, ""},
		"frame on quiet":    {[]page.Item{m, page.Box{X: quiet.X, Y: quiet.Y, W: quiet.W, H: quiet.H, Stroke: 0.3}}, "quiet"},
		"text beside":       {[]page.Item{m, text(quiet.X+quiet.W+0.2, 25, "рядом")}, ""},
		"text in quiet":     {[]page.Item{m, text(quiet.X+quiet.W-0.5, 25, "рядом")}, "quiet"},
		"accent in quiet":   {[]page.Item{m, text(quiet.X, quiet.Y+quiet.H+2.6, "ЁЁЁ")}, "quiet"},
		"no accent":         {[]page.Item{m, text(quiet.X, quiet.Y+quiet.H+2.6, "ннн")}, ""},
		"line across":       {[]page.Item{m, page.Line{X1: 0, Y1: 22, X2: 100, Y2: 22, Width: 0.2}}, "quiet"},
		"filled behind":     {[]page.Item{page.Box{X: 5, Y: 5, W: 50, H: 50, Filled: true, Grey: 200}, m}, "quiet"},
		"text off right":    {[]page.Item{text(95, 40, "Иванову")}, "outside"},
		"text off top":      {[]page.Item{text(5, 1, "Иванову")}, "outside"},
		"right aligned off": {[]page.Item{page.Text{X: 5, Y: 20, Size: 10, Text: "Иванову", Align: page.Right}}, "outside"},
		"line off":          {[]page.Item{page.Line{X1: 0, Y1: 0, X2: 50, Y2: 0, Width: 0.2}}, "outside"},
		"quiet off":         {[]page.Item{edge}, "outside"},
		"module off grid":   {[]page.Item{off}, "symbol"},
		"place off grid":    {[]page.Item{shifted}, "symbol"},
		"bits missing":      {[]page.Item{short}, "symbol"},
		"codes too near":    {[]page.Item{m, second}, "quiet"},
		"codes share quiet": {[]page.Item{m, far}, ""},
		"even runs":         {[]page.Item{page.Bars{X: m.X, Y: 5, Height: 10, Narrow: 2 * dot300, Quiet: 10, Kind: "I2of5", Runs: []int{1, 1}}}, "symbol"},
		"missing glyph":     {[]page.Item{text(40, 40, "漢")}, "glyph"},
	} {
		err := page.Check(page.Page{Name: name, Width: 100, Height: 80, DPI: 300, Items: c.items})
		fault := ""
		var layout *page.LayoutError
		var missing *page.MissingGlyphError
		switch {
		case errors.As(err, &layout):
			fault = layout.Fault
		case errors.As(err, &missing):
			fault = "glyph"
		case err != nil:
			t.Fatal(err)
		}
		if fault != c.fault {
			t.Errorf("%s: got %v, want %q", name, err, c.fault)
		}
	}
}

func TestBlocksCoverEveryBlackModuleOnce(t *testing.T) {
	m := matrix()
	m.Bits[11], m.Bits[12], m.Bits[21], m.Bits[22] = true, true, true, true
	got := make([]int, len(m.Bits))
	for _, b := range m.Blocks() {
		for y := b.Y; y < b.Y+b.H; y++ {
			for x := b.X; x < b.X+b.W; x++ {
				got[y*m.Size+x]++
			}
		}
	}
	for i, black := range m.Bits {
		if got[i] == 1 != black || got[i] > 1 {
			t.Errorf("module %d: black %v, covered %d times", i, black, got[i])
		}
	}
}
