package main

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"znak/app/boundary"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/text"
)

// What a fault looks like from outside: the exit code of a real process, a sentence for the person, and afterwards the same command goes through.

// expect runs a command that must fail in its way, and says why in the person's words.
func (v *victim) expect(code int, key string, args ...string) {
	v.t.Helper()
	words, err := text.Load("ru")
	if err != nil {
		v.t.Fatal(err)
	}
	done := v.run(order{args: args})
	beginning, _, _ := strings.Cut(words.Say(key, map[string]any{"Path": "<no value>", "Batch": "<no value>"}), "<no value>")
	if done.killed || done.code != code || len(beginning) < 8 || !bytes.Contains(done.errOut, []byte(beginning)) {
		v.t.Errorf("want exit code %d and %q: %v", code, beginning, done)
	}
}

func TestExitCodesOfThePost(t *testing.T) {
	t.Parallel()
	v := newVictim(t, 7, sandbox.Options{Pieces: 6})
	v.must(v.run(order{args: []string{"pull"}}))
	for fault, key := range map[string]string{
		"limit 1..3 timeout-after 10ms": "post.network", "limit 1..3 error500-before": "post.server", "limit 1 509": "post.quota", "limit 1..3 html": "post.foreign",
		"settings 1..3 cut": "post.cut",
	} {
		if err := v.box.AddFault(fault); err != nil {
			t.Fatal(err)
		}
		v.expect(exitUnreachable, key, "pull")
		v.until("the end of "+fault, func() bool { return v.run(order{args: []string{"pull"}}).code == exitDone }, nil,
			func() order { return order{args: []string{"status"}} }, exitDone)
	}
	v.expect(exitRefused, "station.batch-unknown", "print", "999")
	v.expect(exitRefused, "station.handover.missing", "handover", "501")
	v.must(v.run(order{args: []string{"account", "set", "--post", v.url, "--user", v.box.Login()}, input: v.box.Token() + "\nwrong\n"}))
	v.expect(exitRefused, "post.credentials", "pull")
	v.resume()
}

func TestExitCodesOfTheStore(t *testing.T) {
	t.Parallel() // much of it is waiting for a lock
	v := newVictim(t, 7, sandbox.Options{Pieces: 6})
	v.must(v.run(order{args: []string{"pull"}}))
	v.must(v.run(order{args: []string{"print", "501", "--limit", "2"}}))
	path := filepath.Join(v.dir, "data", "znak.db")

	// Another program holds the lock and does not let go.
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(context.Background(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	v.expect(exitStation, "store.locked", "print", "501")
	v.look()
	if _, err := conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	v.must(v.run(order{args: []string{"print", "501", "--limit", "2"}}))

	// The file is damaged: nothing is printed from it and it is left as it is. With the good file back the work goes on.
	v.must(v.run(order{args: []string{"audit"}}))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wal, _ := os.ReadFile(path + "-wal")
	noise := slices.Repeat([]byte{0xA5}, len(good)/2)
	for name, bad := range map[string][]byte{"torn": good[:len(good)/3], "scribbled over": slices.Concat(good[:1000], noise, good[1000+len(noise):]), "another file": []byte(strings.Repeat("письма ", 900))} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(path + "-wal")
		_ = os.Remove(path + "-shm")
		v.expect(exitStation, "store.damaged", "print", "501")
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, bad) {
			t.Errorf("%s: the file was changed, %v", name, err)
		}
		_ = os.Remove(path + "-wal")
		_ = os.Remove(path + "-shm")
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if len(wal) > 0 {
		if err := os.WriteFile(path+"-wal", wal, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	v.must(v.run(order{args: []string{"print", "501"}}))
	v.resume()
	if n := v.count("501", postal.StatePrinted); n != 6 {
		t.Errorf("%d of 6 printed", n)
	}
}

// A file, or the whole folder, was carried away after the crash and before the start: then nobody knows, and nothing is printed again by itself.
func TestPrintedFilesCarriedAway(t *testing.T) {
	if !boundary.Armed {
		t.Skip("needs the build tag torture: make torture")
	}
	for name, carry := range map[string]func(dir, file string) error{
		"file":   func(_, file string) error { return os.Remove(file) },
		"folder": func(dir, _ string) error { return os.Rename(dir, dir+"-elsewhere") },
	} {
		t.Run(name, func(t *testing.T) {
			v := newVictim(t, 7, sandbox.Options{Pieces: 6})
			v.must(v.run(order{args: []string{"pull"}}))
			if done := v.run(order{args: []string{"print", "501", "--limit", "4"}, at: boundary.FolderKept, turn: 1}); !done.killed {
				t.Fatal(done)
			}
			dir := filepath.Join(v.dir, "data", "printed")
			files, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
			if err != nil || len(files) != 1 {
				t.Fatal(files, err)
			}
			if err := carry(dir, files[0]); err != nil {
				t.Fatal(err)
			}
			done := v.run(order{args: []string{"print", "501"}})
			if unknown, printed := v.count("501", postal.StateUnknown), v.count("501", postal.StatePrinted); unknown != 4 || printed != 2 || done.code != exitPerson {
				t.Errorf("%d of 4 unknown, %d of 2 printed: %v", unknown, printed, done)
			}
			v.must(v.run(order{args: []string{"audit"}}))
		})
	}
}
