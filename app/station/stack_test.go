package station

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"znak/app/postal"
	"znak/app/scan"
)

// stackOf is a batch of n pieces and the stack they make; the numbers are invented.
func stackOf(n int) (order []StackPlace, seen []StackSeen) {
	for i := range n {
		id := postal.ShPI(fmt.Sprintf("9999990%07d", i))
		order = append(order, StackPlace{ShPI: id, No: i + 1})
		seen = append(seen, StackSeen{ShPI: id, Verdict: scan.VerdictOK})
	}
	return order, seen
}

// planted is what was done to a stack. Moved pieces were taken out and put in elsewhere.
type planted struct{ missing, unsure, doubled, moved, foreign, stale map[postal.ShPI]bool }

func plant(rnd *rand.Rand, order []StackPlace, seen []StackSeen, each int) ([]StackSeen, planted) {
	p := planted{map[postal.ShPI]bool{}, map[postal.ShPI]bool{}, map[postal.ShPI]bool{}, map[postal.ShPI]bool{}, map[postal.ShPI]bool{}, map[postal.ShPI]bool{}}
	chosen := rnd.Perm(len(order))
	take := func(id postal.ShPI) StackSeen {
		i := slices.IndexFunc(seen, func(s StackSeen) bool { return s.ShPI == id })
		s := seen[i]
		seen = slices.Delete(seen, i, i+1)
		return s
	}
	put := func(s StackSeen) { seen = slices.Insert(seen, rnd.IntN(len(seen)+1), s) }
	next := func() postal.ShPI {
		id := order[chosen[0]].ShPI
		chosen = chosen[1:]
		return id
	}
	for range each {
		id := next()
		take(id)
		p.missing[id] = true
		order[slices.IndexFunc(order, func(s StackPlace) bool { return s.ShPI == id })].Unsure = rnd.IntN(4) == 0
		if order[slices.IndexFunc(order, func(s StackPlace) bool { return s.ShPI == id })].Unsure {
			delete(p.missing, id)
			p.unsure[id] = true
		}

		id = next()
		p.moved[id] = true
		put(take(id))

		id = next() // the old copy lies where the good one should
		i := slices.IndexFunc(seen, func(s StackSeen) bool { return s.ShPI == id })
		seen[i].Verdict = scan.VerdictStale
		p.stale[id], p.missing[id] = true, true
	}
	for range each {
		id := next()
		p.doubled[id] = true
		put(StackSeen{ShPI: id, Verdict: scan.VerdictOK})

		id = postal.ShPI(fmt.Sprintf("8888880%07d", rnd.IntN(1e6)))
		p.foreign[id] = true
		put(StackSeen{ShPI: id, Verdict: scan.VerdictForeign})
	}
	if rnd.IntN(2) == 0 {
		slices.Reverse(seen)
	}
	return seen, p
}

// repaired does what the report says and must give the whole batch in its order.
func repaired(t *testing.T, order []StackPlace, seen []StackSeen, r StackReport) {
	t.Helper()
	type leaf struct {
		id postal.ShPI
		at int
	}
	out := map[int]bool{}
	for _, f := range r.Faults {
		out[f.At] = true
	}
	var stack []leaf
	for i, s := range seen {
		if !out[i+1] {
			stack = append(stack, leaf{s.ShPI, i + 1})
		}
	}
	var back []StackFault
	for _, f := range r.Faults {
		if f.Kind == StackMissing || f.Kind == StackUnsure || f.Kind == StackSwapped {
			back = append(back, f)
		}
	}
	slices.SortFunc(back, func(a, b StackFault) int { // pieces of one gap go in from its upper end
		if r.Reversed {
			return b.No - a.No
		}
		return a.No - b.No
	})
	for _, f := range back {
		i := len(stack)
		if f.Below != nil {
			i = slices.IndexFunc(stack, func(l leaf) bool { return l.at == f.Below.At && l.id == f.Below.ShPI })
		}
		if i < 0 {
			t.Fatalf("%+v lies below nothing", f)
		}
		stack = slices.Insert(stack, i, leaf{f.ShPI, -1})
	}
	if r.Reversed {
		slices.Reverse(stack)
	}
	if len(stack) != len(order) {
		t.Fatalf("%d envelopes after the repair, want %d", len(stack), len(order))
	}
	for i, l := range stack {
		if l.id != order[i].ShPI {
			t.Fatalf("after the repair %s lies where %s should", l.id, order[i].ShPI)
		}
	}
}

