package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
)

// What is longer than the window is scrolled by keys: whatever has the focus, but not where the key means something there.
func TestScrollByKeys(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.win.Resize(fyne.NewSize(1280, 720))
	d.params.Theme = ThemeOf
	d.dress(Look{ModeLight, 200})
	d.open(view.ScreenSettings, "")
	d.settle()
	s := scrollerOf(d.current().content(), nil)
	if s == nil {
		t.Fatal("the settings fit into the window")
	}
	most := func() float32 { return s.Content.Size().Height - s.Size().Height }
	press := func(name fyne.KeyName, want func(before, now float32) bool) {
		t.Helper()
		before := s.Offset.Y
		if f := d.win.Canvas().Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: name})
		} else {
			d.key(&fyne.KeyEvent{Name: name})
		}
		if !want(before, s.Offset.Y) {
			t.Errorf("%s with the focus in %T: from %v to %v of %v", name, d.win.Canvas().Focused(), before, s.Offset.Y, most())
		}
	}
	down := func(before, now float32) bool { return now > before }
	stays := func(before, now float32) bool { return now == before }
	at := func(y float32) func(_, now float32) bool { return func(_, now float32) bool { return now == y } }

	press(fyne.KeyPageDown, down)
	press(fyne.KeyDown, down)
	press(fyne.KeyHome, at(0))
	press(fyne.KeyUp, at(0))
	press(fyne.KeyEnd, at(most()))
	press(fyne.KeyPageDown, at(most()))
	press(fyne.KeyHome, at(0))

	d.win.Canvas().Focus(d.frame.search) // a field outside of what is scrolled
	press(fyne.KeyPageDown, down)
	press(fyne.KeyHome, stays)
	press(fyne.KeyDown, stays)
	d.win.Canvas().Focus(d.frame.menu[view.ScreenToday])
	press(fyne.KeyHome, at(0))
	press(fyne.KeyDown, down)
}
