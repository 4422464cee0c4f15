package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/theme"

	"znak/app/ui/winpos"
)

// Size and place of the window are remembered in the preferences of the desktop, those from before while the window fills the screen. Where the desktop
// itself decides where windows stand (Wayland, macOS), the place is left to it.
const (
	prefWidth     = "window.width"
	prefHeight    = "window.height"
	prefX         = "window.x"
	prefY         = "window.y"
	prefPlaced    = "window.placed" // prefX and prefY are known
	prefMaximised = "window.maximised"

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

// keepPlace remembers size and place of the window.
func (w *Window) keepPlace() {
	prefs := w.app.Preferences()
	at, err := winpos.Of(native(w.win))
	if err != nil {
		w.log.Debug("place of the window not known", "error", err)
	}
	if err == nil {
		prefs.SetBool(prefMaximised, at.Maximised)
		if at.Maximised {
			return
		}
		prefs.SetBool(prefPlaced, true)
		prefs.SetInt(prefX, at.X)
		prefs.SetInt(prefY, at.Y)
	}
	size := w.win.Canvas().Size()
	prefs.SetFloat(prefWidth, float64(size.Width))
	prefs.SetFloat(prefHeight, float64(size.Height))
}

// backInPlace puts the window, which is on the screen by now, where it stood last; a place that is off every screen is forgotten.
func (w *Window) backInPlace() {
	prefs := w.app.Preferences()
	at := winpos.Place{X: prefs.Int(prefX), Y: prefs.Int(prefY), Maximised: prefs.Bool(prefMaximised)}
	if !prefs.Bool(prefPlaced) && !at.Maximised {
		return
	}
	if err := winpos.Put(native(w.win), at); err != nil {
		w.log.Debug("window not put in its place", "error", err)
	}
}

// native is the number of the window in the system where it has one that can be asked for its place, else 0.
func native(win fyne.Window) (number uintptr) {
	n, ok := win.(driver.NativeWindow)
	if !ok {
		return 0
	}
	n.RunNative(func(context any) {
		switch c := context.(type) {
		case driver.X11WindowContext:
			number = c.WindowHandle
		case driver.WindowsWindowContext:
			number = c.HWND
		}
	})
	return number
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

func (menuWidth) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(52+138*zoom(), 0) }
func (menuWidth) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(s)
}

// menuRow is an item of the menu with its digit at the right edge, where there is room for it: a count beside a digit would be another count.
type menuRow struct{}

func (menuRow) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }
func (menuRow) Layout(o []fyne.CanvasObject, s fyne.Size) {
	const edge, gap = 8, 6
	item, digit := o[0], o[1]
	item.Move(fyne.NewPos(0, 0))
	item.Resize(s)
	d := digit.MinSize()
	digit.Move(fyne.NewPos(s.Width-d.Width-edge, (s.Height-d.Height)/2))
	digit.Resize(d)
	show(digit, item.MinSize().Width-theme.InnerPadding()+gap+d.Width+edge <= s.Width)
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

// answerCalls brings a window to the front when another start of the program asks for it.
func answerCalls(ctx context.Context, called <-chan struct{}, put func(func()), win fyne.Window) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-called: // never where it is nil
			put(func() {
				if ctx.Err() == nil { // another window may have taken its place
					winpos.Restore(native(win))
					win.Show()
					win.RequestFocus()
				}
			})
		}
	}
}
