package station

import (
	"context"
	"slices"

	"znak/app/hint"
	"znak/store"
)

// Role is what an operator is at this station.
type Role string

// The roles.
const (
	RoleClerk      Role = "clerk"
	RoleSenior     Role = "senior"
	RoleAccountant Role = "accountant"
	RoleAdmin      Role = "admin"
)

// Roles lists them in the order in which a person chooses.
var Roles = []Role{RoleClerk, RoleSenior, RoleAccountant, RoleAdmin}

// Act is a kind of doing that not everybody may do once the office has operators sign in. Looking, pulling and sending what waits are nobody's act: the station
// does them by itself.
type Act string

// The acts.
const (
	ActWork      Act = "work"      // print, verify, reprint within the limit, destroy, declare, pause a printer, add a scanner
	ActHandOver  Act = "handover"  // hand a batch over
	ActApprove   Act = "approve"   // approve a batch, which reserves its money
	ActConfirm   Act = "confirm"   // be the second person of a reprint above the limit
	ActChange    Act = "change"    // move, return, delete, archive, order; retry or skip what waits
	ActMoney     Act = "money"     // take in a bank statement, name cost centres
	ActPrinters  Act = "printers"  // add, remove, set up and calibrate printers
	ActSettings  Act = "settings"  // change settings, forget names and addresses
	ActAccount   Act = "account"   // connect or clear the post's account
	ActRestore   Act = "restore"   // put a copy in the place of the records
	ActOperators Act = "operators" // add and remove operators, change roles, others' PINs and badges
)

// Right is an act with the roles that may do it.
type Right struct {
	Act   Act
	Roles []Role
}

// rights is the whole table. README shows it.
var rights = []Right{
	{ActWork, []Role{RoleClerk, RoleSenior, RoleAdmin}},
	{ActHandOver, []Role{RoleClerk, RoleSenior, RoleAdmin}},
	{ActApprove, []Role{RoleSenior, RoleAccountant, RoleAdmin}},
	{ActConfirm, []Role{RoleSenior, RoleAdmin}},
	{ActChange, []Role{RoleSenior, RoleAdmin}},
	{ActMoney, []Role{RoleAccountant, RoleAdmin}},
	{ActPrinters, []Role{RoleSenior, RoleAdmin}},
	{ActSettings, []Role{RoleAdmin}},
	{ActAccount, []Role{RoleAdmin}},
	{ActRestore, []Role{RoleAdmin}},
	{ActOperators, []Role{RoleAdmin}},
}

// Rights is the table of who may do what.
func Rights() []Right { return slices.Clone(rights) }

// May reports whether the role may do an act.
func (r Role) May(act Act) bool {
	for _, right := range rights {
		if right.Act == act {
			return slices.Contains(right.Roles, r)
		}
	}
	return false
}

// as makes sure that the person at the station may do an act, and names them in the context: whatever the act writes is written in their name, also when
// somebody else has signed in meanwhile. Where the office has not turned sign-in on, everybody may do everything and the context stays as it is.
// Refused: nobody is signed in, the station is locked, the role may not.
func (s *Station) as(ctx context.Context, act Act) (context.Context, error) {
	on, err := s.settingOn(ctx, SettingSignIn)
	if err != nil || !on {
		return ctx, err
	}
	name, begun := store.Actor(ctx) // a part of something that this person has begun: the lock does not stop it
	if !begun {
		if name, err = s.present(ctx); err != nil {
			return ctx, err
		}
	}
	o, ok, err := s.store.Operator(ctx, name)
	switch {
	case err != nil:
		return ctx, err
	case !ok: // removed meanwhile
		return ctx, refuse("operator.sign-in", nil)
	case !Role(o.Role).May(act):
		return ctx, refuse("operator.needs."+string(act), hint.Args{"Who": o.Name})
	}
	return store.As(ctx, o.Name), nil
}

// present is the name of who is signed in; refused where nobody is, or the station is locked.
func (s *Station) present(ctx context.Context) (string, error) {
	at, err := s.SignedIn(ctx)
	switch {
	case err != nil:
		return "", err
	case at.Name == "":
		return "", refuse("operator.sign-in", nil)
	case at.Locked:
		return "", refuse("operator.locked", hint.Args{"Who": at.Name})
	}
	return at.Name, nil
}

// May answers whether the person at the station may do an act that is done elsewhere, as setting the account is; a refusal says why not.
func (s *Station) May(ctx context.Context, act Act) error {
	_, err := s.as(ctx, act)
	return err
}

// As is May that also names the person in the context, for what is written elsewhere.
func (s *Station) As(ctx context.Context, act Act) (context.Context, error) { return s.as(ctx, act) }
