package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/printer"
)

// calibrationScreen sets the print of one format on one printer straight: print the ruler, measure, let the fault be learned, look at what is left of it.
type calibrationScreen struct {
	w      *Window
	name   string // of the printer
	format postal.EnvelopeKind
	v      view.Sheet // how it lies there
	solved bool       // from the numbers that stand there

	paper  *line
	print  *button
	fields [len(view.Measures)]*reading
	ruler  *rulerPicture
	sign   *widget.Icon // in the field whose number cannot be
	around *fyne.Container
	do     *button
	why    *paragraph
	icon   *widget.Icon
	state  *line
	fault  *paragraph
	faults fyne.CanvasObject
	check  *button
	reset  *button
	sure   bool // the button that forgets the fault asks once more
	rights *barrier
	box    fyne.CanvasObject
}

func newCalibrationScreen(w *Window) *calibrationScreen {
	s := &calibrationScreen{w: w, paper: muted(""), icon: widget.NewIcon(nil), state: newLine("")}
	s.paper.Step = sizeTable
	s.print = newButton(w, "", theme.DocumentPrintIcon(), func() { s.printRuler(false) })
	s.do = newButton(w, w.words.T("ui.calibrate.do"), theme.ConfirmIcon(), s.calibrate)
	s.check = newButton(w, "", theme.DocumentPrintIcon(), func() { s.printRuler(true) })
	s.reset = quiet(newButton(w, "", nil, s.forget))
	s.rights = newBarrier(w, station.ActPrinters)
	var why fyne.CanvasObject
	s.why, why = para("", view.Plain)
	s.fault, s.faults = para("", view.Plain)
	s.why.SizeName, s.fault.SizeName = sizeTable, sizeTable
	mark := container.NewCenter(container.NewGridWrap(fyne.NewSize(26, 20), s.icon))
	step := func(n string, rest ...fyne.CanvasObject) fyne.CanvasObject {
		number := whole(n)
		number.Step, number.Bold, number.Ink = theme.SizeNameSubHeadingText, true, colorAccent
		_, text := para(w.words.T("ui.calibrate.step."+n), view.Plain)
		return border(nil, nil, container.NewVBox(wide(24, number)), nil, vbox(6, append([]fyne.CanvasObject{text}, rest...)...))
	}
	steps := vbox(18,
		step("1", hbox(0, s.print), s.paper),
		step("2"),
		step("3", hbox(0, s.do), why, border(nil, nil, mark, nil, s.state), s.faults, hbox(0, s.reset)),
		step("4", hbox(0, s.check)))

	s.ruler = newRulerPicture(w.words.T("ui.calibrate.top"))
	objects := []fyne.CanvasObject{s.ruler}
	for i := range s.fields {
		s.fields[i] = newReading(w, func(on bool) { s.ruler.point(i, on) })
		s.fields[i].OnChanged = func(string) {
			s.solved = false
			s.marked(-1)
		}
		s.fields[i].OnSubmitted = func(string) { s.next(i) }
		objects = append(objects, s.fields[i])
	}
	s.sign = widget.NewIcon(w.icons.get(shapeOf(view.Stop), inkOf(view.Stop)))
	s.around = container.New(aroundSheet{s.ruler}, append(objects, s.sign)...)
	sheet := newPanel(colorPaper, 10, inset(12, 12, s.around))
	var guide fyne.CanvasObject = vbox(12, s.rights.box, steps)
	if !large() { // then the whole page scrolls
		guide = container.NewVScroll(guide)
	}
	s.box = container.New(shares{[]float32{1, 1.7}, 20}, guide, sheet)
	return s
}

func (s *calibrationScreen) head() (string, string) {
	args := map[string]any{"Printer": s.w.words.PrinterName(s.name), "Format": string(s.format)}
	return s.w.words.Say("ui.calibrate.title", args), s.w.words.T("ui.calibrate.about")
}
func (s *calibrationScreen) content() fyne.CanvasObject { return s.box }

// show takes the printer's name and the format.
func (s *calibrationScreen) show(arg string) {
	name, format, _ := strings.Cut(arg, "\x00")
	if name != s.name || string(s.format) != format {
		s.name, s.format = name, postal.EnvelopeKind(format)
		s.v, s.sure = view.Sheet{}, false
		s.clear()
		s.state.set("", colorMuted)
		s.fault.SetText("")
	}
	size, _ := s.format.Format()
	s.ruler.size = size
	s.ruler.Refresh()
	s.marked(-1)
	s.refresh()
}

func (s *calibrationScreen) desk() *printersScreen {
	return s.w.screen(view.ScreenPrinters).(*printersScreen)
}

func (s *calibrationScreen) refresh() {
	s.alive()
	name, format := s.name, s.format
	load(s.w.tasks, "calibration", func(ctx context.Context) (station.Sheet, error) { return s.w.station.Sheet(ctx, name, format) },
		func(sheet station.Sheet, err error) {
			if s.name == name && s.format == format && s.w.told(err) {
				s.fill(s.w.words.SheetOf(sheet, format))
			}
		})
}

// clear takes away numbers that belong to another sheet.
func (s *calibrationScreen) clear() {
	for _, f := range s.fields {
		f.SetText("")
	}
}

