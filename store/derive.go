package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"znak/app/postal"
)

// derived is what the ledger says has become of a piece. It is computed event by event and nowhere else: Record keeps it up to date,
// Audit and Rebuild compute it anew.
type derived struct {
	state   postal.PieceState
	stateAt int64 // when it came into this state
	copies  int   // times it went to paper: intents less the not-printed that were believed
	job     string
	why     string // JSON list of the printed fields that changed since it went to paper; empty unless stale

	voided    int // copies a person declared void
	destroyed int // of them seen by a scanner when they were destroyed
	missing   int // of them declared missing and not found since
}

// owed is how many void copies nobody has accounted for. They bear a mark that may be in force: while one is about, the piece is not handed over.
func (d derived) owed() int { return d.voided - d.destroyed - d.missing }

// cameBack is the reason of a piece that returned to a batch at the post while an envelope of it exists.
const cameBack = "batch"

// after gives what follows from an event; with an error nothing does.
func (was derived) after(r *record) (derived, error) {
	next, err := postal.Next(was.state, r.event.Kind)
	if err == nil && !was.accounts(r.event.Kind) {
		err = &postal.StateError{State: was.state, Event: r.event.Kind}
	}
	if err != nil {
		var state *postal.StateError
		if errors.As(err, &state) {
			state.ShPI = r.event.ShPI
		}
		return was, err
	}
	d := was
	if next != was.state {
		d.state, d.stateAt = next, r.at
	}
	switch r.event.Kind {
	case postal.EventIntent:
		var data IntentData
		if err := readData(r, &data); err != nil {
			return was, err
		}
		d.copies++
		d.job = data.Job
	case postal.EventNotPrinted:
		// Not counted where the scanner knows better (the piece stays on paper), nor below none: a piece taken in without our printing may be said
		// not to be on paper, too.
		if !next.OnPaper() && d.copies > 0 {
			d.copies--
		}
	case postal.EventPulled:
		if next == postal.StateStale {
			d.why = jsonList([]string{cameBack})
		}
	case postal.EventChanged:
		if next == postal.StateStale {
			var data ChangedData
			if err := readData(r, &data); err != nil {
				return was, err
			}
			why, err := whyList(d.why)
			if err != nil {
				return was, err
			}
			for _, f := range data.Fields {
				if !slices.Contains(why, f.Name) {
					why = append(why, f.Name)
				}
			}
			if len(why) > 0 {
				d.why = jsonList(why)
			}
		}
	}
	switch r.event.Kind {
	case postal.EventSpoiled:
		d.voided++
	case postal.EventDestroyed:
		if was.owed() == 0 { // one that was missing is found
			d.missing--
		}
		d.destroyed++
	case postal.EventMissing:
		d.missing++
	}
	if next != postal.StateStale {
		d.why = ""
	}
	return d, nil
}

// accounts reports whether there is a void copy of which the event can speak.
func (was derived) accounts(kind postal.EventKind) bool {
	switch kind {
	case postal.EventDestroyed:
		return was.owed() > 0 || was.missing > 0
	case postal.EventMissing:
		return was.owed() > 0
	}
	return true
}

func readData(r *record, into any) error {
	if r.data == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(r.data), into); err != nil {
		return fmt.Errorf("data of event %s: %w", r.event.Kind, err)
	}
	return nil
}

// whyList reads the stored reasons.
func whyList(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	var why []string
	return why, json.Unmarshal([]byte(text), &why)
}

// batchDerived is what the ledger says of a whole batch.
type batchDerived struct {
	approvedAt  int64
	approvedSum postal.Kopecks
	handedAt    int64
}

func (d batchDerived) after(r *record) (batchDerived, error) {
	switch r.event.Kind {
	case postal.EventBatchApproved:
		var data ApprovedData
		if err := readData(r, &data); err != nil {
			return d, err
		}
		d.approvedAt, d.approvedSum = r.at, data.SumKopecks
	case postal.EventBatchHanded:
		d.handedAt = r.at
	}
	return d, nil
}

// tallyKey is what pieces are counted by.
type tallyKey struct {
	batch    string
	state    postal.PieceState
	envelope postal.EnvelopeKind
	category postal.MailCategory
	marked   bool
	problem  bool
}

// tally is how many there are and what their marks are worth.
type tally struct {
	pieces int
	sum    postal.Kopecks
}

// away reports whether pieces of this state are no longer in their batch at the post.
func away(state postal.PieceState) bool {
	return state == postal.StateWithdrawn || state == postal.StateOrphan
}
