package ui

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
)

// overflows names what is larger than the box it stands in, or stands outside of it: words that would be cut or painted over others.
func (d *desk) overflows() []string {
	var bad []string
	var look func(o fyne.CanvasObject, path string)
	inside := func(o, parent fyne.CanvasObject, path string) {
		p, s := o.Position(), o.Size()
		if p.X < -9 || p.Y < -9 || p.X+s.Width > parent.Size().Width+9 || p.Y+s.Height > parent.Size().Height+9 {
			bad = append(bad, fmt.Sprintf("%s: %T %v+%v is outside of %v", path, o, p, s, parent.Size()))
		}
	}
	look = func(o fyne.CanvasObject, path string) {
		if o == nil || !o.Visible() {
			return
		}
		switch o := o.(type) {
		case *line:
			if o.Whole && o.Text != "" && o.MinSize().Width > o.Size().Width+1 {
				bad = append(bad, fmt.Sprintf("%s: %q needs %.0f and has %.0f", path, o.Text, o.MinSize().Width, o.Size().Width))
			}
			return
		case *button:
			if m := o.MinSize(); m.Width > o.Size().Width+1 || m.Height > o.Size().Height+1 {
				bad = append(bad, fmt.Sprintf("%s: button %q needs %v and has %v", path, o.Text, m, o.Size()))
			}
			return
		case *paragraph:
			if m := o.MinSize(); m.Height > o.Size().Height+1 && strings.TrimSpace(o.Text) != "" {
				bad = append(bad, fmt.Sprintf("%s: %q needs %v and has %v", path, o.Text, m, o.Size()))
			}
			return
		case *fyne.Container:
			for i, c := range o.Objects {
				if c.Visible() {
					inside(c, o, fmt.Sprintf("%s.%d", path, i))
				}
				look(c, fmt.Sprintf("%s.%d", path, i))
			}
		case *container.Scroll:
			if m := o.Content.MinSize(); o.Direction != container.ScrollHorizontalOnly && m.Width > o.Size().Width+1 {
				bad = append(bad, fmt.Sprintf("%s: what scrolls needs a width of %.0f and has %.0f", path, m.Width, o.Size().Width))
			}
			look(o.Content, path+".scroll")
		case *container.Split:
			look(o.Leading, path+".lead")
			look(o.Trailing, path+".trail")
		case *container.ThemeOverride:
			look(o.Content, path+".theme")
		case *grid, *entry, *choice, *check: // cut or scroll by themselves
		case *rows:
			for _, c := range test.WidgetRenderer(o).Objects() {
				look(c, path+".rows")
			}
		case fyne.Widget:
			for i, c := range test.WidgetRenderer(o).Objects() {
				look(c, fmt.Sprintf("%s %T.%d", path, o, i))
			}
		}
	}
	look(d.win.Canvas().Content(), "")
	return bad
}

// ourScreens are those that stand in the frame, with what they show.
var ourScreens = []place{{view.ScreenToday, ""}, {view.ScreenBatches, ""}, {screenBatch, "506"}, {screenBatch, "510"}, {screenSearch, "Ким"}, {view.ScreenOutbox, ""},
	{view.ScreenMoney, ""}, {view.ScreenSettings, ""}, {screenHelp, ""}, {view.ScreenReprint, ""}, {view.ScreenPrinters, "Xerox"}}

func TestLargeText(t *testing.T) {
	noRace(t)
	for _, lang := range []string{"ru", "en"} {
		for _, look := range []Look{{ModeLight, 100}, {ModeLight, 200}, {ModeContrast, 150}} {
			t.Run(fmt.Sprintf("%s-%d", lang, look.Percent), func(t *testing.T) {
				d := newDesk(t, lang, false, viewtest.Sample())
				d.win.Resize(fyne.NewSize(1280, 720))
				d.params.Theme = ThemeOf
				d.dress(look)
				d.settle()
				for _, to := range ourScreens {
					d.open(to.screen, to.arg)
					d.settle()
					d.shot(fmt.Sprintf("%s-%s-%d-%s", lang, look.Mode, look.Percent, strings.Trim(to.screen+"-"+to.arg, "-")))
					if m := d.frame.root.MinSize(); m.Width > 1280 || m.Height > 720 {
						t.Errorf("%v does not fit into 1280×720: %v", to, m)
					}
					for _, bad := range d.overflows() {
						t.Errorf("%v: %s", to, bad)
					}
				}
			})
		}
	}
}

// The look changes at once and is kept for the next start.
func TestLookIsKept(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	d.params.Theme = ThemeOf
	d.open(view.ScreenSettings, "")
	d.settle()
	d.dress(Look{ModeContrast, 150})
	d.settle()
	if got := LookOf(d.app); got != (Look{ModeContrast, 150}) {
		t.Errorf("kept %v", got)
	}
	if theme.TextSize() != 21 || d.here.screen != view.ScreenSettings {
		t.Errorf("text is %v on %v", theme.TextSize(), d.here)
	}
	d.win.Resize(fyne.NewSize(1400, 900))
	d.keepPlace()
	if got := windowSize(d.app); got != fyne.NewSize(1400, 900) {
		t.Errorf("the next window would be %v", got)
	}
}

// High contrast is 7:1 and better for every word.
func TestHighContrast(t *testing.T) {
	look := ThemeOf(Look{Mode: ModeContrast})
	for _, ground := range []fyne.ThemeColorName{theme.ColorNameBackground, colorPanel} {
		for _, ink := range []fyne.ThemeColorName{theme.ColorNameForeground, colorMuted, colorAccent, theme.ColorNameSuccess, theme.ColorNameWarning,
			theme.ColorNameError, theme.ColorNamePlaceHolder, theme.ColorNameHyperlink} {
			if c := contrast(look.Color(ink, theme.VariantLight), look.Color(ground, theme.VariantLight)); c < 7 {
				t.Errorf("%s on %s has %.2f", ink, ground, c)
			}
		}
	}
}

// blanks lists the panels in which nothing can be seen.
func (d *desk) blanks() (list []string) {
	walk(d.win.Canvas().Content(), func(o fyne.CanvasObject) {
		p, ok := o.(*panel)
		if !ok || p.Size().Height <= 12 { // a patch of colour beside a word
			return
		}
		seen := false
		walk(p.content, func(o fyne.CanvasObject) {
			switch o := o.(type) {
			case *canvas.Text:
				seen = seen || strings.TrimSpace(o.Text) != ""
			case *canvas.Image, *canvas.Raster, *canvas.Line:
				seen = true
			}
		})
		if !seen {
			list = append(list, fmt.Sprintf("an empty panel of %v at %v", p.Size(), d.app.Driver().AbsolutePositionForObject(p)))
		}
	})
	return list
}
