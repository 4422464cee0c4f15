package ui

import (
	"testing"

	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/test"
)

// The toolkit's work at its end is done once, before it, and nothing is left for its queue. Where a new version of the toolkit has no such work or another way
// to it, this test tells.
func TestEndOf(t *testing.T) {
	a := app.NewWithID("ru.znak.test")
	t.Cleanup(func() { test.NewApp() })
	l, ok := a.Lifecycle().(toolkitEnd)
	if !ok || l.OnStopped() == nil {
		t.Fatal("the toolkit ends in another way")
	}
	n := 0
	l.SetOnStoppedHookExecuted(func() { n++ })
	endOf(a)
	endOf(a)
	if n != 1 || l.OnStopped() != nil {
		t.Errorf("done %d times", n)
	}
}
