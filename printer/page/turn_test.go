package page_test

import (
	"math"
	"testing"

	"znak/printer/page"
)

func TestFed(t *testing.T) {
	// A sheet of 10 by 6 dots and a bit: the face's corner, and a place 3 to the right and 1 down.
	const dot = 25.4 / 254
	for turn, want := range [][6]page.Millimetres{
		{1, 0.6, 0, 0, 0.3, 0.1}, {0.6, 1, 0.6, 0, 0.5, 0.3}, {1, 0.6, 1, 0.6, 0.7, 0.5}, {0.6, 1, 0, 1, 0.1, 0.7},
	} {
		p := page.Page{Width: 10*dot - 0.04, Height: 6*dot - 0.02, DPI: 254, Turn: turn}
		for _, p.Turn = range []int{turn, turn + 4, turn - 4} {
			w, h := p.Fed()
			at := p.Placement()
			x0, y0 := at.At(0, 0)
			x1, y1 := at.At(0.3, 0.1)
			got := [6]page.Millimetres{page.Grid{DPI: 254}.Snap(w), page.Grid{DPI: 254}.Snap(h), x0, y0, x1, y1}
			for i := range got {
				if math.Abs(float64(got[i]-want[i])) > 1e-9 {
					t.Errorf("turn %d: got %v, want %v", p.Turn, got, want)
					break
				}
			}
		}
	}
}
