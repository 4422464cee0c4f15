package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"slices"
	"testing"

	"znak/app/scan/picture/picturetest"
)

// markText has the length and the letters of a real mark's code.
func markText(n int) string {
	return fmt.Sprintf("ID OPM: %012d\r\nBarcode: %s\r\nTIN: 7700000016\r\nTRRC: 770001001\r\nCost: 85.40\r\nWeight: 20\r\nDate: 21/11/2026\r\nDispatch postcode: 101000\r\nDelivery postcode: 190000", n, digits14(n))
}

func digits14(n int) string { return fmt.Sprintf("99999999%06d", n) }

func envelope(n int) *picturetest.Page {
	p := picturetest.New(220, 110)
	p.Envelope(0, 0, markText(n), digits14(n))
	return p
}

func texts(codes []Code) []string {
	var list []string
	for _, c := range codes {
		list = append(list, string(c.Format)+" "+c.Text)
	}
	slices.Sort(list)
	return list
}

func want(ns ...int) []string {
	var list []string
	for _, n := range ns {
		list = append(list, "ITF "+digits14(n), "QR "+markText(n))
	}
	slices.Sort(list)
	return list
}

// keep writes a picture for looking at when a test fails and ZNAK_KEEP names a folder.
func keep(t *testing.T, img image.Image) {
	dir := os.Getenv("ZNAK_KEEP")
	if dir == "" {
		return
	}
	f, err := os.CreateTemp(dir, "*.png")
	if err == nil {
		err = png.Encode(f, img)
	}
	if err == nil {
		err = f.Close()
	}
	t.Log(f.Name(), err)
}

func TestFindTurned(t *testing.T) {
	noRace(t)
	for _, c := range []struct{ dpi, turn float64 }{
		{150, 0}, {150, 90}, {150, 7}, {150, 33}, {150, 180}, {150, 275},
		{200, 0}, {200, 90}, {200, 180}, {200, 270}, {200, 1}, {200, -2}, {200, 8}, {200, 20}, {200, 45}, {200, 120}, {200, 225},
		{300, 0}, {300, 91}, {300, 45}, {300, 200}, {600, 0}, {600, 45},
	} {
		n := int(c.dpi) + int(c.turn)
		img := envelope(n).Draw(c.dpi, c.turn)
		if got := Find(img); !slices.Equal(texts(got), want(n)) {
			t.Errorf("%v dpi, turned by %v: %q", c.dpi, c.turn, texts(got))
			keep(t, img)
		}
	}
}

// TestFindWhere makes sure that places, sizes and directions are those of the drawing: pairing lives on them.
func TestFindWhere(t *testing.T) {
	for _, turn := range []float64{0, 90, 180, 270} {
		for _, c := range Find(envelope(1).Draw(200, turn)) {
			x, y, size := 122.5-110, 22.5-55, 25.0 // from the middle of the face, mm
			if c.Format == ITF {
				x, y, size = 12+0.35*(4+14*8+4.5)/2-110, 13-55, 0.35*(4+14*8+4.5)
			}
			for range int(turn / 90) {
				x, y = -y, x
			}
			w, h := 110.0, 55.0
			if turn == 90 || turn == 270 {
				w, h = h, w
			}
			const px = 200 / 25.4
			if math.Hypot(c.X-(x+w)*px, c.Y-(y+h)*px) > 2*px || math.Abs(c.Size-size*px) > 2*px || math.Abs(math.Remainder(c.Angle-turn, 360)) > 2 {
				t.Errorf("turned by %v: %s at %.0f, %.0f, size %.0f, angle %.1f; want %.0f, %.0f, %.0f", turn, c.Format, c.X, c.Y, c.Size, c.Angle, (x+w)*px, (y+h)*px, size*px)
			}
		}
	}
}

// TestFindOnPoorPaper reads grey, shadowed, noisy and blurred pages. A wrong text would be worse than none: none is allowed.
func TestFindOnPoorPaper(t *testing.T) {
	noRace(t)
	const seeds = 4
	for _, c := range []struct {
		dpi   float64
		blur  int
		noise float64
		must  bool
	}{{200, 0, 5, true}, {300, 1, 8, true}, {300, 0, 12, true}, {300, 2, 5, false}, {200, 2, 10, false}, {200, 1, 25, false}, {600, 3, 15, true}} {
		found := 0
		for i := range seeds {
			n := 1000*i + int(c.dpi)
			img := picturetest.Scanned(envelope(n).Draw(c.dpi, 1.5*float64(i)-2.5), c.blur, c.noise, uint64(i))
			got := texts(Find(img))
			if slices.Equal(got, want(n)) {
				found++
			} else if c.must {
				keep(t, img)
			}
			for _, s := range got {
				if !slices.Contains(want(n), s) {
					t.Errorf("%+v: misread as %q", c, s)
				}
			}
		}
		t.Logf("%+v: %d of %d", c, found, seeds)
		if c.must && found != seeds {
			t.Errorf("%+v: %d of %d", c, found, seeds)
		}
	}
}

