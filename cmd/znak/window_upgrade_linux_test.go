//go:build !nowindow

package main

import (
	"context"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// While the records of an older program are brought up to date a small window stands, which a click on the cross does not take away and a second start brings
// to the front; then the ordinary one takes its place.
func TestWindowUpgrade(t *testing.T) {
	if testing.Short() {
		t.Skip("opens real windows")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	data, display := olderRecords(t), screen(ctx, t)
	let := upgradeHeld(t, data)
	w := stand(ctx, t, data, display)
	if _, _, width, height := w.at(); width >= 1000 || height >= 500 {
		t.Errorf("the first window is %d×%d", width, height)
	}
	if err := w.CloseWindow(); err != nil {
		t.Fatal(err)
	}
	second := starts(ctx, t, data, display)
	if err := second.ends(); err != nil || !strings.Contains(second.said(), "уже открыто") {
		t.Errorf("second start: %v\n%s", err, second.said())
	}
	if w.program.gone(time.Second) {
		t.Fatalf("closed in the middle\n%s", w.program.said())
	}
	let()
	for width := 0; width < 1000; time.Sleep(50 * time.Millisecond) {
		if ctx.Err() != nil {
			t.Fatalf("the ordinary window does not come\n%s", w.program.said())
		}
		if list := strings.Fields(w.xdotool("search", "--onlyvisible", "--name", ".")); len(list) == 1 {
			w.window = list[0]
			_, _, width, _ = w.at()
		}
	}
	time.Sleep(time.Second) // it settles
	if err := w.Find(ctx); err != nil {
		t.Fatal(err)
	}
	w.leave()
	if copies, _ := filepath.Glob(filepath.Join(data, "*.schema-6-before-*.bak")); len(copies) != 1 || schemaOf(t, data) <= 6 || strings.Contains(w.program.said(), "panic") {
		t.Errorf("copies %v; schema %d\n%s", copies, schemaOf(t, data), w.program.said())
	}
}

// The computer is shut down meanwhile: the program ends well, and the records are as they were.
func TestWindowUpgradeTerminated(t *testing.T) {
	if testing.Short() {
		t.Skip("opens real windows")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	data, display := olderRecords(t), screen(ctx, t)
	upgradeHeld(t, data)
	w := stand(ctx, t, data, display)
	if err := w.program.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := w.program.ends(); err != nil || strings.Contains(w.program.said(), "panic") {
		t.Errorf("%v\n%s", err, w.program.said())
	}
	if schema := schemaOf(t, data); schema != 6 {
		t.Errorf("schema %d", schema)
	}
}
