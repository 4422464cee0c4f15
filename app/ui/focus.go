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

// parts are the objects that an object is made of, in the order of Tab. The toolkit's own widgets have none.
func parts(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case *container.Scroll:
		return []fyne.CanvasObject{o.Content}
	case *container.Split:
		return []fyne.CanvasObject{o.Leading, o.Trailing}
	case *container.ThemeOverride:
		return []fyne.CanvasObject{o.Content}
	case *widget.PopUp:
		return []fyne.CanvasObject{o.Content}
	case *panel:
		return []fyne.CanvasObject{o.content}
	}
	return nil
}

// same reports whether an object is the one that has the focus: a field may be built on an entry.
func same(o, focus fyne.CanvasObject) bool {
	f, ok := o.(interface{ plain() *entry })
	return o == focus || ok && fyne.CanvasObject(f.plain()) == focus
}

// reveal scrolls everything around an object so far that the object can be seen whole, and reports where in root it stands then.
func reveal(root, o fyne.CanvasObject) (at fyne.Position, found bool) {
	if root == nil {
		return at, false
	}
	if same(root, o) {
		return at, true
	}
	for _, part := range parts(root) {
		if at, found = reveal(part, o); !found {
			continue
		}
		s, ok := root.(*container.Scroll)
		if !ok {
			return at.Add(part.Position()), true
		}
		scrollTo(s, at, o.Size())
		return at.Subtract(s.Offset), true
	}
	return at, false
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
