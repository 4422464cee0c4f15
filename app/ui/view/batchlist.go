package view

import (
	"sort"
	"strings"

	"znak/app/hint"
	"znak/app/postal"
)

// What the search field of the batches understands besides words.
const (
	FindReady = "=ready" // can be printed now
	FindStuck = "=stuck" // something is the matter
)

// BatchOrder is the order of the list.
type BatchOrder string

const (
	ByDay    BatchOrder = "day" // of handing in
	ByName   BatchOrder = "name"
	BySum    BatchOrder = "sum"     // the largest first
	ByPieces BatchOrder = "letters" // the most first
	ByReady  BatchOrder = "ready"   // what can be printed first
)

// BatchOrders are all of them, the usual one first.
var BatchOrders = []BatchOrder{ByDay, ByName, BySum, ByPieces, ByReady}

// Narrow keeps the batches in which every word of find occurs (in name, kind, day, office, readiness), in an order.
func (w Words) Narrow(list []Batch, find string, by BatchOrder) []Batch {
	var kept []Batch
	for _, b := range list {
		if w.found(b, find) {
			kept = append(kept, b)
		}
	}
	before := func(a, b Batch) bool { return false } // as they come
	switch by {
	case ByName:
		before = func(a, b Batch) bool { return natural(a.Name, b.Name) }
	case BySum:
		before = func(a, b Batch) bool { return a.raw.Sum > b.raw.Sum }
	case ByPieces:
		before = func(a, b Batch) bool { return a.Pieces > b.Pieces }
	case ByReady:
		before = func(a, b Batch) bool { return a.Printable() && !b.Printable() }
	}
	sort.SliceStable(kept, func(i, j int) bool { return before(kept[i], kept[j]) })
	return kept
}

// natural orders names with numbers in them as people do: 9 before 10.
func natural(a, b string) bool {
	if len(a) != len(b) && strings.Trim(a+b, "0123456789") == "" {
		return len(a) < len(b)
	}
	return a < b
}

func (w Words) found(b Batch, find string) bool {
	switch find {
	case "":
		return true
	case FindReady:
		return b.Printable()
	case FindStuck:
		return len(b.Reasons)+len(b.Notes) > 0
	}
	text := strings.ToLower(strings.Join([]string{b.Title, b.About, b.Ready, b.Centre, b.Sum, countsOf(b.States)}, "\n"))
	for _, word := range strings.Fields(strings.ToLower(find)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

func countsOf(states []StateCount) string {
	var s []string
	for _, c := range states {
		s = append(s, c.Text)
	}
	return strings.Join(s, "\n")
}

// Printable reports whether letters of the batch can be printed now.
func (b Batch) Printable() bool {
	return b.raw.Ready && b.raw.ToPrint > 0
}

// SumsOf tells what the batches of a list come to: «6 партий · 2 052 письма · 175 420,00 ₽ · к печати 1 054».
func (w Words) SumsOf(list []Batch) string {
	pieces, toPrint, sum := 0, 0, postal.Kopecks(0)
	for _, b := range list {
		pieces += b.Pieces
		sum += b.raw.Sum
		if b.Printable() {
			toPrint += b.raw.ToPrint
		}
	}
	ready := ""
	if toPrint > 0 {
		ready = w.plain("ui.batches.to-print", toPrint)
	}
	return joined(w.N("ui.batches.n", len(list)), w.N("ui.letters", pieces), sum.Office(), ready)
}

// PrintSeveral is the button for the chosen batches, printed one after another in the order of the list.
func (w Words) PrintSeveral(list []Batch) Action {
	n, pieces := 0, 0
	for _, b := range list {
		if b.Printable() {
			n++
			pieces += b.raw.ToPrint
		}
	}
	a := Action{Do: DoPrint, Alive: n > 0, Label: w.N("ui.batches.print-several", n, hint.Args{"Letters": w.N("ui.letters", pieces)})}
	if n == 0 {
		a.Why = w.T("ui.batches.choose-ready")
		a.Label = w.T("ui.do.print-none")
	}
	return a
}

// helps names the one thing that helps where a batch is not ready, by its first reason; the advice in words stands beside it.
var helps = map[string]Do{
	"station.ready.no-mark":    DoPull, // the post may have issued it meanwhile
	"station.ready.incomplete": DoPull,
	"station.ready.changed":    DoPull,
	"station.ready.problems":   DoOpen,
	"station.ready.money":      DoMoney,
}

// advice are the reasons that splitting a batch helps against: letters that the mark does not suit are taken out at the post and paid otherwise. The post
// allows it while the batch is not handed over (facts/otpravka-api.md §6, user/backlog).
var advice = map[string]string{
	"station.ready.envelope": "ui.split.envelope",
	"station.ready.no-mark":  "ui.split.no-mark",
	"station.ready.category": "ui.split.category",
	"station.ready.payment":  "ui.split.payment",
	"station.ready.type":     "ui.split.category",
}

// SplitOf is the advice how to split a batch that the mark does not suit as a whole; "" where there is none.
func (w Words) SplitOf(b Batch) string {
	if b.Closed {
		return ""
	}
	for _, r := range b.raw.Reasons {
		if key := advice[r.Key]; key != "" {
			return w.T(key)
		}
	}
	return ""
}
