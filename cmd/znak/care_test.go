package main

import (
	"bytes"
	"context"
	"database/sql"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"znak/app/post/sandbox"
	"znak/store"
)

// inFolder runs one command on a data folder, in this process.
func inFolder(t *testing.T, dir, input string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(context.Background(), append([]string{"--data", dir, "--lang", "ru"}, args...), strings.NewReader(input), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// worked is a data folder with the pulled batches of a sandbox.
func worked(t *testing.T, dir string) {
	t.Helper()
	t.Setenv("ZNAK_KEYRING", "file")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	box := sandbox.New(sandbox.Options{Seed: 1})
	web := httptest.NewServer(box.Handler())
	t.Cleanup(web.Close)
	for _, step := range []struct {
		input string
		args  []string
	}{
		{box.Token() + "\n" + box.Password() + "\n", []string{"account", "set", "--post", web.URL, "--user", box.Login()}},
		{"", []string{"pull"}},
	} {
		if code, _, errOut := inFolder(t, dir, step.input, step.args...); code != exitDone {
			t.Fatalf("%v: %d, %s", step.args, code, errOut)
		}
	}
}

func TestNewerSchemaIsRefusedByEveryCommand(t *testing.T) {
	dir := t.TempDir()
	worked(t, dir)
	path := filepath.Join(dir, "znak.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	for _, args := range [][]string{{"status"}, {"batches"}, {"pull"}, {"print", "501"}, {"audit"}, {"backup"}, {"account", "clear"}} {
		code, _, errOut := inFolder(t, dir, "", args...)
		if code != exitStation || !strings.Contains(errOut, "более новой версией") || !strings.Contains(errOut, "99") {
			t.Errorf("%v: %d, %s", args, code, errOut)
		}
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
}

// While one process has the store open, another cannot put a copy in its place.
func TestRestoreWhileAnotherHasTheStoreOpen(t *testing.T) {
	dir := t.TempDir()
	worked(t, dir)
	file := filepath.Join(t.TempDir(), "copy.db")
	if code, _, errOut := inFolder(t, dir, "", "backup", file); code != exitDone {
		t.Fatal(errOut)
	}
	s, err := store.Open(t.Context(), store.Params{Path: filepath.Join(dir, "znak.db")})
	if err != nil {
		t.Fatal(err)
	}
	code, _, errOut := inFolder(t, dir, "", "restore", file, "--yes")
	if code != exitRefused || !strings.Contains(errOut, "открыты") {
		t.Errorf("%d, %s", code, errOut)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := inFolder(t, dir, "", "restore", file, "--yes"); code != exitDone {
		t.Errorf("%d, %s", code, errOut)
	}
}
