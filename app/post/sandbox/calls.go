package sandbox

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// Calls is what reached the sandbox and what it did there: GET /_sandbox/calls. It is meant to prove that nothing was
// done twice: Batches[name].Checkins is 1 or 0 for ever, whatever the client repeated.
type Calls struct {
	// Total counts calls that carried the right token, those over the day's limit included.
	Total int `json:"total"`
	// ByCall counts them by method and path pattern, "POST /1.0/batch/{name}/checkin"; unknown paths as "unknown".
	ByCall map[string]int `json:"by_call"`
	// ByName counts them by the short names of the fault file.
	ByName map[string]int `json:"by_name"`
	// ByStatus counts the answers, as they were before a fault spoilt them, by short name and HTTP status: "checkin 200".
	ByStatus map[string]int `json:"by_status"`
	// Rejected counts what did not get to the service: wrong-token, over-limit, unknown-path, wrong-password.
	Rejected map[string]int `json:"rejected"`
	// Faults counts the scripted faults that were played, by action.
	Faults map[string]int `json:"faults"`
	// Batches is what happened to each batch that was touched.
	Batches map[string]BatchCalls `json:"batches"`
	// Changes is everything that changed something, oldest first.
	Changes []Change `json:"changes"`
}

// BatchCalls is what the calls did to one batch.
type BatchCalls struct {
	Read             int            `json:"read"`       // GET batch/{name}
	PagesRead        int            `json:"pages_read"` // GET batch/{name}/shipment
	Forms            int            `json:"forms"`      // documents given
	Checkins         int            `json:"checkins"`   // that handed the batch over: never above 1
	CheckinsRefused  int            `json:"checkins_refused"`
	CheckinRefusals  map[string]int `json:"checkin_refusals,omitempty"` // by code
	DateMoves        int            `json:"date_moves"`                 // that changed the sending date
	DateMovesSame    int            `json:"date_moves_same"`            // to the date it had
	DateMovesRefused int            `json:"date_moves_refused"`
	Added            int            `json:"added"`    // pieces that came in
	Returned         int            `json:"returned"` // pieces sent back to «Новые»
	Deleted          int            `json:"deleted"`  // pieces deleted for good
	MarksChanged     int            `json:"marks_changed"`
	DebitedKopecks   int64          `json:"debited_kopecks"`
}

// Change is one call that changed something.
type Change struct {
	At    time.Time `json:"at"`             // the sandbox's clock
	Call  string    `json:"call,omitempty"` // empty: the clock or a person did it
	What  string    `json:"what"`
	Batch string    `json:"batch,omitempty"`
	Count int       `json:"count"` // pieces, or 1
}

// recorder gathers Calls. The server's lock guards it.
type recorder struct {
	calls   Calls
	batches map[string]*BatchCalls
}

func newRecorder() *recorder {
	return &recorder{
		calls: Calls{ByCall: map[string]int{}, ByName: map[string]int{}, ByStatus: map[string]int{},
			Rejected: map[string]int{}, Faults: map[string]int{}, Changes: []Change{}},
		batches: map[string]*BatchCalls{},
	}
}

func (c *recorder) batch(name string) *BatchCalls {
	one := c.batches[name]
	if one == nil {
		one = &BatchCalls{}
		c.batches[name] = one
	}
	return one
}

func (r *route) label() string {
	if r == nil {
		return "unknown"
	}
	return r.name
}

func (c *recorder) arrived(_ *request, route *route) {
	c.calls.Total++
	if route == nil {
		c.calls.ByCall["unknown"]++
	} else {
		c.calls.ByCall[route.pattern]++
	}
	c.calls.ByName[route.label()]++
}

func (c *recorder) answered(route *route, status int) {
	c.calls.ByStatus[route.label()+" "+strconv.Itoa(status)]++
}

func (c *recorder) rejected(why string) { c.calls.Rejected[why]++ }

func (c *recorder) played(action string) { c.calls.Faults[action]++ }

// changed notes a change of count things; nothing when count is 0.
func (c *recorder) changed(r *request, what, batch string, count int) {
	if count > 0 {
		c.calls.Changes = append(c.calls.Changes, Change{r.now, r.Method + " " + r.URL.Path, what, batch, count})
	}
}

// debited notes that the clock, not a call, took money.
func (c *recorder) debited(batch string, kopecks int64, at time.Time) {
	c.batch(batch).DebitedKopecks += kopecks
	c.calls.Changes = append(c.calls.Changes, Change{At: at, What: "accepted", Batch: batch, Count: 1})
}

// snapshot is a copy nobody changes any more.
func (c *recorder) snapshot() Calls {
	out := c.calls
	out.ByCall, out.ByName, out.ByStatus = maps.Clone(out.ByCall), maps.Clone(out.ByName), maps.Clone(out.ByStatus)
	out.Rejected, out.Faults = maps.Clone(out.Rejected), maps.Clone(out.Faults)
	out.Changes = slices.Clone(out.Changes)
	out.Batches = map[string]BatchCalls{}
	for name, one := range c.batches {
		copied := *one
		copied.CheckinRefusals = maps.Clone(one.CheckinRefusals)
		out.Batches[name] = copied
	}
	return out
}
