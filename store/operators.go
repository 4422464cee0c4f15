package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// Operator is a person who may sign in. What a role may do and how a hash is made, the station knows.
type Operator struct {
	Name  string // as events are written
	Role  string
	PIN   string    // hash
	Badge string    // hash; "": no badge
	Wrong int       // wrong PINs since the last right one
	Until time.Time // no PIN is taken before; zero: none was wrong so often
	At    time.Time // when added; filled in where it is zero
}

// OperatorData belongs to postal.EventOperator.
type OperatorData struct {
	Act   string `json:"act"` // what was done: added, role, pin, badge, no-badge, removed, reset, locked; signed-in, unlocked, shut (the station, by hand), signed-out
	Name  string `json:"name"`
	Role  string `json:"role,omitempty"`
	Wrong int    `json:"wrong,omitempty"` // of locked: wrong PINs one after another
	Proof string `json:"proof,omitempty"` // of signed-in and unlocked: pin or badge
}

// operatorKey is what tells names apart.
func operatorKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

const operatorColumns = `SELECT name, role, pin, coalesce(badge, ''), wrong, until, at FROM operators `

func scanOperator(scan func(...any) error) (o Operator, err error) {
	var until, at int64
	err = scan(&o.Name, &o.Role, &o.PIN, &o.Badge, &o.Wrong, &until, &at)
	o.Until, o.At = moment(until), moment(at)
	return o, err
}

// Operators lists those who may sign in, by name.
func (s *Store) Operators(ctx context.Context) ([]Operator, error) {
	rows, err := s.reader.query(ctx, operatorColumns+`ORDER BY key`)
	if err != nil {
		return nil, s.trouble("operators", err)
	}
	defer rows.Close()
	var list []Operator
	for rows.Next() {
		o, err := scanOperator(rows.Scan)
		if err != nil {
			return nil, s.trouble("operators", err)
		}
		list = append(list, o)
	}
	return list, s.trouble("operators", rows.Err())
}

// Operator finds one by name, whatever its case; ok is false where nobody has it.
func (s *Store) Operator(ctx context.Context, name string) (o Operator, ok bool, err error) {
	return s.oneOperator(ctx, `WHERE key = ?`, operatorKey(name))
}

// OperatorOfBadge finds the one whose badge has this hash.
func (s *Store) OperatorOfBadge(ctx context.Context, hash string) (o Operator, ok bool, err error) {
	return s.oneOperator(ctx, `WHERE badge = ?`, hash)
}

func (s *Store) oneOperator(ctx context.Context, where, arg string) (o Operator, ok bool, err error) {
	st, err := s.reader.stmt(ctx, operatorColumns+where)
	if err == nil {
		o, err = scanOperator(st.QueryRowContext(ctx, arg).Scan)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return Operator{}, false, nil
	}
	return o, err == nil, s.trouble("operator", err)
}

// Operator reads one within the change; ok is false where nobody has the name.
func (tx *Tx) Operator(name string) (o Operator, ok bool, err error) {
	o, err = scanOperator(tx.row(operatorColumns+`WHERE key = ?`, operatorKey(name)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Operator{}, false, nil
	}
	return o, err == nil, err
}

// CountOperators is how many have the role.
func (tx *Tx) CountOperators(role string) (n int, err error) {
	err = tx.row(`SELECT count(*) FROM operators WHERE role = ?`, role).Scan(&n)
	return n, err
}

// PutOperator adds an operator or replaces the one of that name.
func (tx *Tx) PutOperator(o Operator) error {
	if o.At.IsZero() {
		o.At = tx.at
	}
	badge := sql.NullString{String: o.Badge, Valid: o.Badge != ""}
	return tx.exec(`INSERT INTO operators (key, name, role, pin, badge, wrong, until, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET name = excluded.name, role = excluded.role, pin = excluded.pin, badge = excluded.badge, wrong = excluded.wrong,
			until = excluded.until, at = excluded.at`,
		operatorKey(o.Name), o.Name, o.Role, o.PIN, badge, o.Wrong, micros(o.Until), micros(o.At))
}

// RemoveOperator forgets one; what they did stays in the ledger.
func (tx *Tx) RemoveOperator(name string) error {
	n, err := tx.change(`DELETE FROM operators WHERE key = ?`, operatorKey(name))
	if err == nil && n == 0 {
		return tx.fail(absent("operator", name))
	}
	return err
}

// actor is the key under which a context names the person.
type actor struct{}

// As gives a context in whose changes events are written in the name of who, whoever is at the station meanwhile: what a person has begun stays theirs.
func As(ctx context.Context, who string) context.Context { return context.WithValue(ctx, actor{}, who) }

// Actor is the person a context names; ok is false where it names nobody.
func Actor(ctx context.Context) (who string, ok bool) {
	who, ok = ctx.Value(actor{}).(string)
	return who, ok
}

// SetWho says in whose name events are written where the context names nobody. It is called before the store is shared.
func (s *Store) SetWho(who string) { s.who = who }

// WhoIn is the person in whose name a change with this context is written: the one it names, else the store's (Params.Who).
func (s *Store) WhoIn(ctx context.Context) string {
	if who, ok := Actor(ctx); ok {
		return who
	}
	return s.who
}
