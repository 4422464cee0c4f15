package raster_test

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"znak/printer/page"
	"znak/printer/page/pagetest"
	"znak/printer/raster"
)

// full is an envelope with every kind of item and code.
func full(dpi int) page.Page {
	g := page.Grid{DPI: dpi}
	p := pagetest.Envelope(11, dpi)
	p.Items = append(p.Items, page.Line{X1: 10, Y1: 160, X2: 16, Y2: 120, Width: 0.4},
		page.Box{X: 130, Y: 142, W: 20, H: 10, Filled: true, Grey: 200}, page.Text{X: 131, Y: 149, Size: 12, Text: "ЩЖ №ё"},
		pagetest.DataMatrix("90-1234\x1d\r\n\xff\x80z", g.Snap(20), g.Snap(130), dpi),
		pagetest.Bars("Code128", "RA123456785RU", g.Snap(50), g.Snap(145), 10, dpi))
	return p
}

// turned turns a picture clockwise by a quarter, dot by dot.
func turned(img *image.Gray) *image.Gray {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.SetGray(h-1-y, x, img.GrayAt(x, y))
		}
	}
	return out
}

func TestTurnedPageIsTheUprightOneTurned(t *testing.T) {
	for _, dpi := range []int{203, 300, 600} {
		p := full(dpi)
		if err := page.Check(p); err != nil {
			t.Fatal(err)
		}
		want := render(t, p, dpi)
		codes, err := raster.ReadBack(want, p)
		if err != nil || len(codes) != 4 {
			t.Fatal(codes, err)
		}
		for turn := range 4 {
			p.Turn = turn
			got := render(t, p, dpi)
			if got.Rect != want.Rect || !bytes.Equal(got.Pix, want.Pix) {
				save(t, fmt.Sprintf("%d-%d.png", dpi, turn), got)
				t.Fatalf("%d dpi, %d quarters: not the same picture", dpi, turn)
			}
			if again, err := raster.ReadBack(got, p); err != nil || !slices.Equal(again, codes) {
				t.Errorf("%d dpi, %d quarters: %v %q", dpi, turn, err, again)
			}
			if again, err := raster.New(dpi).ReadBack(p); err != nil || !slices.Equal(again, codes) {
				t.Errorf("%d dpi, %d quarters, the codes alone: %v %q", dpi, turn, err, again)
			}
			want = turned(want)
		}
	}
}

// TestTurnedPageAtAnotherResolution reads codes whose modules are no whole dots, as a preview shows them.
func TestTurnedPageAtAnotherResolution(t *testing.T) {
	p := pagetest.Envelope(3, 300)
	for turn := range 4 {
		p.Turn = turn
		codes, err := raster.ReadBack(render(t, p, 450), p)
		if err != nil || len(codes) != 2 || codes[1].Text != pagetest.Payload(3) {
			t.Errorf("%d quarters: %v %q", turn, err, codes)
		}
	}
}

// TestTurnedCodesAreReadByOthers has foreign programs read the turned picture.
func TestTurnedCodesAreReadByOthers(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed (make test installs it)")
	}
	for _, dpi := range []int{203, 300} {
		for turn := range 4 {
			p := pagetest.Envelope(7, dpi)
			p.Turn = turn
			img := render(t, p, dpi)
			out, err := exec.Command("zbarimg", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-Si25.enable", file(t, img)).Output()
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"I2/5:" + pagetest.Identifier(7), "QR-Code:" + pagetest.Payload(7)} {
				if !strings.Contains(string(out), want) {
					t.Errorf("zbar, %d dpi, %d quarters: no %q in %q", dpi, turn, want, out)
				}
			}
			for _, item := range p.Items {
				if m, ok := item.(page.Matrix); ok {
					if got, ok := zxing(t, crop(img, p, m.Bounds(), dpi)); ok && got != m.Data {
						t.Errorf("zxing, %d dpi, %d quarters: %q", dpi, turn, got)
					}
				}
			}
		}
	}
}

// crop is a part of the picture of a page as fed.
func crop(img *image.Gray, p page.Page, a page.Rect, dpi int) *image.Gray {
	var area image.Rectangle
	for x, y := range fedDots(p, a, dpi) {
		area = area.Union(image.Rect(x, y, x+1, y+1))
	}
	out := image.NewGray(image.Rect(0, 0, area.Dx(), area.Dy()))
	for y := range area.Dy() {
		copy(out.Pix[y*out.Stride:], img.Pix[img.PixOffset(area.Min.X, area.Min.Y+y):][:area.Dx()])
	}
	return out
}

// file writes a picture for another program.
func file(t *testing.T, img *image.Gray) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "picture.pgm")
	data := fmt.Appendf(nil, "P5\n%d %d\n255\n", img.Rect.Dx(), img.Rect.Dy())
	if err := os.WriteFile(name, append(data, img.Pix...), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// zxing is what Debian's zxing-cpp reads; false where it is not installed.
func zxing(t *testing.T, img *image.Gray) (string, bool) {
	t.Helper()
	const script = `import sys, numpy, zxingcpp
magic, size, top, data = open(sys.argv[1], "rb").read().split(b"\n", 3)
w, h = map(int, size.split())
sys.stdout.buffer.write(bytes(zxingcpp.read_barcode(numpy.frombuffer(data, numpy.uint8).reshape(h, w)).bytes))`
	out, err := exec.Command("/usr/bin/python3", "-c", script, file(t, img)).Output()
	if err != nil {
		t.Logf("zxing-cpp of Debian is not installed (make test installs it): %v", err)
		return "", false
	}
	return string(out), true
}
