package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/view"
)

// restoreScreen puts a copy in the place of the records. It takes the whole window: first it says what is lost and what is kept and asks once more; while
// it works, nothing else can be asked of the station.
type restoreScreen struct {
	w     *Window
	path  string
	works bool

	title *paragraph
	lines *fyne.Container
	do    *button
	back  *button
	steps []*restoreLine
	asks  *fyne.Container
	goes  *fyne.Container
	box   fyne.CanvasObject
}

// restoreLine is one step of the work with a sign before it.
type restoreLine struct {
	step station.RestoreStep
	icon *widget.Icon
	text *line
}

var _ fullScreen = (*restoreScreen)(nil)

func newRestoreScreen(w *Window) *restoreScreen {
	s := &restoreScreen{w: w, lines: vbox(10)}
	var title fyne.CanvasObject
	s.title, title = para("", view.Plain)
	s.title.SizeName, s.title.TextStyle.Bold = theme.SizeNameHeadingText, true
	s.do = primary(newButton(w, w.words.T("ui.restore.do"), theme.HistoryIcon(), s.work))
	s.back = newButton(w, w.words.T("ui.restore.back"), theme.NavigateBackIcon(), s.leave)
	s.asks = vbox(16, s.lines, wrapped(s.do, s.back))
	s.goes = vbox(8)
	for _, step := range station.RestoreSteps {
		l := &restoreLine{step, widget.NewIcon(nil), whole(w.words.T("ui.restore.step." + string(step)))}
		s.steps = append(s.steps, l)
		s.goes.Add(hbox(8, container.NewGridWrap(fyne.NewSize(22, 18), l.icon), l.text))
	}
	s.goes.Hide()
	s.box = inset(0, 16, container.New(atMost{760, true}, newPanel(colorPanel, 10, inset(24, 28, vbox(16, title, s.asks, s.goes)))))
	return s
}

func (s *restoreScreen) head() (string, string)     { return s.title.Text, "" }
func (s *restoreScreen) content() fyne.CanvasObject { return s.box }
func (s *restoreScreen) refresh()                   {}
func (s *restoreScreen) heard(scan.Input)           {}

func (s *restoreScreen) key(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyEscape {
		s.leave()
	}
}

func (s *restoreScreen) leave() {
	if !s.works {
		s.w.goBack()
	}
}

// show asks what the copy holds before it asks the person.
func (s *restoreScreen) show(path string) {
	s.path, s.works = path, false
	s.asks.Show()
	s.goes.Hide()
	s.do.Disable()
	s.title.SetText(s.w.words.T("ui.restore.looks"))
	s.lines.Objects = nil
	load(s.w.tasks, "restore-look", func(ctx context.Context) (station.CopyLook, error) { return s.w.station.LookAtCopy(ctx, path) },
		func(l station.CopyLook, err error) {
			if s.path != path {
				return
			}
			v := s.w.words.RestoreOf(l)
			if err != nil {
				v = view.Restore{Title: s.w.words.T("ui.restore.bad"), Lines: []string{s.w.words.Trouble(err)}}
			}
			s.fill(v)
			s.do.set(s.do.Text, err == nil)
		})
}

func (s *restoreScreen) fill(v view.Restore) {
	s.title.SetText(v.Title)
	s.lines.Objects = nil
	for _, text := range v.Lines {
		_, body := para(text, view.Plain)
		s.lines.Add(body)
	}
	s.box.Refresh()
}

// work does it. What the window shows afterwards is made anew from the station that is there then.
func (s *restoreScreen) work() {
	if s.works || s.w.printing() {
		return
	}
	path, w := s.path, s.w
	tell := func(step station.RestoreStep) {
		w.tasks.put(func() { s.reached(step) })
	}
	s.works = alone(w.tasks, func(ctx context.Context) (Reopened, error) { return w.params.Restore(ctx, path, tell) }, s.done)
	if s.works {
		s.title.SetText(w.words.T("ui.restore.works"))
		s.asks.Hide()
		s.goes.Show()
		s.reached("")
		s.box.Refresh()
	}
}

// reached shows which step goes on.
func (s *restoreScreen) reached(step station.RestoreStep) {
	tone, ink := view.OK, theme.ColorNameForeground
	if step == "" {
		tone, ink = view.Muted, colorMuted
	}
	for _, l := range s.steps {
		if l.step == step {
			tone = view.Accent
		}
		l.icon.SetResource(s.w.icons.get(shapeOf(tone), inkOf(tone)))
		l.text.set(l.text.Text, ink)
		if l.step == step {
			tone, ink = view.Muted, colorMuted
		}
	}
}

func (s *restoreScreen) done(r Reopened, err error) {
	s.works = false
	w := s.w
	if r.Station == nil { // nothing can be shown any more
		s.fill(view.Restore{Title: w.words.T("ui.restore.closed"), Lines: []string{w.words.Trouble(err)}})
		s.goes.Hide()
		s.asks.Objects = []fyne.CanvasObject{s.lines, hbox(0, newButton(w, w.words.T("ui.restore.close"), theme.WindowCloseIcon(), w.win.Close))}
		s.asks.Show()
		return
	}
	w.station, w.params.Account = r.Station, r.Account
	w.run = nil
	w.pics.forget()
	w.build()
	if err != nil {
		if w.station.HasAccount() {
			w.open(view.ScreenSettings, "")
		}
		w.trouble(err)
		return
	}
	tone, text := w.words.RestoredOf(r.Report)
	w.say(tone, text)
}
