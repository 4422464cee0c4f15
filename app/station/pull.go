package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"znak/app/boundary"
	"znak/app/post"
	"znak/app/postal"
	"znak/store"
)

// keyContact holds, as JSON, when the post could last be reached.
const keyContact = "pull.contact"

// Pull brings the account's state here: sender, open batches with their pieces and marks, balance, and the batches remembered
// from before that the list no longer shows (it gives CREATED ones only; facts/otpravka-api.md §0.2 fact 7). Each batch is taken in whole or
// not at all, so a pull that breaks off leaves nothing half-applied. The error is beside a report of what was done.
func (s *Station) Pull(ctx context.Context) (PullReport, error) {
	var r PullReport
	if err := s.needPost(); err != nil {
		return r, err
	}
	before := s.post.Calls()
	began := s.now().UTC()
	err := s.pull(ctx, &r)
	r.Calls = s.post.Calls() - before
	s.noteContact(ctx, err)
	if err == nil {
		err = s.store.Write(ctx, func(tx *store.Tx) error { return tx.SetSetting(keyPulled, began.Format(time.RFC3339)) })
	}
	return r, err
}

func (s *Station) pull(ctx context.Context, r *PullReport) error {
	if _, err := s.post.Limit(ctx); err != nil {
		return err
	}
	settings, err := s.post.Settings(ctx)
	if err != nil {
		return err
	}
	if err := s.store.Write(ctx, func(tx *store.Tx) error { return tx.PutSender(settings.Sender) }); err != nil {
		return err
	}
	err = s.pullBatches(ctx, r)
	if stopsAll(err) {
		return err
	}
	return errors.Join(err, s.pullBalance(ctx, r)) // last: what the post has debited is known by then
}

func (s *Station) pullBatches(ctx context.Context, r *PullReport) error {
	open, err := s.post.Batches(ctx)
	if err != nil {
		return err
	}
	listed := map[string]bool{}
	var troubles []error // of single batches: they do not keep the others away
	for _, b := range open {
		listed[b.Name] = true
		if err := s.pullBatch(ctx, b, r); err != nil {
			err = fmt.Errorf("batch %s: %w", b.Name, err)
			if stopsAll(err) {
				return err
			}
			troubles = append(troubles, err)
		}
	}
	return errors.Join(append(troubles, s.pullRemembered(ctx, listed, r))...)
}

// freshenWithin bounds how long a run waits for the post before it goes on with what is known here.
const freshenWithin = 5 * time.Second

