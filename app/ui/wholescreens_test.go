package ui

import (
	"fmt"
	"image"
	"reflect"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"znak/app/station"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
)

// everyScreen is every page of the window in a state in which most of it is alive.
var everyScreen = []struct {
	name string
	show func(d *desk)
}{
	{view.ScreenToday, nil},
	{view.ScreenBatches, nil},
	{view.ScreenReprint, func(d *desk) {
		d.open(view.ScreenReprint, "")
		d.settle()
		d.screen(view.ScreenReprint).(*reprintScreen).find(string(viewtest.ShPI(0)))
	}},
	{"reprint-owed", func(d *desk) {
		d.open(view.ScreenReprint, "")
		d.screen(view.ScreenReprint).(*reprintScreen).turn(tabOwed)
	}},
	{"reprint-stale", func(d *desk) {
		d.open(view.ScreenReprint, "")
		d.screen(view.ScreenReprint).(*reprintScreen).turn(tabStale)
	}},
	{view.ScreenOutbox, nil},
	{view.ScreenMoney, nil},
	{view.ScreenPrinters, func(d *desk) { d.open(view.ScreenPrinters, "Xerox") }},
	{view.ScreenScanners, nil},
	{view.ScreenSettings, nil},
	{view.ScreenOperators, nil},
	{view.ScreenVerify, func(d *desk) { d.open(view.ScreenVerify, "505") }},
	{screenStack, func(d *desk) { d.open(screenStack, "506") }},
	{screenPictures, nil},
	{screenBatch, func(d *desk) {
		d.open(screenBatch, "506")
		d.settle()
		d.screen(screenBatch).(*batchScreen).table.grid.Select(widget.TableCellID{Row: 0, Col: 0})
	}},
	{"batch-stuck", func(d *desk) { d.open(screenBatch, "510") }},
	{screenPrint, func(d *desk) {
		d.fake.PrintRep = station.PrintReport{Printed: 50, Unknown: 3, Failed: 1, Stopped: true, Files: []string{"/home/office/znak/printed/506.pdf"}}
		d.print(station.PrintOrder{Batch: "506"})
	}},
	{screenHandOver, func(d *desk) {
		d.fake.HandRep = station.HandOverReport{Verified: 12, Queued: true, Files: []string{"/home/office/znak/forms/F103-505.pdf"}}
		d.open(screenHandOver, "505")
	}},
	{screenSearch, func(d *desk) { d.open(screenSearch, "Ким") }},
	{screenHelp, nil},
	{screenPaper, func(d *desk) { d.open(screenPaper, paperRegistry) }},
	{"paper-statement", func(d *desk) { d.open(screenPaper, paperStatement) }},
	{"paper-invoice", func(d *desk) { d.open(screenPaper, paperInvoice) }},
	{"paper-evidence", func(d *desk) { d.open(screenPaper, paperEvidence+":506") }},
	{screenRestore, nil},
	{screenZoom, func(d *desk) { d.open(screenZoom, string(viewtest.ShPI(0))) }},
	{screenAbout, nil},
	{screenGuide, nil},
	{screenFindPrinters, nil},
	{screenCalibrate, func(d *desk) { d.open(screenCalibrate, "Xerox\x00C5") }},
	{screenJournal, nil},
	{screenPrinterSetup, func(d *desk) { d.open(screenPrinterSetup, "Xerox") }},
	{screenFirst, func(d *desk) { d.fake.Account = false; d.build() }},
	{screenSignIn, func(d *desk) { d.present(station.SignedIn{On: true}) }},
}

// Every screen fits into 1280×720, at twice the text too. Tab goes through it as one reads it (the fields around a ruler sheet, as they are numbered on it) and comes round; it reaches all that lives and nothing else; Shift+Tab goes back the same way; what has the
// focus can be seen, and hears keys and scanners.
func TestEveryScreenIsWhole(t *testing.T) {
	noRace(t)
	for _, c := range []struct {
		lang    string
		percent int
	}{{"ru", 100}, {"ru", 200}, {"en", 200}} {
		for _, s := range everyScreen {
			t.Run(fmt.Sprintf("%s-%d-%s", c.lang, c.percent, s.name), func(t *testing.T) {
				d := newDesk(t, c.lang, false, viewtest.Sample())
				if s.show == nil {
					s.show = func(d *desk) { d.open(s.name, "") }
				}
				d.whole(fmt.Sprintf("every-%s-%d-%s", c.lang, c.percent, s.name), c.percent, s.show)
				if c.lang == "ru" {
					d.tabThrough()
				}
			})
		}
	}
}

// A station that knows of nothing yet has something to say on every page that can be opened then.
func TestEveryScreenOfAFreshStation(t *testing.T) {
	noRace(t)
	pages := []place{{screenSearch, "Ким"}, {screenPictures, ""}, {screenFindPrinters, ""}, {screenJournal, ""}, {screenGuide, ""}, {screenPaper, paperRegistry}}
	for _, item := range menuItems {
		pages = append(pages, place{item.screen, ""})
	}
	for _, percent := range []int{100, 200} {
		for _, p := range pages {
			t.Run(fmt.Sprintf("%d-%s", percent, p.screen), func(t *testing.T) {
				d := newDesk(t, "ru", false, viewtest.Fresh())
				d.whole(fmt.Sprintf("fresh-ru-%d-%s", percent, p.screen), percent, func(d *desk) { d.open(p.screen, p.arg) })
			})
		}
	}
}

