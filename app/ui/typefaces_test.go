package ui

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"golang.org/x/image/font/sfnt"

	"znak/assets"
)

// typefaces are what the window brings with it, parsed once. What they lack is drawn with a typeface of the system, and where that has none as a
// lozenge with a question mark.
var typefaces = map[string]*sfnt.Font{}

func lacks(t testing.TB, r rune, style fyne.TextStyle) bool {
	t.Helper()
	res := ThemeOf(Look{}).Font(style)
	font := typefaces[res.Name()]
	if font == nil {
		var err error
		if font, err = sfnt.Parse(res.Content()); err != nil {
			t.Fatal(err)
		}
		typefaces[res.Name()] = font
	}
	glyph, err := font.GlyphIndex(nil, r)
	return err != nil || glyph == 0
}

// strange lists what stands in the window and cannot be drawn with its own typefaces.
func (d *desk) strange() (list []string) {
	walk(d.win.Canvas().Content(), func(o fyne.CanvasObject) {
		text, ok := o.(*canvas.Text)
		if !ok {
			return
		}
		for _, r := range text.Text {
			if lacks(d.t, r, text.TextStyle) {
				list = append(list, fmt.Sprintf("%q: %q is in no typeface of the window", text.Text, r))
			}
		}
	})
	return list
}

// Every character of the texts can be drawn wherever the window opens. What only commands say is drawn by the terminal.
func TestTextsAreInTheTypefaces(t *testing.T) {
	noRace(t)
	files, err := fs.Glob(assets.Texts, "texts/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	if !lacks(t, '✓', fyne.TextStyle{Bold: true}) {
		t.Fatal("a typeface without a check mark is taken to have one")
	}
	for _, file := range files {
		if strings.HasPrefix(file, "texts/cmd") || strings.HasPrefix(file, "texts/verdict") {
			continue
		}
		raw, err := assets.Texts.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[rune]bool{'\n': true}
		for _, r := range string(raw) {
			if !seen[r] && (lacks(t, r, fyne.TextStyle{}) || lacks(t, r, fyne.TextStyle{Bold: true})) {
				t.Errorf("%s: %q is in no typeface of the window", file, r)
			}
			seen[r] = true
		}
	}
}
