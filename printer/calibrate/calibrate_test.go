package calibrate_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"znak/assets"
	"znak/printer/calibrate"
	"znak/printer/page"
	"znak/printer/raster"
)

// sheets are the papers that take a mark, at every resolution, each lying another way.
func sheets() []calibrate.Sheet {
	var out []calibrate.Sheet
	for i, s := range []calibrate.Sheet{
		{Media: "C4", Width: 324, Height: 229}, {Media: "C5", Width: 229, Height: 162}, {Media: "DL", Width: 220, Height: 110},
		{Media: "OX", Width: 105, Height: 99}, {Media: "OA", Width: 148.5, Height: 105},
	} {
		for k, dpi := range []int{203, 300, 600} {
			s.DPI, s.Turn = dpi, (i+k)%4
			out = append(out, s)
		}
	}
	return out
}

func name(s calibrate.Sheet) string { return fmt.Sprintf("%s %d dpi turn %d", s.Media, s.DPI, s.Turn) }

// TestCalibration prints the ruler on a printer with a fault, reads it as a person does, and prints it again with the correction.
func TestCalibration(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2026, 11))
	faults := 6
	if testing.Short() {
		faults = 1
	}
	for _, s := range sheets() {
		t.Run(name(s), func(t *testing.T) {
			left := 0.0
			for range faults {
				fault := fault(rnd)
				print := printed(t, s, page.Adjust{}, fault)
				read := print.read(t, 0.25)
				found, err := calibrate.Solve(read, s)
				if err != nil {
					t.Fatalf("%+v: read %v: %v", fault, read, err)
				}
				again := printed(t, s, found, fault).read(t, 0)
				for i, want := range s.Expected() {
					left = max(left, math.Abs(float64(again[i].X-want.X)), math.Abs(float64(again[i].Y-want.Y)))
				}
				if left > 0.3 {
					t.Fatalf("%+v, found %+v: a cross is still off by %.2f mm", fault, found, left)
				}
				// and so is every other place of the sheet
				w, h := page.Page{Width: s.Width, Height: s.Height, Turn: s.Turn}.Fed()
				for _, c := range [][2]page.Millimetres{{0, 0}, {-w / 2, -h / 2}, {w / 2, -h / 2}, {w / 2, h / 2}, {-w / 2, h / 2}} {
					x, y := fault.Lands(found.Aim(c[0], c[1]))
					if off := max(math.Abs(float64(x-c[0])), math.Abs(float64(y-c[1]))); off > 0.3 {
						t.Errorf("%+v, found %+v: %v comes down off by %.2f mm", fault, found, c, off)
					}
				}
			}
			t.Logf("left: %.3f mm", left)
		})
	}
}

func fault(rnd *rand.Rand) page.Adjust {
	v := func(most float64) float64 { return (2*rnd.Float64() - 1) * most }
	return page.Adjust{DX: page.Millimetres(v(3)), DY: page.Millimetres(v(3)), Skew: page.PerMetre(v(6)),
		ScaleX: page.PerMetre(v(4)), ScaleY: page.PerMetre(v(4))}
}

// paper is a printed sheet: the dots of a picture, put down by a printer with a fault.
type paper struct {
	calibrate.Sheet
	img   *image.Gray
	fault page.Adjust
	w, h  page.Millimetres
}

func printed(t *testing.T, s calibrate.Sheet, correction, fault page.Adjust) paper {
	t.Helper()
	p, err := calibrate.Ruler(s, correction)
	if err != nil {
		t.Fatal(err)
	}
	img, err := raster.Render(p, s.DPI)
	if err != nil {
		t.Fatal(err)
	}
	w, h := p.Fed()
	return paper{s, img, fault, w, h}
}

// ink is how black the paper is at a place, from its upper left corner as fed: 0 to 1.
func (p paper) ink(x, y page.Millimetres) float64 {
	fx, fy := p.fault.Aim(x-p.w/2, y-p.h/2)
	i := int(math.Floor(float64(fx+p.w/2) * float64(p.DPI) / 25.4))
	j := int(math.Floor(float64(fy+p.h/2) * float64(p.DPI) / 25.4))
	if !image.Pt(i, j).In(p.img.Rect) {
		return 0
	}
	return 1 - float64(p.img.GrayAt(i, j).Y)/255
}

