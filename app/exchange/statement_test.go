package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/text"
)

func vector(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "statement", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// banks write the same text in many ways.
var banks = []struct {
	name string
	make func(text string) ([]byte, error)
}{
	{encoding1251, func(s string) ([]byte, error) { return charmap.Windows1251.NewEncoder().Bytes([]byte(crlf(s))) }},
	{encoding866, func(s string) ([]byte, error) {
		return charmap.CodePage866.NewEncoder().Bytes([]byte(crlf(strings.NewReplacer("«", `"`, "»", `"`, "=Windows", "=DOS").Replace(s))))
	}},
	{encodingUTF8, func(s string) ([]byte, error) { return []byte(s), nil }},
	{encodingUTF8, func(s string) ([]byte, error) { return []byte("\ufeff" + crlf(s)), nil }},
	{encodingUTF16, func(s string) ([]byte, error) {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(crlf(s)))
	}},
	{encoding1251, func(s string) ([]byte, error) { // the header lies
		return charmap.Windows1251.NewEncoder().Bytes([]byte(strings.Replace(s, "=Windows", "=DOS", 1)))
	}},
	{encoding866, func(s string) ([]byte, error) {
		return charmap.CodePage866.NewEncoder().Bytes([]byte(strings.NewReplacer("«", `"`, "»", `"`).Replace(s)))
	}},
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func read(t testing.TB, raw []byte) *Statement {
	t.Helper()
	st, err := ReadStatement(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func TestOneStatementInEveryEncoding(t *testing.T) {
	source := vector(t, "ordinary.txt")
	plain := strings.NewReplacer("«", `"`, "»", `"`)
	for i, bank := range banks {
		raw, err := bank.make(source)
		if err != nil {
			t.Fatal(err)
		}
		st := read(t, raw)
		if st.Encoding != bank.name {
			t.Errorf("bank %d: read as %s, want %s", i, st.Encoding, bank.name)
		}
		lies := bytes.HasPrefix(raw, []byte("1CC")) && i >= 5 || i == 2 || i == 3
		if warned := len(st.Warnings) > 0; warned != lies {
			t.Errorf("bank %d: warnings %v", i, st.Warnings)
		}
		if len(st.Payments) != 4 || len(st.Sections) != 1 || len(st.Accounts) != 1 || st.From != "2026-11-16" || st.To != "2026-11-20" || st.Version != "1.03" {
			t.Fatalf("bank %d: %+v", i, st)
		}
		want := Payment{Line: 21, Kind: "Платежное поручение", Number: "101", Date: "2026-11-16", Sum: 10000000, PaidOn: "2026-11-16",
			PayerAccount: "40702810801500116391", Payer: plain.Replace("ООО «Ромашка»"), PayerINN: "5411100875",
			PayeeAccount: "40702810138250123017", Payee: plain.Replace("АО «Почта Вымышленск»"), PayeeINN: "7706092528",
			Purpose: "Аванс за услуги почтовой связи по договору № 12-34/56 от 01.02.2026. В т.ч. НДС"}
		got := st.Payments[0]
		got.Payer, got.Payee = plain.Replace(got.Payer), plain.Replace(got.Payee)
		if got != want {
			t.Errorf("bank %d:\n got %+v\nwant %+v", i, got, want)
		}
		if s := st.Sections[0]; *s.Opening != 50000000 || *s.Received != 120050 || *s.Paid != 16008540 || *s.Closing != 34111510 {
			t.Errorf("bank %d: section %+v", i, s)
		}
		for n, out := range []bool{true, true, true, false} {
			if st.Outgoing(st.Payments[n]) != out {
				t.Errorf("bank %d: payment %d outgoing %v", i, n, !out)
			}
		}
		if d := st.Payments[1].Day(); d != "2026-11-18" {
			t.Errorf("the money moved on %s", d)
		}
	}
}

func TestEveryTrap(t *testing.T) {
	st := read(t, []byte(vector(t, "traps.txt")))
	if !reflect.DeepEqual(st.Accounts, []string{"40702810801500116391", "40702810138250123017"}) {
		t.Errorf("accounts %q", st.Accounts)
	}
	if len(st.Sections) != 2 || *st.Sections[0].Closing != 700 || *st.Sections[1].Closing != 500 || st.Sections[0].Paid != nil || st.Sections[1].From != "2026-11-17" {
		t.Errorf("sections %+v", st.Sections)
	}
	want := []Payment{
		{Line: 27, Kind: "Платежное поручение", Number: "7", Date: "2026-11-16", Sum: 123450, PaidOn: "2026-11-16", PayerAccount: "40702810801500116391",
			Payer: "ООО «Ромашка»", PayerINN: "5411100875", PayeeAccount: "40702810000000000002", Payee: "АО «Почта Вымышленск»", PayeeINN: "7706092528",
			Purpose: "Договор a=b; УИН=0; сумма=85.40"},
		{Line: 44, Kind: "Банковский ордер", Number: "", Date: "2026-11-17", Sum: 300, PaidOn: "2026-11-17", PayerAccount: "40702810801500116391",
			PayerINN: "5411100875", PayeeAccount: "40702810000000000004", Payee: "Банк", PayeeINN: "7706092528",
			Purpose: "Комиссия за ведение счёта за ноябрь, ставка=0.3"},
		{Line: 60, Kind: "Неведомый документ", Number: "9", Date: "2026-11-17", Sum: 1, PayerAccount: "40702810138250123017",
			PayeeAccount: "40702810000000000005", Purpose: "Первая часть вторая часть шестая часть"},
	}
	if len(st.Payments) != len(want) {
		t.Fatalf("%d payments", len(st.Payments))
	}
	for i := range want {
		if st.Payments[i] != want[i] {
			t.Errorf("payment %d:\n got %+v\nwant %+v", i, st.Payments[i], want[i])
		}
	}
	var keys []string
	for _, w := range st.Warnings {
		keys = append(keys, fmt.Sprintf("%d %s", w.Line, strings.TrimPrefix(w.Key, "exchange.warn.")))
	}
	if got := strings.Join(keys, ", "); got != "1 encoding, 52 twice, 65 day, 71 no-end" {
		t.Errorf("warnings: %s", got)
	}
}

func TestStatementErrorsNameTheLine(t *testing.T) {
	source := vector(t, "ordinary.txt")
	cut := func(upTo string) string { s, _, _ := strings.Cut(source, upTo); return s }
	swap := func(old, new string) string {
		if !strings.Contains(source, old) {
			t.Fatalf("%q is not in the vector", old)
		}
		return strings.Replace(source, old, new, 1)
	}
	for _, c := range []struct {
		name, text, reason string
		line               int
	}{
		{"empty", "", "start", 1},
		{"blank lines", "\n\n  \n", "start", 1},
		{"other file", "Дата;Сумма\n1;2\n", "start", 1},
		{"cut in a document", cut("НазначениеПлатежа="), "cut", 38},
		{"cut in an account", cut("ВсегоСписано="), "cut", 18},
		{"document not closed", swap("КонецДокумента\n", ""), "cut", 40},
		{"end within a document", swap("КонецДокумента\nКонецФайла", "КонецФайла"), "cut", 79},
		{"closed twice", swap("КонецДокумента\n", "КонецДокумента\nКонецДокумента\n"), "pair", 41},
		{"wrong closing", swap("КонецДокумента\n", "КонецРасчСчет\n"), "pair", 40},
		{"no sum", swap("Сумма=60000.00\n", ""), "missing", 41},
		{"no date", swap("Дата=17.11.2026\n", ""), "missing", 41},
		{"no number", swap("Номер=102\n", ""), "missing", 41},
		{"words for a sum", swap("Сумма=60000.00", "Сумма=сто"), "sum", 44},
		{"three digits", swap("Сумма=60000.00", "Сумма=600.001"), "sum", 44},
		{"no such day", swap("Дата=17.11.2026", "Дата=31.11.2026"), "date", 43},
		{"American day", swap("Дата=17.11.2026", "Дата=11/17/2026"), "date", 43},
		{"two sums", swap("Сумма=60000.00", "Сумма=60000.00\nСумма=6.00"), "twice", 45},
		{"bad opening", swap("НачальныйОстаток=500000.00", "НачальныйОстаток=x"), "sum", 16},
	} {
		st, err := ReadStatement(strings.NewReader(c.text))
		var e *StatementError
		if st != nil || !errors.As(err, &e) || e.Reason != c.reason || e.Line != c.line {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for _, lang := range text.Languages {
			p, err := text.Load(lang)
			if err != nil {
				t.Fatal(err)
			}
			key, args, _ := hint.Of(e)
			if said := p.Say(key, args); said == key || strings.Contains(said, "no value") || c.line > 1 && !strings.Contains(said, fmt.Sprint(c.line)) {
				t.Errorf("%s: %s says %q", c.name, lang, said)
			}
		}
	}
}

// A missing last line, a file glued to another and blank or broken lines are read, with a warning.
func TestStatementOddities(t *testing.T) {
	source := vector(t, "ordinary.txt")
	for name, c := range map[string]struct {
		text     string
		payments int
		warning  string
	}{
		"no end":     {strings.Replace(source, "КонецФайла", "", 1), 4, "exchange.warn.no-end"},
		"two files":  {source + source, 8, "exchange.warn.after-end"},
		"noise":      {strings.Replace(source, "Номер=103", "просто строка\nНомер=103", 1), 4, "exchange.warn.line"},
		"Ctrl-Z":     {source + "\x1a", 4, ""},
		"form feeds": {strings.ReplaceAll(source, "\n", "\n\n"), 4, ""},
		"old Mac":    {strings.ReplaceAll(source, "\n", "\r"), 4, ""},
	} {
		st := read(t, []byte(c.text))
		found := c.warning == ""
		for _, w := range st.Warnings {
			if w.Key == c.warning {
				found = true
			}
		}
		if len(st.Payments) != c.payments || !found {
			t.Errorf("%s: %d payments, warnings %v", name, len(st.Payments), st.Warnings)
		}
	}
}

func TestStatementSizeIsBounded(t *testing.T) {
	endless := strings.NewReader("1CClientBankExchange\n" + strings.Repeat("x\n", statementSize/2))
	_, err := ReadStatement(endless)
	var e *StatementError
	if !errors.As(err, &e) || e.Reason != "size" {
		t.Errorf("%v", err)
	}
}

// A file of one endless purpose is read as quickly as any other.
func TestEndlessPurposeDoesNotHang(t *testing.T) {
	source := vector(t, "ordinary.txt")
	long := strings.Replace(source, "КонецДокумента", strings.Repeat("ещё строка\n", 100_000)+"КонецДокумента", 1)
	began := time.Now()
	st := read(t, []byte(long))
	if n := len(st.Payments[0].Purpose); n > 2*purposeLength || time.Since(began) > 20*time.Second {
		t.Errorf("%d bytes in %v", n, time.Since(began))
	}
}

func FuzzReadStatement(f *testing.F) {
	for _, name := range []string{"ordinary.txt", "traps.txt"} {
		for _, bank := range banks {
			raw, err := bank.make(vector(f, name))
			if err == nil {
				f.Add(raw)
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		st, err := ReadStatement(bytes.NewReader(raw))
		if err != nil {
			var e *StatementError
			if st != nil || !errors.As(err, &e) || e.Line < 1 {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, p := range st.Payments {
			if p.Line < 1 || p.Date.Time().IsZero() || !utf8.ValidString(p.Purpose+p.Payer+p.Payee+p.Number) {
				t.Fatalf("%+v", p)
			}
			for _, d := range []postal.Date{p.PaidOn, p.ReceivedOn} {
				if d != "" && d.Time().IsZero() {
					t.Fatalf("%+v", p)
				}
			}
			st.Outgoing(p)
		}
		again, err := ReadStatement(bytes.NewReader(raw))
		if err != nil || !reflect.DeepEqual(st, again) {
			t.Fatalf("read twice, two answers: %v", err)
		}
	})
}

func BenchmarkReadStatement(b *testing.B) {
	source := vector(b, "ordinary.txt")
	head, rest, _ := strings.Cut(source, "СекцияДокумент")
	documents := strings.TrimSuffix("СекцияДокумент"+rest, "КонецФайла\n")
	raw, err := charmap.Windows1251.NewEncoder().Bytes([]byte(head + strings.Repeat(documents, 2500) + "КонецФайла\n"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if st := read(b, raw); len(st.Payments) != 10000 {
			b.Fatal(len(st.Payments))
		}
	}
}
