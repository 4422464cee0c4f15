package station

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/app/exchange"
	"znak/app/post"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/app/text"
	"znak/printer"
	"znak/printer/calibrate"
	"znak/store"
)

// people are the operators of a bench, each with a PIN that no file holds.
type people struct {
	*bench
	clock time.Time
	pins  map[string]string
	log   bytes.Buffer
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
	_, err = b.Pull(b.ctx)
	b.must(err)
	name := b.purpose("fit", 12)
	_, err = b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	events, err := b.store.Events(b.ctx, store.EventQuery{Kinds: []postal.EventKind{postal.EventIntent}})
	b.must(err)
	if len(events) != 12 || events[0].Who != "Проверка" {
		t.Errorf("%d events of %q", len(events), events[0].Who)
	}
}

// acts are the things an operator does, each with its right. An act that is allowed may fail for another reason.
func (p *people) acts(batch string, id postal.ShPI) map[string]struct {
	act Act
	do  func(context.Context) error
} {
	type one = struct {
		act Act
		do  func(context.Context) error
	}
	return map[string]one{
		"approve": {ActApprove, func(ctx context.Context) error { _, err := p.Approve(ctx, batch); return err }},
		"print": {ActWork, func(ctx context.Context) error {
			_, err := p.Print(ctx, PrintOrder{Batch: "нет"}, nil, nil)
			return err
		}},
		"verify":      {ActWork, func(ctx context.Context) error { _, err := p.Verifier(batch).Scan(ctx, "1"); return err }},
		"verify line": {ActWork, func(ctx context.Context) error { _, err := p.Verifier(batch).Line(ctx, "1"); return err }},
		"verify pictures": {ActWork, func(ctx context.Context) error {
			for _, err := range p.Verifier(batch).Images(ctx, nil) {
				return err
			}
			return nil
		}},
		"add scanner":    {ActWork, func(ctx context.Context) error { return p.PutScanner(ctx, scan.Device{}) }},
		"remove scanner": {ActWork, func(ctx context.Context) error { return p.RemoveScanner(ctx, "нет") }},
		"hand over":      {ActHandOver, func(ctx context.Context) error { _, err := p.HandOver(ctx, batch); return err }},
		"reprint":        {ActWork, func(ctx context.Context) error { _, err := p.Reprint(ctx, id, ReasonTorn); return err }},
		"destroy":        {ActWork, func(ctx context.Context) error { _, err := p.Destroy(ctx, string(id), 0); return err }},
		"desk":           {ActWork, func(ctx context.Context) error { _, err := p.Desk().Scan(ctx, string(id)); return err }},
		"missing":        {ActWork, func(ctx context.Context) error { _, err := p.DeclareMissing(ctx, id); return err }},
		"declare":        {ActWork, func(ctx context.Context) error { return p.DeclarePrinted(ctx, id) }},
		"declare not":    {ActWork, func(ctx context.Context) error { return p.DeclareNotPrinted(ctx, id) }},
		"declare all":    {ActWork, func(ctx context.Context) error { _, err := p.DeclareAll(ctx, "нет", true); return err }},
		"last":           {ActWork, func(ctx context.Context) error { _, _, err := p.DeclareLast(ctx, id); return err }},
		"return":         {ActChange, func(ctx context.Context) error { return p.Return(ctx, nil) }},
		"delete":         {ActChange, func(ctx context.Context) error { return p.Delete(ctx, nil) }},
		"move":           {ActChange, func(ctx context.Context) error { return p.MoveDate(ctx, batch, "2020-01-01") }},
		"archive":        {ActChange, func(ctx context.Context) error { return p.Archive(ctx, batch) }},
		"order":          {ActChange, func(ctx context.Context) error { return p.QueueOrders(ctx, []post.Order{}) }},
		"retry":          {ActChange, func(ctx context.Context) error { return p.Retry(ctx, "нет") }},
		"skip":           {ActChange, func(ctx context.Context) error { return p.Skip(ctx, "нет") }},
		"statement": {ActMoney, func(ctx context.Context) error {
			_, err := p.ImportStatement(ctx, StatementImport{Data: strings.NewReader("")})
			return err
		}},
		"centre":         {ActMoney, func(ctx context.Context) error { return p.SetCentre(ctx, "нет", "х") }},
		"add printer":    {ActPrinters, func(ctx context.Context) error { return p.AddPrinter(ctx, printer.Setup{}) }},
		"remove printer": {ActPrinters, func(ctx context.Context) error { return p.RemovePrinter(ctx, "нет") }},
		"pause printer":  {ActWork, func(ctx context.Context) error { return p.PausePrinter(ctx, "нет") }},
		"resume printer": {ActWork, func(ctx context.Context) error { return p.ResumePrinter(ctx, "нет") }},
		"cancel jobs":    {ActWork, func(ctx context.Context) error { _, err := p.CancelJobs(ctx, "нет"); return err }},
		"sheet":          {ActPrinters, func(ctx context.Context) error { _, err := p.SetSheet(ctx, "нет", postal.C5, "", 0); return err }},
		"ruler":          {ActPrinters, func(ctx context.Context) error { _, err := p.PrintRuler(ctx, "нет", postal.C5, false); return err }},
		"test page":      {ActWork, func(ctx context.Context) error { _, err := p.TestPrint(ctx, "нет", postal.C5); return err }},
		"calibrate": {ActPrinters, func(ctx context.Context) error {
			_, err := p.Calibrate(ctx, "нет", postal.C5, calibrate.Readings{})
			return err
		}},
		"settings":     {ActSettings, func(ctx context.Context) error { return p.SetSetting(ctx, SettingApproval, "false") }},
		"retention":    {ActSettings, func(ctx context.Context) error { _, err := p.Retention(ctx, true); return err }},
		"account":      {ActAccount, func(ctx context.Context) error { return p.May(ctx, ActAccount) }},
		"add operator": {ActOperators, func(ctx context.Context) error { return p.AddOperator(ctx, "", RoleClerk, "") }},
		"role":         {ActOperators, func(ctx context.Context) error { return p.SetRole(ctx, "нет", RoleClerk) }},
		"others' PIN":  {ActOperators, func(ctx context.Context) error { return p.SetPIN(ctx, "нет", anyPIN()) }},
		"badge": {ActOperators, func(ctx context.Context) error {
			_, err := p.WriteBadge(ctx, "нет", "", words(p.t))
			return err
		}},
		"void badge":      {ActOperators, func(ctx context.Context) error { return p.VoidBadge(ctx, "нет") }},
		"remove operator": {ActOperators, func(ctx context.Context) error { return p.RemoveOperator(ctx, "нет") }},
		"restore": {ActRestore, func(ctx context.Context) error {
			_, err := Restore(ctx, RestoreParams{Dir: p.dir, File: filepath.Join(p.dir, StoreFile), Session: p.session, Now: p.now})
			return err
		}},
	}
}