// read measures the crosses: a stroke is where most of a length of 12 mm is black. Numbers are rounded to the step, as a person reads.
func (p paper) read(t *testing.T, step float64) calibrate.Readings {
	t.Helper()
	var out calibrate.Readings
	for i := range out {
		right, bottom := i == 1 || i == 2, i >= 2
		// the face's corner on the paper as fed
		for range p.Turn {
			right, bottom = !bottom, right
		}
		x, y := page.Millimetres(20), page.Millimetres(20)
		inX, inY := page.Millimetres(1), page.Millimetres(1)
		if right {
			x, inX = p.w-20, -1
		}
		if bottom {
			y, inY = p.h-20, -1
		}
		stroke := func(at func(across, along page.Millimetres) float64) page.Millimetres {
			const fine = 0.02
			best, sum, weight := 0.0, 0.0, 0.0
			for pass := range 2 {
				for across := -6.0; across <= 6; across += fine {
					black := 0.0
					for along := -9.0; along <= 3; along += 0.1 {
						black += at(page.Millimetres(across), page.Millimetres(along))
					}
					switch {
					case pass == 0:
						best = max(best, black)
					case black > best*0.6:
						sum, weight = sum+across*black, weight+black
					}
				}
			}
			if best < 90 {
				t.Fatalf("no cross at %v, %v", x, y)
			}
			return page.Millimetres(sum / weight)
		}
		mx := x + stroke(func(across, along page.Millimetres) float64 { return p.ink(x+across, y+inY*along) })
		my := y + stroke(func(across, along page.Millimetres) float64 { return p.ink(x+inX*along, y+across) })
		if right {
			mx = p.w - mx
		}
		if bottom {
			my = p.h - my
		}
		if p.Turn%2 == 1 {
			mx, my = my, mx
		}
		if step > 0 {
			mx, my = page.Millimetres(math.Round(float64(mx)/step)*step), page.Millimetres(math.Round(float64(my)/step)*step)
		}
		out[i] = calibrate.Reading{X: mx, Y: my}
	}
	return out
}

// TestSolveIsExact: without rounding the fault comes out as it went in.
func TestSolveIsExact(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	for _, s := range sheets() {
		for range 100 {
			want := fault(rnd)
			got, err := calibrate.Solve(s.Readings(want), s)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(float64(got.DX-want.DX)) > 0.005 || math.Abs(float64(got.DY-want.DY)) > 0.005 || math.Abs(float64(got.Skew-want.Skew)) > 0.05 ||
				math.Abs(float64(got.ScaleX-want.ScaleX)) > 0.05 || math.Abs(float64(got.ScaleY-want.ScaleY)) > 0.05 {
				t.Errorf("%s: got %+v, want %+v", name(s), got, want)
			}
		}
	}
}

// TestASlipIsNamed changes one reading of eight by two to nine millimetres, the others being read to half a millimetre.
func TestASlipIsNamed(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 8))
	edges := [4][2]calibrate.Edge{{"left", "top"}, {"right", "top"}, {"right", "bottom"}, {"left", "bottom"}}
	tries, right := 0, 0
	for _, s := range sheets() {
		for n := range 160 {
			a := fault(rnd)
			a.ScaleX, a.ScaleY = a.ScaleX/4, a.ScaleY/4
			read := half(s.Readings(a))
			if _, err := calibrate.Solve(read, s); err != nil {
				t.Fatalf("%s: good readings %v: %v", name(s), read, err)
			}
			slip := page.Millimetres(2 + 7*rnd.Float64())
			if rnd.IntN(2) == 0 {
				slip = -slip
			}
			cross := n % 4
			if n/4%2 == 0 {
				read[cross].X += slip
			} else {
				read[cross].Y += slip
			}
			_, err := calibrate.Solve(read, s)
			var bad *calibrate.Implausible
			if !errors.As(err, &bad) {
				t.Errorf("%s: a slip of %.1f mm at cross %d: %v", name(s), slip, cross+1, err)
				continue
			}
			tries++
			if bad.Cross == cross+1 && bad.Edge == edges[cross][n/4%2] {
				right++
				true := s.Readings(a)[cross]
				want := []page.Millimetres{true.X, true.Y}[n/4%2]
				if math.Abs(float64(bad.Expected-want)) > 1 {
					t.Errorf("%s: expected %.2f, was %.2f", name(s), bad.Expected, want)
				}
			}
		}
	}
	t.Logf("%d of %d slips named rightly", right, tries)
	if float64(right) < 0.95*float64(tries) {
		t.Errorf("only %d of %d slips named rightly", right, tries)
	}
}

func half(r calibrate.Readings) calibrate.Readings {
	for i := range r {
		r[i].X, r[i].Y = page.Millimetres(math.Round(float64(r[i].X)*2)/2), page.Millimetres(math.Round(float64(r[i].Y)*2)/2)
	}
	return r
}

