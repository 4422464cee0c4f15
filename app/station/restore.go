package station

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// RestoreParams say what is put in the place of a store.
type RestoreParams struct {
	Dir   string // the data folder
	File  string // the copy
	Who   string // the person at work
	Force bool   // also a copy of another station, or one whose ledger does not hold
	Try   bool   // only tell what would be; nothing is changed
	Now   func() time.Time
	Log   *slog.Logger
}

// RestoreReport is the outcome of Restore.
type RestoreReport struct {
	Copy     store.Copy
	Replaced string      // the file that the store in use before is kept in; "" where there was none, or nothing was changed
	Lost     *int64      // events of the store in use that the copy lacks; nil: it cannot be read, or is not the same ledger
	Prints   []LostPrint // what was printed and the copy does not know
	Unknown  int         // pieces made unknown because of it
	Later    int         // identifiers on such prints whose pieces are not in the copy: they become unknown when they are pulled
	Done     bool
}

// StoreFile is the name of the store within a data folder.
const StoreFile = "znak.db"

// printedFolder is where the folder printer of a data folder writes.
const printedFolder = "printed"

// Restore puts a copy in the place of the store of a data folder; nobody may have it open. What happened after the copy was taken is not in its ledger, so
// nothing that was printed since may look unprinted: every printed file and every intent of the replaced store that the copy does not know makes its pieces
// unknown, now or when they are pulled again. The outbox of the copy is not trusted either: the courier looks before it sends, always. Refusals are
// *Refused and nothing is changed.
func Restore(ctx context.Context, p RestoreParams) (RestoreReport, error) {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	var r RestoreReport
	path := filepath.Join(p.Dir, StoreFile)
	if info, err := os.Stat(p.File); err != nil || !info.Mode().IsRegular() {
		return r, refuse("care.restore.no-file", hint.Args{"File": p.File})
	}
	job, err := store.Restore(ctx, p.File, store.Params{Path: path, Who: p.Who, Now: p.Now})
	for _, no := range []error{store.ErrLocked, store.ErrDamaged, store.ErrNewer, store.ErrConflict} {
		if errors.Is(err, no) {
			return r, &Refused{[]Reason{reasonOf(err)}}
		}
	}
	if err != nil {
		return r, err
	}
	defer func() {
		if err := job.Close(); err != nil {
			p.Log.Warn("restore not ended cleanly", "error", err)
		}
	}()
	r.Copy = job.Copy
	if err := fits(ctx, job, path, p); err != nil {
		return r, err
	}
	r.Prints, err = lostPrints(ctx, job.Store, filepath.Join(p.Dir, printedFolder))
	if err != nil {
		return r, err
	}
	r.Lost, err = r.learn(ctx, job, path)
	if err != nil { // a damaged store is the usual cause of a restore
		p.Log.Warn("the replaced store tells nothing", "error", err)
	}
	if err := r.remember(ctx, job.Store, p.File); err != nil || p.Try {
		return r, err
	}
	r.Replaced, err = job.Commit()
	r.Done = err == nil
	return r, err
}

// fits refuses a copy that is not of this station's ledger, or whose ledger does not hold.
func fits(ctx context.Context, job *store.Restoration, path string, p RestoreParams) error {
	if p.Force {
		return nil
	}
	now, err := store.CheckCopy(ctx, path)
	if err != nil {
		p.Log.Warn("the store in use cannot be read", "error", err)
	}
	if now.Station != "" && job.Copy.Station != "" && now.Station != job.Copy.Station {
		return refuse("care.restore.other-station", hint.Args{"File": p.File})
	}
	a, err := job.Store.Audit(ctx)
	if err != nil {
		return err
	}
	if !a.OK {
		return refuse("care.restore.audit", hint.Args{"File": p.File, "Event": a.FirstBad, "What": a.What})
	}
	return nil
}

// learn adds to the prints what the store in use knows beyond the copy, as far as it can be read.
func (r *RestoreReport) learn(ctx context.Context, job *store.Restoration, path string) (*int64, error) {
	old, err := store.Open(ctx, store.Params{Path: path, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer old.Close() // read only
	var after int64   // what the copy has as well
	var lost *int64
	if r.Copy.Events > 0 {
		last, err := old.Events(ctx, store.EventQuery{After: r.Copy.Events - 1, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(last) == 1 && last[0].Hash == r.Copy.End {
			after = r.Copy.Events
		}
	}
	if after == r.Copy.Events {
		more, err := old.Events(ctx, store.EventQuery{After: after})
		if err != nil {
			return nil, err
		}
		n := int64(len(more))
		lost = &n
	}
	intents, err := old.Events(ctx, store.EventQuery{Kinds: []postal.EventKind{postal.EventIntent}, After: after})
	if err != nil {
		return lost, err
	}
	for _, e := range intents {
		row, err := old.Piece(ctx, e.Piece)
		if err == nil && !row.State.OnPaper() { // it came back from the device, or its copy is void
			continue
		}
		if err := r.addIntent(ctx, job.Store, e); err != nil {
			return lost, err
		}
	}
	return lost, nil
}
