package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// border is container.NewBorder with its objects in the order in which they are read, which is the order of Tab: the upper one, the left one, the middle, the
// right one, the lower one. The toolkit's own begins with the middle.
func border(top, bottom, left, right fyne.CanvasObject, middle ...fyne.CanvasObject) *fyne.Container {
	var all []fyne.CanvasObject
	add := func(o fyne.CanvasObject) {
		if o != nil {
			all = append(all, o)
		}
	}
	add(top)
	add(left)
	all = append(all, middle...)
	add(right)
	add(bottom)
	return container.New(layout.NewBorderLayout(top, bottom, left, right), all...)
}

// focused brings what has got the focus into view where it is scrolled out of it.
func (w *Window) focused(o fyne.CanvasObject) {
	root := w.win.Canvas().Overlays().Top()
	if root == nil {
		root = w.frame.root
	}
	reveal(root, o)
}

// opened is told that a widget may have opened a menu.
func (w *Window) opened() { w.over.opened() }

// reveal scrolls everything around an object so far that the object can be seen whole, and reports where in root it stands then.
func reveal(root, o fyne.CanvasObject) (at fyne.Position, found bool) {
	if f, ok := root.(interface{ plain() *entry }); root == o || ok && fyne.CanvasObject(f.plain()) == o { // a field may be built on an entry
		return fyne.Position{}, true
	}
	switch r := root.(type) {
	case nil:
	case *fyne.Container:
		for _, c := range r.Objects {
			if at, found = reveal(c, o); found {
				return at.Add(c.Position()), true
			}
		}
	case *container.Scroll:
		if at, found = reveal(r.Content, o); found {
			scrollTo(r, at, o.Size())
			return at.Subtract(r.Offset), true
		}
	case *container.Split:
		for _, c := range []fyne.CanvasObject{r.Leading, r.Trailing} {
			if at, found = reveal(c, o); found {
				return at.Add(c.Position()), true
			}
		}
	case *container.ThemeOverride:
		if at, found = reveal(r.Content, o); found {
			return at.Add(r.Content.Position()), true
		}
	case *widget.PopUp:
		return reveal(r.Content, o)
	case *panel:
		if at, found = reveal(r.content, o); found {
			return at.Add(r.content.Position()), true
		}
	}
	return at, found
}

// scrollTo moves a scroller as little as is needed to show a part of its content; of what does not fit, the beginning is shown.
func scrollTo(s *container.Scroll, at fyne.Position, size fyne.Size) {
	const margin = 8 // of the ring around what has the focus, and some air
	least := func(offset, at, size, room float32) float32 {
		return min(max(offset, at+size+margin-room), max(at-margin, 0))
	}
	room := s.Size()
	want := fyne.NewPos(least(s.Offset.X, at.X, size.Width, room.Width), least(s.Offset.Y, at.Y, size.Height, room.Height))
	most := s.Content.Size().Subtract(room)
	want = fyne.NewPos(max(min(want.X, most.Width), 0), max(min(want.Y, most.Height), 0))
	if want != s.Offset {
		s.ScrollToOffset(want)
	}
}
