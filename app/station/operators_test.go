package station

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"znak/app/post/sandbox"
)

// The name may be written in any case; what is written in the ledger is the name as it was added.
func TestNamesAndPINs(t *testing.T) {
	p := withPeople(t, newBench(t, sandbox.Options{Seed: 4}))
	p.must(p.SignIn(p.ctx, "  ИВАНОВА   и. и.", p.pins[clerk]))
	at, err := p.SignedIn(p.ctx)
	p.must(err)
	if at.Name != clerk || at.Role != RoleClerk {
		t.Errorf("%+v", at)
	}
	p.enter(admin)
	for _, pin := range []string{"", "123", "1234", "9876", "0000", "77777777", "12 34", "12a4", "１２３５", strings.Repeat("7391", 9)} {
		p.refused(p.AddOperator(p.ctx, "Новая", RoleClerk, pin), "operator.pin")
		p.refused(p.SetPIN(p.ctx, clerk, pin), "operator.pin")
	}
	for _, name := range []string{"", " ", "a/b", "a\nb\x00", "<b>", strings.Repeat("я", 61)} {
		p.refused(p.AddOperator(p.ctx, name, RoleClerk, anyPIN()), "operator.name")
	}
	p.refused(p.AddOperator(p.ctx, "иванова и. и.", RoleClerk, anyPIN()), "operator.taken")
	p.refused(p.AddOperator(p.ctx, "Новая", "boss", anyPIN()), "operator.role")

	// Everybody may change their own PIN, and nobody's else.
	p.enter(clerk)
	other := anyPIN()
	p.must(p.SetPIN(p.ctx, clerk, other))
	p.refused(p.SetPIN(p.ctx, senior, anyPIN()), "operator.needs.operators")
	p.refused(p.SignIn(p.ctx, clerk, p.pins[clerk]), "operator.wrong")
	p.must(p.SignIn(p.ctx, clerk, other))

	// The store and everything beside it hold no PIN and no token.
	p.must(p.store.Close())
	p.must(filepath.WalkDir(p.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, pin := range append([]string{other}, p.pins[senior], p.pins[admin]) {
			if bytes.Contains(raw, []byte("\""+pin+"\"")) || bytes.Contains(raw, []byte("$"+pin)) {
				t.Errorf("%s holds a PIN", path)
			}
		}
		return err
	}))
}

// The last admin stays; who is removed is out at once; a forgotten PIN has a way out that the ledger shows.
func TestTheLastAdmin(t *testing.T) {
	p := withPeople(t, newBench(t, sandbox.Options{Seed: 4}))
	p.enter(admin)
	p.refused(p.RemoveOperator(p.ctx, admin), "operator.last-admin")
	p.refused(p.SetRole(p.ctx, admin, RoleClerk), "operator.last-admin")
	p.must(p.SetRole(p.ctx, senior, RoleAdmin))
	p.must(p.RemoveOperator(p.ctx, admin))
	if at, err := p.SignedIn(p.ctx); err != nil || at.Name != "" {
		t.Errorf("removed and still there: %+v %v", at, err)
	}
	p.refused(p.SetSetting(p.ctx, SettingSignIn, "false"), "operator.sign-in")
	p.refused(p.SignIn(p.ctx, admin, p.pins[admin]), "operator.wrong")
	p.refused(p.ResetPIN(p.ctx, admin, anyPIN()), "operator.unknown")
	for range 6 {
		_ = p.SignIn(p.ctx, senior, "1")
		p.clock = p.clock.Add(time.Hour)
	}
	_ = p.SignIn(p.ctx, senior, "1")
	p.refused(p.SignIn(p.ctx, senior, p.pins[senior]), "operator.wait")
	p.pins[senior] = anyPIN()
	p.must(p.ResetPIN(p.ctx, senior, p.pins[senior]))
	p.enter(senior)
	journal, err := p.Journal(p.ctx, 2) // before that sign-in
	p.must(err)
	if was := journal[0]; was.Operator.Act != "reset" || was.Operator.Name != senior || was.Who != "Проверка" {
		t.Errorf("%+v", was)
	}
	p.must(p.SetSetting(p.ctx, SettingSignIn, "false"))
	p.must(p.RemoveOperator(p.ctx, senior)) // an office without sign-in may do without
	p.auditHolds()
}
