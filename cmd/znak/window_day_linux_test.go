//go:build !nowindow

package main

import (
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
	at, err := w.Scan(strings.ReplaceAll(text, "\r\n", "\r")+"\r", keyGap)
	if w.Gap > 20*time.Millisecond {
		w.t.Logf("GAP %v in %.30q", w.Gap, text)
	}
	return at, err
}

// TestWholeDay does the work of a day in the window with nothing but keys and scanners, from an empty data folder to letters that the post has taken in.
func TestWholeDay(t *testing.T) {
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
	if n := w.states(batch)["printed"]; n != 4 {
		t.Errorf("%d printed before the fault, the printer has put out 4", n)
	}
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
	for i, one := range []struct {
		name string
		read scanner
		from int
		to   int
	}{
		{"wedge", w.wedge, 0, 4},
		{"wedge-russian", w.wedge, 4, 8},
		{"serial", func(text string) (time.Time, error) { return cable.Send(text + "\r\n") }, 8, 12},
	} {
		w.layout([]string{"us", "ru", "us"}[i])
		for _, e := range envelopes[one.from:one.to] {
			w.reads(one.read, e[0], blue)
			w.reads(one.read, e[1], green)
		}
		if got := w.states(batch)["verified"]; got != one.to {
			t.Errorf("%s: %d letters are verified in the store, want %d", one.name, got, one.to)
		}
		w.reads(one.read, envelopes[one.from][0], orange) // again
		w.picture("verified-" + one.name)
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
	w.until("Esc leads home", func() bool {
		w.must(w.Press("Esc"))
		c, err := w.Colour(menuToday.x, menuToday.y)
		w.must(err)
		return c == blue
	})
	w.calm("today")
	w.must(w.Press("Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Enter"))
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
	w.must(w.Press("Tab", "Tab", "Tab"))
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
	command := func(c scan.Command) {
		w.t.Helper()
		_, err := w.wedge(c.Text())
		w.must(err)
	}
	command(scan.CommandSpoiled)
	w.turns(menuReprint, blue)
	_, err := w.wedge(envelope[1])
	w.must(err)
	w.calm("desk")
	command(scan.CommandTorn)
	w.calm("reason")
	command(scan.CommandYes)
	w.all(1, "spoiled", batch)
	w.calm("spoiled")

	command(scan.CommandPrint)
	w.turns(menuBatches, blue)
	w.calm("once-more")
	command(scan.CommandPrint)
	w.until("it is printed again", func() bool { return w.states(batch)["spoiled"] == 0 && w.states(batch)["printed"] == 1 })
	w.calm("reprinted")

	command(scan.CommandDestroy)
	w.turns(menuReprint, blue)
	_, err = w.wedge(envelope[0])
	w.must(err)
	w.until("the spoiled envelope is destroyed", func() bool {
		var owed []struct{ ShPI postal.ShPI }
		w.read(&owed, "spoiled")
		return len(owed) == 0
	})
	w.calm("destroyed")

	w.must(w.Press("Esc", "F3"))
	w.turns(verdictGround, grey, red) // or what stood there when the screen was left
	w.reads(w.wedge, envelope[0], blue)
	w.reads(w.wedge, envelope[1], green)
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
