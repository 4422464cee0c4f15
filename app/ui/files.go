package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"znak/app/hint"
	"znak/app/ui/view"
)

// files lists what was made: each file can be opened, and its path copied.
func (w *Window) files(into *fyne.Container, paths []string) {
	if len(paths) == 0 {
		return
	}
	into.Add(inset(8, 0, subheading(w.words.T("ui.report.files"))))
	for _, p := range paths {
		path := muted(p)
		path.Step = sizeTable
		do := hbox(4, quiet(newButton(w, "", theme.ContentCopyIcon(), func() { w.app.Clipboard().SetContent(p) })))
		if w.params.OpenFile != nil {
			do.Objects = append([]fyne.CanvasObject{newButton(w, w.words.T("ui.report.open"), theme.DocumentIcon(), func() { w.openFile(p) })}, do.Objects...)
		}
		into.Add(border(nil, nil, do, nil, inset(0, 6, path)))
	}
}

// openFile shows a file in the program that the desktop has for its kind: what is made to be printed by a person is open at once.
func (w *Window) openFile(path string) {
	if w.params.OpenFile == nil {
		return
	}
	background(w.tasks, func(context.Context) (struct{}, error) { return struct{}{}, w.params.OpenFile(path) }, func(_ struct{}, err error) {
		if err != nil {
			w.say(view.Warn, w.words.Say("ui.report.not-opened", hint.Args{"File": path, "Error": w.words.Cause(err)}))
		}
	})
}
