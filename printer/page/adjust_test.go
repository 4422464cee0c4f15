package page_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"znak/printer/page"
	"znak/printer/page/pagetest"
)

func TestAimUndoesLands(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		a := fault(rnd)
		x, y := page.Millimetres(rnd.Float64()*300-150), page.Millimetres(rnd.Float64()*200-100)
		gx, gy := a.Lands(a.Aim(x, y))
		if math.Hypot(float64(gx-x), float64(gy-y)) > 1e-9 {
			t.Fatalf("%+v: %v, %v became %v, %v", a, x, y, gx, gy)
		}
	}
	// turned clockwise: what lies to the right comes down
	if _, y := (page.Adjust{Skew: 5}).Lands(100, 0); math.Abs(float64(y)-0.5) > 0.001 {
		t.Errorf("down by %v", y)
	}
}

// fault is a printer's fault of a usual size.
func fault(rnd *rand.Rand) page.Adjust {
	v := func(most float64) float64 { return (2*rnd.Float64() - 1) * most }
	return page.Adjust{DX: page.Millimetres(v(2.5)), DY: page.Millimetres(v(2.5)), Skew: page.PerMetre(v(6)),
		ScaleX: page.PerMetre(v(4)), ScaleY: page.PerMetre(v(4))}
}

// TestAdjustedItemsLandWhereTheyBelong sends items to a faulty printer and looks how far from their places their middles come down.
func TestAdjustedItemsLandWhereTheyBelong(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for n := range 400 {
		dpi := []int{203, 300, 600}[n%3]
		p := pagetest.Envelope(n, dpi)
		p.Turn = n / 3 % 4
		a := fault(rnd)
		q, err := p.Adjusted(a)
		if err != nil {
			t.Fatalf("%+v: %v", a, err)
		}
		if err := page.Check(q); err != nil {
			t.Fatal(err)
		}
		w, h := p.Fed()
		at := p.Placement()
		for i := range p.Items {
			x, y := at.At(middle(t, p.Items[i]))
			sx, sy := at.At(middle(t, q.Items[i]))
			lx, ly := a.Lands(sx-w/2, sy-h/2)
			miss := math.Hypot(float64(lx+w/2-x), float64(ly+h/2-y))
			most := 0.001
			switch p.Items[i].(type) {
			case page.Matrix, page.Bars:
				most = 25.4 / float64(dpi) * 0.75 // half a dot's diagonal
			}
			if miss > most {
				t.Errorf("%d dpi turn %d: %T misses by %.3f mm", dpi, p.Turn, p.Items[i], miss)
			}
		}
	}
}

func middle(t *testing.T, item page.Item) (x, y page.Millimetres) {
	t.Helper()
	switch v := item.(type) {
	case page.Text:
		r, err := v.Ink()
		if err != nil {
			t.Fatal(err)
		}
		return r.X + r.W/2, r.Y + r.H/2
	case page.Line:
		return (v.X1 + v.X2) / 2, (v.Y1 + v.Y2) / 2
	case page.Box:
		return v.X + v.W/2, v.Y + v.H/2
	case page.Matrix:
		return v.X + v.Side()/2, v.Y + v.Side()/2
	case page.Bars:
		return v.X + v.Width()/2, v.Y + v.Height/2
	}
	t.Fatalf("%T", item)
	return 0, 0
}

func TestAdjustedKeepsShapes(t *testing.T) {
	p := page.Page{Width: 100, Height: 80, DPI: 300, Items: []page.Item{matrix(),
		page.Line{X1: 10, Y1: 70, X2: 90, Y2: 70, Width: 0.2}, page.Line{X1: 95, Y1: 10, X2: 95, Y2: 70, Width: 0.2}}}
	q, err := p.Adjusted(page.Adjust{DX: 0.7, DY: -0.4, Skew: 6, ScaleX: -3, ScaleY: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range q.Items[1:] {
		if !item.(page.Line).Straight() {
			t.Errorf("%+v", item)
		}
	}
	if p.Items[0].(page.Matrix).X != matrix().X {
		t.Error("the page itself was changed")
	}
	same, err := p.Adjusted(page.Adjust{})
	if err != nil || &same.Items[0] != &p.Items[0] {
		t.Error("no fault, and yet another page")
	}
}

// TestWhatTouchesAQuietZoneMovesWithItsCode: pressed together by the correction, a text would come into the quiet zone.
func TestWhatTouchesAQuietZoneMovesWithItsCode(t *testing.T) {
	m := matrix()
	q := m.Bounds()
	frame := page.Box{X: q.X - 0.1, Y: q.Y - 0.1, W: q.W + 0.2, H: q.H + 0.2, Stroke: 0.2}
	text := page.Text{X: q.X + q.W, Y: q.Y + 5, Size: 9, Text: "рядом с кодом"}
	ink, err := text.Ink()
	if err != nil {
		t.Fatal(err)
	}
	text.X += q.X + q.W - ink.X // it touches
	for turn := range 4 {
		for _, other := range []page.Item{text, frame} {
			p := page.Page{Width: 105, Height: 99, DPI: 300, Turn: turn, Items: []page.Item{m, other}}
			if err := page.Check(p); err != nil {
				t.Fatal(err)
			}
			out, err := p.Adjusted(page.Adjust{ScaleX: 8, ScaleY: 8, Skew: 6, DX: 0.3})
			if err != nil {
				t.Errorf("turn %d: %v", turn, err)
				continue
			}
			code := out.Items[0].(page.Matrix)
			if moved, ok := out.Items[1].(page.Text); ok && math.Abs(float64(moved.X-text.X-(code.X-m.X))) > 1e-9 {
				t.Errorf("turn %d: the text went %v, the code %v", turn, moved.X-text.X, code.X-m.X)
			}
		}
	}
}

func TestAdjustedOffThePaper(t *testing.T) {
	p := page.Page{Name: "1", Width: 100, Height: 80, DPI: 300, Items: []page.Item{page.Text{X: 1, Y: 40, Size: 10, Text: "Иванову"}}}
	var off *page.AdjustError
	var layout *page.LayoutError
	_, err := p.Adjusted(page.Adjust{DX: 3})
	if !errors.As(err, &off) || !errors.As(err, &layout) || layout.Fault != "outside" {
		t.Fatalf("got %v", err)
	}
	if key, args := off.HintKey(); key != "printer.page.adjusted" || args["Page"] != "1" {
		t.Error(key, args)
	}
	if _, err := p.Adjusted(page.Adjust{DX: -3}); err != nil {
		t.Error(err)
	}
}

// BenchmarkAdjusted corrects envelopes, which every page to a calibrated printer goes through.
func BenchmarkAdjusted(b *testing.B) {
	p := pagetest.Envelope(1, 300)
	for b.Loop() {
		if _, err := p.Adjusted(page.Adjust{DX: 1, DY: -1, Skew: 3, ScaleX: 1, ScaleY: 2}); err != nil {
			b.Fatal(err)
		}
	}
}
