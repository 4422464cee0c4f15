package winspool

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"znak/printer/raster"
)

// TestArrived compares what TestPixels printed with the page: packaging/wine.sh draws it at 300 dpi and names the pictures in
// ZNAK_WINSPOOL_ARRIVED. Every code must stand in its place, to the dot, and the rest must look the same.
func TestArrived(t *testing.T) {
	names := filepath.SplitList(os.Getenv("ZNAK_WINSPOOL_ARRIVED"))
	if len(names) == 0 {
		t.Skip("ZNAK_WINSPOOL_ARRIVED is not set")
	}
	p := testPage(0)
	want, err := raster.Render(p, 300)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		paper, err := png.Decode(f)
		if err != nil {
			t.Fatal(err)
		}
		// An envelope of its own size lies across: how it is turned is the driver's business.
		best, bestDifferent, all := (*image.Gray)(nil), 0, 0
		for quarter := range 4 {
			got := on(paper, quarter, want.Rect)
			if different, ink := compare(got, want, paper.Bounds()); best == nil || different < bestDifferent {
				best, bestDifferent, all = got, different, ink
			}
		}
		t.Logf("%s: %d of %d inked dots differ", name, bestDifferent, all)
		if bestDifferent*50 > all {
			t.Errorf("%s is not the page", name)
		}
		if codes, err := raster.ReadBack(best, p); err != nil || len(codes) != 2 || codes[0].Text != p.Name {
			t.Errorf("%s: %v %v", name, codes, err)
		}
	}
}

// on is the paper, turned by quarters clockwise, cut or filled up with white to the size of the page.
func on(paper image.Image, quarters int, size image.Rectangle) *image.Gray {
	w, h := paper.Bounds().Dx(), paper.Bounds().Dy()
	out := image.NewGray(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			from := [4]image.Point{{X: x, Y: y}, {X: y, Y: h - 1 - x}, {X: w - 1 - x, Y: h - 1 - y}, {X: w - 1 - y, Y: x}}[quarters]
			v := color.Gray{Y: 255}
			if from.In(paper.Bounds()) {
				v = color.GrayModel.Convert(paper.At(from.X, from.Y)).(color.Gray)
			}
			out.SetGray(x, y, v)
		}
	}
	return out
}

// compare counts the dots that differ and those that have ink, where there is paper.
func compare(got, want *image.Gray, paper image.Rectangle) (different, ink int) {
	width := min(want.Rect.Dx(), max(paper.Dx(), paper.Dy()))
	if paper.Dx() > 2000 && paper.Dy() > 3000 { // A4: narrower than the page
		width = min(width, paper.Dx())
	}
	for y := range want.Rect.Dy() {
		for x := range width {
			v, w := int(got.GrayAt(x, y).Y), int(want.GrayAt(x, y).Y)
			if v == 255 && w == 255 {
				continue
			}
			ink++
			if d := v - w; d > 64 || d < -64 {
				different++
			}
		}
	}
	return different, ink
}
