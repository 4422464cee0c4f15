package scan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"znak/app/hint"
	"znak/app/mark"
)

// seen makes readings out of "Q1" (the mark of piece 1), "B1" (its bar code) and "?" (unreadable).
func seen(s string) Reading {
	var n int
	fmt.Sscan(s[1:], &n)
	switch s[0] {
	case 'Q':
		return Reading{Kind: KindMark, Mark: mark.Fields{ShPI: testShPI(n)}}
	case 'B':
		return Reading{Kind: KindShPI, ShPI: testShPI(n)}
	case 'S':
		return Reading{Kind: KindS10, S10: "LS018350611RU"}
	}
	return Reading{Kind: KindUnknown, Err: ErrForeign}
}

// told writes pairs down: "whole 1", "incomplete 1", "left 1", "mismatch".
func told(pairs []Pair) []string {
	var list []string
	for _, p := range pairs {
		what := string(p.Verdict)
		switch {
		case p.Whole():
			what = "whole"
		case p.Left:
			what = "left"
		}
		if p.Piece != "" {
			for n := range 10 {
				if p.Piece == string(testShPI(n)) {
					what += fmt.Sprint(" ", n)
				}
			}
		}
		list = append(list, what)
	}
	return list
}

func TestPairing(t *testing.T) {
	for _, c := range []struct {
		required bool
		scans    string
		want     string
	}{
		{true, "Q1 B1", "incomplete 1, whole 1"},
		{true, "B1 Q1", "incomplete 1, whole 1"},
		{true, "Q1 B1 B2 Q2", "incomplete 1, whole 1, incomplete 2, whole 2"},
		{true, "Q1 B2", "incomplete 1, mismatch"},
		{true, "Q1 B2 Q2 B2", "incomplete 1, mismatch, incomplete 2, whole 2"},
		{true, "Q1 B2 Q2 B1", "incomplete 1, mismatch, incomplete 2, mismatch"}, // swapped envelopes: neither is right
		{true, "Q1 Q1 Q1 B1", "incomplete 1, incomplete 1, incomplete 1, whole 1"},
		{true, "Q1 Q2 B2", "incomplete 1, left 1, incomplete 2, whole 2"},
		{true, "B1 B2 Q2", "incomplete 1, left 1, incomplete 2, whole 2"},
		{true, "Q1 ? B1", "incomplete 1, unreadable, whole 1"},
		{true, "? ?", "unreadable, unreadable"},
		{true, "Q1 S0", "incomplete 1, mismatch"},
		{false, "Q1 Q2", "whole 1, whole 2"},
		{false, "Q1 B1 Q1", "whole 1, incomplete 1, whole 1"},
		{false, "B1 Q1", "incomplete 1, whole 1"},
		{false, "B1 Q2", "incomplete 1, mismatch"},
	} {
		p := NewPairing(c.required)
		var got []string
		for _, s := range strings.Fields(c.scans) {
			for _, pair := range p.Take(seen(s)) {
				got = append(got, told([]Pair{pair})...)
				if _, _, ok := hint.Of(pair.Err); !ok && !pair.Whole() && pair.Verdict != VerdictUnreadable {
					t.Errorf("%s: no sentence for %+v", c.scans, pair)
				}
				if pair.Whole() && pair.Err != nil {
					t.Errorf("%s: a whole pair has an error: %v", c.scans, pair.Err)
				}
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v, want %s", c.scans, got, c.want)
		}
	}
}

func TestMismatchNamesBoth(t *testing.T) {
	for _, scans := range [][]string{{"Q1", "B2"}, {"B2", "Q1"}} {
		p := NewPairing(true)
		p.Take(seen(scans[0]))
		got := p.Take(seen(scans[1]))
		_, args, _ := hint.Of(got[0].Err)
		if args["Mark"] != testShPI(1).Grouped() || args["ShPI"] != testShPI(2).Grouped() || got[0].Mark.Piece() != string(testShPI(1)) || got[0].ShPI.Piece() != string(testShPI(2)) {
			t.Errorf("%v: %+v", scans, got)
		}
	}
}

func TestPairingFlush(t *testing.T) {
	p := NewPairing(true)
	if got := p.Flush(); got != nil {
		t.Errorf("an empty pairing flushes %v", told(got))
	}
	p.Take(seen("B3"))
	if r, ok := p.Waiting(); !ok || r.Piece() != string(testShPI(3)) {
		t.Errorf("waits for %v %v", r, ok)
	}
	if got := told(p.Flush()); !slices.Equal(got, []string{"left 3"}) {
		t.Errorf("flush gives %v", got)
	}
	if _, ok := p.Waiting(); ok {
		t.Error("waits after Flush")
	}
}

// TestPairingNeverJoinsTwoPieces plays random scans: a whole pair always is of two halves of one piece that came with no other piece's
// half between them, and every reading is accounted for.
func TestPairingNeverJoinsTwoPieces(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	p := NewPairing(true)
	var before Reading // the last readable scan that waits
	for range 100_000 {
		r := seen([]string{"Q", "B", "?"}[rnd.IntN(5)/2] + fmt.Sprint(rnd.IntN(4)))
		pairs := p.Take(r)
		last := pairs[len(pairs)-1]
		if last.Whole() {
			if last.Mark.Kind != KindMark || last.ShPI.Kind != KindShPI || last.Mark.Piece() != last.ShPI.Piece() || before.Piece() != r.Piece() || before.Kind == r.Kind {
				t.Fatalf("%+v after %+v gave %+v", r, before, last)
			}
		}
		switch last.Verdict {
		case VerdictIncomplete:
			before = r
		case VerdictUnreadable:
		default:
			before = Reading{}
		}
	}
}
