package view

import (
	"strings"
	"time"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
)

// Outcome is what came of a piece of paperwork: a sentence, lines below it, groups of lines, and the files.
type Outcome struct {
	Tone   Tone
	Title  string
	Lines  []string
	Groups []Group
	Payees []Payee // one of them is to be chosen
	Files  []string
}

// Group is a list with a head.
type Group struct {
	Title string
	Tone  Tone
	Lines []string
}

// Period is two days as a person types them.
type Period struct{ From, To string }

// ThisMonth is from the first of the month to today; LastMonth is the whole of the one before.
func (w Words) ThisMonth() Period {
	now := w.Now().In(w.Zone)
	return period(time.Date(now.Year(), now.Month(), 1, 12, 0, 0, 0, w.Zone), now)
}

// LastMonth is the whole month before this one.
func (w Words) LastMonth() Period {
	now := w.Now().In(w.Zone)
	first := time.Date(now.Year(), now.Month(), 1, 12, 0, 0, 0, w.Zone)
	return period(first.AddDate(0, -1, 0), first.AddDate(0, 0, -1))
}

func period(from, to time.Time) Period { return Period{from.Format(dayForm), to.Format(dayForm)} }

const dayForm = "02.01.2006"

// Days reads what was typed: 21.11.2026 or 2026-11-21.
func (p Period) Days() (from, to postal.Date, err error) {
	if from, err = parseDay(p.From); err == nil {
		to, err = parseDay(p.To)
	}
	return from, to, err
}

func parseDay(s string) (postal.Date, error) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(dayForm, s); err == nil {
		return postal.DateOf(t), nil
	}
	d, err := postal.ParseDate(s)
	if err != nil {
		return "", hint.New("ui.paper.day", hint.Args{"Day": s}, err)
	}
	return d, nil
}

// RegistryOf tells what the registry of marks holds.
func (w Words) RegistryOf(t exchange.RegistryTotals, file string) Outcome {
	v := Outcome{Tone: OK, Title: w.N("ui.paper.registry.done", t.Rows, hint.Args{"Sum": t.Value}), Files: []string{file}}
	if t.Rows == 0 {
		v.Tone, v.Title = Warn, w.T("ui.paper.registry.none")
	}
	if t.Refused > 0 {
		v.Lines = append(v.Lines, w.Say("exchange.registry.note-refused", hint.Args{"Count": t.Refused, "Sum": t.RefusedValue}))
	}
	return v
}

// StatementOf tells what came of a bank's statement.
func (w Words) StatementOf(r station.StatementReport) Outcome {
	v := Outcome{Tone: OK}
	if r.Statement == nil {
		return v
	}
	all := len(r.Statement.Payments)
	switch {
	case r.TopUps == 0:
		v.Tone, v.Title = Warn, w.N("ui.paper.statement.none", all)
	case r.Added == 0:
		v.Title = w.N("ui.paper.statement.known", r.TopUps)
	default:
		v.Title = w.N("ui.paper.statement.done", r.Added, hint.Args{"Sum": r.Sum})
		v.Lines = append(v.Lines, w.N("ui.paper.statement.all", all))
	}
	for _, warning := range append(append([]exchange.Warning(nil), r.Statement.Warnings...), r.Repeated...) {
		v.Lines = append(v.Lines, w.Say(warning.Key, warning.Args))
	}
	return v
}

// Payee is one of those to whom a statement's money goes.
type Payee struct {
	INN   string
	Label string // of the button
	Alive bool
}

// PayeesOf asks which of those to whom the office pays is the post; it is said once.
func (w Words) PayeesOf(list []station.PayeeFound) Outcome {
	v := Outcome{Tone: Accent, Title: w.T("ui.paper.statement.who")}
	for _, p := range list {
		v.Payees = append(v.Payees, Payee{p.INN, w.N("ui.paper.statement.payee", p.Payments, hint.Args{"Name": p.Name, "INN": p.INN, "Sum": p.Sum}), p.INN != ""})
	}
	return v
}

