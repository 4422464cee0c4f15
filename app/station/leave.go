package station

import (
	"context"
	"encoding/json"

	"znak/app/hint"
	"znak/app/outbox"
	"znak/app/post"
	"znak/app/postal"
	"znak/store"
)

// MayLeave refuses to let go of the account while the post has not been told of something, or while letters of an open batch are or may be on paper and not handed
// over. The refusal names each.
func (s *Station) MayLeave(ctx context.Context) error {
	items, err := s.courier.Waiting(ctx)
	if err != nil {
		return err
	}
	rows, err := s.store.Batches(ctx)
	if err != nil {
		return err
	}
	var reasons []Reason
	for _, item := range items {
		reasons = append(reasons, Reason{"outbox.kind." + item.Kind, hint.Args{"Batch": item.Key}})
	}
	letters := 0
	for _, row := range rows {
		if !row.HandedAt.IsZero() || row.Status != postal.BatchCreated {
			continue
		}
		n := 0
		for _, state := range []postal.PieceState{postal.StateQueued, postal.StatePrinted, postal.StateUnknown, postal.StateVerified, postal.StateStale} {
			n += row.States[state]
		}
		if n > 0 {
			letters += n
			reasons = append(reasons, Reason{"care.leave.batch", hint.Args{"Batch": row.Name, "Count": n}})
		}
	}
	if len(reasons) == 0 {
		return nil
	}
	first := Reason{"care.leave", hint.Args{"Items": len(items), "Letters": letters}}
	return &Refused{append([]Reason{first}, reasons...)}
}

// Undone is one change that the post has not been told of, with what a person needs to make it in the post's own web account.
type Undone struct {
	store.Item
	Date   postal.Date   // of a change of the sending date, and of the batch otherwise
	ShPIs  []postal.ShPI // of the pieces it is about; empty: the whole batch
	Order  string        // the number of a new order
	Reason *Reason       // why it has not gone; nil: it was not tried, or its answer is not known
}

// Undone lists what waits, what is unclear and what the post refused, in the order it was put.
func (s *Station) Undone(ctx context.Context) ([]Undone, error) {
	items, err := s.courier.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Undone, len(items))
	for i, item := range items {
		u := Undone{Item: item}
		if key, args, ok := outbox.Hint(item); ok {
			u.Reason = &Reason{key, args}
		}
		if row, err := s.store.Batch(ctx, item.Key); err == nil {
			u.Date = row.SendingDate
		}
		var c change
		var o post.Order
		switch {
		case item.Kind == OrderKind:
			if json.Unmarshal(item.Payload, &o) == nil { // an unreadable item is exported as it is
				u.Order = o.Num
			}
		case json.Unmarshal(item.Payload, &c) == nil:
			if c.Date != "" {
				u.Date = c.Date
			}
			for _, id := range c.Pieces {
				if row, err := s.store.Piece(ctx, id); err == nil {
					u.ShPIs = append(u.ShPIs, row.ShPI)
				}
			}
		}
		list[i] = u
	}
	return list, nil
}
