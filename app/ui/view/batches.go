package view

import (
	"sort"
	"strings"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
)

// Batch is one batch as the list and its own page show it.
type Batch struct {
	Name    string
	Title   string // «Партия 506»
	About   string // DL · заказные · 800 писем · сдача 23.11.2026 · ОПС 101000
	Sum     string
	Centre  string // the cost centre
	States  []StateCount
	Pieces  int
	Tone    Tone
	Ready   string   // «Готова к печати», or what is the matter, one sentence
	Short   string   // the same where the reasons stand beside the button
	Reasons []string // all reasons in words
	Notes   []string // what a person should look at besides: unknown letters, stale ones, what waits for the post
	Next    Action   // the one thing to do now
	Actions []Action // print, verify, hand over, approve: dead ones with the reason
	Closed  bool     // handed over or gone from the station's hands
	raw     station.BatchView
}

// BatchOf shows b.
func (w Words) BatchOf(b station.BatchView) Batch {
	v := Batch{
		Name:    b.Name,
		Title:   w.Say("ui.batch.title", hint.Args{"Name": b.Name}),
		About:   w.about(b),
		Sum:     b.Sum.Office(),
		Centre:  b.Centre,
		States:  w.Counts(b.States),
		Pieces:  b.Pieces,
		Reasons: w.Reasons(b.Reasons),
		Closed:  !b.HandedAt.IsZero() || b.Status != postal.BatchCreated,
		raw:     b,
	}
	v.Notes = w.notes(b)
	if b.Warning != nil {
		v.Notes = append([]string{w.Reason(*b.Warning)}, v.Notes...)
	}
	print, verify, hand, approve := w.printAction(b, v), w.verifyAction(b), w.handAction(b, v), w.approveAction(b)
	unapproved := approve.Alive
	print, verify, hand, approve = w.permit(print), w.permit(verify), w.permit(hand), w.permit(approve)
	v.Actions = []Action{print, verify, hand}
	if unapproved {
		v.Actions = append([]Action{approve}, v.Actions...)
	}
	v.Tone, v.Ready = w.readiness(b, v)
	v.Short = v.Ready
	if len(b.Reasons) > 0 && !v.Closed && !unapproved {
		v.Short = w.T("ui.batch.not-ready")
	}
	switch {
	case approve.Alive:
		v.Next = approve
	case print.Alive:
		v.Next = print
	case verify.Alive:
		v.Next = verify
	case hand.Alive:
		v.Next = hand
	case len(b.Waiting) > 0:
		v.Next = Action{Do: DoWait, Label: w.T("ui.do.outbox"), Batch: b.Name, Alive: true}
	default:
		v.Next = Action{Do: DoOpen, Label: w.T("ui.do.show"), Batch: b.Name, Alive: true}
		if len(b.Reasons) > 0 && !v.Closed {
			switch helps[b.Reasons[0].Key] {
			case DoPull:
				v.Next = Action{Do: DoPull, Label: w.T("ui.do.pull"), Batch: b.Name, Alive: true}
			case DoMoney:
				v.Next = Action{Do: DoMoney, Label: w.T("ui.do.money"), Batch: b.Name, Alive: true}
			}
		}
	}
	return v
}

func (w Words) about(b station.BatchView) string {
	day, office := "", ""
	if b.SendingDate != "" {
		day = w.Say("ui.batch.day", hint.Args{"Day": b.SendingDate})
	}
	if b.Office != "" {
		office = w.Say("ui.batch.office", hint.Args{"Index": string(b.Office)})
	}
	return joined(w.envelopes(b), w.category(b.Batch), w.N("ui.letters", b.Pieces), day, office)
}

func (w Words) envelopes(b station.BatchView) string {
	if b.Envelope != "" {
		return string(b.Envelope)
	}
	var kinds []string
	for k := range b.Envelopes {
		kinds = append(kinds, string(k))
	}
	sort.Strings(kinds)
	return strings.Join(kinds, " + ")
}

func (w Words) category(b postal.Batch) string {
	other := b.CategoryText
	if other == "" {
		other = string(b.Category)
	}
	return w.SayOr("ui.category."+string(b.Category), other)
}

