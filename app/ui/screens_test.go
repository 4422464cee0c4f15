package ui

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/postal"
	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
	"znak/store"
)

// Every screen in both languages, light and dark: pictures for a person (ZNAK_SHOTS=folder keeps them), and no key of a
// missing translation on any of them.
func TestEveryScreen(t *testing.T) {
	for _, c := range []struct {
		lang string
		dark bool
	}{{"ru", false}, {"ru", true}, {"en", false}} {
		name := c.lang + "-light"
		if c.dark {
			name = c.lang + "-dark"
		}
		if testing.Short() && name != "ru-light" {
			continue // the same code with other words and colours
		}
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, c.lang, c.dark, viewtest.Sample())
			look := func(what string) {
				t.Helper()
				d.settle()
				if m := d.frame.root.MinSize(); m.Width > 1200 || m.Height > 680 {
					t.Errorf("%s does not fit into 1280×720: %v", what, m)
				}
				d.shot(name + "-" + what)
				for _, l := range strings.Split(d.texts(), "\n") {
					if strings.HasPrefix(l, "ui.") || strings.HasPrefix(l, "station.") {
						t.Errorf("%s: a key instead of a sentence: %q", what, l)
					}
				}
			}
			look("today")
			for _, s := range []string{view.ScreenBatches, view.ScreenReprint, view.ScreenOutbox, view.ScreenMoney, view.ScreenSettings, screenHelp} {
				d.open(s, "")
				look(s)
			}
			d.open(view.ScreenPrinters, "Xerox")
			look("printers")
			d.open(screenFindPrinters, "")
			look("printers-found")
			d.open(screenCalibrate, "Xerox\x00C5")
			look("calibrate")
			for _, tab := range []string{tabOwed, tabStale} {
				d.open(view.ScreenReprint, "")
				d.screen(view.ScreenReprint).(*reprintScreen).turn(tab)
				look("reprint-" + tab)
			}
			d.open(view.ScreenMoney, "")
			d.screen(view.ScreenMoney).(*moneyScreen).choose(store.ByMonth)
			look("money-month")
			for _, kind := range []string{paperRegistry, paperStatement, paperReconcile, paperInvoice, paperEvidence + ":506"} {
				d.open(screenPaper, kind)
				d.settle()
				d.screen(screenPaper).(*paperScreen).work()
				look("paper-" + strings.TrimSuffix(kind, ":506"))
			}
			d.open(screenBatch, "506")
			d.settle()
			d.screen(screenBatch).(*batchScreen).table.grid.Select(widget.TableCellID{Row: 0, Col: 0})
			look("batch")
			d.open(screenBatch, "510")
			look("batch-stuck")
			d.open(screenSearch, "Ким")
			look("search")
			d.open(view.ScreenVerify, "506")
			look("verify")
			d.fake.HandRep = station.HandOverReport{Missing: []station.Refusal{{ShPI: viewtest.ShPI(1), Reason: station.Reason{Key: "station.missing.printed", Args: map[string]any{"ShPI": viewtest.ShPI(1).Grouped()}}}}}
			d.open(screenHandOver, "506")
			look("handover-missing")
			d.fake.HandRep = station.HandOverReport{Verified: 12, Queued: true, Files: []string{"/home/office/znak/forms/F103-505.pdf"}}
			d.open(screenHandOver, "505")
			look("handover-done")
			d.fake.Account = false
			d.build()
			look("first")
			d.fake.List, d.fake.Items, d.fake.Account = nil, nil, true
			d.build()
			look("today-empty")
			d.open(view.ScreenBatches, "")
			look("batches-empty")
			d.open(view.ScreenOutbox, "")
			look("outbox-empty")
		})
	}
}

