package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
)

// verdictRow is one answer in a list of them: its shape, when or where it was, the digits, what to do.
type verdictRow struct {
	widget.BaseWidget
	w    *Window
	icon *widget.Icon
	when *line
	head *line
	tail *line
	do   *line
	box  fyne.CanvasObject
}

// newVerdictRow is an empty row; width is that of the column for when or where, at the usual size of text.
func newVerdictRow(w *Window, width float32) *verdictRow {
	r := &verdictRow{w: w, icon: widget.NewIcon(nil), when: newLine(""), head: whole(""), tail: whole(""), do: newLine("")}
	r.tail.Bold = true
	icon := container.NewCenter(container.NewGridWrap(fyne.NewSize(16, 16), r.icon))
	r.box = border(nil, nil, hbox(8, wide(24, icon), wide(width, r.when), wide(150, hbox(0, r.head, r.tail))), nil, r.do)
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer draws the parts side by side.
func (r *verdictRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }

func (r *verdictRow) set(tone view.Tone, when, head, tail, do string) {
	r.icon.SetResource(r.w.icons.get(shapeOf(tone), inkOf(tone)))
	r.when.set(when, colorMuted)
	r.head.set(head, theme.ColorNameForeground)
	r.tail.set(tail, theme.ColorNameForeground)
	r.do.set(do, inkOf(tone))
}

func (r *verdictRow) blank() {
	r.set(view.Plain, "", "", "", "")
	r.icon.SetResource(nil)
}