func TestWhatCannotBe(t *testing.T) {
	s := sheets()[4]
	fitted := s.Readings(page.Adjust{ScaleX: -40, ScaleY: -40})
	var scaled *calibrate.Scaled
	if _, err := calibrate.Solve(fitted, s); !errors.As(err, &scaled) {
		t.Errorf("fitted to the paper: %v", err)
	}
	var bad *calibrate.Implausible
	for _, v := range []page.Millimetres{0, 200, -20, page.Millimetres(math.NaN()), page.Millimetres(math.Inf(1))} {
		read := s.Expected()
		read[2].Y = v
		if _, err := calibrate.Solve(read, s); !errors.As(err, &bad) || bad.Cross != 3 || bad.Edge != calibrate.Bottom {
			t.Errorf("%v: %v", v, err)
		}
	}
	var small *calibrate.TooSmall
	tiny := calibrate.Sheet{Media: "x", Width: 60, Height: 40, DPI: 203}
	if _, err := calibrate.Ruler(tiny, page.Adjust{}); !errors.As(err, &small) {
		t.Error(err)
	}
	if _, err := calibrate.TestPage(calibrate.Test{}, tiny); !errors.As(err, &small) {
		t.Error(err)
	}
	if _, err := calibrate.Solve(calibrate.Readings{}, tiny); !errors.As(err, &small) {
		t.Error(err)
	}
}

func TestTestPage(t *testing.T) {
	for _, s := range sheets() {
		test := calibrate.Test{Device: "Конвертный Kyocera ECOSYS P2040dn у окна", Date: "22.11.2026"}
		p, err := calibrate.TestPage(test, s)
		if err != nil {
			t.Fatalf("%s: %v", name(s), err)
		}
		img, err := raster.Render(p, s.DPI)
		if err != nil {
			t.Fatal(err)
		}
		save(t, "test "+name(s), img)
		codes, err := raster.ReadBack(img, p)
		if err != nil {
			t.Fatalf("%s: %v", name(s), err)
		}
		var got []string
		for _, c := range codes {
			got = append(got, c.Text)
		}
		if want := []string{test.Code(s), "2 DOTS", "3 DOTS", "4 DOTS", "5 DOTS", "6 DOTS"}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q", name(s), got)
		}
		said := ""
		for _, item := range p.Items {
			if text, ok := item.(page.Text); ok {
				said += text.Text + " "
			}
		}
		for _, want := range []string{"ОБРАЗЕЦ", "Kyocera", "22.11.2026", fmt.Sprint(s.DPI), strings.ReplaceAll(fmt.Sprint(float64(s.Width)), ".", ",")} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: no %q in %q", name(s), want, said)
			}
		}
		ruler, err := calibrate.Ruler(s, page.Adjust{})
		if err != nil {
			t.Fatal(err)
		}
		if img, err = raster.Render(ruler, s.DPI); err != nil {
			t.Fatal(err)
		}
		save(t, "ruler "+name(s), img)
	}
}

// save keeps a picture for people to look at where ZNAK_KEEP names a folder.
func save(t *testing.T, name string, img *image.Gray) {
	t.Helper()
	dir := os.Getenv("ZNAK_KEEP")
	if dir == "" {
		return
	}
	var b bytes.Buffer
	if err := raster.PNG(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestErrorsHaveTexts(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		texts, err := fs.ReadFile(assets.Texts, "texts/printer.calibrate."+lang+".toml")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []interface {
			HintKey() (string, map[string]any)
		}{
			&calibrate.Implausible{Edge: calibrate.Left}, &calibrate.Implausible{Edge: calibrate.Right}, &calibrate.Implausible{Edge: calibrate.Top},
			&calibrate.Implausible{Edge: calibrate.Bottom}, &calibrate.Scaled{}, &calibrate.TooSmall{}, &page.AdjustError{Layout: &page.LayoutError{}},
		} {
			key, args := e.HintKey()
			_, text, ok := strings.Cut(string(texts), `["`+key+`"]`)
			if !ok {
				t.Errorf("%s: no text %s", lang, key)
				continue
			}
			text, _, _ = strings.Cut(text, "\n[")
			for arg := range args {
				if !strings.Contains(text, "{{."+arg+"}}") {
					t.Errorf("%s: %s does not say %s", lang, key, arg)
				}
			}
		}
	}
}

// FuzzSolve: any readings give a fault that explains them, or an error.
func FuzzSolve(f *testing.F) {
	f.Add(20.0, 20.0, 21.0, 20.5, 20.0, 19.5, 18.5, 20.0, uint8(4))
	f.Add(0.0, 1e300, 21.0, -20.5, 20.0, 19.5, 18.5, 20.0, uint8(0))
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h, i float64, n uint8) {
		all := sheets()
		s := all[int(n)%len(all)]
		v := func(x, y float64) calibrate.Reading {
			return calibrate.Reading{X: page.Millimetres(x), Y: page.Millimetres(y)}
		}
		read := calibrate.Readings{v(a, b), v(c, d), v(e, g), v(h, i)}
		fault, err := calibrate.Solve(read, s)
		if err != nil {
			return
		}
		for k, want := range s.Readings(fault) {
			if !(math.Abs(float64(read[k].X-want.X)) < 0.8 && math.Abs(float64(read[k].Y-want.Y)) < 0.8) {
				t.Errorf("%v: %+v explains %v", read, fault, s.Readings(fault))
			}
		}
	})
}
