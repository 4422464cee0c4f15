package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/station"
	"znak/app/ui/view"
)

const screenSignIn = "sign-in"

// keyLock locks the station at once.
const keyLock = fyne.KeyF12

// gate is what stands between the screens and nobody: while it is shut, only the sign-in screen is shown. The station decides; the window asks it every few
// seconds and after each key to the lock.
type gate struct {
	shut  bool
	at    station.SignedIn
	after place // where to go on
}

// lookWho asks the station who is there.
func (w *Window) lookWho() {
	load(w.tasks, "who", w.station.SignedIn, func(at station.SignedIn, err error) {
		if err != nil {
			w.log.Warn("sign-in not known", "error", err)
			return
		}
		w.present(at)
	})
}

// present shows or hides the screens, by who is there.
func (w *Window) present(at station.SignedIn) {
	was := w.gate.at
	w.gate.at, w.words.At = at, at
	w.frame.status.present(w.words.Present(at))
	switch {
	case !at.Present() && !w.gate.shut:
		w.gate.shut, w.gate.after = true, w.here
		w.over.close()
		w.goTo(place{screenSignIn, ""})
	case at.Present() && w.gate.shut:
		w.gate.shut = false
		to := w.gate.after
		if was.Name != "" && was.Name != at.Name || to.screen == "" || to.screen == screenSignIn { // another person begins their own work
			to, w.back = place{view.ScreenToday, ""}, nil
		}
		if !w.station.HasAccount() {
			to = place{screenFirst, ""}
		}
		w.goTo(to)
		w.changed()
	case w.gate.shut:
		w.current().refresh()
	case was.Name != at.Name && w.here.screen == view.ScreenOperators:
		w.current().refresh()
	}
}

// gated keeps everything but the sign-in screen from being shown while the gate is shut; it is shown afterwards.
func (w *Window) gated(to place) bool {
	if !w.gate.shut || to.screen == screenSignIn {
		return false
	}
	w.gate.after = to
	if w.here.screen != screenSignIn {
		w.goTo(place{screenSignIn, ""})
	}
	return true
}

// lock is F12: the station is locked at once; what runs goes on.
func (w *Window) lock() {
	if w.gate.at.On && !w.gate.shut {
		start(w.tasks, "lock", func(ctx context.Context) (bool, error) { return true, w.station.Lock(ctx) }, func(_ bool, err error) {
			w.told(err)
			w.lookWho()
		})
	}
}

// keyAtGate is every key while the gate is shut: those for typing, choosing and scanning pass, those that do something do not.
func (w *Window) keyAtGate(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if !w.ears.running() {
			return false
		}
		w.ears.press('\r')
	case fyne.KeyEscape, fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6, fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12:
	case fyne.KeySpace:
		return w.ears.running()
	default:
		return false
	}
	return true
}

// takeBadge is a badge shown while somebody works: its owner takes over.
func (w *Window) takeBadge(text string) {
	if w.gate.at.On {
		w.enter(func(ctx context.Context) error { return w.station.SignInBadge(ctx, text) }, func(err error) { w.told(err) })
	}
}

// enter signs somebody in; done is told how it went.
func (w *Window) enter(in func(context.Context) error, done func(error)) {
	start(w.tasks, "sign-in", func(ctx context.Context) (station.SignedIn, error) {
		if err := in(ctx); err != nil {
			return station.SignedIn{}, err
		}
		return w.station.SignedIn(ctx)
	}, func(at station.SignedIn, err error) {
		done(err)
		if err == nil {
			w.present(at)
		}
	})
}

// signInScreen asks for a name and a PIN, or a badge. It tells nothing of the letters but how far a run is.
type signInScreen struct {
	w       *Window
	title   *line
	about   *paragraph
	name    *choice
	pin     *entry
	do      *button
	said    *paragraph
	saidBox fyne.CanvasObject
	runs    *line
	box     fyne.CanvasObject
	names   []string
}

var (
	_ screen     = (*signInScreen)(nil)
	_ scanTaker  = (*signInScreen)(nil)
	_ badgeTaker = (*signInScreen)(nil)
)

