package raster_test

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"testing"

	"znak/printer/page"
	"znak/printer/page/pagetest"
	"znak/printer/raster"
)

var update = flag.Bool("update", false, "write the golden pictures anew; look at them before committing")

// TestGolden keeps the look of every kind of item.
func TestGolden(t *testing.T) {
	g := page.Grid{DPI: 203}
	p := page.Page{Name: "golden", Width: 86, Height: 46, DPI: 203, Items: []page.Item{
		page.Box{X: 1, Y: 1, W: 84, H: 44, Stroke: 0.3},
		page.Box{X: 34, Y: 3, W: 47, H: 8, Filled: true, Grey: 210},
		page.Text{X: 57.5, Y: 8.5, Size: 13, Font: page.Bold, Align: page.Center, Text: "ОБРАЗЕЦ", Grey: 70},
		page.Text{X: 34, Y: 15, Size: 9, Text: "Съешь ещё этих мягких"},
		page.Text{X: 34, Y: 19, Size: 9, Font: page.Narrow, Text: "французских булок, да выпей чаю"},
		page.Text{X: 81, Y: 23, Size: 9, Font: page.Mono, Align: page.Right, Text: "№ 7 — 85,40 ₽"},
		page.Line{X1: 34, Y1: 25, X2: 81, Y2: 25, Width: 0.2},
		page.Line{X1: 34, Y1: 25, X2: 81, Y2: 26.5, Width: 0.2, Grey: 90},
		pagetest.QR("golden", g.Snap(4), g.Snap(4), 203),
		pagetest.Bars("Code128", "RA12", g.Snap(40), g.Snap(33), 6, 203),
		pagetest.DataMatrix("golden", g.Snap(7), g.Snap(34), 203),
	}}
	if err := page.Check(p); err != nil {
		t.Fatal(err)
	}
	img := render(t, p, 203)
	const name = "testdata/golden.png"
	if *update {
		var b bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if want.Bounds() != img.Rect {
		t.Fatalf("%v, want %v", img.Rect, want.Bounds())
	}
	differ := 0
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			r, _, _, _ := want.At(x, y).RGBA()
			if a, b := int(img.GrayAt(x, y).Y), int(r>>8); a-b > 8 || b-a > 8 { // smoothing may round otherwise on another processor
				differ++
			}
		}
	}
	if differ > 0 {
		save(t, "got.png", img)
		t.Errorf("%d dots differ from %s; -update writes it anew", differ, name)
	}
	if _, err := raster.ReadBack(img, p); err != nil {
		t.Error(err)
	}
}
