package station

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// gainDays is how many days after a payment the balance may show it, unless the person says otherwise: the bank's day, the post's day, and a
// weekend between them.
const gainDays = 7

// StatementImport says which statement to take in.
type StatementImport struct {
	Data     io.Reader
	PayeeINN string // of the post; "": the one remembered
	Remember bool   // keep PayeeINN for the next time
}

// StatementReport is the outcome of ImportStatement.
type StatementReport struct {
	Statement *exchange.Statement
	TopUps    int            // payments to the post, or back from it, in the statement
	Added     int            // of them not known before
	Sum       postal.Kopecks // of those added
	Repeated  []exchange.Warning
}

// PayeeFound is somebody to whom the statement's outgoing payments go.
type PayeeFound struct {
	INN, Name string
	Payments  int
	Sum       postal.Kopecks
}

// Payees lists to whom the office pays in a statement, by name, so that a person can say which of them is the post.
func Payees(st *exchange.Statement) []PayeeFound {
	var list []PayeeFound
	for _, p := range st.Payments {
		if !st.Outgoing(p) {
			continue
		}
		i := slices.IndexFunc(list, func(f PayeeFound) bool { return f.INN == p.PayeeINN && (f.INN != "" || f.Name == p.Payee) })
		if i < 0 {
			list = append(list, PayeeFound{INN: p.PayeeINN, Name: p.Payee})
			i = len(list) - 1
		}
		list[i].Payments++
		list[i].Sum += p.Sum
	}
	slices.SortStableFunc(list, func(a, b PayeeFound) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return list
}

// ImportStatement reads a bank's statement and keeps what was paid to the post, or came back from it. Nothing else of the statement is kept. A
// payment that is known already adds nothing. *Refused, with nothing stored: a statement that cannot be read wholly; one for which nobody has said
// who the post is (the report's statement tells the payees).
func (s *Station) ImportStatement(ctx context.Context, in StatementImport) (StatementReport, error) {
	ctx, err := s.as(ctx, ActMoney)
	if err != nil {
		return StatementReport{}, err
	}
	var r StatementReport
	sum := sha256.New()
	st, err := exchange.ReadStatement(io.TeeReader(in.Data, sum))
	var unreadable *exchange.StatementError
	if errors.As(err, &unreadable) {
		return r, refusedFor(err)
	}
	if err != nil {
		return r, hint.New("exchange.import.file", hint.Args{"Error": err}, err)
	}
	r.Statement = st
	inn := in.PayeeINN
	if inn == "" {
		if inn, _, err = s.store.Setting(ctx, SettingPayeeINN); err != nil {
			return r, err
		}
	}
	if inn == "" {
		return r, refuse("exchange.import.payee", nil)
	}
	if !exchange.ValidINN(inn) {
		return r, refuse("exchange.import.inn", hint.Args{"INN": inn})
	}
	payments := r.topUps(inn, hex.EncodeToString(sum.Sum(nil)))
	r.TopUps = len(payments)
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		added, err := tx.PutPayments(payments)
		if err != nil {
			return err
		}
		r.Added, r.Sum = len(added), 0
		for _, p := range added {
			r.Sum += p.Sum
		}
		if in.Remember && in.PayeeINN != "" {
			return setNoted(tx, SettingPayeeINN, "", inn)
		}
		return nil
	})
	return r, err
}

// refusedFor makes a refusal of an error that carries its own sentence.
func refusedFor(err error) error { return &Refused{[]Reason{reasonOf(err)}} }

// topUps are the payments of the statement to or from the post. One that stands in the file twice counts once, with a warning.
func (r *StatementReport) topUps(inn, statement string) []store.Payment {
	var list []store.Payment
	lines := map[[5]string]int{}
	for _, p := range r.Statement.Payments {
		outgoing := r.Statement.Outgoing(p)
		if outgoing && p.PayeeINN != inn || !outgoing && p.PayerINN != inn {
			continue
		}
		row := store.Payment{Account: p.PayerAccount, Number: p.Number, Date: p.Date, Sum: p.Sum, Payer: p.PayerINN, Day: p.Day(),
			PayeeINN: p.PayeeINN, Payee: p.Payee, Purpose: p.Purpose, Kind: p.Kind, Statement: statement}
		if row.Payer == "" {
			row.Payer = p.Payer
		}
		if !outgoing {
			row.Account, row.Sum = p.PayeeAccount, -p.Sum
		}
		identity := [5]string{row.Account, row.Number, string(row.Date), row.Sum.Decimal(), row.Payer}
		if line, twice := lines[identity]; twice {
			r.Repeated = append(r.Repeated, exchange.Warning{Line: p.Line, Key: "exchange.import.repeated",
				Args: hint.Args{"Line": p.Line, "First": line, "Number": p.Number, "Sum": p.Sum}})
			continue
		}
		lines[identity] = p.Line
		list = append(list, row)
	}
	return list
}

