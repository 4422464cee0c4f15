package station

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"znak/app/hint"
	"znak/app/paper"
	"znak/app/postal"
	"znak/app/scan"
	"znak/printer/page"
	"znak/printer/pdf"
	"znak/store"
)

// Operator is a person who may sign in.
type Operator struct {
	Name  string
	Role  Role
	Badge bool      // has one
	Until time.Time // no PIN is taken before; zero or past: any time
	At    time.Time // when added
}

// Operators lists those who may sign in, by name.
func (s *Station) Operators(ctx context.Context) ([]Operator, error) {
	rows, err := s.store.Operators(ctx)
	list := make([]Operator, len(rows))
	for i, o := range rows {
		list[i] = Operator{Name: o.Name, Role: Role(o.Role), Badge: o.Badge != "", At: o.At}
		if o.Until.After(s.now()) {
			list[i].Until = o.Until
		}
	}
	return list, err
}

// maxName is how long a name may be, characters: it stands in every event.
const maxName = 60

// AddOperator adds a person under a name nobody has. Refused: a name or PIN that cannot be one.
func (s *Station) AddOperator(ctx context.Context, name string, role Role, pin string) error {
	ctx, err := s.as(ctx, ActOperators)
	if err != nil {
		return err
	}
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || len([]rune(name)) > maxName || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune("<>\"/\\", r) }) {
		return refuse("operator.name", nil)
	}
	if !slices.Contains(Roles, role) {
		return refuse("operator.role", hint.Args{"Role": string(role)})
	}
	if !validPIN(pin) {
		return refuse("operator.pin", nil)
	}
	hash := hashPIN(pin, s.pinCost)
	return s.store.Write(ctx, func(tx *store.Tx) error {
		if o, taken, err := tx.Operator(name); err != nil {
			return err
		} else if taken {
			return refuse("operator.taken", hint.Args{"Who": o.Name})
		}
		if err := tx.PutOperator(store.Operator{Name: name, Role: string(role), PIN: hash}); err != nil {
			return err
		}
		return noteOperator(tx, "added", name, role)
	})
}

// SetRole changes what a person is. The last admin stays one.
func (s *Station) SetRole(ctx context.Context, name string, role Role) error {
	ctx, err := s.as(ctx, ActOperators)
	if err != nil {
		return err
	}
	if !slices.Contains(Roles, role) {
		return refuse("operator.role", hint.Args{"Role": string(role)})
	}
	return s.changeOperator(ctx, name, "role", func(tx *store.Tx, o *store.Operator) error {
		if role != RoleAdmin {
			if err := notLastAdmin(tx, *o); err != nil {
				return err
			}
		}
		o.Role = string(role)
		return nil
	})
}

// SetPIN gives a person another PIN; everybody may change their own.
func (s *Station) SetPIN(ctx context.Context, name, pin string) error {
	ctx, err := s.own(ctx, name)
	if err != nil {
		return err
	}
	if !validPIN(pin) {
		return refuse("operator.pin", nil)
	}
	hash := hashPIN(pin, s.pinCost)
	return s.changeOperator(ctx, name, "pin", func(_ *store.Tx, o *store.Operator) error {
		o.PIN, o.Wrong, o.Until = hash, 0, time.Time{}
		return nil
	})
}

// own lets a person do something about themselves, and an admin about anybody.
func (s *Station) own(ctx context.Context, name string) (context.Context, error) {
	on, err := s.settingOn(ctx, SettingSignIn)
	if err != nil || !on {
		return ctx, err
	}
	who, err := s.present(ctx)
	if err == nil && strings.EqualFold(who, strings.Join(strings.Fields(name), " ")) {
		return store.As(ctx, who), nil
	}
	return s.as(ctx, ActOperators)
}

// ResetPIN is the way out of a forgotten PIN, for who owns the data folder on this computer: it asks for no sign-in. The ledger says that it was done, by the
// user of the computer.
func (s *Station) ResetPIN(ctx context.Context, name, pin string) error {
	if !validPIN(pin) {
		return refuse("operator.pin", nil)
	}
	hash := hashPIN(pin, s.pinCost)
	return s.changeOperator(ctx, name, "reset", func(_ *store.Tx, o *store.Operator) error {
		o.PIN, o.Wrong, o.Until = hash, 0, time.Time{}
		return nil
	})
}

