package exchange

import (
	"cmp"
	"slices"
	"time"

	"znak/app/postal"
)

// Gain is a growth of the loaded balance as the money ledger knows it: on which day it was first seen, and how much.
type Gain struct {
	Day     postal.Date
	Kopecks postal.Kopecks
}

// TopUp is a payment to the post that an imported statement tells of.
type TopUp struct {
	Day     postal.Date
	Kopecks postal.Kopecks
	Number  string
	Account string // the payer's
	Purpose string
}

// Pairing is what belongs together: one payment and one gain, or several of either where only their sums agree.
type Pairing struct {
	TopUps []TopUp
	Gains  []Gain
}

// Why something has no counterpart.
type Why string

const (
	WhyNothing Why = "nothing" // nothing near in time
	WhySum     Why = "sum"     // something is near, with another sum
	WhyDay     Why = "day"     // the same sum is there, but out of the window
	WhyOpening Why = "opening" // it is older than the first balance known, or none is known; the caller says so
	WhyWaiting Why = "waiting" // the window is still open: it may come
)

// LoneTopUp is a payment that the balance has not gained. Near is the gain meant by the reason, nil where there is none.
type LoneTopUp struct {
	TopUp
	Why  Why
	Near *Gain
}

// LoneGain is a gain for which no payment is known.
type LoneGain struct {
	Gain
	Why  Why
	Near *TopUp
}

// Matching is a reconciliation of payments with gains; everything given is in exactly one of its lists.
type Matching struct {
	Pairs         []Pairing
	StatementOnly []LoneTopUp
	BalanceOnly   []LoneGain
}

// MatchParams says what to reconcile.
type MatchParams struct {
	TopUps []TopUp
	Gains  []Gain
	Days   int         // a gain belongs to a payment when it is seen on its day or up to so many days later
	Today  postal.Date // payments whose window is not over wait
}

// groupOf is how many payments may stand behind one gain, or gains behind one payment.
const groupOf = 6

// Match reconciles. Equal sums within the window belong together, the earliest first, which leaves none alone that could have a counterpart; then
// payments that came as one gain, because the balance was asked for only after the last of them; then one payment seen in several gains.
func Match(p MatchParams) Matching {
	m := &matcher{MatchParams: p, ups: slices.Clone(p.TopUps), gains: slices.Clone(p.Gains)}
	slices.SortStableFunc(m.ups, func(a, b TopUp) int { return cmp.Compare(a.Day, b.Day) })
	slices.SortStableFunc(m.gains, func(a, b Gain) int { return cmp.Compare(a.Day, b.Day) })
	m.usedUps, m.usedGains = make([]bool, len(m.ups)), make([]bool, len(m.gains))
	m.equals()
	m.groups()
	m.rest()
	return m.out
}

type matcher struct {
	MatchParams
	ups                []TopUp
	gains              []Gain
	usedUps, usedGains []bool
	out                Matching
}

// within reports whether a gain of day may come from a payment of day paid.
func (m *matcher) within(paid, day postal.Date) bool { return day >= paid && day <= m.last(paid) }

// last is the last day of a payment's window.
func (m *matcher) last(paid postal.Date) postal.Date {
	return postal.DateOf(paid.Time().AddDate(0, 0, m.Days))
}

func (m *matcher) equals() {
	for i, up := range m.ups {
		for j, g := range m.gains {
			if !m.usedGains[j] && g.Kopecks == up.Kopecks && m.within(up.Day, g.Day) {
				m.pair([]int{i}, []int{j})
				break
			}
		}
	}
}

