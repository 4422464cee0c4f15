package usbtest

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Port status bytes of the printer class.
const (
	Well     = 0x18
	PaperOut = 0x38
	Fault    = 0x10
)

// Gadget is the printer's side of the cable: what comes in is kept, as on paper.
type Gadget struct {
	GadgetParams
	dir string
	// files is held by who speaks through file, wholly by who opens or closes it.
	files sync.RWMutex
	file  *os.File

	mu     sync.Mutex
	got    []byte
	held   bool // it stops reading
	limit  int  // it stops reading after so many bytes; <0: never
	closed bool
	sink   func([]byte)
	group  sync.WaitGroup
}

// GadgetParams say what kind of printer it is.
type GadgetParams struct {
	Socket          int // 0 or 1: which of the machine's sockets
	Vendor, Product uint16
	Serial          string
	DeviceID        string
	Serials         bool // a serial port in the same box
	// Sink gets what comes in, at once and instead of the record.
	Sink func([]byte)
}

// NewGadget makes a printer and plugs it in.
func NewGadget(t *testing.T, p GadgetParams) *Gadget {
	t.Helper()
	g := &Gadget{GadgetParams: p, limit: -1, sink: p.Sink, dir: filepath.Join(configfs, "usb_gadget", fmt.Sprintf("g%d", p.Socket))}
	if err := g.make(); err != nil {
		t.Fatalf("gadget: %v", err)
	}
	t.Cleanup(g.Remove)
	g.Plug(t)
	return g
}

func (g *Gadget) make() error {
	for _, dir := range []string{"", "strings/0x409", "functions/printer.p", "configs/c.1"} {
		if err := os.Mkdir(filepath.Join(g.dir, dir), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	set := map[string]string{
		"idVendor": fmt.Sprintf("%#04x", g.Vendor), "idProduct": fmt.Sprintf("%#04x", g.Product),
		"strings/0x409/serialnumber": g.Serial, "strings/0x409/manufacturer": "Acme", "strings/0x409/product": "Gadget",
		"functions/printer.p/pnp_string": g.DeviceID, "functions/printer.p/q_len": "10",
	}
	for name, value := range set {
		if err := os.WriteFile(filepath.Join(g.dir, name), []byte(value), 0o644); err != nil {
			return err
		}
	}
	functions := []string{"printer.p"}
	if g.Serials {
		if err := os.Mkdir(filepath.Join(g.dir, "functions/acm.s"), 0o755); err != nil {
			return err
		}
		functions = []string{"acm.s", "printer.p"}
	}
	for _, f := range functions {
		if err := os.Symlink(filepath.Join(g.dir, "functions", f), filepath.Join(g.dir, "configs/c.1", f)); err != nil {
			return err
		}
	}
	return nil
}

func (g *Gadget) udc() string { return fmt.Sprintf("dummy_udc.%d", g.Socket) }

// Plug switches the printer on and puts its cable in.
func (g *Gadget) Plug(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, "UDC"), []byte(g.udc()), 0o644); err != nil {
		t.Fatalf("plug in: %v", err)
	}
	// The file is there when the printer is switched on, and lets itself be opened when the computer has chosen its configuration.
	Within(t, 5*time.Second, "the printer's own side", func() bool {
		names, _ := filepath.Glob("/dev/g_printer*")
		for _, name := range names {
			if taken[name] != nil && taken[name] != g {
				continue
			}
			if file, err := os.OpenFile(name, os.O_RDWR|unix.O_NONBLOCK, 0); err == nil {
				g.files.Lock()
				g.file = file
				g.files.Unlock()
				taken[name] = g
				return true
			}
		}
		return false
	})
	g.mu.Lock()
	g.closed = false
	g.mu.Unlock()
	g.group.Go(g.read)
	Within(t, 5*time.Second, "the computer sees the printer", func() bool { return g.Seen() })
}

// taken are the files that belong to gadgets.
var taken = map[string]*Gadget{}

// Seen reports whether the computer's side has a printer of this gadget.
func (g *Gadget) Seen() bool {
	names, _ := filepath.Glob("/sys/bus/usb/devices/*/serial")
	for _, name := range names {
		dir := filepath.Dir(name)
		serial, _ := os.ReadFile(name)
		vendor, _ := os.ReadFile(filepath.Join(dir, "idVendor"))
		if strings.TrimSpace(string(serial)) == g.Serial && strings.TrimSpace(string(vendor)) == fmt.Sprintf("%04x", g.Vendor) {
			interfaces, _ := filepath.Glob(dir + "/*:*/bInterfaceClass")
			return len(interfaces) > 0
		}
	}
	return false
}

