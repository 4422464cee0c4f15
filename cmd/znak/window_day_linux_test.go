//go:build !nowindow

package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/cmd/znak/hands"
	"znak/printer/zpl/zpltest"
)

// scanner reads a code to the program, in one of the ways in which scanners are connected, and gives the moment of its last key or byte.
type scanner func(text string) (last time.Time, err error)

const (
	keyGap = 2 * time.Millisecond   // between two keys of the scanner that is a keyboard
	slower = 150 * time.Millisecond // a pause that no scanner makes: what is pressed after it is a person's
)

// wedge is a scanner that is a US keyboard, as it comes from its maker: Enter for a line end, and one after each code.
func (w *workplace) wedge(text string) (time.Time, error) {
	return w.Scan(strings.ReplaceAll(text, "\r\n", "\r")+"\r", keyGap)
}

// TestWindowWholeDay does the work of a day in the window with nothing but keys and scanners, from an empty data folder to letters that the post has taken in.
func TestWindowWholeDay(t *testing.T) {
	if _, err := exec.LookPath("setxkbmap"); err != nil {
		t.Skip("setxkbmap is not installed")
	}
	w := newWorkplace(t, sandbox.Options{Seed: 1})
	const batch, count = "501", 12
	labels, err := zpltest.Listen("127.0.0.1:0", zpltest.Params{DPI: 203, Pace: 40 * time.Millisecond, Rules: []zpltest.Rule{{Label: 5, Fault: zpltest.PaperOut}}})
	w.must(err)
	t.Cleanup(func() { _ = labels.Close() })
	cable, err := hands.NewCable()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = cable.Close() })
	w.command("", "printer", "add", "Zebra", "socket://"+labels.Addr(), "--default", "--slip", "4")
	w.command("", "scanner", "add", "Кабель", cable.Port)
	w.open()

	w.firstRun()

	// Choose a batch: F2 shows the first in line, the arrows walk through its letters.
	w.must(w.Press("F2"))
	w.turns(menuBatches, blue)
	w.must(w.Press("Down", "Down"))
	w.calm("batch")

	// Print. The printer runs out of paper at the fifth letter and goes on when there is some.
	w.must(w.Press("F2"))
	w.until("the printer has run dry", func() bool { return labels.Report().Torn > 0 })
	w.turns(faultPicture, grey)
	w.picture("fault")
	w.all(4, "printed", batch)
	labels.Clear(zpltest.PaperOut)
	w.all(count, "printed", batch)
	w.calm("printed")
	if n := len(labels.Labels()); n != count {
		t.Errorf("%d envelopes on paper for %d letters", n, count)
	}

	// Verify, with each kind of scanner. Something else than a letter of this batch must not pass.
	envelopes := w.envelopes(batch)
	w.must(w.Press("F3"))
	w.turns(verdictGround, grey)
	scanned := 0
	for _, one := range []struct {
		name, layout string
		read         scanner
	}{
		{"wedge", "us", w.wedge},
		{"wedge-russian", "ru", w.wedge},
		{"wedge-russian-lines", "ru", func(text string) (time.Time, error) { return w.Scan(text+"\r\n", keyGap) }}, // Ctrl+J for the line feed
		{"wedge-caps", "us", w.wedge},
		{"wedge-russian-caps", "ru", w.wedge},
		{"serial", "us", func(text string) (time.Time, error) { return cable.Send(text + "\r\n") }},
	} {
		w.layout(one.layout)
		caps := strings.HasSuffix(one.name, "caps")
		if caps {
			w.must(w.Press("Caps"))
		}
		for _, e := range envelopes[scanned : scanned+2] {
			w.reads(one.read, e[0], blue)
			w.reads(one.read, e[1], green)
		}
		w.reads(one.read, envelopes[scanned][0], orange) // again
		w.picture("verified-" + one.name)
		if caps {
			w.must(w.Press("Caps"))
		}
		scanned += 2
		if got := w.states(batch)["verified"]; got != scanned {
			t.Errorf("%s: %d letters are verified in the store, want %d", one.name, got, scanned)
		}
	}
	w.reads(w.wedge, "99999911000015", red) // of nobody's batch
	w.calm("foreign")

	w.spoilOne(batch, envelopes[2])
	if n := len(labels.Labels()); n != count+1 {
		t.Errorf("%d envelopes on paper after one reprint of %d letters", n, count)
	}

	// Hand over: all letters are verified, so F4 is alive here.
	w.all(count, "verified", batch)
	w.calm("complete")
	w.must(w.Press("F4"))
	w.all(count, "handed", batch)
	w.until("the post knows", func() bool { return w.box.Calls().Batches[batch].Checkins == 1 })
	w.calm("handed-over")

	// The next day the post has taken them in.
	w.must(w.box.Advance(24 * time.Hour))
	w.must(w.Press("F5"))
	w.all(count, "accepted", batch)

	// Money, by the menu: what was spent is what the letters' marks are worth.
	w.must(w.Press("Alt+1"))
	w.turns(menuToday, blue)
	w.calm("today")
	w.must(w.Press("Alt+6"))
	w.turns(menuMoney, blue)
	w.calm("money")
	w.spentOn(batch)

	w.leave()
	var audit struct{ OK bool }
	if w.read(&audit, "audit"); !audit.OK {
		t.Error("the ledger does not hold")
	}
	if n := w.box.Calls().Batches[batch].Checkins; n != 1 {
		t.Errorf("%d checkins", n)
	}
}

