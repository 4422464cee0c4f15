package hands

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Cable is a pseudo terminal that stands for the cable of a scanner at a serial port: what is sent into it arrives at the port.
type Cable struct {
	Port   string // what the program opens
	master *os.File
}

// NewCable lays a cable. Nothing but the test holds its other end, so the port is there until Close.
func NewCable() (*Cable, error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("pseudo terminal: %w", err)
	}
	master := os.NewFile(uintptr(fd), "ptmx")
	n := 0
	if err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err == nil {
		n, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
	}
	if err != nil {
		_ = master.Close()
		return nil, fmt.Errorf("pseudo terminal: %w", err)
	}
	return &Cable{Port: fmt.Sprintf("/dev/pts/%d", n), master: master}, nil
}

// Send sends the bytes of one code and gives the moment after the last one.
func (c *Cable) Send(text string) (last time.Time, err error) {
	_, err = c.master.WriteString(text)
	return time.Now(), err
}

// Close pulls the plug.
func (c *Cable) Close() error { return c.master.Close() }
