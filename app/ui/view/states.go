package view

import "znak/app/postal"

// State is the state of a piece as it is shown: a word, a shape and a tone, never a colour alone.
type State struct {
	State postal.PieceState
	Word  string
	Tone  Tone
}

// StateCount is how many pieces are in a state.
type StateCount struct {
	State
	Count int
	Text  string // «проверено 412»
}

var stateTones = map[postal.PieceState]Tone{
	postal.StatePulled:    Muted,
	postal.StateQueued:    Accent,
	postal.StatePrinted:   Accent,
	postal.StateUnknown:   Warn,
	postal.StateVerified:  OK,
	postal.StateStale:     Stop,
	postal.StateSpoiled:   Warn,
	postal.StateHanded:    OK,
	postal.StateAccepted:  OK,
	postal.StateRefused:   Stop,
	postal.StateDelivered: OK,
	postal.StateWithdrawn: Muted,
	postal.StateOrphan:    Stop,
}

// StateOf shows s; a state this program does not know is shown by its code.
func (w Words) StateOf(s postal.PieceState) State {
	return State{s, w.SayOr("state."+string(s), string(s)), stateTones[s]}
}

// Counts are the states that occur, in the order of a piece's life.
func (w Words) Counts(states map[postal.PieceState]int) []StateCount {
	var list []StateCount
	for _, s := range postal.PieceStates {
		if n := states[s]; n > 0 {
			shown := w.StateOf(s)
			list = append(list, StateCount{shown, n, w.Say("ui.state-count", map[string]any{"State": shown.Word, "N": w.Number(n)})})
		}
	}
	return list
}

// Count adds up the pieces in several states.
func Count(states map[postal.PieceState]int, of []postal.PieceState) (n int) {
	for _, s := range of {
		n += states[s]
	}
	return n
}

// left counts the pieces of states that wait for a scanner.
func toVerify(states map[postal.PieceState]int) int {
	return states[postal.StatePrinted] + states[postal.StateUnknown] + states[postal.StateQueued]
}

// seen counts the pieces a scanner has seen, and what has happened to them since.
func seen(states map[postal.PieceState]int) int {
	return states[postal.StateVerified] + states[postal.StateHanded] + states[postal.StateAccepted] + states[postal.StateDelivered]
}
