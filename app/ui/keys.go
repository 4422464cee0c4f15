package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// hooks sees every key before the widget that has the focus. Fyne gives keys only to the focused widget, so every focusable widget
// of the program is one of this file: it asks the hooks first. That is how F2 works from anywhere, and how a scanner is heard
// whatever has the focus.
type hooks interface {
	key(*fyne.KeyEvent) bool       // true: taken
	typed(r rune, field bool) bool // true: taken; field: the focus is in a field for text
	shortcut(s fyne.Shortcut) bool // true: taken
	focused(o fyne.CanvasObject)   // it has got the focus
	opened()                       // it may have opened a menu
}

// Each of these widgets is a widget of the toolkit and tells the hooks when it gets the focus, so that it can be brought into view.

// button is a widget.Button that lets the hooks see its keys; Enter presses it as well as Space.
type button struct {
	widget.Button
	hooks hooks
}

func newButton(h hooks, label string, icon fyne.Resource, tapped func()) *button {
	b := &button{hooks: h}
	b.Text, b.Icon, b.OnTapped = label, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

func primary(b *button) *button {
	b.Importance = widget.HighImportance
	return b
}

func quiet(b *button) *button {
	b.Importance = widget.LowImportance
	return b
}

func (b *button) FocusGained() {
	b.Button.FocusGained()
	b.hooks.focused(b)
}

func (b *button) TypedKey(ev *fyne.KeyEvent) {
	switch {
	case b.hooks.key(ev):
	case ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter:
		if !b.Disabled() {
			b.Tapped(nil)
		}
	default:
		b.Button.TypedKey(ev)
	}
}

func (b *button) TypedRune(r rune) {
	if !b.hooks.typed(r, false) {
		b.Button.TypedRune(r)
	}
}

// set changes label and life without redrawing what is the same already.
func (b *button) set(label string, alive bool) { setButton(&b.Button, label, alive) }

func setButton(b *widget.Button, label string, alive bool) {
	if b.Text != label {
		b.SetText(label)
	}
	if alive == b.Disabled() {
		if alive {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}

// entry is a widget.Entry that lets the hooks see its keys.
type entry struct {
	widget.Entry
	hooks hooks
}

func newEntry(h hooks, hint string) *entry {
	e := &entry{hooks: h}
	e.PlaceHolder = hint
	e.Wrapping = fyne.TextWrapOff
	e.Scroll = fyne.ScrollHorizontalOnly
	e.ExtendBaseWidget(e)
	return e
}

// plain is the field itself, also of what is built on one.
func (e *entry) plain() *entry { return e }

// typed puts into the field what a person typed; the scanner's ear had held it back for a moment to tell it from a scan.
func (e *entry) typed(text string) {
	for _, r := range text {
		if r == '\r' || r == '\n' {
			if e.OnSubmitted != nil {
				e.OnSubmitted(e.Text)
			}
		} else if r >= ' ' {
			e.Entry.TypedRune(r)
		}
	}
}

// newSecret is an entry whose text is never shown.
func newSecret(h hooks, hint string) *entry {
	e := newEntry(h, hint)
	e.Password = true
	return e
}

func (e *entry) FocusGained() {
	e.Entry.FocusGained()
	e.hooks.focused(e)
}

func (e *entry) TypedKey(ev *fyne.KeyEvent) {
	if !e.hooks.key(ev) {
		e.Entry.TypedKey(ev)
	}
}

func (e *entry) TypedRune(r rune) {
	if !e.hooks.typed(r, true) {
		e.Entry.TypedRune(r)
	}
}

// TappedSecondary opens the menu for copying and pasting.
func (e *entry) TappedSecondary(ev *fyne.PointEvent) {
	e.Entry.TappedSecondary(ev)
	e.hooks.opened()
}

func (e *entry) TypedShortcut(s fyne.Shortcut) {
	if !e.hooks.shortcut(s) {
		e.Entry.TypedShortcut(s)
	}
}

// choice is a widget.Select that lets the hooks see its keys.
type choice struct {
	widget.Select
	hooks hooks
}

func newChoice(h hooks, options []string, changed func(string)) *choice {
	c := &choice{hooks: h}
	c.Options, c.OnChanged = options, changed
	c.ExtendBaseWidget(c)
	return c
}

func (c *choice) FocusGained() {
	c.Select.FocusGained()
	c.hooks.focused(c)
}

func (c *choice) TypedKey(ev *fyne.KeyEvent) {
	if !c.hooks.key(ev) {
		c.Select.TypedKey(ev)
		c.hooks.opened()
	}
}

// Tapped opens the list.
func (c *choice) Tapped(ev *fyne.PointEvent) {
	c.Select.Tapped(ev)
	c.hooks.opened()
}

func (c *choice) TypedRune(r rune) {
	if !c.hooks.typed(r, false) {
		c.Select.TypedRune(r)
	}
}

// check is a widget.Check that lets the hooks see its keys.
type check struct {
	widget.Check
	hooks hooks
}

func newCheck(h hooks, label string, changed func(bool)) *check {
	c := &check{hooks: h}
	c.Text, c.OnChanged = label, changed
	c.ExtendBaseWidget(c)
	return c
}

func (c *check) FocusGained() {
	c.Check.FocusGained()
	c.hooks.focused(c)
}

func (c *check) TypedKey(ev *fyne.KeyEvent) {
	if !c.hooks.key(ev) {
		c.Check.TypedKey(ev)
	}
}

func (c *check) TypedRune(r rune) {
	if !c.hooks.typed(r, false) {
		c.Check.TypedRune(r)
	}
}

// grid is a widget.Table that lets the hooks see its keys; Enter opens the selected row.
type grid struct {
	widget.Table
	ring  ring
	hooks hooks
	enter func()
	move  func(fyne.KeyName) bool // arrows choose the row at once
}

// CreateRenderer draws the table with a ring inside its edge while it has the focus.
func (g *grid) CreateRenderer() fyne.WidgetRenderer {
	return g.ring.around(g.Table.CreateRenderer(), g)
}

func (g *grid) FocusGained() {
	g.Table.FocusGained()
	g.ring.set(true, g)
	g.hooks.focused(g)
}

func (g *grid) FocusLost() {
	g.Table.FocusLost()
	g.ring.set(false, g)
}

func (g *grid) TypedKey(ev *fyne.KeyEvent) {
	switch {
	case g.hooks.key(ev):
	case ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter:
		if g.enter != nil {
			g.enter()
		}
	case g.move != nil && g.move(ev.Name):
	default:
		g.Table.TypedKey(ev)
	}
}

func (g *grid) TypedRune(r rune) {
	if !g.hooks.typed(r, false) {
		g.Table.TypedRune(r)
	}
}

// rows is a widget.List that lets the hooks see its keys; Enter opens the selected row, Space ticks it.
type rows struct {
	widget.List
	ring  ring
	hooks hooks
	enter func()
	tick  func()
}

func newRows(h hooks, length func() int, create func() fyne.CanvasObject, update func(int, fyne.CanvasObject)) *rows {
	r := &rows{hooks: h}
	r.Length, r.CreateItem, r.UpdateItem = length, create, update
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer draws the list with a ring inside its edge while it has the focus.
func (r *rows) CreateRenderer() fyne.WidgetRenderer {
	return r.ring.around(r.List.CreateRenderer(), r)
}

func (r *rows) FocusGained() {
	r.List.FocusGained()
	r.ring.set(true, r)
	r.hooks.focused(r)
}

func (r *rows) FocusLost() {
	r.List.FocusLost()
	r.ring.set(false, r)
}

func (r *rows) TypedKey(ev *fyne.KeyEvent) {
	switch {
	case r.hooks.key(ev):
	case ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter:
		if r.enter != nil {
			r.List.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace}) // chooses the row that the arrows are on
			r.enter()
		}
	case ev.Name == fyne.KeySpace:
		r.List.TypedKey(ev)
		if r.tick != nil {
			r.tick()
		}
	default:
		r.List.TypedKey(ev)
	}
}

func (r *rows) TypedRune(c rune) {
	if !r.hooks.typed(c, false) {
		r.List.TypedRune(c)
	}
}
