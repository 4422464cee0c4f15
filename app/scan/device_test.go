package scan

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// socket is a driver whose places the test changes.
type socket struct {
	mu     sync.Mutex
	places []Place
	opened []string
	lines  map[string]chan string // by port
}

func (s *socket) Kind() DeviceKind { return DeviceSerial }

func (s *socket) Places() ([]Place, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.places), nil
}

func (s *socket) Open(port string, baud int) (Stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = append(s.opened, port)
	return &jack{lines: s.lines[port], closed: make(chan struct{}), baud: baud}, nil
}

type jack struct {
	lines  chan string
	closed chan struct{}
	once   sync.Once
	baud   int
}

func (j *jack) Next() (string, error) {
	select {
	case s, ok := <-j.lines:
		if !ok {
			return "", errors.New("pulled")
		}
		if j.baud != 115200 && j.baud != 0 { // a port that is set to 115200
			s = "\xfe\x83\x00\xf0"
		}
		return s, nil
	case <-j.closed:
		return "", errors.New("closed")
	}
}

func (j *jack) Close() error { j.once.Do(func() { close(j.closed) }); return nil }

// A scanner is found by its USB numbers, wherever it is plugged in; of two alike the one with the right serial number.
func TestKeepFollowsTheScanner(t *testing.T) {
	usb := func(port, serial string) Place {
		return Place{Kind: DeviceSerial, Port: port, VID: "0c2e", PID: "0b6a", Serial: serial}
	}
	s := &socket{places: []Place{usb("COM3", "A"), usb("COM4", "B")}, lines: map[string]chan string{"COM3": make(chan string, 9), "COM4": make(chan string, 9), "COM7": make(chan string, 9)}}
	d := At("desk", usb("COM3", "B"), 0)
	events := make(chan Event, 100)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { Keep(ctx, s, d, func(e Event) { events <- e }); close(done) }()
	next := func() Event {
		t.Helper()
		select {
		case e := <-events:
			return e
		case <-time.After(10 * time.Second):
			t.Fatal("nothing happened")
		}
		return Event{}
	}
	if e := next(); e.State != Connected || e.Port != "COM4" {
		t.Fatalf("%+v", e)
	}
	s.lines["COM4"] <- "one"
	if e := next(); e.Input.Text != "one" || e.Input.Device != "desk" || !e.Input.Scan {
		t.Fatalf("%+v", e)
	}
	s.mu.Lock()
	s.places = []Place{usb("COM3", "A")}
	s.mu.Unlock()
	close(s.lines["COM4"])
	if e := next(); e.State != Disconnected || e.Err == nil {
		t.Fatalf("%+v", e)
	}
	s.mu.Lock()
	s.places = append(s.places, usb("COM7", "B"))
	s.mu.Unlock()
	for e := next(); e.State != Connected; e = next() { // not plugged in is another reason than pulled
		if !errors.Is(e.Err, ErrUnplugged) {
			t.Fatalf("%+v", e)
		}
	}
	s.lines["COM7"] <- "two"
	if e := next(); e.Input.Text != "two" {
		t.Fatalf("%+v", e)
	}
	cancel()
	<-done
	if slices.Contains(s.opened, "COM3") {
		t.Error("another scanner's port was opened")
	}
}

// The speed of a port is found by trying.
func TestSearchFindsTheSpeed(t *testing.T) {
	s := &socket{places: []Place{{Kind: DeviceSerial, Port: "COM1"}, {Kind: DeviceSerial, Port: "COM2"}}, lines: map[string]chan string{"COM1": make(chan string), "COM2": make(chan string)}}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	heard := make(chan Heard, 10)
	done := make(chan struct{})
	go func() {
		Search(ctx, []Driver{s}, []Device{{Kind: DeviceSerial, Port: "COM2"}}, func(h Heard) { heard <- h })
		close(done)
	}()
	for {
		select {
		case s.lines["COM1"] <- SetupText():
		case <-ctx.Done():
			t.Fatal("the speed was not found")
		}
		if h := <-heard; h.Baud == 115200 {
			if _, err := Learn(h.Text); err != nil || h.Place.Port != "COM1" {
				t.Errorf("%+v, %v", h, err)
			}
			break
		}
	}
	cancel()
	<-done
	if slices.Contains(s.opened, "COM2") {
		t.Error("the port of a known scanner was opened")
	}
}
