package view_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/mark"
	"znak/app/postal"
	"znak/app/scan"
	"znak/app/station"
	"znak/app/text"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
	"znak/printer"
	"znak/store"
)

func words(t testing.TB, lang string) view.Words {
	t.Helper()
	p, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	w := view.NewWords(p)
	w.Zone, w.Now = time.UTC, func() time.Time { return viewtest.Now }
	return w
}

// everything builds all view models from believable and from odd inputs.
func everything(w view.Words) []any {
	s := viewtest.Sample()
	st := s.State
	size := func(string) int64 { return 1_840_000 }
	lost, none := int64(7), int64(0)
	printers := []station.PrinterView{{Info: printer.Info{Name: "folder", Kind: "folder"}, State: printer.Ready}, {Info: printer.Info{Name: "Xerox"}, State: printer.Jam}}
	list := []any{w.BatchesOf(s.List), w.BatchesOf(nil), w.TodayOf(st, s.List, s.Told, viewtest.Now), w.TodayOf(station.Status{}, nil, nil, viewtest.Now),
		w.OutboxOf(s.Items, st), w.OutboxOf(nil, station.Status{}),
		w.StatusOf(st, printers, true), w.StatusOf(station.Status{}, nil, false), w.StatusOf(station.Status{}, nil, true), w.SettingsOf(s.Chosen), w.ReprintReasons()}
	online := st
	online.Online, online.Dead, online.Pending = true, 2, 0
	list = append(list, w.StatusOf(online, printers[:1], true), w.TodayOf(online, s.List, nil, viewtest.Now))
	for _, it := range []store.Item{{Kind: "checkin", Key: "1", State: "dead", LastError: "x"}, {Kind: "checkin", Key: "1", State: "sending"}, {Kind: "news", Key: "1"}} {
		list = append(list, w.OutboxOf([]store.Item{it}, online))
	}
	for _, by := range []store.MoneyBy{store.ByBatch, store.ByDay, store.ByMonth, store.ByCentre} {
		r := s.Purse
		r.Sums = s.Sums[by]
		list = append(list, w.MoneyOf(view.MoneyLook{Status: st, Batches: s.List, By: by, Report: r}), w.MoneyOf(view.MoneyLook{By: by}))
	}
	list = append(list, w.RestoreOf(station.CopyLook{}), w.RestoreOf(station.CopyLook{Lost: &none}),
		w.RestoreOf(station.CopyLook{Copy: store.Copy{Last: viewtest.Now}, Lost: &lost, Letters: 3, Batches: 2}))
	for _, r := range []station.RestoreReport{{}, {Copy: store.Copy{Last: viewtest.Now}, Unknown: 2, Voided: 1, Replaced: "/f"}} {
		tone, text := w.RestoredOf(r)
		list = append(list, tone, text)
	}
	list = append(list, w.MoneyKinds(), w.OwedOf(s.Owed), w.OwedOf([]station.OwedRow{{Envelopes: 1}, {Reason: "упал за шкаф"}, {Reason: "lost"}}), w.StaleOf(s.Stale),
		w.CopiesOf(nil, size), w.CopiesOf([]string{"/b/znak-20261121-0900.db"}, size), w.AdvancesOf(st, s.List), w.AdvancesOf(station.Status{}, nil),
		w.RegistryOf(exchange.RegistryTotals{Rows: 2, Refused: 1}, "/f"), w.RegistryOf(exchange.RegistryTotals{}, "/f"), w.InvoiceOf(station.InvoiceReport{}), w.EvidenceOf(s.Proof), w.EvidenceOf(station.EvidenceReport{}),
		w.ReconcileOf(s.Matched), w.ReconcileOf(station.ReconcileReport{}), w.ReconcileOf(station.ReconcileReport{Matching: exchange.Matching{BalanceOnly: []exchange.LoneGain{{Why: exchange.WhySum}}}}))
	for n := range 3 {
		list = append(list, w.StatementOf(station.StatementReport{Statement: &exchange.Statement{}, TopUps: n, Added: n / 2}), w.PayeesOf([]station.PayeeFound{{INN: "7700000000", Payments: n}}))
	}
	for _, o := range []station.Outcome{station.OutcomeDestroyed, station.OutcomeSame, station.OutcomeHalf, station.OutcomeRefused} {
		list = append(list, w.DeskOf(station.DeskVerdict{Outcome: o, Hint: station.Reason{Key: "station.destroy.done", Args: hint.Args{"ShPI": "1"}}}))
	}
	for _, b := range s.List {
		list = append(list, w.FiltersOf(b.States), w.CounterOf(b))
	}
	for _, v := range []scan.Verdict{scan.VerdictOK, scan.VerdictRepeat, scan.VerdictForeign, scan.VerdictStale, scan.VerdictMismatch, scan.VerdictSpoiled, scan.VerdictNotPrinted, scan.VerdictIncomplete, scan.VerdictUnreadable} {
		list = append(list, w.VerdictOf(station.ScanVerdict{Verdict: v, ShPI: viewtest.ShPI(1)}, viewtest.Now))
	}
	for _, state := range postal.PieceStates {
		row := viewtest.Pieces("1", 1, 0, nil)[0]
		row.State = state
		d := w.DetailOf(row, nil)
		list = append(list, d, w.ReprintOf(d))
		row.Mark, row.Problem, row.Copies = nil, store.ProblemShPI, 3
		list = append(list, w.PieceOf(row))
	}
	for _, k := range []postal.EventKind{postal.EventPulled, postal.EventChanged, postal.EventWithdrawn, postal.EventIntent, postal.EventPrinted, postal.EventNotPrinted,
		postal.EventUnknown, postal.EventVerified, postal.EventScanned, postal.EventSpoiled, postal.EventHanded, postal.EventAccepted, postal.EventRefused, postal.EventDelivered, postal.EventOperation} {
		for _, data := range []string{``, `null`, `{"copy":2,"reason":"smeared","verdict":"repeat","fields":[{"name":"mass","from":"20","to":"21"}]}`, `[1]`} {
			list = append(list, w.SentenceOf(store.Event{Kind: k, At: viewtest.Now, Batch: "506", Who: "Иванова А.", Data: json.RawMessage(data)}))
		}
	}
	for _, n := range []int{0, 1, 2, 5, 11, 21, 1000} {
		p := station.PrintProgress{Asked: n, Sent: n, Printed: n, Unknown: n, Current: viewtest.ShPI(n)}
		list = append(list, w.RunOf(view.NewRunClock("506", viewtest.Now.Add(-time.Minute)), p, viewtest.Now))
		refused := make([]station.Refusal, n)
		for i := range refused {
			refused[i] = station.Refusal{ShPI: viewtest.ShPI(i), Reason: station.Reason{Key: "station.missing.pulled", Args: hint.Args{"ShPI": viewtest.ShPI(i).Grouped()}}}
		}
		list = append(list, w.ReportOf("506", station.PrintReport{Printed: n, Unknown: n, Failed: n, Refused: refused, Stopped: true}),
			w.HandOverOf(station.HandOverReport{Batch: "506", Verified: n, Missing: refused, Queued: true}))
		tone, s := w.PullOf(station.PullReport{Batches: n, Pieces: n, Changed: n, Stale: n % 2 * n, Problems: refused})
		list = append(list, tone, s)
	}
	return list
}

