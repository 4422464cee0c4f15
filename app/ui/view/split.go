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
// of them: then there is nothing to split; see NoneFits.
func UnfitOf(rows []store.PieceRow) []postal.ShPI {
	unfit, fit := sorted(rows)
	if fit == 0 {
		return nil
	}
	return unfit
}

// NoneFits reports whether the mark can pay for no letter of the batch as it is.
func NoneFits(rows []store.PieceRow) bool {
	unfit, fit := sorted(rows)
	return fit == 0 && len(unfit) > 0
}

func sorted(rows []store.PieceRow) (unfit []postal.ShPI, fit int) {
	for _, r := range rows {
		switch {
		case r.State == postal.StateWithdrawn:
		case r.Mark == nil || !r.Envelope.TakesMark():
			unfit = append(unfit, r.ShPI)
		default:
			fit++
		}
	}
	return unfit, fit
}

// SplitNoneOf is the advice where no letter of the batch fits: the batch as a whole goes another way.
func (w Words) SplitNoneOf(b Batch) string {
	for _, r := range b.raw.Reasons {
		switch advice[r.Key] {
		case "ui.split.envelope":
			return w.T("ui.split.envelope-all")
		case "ui.split.no-mark":
			return w.T("ui.split.no-mark-all")
		}
	}
	return w.SplitOf(b)
}
