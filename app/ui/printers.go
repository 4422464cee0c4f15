package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/station"
	"znak/app/ui/view"
)

// printersScreen lists the station's printers; of the chosen one it shows how it is, what can be done with it, and how each format lies in it.
type printersScreen struct {
	w      *Window
	list   []view.Printer
	seen   []station.PrinterView // of which list is made
	name   string                // the chosen one
	search *printerSearch
	proof  *proof
	sure   bool // the button that takes the printer away asks once more

	rows    *rows
	find    *button
	title   *line
	about   *line
	icon    *widget.Icon
	state   *line
	says    *paragraph
	saysBox fyne.CanvasObject
	confirm *paragraph
	main    *button
	pause   *button
	cancel  *button
	setup   *button
	remove  *button
	rights  *barrier
	choice  *barrier // of the main printer
	sheet   *sheetPanel
	chosen  fyne.CanvasObject
	box     fyne.CanvasObject
}

func newPrintersScreen(w *Window) *printersScreen {
	s := &printersScreen{w: w, search: &printerSearch{w: w}, title: newLine(""), about: muted(""), icon: widget.NewIcon(nil), state: newLine("")}
	s.proof = &proof{w: w}
	s.rows = newRows(w, func() int { return len(s.list) }, func() fyne.CanvasObject { return newPrinterRow(w) },
		func(i int, o fyne.CanvasObject) { o.(*printerRow).set(s.list[i]) })
	s.rows.HideSeparators = true
	s.rows.enter = func() {}
	s.rows.OnSelected = func(i int) { s.choose(s.list[i].Name) }
	s.find = newButton(w, w.words.T("ui.printers.find"), theme.SearchIcon(), func() { w.open(screenFindPrinters, "") })
	left := border(nil, inset(8, 0, s.find), nil, nil, s.rows)

	s.title.Step, s.title.Bold = theme.SizeNameSubHeadingText, true
	s.about.Step = sizeTable
	var confirm fyne.CanvasObject
	s.says, s.saysBox = para("", view.Plain)
	s.confirm, confirm = para("", view.Plain)
	s.says.SizeName, s.confirm.SizeName = sizeTable, sizeTable
	s.main = newButton(w, w.words.T("ui.printers.make-main"), nil, s.makeMain)
	s.pause = newButton(w, "", nil, s.hold)
	s.cancel = newButton(w, w.words.T("ui.printers.cancel"), nil, s.cancelJobs)
	s.setup = newButton(w, w.words.T("ui.printers.setup"), theme.SettingsIcon(), func() { w.open(screenPrinterSetup, s.name) })
	s.rights, s.choice = newBarrier(w, station.ActPrinters), newBarrier(w, station.ActSettings)
	s.remove = quiet(newButton(w, w.words.T("ui.printers.remove"), nil, s.takeAway))
	s.sheet = newSheetPanel(s)
	mark := container.NewCenter(container.NewGridWrap(fyne.NewSize(26, 20), s.icon))
	facts := vbox(4, border(nil, nil, hbox(0, mark), nil, s.state), s.saysBox, confirm)
	s.chosen = container.NewVScroll(newPanel(colorPanel, 10, inset(14, 16, vbox(12,
		vbox(2, s.title, s.about), facts, wrapped(s.main, s.pause, s.cancel, s.setup, s.remove), s.choice.box, s.rights.box, widget.NewSeparator(), s.sheet.box))))
	s.chosen.Hide()
	s.box = container.New(shares{[]float32{1, 2.15}, 16}, left, s.chosen)
	return s
}

func (s *printersScreen) head() (string, string)     { return s.w.words.T("ui.menu.printers"), "" }
func (s *printersScreen) content() fyne.CanvasObject { return s.box }

// show chooses the printer of that name; "" leaves the choice as it is.
func (s *printersScreen) show(name string) {
	if name != "" {
		s.pick(name)
	}
	s.refresh()
}

