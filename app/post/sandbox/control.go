package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// The control calls under /_sandbox/: JSON, no authorisation, not counted. Each is also a method of Server.
//
//	GET  /_sandbox/calls                               what was called and what it changed
//	GET  /_sandbox/account                             the batches, for humans
//	GET  /_sandbox/tracking/{barcode}                  the numeric tracking operations of a piece
//	POST /_sandbox/advance      {"hours":6,"days":0}   moves the clock on
//	POST /_sandbox/fault        {"rule":"checkin 1 timeout-after"}
//	POST /_sandbox/change-marks {"batch":"508","what":["id","value","date"]}
//	POST /_sandbox/balance      {"kopecks":0,"mode":"works"}
//	POST /_sandbox/refuse       {"barcode":"00000001000017","attr":7}

const controlPrefix = "/_sandbox/"

// Errors of the control methods.
var (
	ErrNoBatch  = errors.New("sandbox: no such batch")
	ErrNoPiece  = errors.New("sandbox: no such piece in a batch")
	ErrBadValue = errors.New("sandbox: bad value")
)

// What ChangeMarks can change.
const (
	ChangeID    = "id"    // new mark ids
	ChangeValue = "value" // the price went up by one kopeck
	ChangeDate  = "date"  // the sending date moved on by a day
)

var changeIDs = []string{ChangeID}

// Calls tells what reached the sandbox and what it changed.
func (s *Server) Calls() Calls {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(s.now())
	return s.calls.snapshot()
}

// AccountBatch is one batch as a human wants to see it.
type AccountBatch struct {
	Name             string `json:"name"`
	Purpose          string `json:"purpose"` // why the account has it: "fit", "simple-letters", …
	Status           string `json:"status"`
	Pieces           int    `json:"pieces"`
	MailType         string `json:"mail_type"`
	MailCategory     string `json:"mail_category"`
	Envelope         string `json:"envelope"` // of its first piece
	UseOnlineBalance bool   `json:"use_online_balance"`
	MarksKopecks     int64  `json:"marks_kopecks"` // what checkin asks for
	SendingDate      string `json:"sending_date"`
}

// Account tells what there is.
type Account struct {
	Now              time.Time      `json:"now"` // the sandbox's clock
	BalanceKopecks   int64          `json:"balance_kopecks"`
	AvailableKopecks int64          `json:"available_kopecks"` // without what checked-in batches wait for
	Batches          []AccountBatch `json:"batches"`
}

// Account lists all batches by number, whatever their state.
func (s *Server) Account() Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.settle(now)
	out := Account{Now: now, BalanceKopecks: s.account.money, AvailableKopecks: s.account.available(), Batches: []AccountBatch{}}
	for _, b := range s.account.sorted() {
		out.Batches = append(out.Batches, AccountBatch{
			Name: b.name, Purpose: b.purpose, Status: b.status, Pieces: len(b.pieces), MailType: b.mailType, MailCategory: b.category,
			Envelope: s.account.orderOf(b.pieces[0]).EnvelopeType, UseOnlineBalance: b.useOnlineBalance,
			MarksKopecks: b.marksSum(), SendingDate: b.sending.Format(time.DateOnly),
		})
	}
	return out
}

// maxAdvance keeps a slip of the finger from overflowing the clock.
const maxAdvance = 10 * 366 * 24 * time.Hour

