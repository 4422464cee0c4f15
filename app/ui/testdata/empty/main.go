// Command empty opens a window with one word, as large as the station's: what BenchmarkWindowStart (cmd/znak) compares the station's start with.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	w := app.NewWithID("ru.znak.empty").NewWindow("empty")
	w.SetContent(widget.NewLabel("empty"))
	w.Resize(fyne.NewSize(1280, 760))
	w.ShowAndRun()
}
