package ui

import (
	"cmp"
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"znak/app/station"
	"znak/app/text"
	"znak/app/ui/view"
)

// settingsScreen: one idea a block; every setting says what it changes and its default.
type settingsScreen struct {
	w       *Window
	shown   []view.Setting
	entries map[string]*entry // what is typed, by setting
	work    *fyne.Container
	rights  *barrier
	may     bool // the person at the window may change settings
	copies  *copiesPanel
	box     fyne.CanvasObject
}

func newSettingsScreen(w *Window) *settingsScreen {
	s := &settingsScreen{w: w, work: vbox(16), rights: newBarrier(w, station.ActSettings)}
	look := newPanel(colorPanel, 10, inset(16, 16, vbox(16, newLookPanel(w), s.language())))
	account := newPanel(colorPanel, 10, inset(16, 16, vbox(10, subheading(w.words.T("ui.settings.account")), newAccountForm(w, w.params.Account).box)))
	journal := newButton(w, w.words.T("ui.journal.open"), theme.HistoryIcon(), func() { w.open(screenJournal, "") })
	work := newPanel(colorPanel, 10, inset(16, 16, vbox(16, subheading(w.words.T("ui.settings.work")), s.rights.box, s.work, wrapped(journal))))
	s.copies = newCopiesPanel(w)
	right := vbox(16, look, newPanel(colorPanel, 10, inset(16, 16, s.copies.box)), newPanel(colorPanel, 10, inset(16, 16, newSupportPanel(w))), account)
	s.box = container.NewVScroll(container.New(shares{[]float32{1, 1}, 16}, container.NewVBox(work), container.NewVBox(right)))
	return s
}

func (s *settingsScreen) head() (string, string)     { return s.w.words.T("ui.menu.settings"), "" }
func (s *settingsScreen) content() fyne.CanvasObject { return s.box }
func (s *settingsScreen) show(string)                { s.refresh() }

func (s *settingsScreen) refresh() {
	load(s.w.tasks, "settings", s.w.station.Settings, func(list []station.Setting, err error) {
		if s.w.told(err) {
			s.fill(s.w.words.SettingsOf(list))
		}
	})
	s.copies.refresh()
}

func (s *settingsScreen) fill(list []view.Setting) {
	if may := s.rights.open(); may != s.may {
		s.may, s.shown = may, nil
	}
	if sameSettings(list, s.shown) {
		return
	}
	s.shown = list
	s.work.Objects, s.entries = nil, map[string]*entry{}
	for _, v := range list {
		s.work.Add(s.setting(v))
	}
	s.work.Refresh()
}

func sameSettings(a, b []view.Setting) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Key != b[i].Key || a[i].Value != b[i].Value || len(a[i].Choices) != len(b[i].Choices) {
			return false
		}
	}
	return true
}

func (s *settingsScreen) setting(v view.Setting) fyne.CanvasObject {
	about, aboutBox := para(v.About, view.Plain)
	about.SizeName = sizeTable
	usual := muted(v.Default)
	usual.Step = sizeTable
	switch v.Kind {
	case "bool":
		c := newCheck(s.w, v.Label, nil)
		c.Checked = v.Value == "true"
		c.OnChanged = func(on bool) {
			value := "false"
			if on {
				value = "true"
			}
			s.save(v.Key, value)
		}
		enable(c, s.may)
		return vbox(2, c, inset(0, 36, vbox(2, aboutBox, usual)))
	case "choice":
		labels := []string{}
		chosen := ""
		for _, c := range v.Choices {
			labels = append(labels, c.Label)
			if c.Key == v.Value {
				chosen = c.Label
			}
		}
		c := newChoice(s.w, labels, nil)
		c.Selected = chosen
		c.OnChanged = func(label string) {
			for _, o := range v.Choices {
				if o.Label == label {
					s.save(v.Key, o.Key)
				}
			}
		}
		enable(c, s.may)
		return vbox(4, whole(v.Label), c, aboutBox, usual)
	}
	e := newEntry(s.w, "")
	s.entries[v.Key] = e
	e.SetText(v.Shown)
	e.OnSubmitted = func(text string) {
		if value, err := view.SettingValue(v, text); s.w.told(err) {
			s.save(v.Key, value)
		}
	}
	enable(e, s.may)
	var field fyne.CanvasObject = e
	if v.Unit != "" {
		field = hbox(8, wide(120, e), container.NewCenter(whole(v.Unit)))
	}
	return vbox(4, whole(v.Label), field, aboutBox, usual)
}

