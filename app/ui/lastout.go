package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
)

// lastOut asks what the printer could not tell: which envelope came out last. A scan of it answers for the whole job.
type lastOut struct {
	w     *Window
	batch string
	field *entry
	ask   *paragraph
	box   *fyne.Container
	said  func(printed, not int) // what was unknown is known
}

func newLastOut(w *Window, said func(printed, not int)) *lastOut {
	l := &lastOut{w: w, said: said}
	var ask fyne.CanvasObject
	l.ask, ask = para("", view.Plain)
	l.ask.SizeName, l.ask.TextStyle.Bold = theme.SizeNameSubHeadingText, true
	l.field = newEntry(w, w.words.T("ui.reprint.hint"))
	l.field.OnSubmitted = l.scanned
	all := newButton(w, w.words.T("ui.last.all"), nil, func() { l.declare(true) })
	none := newButton(w, w.words.T("ui.last.none"), nil, func() { l.declare(false) })
	_, help := para(w.words.T("ui.last.help"), view.Plain)
	l.box = vbox(0, newPanel(colorPanel, 10, inset(12, 12, vbox(8, ask, help, l.field, wrapped(wide(240, all), wide(240, none))))))
	l.box.Hide()
	return l
}

// of shows the question for a batch with so many unknown letters; none hides it.
func (l *lastOut) of(batch string, unknown int) {
	l.batch = batch
	l.ask.SetText(l.w.words.N("ui.last.ask", unknown))
	show(l.box, unknown > 0)
}

func (l *lastOut) scanned(text string) {
	id, ok := view.FindShPI(text)
	if !ok {
		var err error
		if id, err = postal.ParseShPI(text); !l.w.told(err) {
			return
		}
	}
	type counts struct{ printed, not int }
	start(l.w.tasks, "last-out", func(ctx context.Context) (c counts, err error) {
		c.printed, c.not, err = l.w.station.DeclareLast(ctx, id)
		return c, err
	}, func(c counts, err error) {
		if l.w.told(err) {
			l.field.SetText("")
			l.w.say(view.OK, l.w.words.Say("ui.last.said", map[string]any{"ShPI": id.Grouped(), "Printed": c.printed, "Not": c.not}))
			l.said(c.printed, c.not)
		}
		l.w.changed()
	})
}

func (l *lastOut) declare(printed bool) {
	start(l.w.tasks, "last-out", func(ctx context.Context) (int, error) { return l.w.station.DeclareAll(ctx, l.batch, printed) },
		func(n int, err error) {
			if l.w.told(err) {
				l.w.say(view.OK, l.w.words.N("ui.last.declared", n))
				if printed {
					l.said(n, 0)
				} else {
					l.said(0, n)
				}
			}
			l.w.changed()
		})
}

// goOn is the order that prints what is left of a batch, in the order of the stack.
func goOn(batch, printer string) station.PrintOrder {
	return station.PrintOrder{Batch: batch, Printer: printer, InOrder: true}
}
