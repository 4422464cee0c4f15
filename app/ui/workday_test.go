package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"znak/app/station"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
	"znak/printer"
)

// Every number of the first screen leads to its list, by mouse and by keyboard.
func TestTodayNumbersLead(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	for _, want := range []struct{ text, screen, arg string }{
		{"отложено", view.ScreenMoney, ""}, {"C5 — ", view.ScreenBatches, "C5"}, {"Xerox", view.ScreenPrinters, "Xerox"}, {"ждёт отправки", view.ScreenOutbox, ""},
	} {
		d.open(view.ScreenToday, "")
		d.settle()
		var found *tap
		walk(d.win.Canvas().Content(), func(o fyne.CanvasObject) {
			if p, ok := o.(*tap); ok && found == nil {
				inside := ""
				walk(p.content, func(o fyne.CanvasObject) {
					switch o := o.(type) {
					case *line:
						inside += o.Text
					case *paragraph:
						inside += o.Text
					}
				})
				if strings.Contains(inside, want.text) {
					found = p
				}
			}
		})
		if found == nil {
			t.Errorf("nothing to tap at %q\n%s", want.text, d.texts())
			continue
		}
		d.win.Canvas().Focus(found)
		found.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		d.settle()
		if d.here != (place{want.screen, want.arg}) {
			t.Errorf("%q leads to %v", want.text, d.here)
		}
	}
}

// Batches: search, order and sums; several chosen ones are printed one after another in the order of the list.
func TestBatchesInALine(t *testing.T) {
	fake := viewtest.Sample()
	fake.PrintRep = station.PrintReport{Run: "r", Printed: 3}
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenBatches, "")
	d.settle()
	s := d.screen(view.ScreenBatches).(*batchesScreen)
	all := len(s.shown)
	s.find.SetText("c5")
	d.settle()
	if len(s.shown) != 1 || s.shown[0].Name != "507" {
		t.Errorf("c5 finds %d batches", len(s.shown))
	}
	d.see("1 партия")
	s.find.SetText("")
	s.order.SetSelected(d.words.T("ui.batches.by.sum"))
	d.settle()
	if len(s.shown) != all || s.shown[0].Name != "507" {
		t.Errorf("the largest is not first: %v", s.shown[0].Name)
	}
	s.order.SetSelected(d.words.T("ui.batches.by.name"))
	s.pick("507", true)
	s.pick("506", true)
	d.shot("ru-light-batches-line")
	d.press("Напечатать подряд 2 партии")
	d.until("both are printed", func() bool { return d.run != nil && d.run.done && d.run.order.Batch == "507" })
	d.settle()
	var order []string
	for _, c := range fake.Calls {
		if strings.HasPrefix(c, "print ") {
			order = append(order, strings.Fields(c)[1])
		}
	}
	if !slices.Equal(order, []string{"506", "507"}) {
		t.Errorf("printed %v", order)
	}
}

// What goes wrong in one batch ends the line; what is left is named and can be gone on with.
func TestLineStopsAtTrouble(t *testing.T) {
	fake := viewtest.Sample()
	fake.PrintRep = station.PrintReport{Run: "r", Printed: 3, Unknown: 1}
	d := newDesk(t, "ru", false, fake)
	d.printLine([]string{"506", "507"})
	d.settle()
	if d.run.order.Batch != "506" || !slices.Equal(d.run.line, []string{"507"}) {
		t.Fatalf("%s, left %v", d.run.order.Batch, d.run.line)
	}
	d.see("Остальные выбранные партии не начаты: 507")
	d.shot("ru-light-print-line-stopped")
	d.press("Напечатать ещё 1 партию")
	d.settle()
	if d.run.order.Batch != "507" {
		t.Errorf("went on with %s", d.run.order.Batch)
	}
}

// On a fault: a picture, words, and another printer where one is ready.
func TestPrintFaults(t *testing.T) {
	for _, state := range []printer.State{printer.OutOfPaper, printer.Jam, printer.DoorOpen, printer.RibbonOut, printer.Paused, printer.Offline, printer.NeedsPerson} {
		fake := viewtest.Sample()
		fake.Devices = append(fake.Devices, station.PrinterView{Info: printer.Info{Name: "Brother"}, URI: "socket://10.0.0.7:9100", State: printer.Ready})
		fake.Hold = make(chan struct{})
		fake.Steps = []station.PrintProgress{{Run: "r", Asked: 54, Sent: 17, Printed: 14, Unknown: 3, Current: viewtest.ShPI(750), State: state, Words: []string{"tray 1"}}}
		d := newDesk(t, "ru", false, fake)
		d.print(station.PrintOrder{Batch: "506"})
		s := d.screen(screenPrint).(*printScreen)
		d.until("the fault is shown", func() bool { return s.faulty.Visible() && s.moves.box.Visible() })
		if s.fault.state != state {
			t.Errorf("drawn %s, is %s", s.fault.state, state)
		}
		d.shotWhile("ru-light-fault-" + string(state))
		if state == printer.Jam {
			d.pressWhile("Продолжить на другом принтере")
			if d.run.at != "Brother" {
				t.Errorf("goes on at %q", d.run.at)
			}
		}
		close(fake.Hold)
		d.until("the run ends", func() bool { return d.run.done })
		d.settle()
	}
}

