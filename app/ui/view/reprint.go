package view

import (
	"strings"

	"znak/app/hint"
	"znak/app/postal"
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
