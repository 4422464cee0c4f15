package station

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"znak/app/hint"
	"znak/app/outbox"
	"znak/app/post"
	"znak/app/postal"
	"znak/store"
)

// Sync sends what waits in the outbox and takes what came of the batches that are handed over: accepted, refused, delivered.
// The report is true beside an error.
func (s *Station) Sync(ctx context.Context) (SyncReport, error) {
	var r SyncReport
	if err := s.needPost(); err != nil {
		return r, err
	}
	before, err := s.courier.Waiting(context.WithoutCancel(ctx))
	if err != nil {
		return r, err
	}
	round, err := s.round(ctx, true)
	r.Sent, r.Pending = round.Sent, round.Pending
	for _, item := range round.Dead {
		r.Dead = append(r.Dead, deadItem(item))
	}
	if err == nil {
		err = s.takeMade(ctx, before)
	}
	if err == nil {
		r.Changed, err = s.takeNews(ctx)
	}
	if err == nil && r.Changed > 0 { // what was taken in has been paid for: a balance from before would promise money that is gone
		err = s.pullBalance(ctx, &PullReport{})
	}
	var shared *outbox.Unreachable
	if errors.As(err, &shared) {
		err = shared.Err
	}
	s.noteContact(ctx, err)
	return r, err
}

// roundWait is how long a person's sync waits for a courier that is already on its way, of another process or of the window's background.
const roundWait = 15 * time.Second

// round lets one courier at a time go, across processes: two could both look, both see nothing, and both send. Where another one does not come back
// in time, what waits is only counted.
func (s *Station) round(ctx context.Context, now bool) (outbox.Report, error) {
	lock, err := s.lock("courier")
	if err != nil {
		return outbox.Report{}, err
	}
	wait := 100 * time.Millisecond
	if now {
		wait = roundWait
	}
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	switch _, err := lock.TryLockContext(waiting, 20*time.Millisecond); {
	case ctx.Err() != nil:
		r, err := s.courier.Report(context.WithoutCancel(ctx))
		return r, cmp.Or(err, ctx.Err())
	case errors.Is(err, context.DeadlineExceeded):
		return s.courier.Report(ctx)
	case err != nil:
		return outbox.Report{}, fmt.Errorf("lock of the courier: %w", err)
	}
	defer func() {
		if err := lock.Unlock(); err != nil {
			s.log.Warn("courier lock not released", "error", err)
		}
	}()
	return s.courier.Round(ctx, now)
}

// SendDue carries what is due by itself, for the window's background; it disturbs the post no more often than the items' waiting times allow.
func (s *Station) SendDue(ctx context.Context) error {
	if s.post == nil {
		return nil
	}
	r, err := s.round(ctx, false)
	if r.Sent > 0 || err != nil {
		s.noteContact(ctx, err)
	}
	return err
}

func deadItem(item store.Item) DeadItem {
	d := DeadItem{ID: item.ID, Kind: item.Kind, Batch: item.Key, Reason: Reason{"hint.unexpected", hint.Args{"Error": item.LastError}}}
	if key, args, ok := outbox.Hint(item); ok {
		d.Reason = Reason{key, args}
	}
	return d
}

// takeMade reads the batches anew of which a change was made in the last round, so that what follows from it is seen at once: stale envelopes, pieces taken out.
func (s *Station) takeMade(ctx context.Context, before []store.Item) error {
	after, err := s.courier.Waiting(ctx)
	if err != nil {
		return err
	}
	waits := map[string]bool{}
	for _, item := range after {
		waits[item.ID] = true
	}
	read := map[string]bool{}
	for _, item := range before {
		if item.Kind == CheckinKind || item.Kind == OrderKind || waits[item.ID] || read[item.Key] {
			continue
		}
		read[item.Key] = true
		row, err := s.store.Batch(ctx, item.Key)
		if err != nil {
			return err
		}
		if err := s.pullOne(ctx, row.Batch, &PullReport{}); err != nil {
			return err
		}
	}
	return nil
}

// takeNews reads the batches that are handed over and not at their end. A batch costs one call; its pieces are read only when the post may have news of them.
func (s *Station) takeNews(ctx context.Context) (changed int, err error) {
	rows, err := s.store.Batches(ctx)
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		if row.HandedAt.IsZero() || ended(row) {
			continue
		}
		b, err := s.post.Batch(ctx, row.Name)
		if errors.Is(err, post.ErrNotFound) {
			continue // Pull says it
		}
		if err != nil {
			return changed, err
		}
		if b.Status == postal.BatchCreated || b.Status == postal.BatchFrozen && !batchDiffers(row.Batch, b) {
			continue
		}
		var r PullReport
		before := row.States
		if err := s.pullBatch(ctx, b, &r); err != nil {
			return changed, err
		}
		after, err := s.store.Batch(ctx, row.Name)
		if err != nil {
			return changed, err
		}
		for _, state := range []postal.PieceState{postal.StateAccepted, postal.StateRefused, postal.StateDelivered} {
			changed += max(0, after.States[state]-before[state])
		}
	}
	return changed, nil
}

// Waiting lists what has not reached the post, in the order it was put.
func (s *Station) Waiting(ctx context.Context) ([]store.Item, error) { return s.courier.Waiting(ctx) }

// Retry lets an item go again at the next round.
func (s *Station) Retry(ctx context.Context, id string) error {
	ctx, err := s.as(ctx, ActChange)
	if err != nil {
		return err
	}
	return s.courier.Retry(ctx, id)
}

// Skip takes an item out of the outbox because a person says so.
func (s *Station) Skip(ctx context.Context, id string) error {
	ctx, err := s.as(ctx, ActChange)
	if err != nil {
		return err
	}
	return s.courier.Skip(ctx, id)
}
