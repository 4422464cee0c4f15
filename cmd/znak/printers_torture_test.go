//go:build linux

package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"znak/app/boundary"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan/picture"
	"znak/printer/cups/cupstest"
	"znak/printer/zpl/zpltest"
)

// rig is a real kind of printer with a record of its own, in which the test reads what came out.
type rig struct {
	name  string
	uri   string
	paper func() []string // the ШПИ of what came out, in order
	fault func(n int)     // something happens to the printer; n chooses what
	clear func()          // a person puts it right
	idle  func() bool     // it holds nothing that may still come out
}

// TestTorturePrinters kills the program while it prints to each real kind of printer, with faults of the printer in between. After each kill a person
// looks at the paper and says of the unknown pieces what is true; at the end every piece came out once: none twice, none lost.
func TestTorturePrinters(t *testing.T) {
	if !boundary.Armed {
		t.Skip("needs the build tag torture: make torture")
	}
	kills, seed := number(t, "ZNAK_TORTURE_PRINTER_KILLS", 12), uint64(number(t, "ZNAK_TORTURE_SEED", int(time.Now().UnixNano()%1_000_000)))
	t.Logf("ZNAK_TORTURE_SEED=%d", seed)
	for name, make := range map[string]func(*testing.T) *rig{"socket": newLabelRig, "cups": newCupsRig} {
		t.Run(name, func(t *testing.T) { torturePrinter(t, make(t), kills, seed) })
	}
}

func torturePrinter(t *testing.T, r *rig, kills int, seed uint64) {
	began := time.Now()
	v := newVictim(t, seed, sandbox.Options{Pieces: 60})
	v.must(v.run(order{args: []string{"printer", "add", r.name, r.uri, "--slip", "7", "--default"}}))
	faults, batches, pieces := 0, 0, 0
	for v.fig.Kills < kills {
		if batches > 0 {
			v.box.NewDay()
		}
		v.must(v.run(order{args: []string{"pull"}}))
		for _, b := range v.box.Account().Batches {
			if b.Status != "CREATED" || b.Purpose != sandbox.PurposeFit || v.count(b.Name, postal.StatePrinted) == b.Pieces {
				continue
			}
			batches, pieces = batches+1, pieces+b.Pieces
			for tries := 0; v.count(b.Name, postal.StatePrinted) < b.Pieces; tries++ {
				if tries > 60 {
					t.Fatalf("batch %s does not end: %v", b.Name, v.pieces(b.Name))
				}
				if v.rng.IntN(4) == 0 {
					r.fault(v.rng.IntN(100))
					faults++
				}
				v.broken(b.Name)
				r.clear()
				v.settleByEye(t, r, b.Name)
			}
			if got := once(t, r.paper()); got < pieces {
				t.Fatalf("%d of %d came out", got, pieces)
			}
		}
	}
	t.Logf("%s: %d kills (%d at boundaries), %d faults of the printer, %d pieces, each on paper once, %d s", r.name, v.fig.Kills, v.fig.AtBoundaries, faults, pieces,
		int(time.Since(began).Seconds()))
	fmt.Printf("torture %s: %d kills (%d at boundaries), %d faults of the printer, %d pieces, %d commands, %d s, seed %d\n", r.name, v.fig.Kills, v.fig.AtBoundaries,
		faults, pieces, v.fig.Commands, int(time.Since(began).Seconds()), seed)
}

// broken prints, and lets the program be killed at a boundary or at a random instant, or lets it be.
func (v *victim) broken(batch string) {
	v.t.Helper()
	o := order{args: []string{"print", batch, "--wait", "1s"}}
	switch dice := v.rng.IntN(10); {
	case dice < 4:
		passes := []boundary.Name{boundary.RunOpened, boundary.JobOpened, boundary.IntentBefore, boundary.IntentAfter, boundary.PageSent, boundary.FinishBefore,
			boundary.SettleBefore, boundary.SettleAfter, boundary.RunClosed}
		o.at, o.turn = leastMet(v.met, passes), 1+v.rng.IntN(3)
	case dice < 8:
		o.after = 20*time.Millisecond + time.Duration(v.rng.Int64N(int64(900*time.Millisecond)))
	}
	done := v.run(o)
	switch {
	case done.killed && o.at != "":
		v.fig.Kills, v.fig.AtBoundaries = v.fig.Kills+1, v.fig.AtBoundaries+1
		v.met[o.at]++
	case done.killed:
		v.fig.Kills, v.fig.AtRandom = v.fig.Kills+1, v.fig.AtRandom+1
	case done.code != exitDone && done.code != exitPerson && done.code != exitRefused && done.code != exitStation:
		v.t.Fatal(done)
	}
}

