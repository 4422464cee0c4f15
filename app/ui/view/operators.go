package view

import (
	"context"
	"errors"

	"znak/app/hint"
	"znak/app/paper"
	"znak/app/station"
)

// ScreenOperators lists who may sign in.
const ScreenOperators = "operators"

// OperatorKeeper is what sign-in and the page of operators ask of the station.
type OperatorKeeper interface {
	SignedIn(ctx context.Context) (station.SignedIn, error)
	SignIn(ctx context.Context, name, pin string) error
	SignInBadge(ctx context.Context, text string) error
	IsBadge(text string) bool
	Lock(ctx context.Context) error
	SignOut(ctx context.Context) error
	Touch()
	Operators(ctx context.Context) ([]station.Operator, error)
	AddOperator(ctx context.Context, name string, role station.Role, pin string) error
	SetRole(ctx context.Context, name string, role station.Role) error
	SetPIN(ctx context.Context, name, pin string) error
	RemoveOperator(ctx context.Context, name string) error
	WriteBadge(ctx context.Context, name, file string, words paper.Words) (path string, err error)
	VoidBadge(ctx context.Context, name string) error
	Journal(ctx context.Context, limit int) ([]station.JournalEntry, error)
}

// Operator is a row of the page of operators.
type Operator struct {
	Name  string
	Role  station.Role
	Word  string // the role
	Badge bool
	About string // «с 21.11.2026 · есть бейдж»
	Tone  Tone
	Self  bool // is the one at the station
}

// OperatorsOf shows them; at is who is at the station.
func (w Words) OperatorsOf(list []station.Operator, at station.SignedIn) []Operator {
	rows := make([]Operator, len(list))
	for i, o := range list {
		r := Operator{Name: o.Name, Role: o.Role, Word: w.RoleWord(o.Role), Badge: o.Badge, Tone: Muted, Self: o.Name == at.Name}
		badge := w.T("ui.operators.no-badge")
		if o.Badge {
			badge = w.T("ui.operators.badge")
		}
		r.About = joined(w.Say("ui.operators.since", hint.Args{"Day": w.Day(o.At)}), badge)
		if o.Until.After(w.Now()) {
			r.Tone, r.About = Warn, joined(w.Say("ui.operators.until", hint.Args{"Until": w.Moment(o.Until)}), badge)
		}
		rows[i] = r
	}
	return rows
}

// RoleWord names a role.
func (w Words) RoleWord(r station.Role) string {
	return w.SayOr("operator.role-word."+string(r), string(r))
}

// RoleChoices are the roles to choose from.
func (w Words) RoleChoices() []Choice {
	var list []Choice
	for _, r := range station.Roles {
		list = append(list, Choice{string(r), w.RoleWord(r)})
	}
	return list
}

// Right is a row of the table of what each role may do; May is in the order of station.Roles.
type Right struct {
	Act string
	May []bool
}

// Rights is that table.
func (w Words) Rights() []Right {
	var list []Right
	for _, r := range station.Rights() {
		row := Right{Act: w.Say("operator.act."+string(r.Act), nil)}
		for _, role := range station.Roles {
			row.May = append(row.May, role.May(r.Act))
		}
		list = append(list, row)
	}
	return list
}

// MayNot says why the person at the station may not do an act; "" where they may, or where nobody signs in.
func (w Words) MayNot(at station.SignedIn, act station.Act) string {
	if !at.On || at.Name == "" || at.Role.May(act) {
		return ""
	}
	return w.Say("ui.rights."+string(act), hint.Args{"Who": at.Name})
}

// needs is what a person must be allowed for an action; the others only look.
var needs = map[Do]station.Act{DoPrint: station.ActWork, DoVerify: station.ActWork, DoHandOver: station.ActHandOver, DoApprove: station.ActApprove}

// permit kills an action that the one who reads may not do.
func (w Words) permit(a Action) Action {
	act, asked := needs[a.Do]
	if !asked || !a.Alive {
		return a
	}
	if why := w.MayNot(w.At, act); why != "" {
		a.Alive, a.Why = false, why
	}
	return a
}

// Present names the person at the station for the line at the bottom; "" where nobody signs in.
func (w Words) Present(at station.SignedIn) string {
	if !at.On || at.Name == "" {
		return ""
	}
	return w.Say("ui.signin.present", hint.Args{"Who": at.Name, "Role": w.RoleWord(at.Role)})
}

// ShutOut reports whether err says that nobody is signed in or the station is locked: the window asks for a PIN then.
func ShutOut(err error) bool {
	var refused *station.Refused
	if !errors.As(err, &refused) || len(refused.Reasons) == 0 {
		return false
	}
	key := refused.Reasons[0].Key
	return key == "operator.sign-in" || key == "operator.locked"
}