// TestFindInked reads codes whose ink has spread or drawn back by a pixel on every side: the modules are six pixels wide, and the library's own count of
// them is wrong then.
func TestFindInked(t *testing.T) {
	noRace(t)
	const marks = 12
	for n := range marks {
		clean := envelope(n).Draw(6*53*25.4/25, 0) // 53 modules in 25 mm
		for _, by := range []int{-1, 1} {
			img := picturetest.Inked(clean, by)
			if got := texts(Find(img)); !slices.Equal(got, want(n)) {
				t.Errorf("mark %d, ink by %d pixels: %q", n, by, got)
				keep(t, img)
			}
		}
	}
}

func TestFindOtherCodes(t *testing.T) {
	p := picturetest.New(105, 99)
	p.DataMatrix(50, 10, 25, markText(1))
	p.ITF(5, 60, 0.35, 3, 10, digits14(1))
	if got := texts(Find(p.Draw(300, 0))); !slices.Equal(got, []string{"DataMatrix " + markText(1), "ITF " + digits14(1)}) {
		t.Errorf("%q", got)
	}
	p = picturetest.New(105, 99)
	p.Code128(10, 20, 0.35, 10, "LS018350611RU")
	for _, turn := range []float64{0, 90, 180} {
		if got := texts(Find(p.Draw(300, turn))); !slices.Equal(got, []string{"Code128 LS018350611RU"}) {
			t.Errorf("turned by %v: %q", turn, got)
		}
	}
}

// TestBarsOfOtherLengths must find nothing: a part of a code is not a code.
func TestBarsOfOtherLengths(t *testing.T) {
	noRace(t)
	for _, text := range []string{"999999990001", "9999999900015012", "99999999000150129999999900015012"} {
		p := picturetest.New(220, 110)
		p.ITF(12, 8, 0.35, 2.5, 10, text)
		if got := texts(Find(p.Draw(200, 0))); len(got) != 0 {
			t.Errorf("%d digits: %q", len(text), got)
		}
	}
}

// TestBarRatios reads all the proportions and sizes that the general specification of the code allows.
func TestBarRatios(t *testing.T) {
	noRace(t)
	for _, ratio := range []float64{2, 2.25, 2.5, 3} {
		for _, module := range []float64{0.25, 0.35, 0.5, 1} {
			for _, height := range []float64{5, 10, 30} {
				p := picturetest.New(150, 50)
				p.ITF(10, 10, module, ratio, height, digits14(7))
				if got := texts(Find(p.Draw(200, 0))); !slices.Equal(got, []string{"ITF " + digits14(7)}) {
					t.Errorf("ratio %v, module %v mm, height %v mm: %q", ratio, module, height, got)
				}
			}
		}
	}
}

func TestNothingToFind(t *testing.T) {
	blank := image.NewGray(image.Rect(0, 0, 1000, 700)) // all black
	for _, img := range []*image.Gray{blank, image.NewGray(image.Rectangle{}), image.NewGray(image.Rect(0, 0, 1, 1)), image.NewGray(image.Rect(0, 0, 5000, 10)), picturetest.Scanned(blank, 0, 60, 1)} {
		if got := Find(img); len(got) != 0 {
			t.Errorf("%v: %q", img.Rect, texts(got))
		}
	}
}

// FuzzFind draws with the fuzzer's bytes over an envelope: whatever comes out must be what was printed or nothing.
func FuzzFind(f *testing.F) {
	p := picturetest.New(90, 40)
	p.ITF(5, 5, 0.35, 2.5, 10, digits14(1))
	p.QR(60, 10, 25, markText(1))
	clean := p.Draw(150, 0)
	f.Add([]byte{1, 2, 3})
	f.Add(bytes.Repeat([]byte{0, 255, 7, 90, 13}, 50))
	f.Fuzz(func(t *testing.T, data []byte) {
		img := image.NewGray(clean.Rect)
		copy(img.Pix, clean.Pix)
		for i := 0; i+4 < len(data); i += 5 {
			x, y := int(data[i])*img.Rect.Dx()/256, int(data[i+1])*img.Rect.Dy()/256
			for dy := range int(data[i+2]) % 40 {
				for dx := range int(data[i+3]) % 40 {
					if x+dx < img.Rect.Dx() && y+dy < img.Rect.Dy() {
						img.Pix[(y+dy)*img.Stride+x+dx] = data[i+4]
					}
				}
			}
		}
		for _, s := range texts(Find(img)) {
			if !slices.Contains(want(1), s) {
				t.Errorf("misread as %q", s)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	for _, dpi := range []float64{200, 300} {
		img := envelope(1).Draw(dpi, 0)
		b.Run(fmt.Sprint(dpi), func(b *testing.B) {
			for b.Loop() {
				if len(Find(img)) != 2 {
					b.Fatal("codes missed")
				}
			}
		})
	}
}

// noRace leaves a long test of one goroutine out of the short form, which is run for the race detector.
func noRace(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one goroutine: run in the whole form")
	}
}
