package station

import (
	"context"
	"strings"
	"sync"
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/scan"
	"znak/store"
)

// Session is who is at the station. It outlives the station's parts: another account or printer does not sign anybody out. It is safe for concurrent use.
type Session struct {
	mu      sync.Mutex
	name    string
	locked  bool
	touched time.Time
}

// NewSession is a station at which nobody is.
func NewSession() *Session { return &Session{} }

func (n *Session) enter(name string, at time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.name, n.locked, n.touched = name, false, at
}

func (n *Session) leave() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.name, n.locked = "", false
}

// SignedIn is who is at the station.
type SignedIn struct {
	On     bool // the office has operators sign in
	Name   string
	Role   Role
	Locked bool // of Name: a PIN or a badge unlocks
}

// Present reports whether somebody may work: sign-in is off, or a person is signed in and the station is not locked.
func (a SignedIn) Present() bool { return !a.On || a.Name != "" && !a.Locked }

// SignedIn tells who is at the station now. It locks the station when nobody has touched it for as long as the office has set.
func (s *Station) SignedIn(ctx context.Context) (SignedIn, error) {
	var a SignedIn
	var err error
	if a.On, err = s.settingOn(ctx, SettingSignIn); err != nil || !a.On {
		return a, err
	}
	minutes, err := s.settingNumber(ctx, SettingLock)
	if err != nil {
		return a, err
	}
	n := s.session
	n.mu.Lock()
	if n.name != "" && minutes > 0 && s.now().Sub(n.touched) >= time.Duration(minutes)*time.Minute {
		n.locked = true
	}
	a.Name, a.Locked = n.name, n.locked
	n.mu.Unlock()
	if a.Name == "" {
		return a, nil
	}
	o, ok, err := s.store.Operator(ctx, a.Name)
	if err != nil {
		return a, err
	}
	if !ok { // removed meanwhile
		n.leave()
		return SignedIn{On: true}, nil
	}
	a.Role = Role(o.Role)
	return a, nil
}

// Touch says that a person is working, which puts the lock off. It never unlocks.
func (s *Station) Touch() {
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	if !s.session.locked {
		s.session.touched = s.now()
	}
}

// Lock locks the station at once; what runs goes on. The ledger says who did it; where that cannot be written, it is locked all the same.
func (s *Station) Lock(ctx context.Context) error {
	n := s.session
	n.mu.Lock()
	was, name := n.locked, n.name
	n.locked = name != ""
	n.mu.Unlock()
	if was || name == "" {
		return nil
	}
	return s.noteSession(ctx, actShut, name, "")
}

// SignOut ends a person's time at the station; what runs goes on in their name. The ledger says so; where that cannot be written, they are out all the same.
func (s *Station) SignOut(ctx context.Context) error {
	s.session.mu.Lock()
	name := s.session.name
	s.session.mu.Unlock()
	s.session.leave()
	if name == "" {
		return nil
	}
	return s.noteSession(ctx, actOut, name, "")
}

// SignIn takes a person in by name and PIN, which also unlocks. It is written in the ledger before they are in. Refused: a wrong name or PIN (the same words for
// both), too many wrong ones.
func (s *Station) SignIn(ctx context.Context, name, pin string) error {
	o, err := s.proved(ctx, name, pin)
	if err != nil {
		return err
	}
	return s.enter(ctx, o, "pin")
}

// SignInBadge takes a person in by what a scanner says of their badge, which also unlocks. It is written in the ledger before they are in. Refused: no badge of
// this station.
func (s *Station) SignInBadge(ctx context.Context, text string) error {
	o, err := s.badged(ctx, text)
	if err != nil {
		return err
	}
	return s.enter(ctx, o, "badge")
}

// What the ledger calls the coming and going of people, in store.OperatorData.
const (
	actIn       = "signed-in"
	actUnlocked = "unlocked"
	actShut     = "shut"
	actOut      = "signed-out"
)

// enter lets a person in who has proved who they are. Who was there before and has not left is signed out by that.
func (s *Station) enter(ctx context.Context, o store.Operator, proof string) error {
	s.session.mu.Lock()
	was, locked := s.session.name, s.session.locked
	s.session.mu.Unlock()
	act := actIn
	if was == o.Name && locked {
		act = actUnlocked
	}
	if was != "" && was != o.Name {
		if err := s.noteSession(ctx, actOut, was, ""); err != nil {
			return err
		}
	}
	if was != o.Name || locked { // a badge shown twice changes nothing
		if err := s.noteSession(ctx, act, o.Name, proof); err != nil {
			return err
		}
	}
	s.session.enter(o.Name, s.now())
	return nil
}

// noteSession writes in the ledger who has come or gone, in their own name.
func (s *Station) noteSession(ctx context.Context, act, name, proof string) error {
	return s.store.Write(store.As(ctx, name), func(tx *store.Tx) error {
		return tx.Record(store.NewEvent{Kind: postal.EventOperator, Data: store.OperatorData{Act: act, Name: name, Proof: proof}})
	})
}

