// Package serial listens to scanners at serial ports: RS-232 and USB-CDC. A scanner there sends each code's bytes as they are, so nothing has to be
// undone but the frame. facts/environment.md §10.
package serial

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"time"

	"go.bug.st/serial"
	"go.bug.st/serial/enumerator"

	"znak/app/hint"
	"znak/app/scan"
)

// Driver finds and opens serial ports.
type Driver struct{}

var _ scan.Driver = Driver{}

// Kind is scan.DeviceSerial.
func (Driver) Kind() scan.DeviceKind { return scan.DeviceSerial }

// Places lists the serial ports of the computer. On Linux the built-in ones that have no hardware behind them do not count.
func (Driver) Places() ([]scan.Place, error) {
	ports, err := enumerator.GetDetailedPortsList()
	if err != nil {
		return nil, hint.New("scan.serial.list", nil, err)
	}
	var places []scan.Place
	for _, p := range ports {
		if runtime.GOOS == "linux" && !p.IsUSB && strings.HasPrefix(p.Name, "/dev/ttyS") && !wired(p.Name) {
			continue
		}
		place := scan.Place{Kind: scan.DeviceSerial, Port: p.Name, Model: p.Product}
		if p.IsUSB {
			place.VID, place.PID, place.Serial = strings.ToLower(p.VID), strings.ToLower(p.PID), p.SerialNumber
		}
		places = append(places, place)
	}
	return places, nil
}

// defaultBaud is what scanners are set to by their makers.
const defaultBaud = 9600

// quiet ends a scan: at 1200 baud a byte takes 8 ms, a USB converter holds bytes back for up to 16 ms.
const quiet = 40 * time.Millisecond

// Open opens a port at a speed (0: 9600), 8 data bits, no parity.
func (Driver) Open(port string, baud int) (scan.Stream, error) {
	if baud == 0 {
		baud = defaultBaud
	}
	p, err := serial.Open(port, &serial.Mode{BaudRate: baud, DataBits: 8, Parity: serial.NoParity, StopBits: serial.OneStopBit})
	if err == nil {
		err = p.SetReadTimeout(quiet)
	}
	var fault *serial.PortError
	switch {
	case err == nil:
		return &stream{port: p}, nil
	case errors.As(err, &fault) && fault.Code() == serial.PortBusy:
		return nil, hint.New("scan.serial.busy", hint.Args{"Port": port}, err)
	case errors.As(err, &fault) && fault.Code() == serial.PermissionDenied:
		return nil, hint.New("scan.serial.denied", hint.Args{"Port": port}, err)
	}
	return nil, hint.New("scan.serial.open", hint.Args{"Port": port}, err)
}

// stream makes scans of the bytes: one ends where the line is quiet for a while, whatever stands in it; so a code of several lines is one scan.
type stream struct {
	port  serial.Port
	frame frame
	close sync.Once
	err   error
}

func (s *stream) Next() (string, error) {
	if s.err != nil {
		return "", s.err
	}
	buf := make([]byte, 1024)
	for {
		n, err := s.port.Read(buf)
		if text := s.frame.take(buf[:n], n == 0 || err != nil); text != "" {
			s.err = err
			return text, err
		}
		if err != nil {
			s.err = err
			return "", err
		}
	}
}

func (s *stream) Close() (err error) {
	s.close.Do(func() { err = s.port.Close() })
	return err
}

// frame gathers the bytes of a scan.
type frame struct{ held []byte }

// most is how much is held of a scanner that never pauses; the largest QR holds less than half of it.
const most = 8 << 10

// take adds bytes and gives a scan where one has ended: by silence, or, where too much is held, at the last line end, so that no line is torn.
func (f *frame) take(data []byte, silent bool) string {
	f.held = append(f.held, data...)
	n := 0
	switch {
	case silent:
		n = len(f.held)
	case len(f.held) >= most:
		if n = strings.LastIndexAny(string(f.held), "\r\n") + 1; n == 0 {
			n = len(f.held)
		}
	}
	if n == 0 {
		return ""
	}
	text := string(f.held[:n])
	f.held = append(f.held[:0], f.held[n:]...)
	return text
}
