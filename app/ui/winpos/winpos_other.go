//go:build !linux && !windows

package winpos

// Of cannot be known here.
func Of(uintptr) (Place, error) { return Place{}, ErrDesktop }

// Put cannot be done here.
func Put(uintptr, Place) error { return ErrDesktop }

// Restore is done by the desktop here, as soon as the window is brought to the front.
func Restore(uintptr) {}
