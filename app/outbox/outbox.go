// Package outbox carries to the post what could not be told at once. Every change is an item that is durable before
// it is shown; items of one batch go in order, batches do not wait for each other; the courier looks whether the post already has
// a change before it sends it, so that nothing is done twice after an unclear answer (facts/otpravka-api.md §7.4).
package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"znak/app/boundary"
	"znak/app/hint"
	"znak/store"
)

// The states of an item. There is no "failed": an item waits, is done, was skipped by a person, or is dead and waits for one.
const (
	Waiting = "waiting"
	Sending = "sending" // begun by a courier that has not reported: its fate is unclear, the next one looks first
	Done    = "done"
	Dead    = "dead"    // the post refused it for good
	Skipped = "skipped" // a person took it out
)

// Handler knows one kind of item.
type Handler interface {
	// Look asks the post whether the change is already there. Errors mean that it cannot be known now.
	Look(ctx context.Context, item store.Item) (there bool, err error)
	// Send makes the change. An error that is Final kills the item; any other leaves it waiting.
	Send(ctx context.Context, item store.Item) error
	// Record writes into the ledger, within the transaction that ends the item, that the change is made (err nil) or refused for good.
	Record(tx *store.Tx, item store.Item, err error) error
}

// Final marks an error after which repeating is useless: the post understood and said no.
type Final struct{ Err error }

func (f *Final) Error() string { return f.Err.Error() }
func (f *Final) Unwrap() error { return f.Err }

// Unreachable marks an error that all items share: the courier ends its round, nothing else can be sent now either.
type Unreachable struct{ Err error }

func (u *Unreachable) Error() string { return u.Err.Error() }
func (u *Unreachable) Unwrap() error { return u.Err }

// Params are the parts of a courier.
type Params struct {
	Store    *store.Store
	Handlers map[string]Handler // by kind of item
	Now      func() time.Time
	Log      *slog.Logger
}

// Courier carries the items.
type Courier struct {
	store    *store.Store
	handlers map[string]Handler
	now      func() time.Time
	log      *slog.Logger
}

// New returns a courier.
func New(p Params) *Courier {
	return &Courier{store: p.Store, handlers: p.Handlers, now: p.Now, log: p.Log}
}

// Put adds an item to the outbox within the transaction that made it necessary. Items with the same key go in the order they were put.
func Put(tx *store.Tx, now time.Time, kind, key string, payload any) (store.Item, error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return store.Item{}, fmt.Errorf("outbox item %s: %w", kind, err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return store.Item{}, err
	}
	item := store.Item{ID: id.String(), Kind: kind, Key: key, Payload: raw, State: Waiting, CreatedAt: now, UpdatedAt: now, NotBefore: now}
	return item, tx.PutOutbox(item)
}

// Report is the outcome of a round.
type Report struct {
	Sent    int // made at the post, or found there already
	Pending int
	Dead    []store.Item
}

// Round sends what is due. now true disregards the waiting times, because a person asks. The error is an *Unreachable (wrapped) where the post could not be
// reached, the context's where the round was stopped, or trouble of the store; the report is true beside the first two.
func (c *Courier) Round(ctx context.Context, now bool) (Report, error) {
	items, err := c.Waiting(context.WithoutCancel(ctx))
	if err != nil {
		return Report{}, err
	}
	var sent int
	var unreachable error
	held := map[string]bool{} // keys whose first item could not go, or waits for a person: the later ones keep their order
	for _, item := range items {
		if ctx.Err() != nil {
			break
		}
		if item.State == Dead || unreachable != nil || held[item.Key] || !now && early(item, c.now()) {
			held[item.Key] = true
			continue
		}
		done, err := c.carry(ctx, item)
		if done {
			sent++
			continue
		}
		held[item.Key] = true
		var u *Unreachable
		switch {
		case errors.As(err, &u):
			unreachable = err
		case err != nil:
			return Report{}, err
		}
	}
	r, err := c.Report(context.WithoutCancel(ctx))
	r.Sent = sent
	return r, cmp.Or(err, ctx.Err(), unreachable)
}

// Report counts what waits, without sending.
func (c *Courier) Report(ctx context.Context) (Report, error) {
	items, err := c.store.Outbox(ctx, Waiting, Sending, Dead)
	if err != nil {
		return Report{}, err
	}
	var r Report
	for _, item := range items {
		if item.State == Dead {
			r.Dead = append(r.Dead, item)
		} else {
			r.Pending++
		}
	}
	return r, nil
}

