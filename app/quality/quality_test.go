package quality_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"znak/app/mark"
	"znak/app/paper"
	"znak/app/postal"
	"znak/app/quality"
	"znak/app/scan/picture"
	"znak/printer/page"
	"znak/printer/page/pagetest"
	"znak/printer/pdf"
	"znak/printer/raster"
)

// envelope is a face as the station prints it, of an invented letter.
func envelope(t testing.TB) page.Page {
	t.Helper()
	spec, err := mark.Default()
	if err != nil {
		t.Fatal(err)
	}
	digits := "0000000100014"
	p, err := paper.Envelope(paper.Face{
		Batch: postal.Batch{
			Name: "17", SendingDate: "2026-11-23", ListNumber: 12, MailType: postal.Letter, Category: postal.CategoryOrdered,
			Rank: postal.RankNone, Payment: postal.PaidByMark, NoticePayment: "CASHLESS", Office: "690000", OfficeName: "Владивосток почтамт",
		},
		Piece: postal.Piece{
			ShPI: postal.ShPI(digits + string(postal.ShPICheckDigit(digits))), MailType: postal.Letter, Category: postal.CategoryOrdered, Rank: postal.RankNone,
			Envelope: postal.C5, Payment: postal.PaidByMark, Mass: 20, Rate: 7000, VAT: 1540,
			Mark: &postal.Mark{ID: "4F7A22C90013", Value: 8540, Office: "690000"},
			To: postal.Recipient{Name: "Щёголева Ксения Всеволодовна", Address: postal.Address{
				Index: "101000", Region: "г Москва", Place: "г Москва", Street: "ул Мясницкая", House: "26", Corpus: "1", Room: "304"}},
		},
		Sender: postal.Sender{Name: "ООО «Тихоокеанская сбытовая компания»", INN: "0000000000", KPP: "000001001", Address: postal.Address{
			Index: "690091", Region: "край Приморский", Place: "г Владивосток", Street: "ул Светланская", House: "12", Office: "5"}},
		Mark: spec, DPI: 300, Specimen: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// draw is the page as a scanner sees it: ink of one tenth, paper of nine tenths.
func draw(t testing.TB, p page.Page, dpi int) *image.Gray {
	t.Helper()
	img, err := raster.Render(p, dpi)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range img.Pix {
		img.Pix[i] = uint8(25 + int(v)*205/255)
	}
	return img
}

// code is where the square code stands in a picture.
func code(p page.Page, dpi int) image.Rectangle {
	for _, item := range p.Items {
		if m, ok := item.(page.Matrix); ok {
			k := float64(dpi) / 25.4
			return image.Rect(int(float64(m.X)*k), int(float64(m.Y)*k), int(float64(m.X+m.Side())*k), int(float64(m.Y+m.Side())*k))
		}
	}
	panic("no code")
}

func clone(img *image.Gray) *image.Gray {
	return &image.Gray{Pix: slices.Clone(img.Pix), Stride: img.Stride, Rect: img.Rect}
}

// blur smooths like a bell of this width, pixels.
func blur(img *image.Gray, sigma float64) *image.Gray {
	if sigma == 0 {
		return clone(img)
	}
	r := int(3*sigma) + 1
	kernel := make([]float64, 2*r+1)
	sum := 0.0
	for i := range kernel {
		d := float64(i - r)
		kernel[i] = math.Exp(-d * d / 2 / sigma / sigma)
		sum += kernel[i]
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	pass := func(from *image.Gray, dx, dy int) *image.Gray {
		out := image.NewGray(from.Rect)
		for y := range h {
			for x := range w {
				v := 0.0
				for i, k := range kernel {
					xx, yy := min(max(x+dx*(i-r), 0), w-1), min(max(y+dy*(i-r), 0), h-1)
					v += k * float64(from.Pix[yy*from.Stride+xx])
				}
				out.Pix[y*out.Stride+x] = uint8(v/sum + 0.5)
			}
		}
		return out
	}
	return pass(pass(img, 1, 0), 0, 1)
}

// each changes every pixel.
func each(img *image.Gray, f func(x, y int, v float64) float64) *image.Gray {
	out := clone(img)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			i := y*img.Stride + x
			out.Pix[i] = uint8(min(255, max(0, f(x, y, float64(img.Pix[i]))+0.5)))
		}
	}
	return out
}

// window cuts out the code's surroundings, so that a series is quick.
func window(img *image.Gray, r image.Rectangle) *image.Gray {
	r = r.Inset(-60).Intersect(img.Rect)
	out := image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy()))
	for y := range r.Dy() {
		copy(out.Pix[y*out.Stride:][:r.Dx()], img.Pix[img.PixOffset(r.Min.X, r.Min.Y+y):])
	}
	return out
}

func TestCleanPage(t *testing.T) {
	p := envelope(t)
	for _, dpi := range []int{300, 600} {
		got := quality.Picture(draw(t, p, dpi), "clean", 1)
		if len(got) != 1 || got[0].Score < 3.5 || len(got[0].Advice) > 0 || !got[0].Measured || got[0].Photo || got[0].Kind != "QR" || !strings.Contains(got[0].Data, "4F7A22C90013") {
			t.Errorf("%d dpi: %+v", dpi, got)
		}
	}
}