func TestTodayLeadsOn(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.see("Сегодня, 21.11.2026", "1\u202f054 письма", "40\u202f012,00\u00a0₽", "к печати", "нет связи с 10:40", "баланс 117\u202f564,00\u00a0₽ на 21.11.2026", "Xerox: готов", "ОБУЧЕНИЕ", "Очередь · 1")
	d.press("Показать")
	d.see("Партия 506", "DL · заказные · 800 писем · сдача 23.11.2026 · ОПС 101000")
	d.hit(fyne.KeyEscape)
	d.settle()
	d.see("Можно напечатать")
	for _, step := range d.screen(view.ScreenToday).(*todayScreen).steps { // each count opens its list
		if step.key == "verified" {
			d.open(screenSearch, stagePrefix+step.key)
		}
	}
	d.settle()
	d.see("проверено", "424 письма", "999999 11 0")
}

// F-keys work whatever has the focus, and mean the batch in view.
func TestKeysFromAnywhere(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.win.Canvas().Focus(d.frame.search)
	d.hit(fyne.KeyF5)
	d.settle()
	if !d.fake.Called("pull") {
		t.Error("F5 in a field did not pull")
	}
	d.see("С почты взято: 7 партий, 1\u202f212 писем. Изменилось 1 письмо.")
	d.hit(fyne.KeyF2) // no batch in view: show the first ready one, print nothing
	d.settle()
	if d.here != (place{screenBatch, "506"}) || d.fake.Called("print") {
		t.Errorf("F2 from home led to %v, calls %v", d.here, d.fake.Calls)
	}
	d.hit(fyne.KeyF4)
	d.settle()
	d.see("Не проверено 388 писем.")
	if d.fake.Called("handover") {
		t.Error("F4 handed over what is not verified")
	}
	d.hit(fyne.KeyF3)
	d.settle()
	if d.here != (place{view.ScreenVerify, "506"}) {
		t.Errorf("F3 led to %v", d.here)
	}
	d.hit(fyne.KeyEscape)
	d.hit(fyne.KeyF1)
	d.settle()
	d.see("Как идёт работа")
	d.shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyF, Modifier: fyne.KeyModifierShortcutDefault})
	if d.win.Canvas().Focused() != fyne.Focusable(d.frame.search) {
		t.Error("Ctrl+F did not go to the search")
	}
	test.Type(d.frame.search, "Ёлкин")
	d.hit(fyne.KeyReturn)
	d.settle()
	d.see("Поиск: Ёлкин", "Ёлкин Пётр Сергеевич")
}

// A refused button is dead and its reason stands beside it.
func TestReasonsBesideRefusals(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(screenBatch, "508")
	d.settle()
	if !d.dead("Напечатать 200 писем") {
		t.Error("a batch that is not ready can be printed")
	}
	d.see("Не готова к печати", "У 1 письма нет знака", "Ещё ничего не напечатано.", "Сначала напечатайте и проверьте письма.")
	d.open(screenBatch, "509")
	d.settle()
	d.press("Утвердить на 3\u202f416,00")
	if !d.fake.Called("approve 509") {
		t.Errorf("not approved: %v", d.fake.Calls)
	}
}

// The table asks only for what is on the screen, and a refresh keeps row, scroll and selection.
func TestTableOfHundredThousand(t *testing.T) {
	noRace(t)
	fake := viewtest.Sample()
	fake.List[1].Pieces, fake.List[1].ToPrint = 100_000, 100_000
	fake.List[1].States = map[postal.PieceState]int{postal.StatePulled: 100_000}
	fake.All["507"] = viewtest.Pieces("507", 100_000, 10_000, fake.List[1].States)
	d := newDesk(t, "ru", false, fake)
	d.open(screenBatch, "507")
	d.settle()
	table := d.screen(screenBatch).(*batchScreen).table
	asked := func() (n int) {
		for _, c := range fake.Calls {
			if strings.HasPrefix(c, "pieces 507") {
				n++
			}
		}
		return n
	}
	if n := asked(); n != 1 {
		t.Errorf("%d blocks asked for at first", n)
	}
	table.grid.ScrollTo(widget.TableCellID{Row: 77_777, Col: 0})
	d.settle()
	table.grid.Select(widget.TableCellID{Row: 77_777, Col: 0})
	d.settle()
	want := viewtest.ShPI(10_000 + 77_777)
	if table.selected != want {
		t.Fatalf("selected %s, want %s", table.selected, want)
	}
	if n := asked(); n > 4 {
		t.Errorf("%d blocks asked for", n)
	}
	head, tail := view.SplitShPI(want)
	d.see(head, tail)
	d.win.Canvas().Focus(table.grid)
	d.hit(fyne.KeyDown)
	d.hit(fyne.KeyEnd)
	d.settle()
	if last := viewtest.ShPI(10_000 + 99_999); table.selected != last {
		t.Errorf("End chose %s, want %s", table.selected, last)
	}
	table.grid.Select(widget.TableCellID{Row: 77_777, Col: 0})
	d.settle()
	d.changed()
	d.settle()
	if table.selected != want {
		t.Error("a refresh lost the selection")
	}
	d.see(head, tail)
}

