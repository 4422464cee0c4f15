package view

import (
	"strings"
	"time"

	"znak/app/hint"
	"znak/app/station"
	"znak/printer"
)

// Run is a print run while it goes on: three truths beside each other, what was given to the printer, what is surely printed, and
// what nobody knows; never a percentage alone.
type Run struct {
	Title   string  // «Печать партии 506»
	Big     string  // «312 из 800»
	Share   float64 // 0…1 of what was given to the printer
	Printed string
	Unknown string // "" where there is none
	Speed   string // «54 письма в минуту»
	Left    string // «ещё около 9 мин»
	Current string // «Сейчас: 101000 12 34567 8»
	State   string // «Идёт печать», «Пауза», «Остановка после этого письма», «Застрял конверт»
	Tone    Tone
	Help    string // what to do about a fault of the printer; "" where there is none
	Device  string // the printer's own words
}

// RunClock remembers since when a run goes, pauses left out, to tell its speed.
type RunClock struct {
	Batch    string
	Stopping bool
	started  time.Time
	paused   time.Time
	idle     time.Duration
}

// NewRunClock starts the clock of a run.
func NewRunClock(batch string, now time.Time) *RunClock { return &RunClock{Batch: batch, started: now} }

// RunOf shows the progress p as of now.
func (w Words) RunOf(c *RunClock, p station.PrintProgress, now time.Time) Run {
	if p.Paused && c.paused.IsZero() {
		c.paused = now
	}
	if !p.Paused && !c.paused.IsZero() {
		c.idle += now.Sub(c.paused)
		c.paused = time.Time{}
	}
	v := Run{
		Title:   w.Say("ui.print.title", hint.Args{"Batch": c.Batch}),
		Big:     w.Say("ui.print.of", hint.Args{"N": w.Number(p.Sent), "Of": w.Number(p.Asked)}),
		Printed: w.plain("ui.print.printed", p.Printed),
		Tone:    Accent,
		State:   w.T("ui.print.running"),
	}
	if p.Asked > 0 {
		v.Share = float64(p.Sent) / float64(p.Asked)
	}
	if p.Unknown > 0 {
		v.Unknown = w.plain("ui.print.unknown", p.Unknown)
	}
	if p.Current != "" {
		v.Current = w.Say("ui.print.current", hint.Args{"ShPI": p.Current.Grouped()})
	}
	if fault(p.State) {
		v.Help = w.T("ui.print.help." + string(p.State))
		v.Device = strings.Join(p.Words, " · ")
	}
	busy := now.Sub(c.started) - c.idle
	switch {
	case c.Stopping:
		v.State, v.Tone = w.T("ui.print.stopping"), Warn
	case v.Help != "":
		v.State, v.Tone = w.T("printer.state."+string(p.State)), Stop
	case p.Paused:
		v.State, v.Tone = w.T("ui.print.paused"), Warn
	case p.Sent >= 3 && busy > time.Second:
		perSecond := float64(p.Sent) / busy.Seconds()
		v.Speed = w.N("ui.print.speed", int(perSecond*60+0.5))
		if left := p.Asked - p.Sent; left > 0 {
			v.Left = w.Say("ui.print.left", hint.Args{"Time": w.Duration(time.Duration(float64(left) / perSecond * float64(time.Second)))})
		}
	}
	return v
}

// fault reports whether a printer in this state prints nothing until somebody does something.
func fault(s printer.State) bool {
	switch s {
	case "", printer.Ready, printer.Printing, printer.Done, printer.Unknown:
		return false
	}
	return true
}

// Report is the end of a run.
type Report struct {
	Tone    Tone
	Title   string   // «Напечатано 800 писем»
	Lines   []string // what else is true
	Refused []string // letters that were not taken, with the reason
	Files   []string
	Next    Action
}

// maxRefusals is how many letters are named one by one; the rest is a count.
const maxRefusals = 20

