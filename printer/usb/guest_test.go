//go:build linux && cgo && !nousb

package usb_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/devicetest"
	"znak/printer/page"
	"znak/printer/page/pagetest"
	"znak/printer/pdf"
	"znak/printer/usb"
	"znak/printer/usb/usbtest"
)

const (
	officeID = "MFG:Acme;CMD:PJL,PDF;MDL:Office 3;CLS:PRINTER;"
	labelID  = "MANUFACTURER:Zebra;COMMAND SET:ZPL II;MODEL:ZD421-203dpi;CLASS:PRINTER;SN:77;"
	wordyID  = "MFG:Acme;CMD:PCL,URF;MDL:Host 1;CLS:PRINTER;"
)

// TestGuest runs in the virtual machine of TestMachine.
func TestGuest(t *testing.T) {
	if !usbtest.Inside() {
		t.Skip("runs inside the virtual machine, see TestMachine")
	}
	for _, one := range []struct {
		name string
		test func(*testing.T)
	}{
		{"found", found}, {"found without usblp", foundBare}, {"twins", twins}, {"port status", portStatus},
		{"megabytes", megabytes}, {"document", document}, {"cable out in mid-write", cableOut}, {"switched off", switchedOff},
		{"stops reading", stopsReading}, {"paper out at the end", paperOut}, {"other interfaces", otherInterfaces},
		{"driver given back", givenBack}, {"used by another", usedByAnother}, {"no right", noRight},
		{"killed", killed}, {"speed", speed},
		{"labels", labels}, {"label faults", labelFaults}, {"label cable", labelCable}, {"conformance of documents", conformDocuments}, {"conformance of labels", conformLabels},
	} {
		t.Run(strings.ReplaceAll(one.name, " ", "_"), one.test)
	}
}

var serials int

// theDriver is the program's only one, as in life.
var theDriver = usb.New(usb.Params{Linger: 300 * time.Millisecond})

func office(t *testing.T) *usbtest.Gadget { return gadget(t, officeID, nil) }

func gadget(t *testing.T, id string, sink func([]byte)) *usbtest.Gadget {
	t.Helper()
	serials++
	return usbtest.NewGadget(t, usbtest.GadgetParams{Vendor: 0x0a5f, Product: 0x00d1, Serial: fmt.Sprintf("S%d", serials), DeviceID: id, Sink: sink})
}

func uri(g *usbtest.Gadget) string {
	return fmt.Sprintf("usb://%04x:%04x/%s", g.Vendor, g.Product, g.Serial)
}

func open(t *testing.T, g *usbtest.Gadget, more ...func(*printer.Setup)) *usb.Device {
	t.Helper()
	return openURI(t, uri(g), more...)
}

func openURI(t *testing.T, uri string, more ...func(*printer.Setup)) *usb.Device {
	t.Helper()
	t.Cleanup(func() { theDriver.Close() })
	s := printer.Setup{Name: "the printer", URI: uri}
	for _, f := range more {
		f(&s)
	}
	d, err := theDriver.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	return d.(*usb.Device)
}

