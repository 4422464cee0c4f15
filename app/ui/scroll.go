package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// What is longer than the window is scrolled by keys too: PageUp and PageDown anywhere but in a list, which turns its own pages; the arrows, Home and End
// where no field and no list has a use for them.

const scrollLine = 48 // of an arrow, units of the toolkit

// scrollBy scrolls the screen by a key, and reports whether it was one for that.
func (w *Window) scrollBy(key fyne.KeyName) bool {
	page := false
	switch key {
	case fyne.KeyPageUp, fyne.KeyPageDown:
		page = true
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd:
	default:
		return false
	}
	focus := w.win.Canvas().Focused()
	switch focus.(type) {
	case nil, *button, *link, *check:
	case *grid, *rows:
		return false
	default:
		if !page {
			return false
		}
	}
	o, _ := focus.(fyne.CanvasObject)
	s := scrollerOf(w.current().content(), o)
	if s == nil {
		return false
	}
	room := s.Size().Height
	by := map[fyne.KeyName]float32{fyne.KeyPageUp: scrollLine - room, fyne.KeyPageDown: room - scrollLine, fyne.KeyUp: -scrollLine, fyne.KeyDown: scrollLine,
		fyne.KeyHome: -s.Offset.Y, fyne.KeyEnd: s.Content.Size().Height}[key]
	y := max(min(s.Offset.Y+by, s.Content.Size().Height-room), 0)
	s.ScrollToOffset(fyne.NewPos(s.Offset.X, y))
	return true
}

// scrollerOf is the scroller that has the focus in it, else the largest one that shows only a part of its content; nil: there is none.
func scrollerOf(root, focus fyne.CanvasObject) *container.Scroll {
	var best *container.Scroll
	var area float32
	around := false
	walkScrollers(root, func(s *container.Scroll) {
		room := s.Size()
		if s.Content.Size().Height <= room.Height+1 {
			return
		}
		holds := focus != nil && within(s.Content, focus)
		if size := room.Width * room.Height; holds && !around || holds == around && size > area {
			best, area, around = s, size, holds
		}
	})
	return best
}

// walkScrollers visits the scrollers in view, the outer before the inner.
func walkScrollers(root fyne.CanvasObject, visit func(*container.Scroll)) {
	if root == nil || !root.Visible() {
		return
	}
	if s, ok := root.(*container.Scroll); ok && (s.Direction == container.ScrollVerticalOnly || s.Direction == container.ScrollBoth) {
		visit(s)
	}
	for _, part := range parts(root) {
		walkScrollers(part, visit)
	}
}

func within(root, o fyne.CanvasObject) bool {
	if root == nil || same(root, o) {
		return root != nil
	}
	for _, part := range parts(root) {
		if within(part, o) {
			return true
		}
	}
	return false
}
