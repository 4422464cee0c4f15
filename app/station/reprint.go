package station

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"znak/app/boundary"
	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// The reasons for a reprint that have a name; anything else is a person's own words.
const (
	ReasonTorn      = "torn"
	ReasonSmeared   = "smeared"
	ReasonJammed    = "jammed"
	ReasonWrongTray = "wrong-tray"
	ReasonChanged   = "changed" // the post changed what is printed
	ReasonLost      = "lost"    // the envelope is not there: it is missing at once and nobody scans it

	reasonWithdrawn = "withdrawn" // the envelope of an orphan, destroyed
)

// otherReason may stand before a person's own words.
const otherReason = "other:"

// ReprintReasons lists the reasons with a name in the order in which a person chooses.
var ReprintReasons = []string{ReasonTorn, ReasonSmeared, ReasonJammed, ReasonWrongTray, ReasonChanged, ReasonLost}

// ReprintOrder says which printed copies are void, and why.
type ReprintOrder struct {
	ShPIs  []postal.ShPI
	Stale  string // instead of ShPIs: all stale pieces of this batch
	Reason string // one of ReprintReasons, or free text
	Second string // who confirms it beside the operator; "": nobody, or whose badge Proof is
	Proof  string // where the office has operators sign in: the PIN of Second, or what the scanner says of a badge
}

// Reprint makes the printed copy of a piece void, with the reason, so that Print prints it once more with the same mark. It returns
// how many copies have gone to paper so far. A piece of which nothing is on paper, or that is handed over, is refused.
func (s *Station) Reprint(ctx context.Context, id postal.ShPI, reason string) (copies int, err error) {
	rows, err := s.ReprintAll(ctx, ReprintOrder{ShPIs: []postal.ShPI{id}, Reason: reason})
	if err != nil {
		return 0, err
	}
	return rows[0].Copies, nil
}

// ReprintAll makes the printed copies of several pieces void, all of them or none, and gives the pieces as they are then. Each void copy is owed
// from now on: until it is scanned as destroyed (Desk, Destroy) or declared missing (DeclareMissing), its batch is not handed
// over. Above the office's limit a second person must be named.
func (s *Station) ReprintAll(ctx context.Context, order ReprintOrder) ([]store.PieceRow, error) {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return nil, err
	}
	reason := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(order.Reason), otherReason))
	if reason == "" {
		return nil, refuse("station.reprint.reason", nil)
	}
	second, err := s.second(ctx, order)
	if err != nil {
		return nil, err
	}
	ids, err := s.toReprint(ctx, order)
	if err != nil {
		return nil, err
	}
	limit, err := s.reprintLimit(ctx)
	if err != nil {
		return nil, err
	}
	boundary.At(boundary.SpoilBefore)
	defer boundary.At(boundary.SpoilAfter)
	var rows []store.PieceRow
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		rows = nil
		each := map[string]int{}
		for _, id := range ids {
			row, err := tx.Piece(id)
			if err != nil {
				return err
			}
			if _, err := postal.Next(row.State, postal.EventSpoiled); err != nil {
				return refuse("station.cannot.spoiled", hint.Args{"ShPI": row.ShPI.Grouped(), "State": row.State})
			}
			data := store.SpoiledData{Reason: reason, Stale: row.State == postal.StateStale, Second: second}
			events := []store.NewEvent{{Kind: postal.EventSpoiled, Piece: id, Data: data}}
			if reason == ReasonLost {
				events = append(events, store.NewEvent{Kind: postal.EventMissing, Piece: id})
			}
			if err := tx.Record(events...); err != nil {
				return err
			}
			each[row.Batch]++
			if row, err = tx.Piece(id); err != nil {
				return err
			}
			rows = append(rows, row)
		}
		if limit == 0 || second != "" {
			return nil
		}
		return s.mayAlone(ctx, each, limit)
	})
	return rows, err
}

// toReprint finds the pieces of an order.
func (s *Station) toReprint(ctx context.Context, order ReprintOrder) (ids []int64, err error) {
	if order.Stale != "" {
		if _, err := s.Batch(ctx, order.Stale); err != nil {
			return nil, err
		}
		rows, err := s.store.Pieces(ctx, store.PieceQuery{Batch: order.Stale, States: []postal.PieceState{postal.StateStale}})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			ids = append(ids, row.PostID)
		}
		if len(ids) == 0 {
			return nil, refuse("station.reprint.no-stale", hint.Args{"Batch": order.Stale})
		}
		return ids, nil
	}
	for _, id := range order.ShPIs {
		row, err := s.Piece(ctx, id)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, row.PostID) {
			ids = append(ids, row.PostID)
		}
	}
	if len(ids) == 0 {
		return nil, refuse("station.change.nothing", nil)
	}
	return ids, nil
}

