package view

import (
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
)

// Today answers three questions without a click: what can I print now, what is stuck, how is the money.
type Today struct {
	Date  string
	Print Card
	Stuck Card
	Money Card
	Flow  []Step
	// Offline is always true, with or without the network.
	Offline string
	Notices []string // what a person should know of the store
	Empty   string   // what to do where there is no batch at all
}

// Card is one question with its answer, lines below it, and at most one button.
type Card struct {
	Title string
	Big   string
	Tone  Tone
	Lines []CardLine
	Next  Action
}

// CardLine is a line of a card; Batch, or Screen with Arg, says where it leads.
type CardLine struct {
	Text   string
	Tone   Tone
	Batch  string
	Screen string
	Arg    string
}

// Step is one stage of the flow picture; its count opens the list of its letters, FlowStates.
type Step struct {
	Key   string
	Label string
	Count string
	N     int
	Tone  Tone
}

// flow are the stages from pulled to handed over. Given to a printer is not printed: it is a stage of its own, shown while anything is in it.
var flow = []struct {
	key    string
	tone   Tone
	states []postal.PieceState
}{
	{"to-print", Plain, []postal.PieceState{postal.StatePulled, postal.StateSpoiled}},
	{"sent", Accent, []postal.PieceState{postal.StateQueued, postal.StateUnknown}},
	{"printed", Accent, []postal.PieceState{postal.StatePrinted}},
	{"verified", OK, []postal.PieceState{postal.StateVerified}},
	{"handed", OK, []postal.PieceState{postal.StateHanded}},
	{"accepted", OK, []postal.PieceState{postal.StateAccepted, postal.StateDelivered}},
}

// FlowStates are the states of the letters that a stage counts; none for a key that is no stage.
func FlowStates(key string) []postal.PieceState {
	for _, step := range flow {
		if step.key == key {
			return step.states
		}
	}
	return nil
}

// TodayOf answers them.
func (w Words) TodayOf(st station.Status, list []station.BatchView, notices []station.Reason, now time.Time) Today {
	v := Today{Date: w.Say("ui.today.date", hint.Args{"Day": w.Day(now)}), Offline: w.Offline(st), Notices: w.Reasons(notices)}
	if len(list) == 0 {
		v.Empty = w.T("ui.today.empty")
	}
	v.Print, v.Stuck, v.Money = w.printCard(list), w.stuckCard(st, list), w.moneyCard(st)
	for _, step := range flow {
		n := Count(st.States, step.states)
		tone := step.tone
		if step.key == "sent" && n == 0 {
			continue
		}
		if n == 0 {
			tone = Muted
		}
		v.Flow = append(v.Flow, Step{step.key, w.T("ui.flow." + step.key), w.Number(n), n, tone})
	}
	return v
}

// maxCardLines keeps a card a card; the rest is in the list.
const maxCardLines = 4

func (w Words) printCard(list []station.BatchView) Card {
	c := Card{Title: w.T("ui.today.print"), Tone: Muted}
	n, batches, sum := 0, 0, postal.Kopecks(0)
	byKind := map[postal.EnvelopeKind]int{}
	var first *station.BatchView
	for i, b := range list {
		if !b.Ready || b.ToPrint == 0 {
			continue
		}
		n += b.ToPrint
		sum += b.Sum
		batches++
		byKind[b.Envelope] += b.ToPrint
		if first == nil || b.SendingDate < first.SendingDate {
			first = &list[i]
		}
	}
	c.Big = w.N("ui.letters", n)
	if n == 0 {
		c.Lines = []CardLine{{Text: w.T("ui.today.nothing-to-print"), Tone: Muted}}
		return c
	}
	c.Tone = OK
	c.Lines = append(c.Lines, CardLine{Text: w.N("ui.today.sum", batches, hint.Args{"Sum": sum}), Screen: ScreenBatches, Arg: FindReady})
	for _, f := range postal.EnvelopeFormats {
		if k := byKind[f.Kind]; k > 0 {
			c.Lines = append(c.Lines, CardLine{Text: w.Say("ui.today.kind", hint.Args{"Kind": string(f.Kind), "N": w.Number(k)}), Screen: ScreenBatches, Arg: string(f.Kind)})
		}
	}
	c.Next = w.permit(Action{Do: DoPrint, Batch: first.Name, Alive: true, Label: w.Say("ui.do.print-batch", hint.Args{"Batch": first.Name})})
	if !c.Next.Alive {
		c.Next = Action{Do: DoOpen, Batch: first.Name, Alive: true, Label: w.T("ui.do.show")}
	}
	return c
}

