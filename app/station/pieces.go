package station

import (
	"context"
	"errors"

	"znak/app/boundary"
	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// Pieces lists pieces in print order.
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
	return s.declareUnknown(ctx, id, postal.EventPrinted)
}

// DeclareNotPrinted is a person's word that an unknown piece is not on paper; it can be printed then.
func (s *Station) DeclareNotPrinted(ctx context.Context, id postal.ShPI) error {
	return s.declareUnknown(ctx, id, postal.EventNotPrinted)
}

func (s *Station) declareUnknown(ctx context.Context, id postal.ShPI, kind postal.EventKind) error {
	row, err := s.Piece(ctx, id)
	if err != nil {
		return err
	}
	if row.State != postal.StateUnknown {
		return refuse("station.not-unknown", hint.Args{"ShPI": id.Grouped(), "State": row.State})
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
