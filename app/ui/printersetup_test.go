package ui

import (
	"slices"
	"strings"
	"testing"

	"znak/app/station"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
	"znak/printer"
)

// What is set of a printer is kept as a whole, in the words that the driver takes; what it does not have is not offered.
func TestPrinterSetup(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenPrinters, "Наклейки")
	d.settle()
	d.press("Настройка…")
	d.see("Настройка: Наклейки", "socket://192.0.2.17:9100", "Язык", "Чему верить", "Писем в задании", "не задано: станция берёт 300", "Темнота печати", "от 0 до 30", "Что после печати",
		"обычно: печатает её снова целиком", "Пока всё как сохранено.")
	if !d.dead("Сохранить настройку") {
		t.Error("nothing was changed and can be kept")
	}
	d.shot("ru-light-printer-setup")
	s := d.screen(screenPrinterSetup).(*setupScreen)
	s.set("dpi", "много")
	d.see("«Разрешение»: «много» — не целое число.")
	if !d.dead("Сохранить настройку") {
		t.Error("that is no resolution and can be kept")
	}
	s.set("dpi", "203")
	s.set("slip", " 5 ")
	s.set("option.mode", "cut")
	s.fill()
	d.tick() // what is typed stays
	d.tick()
	d.settle()
	d.press("Сохранить настройку")
	want := printer.Setup{Name: "Наклейки", URI: "socket://192.0.2.17:9100", Model: "Zebra ZD421", DPI: 203, Slip: 5, Options: map[string]string{"mode": "cut"}}
	got := fake.Setups["Наклейки"]
	if got.DPI != want.DPI || got.Slip != want.Slip || got.Options["mode"] != "cut" || len(got.Options) != 1 || got.URI != want.URI || got.Model != want.Model {
		t.Errorf("kept %+v", got)
	}
	d.see("Настройка «Наклейки» сохранена")
	if !d.dead("Сохранить настройку") {
		t.Error("it is kept and can be kept again")
	}

	s.set("language", string(printer.PDF)) // an office printer has none of these
	s.fill()
	if all := d.texts(); strings.Contains(all, "Темнота печати") || !strings.Contains(all, "для выбранного языка не нужно") {
		t.Errorf("the language decides what else there is\n%s", all)
	}
	d.press("Вернуть как было")
	d.see("Темнота печати", "Пока всё как сохранено.")
}

// The fault that was measured can be forgotten, asked once more.
func TestForgetCalibration(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	d.open(screenCalibrate, "Xerox\x00C5")
	d.settle()
	d.press("Сбросить выверку")
	if fake.Called("forget fault") {
		t.Fatal("forgotten without asking")
	}
	d.press("Точно сбросить?")
	if !fake.Called("forget fault Xerox C5") {
		t.Errorf("%v", fake.Calls)
	}
	d.see("Выверка C5 сброшена", "Не выверено")
	if strings.Contains(d.texts(), "Сбросить выверку") {
		t.Error("there is nothing left to forget")
	}
}

// Where there is a choice of printers it is made on the page of the batch, before F2, and is remembered for the format; where there is none, nothing is asked.
func TestWhereToPrint(t *testing.T) {
	fake := viewtest.Sample()
	fake.Devices = slices.Clone(fake.Devices)
	fake.Devices[2].State, fake.Devices[2].Held, fake.Devices[2].Words = printer.Ready, false, nil
	fake.Devices[0].Main = true
	d := newDesk(t, "ru", false, fake)
	d.open(screenBatch, "506")
	d.settle()
	s := d.screen(screenBatch).(*batchScreen)
	if !slices.Equal(s.target.printer.Options, []string{"Xerox", "Наклейки"}) || s.target.printer.Selected != "Xerox" || s.target.chosen() != "Xerox" {
		t.Fatalf("offered %v, chosen %q", s.target.printer.Options, s.target.printer.Selected)
	}
	if len(s.target.tray.Options) != 3 || !s.target.trayBox.Visible() {
		t.Errorf("trays %v", s.target.tray.Options)
	}
	d.shot("ru-light-batch-printers")
	before := len(fake.Calls)
	s.target.tray.SetSelected("tray-1")
	d.settle()
	if !slices.ContainsFunc(fake.Calls[before:], func(c string) bool { return strings.HasPrefix(c, "sheet Xerox ") && strings.Contains(c, `"tray-1"`) }) {
		t.Errorf("the tray was not kept: %v", fake.Calls[before:])
	}
	s.target.printer.SetSelected("Наклейки")
	d.settle()
	if s.target.trayBox.Visible() {
		t.Error("a tray is asked where there is one")
	}
	d.press("Партии")
	d.open(screenBatch, "506") // it is remembered
	d.settle()
	if s.target.chosen() != "Наклейки" {
		t.Errorf("asked again: %q", s.target.chosen())
	}
	d.act(view.DoPrint) // F2
	d.settle()
	if !fake.Called("print 506 Наклейки") {
		t.Errorf("F2 prints elsewhere: %v", fake.Calls)
	}

	// From elsewhere, too: where such envelopes were printed last, unless that printer is paused.
	d.run = nil
	d.print(station.PrintOrder{Batch: "506"})
	d.settle()
	if n := slices.IndexFunc(fake.Calls, func(c string) bool { return c == "print 506 Xerox []" }); n >= 0 {
		t.Errorf("it forgot: %v", fake.Calls)
	}
	d.run = nil
	fake.Devices[2].Held = true
	d.print(station.PrintOrder{Batch: "506"})
	d.settle()
	if !fake.Called("print 506 Xerox") {
		t.Errorf("a paused printer was chosen: %v", fake.Calls)
	}

	fake.Devices = fake.Devices[1:2] // the folder alone
	d.open(screenBatch, "507")
	d.settle()
	if s.target.box.Visible() {
		t.Error("a choice of one")
	}
}