// ReconcileReport compares a period's payments to the post with what the balance gained.
type ReconcileReport struct {
	From, To postal.Date
	Days     int
	exchange.Matching
	Paid   postal.Kopecks // by the statements, within the period
	Gained postal.Kopecks // by the money ledger, within the period
	Lost   postal.Kopecks // falls of the balance within the period that nothing explains, or nothing yet; below zero: older ones were explained
}

// Differences reports whether something has no counterpart that should have one: neither is it on its way nor older than what is known.
func (r ReconcileReport) Differences() bool {
	for _, u := range r.StatementOnly {
		if u.Why != exchange.WhyWaiting && u.Why != exchange.WhyOpening {
			return true
		}
	}
	return len(r.BalanceOnly) > 0
}

// Reconcile matches the payments of the days from and to, both included, with the gains of the balance. A gain may follow its payment by days (0: the
// usual number); counterparts are looked for that far beyond the period's ends, so that its edges make no differences.
func (s *Station) Reconcile(ctx context.Context, from, to postal.Date, days int) (ReconcileReport, error) {
	if days == 0 {
		days = gainDays
	}
	r := ReconcileReport{From: from, To: to, Days: days}
	if err := CheckPeriod(from, to); err != nil {
		return r, err
	}
	early := postal.DateOf(from.Time().AddDate(0, 0, -days))
	late := postal.DateOf(to.Time().AddDate(0, 0, days))
	payments, err := s.store.Payments(ctx, early, late)
	if err != nil {
		return r, err
	}
	inside := func(d postal.Date) bool { return d >= from && d <= to }
	b, err := s.balances(ctx, early, late, inside)
	if err != nil {
		return r, err
	}
	p := exchange.MatchParams{Gains: slices.Clone(b.gains), Days: days, Today: dayOf(s.now())}
	for _, pay := range payments {
		p.TopUps = append(p.TopUps, exchange.TopUp{Day: pay.Day, Kopecks: pay.Sum, Number: pay.Number, Account: pay.Account, Purpose: pay.Purpose})
		if inside(pay.Day) {
			r.Paid += pay.Sum
		}
		// A fall of the balance is mostly a debit of letters, told before they are known to be taken in. It is money come back where a payment says so.
		if i := slices.IndexFunc(b.losses, func(l exchange.Gain) bool { return pay.Sum < 0 && l.Kopecks == pay.Sum }); i >= 0 {
			p.Gains = append(p.Gains, b.losses[i])
			b.losses = slices.Delete(b.losses, i, i+1)
		}
	}
	for _, g := range b.gains {
		if inside(g.Day) {
			r.Gained += g.Kopecks
		}
	}
	for _, l := range b.losses {
		if inside(l.Day) {
			r.Lost -= l.Kopecks
		}
	}
	r.Lost -= b.corrected
	m := exchange.Match(p)
	for i, u := range m.StatementOnly {
		if b.opened == "" || u.Day <= b.opened {
			m.StatementOnly[i].Why, m.StatementOnly[i].Near = exchange.WhyOpening, nil
		}
	}
	r.Matching = within(m, inside)
	return r, nil
}

// within keeps what touches the period.
func within(m exchange.Matching, inside func(postal.Date) bool) exchange.Matching {
	m.Pairs = slices.DeleteFunc(m.Pairs, func(p exchange.Pairing) bool {
		return !slices.ContainsFunc(p.TopUps, func(u exchange.TopUp) bool { return inside(u.Day) }) &&
			!slices.ContainsFunc(p.Gains, func(g exchange.Gain) bool { return inside(g.Day) })
	})
	m.StatementOnly = slices.DeleteFunc(m.StatementOnly, func(u exchange.LoneTopUp) bool { return !inside(u.Day) })
	m.BalanceOnly = slices.DeleteFunc(m.BalanceOnly, func(g exchange.LoneGain) bool { return !inside(g.Day) })
	return m
}

// balances are what the money ledger says of the balance itself: the day of the first one (""; none is known), its growths and its falls.
type balances struct {
	opened        postal.Date
	gains, losses []exchange.Gain
	corrected     postal.Kopecks // losses of the period that were debits after all
}

func (s *Station) balances(ctx context.Context, from, to postal.Date, inside func(postal.Date) bool) (b balances, err error) {
	entries, err := s.store.Money(ctx, store.MoneyQuery{To: to, Account: true})
	if err != nil {
		return b, err
	}
	for _, e := range entries {
		switch {
		case e.Kind == store.MoneyOpening:
			b.opened = e.Day
		case e.Day < from:
		case e.Kind == store.MoneyGain:
			b.gains = append(b.gains, exchange.Gain{Day: e.Day, Kopecks: e.Kopecks})
		case e.Kind == store.MoneyLoss:
			b.losses = append(b.losses, exchange.Gain{Day: e.Day, Kopecks: -e.Kopecks})
		case e.Kind == store.MoneyCorrection && inside(e.Day):
			b.corrected += e.Kopecks
		}
	}
	return b, nil
}
