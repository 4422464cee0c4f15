package station

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/scan"
	"znak/store"
)

// StackPlace is where a piece stands in the print order of its batch.
type StackPlace struct {
	ShPI   postal.ShPI
	No     int  // in the print order of the batch, from 1
	Unsure bool // nobody knows whether it came out of the printer: it need not be in the stack
}

// StackSeen is one envelope of a stack, as its code says.
type StackSeen struct {
	ShPI    postal.ShPI
	Verdict scan.Verdict // VerdictOK, or why it does not belong into the stack
	Hint    Reason       // the sentence of that
}

// StackFaultKind is what is wrong at one place of a stack.
type StackFaultKind string

// The faults of a stack.
const (
	StackMissing    StackFaultKind = "missing"     // was printed and is not in the stack
	StackUnsure     StackFaultKind = "unsure"      // not in the stack, and nobody knows whether it was printed
	StackDoubled    StackFaultKind = "doubled"     // the same piece lies elsewhere in the stack as well
	StackSwapped    StackFaultKind = "swapped"     // lies in another place than it was printed in
	StackForeign    StackFaultKind = "foreign"     // of another batch, or not ours
	StackStale      StackFaultKind = "stale"       // the post has changed what is printed
	StackSpoiled    StackFaultKind = "spoiled"     // a void copy
	StackNotPrinted StackFaultKind = "not-printed" // the ledger knows of no copy
	StackMismatch   StackFaultKind = "mismatch"    // its mark belongs to another piece
)

// StackAt is an envelope that lies where it should, to say a place by.
type StackAt struct {
	StackPlace
	At int // counted from the top, from 1
}

// StackFault is one fault and its place. Above and Below are the nearest envelopes that lie right: around the place where a missing or swapped
// piece belongs, around the place where any other lies; nil at the top and the bottom, and where the stack has no order.
type StackFault struct {
	Kind         StackFaultKind
	ShPI         postal.ShPI
	No           int // of the piece in the print order, from 1; 0 where it has none
	At           int // where it lies, counted from the top, from 1; 0: not in the stack
	FirstAt      int // of a doubled piece: where the other one lies
	Above, Below *StackAt
	Hint         Reason // of a piece that does not belong into the stack
}

// StackReport is what a stack of envelopes is, compared with the batch.
type StackReport struct {
	Batch    string
	Expected int          // pieces that should be in it
	Seen     int          // envelopes looked at
	Right    int          // envelopes that belong into the stack, each once
	Reversed bool         // the last printed lies on top
	Shuffled bool         // in no order: places cannot be told, and nothing counts as swapped
	Faults   []StackFault // from top to bottom
}

// Whole reports whether the stack is the batch, in its order.
func (r StackReport) Whole() bool { return len(r.Faults) == 0 && r.Seen > 0 && !r.Shuffled }

// Shuffled stacks: fewer than half of at least so many lie in order.
const fewestToShuffle = 8

// liveAfter is how many envelopes must lie in order before a stack that is still being looked at is said to lack some: the first few may themselves be
// out of place.
const liveAfter = 4

// CheckStack compares the envelopes of a stack, seen from top to bottom, with the print order. A stack may lie either way up; as few envelopes as
// possible are called swapped. whole: nothing more will come; without it only pieces between those seen are missed.
func CheckStack(order []StackPlace, seen []StackSeen, whole bool) StackReport {
	c := stackCheck{order: order, seen: seen, rank: make(map[postal.ShPI]int, len(order)), place: make([]int, len(seen))}
	for i, p := range order {
		c.rank[p.ShPI] = i
	}
	return c.report(whole)
}

// stackCheck is one comparison. A rank is a place in the order in which the pieces should lie, from the top.
type stackCheck struct {
	order    []StackPlace
	seen     []StackSeen
	rank     map[postal.ShPI]int
	place    []int // of each envelope its rank; -1: it does not belong here
	kept     []int // indices of the envelopes that lie right, from the top
	reversed bool
}

