package postal

import (
	"errors"
	"slices"
	"testing"
)

var pieceEvents = []EventKind{EventPulled, EventChanged, EventWithdrawn, EventIntent, EventPrinted, EventNotPrinted, EventUnknown, EventVerified,
	EventScanned, EventSpoiled, EventDestroyed, EventMissing, EventHanded, EventAccepted, EventRefused, EventDelivered, EventOperation}

var batchEvents = []EventKind{EventBatchPulled, EventBatchChanged, EventBatchApproved, EventBatchHanded, EventCheckinSent, EventCheckinFailed, EventChangeSent, EventChangeRefused, EventForgotten, EventRestored, EventBalance, EventOperator}

// reach gives the states that can follow from by any number of the events.
func reach(from PieceState, events []EventKind) []PieceState {
	seen := []PieceState{from}
	for i := 0; i < len(seen); i++ {
		for _, e := range events {
			if next, err := Next(seen[i], e); err == nil && !slices.Contains(seen, next) {
				seen = append(seen, next)
			}
		}
	}
	return seen
}

func except(events ...EventKind) []EventKind {
	return slices.DeleteFunc(slices.Clone(pieceEvents), func(e EventKind) bool { return slices.Contains(events, e) })
}

func TestEveryStateCanBeReachedAndNoOther(t *testing.T) {
	got := reach("", pieceEvents)
	for _, s := range PieceStates {
		if !slices.Contains(got, s) {
			t.Errorf("%s cannot be reached", s)
		}
	}
	for _, s := range got {
		if s != "" && !slices.Contains(PieceStates, s) {
			t.Errorf("%q is not in the list", s)
		}
	}
}

func TestImpossibleEventsChangeNothing(t *testing.T) {
	for _, from := range append([]PieceState{""}, PieceStates...) {
		for _, e := range append(slices.Clone(pieceEvents), append(batchEvents, "что-то новое")...) {
			next, err := Next(from, e)
			if err == nil {
				if slices.Contains(batchEvents, e) || e == "что-то новое" {
					t.Errorf("%s can happen to a piece", e)
				}
				continue
			}
			var s *StateError
			if next != from || !errors.As(err, &s) || s.State != from || s.Event != e {
				t.Errorf("%q, %s: %q, %v", from, e, next, err)
			}
			if key, args := s.HintKey(); key != "postal.state" || args["State"] != from || args["Event"] != e {
				t.Errorf("hint %q %v", key, args)
			}
		}
	}
}

// Print once: after an intent there is no way to another intent unless the printed copy was declared void or declared never made.
func TestNoSecondIntentUnasked(t *testing.T) {
	for _, s := range reach(StateQueued, except(EventNotPrinted, EventSpoiled)) {
		if _, err := Next(s, EventIntent); err == nil || s.Printable() {
			t.Errorf("a piece that was given to a device can be given again when %s", s)
		}
	}
}

// What is or may be on paper stays so until somebody says that it is not, or is void.
func TestPaperIsNotForgotten(t *testing.T) {
	for _, from := range PieceStates {
		if !from.OnPaper() {
			continue
		}
		for _, e := range pieceEvents {
			next, err := Next(from, e)
			if err == nil && !next.OnPaper() && e != EventNotPrinted && e != EventSpoiled {
				t.Errorf("%s makes %s into %s", e, from, next)
			}
		}
	}
}

func TestOnlyVerifiedIsHandedOver(t *testing.T) {
	for _, from := range append([]PieceState{""}, PieceStates...) {
		next, err := Next(from, EventHanded)
		if (err == nil) != (from == StateVerified) || err == nil && next != StateHanded {
			t.Errorf("%q: %q, %v", from, next, err)
		}
	}
}

// A spooler or a device that reports late, whatever it says, does not undo what a scanner has seen.
func TestVerifiedIsStrongerThanADevice(t *testing.T) {
	for _, e := range []EventKind{EventPrinted, EventNotPrinted, EventUnknown, EventScanned} {
		if next, err := Next(StateVerified, e); next != StateVerified || err != nil {
			t.Errorf("%s: %s, %v", e, next, err)
		}
	}
}

func TestUnknownIsClearedByAScanOrAPersonOnly(t *testing.T) {
	for e, want := range map[EventKind]PieceState{EventVerified: StateVerified, EventPrinted: StatePrinted, EventNotPrinted: StatePulled,
		EventSpoiled: StateSpoiled, EventUnknown: StateUnknown, EventChanged: StateStale} {
		if next, err := Next(StateUnknown, e); next != want || err != nil {
			t.Errorf("%s: %s, %v", e, next, err)
		}
	}
	if _, err := Next(StateUnknown, EventIntent); err == nil {
		t.Error("printed again")
	}
}

// The stories of a life, as people tell them.
func TestLives(t *testing.T) {
	for name, life := range map[string]struct {
		events []EventKind
		end    PieceState
	}{
		"as it should be":       {[]EventKind{EventPulled, EventIntent, EventPrinted, EventVerified, EventHanded, EventAccepted, EventDelivered}, StateDelivered},
		"cable pulled":          {[]EventKind{EventPulled, EventIntent, EventUnknown, EventVerified, EventHanded}, StateHanded},
		"nothing came out":      {[]EventKind{EventPulled, EventIntent, EventUnknown, EventNotPrinted, EventIntent, EventPrinted}, StatePrinted},
		"spoiled":               {[]EventKind{EventPulled, EventIntent, EventPrinted, EventSpoiled, EventIntent, EventPrinted, EventVerified}, StateVerified},
		"re-dated":              {[]EventKind{EventPulled, EventIntent, EventPrinted, EventVerified, EventChanged, EventSpoiled, EventIntent}, StateQueued},
		"re-dated before print": {[]EventKind{EventPulled, EventChanged, EventIntent}, StateQueued},
		"removed before print":  {[]EventKind{EventPulled, EventWithdrawn}, StateWithdrawn},
		"removed after print":   {[]EventKind{EventPulled, EventIntent, EventPrinted, EventWithdrawn}, StateOrphan},
		"came back":             {[]EventKind{EventPulled, EventIntent, EventPrinted, EventWithdrawn, EventPulled}, StateStale},
		"dead mark destroyed":   {[]EventKind{EventPulled, EventIntent, EventPrinted, EventWithdrawn, EventSpoiled, EventPulled}, StatePulled},
		"refused, then taken":   {[]EventKind{EventPulled, EventIntent, EventPrinted, EventVerified, EventHanded, EventRefused, EventAccepted}, StateAccepted},
	} {
		state := PieceState("")
		for _, e := range life.events {
			next, err := Next(state, e)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			state = next
		}
		if state != life.end {
			t.Errorf("%s: ends %s, want %s", name, state, life.end)
		}
	}
}
