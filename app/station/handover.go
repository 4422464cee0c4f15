package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"znak/app/boundary"
	"znak/app/hint"
	"znak/app/outbox"
	"znak/app/paper"
	"znak/app/post"
	"znak/app/postal"
	"znak/printer/pdf"
	"znak/store"
)

// CheckinKind is the outbox kind of telling the post that a batch is handed over.
const CheckinKind = "checkin"

// HandOver closes the counts of a batch: every piece must have been verified. It records the hand-over and queues checkin in one
// step, then writes the list form. Asked again for the same batch it changes nothing and writes the form anew. Pieces that keep
// the batch here are listed in the report beside the *Refused error.
func (s *Station) HandOver(ctx context.Context, name string) (HandOverReport, error) {
	ctx, err := s.as(ctx, ActHandOver)
	if err != nil {
		return HandOverReport{Batch: name}, err
	}
	r := HandOverReport{Batch: name}
	v, err := s.Batch(ctx, name)
	if err != nil {
		return r, err
	}
	if v.HandedAt.IsZero() {
		if err := s.handOver(ctx, v, &r); err != nil {
			return r, err
		}
	}
	if v, err = s.Batch(ctx, name); err != nil {
		return r, err
	}
	r.Verified = 0
	for _, state := range []postal.PieceState{postal.StateHanded, postal.StateAccepted, postal.StateRefused, postal.StateDelivered} {
		r.Verified += v.States[state]
	}
	r.Queued = true
	file, err := s.listForm(ctx, v)
	if err != nil {
		return r, err
	}
	r.Files = []string{file}
	return r, nil
}

func (s *Station) handOver(ctx context.Context, v BatchView, r *HandOverReport) error {
	boundary.At(boundary.HandBefore)
	defer boundary.At(boundary.HandAfter)
	return s.store.Write(ctx, func(tx *store.Tx) error { // what is counted must be what is handed over, whoever else is at work
		*r = HandOverReport{Batch: v.Name}
		row, err := tx.Batch(v.Name)
		if err != nil || !row.HandedAt.IsZero() {
			return err
		}
		events, err := s.countHanded(tx, row, r)
		if err != nil {
			return err
		}
		if row.ApprovedAt.IsZero() { // printed elsewhere or before approval was asked for: the money is held from now on
			if err := approve(tx, row); err != nil {
				return err
			}
		}
		if err := tx.Record(events...); err != nil {
			return err
		}
		handed := store.NewEvent{Kind: postal.EventBatchHanded, Batch: v.Name, Data: map[string]any{"pieces": len(events), "sum_kopecks": row.MarkSum}}
		if err := tx.Record(handed); err != nil {
			return err
		}
		_, err = outbox.Put(tx, s.now().UTC(), CheckinKind, v.Name, checkinPayload{v.Name, row.UseOnlineBalance})
		return err
	})
}

// countHanded gives the events of all pieces of a batch, or refuses because of those that cannot go.
func (s *Station) countHanded(tx *store.Tx, b store.BatchRow, r *HandOverReport) ([]store.NewEvent, error) {
	if b.Status != postal.BatchCreated {
		return nil, refuse("station.ready.status", hint.Args{"Status": b.Status})
	}
	rows, err := tx.Pieces(b.Name)
	if err != nil {
		return nil, err
	}
	var events []store.NewEvent
	for _, row := range rows {
		if row.Owed > 0 {
			r.Missing = append(r.Missing, Refusal{row.ShPI, Reason{"station.missing.owed", hint.Args{"ShPI": row.ShPI.Grouped(), "Count": row.Owed}}})
			continue
		}
		switch row.State {
		case postal.StateVerified:
			r.Verified++
			events = append(events, store.NewEvent{Kind: postal.EventHanded, Batch: b.Name, Piece: row.PostID, ShPI: row.ShPI})
		case postal.StateWithdrawn:
		default: // an orphan too: its envelope may lie among the others
			r.Missing = append(r.Missing, Refusal{row.ShPI, Reason{"station.missing." + string(row.State), hint.Args{"ShPI": row.ShPI.Grouped()}}})
		}
	}
	if len(r.Missing) > 0 {
		return nil, refuse("station.handover.missing", hint.Args{"Count": len(r.Missing), "Batch": b.Name})
	}
	if r.Verified == 0 {
		return nil, refuse("station.ready.empty", nil)
	}
	return events, nil
}

