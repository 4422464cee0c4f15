package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"znak/app/station"
	"znak/app/ui/view"
)

// moveRow lets a run that waits for its printer go on at another one.
type moveRow struct {
	w     *Window
	box   *fyne.Container
	to    *choice
	do    *button
	names []string // as the choice lists them
	asked time.Time
}

func newMoveRow(w *Window) *moveRow {
	m := &moveRow{w: w}
	m.to = newChoice(w, nil, nil)
	m.do = newButton(w, w.words.T("ui.print.move"), theme.NavigateNextIcon(), m.move)
	m.box = border(nil, nil, m.do, nil, inset(0, 8, m.to))
	m.box.Hide()
	return m
}

// moveEvery keeps the question which printers are ready from being asked with each progress.
const moveEvery = 3 * time.Second

// offer shows the row while the run waits and another printer is ready.
func (m *moveRow) offer(run *printRun, waits bool) {
	if !waits {
		m.box.Hide()
		return
	}
	if time.Since(m.asked) < moveEvery && m.box.Visible() {
		return
	}
	m.asked = time.Now()
	load(m.w.tasks, "move-to", m.w.station.Printers, func(list []station.PrinterView, err error) {
		if err != nil || m.w.run != run || run.done {
			return
		}
		m.names = view.OthersReady(list, run.at)
		var labels []string
		for _, n := range m.names {
			labels = append(labels, m.w.words.PrinterName(n))
		}
		m.to.Options = labels
		if len(labels) > 0 && m.to.SelectedIndex() < 0 {
			m.to.SetSelectedIndex(0)
		}
		m.to.Refresh()
		show(m.box, len(labels) > 0)
	})
}

func (m *moveRow) move() {
	run, i := m.w.run, m.to.SelectedIndex()
	if run == nil || run.done || i < 0 || i >= len(m.names) {
		return
	}
	run.control.Move(m.names[i])
	run.at = m.names[i]
	m.box.Hide()
	m.to.ClearSelected()
	m.w.say(view.Accent, m.w.words.Say("ui.print.moving", map[string]any{"Printer": m.w.words.PrinterName(run.at)}))
}

// chime tells by sound that a run has ended, well or not; silent where there is no sound.
func (w *Window) chime(well bool) {
	if w.params.Chime == nil {
		return
	}
	background(w.tasks, func(context.Context) (bool, error) { w.params.Chime(well); return true, nil }, func(bool, error) {})
}