// freshen asks the post, where it answers, whether a batch has changed since the last pull, and if so reads it anew: what is about to be printed must
// not be stale already. Without the network, or without a call to spare, printing goes on with what was pulled.
func (s *Station) freshen(ctx context.Context, name string) error {
	row, err := s.store.Batch(ctx, name)
	if errors.Is(err, store.ErrNotFound) || s.post == nil {
		return nil // the caller says it
	}
	if err != nil {
		return err
	}
	short, cancel := context.WithTimeout(ctx, freshenWithin)
	defer cancel()
	b, err := s.post.Batch(short, name)
	if err == nil && !batchDiffers(row.Batch, b) && !b.Documents.MarksChanged() {
		s.noteContact(ctx, nil)
		return nil
	}
	if err == nil {
		var r PullReport
		err = s.pullBatch(ctx, b, &r)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.noteContact(ctx, err)
	if err != nil {
		s.log.Info("printing with what was pulled", "batch", name, "error", err)
	}
	return nil
}

// freshenMoney asks the post anew where the money that is known of does not reach for a batch: the balance may have been topped up since, or a pull
// ended before it came to the balance. What the post has accepted is read first, it is paid out of the same sum.
func (s *Station) freshenMoney(ctx context.Context, v BatchView) (BatchView, error) {
	short := slices.ContainsFunc(v.Reasons, func(r Reason) bool { return r.Key == reasonMoney })
	if !short || s.post == nil {
		return v, nil
	}
	asking, cancel := context.WithTimeout(ctx, freshenWithin)
	defer cancel()
	_, err := s.takeNews(asking)
	if err == nil {
		err = s.pullBalance(asking, &PullReport{})
	}
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
	s.noteContact(ctx, err)
	if err != nil {
		s.log.Info("judging by the balance that was pulled", "batch", v.Name, "error", err)
		return v, nil
	}
	return s.Batch(ctx, v.Name)
}

// stopsAll reports whether err would meet the next call too.
func stopsAll(err error) bool {
	for _, shared := range []error{post.ErrUnreachable, post.ErrUnauthorized, post.ErrQuota, context.Canceled, context.DeadlineExceeded,
		store.ErrFull, store.ErrReadOnly, store.ErrLocked, store.ErrDamaged} {
		if errors.Is(err, shared) {
			return true
		}
	}
	return false
}

// pullRemembered reads the batches that were open here and are not in the list any more, one by one.
func (s *Station) pullRemembered(ctx context.Context, listed map[string]bool, r *PullReport) error {
	rows, err := s.store.Batches(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if listed[row.Name] || ended(row) {
			continue
		}
		if err := s.pullOne(ctx, row.Batch, r); err != nil {
			return err
		}
	}
	return nil
}

// pullOne reads one known batch by name. A batch that is gone at the post has no pieces any more: all are withdrawn.
func (s *Station) pullOne(ctx context.Context, known postal.Batch, r *PullReport) error {
	b, err := s.post.Batch(ctx, known.Name)
	switch {
	case errors.Is(err, post.ErrNotFound):
		known.PieceCount, known.Status = 0, batchGone
		return s.takeIn(ctx, known, nil, r)
	case err == nil:
		err = s.pullBatch(ctx, b, r)
	}
	if err != nil {
		return fmt.Errorf("batch %s: %w", known.Name, err)
	}
	return nil
}

// batchGone is our own word for a batch that the post does not know any more.
const batchGone postal.BatchStatus = "GONE"

// ended reports whether nothing more is expected from the post about the batch.
func ended(row store.BatchRow) bool {
	if row.Status == postal.BatchArchived || row.Status == batchGone {
		return true
	}
	open := 0
	for state, n := range row.States {
		switch state {
		case postal.StateDelivered, postal.StateRefused, postal.StateWithdrawn, postal.StateOrphan:
		default:
			open += n
		}
	}
	return open == 0 && row.Status == postal.BatchSent
}

// pullBatch reads all pieces of b, then takes them in at once.
func (s *Station) pullBatch(ctx context.Context, b postal.Batch, r *PullReport) error {
	pieces := make([]postal.Piece, 0, b.PieceCount)
	for page, err := range s.post.Shipments(ctx, b.Name, b.PieceCount) {
		if err != nil {
			return err
		}
		for _, p := range page.Problems {
			page.Pieces[p.Index].Unreadable = p.Err.Error()
			r.Problems = append(r.Problems, Refusal{postal.ShPI(p.ShPI), reasonOf(p.Err)})
		}
		pieces = append(pieces, page.Pieces...)
	}
	return s.takeIn(ctx, b, pieces, r)
}

// takeIn compares what the post shows with what is known and writes both facts and events in one transaction.
func (s *Station) takeIn(ctx context.Context, b postal.Batch, pieces []postal.Piece, r *PullReport) error {
	var t intake
	boundary.At(boundary.PullBefore)
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		t = intake{tx: tx, batch: b}
		pieces, err := withoutPersons(tx, b.Name, pieces)
		if err != nil {
			return err
		}
		if err := t.batchNews(); err != nil {
			return err
		}
		for _, p := range pieces {
			if err := t.pieceNews(p); err != nil {
				return err
			}
		}
		if err := tx.PutPieces(b.Name, 0, pieces); err != nil {
			return err
		}
		t.withdrawn(pieces)
		if err := tx.Record(t.events...); err != nil {
			return err
		}
		return doubtPulled(tx, b.Name)
	})
	if err != nil {
		return err
	}
	boundary.At(boundary.PullAfter)
	r.Batches++
	r.Pieces += len(pieces)
	r.Changed += t.changed
	r.Stale += t.stale
	return nil
}

// intake is one batch on its way from the post into the store.
type intake struct {
	tx     *store.Tx
	batch  postal.Batch
	was    postal.Batch             // as it was known; empty: it was not
	known  map[int64]store.PieceRow // its pieces that are known, by the post's id
	events []store.NewEvent

	changed, stale int // pieces
}