func (s *settingsScreen) save(key, value string) {
	background(s.w.tasks, func(ctx context.Context) (bool, error) { return true, s.w.station.SetSetting(ctx, key, value) }, func(_ bool, err error) {
		if s.w.told(err) {
			s.w.say(view.OK, s.w.words.T("ui.settings.saved"))
		} else {
			s.shown = nil // show what is really set
		}
		s.refresh()
	})
}

func (s *settingsScreen) language() fyne.CanvasObject {
	var labels []string
	for _, l := range text.Languages {
		labels = append(labels, s.w.words.T("ui.lang."+l))
	}
	c := newChoice(s.w, labels, nil)
	c.Selected = s.w.words.T("ui.lang." + s.w.words.Lang())
	c.OnChanged = func(label string) {
		for i, l := range labels {
			if l == label && text.Languages[i] != s.w.words.Lang() {
				s.w.speak(text.Languages[i])
			}
		}
	}
	about := muted(s.w.words.T("ui.settings.language-about"))
	about.Step = sizeTable
	return vbox(4, whole(s.w.words.T("ui.settings.language")), c, about)
}

// accountForm connects the station with the post. Secrets go in and never come back.
type accountForm struct {
	w                           *Window
	url, login, token, password *entry
	save                        *button
	rights                      *barrier
	why                         *line
	box                         fyne.CanvasObject
}

// postURL is where the post's service is (facts/otpravka-api.md §1); an office behind a gateway has another.
const postURL = "https://otpravka-api.pochta.ru"

func newAccountForm(w *Window, known Account) *accountForm {
	f := &accountForm{w: w, rights: newBarrier(w, station.ActAccount)}
	f.url = newEntry(w, postURL)
	f.url.SetText(cmp.Or(known.URL, postURL))
	f.login = newEntry(w, "")
	f.login.SetText(known.Login)
	f.token, f.password = newSecret(w, w.words.T("ui.account.keep")), newSecret(w, w.words.T("ui.account.keep"))
	f.save = newButton(w, w.words.T("ui.account.save"), theme.ConfirmIcon(), f.submit)
	f.why = muted("")
	_, about := para(w.words.T("ui.settings.account-about"), view.Plain)
	field := func(key string, e *entry) fyne.CanvasObject { return vbox(2, muted(w.words.T(key)), e) }
	f.box = vbox(10, about, f.rights.box,
		field("ui.account.url", f.url), field("ui.account.login", f.login), field("ui.account.token", f.token), field("ui.account.password", f.password),
		border(nil, nil, f.save, nil, inset(0, 12, f.why)))
	for _, e := range []*entry{f.url, f.login, f.token, f.password} {
		e.OnChanged = func(string) { f.check() }
		e.OnSubmitted = func(string) { f.submit() }
	}
	f.check()
	return f
}

// check keeps the button dead, with the reason beside it, until everything is filled in.
func (f *accountForm) check() {
	whole := f.url.Text != "" && f.login.Text != "" && f.token.Text != "" && f.password.Text != ""
	f.save.set(f.save.Text, f.rights.open() && whole)
	if whole {
		f.why.set("", colorMuted)
	} else {
		f.why.set(f.w.words.T("ui.account.fill"), colorMuted)
	}
}

func (f *accountForm) submit() {
	if f.save.Disabled() || f.w.printing() {
		return
	}
	a := Account{URL: f.url.Text, Login: f.login.Text, Token: f.token.Text, Password: f.password.Text}
	taken := start(f.w.tasks, "account", func(ctx context.Context) (view.Station, error) { return f.w.params.SaveAccount(ctx, a) }, func(s view.Station, err error) {
		if !f.w.told(err) {
			return
		}
		f.token.SetText("")
		f.password.SetText("")
		f.w.params.Account = Account{URL: a.URL, Login: a.Login}
		first := f.w.here.screen == screenFirst
		f.w.goOn(s)
		f.w.say(view.OK, f.w.words.T("ui.account.saved"))
		if first {
			f.w.open(screenGuide, "")
		}
	})
	if taken {
		f.w.say(view.Accent, f.w.words.T("ui.first.connecting"))
	}
}
