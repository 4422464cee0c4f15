package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"znak/app/boundary"
	"znak/app/hint"
	"znak/app/postal"
	"znak/app/scan"
	"znak/store"
)

// Desk takes the scans of void envelopes that are being destroyed, for one operator's stream of scans. It is safe for concurrent use.
type Desk struct {
	s *Station

	mu    sync.Mutex
	lines *scan.Assembler
	last  envelopeSeen
	asked *scan.Reading // the envelope of which the desk asks whether it is another one; nil: it asks nothing
}

// envelopeSeen is the envelope in the operator's hand: its other code is not another envelope.
type envelopeSeen struct {
	piece   string
	kinds   map[scan.Kind]bool
	verdict DeskVerdict
}

// Outcome says what became of a scan at the reprint desk.
type Outcome string

// The outcomes.
const (
	OutcomeDestroyed Outcome = "destroyed" // in the ledger as a destroyed envelope
	OutcomeSame      Outcome = "same"      // the other code of the envelope that was destroyed just before
	OutcomeHalf      Outcome = "half"      // the mark must be seen too: by the bar code alone the envelope could be the replacement
	OutcomeAgain     Outcome = "again"     // one that looks the same is destroyed already: a person must say that this is another one (Another)
	OutcomeRefused   Outcome = "refused"   // nothing is written
)

// DeskVerdict answers one scan at the reprint desk.
type DeskVerdict struct {
	Text    string
	ShPI    postal.ShPI
	Outcome Outcome
	Owed    int // void envelopes of the piece still to be destroyed
	Hint    Reason
}

// Desk begins a stream of scans at the reprint desk.
func (s *Station) Desk() *Desk { return &Desk{s: s, lines: scan.NewAssembler(s.reader)} }

// Destroy records that void envelopes of a piece were destroyed, by the text of one of their codes or by the ШПИ, which is a person's word. It gives the
// piece as it is then. count is how many envelopes a person has destroyed now; 0 means that nobody has said: it is one, unless one that looks the same is
// recorded already. Copies of one mark look alike, and the same envelope shown twice must not stand for two. What is no void envelope, and more of them
// than there are, is refused.
func (s *Station) Destroy(ctx context.Context, text string, count int) (store.PieceRow, error) {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return store.PieceRow{}, err
	}
	return s.destroy(ctx, s.reader.Read(text), true, count)
}

