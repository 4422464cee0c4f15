package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"znak/app/postal"
	"znak/store"
)

// RetentionReport says whose names and addresses are, or would be, forgotten.
type RetentionReport struct {
	Days    int       // the office's setting; 0: nothing is ever forgotten
	Before  time.Time // batches of which nothing was heard since then
	Batches []string
	Pieces  int
	Items   int      // outbox items that held an order
	Files   []string // printed files, forms and exports that bear the names; removed. Only told: the exports that would be
	Copies  []string // copies of the store that held them; made anew without
	Left    []string // copies that still hold them: damaged, or on a disk that is not connected
	Done    bool     // false: only told
}

// overAtPost are the states of a batch after which its letters are the post's.
var overAtPost = []postal.BatchStatus{postal.BatchAccepted, postal.BatchSent, postal.BatchArchived, batchGone}

// Retention tells what is to be forgotten by the office's setting, and with do forgets it: names and addresses of the pieces of batches that ended so long
// ago, in the store, in its copies, and in the files printed from them. Identifiers, marks, sums and the whole ledger, which never held a person, stay.
func (s *Station) Retention(ctx context.Context, do bool) (RetentionReport, error) {
	if do {
		var err error
		if ctx, err = s.as(ctx, ActSettings); err != nil {
			return RetentionReport{}, err
		}
	}
	days, err := s.retentionDays(ctx)
	if err != nil || !do {
		r := RetentionReport{Days: days}
		if err == nil {
			err = s.forgettable(ctx, &r)
		}
		return r, err
	}
	release, err := s.careTurn()
	if errors.Is(err, errCaring) {
		return RetentionReport{Days: days}, refuse("care.busy", nil)
	}
	if err != nil {
		return RetentionReport{Days: days}, fmt.Errorf("turn: %w", err)
	}
	defer release()
	return s.forget(ctx, days)
}

func (s *Station) forgettable(ctx context.Context, r *RetentionReport) error {
	if r.Days <= 0 {
		return nil
	}
	r.Before = s.now().UTC().AddDate(0, 0, -r.Days)
	var err error
	if r.Batches, err = s.store.Forgettable(ctx, overAtPost, r.Before); err != nil {
		return err
	}
	for _, name := range r.Batches {
		row, err := s.store.Batch(ctx, name)
		if err != nil {
			return err
		}
		for _, n := range row.States {
			r.Pieces += n
		}
	}
	if r.Items, err = s.store.ForgettableItems(ctx, r.Before); err != nil {
		return err
	}
	r.Files, err = s.oldExports(r.Before)
	return err
}

// exports are the files in the data folder that this program has written for somebody and that may hold persons: what waited for the post, bundles for
// support, and what a write that was cut short left. The registry of marks holds no person and stays for the accountant.
var exports = []string{"exchange/outbox-*.json", "exchange/outbox-*.txt", "support/znak-support-*.zip",
	"exchange/.znak-*.part", "support/.znak-*.part", "evidence/.znak-*.part", "forms/.znak-*.part"}

// oldExports lists the exports written before a time. Files of other names are not ours to touch.
func (s *Station) oldExports(before time.Time) (list []string, err error) {
	for _, pattern := range exports {
		found, err := fs.Glob(os.DirFS(s.dir), pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			path := filepath.Join(s.dir, filepath.FromSlash(name))
			if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.ModTime().Before(before) {
				list = append(list, path)
			}
		}
	}
	return list, nil
}

// keyForgetting lists the batches whose persons are gone from the store, but perhaps not yet from the files beside it.
const keyForgetting = "forgetting"

// forget does it: first the store, then what lies beside it. Cut short, the next call goes on. The caller has the turn.
func (s *Station) forget(ctx context.Context, days int) (RetentionReport, error) {
	r := RetentionReport{Days: days}
	if err := s.forgettable(ctx, &r); err != nil {
		return r, err
	}
	var open []string
	if raw, ok, err := s.store.Setting(ctx, keyForgetting); err != nil {
		return r, err
	} else if ok && raw != "" {
		if err := json.Unmarshal([]byte(raw), &open); err != nil {
			return r, fmt.Errorf("setting %s: %w", keyForgetting, err)
		}
	}
	open = append(open, r.Batches...)
	old := r.Files
	r.Files = nil
	if err := r.remove(old); err != nil {
		return r, err
	}
	if len(r.Batches)+r.Items > 0 {
		if err := s.forgetInStore(ctx, &r, open); err != nil {
			return r, err
		}
	}
	if due, err := s.store.CompactDue(ctx); err != nil {
		return r, err
	} else if due {
		if err := s.store.Compact(ctx); err != nil {
			return r, err
		}
	}
	if len(open) > 0 {
		again, err := s.forgetBeside(ctx, &r, open)
		if err != nil {
			return r, err
		}
		if again { // there is more to do when the disk is connected
			r.Done = true
			return r, nil
		}
		if err := s.store.Write(ctx, func(tx *store.Tx) error { return tx.SetSetting(keyForgetting, "") }); err != nil {
			return r, err
		}
	}
	r.Done = true
	return r, nil
}