// Every planted error is found and nothing else is called wrong, for stacks of a thousand that lie either way up.
func TestStackFindsPlantedErrors(t *testing.T) {
	seeds := 200
	if testing.Short() {
		seeds = 20
	}
	base := uint64(time.Now().UnixNano())
	found := 0
	for i := range seeds {
		seed := base + uint64(i)
		rnd := rand.New(rand.NewPCG(seed, 5))
		order, seen := stackOf(1000)
		seen, p := plant(rnd, order, seen, rnd.IntN(12))
		r := CheckStack(order, seen, true)
		if t.Failed() {
			t.Fatalf("seed %d", seed-1)
		}
		got := map[StackFaultKind]map[postal.ShPI]bool{}
		for _, f := range r.Faults {
			if got[f.Kind] == nil {
				got[f.Kind] = map[postal.ShPI]bool{}
			}
			if got[f.Kind][f.ShPI] && f.Kind != StackDoubled {
				t.Errorf("%s %s twice", f.Kind, f.ShPI)
			}
			got[f.Kind][f.ShPI] = true
			if f.At > 0 && seen[f.At-1].ShPI != f.ShPI {
				t.Errorf("%s %s is not at %d", f.Kind, f.ShPI, f.At)
			}
			found++
		}
		same := func(kind StackFaultKind, want map[postal.ShPI]bool) {
			t.Helper()
			if len(got[kind]) != len(want) {
				t.Errorf("seed %d: %d %s, want %d", seed, len(got[kind]), kind, len(want))
			}
			for id := range want {
				if !got[kind][id] {
					t.Errorf("seed %d: %s %s not found", seed, kind, id)
				}
			}
		}
		same(StackMissing, p.missing)
		same(StackUnsure, p.unsure)
		same(StackDoubled, p.doubled)
		same(StackForeign, p.foreign)
		same(StackStale, p.stale)
		// Of two neighbours that changed places either is the swapped one, and a piece may have come back to its place: never more than were moved.
		if n := len(got[StackSwapped]); n > len(p.moved) {
			t.Errorf("seed %d: %d swapped, %d were moved", seed, n, len(p.moved))
		}
		repaired(t, order, seen, r)
	}
	t.Logf("%d faults found in %d stacks of 1,000 from seed %d", found, seeds, base)
}

func TestStackPlaces(t *testing.T) {
	order, seen := stackOf(60)
	seen = slices.Delete(seen, 41, 42) // no. 42
	r := CheckStack(order, seen, true)
	if len(r.Faults) != 1 || r.Faults[0].Kind != StackMissing || r.Faults[0].No != 42 || r.Faults[0].Above.No != 41 || r.Faults[0].Below.No != 43 || r.Faults[0].Below.At != 42 {
		t.Errorf("%+v", r.Faults)
	}
	slices.Reverse(seen)
	r = CheckStack(order, seen, true)
	if !r.Reversed || len(r.Faults) != 1 || r.Faults[0].Above.No != 43 || r.Faults[0].Below.No != 41 || r.Faults[0].Above.At != 18 {
		t.Errorf("reversed: %+v", r.Faults)
	}

	// Half way through nothing is missed that may come.
	order, seen = stackOf(60)
	if r := CheckStack(order, seen[20:40], false); len(r.Faults) != 0 || r.Right != 20 || r.Whole() == false {
		t.Errorf("half way: %+v", r)
	}
	if r := CheckStack(order, append(seen[:10:10], seen[11:20]...), false); len(r.Faults) != 1 || r.Faults[0].No != 11 {
		t.Errorf("a gap half way: %+v", r.Faults)
	}
	if r := CheckStack(order, seen[:40], true); len(r.Faults) != 20 || r.Faults[0].Above.No != 40 || r.Faults[0].Below != nil {
		t.Errorf("ended early: %+v", r.Faults)
	}

	// A stack in no order: places mean nothing, what is missing is still found.
	rnd := rand.New(rand.NewPCG(1, 1))
	order, seen = stackOf(300)
	rnd.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
	gone := seen[7].ShPI
	seen = slices.Delete(seen, 7, 8)
	r = CheckStack(order, seen, true)
	if !r.Shuffled || r.Whole() || len(r.Faults) != 1 || r.Faults[0].ShPI != gone || r.Faults[0].Above != nil {
		t.Errorf("shuffled: %v %+v", r.Shuffled, r.Faults)
	}
	if r := CheckStack(nil, nil, true); r.Whole() || len(r.Faults) != 0 {
		t.Errorf("nothing: %+v", r)
	}
}

// FuzzStack: whatever lies in a stack, what the report says to do gives the batch.
func FuzzStack(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4})
	f.Add([]byte{4, 3, 2, 2, 0, 200})
	f.Fuzz(func(t *testing.T, data []byte) {
		order, all := stackOf(20)
		var seen []StackSeen
		for _, b := range data {
			if int(b) < len(all) {
				seen = append(seen, all[b])
			} else {
				seen = append(seen, StackSeen{ShPI: "88888800000000", Verdict: scan.VerdictForeign})
			}
		}
		CheckStack(order, seen, false)
		if r := CheckStack(order, seen, true); !r.Shuffled {
			repaired(t, order, seen, r)
		}
	})
}

func BenchmarkStack1000(b *testing.B) {
	order, seen := stackOf(1000)
	seen, _ = plant(rand.New(rand.NewPCG(1, 2)), order, seen, 10)
	for b.Loop() {
		CheckStack(order, seen, true)
	}
}
