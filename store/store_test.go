package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"znak/app/hint"
	"znak/app/postal"
)

func TestOpenMakesPrivateFiles(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 3))
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	modes := map[string]os.FileMode{filepath.Dir(s.Path()): 0o700 | os.ModeDir, s.Path(): 0o600, s.Path() + "-wal": 0o600, s.Path() + "-shm": 0o600}
	for path, want := range modes {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s: mode %v, want %v", path, info.Mode(), want)
		}
	}
}

func TestOpenUsesADurableJournal(t *testing.T) {
	s := openTest(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := s.writer.conn.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", pragma, got, err, want)
		}
	}
	if _, err := s.reader.db.Exec(`DELETE FROM settings`); kindOf(err) != ErrReadOnly {
		t.Errorf("a reader could write: %v", err)
	}
}

func TestOpenAwkwardPaths(t *testing.T) {
	for _, name := range []string{"с пробелом и № кириллицей", "what? #1 & 100%", "a;b'c\"d"} {
		if runtime.GOOS == "windows" && strings.ContainsAny(name, `?"`) {
			continue
		}
		path := filepath.Join(t.TempDir(), name, "znak.db")
		s := openAt(t, path)
		pull(t, s, "1", testPieces(0, 1))
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestStationIsNamedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	first := s.Station()
	if len(first) != 36 {
		t.Fatalf("station %q", first)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if again := openAt(t, path).Station(); again != first {
		t.Errorf("station was %q, now %q", first, again)
	}
	named, err := Open(ctx, Params{Path: path, Station: "касса-2"})
	if err != nil {
		t.Fatal(err)
	}
	defer named.Close()
	if named.Station() != "касса-2" {
		t.Errorf("station %q", named.Station())
	}
}

func TestWriteIsWholeOrNothing(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 2))
	before := dump(t, s)
	boom := errors.New("boom")
	if err := s.Write(ctx, func(tx *Tx) error {
		if err := pullIn(tx, "2", testPieces(10, 5)); err != nil {
			return err
		}
		return boom
	}); err != boom {
		t.Fatalf("got %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = s.Write(ctx, func(tx *Tx) error {
			_ = pullIn(tx, "3", testPieces(20, 5))
			panic("boom")
		})
	}()
	canceled, cancel := context.WithCancel(ctx)
	if err := s.Write(canceled, func(tx *Tx) error {
		defer cancel()
		return pullIn(tx, "4", testPieces(30, 5))
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	// The first failure spoils the change, even where its maker does not look.
	err := s.Write(ctx, func(tx *Tx) error {
		_ = pullIn(tx, "5", testPieces(40, 5))
		_ = tx.Record(NewEvent{Kind: postal.EventHanded, Piece: testPiece(40).PostID})
		return nil
	})
	if state := (*postal.StateError)(nil); !errors.As(err, &state) || state.ShPI != testPiece(40).ShPI {
		t.Errorf("a swallowed error: %v", err)
	}
	if after := dump(t, s); after != before {
		t.Errorf("something was left:\n%s", after)
	}
	pull(t, s, "6", testPieces(50, 1)) // and the store goes on
	mustAudit(t, s)
}

func TestTxEndsWithItsWrite(t *testing.T) {
	s := openTest(t)
	var kept *Tx
	write(t, s, func(tx *Tx) error { kept = tx; return nil })
	if err := kept.SetSetting("a", "b"); err == nil {
		t.Error("a change was made after its end")
	}
	if _, _, err := kept.Setting("a"); err == nil {
		t.Error("a read was made after its end")
	}
}

func TestReadersSeeWholeChangesOnly(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 10))
	write(t, s, func(tx *Tx) error {
		if err := tx.Record(eventsOf(postal.EventWithdrawn, testPieces(0, 10), nil)...); err != nil {
			return err
		}
		outside, err := s.Batch(ctx, "1")
		if err != nil || outside.States[postal.StatePulled] != 10 {
			t.Errorf("outside: %v %v", outside.States, err)
		}
		inside, err := tx.Batch("1")
		if err != nil || inside.States[postal.StateWithdrawn] != 10 || inside.Pieces != 0 {
			t.Errorf("inside: %v %v", inside.States, err)
		}
		return nil
	})
	after, err := s.Batch(ctx, "1")
	if err != nil || after.States[postal.StateWithdrawn] != 10 || len(after.States) != 1 {
		t.Errorf("after: %v %v", after.States, err)
	}
}

// refused checks that a file is refused with kind, a sentence for the person, and not a byte of change.
func refused(t *testing.T, p Params, kind error, key string) {
	t.Helper()
	before, _ := os.ReadFile(p.Path)
	s, err := Open(ctx, p)
	if err == nil {
		_ = s.Close()
		t.Fatalf("%s was opened", p.Path)
	}
	if !errors.Is(err, kind) {
		t.Errorf("error %v, want %v", err, kind)
	}
	if got, args, ok := hint.Of(err); !ok || got != key {
		t.Errorf("hint %q %v, want %q", got, args, key)
	}
	if after, _ := os.ReadFile(p.Path); !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
}

func TestForeignFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	refused(t, Params{Path: put("text.db", []byte("это не база данных, а письмо, и довольно длинное"))}, ErrDamaged, "store.damaged")
	refused(t, Params{Path: put("short.db", []byte("SQLite"))}, ErrDamaged, "store.damaged")
	refused(t, Params{Path: put("header.db", append([]byte("SQLite format 3\x00"), make([]byte, 4080)...))}, ErrDamaged, "store.damaged")
	other := filepath.Join(dir, "other.db")
	db, err := sql.Open("sqlite", other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`CREATE TABLE songs (name TEXT)`); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	refused(t, Params{Path: other}, ErrDamaged, "store.damaged")
	if s, err := Open(ctx, Params{Path: dir}); err == nil {
		_ = s.Close()
		t.Error("a folder was opened")
	}
}

func TestDamagedStoreIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	pull(t, s, "1", testPieces(0, 500))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damage := func(name string, f func([]byte) []byte) {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "znak.db")
			if err := os.WriteFile(bad, f(bytes.Clone(whole)), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(ctx, Params{Path: bad})
			if err == nil {
				_ = s.Close()
				t.Fatal("opened")
			}
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("got %v", err)
			}
		})
	}
	damage("cut in half", func(b []byte) []byte { return b[:len(b)/2/4096*4096] })
	damage("a page of zeros", func(b []byte) []byte { clear(b[5*4096 : 6*4096]); return b })
	damage("a page of noise", func(b []byte) []byte {
		for i := range b[7*4096 : 8*4096] {
			b[7*4096+i] = byte(i * 131)
		}
		return b
	})
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	if _, err := Open(ctx, Params{Path: path, ReadOnly: true}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a store that is not there: %v", err)
	}
	s := openAt(t, path)
	pull(t, s, "1", testPieces(0, 3))
	for _, beside := range []bool{true, false} { // a writer is at work, or nobody
		ro, err := Open(ctx, Params{Path: path, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		if ro.Station() != s.Station() {
			t.Errorf("station %q", ro.Station())
		}
		if b, err := ro.Batch(ctx, "1"); err != nil || b.Pieces != 3 {
			t.Errorf("batch: %+v, %v", b, err)
		}
		mustAudit(t, ro)
		if err := ro.Write(ctx, func(*Tx) error { return nil }); !errors.Is(err, ErrReadOnly) {
			t.Errorf("write: %v", err)
		}
		if err := ro.Rebuild(ctx); !errors.Is(err, ErrReadOnly) {
			t.Errorf("rebuild: %v", err)
		}
		_ = ro.Close()
		if beside {
			_ = s.Close()
		}
	}
}

func TestLockedStoreSaysSo(t *testing.T) {
	s := openTest(t)
	if _, err := s.writer.conn.ExecContext(ctx, "PRAGMA busy_timeout = 50"); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", s.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	err = s.Write(ctx, func(tx *Tx) error { return tx.SetSetting("a", "b") })
	if !errors.Is(err, ErrLocked) {
		t.Fatalf("got %v", err)
	}
	if key, args, _ := hint.Of(err); key != "store.locked" || args["Path"] != s.Path() {
		t.Errorf("hint %q %v", key, args)
	}
	if _, err := db.Exec("COMMIT"); err != nil {
		t.Fatal(err)
	}
	write(t, s, func(tx *Tx) error { return tx.SetSetting("a", "b") })
}

func TestWaitingForTheTurnCanBeGivenUp(t *testing.T) {
	s := openTest(t)
	inside, leave := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		done <- s.Write(ctx, func(tx *Tx) error { close(inside); <-leave; return nil })
	}()
	<-inside
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if err := s.Write(short, func(*Tx) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(leave)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestClosedStoreFails(t *testing.T) {
	s := openTest(t)
	inside := make(chan struct{})
	done := make(chan error)
	go func() {
		done <- s.Write(ctx, func(tx *Tx) error {
			close(inside)
			time.Sleep(30 * time.Millisecond)
			return tx.SetSetting("last", "word")
		})
	}()
	<-inside
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("the change being made was cut: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	if err := s.Write(ctx, func(*Tx) error { return nil }); err == nil {
		t.Error("a closed store was written")
	}
	if _, err := s.Batches(ctx); err == nil {
		t.Error("a closed store was read")
	}
	if v, ok, err := openAt(t, s.Path()).Setting(ctx, "last"); v != "word" || !ok || err != nil {
		t.Errorf("%q %v %v", v, ok, err)
	}
}

func TestCanceledReadSaysSo(t *testing.T) {
	s := openTest(t)
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Batches(canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// dump writes all tables as text.
func dump(t testing.TB, s *Store, tables ...string) string {
	t.Helper()
	if len(tables) == 0 {
		tables = []string{"events", "ledger_end", "batches", "pieces", "states", "tally", "runs", "jobs", "job_pages", "outbox", "settings"}
	}
	var b strings.Builder
	for _, table := range tables {
		b.WriteString(table + "\n" + dumpQuery(t, s, `SELECT * FROM `+table+` ORDER BY 1, 2, 3`))
	}
	return b.String()
}
