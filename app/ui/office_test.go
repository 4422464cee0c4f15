package ui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/exchange"
	"znak/app/station"
	"znak/app/text"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
	"znak/store"
)

func TestMoneyScreen(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(view.ScreenMoney, "")
	d.settle()
	d.see("внесено 200\u202f000,00", "Списано", "82\u202f436,00", "Отложено под партии", "77\u202f552,00", "Свободно", "40\u202f012,00", "не хватает 187\u202f788,00", "меньше установленных", "Партия 498")
	d.press("По дням")
	if !d.fake.Called("money day") {
		t.Errorf("not asked by day: %v", d.fake.Calls)
	}
	d.see("20.11.2026", "Возвращено")
	d.press("По центрам")
	d.see("без центра затрат", "Бухгалтерия")

	d.press("Выгрузить знаки…")
	d.press("Прошлый месяц")
	d.press("Выгрузить знаки")
	if !d.fake.Called("registry 2026-10-01 2026-10-31 xlsx") {
		t.Errorf("not written: %v", d.fake.Calls)
	}
	d.see("Выгружено 200 знаков", "/home/office/znak/exchange/marks-2026-10-01-2026-10-31.xlsx")
	paper := d.screen(screenPaper).(*paperScreen)
	paper.from.SetText("вчера")
	d.press("Выгрузить знаки")
	d.see("«вчера» — не день")

	d.hit(fyne.KeyEscape)
	d.settle()
	d.press("Сверка")
	d.press("Сверить")
	d.see("1 расхождение", "рядом по времени нет ничего похожего", "Сошёлся 1 платёж")

	d.hit(fyne.KeyEscape)
	d.settle()
	d.press("Памятка на оплату…")
	d.press("Сделать памятку")
	if !d.fake.Called("invoice 0 [506 507 505 508 510 509] true") {
		t.Errorf("not for what lacks: %v", d.fake.Calls)
	}
	paper.what.SetSelectedIndex(len(paper.choices) - 1)
	paper.sum.SetText("12 500,50")
	d.press("Сделать памятку")
	if !d.fake.Called("invoice 1250050 [] false") {
		t.Errorf("not for the typed sum: %v", d.fake.Calls)
	}
	d.see("Назначение платежа: Аванс по договору № 0", "forms/advance-")
}

// Who the post is, is asked once, with the payees of the statement as answers.
func TestStatementAsksForThePost(t *testing.T) {
	fake := viewtest.Sample()
	fake.Payees = &exchange.Statement{Accounts: []string{"40702810900000000001"}, Payments: []exchange.Payment{
		{Sum: 15000000, PayerAccount: "40702810900000000001", Payee: "АО «Почта»", PayeeINN: "7700000001", Number: "1"}}}
	d := newDesk(t, "ru", false, fake)
	d.open(screenPaper, paperStatement)
	d.settle()
	d.see("Кто из получателей — Почта, станция спросит")
	if !d.dead("Загрузить выписку") {
		t.Error("nothing is chosen, but the button is alive")
	}
	paper := d.screen(screenPaper).(*paperScreen)
	paper.file.SetText(filepath.Join(t.TempDir(), "none.txt"))
	d.press("Загрузить выписку")
	d.see("Файл выписки не читается")
	file := filepath.Join(t.TempDir(), "kl_to_1c.txt")
	if err := os.WriteFile(file, []byte("1CClientBankExchange"), 0o600); err != nil {
		t.Fatal(err)
	}
	paper.file.SetText(file)
	d.press("Загрузить выписку")
	d.see("Кто из получателей — Почта?")
	d.press("АО «Почта», ИНН 7700000001: 1 платёж на 150")
	if !d.fake.Called(`statement "1CClientBankExchange" 7700000001 true`) {
		t.Errorf("not taken in: %v", d.fake.Calls)
	}
	d.see("Загружен 1 платёж Почте на 150\u202f000,00")
	fake.INN = "7700000001"
	d.open(screenPaper, paperRegistry)
	d.open(screenPaper, paperStatement)
	d.settle()
	d.see("получатель с ИНН 7700000001")
}

