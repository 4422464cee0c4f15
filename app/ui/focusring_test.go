package ui

import (
	"fmt"
	"image"
	"reflect"
	"testing"

	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
)

// What has the focus looks different from what has not, in each look: every kind of widget, and buttons of each weight.
func TestFocusIsSeen(t *testing.T) {
	noRace(t)
	for _, mode := range []Mode{ModeLight, ModeDark, ModeContrast} {
		t.Run(string(mode), func(t *testing.T) {
			d := newDesk(t, "ru", false, viewtest.Sample())
			d.params.Theme = ThemeOf
			d.dress(Look{mode, 100})
			done := map[string]bool{}
			for _, to := range []place{{view.ScreenSettings, ""}, {view.ScreenBatches, ""}, {screenBatch, "506"}, {view.ScreenToday, ""}} {
				d.open(to.screen, to.arg)
				d.settle()
				d.relayout()
				c := d.win.Canvas()
				c.Unfocus()
				for range 60 {
					c.FocusNext()
					f := c.Focused()
					kind := fmt.Sprint(reflect.TypeOf(f))
					if b, ok := f.(*button); ok {
						kind += fmt.Sprint(b.Importance)
					}
					if done[kind] {
						continue
					}
					done[kind] = true
					box := boxOf(f).Inset(-around - 2)
					lit := c.Capture()
					f.FocusLost()
					n := differing(lit, c.Capture(), box)
					f.FocusGained()
					if n < 40 {
						t.Errorf("%s (%s) differs in %d pixels", nameOf(f), kind, n)
					}
				}
			}
			if len(done) < 9 {
				t.Errorf("only %v were looked at", done)
			}
		})
	}
}

// differing is how many pixels of a part of two pictures are plainly different.
func differing(a, b image.Image, box image.Rectangle) (n int) {
	const plain = 0x1800 // of 0xffff
	box = box.Intersect(a.Bounds())
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if far(r1, r2, plain) || far(g1, g2, plain) || far(b1, b2, plain) {
				n++
			}
		}
	}
	return n
}

func far(a, b, plain uint32) bool { return max(a, b)-min(a, b) > plain }
