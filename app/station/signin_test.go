package station

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/store"
)

// An office that has not turned sign-in on works as ever.
func TestWithoutSignIn(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 4})
	at, err := b.SignedIn(b.ctx)
	b.must(err)
	if at.On || !at.Present() {
		t.Errorf("%+v", at)
	}
	b.refused(b.SetSetting(b.ctx, SettingSignIn, "true"), "operator.no-admin")
	b.must(b.SetSetting(b.ctx, SettingPreflight, "false"))
	b.pulled()
	name := b.purpose("fit", 12)
	b.printed(name)
	events, err := b.store.Events(b.ctx, store.EventQuery{Kinds: []postal.EventKind{postal.EventIntent}})
	b.must(err)
	if len(events) != 12 || events[0].Who != "Проверка" {
		t.Errorf("%d events of %q", len(events), events[0].Who)
	}
}

// Wrong PINs slow down and lock for a while, over restarts; the ledger tells of it; a right one after the wait lets in and forgets; a badge is taken meanwhile.
func TestWrongPINsSlowDown(t *testing.T) {
	p := withPeople(t, newBench(t, sandbox.Options{Seed: 4}))
	p.enter(admin)
	file, err := p.WriteBadge(p.ctx, clerk, "", words(t))
	p.must(err)
	badge := readBadge(t, file)
	p.must(p.SignOut(p.ctx))
	waited := time.Duration(0)
	for try := 1; try <= 8; try++ {
		want := "operator.wrong"
		if waitAfter(try) > 0 {
			want = "operator.wrong-wait"
		}
		p.refused(p.SignIn(p.ctx, clerk, "0"+p.pins[clerk]), want)
		wait := waitAfter(try)
		if wait < waited {
			t.Errorf("the %d. wrong PIN waits %v, after %v", try, wait, waited)
		}
		waited = wait
		if wait == 0 {
			continue
		}
		p.refused(p.SignIn(p.ctx, clerk, p.pins[clerk]), "operator.wait") // even the right one, and it counts as nothing
		p.reopen(p)                                                       // pulling the plug does not help
		p.refused(p.SignIn(p.ctx, clerk, p.pins[clerk]), "operator.wait")
		p.clock = p.clock.Add(wait - time.Second)
		p.refused(p.SignIn(p.ctx, clerk, p.pins[clerk]), "operator.wait")
		p.must(p.SignInBadge(p.ctx, badge))
		p.must(p.SignOut(p.ctx))
		p.clock = p.clock.Add(time.Second)
	}
	if waited < 10*time.Minute {
		t.Errorf("locked for %v only", waited)
	}
	list, err := p.Operators(p.ctx)
	p.must(err)
	if !list[slices.IndexFunc(list, func(o Operator) bool { return o.Name == clerk })].Until.IsZero() {
		t.Error("the wait is over and still told")
	}
	p.must(p.SignIn(p.ctx, clerk, p.pins[clerk]))
	p.refused(p.SignIn(p.ctx, clerk, "1"), "operator.wrong") // forgotten: the first again
	events, err := p.store.Events(p.ctx, store.EventQuery{Kinds: []postal.EventKind{postal.EventOperator}})
	p.must(err)
	locked := 0
	for _, e := range events {
		var data store.OperatorData
		p.must(json.Unmarshal(e.Data, &data))
		if data.Act == "locked" && data.Name == clerk {
			locked++
		}
	}
	if locked != 4 { // from the fifth on
		t.Errorf("the ledger tells of %d", locked)
	}
	p.refused(p.SignIn(p.ctx, "Никто", anyPIN()), "operator.wrong")
	p.refused(p.SignIn(p.ctx, "", ""), "operator.wrong")
	p.auditHolds()
}

// A try that is cut short before its PIN is looked at counts all the same.
func TestATryIsCountedBeforeItIsJudged(t *testing.T) {
	p := withPeople(t, newBench(t, sandbox.Options{Seed: 4}))
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	_ = p.store.Write(p.ctx, func(tx *store.Tx) error {
		o, _, err := tx.Operator(clerk)
		if err == nil {
			o.PIN = "broken" // what comes after the count fails
			err = tx.PutOperator(o)
		}
		return err
	})
	err := p.SignIn(ctx, clerk, p.pins[clerk])
	if err == nil || refusal(err) != "" {
		t.Fatalf("%v", err)
	}
	o, _, err := p.store.Operator(p.ctx, clerk)
	p.must(err)
	if o.Wrong != 1 {
		t.Errorf("%d tries counted", o.Wrong)
	}
}

