package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// overlay is what lies above the screens: the list of a choice, a field's menu, a dialog. The toolkit gives all keys to it, and a menu of the toolkit
// drops those that it does not know; so it never keeps the focus: keys come to the window, which hears scanners, and from there to the menu.
type overlay struct {
	w    *Window
	menu *widget.PopUpMenu // the one that was opened last; nil: none yet
}

// opened is told that a widget may have opened a menu.
func (o *overlay) opened() {
	if m, ok := o.w.win.Canvas().Focused().(*widget.PopUpMenu); ok {
		o.menu = m
		o.w.win.Canvas().Unfocus()
	}
}

// open reports whether anything lies above the screens.
func (o *overlay) open() bool { return o.w.win.Canvas().Overlays().Top() != nil }

// close takes away all that lies above the screens; nothing is chosen.
func (o *overlay) close() {
	o.closeMenu()
	stack := o.w.win.Canvas().Overlays()
	for top := stack.Top(); top != nil; top = stack.Top() {
		stack.Remove(top)
	}
}

// closeMenu takes away the menu, where there is one.
func (o *overlay) closeMenu() {
	if o.menuOpen() {
		o.menu.Dismiss()
	}
	o.menu = nil
}

func (o *overlay) menuOpen() bool { return o.open() && o.menu != nil && o.menu.Visible() }

// key sees every key while something lies above the screens: Enter and Space of a scan choose nothing.
func (o *overlay) key(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if !o.w.ears.running() || o.w.hearing.person() {
			o.w.ears.end()
			return false
		}
		o.w.ears.press('\r')
	case fyne.KeySpace:
		return o.w.ears.running() // its character follows
	case fyne.KeyEscape:
		if o.menuOpen() {
			return false // it closes by itself
		}
		o.close()
	default:
		return false
	}
	return true
}

// typedKey gives the menu a key that nobody else has taken.
func (o *overlay) typedKey(ev *fyne.KeyEvent) {
	if o.menuOpen() {
		o.menu.TypedKey(ev)
	}
}
