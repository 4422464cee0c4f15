package page

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"znak/assets"
)

// Font names one of the typefaces carried in the program. All renderers use the same files and no kerning, so that a
// text is as long on paper as it was measured.
type Font string

const (
	Sans       Font = "sans"
	Bold       Font = "bold"
	Narrow     Font = "narrow"
	NarrowBold Font = "narrow-bold"
	Mono       Font = "mono"
	MonoBold   Font = "mono-bold"
)

// Fonts lists every face in a fixed order.
var Fonts = []Font{Sans, Bold, Narrow, NarrowBold, Mono, MonoBold}

// faces holds each font's tables, read from the embedded file on first use. They never change after that.
var faces = map[Font]*face{
	Sans:       newFace("fonts/PTS55F.ttf"),
	Bold:       newFace("fonts/PTS75F.ttf"),
	Narrow:     newFace("fonts/PTN57F.ttf"),
	NarrowBold: newFace("fonts/PTN77F.ttf"),
	Mono:       newFace("fonts/PTM55F.ttf"),
	MonoBold:   newFace("fonts/PTM75F.ttf"),
}

// em is the unit of advances and metrics: thousandths of the type size, as in a PDF.
const em = 1000

// Glyph is a character's picture in a font. Lengths are in thousandths of the type size, y up from the baseline.
type Glyph struct {
	Index   uint16 // in the font file
	Advance int
	// The ink: empty for a space.
	Left, Right, Bottom, Top int
}

type face struct {
	file   string
	tables func() *tables
}

type tables struct {
	ttf                   []byte
	glyphs                map[rune]Glyph
	ascii                 [128]Glyph // the common ones without a hash; Index 0 where there is none
	cyrillic              [256]Glyph // U+0400 …
	ascent, descent, caps int
}

func newFace(file string) *face {
	return &face{file, sync.OnceValue(func() *tables {
		t, err := read(file)
		if err != nil {
			panic(fmt.Sprintf("embedded font %s: %v", file, err)) // a broken build; every test would show it
		}
		return t
	})}
}

func read(file string) (*tables, error) {
	ttf, err := assets.Fonts.ReadFile(file)
	if err != nil {
		return nil, err
	}
	f, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	t := &tables{ttf: ttf, glyphs: make(map[rune]Glyph)}
	var buf sfnt.Buffer
	const ppem = fixed.Int26_6(em << 6)
	units := func(v fixed.Int26_6) int { return v.Round() }
	m, err := f.Metrics(&buf, ppem, font.HintingNone)
	if err != nil {
		return nil, err
	}
	t.ascent, t.descent, t.caps = units(m.Ascent), units(m.Descent), units(m.CapHeight)
	for r := rune(' '); r < 0xFFFD; r++ { // without U+FFFD, which stands for bytes that are no text
		i, err := f.GlyphIndex(&buf, r)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			continue
		}
		b, advance, err := f.GlyphBounds(&buf, i, ppem, font.HintingNone)
		if err != nil {
			return nil, err
		}
		g := Glyph{Index: uint16(i), Advance: units(advance),
			Left: units(b.Min.X), Right: units(b.Max.X), Bottom: -units(b.Max.Y), Top: -units(b.Min.Y)}
		t.glyphs[r] = g
		switch {
		case r < 128:
			t.ascii[r] = g
		case r >= 0x400 && r < 0x500:
			t.cyrillic[r-0x400] = g
		}
	}
	return t, nil
}

func (t *tables) glyph(r rune) (Glyph, bool) {
	switch {
	case r >= 0 && r < 128:
		return t.ascii[r], t.ascii[r].Index != 0
	case r >= 0x400 && r < 0x500:
		return t.cyrillic[r-0x400], t.cyrillic[r-0x400].Index != 0
	}
	g, ok := t.glyphs[r]
	return g, ok
}

// load is the font's tables. The empty name is Sans; a name that is none of ours is a mistake of the programmer.
func (f Font) load() *tables {
	if f == "" {
		f = Sans
	}
	face, ok := faces[f]
	if !ok {
		panic("page: no font " + string(f))
	}
	return face.tables()
}

// TTF is the font's file. The caller must not change it.
func (f Font) TTF() []byte { return f.load().ttf }

// Glyph is the picture of r, and whether the font has one.
func (f Font) Glyph(r rune) (Glyph, bool) { return f.load().glyph(r) }

// Width is the length of text set in one line, without kerning. The error is a *MissingGlyphError.
func (f Font) Width(size Points, text string) (Millimetres, error) {
	n, err := f.units(text)
	return scale(size, n), err
}

// units is the length of text in thousandths of the type size.
func (f Font) units(text string) (int, error) {
	t, n := f.load(), 0
	for _, r := range text {
		g, ok := t.glyph(r)
		if !ok {
			return 0, f.missing(text)
		}
		n += g.Advance
	}
	return n, nil
}

// missing names all characters of text the font lacks; nil if there are none.
func (f Font) missing(text string) error {
	t := f.load()
	var runes []rune
	for _, r := range text {
		if _, ok := t.glyph(r); !ok && !strings.ContainsRune(string(runes), r) {
			runes = append(runes, r)
		}
	}
	if runes == nil {
		return nil
	}
	return &MissingGlyphError{Font: f, Text: text, Runes: runes}
}

// Ascent is the room above the baseline that lines of this size need, accents of capitals included.
func (f Font) Ascent(size Points) Millimetres { return scale(size, f.load().ascent) }

// Descent is the room below the baseline, positive.
func (f Font) Descent(size Points) Millimetres { return scale(size, f.load().descent) }

// CapHeight is the height of a capital letter.
func (f Font) CapHeight(size Points) Millimetres { return scale(size, f.load().caps) }

// narrow is the condensed sister of the face, or the face itself.
func (f Font) narrow() Font {
	switch f {
	case "", Sans:
		return Narrow
	case Bold:
		return NarrowBold
	}
	return f
}

// scale turns thousandths of the type size into millimetres.
func scale(size Points, units int) Millimetres { return size.MM() * Millimetres(units) / em }

// MissingGlyphError says that a font has no picture for some characters of a text. Printed, they would be blanks.
type MissingGlyphError struct {
	Font  Font
	Text  string
	Runes []rune
}

func (e *MissingGlyphError) Error() string {
	return fmt.Sprintf("font %s has no glyph for %q (%U)", e.Font, string(e.Runes), e.Runes)
}

// HintKey names the sentence for the person.
func (e *MissingGlyphError) HintKey() (string, map[string]any) {
	codes := make([]string, len(e.Runes))
	for i, r := range e.Runes {
		codes[i] = fmt.Sprintf("%U", r)
		if r >= ' ' && r != 0xFFFD && (r < 0x7F || r > 0x9F) {
			codes[i] = string(r) + " (" + codes[i] + ")"
		}
	}
	return "printer.page.glyph", map[string]any{"Text": shorten(e.Text), "Runes": strings.Join(codes, ", ")}
}

// shorten cuts a text for a message.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}
