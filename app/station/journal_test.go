package station

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/app/hint"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/app/text"
	"znak/printer"
	"znak/printer/calibrate"
	"znak/printer/socket"
	"znak/printer/zpl/zpltest"
	"znak/store"
)

// What is changed of the office stands in the journal: by whom, what it was and what it is; what changes nothing does not.
func TestJournal(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 4})
	b.drivers = []printer.Driver{socket.New(socket.Params{})}
	label, err := zpltest.Listen("127.0.0.1:0", zpltest.Params{DPI: 203})
	b.must(err)
	defer label.Close()
	ctx := store.As(b.ctx, "Админова А. А.")
	before, err := b.Journal(ctx, 0)
	b.must(err)

	b.must(b.SetSetting(ctx, SettingReprints, "0")) // as it is
	b.must(b.SetSetting(ctx, SettingReprints, "3"))
	b.must(b.SetSetting(ctx, SettingReprints, "3"))
	b.must(b.SetSetting(ctx, SettingApproval, "true"))
	b.must(b.SetSetting(ctx, SettingLowBalance, "250000"))
	setup := printer.Setup{Name: "Zebra", URI: "socket://" + label.Addr()}
	b.must(b.AddPrinter(ctx, setup))
	b.must(b.AddPrinter(ctx, setup))
	setup.DPI, setup.Options = 203, map[string]string{"darkness": "15"}
	b.must(b.ChangePrinter(ctx, setup))
	b.must(b.PausePrinter(ctx, "Zebra"))
	b.must(b.ResumePrinter(ctx, "Zebra"))
	b.must(b.RemovePrinter(ctx, "Zebra"))
	_, err = b.SetSheet(ctx, "folder", postal.C5, "Upper", 1)
	b.must(err)
	_, err = b.Calibrate(ctx, "folder", postal.C5, calibrate.Readings{{X: 21, Y: 20}, {X: 19, Y: 20}, {X: 19, Y: 20}, {X: 21, Y: 20}})
	b.must(err)
	d := scan.At("Стол", scan.Place{Kind: scan.DeviceSerial, Port: "COM3"}, 9600)
	b.must(b.PutScanner(ctx, d))
	d.Proof = &scan.Proof{At: time.Now()} // a test is no change
	b.must(b.PutScanner(ctx, d))
	d.Baud = 115200
	b.must(b.PutScanner(ctx, d))
	b.must(b.RemoveScanner(ctx, "Стол"))

	journal, err := b.Journal(ctx, 0)
	b.must(err)
	var got []string
	for _, e := range journal[len(before):] {
		if e.Who != "Админова А. А." {
			t.Errorf("%+v was done by %q", e, e.Who)
		}
		got = append(got, e.Sentence(words(t)))
	}
	want := []string{
		"настройка «перепечаток без второго сотрудника»: было 0, стало 3",
		"настройка «партию утверждают до печати»: было нет, стало да",
		"настройка «предупреждение о малом остатке»: было 1 000,00 ₽, стало 2 500,00 ₽",
		"добавлен принтер «Zebra» — адрес: socket://" + label.Addr(),
		"принтер «Zebra» настроен иначе — точек на дюйм: 203; darkness: 15",
		"принтер «Zebra» остановлен",
		"принтер «Zebra» снова печатает",
		"принтер «Zebra» убран",
		"бумага в принтере (folder, C5) — лоток: Upper; поворот листа: 90°",
		"", // what a calibration measures is in TestForgetFault
		"добавлен сканер «Стол» — скорость, бод: 9600; подключение: порт; порт: COM3",
		"сканер «Стол» настроен иначе — скорость, бод: было 9600, стало 115200",
		"сканер «Стол» убран",
	}
	if len(got) == len(want) {
		if !strings.HasPrefix(got[9], "бумага в принтере (folder, C5) — выверено: ") {
			t.Error(got[9])
		}
		got[9] = ""
	}
	plain := strings.NewReplacer("\u00a0", " ", "\u202f", " ") // the sums' spaces
	for i := range got {
		got[i] = plain.Replace(got[i])
	}
	if !slices.Equal(got, want) {
		t.Errorf("the journal says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	b.auditHolds()
}

// Every entry that can be written has its sentence in both languages.
func TestJournalSentences(t *testing.T) {
	var all []JournalEntry
	for _, act := range []string{"setting", "account", "no-account", "printer-added", "printer-changed", "printer-removed", "printer-held", "printer-released", "sheet",
		"scanner-added", "scanner-changed", "scanner-removed"} {
		all = append(all, JournalEntry{Office: &store.OfficeData{Act: act, Name: "x"}})
	}
	for _, act := range []string{"added", "role", "pin", "badge", "no-badge", "removed", "reset", "locked", "signed-in", "unlocked", "shut", "signed-out"} {
		all = append(all, JournalEntry{Operator: &store.OperatorData{Act: act, Name: "x", Role: string(RoleClerk), Wrong: 3}})
	}
	all = append(all, JournalEntry{}, JournalEntry{Operator: &store.OperatorData{Act: "signed-in", Proof: "badge"}}, JournalEntry{Operator: &store.OperatorData{Act: "unlocked", Proof: "badge"}})
	b := newBench(t, sandbox.Options{Seed: 4})
	settings, err := b.Settings(b.ctx)
	b.must(err)
	for _, lang := range []string{"ru", "en"} {
		w, err := text.Load(lang)
		b.must(err)
		for _, e := range all {
			if s := e.Sentence(w); s == "" || strings.HasPrefix(s, "journal.") {
				t.Errorf("%s: %+v %+v: %q", lang, e.Operator, e.Office, s)
			}
		}
		for _, v := range []any{&printer.Setup{}, &Sheet{}, &scan.Device{}} {
			fill(reflect.ValueOf(v).Elem())
			fields, err := fieldsOf(v)
			b.must(err)
			for name := range fields {
				if name != "name" && w.SayOr("journal.field."+name, "") == "" {
					t.Errorf("%s: no name of %s", lang, name)
				}
			}
		}
		for _, s := range settings {
			if key := "journal.name." + s.Key; w.Say(key, hint.Args{}) == key {
				t.Errorf("%s: no name of %s", lang, s.Key)
			}
		}
	}
}

// fill gives every field a value, but for what is not noted: a test of a scanner, and options, which are the drivers' own.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1, 0)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}
