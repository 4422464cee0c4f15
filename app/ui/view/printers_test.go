package view_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
	"znak/printer"
	"znak/printer/calibrate"
	"znak/printer/page"
)

// What is told of a fault is what a person sees on the ruler sheet, whichever way the face lies on the paper.
func TestFaultIsToldAsRead(t *testing.T) {
	w := words(t, "ru")
	size, _ := postal.C5.Format()
	for turn := range 4 {
		paper := viewtest.RulerSheet(size)
		paper.Turn = turn
		for _, fault := range []page.Adjust{{DX: 1}, {DY: 1}, {DX: -1, DY: 2}, {ScaleX: 3}, {ScaleY: -3}} {
			told := w.FaultOf(station.Sheet{Turn: turn, Fault: fault}, postal.C5)
			expected, read := paper.Expected(), paper.Readings(fault)
			right, down := read[0].X-expected[0].X, read[0].Y-expected[0].Y
			var want []string
			if fault.ScaleX == 0 && fault.ScaleY == 0 {
				for _, c := range []struct {
					by         page.Millimetres
					more, less string
				}{{right, "правее", "левее"}, {down, "ниже", "выше"}} {
					word := c.more
					if c.by < 0 {
						word = c.less
					}
					if math.Abs(float64(c.by)) > 0.1 {
						want = append(want, "на "+view.Decimal(math.Abs(float64(c.by)), 1)+" мм "+word)
					}
				}
			} else if wider := read[0].X + read[1].X - expected[0].X - expected[1].X; math.Abs(float64(wider)) > 0.1 { // the crosses nearer to the edges: wider
				want = append(want, map[bool]string{true: "шире", false: "у́же"}[wider < 0])
			} else {
				want = append(want, "по высоте")
			}
			for _, part := range want {
				if !strings.Contains(told, part) {
					t.Errorf("turn %d, %+v: not %q: %s", turn, fault, part, told)
				}
			}
			if strings.Count(told, " мм") != len(want) {
				t.Errorf("turn %d, %+v: %d parts wanted: %s", turn, fault, len(want), told)
			}
		}
	}
	if told := w.FaultOf(station.Sheet{Fault: page.Adjust{DX: 0.02}}, postal.C5); !strings.Contains(told, "ровно") {
		t.Errorf("nothing to speak of: %s", told)
	}
}

func TestReadings(t *testing.T) {
	w := words(t, "ru")
	typed := [8]string{"20", " 19,75", "20.5", "20,0", "19", "21", "20", "20,25 "}
	r, at, why := w.ReadingsOf(typed)
	want := calibrate.Readings{{X: 20, Y: 19.75}, {X: 20, Y: 20.5}, {X: 19, Y: 21}, {X: 20.25, Y: 20}}
	if r != want || at != -1 || why != "" {
		t.Errorf("%v, %d, %q", r, at, why)
	}
	for _, c := range []struct{ text, why string }{{"", "Осталось вписать 1 число."}, {"1,2,3", "не число"}, {"-3", "не число"}, {"0x10", "не число"}, {"NaN", "не число"}, {"1e3", "не число"}, {".", "не число"}} {
		typed[5] = c.text
		if _, at, why := w.ReadingsOf(typed); at != 5 || !strings.Contains(why, c.why) {
			t.Errorf("%q: field %d, %q", c.text, at, why)
		}
	}
}

// Whatever is typed, a reading is a number of millimetres or it is refused with its field.
func FuzzReadings(f *testing.F) {
	for _, s := range []string{"20", "19,75", "", "1,2,3", "٣", "999999999", "+1"} {
		f.Add(s)
	}
	w := words(f, "ru")
	f.Fuzz(func(t *testing.T, s string) {
		r, at, why := w.ReadingsOf([8]string{"20", "20", "20", s, "20", "20", "20", "20"})
		v := float64(r[1].X)
		if (at < 0) != (why == "") || at >= 0 && at != 3 || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
			t.Errorf("%q: %v, field %d, %q", s, v, at, why)
		}
	})
}

func TestImplausibleReadingHasAField(t *testing.T) {
	size, _ := postal.DL.Format()
	paper := viewtest.RulerSheet(size)
	for i, m := range view.Measures {
		r := paper.Expected()
		if m.Edge == calibrate.Left || m.Edge == calibrate.Right {
			r[m.Cross-1].X += 15
		} else {
			r[m.Cross-1].Y += 15
		}
		_, err := calibrate.Solve(r, paper)
		var keyed interface {
			HintKey() (string, map[string]any)
		}
		if !errors.As(err, &keyed) {
			t.Fatalf("%v: %v", m, err)
		}
		key, args := keyed.HintKey()
		if at := view.ImplausibleAt(&station.Refused{Reasons: []station.Reason{{Key: key, Args: args}}}); at != i {
			t.Errorf("%v is field %d, got %d", m, i, at)
		}
	}
	if at := view.ImplausibleAt(errors.New("no")); at != -1 {
		t.Errorf("another error is about field %d", at)
	}
}

