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

	"znak/app/hint"
)

// Backup writes a whole and consistent copy of the store to a new file while the work goes on. The file appears when it is complete, checked
// (see CheckCopy) and on the disk, or not at all; a file that is there already is ErrConflict and stays as it is.
func (s *Store) Backup(ctx context.Context, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	conn, err := s.reader.db.Conn(ctx)
	if err != nil {
		return s.trouble("backup", err)
	}
	defer conn.Close()
	return s.trouble("backup", backup(ctx, conn, path))
}

func backup(ctx context.Context, conn *sql.Conn, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return hint.New("store.exists", hint.Args{"Path": path}, fmt.Errorf("%s exists: %w", path, ErrConflict))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	part := path + ".part"
	if err := removeBoth(part); err != nil { // of an attempt that was cut short
		return err
	}
	if err := createFile(part); err != nil { // with the mode of a store; SQLite fills an empty file
		return err
	}
	defer removeBoth(part)
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return err
	}
	if err := syncFile(part); err != nil {
		return err
	}
	if _, err := CheckCopy(ctx, part); err != nil {
		return fmt.Errorf("check of the copy: %w", err)
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
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