// A batch in which the mark suits only some letters: the others can be returned, after one question.
func TestSplit(t *testing.T) {
	fake := viewtest.Sample()
	fake.All["508"][0].Mark = nil
	d := newDesk(t, "ru", false, fake)
	d.open(screenBatch, "508")
	d.settle()
	d.see("Разделить партию")
	unfit := len(view.UnfitOf(fake.All["508"]))
	if unfit == 0 {
		t.Fatal("the sample has no unfit letter")
	}
	d.shot("ru-light-batch-split")
	d.press("Вернуть ")
	if fake.Called("return") {
		t.Error("returned without a question")
	}
	d.press("Не возвращать")
	d.press("Вернуть ")
	d.press("Да, вернуть")
	if !fake.Called("return") {
		t.Error("not returned")
	}
}

// The choice of columns is kept.
func TestColumnsAreKept(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(screenBatch, "506")
	d.settle()
	d.press("Столбцы")
	d.shot("ru-light-columns")
	s := d.screen(screenBatch).(*batchScreen)
	for _, c := range allColumns {
		if c.key == "mark" {
			newColumnPicker(d.Window, s.table, "batch").choose(c, true)
		}
	}
	d.settle()
	if got := fmt.Sprint(chosenColumns(d.app, "batch", batchColumns)); !strings.Contains(got, "mark") {
		t.Errorf("kept %s", got)
	}
	d.shot("ru-light-columns-mark")
}

// The envelope can be looked at closely; plus and minus change the size.
func TestZoom(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(screenZoom, string(viewtest.ShPI(1)))
	d.settle()
	s := d.screen(screenZoom).(*zoomScreen)
	if s.img == nil || s.img.Bounds().Dx() < 1000 {
		t.Fatal("no picture in the printer's dots")
	}
	d.shot("ru-light-zoom")
	was := s.ground.MinSize().Width
	for range 4 {
		s.typedIn("+")
	}
	if now := s.ground.MinSize().Width; now <= was || s.step != 4 {
		t.Errorf("grew from %v to %v", was, now)
	}
	d.shot("ru-light-zoom-3")
}

// The guide: each step tells what is so; a scan is the proof of the scanner.
func TestGuideAndAbout(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		d := newDesk(t, lang, false, viewtest.Sample())
		d.open(screenGuide, "")
		d.settle()
		d.shot(lang + "-light-guide")
		d.scan(string(viewtest.ShPI(3)))
		d.settle()
		if !d.app.Preferences().Bool(prefHeard) || !d.app.Preferences().Bool(prefTested) {
			t.Error("the scan was not noticed")
		}
		d.open(screenAbout, "")
		d.shot(lang + "-light-about")
		for _, l := range strings.Split(d.texts(), "\n") {
			if strings.HasPrefix(l, "ui.") {
				t.Errorf("a key instead of a sentence: %q", l)
			}
		}
	}
}

// The list narrows at once with a thousand batches.
func BenchmarkNarrow(b *testing.B) {
	fake := viewtest.Sample()
	d := newDesk(b, "ru", false, fake)
	var list []station.BatchView
	for i := range 1000 {
		v := fake.List[i%len(fake.List)]
		v.Name = fmt.Sprint(10_000 + i)
		v.Batch.Name = v.Name
		list = append(list, v)
	}
	shown := d.words.BatchesOf(list)
	for b.Loop() {
		if len(d.words.Narrow(shown.Open, "заказные 1", view.BySum)) == 0 {
			b.Fatal("nothing")
		}
	}
}

// A whole ШПИ, typed with or without its spaces, is asked for without them.
func TestSearchByWholeShPI(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	d.open(screenSearch, viewtest.ShPI(5).Grouped())
	d.settle()
	if s := d.screen(screenSearch).(*searchScreen); s.table.count != 1 || s.letter.shown != viewtest.ShPI(5) {
		t.Errorf("found %d, shown %s", s.table.count, s.letter.shown)
	}
	if !fake.Called(fmt.Sprintf("pieces  [] 0 %d %q", maxFound+1, string(viewtest.ShPI(5)))) {
		t.Errorf("asked otherwise: %v", fake.Calls)
	}
}