// Cable pulls the cable, or puts it in again, of a printer that stays on.
func (g *Gadget) Cable(t *testing.T, in bool) {
	t.Helper()
	word := "1"
	if in {
		word = "0"
	}
	// The computer's socket is switched off: to both sides that is the cable.
	ports, _ := filepath.Glob("/sys/bus/usb/devices/*-0:1.0/usb*-port1/disable")
	if len(ports) <= g.Socket {
		t.Fatalf("no socket that can be switched off: %q", ports)
	}
	if err := os.WriteFile(ports[g.Socket], []byte(word), 0o644); err != nil {
		t.Fatal(err)
	}
	if in {
		Within(t, 5*time.Second, "the computer sees the printer", g.Seen)
	}
}

// PowerOff switches the printer off.
func (g *Gadget) PowerOff() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.group.Wait()
	g.files.Lock()
	if g.file != nil {
		g.file.Close()
		g.file = nil
	}
	g.files.Unlock()
	os.WriteFile(filepath.Join(g.dir, "UDC"), []byte("\n"), 0o644)
}

// Remove takes the printer apart.
func (g *Gadget) Remove() {
	g.PowerOff()
	maps.DeleteFunc(taken, func(_ string, owner *Gadget) bool { return owner == g })
	for _, name := range []string{"configs/c.1/printer.p", "configs/c.1/acm.s", "configs/c.1", "functions/printer.p", "functions/acm.s", "strings/0x409", ""} {
		os.Remove(filepath.Join(g.dir, name))
	}
}

// read takes what comes until the printer is switched off.
func (g *Gadget) read() {
	buf := make([]byte, 8192)
	for {
		g.mu.Lock()
		closed, hold := g.closed, g.held || g.limit >= 0 && len(g.got) >= g.limit
		g.mu.Unlock()
		if closed {
			return
		}
		if hold {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		fds := []unix.PollFd{{Fd: int32(g.file.Fd()), Events: unix.POLLIN}}
		if n, err := unix.Poll(fds, 20); n == 0 || err != nil {
			continue
		}
		n, err := unix.Read(int(g.file.Fd()), buf)
		if err != nil || n <= 0 {
			time.Sleep(2 * time.Millisecond)
			continue
		}
		if g.sink != nil {
			g.sink(buf[:n])
			continue
		}
		g.mu.Lock()
		g.got = append(g.got, buf[:n]...)
		g.mu.Unlock()
	}
}

// Got is all that the printer has read.
func (g *Gadget) Got() []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]byte(nil), g.got...)
}

// Forget empties the record.
func (g *Gadget) Forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.got = nil
}

// Hold stops the reading, or lets it go on.
func (g *Gadget) Hold(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = on
}

// StopAfter stops the reading when so many bytes have come; negative: never.
func (g *Gadget) StopAfter(bytes int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limit = bytes
}

// Status sets what GET_PORT_STATUS answers.
func (g *Gadget) Status(t *testing.T, status byte) {
	t.Helper()
	const setStatus = 0xC0016722 // GADGET_SET_PRINTER_STATUS; the value itself is the argument
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, g.file.Fd(), setStatus, uintptr(status)); errno != 0 {
		t.Fatalf("port status: %v", errno)
	}
}

// Say is the printer's answer.
func (g *Gadget) Say(b []byte) error {
	for len(b) > 0 {
		n, err := g.say(b)
		if err != nil && err != unix.EAGAIN {
			return err
		}
		b = b[max(n, 0):]
	}
	return nil
}

func (g *Gadget) say(b []byte) (int, error) {
	g.files.RLock()
	defer g.files.RUnlock()
	if g.file == nil {
		return 0, fs.ErrClosed
	}
	fds := []unix.PollFd{{Fd: int32(g.file.Fd()), Events: unix.POLLOUT}}
	if n, err := unix.Poll(fds, 20); n == 0 || err != nil {
		return 0, unix.EAGAIN
	}
	return unix.Write(int(g.file.Fd()), b)
}

// Within waits until something is so.
func Within(t *testing.T, limit time.Duration, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s\n%s", limit, what, kernelLog())
		}
	}
}

// kernelLog is the end of what the kernel has said.
func kernelLog() string {
	b := make([]byte, 1<<18)
	n, err := unix.Klogctl(unix.SYSLOG_ACTION_READ_ALL, b)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(b[:n])), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}
