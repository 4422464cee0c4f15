package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"znak/app/station"
	"znak/app/ui/view"
	"znak/printer"
)

// screenPrinterSetup is the page of one printer's settings; no menu item leads to it.
const screenPrinterSetup = "printer-setup"

// setupScreen shows what can be set of one added printer, and keeps it as a whole: one setting may need another.
type setupScreen struct {
	w      *Window
	name   string
	was    printer.Setup // as it is kept
	known  bool
	values map[string]string // what stands in the fields
	list   []view.SetupField

	left, right *fyne.Container
	rights      *barrier
	save, undo  *button
	why         *paragraph
	box         fyne.CanvasObject
}

func newSetupScreen(w *Window) *setupScreen {
	s := &setupScreen{w: w, left: vbox(16), right: vbox(16), rights: newBarrier(w, station.ActPrinters)}
	s.save = primary(newButton(w, w.words.T("ui.setup.save"), theme.ConfirmIcon(), s.keep))
	s.undo = quiet(newButton(w, w.words.T("ui.setup.undo"), nil, func() { s.known = false; s.refresh() }))
	var why fyne.CanvasObject
	s.why, why = para("", view.Plain)
	s.why.SizeName = sizeTable
	fields := container.New(shares{[]float32{1, 1}, 16}, container.NewVBox(newPanel(colorPanel, 10, inset(16, 16, s.left))), container.NewVBox(newPanel(colorPanel, 10, inset(16, 16, s.right))))
	s.box = container.NewBorder(nil, inset(10, 0, vbox(6, s.rights.box, container.NewBorder(nil, nil, hbox(8, s.save, s.undo), nil, container.New(centerY{}, inset(0, 12, why))))), nil, nil, container.NewVScroll(fields))
	return s
}

func (s *setupScreen) head() (string, string) {
	return s.w.words.Say("ui.setup.title", map[string]any{"Printer": s.w.words.PrinterName(s.name)}), s.w.words.T("ui.setup.about")
}
func (s *setupScreen) content() fyne.CanvasObject { return s.box }

// show takes the printer's name.
func (s *setupScreen) show(name string) {
	s.name, s.known = name, false
	s.refresh()
}

// refresh asks for the setup once; what a person types is not typed over.
func (s *setupScreen) refresh() {
	s.mark()
	if s.known || s.name == "" {
		return
	}
	name := s.name
	load(s.w.tasks, "printer-setup", func(ctx context.Context) (printer.Setup, error) { return s.w.station.PrinterSetup(ctx, name) }, func(setup printer.Setup, err error) {
		if s.name == name && s.w.told(err) {
			s.was, s.known, s.values = setup, true, map[string]string{}
			s.fill()
		}
	})
}

// fill lists the fields: what is common on the left, what only this kind of printer has on the right.
func (s *setupScreen) fill() {
	setup, _, _ := s.w.words.SetupFrom(s.was, s.values)
	list := s.w.words.SetupOf(setup, s.w.station.PrinterChoices(setup), s.now())
	for i := range list {
		if v, ok := s.values[list[i].Key]; ok {
			list[i].Value = v
		}
	}
	s.list = list
	s.left.Objects, s.right.Objects = nil, nil
	for _, f := range list {
		into := s.left
		if f.Own {
			into = s.right
		}
		into.Add(s.field(f))
	}
	if len(s.right.Objects) == 0 {
		_, none := para(s.w.words.T("ui.setup.no-options"), view.Plain)
		s.right.Add(none)
	}
	s.mark()
	s.box.Refresh()
}

// now is the printer as the page of the printers knows it.
func (s *setupScreen) now() station.PrinterView {
	for _, p := range s.w.screen(view.ScreenPrinters).(*printersScreen).seen {
		if p.Name == s.name {
			return p
		}
	}
	return station.PrinterView{}
}

func (s *setupScreen) field(f view.SetupField) fyne.CanvasObject {
	about, aboutBox := para(f.About, view.Plain)
	about.SizeName = sizeTable
	usual := muted(f.Default)
	usual.Step = sizeTable
	var field fyne.CanvasObject
	if f.Choices != nil {
		var labels []string
		chosen := ""
		for _, c := range f.Choices {
			labels = append(labels, c.Label)
			if c.Key == f.Value {
				chosen = c.Label
			}
		}
		c := newChoice(s.w, labels, nil)
		c.Selected = chosen
		c.OnChanged = func(label string) {
			s.set(f.Key, f.Choices[max(slices.Index(labels, label), 0)].Key)
			s.fill() // the language decides what else there is
		}
		field = c
	} else {
		e := newEntry(s.w, "")
		e.SetText(f.Value)
		e.OnChanged = func(text string) { s.set(f.Key, text) }
		e.OnSubmitted = func(string) { s.keep() }
		field = e
		if f.Unit != "" {
			unit := whole(f.Unit)
			unit.Ink = colorMuted
			field = hbox(8, wide(120, e), container.New(centerY{}, unit))
		}
	}
	box := vbox(4, whole(f.Label), field)
	if f.About != "" {
		box.Add(aboutBox)
	}
	if f.Default != "" {
		box.Add(usual)
	}
	return box
}

func (s *setupScreen) set(key, value string) {
	s.values[key] = value
	s.mark()
}

// mark shows whether there is something to keep, or why it cannot be.
func (s *setupScreen) mark() {
	may := s.rights.open()
	changed, why := false, ""
	if s.known {
		for _, f := range s.list {
			if v, ok := s.values[f.Key]; ok && strings.TrimSpace(v) != s.kept(f.Key) {
				changed = true
			}
		}
		_, _, why = s.w.words.SetupFrom(s.was, s.values)
	}
	if why == "" && !changed {
		why = s.w.words.T("ui.setup.same")
	}
	s.save.set(s.save.Text, may && changed && (why == ""))
	s.undo.set(s.undo.Text, changed)
	if s.why.Text != why {
		s.why.SetText(why)
	}
}

// kept is what is kept in the field of that key.
func (s *setupScreen) kept(key string) string {
	for _, f := range s.w.words.SetupOf(s.was, s.w.station.PrinterChoices(s.was), station.PrinterView{}) {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

func (s *setupScreen) keep() {
	if s.save.Disabled() {
		return
	}
	setup, _, _ := s.w.words.SetupFrom(s.was, s.values)
	start(s.w.tasks, "keep-setup", func(ctx context.Context) (bool, error) { return true, s.w.station.ChangePrinter(ctx, setup) }, func(_ bool, err error) {
		if s.w.told(err) {
			s.known = false
			s.w.say(view.OK, s.w.words.Say("ui.setup.kept", map[string]any{"Printer": s.w.words.PrinterName(setup.Name)}))
		}
		s.w.changed()
	})
}