func TestScanOpensTheLetter(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.win.Canvas().Focus(d.frame.menu[view.ScreenMoney]) // Enter of the scan must not press it
	d.scan(string(viewtest.ShPI(412)))
	d.settle()
	if d.here != (place{screenBatch, "506"}) {
		t.Fatalf("the scan led to %v", d.here)
	}
	d.see("Неизвестно, напечатано ли", "Посмотрите в лотке принтера")
	d.press("Конверт есть на бумаге")
	if !d.fake.Called("printed " + string(viewtest.ShPI(412))) {
		t.Error("the person's word did not reach the station")
	}
}

func TestPrintRun(t *testing.T) {
	fake := viewtest.Sample()
	fake.Hold = make(chan struct{})
	fake.Steps = []station.PrintProgress{{Run: "r", Asked: 54}, {Run: "r", Asked: 54, Sent: 17, Printed: 14, Unknown: 3, Current: viewtest.ShPI(760)}}
	fake.PrintRep = station.PrintReport{Printed: 50, Unknown: 3, Failed: 1, Stopped: true, Files: []string{"/home/office/znak/printed/506.pdf"},
		Refused: []station.Refusal{{ShPI: viewtest.ShPI(415), Reason: station.Reason{Key: "station.not-again.stale", Args: map[string]any{"ShPI": viewtest.ShPI(415).Grouped()}}}}}
	d := newDesk(t, "ru", false, fake)
	d.open(screenBatch, "506")
	d.settle()
	var print *button
	walk(d.win.Canvas().Content(), func(o fyne.CanvasObject) {
		if b, ok := o.(*button); ok && strings.HasPrefix(b.Text, "Напечатать 54") {
			print = b
		}
	})
	test.Tap(print)
	test.Tap(print) // a double click prints once
	d.until("progress", func() bool { return d.run != nil && d.run.progress.Sent == 17 })
	d.see("17 из 54", "Точно напечатано: 14", "Неизвестно: 3", "отдано в печать", viewtest.ShPI(760).Grouped())
	d.shotWhile("ru-light-print")
	d.pressWhile("Пауза")
	d.see("Пауза: новые письма в принтер не идут", "Продолжить")
	d.pressWhile("Продолжить")
	d.pressWhile("Остановить после этого письма")
	d.see("Остановлюсь после письма, которое идёт сейчас")
	d.open(view.ScreenToday, "") // the run goes on behind another screen
	d.refreshStatus()
	d.until("the run in the status line", func() bool { return strings.Contains(d.texts(), "Печать: 17 из 54") })
	d.close()
	d.see("Идёт печать. Остановите её")
	close(fake.Hold)
	d.settle()
	d.see("Напечатано 50 писем", "О 3 письмах неизвестно", "1 письмо точно не напечатано", "Печать остановлена по вашей просьбе", "1 письмо не взято в печать", "/home/office/znak/printed/506.pdf")
	d.shot("ru-light-print-report")
	prints := 0
	for _, c := range fake.Calls {
		if strings.HasPrefix(c, "print 506") {
			prints++
		}
	}
	if prints != 1 {
		t.Errorf("printed %d times", prints)
	}
	d.press("Проверить 53 письма")
	if d.here != (place{view.ScreenVerify, "506"}) {
		t.Errorf("the report led to %v", d.here)
	}
}

