package station

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// RestoreParams say what is put in the place of a store.
type RestoreParams struct {
	Dir   string // the data folder
	File  string // the copy
	Who   string // the person at work, where the office has nobody sign in
	Force bool   // also a copy of another station, or one whose ledger does not hold
	Try   bool   // only tell what would be; nothing is changed

	Session *Session // who is signed in at the station; nil: nobody
	Now     func() time.Time
	Log     *slog.Logger
	Tell    func(RestoreStep) // how far it is; optional
}

// RestoreStep is what Restore does now.
type RestoreStep string

// The steps in their order.
const (
	RestoreChecks   RestoreStep = "check"   // the copy is read and checked
	RestoreLooks    RestoreStep = "look"    // what was printed is compared with the copy
	RestoreCompares RestoreStep = "compare" // the store in use is compared with the copy
	RestorePlaces   RestoreStep = "place"   // the copy takes the place of the store
)

// RestoreSteps lists them.
var RestoreSteps = []RestoreStep{RestoreChecks, RestoreLooks, RestoreCompares, RestorePlaces}

// RestoreReport is the outcome of Restore.
type RestoreReport struct {
	Copy     store.Copy
	Replaced string      // the file that the store in use before is kept in; "" where there was none, or nothing was changed
	Lost     *int64      // events of the store in use that the copy lacks; nil: it cannot be read, or is not the same ledger
	Prints   []LostPrint // what was printed and the copy does not know
	Voids    []LostVoid  // void envelopes that the copy does not know
	Unknown  int         // pieces made unknown because of what was printed
	Voided   int         // envelopes declared void again, because the store in use says so
	Later    int         // identifiers on such prints and envelopes whose pieces are not in the copy: they follow when they are pulled
	Files    []string    // files of settings brought back from the copy
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
	if p.Tell == nil {
		p.Tell = func(RestoreStep) {}
	}
	var r RestoreReport
	p.Tell(RestoreChecks)
	path := filepath.Join(p.Dir, StoreFile)
	if info, err := os.Stat(p.File); err != nil || !info.Mode().IsRegular() {
		return r, refuse("care.restore.no-file", hint.Args{"File": p.File})
	}
	if !p.Try {
		var err error
		if ctx, err = mayRestore(ctx, path, p); err != nil {
			return r, err
		}
	}
	job, err := store.Restore(ctx, p.File, store.Params{Path: path, Who: p.Who, Now: p.Now})
	if errors.Is(err, store.ErrDamaged) {
		return r, refuse("care.restore.damaged", hint.Args{"File": p.File})
	}
	for _, no := range []error{store.ErrLocked, store.ErrNewer, store.ErrConflict} {
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
	p.Tell(RestoreLooks)
	r.Prints, err = lostPrints(ctx, job.Store, filepath.Join(p.Dir, printedFolder))
	if err != nil {
		return r, err
	}
	p.Tell(RestoreCompares)
	r.Lost, err = r.learn(ctx, job, path)
	if err != nil { // a damaged store is the usual cause of a restore
		p.Log.Warn("the replaced store tells nothing", "error", err)
	}
	if err := r.remember(ctx, job.Store, p.File); err != nil || p.Try {
		return r, err
	}
	files, err := keptFiles(ctx, job.Store)
	if err != nil {
		return r, err
	}
	p.Tell(RestorePlaces)
	if r.Replaced, err = job.Commit(); err != nil {
		return r, err
	}
	r.Done = true
	if r.Files, err = bringBack(p.Dir, files, r.Replaced); err != nil { // the records are in place; a form that is missing is asked for again
		p.Log.Warn("files of settings not brought back", "error", err)
	}
	return r, nil
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

// learn adds to the prints and to the void envelopes what the store in use knows beyond the copy, as far as it can be read.
func (r *RestoreReport) learn(ctx context.Context, job *store.Restoration, path string) (*int64, error) {
	now, err := store.CheckCopy(ctx, path)
	if err != nil {
		return nil, err
	}
	old, err := store.Open(ctx, store.Params{Path: path, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer old.Close() // read only
	common, err := commonEvents(ctx, old, job.Store, min(now.Events, r.Copy.Events))
	if err != nil {
		return nil, err
	}
	var lost *int64
	if common > 0 || r.Copy.Events == 0 {
		n := now.Events - common
		lost = &n
	}
	kept, err := keptLostPrints(storeSettings{ctx, old}) // of a restore before, of pieces that were not pulled again
	if err != nil {
		return lost, err
	}
	for _, l := range kept {
		if !slices.ContainsFunc(r.Prints, func(have LostPrint) bool { return have.Job == l.Job }) {
			r.Prints = append(r.Prints, l)
		}
	}
	intents, err := old.Events(ctx, store.EventQuery{Kinds: []postal.EventKind{postal.EventIntent}, After: common})
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
	if r.Voids, err = lostVoids(ctx, old, job.Store, common); err != nil {
		return lost, err
	}
	r.Prints = withoutVoids(r.Prints, r.Voids)
	return lost, nil
}

// CopyLook is what a person should know of a copy before it takes the place of the records.
type CopyLook struct {
	Copy    store.Copy
	Lost    *int64 // events that happened after it was taken; nil: it is not an earlier state of this ledger
	Letters int    // letters given to a printer since
	Batches int    // batches handed over since
}

// LookAtCopy checks a copy and tells what happened since it was taken; nothing is changed. Refusals: a file that is not there, damaged, or of a newer program.
func (s *Station) LookAtCopy(ctx context.Context, file string) (CopyLook, error) {
	var l CopyLook
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return l, refuse("care.restore.no-file", hint.Args{"File": file})
	}
	var err error
	if l.Copy, err = store.CheckCopy(ctx, file); err != nil {
		switch {
		case errors.Is(err, store.ErrDamaged):
			return l, refuse("care.restore.damaged", hint.Args{"File": file})
		case errors.Is(err, store.ErrNewer):
			return l, &Refused{[]Reason{reasonOf(err)}}
		}
		return l, err
	}
	after := l.Copy.Events
	if after > 0 {
		end, err := s.store.Events(ctx, store.EventQuery{After: after - 1, Limit: 1})
		if err != nil {
			return l, err
		}
		if len(end) == 0 || end[0].Hash != l.Copy.End {
			return l, nil
		}
	}
	all, err := s.store.CountEvents(ctx)
	if err != nil {
		return l, err
	}
	lost := all - after
	l.Lost = &lost
	since, err := s.store.Events(ctx, store.EventQuery{After: after, Kinds: []postal.EventKind{postal.EventIntent, postal.EventBatchHanded}})
	if err != nil {
		return l, err
	}
	letters := map[int64]bool{}
	for _, e := range since {
		if e.Kind == postal.EventIntent {
			letters[e.Piece] = true
		} else {
			l.Batches++
		}
	}
	l.Letters = len(letters)
	return l, nil
}
