package station

import (
	"context"
	"errors"
	"slices"

	"znak/app/boundary"
	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// Pieces lists pieces in print order; with a Text and no batch the newest of the post first.
func (s *Station) Pieces(ctx context.Context, q store.PieceQuery) ([]store.PieceRow, error) {
	return s.store.Pieces(ctx, q)
}

// Piece finds one piece; an identifier not known here is refused.
func (s *Station) Piece(ctx context.Context, id postal.ShPI) (store.PieceRow, error) {
	row, err := s.store.PieceByShPI(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return row, refuse("station.piece-nowhere", hint.Args{"ShPI": id.Grouped()})
	}
	return row, err
}

// Story gives the events of a piece from its first.
func (s *Station) Story(ctx context.Context, id postal.ShPI) ([]store.Event, error) {
	row, err := s.Piece(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.store.Events(ctx, store.EventQuery{Piece: row.PostID})
}

// DeclarePrinted is a person's word that an unknown piece is on paper.
func (s *Station) DeclarePrinted(ctx context.Context, id postal.ShPI) error {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return err
	}
	return s.declareUnknown(ctx, id, postal.EventPrinted)
}

// DeclareNotPrinted is a person's word that an unknown piece is not on paper; it can be printed then.
func (s *Station) DeclareNotPrinted(ctx context.Context, id postal.ShPI) error {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return err
	}
	return s.declareUnknown(ctx, id, postal.EventNotPrinted)
}

// DeclareLast is a person's word that the piece is the last envelope of its job that came out: the unknown pieces of that job before it, and itself, are on
// paper, those after it are not. It answers how many of each.
func (s *Station) DeclareLast(ctx context.Context, id postal.ShPI) (printed, not int, err error) {
	ctx, err = s.as(ctx, ActWork)
	if err != nil {
		return 0, 0, err
	}
	row, err := s.Piece(ctx, id)
	if err != nil {
		return 0, 0, err
	}
	if row.Job == "" || !row.State.OnPaper() {
		return 0, 0, refuse("station.not-in-job", hint.Args{"ShPI": id.Grouped(), "State": row.State})
	}
	if err := s.noLongerHeld(ctx, row); err != nil {
		return 0, 0, err
	}
	job, err := s.store.Job(ctx, row.Job)
	if err != nil {
		return 0, 0, err
	}
	last := slices.Index(job.Pieces, row.PostID)
	boundary.At(boundary.SpoilBefore)
	defer boundary.At(boundary.SpoilAfter)
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		printed, not = 0, 0
		for i, piece := range job.Pieces {
			now, err := tx.Piece(piece)
			if err != nil {
				return err
			}
			if now.Job != job.ID || now.State != postal.StateUnknown {
				continue
			}
			kind := postal.EventPrinted
			if i > last {
				kind = postal.EventNotPrinted
				not++
			} else {
				printed++
			}
			err = tx.Record(store.NewEvent{Kind: kind, Batch: now.Batch, Piece: piece, ShPI: now.ShPI, Data: map[string]any{"source": "person", "last": string(id)}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return printed, not, err
}

// DeclareAll is a person's word about all unknown pieces of a batch at once: all of them came out, or none. It answers how many there were.
func (s *Station) DeclareAll(ctx context.Context, batch string, printed bool) (int, error) {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return 0, err
	}
	rows, err := s.store.Pieces(ctx, store.PieceQuery{Batch: batch, States: []postal.PieceState{postal.StateUnknown}})
	if err != nil {
		return 0, err
	}
	kind, asked := postal.EventPrinted, map[string]bool{}
	if !printed {
		kind = postal.EventNotPrinted
		for _, row := range rows {
			if asked[row.Job] {
				continue
			}
			asked[row.Job] = true
			if err := s.noLongerHeld(ctx, row); err != nil {
				return 0, err
			}
		}
	}
	boundary.At(boundary.SpoilBefore)
	defer boundary.At(boundary.SpoilAfter)
	n := 0
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		n = 0
		for _, row := range rows {
			now, err := tx.Piece(row.PostID)
			if err != nil {
				return err
			}
			if now.State != postal.StateUnknown || now.Job != row.Job { // a scanner was faster
				continue
			}
			if err := tx.Record(store.NewEvent{Kind: kind, Batch: batch, Piece: now.PostID, ShPI: now.ShPI, Data: map[string]any{"source": "person"}}); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// noLongerHeld refuses while the printer still holds the job of a piece: what a person then calls not printed could come out afterwards.
func (s *Station) noLongerHeld(ctx context.Context, row store.PieceRow) error {
	if row.Job == "" {
		return nil
	}
	job, err := s.store.Job(ctx, row.Job)
	if err != nil {
		return err
	}
	d, err := s.device(ctx, job.Device)
	if err != nil {
		return nil // a printer that is not here any more holds nothing
	}
	ctx, cancel := context.WithTimeout(ctx, printerPatience)
	defer cancel()
	if p, err := d.Progress(ctx, job.ID, len(job.Pieces)); err == nil && p.Open {
		return refuse("station.printer-holds", hint.Args{"ShPI": row.ShPI.Grouped(), "Printer": job.Device})
	}
	return nil
}

func (s *Station) declareUnknown(ctx context.Context, id postal.ShPI, kind postal.EventKind) error {
	row, err := s.Piece(ctx, id)
	if err != nil {
		return err
	}
	if row.State != postal.StateUnknown {
		return refuse("station.not-unknown", hint.Args{"ShPI": id.Grouped(), "State": row.State})
	}
	if kind == postal.EventNotPrinted {
		if err := s.noLongerHeld(ctx, row); err != nil {
			return err
		}
	}
	return s.declare(ctx, row, kind, map[string]any{"source": "person"})
}

func (s *Station) declare(ctx context.Context, row store.PieceRow, kind postal.EventKind, data any) error {
	if _, err := postal.Next(row.State, kind); err != nil {
		return refuse("station.cannot."+string(kind), hint.Args{"ShPI": row.ShPI.Grouped(), "State": row.State})
	}
	boundary.At(boundary.SpoilBefore)
	defer boundary.At(boundary.SpoilAfter)
	return s.store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(store.NewEvent{Kind: kind, Batch: row.Batch, Piece: row.PostID, ShPI: row.ShPI, Data: data})
	})
}

// Audit recomputes the ledger's chain and every derived state.
func (s *Station) Audit(ctx context.Context) (store.AuditReport, error) { return s.store.Audit(ctx) }