func (c *stackCheck) report(whole bool) StackReport {
	r := StackReport{Seen: len(c.seen)}
	for _, p := range c.order {
		if !p.Unsure {
			r.Expected++
		}
	}
	here := map[int]int{} // rank to the first envelope
	for i, s := range c.seen {
		rank, known := c.rank[s.ShPI]
		if c.place[i] = -1; known && s.Verdict == scan.VerdictOK {
			c.place[i] = rank
			if _, twice := here[rank]; !twice {
				here[rank] = i
			}
		}
	}
	r.Right = len(here)
	c.keep()
	r.Reversed = c.reversed
	if r.Shuffled = len(here) >= fewestToShuffle && 2*len(c.kept) < len(here); r.Shuffled {
		c.kept, r.Reversed = nil, false
	}
	if r.Reversed {
		turned := make(map[int]int, len(here))
		for rank, i := range here {
			turned[len(c.order)-1-rank] = i
		}
		here = turned
	}
	for _, i := range c.kept { // of a doubled piece the envelope that lies right is the one
		here[c.place[i]] = i
	}
	for i, s := range c.seen {
		rank := c.place[i]
		switch {
		case rank < 0:
			kind := StackFaultKind(s.Verdict)
			if s.Verdict == scan.VerdictOK {
				kind = StackForeign
			}
			r.Faults = append(r.Faults, c.lies(StackFault{Kind: kind, ShPI: s.ShPI, No: c.no(s.ShPI), At: i + 1, Hint: s.Hint}))
		case here[rank] != i:
			r.Faults = append(r.Faults, c.lies(StackFault{Kind: StackDoubled, ShPI: s.ShPI, No: c.no(s.ShPI), At: i + 1, FirstAt: here[rank] + 1}))
		case !r.Shuffled && !c.isKept(i):
			r.Faults = append(r.Faults, c.belongs(StackFault{Kind: StackSwapped, ShPI: s.ShPI, No: c.no(s.ShPI), At: i + 1}, rank))
		}
	}
	first, last := 0, len(c.order)-1
	if !whole {
		if first, last = 0, -1; len(c.kept) >= liveAfter {
			first, last = c.place[c.kept[0]], c.place[c.kept[len(c.kept)-1]]
		}
	}
	for rank := first; rank <= last; rank++ {
		if _, there := here[rank]; there {
			continue
		}
		p := c.at(rank)
		f := StackFault{Kind: StackMissing, ShPI: p.ShPI, No: p.No}
		if p.Unsure {
			f.Kind = StackUnsure
		}
		r.Faults = append(r.Faults, c.belongs(f, rank))
	}
	slices.SortStableFunc(r.Faults, func(a, b StackFault) int { return cmp.Compare(a.height(), b.height()) })
	return r
}

// height is where a fault is noticed from the top: what is missing after the envelope above it.
func (f StackFault) height() float64 {
	switch {
	case f.At > 0:
		return float64(f.At)
	case f.Above != nil:
		return float64(f.Above.At) + 0.5
	}
	return 0.5
}

// at is the place of a rank.
func (c *stackCheck) at(rank int) StackPlace {
	if c.reversed {
		rank = len(c.order) - 1 - rank
	}
	return c.order[rank]
}

// no is the number of a piece in the print order; 0 where it has none.
func (c *stackCheck) no(id postal.ShPI) int {
	if i, ok := c.rank[id]; ok {
		return c.order[i].No
	}
	return 0
}

// keep finds the most envelopes that lie in order, the stack either way up, and counts ranks that way from then on.
func (c *stackCheck) keep() {
	up := rising(c.place)
	down := make([]int, len(c.place))
	for i, rank := range c.place {
		if down[i] = -1; rank >= 0 {
			down[i] = len(c.order) - 1 - rank
		}
	}
	c.kept = up
	if turned := rising(down); len(turned) > len(up) {
		c.kept, c.place, c.reversed = turned, down, true
	}
}

