package station

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"znak/app/exchange"
	"znak/app/postal"
	"znak/app/text"
	"znak/store"
)

// people are the operators of a bench, each with a PIN that no file holds.
type people struct {
	*bench
	clock time.Time
	pins  map[string]string
}

const (
	admin  = "Админова А. А."
	senior = "Старшева С. С."
	clerk  = "Иванова И. И."
	purser = "Счётова Б. Б."
)

// anyPIN is six digits that may be a PIN.
func anyPIN() string {
	for {
		if pin := fmt.Sprintf("%06d", rand.IntN(1_000_000)); validPIN(pin) {
			return pin
		}
	}
}

// withPeople turns sign-in on at a bench and has one of each role.
func withPeople(t *testing.T, b *bench) *people {
	t.Helper()
	p := &people{bench: b, clock: time.Now(), pins: map[string]string{}}
	b.now = func() time.Time { return p.clock }
	b.reopen(p)
	for name, role := range map[string]Role{admin: RoleAdmin, senior: RoleSenior, clerk: RoleClerk, purser: RoleAccountant} {
		p.pins[name] = anyPIN()
		b.must(b.AddOperator(b.ctx, name, role, p.pins[name]))
	}
	b.must(b.SetSetting(b.ctx, SettingSignIn, "true"))
	return p
}

// reopen opens the station anew with the clock of the people, and PINs that cost little.
func (b *bench) reopen(*people) {
	b.must(b.store.Close())
	b.open()
	b.pinCost = pinCost{memory: 64, time: 1, lanes: 1}
}

func (p *people) enter(name string) {
	p.t.Helper()
	p.must(p.SignIn(p.ctx, name, p.pins[name]))
}

// who lists the names on the ledger's events of a kind.
func (p *people) who(kind postal.EventKind) []string {
	p.t.Helper()
	events, err := p.store.Events(p.ctx, store.EventQuery{Kinds: []postal.EventKind{kind}})
	p.must(err)
	var names []string
	for _, e := range events {
		if !slices.Contains(names, e.Who) {
			names = append(names, e.Who)
		}
	}
	return names
}

func refusal(err error) string {
	var r *Refused
	if !errors.As(err, &r) {
		return ""
	}
	return r.Reasons[0].Key
}

func words(t testing.TB) *text.Printer {
	w, err := text.Load("ru")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

var _ exchange.Words = (*text.Printer)(nil)
