package exchange

import (
	"strings"
	"time"

	"znak/app/hint"
	"znak/app/postal"
)

// payment turns a document's section into a payment.
func (r *statementReader) payment() (err error) {
	v := r.section.values
	p := Payment{Line: r.section.line, Kind: v["kind"].text}
	if number, ok := v["number"]; ok {
		p.Number = number.text
	} else {
		return r.missing("number")
	}
	r.section.title = strings.TrimSpace(p.Kind + " № " + p.Number)
	date, ok := v["date"]
	if !ok {
		return r.missing("date")
	}
	if p.Date, ok = day(date.text); !ok {
		return r.at(date, "date")
	}
	sum, ok := v["sum"]
	if !ok {
		return r.missing("sum")
	}
	if p.Sum, err = r.money(sum); err != nil {
		return err
	}
	p.PaidOn, p.ReceivedOn = r.looseDay("paid"), r.looseDay("received")
	p.PayerAccount = first(v["payer-account"].text, v["payer-account-2"].text)
	p.PayeeAccount = first(v["payee-account"].text, v["payee-account-2"].text)
	p.Payer, p.PayerINN = r.party("payer")
	p.Payee, p.PayeeINN = r.party("payee")
	p.Purpose = purpose(v)
	r.out.Payments = append(r.out.Payments, p)
	return nil
}

func (r *statementReader) missing(name string) error {
	field := name
	for word, n := range r.words.Document {
		if n == name {
			field = word
		}
	}
	e := &StatementError{Line: r.section.line, Section: r.section.title, Field: field, Reason: "missing"}
	return e
}

// at is an error of a value, on its own line.
func (r *statementReader) at(v value, reason string) error {
	r.line = v.line
	return r.fail(reason, v.field, v.text)
}

func (r *statementReader) money(v value) (postal.Kopecks, error) {
	text := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(v.text)
	sum, err := postal.ParseKopecks(text)
	if err != nil {
		return 0, r.at(v, "sum")
	}
	return sum, nil
}

// looseDay reads a day that may be missing; one that cannot be read is a warning.
func (r *statementReader) looseDay(name string) postal.Date {
	v := r.section.values[name]
	if v.text == "" {
		return ""
	}
	d, ok := day(v.text)
	if !ok {
		r.warn(v.line, "exchange.warn.day", hint.Args{"Line": v.line, "Field": v.field, "Value": short(v.text)})
	}
	return d
}

// day reads 21.11.2026, the format's only way of writing a day.
func day(s string) (postal.Date, bool) {
	t, err := time.Parse("02.01.2006", s)
	if err != nil || t.Year() < 1900 { // year 0 and the like are slips, or a bank's word for none
		return "", false
	}
	return postal.DateOf(t), true
}

// party gives name and taxpayer's number. The name alone stands in the numbered word; the other may begin with the number.
func (r *statementReader) party(who string) (name, inn string) {
	v := r.section.values
	name, inn = v[who].text, v[who+"-inn"].text
	if rest, ok := cutWord(name, r.words.Words.INN); ok {
		number, after, _ := strings.Cut(rest, " ")
		if digits := strings.TrimRight(number, ",;"); isDigits(digits) {
			name = strings.TrimSpace(after)
			inn = first(inn, digits)
		}
	}
	return first(v[who+"-1"].text, name), inn
}

func cutWord(s, word string) (rest string, ok bool) {
	if len(s) <= len(word) || !strings.EqualFold(s[:len(word)], word) {
		return s, false
	}
	return strings.TrimLeft(s[len(word):], " :"), true
}

// purpose joins the text and its numbered continuations. Many banks give the whole in the first and the same once more in the others.
func purpose(v map[string]value) string {
	var parts []string
	for _, name := range []string{"purpose-1", "purpose-2", "purpose-3", "purpose-4", "purpose-5", "purpose-6"} {
		if t := v[name].text; t != "" {
			parts = append(parts, t)
		}
	}
	whole, rest := v["purpose"].text, strings.Join(parts, " ")
	bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
	switch {
	case rest == "" || strings.Contains(bare(whole), bare(rest)):
		return whole
	case strings.HasPrefix(bare(rest), bare(whole)):
		return rest
	}
	return whole + " " + rest
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