// ReportOf shows the outcome of a run of the batch.
func (w Words) ReportOf(batch string, r station.PrintReport) Report {
	v := Report{Tone: OK, Title: w.N("ui.report.printed", r.Printed), Files: r.Files}
	if r.Stopped {
		v.Lines = append(v.Lines, w.T("ui.report.stopped"))
	}
	if r.Unknown > 0 {
		v.Tone = Warn
		v.Lines = append(v.Lines, w.N("ui.report.unknown", r.Unknown))
	}
	if r.Queued > 0 {
		v.Tone = Warn
		v.Lines = append(v.Lines, w.N("ui.report.queued", r.Queued))
	}
	if r.Failed > 0 {
		v.Tone = Warn
		v.Lines = append(v.Lines, w.N("ui.report.failed", r.Failed))
	}
	if len(r.Refused) > 0 {
		v.Tone = Warn
		v.Lines = append(v.Lines, w.N("ui.report.refused", len(r.Refused)))
	}
	v.Refused = w.refusals(r.Refused)
	if r.Printed == 0 && v.Tone == OK && len(v.Lines) == 0 {
		v.Tone = Muted
	}
	if r.Printed+r.Unknown > 0 {
		v.Next = Action{Do: DoVerify, Batch: batch, Label: w.N("ui.do.verify", r.Printed+r.Unknown), Alive: true}
	} else {
		v.Next = Action{Do: DoOpen, Batch: batch, Label: w.T("ui.do.to-batch"), Alive: true}
	}
	return v
}

func (w Words) refusals(list []station.Refusal) []string {
	var out []string
	for i, r := range list {
		if i == maxRefusals {
			out = append(out, w.plain("ui.report.more", len(list)-i))
			break
		}
		line := w.Reason(r.Reason)
		if !strings.Contains(line, r.ShPI.Grouped()) {
			line = w.Say("ui.report.line", hint.Args{"ShPI": r.ShPI.Grouped(), "Reason": line})
		}
		out = append(out, line)
	}
	return out
}

// HandOver is the outcome of handing a batch over.
type HandOver struct {
	Tone    Tone
	Title   string
	Lines   []string
	Missing []string
	Files   []string
}

// HandOverOf shows r.
func (w Words) HandOverOf(r station.HandOverReport) HandOver {
	v := HandOver{Files: r.Files, Missing: w.refusals(r.Missing)}
	if len(r.Missing) > 0 {
		v.Tone = Warn
		v.Title = w.N("ui.handover.missing", len(r.Missing), hint.Args{"Batch": r.Batch})
		return v
	}
	v.Tone = OK
	v.Title = w.N("ui.handover.done", r.Verified, hint.Args{"Batch": r.Batch})
	if r.Queued {
		v.Lines = append(v.Lines, w.T("ui.handover.queued"))
	}
	return v
}

// PullOf is the one line after asking the post.
func (w Words) PullOf(r station.PullReport) (Tone, string) {
	tone, s := OK, w.Say("ui.pull.done", hint.Args{"Batches": w.N("ui.batches.n", r.Batches), "Letters": w.N("ui.letters", r.Pieces)})
	if r.Stale > 0 {
		return Stop, s + " " + w.N("ui.pull.stale", r.Stale)
	}
	if r.Changed > 0 {
		s += " " + w.N("ui.pull.changed", r.Changed)
	}
	if len(r.Problems) > 0 {
		return Warn, s + " " + w.N("ui.pull.problems", len(r.Problems))
	}
	return tone, s
}

// OthersReady names the printers that a run may go on at, other than the one it is at: those that are ready and not paused.
func OthersReady(list []station.PrinterView, at string) []string {
	var names []string
	for i, p := range list {
		if p.Info.Name == at || at == "" && i == 0 || p.Held || p.URI == "" { // a folder of files is no printer to go on at
			continue
		}
		if p.State == printer.Ready || p.State == printer.Done {
			names = append(names, p.Info.Name)
		}
	}
	return names
}
