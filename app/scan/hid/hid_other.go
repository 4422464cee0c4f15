//go:build !linux

package hid

import (
	"errors"

	"znak/app/hint"
	"znak/app/scan"
)

var errNoHID = errors.New("HID POS is not read on this system")

// Places says that this system wants the scanner in another mode.
func (Driver) Places() ([]scan.Place, error) { return nil, hint.New("scan.hid.system", nil, errNoHID) }

// Open says the same.
func (Driver) Open(string, int) (scan.Stream, error) {
	return nil, hint.New("scan.hid.system", nil, errNoHID)
}
