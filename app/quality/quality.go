// Package quality watches how well a printer prints: from a scanned or photographed page it measures each square code after the ideas of
// ISO/IEC 15415 and 18004 and says what is amiss and what to do.
//
// What comes out is an indicator and not a grade. A grade needs a calibrated reader, its light and its aperture; here a picture's own
// white and black are all there is. It is good for comparing a printer with itself over time, and for finding the cause.
package quality

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	"znak/app/scan/picture"
)

// Reading is what one code on a page says of the printer.
type Reading struct {
	File string
	Page int // from 1
	Kind string
	Data string  // as read; empty where no code was found on the page
	X, Y float64 // the middle of the code, pixels of the picture
	Size float64 // its longer side, pixels
	// Photo: the page lies askew in the picture, as in a photograph; then Axial says nothing of the printer and is not judged.
	Photo bool

	Contrast     Measure // bright less dark, 0 to 1
	Modulation   Measure // how evenly dark and bright the modules are; Value: what 95 of 100 modules reach, 0 to 1
	Margin       Measure // the same, with modules on the wrong side counting as nothing
	FixedPattern Measure // Value: the share of wrong modules in the worst of the fixed patterns
	UnusedEC     Measure // Value: the share of the error correction that is not used up, of the worst block
	Axial        Measure // Value: the difference of the modules' width and height, as a share
	Growth       Measure // Value: how far black reaches over its edges, modules; negative: too thin

	Measured bool    // false: found, but its modules cannot be told apart (Score is 0), or no code was found
	Score    float64 // 0 to 4 with one decimal: the worst of the parts
	Advice   []string
}

// Measure is a measured value and the score it stands for, 0 to 4.
type Measure struct{ Value, Score float64 }

func (m *Measure) set(value float64, scale []point) { *m = Measure{value, score(scale, value)} }

// Part is a Measure with the key of its name.
type Part struct {
	Key string
	Measure
}

// Parts are the parts of the score, by name.
func (r Reading) Parts() []Part {
	return []Part{
		{"quality.part.contrast", r.Contrast}, {"quality.part.modulation", r.Modulation}, {"quality.part.margin", r.Margin},
		{"quality.part.fixed", r.FixedPattern}, {"quality.part.unused", r.UnusedEC}, {"quality.part.axial", r.Axial}, {"quality.part.growth", r.Growth},
	}
}

// Keys of sentences: what is amiss, and what to do.
const (
	AdviceNone     = "quality.advice.none"     // no code on the page
	AdviceUnclear  = "quality.advice.unclear"  // a code that can be read and not measured
	AdviceContrast = "quality.advice.contrast" // too pale
	AdviceStreak   = "quality.advice.streak"   // a line through the code
	AdviceNoise    = "quality.advice.noise"    // speckled
	AdviceBlur     = "quality.advice.blur"     // out of focus
	AdviceSpread   = "quality.advice.spread"   // black spreads
	AdviceThin     = "quality.advice.thin"     // black too thin
	AdviceDamage   = "quality.advice.damage"   // parts missing
	AdviceStretch  = "quality.advice.stretch"  // the modules are not square
)

// good is the score of a part from which nothing need be done.
const good = 3.5

// conclude takes the worst of the parts and names the causes, the worst first.
func (r *Reading) conclude(noise float64, streak bool) {
	r.Measured, r.Score = true, 4
	parts := r.Parts()
	for _, p := range parts {
		r.Score = min(r.Score, p.Score)
	}
	r.Score = math.Floor(r.Score*10+1e-9) / 10
	slices.SortStableFunc(parts, func(a, b Part) int { return cmp.Compare(a.Score, b.Score) })
	const restless = 0.08
	for _, p := range parts {
		if p.Score >= good {
			break
		}
		advice := AdviceDamage
		switch {
		case p.Key == "quality.part.contrast":
			advice = AdviceContrast
		case p.Key == "quality.part.axial":
			advice = AdviceStretch
		case p.Key != "quality.part.growth" && streak:
			advice = AdviceStreak
		case p.Key != "quality.part.growth" && noise > restless:
			advice = AdviceNoise
		case r.Growth.Score < good && r.Growth.Value > 0:
			advice = AdviceSpread
		case r.Growth.Score < good:
			advice = AdviceThin
		case p.Key == "quality.part.modulation", p.Key == "quality.part.margin" && r.UnusedEC.Score >= good,
			p.Key == "quality.part.fixed" && r.FixedPattern.Score < score(damageScale, r.FixedPattern.Value): // weak modules, not wrong ones
			advice = AdviceBlur
		}
		if !slices.Contains(r.Advice, advice) {
			r.Advice = append(r.Advice, advice)
		}
	}
}

