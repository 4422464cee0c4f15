package ui

import (
	"testing"

	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/test"
)

// The toolkit's work at its end is taken from it, and nothing is left for its queue. Where a new version of the toolkit has no such work or another way to it,
// this test tells.
func TestTakeEnd(t *testing.T) {
	a := app.NewWithID("ru.znak.test")
	t.Cleanup(func() { test.NewApp() })
	l, ok := a.Lifecycle().(toolkitEnd)
	if !ok || l.OnStopped() == nil {
		t.Fatal("the toolkit ends in another way")
	}
	n := 0
	l.SetOnStoppedHookExecuted(func() { n++ })
	end := takeEnd(a)
	if n != 0 || l.OnStopped() != nil {
		t.Errorf("%d times done, or left to the toolkit", n)
	}
	if end(); n != 1 {
		t.Errorf("done %d times", n)
	}
	takeEnd(a)() // there is none
}
