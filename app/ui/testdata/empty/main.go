// Command empty opens a window with one word: what packaging/startup.sh compares the station's start with.
package main

import (
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	w := app.NewWithID("ru.znak.empty").NewWindow("empty")
	w.SetContent(widget.NewLabel("empty"))
	w.ShowAndRun()
}
