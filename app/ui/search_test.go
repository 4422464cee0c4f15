package ui

import (
	"fmt"
	"testing"

	"znak/app/ui/view/viewtest"
	"znak/store"
)

// What is found newest first is shown by batches: that of the newest letter first, its letters in print order.
func TestFoundByBatch(t *testing.T) {
	var list []store.PieceRow
	for _, r := range []struct {
		batch string
		pos   int
	}{{"508", 3}, {"506", 9}, {"508", 1}, {"506", 2}, {"507", 0}, {"508", 2}} {
		row := store.PieceRow{Pos: r.pos}
		row.Batch = r.batch
		list = append(list, row)
	}
	byBatch(list)
	got := ""
	for _, r := range list {
		got += fmt.Sprintf(" %s/%d", r.Batch, r.Pos)
	}
	if want := " 508/1 508/2 508/3 506/2 506/9 507/0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Nothing found says how to search; very many say that only the newest are shown.
func TestSearchSaysHow(t *testing.T) {
	for lang, said := range map[string][2]string{
		"ru": {"у ШПИ хватит последних четырёх цифр", "Показаны 200 самых новых"},
		"en": {"of a ШПИ the last four digits are enough", "The newest 200 are shown"},
	} {
		d := newDesk(t, lang, false, viewtest.Sample())
		d.open(screenSearch, "Такого Нет")
		d.settle()
		d.see(said[0])
		d.open(screenSearch, "999999")
		d.settle()
		d.see(said[1])
		if s := d.screen(screenSearch).(*searchScreen); s.table.count != maxFound {
			t.Errorf("%d letters are shown", s.table.count)
		}
	}
}
