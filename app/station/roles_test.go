package station

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"znak/app/post"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/app/text"
	"znak/printer"
	"znak/printer/calibrate"
)

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
		"change printer": {ActPrinters, func(ctx context.Context) error { return p.ChangePrinter(ctx, printer.Setup{Name: "нет"}) }},
		"forget fault": {ActPrinters, func(ctx context.Context) error {
			_, err := p.ForgetFault(ctx, "нет", postal.C5)
			return err
		}},
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
	p.must(p.Lock(p.ctx))
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
	b.pulled()
	p := withPeople(t, b)
	batch := p.purpose("fit", 12)
	p.enter(senior)
	_, err := p.Approve(p.ctx, batch)
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
				p.must(p.Lock(p.ctx)) // in the middle: it goes on
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
