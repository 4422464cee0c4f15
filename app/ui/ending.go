package ui

import "fyne.io/fyne/v2"

// toolkitEnd is the part of the toolkit's life cycle that holds what it does at its end.
type toolkitEnd interface {
	OnStopped() func()
	SetOnStoppedHookExecuted(func())
}

// takeEnd takes from the toolkit what it does at its end (it writes the preferences); end does it, after the application has run. The toolkit itself does it
// through a queue that it takes down at the same moment: about once in a hundred times that is lost, and the program stands still without a window (fyne
// issue 6021, up to 2.8.0).
func takeEnd(app fyne.App) (end func()) {
	l, ok := app.Lifecycle().(toolkitEnd)
	if !ok {
		return func() {}
	}
	if end = l.OnStopped(); end == nil {
		end = func() {}
	}
	l.SetOnStoppedHookExecuted(nil)
	return end
}
