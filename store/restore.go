package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"znak/app/hint"
)

// Restoration puts a copy in the place of a store. The copy is staged first: a file beside the store, brought to this program's schema, on which its
// maker can still work. Commit then moves the old store aside and the staged one into its place; cut short at any instant, the next opening ends it.
// While a Restoration is open nobody else can open the store.
type Restoration struct {
	Store *Store // the staged copy; closed by Commit and Close
	Copy  Copy   // what the file told of itself

	path  string
	now   func() time.Time
	claim interface{ Unlock() error }
}

const (
	stagingSuffix = ".restoring" // being prepared: worth nothing
	stagedSuffix  = ".restored"  // prepared and decided: whoever opens the store next puts it in its place
)

func stagedPath(path string) string { return path + stagedSuffix }

// Restore begins to put the store in file from into the place of the one at p.Path. A store that somebody has open is ErrLocked, a file that is damaged
// ErrDamaged, one of a newer program ErrNewer; in every case of failure nothing is changed.
func Restore(ctx context.Context, from string, p Params) (_ *Restoration, err error) {
	path, err := filepath.Abs(p.Path)
	if err != nil {
		return nil, err
	}
	r := &Restoration{path: path, now: p.Now}
	if r.now == nil {
		r.now = time.Now
	}
	named := &Store{path: path}
	if a, err := os.Stat(path); err == nil {
		if b, err := os.Stat(from); err == nil && os.SameFile(a, b) {
			return nil, hint.New("store.same", hint.Args{"Path": from}, ErrConflict)
		}
	}
	lock, err := claim(path)
	if err != nil {
		return nil, named.trouble("restore", err)
	}
	r.claim = lock
	defer func() {
		if err != nil {
			err = errors.Join(named.trouble("restore", err), r.Close())
		}
	}()
	if _, err := os.Lstat(stagedPath(path)); err == nil { // another restore was cut short after it was decided
		if _, err := swap(path); err != nil {
			return nil, err
		}
	}
	if r.Copy, err = CheckCopy(ctx, from); err != nil {
		return nil, err
	}
	if err := r.stage(ctx, from); err != nil {
		return nil, err
	}
	p.Path = path + stagingSuffix
	p.ReadOnly = false
	if r.Store, err = Open(ctx, p); err != nil {
		return nil, err
	}
	return r, nil
}

// stage copies the file, whatever lies beside it, as one consistent file.
func (r *Restoration) stage(ctx context.Context, from string) error {
	if err := r.clean(); err != nil {
		return err
	}
	source := &Store{path: from}
	defer func() { _ = source.Close() }() // read only
	var err error
	if source.reader, err = readOnly(ctx, from); err != nil {
		return err
	}
	return source.Backup(ctx, r.path+stagingSuffix)
}

// clean removes whatever a restore has left that was not decided.
func (r *Restoration) clean() error {
	names := []string{"", "-wal", "-shm", "-journal"}
	for i, suffix := range names {
		names[i] = r.path + stagingSuffix + suffix
	}
	locks := filepath.Join(filepath.Dir(r.path), "locks")
	names = append(names, filepath.Join(locks, filepath.Base(r.path)+stagingSuffix+".lock"), filepath.Join(locks, filepath.Base(r.path)+stagingSuffix+upgradeSuffix))
	// The copy from before a migration of the staged file is one more of the file it was made from.
	beside, err := os.ReadDir(filepath.Dir(r.path))
	if err != nil {
		return err
	}
	for _, e := range beside {
		if left := filepath.Base(r.path) + stagingSuffix; strings.HasPrefix(e.Name(), left+".schema-") || strings.HasPrefix(e.Name(), left+partSuffix) {
			names = append(names, filepath.Join(filepath.Dir(r.path), e.Name()))
		}
	}
	for _, name := range names {
		if err := remove(name); err != nil {
			return err
		}
	}
	return r.tidy()
}

// tidy removes the side files that reading the store in use has left: nobody has it open now, and an empty one says nothing.
func (r *Restoration) tidy() error {
	if info, err := os.Stat(r.path + "-wal"); err != nil || info.Size() > 0 {
		return nil
	}
	return errors.Join(remove(r.path+"-wal"), remove(r.path+"-shm"))
}

// remove is os.Remove of a file that may not be there.
func remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Commit puts the staged store into its place. before is the file that the replaced store is kept in, with its side files; "" where there was none.
func (r *Restoration) Commit() (before string, err error) {
	defer func() { err = (&Store{path: r.path}).trouble("restore", err) }()
	if err := r.Store.fold(); err != nil {
		return "", err
	}
	if err := r.Store.Close(); err != nil {
		return "", err
	}
	if err := r.tidy(); err != nil {
		return "", err
	}
	staging := r.path + stagingSuffix
	// The time of the staged file names the kept one, so that it is the same after a crash in between.
	at := r.now()
	for {
		if _, err := os.Lstat(beforePath(r.path, at)); errors.Is(err, fs.ErrNotExist) {
			break
		}
		at = at.Add(time.Second)
	}
	if err := os.Chtimes(staging, at, at); err != nil {
		return "", err
	}
	if err := syncFile(staging); err != nil {
		return "", err
	}
	if err := os.Rename(staging, stagedPath(r.path)); err != nil {
		return "", err
	}
	if err := syncFolder(filepath.Dir(r.path)); err != nil {
		return "", err
	}
	return swap(r.path)
}

// Close gives the restore up, unless it is committed, and lets others open the store.
func (r *Restoration) Close() error {
	var errs []error
	if r.Store != nil {
		errs = append(errs, r.Store.Close())
	}
	return errors.Join(append(errs, r.clean(), r.claim.Unlock())...)
}

// beforePath names the replaced store: znak-before-restore-YYYYMMDD-HHMMSS.db for znak.db, in UTC.
func beforePath(path string, at time.Time) string {
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s-before-restore-%s%s", path[:len(path)-len(ext)], at.UTC().Format("20060102-150405"), ext)
}

// swap ends a decided restore; the caller has the claim. It can be cut short anywhere and begun again.
func swap(path string) (before string, err error) {
	info, err := os.Stat(stagedPath(path))
	if err != nil {
		return "", err
	}
	before = beforePath(path, info.ModTime())
	// The side files go with their store: left behind, SQLite would read them into the new one.
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Rename(path+suffix, before+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if _, err := os.Lstat(before); errors.Is(err, fs.ErrNotExist) {
		before = "" // there was none
	}
	dir := filepath.Dir(path)
	if err := syncFolder(dir); err != nil { // the old name is free on the disk before the new file takes it
		return "", err
	}
	if err := os.Rename(stagedPath(path), path); err != nil {
		return "", err
	}
	return before, syncFolder(dir)
}

// fold brings all that is in the side file into the store's own file.
func (s *Store) fold() error {
	ctx, cancel := context.WithTimeout(context.Background(), busyTimeout)
	defer cancel()
	s.writer.turn <- struct{}{}
	defer func() { <-s.writer.turn }()
	return s.writer.fold(ctx)
}

func (w *writer) fold(ctx context.Context) error {
	var busy, frames, done int
	if err := w.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &done); err != nil {
		return err
	}
	if busy != 0 {
		return fmt.Errorf("%w: somebody reads the side file", ErrLocked)
	}
	return nil
}