// No screen shows a key, a hole in a sentence, or a sentence of the other language.
func TestNothingMissing(t *testing.T) {
	cyrillic := regexp.MustCompile(`[а-яё]{4,}`)
	for _, lang := range text.Languages {
		for _, v := range everything(words(t, lang)) {
			strs(reflect.ValueOf(v), func(path, s string) {
				if strings.HasPrefix(s, "ui.") || strings.HasPrefix(s, "station.") || strings.Contains(s, "<no value>") || strings.Contains(s, "%!") {
					t.Errorf("%s %T%s: %q", lang, v, path, s)
				}
				data := strings.Contains(path, ".Name") || strings.Contains(path, ".Place") || strings.Contains(path, ".To") || strings.Contains(path, ".Said") || strings.Contains(path, ".Text") || strings.Contains(path, ".Reasons") ||
					strings.Contains(path, ".Ready") || strings.Contains(path, ".Why") || strings.Contains(path, ".Lines") || strings.Contains(path, ".Missing") ||
					strings.Contains(path, ".About") // of people, and in their own words
				if lang == "en" && !data && cyrillic.MatchString(s) {
					t.Errorf("en %T%s is Russian: %q", v, path, s)
				}
			})
		}
	}
}

// strs visits every string within v.
func strs(v reflect.Value, visit func(path, s string)) { walk(v, "", visit) }

