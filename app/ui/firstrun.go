package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"znak/app/ui/view"
)

// firstScreen is the first run: practise on the training post office, or connect the real account.
type firstScreen struct {
	w    *Window
	said *paragraph
	box  fyne.CanvasObject
}

func newFirstScreen(w *Window) *firstScreen {
	s := &firstScreen{w: w}
	title := heading(w.words.T("ui.first.title"))
	_, about := para(w.words.T("ui.first.about"), view.Plain)

	_, trainingAbout := para(w.words.T("ui.first.training-about"), view.Plain)
	begin := primary(newButton(w, w.words.T("ui.first.training-do"), theme.MediaPlayIcon(), s.train))
	training := newPanel(colorPanel, 10, inset(20, 20, border(vbox(10, subheading(w.words.T("ui.first.training")), trainingAbout), hbox(0, begin), nil, nil)))

	_, accountAbout := para(w.words.T("ui.first.account-about"), view.Plain)
	form := newAccountForm(w, w.params.Account)
	account := newPanel(colorPanel, 10, inset(20, 20, vbox(10, subheading(w.words.T("ui.first.account")), accountAbout, form.box)))

	var said fyne.CanvasObject
	s.said, said = para("", view.Plain)
	lang := newChoice(w, []string{w.words.T("ui.lang.ru"), w.words.T("ui.lang.en")}, nil)
	lang.Selected = w.words.T("ui.lang." + w.words.Lang())
	lang.OnChanged = func(label string) {
		code := "ru"
		if label == w.words.T("ui.lang.en") {
			code = "en"
		}
		if code != w.words.Lang() {
			w.speak(code)
			w.goTo(place{screenFirst, ""})
		}
	}
	top := border(nil, nil, title, wide(140, lang))
	choices := container.New(shares{[]float32{1, 1.3}, 20}, container.NewVBox(training), container.NewVBox(account))
	s.box = container.NewVScroll(inset(16, 24, container.New(atMost{960, true}, vbox(16, top, about, choices, said))))
	return s
}

func (s *firstScreen) head() (string, string)     { return s.w.words.T("ui.first.title"), "" }
func (s *firstScreen) content() fyne.CanvasObject { return s.box }
func (s *firstScreen) show(string)                {}
func (s *firstScreen) refresh()                   {}

// note shows a line of the window: the frame with its own line is not there yet.
func (s *firstScreen) note(tone view.Tone, text string) {
	s.said.Importance = importance(tone)
	s.said.SetText(text)
}

func (s *firstScreen) train() {
	if s.w.printing() {
		return
	}
	taken := start(s.w.tasks, "training", func(ctx context.Context) (view.Station, error) { return s.w.params.StartTraining(ctx) },
		func(st view.Station, err error) {
			if s.w.told(err) {
				s.w.goOn(st)
			}
		})
	if taken {
		s.w.say(view.Accent, s.w.words.T("ui.first.starting"))
	}
}