// What a role may not do is dead, with the reason beside it; nothing is sent to the station.
func TestRolesOnThePages(t *testing.T) {
	fake := viewtest.Sample()
	fake.Devices[2].State, fake.Devices[2].Held = printer.Ready, false
	fake.People = []station.Operator{{Name: "Иванова И.", Role: station.RoleClerk, At: viewtest.Now}, {Name: "Петров П.", Role: station.RoleAdmin, At: viewtest.Now}}
	at := station.SignedIn{On: true, Name: "Иванова И.", Role: station.RoleClerk}
	fake.At = at
	d := newDesk(t, "ru", false, fake)
	d.present(at)
	d.open(view.ScreenPrinters, "Наклейки")
	d.settle()
	d.see("Иванова И.: принтеры настраивает старший или администратор.")
	for _, b := range []string{"Убрать", "90°", "Сделать основным"} {
		if !d.dead(b) {
			t.Errorf("a clerk may press %q", b)
		}
	}
	if d.dead("Поставить на паузу") || d.dead("Пробная печать") {
		t.Error("a clerk may pause and test a printer")
	}
	d.shot("ru-light-printers-clerk")
	d.press("Настройка…")
	s := d.screen(screenPrinterSetup).(*setupScreen)
	s.set("slip", "5")
	if !d.dead("Сохранить настройку") {
		t.Error("a clerk may set a printer up")
	}
	d.open(screenFindPrinters, "")
	d.settle()
	d.see("принтеры настраивает старший")
	if !d.dead("Добавить") {
		t.Error("a clerk may add a printer")
	}
	d.open(view.ScreenSettings, "")
	d.settle()
	d.see("Иванова И.: настройки меняет администратор.", "учётную запись подключает администратор")
	d.open(view.ScreenOperators, "")
	d.settle()
	d.press("Новый ПИН") // her own, in the first row
	for _, b := range []string{"Новый ПИН", "Убрать", "Сделать бейдж"} {
		if !d.dead(b) {
			t.Errorf("a clerk may press %q", b)
		}
	}
	d.shot("ru-light-operators-clerk")

	fake.At.Role, fake.At.Name = station.RoleAccountant, "Счётова Б."
	d.present(fake.At)
	d.open(view.ScreenScanners, "")
	d.settle()
	d.see("Счётова Б.: это может сотрудник, старший или администратор.")
	if !d.dead("Убрать") {
		t.Error("an accountant may take a scanner away")
	}
	d.open(screenBatch, "506")
	d.settle()
	for _, b := range []string{"Напечатать", "Проверить", "Сдать партию"} {
		if !d.dead(b) {
			t.Errorf("an accountant may press %q", b)
		}
	}
	d.see("Счётова Б.: это может сотрудник")
	fake.At = station.SignedIn{On: true, Name: "Петров П.", Role: station.RoleAdmin}
	d.present(fake.At)
	d.open(view.ScreenPrinters, "Наклейки")
	d.settle()
	if d.dead("Убрать") || strings.Contains(d.texts(), "принтеры настраивает старший") {
		t.Error("an admin may not")
	}
}

// Roubles are typed as people do it; what is no sum says where, and changes nothing.
func TestSumInSettings(t *testing.T) {
	fake := viewtest.Sample()
	fake.Chosen = []station.Setting{{Key: station.SettingLowBalance, Value: "100000", Default: "100000", Kind: "money"}}
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenSettings, "")
	d.settle()
	d.see("обычно: 1 000,00", "₽")
	s := d.screen(view.ScreenSettings).(*settingsScreen)
	field := s.entries[station.SettingLowBalance]
	if field.Text != "1 000,00" {
		t.Errorf("shown as %q", field.Text)
	}
	field.OnSubmitted("5 0а0,50")
	d.settle()
	d.see("на 4-м месте «а»")
	if fake.Called("set low-balance") {
		t.Errorf("%v", fake.Calls)
	}
	field.OnSubmitted("5 000,50")
	d.settle()
	if !fake.Called("set low-balance=500050") {
		t.Errorf("%v", fake.Calls)
	}
}