func find(t *testing.T) []printer.Found {
	t.Helper()
	driver := usb.New(usb.Params{})
	found, err := driver.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func wantState(t *testing.T, d printer.Device, want printer.State) {
	t.Helper()
	began := time.Now()
	state, words, err := d.State(t.Context())
	if state != want || err != nil {
		t.Errorf("state %s %q %v, want %s", state, words, err, want)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("State took %v", took)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var e *printer.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("got %v, want code %s", err, code)
	}
}

// boundDriver is the kernel's driver of the first interface of a class (two hexadecimal digits).
func boundDriver(class string) string {
	names, _ := filepath.Glob("/sys/bus/usb/devices/*:*/bInterfaceClass")
	for _, name := range names {
		b, _ := os.ReadFile(name)
		if strings.TrimSpace(string(b)) == class {
			link, _ := os.Readlink(filepath.Join(filepath.Dir(name), "driver"))
			return filepath.Base(link)
		}
	}
	return "no such interface"
}

func found(t *testing.T) {
	g := office(t)
	usbtest.Within(t, 3*time.Second, "usblp", func() bool { return boundDriver("07") == "usblp" })
	list := find(t)
	if len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	f := list[0]
	if f.URI != uri(g) || f.Model != "Acme Office 3" || f.Language != printer.PDF || f.State != printer.Ready || f.Unfit != "" {
		t.Errorf("%+v", f)
	}
	if boundDriver("07") != "usblp" {
		t.Error("Find took the printer from its driver")
	}
	g.PowerOff()
	usbtest.Within(t, 3*time.Second, "gone", func() bool { return len(find(t)) == 0 })
}

// foundBare has no usblp on the interface: the device id is read through gousb.
func foundBare(t *testing.T) {
	gadget(t, wordyID, nil)
	usbtest.Within(t, 3*time.Second, "usblp", func() bool { return boundDriver("07") == "usblp" })
	names, _ := filepath.Glob("/sys/bus/usb/drivers/usblp/*:*")
	for _, name := range names {
		if err := os.WriteFile("/sys/bus/usb/drivers/usblp/unbind", []byte(filepath.Base(name)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	list := find(t)
	if len(list) != 1 || list[0].Model != "Acme Host 1" || list[0].Unfit != "usb.language" || list[0].State != printer.Ready {
		t.Errorf("%+v", list)
	}
	d := openURI(t, list[0].URI)
	wantState(t, d, printer.Ready)
	_, err := d.Open(t.Context(), "job")
	wantCode(t, err, "usb.language")
}

// twins are two printers that say the same of themselves; one that is stuck is not in the other's way.
func twins(t *testing.T) {
	var pair []*usbtest.Gadget
	for socket := range 2 {
		pair = append(pair, usbtest.NewGadget(t, usbtest.GadgetParams{Socket: socket, Vendor: 0x0a5f, Product: 0x00d2, Serial: "SAME", DeviceID: officeID}))
	}
	var list []printer.Found
	usbtest.Within(t, 5*time.Second, "two printers", func() bool { list = find(t); return len(list) == 2 })
	if list[0].URI == list[1].URI {
		t.Fatalf("%+v", list)
	}
	first, second := openURI(t, list[0].URI), openURI(t, list[1].URI)
	pair[0].Hold(true)
	pair[1].Hold(true)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	stuck := make(chan error, 1)
	go func() {
		j, err := first.Open(ctx, "stuck")
		for i := 0; err == nil; i++ {
			err = j.Send(ctx, noise(i))
		}
		stuck <- err
	}()
	time.Sleep(500 * time.Millisecond)
	pair[0].Hold(false) // one of them is read again; which one the first is, the sockets tell
	pair[1].Hold(false)
	cancel()
	<-stuck
	j, err := second.Open(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Send(t.Context(), small(1)); err != nil {
		t.Fatal(err)
	}
	p, err := j.Finish(t.Context())
	if err != nil || p.Started != 1 {
		t.Errorf("%+v %v", p, err)
	}
}

func portStatus(t *testing.T) {
	g := office(t)
	d := open(t, g)
	for _, one := range []struct {
		status byte
		want   printer.State
		job    printer.State
	}{
		{usbtest.Well, printer.Ready, printer.Printing},
		{usbtest.PaperOut, printer.OutOfPaper, printer.OutOfPaper},
		{usbtest.Fault, printer.NeedsPerson, printer.NeedsPerson},
	} {
		g.Status(t, one.status)
		wantState(t, d, one.want) // through usblp
		j, err := d.Open(t.Context(), fmt.Sprint("job-", one.status))
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, d, one.job) // through gousb
		began := time.Now()
		const rounds = 20
		for range rounds {
			d.State(t.Context())
		}
		if took := time.Since(began) / rounds; took > 100*time.Millisecond {
			t.Errorf("State took %v", took)
		}
		if err := j.Abort(t.Context()); err != nil {
			t.Error(err)
		}
		d.Close()
	}
}

// noise is a page that costs some tens of kilobytes in PDF.
func noise(n int) page.Page {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	m := page.Matrix{X: 5, Y: 5, Module: 25.4 / 300, Kind: "DataMatrix", Size: 160}
	m.Bits = make([]bool, m.Size*m.Size)
	for i := range m.Bits {
		m.Bits[i] = r.IntN(2) == 0
	}
	return page.Page{Name: fmt.Sprint("noise ", n), Width: 229, Height: 162, DPI: 300, Items: []page.Item{m}}
}

// small is a sticker with its number.
func small(n int) page.Page {
	g := page.Grid{DPI: 203}
	return page.Page{Name: fmt.Sprint("sticker ", n), Media: "label", Width: 60, Height: 30, DPI: 203, Items: []page.Item{
		page.Text{X: 30, Y: 10, Size: 12, Text: fmt.Sprintf("Наклейка %d", n)},
		pagetest.Bars("I2of5", pagetest.Identifier(n), g.Snap(4), g.Snap(14), 8, 203),
	}}
}

func stickers(n int) []page.Page {
	pages := make([]page.Page, n)
	for i := range pages {
		pages[i] = small(i)
	}
	return pages
}

func megabytes(t *testing.T) {
	g := office(t)
	d := open(t, g)
	j, err := d.Open(t.Context(), "big")
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	want.WriteString("\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n")
	doc := pdf.New(&want, pdf.Options{Title: "big"})
	n := 0
	for ; want.Len() < 2<<20; n++ {
		p := noise(n)
		if err := errors.Join(j.Send(t.Context(), p), doc.Add(p)); err != nil {
			t.Fatal(err)
		}
	}
	if err := doc.Close(); err != nil {
		t.Fatal(err)
	}
	want.WriteString("\x1b%-12345X")
	p, err := j.Finish(t.Context())
	if err != nil || p.State != printer.Done || p.Printed != 0 || p.Started != n {
		t.Errorf("%+v %v", p, err)
	}
	usbtest.Within(t, 5*time.Second, "all bytes", func() bool { return len(g.Got()) >= want.Len() })
	if got := g.Got(); sha256.Sum256(got) != sha256.Sum256(want.Bytes()) {
		t.Errorf("%d bytes came, other than the %d that were sent", len(got), want.Len())
	} else {
		t.Logf("%d pages, %d bytes, the same", n, len(got))
	}
}

func document(t *testing.T) {
	g := office(t)
	d := open(t, g)
	for i := range 2 {
		g.Forget()
		if got := run(t, d, fmt.Sprint("doc-", i), 3); got.Started != 3 || got.Printed != 0 {
			t.Errorf("%+v", got)
		}
		text := settled(g)
		_, text, ok := bytes.Cut(text, []byte("LANGUAGE=PDF\r\n"))
		text, end := bytes.CutSuffix(text, []byte("\x1b%-12345X"))
		pages, err := pdf.CountPages(bytes.NewReader(text), int64(len(text)))
		if !ok || !end || err != nil || pages != 3 {
			t.Errorf("%d pages, %v", pages, err)
		}
	}
}

// settled waits until nothing more comes.
func settled(g *usbtest.Gadget) []byte {
	last := -1
	for {
		got := g.Got()
		if len(got) == last {
			return got
		}
		last = len(got)
		time.Sleep(150 * time.Millisecond)
	}
}

// run prints so many stickers as one job that must end well.
func run(t *testing.T, d printer.Device, id string, n int) printer.Progress {
	t.Helper()
	j, err := d.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := j.Send(t.Context(), small(i)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	p, err := j.Finish(ctx)
	if err != nil || p.State != printer.Done {
		t.Fatalf("Finish: %+v %v", p, err)
	}
	return p
}

// otherInterfaces has a serial port in the printer's box: it stays, and works, while we print.
// noRight runs as somebody who may not touch the device.
// victim prints until it is killed, or says what it is told when it tries.
func speed(t *testing.T) {
	g := office(t)
	d := open(t, g)
	envelopes := make([]page.Page, 50) // the emulated processor is slow: of single ones fewer do
	for i := range envelopes {
		envelopes[i] = pagetest.Envelope(i, 300)
	}
	for _, slip := range []int{1, 50} {
		began := time.Now()
		finishing := time.Duration(0)
		for at := 0; at < min(len(envelopes), 10*slip); at += slip {
			j, err := d.Open(t.Context(), fmt.Sprintf("speed-%d-%d", slip, at))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range envelopes[at : at+slip] {
				if err := j.Send(t.Context(), p); err != nil {
					t.Fatal(err)
				}
			}
			sent := time.Now()
			if _, err := j.Finish(t.Context()); err != nil {
				t.Fatal(err)
			}
			finishing += time.Since(sent)
		}
		t.Logf("slips of %d: %.0f pieces a second on the emulated processor; %v at the ends of jobs", slip, float64(min(len(envelopes), 10*slip))/time.Since(began).Seconds(), finishing)
	}
}

func conformDocuments(t *testing.T) {
	var g *usbtest.Gadget
	devicetest.Run(t, devicetest.Params{
		Open:    func(t *testing.T) printer.Device { g = office(t); return open(t, g) },
		Pages:   stickers,
		Confirm: printer.ConfirmNone,
		Hold: func(t *testing.T) func() {
			g.Status(t, usbtest.PaperOut)
			return func() { g.Status(t, usbtest.Well) }
		},
	})
}
