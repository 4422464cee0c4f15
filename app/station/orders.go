package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"znak/app/hint"
	"znak/app/outbox"
	"znak/app/post"
	"znak/store"
)

// OrderKind is the outbox kind of a new piece for «Новые».
const OrderKind = "order"

// QueueOrders puts new pieces into the outbox, all or none. Each needs a number of its own: by it the courier finds out whether the post has
// the order already, because the post itself takes the same number twice (facts/otpravka-api.md §0.2 fact 9).
func (s *Station) QueueOrders(ctx context.Context, orders []post.Order) error {
	ctx, err := s.as(ctx, ActChange)
	if err != nil {
		return err
	}
	waiting, err := s.courier.Waiting(ctx)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for _, item := range waiting {
		taken[item.Key] = true
	}
	for i, o := range orders {
		key := orderKey(o.Num)
		switch {
		case o.Num == "":
			return refuse("station.order.number", hint.Args{"Place": i + 1})
		case taken[key]:
			return refuse("station.order.twice", hint.Args{"Number": o.Num, "Place": i + 1})
		}
		taken[key] = true
	}
	return s.store.Write(ctx, func(tx *store.Tx) error {
		for _, o := range orders {
			if _, err := outbox.Put(tx, s.now().UTC(), OrderKind, orderKey(o.Num), o); err != nil {
				return err
			}
		}
		return nil
	})
}

// orderKey lets every order go independently of batches and of other orders.
func orderKey(number string) string { return "order " + number }

// orders is the courier's hand for new pieces.
type orders struct{ s *Station }

var _ outbox.Handler = orders{}

func (h orders) order(item store.Item) (post.Order, error) {
	var o post.Order
	if err := json.Unmarshal(item.Payload, &o); err != nil {
		return o, &outbox.Final{Err: fmt.Errorf("outbox item %s: %w", item.ID, err)}
	}
	return o, nil
}

// Look searches «Новые» and the batches for the order's number.
func (h orders) Look(ctx context.Context, item store.Item) (bool, error) {
	o, err := h.order(item)
	if err != nil {
		return false, err
	}
	if err := h.s.needPost(); err != nil {
		return false, &outbox.Unreachable{Err: err}
	}
	for _, search := range []func(context.Context, string) (post.Page, error){h.s.post.SearchBacklog, h.s.post.SearchShipments} {
		page, err := search(ctx, o.Num)
		if err != nil {
			return false, passing(err)
		}
		for _, p := range page.Pieces {
			if p.OrderNum == o.Num {
				return true, nil
			}
		}
	}
	return false, nil
}

func (h orders) Send(ctx context.Context, item store.Item) error {
	o, err := h.order(item)
	if err != nil {
		return err
	}
	_, err = h.s.post.PutOrder(ctx, o)
	var refused *post.Error
	if errors.As(err, &refused) && refused.Position >= 0 {
		return &outbox.Final{Err: err}
	}
	return passing(err)
}

// Record writes nothing: an order is no piece of the ledger before the post has put it into a batch.
func (h orders) Record(*store.Tx, store.Item, error) error { return nil }
