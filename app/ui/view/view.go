// Package view holds what the screens show, as plain values: rows, captions, which button is alive and why another is not,
// the status line, the verdict. It reads the station's answers and a language and knows no window, so every sentence and every
// refusal is tested without pixels.
package view

import (
	"context"

	"znak/app/postal"
	"znak/app/station"
	"znak/printer/page"
	"znak/store"
)

// Station is what the screens ask of the station. Of makes one from the real thing.
type Station interface {
	Accountant
	Reprinter
	Keeper
	PrinterKeeper
	StackKeeper
	Splitter
	OperatorKeeper
	ScannerKeeper
	Pull(ctx context.Context) (station.PullReport, error)
	Batches(ctx context.Context) ([]station.BatchView, error)
	Batch(ctx context.Context, name string) (station.BatchView, error)
	Pieces(ctx context.Context, q store.PieceQuery) ([]store.PieceRow, error)
	Piece(ctx context.Context, id postal.ShPI) (store.PieceRow, error)
	Story(ctx context.Context, id postal.ShPI) ([]store.Event, error)
	Approve(ctx context.Context, batch string) (postal.Kopecks, error)
	Print(ctx context.Context, order station.PrintOrder, control *station.Control, tell func(station.PrintProgress)) (station.PrintReport, error)
	Preview(ctx context.Context, id postal.ShPI) (page.Page, error)
	Verifier(batch string) Verifier
	DeclarePrinted(ctx context.Context, id postal.ShPI) error
	DeclareLast(ctx context.Context, id postal.ShPI) (printed, not int, err error)
	DeclareAll(ctx context.Context, batch string, printed bool) (int, error)
	DeclareNotPrinted(ctx context.Context, id postal.ShPI) error
	HandOver(ctx context.Context, batch string) (station.HandOverReport, error)
	Sync(ctx context.Context) (station.SyncReport, error)
	Prefetch(ctx context.Context) (pulled bool, err error)
	Waiting(ctx context.Context) ([]store.Item, error)
	Retry(ctx context.Context, id string) error
	Skip(ctx context.Context, id string) error
	Status(ctx context.Context) (station.Status, error)
	Printers(ctx context.Context) ([]station.PrinterView, error)
	Settings(ctx context.Context) ([]station.Setting, error)
	SetSetting(ctx context.Context, key, value string) error
	HasAccount() bool
	Specimen() bool
}

// Verifier answers scanned texts; see station.Verifier.
type Verifier interface {
	// Line takes one line of what a scanner typed and answers the codes that became complete: none while a code of several lines
	// is not whole yet. A verdict is in the ledger before it returns.
	Line(ctx context.Context, line string) ([]station.ScanVerdict, error)
	// Flush answers what is held.
	Flush(ctx context.Context) ([]station.ScanVerdict, error)
}

var (
	_ Station  = real{}
	_ Verifier = (*station.Verifier)(nil)
)

// real is the station with its verifier as an interface.
type real struct{ *station.Station }

func (r real) Verifier(batch string) Verifier { return r.Station.Verifier(batch) }

// Of is the real station as the screens see it.
func Of(s *station.Station) Station { return real{s} }

// Tone is how a thing feels. The window gives each a colour; a word and a shape always stand beside it.
type Tone string

const (
	Plain  Tone = ""
	Muted  Tone = "muted"  // not now
	Accent Tone = "accent" // goes on
	OK     Tone = "ok"
	Warn   Tone = "warn"
	Stop   Tone = "stop"
)

// Do names what a button does. The window knows how.
type Do string

const (
	DoNothing  Do = ""
	DoPrint    Do = "print"
	DoVerify   Do = "verify"
	DoHandOver Do = "handover"
	DoApprove  Do = "approve"
	DoOpen     Do = "open"   // open the batch
	DoPull     Do = "pull"   // ask the post
	DoWait     Do = "outbox" // look at what waits
	DoMoney    Do = "money"  // look at the money
)

// Action is a button: it names its effect. A dead one says why, in the same line.
type Action struct {
	Do    Do
	Label string
	Batch string
	Alive bool
	Why   string // of a dead one
}
