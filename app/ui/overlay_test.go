package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
)

// A scan is heard while the list of a choice is open, and chooses nothing in it.
func TestScanWhileListIsOpen(t *testing.T) {
	for name, open := range map[string]func(d *desk, c *choice){
		"by the mouse": func(d *desk, c *choice) { test.Tap(c) },
		"by a key":     func(d *desk, c *choice) { d.win.Canvas().Focus(c); d.hit(fyne.KeyDown); d.hit(fyne.KeyDown) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "ru", false, viewtest.Sample())
			d.open(view.ScreenBatches, "")
			d.settle()
			order := d.screen(view.ScreenBatches).(*batchesScreen).order
			was := order.Selected
			open(d, order)
			if !d.over.open() {
				t.Fatal("no list is open")
			}
			d.scan(string(viewtest.ShPI(412)))
			d.settle()
			if d.here != (place{screenBatch, "506"}) {
				t.Errorf("the scan led to %v", d.here)
			}
			if d.over.open() || order.Selected != was {
				t.Errorf("open %v, %q is chosen instead of %q", d.over.open(), order.Selected, was)
			}
		})
	}
}

// On the screen of checking too, whose keys are all scans.
func TestVerifyWhileListIsOpen(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(view.ScreenVerify, "506")
	d.settle()
	v := d.screen(view.ScreenVerify).(*verifyScreen)
	d.win.Canvas().Focus(v.top.which)
	d.hit(fyne.KeySpace)
	if !d.over.open() {
		t.Fatal("Space has not opened the list")
	}
	d.hit(fyne.KeyDown)
	d.scan(string(viewtest.ShPI(413)))
	d.until("the verdict", func() bool { return len(v.last) == 1 })
	if d.over.open() || v.name != "506" {
		t.Errorf("open %v, batch %q", d.over.open(), v.name)
	}
}

// Arrows, Enter and Esc mean the list while it is open; F-keys mean the screen.
func TestListByKeys(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(screenBatch, "506")
	d.open(view.ScreenBatches, "")
	d.settle()
	order := d.screen(view.ScreenBatches).(*batchesScreen).order
	first := order.Selected
	d.win.Canvas().Focus(order)
	d.hit(fyne.KeyDown)
	for range 2 {
		d.hit(fyne.KeyDown)
	}
	d.hit(fyne.KeyReturn)
	if want := order.Options[1]; order.Selected != want || d.over.open() {
		t.Errorf("%q is chosen, want %q", order.Selected, want)
	}
	d.hit(fyne.KeyDown)
	d.hit(fyne.KeyDown)
	d.hit(fyne.KeyEscape)
	if d.over.open() || d.here.screen != view.ScreenBatches || order.Selected == first {
		t.Errorf("Esc: open %v, on %v, %q", d.over.open(), d.here, order.Selected)
	}
	if d.win.Canvas().Focused() != fyne.Focusable(order) {
		t.Error("the list does not give the focus back")
	}
	d.hit(fyne.KeyDown)
	d.hit(fyne.KeyF1)
	d.settle()
	if d.over.open() || d.here.screen != screenHelp {
		t.Errorf("F1: open %v, on %v", d.over.open(), d.here)
	}
}

// A field's own menu does not swallow a scan, and Esc closes only the menu.
func TestScanWhileMenuOfAFieldIsOpen(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(view.ScreenMoney, "")
	d.settle()
	test.TapSecondary(d.frame.search)
	d.hit(fyne.KeyEscape)
	if d.over.open() || d.here.screen != view.ScreenMoney {
		t.Errorf("Esc: open %v, on %v", d.over.open(), d.here)
	}
	test.TapSecondary(d.frame.search)
	d.scan(string(viewtest.ShPI(412)))
	d.settle()
	if d.over.open() || d.here.screen != screenBatch {
		t.Errorf("open %v, on %v", d.over.open(), d.here)
	}
}

