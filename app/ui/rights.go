package ui

import (
	"fyne.io/fyne/v2"

	"znak/app/station"
	"znak/app/ui/view"
)

// mayNot says why the person at the window may not do an act; "" where they may, or where nobody signs in. The station refuses by itself as well.
func (w *Window) mayNot(act station.Act) string { return w.words.MayNot(w.gate.at, act) }

// barrier is the line beside what is dead, with the reason: the role of the person at the window.
type barrier struct {
	w     *Window
	act   station.Act
	label *paragraph
	box   fyne.CanvasObject
}

func newBarrier(w *Window, act station.Act) *barrier {
	b := &barrier{w: w, act: act}
	b.label, b.box = para("", view.Warn)
	b.label.SizeName = sizeTable
	b.box.Hide()
	return b
}

// open shows the reason where there is one, and reports whether the act may be done.
func (b *barrier) open() bool {
	why := b.w.mayNot(b.act)
	if b.label.Text != why {
		b.label.SetText(why)
	}
	show(b.box, why != "")
	return why == ""
}

// enable makes a field, a choice or a check alive or dead.
func enable(o fyne.Disableable, alive bool) {
	if alive {
		o.Enable()
	} else {
		o.Disable()
	}
}