func walk(v reflect.Value, path string, visit func(path, s string)) {
	switch v.Kind() {
	case reflect.String:
		visit(path, v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walk(v.Field(i), path+"."+v.Type().Field(i).Name, visit)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walk(v.Index(i), path, visit)
		}
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), path, visit)
		}
	}
}

// Every key written in the sources of the window has its sentence in both languages, both languages have the same keys, and no sentence
// of the window is left over.
func TestTexts(t *testing.T) {
	keys := map[string]map[string]any{}
	for _, lang := range text.Languages {
		keys[lang] = map[string]any{}
		files, err := filepath.Glob(filepath.Join("..", "..", "..", "assets", "texts", "ui*."+lang+".toml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			var file map[string]any
			if _, err := toml.DecodeFile(name, &file); err != nil {
				t.Fatal(err)
			}
			maps.Copy(keys[lang], file)
		}
	}
	for k := range keys["ru"] {
		if keys["en"][k] == nil {
			t.Errorf("%s has no English", k)
		}
	}
	for k := range keys["en"] {
		if keys["ru"][k] == nil {
			t.Errorf("%s has no Russian", k)
		}
	}
	var sources strings.Builder
	for _, pattern := range []string{"*.go", "../*.go"} {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			if !strings.HasSuffix(f, "_test.go") {
				b, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				sources.Write(b)
			}
		}
	}
	whole, starts := map[string]bool{}, []string{}
	for _, m := range regexp.MustCompile(`"(ui\.[a-z0-9.-]*)"`).FindAllStringSubmatch(sources.String(), -1) {
		if strings.HasSuffix(m[1], ".") {
			starts = append(starts, m[1])
		} else {
			whole[m[1]] = true
		}
	}
	for k := range whole {
		if keys["ru"][k] == nil {
			t.Errorf("%s is used and not written", k)
		}
	}
	for k := range keys["ru"] {
		used := whole[k]
		for _, s := range starts {
			used = used || strings.HasPrefix(k, s)
		}
		if !used {
			t.Errorf("%s is written and not used", k)
		}
	}
}

