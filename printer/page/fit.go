package page

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Paragraph is a text to be set inside a box. Line breaks in Text are kept; other lines are wrapped where needed. A blank one
// takes no room.
type Paragraph struct {
	Text  string
	Font  Font
	Size  Points // wanted
	Min   Points // the smallest that is still readable; 0: Size is not shrunk
	Align Align
	Grey  uint8
	// Leading is the distance of baselines as a multiple of the size; 0 is 1.2.
	Leading float64
	// Before is extra space above the paragraph, unless it is the first.
	Before Millimetres
	// Lines is the greatest number of lines; 0: as many as fit.
	Lines int
}

const (
	defaultLeading = 1.2
	sizeStep       = 0.25 // points between two attempts
)

// Fit sets the paragraphs one below the other from the top of the box, so that nothing leaves it. What does not fit at the wanted
// sizes is shrunk, all paragraphs together and none below its Min; then set in the narrow face; then broken inside words. Lines
// are broken at spaces and after hyphens, dashes, slashes, commas and semicolons. The size returned is the first paragraph's.
// Errors: *MissingGlyphError, *OverflowError if even the last means is not enough.
func Fit(box Rect, paragraphs ...Paragraph) ([]Text, Points, error) {
	if len(paragraphs) == 0 {
		return nil, 0, nil
	}
	for _, mean := range []struct{ narrow, split bool }{{false, false}, {true, false}, {true, true}} {
		set := make([]setting, len(paragraphs))
		for i, p := range paragraphs {
			var err error
			if set[i], err = prepare(p, mean.narrow); err != nil {
				return nil, 0, err
			}
		}
		for shrink := Points(0); ; shrink += sizeStep {
			texts, ok := place(box, set, shrink, mean.split)
			if ok {
				return texts, set[0].size(shrink), nil
			}
			if !shrinkable(set, shrink) {
				break
			}
		}
	}
	all := make([]string, len(paragraphs))
	for i, p := range paragraphs {
		all[i] = p.Text
	}
	return nil, 0, &OverflowError{Box: box, Text: strings.Join(all, "\n"), Min: paragraphs[0].Min}
}

// setting is a paragraph in one face, cut into pieces that must not be broken.
type setting struct {
	Paragraph
	lines [][]piece // the lines given by the author
}

// piece is a word with the spaces after it. Lengths in thousandths of the size.
type piece struct {
	text  string
	width int // of the whole
	ink   int // without the spaces at its end
}

func prepare(p Paragraph, narrow bool) (setting, error) {
	if narrow {
		p.Font = p.Font.narrow()
	}
	if p.Font == "" {
		p.Font = Sans
	}
	if p.Min == 0 || p.Min > p.Size {
		p.Min = p.Size
	}
	if p.Leading == 0 {
		p.Leading = defaultLeading
	}
	s := setting{Paragraph: p}
	for line := range strings.SplitSeq(strings.TrimRight(p.Text, "\n "), "\n") {
		var pieces []piece
		for _, text := range cut(strings.TrimLeft(line, " ")) {
			w, err := p.Font.units(text)
			if err != nil {
				return s, p.Font.missing(strings.ReplaceAll(p.Text, "\n", " "))
			}
			ink, _ := p.Font.units(strings.TrimRight(text, " "))
			pieces = append(pieces, piece{text, w, ink})
		}
		s.lines = append(s.lines, pieces)
	}
	return s, nil
}

// cut splits a line after every place where it may be broken.
func cut(line string) []string {
	var out []string
	start := 0
	prev := ' '
	for i, r := range line {
		at := i + utf8.RuneLen(r)
		if r == utf8.RuneError || at >= len(line) { // bytes that are no text have no glyph: an error later
			continue
		}
		next, _ := utf8.DecodeRuneInString(line[at:])
		broken := false
		switch r {
		case ' ':
			broken = true
		case '-', '–', '—', '/', '\\':
			// not a sign before a word: «-5», «/2»
			broken = prev != ' ' && next != '-' && next != '–' && next != '—'
		case ',', ';':
			broken = !(unicode.IsDigit(prev) && unicode.IsDigit(next)) && !closes(next) // not inside «85,40»
		}
		if broken && next != ' ' { // spaces stay with the word before them
			out = append(out, line[start:at])
			start = at
		}
		prev = r
	}
	if start < len(line) {
		out = append(out, line[start:])
	}
	return out
}