// carry looks, sends and records one item. done is true when the post has the change. The error is the store's, or an *Unreachable;
// refusals and passing trouble are written into the item.
func (c *Courier) carry(ctx context.Context, item store.Item) (done bool, err error) {
	h := c.handlers[item.Kind]
	if h == nil {
		return false, c.bury(ctx, nil, item, fmt.Errorf("no handler for outbox item kind %q", item.Kind))
	}
	boundary.At(boundary.LookBefore)
	there, err := h.Look(ctx, item)
	boundary.At(boundary.LookAfter)
	if err == nil && there {
		return true, c.finish(ctx, h, item)
	}
	if err == nil {
		// From here on the fate of the item is unclear until an answer is recorded.
		item.State, item.Attempts, item.UpdatedAt = Sending, item.Attempts+1, c.now()
		if err := c.update(ctx, item); err != nil {
			return false, err
		}
		boundary.At(boundary.SendBefore)
		err = h.Send(ctx, item)
		boundary.At(boundary.SendAfter)
		if err == nil {
			return true, c.finish(ctx, h, item)
		}
	}
	var final *Final
	if errors.As(err, &final) {
		return false, c.bury(ctx, h, item, final.Err)
	}
	if errors.Is(ctx.Err(), context.Canceled) { // by a person or by the end of the program: nobody has refused anything, and the next courier looks first
		item.State, item.UpdatedAt = Waiting, c.now()
		return false, c.update(ctx, item)
	}
	c.log.Info("outbox item not sent", "kind", item.Kind, "attempt", item.Attempts, "error", err)
	item.State, item.UpdatedAt = Waiting, c.now()
	item.NotBefore = c.now().Add(backoff(item.Attempts))
	item.LastError, item.LastHint = err.Error(), hintOf(err)
	if storeErr := c.update(ctx, item); storeErr != nil {
		return false, storeErr
	}
	var u *Unreachable
	if errors.As(err, &u) {
		return false, err
	}
	return false, nil
}

func (c *Courier) finish(ctx context.Context, h Handler, item store.Item) error {
	item.State, item.UpdatedAt, item.LastError, item.LastHint = Done, c.now(), "", ""
	boundary.At(boundary.RecordBefore)
	defer boundary.At(boundary.RecordAfter)
	return c.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := h.Record(tx, item, nil); err != nil {
			return err
		}
		return tx.UpdateOutbox(item)
	})
}

func (c *Courier) bury(ctx context.Context, h Handler, item store.Item, why error) error {
	item.State, item.UpdatedAt, item.LastError, item.LastHint = Dead, c.now(), why.Error(), hintOf(why)
	return c.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if h != nil {
			if err := h.Record(tx, item, why); err != nil {
				return err
			}
		}
		return tx.UpdateOutbox(item)
	})
}

func (c *Courier) update(ctx context.Context, item store.Item) error {
	return c.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.UpdateOutbox(item) })
}

// Retry lets a dead or waiting item go again at once.
func (c *Courier) Retry(ctx context.Context, id string) error { return c.move(ctx, id, Waiting) }

// Skip takes an item out because a person says so; it stays in the store as skipped.
func (c *Courier) Skip(ctx context.Context, id string) error { return c.move(ctx, id, Skipped) }

func (c *Courier) move(ctx context.Context, id, state string) error {
	items, err := c.store.Outbox(ctx, Waiting, Sending, Dead)
	if err != nil {
		return err
	}
	for _, item := range items {
		if item.ID == id {
			item.State, item.NotBefore, item.UpdatedAt = state, c.now(), c.now()
			return c.update(ctx, item)
		}
	}
	return hint.New("outbox.not-found", hint.Args{"ID": id}, store.ErrNotFound)
}

// longestWait is the most that an item waits between two tries.
const longestWait = 30 * time.Minute

// early reports whether an item shall not be tried yet. A waiting time longer than any we give was reckoned on a clock that was wrong, and binds nobody.
func early(item store.Item, now time.Time) bool {
	left := item.NotBefore.Sub(now)
	return left > 0 && left <= longestWait
}

// backoff grows from ten seconds to half an hour, with a spread so that stations do not call in step.
func backoff(attempts int) time.Duration {
	d := 10 * time.Second << min(max(attempts-1, 0), 8)
	d = min(d, longestWait)
	return d/2 + rand.N(d/2)
}

// Waiting lists what has not reached the post: waiting, unclear and dead items, in the order they were put.
func (c *Courier) Waiting(ctx context.Context) ([]store.Item, error) {
	return c.store.Outbox(ctx, Waiting, Sending, Dead)
}
