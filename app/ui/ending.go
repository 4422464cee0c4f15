package ui

import "fyne.io/fyne/v2"

// What the toolkit does at its end (it writes the preferences) goes through a queue that it takes down at the same moment; about once in a hundred times that
// is lost, and the program stands still without a window (fyne issue 6021, up to 2.8.0). So it is done before, and nothing is left for the queue.
type toolkitEnd interface {
	OnStopped() func()
	SetOnStoppedHookExecuted(func())
}

// endOf does what the toolkit does at its end. Nothing may be kept in the preferences afterwards.
func endOf(app fyne.App) {
	l, ok := app.Lifecycle().(toolkitEnd)
	if !ok {
		return
	}
	if stop := l.OnStopped(); stop != nil {
		stop()
		l.SetOnStoppedHookExecuted(nil)
	}
}