func closes(r rune) bool { return strings.ContainsRune("»”“)\"]’,;.", r) }

// blank reports whether there is nothing to set; such a paragraph takes no room.
func (s setting) blank() bool {
	for _, line := range s.lines {
		if len(line) > 0 {
			return false
		}
	}
	return true
}

// size is the paragraph's size when all are shrunk by so many points.
func (s setting) size(shrink Points) Points { return max(s.Min, s.Size-shrink) }

func shrinkable(set []setting, shrink Points) bool {
	for _, s := range set {
		if s.size(shrink) > s.Min {
			return true
		}
	}
	return false
}

// place sets all paragraphs at their sizes and reports whether they fit.
func place(box Rect, set []setting, shrink Points, split bool) ([]Text, bool) {
	var out []Text
	y := box.Y
	first := true
	for _, s := range set {
		if s.blank() {
			continue
		}
		size := s.size(shrink)
		room := int(math.Floor(float64(box.W/size.MM())*em + 1e-6))
		lines, ok := s.wrap(room, split)
		if !ok || s.Lines > 0 && len(lines) > s.Lines {
			return nil, false
		}
		x := box.X
		switch s.Align {
		case Center:
			x += box.W / 2
		case Right:
			x += box.W
		}
		ascent, descent := s.Font.Ascent(size), s.Font.Descent(size)
		step := size.MM() * Millimetres(s.Leading)
		if first {
			y += ascent
			first = false
		} else {
			// one line of this paragraph below the last line of the one before
			y += s.Before + max(step, ascent)
		}
		for n, line := range lines {
			if n > 0 {
				y += step
			}
			if y+descent > box.Y+box.H+0.0005 {
				return nil, false
			}
			if line != "" {
				out = append(out, Text{X: x, Y: y, Size: size, Font: s.Font, Align: s.Align, Text: line, Grey: s.Grey})
			}
		}
	}
	return out, true
}

// wrap fills lines of the given room. It fails if a piece is longer than a line, unless words may be split.
func (s setting) wrap(room int, split bool) ([]string, bool) {
	var out []string
	for _, pieces := range s.lines {
		var line strings.Builder
		width := 0
		flush := func() {
			out = append(out, strings.TrimRight(line.String(), " "))
			line.Reset()
			width = 0
		}
		for _, p := range pieces {
			if width > 0 && width+p.ink > room {
				flush()
			}
			if p.ink > room {
				if !split {
					return nil, false
				}
				for _, r := range p.text {
					g, _ := s.Font.Glyph(r)
					if g.Advance > room {
						return nil, false
					}
					if width > 0 && width+g.Advance > room && r != ' ' {
						flush()
					}
					line.WriteRune(r)
					width += g.Advance
				}
				continue
			}
			line.WriteString(p.text)
			width += p.width
		}
		flush()
	}
	return out, true
}

// OverflowError says that a text does not fit its box even at the smallest size and in the narrow face.
type OverflowError struct {
	Box  Rect
	Text string
	Min  Points
}

func (e *OverflowError) Error() string {
	return fmt.Sprintf("text of %d characters does not fit %.1f × %.1f mm at %.1f pt: %q",
		utf8.RuneCountInString(e.Text), float64(e.Box.W), float64(e.Box.H), float64(e.Min), shorten(e.Text))
}

// HintKey names the sentence for the person.
func (e *OverflowError) HintKey() (string, map[string]any) {
	return "printer.page.overflow", map[string]any{"Text": shorten(strings.ReplaceAll(e.Text, "\n", " ")), "Length": utf8.RuneCountInString(e.Text)}
}
