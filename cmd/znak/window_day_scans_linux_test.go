//go:build !nowindow

package main

import (
	"slices"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/cmd/znak/hands"
)

// TestScansOfAnHour types scans into the window without a pause, faster than any clerk reads envelopes, and finds each in the store. ZNAK_SCANS says how many
// (100; an hour's work is 2000). Of thirty of them it measures the time from the last key to the verdict on the screen; what a clerk feels is in the log.
func TestScansOfAnHour(t *testing.T) {
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
	slices.Sort(late)
	t.Logf("last key to verdict on the screen, painted by software, %d scans: %v at least, %v in the middle, %v at most", len(late),
		late[0].Round(time.Millisecond), late[len(late)/2].Round(time.Millisecond), late[len(late)-1].Round(time.Millisecond))

	began := time.Now()
	for _, e := range envelopes[measured:] {
		for _, text := range e {
			_, err := w.wedge(text)
			w.must(err)
		}
	}
	typed := time.Since(began)
	w.all(len(envelopes), "verified", batch)
	took := time.Since(began)
	w.calm("scanned")
	scans := 2 * pieces
	t.Logf("%d scans typed in %v, all in the store after %v: %.0f an hour", scans, typed.Round(time.Millisecond), took.Round(time.Millisecond), float64(scans)/took.Hours())
	w.leave()
}

// TestSerialVerdict measures the same for a scanner at a serial port, which does not say where a code ends: silence does.
func TestSerialVerdict(t *testing.T) {
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
	slices.Sort(late)
	t.Logf("last byte to verdict on the screen, painted by software, %d scans: %v at least, %v in the middle, %v at most", len(late),
		late[0].Round(time.Millisecond), late[len(late)/2].Round(time.Millisecond), late[len(late)-1].Round(time.Millisecond))
	w.all(count, "verified", batch)
	w.leave()
}