// batchNews writes the batch and what is new about it, and reads what is known of its pieces.
func (t *intake) batchNews() error {
	old, err := t.tx.Batch(t.batch.Name)
	first := errors.Is(err, store.ErrNotFound)
	if err != nil && !first {
		return err
	}
	t.was, t.known = old.Batch, map[int64]store.PieceRow{}
	if err := t.tx.PutBatch(t.batch, true); err != nil {
		return err
	}
	kind := postal.EventBatchPulled
	if !first {
		rows, err := t.tx.Pieces(t.batch.Name)
		if err != nil {
			return err
		}
		for _, row := range rows {
			t.known[row.PostID] = row
		}
		if !batchDiffers(old.Batch, t.batch) {
			return nil
		}
		kind = postal.EventBatchChanged
	}
	return t.tx.Record(store.NewEvent{Kind: kind, Batch: t.batch.Name, Data: batchData(t.batch)})
}

// pieceNews notes what is new about a piece.
func (t *intake) pieceNews(p postal.Piece) (err error) {
	was, have := t.known[p.PostID]
	if !have { // it may come from another batch, where it is known already
		if was, err = t.tx.Piece(p.PostID); err == nil {
			have = true
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if !have || was.State == postal.StateWithdrawn || was.State == postal.StateOrphan {
		t.note(postal.EventPulled, p, pieceData(t.batch, p))
	} else {
		diff := printedDiff(t.was, was.Piece, t.batch, p)
		if was.Batch != t.batch.Name { // the ledger, and with it the money, must know where the piece is
			diff = append(diff, store.FieldChange{Name: "batch", From: was.Batch, To: t.batch.Name})
		}
		if len(diff) > 0 {
			t.changed++
			if was.State.OnPaper() {
				t.stale++
			}
			t.note(postal.EventChanged, p, store.ChangedData{Fields: diff})
		}
	}
	if have {
		t.events = append(t.events, newsOf(t.batch, was, p)...)
	}
	return nil
}

// withdrawn notes the known pieces that the post does not show any more.
func (t *intake) withdrawn(shown []postal.Piece) {
	seen := make(map[int64]bool, len(shown))
	for _, p := range shown {
		seen[p.PostID] = true
	}
	for id, was := range t.known {
		if !seen[id] && was.State != postal.StateWithdrawn && was.State != postal.StateOrphan {
			t.note(postal.EventWithdrawn, was.Piece, nil)
		}
	}
}

func (t *intake) note(kind postal.EventKind, p postal.Piece, data any) {
	t.events = append(t.events, store.NewEvent{Kind: kind, Batch: t.batch.Name, Piece: p.PostID, ShPI: p.ShPI, Data: data})
}

// printedDiff lists the fields that stand on the envelope or in its mark and differ. Anything else may change without harm to what is on paper.
func printedDiff(wasB postal.Batch, was postal.Piece, nowB postal.Batch, now postal.Piece) []store.FieldChange {
	var diff []store.FieldChange
	add := func(name, from, to string) {
		if from != to {
			diff = append(diff, store.FieldChange{Name: name, From: from, To: to})
		}
	}
	mark := func(p postal.Piece) (id, value, office string) {
		if p.Mark == nil {
			return "", "", ""
		}
		return p.Mark.ID, p.Mark.Value.Decimal(), string(p.Mark.Office)
	}
	wasID, wasValue, wasOffice := mark(was)
	nowID, nowValue, nowOffice := mark(now)
	add("mark", wasID, nowID)
	add("value", wasValue, nowValue)
	add("office", wasOffice, nowOffice)
	add("shpi", string(was.ShPI), string(now.ShPI))
	add("mass", fmt.Sprint(was.Mass), fmt.Sprint(now.Mass))
	add("date", string(wasB.SendingDate), string(nowB.SendingDate))
	add("index", string(was.To.Address.Index), string(now.To.Address.Index))
	personal := func(name string, same bool) { // the ledger is for ever: what identifies a person stays out of it
		if !same {
			diff = append(diff, store.FieldChange{Name: name})
		}
	}
	personal("name", was.To.Name == now.To.Name)
	personal("address", slices.Equal(was.To.Address.Lines(), now.To.Address.Lines()))
	add("envelope", string(was.Envelope), string(now.Envelope))
	add("charge", was.Charge().Decimal(), now.Charge().Decimal())
	add("rank", string(was.Rank), string(now.Rank))
	return diff
}

func batchDiffers(a, b postal.Batch) bool {
	a.Extra, b.Extra = nil, nil
	return a.Status != b.Status || a.SendingDate != b.SendingDate || a.PieceCount != b.PieceCount || a.ListNumber != b.ListNumber ||
		a.Documents != b.Documents || a.Office != b.Office || a.UseOnlineBalance != b.UseOnlineBalance || !slices.Equal(a.Postmarks, b.Postmarks)
}

func batchData(b postal.Batch) any {
	return struct {
		Status    postal.BatchStatus    `json:"status"`
		Date      postal.Date           `json:"date"`
		Pieces    int                   `json:"pieces"`
		List      int64                 `json:"list,omitempty"`
		Documents postal.DocumentStatus `json:"documents,omitempty"`
	}{b.Status, b.SendingDate, b.PieceCount, b.ListNumber, b.Documents}
}

func pieceData(b postal.Batch, p postal.Piece) store.PulledData {
	d := store.PulledData{Mass: p.Mass, Date: b.SendingDate, Index: p.To.Address.Index}
	if p.Mark != nil {
		d.Mark, d.Value = p.Mark.ID, p.Mark.Value
	}
	return d
}

// newsOf turns what the post's tracking says of a piece into events (facts/otpravka-api.md §4 last-oper-type, §10.3 operation 44).
func newsOf(b postal.Batch, was store.PieceRow, p postal.Piece) []store.NewEvent {
	event := store.NewEvent{Batch: b.Name, Piece: p.PostID, ShPI: p.ShPI, Data: operationData{p.LastOperation, p.LastAttribute, p.LastAt, p.OperationText}}
	fresh := p.LastOperation != was.LastOperation || p.LastAttribute != was.LastAttribute || !p.LastAt.Equal(was.LastAt)
	switch {
	case fresh && p.LastOperation == "ACCEPTANCE_REJECTED":
		event.Kind = postal.EventRefused
	case fresh && p.LastOperation == "GIVING":
		event.Kind = postal.EventDelivered
	case was.State == postal.StateHanded && takenIn(b, p):
		event.Kind = postal.EventAccepted
	case fresh && p.LastOperation == "ACCEPTING" && was.State != postal.StateAccepted:
		event.Kind = postal.EventAccepted
	case fresh && p.LastOperation == "PROCESSING" && mayBeTaken[was.State]: // its acceptance went by unseen
		event.Kind = postal.EventAccepted
	case fresh && p.LastOperation != "":
		event.Kind = postal.EventOperation
	default:
		return nil
	}
	return []store.NewEvent{event}
}

// mayBeTaken are the states from which a piece can turn out to have been taken in.
var mayBeTaken = map[postal.PieceState]bool{postal.StatePulled: true, postal.StatePrinted: true, postal.StateVerified: true, postal.StateUnknown: true,
	postal.StateStale: true, postal.StateSpoiled: true, postal.StateHanded: true}

// takenIn reports whether the office has the piece: the batch says so, and the piece was not refused.
func takenIn(b postal.Batch, p postal.Piece) bool {
	return (b.Status == postal.BatchAccepted || b.Status == postal.BatchSent) && p.LastOperation != "ACCEPTANCE_REJECTED"
}

type operationData struct {
	Type string    `json:"type"`
	Attr string    `json:"attr,omitempty"`
	At   time.Time `json:"at,omitzero"`
	Text string    `json:"text,omitempty"`
}

// noteContact remembers whether the post could be reached, for the line at the bottom of the window.
func (s *Station) noteContact(ctx context.Context, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	c := contact{At: s.now().UTC(), OK: !errors.Is(err, post.ErrUnreachable)}
	if last, loadErr := s.lastContact(ctx); loadErr == nil && !c.OK {
		c.LastOK = last.LastOK
	} else {
		c.LastOK = c.At
	}
	raw, jsonErr := json.Marshal(c)
	if jsonErr != nil {
		return
	}
	if err := s.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.SetSetting(keyContact, string(raw)) }); err != nil {
		s.log.Warn("contact not noted", "error", err)
	}
}

type contact struct {
	At     time.Time `json:"at"`
	OK     bool      `json:"ok"`
	LastOK time.Time `json:"last_ok,omitzero"`
}

func (s *Station) lastContact(ctx context.Context) (contact, error) {
	var c contact
	raw, ok, err := s.store.Setting(ctx, keyContact)
	if err != nil || !ok {
		return c, err
	}
	return c, json.Unmarshal([]byte(raw), &c)
}