func (s *calibrationScreen) fill(v view.Sheet) {
	if v.Tray != s.v.Tray || v.Turn != s.v.Turn {
		s.clear()
	}
	s.v = v
	s.icon.SetResource(s.w.icons.get(shapeOf(v.Tone), inkOf(v.Tone)))
	s.state.set(v.State, inkOf(v.Tone))
	s.fault.SetText(v.Fault)
	show(s.faults, v.Fault != "")
	tray := v.Tray
	if tray == "" {
		tray = s.w.words.T("ui.printers.tray-any")
	}
	s.paper.set(s.w.words.Say("ui.calibrate.paper", map[string]any{"Tray": tray}), colorMuted)
	s.alive()
	s.box.Refresh()
}

// alive shows which buttons can be pressed now. There is one thing to do next, and its button stands out.
func (s *calibrationScreen) alive() {
	proof := s.desk().proof
	label := func(b *button, what, key string, can bool) {
		if proof.goes(what) {
			b.set(s.w.words.T("ui.printers.proof.stop"), true)
		} else {
			b.set(s.w.words.T(key), can && proof.stop == nil)
		}
	}
	may := s.rights.open()
	label(s.print, proofRuler, "ui.calibrate.print", may)
	label(s.check, proofCorrected, "ui.calibrate.check", may && s.v.Fault != "")
	key, want := "ui.calibrate.forget", widget.LowImportance
	if s.sure {
		key, want = "ui.calibrate.forget-sure", widget.DangerImportance
	}
	s.reset.set(s.w.words.T(key), may)
	stress(s.reset, want)
	show(s.reset, s.v.Fault != "")
	next := s.print
	if _, _, why := s.w.words.ReadingsOf(s.typed()); s.solved {
		next = s.check
	} else if why == "" {
		next = s.do
	}
	for _, b := range []*button{s.print, s.do, s.check} {
		// The focus makes it stand out already, and white words on its colour could not be read.
		if b == next && s.w.win.Canvas().Focused() != fyne.Focusable(b) {
			stress(b, widget.HighImportance)
		} else {
			stress(b, widget.MediumImportance)
		}
	}
}

func (s *calibrationScreen) printRuler(corrected bool) {
	what := proofRuler
	if corrected {
		what = proofCorrected
	}
	proof := s.desk().proof
	if proof.goes(what) {
		proof.cancel()
		return
	}
	name, format := s.name, s.format
	proof.begin(what, name, func(ctx context.Context) (printer.Progress, error) {
		return s.w.station.PrintRuler(ctx, name, format, corrected)
	})
}

func (s *calibrationScreen) typed() (texts [len(view.Measures)]string) {
	for i, f := range s.fields {
		texts[i] = f.Text
	}
	return texts
}

// marked shows which reading is wrong, -1 for none, and whether the rest can be used.
func (s *calibrationScreen) marked(wrong int) {
	_, at, why := s.w.words.ReadingsOf(s.typed())
	s.do.set(s.do.Text, why == "" && s.w.mayNot(station.ActPrinters) == "")
	if why != "" && strings.TrimSpace(s.fields[at].Text) != "" {
		wrong = at
	}
	s.why.SetText(why)
	s.ruler.blame(wrong)
	show(s.sign, wrong >= 0)
	s.around.Refresh()
	s.alive()
}

// next is Enter: on to the next field, from the last one to the sum.
func (s *calibrationScreen) next(i int) {
	if i+1 < len(s.fields) {
		s.w.win.Canvas().Focus(s.fields[i+1])
		return
	}
	s.calibrate()
}

func (s *calibrationScreen) calibrate() {
	readings, at, why := s.w.words.ReadingsOf(s.typed())
	if why != "" {
		s.w.win.Canvas().Focus(s.fields[at])
		return
	}
	if !s.rights.open() {
		return
	}
	name, format := s.name, s.format
	start(s.w.tasks, "calibrate", func(ctx context.Context) (station.Sheet, error) {
		return s.w.station.Calibrate(ctx, name, format, readings)
	}, func(sheet station.Sheet, err error) {
		if s.name != name || s.format != format {
			s.w.told(err)
			return
		}
		wrong := view.ImplausibleAt(err)
		s.marked(wrong)
		if s.w.told(err) {
			s.solved = true
			s.w.say(view.OK, s.w.words.Say("ui.calibrate.kept", map[string]any{"Format": string(format)}))
			s.fill(s.w.words.SheetOf(sheet, format))
			if s.w.current() == screen(s) {
				s.w.win.Canvas().Focus(s.check)
				s.alive()
			}
		} else if wrong >= 0 && s.w.current() == screen(s) {
			s.w.win.Canvas().Focus(s.fields[wrong])
		}
	})
}

// forget takes the measured fault away, asked once more in the same place: it took a ruler and eight numbers.
func (s *calibrationScreen) forget() {
	if !s.sure {
		s.sure = true
		s.alive()
		return
	}
	s.sure = false
	name, format := s.name, s.format
	start(s.w.tasks, "forget-fault", func(ctx context.Context) (station.Sheet, error) {
		return s.w.station.ForgetFault(ctx, name, format)
	}, func(_ station.Sheet, err error) {
		if s.w.told(err) {
			s.solved = false
			s.clear()
			s.w.say(view.OK, s.w.words.Say("ui.calibrate.forgotten", map[string]any{"Format": string(format)}))
		}
		s.w.changed()
	})
}

// focus is where a person begins.
func (s *calibrationScreen) focus() fyne.Focusable { return s.print }