// rising gives the indices of a longest strictly rising subsequence of the ranks that are not negative, by patience sorting.
func rising(ranks []int) []int {
	var ends []int // ends[n]: the index at which the rising of n+1 ends that has the least last rank
	before := make([]int, len(ranks))
	for i, rank := range ranks {
		if rank < 0 {
			continue
		}
		n, _ := slices.BinarySearchFunc(ends, rank, func(j, want int) int { return cmp.Compare(ranks[j], want) })
		if before[i] = -1; n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	kept := make([]int, len(ends))
	if len(ends) > 0 {
		i := ends[len(ends)-1]
		for n := len(ends) - 1; n >= 0; n-- {
			kept[n] = i
			i = before[i]
		}
	}
	return kept
}

func (c *stackCheck) isKept(i int) bool {
	_, ok := slices.BinarySearch(c.kept, i)
	return ok
}

// lies names the envelopes around the place where a fault lies.
func (c *stackCheck) lies(f StackFault) StackFault {
	n, _ := slices.BinarySearch(c.kept, f.At-1)
	return c.between(f, n)
}

// belongs names the envelopes around the place where a piece of this rank belongs.
func (c *stackCheck) belongs(f StackFault, rank int) StackFault {
	n, _ := slices.BinarySearchFunc(c.kept, rank, func(i, want int) int { return cmp.Compare(c.place[i], want) })
	return c.between(f, n)
}

// between names the kept envelopes before and from the n-th on.
func (c *stackCheck) between(f StackFault, n int) StackFault {
	at := func(n int) *StackAt {
		if n < 0 || n >= len(c.kept) {
			return nil
		}
		i := c.kept[n]
		return &StackAt{c.at(c.place[i]), i + 1}
	}
	f.Above, f.Below = at(n-1), at(n)
	return f
}

// Reasons are the sentences of a fault: what it is, and where.
func (f StackFault) Reasons() []Reason {
	args := hint.Args{"ShPI": f.ShPI.Grouped(), "No": f.No, "At": f.At, "FirstAt": f.FirstAt}
	what := Reason{"station.stack." + string(f.Kind), args}
	if f.At > 0 && f.Kind != StackDoubled && f.Kind != StackSwapped {
		list := []Reason{{"station.stack.lies", args}}
		if f.Hint.Key != "" {
			what = f.Hint
		}
		return append(list, what)
	}
	list := []Reason{what}
	if f.Kind == StackDoubled {
		return list
	}
	switch {
	case f.Above != nil && f.Below != nil:
		list = append(list, Reason{"station.stack.between", hint.Args{"Above": f.Above.No, "Below": f.Below.No, "AboveAt": f.Above.At, "BelowAt": f.Below.At}})
	case f.Below != nil:
		list = append(list, Reason{"station.stack.top", hint.Args{"Below": f.Below.No}})
	case f.Above != nil:
		list = append(list, Reason{"station.stack.bottom", hint.Args{"Above": f.Above.No}})
	}
	return list
}

// Stack is one look through a stack of envelopes from top to bottom, one code of each or both. Nothing is written: the pairs are for the Verifier. It is
// safe for concurrent use.
type Stack struct {
	s     *Station
	batch string
	look  *Verifier

	mu    sync.Mutex
	lines *scan.Assembler
	order []StackPlace
	seen  []stackScan
}

// stackScan is an envelope and which of its codes were seen.
type stackScan struct {
	StackSeen
	mark, bars bool
}

// Stack begins the check of a stack; an unknown batch is refused.
func (s *Station) Stack(ctx context.Context, batch string) (*Stack, error) {
	if _, err := s.Batch(ctx, batch); err != nil {
		return nil, err
	}
	k := &Stack{s: s, batch: batch, look: s.Verifier(batch), lines: scan.NewAssembler(s.reader)}
	return k, k.load(ctx)
}

// load reads the order in which the batch was printed.
func (k *Stack) load(ctx context.Context) error {
	rows, err := k.s.store.Pieces(ctx, store.PieceQuery{Batch: k.batch})
	if err != nil {
		return err
	}
	k.order = k.order[:0]
	for _, row := range rows {
		p := StackPlace{ShPI: row.ShPI, No: row.Pos + 1}
		switch row.State {
		case postal.StatePrinted, postal.StateVerified, postal.StateHanded, postal.StateAccepted, postal.StateRefused, postal.StateDelivered:
		case postal.StateQueued, postal.StateUnknown:
			p.Unsure = true
		default: // not on paper, or not to be in the stack
			continue
		}
		k.order = append(k.order, p)
	}
	return nil
}

// Line takes one line of a scanner and answers the codes that became complete.
func (k *Stack) Line(ctx context.Context, line string) ([]ScanVerdict, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.takeAll(ctx, k.lines.Line(line))
}

// Flush answers what is held of a code.
func (k *Stack) Flush(ctx context.Context) ([]ScanVerdict, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.takeAll(ctx, k.lines.Flush())
}

// Undo takes the last envelope back, for one that was scanned twice by mistake; ok is false where there is none.
func (k *Stack) Undo() (last StackSeen, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := len(k.seen) - 1
	if n < 0 {
		return StackSeen{}, false
	}
	last = k.seen[n].StackSeen
	k.seen = k.seen[:n]
	return last, true
}

// Report compares what was seen so far with the batch; see CheckStack for whole.
func (k *Stack) Report(whole bool) StackReport {
	k.mu.Lock()
	defer k.mu.Unlock()
	seen := make([]StackSeen, len(k.seen))
	for i, s := range k.seen {
		seen[i] = s.StackSeen
	}
	r := CheckStack(k.order, seen, whole)
	r.Batch = k.batch
	return r
}

func (k *Stack) takeAll(ctx context.Context, readings []scan.Reading) (list []ScanVerdict, err error) {
	for _, reading := range readings {
		v, err := k.take(ctx, reading)
		if err != nil {
			return list, err
		}
		list = append(list, v)
	}
	return list, nil
}

// take asks the ledger about one code. What it cannot read is no envelope: it is scanned again.
func (k *Stack) take(ctx context.Context, reading scan.Reading) (ScanVerdict, error) {
	answer := ScanVerdict{Text: reading.Text, ShPI: postal.ShPI(reading.Piece())}
	if answer.ShPI == "" {
		answer.Verdict = scan.VerdictUnreadable
		if reading.Err != nil {
			answer.Hint = reasonOf(reading.Err)
		}
		return answer, nil
	}
	pair := scan.Pair{Piece: reading.Piece(), ShPI: reading}
	now := stackScan{bars: true}
	if reading.Kind == scan.KindMark {
		pair.Mark, pair.ShPI = reading, scan.Reading{}
		now = stackScan{mark: true}
	}
	row, verdict, why, err := k.look.look(ctx, pair)
	if err != nil {
		return answer, err
	}
	if verdict == scan.VerdictRepeat { // verified before: that is as it should be
		verdict, why = scan.VerdictOK, Reason{}
	}
	if verdict == scan.VerdictOK && row.State != "" && !slices.ContainsFunc(k.order, func(p StackPlace) bool { return p.ShPI == row.ShPI }) {
		if err := k.load(ctx); err != nil { // printed since the check began
			return answer, err
		}
	}
	answer.Verdict, answer.Hint = verdict, why
	now.StackSeen = StackSeen{answer.ShPI, verdict, why}
	if n := len(k.seen) - 1; n >= 0 && k.seen[n].ShPI == now.ShPI && (now.mark && !k.seen[n].mark || now.bars && !k.seen[n].bars) {
		last := &k.seen[n] // the other code of the same envelope
		last.mark, last.bars = true, true
		if last.Verdict == scan.VerdictOK {
			last.Verdict, last.Hint = now.Verdict, now.Hint
		}
		return answer, nil
	}
	k.seen = append(k.seen, now)
	return answer, nil
}
