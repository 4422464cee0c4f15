package ui

import (
	"context"

	"fyne.io/fyne/v2"
)

// The size of the window is remembered in the preferences of the desktop. Where on the desktop it stands, the desktop decides: the toolkit can
// neither ask nor say it.
const (
	prefWidth  = "window.width"
	prefHeight = "window.height"

	windowWidth, windowHeight = 1280, 760
	leastWidth, leastHeight   = 800, 500
)

// windowSize is the size that the window had when it was closed last, else the usual one.
func windowSize(app fyne.App) fyne.Size {
	w, h := app.Preferences().Float(prefWidth), app.Preferences().Float(prefHeight)
	if w < leastWidth || h < leastHeight {
		return fyne.NewSize(windowWidth, windowHeight)
	}
	return fyne.NewSize(float32(w), float32(h))
}

// keepSize remembers the size of the window.
func (w *Window) keepSize() {
	s := w.win.Canvas().Size()
	w.app.Preferences().SetFloat(prefWidth, float64(s.Width))
	w.app.Preferences().SetFloat(prefHeight, float64(s.Height))
}

// themeOf is the theme for a look.
func (w *Window) themeOf(l Look) fyne.Theme {
	if w.params.Theme != nil {
		return w.params.Theme(l)
	}
	return ThemeOf(l)
}

// menuWidth is the width of the menu: it grows with the text, but not as fast.
type menuWidth struct{}

func (menuWidth) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(60+124*zoom(), 0) }
func (menuWidth) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(s)
}

// searchWidth is the width of the field in the head.
type searchWidth struct{}

func (searchWidth) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(240+50*zoom(), o[0].MinSize().Height)
}
func (searchWidth) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(s)
}

// answerCalls brings the window to the front when another start of the program asks for it.
func (w *Window) answerCalls(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.params.Called: // never where it is nil
			w.tasks.put(func() {
				w.win.Show()
				w.win.RequestFocus()
			})
		}
	}
}
