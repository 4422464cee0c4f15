package ui

import (
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
)

const screenAbout = "about"

// aboutScreen says what program this is, and what is certain about the mark and what is not.
type aboutScreen struct {
	w   *Window
	box fyne.CanvasObject
}

func newAboutScreen(w *Window) *aboutScreen {
	facts := vbox(14)
	for _, f := range w.words.FactsOf() {
		icon := boxed(26, 20, widget.NewIcon(w.icons.get(shapeOf(f.Tone), inkOf(f.Tone))))
		what, whatBox := para(f.What, view.Plain)
		what.TextStyle.Bold = true
		here, hereBox := para(f.Here, view.Plain)
		here.SizeName = sizeTable
		level := newLine(f.Level)
		level.Ink, level.Step = inkOf(f.Tone), sizeTable
		facts.Add(border(nil, nil, container.NewVBox(icon), nil, vbox(2, whatBox, level, hereBox)))
	}
	version := w.params.Versions["znak"]
	if rev := w.params.Versions["vcs.revision"]; rev != "" {
		version += " · " + rev[:min(len(rev), 12)]
	}
	_, name := para(w.words.Say("ui.about.version", map[string]any{"Version": strings.TrimPrefix(version, " · "), "System": runtime.GOOS}), view.Plain)
	_, what := para(w.words.T("ui.about.what"), view.Plain)
	_, ask := para(w.words.T("ui.about.ask"), view.Plain)
	_, licence := para(w.words.T("ui.about.licence"), view.Plain)
	left := newPanel(colorPanel, 10, inset(16, 16, vbox(12, subheading(w.words.T("ui.app")), name, what, licence,
		container.NewHBox(newButton(w, w.words.T("ui.guide.open"), theme.ListIcon(), func() { w.open(screenGuide, "") })))))
	right := newPanel(colorPanel, 10, inset(16, 16, vbox(14, subheading(w.words.T("ui.about.certain")), ask, facts)))
	s := &aboutScreen{w: w}
	s.box = container.NewVScroll(container.New(shares{[]float32{1, 1.8}, 16}, container.NewVBox(left), container.NewVBox(right)))
	return s
}

func (s *aboutScreen) head() (string, string)     { return s.w.words.T("ui.about.title"), "" }
func (s *aboutScreen) content() fyne.CanvasObject { return s.box }
func (s *aboutScreen) show(string)                {}
func (s *aboutScreen) refresh()                   {}