// Alt and a digit opens the item of the menu beside which the digit stands, whatever has the focus.
func TestMenuByKeys(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	alt := func(key fyne.KeyName) {
		s := &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierAlt}
		if f, ok := d.win.Canvas().Focused().(fyne.Shortcutable); ok {
			f.TypedShortcut(s)
		} else {
			d.win.Canvas().(fyne.Shortcutable).TypedShortcut(s)
		}
		d.settle()
	}
	for i, item := range menuItems {
		if i%2 == 1 {
			d.win.Canvas().Focus(d.frame.search)
		}
		key := fyne.KeyName(d.frame.digits[item.screen].Text)
		alt(key)
		want := item.screen
		if d.here.screen != want {
			t.Errorf("Alt+%s leads to %q, want %q", key, d.here.screen, want)
		}
		if full, ok := d.current().(fullScreen); ok {
			full.key(&fyne.KeyEvent{Name: fyne.KeyEscape})
		}
	}
}

// Each part of the line at the bottom takes the focus and opens its screen by Enter, and keeps the focus when its words change.
func TestStatusByKeys(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	var money *link
	for _, o := range d.frame.status.parts.Objects {
		if l, ok := o.(*link); ok && l.Visible() {
			d.win.Canvas().Focus(l)
			if d.win.Canvas().Focused() != fyne.Focusable(l) {
				t.Errorf("%q does not take the focus", l.Text)
			}
			if money == nil && l.Text == "баланс 117\u202f564,00\u00a0₽ на 21.11.2026" {
				money = l
			}
		}
	}
	if money == nil {
		t.Fatal("no balance in the line")
	}
	d.win.Canvas().Focus(money)
	d.fake.State.Pending = 7
	d.refreshStatus()
	d.settle()
	if d.win.Canvas().Focused() != fyne.Focusable(money) {
		t.Error("a refresh took the focus away")
	}
	d.hit(fyne.KeyReturn)
	d.settle()
	if d.here.screen != view.ScreenMoney {
		t.Errorf("Enter led to %v", d.here)
	}
}

// Space ticks a batch of the list, Enter opens it: the boxes and buttons in the rows are for the mouse.
func TestBatchesByKeys(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(view.ScreenBatches, "")
	d.settle()
	s := d.screen(view.ScreenBatches).(*batchesScreen)
	d.win.Canvas().Focus(s.list)
	row := slices.IndexFunc(s.shown, view.Batch.Printable)
	for range row {
		d.hit(fyne.KeyDown)
	}
	name := s.shown[row].Name
	d.hit(fyne.KeySpace)
	if !s.chosen[name] {
		t.Errorf("Space has not ticked %q: %v", name, s.chosen)
	}
	d.hit(fyne.KeySpace)
	if s.chosen[name] {
		t.Error("Space has not taken the tick away")
	}
	d.hit(fyne.KeyReturn)
	d.settle()
	if d.here != (place{screenBatch, name}) {
		t.Errorf("Enter led to %v", d.here)
	}
}

// A stack is begun anew by a key that stands on the button.
func TestStackAnewByKey(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.open(screenStack, "506")
	d.settle()
	s := d.screen(screenStack).(*stackScreen)
	d.see("Начать заново · F8", "Отменить скан · Backspace")
	d.hit(fyne.KeyF8)
	if s.check == nil {
		t.Error("an empty stack was begun anew")
	}
	d.scan(string(viewtest.ShPI(0)))
	d.until("one is seen", func() bool { return s.check.Report(false).Seen == 1 })
	d.hit(fyne.KeyF8)
	d.settle()
	if s.check == nil || s.check.Report(false).Seen != 0 {
		t.Error("the stack was not begun anew")
	}
}

// Whatever the mouse moves over, a person is there; but not while the station is locked.
func TestMouseIsPresence(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	root, ok := d.win.Canvas().Content().(*presence)
	if !ok || root.Size() != d.win.Canvas().Size() {
		t.Fatalf("%T of %v does not lie under the whole window", d.win.Canvas().Content(), d.win.Canvas().Content().Size())
	}
	touched := 0
	now, touch := viewtest.Now, root.touch
	root.now, root.touch = func() time.Time { return now }, func() { touched++; touch() }
	for range 100 { // as the pointer moves in one second
		root.Cursor()
		now = now.Add(9 * time.Millisecond)
	}
	if touched != 1 {
		t.Errorf("told %d times in a second", touched)
	}
	now = now.Add(time.Second)
	before := d.fake.Touched
	root.Cursor()
	if d.fake.Touched != before+1 {
		t.Error("the station was not told")
	}
	d.gate.shut = true
	now = now.Add(time.Minute)
	root.Cursor()
	if d.fake.Touched != before+1 {
		t.Error("a moving mouse touches a locked station")
	}
}
