//go:build !nowindow

package main

import (
	"errors"
	"os"
	"runtime"
	"testing"
)

// A card that cannot draw is no reason to stay shut where software can; the next start tries the card again.
func TestDrawnBySoftware(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Mesa's switch")
	}
	t.Setenv(drawBySoftware, "")
	dir := t.TempDir()
	noCard := errors.New("no card")
	card := func() error {
		if os.Getenv(drawBySoftware) == "" {
			return noCard
		}
		return nil
	}
	if err := hardOrSoft(card); err != nil || os.Getenv(drawBySoftware) != "1" {
		t.Fatalf("%v, %q", err, os.Getenv(drawBySoftware))
	}
	if err := noteDrawn(dir); err != nil {
		t.Fatal(err)
	}
	t.Setenv(drawBySoftware, "")
	if drawn, err := drewBefore(dir); drawn || err != nil {
		t.Errorf("the card is not tried again: %v %v", drawn, err)
	}
	if err := hardOrSoft(func() error { return noCard }); !errors.Is(err, noCard) || os.Getenv(drawBySoftware) != "" {
		t.Errorf("%v, %q", err, os.Getenv(drawBySoftware))
	}
}
