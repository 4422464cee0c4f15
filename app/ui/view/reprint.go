package view

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
)

// Reprint is the desk where a spoiled envelope is made void.
type Reprint struct {
	Detail  Detail
	Reasons []Choice
	Alive   bool
	Why     string // why this piece cannot be made void
	Label   string // of the button
}

// Choice is one of several.
type Choice struct{ Key, Label string }

// ReprintReasons are the reasons a clerk chooses from; the keys go into the ledger.
var ReprintReasons = []string{"torn", "smeared", "jammed", "wrong-tray", "lost"}

// Reasons for reprinting in words.
func (w Words) ReprintReasons() []Choice {
	var list []Choice
	for _, r := range ReprintReasons {
		list = append(list, Choice{r, w.T("ui.reason." + r)})
	}
	return list
}

// ReprintOf shows what can be done with the found piece.
func (w Words) ReprintOf(d Detail) Reprint {
	v := Reprint{Detail: d, Reasons: w.ReprintReasons(), Label: w.T("ui.reprint.do")}
	switch s := d.State.State; s {
	case postal.StatePrinted, postal.StateUnknown, postal.StateVerified, postal.StateStale, postal.StateOrphan:
		v.Alive = true
	case postal.StateSpoiled:
		v.Why = w.T("ui.reprint.why.spoiled")
	case postal.StatePulled, postal.StateWithdrawn:
		v.Why = w.T("ui.reprint.why.not-printed")
	case postal.StateQueued:
		v.Why = w.T("ui.reprint.why.queued")
	default:
		v.Why = w.Say("ui.reprint.why.gone", hint.Args{"State": d.State.Word})
	}
	return v
}

// CleanQuery prepares what a person typed into the search: spaces around and between the digits of a ШПИ go.
func CleanQuery(s string) string {
	s = strings.TrimSpace(s)
	if id, err := postal.ParseShPI(s); err == nil {
		return string(id)
	}
	return s
}

// Owed is a letter of which void envelopes are somewhere.
type Owed struct {
	ShPI       postal.ShPI
	Head, Tail string
	Batch      string
	About      string // how many, why, since when
}

// OwedOf lists what must be destroyed or declared missing.
func (w Words) OwedOf(list []station.OwedRow) []Owed {
	var out []Owed
	for _, r := range list {
		v := Owed{ShPI: r.ShPI, Batch: w.Say("ui.batch.title", hint.Args{"Name": r.Batch})}
		v.Head, v.Tail = SplitShPI(r.ShPI)
		why := w.T("ui.reprint.withdrawn")
		if r.Reason != "" {
			why = w.SayOr("ui.reason."+r.Reason, r.Reason)
		}
		v.About = joined(w.N("ui.reprint.envelopes", r.Envelopes), why, w.Moment(r.At), r.Who)
		out = append(out, v)
	}
	return out
}

// Envelopes is how many void envelopes are owed in all.
func Envelopes(list []station.OwedRow) int {
	n := 0
	for _, r := range list {
		n += r.Envelopes
	}
	return n
}

// StaleBatch are the stale letters of one batch, with one button for all of them.
type StaleBatch struct {
	Batch string
	Title string
	Label string // of the button
	Lines []StaleLine
}

// StaleLine is one stale letter with what changed.
type StaleLine struct {
	ShPI       postal.ShPI
	Head, Tail string
	Changes    string
}

// StaleOf lists the printed letters that the post has changed since, batch by batch.
func (w Words) StaleOf(list []station.StaleRow) []StaleBatch {
	var out []StaleBatch
	for _, r := range list {
		if len(out) == 0 || out[len(out)-1].Batch != r.Batch {
			out = append(out, StaleBatch{Batch: r.Batch, Title: w.Say("ui.batch.title", hint.Args{"Name": r.Batch})})
		}
		b := &out[len(out)-1]
		l := StaleLine{ShPI: r.ShPI, Changes: w.changes(r.Changes)}
		l.Head, l.Tail = SplitShPI(r.ShPI)
		b.Lines = append(b.Lines, l)
		b.Label = w.N("ui.reprint.stale-all", len(b.Lines))
	}
	return out
}

// changes tells what changed: "знак; день сдачи: 21.11.2026 › 23.11.2026".
func (w Words) changes(list []station.Change) string {
	var parts []string
	for _, c := range list {
		part := w.Reason(c.Word())
		if c.From != "" || c.To != "" {
			from, to := c.Values()
			part += fmt.Sprintf(": %v › %v", w.Value(from), w.Value(to))
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// DeskAnswer is what a scan of a void envelope came to.
type DeskAnswer struct {
	Tone Tone
	Text string
}

// DeskOf puts it into words.
func (w Words) DeskOf(v station.DeskVerdict) DeskAnswer {
	tone := Stop
	switch v.Outcome {
	case station.OutcomeDestroyed, station.OutcomeSame:
		tone = OK
	case station.OutcomeHalf:
		tone = Accent
	case station.OutcomeAgain:
		tone = Warn
	}
	return DeskAnswer{tone, w.Reason(v.Hint)}
}

// AsksAnother reports whether a refusal asks if an envelope is another than the one that is destroyed already.
func AsksAnother(err error) bool { return refusedWith(err, "station.destroy.again") }

// NeedsSecond reports whether a refusal asks for a second person: for one at all, or for another name, PIN or badge.
func NeedsSecond(err error) bool {
	for _, key := range []string{"station.reprint.second", "station.reprint.same-person", "operator.wrong", "operator.wrong-wait", "operator.wait",
		"operator.needs.confirm", "operator.badge-unknown"} {
		if refusedWith(err, key) {
			return true
		}
	}
	return false
}

func refusedWith(err error, key string) bool {
	var refused *station.Refused
	if !errors.As(err, &refused) {
		return false
	}
	return slices.ContainsFunc(refused.Reasons, func(r station.Reason) bool { return r.Key == key })
}