// listForm writes the list form ф.103 of a batch into the folder "forms", whole or not at all.
func (s *Station) listForm(ctx context.Context, v BatchView) (string, error) {
	rows, err := s.store.Pieces(ctx, store.PieceQuery{Batch: v.Name, States: []postal.PieceState{
		postal.StateHanded, postal.StateAccepted, postal.StateRefused, postal.StateDelivered}})
	if err != nil {
		return "", err
	}
	sender, err := s.store.Sender(ctx)
	if err != nil {
		return "", err
	}
	pieces := make([]postal.Piece, len(rows))
	for i, row := range rows {
		pieces[i] = row.Piece
	}
	pages, err := paper.ListForm(paper.ListParams{Batch: v.Batch, Pieces: pieces, Sender: sender, Specimen: s.specimen})
	if err != nil {
		return "", err
	}
	dir := filepath.Join(s.dir, "forms")
	path := filepath.Join(dir, "F103-"+fileName(v.Name)+".pdf")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", formError(path, err)
	}
	temp, err := os.CreateTemp(dir, ".F103-*")
	if err != nil {
		return "", formError(path, err)
	}
	defer os.Remove(temp.Name())
	err = pdf.Write(temp, slices.Values(pages), pdf.Options{Created: s.now()})
	if err == nil {
		err = temp.Sync()
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	boundary.At(boundary.FormWritten)
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return "", formError(path, err)
	}
	return path, nil
}

func formError(path string, err error) error {
	return hint.New("station.form", hint.Args{"File": path, "Error": err}, fmt.Errorf("list form: %w", err))
}

// fileName keeps letters, digits and hyphens of a name that comes from the post.
func fileName(name string) string {
	out := []rune(name)
	for i, r := range out {
		if !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-') {
			out[i] = '_'
		}
	}
	return string(out)
}

type checkinPayload struct {
	Batch            string `json:"batch"`
	UseOnlineBalance bool   `json:"use_online_balance"`
}

// checkin tells the post about a hand-over. Whether it has been told already is read off the batch: a status other than CREATED, or a
// list number (facts/otpravka-api.md §7.4).
type checkin struct{ s *Station }

var _ outbox.Handler = (*checkin)(nil)

func (c *checkin) payload(item store.Item) (checkinPayload, error) {
	var p checkinPayload
	if err := json.Unmarshal(item.Payload, &p); err != nil {
		return p, &outbox.Final{Err: fmt.Errorf("outbox item %s: %w", item.ID, err)}
	}
	return p, nil
}

func (c *checkin) Look(ctx context.Context, item store.Item) (bool, error) {
	p, err := c.payload(item)
	if err != nil {
		return false, err
	}
	if err := c.s.needPost(); err != nil {
		return false, &outbox.Unreachable{Err: err}
	}
	b, err := c.s.post.Batch(post.Vital(ctx), p.Batch)
	switch {
	case errors.Is(err, post.ErrNotFound):
		return false, &outbox.Final{Err: err}
	case err != nil:
		return false, passing(err)
	}
	return b.Status != postal.BatchCreated || b.ListNumber != 0, nil
}

func (c *checkin) Send(ctx context.Context, item store.Item) error {
	p, err := c.payload(item)
	if err != nil {
		return err
	}
	_, err = c.s.post.Checkin(ctx, p.Batch, p.UseOnlineBalance)
	return passing(err)
}

func (c *checkin) Record(tx *store.Tx, item store.Item, why error) error {
	kind, data := postal.EventCheckinSent, map[string]any{"item": item.ID, "attempts": item.Attempts}
	if why != nil {
		kind, data["why"] = postal.EventCheckinFailed, why.Error()
	}
	return tx.Record(store.NewEvent{Kind: kind, Batch: item.Key, Data: data})
}

// passing sorts the post's errors for the courier: what nobody can get through now, what the post refused for good, and the rest, which is tried again.
func passing(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, post.ErrUnclear):
		return err
	case errors.Is(err, post.ErrUnreachable), errors.Is(err, post.ErrQuota), errors.Is(err, post.ErrUnauthorized):
		return &outbox.Unreachable{Err: err}
	case errors.Is(err, post.ErrForeign), errors.Is(err, context.Canceled):
		return err
	}
	var e *post.Error
	if errors.As(err, &e) {
		return &outbox.Final{Err: err}
	}
	return err
}
