package scan

import (
	"context"
	"errors"
	"strings"
	"time"

	"znak/app/hint"
)

// DeviceKind says how a scanner is connected.
type DeviceKind string

// The kinds of connections.
const (
	DeviceKeyboard DeviceKind = "keyboard" // types its codes; all of them are one keyboard to the computer
	DeviceSerial   DeviceKind = "serial"   // COM port or USB-CDC
	DeviceHID      DeviceKind = "hid"      // USB HID point of sale, usage page 0x8C
)

// Device is a scanner that the office has set up.
type Device struct {
	Name    string     `json:"name"`
	Kind    DeviceKind `json:"kind"`
	Port    string     `json:"port,omitempty"`   // as the system names it, when it was last seen; empty for a keyboard
	VID     string     `json:"vid,omitempty"`    // of USB, four hexadecimal digits
	PID     string     `json:"pid,omitempty"`    // of USB
	Serial  string     `json:"serial,omitempty"` // of USB; many scanners have none
	Model   string     `json:"model,omitempty"`
	Baud    int        `json:"baud,omitempty"` // of a serial port; 0: 9600
	Profile Profile    `json:"profile"`
	Proof   *Proof     `json:"proof,omitempty"` // nil: never tested
}

// Proof is the outcome of the last self-test.
type Proof struct {
	At   time.Time `json:"at"` // UTC
	Lost []Lost    `json:"lost,omitempty"`
}

// Place is where a scanner may be connected.
type Place struct {
	Kind             DeviceKind
	Port             string
	VID, PID, Serial string // of USB, else empty
	Model            string
}

// Driver finds scanners of one kind and opens them.
type Driver interface {
	Kind() DeviceKind
	// Places lists where scanners of this kind may be. An error with a hint says why the system does not tell, or has none.
	Places() ([]Place, error)
	// Open opens a port; baud is of a serial one, 0 means the default. Its errors carry a hint.
	Open(port string, baud int) (Stream, error)
}

// Stream gives the scans of an open port.
type Stream interface {
	// Next waits for the next scan and gives it as it came. After an error, or Close, the stream is over.
	Next() (string, error)
	Close() error
}

// Connection is how a scanner's port is.
type Connection string

// The states of a connection.
const (
	Connected    Connection = "connected"
	Disconnected Connection = "disconnected" // not plugged in, or another program has it; Event.Err says which
)

// Event is something that happened at a scanner: a scan where State is empty.
type Event struct {
	Device string
	Input  Input
	State  Connection
	Port   string // where it is connected
	Err    error  // of Disconnected, with a hint
}

// ErrUnplugged says that a scanner is at none of the ports.
var ErrUnplugged = errors.New("scanner not found at any port")

// retryEvery is how long an unplugged scanner is let alone.
const retryEvery = time.Second

// Keep listens to one scanner until ctx ends: it finds its port, by its USB numbers rather than by the port's name, opens it, gives its scans to
// tell in their order, and begins again when the cable was pulled. tell is called from Keep's own goroutine.
func Keep(ctx context.Context, driver Driver, d Device, tell func(Event)) {
	told := ""
	for ctx.Err() == nil {
		err := keepOnce(ctx, driver, d, tell, func() { told = "" })
		if ctx.Err() != nil {
			return
		}
		if s := err.Error(); s != told { // each reason once
			told = s
			tell(Event{Device: d.Name, State: Disconnected, Err: err})
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryEvery):
		}
	}
}

// keepOnce listens until the port fails.
func keepOnce(ctx context.Context, driver Driver, d Device, tell func(Event), opened func()) error {
	places, placesErr := driver.Places()
	port, ok := d.find(places)
	if !ok {
		if placesErr != nil {
			return placesErr
		}
		return hint.New("scan.device.unplugged", hint.Args{"Scanner": d.Name}, ErrUnplugged)
	}
	stream, err := driver.Open(port, d.Baud)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = stream.Close() }) // ends Next
	defer func() {
		if stop() {
			_ = stream.Close() // of a port that is gone
		}
	}()
	opened()
	tell(Event{Device: d.Name, State: Connected, Port: port})
	for {
		text, err := stream.Next()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if text != "" {
			tell(Event{Device: d.Name, Port: port, Input: Input{Text: text, Scan: true, At: time.Now(), Device: d.Name}})
		}
		if err != nil {
			return hint.New("scan.device.unplugged", hint.Args{"Scanner": d.Name}, err)
		}
	}
}

// find says at which port a scanner is now. A USB scanner is known by its numbers wherever it is plugged in; among several without a serial number
// the port it had before decides. A port that no list names is taken by its name: not every system lists all it has.
func (d Device) find(places []Place) (port string, ok bool) {
	if d.VID == "" {
		return d.Port, d.Port != ""
	}
	for _, p := range places {
		if !strings.EqualFold(p.VID, d.VID) || !strings.EqualFold(p.PID, d.PID) || d.Serial != "" && p.Serial != d.Serial {
			continue
		}
		if !ok || p.Port == d.Port {
			port, ok = p.Port, true
		}
	}
	return port, ok
}

// At is the scanner at a place, under a name.
func At(name string, p Place, baud int) Device {
	return Device{Name: name, Kind: p.Kind, Port: p.Port, VID: p.VID, PID: p.PID, Serial: p.Serial, Model: p.Model, Baud: baud}
}

// Is reports whether d is the scanner at p.
func (d Device) Is(p Place) bool {
	port, ok := d.find([]Place{p})
	return ok && d.Kind == p.Kind && port == p.Port
}
