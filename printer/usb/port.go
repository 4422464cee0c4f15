package usb

import (
	"context"
	"errors"

	"znak/printer"
)

// port is the claimed interface of a printer. Its methods may be used side by side; Close waits for none of them, the link sees to that.
type port interface {
	// Write hands bytes to the printer and waits until it has taken them or ctx ends. The count beside an error is what the host has seen
	// taken, which is not what was printed, and the printer may have got more; errNotTaken means that it surely got none.
	Write(ctx context.Context, b []byte) (int, error)
	// Read gives what the printer has to say, waiting for it until ctx ends.
	Read(ctx context.Context, b []byte) (int, error)
	// TwoWay reports whether the printer can say anything at all.
	TwoWay() bool
	// DeviceID is the answer to GET_DEVICE_ID.
	DeviceID() ([]byte, error)
	// Status is the answer to GET_PORT_STATUS.
	Status() (byte, error)
	// SoftReset makes the printer drop what it has taken and not printed.
	SoftReset() error
	// Close gives the interface back, and to the kernel's driver if there is one for it.
	Close()
}

// How opening and using a port goes wrong.
var (
	errAbsent   = errors.New("built without libusb")
	errAccess   = errors.New("no right to open the device")
	errInUse    = errors.New("another program uses the printer")
	errGone     = errors.New("the printer is not connected")
	errNotTaken = errors.New("nothing was sent")
	errShape    = errors.New("the device describes itself in a way that cannot be used")
)

// Bits of GET_PORT_STATUS, section 4.2.2 of the printer class.
const (
	statusPaperEmpty = 1 << 5
	statusSelect     = 1 << 4
	statusNotError   = 1 << 3
)

// portState says what a port status means. Ready is also what a printer says that has nothing to say.
func portState(status byte) (printer.State, []string) {
	switch {
	case status&statusPaperEmpty != 0:
		return printer.OutOfPaper, []string{"port status: paper empty"}
	case status&statusNotError == 0:
		return printer.NeedsPerson, []string{"port status: error"}
	case status&statusSelect == 0:
		return printer.Paused, []string{"port status: not selected"}
	}
	return printer.Ready, nil
}
