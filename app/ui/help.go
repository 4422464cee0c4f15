package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"znak/app/ui/view"
)

// helpScreen is F1: the keys, and how the work goes.
type helpScreen struct {
	w   *Window
	box fyne.CanvasObject
}

func newHelpScreen(w *Window) *helpScreen {
	keys := vbox(10)
	for _, k := range []struct{ key, text string }{
		{"F1", "f1"}, {"F2", "f2"}, {"F3", "f3"}, {"F4", "f4"}, {"F5", "f5"}, {"F12", "f12"}, {"Ctrl+F", "ctrlf"}, {"Esc", "esc"},
		{"Alt+1…0", "alt"}, {"Tab", "tab"}, {"Enter", "enter"}, {"PgUp PgDn", "page"},
	} {
		name := whole(k.key)
		name.Bold = true
		_, text := para(w.words.T("ui.help."+k.text), view.Plain)
		keys.Add(border(nil, nil, wide(80, name), nil, text))
	}
	order := vbox(10, subheading(w.words.T("ui.help.order")))
	for _, step := range []string{"1", "2", "3", "4", "5"} {
		_, text := para(w.words.T("ui.help.step."+step), view.Plain)
		order.Add(text)
	}
	order.Add(wrapped(newButton(w, w.words.T("ui.about.open"), theme.InfoIcon(), func() { w.open(screenAbout, "") }),
		newButton(w, w.words.T("ui.guide.open"), theme.ListIcon(), func() { w.open(screenGuide, "") })))
	s := &helpScreen{w: w}
	s.box = container.NewVScroll(container.New(shares{[]float32{1, 1}, 32}, newPanel(colorPanel, 10, inset(16, 16, keys)), newPanel(colorPanel, 10, inset(16, 16, order))))
	return s
}

func (s *helpScreen) head() (string, string)     { return s.w.words.T("ui.help.title"), "" }
func (s *helpScreen) content() fyne.CanvasObject { return s.box }
func (s *helpScreen) show(string)                {}
func (s *helpScreen) refresh()                   {}
