package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"znak/app/postal"
	"znak/app/station"
	"znak/store"
)

// staff is a data folder driven by commands, with PINs that no file holds.
type staff struct {
	t   *testing.T
	dir string
	out bytes.Buffer
	err bytes.Buffer
}

// do runs a command with lines on standard input and gives its exit code.
func (s *staff) do(lines string, args ...string) int {
	s.t.Helper()
	s.out.Reset()
	s.err.Reset()
	return run(s.t.Context(), append([]string{"--data", s.dir, "--lang", "en"}, args...), strings.NewReader(lines), &s.out, &s.err)
}

func (s *staff) want(code int, lines string, args ...string) {
	s.t.Helper()
	if got := s.do(lines, args...); got != code {
		s.t.Fatalf("znak %s: exit %d, not %d\n%s%s", strings.Join(args, " "), got, code, s.out.String(), s.err.String())
	}
}

func somePIN() string { return fmt.Sprint(400_000_000 + rand.IntN(100_000_000)) }

func TestOperatorCommands(t *testing.T) {
	t.Setenv("ZNAK_KEYRING", "file")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("ZNAK_OPERATOR", "Environment")
	s := &staff{t: t, dir: t.TempDir()}
	boss, pin, second := somePIN(), somePIN(), somePIN()

	// Without sign-in the name is taken as it is, and nothing asks for a PIN.
	s.want(exitDone, "", "--operator", "Anybody", "settings", "set", "lock-minutes", "7")
	s.want(exitRefused, "", "settings", "set", "sign-in", "true")
	s.want(exitUsage, "", "operator", "add", "Boss", "--role", "admin") // no line
	s.want(exitUsage, boss, "operator", "add")
	s.want(exitRefused, "1234\n", "operator", "add", "Boss", "--role", "admin")
	s.want(exitRefused, boss, "operator", "add", "Boss", "--role", "king")
	s.want(exitDone, boss+"\r\n", "operator", "add", "Boss", "--role", "admin")
	s.want(exitDone, "", "settings", "set", "sign-in", "true")

	// With it, what changes something asks who it is; looking does not.
	s.want(exitRefused, "", "settings", "set", "lock-minutes", "8")
	if !strings.Contains(s.err.String(), "--operator") {
		t.Errorf("does not say how: %s", s.err.String())
	}
	s.want(exitDone, "", "status")
	s.want(exitDone, "", "batches")
	s.want(exitRefused, pin, "operator", "add", "Clerk")
	s.want(exitDone, boss+"\n"+pin+"\n", "--operator", "boss", "operator", "add", "Clerk")
	s.want(exitRefused, pin, "--operator", "Clerk", "settings", "set", "lock-minutes", "8")
	s.want(exitRefused, boss, "--operator", "Clerk", "status") // a wrong PIN
	s.want(exitUsage, "", "--operator", "Clerk", "status")     // none
	s.want(exitDone, boss, "--operator", "Boss", "settings", "set", "lock-minutes", "8")
	s.want(exitRefused, pin+"\ntoken\npassword\n", "--operator", "Clerk", "account", "set", "--post", "http://127.0.0.1:9", "--user", "u")
	s.want(exitDone, boss+"\ntoken\npassword\n", "--operator", "Boss", "account", "set", "--post", "http://127.0.0.1:9", "--user", "u")
	s.want(exitRefused, pin, "--operator", "Clerk", "account", "clear")
	s.want(exitRefused, "", "account", "clear")

	s.want(exitDone, pin+"\n"+second, "--operator", "Clerk", "operator", "pin", "Clerk")
	s.want(exitRefused, pin, "--operator", "Clerk", "status")
	s.want(exitDone, second, "--operator", "Clerk", "status")
	s.want(exitDone, boss, "--operator", "Boss", "operator", "role", "Clerk", "senior")
	badge := filepath.Join(t.TempDir(), "badge.pdf")
	s.want(exitDone, boss, "--operator", "Boss", "operator", "badge", "Clerk", "--out", badge)
	if raw, err := os.ReadFile(badge); err != nil || !bytes.HasPrefix(raw, []byte("%PDF")) {
		t.Errorf("%v", err)
	}
	s.want(exitDone, "", "--json", "operator", "list")
	var list []struct {
		Name, Role string
		Badge      bool
	}
	if err := json.Unmarshal(s.out.Bytes(), &list); err != nil || len(list) != 2 || list[1].Name != "Clerk" || list[1].Role != "senior" || !list[1].Badge {
		t.Errorf("%v %s", err, s.out.String())
	}
	s.want(exitDone, "", "--json", "operator", "rights")
	if !strings.Contains(s.out.String(), `{"act":"confirm","roles":["senior","admin"]}`) {
		t.Errorf("%s", s.out.String())
	}
	s.want(exitDone, second, "--operator", "Clerk", "operator", "badge", "Clerk", "--void")
	s.want(exitRefused, boss, "--operator", "Boss", "operator", "remove", "Boss")

	// A restore asks for an admin; a forgotten PIN has its way out, which the ledger shows.
	copied := filepath.Join(t.TempDir(), "copy.db")
	s.want(exitDone, "", "backup", copied)
	s.want(exitRefused, "", "restore", copied, "--yes")
	s.want(exitRefused, second, "--operator", "Clerk", "restore", copied, "--yes")
	s.want(exitDone, boss, "--operator", "Boss", "restore", copied, "--yes")
	again := somePIN()
	s.want(exitDone, again, "operator", "reset", "Boss")
	s.want(exitRefused, boss, "--operator", "Boss", "status")
	s.want(exitDone, again, "--operator", "Boss", "operator", "remove", "Clerk")
	s.want(exitRefused, second, "--operator", "Clerk", "status")
	s.want(exitDone, "", "audit")

	for _, secret := range []string{boss, pin, second, again} {
		if strings.Contains(s.out.String()+s.err.String(), secret) {
			t.Error("a PIN is told")
		}
	}
	db, err := store.Open(context.Background(), store.Params{Path: filepath.Join(s.dir, "znak.db"), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	events, err := db.Events(context.Background(), store.EventQuery{})
	if err != nil {
		t.Fatal(err)
	}
	acts := map[string]string{} // who did it last
	on := false                 // sign-in
	for _, e := range events {
		var data store.OperatorData
		if err := json.Unmarshal(e.Data, &data); err == nil && data.Act != "" {
			acts[data.Act] = e.Who
		}
		if on && e.Who == "Environment" {
			t.Errorf("event %d (%s) in a name that the environment gave, with sign-in on", e.Seq, e.Kind)
		}
		on = on || e.Kind == postal.EventOffice && strings.Contains(string(e.Data), station.SettingSignIn)
	}
	if acts["role"] != "Boss" || acts["pin"] != "Clerk" || acts["no-badge"] != "Clerk" || acts["removed"] != "Boss" || acts["reset"] != computerUser() {
		t.Errorf("%v", acts)
	}
}

// The PIN is one line; what follows it belongs to the command.
func TestPINLineTakesOneLine(t *testing.T) {
	in := strings.NewReader("12345 \r\nthe rest\n")
	c := &command{in: in}
	if err := c.speak("en"); err != nil {
		t.Fatal(err)
	}
	pin, err := c.pinLine("N")
	if err != nil || pin != "12345" || in.Len() != len("the rest\n") {
		t.Errorf("%q %v, %d left", pin, err, in.Len())
	}
	if _, err := (&command{in: strings.NewReader("\n"), text: c.text}).pinLine("N"); err == nil {
		t.Error("an empty line is a PIN")
	}
}