func TestPrintRefused(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	d.open(screenBatch, "507")
	d.settle()
	fake.Err = &station.Refused{Reasons: []station.Reason{{Key: "station.printer-busy", Args: map[string]any{"Printer": "Xerox"}}}}
	d.press("Напечатать 1\u202f000 писем")
	d.see("Принтер «Xerox» сейчас печатает другое задание")
}

func TestVerify(t *testing.T) {
	fake := viewtest.Sample()
	good, bad, half := viewtest.ShPI(413), viewtest.ShPI(2000), viewtest.ShPI(414)
	lines := "Знак ОБРАЗЕЦ\nШПИ " + string(good) + "\n85.40"
	fake.Verdicts = map[string]station.ScanVerdict{
		lines:        {Verdict: scan.VerdictOK, ShPI: good, Hint: station.Reason{Key: "station.verify.ok"}},
		string(bad):  {Verdict: scan.VerdictForeign, ShPI: bad, Hint: station.Reason{Key: "station.verify.other-batch", Args: map[string]any{"ShPI": bad.Grouped(), "Batch": "508", "Expected": "506"}}},
		string(half): {Verdict: scan.VerdictIncomplete, ShPI: half},
	}
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenVerify, "506")
	d.settle()
	d.see("СКАНИРУЙТЕ", "проверено 412 · осталось 333")
	head, tail := view.SplitShPI(good)

	// A code of several lines, with a button focused: nothing is pressed, one scan arrives.
	v := d.screen(view.ScreenVerify).(*verifyScreen)
	d.win.Canvas().Focus(v.top.which)
	d.scan(lines)
	d.until("the verdict", func() bool { return strings.Contains(d.texts(), "ВЕРНО") })
	d.see("ВЕРНО", head, tail, "Положите письмо в стопку проверенных.")
	d.shot("ru-light-verify-ok")

	d.scan(string(bad))
	d.until("the verdict", func() bool { return strings.Contains(d.texts(), "СТОП") })
	d.see("СТОП", "из партии 508, а проверяется 506")
	d.shot("ru-light-verify-stop")
	d.scan(string(half))
	d.until("the verdict", func() bool { return strings.Contains(d.texts(), "ВТОРОЙ КОД") })
	d.shot("ru-light-verify-half")
	d.scan("ghbdtn12345")
	d.until("the verdict", func() bool { return strings.Contains(d.texts(), "ПРОВЕРЬТЕ") })
	d.shot("ru-light-verify-check")

	// Typed by hand, slowly.
	for _, r := range string(half) {
		d.win.Canvas().Focused().TypedRune(r)
		d.until("the key is a person's", func() bool { return !d.ears.running() })
	}
	d.see(string(half))
	d.hit(fyne.KeyReturn)
	d.until("the answer", func() bool { return len(v.last) == 5 })
	if len(v.last) != 5 || v.last[4].Tone != view.OK || v.last[3].Tone != view.Stop {
		t.Errorf("last scans: %+v", v.last)
	}

	// A code that stops half way is answered after a moment; one torn in two by a busy computer fits together.
	for _, r := range "Знак ОБРАЗЕЦ" {
		v.w.typed(r, false)
	}
	d.hit(fyne.KeyReturn)
	d.until("the held code is answered", func() bool { return fake.Called("flush 506") })
	d.until("the answer", func() bool { return len(v.last) == 6 })
	for i, part := range strings.SplitAfter(lines, "\n") {
		for _, r := range strings.TrimSuffix(part, "\n") {
			if r == '5' && i == 2 {
				d.until("a pause in the middle", func() bool { return !d.ears.running() })
			}
			v.w.typed(r, false)
		}
		d.hit(fyne.KeyReturn)
		d.until("a pause between the lines", func() bool { return !d.ears.running() })
	}
	d.until("the answer", func() bool { return len(v.last) == 7 })
	if v.last[0].Tone != view.OK {
		t.Errorf("a torn scan: %+v", v.last[0])
	}

	// Everything verified: hand over.
	if v.hand.Visible() {
		t.Error("hand over is offered too early")
	}
	d.open(view.ScreenVerify, "505")
	d.settle()
	d.shot("ru-light-verify-done")
	d.fake.HandRep = station.HandOverReport{Verified: 12, Queued: true}
	d.press("Сдать партию")
	d.see("Партия 505 сдана: 12 писем проверено", "Отнесите письма и список ф.")
}

