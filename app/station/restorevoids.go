package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"znak/app/postal"
	"znak/store"
)

// LostVoid is what a replaced store knows of the void envelopes of a piece and the restored one does not: they lie about and bear a mark that may be in
// force, so they are owed as before.
type LostVoid struct {
	ShPI  postal.ShPI `json:"shpi"`
	Steps []voidStep  `json:"steps"` // in the order in which they happened
}

// voidStep is one event of a void envelope: spoiled, destroyed or missing.
type voidStep struct {
	Kind postal.EventKind `json:"kind"`
	Job  string           `json:"job,omitempty"` // of a spoiled one: with which it was printed; "": before the ledgers parted
	Data json.RawMessage  `json:"data"`          // the event's own, with where it comes from
}

// voidKinds are the events of void envelopes.
var voidKinds = []postal.EventKind{postal.EventSpoiled, postal.EventDestroyed, postal.EventMissing}

// keyLostVoids keeps the void envelopes of pieces that the restored store does not know yet.
const keyLostVoids = "lost-voids"

// lostJob is the name of the job of a void envelope whose own is not known any more.
const lostJob = "before-restore"

// origin is where an event that was carried over from a replaced ledger comes from; it stands in the event's data.
type origin struct {
	Carried string `json:"carried"` // the identity that it had there
	By      string `json:"by,omitempty"`
	At      string `json:"at,omitempty"` // RFC 3339
}

// identityOf is the same for an event and for what was carried over of it.
func identityOf(e store.Event) (string, error) {
	var from origin
	if err := dataOf(e, &from); err != nil {
		return "", err
	}
	if from.Carried != "" {
		return from.Carried, nil
	}
	return e.ID, nil
}

// carry makes the data of an event ready for another ledger.
func carry(e store.Event) (json.RawMessage, error) {
	data := map[string]any{}
	if err := dataOf(e, &data); err != nil {
		return nil, err
	}
	if data["carried"] == nil {
		data["carried"], data["by"], data["at"] = e.ID, e.Who, e.At.UTC().Format("2006-01-02T15:04:05Z07:00")
	}
	return json.Marshal(data)
}

// lostVoids lists the void envelopes of which only the replaced store tells: its events after the number common, and what an earlier restore has left
// in it for pieces that were not pulled again.
func lostVoids(ctx context.Context, old, staged *store.Store, common int64) ([]LostVoid, error) {
	known := map[string]bool{}
	mine, err := staged.Events(ctx, store.EventQuery{Kinds: voidKinds, After: common})
	if err != nil {
		return nil, err
	}
	for _, e := range mine {
		id, err := identityOf(e)
		if err != nil {
			return nil, err
		}
		known[id] = true
	}
	waiting, err := keptLostVoids(storeSettings{ctx, staged})
	if err != nil {
		return nil, err
	}
	for _, v := range waiting {
		for _, step := range v.Steps {
			known[step.identity()] = true
		}
	}
	list, err := keptLostVoids(storeSettings{ctx, old})
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(v LostVoid) bool { return known[v.Steps[0].identity()] })
	events, err := old.Events(ctx, store.EventQuery{Kinds: append([]postal.EventKind{postal.EventIntent}, voidKinds...), After: common})
	if err != nil {
		return nil, err
	}
	jobs := map[int64]string{}
	at := map[postal.ShPI]int{}
	for _, e := range events {
		if e.Kind == postal.EventIntent {
			var data store.IntentData
			if err := dataOf(e, &data); err != nil {
				return nil, err
			}
			jobs[e.Piece] = data.Job
			continue
		}
		id, err := identityOf(e)
		if err != nil {
			return nil, err
		}
		if known[id] {
			continue
		}
		step := voidStep{Kind: e.Kind}
		if step.Data, err = carry(e); err != nil {
			return nil, err
		}
		if e.Kind == postal.EventSpoiled {
			step.Job = jobs[e.Piece]
		}
		i, ok := at[e.ShPI]
		if !ok {
			i = len(list)
			at[e.ShPI], list = i, append(list, LostVoid{ShPI: e.ShPI})
		}
		list[i].Steps = append(list[i].Steps, step)
	}
	return list, nil
}

func (v voidStep) identity() string {
	var from origin
	_ = json.Unmarshal(v.Data, &from) // ours; an unreadable one is the same as none
	return from.Carried
}

// withoutVoids takes the envelopes that are void for certain out of the prints of which nobody knows what became.
func withoutVoids(prints []LostPrint, voids []LostVoid) []LostPrint {
	for _, v := range voids {
		for _, step := range v.Steps {
			if step.Kind != postal.EventSpoiled || step.Job == "" {
				continue
			}
			for i := range prints {
				if l := &prints[i]; l.Job == step.Job {
					l.ShPIs = slices.DeleteFunc(l.ShPIs, func(id postal.ShPI) bool { return id == v.ShPI })
					l.Void = append(l.Void, v.ShPI)
				}
			}
		}
	}
	return slices.DeleteFunc(prints, func(l LostPrint) bool { return len(l.ShPIs) == 0 && !l.Whole })
}