func newSignInScreen(w *Window) *signInScreen {
	s := &signInScreen{w: w, title: heading("")}
	var about, said fyne.CanvasObject
	s.about, about = para("", view.Plain)
	s.name = newChoice(w, nil, func(string) { s.check() })
	s.name.PlaceHolder = w.words.T("ui.signin.choose")
	s.pin = newSecret(w, w.words.T("ui.signin.pin"))
	s.pin.OnChanged = func(string) { s.check() }
	s.pin.OnSubmitted = func(string) { s.submit() }
	s.do = primary(newButton(w, w.words.T("ui.signin.do"), theme.LoginIcon(), s.submit))
	s.said, said = para("", view.Stop)
	s.saidBox = said
	s.runs = newLine("")
	s.runs.Ink = inkOf(view.Accent)
	_, badge := para(w.words.T("ui.signin.badge"), view.Plain)
	forgot := newParagraph(w.words.T("ui.signin.forgot"))
	forgot.SizeName = sizeTable
	form := newPanel(colorPanel, 10, inset(20, 20, vbox(12,
		vbox(4, muted(w.words.T("ui.signin.who")), s.name), vbox(4, muted(w.words.T("ui.signin.pin")), s.pin), s.do, said, widget.NewSeparator(), badge)))
	lang := newChoice(w, []string{w.words.T("ui.lang.ru"), w.words.T("ui.lang.en")}, nil)
	lang.Selected = w.words.T("ui.lang." + w.words.Lang())
	lang.OnChanged = func(label string) {
		code := "ru"
		if label == w.words.T("ui.lang.en") {
			code = "en"
		}
		if code != w.words.Lang() {
			after := w.gate.after
			w.speak(code)
			w.gate.after = after
		}
	}
	top := border(nil, nil, nil, container.NewCenter(wide(130, lang)), s.title)
	s.box = container.NewVScroll(container.NewCenter(inset(24, 24, wide(480, vbox(14, top, about, form, s.runs, container.New(outdent{}, forgot))))))
	return s
}

func (s *signInScreen) head() (string, string)     { return s.title.Text, "" }
func (s *signInScreen) content() fyne.CanvasObject { return s.box }
func (s *signInScreen) focus() fyne.Focusable {
	if s.name.Selected == "" {
		return s.name
	}
	return s.pin
}

func (s *signInScreen) show(string) {
	s.pin.SetText("")
	s.tell(nil)
	s.refresh()
}

func (s *signInScreen) refresh() {
	at := s.w.gate.at
	title, about := s.w.words.T("ui.signin.title"), s.w.words.T("ui.signin.about")
	if at.Locked {
		title, about = s.w.words.T("ui.signin.locked"), s.w.words.Say("ui.signin.locked-about", map[string]any{"Who": at.Name})
	}
	s.title.set(title, theme.ColorNameForeground)
	if s.about.Text != about {
		s.about.SetText(about)
	}
	s.runs.set(s.w.runText(), inkOf(view.Accent))
	load(s.w.tasks, "sign-in-names", s.w.station.Operators, func(list []station.Operator, err error) {
		if err != nil {
			s.tell(err)
			return
		}
		s.fill(list)
	})
}

func (s *signInScreen) fill(list []station.Operator) {
	var names []string
	for _, o := range list {
		names = append(names, o.Name)
	}
	if strings.Join(names, "\n") == strings.Join(s.names, "\n") && s.name.Selected != "" {
		return
	}
	s.names = names
	s.name.SetOptions(names)
	switch {
	case s.w.gate.at.Name != "":
		s.name.SetSelected(s.w.gate.at.Name)
	case len(names) == 1:
		s.name.SetSelected(names[0])
	}
	s.check()
	if s.w.current() == screen(s) && s.name.Selected != "" && s.w.win.Canvas().Focused() == fyne.Focusable(s.name) {
		s.w.win.Canvas().Focus(s.pin)
	}
}

func (s *signInScreen) check() { s.do.set(s.do.Text, s.name.Selected != "" && s.pin.Text != "") }

func (s *signInScreen) submit() {
	if s.do.Disabled() {
		return
	}
	name, pin := s.name.Selected, s.pin.Text
	s.pin.SetText("") // not kept a moment longer than needed
	s.w.enter(func(ctx context.Context) error { return s.w.station.SignIn(ctx, name, pin) }, s.tell)
}

// tell shows why nobody was let in.
func (s *signInScreen) tell(err error) {
	text := ""
	if err != nil {
		text = s.w.words.Trouble(err)
	}
	s.said.SetText(text)
	show(s.saidBox, text != "")
	s.box.Refresh()
}

func (s *signInScreen) badge(text string) {
	s.w.enter(func(ctx context.Context) error { return s.w.station.SignInBadge(ctx, text) }, s.tell)
}

// scanned is a code that is no badge, or a PIN typed as fast as a scanner.
func (s *signInScreen) scanned(text string) {
	if strings.Trim(strings.TrimSpace(text), "0123456789") == "" && s.w.win.Canvas().Focused() == fyne.Focusable(s.pin) {
		s.typedIn(text)
		return
	}
	s.tell(&station.Refused{Reasons: []station.Reason{{Key: "operator.no-badge"}}})
}

// typedIn is the PIN, wherever the focus is.
func (s *signInScreen) typedIn(text string) {
	if text != "\r" && s.name.Selected != "" && s.w.win.Canvas().Focused() != fyne.Focusable(s.pin) {
		s.w.win.Canvas().Focus(s.pin)
	}
	s.pin.typed(text)
}
