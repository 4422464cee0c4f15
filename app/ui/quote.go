package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"znak/app/ui/view"
)

// newQuote is a technical text to be read out on the telephone or sent to somebody: it wraps, and a button copies it whole. It is no selectable label, for such
// a label takes the focus and drops the keys of a scanner.
func newQuote(w *Window, quoted string) (*paragraph, fyne.CanvasObject) {
	label, body := para(quoted, view.Plain)
	label.SizeName = sizeTable
	copied := quiet(newButton(w, "", theme.ContentCopyIcon(), func() { w.app.Clipboard().SetContent(label.Text) }))
	return label, border(nil, nil, nil, container.NewVBox(copied), body)
}