// RemoveOperator takes away a person's right to sign in, at once and at every window of this station. What they did stays in the ledger. The last admin stays.
func (s *Station) RemoveOperator(ctx context.Context, name string) error {
	ctx, err := s.as(ctx, ActOperators)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, func(tx *store.Tx) error {
		o, ok, err := tx.Operator(name)
		if err != nil {
			return err
		}
		if !ok {
			return refuse("operator.unknown", hint.Args{"Who": name})
		}
		if err := notLastAdmin(tx, o); err != nil {
			return err
		}
		if err := tx.RemoveOperator(o.Name); err != nil {
			return err
		}
		return noteOperator(tx, "removed", o.Name, Role(o.Role))
	})
}

// WriteBadge makes a new badge for a person and writes the page to print it from; file "" is one in the folder "forms". The badge before is void at once. Only a hash of the new
// one is kept, so that the page cannot be had again: it is to be printed and deleted.
func (s *Station) WriteBadge(ctx context.Context, name, file string, words paper.Words) (path string, err error) {
	ctx, err = s.as(ctx, ActOperators)
	if err != nil {
		return "", err
	}
	if path = file; path == "" {
		path = filepath.Join(s.dir, "forms", "badge-"+s.now().Local().Format("20060102-150405")+".pdf")
	}
	o, ok, err := s.store.Operator(ctx, name)
	if err == nil && !ok {
		err = refuse("operator.unknown", hint.Args{"Who": name})
	}
	if err != nil {
		return "", err
	}
	token := newBadge()
	p, err := paper.BadgePage(paper.Badge{Name: o.Name, Role: words.Say("operator.role-word."+o.Role, nil), Code: scan.BadgeText(token)}, words)
	if err != nil {
		return "", err
	}
	if err := s.writeBadge(path, p); err != nil {
		return "", formError(path, err)
	}
	err = s.changeOperator(ctx, o.Name, "badge", func(_ *store.Tx, o *store.Operator) error {
		o.Badge = hashBadge(token)
		return nil
	})
	if err != nil {
		_ = os.Remove(path) // of no use: its badge opens nothing
	}
	return path, err
}

// writeBadge writes the page for nobody's eyes but this user's; a file that is there is not touched.
func (s *Station) writeBadge(path string, p page.Page) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = pdf.Write(f, slices.Values([]page.Page{p}), pdf.Options{Created: s.now()})
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(path)
	}
	return err
}

// VoidBadge takes a person's badge away: lost, or no longer wanted.
func (s *Station) VoidBadge(ctx context.Context, name string) error {
	ctx, err := s.own(ctx, name)
	if err != nil {
		return err
	}
	return s.changeOperator(ctx, name, "no-badge", func(_ *store.Tx, o *store.Operator) error {
		o.Badge = ""
		return nil
	})
}

// changeOperator changes one operator and writes in the ledger that it was done.
func (s *Station) changeOperator(ctx context.Context, name, act string, f func(*store.Tx, *store.Operator) error) error {
	return s.store.Write(ctx, func(tx *store.Tx) error {
		o, ok, err := tx.Operator(name)
		if err != nil {
			return err
		}
		if !ok {
			return refuse("operator.unknown", hint.Args{"Who": name})
		}
		if err := f(tx, &o); err != nil {
			return err
		}
		if err := tx.PutOperator(o); err != nil {
			return err
		}
		return noteOperator(tx, act, o.Name, Role(o.Role))
	})
}

func noteOperator(tx *store.Tx, act, name string, role Role) error {
	return tx.Record(store.NewEvent{Kind: postal.EventOperator, Data: store.OperatorData{Act: act, Name: name, Role: string(role)}})
}

// notLastAdmin refuses what would leave an office that has operators sign in without anybody who may add one.
func notLastAdmin(tx *store.Tx, o store.Operator) error {
	if Role(o.Role) != RoleAdmin {
		return nil
	}
	on, _, err := tx.Setting(SettingSignIn)
	if err != nil || on != "true" {
		return err
	}
	n, err := tx.CountOperators(string(RoleAdmin))
	if err == nil && n < 2 {
		err = refuse("operator.last-admin", hint.Args{"Who": o.Name})
	}
	return err
}

// maySignIn refuses to turn sign-in on while there is no admin: nobody could turn it off again.
func maySignIn(tx *store.Tx) error {
	n, err := tx.CountOperators(string(RoleAdmin))
	if err == nil && n == 0 {
		err = refuse("operator.no-admin", nil)
	}
	return err
}