const pdfDPI = 300 // at which pages of PDFs are drawn

// Read measures the square codes on the pages of PNG, JPEG and PDF files, in the order of the files and pages. A page without such a code
// gives one Reading of no Kind. Errors are the context's and *picture.Error; the readings so far come with it.
func Read(ctx context.Context, files ...string) ([]Reading, error) {
	var all []Reading
	for d, err := range picture.Drawings(ctx, files, picture.Params{DPI: pdfDPI}) {
		if err != nil {
			return all, err
		}
		all = append(all, Picture(d.Image, d.File, d.Page)...)
	}
	return all, nil
}

// Picture measures the square codes in one picture, whose corner is at 0, 0. file and page are only passed on.
func Picture(img *image.Gray, file string, page int) []Reading {
	var all []Reading
	for _, c := range picture.Find(img) {
		if c.Format.Linear() {
			continue
		}
		r := Reading{File: file, Page: page, Kind: string(c.Format), Data: c.Text, X: c.X, Y: c.Y, Size: c.Size}
		half := c.Size*0.78 + 8 // reaches the corners, however the code is turned, and some of the quiet zone
		area := image.Rect(int(c.X-half), int(c.Y-half), int(c.X+half)+1, int(c.Y+half)+1)
		if f, err := look(img, area, c.Format); err == nil {
			r.measure(f)
		} else {
			r.Advice = []string{AdviceUnclear}
		}
		all = append(all, r)
	}
	if len(all) > 0 {
		return all
	}
	// What a scanner's eye does not find may be measured all the same: that is when it is wanted most.
	f, err := look(img, img.Rect, picture.QR)
	if err != nil {
		return []Reading{{File: file, Page: page, Advice: []string{AdviceNone}}}
	}
	r := Reading{File: file, Page: page, Kind: string(picture.QR), Data: f.text}
	r.measure(f)
	k := f.grid.corners
	r.X, r.Y, r.Size = (k[0]+k[2]+k[4]+k[6])/4, (k[1]+k[3]+k[5]+k[7])/4, f.grid.size()
	return []Reading{r}
}

// look locates a symbol, at the second attempt in a smoothed picture, where specks do not disturb; it is measured in the picture itself.
func look(img *image.Gray, area image.Rectangle, format picture.Format) (found, error) {
	area = area.Intersect(img.Rect)
	f, err := locate(img, area, format)
	if err == nil {
		return f, nil
	}
	if f, err = locate(smooth(img, area), area, format); err == nil {
		f.grid.img = img
	}
	return f, err
}

// smooth is the picture with each pixel of an area the mean of nine.
func smooth(img *image.Gray, area image.Rectangle) *image.Gray {
	out := image.NewGray(img.Rect)
	copy(out.Pix, img.Pix)
	inner := area.Intersect(img.Rect.Inset(1))
	for y := inner.Min.Y; y < inner.Max.Y; y++ {
		a, b, c := img.Pix[(y-1)*img.Stride:], img.Pix[y*img.Stride:], img.Pix[(y+1)*img.Stride:]
		row := out.Pix[y*out.Stride:]
		for x := inner.Min.X; x < inner.Max.X; x++ {
			sum := 0
			for _, r := range [][]uint8{a, b, c} {
				sum += int(r[x-1]) + int(r[x]) + int(r[x+1])
			}
			row[x] = uint8(sum / 9)
		}
	}
	return out
}