func (w Words) stuckCard(st station.Status, list []station.BatchView) Card {
	c := Card{Title: w.T("ui.today.stuck"), Tone: OK}
	var first string
	n := 0
	add := func(line CardLine) {
		n++
		if len(c.Lines) < maxCardLines {
			c.Lines = append(c.Lines, line)
		}
		if first == "" {
			first = line.Batch
		}
	}
	for _, b := range list {
		v := w.BatchOf(b)
		if v.Closed {
			continue
		}
		if len(b.Reasons) > 0 {
			add(CardLine{Text: w.Say("ui.today.stuck-batch", hint.Args{"Batch": b.Name, "Reason": v.Ready}), Tone: Warn, Batch: b.Name})
		}
		for _, note := range v.Notes {
			add(CardLine{Text: w.Say("ui.today.stuck-batch", hint.Args{"Batch": b.Name, "Reason": note}), Tone: Warn, Batch: b.Name})
		}
	}
	if st.Dead > 0 {
		add(CardLine{Text: w.N("ui.status.dead", st.Dead), Tone: Stop, Screen: ScreenOutbox})
	}
	if n == 0 {
		c.Big = w.T("ui.today.nothing-stuck")
		return c
	}
	c.Tone, c.Big = Warn, w.N("ui.today.matters", n)
	if n > len(c.Lines) {
		c.Lines = append(c.Lines, CardLine{Text: w.plain("ui.today.more", n-len(c.Lines)), Tone: Muted, Screen: ScreenBatches, Arg: FindStuck})
	}
	if first != "" {
		c.Next = Action{Do: DoOpen, Batch: first, Alive: true, Label: w.T("ui.do.show")}
	} else {
		c.Next = Action{Do: DoWait, Alive: true, Label: w.T("ui.do.outbox")}
	}
	return c
}

func (w Words) moneyCard(st station.Status) Card {
	c := Card{Title: w.T("ui.today.money"), Tone: Plain}
	if st.Balance == nil {
		c.Big, c.Tone = w.T("ui.money.unknown"), Muted
		c.Lines = []CardLine{{Text: w.T("ui.money.unknown-note"), Tone: Muted}}
		return c
	}
	c.Big = st.Balance.Office()
	if st.Free != nil {
		c.Title, c.Big = w.T("ui.today.free"), st.Free.Office()
		if *st.Free < 0 {
			c.Tone = Warn
		}
	}
	balance := w.Say("ui.status.balance", hint.Args{"Sum": *st.Balance})
	if st.BalanceOf != "" {
		balance = w.Say("ui.status.balance-of", hint.Args{"Sum": *st.Balance, "Of": w.AsOf(st.BalanceOf)})
	}
	c.Lines = []CardLine{{Text: balance, Screen: ScreenMoney}, {Text: w.Say("ui.today.reserved", hint.Args{"Sum": st.Reserved}), Screen: ScreenMoney}}
	if st.Lacking != nil && *st.Lacking > 0 {
		c.Tone = Warn
		c.Lines = append(c.Lines, CardLine{Text: w.Say("ui.money.lacking", hint.Args{"Sum": *st.Lacking, "All": st.InBatches}), Tone: Warn, Screen: ScreenMoney})
	}
	return c
}