// The station locks by itself when nobody touches it, and not while somebody does.
func TestLockAfterAPause(t *testing.T) {
	p := withPeople(t, newBench(t, sandbox.Options{Seed: 4}))
	locked := func() bool {
		at, err := p.SignedIn(p.ctx)
		p.must(err)
		return at.Locked
	}
	p.enter(admin)
	p.must(p.SetSetting(p.ctx, SettingLock, "5"))
	for range 5 {
		p.clock = p.clock.Add(4 * time.Minute)
		if locked() {
			t.Fatal("locked under somebody's hands")
		}
		p.Touch()
	}
	p.clock = p.clock.Add(5 * time.Minute)
	p.refused(p.SetSetting(p.ctx, SettingLock, "0"), "operator.locked") // the act itself, not the window, finds it locked
	p.Touch()
	if !locked() {
		t.Error("a touch unlocks")
	}
	p.enter(admin)
	p.must(p.SetSetting(p.ctx, SettingLock, "0"))
	p.clock = p.clock.Add(1000 * time.Hour)
	if locked() {
		t.Error("locked, though never is set")
	}
	p.must(p.Lock(p.ctx))
	if !locked() {
		t.Error("not locked at once")
	}
	p.must(p.SignOut(p.ctx))
	p.must(p.Lock(p.ctx))
	if at, err := p.SignedIn(p.ctx); err != nil || at.Name != "" || at.Locked {
		t.Errorf("%+v %v", at, err)
	}
}

// Above the limit a second person proves themselves: another one, who may.
func TestSecondPersonProvesThemselves(t *testing.T) {
	b, batch, rows := printed(t)
	b.must(b.SetSetting(b.ctx, SettingReprints, "1"))
	p := withPeople(t, b)
	p.enter(admin)
	file, err := p.WriteBadge(p.ctx, senior, "", words(t))
	p.must(err)
	badge := readBadge(t, file)
	p.enter(clerk)
	_, err = p.Reprint(p.ctx, rows[0].ShPI, ReasonTorn)
	p.must(err)
	order := func(i int, second, proof string) error {
		_, err := p.ReprintAll(p.ctx, ReprintOrder{ShPIs: []postal.ShPI{rows[i].ShPI}, Reason: ReasonTorn, Second: second, Proof: proof})
		return err
	}
	p.refused(order(1, "", ""), "station.reprint.second")
	p.refused(order(1, senior, ""), "operator.wrong") // a name alone proves nothing
	p.refused(order(1, senior, "0"), "operator.wrong")
	p.refused(order(1, clerk, p.pins[clerk]), "station.reprint.same-person")
	p.refused(order(1, purser, p.pins[purser]), "operator.needs.confirm")
	p.refused(order(1, "", scan.BadgeText(newBadge())), "operator.badge-unknown")
	if n := p.states(batch)[postal.StateSpoiled]; n != 1 {
		t.Errorf("%d spoiled", n)
	}
	p.must(order(1, senior, p.pins[senior]))
	p.must(order(2, "", badge))
	p.enter(senior)
	p.must(order(3, "", "")) // the limit is each person's own
	p.refused(order(4, "", badge), "station.reprint.same-person")
	events, err := p.store.Events(p.ctx, store.EventQuery{Kinds: []postal.EventKind{postal.EventSpoiled}})
	p.must(err)
	for i, want := range [][2]string{{clerk, ""}, {clerk, senior}, {clerk, senior}, {senior, ""}} {
		var data store.SpoiledData
		p.must(json.Unmarshal(events[i].Data, &data))
		if events[i].Who != want[0] || data.Second != want[1] {
			t.Errorf("%d: %s with %q", i, events[i].Who, data.Second)
		}
	}
	if at, err := p.SignedIn(p.ctx); err != nil || at.Name != senior {
		t.Errorf("confirming signs in: %+v %v", at, err)
	}
	p.auditHolds()
}

// Who comes and goes stands in the ledger by name: in, locked by hand, unlocked, another one instead, out; each once, and the ledger still holds.
func TestComingAndGoingIsWritten(t *testing.T) {
	p := withPeople(t, newBench(t, sandbox.Options{Seed: 4}))
	file, err := p.WriteBadge(store.As(p.ctx, admin), clerk, "", words(t))
	p.must(err)
	badge := readBadge(t, file)
	before, err := p.Journal(p.ctx, 0)
	p.must(err)

	p.must(p.Lock(p.ctx)) // nobody is there
	p.must(p.SignOut(p.ctx))
	p.enter(senior)
	p.must(p.Lock(p.ctx))
	p.must(p.Lock(p.ctx)) // it is locked
	p.enter(senior)
	p.must(p.SignInBadge(p.ctx, badge)) // takes over
	p.must(p.SignInBadge(p.ctx, badge)) // is there already
	p.must(p.SignOut(p.ctx))
	if err := p.SignIn(p.ctx, clerk, "wrong"); err == nil {
		t.Fatal("a wrong PIN lets in")
	}

	journal, err := p.Journal(p.ctx, 0)
	p.must(err)
	var got []string
	for _, e := range journal[len(before):] {
		a := e.Operator
		if e.Who != a.Name {
			t.Errorf("%s of %s was written by %s", a.Act, a.Name, e.Who)
		}
		got = append(got, a.Act+" "+a.Proof+" "+a.Name)
	}
	want := []string{"signed-in pin " + senior, "shut  " + senior, "unlocked pin " + senior, "signed-out  " + senior, "signed-in badge " + clerk, "signed-out  " + clerk}
	if !slices.Equal(got, want) {
		t.Errorf("the ledger has\n%q, not\n%q", got, want)
	}
	if last, err := p.Journal(p.ctx, 2); err != nil || len(last) != 2 || last[1].Operator.Act != "signed-out" {
		t.Errorf("the last two: %+v, %v", last, err)
	}
	p.auditHolds()
}
