package raster_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"znak/printer/page"
	"znak/printer/page/pagetest"
	"znak/printer/pdf"
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
		_, err := raster.ReadBack(render(t, p, 300), p)
		var unreadable *raster.Unreadable
		if !errors.As(err, &unreadable) || unreadable.Kind != kind {
			t.Errorf("%s: got %v", kind, err)
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

// fromPDF is the page as poppler draws our PDF of it.
func fromPDF(t *testing.T, p page.Page, dpi int) *image.Gray {
	t.Helper()
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed (make test installs it)")
	}
	var doc bytes.Buffer
	if err := pdf.Write(&doc, slices.Values([]page.Page{p}), pdf.Options{}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("pdftoppm", "-r", fmt.Sprint(dpi), "-gray", "-singlefile", "-png", "-")
	cmd.Stdin = &doc
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	grey := image.NewGray(img.Bounds())
	draw.Draw(grey, grey.Rect, img, image.Point{}, draw.Src)
	return grey
}

// TestSamePictureAsPDF compares with poppler's picture of our PDF. Codes must be equal dot for dot; of the inked dots, those
// of letters' edges included, few may be black in one and white in the other.
func TestSamePictureAsPDF(t *testing.T) {
	for _, dpi := range []int{203, 300, 600} {
		p := pagetest.Envelope(5, dpi)
		p.Items = append(p.Items, page.Line{X1: 10, Y1: 150, X2: 60, Y2: 120, Width: 0.4},
			page.Box{X: 70, Y: 120, W: 20, H: 10, Filled: true, Grey: 200}, page.Text{X: 72, Y: 127, Size: 12, Text: "ЩЖ №ё"})
		ours, theirs := render(t, p, dpi), fromPDF(t, p, dpi)
		if ours.Rect != theirs.Rect {
			t.Fatalf("%d dpi: %v and %v", dpi, ours.Rect, theirs.Rect)
		}
		differ, ink := 0, 0
		for i, a := range ours.Pix {
			b := theirs.Pix[i]
			if a < 128 || b < 128 {
				ink++
			}
			if max(a, b)-min(a, b) > 128 {
				differ++
			}
		}
		all, inked := float64(differ)/float64(len(ours.Pix)), float64(differ)/float64(ink)
		t.Logf("%d dpi: %.4f %% of all dots, %.2f %% of the inked ones differ", dpi, all*100, inked*100)
		if all > 0.0015 || inked > 0.03 {
			t.Errorf("%d dpi: %.4f %% of all dots, %.2f %% of the inked ones differ", dpi, all*100, inked*100)
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
			default:
				continue
			}
			px := func(v page.Millimetres) int { return int(math.Round(float64(v) / 25.4 * float64(dpi))) }
			wrong := 0
			for y := px(a.Y); y < px(a.Y+a.H)-1; y++ {
				for x := px(a.X); x < px(a.X+a.W); x++ {
					if (ours.GrayAt(x, y).Y < 128) != (theirs.GrayAt(x, y).Y < 128) {
						wrong++
					}
				}
			}
			if wrong > 0 {
				t.Errorf("%d dpi: %d dots of a code differ", dpi, wrong)
			}
		}
		if codes, err := raster.ReadBack(theirs, p); err != nil || len(codes) != 2 {
			t.Errorf("%d dpi: the PDF's codes: %v %v", dpi, codes, err)
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

// perCore runs work on all cores and reports pages a second.
func perCore(b *testing.B, prepare func() func(n int) error) {
	var next atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			work := prepare()
			for {
				n := int(next.Add(1))
				if n > b.N {
					return
				}
				if err := work(n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

func envelopes() []page.Page {
	out := make([]page.Page, 64)
	for i := range out {
		out[i] = pagetest.Envelope(i, 300)
	}
	return out
}

// BenchmarkRaster draws envelopes at 300 dpi on all cores.
func BenchmarkRaster(b *testing.B) {
	pages := envelopes()
	perCore(b, func() func(int) error {
		r := raster.New(300)
		var img *image.Gray
		return func(n int) (err error) {
			img, err = r.Render(pages[n%len(pages)], img)
			return err
		}
	})
}

// BenchmarkReadBack draws envelopes at 300 dpi and reads their two codes, on all cores: the pre-flight of a page.
func BenchmarkReadBack(b *testing.B) {
	pages := envelopes()
	perCore(b, func() func(int) error {
		r := raster.New(300)
		var img *image.Gray
		return func(n int) (err error) {
			p := pages[n%len(pages)]
			if img, err = r.Render(p, img); err != nil {
				return err
			}
			codes, err := raster.ReadBack(img, p)
			if err == nil && codes[1].Text != pagetest.Payload(n%len(pages)) {
				err = fmt.Errorf("read %q", codes)
			}
			return err
		}
	})
}