// TestDefectsRankInOrder plays five defects, each in steps from none to bad: more of it is never better, and much of it is worse and named.
func TestDefectsRankInOrder(t *testing.T) {
	p := envelope(t)
	const dpi = 300
	whole := draw(t, p, dpi)
	at := code(p, dpi)
	clean := window(whole, at)
	side := float64(at.Dx()) / float64(60) // a twentieth or so of the code
	for _, c := range []struct {
		name   string
		steps  []float64
		spoil  func(step float64) *image.Gray
		advice string
	}{
		{"blur", []float64{0, 0.8, 1.4, 1.8, 2.2, 2.6}, func(s float64) *image.Gray { return blur(clean, s) }, quality.AdviceBlur},
		{"fade", []float64{0, 0.2, 0.35, 0.5, 0.6, 0.7}, func(s float64) *image.Gray {
			return each(clean, func(_, _ int, v float64) float64 { return v + (230-v)*s })
		}, quality.AdviceContrast},
		{"streak", []float64{0, 0.4, 0.8, 1.2, 1.6, 2.4}, func(s float64) *image.Gray {
			half := s * side / 2
			middle := float64(clean.Rect.Dx()) * 0.55
			return each(clean, func(x, _ int, v float64) float64 {
				cover := min(1, max(0, half+0.5-math.Abs(float64(x)-middle)))
				return v + (230-v)*cover
			})
		}, quality.AdviceStreak},
		{"noise", []float64{0, 25, 50, 75, 100, 130}, func(s float64) *image.Gray {
			r := rand.New(rand.NewPCG(1, 2))
			return each(clean, func(_, _ int, v float64) float64 { return v + s*r.NormFloat64() })
		}, quality.AdviceNoise},
		{"spread", []float64{0, 0.5, 1, 1.5, 2}, func(s float64) *image.Gray { return gain(clean, s) }, quality.AdviceSpread},
		{"thin", []float64{0, -0.5, -1, -1.5, -2}, func(s float64) *image.Gray { return gain(clean, s) }, quality.AdviceThin},
	} {
		t.Run(c.name, func(t *testing.T) {
			last := 4.0
			var rows []string
			for i, step := range c.steps {
				got := quality.Picture(c.spoil(step), c.name, 1)
				if len(got) != 1 {
					t.Fatalf("%d codes at %v", len(got), step)
				}
				r := got[0]
				row := fmt.Sprintf("%5.1f: %.1f %v", step, r.Score, r.Advice)
				for _, p := range r.Parts() {
					row += fmt.Sprintf(" %s %.2f=%.1f", strings.TrimPrefix(p.Key, "quality.part."), p.Value, p.Measure.Score)
				}
				rows = append(rows, row)
				if r.Score > last {
					t.Errorf("more %s is better: %.1f after %.1f", c.name, r.Score, last)
				}
				last = r.Score
				if i == 0 && r.Score < 3.5 {
					t.Errorf("clean: %.1f", r.Score)
				}
				if i == len(c.steps)-2 && (r.Kind != "" && !slices.Contains(r.Advice, c.advice)) {
					t.Errorf("%s at %v is not named: %v", c.name, step, r.Advice)
				}
			}
			if last > 2.5 {
				t.Errorf("the worst %s still has %.1f", c.name, last)
			}
			t.Log("\n" + strings.Join(rows, "\n"))
		})
	}
}

// gain lets the ink spread by so many pixels on each side, or draw back, as a threshold does on a smoothed picture.
func gain(img *image.Gray, by float64) *image.Gray {
	if by == 0 {
		return clone(img)
	}
	const over = 4
	w, h := img.Rect.Dx(), img.Rect.Dy()
	r := int(math.Round(math.Abs(by) * over))
	big := make([]bool, w*h*over*over) // ink
	for y := range h * over {
		for x := range w * over {
			big[y*w*over+x] = (img.Pix[y/over*img.Stride+x/over] < 128) == (by > 0)
		}
	}
	spread := func(dx, dy int) { // what is set grows
		out := make([]bool, len(big))
		for y := range h * over {
			for x := range w * over {
				for d := -r; d <= r; d++ {
					xx, yy := x+d*dx, y+d*dy
					if xx >= 0 && yy >= 0 && xx < w*over && yy < h*over && big[yy*w*over+xx] {
						out[y*w*over+x] = true
						break
					}
				}
			}
		}
		big = out
	}
	spread(1, 0)
	spread(0, 1)
	return each(img, func(x, y int, _ float64) float64 {
		n := 0
		for dy := range over {
			for dx := range over {
				if big[(y*over+dy)*w*over+x*over+dx] == (by > 0) {
					n++
				}
			}
		}
		return 230 - 205*float64(n)/over/over
	})
}