// IsBadge reports whether a scanned text is a badge, of whomever.
func (s *Station) IsBadge(text string) bool { return s.reader.Read(text).Kind == scan.KindBadge }

// proved finds the operator whose name and PIN these are. The try is counted before the PIN is looked at, so that a plug pulled in between wins nothing.
func (s *Station) proved(ctx context.Context, name, pin string) (store.Operator, error) {
	if strings.TrimSpace(name) == "" || pin == "" {
		return store.Operator{}, refuse("operator.wrong", nil)
	}
	var o store.Operator
	known := false
	err := s.store.Write(ctx, func(tx *store.Tx) (err error) {
		if o, known, err = tx.Operator(name); err != nil || !known {
			return err
		}
		now := s.now()
		if wait := o.Until.Sub(now); wait > 0 {
			return refuse("operator.wait", hint.Args{"Who": o.Name, "Count": seconds(wait)})
		}
		o.Wrong++
		o.Until = time.Time{}
		if wait := waitAfter(o.Wrong); wait > 0 {
			o.Until = now.Add(wait)
		}
		return tx.PutOperator(o)
	})
	if err != nil {
		return o, err
	}
	hash := o.PIN
	if !known {
		hash = s.dummyPIN() // a name nobody has must take as long as a wrong PIN
	}
	right, weak, err := checkPIN(pin, hash)
	if err != nil {
		return o, hint.New("operator.hash", hint.Args{"Who": o.Name}, err)
	}
	if !known || !right {
		if known && o.Wrong >= pinLock {
			err := s.store.Write(ctx, func(tx *store.Tx) error {
				return tx.Record(store.NewEvent{Kind: postal.EventOperator, Data: store.OperatorData{Act: "locked", Name: o.Name, Wrong: o.Wrong}})
			})
			if err != nil {
				return o, err
			}
		}
		if wait := o.Until.Sub(s.now()); known && wait > 0 {
			return o, refuse("operator.wrong-wait", hint.Args{"Count": seconds(wait)})
		}
		return o, refuse("operator.wrong", nil)
	}
	was := o.PIN
	if weak {
		hash = hashPIN(pin, s.pinCost)
	}
	return o, s.store.Write(ctx, func(tx *store.Tx) error {
		now, ok, err := tx.Operator(o.Name)
		if err != nil {
			return err
		}
		if !ok || now.PIN != was { // changed while we computed
			return refuse("operator.wrong", nil)
		}
		now.Wrong, now.Until, now.PIN = 0, time.Time{}, hash
		o = now
		return tx.PutOperator(now)
	})
}

// dummyPIN is the hash of a PIN nobody has.
func (s *Station) dummyPIN() string {
	s.dummyOnce.Do(func() { s.dummy = hashPIN(newBadge(), s.pinCost) })
	return s.dummy
}

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// badged finds the operator whose badge was scanned.
func (s *Station) badged(ctx context.Context, text string) (store.Operator, error) {
	r := s.reader.Read(text)
	if r.Kind != scan.KindBadge {
		return store.Operator{}, refuse("operator.no-badge", nil)
	}
	o, ok, err := s.store.OperatorOfBadge(ctx, hashBadge(r.Badge))
	if err == nil && !ok {
		err = refuse("operator.badge-unknown", nil)
	}
	return o, err
}

// second finds who confirms a reprint above the limit beside the person of the context. Without sign-in it is a name. With it, it is a PIN with a name, or a badge; another
// person, who may confirm.
func (s *Station) second(ctx context.Context, order ReprintOrder) (string, error) {
	name := strings.Join(strings.Fields(order.Second), " ")
	who := s.store.WhoIn(ctx)
	on, err := s.settingOn(ctx, SettingSignIn)
	if err != nil {
		return "", err
	}
	if !on {
		if name != "" && strings.EqualFold(name, strings.TrimSpace(who)) {
			return "", refuse("station.reprint.same-person", hint.Args{"Who": name})
		}
		return name, nil
	}
	if name == "" && order.Proof == "" {
		return "", nil
	}
	if name != "" && strings.EqualFold(name, who) {
		return "", refuse("station.reprint.same-person", hint.Args{"Who": who})
	}
	var o store.Operator
	if s.IsBadge(order.Proof) {
		o, err = s.badged(ctx, order.Proof)
	} else {
		o, err = s.proved(ctx, name, order.Proof)
	}
	switch {
	case err != nil:
		return "", err
	case o.Name == who:
		return "", refuse("station.reprint.same-person", hint.Args{"Who": who})
	case !Role(o.Role).May(ActConfirm):
		return "", refuse("operator.needs.confirm", hint.Args{"Who": o.Name})
	}
	return o.Name, nil
}
