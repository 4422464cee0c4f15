package scan

import (
	"znak/app/hint"
)

// Pairing holds the half of an envelope that was seen and waits for the other one. It is pure and for one operator's
// stream of scans; the zero value accepts a mark's code alone, see NewPairing.
type Pairing struct {
	required bool
	held     Reading // KindUnknown or empty: nothing
}

// Pair is what Pairing made of one reading. Verdict is empty where the envelope is whole and the ledger may be asked about Piece.
type Pair struct {
	Verdict Verdict
	Piece   string  // identity of the piece; empty for unreadable and mismatch
	Mark    Reading // the halves seen so far; Kind is empty where a half is missing
	ShPI    Reading // bar code: a ШПИ, or an S10 identifier
	Left    bool    // the envelope was put away with one half seen: no more will come
	Err     error   // the sentence for the person where there is a verdict
}

// Whole reports whether all that must be seen of the envelope was seen and belongs together.
func (p Pair) Whole() bool { return p.Verdict == "" }

// NewPairing makes a pairing. With required both the mark's code and the bar code must be seen on every envelope;
// without it the mark's code alone, which names the ШПИ, is a whole pair, and a bar code still waits for its mark.
func NewPairing(required bool) *Pairing { return &Pairing{required: required} }

// Take adds a reading and says what it makes. Usually that is one Pair; two where the reading begins another envelope while
// one was waiting: the first of them is the envelope left incomplete.
func (p *Pairing) Take(r Reading) []Pair {
	if r.Piece() == "" {
		return []Pair{{Verdict: VerdictUnreadable, Err: r.Err}}
	}
	held := p.held
	switch {
	case held.Piece() == "":
		return []Pair{p.begin(r)}
	case isMark(held) != isMark(r): // two halves
		p.held = Reading{}
		return []Pair{pairOf(held, r)}
	case held.Piece() == r.Piece(): // the same half once more
		p.held = r
		return []Pair{half(r)}
	default: // the same half of the next envelope
		return []Pair{left(held), p.begin(r)}
	}
}

// Flush gives up waiting: the envelope whose half is held, if any, is left incomplete.
func (p *Pairing) Flush() []Pair {
	if p.held.Piece() == "" {
		return nil
	}
	held := p.held
	p.held = Reading{}
	return []Pair{left(held)}
}

// Waiting is the half that is held; ok is false where there is none.
func (p *Pairing) Waiting() (r Reading, ok bool) { return p.held, p.held.Piece() != "" }

// begin starts an envelope with its first half.
func (p *Pairing) begin(r Reading) Pair {
	p.held = Reading{}
	if isMark(r) && !p.required {
		return Pair{Piece: r.Piece(), Mark: r}
	}
	p.held = r
	return half(r)
}

// pairOf joins two halves seen on one envelope.
func pairOf(a, b Reading) Pair {
	if isMark(b) {
		a, b = b, a
	}
	pair := Pair{Piece: a.Piece(), Mark: a, ShPI: b}
	if a.Piece() != b.Piece() {
		pair.Piece, pair.Verdict = "", VerdictMismatch
		pair.Err = hint.New("scan.mismatch", hint.Args{"Mark": grouped(a), "ShPI": grouped(b)}, nil)
	}
	return pair
}

// half is an envelope of which one code was seen.
func half(r Reading) Pair {
	pair := Pair{Verdict: VerdictIncomplete, Piece: r.Piece()}
	if isMark(r) {
		pair.Mark = r
		pair.Err = hint.New("scan.incomplete.mark", hint.Args{"ShPI": grouped(r)}, nil)
	} else {
		pair.ShPI = r
		pair.Err = hint.New("scan.incomplete.shpi", hint.Args{"ShPI": grouped(r)}, nil)
	}
	return pair
}

// left is an envelope that was put away after one code.
func left(r Reading) Pair {
	pair := half(r)
	pair.Left = true
	pair.Err = hint.New("scan.left", hint.Args{"ShPI": grouped(r)}, nil)
	return pair
}

func isMark(r Reading) bool { return r.Kind == KindMark }

// grouped writes the identity of a piece as it stands on paper.
func grouped(r Reading) string {
	switch r.Kind {
	case KindMark:
		return r.Mark.ShPI.Grouped()
	case KindShPI:
		return r.ShPI.Grouped()
	}
	return r.Piece()
}
