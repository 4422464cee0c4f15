package store

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"znak/app/hint"
	"znak/app/postal"
)

// fillUntilRefused writes until the disk refuses, checks that exactly the refused change is missing, and returns how many changes went in.
func fillUntilRefused(t *testing.T, s *Store) int {
	t.Helper()
	for n := range 10_000 {
		err := s.Write(ctx, func(tx *Tx) error { return pullIn(tx, "1", testPieces(n*50, 50)) })
		if err == nil {
			continue
		}
		if key, args, _ := hint.Of(err); !errors.Is(err, ErrFull) || key != "store.full" || args["Path"] != s.Path() {
			t.Fatalf("change %d: %v", n, err)
		}
		rows, err := s.Pieces(ctx, PieceQuery{})
		if err != nil || len(rows) != n*50 {
			t.Fatalf("%d pieces after %d changes, %v", len(rows), n, err)
		}
		if r := mustAudit(t, s); r.Events != int64(n*50) {
			t.Errorf("%+v after %d changes", r, n)
		}
		return n
	}
	t.Fatal("the disk never was full")
	return 0
}

func TestFullStore(t *testing.T) {
	s := openTest(t)
	var pages int
	if err := s.writer.conn.QueryRowContext(ctx, `PRAGMA max_page_count = 300`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	n := fillUntilRefused(t, s)
	if n == 0 {
		t.Fatal("nothing went in")
	}
	// Room was made: the work goes on where it stopped.
	if err := s.writer.conn.QueryRowContext(ctx, `PRAGMA max_page_count = 100000`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	pull(t, s, "1", testPieces(n*50, 50))
	mustAudit(t, s)
}

// smallDisk mounts a file system of its own, as only root may.
func smallDisk(t *testing.T, size string) (dir string, remount func(options string)) {
	t.Helper()
	dir = t.TempDir()
	if err := mountSmall(dir, size); err != nil {
		t.Skipf("no small disk here: %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(dir); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir, func(options string) {
		t.Helper()
		if err := remountSmall(dir, options); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFullDisk(t *testing.T) {
	dir, remount := smallDisk(t, "3m")
	path := filepath.Join(dir, "znak.db")
	s, err := Open(ctx, Params{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	n := fillUntilRefused(t, s)
	if n == 0 {
		t.Fatal("nothing went in")
	}
	if err := s.Backup(ctx, filepath.Join(dir, "copy")); !errors.Is(err, ErrFull) {
		t.Errorf("backup: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "copy*")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	// Small things may still fit or not; each is whole or not at all, and nothing is lost.
	fits := 0
	for range 200 {
		switch err := happen(s, NewEvent{Kind: postal.EventScanned, Piece: testPiece(0).PostID}); {
		case err == nil:
			fits++
		case !errors.Is(err, ErrFull):
			t.Fatal(err)
		}
	}
	if r := mustAudit(t, s); r.Events != int64(n*50+fits) {
		t.Errorf("%+v, want %d", r, n*50+fits)
	}
	remount("size=30m")
	pull(t, s, "1", testPieces(n*50, 50))
	mustAudit(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path)
	mustAudit(t, s)
	_ = s.Close()
}

func TestOpenOnAFullDisk(t *testing.T) {
	dir, _ := smallDisk(t, "64k")
	if err := os.WriteFile(filepath.Join(dir, "filler"), make([]byte, 60<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(ctx, Params{Path: filepath.Join(dir, "znak.db")})
	if err == nil {
		_ = s.Close()
		t.Fatal("opened")
	}
	if !errors.Is(err, ErrFull) {
		t.Errorf("got %v", err)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	dir, remount := smallDisk(t, "10m")
	path := filepath.Join(dir, "znak.db")
	s := openAt(t, path)
	pull(t, s, "1", testPieces(0, 20))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	remount("ro,size=10m")
	refused(t, Params{Path: path}, ErrReadOnly, "store.readonly")
	refused(t, Params{Path: filepath.Join(dir, "new", "znak.db")}, ErrReadOnly, "store.readonly")
	ro, err := Open(ctx, Params{Path: path, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if r := mustAudit(t, ro); r.Events != 20 {
		t.Errorf("%+v", r)
	}
	_ = ro.Close()

	// A store that was not closed has its last changes in the side file: it is not read without them.
	remount("rw,size=10m")
	s = openAt(t, path)
	pull(t, s, "2", testPieces(100, 20))
	for _, side := range []string{"", "-wal"} {
		raw, err := os.ReadFile(path + side)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "crashed.db"+side), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_ = s.Close()
	remount("ro,size=10m")
	crashed, err := Open(ctx, Params{Path: filepath.Join(dir, "crashed.db"), ReadOnly: true})
	if err == nil {
		if r := mustAudit(t, crashed); r.Events != 40 {
			t.Errorf("opened without its last changes: %+v", r)
		}
		_ = crashed.Close()
	} else if !errors.Is(err, ErrReadOnly) {
		t.Errorf("got %v", err)
	}
}

// For those who are not root, and for systems without such mounts.
func TestReadOnlyFolder(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("modes do not bind here")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	refused(t, Params{Path: filepath.Join(dir, "znak.db")}, ErrReadOnly, "store.readonly")
}
