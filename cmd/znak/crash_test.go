package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// hangs is a program that does not end after its window has closed; its argument is the data folder.
func hangs() {
	if _, err := catchCrash(os.Args[1]); err != nil {
		panic(err)
	}
	mustEnd(100 * time.Millisecond)
	waitsForever()
}

func waitsForever() { select {} }

// A program that does not end by itself is ended, and the next start has a report of what it waited for.
func TestEndsAlways(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "hangs", dir).CombinedOutput(); err == nil || ctx.Err() != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file, err := lastCrash(dir)
	if err != nil || file == "" {
		t.Fatalf("no report: %v", err)
	}
	raw, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(raw, []byte("does not end")) || !bytes.Contains(raw, []byte("waitsForever")) {
		t.Errorf("%v\n%s", err, raw)
	}
}

// Names, addresses and numbers of letters do not get into a report; the places in the program do.
func TestCrashIsMasked(t *testing.T) {
	trace := "panic: no place for \"Ёлкин Пётр\" at Ромашковая, 5: 99999911000015\n\ngoroutine 1 [running]:\nznak/app/ui.(*Window).build(0xc000123456)\n\t/home/ivanova/znak/app/ui/window.go:120 +0x1a\n"
	got := maskTrace(trace)
	for _, bad := range []string{"Ёлкин", "Ромашковая", "99999911000015", "ivanova"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q is in\n%s", bad, got)
		}
	}
	for _, want := range []string{"znak/app/ui.(*Window).build", "window.go:120", "panic: no place for"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func FuzzMaskTrace(f *testing.F) {
	f.Add("panic: «Иванов»\ngoroutine 1 [running]:\nmain.main()\n")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range maskTrace(s) {
			if r >= 'А' && r <= 'я' {
				t.Fatalf("a Russian letter is left of %q", s)
			}
		}
	})
}
