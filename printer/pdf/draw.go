package pdf

import (
	"math"
	"slices"
	"strconv"

	"znak/printer/page"
)

// faces are the fonts by their number in a document: the first is F1.
var faces = [...]page.Font{page.Sans, page.Bold, page.Narrow, page.NarrowBold, page.Mono, page.MonoBold}

// charset is which characters of the basic plane a document uses.
type charset [0x10000]bool

// draw appends the page's operators. Shapes and codes come first, texts over them.
//
// Places are exact from the upper edge of the page. A reader that counts dots from the lower edge (Ghostscript) sees codes shifted by
// the fraction of a dot that the paper's height has, and blackens a row more without smoothing; pages keep their exact size
// all the same, for a printer is given dots where dots matter.
//
// Every rectangle is a fill of its own: readers align such a fill with their pixels, which they do not with a path of many.
func (d *Document) draw(b []byte, p page.Page) ([]byte, error) {
	// From here on the origin is the upper left corner of the face, as it lies on the paper, and y grows downwards, in points.
	at := p.Placement()
	_, height := p.Fed()
	b = appendNumbers(b, float64(at.A), float64(-at.B), float64(at.C), float64(-at.D), points(at.E), points(height-at.F))
	b = append(b, "cm\n"...)
	grey := uint8(0)
	texts := false
	for _, item := range p.Items {
		switch v := item.(type) {
		case page.Line:
			b = setGrey(b, &grey, v.Grey)
			if v.Straight() {
				b = appendRect(b, v.Bounds())
			} else {
				b = appendSlanted(b, v)
			}
		case page.Box:
			b = setGrey(b, &grey, v.Grey)
			for _, r := range v.Strokes() {
				b = appendRect(b, r)
			}
		case page.Matrix:
			b = setGrey(b, &grey, 0)
			b = appendBlocks(b, v.X, v.Y, v.Module, v.Module, v.Blocks())
		case page.Bars:
			b = setGrey(b, &grey, 0)
			b = appendBlocks(b, v.X, v.Y, v.Narrow, v.Height, v.Blocks())
		case page.Text:
			texts = true
		}
	}
	if !texts {
		return b, nil
	}
	b = append(b, "BT\n"...)
	font, size := -1, page.Points(0)
	for _, item := range p.Items {
		t, ok := item.(page.Text)
		if !ok || t.Text == "" {
			continue
		}
		x, err := t.Start()
		if err != nil {
			return b, err
		}
		f := max(0, slices.Index(faces[:], t.Font)) // the empty name is Sans
		if f != font || t.Size != size {
			font, size = f, t.Size
			b = append(b, '/', 'F', byte('1'+f), ' ')
			b = appendNumber(b, float64(size))
			b = append(b, " Tf "...)
		}
		b = setGrey(b, &grey, t.Grey)
		b = append(b, "1 0 0 -1 "...) // upright again
		b = appendNumbers(b, points(x), points(t.Y))
		b = append(b, "Tm <"...)
		b = d.appendGlyphs(b, f, t.Text)
		b = append(b, "> Tj\n"...)
	}
	return append(b, "ET\n"...), nil
}

// appendGlyphs appends the glyph numbers of a text that has been measured, and remembers its characters for the embedding.
func (d *Document) appendGlyphs(b []byte, f int, text string) []byte {
	if d.used[f] == nil {
		d.used[f] = new(charset)
	}
	const digits = "0123456789ABCDEF"
	for _, r := range text {
		g, _ := faces[f].Glyph(r)
		d.used[f][r] = true
		b = append(b, digits[g.Index>>12], digits[g.Index>>8&15], digits[g.Index>>4&15], digits[g.Index&15])
	}
	return b
}

// appendBlocks draws a code in a coordinate system of its own whose units are its modules, so that every number is a whole one.
func appendBlocks(b []byte, x, y, unitX, unitY page.Millimetres, blocks []page.Block) []byte {
	b = append(b, "q "...)
	b = appendNumber(b, points(unitX))
	b = append(b, " 0 0 "...)
	b = appendNumbers(b, points(unitY), points(x), points(y))
	b = append(b, "cm\n"...)
	for _, k := range blocks {
		for _, n := range [...]int{k.X, k.Y, k.W, k.H} {
			b = strconv.AppendInt(b, int64(n), 10)
			b = append(b, ' ')
		}
		b = append(b, "re f\n"...)
	}
	return append(b, "Q\n"...)
}

func appendRect(b []byte, r page.Rect) []byte {
	b = appendNumbers(b, points(r.X), points(r.Y), points(r.W), points(r.H))
	return append(b, "re f\n"...)
}

// appendSlanted fills a slanted line as the four-sided figure it is.
func appendSlanted(b []byte, l page.Line) []byte {
	for i, c := range l.Corners() {
		b = appendNumbers(b, points(c[0]), points(c[1]))
		b = append(b, "ml"[min(i, 1)], ' ')
	}
	return append(b, "f\n"...)
}

// setGrey changes the colour of fills and texts if it is another. The grey of a page is 0 black to 255 white.
func setGrey(b []byte, now *uint8, want uint8) []byte {
	if *now == want {
		return b
	}
	*now = want
	b = appendNumber(b, float64(want)/255)
	return append(b, " g\n"...)
}

// points are millimetres in the PDF's unit, 1/72 inch.
func points(v page.Millimetres) float64 { return float64(v) * 72 / 25.4 }

func appendNumbers(b []byte, vs ...float64) []byte {
	for _, v := range vs {
		b = appendNumber(b, v)
		b = append(b, ' ')
	}
	return b
}

// appendNumber writes five decimals, a tenth of a micrometre at most off, without needless zeros.
func appendNumber(b []byte, v float64) []byte {
	const decimals, one = 5, 100_000
	n := int64(math.Round(v * one))
	if n < 0 {
		b = append(b, '-')
		n = -n
	}
	b = strconv.AppendInt(b, n/one, 10)
	n %= one
	if n == 0 {
		return b
	}
	b = append(b, '.')
	for unit := int64(one / 10); n > 0; unit /= 10 {
		b = append(b, byte('0'+n/unit))
		n %= unit
	}
	return b
}

func number(v float64) string { return string(appendNumber(nil, v)) }
