package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// noBreak are the spaces at which a line must not end: between the thousands of a sum, before a unit, after an initial. The toolkit ends lines there like
// anywhere else, and half a sum looks like another one.
const noBreak = "\u00a0\u202f"

// paragraph is a text that is wrapped, but not within a sum.
type paragraph struct {
	widget.Label
	Text string // that of Label is cut into lines
}

func newParagraph(text string) *paragraph {
	p := &paragraph{Text: text}
	p.Wrapping = fyne.TextWrapWord
	p.ExtendBaseWidget(p)
	p.Label.Text = text
	return p
}

// SetText changes the text.
func (p *paragraph) SetText(text string) {
	p.Text = text
	p.Refresh()
}

// Refresh shows what has changed: text, style, theme.
func (p *paragraph) Refresh() {
	p.fold(p.Size().Width)
	p.Label.Refresh()
}

// Resize gives the text its room.
func (p *paragraph) Resize(size fyne.Size) {
	if size.Width != p.Size().Width && p.fold(size.Width) {
		p.Label.Refresh()
	}
	p.Label.Resize(size)
}

// fold cuts the text into lines for a width, and reports whether they are other ones than before. A text without such spaces is left to the toolkit.
func (p *paragraph) fold(width float32) bool {
	was := p.Label.Text
	p.Label.Text = p.Text
	if strings.ContainsAny(p.Text, noBreak) {
		th, name := p.Theme(), p.SizeName
		if name == "" {
			name = theme.SizeNameText
		}
		size, room := th.Size(name), width-2*th.Size(theme.SizeNameInnerPadding)-1
		p.Label.Text = folded(p.Text, func(line string) bool { return fyne.MeasureText(line, size, p.TextStyle).Width <= room })
	}
	return p.Label.Text != was
}

// folded ends lines at ordinary spaces so that each fits; a word that does not fit has a line of its own.
func folded(text string, fits func(line string) bool) string {
	lines := strings.Split(text, "\n")
	for i, rest := range lines {
		var b strings.Builder
		line := ""
		for k, word := range strings.Split(rest, " ") {
			switch longer := line + " " + word; {
			case k == 0:
				line = word
			case fits(longer):
				line = longer
			default:
				b.WriteString(line + "\n")
				line = word
			}
		}
		b.WriteString(line)
		lines[i] = b.String()
	}
	return strings.Join(lines, "\n")
}
