package winpos

import (
	"fmt"
	"image"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	user32             = windows.NewLazySystemDLL("user32.dll")
	getWindowPlacement = user32.NewProc("GetWindowPlacement")
	setWindowPlacement = user32.NewProc("SetWindowPlacement")
	monitorFromRect    = user32.NewProc("MonitorFromRect")
	getMonitorInfo     = user32.NewProc("GetMonitorInfoW")
	isIconic           = user32.NewProc("IsIconic")
	showWindow         = user32.NewProc("ShowWindow")
)

const (
	showNormal    = 1 // SW_SHOWNORMAL
	showMaximised = 3 // SW_SHOWMAXIMIZED
	restoreToMax  = 2 // WPF_RESTORETOMAXIMIZED: minimised now, maximised before
	defaultToNull = 0 // MONITOR_DEFAULTTONULL
	showRestored  = 9 // SW_RESTORE: as it was before it was minimised
)

// placement is WINDOWPLACEMENT: it holds the place of the window as it is while neither maximised nor minimised, whatever the window is now.
type placement struct {
	Length, Flags, Show uint32
	Min, Max            struct{ X, Y int32 }
	Normal              windows.Rect
}

func placementOf(window uintptr) (placement, error) {
	p := placement{}
	p.Length = uint32(unsafe.Sizeof(p))
	if ok, _, err := getWindowPlacement.Call(window, uintptr(unsafe.Pointer(&p))); ok == 0 {
		return p, fmt.Errorf("winpos: GetWindowPlacement: %w", err)
	}
	return p, nil
}

// Of is where the window with that HWND stands; on Windows it is the corner of the frame.
func Of(window uintptr) (Place, error) {
	if window == 0 {
		return Place{}, ErrDesktop
	}
	p, err := placementOf(window)
	if err != nil {
		return Place{}, err
	}
	return Place{X: int(p.Normal.Left), Y: int(p.Normal.Top), Maximised: p.Show == showMaximised || p.Flags&restoreToMax != 0}, nil
}

// Put moves the window with that HWND; where the place is off every screen, it stays where it is.
func Put(window uintptr, at Place) error {
	if window == 0 {
		return ErrDesktop
	}
	p, err := placementOf(window)
	if err != nil {
		return err
	}
	width, height := p.Normal.Right-p.Normal.Left, p.Normal.Bottom-p.Normal.Top
	want := windows.Rect{Left: int32(at.X), Top: int32(at.Y), Right: int32(at.X) + width, Bottom: int32(at.Y) + height}
	if !onScreen(want) {
		if !at.Maximised {
			return ErrOffScreen
		}
		want = p.Normal
	}
	p.Normal, p.Flags, p.Show = want, 0, showNormal
	if at.Maximised {
		p.Show = showMaximised
	}
	if ok, _, err := setWindowPlacement.Call(window, uintptr(unsafe.Pointer(&p))); ok == 0 {
		return fmt.Errorf("winpos: SetWindowPlacement: %w", err)
	}
	return nil
}

// Restore brings back a window that was minimised: Windows does not when it is only brought to the front.
func Restore(window uintptr) {
	if window == 0 {
		return
	}
	if minimised, _, _ := isIconic.Call(window); minimised != 0 {
		_, _, _ = showWindow.Call(window, showRestored) // gives what the window was, never an error
	}
}

// onScreen reports whether a window there can be taken hold of on the screen on which most of its upper edge is.
func onScreen(r windows.Rect) bool {
	strip := r
	strip.Bottom = r.Top + gripHeight
	monitor, _, _ := monitorFromRect.Call(uintptr(unsafe.Pointer(&strip)), defaultToNull)
	if monitor == 0 {
		return false
	}
	var info struct { // MONITORINFO
		Size          uint32
		Monitor, Work windows.Rect
		Flags         uint32
	}
	info.Size = uint32(unsafe.Sizeof(info))
	if ok, _, _ := getMonitorInfo.Call(monitor, uintptr(unsafe.Pointer(&info))); ok == 0 {
		return false
	}
	rect := func(r windows.Rect) image.Rectangle {
		return image.Rect(int(r.Left), int(r.Top), int(r.Right), int(r.Bottom))
	}
	return reachable(rect(r), []image.Rectangle{rect(info.Monitor)})
}
