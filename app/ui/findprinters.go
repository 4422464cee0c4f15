package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/hint"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/printer"
)

// printerSearch asks all drivers what they see; it takes seconds and goes on whatever screen is in view.
type printerSearch struct {
	w       *Window
	running bool
	done    bool // at least once
	found   []station.FoundPrinter
	reasons []station.Reason
	told    func() // who waits for it
}

// begin searches, unless a search goes on already; told is called when it has ended, nil for nobody new.
func (s *printerSearch) begin(told func()) {
	if told != nil {
		s.told = told
	}
	if s.running {
		return
	}
	s.running = true
	type answer struct {
		found   []station.FoundPrinter
		reasons []station.Reason
	}
	load(s.w.tasks, "find-printers", func(ctx context.Context) (a answer, err error) {
		a.found, a.reasons = s.w.station.FindPrinters(ctx)
		return a, ctx.Err()
	}, func(a answer, err error) {
		s.running = false
		if err == nil {
			s.done, s.found, s.reasons = true, a.found, a.reasons
		}
		if s.told != nil {
			s.told()
		}
		s.w.current().refresh()
	})
}

// findPrintersScreen shows what the computer and the network have, each to be added under a name, and takes an address by hand.
type findPrintersScreen struct {
	w       *Window
	shown   []view.FoundPrinter
	title   *line
	works   *widget.Activity
	again   *button
	list    *fyne.Container
	empty   *paragraph
	none    fyne.CanvasObject
	reasons *fyne.Container

	name, uri, dpi *entry
	add            *button
	adds           []*button // of what was found
	rights         *barrier
	why            *paragraph
	box            fyne.CanvasObject
}

func newFindPrintersScreen(w *Window) *findPrintersScreen {
	s := &findPrintersScreen{w: w, title: subheading(""), works: widget.NewActivity(), list: vbox(8), reasons: vbox(4), rights: newBarrier(w, station.ActPrinters)}
	s.again = newButton(w, w.words.T("ui.printers.find-again"), theme.ViewRefreshIcon(), s.begin)
	s.works.Hide()
	s.empty, s.none = para("", view.Plain)
	top := border(nil, nil, nil, s.again, border(nil, nil, hbox(8, s.title, container.NewCenter(wide(20, s.works))), nil))
	found := border(top, nil, nil, nil, inset(10, 0, container.NewVScroll(vbox(12, s.rights.box, s.none, s.list, s.reasons))))

	s.name, s.uri, s.dpi = newEntry(w, w.words.T("ui.printers.name-hint")), newEntry(w, "socket://192.0.2.10:9100"), newEntry(w, w.words.T("ui.printers.dpi-hint"))
	s.add = newButton(w, w.words.T("ui.printers.add"), theme.ContentAddIcon(), s.byHand)
	_, about := para(w.words.T("ui.printers.by-hand-about"), view.Plain)
	var why fyne.CanvasObject
	s.why, why = para("", view.Plain)
	s.why.SizeName = sizeTable
	field := func(key string, e *entry) fyne.CanvasObject {
		e.OnChanged = func(string) { s.check() }
		e.OnSubmitted = func(string) { s.byHand() }
		return vbox(2, muted(w.words.T(key)), e)
	}
	hand := newPanel(colorPanel, 10, inset(14, 16, vbox(10, subheading(w.words.T("ui.printers.by-hand")), about,
		field("ui.printers.name", s.name), field("ui.printers.uri", s.uri), field("ui.printers.dots", s.dpi), hbox(0, s.add), why)))
	s.box = container.New(shares{[]float32{1.8, 1}, 16}, found, container.NewVScroll(container.NewVBox(hand)))
	s.check()
	return s
}

func (s *findPrintersScreen) head() (string, string) {
	return s.w.words.T("ui.printers.find-title"), s.w.words.T("ui.printers.find-about")
}
func (s *findPrintersScreen) content() fyne.CanvasObject { return s.box }

// desk is the page of the printers, which keeps what was found.
func (s *findPrintersScreen) desk() *printersScreen {
	return s.w.screen(view.ScreenPrinters).(*printersScreen)
}

func (s *findPrintersScreen) show(string) { s.begin() }

// refresh asks nobody: a search is begun by a person.
func (s *findPrintersScreen) refresh() {
	s.check()
	running := s.desk().search.running
	show(s.works, running)
	s.again.set(s.again.Text, !running)
	if running {
		s.works.Start()
		s.title.set(s.w.words.T("ui.printers.searching"), theme.ColorNameForeground)
	} else {
		s.works.Stop()
	}
	s.box.Refresh()
}