func (s *printersScreen) refresh() {
	words := s.w.words
	type look struct {
		seen []station.PrinterView
		list []view.Printer
	}
	load(s.w.tasks, "printers", func(ctx context.Context) (l look, err error) {
		if l.seen, err = s.w.station.Printers(ctx); err != nil {
			return l, err
		}
		settings, err := s.w.station.Settings(ctx)
		l.list = words.PrintersOf(l.seen, settingOf(settings, station.SettingPrinter))
		return l, err
	}, func(l look, err error) {
		if s.w.told(err) {
			s.seen = l.seen
			s.fill(l.list)
		}
	})
	s.sheet.refresh()
}

func settingOf(list []station.Setting, key string) string {
	for _, v := range list {
		if v.Key == key {
			return v.Value
		}
	}
	return ""
}

func (s *printersScreen) fill(list []view.Printer) {
	if !slices.Equal(list, s.list) {
		s.list = list
		s.rows.Refresh()
	}
	added := slices.ContainsFunc(list, func(p view.Printer) bool { return p.Added })
	want := widget.MediumImportance
	if !added { // the one thing to do next
		want = widget.HighImportance
	}
	stress(s.find, want)
	i := slices.IndexFunc(list, func(p view.Printer) bool { return p.Name == s.name })
	if i < 0 {
		i = max(slices.IndexFunc(list, func(p view.Printer) bool { return p.Main }), 0)
	}
	show(s.chosen, len(list) > 0)
	if len(list) == 0 {
		return
	}
	if s.name != list[i].Name {
		s.pick(list[i].Name)
		s.sheet.refresh()
	}
	s.rows.Select(i)
	s.fillChosen(list[i])
}

// choose is a person's choice in the list.
func (s *printersScreen) choose(name string) {
	if name == s.name {
		return
	}
	s.pick(name)
	if p, ok := s.printer(); ok {
		s.fillChosen(p)
	}
	s.sheet.refresh()
}

func (s *printersScreen) pick(name string) {
	if name != s.name {
		s.name, s.sure = name, false
		s.sheet.forget()
	}
}

// printer is the chosen one.
func (s *printersScreen) printer() (view.Printer, bool) {
	for _, p := range s.list {
		if p.Name == s.name {
			return p, true
		}
	}
	return view.Printer{}, false
}

// trays are those of the chosen printer; none where it has one or does not say.
func (s *printersScreen) trays() []string {
	for _, p := range s.seen {
		if p.Name == s.name {
			return p.Trays
		}
	}
	return nil
}

func (s *printersScreen) fillChosen(p view.Printer) {
	s.title.set(p.Title, theme.ColorNameForeground)
	s.about.set(p.About, colorMuted)
	s.icon.SetResource(s.w.icons.get(shapeOf(p.Tone), inkOf(p.Tone)))
	s.state.set(p.State, inkOf(p.Tone))
	s.says.SetText(p.Says)
	show(s.saysBox, p.Says != "")
	s.confirm.SetText(p.Confirm)
	show(s.main, !p.Main)
	pause := "ui.printers.pause"
	if p.Held {
		pause = "ui.printers.resume"
	}
	s.pause.set(s.w.words.T(pause), true)
	show(s.remove, p.Added)
	label, want := "ui.printers.remove", widget.LowImportance
	if s.sure {
		label, want = "ui.printers.remove-sure", widget.DangerImportance
	}
	s.remove.set(s.w.words.T(label), true)
	stress(s.remove, want)
	show(s.setup, p.Added)
	may := s.rights.open()
	s.remove.set(s.remove.Text, may)
	s.setup.set(s.setup.Text, true)        // to be looked at
	why := s.w.mayNot(station.ActSettings) // one reason is enough where both fail
	s.main.set(s.main.Text, s.choice.open())
	show(s.choice.box, why != "" && may && !p.Main)
	work := s.w.mayNot(station.ActWork) == ""
	s.pause.set(s.pause.Text, work)
	s.cancel.set(s.cancel.Text, work)
	s.sheet.mark()
	s.chosen.Refresh()
}