// settings reads settings: in a change or outside of one.
type settings interface {
	Setting(key string) (value string, ok bool, err error)
}

// storeSettings are those of a store.
type storeSettings struct {
	ctx   context.Context
	store *store.Store
}

var (
	_ settings = storeSettings{}
	_ settings = (*store.Tx)(nil)
)

func (s storeSettings) Setting(key string) (string, bool, error) { return s.store.Setting(s.ctx, key) }

func keptLostVoids(s settings) ([]LostVoid, error) {
	raw, ok, err := s.Setting(keyLostVoids)
	if err != nil || !ok || raw == "" {
		return nil, err
	}
	var list []LostVoid
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		return nil, fmt.Errorf("setting %s: %w", keyLostVoids, err)
	}
	return slices.DeleteFunc(list, func(v LostVoid) bool { return len(v.Steps) == 0 }), nil
}

func keepLostVoids(tx *store.Tx, list []LostVoid) error {
	if len(list) == 0 {
		return tx.SetSetting(keyLostVoids, "")
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return tx.SetSetting(keyLostVoids, string(raw))
}

// applyVoids writes lost void envelopes of pieces that the store knows into its ledger. voided is how many became known as void; rest is of pieces that
// the store does not know yet.
func applyVoids(tx *store.Tx, list []LostVoid) (voided int, rest []LostVoid, err error) {
	for _, v := range list {
		row, err := tx.PieceByShPI(v.ShPI)
		if errors.Is(err, store.ErrNotFound) || err == nil && row.State == postal.StateWithdrawn { // it may come (back)
			rest = append(rest, v)
			continue
		}
		if err != nil {
			return 0, nil, err
		}
		for _, step := range v.Steps {
			events, err := step.events(tx, row)
			if err != nil {
				return 0, nil, err
			}
			if len(events) == 0 {
				continue
			}
			if err := tx.Record(events...); err != nil {
				return 0, nil, err
			}
			if step.Kind == postal.EventSpoiled {
				voided++
			}
			if row, err = tx.Piece(row.PostID); err != nil {
				return 0, nil, err
			}
		}
	}
	return voided, rest, nil
}

// events are what a step writes into the ledger of a piece as it is now; none where that ledger has no room for it.
func (v voidStep) events(tx *store.Tx, row store.PieceRow) ([]store.NewEvent, error) {
	happened := store.NewEvent{Kind: v.Kind, Piece: row.PostID, Data: v.Data}
	switch v.Kind {
	case postal.EventDestroyed:
		if row.Owed+row.Missing == 0 {
			return nil, nil
		}
		return []store.NewEvent{happened}, nil
	case postal.EventMissing:
		if row.Owed == 0 {
			return nil, nil
		}
		return []store.NewEvent{happened}, nil
	}
	job := v.Job
	if job == "" {
		job = lostJob
	}
	unknown := store.NewEvent{Kind: postal.EventUnknown, Piece: row.PostID, Data: jobData{Job: job}}
	switch {
	case row.State.Printable() && row.Problem == "": // this ledger does not know that it was printed
		if err := noteJob(tx, &LostPrint{Job: job}, row.Batch, []int64{row.PostID}); err != nil {
			return nil, err
		}
		intent := store.NewEvent{Kind: postal.EventIntent, Piece: row.PostID, Data: store.IntentData{Job: job, Copy: row.Copies + 1}}
		return []store.NewEvent{intent, unknown, happened}, nil
	case row.State == postal.StateQueued:
		return []store.NewEvent{unknown, happened}, nil
	}
	if _, err := postal.Next(row.State, postal.EventSpoiled); err != nil { // handed over: the post has it in its hands, void or not
		return nil, nil
	}
	return []store.NewEvent{happened}, nil
}

// commonEvents is how many events two ledgers have in common from the beginning: each event's hash holds all before it. most is a bound.
func commonEvents(ctx context.Context, a, b *store.Store, most int64) (int64, error) {
	hash := func(s *store.Store, seq int64) (string, error) {
		list, err := s.Events(ctx, store.EventQuery{After: seq - 1, Limit: 1})
		if err != nil || len(list) == 0 || list[0].Seq != seq {
			return "", err
		}
		return list[0].Hash, nil
	}
	low, high := int64(0), most // low is common, high+1 is not
	for low < high {
		mid := (low + high + 1) / 2
		one, err := hash(a, mid)
		if err != nil {
			return 0, err
		}
		other, err := hash(b, mid)
		if err != nil {
			return 0, err
		}
		if one != "" && one == other {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return low, nil
}
