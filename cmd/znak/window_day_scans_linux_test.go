//go:build !nowindow

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/cmd/znak/hands"
)

// TestWindowScansOfAnHour types scans into the window without a pause, faster than any clerk reads envelopes, and finds each in the store. ZNAK_SCANS says how many
// (100; an hour's work is 2000). Of thirty of them it measures the time from the last key to the verdict on the screen; what a clerk feels is in the log.
func TestWindowScansOfAnHour(t *testing.T) {
	pieces := number(t, "ZNAK_SCANS", 100) / 2 // two codes an envelope
	const measured = 15
	w := newWorkplace(t, sandbox.Options{Seed: 2, Pieces: pieces + measured}).withAccount()
	const batch = "501"
	w.command("", "pull")
	w.command("", "print", batch)
	envelopes := w.envelopes(batch)
	w.open()
	w.must(w.Calm(w.ctx))
	w.must(w.Press("F3"))
	w.turns(verdictGround, grey)

	var late []time.Duration
	for _, e := range envelopes[:measured] {
		late = append(late, w.reads(w.wedge, e[0], blue), w.reads(w.wedge, e[1], green))
	}
	tellDelays(t, "last key", late)

	began, held := time.Now(), time.Duration(0)
	for _, e := range envelopes[measured:] {
		for _, text := range e {
			_, err := w.wedge(text)
			w.must(err)
			held = max(held, w.Gap)
		}
	}
	t.Logf("the display held a key back for %v at most", held)
	typed := time.Since(began)
	w.all(len(envelopes), "verified", batch)
	took := time.Since(began)
	w.calm("scanned")
	scans := 2 * pieces
	t.Logf("%d scans typed in %v, all in the store after %v: %.0f an hour", scans, typed.Round(time.Millisecond), took.Round(time.Millisecond), float64(scans)/took.Hours())
	w.leave()
}

// TestWindowSerialVerdict measures the same for a scanner at a serial port, which does not say where a code ends: silence does.
func TestWindowSerialVerdict(t *testing.T) {
	const batch, count = "501", 15
	w := newWorkplace(t, sandbox.Options{Seed: 3, Pieces: count}).withAccount()
	cable, err := hands.NewCable()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = cable.Close() })
	w.command("", "scanner", "add", "Кабель", cable.Port)
	w.command("", "pull")
	w.command("", "print", batch)
	w.open()
	w.must(w.Calm(w.ctx))
	w.must(w.Press("F3"))
	w.turns(verdictGround, grey)
	read := func(text string) (time.Time, error) { return cable.Send(text + "\r\n") }
	var late []time.Duration
	for _, e := range w.envelopes(batch) {
		late = append(late, w.reads(read, e[0], blue), w.reads(read, e[1], green))
	}
	tellDelays(t, "last byte", late)
	w.all(count, "verified", batch)
	w.leave()
}

// tellDelays puts into the log how long verdicts took.
func tellDelays(t *testing.T, from string, late []time.Duration) {
	t.Helper()
	slices.Sort(late)
	shown := func(i int) time.Duration { return late[i].Round(time.Millisecond) }
	t.Logf("%s to verdict on the screen, painted by software, %d scans: %v at least, %v in the middle, %v at most", from, len(late), shown(0), shown(len(late)/2), shown(len(late)-1))
}

// TestWindowTornScan lets the keyboard's scanner stop in the middle of a line, as a busy computer makes it look, and go on: the letter is read all the same.
func TestWindowTornScan(t *testing.T) {
	const batch = "501"
	w := newWorkplace(t, sandbox.Options{Seed: 5, Pieces: 1}).withAccount()
	w.command("", "pull")
	w.command("", "print", batch)
	w.open()
	w.must(w.Calm(w.ctx))
	w.must(w.Press("F3"))
	w.turns(verdictGround, grey)
	e := w.envelopes(batch)[0]
	const half = 12
	_, err := w.Scan(e[0][:half], keyGap)
	w.must(err)
	w.must(hands.Rest(w.ctx, slower))
	w.reads(func(text string) (time.Time, error) {
		return w.Scan(strings.ReplaceAll(text, "\r\n", "\r")+"\r", 2*keyGap)
	}, e[0][half:], blue)
	w.reads(w.wedge, e[1], green)
	w.all(1, "verified", batch)
	w.leave()
}
