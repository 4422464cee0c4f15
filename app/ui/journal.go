package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"znak/app/station"
	"znak/app/ui/view"
)

const screenJournal = "journal"

const (
	journalLines = 300 // how far back the page goes; the command "journal" tells all
	journalRows  = 100 // that are shown at once: many rows take long to lay out
)

// journalScreen tells what was done to the office itself: who came and went, who changed operators, settings, printers, scanners.
type journalScreen struct {
	w     *Window
	list  []station.JournalEntry
	shown []view.JournalLine
	find  *entry
	rows  []*journalRow
	lines *fyne.Container
	more  *paragraph // how many are not shown
	rest  fyne.CanvasObject
	empty *paragraph
	none  fyne.CanvasObject
	box   fyne.CanvasObject
}

func newJournalScreen(w *Window) *journalScreen {
	s := &journalScreen{w: w, lines: vbox(10)}
	s.find = newEntry(w, w.words.T("ui.journal.find"))
	s.find.OnChanged = func(string) { s.fill() }
	s.empty, s.none = para("", view.Plain)
	s.more, s.rest = para("", view.Plain)
	s.rest.Hide()
	s.box = border(container.NewHBox(wide(300, s.find)), nil, nil, nil,
		inset(12, 0, container.NewVScroll(newPanel(colorPanel, 10, inset(14, 18, vbox(10, s.none, s.lines, s.rest))))))
	return s
}

func (s *journalScreen) head() (string, string) {
	return s.w.words.T("ui.journal.title"), s.w.words.T("ui.journal.about")
}
func (s *journalScreen) content() fyne.CanvasObject { return s.box }

func (s *journalScreen) show(string) {
	s.find.SetText("")
	s.refresh()
}

func (s *journalScreen) refresh() {
	load(s.w.tasks, "journal", func(ctx context.Context) ([]station.JournalEntry, error) {
		return s.w.station.Journal(ctx, journalLines)
	},
		func(list []station.JournalEntry, err error) {
			if s.w.told(err) {
				s.list = list
				s.fill()
			}
		})
}

func (s *journalScreen) fill() {
	lines := s.w.words.JournalOf(s.list, s.find.Text)
	key := ""
	switch {
	case len(s.list) == 0:
		key = "ui.journal.empty"
	case len(lines) == 0:
		key = "ui.journal.none"
	}
	show(s.none, key != "")
	if key != "" {
		s.empty.SetText(s.w.words.T(key))
	}
	if slices.Equal(lines, s.shown) {
		return
	}
	s.shown = lines
	seen := lines[:min(len(lines), journalRows)]
	for i, l := range seen {
		if i == len(s.rows) {
			s.rows = append(s.rows, newJournalRow())
			s.lines.Add(s.rows[i].box)
		}
		s.rows[i].set(l)
	}
	for i, r := range s.rows {
		show(r.box, i < len(seen))
	}
	s.more.SetText(s.w.words.Say("ui.journal.more", map[string]any{"Shown": len(seen), "Found": len(lines)}))
	show(s.rest, len(seen) < len(lines))
	s.lines.Refresh()
}

// journalRow is a row of the page; it shows one line after another.
type journalRow struct {
	when, who *line
	what      *paragraph
	box       *fyne.Container
}

func newJournalRow() *journalRow {
	r := &journalRow{when: muted(""), who: newLine("")}
	r.who.Bold = true
	var what fyne.CanvasObject
	r.what, what = para("", view.Plain)
	r.box = container.New(shares{[]float32{1.1, 1, 4}, 12}, r.when, r.who, what)
	return r
}

func (r *journalRow) set(l view.JournalLine) {
	r.when.set(l.When, r.when.Ink)
	r.who.set(l.Who, r.who.Ink)
	if r.what.Text != l.What {
		r.what.SetText(l.What)
	}
}
