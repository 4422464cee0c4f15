package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"znak/app/hint"
)

func backupsOf(t *testing.T, path string) []string {
	t.Helper()
	list, err := filepath.Glob(path + ".schema-*")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestMigrationSavesACopyFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	pull(t, s, "1", testPieces(0, 20))
	before := dump(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if list := backupsOf(t, path); len(list) != 0 {
		t.Errorf("a new store was saved: %v", list)
	}
	known := len(migrations())
	steps := append(migrations(),
		migration{"second.sql", `ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT 'нет'; CREATE TABLE extra (a TEXT);`},
		migration{"third.sql", `INSERT INTO extra VALUES ('три')`})
	s, err := open(ctx, Params{Path: path, Now: newClock().now}, steps)
	if err != nil {
		t.Fatal(err)
	}
	mustAudit(t, s)
	if got := dumpQuery(t, s, `SELECT a FROM extra`); !strings.Contains(got, "три") {
		t.Errorf("%s", got)
	}
	_ = s.Close()
	list := backupsOf(t, path)
	if len(list) != 1 || !strings.HasSuffix(list[0], fmt.Sprintf("znak.db.schema-%d-before-%d.20261121T090000Z.bak", known, known+2)) {
		t.Fatalf("%v", list)
	}
	// The program of before refuses the new store, whatever it is opened for, and leaves it alone…
	refused(t, Params{Path: path}, ErrNewer, "store.newer")
	refused(t, Params{Path: path, ReadOnly: true}, ErrNewer, "store.newer")
	_, err = Open(ctx, Params{Path: path})
	if _, args, _ := hint.Of(err); args["Have"] != known+2 || args["Known"] != known {
		t.Errorf("%v", args)
	}
	// …and works with the copy.
	copied := openAt(t, list[0])
	mustAudit(t, copied)
	if dump(t, copied) != before {
		t.Error("the copy differs")
	}
}

func init() { children["upgrade"] = childUpgrade }

// childUpgrade opens a store with one step more than this program knows, when it is told to.
func childUpgrade(args []string) error {
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	s, err := open(ctx, Params{Path: args[0], Now: newClock().now}, append(migrations(), migration{"next.sql", `CREATE TABLE extra (a TEXT)`}))
	if err != nil {
		return err
	}
	return s.Close()
}

// Programs that find an old store in the same second make one copy of it, whole, and take the step once.
func TestUpgradedByManyProcessesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	pull(t, s, "1", testPieces(0, 3000))
	before := dump(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	let, wait := childrenAtOnce(t, 4, "upgrade", path)
	let()
	if err := wait(); err != nil {
		t.Error(err)
	}
	list := backupsOf(t, path)
	if len(list) != 1 || !strings.HasSuffix(list[0], ".bak") {
		t.Fatalf("%v", list)
	}
	copied := openAt(t, list[0])
	mustAudit(t, copied)
	if dump(t, copied) != before {
		t.Error("the copy differs")
	}
}

// Two who write a copy of the same name at once do not write into one file; a part that was left long ago goes.
func TestCopiesOfOneNameAtOnce(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 2000))
	path := filepath.Join(t.TempDir(), "copy.db")
	old, young := path+partSuffix+"1", path+partSuffix+"2"
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Now().Add(-2*partAge), time.Now().Add(-2*partAge)); err != nil {
		t.Fatal(err)
	}
	results := make(chan error)
	for range 3 {
		go func() { results <- s.Backup(ctx, path) }()
	}
	done := 0
	for range 3 {
		if err := <-results; err == nil {
			done++
		} else if !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	}
	if done == 0 {
		t.Fatal("no copy was made")
	}
	mustAudit(t, openAt(t, path))
	if parts, _ := filepath.Glob(path + ".part*"); len(parts) != 1 || parts[0] != young {
		t.Errorf("%v", parts)
	}
}

func TestFailedMigrationChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	pull(t, s, "1", testPieces(0, 5))
	before := dump(t, s)
	_ = s.Close()
	steps := append(migrations(), migration{"bad.sql", `CREATE TABLE half (a TEXT); INSERT INTO nowhere VALUES (1)`})
	if s, err := open(ctx, Params{Path: path}, steps); err == nil {
		_ = s.Close()
		t.Fatal("a bad step was taken")
	} else if !strings.Contains(err.Error(), "bad.sql") {
		t.Errorf("got %v", err)
	}
	s = openAt(t, path)
	if dump(t, s) != before {
		t.Error("something was changed")
	}
	if got := dumpQuery(t, s, `SELECT count(*) FROM sqlite_schema WHERE name = 'half'`); got != "\t0\n" {
		t.Errorf("half a step: %q", got)
	}
}

func TestOlderStoreIsNotReadAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	_ = s.Close()
	steps := append(migrations(), migration{"second.sql", `CREATE TABLE extra (a TEXT)`})
	if _, err := open(ctx, Params{Path: path, ReadOnly: true}, steps); !errors.Is(err, ErrOlder) {
		t.Errorf("got %v", err)
	}
}

func TestBackup(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 50))
	path := filepath.Join(t.TempDir(), "копии", "znak.bak")
	// The work goes on meanwhile: the copy is of one moment.
	stop, done := make(chan struct{}), make(chan error)
	go func() {
		for n := 1000; ; n += 10 {
			select {
			case <-stop:
				done <- nil
				return
			default:
				if err := s.Write(ctx, func(tx *Tx) error { return pullIn(tx, "2", testPieces(n, 10)) }); err != nil {
					done <- err
					return
				}
			}
		}
	}()
	err := s.Backup(ctx, path)
	close(stop)
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if parts, err := filepath.Glob(path + ".part*"); err != nil || len(parts) > 0 {
		t.Errorf("a part was left: %v, %v", parts, err)
	}
	err = s.Backup(ctx, path)
	if key, args, _ := hint.Of(err); !errors.Is(err, ErrConflict) || key != "store.exists" || args["Path"] != path {
		t.Errorf("over an existing file: %v", err)
	}
	copied := openAt(t, path)
	r := mustAudit(t, copied)
	if (r.Events-50)%10 != 0 || r.Events < 50 || copied.Station() != s.Station() {
		t.Errorf("%+v", r)
	}
	// A copy made read-only can be copied again.
	ro, err := Open(ctx, Params{Path: path, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	if err := ro.Backup(ctx, path+".2"); err != nil {
		t.Error(err)
	}
}
