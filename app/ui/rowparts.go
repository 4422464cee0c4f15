package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// The parts of a row of a list are for the mouse: a list makes its rows anew while it scrolls, so they cannot keep the focus. The keyboard does the same by the
// keys of the list: Enter opens a row, Space ticks it.

// unfocused, beside a widget of the toolkit in one struct, takes the methods of fyne.Focusable from it: two of a name at one depth are none.
type unfocused struct{}

func (unfocused) FocusGained()            {}
func (unfocused) FocusLost()              {}
func (unfocused) TypedKey(*fyne.KeyEvent) {}
func (unfocused) TypedRune(rune)          {}

// rowButton is a button in a row.
type rowButton struct {
	widget.Button
	unfocused
}

func newRowButton(tapped func()) *rowButton {
	b := &rowButton{}
	b.OnTapped = tapped
	b.ExtendBaseWidget(b)
	return b
}

// set changes label and life without redrawing what is the same already.
func (b *rowButton) set(label string, alive bool) { setButton(&b.Button, label, alive) }

// rowCheck is a box to tick in a row.
type rowCheck struct {
	widget.Check
	unfocused
}

func newRowCheck(changed func(bool)) *rowCheck {
	c := &rowCheck{}
	c.OnChanged = changed
	c.ExtendBaseWidget(c)
	return c
}

// Tapped ticks the box. The toolkit's own would take the focus.
func (c *rowCheck) Tapped(*fyne.PointEvent) {
	if !c.Disabled() {
		c.SetChecked(!c.Checked)
	}
}
