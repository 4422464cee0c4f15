package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"znak/app/hint"
	"znak/app/outbox"
	"znak/app/post"
	"znak/app/postal"
	"znak/store"
)

// The kinds of changes that wait in the outbox beside checkin. Each knows how to see at the post whether it is made already.
const (
	SendingDateKind = "sending-date" // the day of handing in is moved
	ReturnKind      = "return"       // pieces go back to «Новые»
	DeleteKind      = "delete"       // pieces are deleted for good
	ArchiveKind     = "archive"      // the batch goes to the archive
)

// change is what a waiting change holds. Pieces are the post's ids.
type change struct {
	Batch  string      `json:"batch"`
	Date   postal.Date `json:"date,omitempty"`
	Pieces []int64     `json:"pieces,omitempty"`
}

// MoveDate asks the post to move the day of handing in of a batch. Envelopes printed before become stale when the post has done it.
func (s *Station) MoveDate(ctx context.Context, batch string, day postal.Date) error {
	ctx, err := s.as(ctx, ActChange)
	if err != nil {
		return err
	}
	if today := postal.DateOf(s.now().In(moscow)); day < today {
		return refuse("station.change.past", hint.Args{"Date": day})
	}
	return s.queueChange(ctx, SendingDateKind, change{Batch: batch, Date: day})
}

// Return asks the post to take pieces out of their batch, back to «Новые». All must be of one batch that is not handed over.
func (s *Station) Return(ctx context.Context, ids []postal.ShPI) error {
	ctx, err := s.as(ctx, ActChange)
	if err != nil {
		return err
	}
	return s.queuePieces(ctx, ReturnKind, ids)
}

// Delete asks the post to delete pieces for good. All must be of one batch that is not handed over.
func (s *Station) Delete(ctx context.Context, ids []postal.ShPI) error {
	ctx, err := s.as(ctx, ActChange)
	if err != nil {
		return err
	}
	return s.queuePieces(ctx, DeleteKind, ids)
}

// Archive asks the post to put a batch into the archive; only one that the post has taken in.
func (s *Station) Archive(ctx context.Context, batch string) error {
	ctx, err := s.as(ctx, ActChange)
	if err != nil {
		return err
	}
	v, err := s.Batch(ctx, batch)
	if err != nil {
		return err
	}
	if v.Status != postal.BatchAccepted && v.Status != postal.BatchSent {
		return refuse("station.change.archive", hint.Args{"Batch": batch, "Status": v.Status})
	}
	return s.queue(ctx, ArchiveKind, change{Batch: batch})
}

func (s *Station) queuePieces(ctx context.Context, kind string, ids []postal.ShPI) error {
	if len(ids) == 0 {
		return refuse("station.change.nothing", nil)
	}
	c := change{}
	for _, id := range ids {
		row, err := s.Piece(ctx, id)
		if err != nil {
			return err
		}
		if c.Batch == "" {
			c.Batch = row.Batch
		}
		if row.Batch != c.Batch {
			return refuse("station.change.one-batch", hint.Args{"ShPI": id.Grouped(), "Batch": c.Batch})
		}
		if row.State == postal.StateWithdrawn || row.State == postal.StateOrphan {
			return refuse("station.change.gone", hint.Args{"ShPI": id.Grouped()})
		}
		c.Pieces = append(c.Pieces, row.PostID)
	}
	return s.queueChange(ctx, kind, c)
}

// queueChange puts a change of a batch that can still be changed into the outbox.
func (s *Station) queueChange(ctx context.Context, kind string, c change) error {
	v, err := s.Batch(ctx, c.Batch)
	if err != nil {
		return err
	}
	if !v.HandedAt.IsZero() {
		return refuse("station.ready.handed", hint.Args{"Batch": c.Batch})
	}
	if v.Status != postal.BatchCreated {
		return refuse("station.ready.status", hint.Args{"Status": v.Status})
	}
	return s.queue(ctx, kind, c)
}

func (s *Station) queue(ctx context.Context, kind string, c change) error {
	return s.store.Write(ctx, func(tx *store.Tx) error {
		_, err := outbox.Put(tx, s.now().UTC(), kind, c.Batch, c)
		return err
	})
}

