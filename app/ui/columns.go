package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Which columns a table shows is the choice of the person at this computer.
const prefColumns = "columns."

// allColumns are those that a person can choose from, in their order.
var allColumns = []column{{"pos", 48}, {"batch", 76}, {"state", 150}, {"shpi", 146}, {"name", 0}, {"index", 68}, {"place", 130}, {"value", 80}, {"mass", 64},
	{"envelope", 70}, {"copies", 80}, {"mark", 180}}

// needed are the columns without which nobody knows which letter a row is.
var needed = []string{"state", "shpi", "name"}

// chosenColumns are the columns of a table, as they were chosen last, else the usual ones.
func chosenColumns(app fyne.App, table string, usual []column) []column {
	kept := strings.Split(app.Preferences().String(prefColumns+table), ",")
	var list []column
	for _, c := range allColumns {
		if slices.Contains(kept, c.key) {
			list = append(list, c)
		}
	}
	for _, key := range needed {
		if !slices.ContainsFunc(list, func(c column) bool { return c.key == key }) {
			return usual
		}
	}
	return list
}

// columnPicker chooses the columns of a table: a button that unfolds a line of ticks.
type columnPicker struct {
	w     *Window
	t     *piecesTable
	table string
	open  *button
	ticks *fyne.Container
}

func newColumnPicker(w *Window, t *piecesTable, table string) *columnPicker {
	p := &columnPicker{w: w, t: t, table: table}
	p.open = quiet(newButton(w, w.words.T("ui.columns"), theme.MoreHorizontalIcon(), func() { show(p.ticks, !p.ticks.Visible()) }))
	p.ticks = container.New(wrapping{8})
	for _, c := range allColumns {
		if slices.Contains(needed, c.key) {
			continue
		}
		tick := newCheck(w, w.words.T("ui.col."+c.key), nil)
		tick.Checked = slices.Contains(t.columns, c)
		tick.OnChanged = func(on bool) { p.choose(c, on) }
		p.ticks.Add(tick)
	}
	p.ticks.Hide()
	return p
}

func (p *columnPicker) choose(c column, on bool) {
	var list []column
	var keys []string
	for _, a := range allColumns {
		if a.key == c.key && on || a.key != c.key && slices.Contains(p.t.columns, a) {
			list = append(list, a)
			keys = append(keys, a.key)
		}
	}
	p.w.app.Preferences().SetString(prefColumns+p.table, strings.Join(keys, ","))
	p.t.columns = list
	p.t.box.Refresh()
	p.t.box.Layout.Layout(p.t.box.Objects, p.t.box.Size())
	p.t.grid.Refresh()
}

// wrapping lays its objects in lines, as words are.
type wrapping struct{ gap float32 }

func (l wrapping) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	bottom := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		s := o.MinSize()
		m.Width = max(m.Width, s.Width)
		bottom = max(bottom, o.Position().Y+s.Height) // as they were laid last
	}
	m.Height = bottom
	return m
}

func (l wrapping) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x, y, height := float32(0), float32(0), float32(0)
	var row []fyne.CanvasObject
	end := func() { // all of a line have one middle
		for _, o := range row {
			o.Move(fyne.NewPos(o.Position().X, y+(height-o.Size().Height)/2))
		}
		x, y, height, row = 0, y+height+l.gap/2, 0, nil
	}
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		s := o.MinSize()
		if x > 0 && x+s.Width > size.Width {
			end()
		}
		o.Move(fyne.NewPos(x, y))
		o.Resize(s)
		x += s.Width + l.gap
		height = max(height, s.Height)
		row = append(row, o)
	}
	end()
}

// wrapped lays objects in lines, as words are.
func wrapped(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(wrapping{8}, objects...)
}
