package sandbox

import (
	"net/http"
	"sync"
	"time"
)

// BalanceMode is how GET /1.0/counterpart/balance answers (facts/otpravka-api.md §8.6).
type BalanceMode string

// The three ways seen. Checkin looks at the money in each of them: only the answer to the question differs.
const (
	BalanceWorks BalanceMode = "works" // a sum in kopecks
	BalanceOff   BalanceMode = "off"   // "work-with-balance": false, no usable number
	BalanceNone  BalanceMode = "none"  // HTTP 500, "No endpoint": the method is not there
)

// Defaults of [Options].
const (
	DefaultLimit    = 1000             // calls a day (facts/otpravka-api.md §1)
	DefaultMaxPage  = 1000             // our choice: the real maximum is not documented
	DefaultPageSize = 100              // our choice: the real default is not documented
	DefaultHang     = 2 * time.Minute  // how long an unanswered call is held
	acceptAfter     = 4 * time.Hour    // checkin → ACCEPTED: our choice
	sentAfter       = 12 * time.Hour   // checkin → SENT: our choice
	bodyLimit       = int64(256 << 20) // of a request
)

// Options of a sandbox. The zero value is the usual account of seed 0 with a balance above all its batches.
type Options struct {
	// Seed decides everything invented: the same seed, the same account, token and password.
	Seed int64
	// Pieces, when above zero, makes an account of one single fit batch of that many pieces instead of the usual one.
	Pieces int
	// Most, when above zero, is how many pieces a batch of the usual account has at most.
	Most int
	// Faults are the scripted faults; nil is none. See [ParseFaults].
	Faults *FaultScript
	// Now is the wall clock, time.Now when nil. The sandbox's clock is this plus what it was advanced by.
	Now func() time.Time
	// Balance is the money on the account, kopecks; nil is twice the marks of all batches.
	Balance *int64
	// BalanceMode is how the balance is told; empty is [BalanceWorks].
	BalanceMode BalanceMode
	// Limit is the day's calls; 0 is [DefaultLimit].
	Limit int
	// MaxPage is the largest page; 0 is [DefaultMaxPage].
	MaxPage int
	// OfflineAllowed lets a batch be checked in with useOnlineBalance=false (otherwise E9).
	OfflineAllowed bool
}

// Server is one sandbox with one account. All methods may be called from any goroutine.
type Server struct {
	options Options
	routes  *routes
	handler http.Handler

	mu      sync.Mutex // guards all below
	account *account
	calls   *recorder
	faults  *FaultScript
	offset  time.Duration // what the clock was advanced by
}

// New makes a sandbox. It listens nowhere: serve [Server.Handler].
func New(options Options) *Server {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.BalanceMode == "" {
		options.BalanceMode = BalanceWorks
	}
	if options.Limit == 0 {
		options.Limit = DefaultLimit
	}
	if options.MaxPage == 0 {
		options.MaxPage = DefaultMaxPage
	}
	s := &Server{options: options, calls: newRecorder(), faults: &FaultScript{}}
	if options.Faults != nil {
		s.faults = options.Faults.clone()
	}
	s.account = newAccount(options, options.Now())
	s.routes = newRoutes(s)
	s.handler = s.newHandler()
	return s
}

// Handler serves the contract and /_sandbox/.
func (s *Server) Handler() http.Handler { return s.handler }

// Token is the application token, 32 characters, decided by the seed.
func (s *Server) Token() string { return s.account.token }

// Login is the user's login.
func (s *Server) Login() string { return s.account.login }

// Password is the user's password.
func (s *Server) Password() string { return s.account.password }

// now is the sandbox's clock. Callers hold mu.
func (s *Server) now() time.Time { return s.options.Now().Add(s.offset).UTC() }
