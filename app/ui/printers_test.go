package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
	"znak/printer"
	"znak/printer/page"
)

// field types a text into a field as a person does.
func (d *desk) field(e *entry, text string) {
	d.t.Helper()
	e.SetText(text)
	d.settle()
}

func TestPrintersScreen(t *testing.T) {
	fake := viewtest.Sample()
	fake.Devices[2].State, fake.Devices[2].Held, fake.Devices[2].Words = printer.OutOfPaper, false, []string{"PAPER OUT"}
	d := newDesk(t, "ru", false, fake)
	d.press("Принтеры")
	d.see("Xerox", "Папка PDF", "Наклейки", "основной", "готов", "нет бумаги", "очередь системы · Xerox VersaLink C405 · 600 точек на дюйм",
		"станция знает о каждом письме", "Выверено 19.11.2026", "на 1,2 мм правее, на 0,4 мм выше, с поворотом по часовой стрелке на 0,7 мм")
	if strings.Contains(d.texts(), "Сделать основным") {
		t.Error("the main printer can be made the main one")
	}
	s := d.screen(view.ScreenPrinters).(*printersScreen)
	if s.sheet.choice.Selected != "by-pass-tray" || len(s.sheet.choice.Options) != 3 {
		t.Errorf("trays: %q of %v", s.sheet.choice.Selected, s.sheet.choice.Options)
	}
	d.win.Canvas().Focus(s.rows) // by the keyboard
	d.hit(fyne.KeyDown)
	d.hit(fyne.KeyDown)
	d.hit(fyne.KeyReturn)
	d.settle()
	d.see("socket://192.0.2.17:9100", "Принтер говорит: PAPER OUT", "сообщает, когда вышло всё задание", "Не выверено")
	d.shot("ru-light-printers-paper-out")
	d.press("Поставить на паузу")
	d.see("«Наклейки» на паузе", "Снять паузу")
	d.press("Снять паузу")
	d.press("Отменить задания")
	d.see("Отменено 2 задания «Наклейки»")
	d.press("Сделать основным")
	if !fake.Called("set printer=Наклейки") || !fake.Called("pause printer Наклейки") || !fake.Called("resume printer Наклейки") || !fake.Called("cancel jobs Наклейки") {
		t.Errorf("%v", fake.Calls)
	}
	if strings.Contains(d.texts(), "Сделать основным") {
		t.Error("it is the main one and can be made so")
	}
	d.press("Убрать") // asks first
	if fake.Called("remove printer") {
		t.Fatal("removed without asking")
	}
	s.rows.Select(1) // another printer was not meant
	d.settle()
	if strings.Contains(d.texts(), "Точно убрать?") {
		t.Error("the question is about another printer now")
	}
	d.see("файл лежит в папке")
	if strings.Contains(d.texts(), "Убрать") {
		t.Error("a printer that the program brings along can be taken away")
	}
	s.rows.Select(2)
	d.settle()
	d.press("Убрать")
	d.press("Точно убрать?")
	if !fake.Called("remove printer Наклейки") {
		t.Errorf("%v", fake.Calls)
	}
	d.see("Принтер «Наклейки» убран.")
	if strings.Contains(d.texts(), "socket://192.0.2.17") {
		t.Error("it is still there")
	}
}