// whole opens a page in a small window and looks whether all of it is there, and nothing that should not be.
func (d *desk) whole(picture string, percent int, show func(*desk)) {
	d.t.Helper()
	d.win.Resize(fyne.NewSize(1280, 720))
	d.params.Theme = ThemeOf
	d.dress(Look{ModeLight, percent})
	show(d)
	d.settle()
	d.shot(picture)
	if m := d.frame.root.MinSize(); m.Width > 1280 || m.Height > 720 {
		d.t.Errorf("does not fit into 1280×720: %v", m)
	}
	for _, bad := range slices.Concat(d.overflows(), d.strange(), d.blanks()) {
		d.t.Error(bad)
	}
}

func (d *desk) tabThrough() {
	t, c := d.t, d.win.Canvas()
	t.Helper()
	want := map[fyne.Focusable]bool{}
	walk(c.Content(), func(o fyne.CanvasObject) {
		f, ok := o.(fyne.Focusable)
		if dead, can := o.(fyne.Disableable); ok && !(can && dead.Disabled()) {
			want[f] = true
		}
	})
	if len(want) == 0 {
		t.Fatal("nothing can have the focus")
	}
	c.Unfocus()
	var order []fyne.Focusable
	var before fyne.Focusable
	for range len(want) + 2 {
		c.FocusNext()
		f := c.Focused()
		if slices.Contains(order, f) {
			if f != order[0] {
				t.Errorf("Tab comes round to %s, not to the first", nameOf(f))
			}
			break
		}
		order = append(order, f)
		if !want[f] {
			t.Errorf("Tab reaches %s, which is dead or cannot be seen", nameOf(f))
		}
		delete(want, f)
		if !hooked(f) {
			t.Errorf("%s swallows keys and scans", nameOf(f))
		}
		box := boxOf(f)
		if seen := box.Intersect(d.seenPart(f)); seen.Dy() < min(box.Dy(), 300)-1 || seen.Dx() < min(box.Dx(), 300)-1 {
			t.Errorf("%s has the focus at %v, but only %v of it can be seen", nameOf(f), box, seen)
		}
		if _, sheet := d.current().(*calibrationScreen); !sheet && before != nil && backwards(boxOf(before), box) {
			t.Errorf("Tab goes back from %s at %v to %s at %v", nameOf(before), boxOf(before), nameOf(f), box)
		}
		before = f
	}
	for f := range want {
		t.Errorf("Tab does not reach %s at %v", nameOf(f), boxOf(f))
	}
	c.Unfocus()
	for _, f := range slices.Backward(order) {
		c.FocusPrevious()
		if c.Focused() != f {
			t.Errorf("Shift+Tab comes to %s instead of %s", nameOf(c.Focused()), nameOf(f))
			break
		}
	}
}

// backwards reports whether b is read before a: it stands left of it in the same row, or above it and not in a column further to the right.
func backwards(a, b image.Rectangle) bool {
	sameRow := a.Min.Y < b.Max.Y-4 && b.Min.Y < a.Max.Y-4
	if sameRow {
		return b.Max.X <= a.Min.X+4
	}
	return b.Max.Y <= a.Min.Y+4 && b.Min.X < a.Max.X-4
}

func boxOf(f fyne.Focusable) image.Rectangle {
	o := f.(fyne.CanvasObject)
	at, size := fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size()
	return image.Rect(int(at.X), int(at.Y), int(at.X+size.Width), int(at.Y+size.Height))
}

// seenPart is the part of the window in which something is not cut off by the scrollers around it.
func (d *desk) seenPart(f fyne.Focusable) image.Rectangle {
	var look func(o fyne.CanvasObject, clip image.Rectangle) (image.Rectangle, bool)
	look = func(o fyne.CanvasObject, clip image.Rectangle) (image.Rectangle, bool) {
		if o == f.(fyne.CanvasObject) {
			return clip, true
		}
		if o == nil || !o.Visible() {
			return clip, false
		}
		var below []fyne.CanvasObject
		switch o := o.(type) {
		case *fyne.Container:
			below = o.Objects
		case *container.Scroll:
			at, size := fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size()
			clip = clip.Intersect(image.Rect(int(at.X), int(at.Y), int(at.X+size.Width)+1, int(at.Y+size.Height)+1))
			below = []fyne.CanvasObject{o.Content}
		case fyne.Widget:
			below = test.WidgetRenderer(o).Objects()
		}
		for _, c := range below {
			if clip, ok := look(c, clip); ok {
				return clip, true
			}
		}
		return clip, false
	}
	size := d.win.Canvas().Size()
	clip, _ := look(d.win.Canvas().Content(), image.Rect(0, 0, int(size.Width), int(size.Height)))
	return clip
}

// hooked reports whether a widget shows its keys to the window first.
func hooked(f fyne.Focusable) bool {
	v := reflect.Indirect(reflect.ValueOf(f)).FieldByName("hooks")
	return v.IsValid() && !v.IsNil()
}

func nameOf(f fyne.Focusable) string {
	switch f := f.(type) {
	case *button:
		return fmt.Sprintf("button %q", f.Text)
	case *link:
		return fmt.Sprintf("link %q", f.Text)
	case *choice:
		return fmt.Sprintf("choice %q", f.Selected)
	case *check:
		return fmt.Sprintf("check %q", f.Text)
	case interface{ plain() *entry }:
		return fmt.Sprintf("field %q", f.plain().PlaceHolder)
	}
	return fmt.Sprintf("%T", f)
}