// A copy takes the place of the records: what is lost is said first, nothing else goes on meanwhile, and every screen shows the station that is there then.
func TestRestoreFromTheWindow(t *testing.T) {
	fake := viewtest.Sample()
	lost := int64(1234)
	fake.Copy = station.CopyLook{Copy: store.Copy{Events: 5000, Last: viewtest.Now.Add(-2 * time.Hour)}, Lost: &lost, Letters: 21, Batches: 1}
	d := newDesk(t, "ru", false, fake)
	other := viewtest.Sample()
	other.List = other.List[:1]
	steps := make(chan station.RestoreStep)
	d.restore = func(ctx context.Context, path string, tell func(station.RestoreStep)) (Reopened, error) {
		if path != "/home/office/znak/backups/znak-20261121-0902.db" || ctx.Err() != nil {
			t.Errorf("%s, %v", path, ctx.Err())
		}
		for step := range steps {
			tell(step)
		}
		return Reopened{Station: other, Account: Account{URL: "https://example.test"},
			Report: station.RestoreReport{Copy: fake.Copy.Copy, Done: true, Unknown: 21, Voided: 1, Replaced: "/home/office/znak/znak-before-restore-20261121-110500.db"}}, nil
	}
	d.open(view.ScreenBatches, "")
	d.open(view.ScreenSettings, "")
	d.settle()
	d.shot("ru-light-copies")
	d.press("Восстановить…")
	d.see("Вернуть записи к 21.11.2026 09:05?", "Потеряются 1\u202f234 записи", "21 письмо печаталось после копии", "1 партия сдана", "Если не получится, всё останется как сейчас")
	d.shot("ru-light-restore-asks")
	d.press("Не надо")
	d.see("Последняя копия")
	d.press("Восстановить…")
	d.pressWhile("Вернуть записи из копии")
	steps <- station.RestoreChecks
	steps <- station.RestoreLooks
	d.drain()
	d.see("Записи возвращаются из копии…", "Сверяется, что напечатано")
	d.shotWhile("ru-light-restore-works")
	calls := len(fake.Calls)
	d.tick()
	d.hit(fyne.KeyF5)
	d.hit(fyne.KeyEscape)
	d.close()
	d.drain()
	if len(fake.Calls) != calls {
		t.Errorf("the closed station was asked: %v", fake.Calls[calls:])
	}
	d.see("Записи возвращаются из копии…")
	close(steps)
	d.until("it is done", func() bool { return !d.tasks.alone })
	d.settle()
	d.see("Записи возвращены к 21.11.2026 09:05.", "О 21 письме неизвестно", "1 испорченный конверт", "znak-before-restore-")
	d.shot("ru-light-restore-done")
	if d.station != view.Station(other) || d.params.Account.URL != "https://example.test" {
		t.Error("not the station that is there now")
	}
	d.open(view.ScreenBatches, "")
	d.settle()
	if !other.Called("batches") {
		t.Error("the screens ask the station of before")
	}
}

// What is refused leaves all as it was, and says why; an office that cannot be opened again leaves nothing to show but that.
func TestRestoreRefused(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	again := view.Station(viewtest.Sample())
	d.restore = func(context.Context, string, func(station.RestoreStep)) (Reopened, error) {
		return Reopened{Station: again}, &station.Refused{Reasons: []station.Reason{{Key: "care.restore.other-station", Args: map[string]any{"File": "k.db"}}}}
	}
	d.open(screenRestore, "/k.db")
	d.settle()
	d.press("Вернуть записи из копии")
	d.see("Копия k.db — другой станции. Ничего не изменено.", "Последняя копия")
	if strings.Contains(d.texts(), "--") {
		t.Error("a flag in the window")
	}
	if d.station != again {
		t.Error("the station was closed and is still used")
	}
	again = nil
	d.open(screenRestore, "/k.db")
	d.settle()
	d.press("Вернуть записи из копии")
	d.see("Записи не открываются", "Закрыть окно")

	fake = viewtest.Sample()
	fake.Err = &station.Refused{Reasons: []station.Reason{{Key: "care.restore.no-file", Args: map[string]any{"File": "k.db"}}}}
	d = newDesk(t, "ru", false, fake)
	d.open(screenRestore, "/k.db")
	d.settle()
	d.see("Эту копию взять нельзя", "Файла k.db нет")
	if !d.dead("Вернуть записи из копии") {
		t.Error("a copy that is not there can be taken")
	}
}

