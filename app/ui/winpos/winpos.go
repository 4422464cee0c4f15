// Package winpos asks and says where a window stands on the desktop, by the system's own calls, for the toolkit has none. It works on Windows and on X11 (also
// under XWayland); on Wayland and macOS the desktop alone decides where windows stand, and the functions report ErrDesktop.
package winpos

import (
	"errors"
	"image"
)

// ErrDesktop: here the desktop decides where windows stand.
var ErrDesktop = errors.New("winpos: the desktop decides where the window stands")

// ErrOffScreen: the place is not on any screen now.
var ErrOffScreen = errors.New("winpos: the place is off every screen")

// ErrSlow: the desktop did not answer in time.
var ErrSlow = errors.New("winpos: the desktop does not answer")

// Place is where a window stands: its upper left corner in pixels of the desktop (on X11 that of its content, on Windows that of its frame) and whether it fills
// the screen. Of a maximised window the corner is not the one to which it goes back, on X11; who remembers places keeps the corner from before.
type Place struct {
	X, Y      int
	Maximised bool
}

// The grip is the part of a window by which it is moved with the mouse: a strip at its upper edge. A window is not put where less of it than this can be seen.
const (
	gripWidth  = 120 // pixels
	gripHeight = 24  // pixels
)

// reachable reports whether enough of the upper edge of a window with that content would be seen on the screens to take hold of it.
func reachable(content image.Rectangle, screens []image.Rectangle) bool {
	strip := image.Rect(content.Min.X, content.Min.Y, content.Max.X, content.Min.Y+gripHeight)
	for _, s := range screens {
		if seen := strip.Intersect(s); seen.Dx() >= min(gripWidth, strip.Dx()) && seen.Dy() >= gripHeight {
			return true
		}
	}
	return false
}
