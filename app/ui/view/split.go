package view

import (
	"context"

	"znak/app/postal"
	"znak/store"
)

// Splitter takes letters out of a batch at the post.
type Splitter interface {
	Return(ctx context.Context, ids []postal.ShPI) error
}

// UnfitOf are the letters of a batch that the mark cannot pay for as they are: without a mark, or in an envelope that does not take it. None where that is all
// of them: then there is nothing to split.
func UnfitOf(rows []store.PieceRow) []postal.ShPI {
	var ids []postal.ShPI
	fit := 0
	for _, r := range rows {
		switch {
		case r.State == postal.StateWithdrawn:
		case r.Mark == nil || !r.Envelope.TakesMark():
			ids = append(ids, r.ShPI)
		default:
			fit++
		}
	}
	if fit == 0 {
		return nil
	}
	return ids
}