// Whatever the office can choose has a name, a line about it, and, where it is a number, a unit; in the window and in the command.
func TestEverySettingIsExplained(t *testing.T) {
	kept, err := store.Open(t.Context(), store.Params{Path: filepath.Join(t.TempDir(), "znak.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	spec, err := mark.Default()
	if err != nil {
		t.Fatal(err)
	}
	list, err := station.New(station.Params{Dir: t.TempDir(), Store: kept, Mark: spec}).Settings(t.Context())
	if err != nil || len(list) < 10 {
		t.Fatalf("%d settings, %v", len(list), err)
	}
	for _, lang := range text.Languages {
		w := words(t, lang)
		for _, s := range w.SettingsOf(list) {
			if s.Label == s.Key || s.About == "" || (s.Kind == "number" || s.Kind == "money") != (s.Unit != "") {
				t.Errorf("%s: %s: label %q, unit %q, about %q", lang, s.Key, s.Label, s.Unit, s.About)
			}
			if key := "setting." + s.Key; w.T(key) == key {
				t.Errorf("%s: %s has no text", lang, key)
			}
		}
	}
}

// The window, the commands and the station's own sentences name a moment in the same zone: that of this computer.
func TestOneZoneForAllTimes(t *testing.T) {
	zone := time.Local
	defer func() { time.Local = zone }()
	time.Local = time.FixedZone("far east", 11*60*60)
	p, err := text.Load("ru")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 21, 20, 30, 0, 0, time.UTC)
	if got, want := view.NewWords(p).Full(at), station.Clock(at); got != want || got != "22.11.2026 07:30" {
		t.Errorf("the window says %s, the station %s", got, want)
	}
}

func TestNumbers(t *testing.T) {
	w := words(t, "ru")
	for n, want := range map[int]string{0: "0 писем", 1: "1 письмо", 3: "3 письма", 11: "11 писем", 21: "21 письмо", 1052: "1\u202f052 письма"} {
		if got := w.N("ui.letters", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{9 * time.Second: "9 с", 9*time.Minute + 40*time.Second: "10 мин", 65 * time.Minute: "1 ч 05 мин"} {
		if got := w.Duration(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	w.Zone = time.FixedZone("Magadan", 11*3600)
	if got := w.Moment(time.Date(2026, 11, 21, 10, 40, 0, 0, time.UTC)); got != "21:40" {
		t.Errorf("today: %q", got)
	}
	if got := w.Moment(time.Date(2026, 11, 20, 23, 40, 0, 0, time.UTC)); got != "10:40" { // already today in Magadan
		t.Errorf("over midnight: %q", got)
	}
	if got := w.Moment(time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)); got != "20.11.2026 21:00" {
		t.Errorf("yesterday: %q", got)
	}
	for of, want := range map[string]string{"2026-11-21": "21.11.2026", "2026-11-21T10:40:00Z": "21:40", "вчера": "вчера"} {
		if got := w.AsOf(of); got != want {
			t.Errorf("as of %s: %q", of, got)
		}
	}
}

// The one thing to do next, and the reason beside each refused button.
func TestBatchNext(t *testing.T) {
	w := words(t, "ru")
	by := map[string]view.Batch{}
	for _, b := range viewtest.Sample().List {
		by[b.Name] = w.BatchOf(b)
	}
	for name, want := range map[string]struct {
		do    view.Do
		label string
		ready string
	}{
		"505": {view.DoHandOver, "Сдать партию", "Проверено 12 писем: можно сдавать"},
		"506": {view.DoPrint, "Напечатать 54 письма", "Готова: можно напечатать 54 письма"},
		"507": {view.DoPrint, "Напечатать 1\u202f000 писем", "Готова: можно напечатать 1\u202f000 писем"},
		"508": {view.DoPull, "Взять с почты", "У 1 письма нет знака"},
		"509": {view.DoApprove, "Утвердить на 3\u202f416,00\u00a0₽", "Партию 509 ещё не утвердили."},
		"510": {view.DoOpen, "Показать", "36 писем — в конверте C6"},
		"498": {view.DoWait, "Открыть очередь", "Сдана 08:05, почта ещё не знает: ждёт связи"},
	} {
		b := by[name]
		if b.Next.Do != want.do || b.Next.Label != want.label || !b.Next.Alive || !strings.HasPrefix(b.Ready, want.ready) {
			t.Errorf("batch %s: next %+v, %q", name, b.Next, b.Ready)
		}
		for _, a := range b.Actions {
			if a.Alive == (a.Why != "") {
				t.Errorf("batch %s: %q alive %v, why %q", name, a.Label, a.Alive, a.Why)
			}
		}
	}
	if !strings.HasSuffix(by["510"].Ready, "И ещё 1 причина.") {
		t.Errorf("510: %q", by["510"].Ready)
	}
	if n := len(by["506"].Notes); n != 3 {
		t.Errorf("506 has %d notes: %q", n, by["506"].Notes)
	}

	// printed and not verified
	b := viewtest.Sample().List[0]
	b.States, b.ToPrint = map[postal.PieceState]int{postal.StatePrinted: 799, postal.StateVerified: 1}, 0
	if v := w.BatchOf(b); v.Next.Do != view.DoVerify || v.Next.Label != "Проверить 799 писем" {
		t.Errorf("printed: %+v", v.Next)
	}
}

func TestBatchesOrder(t *testing.T) {
	v := words(t, "ru").BatchesOf(viewtest.Sample().List)
	var names []string
	for _, b := range v.Open {
		names = append(names, b.Name)
	}
	if got := strings.Join(names, " "); got != "505 506 507 508 509 510" {
		t.Errorf("open: %s", got)
	}
	if len(v.Closed) != 1 || v.Closed[0].Name != "498" {
		t.Errorf("closed: %+v", v.Closed)
	}
}

func TestStatusLine(t *testing.T) {
	s := viewtest.Sample()
	line := func(lang string, st station.Status, state printer.State) string {
		var list []string
		for _, p := range words(t, lang).StatusOf(st, []station.PrinterView{{Info: printer.Info{Name: "Xerox"}, State: state}}, true) {
			list = append(list, p.Text)
		}
		return strings.Join(list, " · ")
	}
	const nb = "\u00a0"
	want := "нет связи с 10:40. Без сети можно напечатать 1\u202f052 конверта, до вторника 11:05 · баланс 117\u202f564,00" + nb + "₽ на 21.11.2026 · свободно 40\u202f012,00" + nb + "₽ · Xerox: нет бумаги · ждёт отправки: 1"
	if got := line("ru", s.State, printer.OutOfPaper); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	s.State.Online, s.State.Pending = true, 0
	want = "online · balance 117\u202f564,00" + nb + "₽ as of 21.11.2026 · free 40\u202f012,00" + nb + "₽ · Xerox: ready · nothing waits"
	if got := line("en", s.State, printer.Ready); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}

// The bar is the whole of what was loaded, and the words below it say the same.
func TestMoneyBar(t *testing.T) {
	s, w := viewtest.Sample(), words(t, "ru")
	r := s.Purse
	r.Sums = s.Sums[store.ByBatch]
	v := w.MoneyOf(view.MoneyLook{Status: s.State, Batches: s.List, By: store.ByBatch, Report: r})
	whole := 0.0
	for _, p := range v.Bar {
		whole += p.Share
	}
	if whole < 0.999 || whole > 1.001 || len(v.Bar) != 3 || v.Bar[0].Sum != "82\u202f436,00\u00a0₽" || v.Loaded != "внесено 200\u202f000,00\u00a0₽" {
		t.Errorf("%v of %+v", whole, v)
	}
	if len(v.Matters) != 3 || !strings.Contains(v.Matters[0].Text, "не хватает 187\u202f788,00") || v.Matters[1].Batch != "507" {
		t.Errorf("matters: %+v", v.Matters)
	}
	if l := v.Lines[len(v.Lines)-1]; l.Batch != "498" || l.Cells[1] != "17\u202f080,00\u00a0₽" || l.Cells[2] != "—" || len(l.Cells) != len(v.Heads) {
		t.Errorf("the oldest batch: %+v", l)
	}
	r.Sums = s.Sums[store.ByMonth]
	if v = w.MoneyOf(view.MoneyLook{Status: s.State, By: store.ByMonth, Report: r}); v.Lines[0].Title != "ноябрь 2026" || v.Lines[1].Title != "октябрь 2026" {
		t.Errorf("months: %+v", v.Lines)
	}
	s.State.Balance, s.State.Free = nil, nil
	if v = w.MoneyOf(view.MoneyLook{Status: s.State, By: store.ByDay, Report: r}); len(v.Bar) != 2 || v.Note == "" || v.Loaded != "" {
		t.Errorf("no balance: %+v", v)
	}
}

func TestOffline(t *testing.T) {
	w := words(t, "ru")
	for _, c := range []struct {
		n    int
		hour int
		want string
	}{{412, 6 * 24, "Без сети можно напечатать 412 конвертов, до пятницы 11:05"}, {1, 1, "Без сети можно напечатать 1 конверт, до 12:05"},
		{2, 7 * 24, "Без сети можно напечатать 2 конверта, до 28.11.2026 11:05"}, {0, 0, "Без сети печатать сейчас нечего"}} {
		if got := w.Offline(station.Status{OfflinePieces: c.n, OfflineUntil: viewtest.Now.Add(time.Duration(c.hour) * time.Hour)}); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestPeriods(t *testing.T) {
	w := words(t, "ru")
	if p := w.ThisMonth(); p != (view.Period{From: "01.11.2026", To: "21.11.2026"}) {
		t.Errorf("this month: %+v", p)
	}
	if p := w.LastMonth(); p != (view.Period{From: "01.10.2026", To: "31.10.2026"}) {
		t.Errorf("last month: %+v", p)
	}
	from, to, err := view.Period{From: " 01.10.2026", To: "2026-10-31"}.Days()
	if from != "2026-10-01" || to != "2026-10-31" || err != nil {
		t.Errorf("%s %s %v", from, to, err)
	}
	if _, _, err = (view.Period{From: "31.02.2026", To: "x"}).Days(); err == nil || !strings.Contains(w.Trouble(err), "31.02.2026") {
		t.Errorf("a day that is none: %v", err)
	}
}

// What does not match comes first, with its reason; what only waits is no difference.
func TestReconcileWords(t *testing.T) {
	w, r := words(t, "ru"), viewtest.Sample().Matched
	v := w.ReconcileOf(r)
	if v.Tone != view.Warn || v.Title != "1 расхождение" || len(v.Groups) != 2 || v.Groups[0].Lines[0] != "05.11.2026, платёж № 97 на 15\u202f000,00\u00a0₽: рядом по времени нет ничего похожего" {
		t.Errorf("%+v", v)
	}
	r.StatementOnly[0].Why = exchange.WhyWaiting
	if v = w.ReconcileOf(r); v.Tone != view.OK || v.Title != "Всё сошлось" || len(v.Groups) != 2 {
		t.Errorf("waiting: %+v", v)
	}
}

func TestStaleWords(t *testing.T) {
	v := words(t, "ru").StaleOf(viewtest.Sample().Stale)
	if len(v) != 1 || v[0].Label != "Признать испорченным 1 конверт" || v[0].Lines[0].Changes != "знак; день сдачи: 23.11.2026 › 24.11.2026; сумма знака: 85,40\u00a0₽ › 91,20\u00a0₽" {
		t.Errorf("%+v", v)
	}
}

func TestAdvances(t *testing.T) {
	s := viewtest.Sample()
	list := words(t, "ru").AdvancesOf(s.State, s.List)
	if first, last := list[0], list[len(list)-1]; !first.Order.Lacking || len(first.Order.Batches) != len(list)-2 || !last.Own {
		t.Errorf("%+v", list)
	}
}

func TestVerdicts(t *testing.T) {
	w := words(t, "ru")
	ok, look, stop := view.Verdict{Tone: view.OK, Word: "ВЕРНО"}, view.Verdict{Tone: view.Warn, Word: "ПРОВЕРЬТЕ"}, view.Verdict{Tone: view.Stop, Word: "СТОП"}
	for v, want := range map[scan.Verdict]view.Verdict{"ok": ok, "repeat": look, "foreign": stop, "stale": stop, "mismatch": stop, "spoiled": stop, "not-printed": stop,
		"incomplete": {Tone: view.Accent, Word: "ВТОРОЙ КОД"}, "unreadable": look, "of a newer program": look} {
		got := w.VerdictOf(station.ScanVerdict{Verdict: v, ShPI: viewtest.ShPI(5)}, viewtest.Now)
		if got.Tone != want.Tone || got.Word != want.Word || got.Do == "" {
			t.Errorf("%s: %+v", v, got)
		}
	}
	// the station's own sentence wins, except where it says no more than the word does
	why := station.Reason{Key: "station.verify.other-batch", Args: hint.Args{"ShPI": "1", "Batch": "7", "Expected": "8"}}
	if got := w.VerdictOf(station.ScanVerdict{Verdict: "foreign", Hint: why}, viewtest.Now).Do; !strings.Contains(got, "из партии 7") {
		t.Errorf("do: %q", got)
	}
	half := w.VerdictOf(station.ScanVerdict{Verdict: "incomplete", ShPI: viewtest.ShPI(5)}, viewtest.Now)
	whole := w.VerdictOf(station.ScanVerdict{Verdict: "ok", ShPI: viewtest.ShPI(5)}, viewtest.Now)
	other := w.VerdictOf(station.ScanVerdict{Verdict: "ok", ShPI: viewtest.ShPI(6)}, viewtest.Now)
	list := view.Latest(view.Latest(view.Latest(nil, half, 10), whole, 10), other, 10)
	if len(list) != 2 || list[0] != other || list[1] != whole {
		t.Errorf("last scans: %+v", list)
	}
}

func TestSplitShPI(t *testing.T) {
	id := viewtest.ShPI(412)
	head, tail := view.SplitShPI(id)
	if head+tail != id.Grouped() || strings.ReplaceAll(tail, " ", "") != string(id[9:]) {
		t.Errorf("%q %q of %s", head, tail, id)
	}
}

func TestRunTellsThreeTruths(t *testing.T) {
	w := words(t, "ru")
	c := view.NewRunClock("506", viewtest.Now)
	v := w.RunOf(c, station.PrintProgress{Asked: 800, Sent: 17, Printed: 14, Unknown: 3}, viewtest.Now.Add(17*time.Second))
	if v.Big != "17 из 800" || v.Printed != "Точно напечатано: 14" || v.Unknown != "Неизвестно: 3" || v.Speed != "60 писем в минуту" || v.Left != "ещё около 13 мин" {
		t.Errorf("%+v", v)
	}
	// a pause does not count as slowness
	w.RunOf(c, station.PrintProgress{Asked: 800, Sent: 17, Paused: true}, viewtest.Now.Add(20*time.Second))
	w.RunOf(c, station.PrintProgress{Asked: 800, Sent: 17}, viewtest.Now.Add(620*time.Second))
	if v := w.RunOf(c, station.PrintProgress{Asked: 800, Sent: 40}, viewtest.Now.Add(640*time.Second)); v.Speed != "60 писем в минуту" {
		t.Errorf("after a pause: %+v", v)
	}
}

func TestReportKeepsRefusalsShort(t *testing.T) {
	w := words(t, "ru")
	refused := make([]station.Refusal, 300)
	for i := range refused {
		refused[i] = station.Refusal{ShPI: viewtest.ShPI(i), Reason: station.Reason{Key: "station.not-again.printed", Args: hint.Args{"ShPI": viewtest.ShPI(i).Grouped()}}}
	}
	v := w.ReportOf("506", station.PrintReport{Refused: refused})
	if len(v.Refused) != 21 || v.Refused[20] != "…и ещё 280" || v.Tone != view.Warn {
		t.Errorf("%d lines, the last %q", len(v.Refused), v.Refused[len(v.Refused)-1])
	}
	if strings.Count(v.Refused[0], viewtest.ShPI(0).Grouped()) != 1 {
		t.Errorf("the identifier stands twice: %q", v.Refused[0])
	}
}

func TestTrouble(t *testing.T) {
	w := words(t, "ru")
	err := &station.Refused{Reasons: []station.Reason{{Key: "station.ready.empty"}, {Key: "station.ready.changed"}}}
	if got := w.Trouble(err); !strings.Contains(got, "нет ни одного письма") || !strings.Contains(got, "Почта изменила") {
		t.Errorf("%q", got)
	}
}

func TestPager(t *testing.T) {
	rows := viewtest.Pieces("1", 1000, 0, nil)
	p := view.NewPager()
	_, ok, need := p.At(450)
	if ok || need == nil || need.Offset != 400 || need.Limit != 200 {
		t.Fatalf("%v %+v", ok, need)
	}
	if _, _, again := p.At(451); again != nil {
		t.Error("asked twice")
	}
	p.Put(need, rows[400:600])
	if r, ok, _ := p.At(450); !ok || r.ShPI != rows[450].ShPI {
		t.Errorf("row 450 is %v", r.ShPI)
	}
	if i, ok := p.Find(rows[599].ShPI); !ok || i != 599 {
		t.Errorf("found at %d, %v", i, ok)
	}
	p.Refresh() // the old row stays visible until the new one is here
	r, ok, need2 := p.At(450)
	if !ok || r.ShPI != rows[450].ShPI || need2 == nil {
		t.Error("a refresh blanks the rows")
	}
	if p.Put(need, rows[0:200]) {
		t.Error("an answer from before the refresh was taken")
	}
	p.Failed(need2)
	if _, _, again := p.At(450); again == nil {
		t.Error("a failed block is not asked for again")
	}
	for i := 0; i < 100_000; i += 200 { // memory stays bounded
		if _, _, need := p.At(i); need != nil {
			p.Put(need, rows[:200])
		}
	}
	if _, ok, _ := p.At(0); ok {
		t.Error("the first block is still kept after 500 others")
	}
	p.Fill(rows[:250])
	if _, ok, need := p.At(249); !ok || need != nil {
		t.Error("a filled list is asked for")
	}
}

func FuzzFindShPI(f *testing.F) {
	f.Add("Barcode: " + string(viewtest.ShPI(7)) + "\r\nTIN: 7700000000")
	f.Add("ЫДОВАОД 12345678901234")
	f.Fuzz(func(t *testing.T, s string) {
		id, ok := view.FindShPI(s)
		if ok {
			if _, err := postal.ParseShPI(string(id)); err != nil || !strings.Contains(s, string(id)) {
				t.Errorf("%q gives %q", s, id)
			}
		}
		view.CleanQuery(s)
	})
}

func TestFindShPI(t *testing.T) {
	id := viewtest.ShPI(7)
	for s, want := range map[string]bool{string(id): true, "Шзи: " + string(id) + "\r85.40": true, "1" + string(id): false, string(id)[:13] + "9": string(id)[13] == '9', "": false} {
		if got, ok := view.FindShPI(s); ok != want || ok && got != id {
			t.Errorf("%q: %q %v", s, got, ok)
		}
	}
	if got := view.CleanQuery(" " + id.Grouped() + " "); got != string(id) {
		t.Errorf("%q", got)
	}
}

// A batch of 100,000 must not make the list slow: a view model is a handful of sentences whatever the size.
func BenchmarkBatches(b *testing.B) {
	w := words(b, "ru")
	var list []station.BatchView
	for range 15 {
		list = append(list, viewtest.Sample().List...)
	}
	b.ResetTimer()
	for b.Loop() {
		w.BatchesOf(list)
	}
}