func (s *findPrintersScreen) begin() {
	s.desk().search.begin(s.found)
	s.refresh()
}

// found shows what the search has brought.
func (s *findPrintersScreen) found() {
	search := s.desk().search
	v := s.w.words.FoundOf(search.found, search.reasons)
	s.title.set(v.Title, theme.ColorNameForeground)
	s.empty.SetText(v.Empty)
	show(s.none, v.Empty != "")
	s.reasons.Objects = nil
	for _, r := range v.Reasons {
		text, body := para(r, view.Plain)
		text.SizeName = sizeTable
		s.reasons.Add(container.NewThemeOverride(body, mutedTheme{theme.Current()}))
	}
	if !slices.Equal(v.List, s.shown) { // a name that is being typed stays
		s.shown = v.List
		s.list.Objects, s.adds = nil, nil
		for _, p := range v.List {
			s.list.Add(s.card(p))
		}
	}
	s.refresh()
}

func (s *findPrintersScreen) card(p view.FoundPrinter) fyne.CanvasObject {
	title, about, uri := newLine(p.Title), muted(p.About), muted(p.URI)
	title.Bold = true
	about.Step, uri.Step = sizeTable, sizeTable
	lines := vbox(3, title, about, uri)
	tone, text := p.Tone, p.State
	if p.Why != "" {
		text = p.Why
	}
	if text != "" {
		icon := container.NewGridWrap(fyne.NewSize(24, 18), widget.NewIcon(s.w.icons.get(shapeOf(tone), inkOf(tone))))
		label, body := para(text, tone)
		label.SizeName = sizeTable
		lines.Add(border(nil, nil, container.NewVBox(icon), nil, body))
	}
	if p.Why != "" {
		return newPanel(colorPanel, 10, inset(10, 14, lines))
	}
	name := newEntry(s.w, s.w.words.T("ui.printers.name-hint"))
	name.SetText(p.Name)
	add := func() { s.take(printer.Setup{Name: name.Text, URI: p.URI, Model: p.Model}) }
	name.OnSubmitted = func(string) { add() }
	do := newButton(s.w, s.w.words.T("ui.printers.add"), theme.ContentAddIcon(), add)
	s.adds = append(s.adds, do)
	right := container.NewCenter(wide(320, border(nil, nil, nil, inset(0, 4, do), name)))
	return newPanel(colorPanel, 10, inset(10, 14, border(nil, nil, nil, inset(0, 10, right), container.New(centerY{}, lines))))
}

// check keeps the button dead, with the reason below it, until name and address are there.
func (s *findPrintersScreen) check() {
	why := ""
	if strings.TrimSpace(s.name.Text) == "" || strings.TrimSpace(s.uri.Text) == "" {
		why = "ui.printers.fill"
	}
	if _, ok := view.DPI(s.dpi.Text); !ok {
		why = "ui.printers.dots-wrong"
	}
	if why != "" {
		s.why.SetText(s.w.words.T(why))
	} else {
		s.why.SetText("")
	}
	may := s.rights.open()
	s.add.set(s.add.Text, may && why == "")
	for _, b := range s.adds {
		b.set(b.Text, may)
	}
}

func (s *findPrintersScreen) byHand() {
	if s.add.Disabled() {
		return
	}
	dpi, _ := view.DPI(s.dpi.Text)
	s.take(printer.Setup{Name: s.name.Text, URI: strings.TrimSpace(s.uri.Text), DPI: dpi})
}

// take adds a printer and leads to it. A name that is taken would change the printer that has it.
func (s *findPrintersScreen) take(setup printer.Setup) {
	if !s.rights.open() {
		return
	}
	setup.Name = strings.TrimSpace(setup.Name)
	start(s.w.tasks, "add-printer", func(ctx context.Context) (bool, error) {
		list, err := s.w.station.Printers(ctx)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(list, func(p station.PrinterView) bool { return p.Name == setup.Name }) {
			return false, hint.New("ui.printers.name-taken", hint.Args{"Printer": setup.Name}, nil)
		}
		return true, s.w.station.AddPrinter(ctx, setup)
	}, func(_ bool, err error) {
		if !s.w.told(err) {
			return
		}
		for _, e := range []*entry{s.name, s.uri, s.dpi} {
			e.SetText("")
		}
		if s.w.current() == screen(s) {
			s.w.open(view.ScreenPrinters, setup.Name)
		}
		s.w.say(view.OK, s.w.words.Say("ui.printers.added", map[string]any{"Printer": setup.Name}))
	})
}