// Records that cannot be opened leave a window all the same: with the copies, and with the ordinary window after one has taken their place.
func TestRescue(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(dressed{ThemeOf(Look{}), theme.VariantLight})
	words, err := text.Load("ru")
	if err != nil {
		t.Fatal(err)
	}
	queue := make(chan func(), 1000)
	fail := true
	copyFile := "/home/office/znak/backups/znak-20261121-0902.db"
	r := newRescue(t.Context(), app, RescueParams{Text: words, Err: store.ErrDamaged, Copies: []string{copyFile},
		Restore: func(_ context.Context, path string) (Params, station.RestoreReport, error) {
			if path != copyFile {
				t.Errorf("restored %s", path)
			}
			if fail {
				return Params{}, station.RestoreReport{}, &station.Refused{Reasons: []station.Reason{{Key: "care.restore.damaged", Args: map[string]any{"File": "k.db"}}}}
			}
			return Params{Station: viewtest.Sample(), Text: words}, station.RestoreReport{Done: true, Unknown: 3}, nil
		}})
	r.put = func(f func()) { queue <- f }
	if r.do.Visible() {
		t.Error("nothing is chosen")
	}
	test.Tap(r.list.Objects[0].(*widget.Button))
	if !r.do.Visible() || !strings.Contains(r.said.Text, "Вернуть записи к 21.11.2026 09:02?") {
		t.Fatalf("not asked: %q", r.said.Text)
	}
	test.Tap(r.do)
	(<-queue)()
	if !strings.Contains(r.said.Text, "Файл k.db повреждён") || !r.list.Visible() || r.next != nil {
		t.Errorf("%q", r.said.Text)
	}
	fail = false
	test.Tap(r.list.Objects[0].(*widget.Button))
	test.Tap(r.do)
	(<-queue)()
	for r.next != nil && !r.next.tasks.quiet() { // what the ordinary window asks at once comes back to the same thread
		select {
		case f := <-queue:
			f()
		case <-time.After(time.Millisecond):
		}
	}
	if r.next == nil || !strings.Contains(r.next.frame.notice.text.Text, "О 3 письмах неизвестно") {
		t.Error("the ordinary window is not there")
	}
}

// Two envelopes of one letter look alike: the second is asked about, shown or typed.
func TestTheSecondEnvelopeIsAskedAbout(t *testing.T) {
	fake := viewtest.Sample()
	fake.Owed[0].Envelopes = 3
	id := fake.Owed[0].ShPI
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenReprint, "")
	d.settle()
	d.press("Уничтожить")
	d.scan(string(id))
	d.until("destroyed", func() bool { return strings.Contains(d.texts(), "записан как уничтоженный") })
	d.scan(string(id))
	d.until("asked", func() bool { return strings.Contains(d.texts(), "Это другой конверт?") })
	d.shot("ru-light-reprint-another")
	d.press("Тот же самый")
	if strings.Contains(d.texts(), "Это другой конверт?") || d.fake.Owed[0].Envelopes != 2 {
		t.Errorf("%d are owed", d.fake.Owed[0].Envelopes)
	}
	d.scan(string(id))
	d.until("asked again", func() bool { return strings.Contains(d.texts(), "Это другой конверт?") })
	d.press("Другой конверт")
	if !d.fake.Called("another "+string(id)) || d.fake.Owed[0].Envelopes != 1 {
		t.Errorf("%d are owed, %v", d.fake.Owed[0].Envelopes, d.fake.Calls)
	}
	desk := d.screen(view.ScreenReprint).(*reprintScreen)
	desk.void.field.SetText(string(id))
	d.press("Уничтожен")
	d.see("Это другой конверт?")
	d.press("Другой конверт")
	if !d.fake.Called("destroy " + string(id) + " 1") {
		t.Errorf("%v", d.fake.Calls)
	}
}

func TestCostCentreOfABatch(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(screenBatch, "506")
	d.settle()
	s := d.screen(screenBatch).(*batchScreen)
	s.centre.SetText(" Бухгалтерия ")
	d.tick() // what is typed stays while the window looks again
	d.tick()
	d.settle()
	if s.centre.Text != " Бухгалтерия " {
		t.Errorf("typed away: %q", s.centre.Text)
	}
	s.centre.OnSubmitted(s.centre.Text)
	d.settle()
	d.see("Партия 506: центр затрат «Бухгалтерия».")
	if !d.fake.Called("centre 506 Бухгалтерия") || s.centre.Text != "Бухгалтерия" {
		t.Errorf("%q, %v", s.centre.Text, d.fake.Calls)
	}
	d.shot("ru-light-batch-centre")
	d.open(screenBatch, "507")
	d.settle()
	if s.centre.Text != "" {
		t.Errorf("another batch shows %q", s.centre.Text)
	}
}