// Scans one after another lose none and stay in order.
func TestVerifyLosesNothing(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenVerify, "506")
	d.settle()
	const n = 25
	for i := range n {
		d.scan(string(viewtest.ShPI(i)))
	}
	d.until("all answered", func() bool {
		scans := 0
		for _, c := range fake.Calls {
			if strings.HasPrefix(c, "scan 506") {
				scans++
			}
		}
		return scans == n
	})
	i := 0
	for _, c := range fake.Calls {
		if strings.HasPrefix(c, "scan 506") {
			if want := fmt.Sprintf("scan 506 %q", string(viewtest.ShPI(i))); c != want {
				t.Fatalf("scan %d: %s, want %s", i, c, want)
			}
			i++
		}
	}
}

func TestReprint(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(view.ScreenReprint, "")
	d.settle()
	d.see("Ждут перепечатки", "испорчено")
	d.scan(string(viewtest.ShPI(0)))
	d.until("found", func() bool { return strings.Contains(d.texts(), "Артемьева") })
	if !d.dead("Признать копию испорченной") {
		t.Error("no reason is chosen, but the button is alive")
	}
	d.see("Выберите причину.")
	d.press("смазано")
	d.shot("ru-light-reprint-found")
	d.press("Признать копию испорченной")
	if !d.fake.Called("reprint [" + string(viewtest.ShPI(0)) + "] smeared") {
		t.Errorf("not made void: %v", d.fake.Calls)
	}
	d.see("признана испорченной. Уничтожьте её")

	// By hand, in the field.
	field := d.screen(view.ScreenReprint).(*reprintScreen).field
	d.win.Canvas().Focus(field)
	for _, r := range string(viewtest.ShPI(900)) { // not printed
		field.TypedRune(r)
		d.until("the key is a person's", func() bool { return !d.ears.running() })
	}
	if field.Text != string(viewtest.ShPI(900)) {
		t.Fatalf("typed %q", field.Text)
	}
	d.hit(fyne.KeyReturn)
	d.settle()
	d.see("Это письмо ещё не печаталось")
	if !d.dead("Признать копию испорченной") {
		t.Error("what was never printed can be made void")
	}
}

func TestOutboxAndErrors(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(view.ScreenOutbox, "")
	d.settle()
	d.see("Сообщить о сдаче партии 498", "2 попытки", "следующая попытка в 11:17")
	d.press("Снять с очереди")
	if d.fake.Called("skip") {
		t.Error("taken out at the first click")
	}
	d.press("Снять: почта об этом не узнает")
	if !d.fake.Called("skip item-1") {
		t.Error("not taken out")
	}
	d.fake.Err = errors.New("post: dial tcp 127.0.0.1:9: connection refused")
	d.press("Повторить")
	d.see("Неожиданная ошибка")
	if d.frame.notice.detail.Visible() {
		t.Error("the technical text is not folded")
	}
	d.frame.notice.unfold()
	d.see(d.fake.Err.Error())
	d.shot("ru-light-error")
	d.frame.notice.hide()
	d.tick() // the same trouble again, found by the window itself
	d.tick()
	d.settle()
	if d.frame.notice.box.Visible() {
		t.Error("a line that was closed came back by itself")
	}
	d.press("Отправить сейчас") // and again, because a person asked
	if !d.frame.notice.box.Visible() {
		t.Error("the answer to a person's click is not shown")
	}
}

