package view

import (
	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// Piece is one row of the table of pieces.
type Piece struct {
	Pos    string // place in print order, from 1
	State  State
	ShPI   postal.ShPI
	Head   string // the ШПИ but for its last five digits
	Tail   string // the last five digits, shown bold
	Name   string
	Index  string
	Value  string // of the mark
	Copies string // "" where there is none or one
	Batch  string
	Mark   string // identity of the mark
	Mass   string
	Place  string
	Kind   string // of the envelope
	Note   string // what is the matter with it, in words
}

// PieceOf shows p.
func (w Words) PieceOf(p store.PieceRow) Piece {
	v := Piece{Pos: w.Number(p.Pos + 1), State: w.StateOf(p.State), ShPI: p.ShPI, Name: p.To.Name, Index: string(p.To.Address.Index), Batch: p.Batch}
	v.Head, v.Tail = SplitShPI(p.ShPI)
	v.Place, v.Kind = p.To.Address.Place, string(p.Envelope)
	if p.Mass > 0 {
		v.Mass = w.Say("ui.piece.mass", hint.Args{"N": w.Number(int(p.Mass))})
	}
	if p.Mark != nil {
		v.Value, v.Mark = p.Mark.Value.Office(), p.Mark.ID
	} else {
		v.Value = w.T("ui.piece.no-mark")
	}
	if p.Copies > 1 {
		v.Copies = w.N("ui.piece.copies", p.Copies)
	}
	if p.Problem != "" {
		v.Note = w.SayOr("ui.problem."+p.Problem, p.Problem)
	} else if p.Mark == nil {
		v.Note = w.T("ui.problem.no-mark")
	}
	return v
}

// SplitShPI parts a ШПИ as it is printed in groups: its last five digits are what people compare. Together they read the grouped identifier.
func SplitShPI(id postal.ShPI) (head, tail string) {
	g := id.Grouped()
	if len(id) != 14 {
		return "", g
	}
	// The groups are 6-2-5-1: the last five digits begin within the third.
	return g[:len(g)-6], g[len(g)-6:]
}

// PieceFilter is a choice of states above the table.
type PieceFilter struct {
	Key    string
	Label  string // «Не проверены 388»
	States []postal.PieceState
	Count  int
}

// FiltersOf are the filters that make sense for a batch with these counts; the first is "all".
func (w Words) FiltersOf(states map[postal.PieceState]int) []PieceFilter {
	groups := []struct {
		key    string
		states []postal.PieceState
	}{
		{"all", nil},
		{"to-print", []postal.PieceState{postal.StatePulled, postal.StateSpoiled}},
		{"to-verify", []postal.PieceState{postal.StateQueued, postal.StatePrinted, postal.StateUnknown}},
		{"verified", []postal.PieceState{postal.StateVerified}},
		{"attention", []postal.PieceState{postal.StateUnknown, postal.StateStale, postal.StateOrphan, postal.StateRefused}},
		{"gone", []postal.PieceState{postal.StateHanded, postal.StateAccepted, postal.StateDelivered, postal.StateWithdrawn}},
	}
	var list []PieceFilter
	for _, g := range groups {
		n := 0
		if g.states == nil {
			for _, c := range states {
				n += c
			}
		}
		for _, s := range g.states {
			n += states[s]
		}
		if n == 0 && g.key != "all" {
			continue
		}
		list = append(list, PieceFilter{g.key, w.Say("ui.filter."+g.key, hint.Args{"N": w.Number(n)}), g.states, n})
	}
	return list
}
