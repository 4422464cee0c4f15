package postal

import "fmt"

// PieceState is what has become of a piece here, derived from the ledger's events by Next.
type PieceState string

const (
	StatePulled    PieceState = "pulled"    // known, nothing on paper
	StateQueued    PieceState = "queued"    // given to a device, nothing known yet
	StatePrinted   PieceState = "printed"   // the device is sure
	StateUnknown   PieceState = "unknown"   // may be on paper or not: only a scan or a person clears it
	StateVerified  PieceState = "verified"  // seen again by a scanner, both codes of this piece
	StateStale     PieceState = "stale"     // on paper, but the post has changed what is printed
	StateSpoiled   PieceState = "spoiled"   // its copy is void, a replacement may be printed
	StateHanded    PieceState = "handed"    // handed over, the post is being told
	StateAccepted  PieceState = "accepted"  // the office has taken it in
	StateRefused   PieceState = "refused"   // the office has refused it (tracking operation 44)
	StateDelivered PieceState = "delivered" // tracking operation 2
	StateWithdrawn PieceState = "withdrawn" // no longer in its batch at the post, nothing on paper
	StateOrphan    PieceState = "orphan"    // no longer in its batch at the post, but an envelope with its dead mark exists: destroy it
)

// PieceStates lists the states in the order of a piece's life.
var PieceStates = []PieceState{StatePulled, StateQueued, StatePrinted, StateUnknown, StateVerified, StateStale, StateSpoiled,
	StateHanded, StateAccepted, StateRefused, StateDelivered, StateWithdrawn, StateOrphan}

// EventKind names one thing that happens to a piece or a batch and is written in the ledger for ever.
type EventKind string

const (
	EventPulled     EventKind = "pulled"      // the post showed the piece for the first time
	EventChanged    EventKind = "changed"     // the post shows it with other facts
	EventWithdrawn  EventKind = "withdrawn"   // the post shows the batch without it
	EventIntent     EventKind = "intent"      // about to be sent to a device: committed before the first byte
	EventPrinted    EventKind = "printed"     // the device is sure that it is on paper
	EventNotPrinted EventKind = "not-printed" // the device, or a person, is sure that it is not
	EventUnknown    EventKind = "unknown"     // nobody can say
	EventVerified   EventKind = "verified"    // both codes seen on one envelope
	EventScanned    EventKind = "scanned"     // a scan that changes nothing: repeat, foreign, stale…
	EventSpoiled    EventKind = "spoiled"     // the printed copy is void, with a reason
	EventDestroyed  EventKind = "destroyed"   // a void copy was scanned when it was destroyed
	EventMissing    EventKind = "missing"     // a person says that a void copy cannot be found
	EventHanded     EventKind = "handed"      // part of a hand-over
	EventAccepted   EventKind = "accepted"
	EventRefused    EventKind = "refused"
	EventDelivered  EventKind = "delivered"
	EventOperation  EventKind = "operation" // any other operation the post reports

	// Of whole batches.
	EventBatchPulled   EventKind = "batch-pulled"
	EventBatchChanged  EventKind = "batch-changed"
	EventBatchApproved EventKind = "batch-approved"
	EventBatchHanded   EventKind = "batch-handed"
	EventCheckinSent   EventKind = "checkin-sent"
	EventCheckinFailed EventKind = "checkin-refused"
	EventChangeSent    EventKind = "change-sent"    // another change of the batch is made at the post
	EventChangeRefused EventKind = "change-refused" // the post refused it for good
	EventForgotten     EventKind = "forgotten"      // names and addresses of its pieces are no longer kept

	// Of the account.
	EventBalance EventKind = "balance" // the post has stated another balance

	// Of the people.
	EventOperator EventKind = "operator" // who may sign in, and as what, has changed; somebody signed in or out; or a PIN was wrong too often

	// Of the office.
	EventOffice EventKind = "office" // a setting, a printer, a scanner or the account is another one now

	// Of the whole store.
	EventRestored EventKind = "restored" // a copy took its place: what happened between the event before and this one is not here
)

