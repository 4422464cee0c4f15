package view_test

import (
	"strings"
	"testing"

	"znak/app/scan"
	"znak/app/station"
	"znak/app/text"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
)

func TestStackOf(t *testing.T) {
	p, err := text.Load("ru")
	if err != nil {
		t.Fatal(err)
	}
	w := view.NewWords(p)
	var order []station.StackPlace
	var seen []station.StackSeen
	for i := range 30 {
		order = append(order, station.StackPlace{ShPI: viewtest.ShPI(i), No: i + 1, Unsure: i == 20 || i == 21})
		if i < 10 || i > 12 && i != 20 && i != 21 {
			seen = append(seen, station.StackSeen{ShPI: viewtest.ShPI(i), Verdict: scan.VerdictOK})
		}
	}
	v := w.StackOf(station.CheckStack(order, seen, true), true)
	if len(v.Faults) != 2 || v.Tone != view.Stop || v.Faults[0].Tone != view.Stop || v.Faults[1].Tone != view.Warn {
		t.Fatalf("%+v", v)
	}
	for i, parts := range [][]string{{"Нет 3 писем: от № 11 до № 13", "между № 10 и № 14"}, {"Нет 2 писем: от № 21 до № 22", "Неизвестно, вышли ли они", "между № 20 и № 23"}} {
		for _, part := range parts {
			if !strings.Contains(v.Faults[i].What, part) {
				t.Errorf("%q has no %q", v.Faults[i].What, part)
			}
		}
	}
	if v.Counter != "на месте 25 из 28" {
		t.Error(v.Counter)
	}
	if v := w.StackOf(station.StackReport{}, true); v.Tone != view.Warn || v.Title != "В стопке ничего не отсканировано." {
		t.Errorf("nothing: %+v", v)
	}
	all := append(append([]station.StackSeen{}, seen...), seen[0])
	r := station.CheckStack(order, all, false)
	var doubled []station.StackFault
	for _, f := range r.Faults {
		if f.Kind == station.StackDoubled {
			doubled = append(doubled, f)
		}
	}
	shown := w.StackVerdict(station.ScanVerdict{ShPI: seen[0].ShPI, Verdict: scan.VerdictOK}, len(all), doubled)
	if shown.Tone != view.Warn || !strings.Contains(shown.Do, "лежит дважды: 1-й и 26-й") {
		t.Errorf("%+v", shown)
	}
}

func TestMissingOf(t *testing.T) {
	p, err := text.Load("ru")
	if err != nil {
		t.Fatal(err)
	}
	rows := viewtest.Pieces("506", 3, 0, nil)
	got := view.NewWords(p).MissingOf(rows, 12)
	if !strings.HasPrefix(got, "№ 1 · 999999 11 00000 8\n") || !strings.HasSuffix(got, "\nи ещё 9 писем") {
		t.Errorf("%q", got)
	}
	if got := view.NewWords(p).MissingOf(rows, 3); strings.Contains(got, "ещё") {
		t.Errorf("%q", got)
	}
}