// mayAlone refuses what would be more reprints of a batch today than one person may do without another's confirmation. each are the ones being
// done now, which the ledger does not show yet. It is called within the change, so that nobody reprints meanwhile.
func (s *Station) mayAlone(ctx context.Context, each map[string]int, limit int) error {
	today := postal.DateOf(s.now().In(moscow))
	for batch, count := range each {
		events, err := s.store.Events(ctx, store.EventQuery{Batch: batch, Kinds: []postal.EventKind{postal.EventSpoiled}})
		if err != nil {
			return err
		}
		for _, e := range events {
			var data store.SpoiledData
			if err := dataOf(e, &data); err != nil {
				return err
			}
			if e.Who == s.store.WhoIn(ctx) && data.Second == "" && data.Carried == "" && postal.DateOf(e.At.In(moscow)) == today {
				count++
			}
		}
		if count > limit {
			return refuse("station.reprint.second", hint.Args{"Batch": batch, "Count": limit})
		}
	}
	return nil
}

func (s *Station) reprintLimit(ctx context.Context) (int, error) {
	text, err := s.setting(ctx, SettingReprints)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("setting %s: %w", SettingReprints, err)
	}
	return n, nil
}

// DeclareMissing is a person's word that a void copy of a piece cannot be found. It is not owed any more; if it turns up, the scanner
// tells, and it can be destroyed then.
func (s *Station) DeclareMissing(ctx context.Context, id postal.ShPI) (store.PieceRow, error) {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return store.PieceRow{}, err
	}
	row, err := s.Piece(ctx, id)
	if err != nil {
		return row, err
	}
	boundary.At(boundary.SpoilBefore)
	defer boundary.At(boundary.SpoilAfter)
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		if row, err = tx.Piece(row.PostID); err != nil {
			return err
		}
		if row.Owed == 0 {
			return refuse("station.reprint.none-owed", hint.Args{"ShPI": id.Grouped()})
		}
		if err := tx.Record(store.NewEvent{Kind: postal.EventMissing, Piece: row.PostID}); err != nil {
			return err
		}
		row, err = tx.Piece(row.PostID)
		return err
	})
	return row, err
}

// OwedRow is a piece of which void envelopes are somewhere: they must be destroyed or declared missing.
type OwedRow struct {
	store.PieceRow
	Envelopes int       // how many; an orphan's, of which nobody said that it is void, is among them
	Reason    string    // of the last one: of ReprintReasons or free text; "": the post has withdrawn the piece
	Who       string    // who declared it void
	At        time.Time // when
}

// OwedList lists the pieces whose void envelopes are not accounted for, in print order; batch "" lists those of all batches.
func (s *Station) OwedList(ctx context.Context, batch string) ([]OwedRow, error) {
	rows, err := s.store.Pieces(ctx, store.PieceQuery{Batch: batch, Owed: true})
	if err != nil {
		return nil, err
	}
	orphans, err := s.inState(ctx, batch, postal.StateOrphan)
	if err != nil {
		return nil, err
	}
	for _, row := range orphans {
		if row.Owed == 0 {
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b store.PieceRow) int {
		if c := strings.Compare(a.Batch, b.Batch); c != 0 {
			return c
		}
		return a.Pos - b.Pos
	})
	list := make([]OwedRow, len(rows))
	for i, row := range rows {
		list[i] = OwedRow{PieceRow: row, Envelopes: row.Owed, At: row.StateAt}
		if row.State == postal.StateOrphan {
			list[i].Envelopes++
		}
		events, err := s.store.Events(ctx, store.EventQuery{Piece: row.PostID, Kinds: []postal.EventKind{postal.EventSpoiled}})
		if err != nil {
			return nil, err
		}
		if row.Owed == 0 || len(events) == 0 {
			continue
		}
		last := events[len(events)-1]
		var data store.SpoiledData
		if err := dataOf(last, &data); err != nil {
			return nil, err
		}
		list[i].Reason, list[i].Who, list[i].At = data.Reason, last.Who, last.At
		if data.Carried != "" {
			list[i].Who = data.By
		}
	}
	return list, nil
}

// OwedCount is how many void envelopes are not accounted for in all batches, those of orphans among them: as many as OwedList tells of, without reading
// the pieces.
func (s *Station) OwedCount(ctx context.Context) (int, error) { return s.store.OwedCopies(ctx) }

// inState lists the pieces in a state; batch "" means all. Only batches that have such pieces are read.
func (s *Station) inState(ctx context.Context, batch string, state postal.PieceState) ([]store.PieceRow, error) {
	batches, err := s.store.Batches(ctx)
	if err != nil {
		return nil, err
	}
	var list []store.PieceRow
	for _, b := range batches {
		if b.States[state] == 0 || batch != "" && b.Name != batch {
			continue
		}
		rows, err := s.store.Pieces(ctx, store.PieceQuery{Batch: b.Name, States: []postal.PieceState{state}})
		if err != nil {
			return nil, err
		}
		list = append(list, rows...)
	}
	return list, nil
}
