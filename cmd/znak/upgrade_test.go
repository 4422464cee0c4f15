package main

import (
	"bytes"
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"znak/app/station"
	"znak/store"
)

// olderRecords makes a data folder with the records of a program before the search had its index.
func olderRecords(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	path := filepath.Join(dir, station.StoreFile)
	s, err := store.Open(t.Context(), store.Params{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{`DROP TRIGGER pieces_words_insert`, `DROP TRIGGER pieces_words_update`, `DROP TRIGGER pieces_words_delete`,
		`DROP TABLE piece_terms`, `DROP TABLE piece_words`, `DROP TABLE piece_words_due`, `PRAGMA user_version = 6`} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(statement, err)
		}
	}
	return dir
}

func schemaOf(t *testing.T, dir string) int {
	t.Helper()
	c, err := store.CheckCopy(t.Context(), filepath.Join(dir, station.StoreFile))
	if err != nil {
		t.Fatal(err)
	}
	return c.Schema
}

// upgradeHeld lets every program that would bring the records up to date wait until let.
func upgradeHeld(t *testing.T, dir string) (let func()) {
	t.Helper()
	lock := flock.New(filepath.Join(dir, "locks", station.StoreFile+".upgrade.lock"))
	if ok, err := lock.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	let = func() {
		if err := lock.Unlock(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(let)
	return let
}

// A command says once, beside its answer, that it brings the records up to date; the next has nothing to say.
func TestCommandTellsOfAnUpgrade(t *testing.T) {
	t.Setenv("ZNAK_KEYRING", "file")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	dir := olderRecords(t)
	var first string
	for n, want := range []int{1, 0} {
		var out, errOut bytes.Buffer
		if code := run(ctx, []string{"batches", "--data", dir, "--lang", "ru", "--json"}, strings.NewReader(""), &out, &errOut); code != exitDone {
			t.Fatalf("%d: %s", code, errOut.String())
		}
		if told := strings.Count(errOut.String(), "Записи переводятся на новую версию"); told != want || strings.Count(errOut.String(), "\n") != want {
			t.Errorf("start %d told %d times:\n%s", n, told, errOut.String())
		}
		if n == 0 {
			first = out.String()
		} else if out.String() != first {
			t.Errorf("another answer: %q, %q", first, out.String())
		}
	}
	if schemaOf(t, dir) <= 6 {
		t.Error("not brought up to date")
	}
}
