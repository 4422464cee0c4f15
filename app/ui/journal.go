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

// journalLines is how far back the page goes; the command "journal" tells all.
const journalLines = 300

// journalScreen tells what was done to the office itself: who came and went, who changed operators, settings, printers, scanners.
type journalScreen struct {
	w     *Window
	list  []station.JournalEntry
	shown []view.JournalLine
	find  *entry
	lines *fyne.Container
	empty *paragraph
	none  fyne.CanvasObject
	box   fyne.CanvasObject
}

func newJournalScreen(w *Window) *journalScreen {
	s := &journalScreen{w: w, lines: vbox(10)}
	s.find = newEntry(w, w.words.T("ui.journal.find"))
	s.find.OnChanged = func(string) { s.fill() }
	s.empty, s.none = para("", view.Plain)
	s.box = border(container.NewHBox(wide(300, s.find)), nil, nil, nil,
		inset(12, 0, container.NewVScroll(newPanel(colorPanel, 10, inset(14, 18, vbox(10, s.none, s.lines))))))
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
	s.lines.Objects = nil
	for _, l := range lines {
		when := muted(l.When)
		who := newLine(l.Who)
		who.Bold = true
		_, what := para(l.What, view.Plain)
		s.lines.Add(container.New(shares{[]float32{1.1, 1, 4}, 12}, when, who, what))
	}
	s.lines.Refresh()
}
