package post

import (
	"context"
	"sync"
	"time"

	"znak/app/postal"
)

// DefaultReserve is how many of the day's calls are kept for handing over.
const DefaultReserve = 20

// limitAge is how old the post's own count may be before it is asked again instead of refusing a call.
const limitAge = 10 * time.Minute

// QuotaState is the count of one day. It can be kept and given back to another process.
type QuotaState struct {
	Day     postal.Date // in the quota's zone
	Allowed int         // calls a day; 0: the post has not said
	Used    int
}

// Left is how many calls remain; ok is false while the post has not said how many are allowed.
func (s QuotaState) Left() (left int, ok bool) { return max(0, s.Allowed-s.Used), s.Allowed > 0 }

// QuotaParams set up a Quota; the zero value is usable.
type QuotaParams struct {
	Reserve int              // calls kept for vital ones; 0 is DefaultReserve, negative none
	Zone    *time.Location   // whose midnight starts the post's day. No source tells; nil is UTC+3 (Moscow)
	State   QuotaState       // what was kept before
	Save    func(QuotaState) // after each change, under a lock: it must not call the Quota
	Now     func() time.Time // nil is time.Now
}

// Quota counts the day's calls against the account's limit (1,000 by default, facts/otpravka-api.md §1) and keeps a reserve
// for vital ones. It is safe for concurrent use; a nil *Quota allows everything.
//
// The count is corrected by every answer of settings/limit, so a wrong guess about midnight or another program on
// the same account heals itself.
type Quota struct {
	mu      sync.Mutex
	state   QuotaState
	learned time.Time // when the post last told its own count
	reserve int
	zone    *time.Location
	save    func(QuotaState)
	now     func() time.Time
}

// NewQuota returns a guard that goes on from p.State.
func NewQuota(p QuotaParams) *Quota {
	q := &Quota{state: p.State, reserve: p.Reserve, zone: p.Zone, save: p.Save, now: p.Now}
	if q.reserve == 0 {
		q.reserve = DefaultReserve
	}
	q.reserve = max(0, q.reserve)
	if q.zone == nil {
		q.zone = time.FixedZone("UTC+3", 3*60*60)
	}
	if q.save == nil {
		q.save = func(QuotaState) {}
	}
	if q.now == nil {
		q.now = time.Now
	}
	return q
}

// State is today's count.
func (q *Quota) State() QuotaState {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.roll()
	return q.state
}

// Restore takes in what another process has counted: of the same day the larger count, of a later day all of it.
func (q *Quota) Restore(s QuotaState) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.roll()
	switch {
	case s.Day > q.state.Day:
		q.state = s
	case s.Day == q.state.Day:
		q.state.Used = max(q.state.Used, s.Used)
	}
	if q.state.Allowed == 0 {
		q.state.Allowed = s.Allowed
	}
}

// roll starts a new count when the day has changed. The limit itself stays.
func (q *Quota) roll() {
	if today := postal.DateOf(q.now().In(q.zone)); q.state.Day < today {
		q.state.Day, q.state.Used = today, 0
	}
}

// take counts one call, or refuses it because only the reserve is left.
func (q *Quota) take(vital bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.roll()
	if left, known := q.state.Left(); known && left <= q.reserve && !vital {
		return false
	}
	q.state.Used++
	q.save(q.state)
	return true
}

// giveBack takes one call off: it never left this computer.
func (q *Quota) giveBack() {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.state.Used > 0 {
		q.state.Used--
		q.save(q.state)
	}
}

// learn takes the post's own count.
func (q *Quota) learn(l Limit) {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.roll()
	q.state.Allowed, q.state.Used, q.learned = l.Allowed, l.Used, q.now()
	q.save(q.state)
}

// exhausted notes that the post has refused a call with 509.
func (q *Quota) exhausted() {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.roll()
	q.state.Used = max(q.state.Used, q.state.Allowed)
	q.save(q.state)
}

// due reports whether the post's own count is too old to refuse a call by it, and claims the asking for the caller.
func (q *Quota) due() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if age := q.now().Sub(q.learned); age >= 0 && age < limitAge {
		return false
	}
	q.learned = q.now()
	return true
}

type vitalKey struct{}

// Vital marks the calls made with the returned context as part of handing over (the look before and after a checkin):
// they may use the quota's reserve. Checkin and Limit may always.
func Vital(ctx context.Context) context.Context { return context.WithValue(ctx, vitalKey{}, true) }

// allow counts k, or gives ErrQuota where only the reserve is left. Before refusing it asks the post for its own count, at most once in
// ten minutes.
func (c *Client) allow(ctx context.Context, k call) error {
	if c.quota == nil {
		return nil
	}
	vital := k.vital || ctx.Value(vitalKey{}) != nil
	if c.quota.take(vital) {
		return nil
	}
	if c.quota.due() {
		if _, err := c.Limit(ctx); err == nil && c.quota.take(vital) {
			return nil
		}
	}
	s := c.quota.State()
	left, _ := s.Left()
	return &Error{Call: k.String(), Cause: CauseReserve, Position: -1, Allowed: s.Allowed, Left: left}
}