// photograph lays the picture askew as a telephone sees it, with uneven light.
func photograph(img *image.Gray, lean float64) *image.Gray {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	return each(img, func(x, y int, _ float64) float64 {
		// From the picture to the paper: turned by a few degrees, farther away above.
		u, v := float64(x)/w-0.5, float64(y)/h-0.5
		k := 1 / (1 + lean*v)
		u, v = u*k*(1+lean/3), v*k*(1+lean)
		sin, cos := math.Sincos(0.06)
		fx, fy := (u*cos-v*sin*h/w+0.5)*w-0.5, (u*sin*w/h+v*cos+0.5)*h-0.5
		x0, y0 := int(math.Floor(fx)), int(math.Floor(fy))
		at := func(x, y int) float64 {
			if x < 0 || y < 0 || x >= img.Rect.Dx() || y >= img.Rect.Dy() {
				return 230
			}
			return float64(img.Pix[y*img.Stride+x])
		}
		fx, fy = fx-float64(x0), fy-float64(y0)
		light := (at(x0, y0)*(1-fx)+at(x0+1, y0)*fx)*(1-fy) + (at(x0, y0+1)*(1-fx)+at(x0+1, y0+1)*fx)*fy
		return light * (1 - 0.15*(u+0.5))
	})
}

func TestPhotograph(t *testing.T) {
	img := draw(t, envelope(t), 300)
	for _, lean := range []float64{0, 0.05, 0.1, 0.2} {
		got := quality.Picture(photograph(img, lean), "photo", 1)
		if len(got) != 1 || got[0].Score < 2 {
			t.Errorf("lean %v: %+v", lean, got)
			continue
		}
		if lean >= 0.1 && !got[0].Photo {
			t.Errorf("lean %v: not seen to be a photograph", lean)
		}
		t.Logf("lean %v: %.1f photo %v %+v", lean, got[0].Score, got[0].Photo, got[0].Parts())
	}
}

func TestDataMatrix(t *testing.T) {
	for n, text := range []string{"12", "RUSSIAN POST 0000000100014", strings.Repeat("ABCDEFGHIJ", 8), strings.Repeat("0123456789abc", 12)} {
		p := page.Page{Width: 100, Height: 60, DPI: 300, Items: []page.Item{pagetest.DataMatrix(text, 20, 15, 300)}}
		img := draw(t, p, 300)
		got := quality.Picture(img, "dm", 1)
		if len(got) != 1 || got[0].Data != text || got[0].Score < 3.5 {
			t.Errorf("%d: %+v", n, got)
		}
		faded := quality.Picture(each(blur(img, 1.5), func(_, _ int, v float64) float64 { return v*0.5 + 115 }), "dm", 1)
		if len(faded) == 1 && faded[0].Score >= got[0].Score {
			t.Errorf("%d: faded %+v", n, faded)
		}
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	p := envelope(t)
	img := draw(t, p, 300)
	write := func(name string, f func(b *bytes.Buffer) error) string {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatal(err)
		}
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	files := []string{
		write("a.png", func(b *bytes.Buffer) error { return png.Encode(b, img) }),
		write("b.jpg", func(b *bytes.Buffer) error { return jpeg.Encode(b, img, &jpeg.Options{Quality: 80}) }),
		write("c.pdf", func(b *bytes.Buffer) error {
			d := pdf.New(b, pdf.Options{})
			return errors.Join(d.Add(p), d.Add(p), d.Close())
		}),
		write("d.png", func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 200, 200))) }),
	}
	got, err := quality.Read(t.Context(), files...)
	if err != nil || len(got) != 5 {
		t.Fatalf("%+v %v", got, err)
	}
	for i, r := range got[:4] {
		if r.Score < 3.5 || r.File != files[min(i, 2)] || r.Page != max(1, i-1) {
			t.Errorf("%+v", r)
		}
	}
	if r := got[4]; r.Kind != "" || r.Measured || !slices.Equal(r.Advice, []string{quality.AdviceNone}) {
		t.Errorf("%+v", r)
	}
	for name, reason := range map[string]string{
		"missing.png": picture.ReasonFile,
		write("e.txt", func(b *bytes.Buffer) error { b.WriteString("a text"); return nil }):          picture.ReasonKind,
		write("f.pdf", func(b *bytes.Buffer) error { b.WriteString("%PDF-1.4 broken"); return nil }): picture.ReasonBrokenPDF,
	} {
		_, err := quality.Read(t.Context(), name)
		var e *picture.Error
		if !errors.As(err, &e) || e.Reason != reason {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := quality.Read(ctx, files...); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func BenchmarkPage300(b *testing.B) {
	img := draw(b, envelope(b), 300)
	for b.Loop() {
		quality.Picture(img, "", 1)
	}
}

// BenchmarkPageBlur300 is a page on which the code cannot be found: everything is tried.
func BenchmarkPageBlur300(b *testing.B) {
	img := blur(draw(b, envelope(b), 300), 4)
	b.ResetTimer()
	for b.Loop() {
		quality.Picture(img, "", 1)
	}
}
