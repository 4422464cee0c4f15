package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
)

// prefPrinter is followed by a format: the printer that the office chose last for it.
const prefPrinter = "print.at."

// lastPrinters are the printers chosen last, by format.
func (w *Window) lastPrinters() map[postal.EnvelopeKind]string {
	last := map[postal.EnvelopeKind]string{"": w.app.Preferences().String(prefPrinter)}
	for _, f := range view.Formats() {
		last[f.Kind] = w.app.Preferences().String(prefPrinter + string(f.Kind))
	}
	return last
}

// targetFor is where a batch is printed when nobody chooses: where such envelopes were printed last, else at the main printer. Another goroutine may call it.
func targetFor(ctx context.Context, s view.Station, words view.Words, batch string, last map[postal.EnvelopeKind]string) (string, error) {
	b, err := s.Batch(ctx, batch)
	if err != nil {
		return "", err
	}
	list, err := s.Printers(ctx)
	return words.TargetOf(list, last[b.Envelope]).Chosen(), err
}

// orderOf means all of a batch, at the printer that stands on its page where that is in view.
func (w *Window) orderOf(batch string) station.PrintOrder {
	order := station.PrintOrder{Batch: batch}
	if s, ok := w.current().(*batchScreen); ok && s.name == batch {
		order.Printer = s.target.chosen()
	}
	return order
}

// targetRow says where a batch will be printed: printer and tray, each asked only where there is a choice, with what was chosen last.
type targetRow struct {
	w       *Window
	format  postal.EnvelopeKind
	v       view.Target
	sheet   station.Sheet
	trays   []string
	printer *choice
	tray    *choice
	about   *line
	trayBox *fyne.Container
	rights  *barrier
	box     *fyne.Container
}

func newTargetRow(w *Window) *targetRow {
	t := &targetRow{w: w, v: view.Target{At: -1}, about: muted(""), rights: newBarrier(w, station.ActPrinters)}
	t.about.Step = sizeTable
	label := func(key string) fyne.CanvasObject {
		l := muted(w.words.T(key))
		l.Whole = true
		return wide(72, l)
	}
	t.printer, t.tray = newChoice(w, nil, nil), newChoice(w, nil, nil)
	t.trayBox = vbox(4, border(nil, nil, label("ui.print.tray"), nil, t.tray), t.rights.box)
	t.box = vbox(4, container.New(shares{[]float32{1, 1}, 12}, border(nil, nil, label("ui.print.to-printer"), nil, t.printer), t.trayBox), t.about)
	t.trayBox.Hide()
	t.box.Hide()
	return t
}

// of asks which printers there are for a format; "" is a batch of several.
func (t *targetRow) of(format postal.EnvelopeKind) {
	t.format = format
	last := t.w.lastPrinters()[format]
	load(t.w.tasks, "target", t.w.station.Printers, func(list []station.PrinterView, err error) {
		if err != nil || t.format != format { // the line at the bottom tells it
			return
		}
		t.fill(t.w.words.TargetOf(list, last))
	})
}

func (t *targetRow) fill(v view.Target) {
	t.v = v
	var labels []string
	for _, p := range v.Printers {
		labels = append(labels, p.Label)
	}
	put(t.printer, labels, v.At, func(i int) {
		t.v.At = i
		t.w.app.Preferences().SetString(prefPrinter+string(t.format), t.v.Chosen())
		t.lay()
	})
	t.lay()
}

// lay shows how the format lies in the chosen printer.
func (t *targetRow) lay() {
	name, format := t.v.Chosen(), t.format
	if name == "" || format == "" {
		t.sheet, t.trays = station.Sheet{}, nil
		t.mark()
		return
	}
	load(t.w.tasks, "target-sheet", func(ctx context.Context) (station.Sheet, error) { return t.w.station.Sheet(ctx, name, format) }, func(sheet station.Sheet, err error) {
		if err == nil && t.v.Chosen() == name && t.format == format {
			t.sheet = sheet
			t.mark()
		}
	})
}

func (t *targetRow) mark() {
	t.trays = nil
	if t.v.At >= 0 && t.format != "" {
		t.trays = t.v.Printers[t.v.At].Trays
	}
	show(t.trayBox, len(t.trays) > 0)
	if len(t.trays) > 0 {
		t.trays = append([]string{""}, t.trays...)
		if !slices.Contains(t.trays, t.sheet.Tray) {
			t.trays = append(t.trays, t.sheet.Tray)
		}
		labels := slices.Clone(t.trays)
		labels[0] = t.w.words.T("ui.printers.tray-any")
		put(t.tray, labels, slices.Index(t.trays, t.sheet.Tray), t.take)
		enable(t.tray, t.rights.open())
	}
	t.about.set(t.w.words.TargetLine(t.format, t.sheet), colorMuted)
	show(t.box, len(t.v.Printers) > 1 || len(t.trays) > 0) // a choice only where there is one
	t.box.Refresh()
}

// take keeps another tray for the format; what was measured for the one before holds no more.
func (t *targetRow) take(i int) {
	name, format, sheet, tray := t.v.Chosen(), t.format, t.sheet, t.trays[i]
	if tray == sheet.Tray {
		return
	}
	start(t.w.tasks, "target-tray", func(ctx context.Context) (station.Sheet, error) {
		return t.w.station.SetSheet(ctx, name, format, tray, sheet.Turn)
	}, func(_ station.Sheet, err error) {
		if t.w.told(err) && !sheet.CalibratedAt.IsZero() {
			t.w.say(view.Warn, t.w.words.Say("ui.printers.sheet-lost", map[string]any{"Format": string(format)}))
		}
		t.lay()
	})
}

// chosen is the printer that a person has before them; "" where there was nothing to choose.
func (t *targetRow) chosen() string { return t.v.Chosen() }

// put shows what there is to choose without choosing: changed hears of a person's choice only.
func put(c *choice, labels []string, at int, changed func(int)) {
	c.OnChanged = nil
	if !slices.Equal(c.Options, labels) {
		c.Options = labels
		c.Refresh()
	}
	if at >= 0 && c.Selected != labels[at] {
		c.SetSelectedIndex(at)
	} else if at < 0 && c.Selected != "" {
		c.ClearSelected()
	}
	c.OnChanged = func(string) {
		if i := c.SelectedIndex(); i >= 0 {
			changed(i)
		}
	}
}
