package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
)

// glance is a thin card of the first screen; each line leads to its screen.
type glance struct {
	w     *Window
	title *line
	lines *fyne.Container
	shown view.Glance
	box   fyne.CanvasObject
}

func newGlance(w *Window) *glance {
	g := &glance{w: w, title: muted(""), lines: vbox(4)}
	g.box = newPanel(colorPanel, 10, inset(10, 16, vbox(4, g.title, g.lines)))
	return g
}

func (g *glance) set(v view.Glance) {
	if v.Title == g.shown.Title && slices.Equal(v.Lines, g.shown.Lines) {
		return
	}
	g.shown = v
	g.title.set(v.Title, colorMuted)
	g.lines.Objects = nil
	for _, l := range v.Lines {
		icon := widget.NewIcon(g.w.icons.get(shapeOf(l.Tone), inkOf(l.Tone)))
		text := newLine(l.Text)
		row := border(nil, nil, container.NewCenter(boxed(24, 18, icon)), nil, text)
		g.lines.Add(newTap(g.w, row, func() { g.w.open(v.Screen, l.Arg) }))
	}
	g.lines.Refresh()
}