func TestPrinterWords(t *testing.T) {
	w := words(t, "ru")
	list := w.PrintersOf([]station.PrinterView{
		{Info: printer.Info{Name: "folder", Kind: "folder", DPI: 300}, State: printer.Ready},
		{Info: printer.Info{Name: "A", Kind: "usb", DPI: 203, Confirm: printer.ConfirmNone}, URI: "usb://0a5f:00d1/1", State: printer.Jam, Words: []string{"MEDIA JAM"}},
		{Info: printer.Info{Name: "B", Kind: "newkind"}, URI: "newkind:x", State: "odd"},
	}, "A")
	if p := list[0]; p.Title != "Папка PDF" || p.Added || p.Main || p.Tone != view.OK || !strings.Contains(p.Confirm, "в папке") {
		t.Errorf("%+v", p)
	}
	if p := list[1]; !p.Main || !p.Added || p.Tone != view.Stop || p.State != "замятие" || p.About != "принтер на кабеле USB · 203 точки на дюйм · usb://0a5f:00d1/1" ||
		p.Says != "Принтер говорит: MEDIA JAM" || !strings.Contains(p.Confirm, "сканер") {
		t.Errorf("%+v", p)
	}
	if p := list[2]; p.Kind != "newkind" || p.State != "odd" { // of a driver that is new
		t.Errorf("%+v", p)
	}

	long := strings.Repeat("Ж", 50)
	found := w.FoundOf([]station.FoundPrinter{
		{Kind: "cups", Found: printer.Found{URI: "cups://bad", Name: "bad", Unfit: "winspool.virtual", UnfitArgs: map[string]any{"Device": "bad"}}},
		{Kind: "cups", Added: "A", Found: printer.Found{URI: "cups://a", Name: "a"}},
		{Kind: "socket", Found: printer.Found{URI: "socket://192.0.2.1:9100", Name: "Brand/" + long, State: printer.Offline}},
	}, []station.Reason{{Key: "station.sheet-turn"}})
	if len(found.List) != 2 || found.Title != "Найдено 2 принтера" || found.Empty != "" || len(found.Reasons) != 1 {
		t.Fatalf("%+v", found)
	}
	if p := found.List[0]; p.Why != "" || p.State != "нет связи" || p.Tone != view.Stop || len(p.Name) > 60 || strings.ContainsAny(p.Name, `/\`) || !strings.HasPrefix(p.Name, "Brand Ж") {
		t.Errorf("%+v", p)
	}
	if p := found.List[1]; p.Why == "" || strings.HasPrefix(p.Why, "printer.") || p.Tone != view.Warn { // what does not fit comes last
		t.Errorf("%+v", p)
	}
	if v := w.FoundOf([]station.FoundPrinter{{Added: "A"}}, nil); !strings.Contains(v.Empty, "уже добавлены") {
		t.Errorf("%+v", v)
	}
	for text, want := range map[string]int{"": 0, " 300 ": 300, "600": 600} {
		if n, ok := view.DPI(text); !ok || n != want {
			t.Errorf("%q: %d, %v", text, n, ok)
		}
	}
	for _, text := range []string{"много", "0", "99", "9600", "300,5"} {
		if _, ok := view.DPI(text); ok {
			t.Errorf("%q is a resolution", text)
		}
	}
}

// What became of a test sheet is told no better than the printer knows it.
func TestProofWords(t *testing.T) {
	w := words(t, "ru")
	for _, c := range []struct {
		p    printer.Progress
		tone view.Tone
		text string
	}{
		{printer.Progress{State: printer.Done, Printed: 1, Started: 1}, view.OK, "лист напечатан"},
		{printer.Progress{State: printer.Done, Printed: 1, Started: 1, Files: []string{"/a.pdf"}}, view.OK, "/a.pdf"},
		{printer.Progress{State: printer.Done, Started: 1}, view.Warn, "посмотрите в лоток"},
		{printer.Progress{State: printer.Jam, Started: 1, Open: true, Words: []string{"JAM"}}, view.Warn, "неизвестно — замятие. Посмотрите в лоток. JAM"},
		{printer.Progress{State: printer.Offline}, view.Stop, "не вышел — нет связи."},
		{printer.Progress{State: printer.OutOfPaper, Open: true}, view.Warn, "неизвестно — нет бумаги"}, // it may still come out
	} {
		if tone, text := w.ProofOf("A", c.p); tone != c.tone || !strings.Contains(text, c.text) {
			t.Errorf("%+v: %s %q", c.p, tone, text)
		}
	}
}
