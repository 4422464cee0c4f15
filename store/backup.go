package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"znak/app/hint"
)

// Backup writes a whole and consistent copy of the store to a new file while the work goes on. The file appears when it is complete, checked
// (see CheckCopy) and on the disk, or not at all; a file that is there already is ErrConflict and stays as it is.
func (s *Store) Backup(ctx context.Context, path string) error {
	_, err := s.SaveCopy(ctx, path)
	return err
}

// SaveCopy is Backup that tells what the check of the copy has found.
func (s *Store) SaveCopy(ctx context.Context, path string) (Copy, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Copy{}, err
	}
	conn, err := s.reader.db.Conn(ctx)
	if err != nil {
		return Copy{}, s.trouble("backup", err)
	}
	defer conn.Close()
	c, err := backup(ctx, conn, path)
	return c, s.trouble("backup", err)
}

func backup(ctx context.Context, conn *sql.Conn, path string) (c Copy, err error) {
	if _, err := os.Lstat(path); err == nil {
		return c, hint.New("store.exists", hint.Args{"Path": path}, fmt.Errorf("%s exists: %w", path, ErrConflict))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return c, err
	}
	removeParts(path)
	part, err := newPart(path)
	if err != nil {
		return c, err
	}
	defer removeBoth(part)
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return c, err
	}
	if err := syncFile(part); err != nil {
		return c, err
	}
	if c, err = CheckCopy(ctx, part); err != nil {
		return c, fmt.Errorf("check of the copy: %w", err)
	}
	c.Path = path
	if _, err := os.Lstat(path); err == nil { // another process was faster
		return c, hint.New("store.exists", hint.Args{"Path": path}, fmt.Errorf("%s exists: %w", path, ErrConflict))
	}
	if err := os.Rename(part, path); err != nil {
		return c, err
	}
	return c, syncFolder(filepath.Dir(path))
}

// partSuffix begins the end of the name of a file that is still being written; a random number follows, so that two processes never write into one.
const partSuffix = ".part-"

// partAge is how old the part of another attempt is before it is taken for one that was cut short.
const partAge = time.Hour

// newPart makes an empty file, with the mode of a store, for SQLite to fill.
func newPart(path string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+partSuffix+"*")
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// removeParts removes what attempts to write the file at path have left that were cut short. What cannot be removed does no harm.
func removeParts(path string) {
	entries, _ := os.ReadDir(filepath.Dir(path))
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), filepath.Base(path)+partSuffix) {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > partAge {
			_ = os.Remove(filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
}

// removeBoth removes a file that SQLite was writing, with the journal that it leaves where the disk is full.
func removeBoth(part string) error { return errors.Join(remove(part), remove(part+"-journal")) }

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncFolder makes a rename durable. Windows has no such call and does without.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
