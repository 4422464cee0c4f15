//go:build !linux && !windows

package winpos

// Of cannot be known here.
func Of(uintptr) (Place, error) { return Place{}, ErrDesktop }

// Put cannot be done here.
func Put(uintptr, Place) error { return ErrDesktop }
