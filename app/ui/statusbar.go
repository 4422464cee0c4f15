package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
)

// statusBar is the line at the bottom: always there, always true; each part opens its screen, by a click or by Enter.
type statusBar struct {
	w     *Window
	box   fyne.CanvasObject
	parts *fyne.Container
	shown []view.Part
	run   string
	who   *link // at the station
	links map[place]*link
}

func newStatusBar(w *Window) *statusBar {
	s := &statusBar{w: w, parts: container.New(fitting{}), links: map[place]*link{}}
	help := newLink(w, w.words.T("ui.status.help"), func() { w.open(screenHelp, "") })
	help.Step, help.Ink, help.Whole = sizeTable, colorMuted, true
	s.who = newLink(w, "", w.lock)
	s.who.Step, s.who.Ink, s.who.Whole = sizeTable, colorMuted, true
	s.present(w.words.Present(w.gate.at))
	row := border(nil, nil, nil, hbox(16, s.who, help), s.parts)
	s.box = newPanel(colorPanel, 0, vbox(0, widget.NewSeparator(), inset(6, 16, row)))
	return s
}

// present names the person at the station; a click locks it.
func (s *statusBar) present(who string) {
	if s.who.Text != who {
		s.who.set(who, colorMuted)
	}
	show(s.who, who != "")
}

// set shows the parts; nothing is redrawn where nothing has changed.
func (s *statusBar) set(parts []view.Part, run string) {
	if run == s.run && equal(parts, s.shown) {
		return
	}
	s.shown, s.run = parts, run
	s.parts.Objects = nil
	seen := map[string]int{}
	if run != "" {
		s.add(view.Part{Text: run, Tone: view.Accent, Screen: screenPrint}, true, seen)
	}
	for i, p := range parts {
		s.add(p, i == 0, seen)
	}
	s.parts.Refresh()
}

func (s *statusBar) add(p view.Part, shape bool, seen map[string]int) {
	if len(s.parts.Objects) > 0 {
		dot := whole("  ·  ")
		dot.Step, dot.Ink = sizeTable, colorMuted
		s.parts.Add(dot)
	}
	if shape || p.Tone == view.Warn || p.Tone == view.Stop {
		icon := widget.NewIcon(s.w.icons.get(shapeOf(p.Tone), inkOf(p.Tone)))
		s.parts.Add(container.NewCenter(boxed(16, 16, icon)))
		s.parts.Add(whole(" "))
	}
	ink := inkOf(p.Tone)
	if p.Tone == view.OK || p.Tone == view.Plain {
		ink = theme.ColorNameForeground
	}
	key := place{p.Screen, strconv.Itoa(seen[p.Screen])}
	seen[p.Screen]++
	l := s.links[key]
	if l == nil { // kept from one time to the next, so that it keeps the focus
		l = newLink(s.w, "", func() { s.w.open(p.Screen, "") })
		l.Step = sizeTable
		s.links[key] = l
	}
	l.set(p.Text, ink)
	s.parts.Add(l)
}

func equal(a, b []view.Part) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// fitting lays its objects side by side and leaves out what no longer fits, so that the line never widens the window.
type fitting struct{}

func (fitting) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := float32(18)
	for _, o := range objects {
		h = max(h, o.MinSize().Height)
	}
	return fyne.NewSize(200, h)
}

func (fitting) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x, full := float32(0), false
	for _, o := range objects {
		if l, ok := o.(*link); ok {
			l.Whole = true
		}
		w := o.MinSize().Width
		if l, ok := o.(*link); ok && !full && x+w > size.Width && size.Width-x >= 160 { // cut rather than left out
			w, l.Whole, full = size.Width-x, false, true
		} else {
			full = full || x+w > size.Width
			show(o, !full)
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w
	}
}
