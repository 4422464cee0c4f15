package raster_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"znak/printer/page"
	"znak/printer/page/pagetest"
	"znak/printer/pdf/pdftest"
	"znak/printer/raster"
)

func render(t testing.TB, p page.Page, dpi int) *image.Gray {
	t.Helper()
	img, err := raster.Render(p, dpi)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestReadBack(t *testing.T) {
	for _, dpi := range []int{203, 300, 600} {
		p := pagetest.Envelope(11, dpi)
		g := page.Grid{DPI: dpi}
		p.Items = append(p.Items,
			pagetest.DataMatrix("90-1234\x1d\r\n\xff\x80z", g.Snap(20), g.Snap(130), dpi),
			pagetest.Bars("Code128", "RA123456785RU", g.Snap(50), g.Snap(145), 10, dpi),
			pagetest.QR("Привет\r\nмир \x00\x7f\xff", g.Snap(60), g.Snap(104), dpi))
		if err := page.Check(p); err != nil {
			t.Fatal(err)
		}
		codes, err := raster.ReadBack(render(t, p, dpi), p)
		want := []raster.Code{{"I2of5", pagetest.Identifier(11)}, {"QR", pagetest.Payload(11)},
			{"DataMatrix", "90-1234\x1d\r\n\xff\x80z"}, {"Code128", "RA123456785RU"}, {"QR", "Привет\r\nмир \x00\x7f\xff"}}
		if err != nil || !slices.Equal(codes, want) {
			t.Errorf("%d dpi: %v\n got %q\nwant %q", dpi, err, codes, want)
		}
	}
}

func TestReadBackOfADamagedCode(t *testing.T) {
	p := pagetest.Envelope(1, 300)
	for i, item := range p.Items {
		m, ok := item.(page.Matrix)
		if !ok {
			continue
		}
		for j := range m.Bits[:m.Size*20] {
			m.Bits[j] = j%3 == 0
		}
		p.Items[i] = m
	}
	codes, err := raster.ReadBack(render(t, p, 300), p)
	var unreadable *raster.Unreadable
	if !errors.As(err, &unreadable) || unreadable.Kind != "QR" || unreadable.Index != 1 || len(codes) != 1 {
		t.Errorf("got %v %v", codes, err)
	}
	if key, _ := unreadable.HintKey(); key != "printer.raster.unreadable" {
		t.Error(key)
	}
	if codes, err = raster.New(300).ReadBack(p); !errors.As(err, &unreadable) || unreadable.Index != 1 || len(codes) != 1 {
		t.Errorf("the codes alone: got %v %v", codes, err)
	}
}

// TestReadBackSeesInkInAQuietZone: a decoder might forgive it, a scanner at the counter might not.
func TestReadBackSeesInkInAQuietZone(t *testing.T) {
	for _, kind := range []string{"QR", "I2of5"} {
		p := pagetest.Envelope(1, 300)
		for _, item := range p.Items {
			var a page.Rect
			switch v := item.(type) {
			case page.Matrix:
				a = v.Bounds()
			case page.Bars:
				a = v.Bounds()
			default:
				continue
			}
			if fmt.Sprintf("%T", item) == map[string]string{"QR": "page.Matrix", "I2of5": "page.Bars"}[kind] {
				p.Items = append(p.Items, page.Line{X1: a.X + 1, Y1: a.Y, X2: a.X + 1, Y2: a.Y + a.H, Width: 0.2})
			}
		}
		for p.Turn = range 4 {
			_, whole := raster.ReadBack(render(t, p, 300), p)
			_, alone := raster.New(300).ReadBack(p)
			for _, err := range []error{whole, alone} {
				var unreadable *raster.Unreadable
				if !errors.As(err, &unreadable) || unreadable.Kind != kind {
					t.Errorf("%s turn %d: got %v", kind, p.Turn, err)
				}
			}
		}
	}
}

// TestReadBackSaysWhatIsThere: the code on the page, not what the page says about it.
func TestReadBackSaysWhatIsThere(t *testing.T) {
	p := pagetest.Envelope(1, 300)
	for i, item := range p.Items {
		if m, ok := item.(page.Matrix); ok {
			m.Data = "something else"
			p.Items[i] = m
		}
	}
	codes, err := raster.ReadBack(render(t, p, 300), p)
	if err != nil || codes[1].Text != pagetest.Payload(1) {
		t.Errorf("%v %v", codes, err)
	}
}

func TestModulesAreWholeDots(t *testing.T) {
	for _, dpi := range []int{203, 300, 600} {
		p := pagetest.Envelope(5, dpi)
		img := render(t, p, dpi)
		for _, item := range p.Items {
			m, ok := item.(page.Matrix)
			if !ok {
				continue
			}
			n := int(math.Round(float64(m.Module) / 25.4 * float64(dpi)))
			x0, y0 := int(math.Round(float64(m.X)/25.4*float64(dpi))), int(math.Round(float64(m.Y)/25.4*float64(dpi)))
			for y := -m.Quiet * n; y < (m.Size+m.Quiet)*n; y++ {
				for x := -m.Quiet * n; x < (m.Size+m.Quiet)*n; x++ {
					want := uint8(255)
					if x >= 0 && y >= 0 && x < m.Size*n && y < m.Size*n && m.Black(x/n, y/n) {
						want = 0
					}
					if got := img.GrayAt(x0+x, y0+y).Y; got != want {
						t.Fatalf("%d dpi: dot %d, %d of the code is %d, want %d", dpi, x, y, got, want)
					}
				}
			}
		}
	}
}

// TestSamePictureAsPDF compares with poppler's picture of our PDF, for each way the face may lie on the paper. Codes must be equal dot for
// dot; of the inked dots, those of letters' edges included, few may be black in one and white in the other. On a turned page poppler rounds the
// place of each letter after the turn, so that letters stand up to a dot elsewhere: there, a dot differs only where all around it differ too.
func TestSamePictureAsPDF(t *testing.T) {
	for _, dpi := range []int{203, 300, 600} {
		for turn := range 4 {
			if dpi == 600 && turn%2 == 0 && testing.Short() {
				continue
			}
			t.Run(fmt.Sprintf("%d dpi turn %d", dpi, turn), func(t *testing.T) { samePictureAsPDF(t, dpi, turn) })
		}
	}
}

func samePictureAsPDF(t *testing.T, dpi, turn int) {
	p := pagetest.Envelope(5, dpi)
	p.Turn = turn
	p.Items = append(p.Items, page.Line{X1: 10, Y1: 150, X2: 60, Y2: 120, Width: 0.4},
		page.Box{X: 70, Y: 120, W: 20, H: 10, Filled: true, Grey: 200}, page.Text{X: 72, Y: 127, Size: 12, Text: "ЩЖ №ё"})
	ours, theirs := render(t, p, dpi), pdftest.Drawn(t, p, dpi)
	if ours.Rect != theirs.Rect {
		t.Fatalf("%v and %v", ours.Rect, theirs.Rect)
	}
	differ, ink := 0, 0
	for i, a := range ours.Pix {
		b := theirs.Pix[i]
		if a < 128 || b < 128 {
			ink++
		}
		if max(a, b)-min(a, b) > 128 && (turn == 0 || !near(theirs, i, a) || !near(ours, i, b)) {
			differ++
		}
	}
	all, inked := float64(differ)/float64(len(ours.Pix)), float64(differ)/float64(ink)
	t.Logf("%.4f %% of all dots, %.2f %% of the inked ones differ", all*100, inked*100)
	if all > 0.0015 || inked > 0.03 {
		t.Errorf("%.4f %% of all dots, %.2f %% of the inked ones differ", all*100, inked*100)
		save(t, "ours.png", ours)
		save(t, "theirs.png", theirs)
	}
	for _, item := range p.Items {
		var a page.Rect
		switch v := item.(type) {
		case page.Matrix:
			a = v.Bounds()
		case page.Bars:
			a = v.Bounds()
			a.H -= page.Grid{DPI: dpi}.Dot() // its lower end need not be on a dot
		default:
			continue
		}
		wrong := 0
		for x, y := range fedDots(p, a, dpi) {
			if (ours.GrayAt(x, y).Y < 128) != (theirs.GrayAt(x, y).Y < 128) {
				wrong++
			}
		}
		if wrong > 0 {
			t.Errorf("%d dots of a code differ", wrong)
		}
	}
	if codes, err := raster.ReadBack(theirs, p); err != nil || len(codes) != 2 {
		t.Errorf("the PDF's codes: %v %v", codes, err)
	}
}

// near reports whether the picture has a dot like v at the i-th or beside it.
func near(img *image.Gray, i int, v uint8) bool {
	for _, row := range [...]int{0, -img.Stride, img.Stride} {
		for column := -1; column <= 1; column++ {
			if k := i + row + column; k >= 0 && k < len(img.Pix) && max(v, img.Pix[k])-min(v, img.Pix[k]) <= 128 {
				return true
			}
		}
	}
	return false
}

// fedDots are the dots of an area of the face, in the picture of the page as fed.
func fedDots(p page.Page, a page.Rect, dpi int) iter.Seq2[int, int] {
	at := p.Placement()
	x1, y1 := at.At(a.X, a.Y)
	x2, y2 := at.At(a.X+a.W, a.Y+a.H)
	px := func(v page.Millimetres) int { return int(math.Round(float64(v) / 25.4 * float64(dpi))) }
	return func(yield func(int, int) bool) {
		for y := px(min(y1, y2)); y < px(max(y1, y2)); y++ {
			for x := px(min(x1, x2)); x < px(max(x1, x2)); x++ {
				if !yield(x, y) {
					return
				}
			}
		}
	}
}

// save keeps a picture of a failed test for people to look at.
func save(t *testing.T, name string, img *image.Gray) {
	var b bytes.Buffer
	if err := raster.PNG(&b, img); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(os.TempDir(), strings.ReplaceAll(t.Name(), "/", "-")+"-"+name)
	t.Log(path, os.WriteFile(path, b.Bytes(), 0o600))
}

func TestPictureIsReused(t *testing.T) {
	r := raster.New(300)
	big, err := r.Render(pagetest.Envelope(1, 300), nil)
	if err != nil {
		t.Fatal(err)
	}
	first := &big.Pix[0]
	small := page.Page{Width: 50, Height: 30, Items: []page.Item{page.Text{X: 5, Y: 10, Size: 12, Text: "проба"}}}
	again, err := r.Render(small, big)
	if err != nil {
		t.Fatal(err)
	}
	fresh := render(t, small, 300)
	if &again.Pix[0] != first || again.Rect != fresh.Rect || !bytes.Equal(again.Pix, fresh.Pix) {
		t.Error("a reused picture is not as a fresh one")
	}
}

func TestItemsOutsideDoNotHarm(t *testing.T) {
	p := page.Page{Width: 20, Height: 20, Items: []page.Item{
		page.Box{X: -5, Y: -5, W: 50, H: 50, Filled: true, Grey: 100}, page.Line{X1: -10, Y1: 5, X2: 100, Y2: 25, Width: 1},
		page.Text{X: -2, Y: 1, Size: 30, Text: "край"}, page.Text{X: 15, Y: 25, Size: 30, Text: "край"},
		page.Text{X: 500, Y: 500, Size: 30, Text: "край"}}}
	render(t, p, 300)
	bad := page.Page{Width: 20, Height: 20, Items: []page.Item{page.Text{X: 1, Y: 9, Size: 9, Text: "漢"}}}
	var missing *page.MissingGlyphError
	if _, err := raster.Render(bad, 300); !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
}
