package calibrate

import (
	"fmt"
	"strconv"
	"strings"

	"rsc.io/qr/coding"

	"znak/printer/page"
)

// Test is what a test print says.
type Test struct {
	Device string // the printer's name
	Date   string // as the caller writes dates
}

// The test print's measures, in millimetres. It fits the smallest sticker; on a larger sheet it lies in the upper left part.
const (
	frame    page.Millimetres = 5
	gap      page.Millimetres = 2
	leastW   page.Millimetres = 95
	leastH   page.Millimetres = 90
	smallest page.Points      = 4
	label    page.Points      = 6.5
)

// Code is what the large code of the test print says: plain letters, so that any reader shows it.
func (t Test) Code(s Sheet) string { return fmt.Sprintf("ZNAK TEST %s %d DPI", s.Media, s.DPI) }

// TestPage is the test print: a frame 5 mm from the edges, a code with a known text, codes of modules of 2 to 6 dots, lines of 1 to 4 dots,
// a wedge of greys, and the word ОБРАЗЕЦ. Errors: *TooSmall; *page.MissingGlyphError and *page.OverflowError by the device's name.
func TestPage(t Test, s Sheet) (page.Page, error) {
	w, err := paper()
	if err != nil {
		return page.Page{}, err
	}
	if s.Width < leastW || s.Height < leastH || s.DPI <= 0 {
		return page.Page{}, &TooSmall{s}
	}
	d := drawing{page: s.page("test"), grid: page.Grid{DPI: s.DPI}}
	d.add(page.Box{X: frame, Y: frame, W: s.Width - 2*frame, H: s.Height - 2*frame, Stroke: 0.2})
	left, top := frame+gap, frame+gap

	// the text at the left, the code at the right of it
	size := strings.NewReplacer("{width}", number(s.Width), "{height}", number(s.Height))
	words := page.Rect{X: left, Y: top, W: 48, H: 26}
	d.fit(words,
		page.Paragraph{Text: w.Test.Specimen, Font: page.Bold, Size: 18, Min: smallest},
		page.Paragraph{Text: w.Test.Title, Font: page.Bold, Size: 10, Min: smallest},
		page.Paragraph{Text: strings.ReplaceAll(w.Test.Device, "{device}", t.Device), Size: 8, Min: smallest},
		page.Paragraph{Text: strings.ReplaceAll(w.Test.Date, "{date}", t.Date), Size: 8, Min: smallest},
		page.Paragraph{Text: strings.ReplaceAll(w.Test.Dots, "{dpi}", strconv.Itoa(s.DPI)) + ", " + w.Test.Edge, Size: 8, Min: smallest},
		page.Paragraph{Text: size.Replace(w.Test.Size), Size: 8, Min: smallest})
	d.code(t.Code(s), words.X+words.W+gap, top, max(2, d.grid.Dots(0.6)))

	// the codes of 2 to 6 dots
	y := words.Y + words.H + gap
	d.label(w.Test.Modules, left, y+label.MM())
	y += label.MM() + 1
	x, low := left, y
	for dots := 2; dots <= 6; dots++ {
		area := d.code(strconv.Itoa(dots)+" DOTS", x, y, dots)
		d.add(page.Text{X: area.X + area.W/2, Y: area.Y + area.H + label.MM(), Size: label, Align: page.Center, Text: strconv.Itoa(dots)})
		x, low = area.X+area.W, max(low, area.Y+area.H+label.MM())
	}

	// lines of 1 to 4 dots with gaps as wide, upright and level
	y = low + gap
	d.label(w.Test.Lines, left, y+label.MM())
	y = d.grid.Snap(y + label.MM() + 1)
	x = d.grid.Snap(left)
	const side page.Millimetres = 8
	for dots := 1; dots <= 4; dots++ {
		wide := page.Millimetres(dots) * d.grid.Dot()
		for at := page.Millimetres(0); at+wide <= side; at += 2 * wide {
			d.add(page.Box{X: x + at, Y: y, W: wide, H: side, Filled: true},
				page.Box{X: d.grid.Snap(x + side + 1), Y: y + at, W: side, H: wide, Filled: true})
		}
		x = d.grid.Snap(x + 2*side + gap + 2)
	}

	// the greys
	y += side + gap
	d.label(w.Test.Greys, left, y+label.MM())
	y += label.MM() + 1
	const steps = 11
	for i := range steps {
		d.add(page.Box{X: left + page.Millimetres(i)*7, Y: y, W: 7, H: 5, Filled: true, Grey: uint8(i * 255 / (steps - 1))})
	}
	d.add(page.Box{X: left, Y: y, W: 7 * steps, H: 5, Stroke: 0.2})
	if d.err != nil {
		return page.Page{}, d.err
	}
	if err := page.Check(d.page); err != nil {
		return page.Page{}, err
	}
	return d.page, nil
}

// drawing is a page in the making; the first error stays.
type drawing struct {
	page page.Page
	grid page.Grid
	err  error
}

func (d *drawing) add(items ...page.Item) { d.page.Items = append(d.page.Items, items...) }

func (d *drawing) fit(box page.Rect, paragraphs ...page.Paragraph) {
	texts, _, err := page.Fit(box, paragraphs...)
	if err != nil && d.err == nil {
		d.err = err
	}
	for _, t := range texts {
		d.add(t)
	}
}

func (d *drawing) label(text string, x, y page.Millimetres) {
	d.add(page.Text{X: x, Y: y, Size: label, Text: text})
}

// code adds a QR code of modules of so many dots, its quiet zone from x, y or the next dots on, and returns its area with the quiet zone.
func (d *drawing) code(text string, x, y page.Millimetres, dots int) page.Rect {
	const quiet = 4
	content := coding.String(text)
	version := coding.Version(1)
	for version < coding.MaxVersion && content.Bits(version) > version.DataBytes(coding.M)*8 {
		version++
	}
	plan, err := coding.NewPlan(version, coding.M, 0)
	if err == nil {
		var code *coding.Code
		if code, err = plan.Encode(content); err == nil {
			module := page.Millimetres(dots) * d.grid.Dot()
			m := page.Matrix{X: d.grid.Snap(x + quiet*module + d.grid.Dot()/2), Y: d.grid.Snap(y + quiet*module + d.grid.Dot()/2), Module: module, Quiet: quiet,
				Kind: "QR", Size: code.Size, Bits: make([]bool, code.Size*code.Size), Data: text}
			for i := range m.Bits {
				m.Bits[i] = code.Black(i%code.Size, i/code.Size)
			}
			d.add(m)
			return m.Bounds()
		}
	}
	if d.err == nil {
		d.err = fmt.Errorf("calibrate: code %q: %w", text, err)
	}
	return page.Rect{X: x, Y: y}
}

// number writes a length as people do: 148,5.
func number(v page.Millimetres) string {
	return strings.ReplaceAll(strconv.FormatFloat(float64(v), 'f', -1, 64), ".", ",")
}