// settleByEye is the person: what is unknown is looked up on the paper, when the printer holds nothing any more.
func (v *victim) settleByEye(t *testing.T, r *rig, batch string) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		v.must(v.run(order{args: []string{"status"}})) // a start settles what the printer can tell
		if r.idle() && v.count(batch, postal.StateQueued) == 0 {
			break
		}
		if time.Now().After(deadline) {
			v.run(order{args: []string{"printer", "cancel", r.name}})
			deadline = time.Now().Add(30 * time.Second)
		}
		time.Sleep(50 * time.Millisecond)
	}
	out := map[string]bool{}
	for _, id := range r.paper() {
		out[id] = true
	}
	once(t, r.paper())
	for _, row := range v.pieces(batch) {
		switch {
		case row.State == postal.StateUnknown && out[string(row.ShPI)]:
			v.must(v.run(order{args: []string{"declare", string(row.ShPI), "--printed"}}))
		case row.State == postal.StateUnknown:
			v.must(v.run(order{args: []string{"declare", string(row.ShPI), "--not-printed"}}))
		case row.State == postal.StatePrinted && !out[string(row.ShPI)]:
			t.Fatalf("the ledger says that %s is printed, and it is not on paper", row.ShPI)
		case row.State == postal.StatePulled && out[string(row.ShPI)]:
			t.Fatalf("%s is on paper and the ledger says that it is not", row.ShPI)
		}
	}
	var report struct{ OK bool }
	audit := v.must(v.run(order{args: []string{"audit"}}))
	if !strings.Contains(string(audit.out), `"ok":true`) {
		t.Fatal(report, audit)
	}
}

// once makes sure that nothing came out twice, and answers how many did.
func once(t *testing.T, paper []string) int {
	t.Helper()
	seen := map[string]bool{}
	for _, id := range paper {
		if id == "" {
			t.Fatal("an envelope without a readable ШПИ came out")
		}
		if seen[id] {
			t.Fatalf("%s came out twice", id)
		}
		seen[id] = true
	}
	return len(seen)
}

// newLabelRig is the virtual ZPL printer on a socket.
func newLabelRig(t *testing.T) *rig {
	p, err := zpltest.Listen("127.0.0.1:0", zpltest.Params{DPI: 203, Pace: 15 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	var ids []string
	read := func() []string {
		labels := p.Labels()
		for _, l := range labels[len(ids):] {
			ids = append(ids, shpiOf(t, l.ZPL))
		}
		return ids
	}
	faults := []zpltest.Fault{zpltest.Jam, zpltest.PaperOut, zpltest.RibbonOut, zpltest.DoorOpen, zpltest.Cut}
	return &rig{name: "label", uri: "socket://" + p.Addr(), paper: read,
		fault: func(n int) {
			label := len(p.Labels()) + 1 + n%9
			p.Script([]zpltest.Rule{{Label: label, Fault: faults[n%len(faults)]}})
		},
		clear: func() { p.Script(nil); p.Clear() },
		idle:  func() bool { return p.Idle(time.Second) },
	}
}

// shpiOf reads the ШПИ from a label's picture, as a scanner would.
func shpiOf(t *testing.T, label []byte) string {
	t.Helper()
	img, err := zpltest.Render(label)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range picture.Find(img) {
		if id, err := postal.ParseShPI(code.Text); err == nil {
			return string(id)
		}
	}
	return ""
}

// newCupsRig is a real cupsd with a backend that does as it is told.
func newCupsRig(t *testing.T) *rig {
	s := cupstest.Start(t)
	q := s.Fault(t, "envelopes", cupstest.Options{Counts: true, Pace: 15})
	if err := os.Setenv("CUPS_SERVER", s.Sock); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Unsetenv("CUPS_SERVER") })
	modes := []string{"wait %d media-empty-error", "wait %d media-jam-error", "exit %d 1", "crash %d", "wait %d offline-report"}
	return &rig{name: "office", uri: "cups://envelopes", paper: func() []string { return q.Paper(t) },
		fault: func(n int) { q.Mode(t, fmt.Sprintf(modes[n%len(modes)], 1+n%5)) },
		clear: func() { q.Mode(t, "ok") },
		idle:  func() bool { return true },
	}
}
