package station

import (
	"cmp"
	"context"
	"slices"

	"znak/app/postal"
	"znak/store"
)

// StaleRow is a printed piece that the post has changed since, with what changed.
type StaleRow struct {
	store.PieceRow
	Changes []Change
}

// Change is one printed field that the post shows otherwise than the envelope. From and To are what the envelope and the post say; both are
// empty where the ledger does not keep them, as with names and addresses.
type Change struct {
	Field    string // as in store.PieceRow.StaleWhy
	From, To string
}

// Word names the field.
func (c Change) Word() Reason { return Reason{"station.changed." + c.Field, nil} }

// Values are From and To as values of the domain, to be shown as the office writes them.
func (c Change) Values() (from, to any) { return c.value(c.From), c.value(c.To) }

func (c Change) value(text string) any {
	switch c.Field {
	case "date":
		return postal.Date(text)
	case "value", "charge":
		if sum, err := postal.ParseKopecks(text); err == nil {
			return sum
		}
	}
	return text
}

// StaleList is the reprint list: the stale pieces in print order, each with what changed since it was printed; batch "" lists those of all batches.
func (s *Station) StaleList(ctx context.Context, batch string) ([]StaleRow, error) {
	rows, err := s.inState(ctx, batch, postal.StateStale)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b store.PieceRow) int { return cmp.Or(cmp.Compare(a.Batch, b.Batch), cmp.Compare(a.Pos, b.Pos)) })
	list := make([]StaleRow, len(rows))
	for i, row := range rows {
		values, err := s.changesOf(ctx, row.PostID)
		if err != nil {
			return nil, err
		}
		list[i] = StaleRow{PieceRow: row}
		for _, name := range row.StaleWhy {
			c := values[name]
			c.Field = name
			if c.From == c.To { // changed and changed back: the post has issued the mark anew all the same
				c.From, c.To = "", ""
			}
			list[i].Changes = append(list[i].Changes, c)
		}
	}
	return list, nil
}

// changesOf gives, for each field that changed since the piece last went to paper, what is on the paper and what the post says now.
func (s *Station) changesOf(ctx context.Context, piece int64) (map[string]Change, error) {
	events, err := s.store.Events(ctx, store.EventQuery{Piece: piece, Kinds: []postal.EventKind{postal.EventIntent, postal.EventChanged}})
	if err != nil {
		return nil, err
	}
	values := map[string]Change{}
	for _, e := range events {
		if e.Kind == postal.EventIntent {
			clear(values)
			continue
		}
		var data store.ChangedData
		if err := dataOf(e, &data); err != nil {
			return nil, err
		}
		for _, f := range data.Fields {
			c, known := values[f.Name]
			if !known {
				c.From = f.From
			}
			c.To = f.To
			values[f.Name] = c
		}
	}
	return values, nil
}
