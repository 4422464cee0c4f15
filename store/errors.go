package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"znak/app/hint"
	"znak/app/postal"
)

// The store's own troubles. Errors of this package wrap one of them, so that errors.Is tells them apart; each has a sentence for the person.
var (
	ErrNewer    error = &trouble{"newer", "written by a newer program"}
	ErrOlder    error = &trouble{"older", "written by an older program and opened for reading only"}
	ErrDamaged  error = &trouble{"damaged", "damaged or not a store"}
	ErrLocked   error = &trouble{"locked", "another program holds the lock"}
	ErrFull     error = &trouble{"full", "the disk is full"}
	ErrReadOnly error = &trouble{"readonly", "may not be written"}
	ErrDisk     error = &trouble{"disk", "the disk does not answer as it should"}
	ErrNotFound error = &trouble{"notfound", "not found"}
	ErrConflict error = &trouble{"conflict", "contradicts what is stored"}
)

// trouble is one kind of trouble. Its sentences take the argument Path.
type trouble struct{ key, text string }

var _ hint.Keyed = (*trouble)(nil)

func (t *trouble) Error() string { return "store: " + t.text }

// HintKey names the sentence for the person.
func (t *trouble) HintKey() (string, map[string]any) {
	return "store." + t.key, map[string]any{"Path": ""}
}

// trouble gives err its kind and its sentence. An error that is already ours, the caller's or a piece's is passed on.
func (s *Store) trouble(doing string, err error) error {
	var state *postal.StateError
	var keyed *hint.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &state), errors.As(err, &keyed):
		return err
	}
	kind := kindOf(err)
	if kind == nil {
		return err
	}
	return hint.New("store."+kind.key, hint.Args{"Path": s.path}, fmt.Errorf("%s: %w", doing, withKind(kind, err)))
}

func withKind(kind *trouble, err error) error {
	if errors.Is(err, kind) {
		return err
	}
	return fmt.Errorf("%w: %w", kind, err)
}

// kindOf sorts an error of SQLite or of the file system; nil means that it is neither.
func kindOf(err error) *trouble {
	var own *trouble
	if errors.As(err, &own) {
		return own
	}
	pick := func(kind error) *trouble { return kind.(*trouble) }
	if se := (*sqlite.Error)(nil); errors.As(err, &se) {
		switch se.Code() & 0xff {
		case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_FORMAT:
			return pick(ErrDamaged)
		case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_PROTOCOL:
			return pick(ErrLocked)
		case lib.SQLITE_FULL:
			return pick(ErrFull)
		case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN, lib.SQLITE_AUTH:
			return pick(ErrReadOnly)
		case lib.SQLITE_CONSTRAINT:
			return pick(ErrConflict)
		case lib.SQLITE_IOERR:
			if se.Code() == lib.SQLITE_IOERR|(19<<8) { // SHMSIZE: the side file of the WAL could not grow
				return pick(ErrFull)
			}
			return pick(ErrDisk)
		}
		return nil
	}
	switch {
	case isFull(err):
		return pick(ErrFull)
	case isReadOnly(err):
		return pick(ErrReadOnly)
	case errors.Is(err, fs.ErrNotExist):
		return pick(ErrNotFound)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil
	}
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		return pick(ErrDisk)
	}
	if le := (*os.LinkError)(nil); errors.As(err, &le) {
		return pick(ErrDisk)
	}
	return nil
}

// interrupted reports whether SQLite gave up because somebody asked it to.
func interrupted(err error) bool {
	se := (*sqlite.Error)(nil)
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.As(err, &se) && se.Code()&0xff == lib.SQLITE_INTERRUPT
}

// absent says which thing is not here.
func absent(what, id string) error {
	return hint.New("store.notfound."+what, hint.Args{"ID": id}, fmt.Errorf("%s %q: %w", what, id, ErrNotFound))
}
