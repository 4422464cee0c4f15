package exchange

import (
	"iter"
	"time"

	"znak/app/hint"
	"znak/app/postal"
)

// UsedMark is one row of the registry: a mark that left the station on a letter.
type UsedMark struct {
	ShPI       postal.ShPI
	MarkID     string
	Value      postal.Kopecks // of the mark; whether VAT is inside is not established
	Rate       postal.Kopecks // the post's charge for the letter without VAT, as the post gave it
	VAT        postal.Kopecks // of that charge, as the post gave it
	Used       postal.Date    // handed over here; for a letter taken in without that, the day the post took it in. Moscow's day
	Accepted   postal.Date    // taken in by the post; "" where it has not been, or not yet
	Batch      string
	Sending    postal.Date // the date in the mark
	OrderNum   string
	CostCentre string
	State      postal.PieceState
	Copies     int // how many times it went to paper
}

// Registry is the registry of the marks used in a period.
type Registry struct {
	From, To postal.Date                // both included
	Rows     iter.Seq2[UsedMark, error] // read once, row by row; an error ends the file
	Made     time.Time
	Specimen bool // of a sandbox: the file says so
	Words    Words
}

// RegistryTotals are the sums of a registry.
type RegistryTotals struct {
	Rows             int
	Value, Rate, VAT postal.Kopecks
	Refused          int // of the rows: the post did not take them in
	RefusedValue     postal.Kopecks
}

func (t *RegistryTotals) add(m UsedMark) {
	t.Rows++
	t.Value += m.Value
	t.Rate += m.Rate
	t.VAT += m.VAT
	if m.State == postal.StateRefused {
		t.Refused++
		t.RefusedValue += m.Value
	}
}

// columnKind is how the cells of a column are written.
type columnKind int

const (
	textColumn columnKind = iota
	dateColumn
	moneyColumn
	countColumn
)

// registryColumn is one column: its head, its width in characters and its cell.
type registryColumn struct {
	title string // a key of the texts
	kind  columnKind
	width float64
	text  func(m *UsedMark, w Words) string
	date  func(m *UsedMark) postal.Date
	money func(m *UsedMark) postal.Kopecks
	sum   func(t *RegistryTotals) postal.Kopecks
	count func(m *UsedMark) int
}

// registryColumns are the columns in their order. It is a contract with the accountant's own import settings: new columns go to the end.
var registryColumns = []registryColumn{
	{title: "exchange.registry.shpi", width: 16, text: func(m *UsedMark, _ Words) string { return string(m.ShPI) }},
	{title: "exchange.registry.mark", width: 24, text: func(m *UsedMark, _ Words) string { return m.MarkID }},
	{title: "exchange.registry.value", kind: moneyColumn, width: 14,
		money: func(m *UsedMark) postal.Kopecks { return m.Value }, sum: func(t *RegistryTotals) postal.Kopecks { return t.Value }},
	{title: "exchange.registry.rate", kind: moneyColumn, width: 18,
		money: func(m *UsedMark) postal.Kopecks { return m.Rate }, sum: func(t *RegistryTotals) postal.Kopecks { return t.Rate }},
	{title: "exchange.registry.vat", kind: moneyColumn, width: 18,
		money: func(m *UsedMark) postal.Kopecks { return m.VAT }, sum: func(t *RegistryTotals) postal.Kopecks { return t.VAT }},
	{title: "exchange.registry.used", kind: dateColumn, width: 13, date: func(m *UsedMark) postal.Date { return m.Used }},
	{title: "exchange.registry.batch", width: 12, text: func(m *UsedMark, _ Words) string { return m.Batch }},
	{title: "exchange.registry.order", width: 20, text: func(m *UsedMark, _ Words) string { return m.OrderNum }},
	{title: "exchange.registry.centre", width: 16, text: func(m *UsedMark, _ Words) string { return m.CostCentre }},
	{title: "exchange.registry.state", width: 20, text: func(m *UsedMark, w Words) string { return word(w, m.State) }},
	{title: "exchange.registry.copies", kind: countColumn, width: 10, count: func(m *UsedMark) int { return m.Copies }},
	{title: "exchange.registry.accepted", kind: dateColumn, width: 14, date: func(m *UsedMark) postal.Date { return m.Accepted }},
	{title: "exchange.registry.sending", kind: dateColumn, width: 13, date: func(m *UsedMark) postal.Date { return m.Sending }},
}

// rememberedWords says each state once: a text is put together anew at each saying, and a registry has a hundred thousand rows.
type rememberedWords struct {
	Words
	states map[postal.PieceState]any
}

func (r rememberedWords) Value(v any) any {
	state, ok := v.(postal.PieceState)
	if !ok {
		return r.Words.Value(v)
	}
	said, ok := r.states[state]
	if !ok {
		said = r.Words.Value(v)
		r.states[state] = said
	}
	return said
}

func remember(w Words) Words { return rememberedWords{w, map[postal.PieceState]any{}} }

func word(w Words, v any) string {
	if s, ok := w.Value(v).(string); ok {
		return s
	}
	return ""
}

// head gives the titles of the columns.
func (r Registry) head() []string {
	titles := make([]string, len(registryColumns))
	for i, c := range registryColumns {
		titles[i] = r.Words.Say(c.title, nil)
	}
	return titles
}

// about are the lines that say what the file is and what its columns mean.
func (r Registry) about(t RegistryTotals) []string {
	lines := []string{
		r.Words.Say("exchange.registry.title", hint.Args{"From": r.From, "To": r.To}),
		r.Words.Say("exchange.registry.made", hint.Args{"At": r.Made.Format("02.01.2006 15:04 -07:00"), "Rows": t.Rows, "Sum": t.Value}),
		r.Words.Say("exchange.registry.note-date", nil),
		r.Words.Say("exchange.registry.note-vat", nil),
	}
	if t.Refused > 0 {
		lines = append(lines, r.Words.Say("exchange.registry.note-refused", hint.Args{"Count": t.Refused, "Sum": t.RefusedValue}))
	}
	if r.Specimen {
		lines = append(lines, r.Words.Say("exchange.specimen", nil))
	}
	return lines
}
