package view

import (
	"sort"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
)

// Money is the account at a glance.
type Money struct {
	Balance string
	AsOf    string
	Note    string // where the balance is not known
	Bar     []Slice
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

// MoneyLine is a batch in the list of money.
type MoneyLine struct {
	Batch string
	Title string
	About string
	Sum   string
	State string
	Tone  Tone
}

// MoneyOf shows balance, reserved and free, and what each batch takes.
func (w Words) MoneyOf(st station.Status, list []station.BatchView) Money {
	var v Money
	if st.Balance == nil {
		v.Balance, v.Note = w.T("ui.money.unknown"), w.T("ui.money.unknown-note")
	} else {
		v.Balance = st.Balance.Office()
		if st.BalanceOf != "" {
			v.AsOf = w.Say("ui.money.of", hint.Args{"Of": w.AsOf(st.BalanceOf)})
		}
	}
	whole := float64(st.Reserved)
	if st.Balance != nil && float64(*st.Balance) > whole {
		whole = float64(*st.Balance)
	}
	share := func(k postal.Kopecks) float64 {
		if whole <= 0 || k <= 0 {
			return 0
		}
		return float64(k) / whole
	}
	v.Bar = append(v.Bar, Slice{w.T("ui.money.reserved"), st.Reserved.Office(), share(st.Reserved), Accent})
	if st.Free != nil {
		tone := OK
		if *st.Free < 0 {
			tone = Warn
		}
		v.Bar = append(v.Bar, Slice{w.T("ui.money.free"), st.Free.Office(), share(*st.Free), tone})
	}
	sorted := append([]station.BatchView(nil), list...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].SendingDate > sorted[j].SendingDate })
	for _, b := range sorted {
		line := MoneyLine{Batch: b.Name, Title: w.Say("ui.batch.title", hint.Args{"Name": b.Name}), About: w.about(b), Sum: b.Sum.Office()}
		switch {
		case b.Status != postal.BatchCreated && b.Status != postal.BatchFrozen:
			line.State, line.Tone = w.T("ui.money.spent"), OK
		case !b.ApprovedAt.IsZero():
			line.Sum = b.ApprovedSum.Office()
			line.State, line.Tone = w.T("ui.money.held"), Accent
		default:
			line.State, line.Tone = w.T("ui.money.not-held"), Muted
		}
		v.Lines = append(v.Lines, line)
	}
	if len(list) == 0 {
		v.Empty = w.T("ui.money.empty")
	}
	return v
}
