package winspool

import (
	"bytes"
	"encoding/binary"
	"image"
	"testing"

	"znak/printer/page"
	"znak/printer/raster"
)

// paint draws a bitmap as GDI does, for a device of the picture's own dots.
func paint(t *testing.T, to *image.Gray, d dib, at place) {
	t.Helper()
	le := binary.LittleEndian
	w, h, bits := int(le.Uint32(d.header[4:])), int(le.Uint32(d.header[8:])), int(le.Uint16(d.header[14:]))
	if w != at.w || h != at.h || w != d.width || h != d.height {
		t.Fatalf("bitmap %d × %d for %+v", w, h, at)
	}
	stride := (w*bits + 31) / 32 * 4
	for y := range h {
		row := d.pixels[(h-1-y)*stride:]
		for x := range w {
			i := int(row[x*bits/8])
			if bits == 1 {
				i = i >> (7 - x%8) & 1
			}
			to.Pix[to.PixOffset(at.x+x, at.y+y)] = d.header[40+4*i]
		}
	}
}

// TestTilesMakeThePage puts the tiles of pages together again.
func TestTilesMakeThePage(t *testing.T) {
	for _, dpi := range []int{203, 300} {
		p := testPage(3)
		p.Items = append(p.Items, page.Box{X: 0, Y: 150, W: 229, H: 12, Filled: true, Grey: 77}) // to the very edge
		img, err := raster.Render(p, dpi)
		if err != nil {
			t.Fatal(err)
		}
		out := image.NewGray(img.Rect)
		for i := range out.Pix {
			out.Pix[i] = 255
		}
		size := 0
		for _, b := range tiles(img) {
			d := b.dib(img)
			size += len(d.pixels)
			paint(t, out, d, placement{scaleX: 1, scaleY: 1}.of(b.area))
		}
		if !bytes.Equal(out.Pix, img.Pix) {
			t.Errorf("%d dpi: the tiles are not the page", dpi)
		}
		if size*2 > len(img.Pix) {
			t.Errorf("%d dpi: %d bytes of %d", dpi, size, len(img.Pix))
		}
	}
	if got := tiles(image.NewGray(image.Rect(0, 0, 100, 100))); len(got) != 3 || !got[0].two {
		t.Errorf("all black: %+v", got)
	}
}

func TestPlacement(t *testing.T) {
	// A device of 600 dots with a border of 4.23 mm and a picture of 300.
	p := placement{scaleX: 2, scaleY: 2, offsetX: 100, offsetY: 98}
	if got := p.of(image.Rect(100, 50, 110, 60)); got != (place{100, 2, 20, 20}) {
		t.Errorf("%+v", got)
	}
	// Neighbours touch, whatever the scale.
	p = placement{scaleX: 1.37, scaleY: 1.37}
	for x := range 100 {
		a, b := p.of(image.Rect(x, x, x+1, x+1)), p.of(image.Rect(x+1, x+1, x+2, x+2))
		if a.x+a.w != b.x || a.y+a.h != b.y {
			t.Errorf("%+v %+v", a, b)
		}
	}
}

func BenchmarkTiles(b *testing.B) {
	img, err := raster.Render(testPage(3), 300)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, s := range tiles(img) {
			s.dib(img)
		}
	}
}
