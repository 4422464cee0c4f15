// Package station is the work itself: pull, print, verify, reprint, hand over, sync. It is the only place that knows
// the order of things; the window and the commands are two faces of it. Nothing here draws a screen or knows a device's language.
package station

import (
	"context"
	"iter"
	"log/slog"
	"sync"
	"time"

	"znak/app/hint"
	"znak/app/mark"
	"znak/app/outbox"
	"znak/app/post"
	"znak/app/postal"
	"znak/app/scan"
	"znak/printer"
	"znak/store"
)

// Post is what the station asks of the post. *post.Client does it.
type Post interface {
	Settings(ctx context.Context) (post.Settings, error)
	Limit(ctx context.Context) (post.Limit, error)
	Balance(ctx context.Context) (post.Balance, error)
	Batches(ctx context.Context) ([]postal.Batch, error)
	Batch(ctx context.Context, name string) (postal.Batch, error)
	Shipments(ctx context.Context, name string, expect int) iter.Seq2[post.Page, error]
	Checkin(ctx context.Context, name string, useOnlineBalance bool) (post.CheckinAnswer, error)
	SetSendingDate(ctx context.Context, name string, day postal.Date) error
	ReturnToNew(ctx context.Context, ids []int64) (post.Result[int64], error)
	DeleteShipments(ctx context.Context, ids []int64) (post.Result[int64], error)
	PutArchive(ctx context.Context, names []string) (post.Result[string], error)
	PutOrder(ctx context.Context, order post.Order) (int64, error)
	SearchBacklog(ctx context.Context, query string) (post.Page, error)
	SearchShipments(ctx context.Context, query string) (post.Page, error)
	Calls() int
}

var _ Post = (*post.Client)(nil)

// Params are the parts of a station. All are required unless said otherwise.
type Params struct {
	Dir      string // the data folder: locks, forms
	Store    *store.Store
	Post     Post             // nil: no account is set yet; what needs the post is refused with a hint
	Devices  []printer.Device // those that need no adding; the first is the default until the office chooses
	Drivers  []printer.Driver // for those that the office adds, optional
	Mark     *mark.Spec
	Quota    func() post.QuotaState // the day's calls, optional
	Specimen bool                   // everything printed says ОБРАЗЕЦ; true for any post but the real one
	Session  *Session               // who is at the station; nil: nobody yet
	Now      func() time.Time       // optional
	Log      *slog.Logger           // optional
}

// Station does the work of one print station.
type Station struct {
	dir      string
	store    *store.Store
	post     Post
	builtIn  []printer.Device
	drivers  []printer.Driver
	mark     *mark.Spec
	reader   *scan.Reader
	courier  *outbox.Courier
	quota    func() post.QuotaState
	specimen bool
	session  *Session
	now      func() time.Time
	log      *slog.Logger

	pinCost   pinCost // of new PINs
	dummyOnce sync.Once
	dummy     string // the hash of no PIN

	mu      sync.Mutex
	working map[string]bool   // devices on which this process is printing now
	opened  map[string]opened // printers that the office has added, by name
	held    map[string]bool   // those that a person has paused
}

// New puts a station together.
func New(p Params) *Station {
	s := &Station{dir: p.Dir, store: p.Store, post: p.Post, builtIn: p.Devices, drivers: p.Drivers, mark: p.Mark, quota: p.Quota, specimen: p.Specimen,
		now: p.Now, log: p.Log, working: map[string]bool{}}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.session = p.Session; s.session == nil {
		s.session = NewSession()
	}
	s.pinCost = costOfPIN
	s.reader = scan.NewReader(p.Mark)
	s.courier = outbox.New(outbox.Params{Store: p.Store, Now: s.now, Log: s.log, Handlers: s.handlers()})
	return s
}

// Reason is one sentence about why something cannot be done, or what a person should look at.
type Reason struct {
	Key  string // of the translations
	Args hint.Args
}

// Refused is the error of a thing that was not done, with all its reasons; nothing was changed. Exit code 4.
type Refused struct{ Reasons []Reason }

func (e *Refused) Error() string {
	s := "refused"
	for _, r := range e.Reasons {
		s += ": " + r.Key
	}
	return s
}

// HintKey gives the first reason.
func (e *Refused) HintKey() (string, map[string]any) {
	if len(e.Reasons) == 0 {
		return "station.refused", nil
	}
	return e.Reasons[0].Key, e.Reasons[0].Args
}

func refuse(key string, args hint.Args) error { return &Refused{[]Reason{{key, args}}} }

// errNoAccount is what anything that needs the post answers before an account is set.
func (s *Station) needPost() error {
	if s.post == nil {
		return refuse("station.no-account", nil)
	}
	return nil
}

// Specimen reports whether everything printed here is marked ОБРАЗЕЦ.
func (s *Station) Specimen() bool { return s.specimen }

// HasAccount reports whether the station knows a post to talk to.
func (s *Station) HasAccount() bool { return s.post != nil }

// Mark is the version of the mark in force.
func (s *Station) Mark() *mark.Spec { return s.mark }