func (s *Station) forgetInStore(ctx context.Context, r *RetentionReport, open []string) error {
	return s.store.Write(ctx, func(tx *store.Tx) error {
		r.Pieces = 0
		for _, name := range r.Batches {
			n, err := tx.Forget(name)
			if err != nil {
				return err
			}
			r.Pieces += n
			data := map[string]any{"pieces": n, "days": r.Days}
			if err := tx.Record(store.NewEvent{Kind: postal.EventForgotten, Batch: name, Data: data}); err != nil {
				return err
			}
		}
		var err error
		if r.Items, err = tx.ForgetSent(r.Before); err != nil || len(open) == 0 {
			return err
		}
		raw, err := json.Marshal(open)
		if err != nil {
			return err
		}
		return tx.SetSetting(keyForgetting, string(raw))
	})
}

// forgetBeside removes the files that bear the names of the batches and makes the copies of the store anew without them. again says that a folder of copies
// could not be reached.
func (s *Station) forgetBeside(ctx context.Context, r *RetentionReport, batches []string) (again bool, err error) {
	for _, name := range batches {
		files, err := s.filesOf(ctx, name)
		if err != nil {
			return false, err
		}
		if err := r.remove(files); err != nil {
			return false, err
		}
	}
	copies, missing, err := s.allCopies(ctx)
	if err != nil {
		return false, err
	}
	for _, path := range copies {
		n, err := store.ForgetInCopy(ctx, path, batches)
		switch {
		case errors.Is(err, store.ErrDamaged), errors.Is(err, store.ErrNewer):
			r.Left = append(r.Left, path)
		case err != nil:
			return false, err
		case n > 0:
			r.Copies = append(r.Copies, path)
		}
	}
	if missing != "" {
		r.Left = append(r.Left, missing)
	}
	return missing != "", nil
}

// remove removes files; one that is not there is as good as removed.
func (r *RetentionReport) remove(files []string) error {
	for _, path := range files {
		err := os.Remove(path)
		switch {
		case err == nil:
			r.Files = append(r.Files, path)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return nil
}

// filesOf are the files made from the pieces of a batch.
func (s *Station) filesOf(ctx context.Context, batch string) ([]string, error) {
	name := fileName(batch)
	files := []string{filepath.Join(s.dir, "forms", "F103-"+name+".pdf"),
		filepath.Join(s.dir, "evidence", "evidence-"+name+".pdf"), filepath.Join(s.dir, "evidence", "evidence-"+name+".xlsx")}
	runs, err := s.store.Runs(ctx, batch)
	if err != nil {
		return nil, err
	}
	for _, run := range runs {
		jobs, err := s.store.Jobs(ctx, run.ID)
		if err != nil {
			return nil, err
		}
		for _, job := range jobs {
			files = append(files, filepath.Join(s.dir, printedFolder, job.ID+".pdf"))
		}
	}
	return files, nil
}

// allCopies lists every copy of the store that this station has made: daily ones, those from before a migration, and stores that a restore replaced.
func (s *Station) allCopies(ctx context.Context) (list []string, missing string, err error) {
	dir, missing, err := s.backupDir(ctx)
	if err != nil {
		return nil, "", err
	}
	own := filepath.Join(s.dir, backupFolder)
	if list, err = store.Copies(own); err != nil {
		return nil, "", err
	}
	if dir != own {
		there, err := store.Copies(dir)
		if err != nil {
			return nil, "", err
		}
		list = append(list, there...)
	}
	beside, err := store.Replaced(s.store.Path())
	return append(list, beside...), missing, err
}

// withoutPersons keeps a batch whose persons were forgotten so, whatever the post shows of it.
func withoutPersons(tx *store.Tx, batch string, pieces []postal.Piece) ([]postal.Piece, error) {
	forgotten, err := tx.Forgotten(batch)
	if err != nil || !forgotten {
		return pieces, err
	}
	blank := make([]postal.Piece, len(pieces))
	for i, p := range pieces {
		blank[i] = store.WithoutPerson(p)
	}
	return blank, nil
}