// ReconcileOf tells what matched, what did not, and why.
func (w Words) ReconcileOf(r station.ReconcileReport) Outcome {
	sums := hint.Args{"Paid": r.Paid, "Gained": r.Gained, "From": r.From, "To": r.To}
	v := Outcome{Tone: OK, Title: w.T("ui.paper.reconcile.even"), Lines: []string{w.Say("ui.paper.reconcile.sums", sums)}}
	if r.Lost != 0 {
		v.Lines = append(v.Lines, w.Say("ui.paper.reconcile.lost", hint.Args{"Sum": r.Lost}))
	}
	n := len(r.BalanceOnly)
	lone := Group{Title: w.T("ui.paper.reconcile.statement-only")}
	for _, u := range r.StatementOnly {
		if u.Why != exchange.WhyWaiting && u.Why != exchange.WhyOpening {
			n++
			lone.Tone = Warn
		}
		lone.Lines = append(lone.Lines, w.Say("ui.paper.reconcile.because", hint.Args{"What": w.paid(u.TopUp), "Why": w.T("exchange.why." + string(u.Why))}))
	}
	gains := Group{Title: w.T("ui.paper.reconcile.balance-only"), Tone: Warn}
	for _, g := range r.BalanceOnly {
		gains.Lines = append(gains.Lines, w.Say("ui.paper.reconcile.because", hint.Args{"What": w.gained(g.Gain), "Why": w.T("exchange.why." + string(g.Why))}))
	}
	matched := Group{Title: w.N("ui.paper.reconcile.matched", len(r.Pairs)), Tone: OK}
	for _, p := range r.Pairs {
		var paid, gained []string
		for _, u := range p.TopUps {
			paid = append(paid, w.paid(u))
		}
		for _, g := range p.Gains {
			gained = append(gained, w.gained(g))
		}
		matched.Lines = append(matched.Lines, strings.Join(paid, "; ")+" — "+strings.Join(gained, "; "))
	}
	for _, g := range []Group{lone, gains, matched} {
		if len(g.Lines) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	switch {
	case n > 0:
		v.Tone, v.Title = Warn, w.N("ui.paper.reconcile.differences", n)
	case len(v.Groups) == 0:
		v.Tone, v.Title = Muted, w.T("ui.paper.reconcile.nothing")
	}
	return v
}

func (w Words) paid(u exchange.TopUp) string {
	return w.Say("ui.paper.reconcile.paid", hint.Args{"Day": u.Day, "Sum": u.Kopecks, "Number": u.Number})
}

func (w Words) gained(g exchange.Gain) string {
	return w.Say("ui.paper.reconcile.gained", hint.Args{"Day": g.Day, "Sum": g.Kopecks})
}

// Advance is one thing that an advance may be paid for.
type Advance struct {
	Label string
	Order station.InvoiceOrder
	Own   bool // the sum is typed
}

// AdvancesOf lists them: what lacks for all open batches, each of these, another sum.
func (w Words) AdvancesOf(st station.Status, list []station.BatchView) []Advance {
	var out []Advance
	open := Unreserved(list)
	if st.Lacking != nil && *st.Lacking > 0 {
		var names []string
		for _, b := range open {
			names = append(names, b.Name)
		}
		out = append(out, Advance{Label: w.Say("ui.paper.invoice.lacking", hint.Args{"Sum": *st.Lacking}), Order: station.InvoiceOrder{Batches: names, Lacking: true}})
	}
	for _, b := range open {
		out = append(out, Advance{Label: w.Say("ui.paper.invoice.batch", hint.Args{"Batch": b.Name, "Sum": b.Sum}), Order: station.InvoiceOrder{Batches: []string{b.Name}}})
	}
	return append(out, Advance{Label: w.T("ui.paper.invoice.own"), Own: true})
}

// InvoiceOf tells what is to be paid.
func (w Words) InvoiceOf(r station.InvoiceReport) Outcome {
	return Outcome{Tone: OK, Title: w.Say("ui.paper.invoice.done", hint.Args{"Sum": r.Sum}),
		Lines: []string{w.Say("ui.paper.invoice.purpose", hint.Args{"Purpose": r.Purpose})}, Files: []string{r.File}}
}

// EvidenceOf tells what can be proved of a batch, and what does not agree.
func (w Words) EvidenceOf(r station.EvidenceReport) Outcome {
	t := r.Totals()
	v := Outcome{Tone: OK, Title: w.T("ui.paper.evidence.whole"), Files: r.Files, Lines: []string{w.Say("ui.paper.evidence.counts", hint.Args{
		"Pieces": w.Number(t.Pieces), "Printed": w.Number(t.Printed), "Scanned": w.Number(t.Scanned), "Listed": w.Number(t.Listed), "Accepted": w.Number(t.Accepted)})}}
	different := r.Differences()
	if n := len(different); n > 0 {
		v.Tone, v.Title = Warn, w.N("ui.paper.evidence.differences", n)
		g := Group{Tone: Warn, Title: w.T("ui.paper.evidence.which")}
		for i, d := range different {
			if i == maxRefusals {
				g.Lines = append(g.Lines, w.plain("ui.report.more", n-i))
				break
			}
			g.Lines = append(g.Lines, w.Say("ui.report.line", hint.Args{"ShPI": d.ShPI.Grouped(), "Reason": w.T(d.Key)}))
		}
		v.Groups = append(v.Groups, g)
	}
	if !r.Ledger.Holds {
		v.Tone, v.Title = Stop, w.Say("paper.evidence.broken", hint.Args{"Seq": r.Ledger.FirstBad, "What": r.Ledger.What})
	}
	return v
}
