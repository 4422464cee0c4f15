// Package scan decides what a scanned text is: the mark's code, a ШПИ, an international identifier, or something that does
// not belong on this desk. It undoes what keyboard scanners do to a text (Russian layout, Caps Lock, lost control
// characters), glues a code that arrives in nine lines, tells a scanner from a typing person, pairs the two codes
// of one envelope, and reads pictures and PDF pages as a virtual scanner.
//
// It knows nothing of the ledger: whether a piece is ours, printed or stale is for the station to say.
// Nothing here guesses an identity: what cannot be restored exactly is unknown. facts/online-mark.md §1.3, §3.
package scan

import (
	"errors"

	"znak/app/mark"
	"znak/app/postal"
)

// Kind says what a scanned text is.
type Kind string

// The kinds. Only the first three are of pieces.
const (
	KindMark    Kind = "mark"    // the QR of an online payment mark
	KindShPI    Kind = "shpi"    // the bar code of a piece, 14 digits
	KindS10     Kind = "s10"     // an international identifier, 13 characters
	KindPayment Kind = "payment" // a code for a payment
	KindBadge   Kind = "badge"   // an operator's badge
	KindCommand Kind = "command" // a code of the command sheet
	KindSetup   Kind = "setup"   // the code by which a scanner is set up
	KindUnknown Kind = "unknown" // anything else; Reading.Err says what it looks like
)

// What had to be undone to read a text, for Reading.Restored.
const (
	RestoredLayout     = "layout"     // the Russian keyboard layout was active
	RestoredCaps       = "caps"       // Caps Lock was on
	RestoredSeparators = "separators" // line ends were lost, replaced or doubled
	RestoredFrame      = "frame"      // the scanner put something before the code (AIM identifier, prefix)
)

// Why a text could not be read. Reading.Err carries one of these, or an error of postal for a wrong check digit.
var (
	ErrEmpty     = errors.New("nothing was scanned")
	ErrCut       = errors.New("a part of the mark's code is missing")
	ErrDamaged   = errors.New("the mark's code does not hold what it should")
	ErrAmbiguous = errors.New("the mark's code can be read in more than one way")
	ErrForeign   = errors.New("not a code of a piece")
)

// Reading is one scanned text and what it turned out to be. Of ShPI, S10, Mark, Badge and Command only the one of its Kind is set.
type Reading struct {
	Kind     Kind
	Text     string // as it came
	Clean    string // restored: the exact text of the mark, the bare digits of a ШПИ; empty where Kind is unknown
	ShPI     postal.ShPI
	S10      postal.S10
	Mark     mark.Fields
	Badge    string // the token of an operator's badge: a secret
	Command  Command
	Restored []string // what had to be undone, see the Restored constants
	Err      error    // why it is no piece, with a hint; nil where it is one
}

// Piece is the identity of the piece the reading speaks of: the ШПИ, also the one inside a mark, or the S10 identifier.
// It is empty where the text is no code of a piece.
func (r Reading) Piece() string {
	switch r.Kind {
	case KindMark:
		return string(r.Mark.ShPI)
	case KindShPI:
		return string(r.ShPI)
	case KindS10:
		return string(r.S10)
	}
	return ""
}

// MarkParser is what scan needs to know of the mark's text.
type MarkParser interface {
	Parse(text string) (mark.Fields, error)
	Payload(mark.Fields) (string, error)
	Labels() []string  // beginnings of the lines, in order, as they stand before the values
	Separator() string // between the lines
}

var _ MarkParser = (*mark.Spec)(nil)