// act does something with the chosen printer off the UI thread and says what came of it.
func (s *printersScreen) act(key string, do func(ctx context.Context, name string) error, done func() (view.Tone, string)) {
	p, ok := s.printer()
	if !ok {
		return
	}
	start(s.w.tasks, key, func(ctx context.Context) (bool, error) { return true, do(ctx, p.Name) }, func(_ bool, err error) {
		if s.w.told(err) {
			s.w.say(done())
		}
		s.w.changed()
	})
}

func (s *printersScreen) said(tone view.Tone, key string) func() (view.Tone, string) {
	p, _ := s.printer()
	return func() (view.Tone, string) { return tone, s.w.words.Say(key, map[string]any{"Printer": p.Title}) }
}

func (s *printersScreen) makeMain() {
	s.act("main-printer", func(ctx context.Context, name string) error {
		return s.w.station.SetSetting(ctx, station.SettingPrinter, name)
	}, s.said(view.OK, "ui.printers.main-done"))
}

// hold pauses the printer, or lets it go on.
func (s *printersScreen) hold() {
	if p, _ := s.printer(); p.Held {
		s.act("hold-printer", s.w.station.ResumePrinter, s.said(view.OK, "ui.printers.resumed"))
		return
	}
	s.act("hold-printer", s.w.station.PausePrinter, s.said(view.Warn, "ui.printers.paused"))
}

func (s *printersScreen) cancelJobs() {
	p, _ := s.printer()
	n := 0
	s.act("cancel-jobs", func(ctx context.Context, name string) (err error) {
		n, err = s.w.station.CancelJobs(ctx, name)
		return err
	}, func() (view.Tone, string) {
		if n == 0 {
			return view.OK, s.w.words.Say("ui.printers.no-jobs", map[string]any{"Printer": p.Title})
		}
		return view.Warn, s.w.words.N("ui.printers.cancelled", n, map[string]any{"Printer": p.Title})
	})
}

// takeAway asks once more, in the same place.
func (s *printersScreen) takeAway() {
	if p, ok := s.printer(); ok && !s.sure {
		s.sure = true
		s.fillChosen(p)
		return
	}
	s.sure = false
	s.act("remove-printer", s.w.station.RemovePrinter, s.said(view.OK, "ui.printers.removed"))
}

// printerRow is one printer in the list.
type printerRow struct {
	widget.BaseWidget
	w       *Window
	title   *line
	main    *line
	icon    *widget.Icon
	state   *line
	about   *line
	content fyne.CanvasObject
}

func newPrinterRow(w *Window) *printerRow {
	r := &printerRow{w: w, title: newLine(""), main: whole(""), icon: widget.NewIcon(nil), state: newLine(""), about: muted("")}
	r.title.Bold = true
	r.main.Step, r.main.Ink, r.about.Step, r.state.Step = sizeTable, colorAccent, sizeTable, sizeTable
	mark := container.NewCenter(container.NewGridWrap(fyne.NewSize(22, 18), r.icon))
	r.content = inset(8, 12, vbox(3, border(nil, nil, nil, r.main, r.title), border(nil, nil, mark, nil, r.state), r.about))
	r.ExtendBaseWidget(r)
	return r
}

func (r *printerRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.content) }

func (r *printerRow) set(p view.Printer) {
	r.title.set(p.Title, theme.ColorNameForeground)
	main := ""
	if p.Main {
		main = r.w.words.T("ui.printers.main")
	}
	r.main.set(main, colorAccent)
	r.icon.SetResource(r.w.icons.get(shapeOf(p.Tone), inkOf(p.Tone)))
	r.state.set(p.State, inkOf(p.Tone))
	r.about.set(p.Kind, colorMuted)
	r.content.Refresh()
}