// Advance moves the clock on; batches and pieces live through the time.
func (s *Server) Advance(by time.Duration) error {
	if by < 0 || by > maxAdvance {
		return fmt.Errorf("%w: the clock goes from 0 to %v at once", ErrBadValue, maxAdvance)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if act := s.faults.next("advance", http.MethodPost, controlPrefix+"advance"); act != nil && act.name == actChangeMarks {
		s.calls.played(act.name)
		s.changeMarksOf(act, "", s.now())
	}
	s.offset += by
	s.settle(s.now())
	return nil
}

// AddFault adds one rule of the fault file. It is tried after those that are there.
func (s *Server) AddFault(line string) error {
	one, err := parseRule(line)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.rules = append(s.faults.rules, one)
	return nil
}

// ChangeMarks issues the marks of a batch anew, as if it had been edited in the cabinet: prints made before are stale. The
// empty name is the account's batch for that purpose; without what, the ids change.
func (s *Server) ChangeMarks(name string, what ...string) error {
	for _, one := range what {
		if one != ChangeID && one != ChangeValue && one != ChangeDate {
			return fmt.Errorf("%w: what %q", ErrBadValue, one)
		}
	}
	if len(what) == 0 {
		what = changeIDs
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.markBatch(name)
	if b == nil {
		return ErrNoBatch
	}
	s.changeMarks(b, what, s.now())
	return nil
}

// markBatch finds a batch by name; the empty name is the one whose marks are meant to change.
func (s *Server) markBatch(name string) *batch {
	if name != "" {
		return s.account.batches[name]
	}
	for _, b := range s.account.batches {
		if b.purpose == PurposeMarksChange {
			return b
		}
	}
	return nil
}

func (s *Server) changeMarks(b *batch, what []string, now time.Time) {
	for _, p := range b.pieces {
		if p.mark == nil {
			continue
		}
		changed := *p.mark
		for _, one := range what {
			switch one {
			case ChangeID:
				changed.ID = s.account.marks.next()
			case ChangeValue:
				changed.Value++
			}
		}
		p.mark = &changed
		p.version++
	}
	for _, one := range what {
		if one == ChangeDate {
			b.sending = b.sending.AddDate(0, 0, 1)
		}
	}
	b.download = "F103_AND_OPM"
	s.calls.batch(b.name).MarksChanged++
	s.calls.calls.Changes = append(s.calls.calls.Changes, Change{At: now, What: "marks-changed", Batch: b.name, Count: len(b.pieces)})
}

// SetBalance puts a sum on the account, kopecks, and says how the balance is told. An empty mode leaves the mode.
func (s *Server) SetBalance(kopecks int64, mode BalanceMode) error {
	switch mode {
	case "", BalanceWorks, BalanceOff, BalanceNone:
	default:
		return fmt.Errorf("%w: mode %q", ErrBadValue, mode)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle(s.now())
	s.account.money = kopecks
	if mode != "" {
		s.account.balanceMode = mode
	}
	return nil
}

// Refuse plays 44/7 or 44/11 on a piece: at the acceptance of its batch, or at once when that is over. A refused piece is
// not paid for.
func (s *Server) Refuse(barcode string, attr int) error {
	if refusalWords[attr] == "" {
		return fmt.Errorf("%w: attr %d", ErrBadValue, attr)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.settle(now)
	p := s.account.byShPI[barcode]
	if p == nil || p.batch == nil {
		return ErrNoPiece
	}
	repeated := p.refused()
	p.refusal = &refusal{attr: attr}
	switch p.batch.status {
	case statusCreated, statusFrozen:
		return nil
	}
	p.refusal.at = now
	if p.mark != nil && !repeated {
		s.account.money += p.mark.Value
		s.calls.batch(p.batch.name).DebitedKopecks -= p.mark.Value
	}
	return nil
}

// Tracking tells what happened to a piece so far, in the numeric codes of facts/otpravka-api.md §10.3.
func (s *Server) Tracking(barcode string) ([]Operation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.settle(now)
	p := s.account.byShPI[barcode]
	if p == nil || p.batch == nil {
		return nil, ErrNoPiece
	}
	return p.track(now), nil
}

// control serves the calls above.
func (s *Server) control() http.Handler {
	mux := http.NewServeMux()
	get := func(pattern string, do func(r *http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			value, err := do(r)
			controlAnswer(w, value, err)
		})
	}
	get("GET /_sandbox/calls", func(*http.Request) (any, error) { return s.Calls(), nil })
	get("GET /_sandbox/account", func(*http.Request) (any, error) { return s.Account(), nil })
	get("GET /_sandbox/tracking/{barcode}", func(r *http.Request) (any, error) { return s.Tracking(r.PathValue("barcode")) })
	post(mux, "advance", func(in struct{ Hours, Days float64 }) error {
		return s.Advance(time.Duration(min((in.Days*24+in.Hours)*float64(time.Hour), 2*float64(maxAdvance))))
	})
	post(mux, "fault", func(in struct{ Rule string }) error { return s.AddFault(in.Rule) })
	post(mux, "change-marks", func(in struct {
		Batch string
		What  []string
	}) error {
		return s.ChangeMarks(in.Batch, in.What...)
	})
	post(mux, "balance", func(in struct {
		Kopecks *int64
		Mode    BalanceMode
	}) error {
		sum := in.Kopecks
		if sum == nil {
			now := s.Account().BalanceKopecks
			sum = &now
		}
		return s.SetBalance(*sum, in.Mode)
	})
	post(mux, "refuse", func(in struct {
		Barcode string
		Attr    int
	}) error {
		return s.Refuse(in.Barcode, in.Attr)
	})
	return mux
}

func post[In any](mux *http.ServeMux, name string, do func(In) error) {
	mux.HandleFunc("POST "+controlPrefix+name, func(w http.ResponseWriter, r *http.Request) {
		var in In
		decoder := json.NewDecoder(r.Body)
		decoder.DisallowUnknownFields() // a misspelt control call must not pass for done
		if err := decoder.Decode(&in); err != nil {
			controlAnswer(w, nil, err)
			return
		}
		controlAnswer(w, map[string]bool{"ok": true}, do(in))
	})
}

func controlAnswer(w http.ResponseWriter, value any, err error) {
	if err != nil {
		status := http.StatusBadRequest
		if errors.Is(err, ErrNoBatch) || errors.Is(err, ErrNoPiece) {
			status = http.StatusNotFound
		}
		reply{status: status, body: map[string]string{"error": err.Error()}}.write(w)
		return
	}
	ok(value).write(w)
}