func TestSettingsAndSecrets(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenSettings, "")
	d.settle()
	var checks []*check
	var fields []*entry
	walk(d.win.Canvas().Content(), func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *check:
			checks = append(checks, o)
		case *entry:
			if o != d.frame.search {
				fields = append(fields, o)
			}
		}
	})
	if len(checks) != 3 || len(fields) != 4 {
		t.Fatalf("%d checks, %d fields", len(checks), len(fields))
	}
	test.Tap(checks[0])
	d.settle()
	if !fake.Called("set approval=true") {
		t.Errorf("not set: %v", fake.Calls)
	}
	if !d.dead("Сохранить и проверить") {
		t.Error("an empty account can be saved")
	}
	if fields[0].Text != postURL {
		t.Errorf("the address is %q", fields[0].Text)
	}
	fields[0].SetText("")
	for i, s := range []string{"https://post.invalid", "office", "tok-SECRET", "pass-SECRET"} {
		test.Type(fields[i], s)
	}
	d.press("Сохранить и проверить")
	if !fake.Called("account https://post.invalid office") {
		t.Errorf("not saved: %v", fake.Calls)
	}
	d.open(view.ScreenSettings, "")
	d.settle()
	walk(d.win.Canvas().Content(), func(o fyne.CanvasObject) {
		if e, ok := o.(*entry); ok && strings.Contains(e.Text, "SECRET") {
			t.Error("a secret is shown back")
		}
	})
	d.speak("en")
	d.settle()
	d.see("Settings", "Check the codes before printing", "TRAINING")
}

func TestFirstRun(t *testing.T) {
	fake := viewtest.Sample()
	fake.Account, fake.Training = false, false
	d := newDesk(t, "ru", false, fake)
	d.see("Добро пожаловать", "Начать обучение", "Токен приложения")
	d.press("Начать обучение")
	d.see("Сегодня, 21.11.2026", "ОБУЧЕНИЕ")
	if !fake.Called("pull") {
		t.Error("the first pull is missing")
	}
}

// Words are readable on their grounds: WCAG contrast of 4.5 and better, light and dark.
func TestContrast(t *testing.T) {
	grounds := []fyne.ThemeColorName{theme.ColorNameBackground, colorPanel}
	inks := []fyne.ThemeColorName{theme.ColorNameForeground, colorMuted, colorAccent, theme.ColorNameSuccess, theme.ColorNameWarning, theme.ColorNameError, theme.ColorNamePlaceHolder, theme.ColorNameHyperlink}
	pairs := [][2]fyne.ThemeColorName{{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary}, {theme.ColorNameForeground, theme.ColorNameButton},
		{theme.ColorNameForeground, theme.ColorNameSelection}, {colorMuted, theme.ColorNameSelection}, {theme.ColorNameSuccess, theme.ColorNameSelection},
		{theme.ColorNameForegroundOnError, theme.ColorNameError}, {colorOnFill, colorBand}}
	for _, f := range []fyne.ThemeColorName{fillOK, fillWarn, fillStop, fillAccent, fillIdle} {
		pairs = append(pairs, [2]fyne.ThemeColorName{colorOnFill, f})
	}
	for _, g := range grounds {
		for _, i := range inks {
			pairs = append(pairs, [2]fyne.ThemeColorName{i, g})
		}
	}
	for _, v := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
		for _, p := range pairs {
			if c := contrast(ThemeOf(Look{}).Color(p[0], v), ThemeOf(Look{}).Color(p[1], v)); c < 4.5 {
				t.Errorf("dark %v: %s on %s has %.2f", v == theme.VariantDark, p[0], p[1], c)
			}
		}
	}
}

func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

// Drawing the table anew far down a batch of 100,000 costs what a screenful costs.
func BenchmarkTable(b *testing.B) {
	fake := viewtest.Sample()
	fake.List[1].Pieces, fake.List[1].States = 100_000, map[postal.PieceState]int{postal.StatePulled: 100_000}
	fake.All["507"] = viewtest.Pieces("507", 100_000, 10_000, fake.List[1].States)
	d := newDesk(b, "ru", false, fake)
	d.open(screenBatch, "507")
	d.settle()
	table := d.screen(screenBatch).(*batchScreen).table
	table.grid.ScrollTo(widget.TableCellID{Row: 77_777})
	d.settle()
	for b.Loop() {
		table.grid.Refresh()
	}
}
