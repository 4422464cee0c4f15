package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"znak/app/boundary"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/store"
)

// TestProcessesSideBySide lets two and three processes work in one data folder at once, the same batch or another, and kills some of them. Whatever
// the interleaving, what holds after a kill holds after each round, and the day can be brought to its end. ZNAK_TORTURE_ROUNDS says how many rounds (20).
func TestProcessesSideBySide(t *testing.T) {
	if !boundary.Armed {
		t.Skip("needs the build tag torture: make torture")
	}
	rounds, seed := number(t, "ZNAK_TORTURE_ROUNDS", 20), uint64(number(t, "ZNAK_TORTURE_SEED", int(time.Now().UnixNano()%1_000_000)))
	t.Logf("ZNAK_TORTURE_SEED=%d", seed)
	began := time.Now()
	v := newVictim(t, seed, sandbox.Options{Pieces: 24})
	codes := map[int]int{}
	const daily = 60 // rounds of disorder before a day is put in order
	for done := 0; done < rounds; {
		if done > 0 {
			v.box.NewDay()
		}
		v.must(v.run(order{args: []string{"pull"}}))
		for today := 0; today < daily && done < rounds; today++ {
			orders := make([]order, 2+v.rng.IntN(2))
			for i := range orders {
				orders[i] = v.someOrder(v.openBatches())
			}
			for _, one := range v.together(orders) {
				if !one.killed {
					codes[one.code]++
				}
			}
			v.resume()
			done++
		}
		v.finish()
	}
	fmt.Printf("side by side: %d rounds, %d commands, %d kills, exit codes %v, %d envelopes on paper, %d reprints asked for, %.0f s, seed %d\n",
		rounds, v.fig.Commands, v.fig.Kills, codes, v.paper.pages(), sum(v.wanted), time.Since(began).Seconds(), seed)
}

// openBatches are the names of those that can be worked on and are not handed over yet.
func (v *victim) openBatches() (list []string) {
	v.t.Helper()
	for _, b := range v.box.Account().Batches {
		if b.Purpose != sandbox.PurposeFit && b.Purpose != sandbox.PurposeMarksChange {
			continue
		}
		if rows := v.pieces(b.Name); slices.ContainsFunc(rows, func(r store.PieceRow) bool {
			return r.State != postal.StateHanded && r.State != postal.StateAccepted
		}) {
			list = append(list, b.Name)
		}
	}
	return list
}

// someOrder is any of the commands of a day, in no sensible order; one in six is killed.
func (v *victim) someOrder(batches []string) order {
	v.t.Helper()
	batch := ""
	if len(batches) > 0 {
		batch = batches[v.rng.IntN(min(2, len(batches)))]
	}
	var stale, owed []store.PieceRow
	if batch != "" {
		for _, row := range v.pieces(batch) {
			if row.State == postal.StateStale {
				stale = append(stale, row)
			}
			if row.Owed > 0 {
				owed = append(owed, row)
			}
		}
	}
	if batch != "" && v.rng.IntN(12) == 0 {
		if owed := v.owed(batch); len(owed) > 0 {
			return v.destroying(owed)
		}
	}
	o := order{args: []string{"sync"}}
	switch dice := v.rng.IntN(100); {
	case batch == "" || dice < 12:
	case len(owed) > 0 && dice < 30:
		return order{args: []string{"destroyed", string(owed[v.rng.IntN(len(owed))].ShPI)}}
	case len(stale) > 0 && dice < 60: // each envelope of them is a command: they must not take up the whole evening
		return v.someReprint(stale)
	case dice < 42:
		o.args = []string{"print", batch, "--limit", strconv.Itoa(1 + v.rng.IntN(12))}
	case dice < 67:
		o = v.someScans(batch)
	case dice < 77:
		o.args = []string{"pull"}
	case dice < 87:
		o.args = []string{"handover", batch}
	case dice < 90:
		o.args = []string{"audit"}
	case dice < 92 && v.rng.IntN(4) == 0:
		if err := v.box.ChangeMarks(batch); err != nil {
			v.t.Fatal(err)
		}
		o.args = []string{"pull"}
	default:
		return v.someReprint(v.pieces(batch))
	}
	if v.rng.IntN(6) == 0 {
		o.after = 10*time.Millisecond + time.Duration(v.rng.Int64N(int64(150*time.Millisecond)))
	}
	return o
}

// someReprint asks for a reprint of one of the pieces, whatever its state.
func (v *victim) someReprint(rows []store.PieceRow) order {
	id := rows[v.rng.IntN(len(rows))].ShPI
	v.wanted[id]++
	return order{args: []string{"reprint", string(id), "--reason", "порван"}}
}

// someScans shows the newest envelope of some pieces, verified ones too.
func (v *victim) someScans(batch string) order {
	var typed strings.Builder
	for _, row := range v.pieces(batch) {
		if copies := v.paper.copies(row.ShPI); len(copies) > 0 && v.rng.IntN(3) > 0 {
			last := copies[len(copies)-1]
			fmt.Fprintf(&typed, "%s\n%s\n", last[0], last[1])
		}
	}
	return order{args: []string{"verify", batch}, input: typed.String()}
}

// together runs the orders at once. The exit code 5 is nobody's right: another process at work is no trouble of the station.
func (v *victim) together(orders []order) []outcome {
	v.t.Helper()
	ends := make([]outcome, len(orders))
	starts := make([]time.Duration, len(orders))
	for i := range starts {
		starts[i] = time.Duration(v.rng.Int64N(int64(60 * time.Millisecond)))
	}
	var all sync.WaitGroup
	for i, o := range orders {
		all.Go(func() {
			time.Sleep(starts[i])
			ends[i] = v.run(o)
		})
	}
	all.Wait()
	for _, end := range ends {
		switch {
		case end.killed:
			v.fig.Kills++
			v.fig.AtRandom++
		case end.code == exitUsage || end.code == exitStation:
			v.t.Fatalf("side by side with %d others: %v", len(orders)-1, end)
		}
	}
	return ends
}
