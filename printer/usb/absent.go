//go:build !linux || !cgo || nousb

package usb

// built reports whether this program can speak to USB printers at all. Without libusb (which needs cgo) it cannot; on Windows and macOS
// USB printers are printed to through the system, which does not let go of them.
const built = false

func openPort(seat, bool) (port, error) { return nil, errAbsent }

func askDeviceID(seat) ([]byte, error) { return nil, errAbsent }