func words(t testing.TB) *text.Printer {
	w, err := text.Load("ru")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

var _ exchange.Words = (*text.Printer)(nil)

// Every act is refused to nobody, at a locked station and to the roles that may not do it, with words that name the roles that may; and to nobody else.
func TestRights(t *testing.T) {
	b, batch, rows := printed(t)
	p := withPeople(t, b)
	say := words(t)
	id := rows[0].ShPI
	acts := p.acts(batch, id)
	met := map[Act]bool{}
	for name, one := range acts {
		met[one.act] = true
		if key := refusal(one.do(p.ctx)); key != "operator.sign-in" {
			t.Errorf("%s by nobody: %q", name, key)
		}
	}
	p.enter(admin)
	p.Lock()
	for name, one := range acts {
		if key := refusal(one.do(p.ctx)); key != "operator.locked" {
			t.Errorf("%s at a locked station: %q", name, key)
		}
	}
	for _, who := range []string{purser, clerk, senior, admin} { // the admin's acts change things: last
		p.enter(who)
		at, err := p.SignedIn(p.ctx)
		p.must(err)
		for name, one := range acts {
			err := one.do(p.ctx)
			key := refusal(err)
			if may := at.Role.May(one.act); may == strings.HasPrefix(key, "operator.needs.") {
				t.Errorf("%s by %s: %q", name, at.Role, key)
			} else if !may && key != "operator.needs."+string(one.act) {
				t.Errorf("%s by %s: %q", name, at.Role, key)
			}
		}
	}
	for _, right := range Rights() {
		if !met[right.Act] && right.Act != ActConfirm {
			t.Errorf("no act tries %s", right.Act)
		}
		for _, lang := range text.Languages {
			w, err := text.Load(lang)
			p.must(err)
			sentence := w.Say("operator.needs."+string(right.Act), map[string]any{"Who": "N"})
			for _, role := range Roles {
				named := strings.Contains(sentence, w.Say("operator.role-word."+string(role), nil))
				if named != slices.Contains(right.Roles, role) {
					t.Errorf("%s: %s and %s: %s", lang, right.Act, role, sentence)
				}
			}
		}
	}
	_ = say
	p.auditHolds()
}

// Each act stands in the ledger by the name of who did it; what somebody has begun stays theirs when another takes over.
func TestTheLedgerNamesWhoDidIt(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 4})
	_, err := b.Pull(b.ctx)
	b.must(err)
	p := withPeople(t, b)
	batch := p.purpose("fit", 12)
	p.enter(senior)
	_, err = p.Approve(p.ctx, batch)
	p.must(err)
	p.enter(clerk)
	control := NewControl()
	took := make(chan struct{})
	done := make(chan error)
	go func() {
		_, err := p.Print(p.ctx, PrintOrder{Batch: batch}, control, func(g PrintProgress) {
			select {
			case <-took:
			default:
				p.Lock() // in the middle: it goes on
				close(took)
			}
		})
		done <- err
	}()
	<-took
	p.enter(admin)
	p.must(<-done)
	if got := p.who(postal.EventIntent); !slices.Equal(got, []string{clerk}) {
		t.Errorf("printed by %v", got)
	}
	if got := p.who(postal.EventPrinted); !slices.Equal(got, []string{clerk}) {
		t.Errorf("on paper by %v", got)
	}
	if got := p.who(postal.EventBatchApproved); !slices.Equal(got, []string{senior}) {
		t.Errorf("approved by %v", got)
	}
	p.scanAll(batch)
	if got := p.who(postal.EventVerified); !slices.Equal(got, []string{admin}) {
		t.Errorf("verified by %v", got)
	}
	if n := p.states(batch)[postal.StateVerified]; n != 12 {
		t.Errorf("%d verified", n)
	}
	p.enter(clerk)
	_, err = p.HandOver(p.ctx, batch)
	p.must(err)
	if got := p.who(postal.EventBatchHanded); !slices.Equal(got, []string{clerk}) {
		t.Errorf("handed by %v", got)
	}
	p.auditHolds()
}

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

