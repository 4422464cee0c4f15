package view

import (
	"sort"
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
	"znak/store"
)

// Money is the account at a glance.
type Money struct {
	Balance string
	AsOf    string
	Note    string // where the balance is not known
	Loaded  string // what the bar is the whole of
	Bar     []Slice
	Matters []CardLine // what a person should know before a batch is begun
	Heads   []string   // of the columns of Lines
	Lines   []MoneyLine
	Empty   string
}

// Slice is a part of the money bar.
type Slice struct {
	Label string
	Sum   string
	Share float64
	Tone  Tone
}

// MoneyLine is a batch, a day, a month or a cost centre in the list of money. Its cells stand under the heads.
type MoneyLine struct {
	Batch string // where it leads; "" nowhere
	Title string
	About string
	Cells []string
}

// MoneyLook is all that the money screen shows, as it was asked.
type MoneyLook struct {
	Status  station.Status
	Batches []station.BatchView
	By      store.MoneyBy
	Report  station.MoneyReport
}

// MoneyKinds are what sums can be added up by, in words.
func (w Words) MoneyKinds() []Choice {
	var list []Choice
	for _, by := range []store.MoneyBy{store.ByBatch, store.ByDay, store.ByMonth, store.ByCentre} {
		list = append(list, Choice{string(by), w.T("ui.money.by." + string(by))})
	}
	return list
}

// MoneyOf shows what is loaded, reserved, spent and free, what will lack, and the sums of one kind.
func (w Words) MoneyOf(l MoneyLook) Money {
	var v Money
	st, p := l.Status, l.Report.Purse
	known := st.Balance != nil && st.Free != nil
	if !known {
		v.Balance, v.Note = w.T("ui.money.unknown"), w.T("ui.money.unknown-note")
	} else {
		v.Balance = st.Balance.Office()
		if st.BalanceOf != "" {
			v.AsOf = w.Say("ui.money.of", hint.Args{"Of": w.AsOf(st.BalanceOf)})
		}
		v.Loaded = w.Say("ui.money.loaded", hint.Args{"Sum": p.Loaded})
	}
	v.Bar = w.moneyBar(p.Accounts, known)
	v.Matters = w.moneyMatters(l)
	switch l.By {
	case store.ByDay, store.ByMonth:
		v.Heads = []string{w.T("ui.money.col.loaded"), w.T("ui.money.col.reserved"), w.T("ui.money.col.released"), w.T("ui.money.col.spent"), w.T("ui.money.col.letters")}
	case store.ByCentre:
		v.Heads = []string{w.T("ui.money.col.held"), w.T("ui.money.col.spent"), w.T("ui.money.col.letters")}
	default:
		v.Heads = []string{w.T("ui.money.col.sum"), w.T("ui.money.col.held"), w.T("ui.money.col.spent"), w.T("ui.money.col.letters")}
		v.Lines = w.moneyOfBatches(l)
		if len(v.Lines) == 0 {
			v.Empty = w.T("ui.money.empty")
		}
		return v
	}
	for i := len(l.Report.Sums) - 1; i >= 0; i-- { // the latest first
		m := l.Report.Sums[i]
		line := MoneyLine{Title: w.moneyKey(l.By, m.Key)}
		if l.By != store.ByCentre {
			line.Cells = []string{w.sum(m.Loaded), w.sum(m.Reserved), w.sum(m.Released)}
		} else {
			line.Cells = []string{w.sum(m.Held)}
		}
		line.Cells = append(line.Cells, w.sum(m.Spent), w.count(m.Pieces))
		v.Lines = append(v.Lines, line)
	}
	if len(v.Lines) == 0 {
		v.Empty = w.T("ui.money.nothing-moved")
	}
	return v
}

// sum writes a sum for a table; nothing is a dash.
func (w Words) sum(k postal.Kopecks) string {
	if k == 0 {
		return "—"
	}
	return k.Office()
}

func (w Words) count(n int) string {
	if n == 0 {
		return "—"
	}
	return w.Number(n)
}

// moneyBar are the accounts as parts of what was loaded. Without a balance there is no whole: only what is reserved and spent is told.
func (w Words) moneyBar(a store.Accounts, known bool) []Slice {
	whole := a.Spent + a.Reserved
	if known {
		whole += max(a.Free, 0)
	}
	part := func(key string, k postal.Kopecks, tone Tone) Slice {
		s := Slice{Label: w.T(key), Sum: k.Office(), Tone: tone}
		if whole > 0 && k > 0 {
			s.Share = float64(k) / float64(whole)
		}
		return s
	}
	list := []Slice{part("ui.money.spent", a.Spent, Muted), part("ui.money.reserved", a.Reserved, Accent)}
	if known {
		tone := OK
		if a.Free < 0 {
			tone = Warn
		}
		list = append(list, part("ui.money.free", a.Free, tone))
	}
	return list
}

// moneyMatters are the warnings of batches, what will lack, and what nothing explains.
func (w Words) moneyMatters(l MoneyLook) []CardLine {
	var list []CardLine
	if k := l.Status.Lacking; k != nil && *k > 0 {
		list = append(list, CardLine{Text: w.Say("ui.money.lacking", hint.Args{"Sum": *k, "All": l.Status.InBatches}), Tone: Warn})
	}
	for _, b := range l.Batches {
		if b.Warning != nil {
			list = append(list, CardLine{Text: w.Reason(*b.Warning), Tone: Warn, Batch: b.Name})
			break // one says enough: the others follow from it
		}
	}
	if p := l.Report.Purse; p.Unexplained > 0 {
		list = append(list, CardLine{Text: w.Say("money.unexplained", hint.Args{"Sum": p.Unexplained, "Pending": p.Pending}), Tone: Muted})
	}
	return list
}

// moneyOfBatches shows what each batch takes, the latest sending date first.
func (w Words) moneyOfBatches(l MoneyLook) []MoneyLine {
	sums := map[string]store.MoneySum{}
	for _, m := range l.Report.Sums {
		sums[m.Key] = m
	}
	sorted := append([]station.BatchView(nil), l.Batches...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].SendingDate > sorted[j].SendingDate })
	var list []MoneyLine
	for _, b := range sorted {
		m := sums[b.Name]
		list = append(list, MoneyLine{Batch: b.Name, Title: w.Say("ui.batch.title", hint.Args{"Name": b.Name}), About: w.about(b),
			Cells: []string{w.sum(b.Sum), w.sum(m.Held), w.sum(m.Spent), w.count(m.Pieces)}})
	}
	return list
}

func (w Words) moneyKey(by store.MoneyBy, key string) string {
	switch by {
	case store.ByDay:
		return postal.Date(key).Office()
	case store.ByMonth:
		if t, err := time.Parse("2006-01", key); err == nil {
			return w.Say("ui.month."+t.Format("1"), hint.Args{"Year": t.Format("2006")})
		}
	case store.ByCentre:
		if key == "" {
			return w.T("money.no-centre")
		}
	}
	return key
}

// Unreserved are the open batches for which the money is not laid aside yet: what an advance may be paid for.
func Unreserved(list []station.BatchView) []station.BatchView {
	var out []station.BatchView
	for _, b := range list {
		if b.ApprovedAt.IsZero() && b.HandedAt.IsZero() && b.Status == postal.BatchCreated && b.Payment == postal.PaidByMark && b.UseOnlineBalance {
			out = append(out, b)
		}
	}
	return out
}
