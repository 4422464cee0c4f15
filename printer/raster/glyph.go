package raster

import (
	"fmt"
	"image"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"znak/printer/page"
)

const (
	// A glyph is drawn at one of so many places between two dots, as other renderers do.
	places = 4
	// maxGlyphs is where the cache is emptied; an envelope needs some hundreds.
	maxGlyphs = 20_000
)

type glyphKey struct {
	font  page.Font
	size  page.Points
	index uint16
	place uint8 // quarters of a dot to the right
	turn  uint8 // quarter turns clockwise about its origin
}

// glyphs keeps drawn glyphs. The mask's rectangle is placed around the glyph's origin.
type glyphs struct {
	drawn map[glyphKey]*image.Alpha
	buf   sfnt.Buffer
}

// outlines are the parsed fonts; they are never changed.
var outlines = func() map[page.Font]func() (*sfnt.Font, error) {
	m := make(map[page.Font]func() (*sfnt.Font, error))
	for _, f := range page.Fonts {
		m[f] = sync.OnceValues(func() (*sfnt.Font, error) { return sfnt.Parse(f.TTF()) })
	}
	return m
}()

// text draws a line of text on its baseline.
func (r *Renderer) text(c canvas, t page.Text) error {
	if t.Font == "" {
		t.Font = page.Sans
	}
	if ink, err := t.Ink(); err != nil || !r.seen(c, ink) {
		return err
	}
	start, err := t.Start()
	if err != nil {
		return err
	}
	x, y := r.dots(start), int(math.Floor(r.dots(t.Y)))
	em := r.dots(t.Size.MM())
	for _, char := range t.Text {
		g, _ := t.Font.Glyph(char)
		if g.Right > g.Left {
			whole := math.Floor(x)
			place := uint8((x - whole) * places)
			mask, err := r.glyph(glyphKey{t.Font, t.Size, g.Index, place, uint8(c.quarters)}, em)
			if err != nil {
				return err
			}
			c.blend(mask, int(whole), y, t.Grey)
		}
		x += float64(g.Advance) / 1000 * em
	}
	return nil
}

// glyph is the mask of a glyph, drawn now or before. em is the type size in dots.
func (r *Renderer) glyph(k glyphKey, em float64) (*image.Alpha, error) {
	if mask, ok := r.glyphs.drawn[k]; ok {
		return mask, nil
	}
	f, err := outlines[k.font]()
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", k.font, err)
	}
	ppem := fixed.Int26_6(math.Round(em * 64))
	bounds, _, err := f.GlyphBounds(&r.glyphs.buf, sfnt.GlyphIndex(k.index), ppem, font.HintingNone)
	if err != nil {
		return nil, fmt.Errorf("font %s glyph %d: %w", k.font, k.index, err)
	}
	segments, err := f.LoadGlyph(&r.glyphs.buf, sfnt.GlyphIndex(k.index), ppem, nil)
	if err != nil {
		return nil, fmt.Errorf("font %s glyph %d: %w", k.font, k.index, err)
	}
	area := image.Rect(bounds.Min.X.Floor(), bounds.Min.Y.Floor(), bounds.Max.X.Ceil()+1, bounds.Max.Y.Ceil())
	shift := float32(k.place) / places
	at := func(p fixed.Point26_6) (float32, float32) {
		return float32(p.X)/64 + shift - float32(area.Min.X), float32(p.Y)/64 - float32(area.Min.Y)
	}
	r.path.Reset(area.Dx(), area.Dy())
	for _, s := range segments {
		x, y := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			r.path.ClosePath()
			r.path.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			r.path.LineTo(x, y)
		case sfnt.SegmentOpQuadTo:
			x1, y1 := at(s.Args[1])
			r.path.QuadTo(x, y, x1, y1)
		case sfnt.SegmentOpCubeTo:
			x1, y1 := at(s.Args[1])
			x2, y2 := at(s.Args[2])
			r.path.CubeTo(x, y, x1, y1, x2, y2)
		}
	}
	r.path.ClosePath()
	mask := image.NewAlpha(area)
	r.path.Draw(mask, area, image.Opaque, image.Point{})
	if r.glyphs.drawn == nil || len(r.glyphs.drawn) >= maxGlyphs {
		r.glyphs.drawn = make(map[glyphKey]*image.Alpha)
	}
	mask = turn{quarters: int(k.turn)}.mask(mask)
	r.glyphs.drawn[k] = mask
	return mask, nil
}