// StateError says that an event cannot happen to a piece in its state; writing it would make the ledger lie.
type StateError struct {
	ShPI  ShPI
	State PieceState
	Event EventKind
}

func (e *StateError) Error() string {
	return fmt.Sprintf("piece %s is %q: event %q cannot follow", e.ShPI, e.State, e.Event)
}

// HintKey names the sentence for the person.
func (e *StateError) HintKey() (string, map[string]any) {
	return "postal.state", map[string]any{"ShPI": string(e.ShPI), "State": e.State, "Event": e.Event}
}

// OnPaper reports whether a copy with this state exists, or may exist, on paper and is not void.
func (s PieceState) OnPaper() bool {
	switch s {
	case StateQueued, StatePrinted, StateUnknown, StateVerified, StateStale, StateHanded, StateAccepted, StateRefused, StateDelivered, StateOrphan:
		return true
	}
	return false
}

// Printable reports whether a copy may be sent to a device without anybody's asking: nothing is on paper, or what was is void.
func (s PieceState) Printable() bool { return s == StatePulled || s == StateSpoiled }

// Next is the whole life of a piece: the state that follows when event happens in state from. The empty state is that of a piece
// not seen before. An impossible pair is a *StateError (without the ШПИ, which the caller knows).
func Next(from PieceState, event EventKind) (PieceState, error) {
	switch event {
	case EventPulled:
		switch from {
		case "", StateWithdrawn:
			return StatePulled, nil
		case StateOrphan: // it came back to a batch, and an envelope printed for the old one exists
			return StateStale, nil
		}
	case EventChanged:
		switch from {
		case StateQueued, StatePrinted, StateUnknown, StateVerified:
			return StateStale, nil
		case "":
		default:
			return from, nil
		}
	case EventWithdrawn:
		switch {
		case from == "" || from == StateWithdrawn || from == StateOrphan:
		case from.OnPaper():
			return StateOrphan, nil
		default:
			return StateWithdrawn, nil
		}
	case EventIntent:
		if from.Printable() {
			return StateQueued, nil
		}
	case EventPrinted:
		switch from {
		case StateQueued, StateUnknown:
			return StatePrinted, nil
		case StateVerified, StateStale, StateOrphan: // seen by a scanner before the device reported; changed at the post while it was in the printer: it is on paper and stays so
			return from, nil
		}
	case EventNotPrinted:
		switch from {
		case StateQueued, StateUnknown, StateStale:
			return StatePulled, nil
		case StateOrphan:
			return StateWithdrawn, nil
		case StateVerified: // the scanner has seen it, whatever the device says
			return from, nil
		}
	case EventUnknown:
		switch from {
		case StateQueued, StateUnknown:
			return StateUnknown, nil
		case StateVerified, StateStale, StateOrphan:
			return from, nil
		}
	case EventVerified:
		switch from {
		case StateQueued, StatePrinted, StateUnknown:
			return StateVerified, nil
		}
	case EventSpoiled:
		switch from {
		case StatePrinted, StateUnknown, StateVerified, StateStale:
			return StateSpoiled, nil
		case StateOrphan:
			return StateWithdrawn, nil
		}
	case EventHanded:
		if from == StateVerified {
			return StateHanded, nil
		}
	case EventAccepted:
		switch from {
		case StateHanded, StateRefused:
			return StateAccepted, nil
		case StatePulled, StateQueued, StatePrinted, StateVerified, StateUnknown, StateStale, StateSpoiled: // taken in without our hand-over
			return StateAccepted, nil
		case StateAccepted, StateDelivered:
			return from, nil
		}
	case EventRefused:
		if from != "" {
			return StateRefused, nil
		}
	case EventDelivered:
		if from != "" {
			return StateDelivered, nil
		}
	case EventDestroyed, EventMissing: // of a void copy, which says nothing about the piece; whether there is one the ledger counts
		if from != "" {
			return from, nil
		}
	case EventScanned, EventOperation:
		return from, nil
	}
	return from, &StateError{State: from, Event: event}
}