// reads scans a code and waits for the colour of the verdict. The colour must not be there before, so two codes in turn have two verdicts.
func (w *workplace) reads(read scanner, text string, verdict rgba) time.Duration {
	w.t.Helper()
	last, err := read(text)
	w.must(err)
	return w.turns(verdictGround, verdict).Sub(last)
}

// firstRun connects the account by hand: address, login, token and password are typed.
func (w *workplace) firstRun() {
	w.t.Helper()
	w.calm("first-run")
	w.must(w.Press("Tab", "Tab", "Tab", "Ctrl+A")) // the post's own address stands there
	for _, field := range []string{w.url, w.box.Login(), w.box.Token(), w.box.Password()} {
		_, err := w.Scan(field, 10*time.Millisecond)
		w.must(err)
		w.must(w.Press("Tab"))
	}
	w.picture("account")
	w.must(hands.Rest(w.ctx, slower))
	w.must(w.Press("Enter"))
	w.until("the batches are here", func() bool {
		var list []struct{ Name string }
		w.read(&list, "batches")
		return len(list) > 0
	})
	w.calm("guide")
}

// spoilOne makes an envelope void at the desk, by the scanner alone: it reads codes of the command sheet. The letter is printed once more, the spoiled envelope is
// shown as destroyed, the new one is verified.
func (w *workplace) spoilOne(batch string, envelope [2]string) {
	w.t.Helper()
	spoiled := func() bool { return w.states(batch)["spoiled"] == 1 }
	w.scansUntil(scan.CommandSpoiled.Text(), "the desk is open", func() bool { return w.shows(menuReprint, blue) })
	w.scansUntil(envelope[1], "the envelope is on the desk", func() bool { return !w.shows(deskReason, white) })
	w.calm("desk")
	w.scansUntil(scan.CommandTorn.Text(), "the reason is chosen", func() bool { return w.shows(deskReason, blue) })
	w.calm("reason")
	w.scansUntil(scan.CommandYes.Text(), "the envelope is void", spoiled)
	w.calm("spoiled")

	w.scansUntil(scan.CommandPrint.Text(), "the batch is in view", func() bool { return w.shows(menuBatches, blue) })
	w.calm("once-more")
	w.scansUntil(scan.CommandPrint.Text(), "it is printed again", func() bool { return !spoiled() && w.states(batch)["printed"] == 1 })
	w.calm("reprinted")

	w.scansUntil(scan.CommandDestroy.Text(), "the desk is open", func() bool { return w.shows(menuReprint, blue) })
	w.scansUntil(envelope[0], "the spoiled envelope is destroyed", func() bool {
		var owed []struct{ ShPI postal.ShPI }
		w.read(&owed, "spoiled")
		return len(owed) == 0
	})
	w.calm("destroyed")

	w.must(w.Press("Esc")) // to the batch
	w.turns(menuBatches, blue)
	w.must(w.Press("F3"))
	w.turns(verdictGround, grey, red) // or what stood there when the screen was left
	w.reads(w.wedge, envelope[0], blue)
	w.reads(w.wedge, envelope[1], green)
}

// scansUntil reads a code by the keyboard's scanner and waits for what comes of it. Only where the display itself has stuttered, as one under a real keyboard
// does not, is the code read again, as a clerk would.
func (w *workplace) scansUntil(text, what string, so func() bool) {
	w.t.Helper()
	for again := 3; ; again-- {
		_, err := w.wedge(text)
		w.must(err)
		stuttered := w.Gap > 35*time.Millisecond
		for end := time.Now().Add(4 * time.Second); stuttered && again > 0 && time.Now().Before(end) && !so(); {
			w.must(hands.Rest(w.ctx, 30*time.Millisecond))
		}
		if !stuttered || again == 0 || so() {
			w.until(what, so)
			return
		}
		w.t.Logf("%q is read again: the display held a key back for %v", text, w.Gap)
	}
}

// spentOn asks the ledger whether as much was spent as the letters of a batch are worth, and nothing is held for them.
func (w *workplace) spentOn(batch string) {
	w.t.Helper()
	type row struct {
		Key   string
		Held  postal.Kopecks `json:"held_kopecks"`
		Spent postal.Kopecks `json:"spent_kopecks"`
	}
	var money struct{ Rows []row }
	w.read(&money, "money", "--by", "batch")
	var pieces []struct {
		Value postal.Kopecks `json:"value_kopecks"`
	}
	w.read(&pieces, "pieces", batch)
	want := row{Key: batch}
	for _, p := range pieces {
		want.Spent += p.Value
	}
	if !slices.Contains(money.Rows, want) {
		w.t.Errorf("want %+v among %+v", want, money.Rows)
	}
}