// changes is the courier's hand for all kinds of change but checkin.
type changes struct {
	s     *Station
	there func(ctx context.Context, c change) (bool, error)
	send  func(ctx context.Context, c change) error
}

var _ outbox.Handler = (*changes)(nil)

// handlers are the hands for all kinds.
func (s *Station) handlers() map[string]outbox.Handler {
	return map[string]outbox.Handler{
		CheckinKind: &checkin{s},
		OrderKind:   orders{s},
		SendingDateKind: &changes{s,
			func(ctx context.Context, c change) (bool, error) {
				b, err := s.post.Batch(ctx, c.Batch)
				return b.SendingDate == c.Date, err
			},
			func(ctx context.Context, c change) error { return s.post.SetSendingDate(ctx, c.Batch, c.Date) }},
		ReturnKind: &changes{s, s.allGone, func(ctx context.Context, c change) error { return s.takeOut(ctx, c, s.post.ReturnToNew) }},
		DeleteKind: &changes{s, s.allGone, func(ctx context.Context, c change) error { return s.takeOut(ctx, c, s.post.DeleteShipments) }},
		ArchiveKind: &changes{s,
			func(ctx context.Context, c change) (bool, error) {
				b, err := s.post.Batch(ctx, c.Batch)
				return b.Status == postal.BatchArchived, err
			},
			func(ctx context.Context, c change) error {
				r, err := s.post.PutArchive(ctx, []string{c.Batch})
				return firstRefusal(r, err)
			}},
	}
}

func (h *changes) payload(item store.Item) (change, error) {
	var c change
	if err := json.Unmarshal(item.Payload, &c); err != nil {
		return c, &outbox.Final{Err: fmt.Errorf("outbox item %s: %w", item.ID, err)}
	}
	return c, nil
}

func (h *changes) Look(ctx context.Context, item store.Item) (bool, error) {
	c, err := h.payload(item)
	if err != nil {
		return false, err
	}
	if err := h.s.needPost(); err != nil {
		return false, &outbox.Unreachable{Err: err}
	}
	there, err := h.there(ctx, c)
	return there, passing(err)
}

func (h *changes) Send(ctx context.Context, item store.Item) error {
	c, err := h.payload(item)
	if err != nil {
		return err
	}
	return passing(h.send(ctx, c))
}

func (h *changes) Record(tx *store.Tx, item store.Item, why error) error {
	kind, data := postal.EventChangeSent, map[string]any{"item": item.ID, "kind": item.Kind, "attempts": item.Attempts}
	if why != nil {
		kind, data["why"] = postal.EventChangeRefused, why.Error()
	}
	return tx.Record(store.NewEvent{Kind: kind, Batch: item.Key, Data: data})
}

// remaining are those of the pieces that the post still shows in the batch.
func (s *Station) remaining(ctx context.Context, c change) ([]int64, error) {
	b, err := s.post.Batch(ctx, c.Batch)
	if errors.Is(err, post.ErrNotFound) {
		return nil, nil // an emptied batch disappears
	}
	if err != nil {
		return nil, err
	}
	var left []int64
	for page, err := range s.post.Shipments(ctx, c.Batch, b.PieceCount) {
		if err != nil {
			return nil, err
		}
		for _, p := range page.Pieces {
			if slices.Contains(c.Pieces, p.PostID) {
				left = append(left, p.PostID)
			}
		}
	}
	return left, nil
}

func (s *Station) allGone(ctx context.Context, c change) (bool, error) {
	left, err := s.remaining(ctx, c)
	return err == nil && len(left) == 0, err
}

// takeOut sends the pieces that are still there. Pieces the post refuses kill the item; it names the first of them, and a retry sends only what is left.
func (s *Station) takeOut(ctx context.Context, c change, send func(context.Context, []int64) (post.Result[int64], error)) error {
	left, err := s.remaining(ctx, c)
	if err != nil {
		return err
	}
	r, err := send(ctx, left)
	return firstRefusal(r, err)
}

// firstRefusal is the error of a list that was not done whole.
func firstRefusal[ID comparable](r post.Result[ID], err error) error {
	switch {
	case err != nil:
		return err
	case len(r.Refused) > 0:
		return r.Refused[0]
	case len(r.Silent) > 0:
		return fmt.Errorf("the post said nothing of %v: %w", r.Silent, post.ErrUnclear)
	}
	return nil
}