// How a format lies: what is chosen is kept, what was measured for another way is lost, and said to be.
func TestSheetInPrinter(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenPrinters, "Xerox")
	d.settle()
	d.press("180°")
	if !fake.Called(`sheet Xerox C5 "by-pass-tray" 2`) {
		t.Errorf("%v", fake.Calls)
	}
	d.see("Прежняя выверка была для другого лотка или поворота", "Не выверено")
	s := d.screen(view.ScreenPrinters).(*printersScreen)
	s.sheet.choice.SetSelected("tray-1")
	d.settle()
	if !fake.Called(`sheet Xerox C5 "tray-1" 2`) {
		t.Errorf("%v", fake.Calls)
	}
	d.press("DL")
	d.see("220 × 110 мм", "Пробная печать DL")
	if s.sheet.choice.Selected != "выбирает принтер" || s.sheet.v.Turn != 0 {
		t.Errorf("of DL: %q, %d", s.sheet.choice.Selected, s.sheet.v.Turn)
	}
	before := len(fake.Calls)
	d.changed()
	d.settle()
	for _, c := range fake.Calls[before:] {
		if strings.HasPrefix(c, "sheet") {
			t.Errorf("a look changes something: %s", c)
		}
	}

	s.rows.Select(2) // nobody knows its trays: they are typed
	d.settle()
	d.field(s.sheet.tray, "лоток 2")
	d.tick() // what is typed stays while the window looks again
	d.tick()
	d.settle()
	if s.sheet.tray.Text != "лоток 2" {
		t.Errorf("typed away: %q", s.sheet.tray.Text)
	}
	d.press("Пробная печать DL") // keeps what was typed
	if !fake.Called(`sheet Наклейки DL "лоток 2" 0`) || !fake.Called("test print Наклейки DL") {
		t.Errorf("%v", fake.Calls)
	}
	d.see("«Наклейки»: лист напечатан.")
}

// A test print on a printer without paper takes minutes: other screens can be used, and it can be given up.
func TestTestPrintWaits(t *testing.T) {
	fake := viewtest.Sample()
	fake.Hold = make(chan struct{})
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenPrinters, "Xerox")
	d.settle()
	d.pressWhile("Пробная печать C5")
	d.until("it is printed", func() bool { return fake.Called("test print Xerox C5") })
	d.see("жду принтер", "Отменить пробный лист")
	d.shotWhile("ru-light-printers-waits")
	d.open(screenCalibrate, "Xerox\x00C5")
	d.drain()
	if !d.dead("Напечатать линейку") {
		t.Error("two sheets at once")
	}
	d.open(view.ScreenMoney, "")
	d.drain()
	d.see("Сверка")
	d.open(view.ScreenPrinters, "")
	d.pressWhile("Отменить пробный лист")
	d.until("given up", func() bool { return strings.Contains(d.texts(), "пробный лист отменён") })
	d.settle()
	d.see("Пробная печать C5")

	fake.Proved = printer.Progress{State: printer.OutOfPaper, Words: []string{"PAPER OUT"}}
	close(fake.Hold)
	d.press("Пробная печать C5")
	d.see("лист не вышел — нет бумаги. PAPER OUT")
	fake.Proved = printer.Progress{State: printer.Done, Started: 1}
	d.press("Пробная печать C5")
	d.see("вышел ли он, не говорит")
}

func TestFindPrinters(t *testing.T) {
	fake := viewtest.Sample()
	fake.Search = make(chan struct{})
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenPrinters, "")
	d.drain()
	d.pressWhile("Найти принтеры")
	d.see("Ищу, до восьми секунд…", "По адресу")
	d.open(view.ScreenMoney, "") // the search goes on
	d.drain()
	d.see("Сверка")
	d.open(screenFindPrinters, "")
	d.drain()
	close(fake.Search)
	d.settle()
	d.see("Найдено 2 принтера", "HP LaserJet M507", "принтер в сети (IPP) · 600 точек на дюйм", "USB Receipt Printer", "ESC/POS", "CUPS")
	if strings.Contains(d.texts(), "cups://Xerox") {
		t.Error("one that is added is offered")
	}
	s := d.screen(screenFindPrinters).(*findPrintersScreen)
	if !d.dead("Добавить") { // the one by hand comes last
		t.Error("nothing is typed and can be added")
	}
	s.name.SetText("Xerox")
	s.uri.SetText("socket://192.0.2.50:9100")
	s.dpi.SetText("много")
	if !s.add.Disabled() {
		t.Error("that is no resolution")
	}
	s.dpi.SetText("203")
	s.byHand()
	d.settle()
	d.see("Принтер «Xerox» уже есть. Ничего не изменено")
	if fake.Called("add printer") {
		t.Fatal("the printer of that name was changed")
	}
	s.name.SetText("Склад")
	s.byHand()
	d.settle()
	if !fake.Called(`add printer Склад socket://192.0.2.50:9100 "" 203`) {
		t.Errorf("%v", fake.Calls)
	}
	d.see("Принтер «Склад» добавлен. Напечатайте пробный лист.", "socket://192.0.2.50:9100", "подтвердит сканер")
	if d.here.screen != view.ScreenPrinters {
		t.Errorf("led to %v", d.here)
	}
	d.press("Найти принтеры")
	d.press("Добавить")
	if !fake.Called(`add printer HP LaserJet M507 ipp://192.0.2.40/ipp/print "HP LaserJet M507" 0`) {
		t.Errorf("%v", fake.Calls)
	}

	fake.Found, fake.Deaf = nil, nil
	d.press("Найти принтеры")
	d.see("Новых принтеров не найдено", "Включите принтер, проверьте кабель")
	d.shot("ru-light-printers-none")
}

