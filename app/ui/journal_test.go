package ui

import (
	"strings"
	"testing"

	"znak/app/station"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
	"znak/store"
)

// The journal shows the newest first, and only the entries with what was typed.
func TestJournalScreen(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(screenJournal, "")
	d.settle()
	s := d.screen(screenJournal).(*journalScreen)
	if len(s.shown) != 4 || s.shown[0].What != "настройка «перепечаток без второго сотрудника»: было 0, стало 3" || s.none.Visible() {
		t.Fatalf("%+v", s.shown)
	}
	s.find.SetText("XEROX старшева")
	if len(s.shown) != 1 || s.shown[0].Who != "Старшева С. С." {
		t.Errorf("found %+v", s.shown)
	}
	s.find.SetText("нет такого")
	if len(s.shown) != 0 || !s.none.Visible() || s.empty.Text != d.words.T("ui.journal.none") {
		t.Errorf("%+v, %q", s.shown, s.empty.Text)
	}
	for range journalRows + 5 { // more than are shown
		d.fake.Entries = append(d.fake.Entries, station.JournalEntry{At: viewtest.Now, Who: "Ким", Office: &store.OfficeData{Act: "no-account"}})
	}
	s.refresh()
	d.settle()
	s.find.SetText("ким")
	if len(s.rows) != journalRows || !s.rest.Visible() || !strings.Contains(s.more.Text, "105") {
		t.Errorf("%d rows, %q", len(s.rows), s.more.Text)
	}
	s.find.SetText("добавлен оператор")
	if !s.rows[0].box.Visible() || s.rows[1].box.Visible() || s.rest.Visible() || s.rows[0].who.Text != "Старшева С. С." {
		t.Errorf("rows that are not of the one found: %q, %v", s.rows[0].what.Text, s.rows[1].box.Visible())
	}
	d.fake.Entries = nil
	d.open(view.ScreenToday, "")
	d.open(screenJournal, "")
	d.settle()
	if s.empty.Text != d.words.T("ui.journal.empty") {
		t.Errorf("an empty one says %q", s.empty.Text)
	}
}
