package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"znak/app/hint"
)

// Everybody who may write a store holds a shared lock on a file beside it (locks/NAME.lock) for as long as the store is open; who wants to put another
// file in its place takes the lock for himself. The system lets a lock go when its process dies, however it dies.

// lockWait bounds how long an opening waits for a restore to end.
const lockWait = busyTimeout

func lockOf(path string) (*flock.Flock, error) { return lockFile(path, ".lock") }

func lockFile(path, suffix string) (*flock.Flock, error) {
	dir := filepath.Join(filepath.Dir(path), "locks")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return flock.New(filepath.Join(dir, filepath.Base(path)+suffix), flock.SetPermissions(0o600)), nil
}

// upgradeSuffix ends the name of the lock of the one who brings the schema up to date.
const upgradeSuffix = ".upgrade.lock"

// upgradeWait bounds how long an opening waits for another process to bring the schema up to date: it copies the whole store first.
const upgradeWait = 10 * time.Minute

// upgradeTurn makes this process the one that brings the schema of the store at path up to date; waits is called where another one is at it.
func upgradeTurn(ctx context.Context, path string, waits func()) (*flock.Flock, error) {
	lock, err := lockFile(path, upgradeSuffix)
	if err != nil {
		return nil, err
	}
	if ok, err := lock.TryLock(); ok || err != nil {
		return lock, err
	}
	waits()
	waiting, cancel := context.WithTimeout(ctx, upgradeWait)
	defer cancel()
	if ok, err := lock.TryLockContext(waiting, 20*time.Millisecond); !ok {
		return nil, lockError(ctx, err)
	}
	return lock, nil
}

// share takes part in the use of the store at path, after ending a restore that was cut short.
func share(ctx context.Context, path string) (*flock.Flock, error) {
	lock, err := lockOf(path)
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	for {
		if ok, err := lock.TryRLockContext(waiting, 20*time.Millisecond); !ok {
			return nil, lockError(ctx, err)
		}
		if _, err := os.Lstat(stagedPath(path)); errors.Is(err, fs.ErrNotExist) {
			return lock, nil
		}
		if err := lock.Unlock(); err != nil {
			return nil, err
		}
		// All who open meanwhile come here too; one of them does it.
		if ok, err := lock.TryLockContext(waiting, 20*time.Millisecond); !ok {
			return nil, lockError(ctx, err)
		}
		_, err := swap(path)
		if err := errors.Join(err, lock.Unlock()); err != nil {
			return nil, err
		}
	}
}

func lockError(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil || errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: its place is being taken by another file", ErrLocked)
	}
	return err
}

// claim takes the store at path for this process alone; ErrLocked where anybody has it open.
func claim(path string) (*flock.Flock, error) {
	lock, err := lockOf(path)
	if err != nil {
		return nil, err
	}
	ok, err := lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, hint.New("store.in-use", hint.Args{"Path": path}, fmt.Errorf("%s is open: %w", path, ErrLocked))
	}
	return lock, nil
}
