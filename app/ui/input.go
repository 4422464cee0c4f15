package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"znak/app/scan"
	"znak/app/ui/view"
)

// listenToKeys makes the window hear the keys that no widget has the focus for, and the shortcuts.
func (w *Window) listenToKeys() {
	c := w.win.Canvas()
	c.SetOnTypedKey(func(ev *fyne.KeyEvent) {
		if !w.key(ev) {
			w.over.typedKey(ev)
		}
	})
	c.SetOnTypedRune(func(r rune) { w.typed(r, false) })
	if d, ok := c.(desktop.Canvas); ok {
		d.SetOnKeyDown(func(ev *fyne.KeyEvent) {
			if ev.Name == fyne.KeyTab { // before the toolkit moves the focus
				w.over.closeMenu()
			}
		})
	}
	shortcut := func(s fyne.Shortcut) { w.shortcut(s) }
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyF, Modifier: fyne.KeyModifierShortcutDefault}, shortcut)
	for key := range controlKeys { // of a scan; a field passes its shortcuts on by itself
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierControl}, shortcut)
	}
	for i := range menuItems {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: menuKey(i), Modifier: fyne.KeyModifierAlt}, shortcut)
	}
}

// menuKey is the digit that opens an item of the menu together with Alt: 1 to 9, and 0 for the tenth.
func menuKey(item int) fyne.KeyName { return fyne.KeyName(strconv.Itoa((item + 1) % 10)) }

// key is the first to see every key.
func (w *Window) key(ev *fyne.KeyEvent) bool {
	if w.over.open() {
		if !functionKey(ev.Name) {
			return w.over.key(ev)
		}
		w.over.close() // it means the screen below
	}
	if w.gate.shut {
		return w.keyAtGate(ev)
	}
	w.station.Touch()
	if ev.Name == keyLock && w.gate.at.On {
		w.lock()
		return true
	}
	if full, ok := w.current().(fullScreen); ok {
		full.key(ev)
		return true
	}
	switch ev.Name {
	case fyne.KeyF1:
		w.open(screenHelp, "")
	case fyne.KeyF2:
		w.act(view.DoPrint)
	case fyne.KeyF3:
		w.open(view.ScreenVerify, w.batchHere())
	case fyne.KeyF4:
		w.act(view.DoHandOver)
	case fyne.KeyF5:
		w.pull()
	case fyne.KeyEscape:
		w.goBack()
	case fyne.KeyReturn, fyne.KeyEnter:
		if !w.ears.running() || w.hearing.person() {
			w.ears.end()
			return false
		}
		w.ears.press('\r') // of a scan: it must not press the button that has the focus
	case fyne.KeySpace:
		return w.ears.running() // its character follows
	default:
		return w.scrollBy(ev.Name)
	}
	return true
}

// functionKey reports whether a key is one of F1 to F12.
func functionKey(name fyne.KeyName) bool {
	return len(name) > 1 && strings.HasPrefix(string(name), "F")
}

// typed hears the characters that no field for text takes.
func (w *Window) typed(r rune, field bool) bool {
	w.station.Touch()
	w.ears.press(r)
	if field {
		_, full := w.current().(fullScreen)
		_, takes := w.current().(scanTaker)
		if !full && !takes || w.over.open() || w.win.Canvas().Focused() == fyne.Focusable(w.frame.search) {
			w.hearing.begins()
			return false
		}
	}
	return true
}

func (w *Window) shortcut(s fyne.Shortcut) bool {
	if w.hearing.control(s) {
		return true
	}
	c, ok := s.(*desktop.CustomShortcut)
	if !ok {
		return false
	}
	if _, full := w.current().(fullScreen); full || w.gate.shut || !w.station.HasAccount() {
		return false
	}
	if c.KeyName == fyne.KeyF && c.Modifier == fyne.KeyModifierShortcutDefault {
		w.over.close()
		w.win.Canvas().Focus(w.frame.search)
		w.frame.search.DoubleTapped(nil)
		return true
	}
	for i, item := range menuItems {
		if c.Modifier == fyne.KeyModifierAlt && c.KeyName == menuKey(i) {
			w.over.close()
			w.open(item.screen, "")
			return true
		}
	}
	return false
}

// heard gets every finished run of keys.
func (w *Window) heard(in scan.Input) {
	w.station.Touch()
	in, ok := w.hearing.take(in)
	if !ok {
		return
	}
	switch s := w.current().(type) {
	case fullScreen:
		s.heard(in)
	case scanTaker:
		if in.Scan {
			s.scanned(in.Text)
		} else {
			s.typedIn(in.Text)
		}
	default:
		if id, ok := view.FindShPI(in.Text); ok && in.Scan {
			w.openPiece(id)
		}
	}
}
