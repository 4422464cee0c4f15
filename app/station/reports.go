package station

import (
	"fmt"
	"strings"
	"time"

	"znak/app/postal"
	"znak/app/scan"
	"znak/printer"
	"znak/store"
)

// PullReport is the outcome of Pull.
type PullReport struct {
	Balance   *postal.Kopecks // nil: the account has no usable balance
	BalanceOf string          // the day the post states the balance for, or the time of asking; "" where there is none
	Batches   int             // batches read
	Pieces    int             // pieces read
	Changed   int             // pieces whose facts changed
	Stale     int             // of them already on paper
	Calls     int             // API calls used
	Problems  []Refusal       // pieces kept but unfit, with the reason
}

// BatchView is a batch with what can be done with it.
type BatchView struct {
	store.BatchRow
	Ready    bool
	Reasons  []Reason            // why it is not ready; empty when it is
	Warning  *Reason             // what a person should know of the money before the batch is begun; nil: nothing
	Envelope postal.EnvelopeKind // the kind of all its pieces; "" when they differ
	Sum      postal.Kopecks      // of the marks: what the station reserves for it
	ToPrint  int                 // pieces that Print would print now
	Waiting  []store.Item        // what of this batch waits for the post
}

// Refusal is one piece that was not taken, and why.
type Refusal struct {
	ShPI   postal.ShPI
	Reason Reason
}

// PrintOrder says what to print.
type PrintOrder struct {
	Batch   string
	Printer string        // "": the default device
	Limit   int           // 0: all
	Only    []postal.ShPI // empty: all that are not printed yet
	InOrder bool          // refuse while it is not known whether a piece that comes before is on paper
}

// PrintProgress is told while a run goes on. Three truths: given to the device, surely printed, and what is not known.
type PrintProgress struct {
	Run     string
	Asked   int // pieces of this run
	Sent    int // handed to the device
	Printed int
	Unknown int
	Current postal.ShPI
	Paused  bool
	State   printer.State // of the device, asked while a slip is with it; "": not asked yet
	Words   []string      // the device's own
}

// PrintReport is the outcome of Print.
type PrintReport struct {
	Run     string
	Printed int
	Unknown int
	Queued  int // the printer still holds them: neither printed nor failed
	Failed  int // surely not printed although asked for; they can be printed again at once
	Refused []Refusal
	Files   []string
	Stopped bool // ended early because somebody asked for it
}

// SlipError ends a run whose printer did not bring a slip to its end. What it printed, what it did not and what nobody knows is in the report.
type SlipError struct {
	Device string
	State  printer.State
	Words  []string
}

func (e *SlipError) Error() string {
	return fmt.Sprintf("printer %s: %s: %s", e.Device, e.State, strings.Join(e.Words, "; "))
}

// HintKey names the sentence for the person.
func (e *SlipError) HintKey() (string, map[string]any) {
	return "station.slip." + string(e.State), map[string]any{"Printer": e.Device, "Words": strings.Join(e.Words, "; ")}
}

// ScanVerdict answers one scanned text.
type ScanVerdict struct {
	Text    string
	Verdict scan.Verdict
	ShPI    postal.ShPI
	Hint    Reason
}

// HandOverReport is the outcome of HandOver.
type HandOverReport struct {
	Batch    string
	Verified int
	Missing  []Refusal // pieces that do not let the batch go, and why
	Queued   bool      // the checkin waits in the outbox or has been sent
	Files    []string
}

// SyncReport is the outcome of Sync.
type SyncReport struct {
	Sent    int
	Pending int
	Dead    []DeadItem
	Changed int // pieces of which the post had news
}

// DeadItem is something the post refused for good; a person decides.
type DeadItem struct {
	ID     string
	Kind   string
	Batch  string
	Reason Reason
}

// Status is one look at the station.
type Status struct {
	Online        bool
	LastContact   time.Time // zero: never
	Balance       *postal.Kopecks
	BalanceOf     string
	Reserved      postal.Kopecks  // for batches approved and not yet taken in by the post
	Free          *postal.Kopecks // what new batches may use
	Spent         postal.Kopecks  // for all pieces that the post has taken in, since the station began
	Unexplained   postal.Kopecks  // falls of the balance that nothing explains, or nothing yet
	InBatches     postal.Kopecks  // marks of open batches for which nothing is reserved yet
	Lacking       *postal.Kopecks // of InBatches, beyond what is free; nil: the balance is not known
	OfflinePieces int             // can be printed without the network
	OfflineUntil  time.Time       // all of them can be printed until then; zero: nothing to print
	States        map[postal.PieceState]int
	Pending, Dead int // outbox
	QuotaUsed     int
	QuotaAllowed  int
}
