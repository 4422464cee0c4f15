package serial

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"znak/app/mark"
	"znak/app/postal"
	"znak/app/scan"
)

// pty is a serial cable: what is written to it arrives at its port.
type pty struct {
	master *os.File
	port   string
}

func newPTY(t *testing.T) *pty {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skip("no pseudo terminals here:", err)
	}
	master := os.NewFile(uintptr(fd), "ptmx")
	t.Cleanup(func() { _ = master.Close() })
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	return &pty{master, fmt.Sprintf("/dev/pts/%d", n)}
}

func (p *pty) send(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(p.master, text); err != nil {
		t.Fatal(err)
	}
}

// log gathers what a scanner says.
type log struct {
	mu     sync.Mutex
	text   strings.Builder
	scans  []string
	at     []time.Time
	states []scan.Connection
}

func (l *log) tell(e scan.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.State != "" {
		l.states = append(l.states, e.State)
		return
	}
	l.text.WriteString(e.Input.Text)
	l.scans = append(l.scans, e.Input.Text)
	l.at = append(l.at, time.Now())
}

func (l *log) until(t *testing.T, what string, ok func(l *log) bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		l.mu.Lock()
		done := ok(l)
		l.mu.Unlock()
		if done {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("never: %s; states %v, %d scans", what, l.states, len(l.scans))
		}
	}
}