// What is owed does not go away until a scan or a word; the menu counts it.
func TestVoidEnvelopes(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(view.ScreenReprint, "")
	d.settle()
	d.see("Перепечатка · 3", "Уничтожить · 2", "Устарели · 1")
	d.press("Уничтожить")
	first, other := d.fake.Owed[0].ShPI, d.fake.Owed[1].ShPI
	d.see("порвано", "смазано")
	d.scan(string(viewtest.ShPI(5)))
	d.until("refused", func() bool { return strings.Contains(d.texts(), "Не уничтожайте этот конверт") })
	d.scan(string(first))
	d.until("destroyed", func() bool { return strings.Contains(d.texts(), "записан как уничтоженный") })
	d.settle()
	d.see("Уничтожить · 1")
	d.press("Не найден")
	if !d.fake.Called("missing " + string(other)) {
		t.Errorf("not declared: %v", d.fake.Calls)
	}
	d.see("записан как ненайденный", "Все испорченные конверты учтены.", "Перепечатка · 1")
}

func TestStaleAndSecondPerson(t *testing.T) {
	fake := viewtest.Sample()
	fake.AskSecond = true
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenReprint, "")
	d.settle()
	d.press("Устарели")
	d.see("знак; день сдачи: 23.11.2026 › 24.11.2026")
	d.press("Признать испорченным 1 конверт")
	d.see("Следующую должен подтвердить второй")
	d.shot("ru-light-reprint-second")
	desk := d.screen(view.ScreenReprint).(*reprintScreen)
	desk.stale.second.name.SetText("Петров Б.")
	d.press("Подтвердить вдвоём")
	if !fake.Called("reprint []506 changed Петров Б.") {
		t.Errorf("not confirmed: %v", fake.Calls)
	}
	d.see("Испорченным признан 1 конверт партии 506")

	d.press("Испорчен конверт")
	d.scan(string(viewtest.ShPI(0)))
	d.until("found", func() bool { return strings.Contains(d.texts(), "Артемьева") })
	d.press("смазано")
	d.press("Признать копию испорченной")
	d.see("Следующую должен подтвердить второй")
	d.win.Canvas().Focus(desk.second.name) // a name typed by hand goes into its own field
	for _, r := range "Петров" {
		desk.second.name.TypedRune(r)
		d.until("the key is a person's", func() bool { return !d.ears.running() })
	}
	if desk.second.name.Text != "Петров" {
		t.Errorf("typed %q", desk.second.name.Text)
	}
	d.press("Подтвердить вдвоём")
	if !fake.Called("reprint [" + string(viewtest.ShPI(0)) + "] smeared Петров") {
		t.Errorf("not confirmed: %v", fake.Calls)
	}
}

func TestFilesOfOutboxBatchAndCare(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.see("Без сети можно напечатать 1\u202f052 конверта, до вторника 11:05", "Папки для резервных копий /media/usb/znak сейчас нет")
	d.open(view.ScreenOutbox, "")
	d.settle()
	d.press("Сохранить в файл")
	d.see("outbox-20261121-1105.txt", "Из очереди ничего не снято")
	d.shot("ru-light-outbox-saved")

	d.open(screenBatch, "506")
	d.settle()
	d.press("Подтверждение…")
	d.press("Собрать подтверждение")
	if !d.fake.Called("evidence 506") {
		t.Errorf("not gathered: %v", d.fake.Calls)
	}
	d.see("evidence-506.pdf", "evidence-506.xlsx")

	d.open(view.ScreenSettings, "")
	d.settle()
	d.see("Последняя копия: 21.11.2026")
	d.press("Сделать копию сейчас")
	d.see("Копия сделана и проверена: /home/office/znak/backups/znak-20261121-1105.db")
	d.press("Собрать отчёт")
	d.see("znak-support-20261121-110500.zip")
	d.shot("ru-light-settings-care")
}
