package exchange

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/text"
)

func TestRequisiteChecks(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "requisites.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		var got bool
		switch f[0] {
		case "account":
			got = ValidAccount(f[1], f[2])
		case "correspondent":
			got = ValidCorrespondent(f[1], f[2])
		case "inn":
			got = ValidINN(strings.Trim(f[1], "-"))
		default:
			t.Fatalf("%q", line)
		}
		if got != (f[3] == "yes") {
			t.Errorf("%s: %v", strings.TrimSpace(line), got)
		}
		n++
	}
	if n < 15 {
		t.Errorf("only %d vectors", n)
	}
}

// Of the ten values a digit may have, one alone is right: the checks find every single wrong digit.
func TestChecksFindEveryWrongDigit(t *testing.T) {
	for name, c := range map[string]struct {
		good string
		ok   func(string) bool
	}{
		"account":       {"40702810801500116391", func(s string) bool { return ValidAccount(s, "044525999") }},
		"correspondent": {"30101810400000000225", func(s string) bool { return ValidCorrespondent(s, "044525225") }},
		"inn 10":        {"7706092528", ValidINN},
		"inn 12":        {"500100732259", ValidINN},
	} {
		if !c.ok(c.good) {
			t.Errorf("%s: %s is good", name, c.good)
		}
		wrong := 0
		for i := range c.good {
			for d := byte('0'); d <= '9'; d++ {
				s := []byte(c.good)
				if s[i] == d {
					continue
				}
				s[i] = d
				if c.ok(string(s)) {
					wrong++
				}
			}
		}
		// mod 11 mod 10 gives two remainders one digit, so that some slips of an INN are missed by its own rule
		if limit := map[string]int{"inn 10": 9, "inn 12": 2}[name]; wrong > limit {
			t.Errorf("%s: %d slips of one digit go unseen", name, wrong)
		}
	}
}

func goodPayee() Payee {
	return Payee{Name: "АО «Почта Вымышленск»", PersonalAcc: "40702810138250123017", BankName: "ПРИМЕР БАНК", BIC: "044525225",
		CorrespAcc: "30101810400000000225", INN: "7706092528", KPP: "770601001", Purpose: "Аванс по договору № 1 от {date}, партии {batches}"}
}

const payeeText = `
name = "АО  «Почта Вымышленск»"
personal_acc = "40702 810 1 3825 0123017"
bank_name = "ПРИМЕР БАНК"
bic = "044525225"
corresp_acc = "30101810400000000225"
inn = "7706092528"
kpp = "770601001"
purpose = "Аванс по договору № 1 от {date}, партии {batches}"
`

func TestPayeeFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "payee.toml")
	reason := func() string {
		_, err := ReadPayee(file)
		var e *PayeeError
		if !errors.As(err, &e) {
			t.Fatalf("%v", err)
		}
		for _, lang := range text.Languages {
			p, _ := text.Load(lang)
			key, args, _ := hint.Of(err)
			if said := p.Say(key, args); said == key || !strings.Contains(said, file) || strings.Contains(said, "no value") {
				t.Errorf("%s: %q", lang, said)
			}
		}
		return strings.TrimSpace(e.Field + " " + e.Reason)
	}
	if got := reason(); got != "none" {
		t.Errorf("no file: %s", got)
	}
	form, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(form, []byte("# Расчётный счёт получателя")) {
		t.Fatalf("no form was made: %v", err)
	}
	if got := reason(); got != "name empty" { // the form as it is
		t.Errorf("empty form: %s", got)
	}
	put := func(s string) {
		if err := os.WriteFile(file, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("\ufeff" + payeeText)
	p, err := ReadPayee(file)
	if err != nil || p != goodPayee() {
		t.Fatalf("%+v %v", p, err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`inn = "7706092528"`, `inn = "7706092529"`, "inn inn"},
		{`bic = "044525225"`, `bic = "04452522"`, "bic bic"},
		{`bic = "044525225"`, `bic = "044525999"`, "personal_acc account"},
		{`30101810400000000225`, `30101810400000000226`, "corresp_acc account"},
		{`kpp = "770601001"`, `kpp = "77060100"`, "kpp kpp"},
		{`purpose = `, `porpoise = `, "porpoise unknown"},
		{`"ПРИМЕР БАНК"`, `"` + strings.Repeat("Б", 46) + `"`, "bank_name long"},
		{`name = "АО`, `name = АО`, "unreadable"},
	} {
		put(strings.Replace(payeeText, c.old, c.new, 1))
		if got := reason(); got != c.want {
			t.Errorf("%s: %s, want %s", c.new, got, c.want)
		}
	}
	put(strings.Replace(payeeText, `"30101810400000000225"`, `"0"`, 1))
	if _, err := ReadPayee(file); err != nil {
		t.Error(err)
	}
}

// parseCode reads a payment code as a bank's program does: by the eighth byte and the first "=" of each part.
func parseCode(t testing.TB, code []byte) (keys []string, values map[string]string) {
	t.Helper()
	if len(code) < 8 || string(code[:6]) != "ST0001" {
		t.Fatalf("%q", code)
	}
	body := string(code[8:])
	switch code[6] {
	case '1':
		var err error
		if body, err = charmap.Windows1251.NewDecoder().String(body); err != nil {
			t.Fatal(err)
		}
	case '2':
		if !utf8.ValidString(body) {
			t.Fatalf("%q is not UTF-8", code)
		}
	default:
		t.Fatalf("%q", code)
	}
	values = map[string]string{}
	for _, part := range strings.Split(body, string(code[7])) {
		key, value, ok := strings.Cut(part, "=")
		if !ok {
			t.Fatalf("%q in %q", part, code)
		}
		keys = append(keys, key)
		values[key] = value
	}
	return keys, values
}

func TestPaymentCode(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(o *PaymentOrder)
		begin  string
	}{
		{"ordinary", func(*PaymentOrder) {}, "ST00012|"},
		{"the separator is in a value", func(o *PaymentOrder) { o.Text = "Аванс | часть 1 = 100%" }, "ST00012#"},
		{"two separators are in values", func(o *PaymentOrder) { o.Text = "Аванс | #1" }, "ST00012;"},
		{"long names", func(o *PaymentOrder) { o.Name = strings.Repeat("Щука", 35); o.Text = strings.Repeat("я", 210) }, "ST00011|"},
		{"treasury account", func(o *PaymentOrder) { o.PersonalAcc, o.BIC = "03214643000000011700", "014525988" }, "ST00012|"},
	} {
		o := PaymentOrder{Payee: goodPayee(), Sum: 12345678, Text: "Аванс по договору № 1", PayerINN: "5411100875"}
		c.change(&o)
		code, err := o.Code()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !bytes.HasPrefix(code, []byte(c.begin)) {
			t.Errorf("%s: %q", c.name, code)
		}
		keys, v := parseCode(t, code)
		if !slices.Equal(keys, []string{"Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc", "Sum", "Purpose", "PayeeINN", "KPP", "PayerINN"}) {
			t.Errorf("%s: keys %q", c.name, keys)
		}
		if v["Name"] != o.Name || v["PersonalAcc"] != o.PersonalAcc || v["BankName"] != o.BankName || v["BIC"] != o.BIC || v["CorrespAcc"] != o.CorrespAcc ||
			v["Sum"] != "12345678" || v["Purpose"] != o.Text || v["PayeeINN"] != o.INN || v["KPP"] != o.KPP || v["PayerINN"] != o.PayerINN {
			t.Errorf("%s: %q", c.name, v)
		}
	}
}

func TestPaymentCodeRefuses(t *testing.T) {
	for want, change := range map[string]func(o *PaymentOrder){
		"exchange.code.sum":       func(o *PaymentOrder) { o.Sum = 0 },
		"exchange.code.purpose":   func(o *PaymentOrder) { o.Text = strings.Repeat("я", 211) },
		"exchange.code.separator": func(o *PaymentOrder) { o.Text = separators },
		"exchange.code.long":      func(o *PaymentOrder) { o.Name = strings.Repeat("Щ", 160); o.BankName = strings.Repeat("Щ", 100) },
		"exchange.code.letters":   func(o *PaymentOrder) { o.Name = strings.Repeat("Ǽ", 160) },
	} {
		o := PaymentOrder{Payee: goodPayee(), Sum: 100, Text: "Аванс"}
		change(&o)
		_, err := o.Code()
		if key, _, _ := hint.Of(err); key != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func FuzzPaymentCode(f *testing.F) {
	f.Add("АО «Почта»", "БАНК", "Аванс | #1", int64(100))
	f.Fuzz(func(t *testing.T, name, bank, purpose string, sum int64) {
		if !utf8.ValidString(name) || !utf8.ValidString(bank) || !utf8.ValidString(purpose) {
			return
		}
		o := PaymentOrder{Payee: goodPayee(), Sum: postal.Kopecks(sum), Text: purpose}
		o.Name, o.BankName = name, bank
		code, err := o.Code()
		if err != nil {
			if _, _, ok := hint.Of(err); !ok {
				t.Fatalf("no sentence: %v", err)
			}
			return
		}
		if _, v := parseCode(t, code); v["Name"] != name || v["BankName"] != bank || v["Purpose"] != purpose {
			t.Fatalf("%q", code)
		}
	})
}
