package station

import (
	"context"
	"encoding/json"
	"time"

	"znak/app/postal"
	"znak/store"
)

// OperatorAct is one line of the log of operators: who came and went, and who changed what about whom.
type OperatorAct struct {
	At  time.Time
	Who string // did it: an operator, or the user of the computer
	store.OperatorData
}

// OperatorLog reads from the ledger the last acts about operators, oldest first; limit 0: all.
func (s *Station) OperatorLog(ctx context.Context, limit int) ([]OperatorAct, error) {
	events, err := s.store.Events(ctx, store.EventQuery{Kinds: []postal.EventKind{postal.EventOperator}})
	if err != nil {
		return nil, err
	}
	if limit > 0 && len(events) > limit {
		events = events[len(events)-limit:]
	}
	list := make([]OperatorAct, len(events))
	for i, e := range events {
		list[i] = OperatorAct{At: e.At, Who: e.Who}
		if err := json.Unmarshal(e.Data, &list[i].OperatorData); err != nil {
			return nil, err
		}
	}
	return list, nil
}