func TestCalibration(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenPrinters, "Xerox")
	d.settle()
	d.press("DL")
	d.press("Выверить DL…")
	d.see("Выверка: Xerox, DL", "Осталось вписать 8 чисел.", "ВЕРХ", "Не выверено")
	if !d.dead("Выверить") || !d.dead("Напечатать с поправкой") {
		t.Error("nothing is measured yet")
	}
	d.hit(fyne.KeyReturn) // the first step has the focus
	d.settle()
	if !fake.Called("ruler Xerox DL false") {
		t.Errorf("%v", fake.Calls)
	}
	s := d.screen(screenCalibrate).(*calibrationScreen)

	// a printer that prints 1 mm to the right, read with one slip
	size, _ := postal.DL.Format()
	read := viewtest.RulerSheet(size).Readings(page.Adjust{DX: 1, Skew: -2})
	d.win.Canvas().Focus(s.fields[0])
	for i, m := range view.Measures {
		v := read[m.Cross-1].Y
		if m.Edge == "left" || m.Edge == "right" {
			v = read[m.Cross-1].X
		}
		if i == 3 {
			v += 4
		}
		if d.win.Canvas().Focused() != fyne.Focusable(s.fields[i]) {
			t.Fatalf("not in field %d", i)
		}
		for _, r := range view.Decimal(float64(v), 2) {
			d.win.Canvas().Focused().TypedRune(r)
		}
		if i == 1 {
			d.shot("ru-light-calibrate-typing")
		}
		d.hit(fyne.KeyReturn) // goes round
		d.settle()
	}
	d.see("Замер у креста 2 до правого края не сходится")
	if s.ruler.wrong != 3 || !s.sign.Visible() || d.win.Canvas().Focused() != fyne.Focusable(s.fields[3]) {
		t.Error("the slip is not shown at its field")
	}
	d.shot("ru-light-calibrate-slip")
	s.fields[3].SetText("два")
	d.see("«два» — не число миллиметров")
	if !d.dead("Выверить") {
		t.Error("words are no readings")
	}
	s.fields[3].SetText(view.Decimal(float64(read[1].X), 2))
	if s.ruler.wrong >= 0 || s.sign.Visible() {
		t.Error("the sign stays")
	}
	d.press("Выверить")
	d.see("Выверено 21.11.2026", "на 1,0 мм правее, с поворотом против часовой стрелки на 0,4 мм по ширине листа", "Поправка для DL запомнена")
	d.shot("ru-light-calibrate-done")
	d.press("Напечатать с поправкой")
	if !fake.Called("ruler Xerox DL true") {
		t.Errorf("%v", fake.Calls)
	}
	d.hit(fyne.KeyEscape)
	d.settle()
	d.see("Выверено 21.11.2026")
	d.press("180°")
	d.press("Выверить DL…")
	d.see("Не выверено", "Осталось вписать 8 чисел.") // those that were read belong to another way
	d.hit(fyne.KeyEscape)
	d.settle()
	fake.Err = &station.Refused{Reasons: []station.Reason{{Key: "station.printer-busy", Args: map[string]any{"Printer": "Xerox"}}}}
	d.press("Пробная печать DL")
	d.see("Принтер «Xerox» сейчас печатает другое задание")
}