// Another is a person's word that the envelope of which the desk has just asked (OutcomeAgain) is not the one recorded before.
func (d *Desk) Another(ctx context.Context) (DeskVerdict, error) {
	ctx, err := d.s.as(ctx, ActWork)
	if err != nil {
		return DeskVerdict{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.asked == nil {
		return DeskVerdict{Outcome: OutcomeRefused, Hint: Reason{"station.destroy.asked-nothing", nil}}, nil
	}
	return d.record(ctx, *d.asked, 1)
}

// Line takes one line of a scanner that sends a code of several lines line by line, and answers the codes that became complete.
func (d *Desk) Line(ctx context.Context, line string) ([]DeskVerdict, error) {
	ctx, err := d.s.as(ctx, ActWork)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.take(ctx, d.lines.Line(line))
}

// Flush ends the stream: what is held of a code is answered as it is.
func (d *Desk) Flush(ctx context.Context) ([]DeskVerdict, error) {
	ctx, err := d.s.as(ctx, ActWork)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.take(ctx, d.lines.Flush())
}

// Scan judges one whole scanned text. What it answers is in the ledger before it returns. Both codes of an envelope may be scanned; it counts once.
func (d *Desk) Scan(ctx context.Context, text string) (DeskVerdict, error) {
	ctx, err := d.s.as(ctx, ActWork)
	if err != nil {
		return DeskVerdict{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.one(ctx, d.s.reader.Read(text))
}

func (d *Desk) take(ctx context.Context, readings []scan.Reading) (list []DeskVerdict, err error) {
	for _, r := range readings {
		v, err := d.one(ctx, r)
		if err != nil {
			return list, err
		}
		list = append(list, v)
	}
	return list, nil
}

func (d *Desk) one(ctx context.Context, r scan.Reading) (DeskVerdict, error) {
	if r.Piece() != "" && r.Piece() == d.last.piece && !d.last.kinds[r.Kind] {
		d.last.kinds[r.Kind] = true
		v := d.last.verdict
		v.Text = r.Text
		if v.Outcome == OutcomeDestroyed {
			v.Outcome, v.Hint = OutcomeSame, Reason{"station.destroy.same", hint.Args{"ShPI": v.ShPI.Grouped()}}
		}
		return v, nil
	}
	return d.record(ctx, r, 0)
}

// record writes the envelope down and remembers it as the one in the operator's hand.
func (d *Desk) record(ctx context.Context, r scan.Reading, count int) (DeskVerdict, error) {
	d.last, d.asked = envelopeSeen{}, nil
	row, err := d.s.destroy(ctx, r, false, count)
	v := DeskVerdict{Text: r.Text, ShPI: postal.ShPI(r.Piece()), Outcome: OutcomeDestroyed, Owed: row.Owed}
	var refused *Refused
	switch {
	case errors.As(err, &refused):
		v.Outcome, v.Hint = OutcomeRefused, reasonOf(err)
		switch v.Hint.Key {
		case halfSeen:
			v.Outcome = OutcomeHalf
			return v, nil
		case seenAgain:
			v.Outcome, d.asked = OutcomeAgain, &r
		}
	case err != nil:
		return v, err
	case row.Owed > 0:
		v.Hint = Reason{"station.destroy.more", hint.Args{"ShPI": row.ShPI.Grouped(), "Owed": row.Owed}}
	default:
		v.Hint = Reason{"station.destroy.done", hint.Args{"ShPI": row.ShPI.Grouped()}}
	}
	d.last = envelopeSeen{r.Piece(), map[scan.Kind]bool{r.Kind: true}, v}
	return v, nil
}

// The reasons of OutcomeHalf and OutcomeAgain.
const (
	halfSeen  = "station.destroy.half"
	seenAgain = "station.destroy.again"
)

// destroyedData is what a destroyed event carries. Old: the mark that was scanned is not the one in force.
type destroyedData struct {
	Source string `json:"source"`
	Old    bool   `json:"old,omitempty"`
}

// destroy writes destroyed envelopes down: count of them, or one of which nobody has said that it is another than those before (0). Without trust, a bar
// code alone is not enough where the mark would tell the void envelope from its replacement.
func (s *Station) destroy(ctx context.Context, r scan.Reading, trust bool, count int) (store.PieceRow, error) {
	if r.Piece() == "" {
		return store.PieceRow{}, &Refused{[]Reason{reasonOf(r.Err)}}
	}
	id := postal.ShPI(r.Piece())
	row, err := s.store.PieceByShPI(ctx, id)
	if errors.Is(err, store.ErrNotFound) && r.Kind == scan.KindMark { // the post may have given it another ШПИ since
		row, err = s.store.PieceByMark(ctx, r.Mark.ID)
	}
	if errors.Is(err, store.ErrNotFound) {
		return store.PieceRow{}, refuse("station.verify.foreign", hint.Args{"ShPI": id.Grouped()})
	}
	if err != nil {
		return row, err
	}
	byMark, inForce := r.Kind == scan.KindMark, false
	if byMark {
		now, err := s.fieldsNow(ctx, row)
		if err != nil {
			return row, err
		}
		inForce = r.Mark == now
	}
	boundary.At(boundary.SpoilBefore)
	defer boundary.At(boundary.SpoilAfter)
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		if row, err = tx.Piece(row.PostID); err != nil {
			return err
		}
		var events []store.NewEvent
		switch {
		case row.Owed > 0 || row.Missing > 0:
			if err := s.mayBeVoid(ctx, row, byMark, inForce, trust); err != nil {
				return err
			}
		case row.State == postal.StateOrphan: // nobody need say that it is void: its mark is dead
			events = append(events, store.NewEvent{Kind: postal.EventSpoiled, Piece: row.PostID, Data: store.SpoiledData{Reason: reasonWithdrawn}})
		default:
			return refuse("station.destroy.nothing", hint.Args{"ShPI": row.ShPI.Grouped(), "State": row.State})
		}
		owed := max(row.Owed+row.Missing, 1) // the one of an orphan
		switch again, err := s.alikeDestroyed(ctx, row, byMark, inForce); {
		case err != nil:
			return err
		case again && count == 0:
			return refuse(seenAgain, hint.Args{"ShPI": row.ShPI.Grouped(), "Owed": owed})
		case count > owed:
			return refuse("station.destroy.too-many", hint.Args{"ShPI": row.ShPI.Grouped(), "Owed": owed, "Count": count})
		}
		for range max(count, 1) {
			events = append(events, store.NewEvent{Kind: postal.EventDestroyed, Piece: row.PostID, Data: destroyedData{"scan", byMark && !inForce}})
		}
		if err := tx.Record(events...); err != nil {
			return err
		}
		row, err = tx.Piece(row.PostID)
		return err
	})
	return row, err
}

// mayBeVoid refuses an envelope of a piece with void copies that is, or by its bar code may be, the replacement.
func (s *Station) mayBeVoid(ctx context.Context, row store.PieceRow, byMark, inForce, trust bool) error {
	if !row.State.OnPaper() || byMark && !inForce || !byMark && trust {
		return nil
	}
	switch older, err := s.onlyOlder(ctx, row); {
	case err != nil || !older:
		return err
	case inForce:
		return refuse("station.destroy.live", hint.Args{"ShPI": row.ShPI.Grouped()})
	}
	return refuse(halfSeen, hint.Args{"ShPI": row.ShPI.Grouped()})
}

// onlyOlder reports whether every void copy of a piece bears an older mark than the one in force, so that an envelope with this one is the
// replacement. Copies with one and the same mark look alike; of those a person's word is taken.
func (s *Station) onlyOlder(ctx context.Context, row store.PieceRow) (bool, error) {
	events, err := s.store.Events(ctx, store.EventQuery{Piece: row.PostID, Kinds: []postal.EventKind{postal.EventSpoiled, postal.EventDestroyed, postal.EventChanged}})
	if err != nil {
		return false, err
	}
	older, alike := 0, 0
	for _, e := range events {
		var data struct {
			Stale bool `json:"stale"` // of spoiled
			Old   bool `json:"old"`   // of destroyed
		}
		if err := dataOf(e, &data); err != nil {
			return false, err
		}
		switch {
		case e.Kind == postal.EventChanged:
			older, alike = older+alike, 0
		case e.Kind == postal.EventSpoiled && data.Stale:
			older++
		case e.Kind == postal.EventSpoiled:
			alike++
		case data.Old || alike == 0:
			older--
		default:
			alike--
		}
	}
	return alike <= 0 && older >= row.Owed+row.Missing, nil
}

// alikeDestroyed reports whether a destroyed envelope of the piece is recorded that looks like the one in hand, as far as its scanned code tells: by a bar
// code all copies look alike; an envelope with the mark in force is none of those from before the last change.
func (s *Station) alikeDestroyed(ctx context.Context, row store.PieceRow, byMark, inForce bool) (bool, error) {
	events, err := s.store.Events(ctx, store.EventQuery{Piece: row.PostID, Kinds: []postal.EventKind{postal.EventDestroyed, postal.EventChanged}})
	if err != nil {
		return false, err
	}
	alike := false
	for _, e := range events {
		var data destroyedData
		switch err := dataOf(e, &data); {
		case err != nil:
			return false, err
		case e.Kind == postal.EventChanged:
			alike = alike && !(byMark && inForce)
		case !(byMark && inForce) || !data.Old:
			alike = true
		}
	}
	return alike, nil
}

func dataOf(e store.Event, into any) error {
	if len(e.Data) == 0 {
		return nil
	}
	if err := json.Unmarshal(e.Data, into); err != nil {
		return fmt.Errorf("event %d: %w", e.Seq, err)
	}
	return nil
}