func (w Words) readiness(b station.BatchView, v Batch) (Tone, string) {
	s := b.States
	switch {
	case len(b.Waiting) > 0 && !b.HandedAt.IsZero():
		return Accent, w.Say("ui.batch.waiting", hint.Args{"Since": w.Moment(b.HandedAt)})
	case !b.HandedAt.IsZero():
		return OK, w.Say("ui.batch.handed", hint.Args{"When": w.Moment(b.HandedAt)})
	case b.Ready && b.ToPrint > 0:
		return OK, w.N("ui.batch.ready", b.ToPrint)
	case len(b.Reasons) > 0:
		text := v.Reasons[0]
		if len(b.Reasons) > 1 {
			text = w.N("ui.batch.more-reasons", len(b.Reasons)-1, hint.Args{"Reason": text})
		}
		if len(b.Reasons) == 1 && b.Reasons[0].Key == "station.ready.approval" {
			return Accent, text
		}
		if b.Status != postal.BatchCreated {
			return Muted, text
		}
		return Warn, text
	case s[postal.StateUnknown] > 0:
		return Warn, w.N("ui.batch.unknown", s[postal.StateUnknown])
	case toVerify(s) > 0:
		return Accent, w.N("ui.batch.to-verify", toVerify(s))
	case s[postal.StateVerified] > 0:
		return OK, w.N("ui.batch.verified", s[postal.StateVerified])
	}
	return Muted, w.T("ui.batch.nothing")
}

func (w Words) notes(b station.BatchView) []string {
	var notes []string
	for _, s := range []postal.PieceState{postal.StateUnknown, postal.StateStale, postal.StateSpoiled, postal.StateOrphan, postal.StateRefused} {
		if n := b.States[s]; n > 0 {
			notes = append(notes, w.N("ui.note."+string(s), n))
		}
	}
	return notes
}

func (w Words) printAction(b station.BatchView, v Batch) Action {
	a := Action{Do: DoPrint, Batch: b.Name, Label: w.N("ui.do.print", b.ToPrint)}
	switch {
	case b.Ready && b.ToPrint > 0:
		a.Alive = true
	case b.ToPrint == 0:
		a.Label = w.T("ui.do.print-none")
		a.Why = w.T("ui.why.printed")
	case len(v.Reasons) > 0:
		a.Why = v.Reasons[0]
	}
	return a
}

func (w Words) verifyAction(b station.BatchView) Action {
	n := toVerify(b.States)
	a := Action{Do: DoVerify, Batch: b.Name, Label: w.N("ui.do.verify", n), Alive: n > 0}
	if n == 0 {
		a.Label = w.T("ui.do.verify-none")
		a.Why = w.T("ui.why.nothing-to-verify")
		if seen(b.States) > 0 {
			a.Why = w.T("ui.why.all-verified")
		}
	}
	return a
}

// handAction is alive where the station is likely to agree; what really lacks, the station itself says.
func (w Words) handAction(b station.BatchView, v Batch) Action {
	a := Action{Do: DoHandOver, Batch: b.Name, Label: w.T("ui.do.handover")}
	verified, alive := b.States[postal.StateVerified], b.Pieces-b.States[postal.StateWithdrawn]-b.States[postal.StateOrphan]
	switch {
	case !b.HandedAt.IsZero():
		a.Why = w.Say("ui.why.handed", hint.Args{"When": w.Moment(b.HandedAt)})
	case b.Status != postal.BatchCreated && len(v.Reasons) > 0:
		a.Why = v.Reasons[0]
	case verified == 0:
		a.Why = w.T("ui.why.nothing-verified")
	case verified < alive:
		a.Why = w.N("ui.why.not-verified", alive-verified)
	default:
		a.Alive = true
	}
	return a
}

func (w Words) approveAction(b station.BatchView) Action {
	a := Action{Do: DoApprove, Batch: b.Name, Label: w.Say("ui.do.approve", hint.Args{"Sum": b.Sum})}
	a.Alive = len(b.Reasons) == 1 && b.Reasons[0].Key == "station.ready.approval"
	return a
}

// Batches is the list: what can be worked on first, the nearest day of handing in first; closed batches below, the newest first.
type Batches struct {
	Open   []Batch
	Closed []Batch
	Empty  string // what to do where there is nothing
}

// BatchesOf orders and shows the batches.
func (w Words) BatchesOf(list []station.BatchView) Batches {
	sorted := append([]station.BatchView(nil), list...)
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i], sorted[j]
		if a.SendingDate != b.SendingDate {
			return a.SendingDate < b.SendingDate
		}
		return a.Name < b.Name
	})
	var v Batches
	for _, b := range sorted {
		shown := w.BatchOf(b)
		if shown.Closed {
			v.Closed = append([]Batch{shown}, v.Closed...)
		} else {
			v.Open = append(v.Open, shown)
		}
	}
	if len(list) == 0 {
		v.Empty = w.T("ui.batches.empty")
	}
	return v
}