// Wrong PINs slow down and lock for a while, over restarts; the ledger tells of it; a right one after the wait lets in and forgets; a badge is taken meanwhile.
func TestWrongPINsSlowDown(t *testing.T) {
	p := withPeople(t, newBench(t, sandbox.Options{Seed: 4}))
	p.enter(admin)
	file, err := p.WriteBadge(p.ctx, clerk, "", words(t))
	p.must(err)
	badge := readBadge(t, file)
	p.SignOut()
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
		p.SignOut()
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

// readBadge reads the badge's code off its printed page, as a scanner would.
func readBadge(t *testing.T, file string) string {
	t.Helper()
	picture := strings.TrimSuffix(filepath.Join(t.TempDir(), filepath.Base(file)), ".pdf")
	if out, err := exec.Command("pdftoppm", "-r", "200", "-png", "-singlefile", file, picture).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v %s", err, out)
	}
	out, err := exec.Command("zbarimg", "-q", "--raw", picture+".png").Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// A badge opens the station through any keyboard layout; a new one makes the one before void; only its hash is kept.
func TestBadge(t *testing.T) {
	p := withPeople(t, newBench(t, sandbox.Options{Seed: 4}))
	p.enter(admin)
	first, err := p.WriteBadge(p.ctx, clerk, "", words(t))
	p.must(err)
	if info, err := os.Stat(first); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	badge := readBadge(t, first)
	if !strings.HasPrefix(badge, "ZNAK:ID:") || len(badge) != len("ZNAK:ID:")+badgeLength {
		t.Fatalf("badge reads %q", badge)
	}
	layout := strings.NewReplacer(pairs("ABCDEFGHIJKLMNOPQRSTUVWXYZ:", "ФИСВУАПРШОЛДЬТЩЗЙКЫЕГМЦЧНЯЖ")...)
	for _, said := range []string{badge, "]Q1" + badge, badge + "\r\n", strings.ToLower(badge), layout.Replace(badge)} {
		p.SignOut()
		p.must(p.SignInBadge(p.ctx, said))
		if at, err := p.SignedIn(p.ctx); err != nil || at.Name != clerk {
			t.Errorf("%q: %+v %v", said, at, err)
		}
	}
	p.Lock()
	p.must(p.SignInBadge(p.ctx, badge))
	if at, _ := p.SignedIn(p.ctx); at.Locked {
		t.Error("still locked")
	}
	p.refused(p.SignInBadge(p.ctx, scan.BadgeText(newBadge())), "operator.badge-unknown")
	p.refused(p.SignInBadge(p.ctx, "80080012345678"), "operator.no-badge")
	p.enter(admin)
	p.clock = p.clock.Add(time.Second)
	second, err := p.WriteBadge(p.ctx, clerk, "", words(t))
	p.must(err)
	p.refused(p.SignInBadge(p.ctx, badge), "operator.badge-unknown")
	p.must(p.VoidBadge(p.ctx, clerk))
	p.refused(p.SignInBadge(p.ctx, readBadge(t, second)), "operator.badge-unknown")
	if _, err := p.WriteBadge(p.ctx, clerk, second, words(t)); err == nil {
		t.Error("a file was written over")
	}
	raw, err := os.ReadFile(filepath.Join(p.dir, StoreFile))
	p.must(err)
	wal, _ := os.ReadFile(filepath.Join(p.dir, StoreFile+"-wal"))
	if token := strings.TrimPrefix(badge, "ZNAK:ID:"); bytes.Contains(raw, []byte(token)) || bytes.Contains(wal, []byte(token)) {
		t.Error("the store holds the token")
	}
}

func pairs(from, to string) []string {
	var list []string
	f, t := []rune(from), []rune(to)
	for i := range f {
		list = append(list, string(f[i]), string(t[i]))
	}
	return list
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
	p.Lock()
	if !locked() {
		t.Error("not locked at once")
	}
	p.SignOut()
	p.Lock()
	if at, err := p.SignedIn(p.ctx); err != nil || at.Name != "" || at.Locked {
		t.Errorf("%+v %v", at, err)
	}
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
	events, err := p.store.Events(p.ctx, store.EventQuery{Kinds: []postal.EventKind{postal.EventOperator}})
	p.must(err)
	var last store.OperatorData
	p.must(json.Unmarshal(events[len(events)-1].Data, &last))
	if last.Act != "reset" || last.Name != senior || events[len(events)-1].Who != "Проверка" {
		t.Errorf("%+v by %s", last, events[len(events)-1].Who)
	}
	p.must(p.SetSetting(p.ctx, SettingSignIn, "false"))
	p.must(p.RemoveOperator(p.ctx, senior)) // an office without sign-in may do without
	p.auditHolds()
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

// The records are put back by an admin, and the ledger names them.
func TestRestoreAsksWhoMay(t *testing.T) {
	b, _, _ := printed(t)
	p := withPeople(t, b)
	file := p.copy()
	p.enter(senior)
	p.must(p.store.Close())
	params := RestoreParams{Dir: p.dir, File: file, Who: "Проверка", Session: p.session, Now: p.now}
	_, err := Restore(p.ctx, params)
	p.refused(err, "operator.needs.restore")
	params.Session = nil
	_, err = Restore(p.ctx, params)
	p.refused(err, "operator.sign-in")
	params.Session = NewSession()
	params.Session.enter(admin, p.clock)
	params.Try = true
	_, err = Restore(p.ctx, params)
	p.must(err)
	params.Try = false
	r, err := Restore(p.ctx, params)
	p.must(err)
	if !r.Done {
		t.Error("not restored")
	}
	p.open()
	if got := p.who(postal.EventRestored); !slices.Equal(got, []string{admin}) {
		t.Errorf("restored by %v", got)
	}
	p.auditHolds()
}

// A hash says how it was made; one of another make, or that asks for too much, is an error and lets nobody in.
func TestPINHash(t *testing.T) {
	pin := anyPIN()
	hash := hashPIN(pin, costOfPIN)
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("%s", strings.Join(strings.Split(hash, "$")[:4], "$"))
	}
	if right, weak, err := checkPIN(pin, hash); !right || weak || err != nil {
		t.Errorf("%v %v %v", right, weak, err)
	}
	if right, _, err := checkPIN(pin+"0", hash); right || err != nil {
		t.Errorf("%v %v", right, err)
	}
	if right, weak, err := checkPIN(pin, hashPIN(pin, pinCost{memory: 64, time: 1, lanes: 1})); !right || !weak || err != nil {
		t.Errorf("%v %v %v", right, weak, err)
	}
	if hashPIN(pin, costOfPIN) == hash {
		t.Error("without salt")
	}
	for _, bad := range []string{"", pin, strings.Replace(hash, "m=65536", "m=99999999", 1), strings.Replace(hash, "argon2id", "argon2i", 1), strings.Replace(hash, "v=19", "v=16", 1), hash[:len(hash)-40]} {
		if right, _, err := checkPIN(pin, bad); right || err == nil {
			t.Errorf("taken: %q", bad)
		}
	}
}

// A hash of a lower cost is made anew when its PIN is next given.
func TestAWeakHashIsMadeAnew(t *testing.T) {
	p := withPeople(t, newBench(t, sandbox.Options{Seed: 4}))
	p.pinCost = costOfPIN
	p.enter(clerk)
	o, _, err := p.store.Operator(p.ctx, clerk)
	p.must(err)
	if !strings.Contains(o.PIN, "m=65536,t=3,p=4") {
		t.Error("still weak")
	}
	p.enter(clerk)
}

func FuzzPINHash(f *testing.F) {
	f.Add("4821", "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("", "$argon2id$v=19$m=0,t=0,p=0$$")
	f.Fuzz(func(t *testing.T, pin, hash string) {
		if strings.Contains(hash, "m=") && len(hash) > 0 {
			var m uint32
			if parts := strings.Split(hash, "$"); len(parts) == 6 {
				_, _ = fmt.Sscanf(parts[3], "m=%d", &m)
			}
			if m > 4096 {
				t.Skip("costs too much to fuzz")
			}
		}
		if right, _, err := checkPIN(pin, hash); right && err != nil {
			t.Error("right and broken")
		}
	})
}