func payload(t *testing.T, spec *mark.Spec, n int) string {
	t.Helper()
	thirteen := fmt.Sprintf("99999999%05d", n)
	s, err := spec.Payload(mark.Fields{ID: fmt.Sprintf("{%x}|~", n), ShPI: shpi(thirteen), INN: "7700000016", KPP: "770001001", Value: 8540, Mass: 20, Date: "2026-11-21", From: "101000", To: "190000"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestThreeThousandScans sends marks and bar codes without a pause, all through one port, and loses none.
func TestThreeThousandScans(t *testing.T) {
	spec, err := mark.Default()
	if err != nil {
		t.Fatal(err)
	}
	cable := newPTY(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var heard log
	go scan.Keep(ctx, Driver{}, scan.Device{Name: "pty", Kind: scan.DeviceSerial, Port: cable.port}, heard.tell)
	heard.until(t, "the port is open", func(l *log) bool { return slices.Contains(l.states, scan.Connected) })
	var sent strings.Builder
	var want []string
	for i := range 3000 {
		text := payload(t, spec, i) + "\r\n"
		if i%3 == 0 {
			text = string(shpi(fmt.Sprintf("99999999%05d", i))) + "\r\n"
		}
		want = append(want, string(shpi(fmt.Sprintf("99999999%05d", i))))
		sent.WriteString(text)
	}
	begin := time.Now()
	cable.send(t, sent.String())
	heard.until(t, "everything has arrived", func(l *log) bool { return l.text.Len() >= sent.Len() })
	t.Logf("3,000 scans, %d bytes in %v", sent.Len(), time.Since(begin).Round(time.Millisecond))
	if heard.text.String() != sent.String() {
		t.Fatal("what arrived is not what was sent")
	}
	lines := scan.NewAssembler(scan.NewReader(spec))
	var got []string
	for _, text := range heard.scans { // each a part that ends at a line end
		for line := range strings.Lines(text) {
			for _, r := range lines.Line(strings.TrimRight(line, "\r\n")) {
				got = append(got, r.Piece())
			}
		}
	}
	for _, r := range lines.Flush() {
		got = append(got, r.Piece())
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%d of %d scans were read", len(got), len(want))
	}
}

// TestOneCodeIsOneScan sends codes with pauses: each is one scan, with its line ends, soon after its last byte.
func TestOneCodeIsOneScan(t *testing.T) {
	spec, err := mark.Default()
	if err != nil {
		t.Fatal(err)
	}
	cable := newPTY(t)
	var heard log
	go scan.Keep(t.Context(), Driver{}, scan.Device{Name: "pty", Kind: scan.DeviceSerial, Port: cable.port, Baud: 115200}, heard.tell)
	heard.until(t, "the port is open", func(l *log) bool { return len(l.states) > 0 })
	var want []string
	var late time.Duration
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 20 {
		text := payload(t, spec, i) + []string{"\r", "\r\n", "", "\x03"}[rnd.IntN(4)]
		cut := rnd.IntN(len(text))
		cable.send(t, text[:cut])
		time.Sleep(5 * time.Millisecond) // a slow line
		cable.send(t, text[cut:])
		last := time.Now()
		want = append(want, text)
		heard.until(t, "the scan", func(l *log) bool { return len(l.scans) == i+1 })
		late = max(late, time.Since(last))
	}
	if !slices.Equal(heard.scans, want) {
		t.Errorf("%q", heard.scans)
	}
	t.Logf("given at most %v after the last byte", late.Round(time.Millisecond))
	if late > 500*time.Millisecond {
		t.Errorf("given only after %v", late)
	}
}

// TestPulledCable pulls the cable in the middle of a scan and plugs it in at another port.
func TestPulledCable(t *testing.T) {
	dir := t.TempDir()
	port := filepath.Join(dir, "ttyScanner") // a name that leads to the port that is there now
	plug := func(p *pty) {
		t.Helper()
		_ = os.Remove(port)
		if err := os.Symlink(p.port, port); err != nil {
			t.Fatal(err)
		}
	}
	first := newPTY(t)
	plug(first)
	var heard log
	go scan.Keep(t.Context(), Driver{}, scan.Device{Name: "pty", Kind: scan.DeviceSerial, Port: port}, heard.tell)
	heard.until(t, "the port is open", func(l *log) bool { return len(l.states) == 1 })
	first.send(t, "10944022440321\r")
	heard.until(t, "the first scan", func(l *log) bool { return len(l.scans) == 1 })
	if err := first.master.Close(); err != nil {
		t.Fatal(err)
	}
	heard.until(t, "the pulled cable is told", func(l *log) bool { return slices.Contains(l.states, scan.Disconnected) })
	second := newPTY(t)
	plug(second)
	heard.until(t, "the port is open again", func(l *log) bool { return l.states[len(l.states)-1] == scan.Connected })
	second.send(t, "LS018350611RU\r")
	heard.until(t, "the second scan", func(l *log) bool { return len(l.scans) == 2 })
	if want := []string{"10944022440321\r", "LS018350611RU\r"}; !slices.Equal(heard.scans, want) {
		t.Errorf("%q", heard.scans)
	}
}

// TestTry sets a scanner up through its port.
func TestTry(t *testing.T) {
	cable := newPTY(t)
	go func() {
		time.Sleep(200 * time.Millisecond)
		_, _ = io.WriteString(cable.master, "\x02"+scan.SetupText()+"\r\n")
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	got, err := scan.Try(ctx, Driver{}, scan.Device{Name: "pty", Kind: scan.DeviceSerial, Port: cable.port})
	if err != nil || !got.Whole() || got.Profile.Prefix != "\x02" || got.Profile.End != "\r\n" || got.Profile.Lines != "\r\n" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestPlacesAreListed asks the real system; what it has is its own matter.
func TestPlacesAreListed(t *testing.T) {
	places, err := Driver{}.Places()
	for _, p := range places {
		if p.Kind != scan.DeviceSerial || p.Port == "" {
			t.Errorf("%+v", p)
		}
	}
	if err != nil {
		t.Log(err)
	}
	if _, err := (Driver{}).Open(filepath.Join(t.TempDir(), "none"), 0); err == nil {
		t.Error("a port that is not there was opened")
	}
}

func shpi(thirteen string) postal.ShPI {
	return postal.ShPI(thirteen + string(postal.ShPICheckDigit(thirteen)))
}