func (m *matcher) groups() {
	for j, g := range m.gains {
		if m.usedGains[j] {
			continue
		}
		var near []int
		for i, up := range m.ups {
			if !m.usedUps[i] && up.Kopecks > 0 && up.Kopecks < g.Kopecks && m.within(up.Day, g.Day) {
				near = append(near, i)
			}
		}
		if set := subset(near, g.Kopecks, func(i int) postal.Kopecks { return m.ups[i].Kopecks }); set != nil {
			m.pair(set, []int{j})
		}
	}
	for i, up := range m.ups {
		if m.usedUps[i] {
			continue
		}
		var near []int
		for j, g := range m.gains {
			if !m.usedGains[j] && g.Kopecks > 0 && g.Kopecks < up.Kopecks && m.within(up.Day, g.Day) {
				near = append(near, j)
			}
		}
		if set := subset(near, up.Kopecks, func(j int) postal.Kopecks { return m.gains[j].Kopecks }); set != nil {
			m.pair([]int{i}, set)
		}
	}
}

// subset finds the smallest set of at most groupOf of the first sixteen that adds up to sum; nil where there is none.
func subset(list []int, sum postal.Kopecks, of func(int) postal.Kopecks) []int {
	list = list[:min(len(list), 16)]
	var best, set []int
	var try func(from int, left postal.Kopecks)
	try = func(from int, left postal.Kopecks) {
		if left == 0 && len(set) > 1 && (best == nil || len(set) < len(best)) {
			best = slices.Clone(set)
		}
		if left <= 0 || len(set) == groupOf || best != nil && len(set)+1 >= len(best) {
			return
		}
		for i := from; i < len(list); i++ {
			set = append(set, list[i])
			try(i+1, left-of(list[i]))
			set = set[:len(set)-1]
		}
	}
	try(0, sum)
	return best
}

func (m *matcher) pair(ups, gains []int) {
	var p Pairing
	for _, i := range ups {
		m.usedUps[i] = true
		p.TopUps = append(p.TopUps, m.ups[i])
	}
	for _, j := range gains {
		m.usedGains[j] = true
		p.Gains = append(p.Gains, m.gains[j])
	}
	m.out.Pairs = append(m.out.Pairs, p)
}

// rest lists what is left, with what comes nearest to a counterpart among the others that are left.
func (m *matcher) rest() {
	for i, up := range m.ups {
		if m.usedUps[i] {
			continue
		}
		lone := LoneTopUp{TopUp: up, Why: WhyNothing}
		if up.Day <= m.Today && m.Today <= m.last(up.Day) {
			lone.Why = WhyWaiting
		}
		if near, why := nearest(up.Day, up.Kopecks, m.gains, m.usedGains, func(g Gain) (postal.Date, postal.Kopecks) { return g.Day, g.Kopecks },
			func(g Gain) bool { return m.within(up.Day, g.Day) }); near != nil {
			lone.Near, lone.Why = near, why
		}
		m.out.StatementOnly = append(m.out.StatementOnly, lone)
	}
	for j, g := range m.gains {
		if m.usedGains[j] {
			continue
		}
		lone := LoneGain{Gain: g, Why: WhyNothing}
		if near, why := nearest(g.Day, g.Kopecks, m.ups, m.usedUps, func(u TopUp) (postal.Date, postal.Kopecks) { return u.Day, u.Kopecks },
			func(u TopUp) bool { return m.within(u.Day, g.Day) }); near != nil {
			lone.Near, lone.Why = near, why
		}
		m.out.BalanceOnly = append(m.out.BalanceOnly, lone)
	}
}

// nearest looks among what is left for the same sum at another time, else for another sum in the window.
func nearest[T any](day postal.Date, sum postal.Kopecks, list []T, used []bool, of func(T) (postal.Date, postal.Kopecks), within func(T) bool) (*T, Why) {
	var found *T
	why := WhyNothing
	var distance time.Duration
	for i := range list {
		if used[i] {
			continue
		}
		d, k := of(list[i])
		reason := WhySum
		switch {
		case k == sum:
			reason = WhyDay
		case !within(list[i]):
			continue
		}
		away := d.Time().Sub(day.Time()).Abs()
		if found == nil || reason == WhyDay && why == WhySum || reason == why && away < distance {
			found, why, distance = &list[i], reason, away
		}
	}
	return found, why
}
