// Package usb prints to printers on the computer's own USB sockets, past the system's queues: for label printers, and for office printers
// that understand PDF. What the system knows better it leaves to it (printer/cups, printer/winspool): it is there for the printer that is
// nobody else's.
//
// Printers are looked up in sysfs and spoken to through libusb (google/gousb). Only the printer's own interface is taken from the
// kernel's driver, for a job and a moment after it, and given back then. Nothing a printer says over USB proves that paper came out, except
// the counts of label printers that answer a status question (see zpl.Session).
package usb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"znak/printer"
	"znak/printer/quirk"
)

// Kind is the scheme of the URIs, see Address.
const Kind = "usb"

const (
	defaultLinger = 2 * time.Second
	defaultSettle = 250 * time.Millisecond
)

// Params of the driver.
type Params struct {
	Linger time.Duration // how long a printer is held after a job, for the next one; 0: 2 s
	Settle time.Duration // how long a label printer must say that it has nothing left to print before it is believed; 0: 250 ms
}

// Driver finds and opens USB printers.
type Driver struct {
	linger time.Duration
	settle time.Duration
	sysfs  string

	mu      sync.Mutex
	ids     map[string]ID // by socket and plugging in, so that a printer is asked for its id once
	holding map[*Device]bool
}

var _ printer.Driver = (*Driver)(nil)

// New is a driver; libusb is not started before a printer is to be spoken to.
func New(p Params) *Driver {
	if p.Linger == 0 {
		p.Linger = defaultLinger
	}
	if p.Settle == 0 {
		p.Settle = defaultSettle
	}
	return &Driver{linger: p.Linger, settle: p.Settle, sysfs: sysfs, ids: map[string]ID{}, holding: map[*Device]bool{}}
}

// Kind is "usb".
func (d *Driver) Kind() string { return Kind }

// Find lists the printers that are plugged in. No printer is taken from another program or from the kernel's driver for that. Codes of the
// error: usb.absent, usb.failed. Windows and macOS keep these printers to themselves: there none is found, and nothing is amiss.
func (d *Driver) Find(ctx context.Context) ([]printer.Found, error) {
	if !built && runtime.GOOS != "linux" {
		return nil, nil
	}
	if !built {
		return nil, &printer.Error{Device: Kind, Code: "usb.absent", Err: errAbsent}
	}
	all, err := seats(d.sysfs)
	if err != nil {
		return nil, &printer.Error{Device: Kind, Code: "usb.failed", Err: err}
	}
	serials, inside := map[string]int{}, map[string]int{}
	for _, s := range all {
		inside[s.port]++
	}
	for _, s := range all {
		if s.iface == firstInterface(all, s.port) {
			serials[s.address(false, false).String()]++
		}
	}
	var found []printer.Found
	for _, s := range all {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		twins := serials[s.address(false, false).String()] > 1
		f, err := d.look(s, s.address(twins, inside[s.port] > 1))
		if err != nil {
			return found, err
		}
		found = append(found, f)
	}
	return found, nil
}

func firstInterface(all []seat, port string) int {
	for _, s := range all {
		if s.port == port {
			return s.iface
		}
	}
	return -1
}

// look describes one printer.
func (d *Driver) look(s seat, a Address) (printer.Found, error) {
	id, idErr := d.id(s)
	f := printer.Found{URI: a.String(), Model: id.Name(), Language: id.Language()}
	if f.Model == "" {
		f.Model = ID{Maker: s.maker, Model: s.model}.Name()
	}
	f.Name = f.Model
	if f.Name == "" {
		f.Name = fmt.Sprintf("USB %04x:%04x", s.vendor, s.product)
	}
	q, err := quirk.Of(f.Model)
	if err != nil {
		return f, err
	}
	f.DPI = q.DPI
	if q.Language != "" {
		f.Language = q.Language
	}
	f.State = printer.Unknown
	switch {
	case s.driver == "usbfs":
		f.Words = []string{errInUse.Error()}
	case s.lp != "" && q.Status != "none":
		status, err := lpStatus(s.lp)
		f.State, f.Words = (&Device{quirk: q}).portState(status, err)
	case idErr == nil:
		f.State = printer.Ready // it has answered, and has no driver to be asked through
	}
	switch {
	case errors.Is(idErr, errAccess):
		f.Unfit, f.UnfitArgs = "usb.access", map[string]any{"Device": f.Name, "Detail": idErr.Error()}
		f.Words = []string{idErr.Error()}
	case q.Unfit != "":
		f.Unfit, f.UnfitArgs = q.Unfit, map[string]any{"Device": f.Name, "Detail": q.Source}
	case f.Language != printer.ZPL && f.Language != printer.PDF:
		f.Unfit, f.UnfitArgs = "usb.language", map[string]any{"Device": f.Name, "Detail": fmt.Sprintf("%q", id.Commands)}
	}
	return f, nil
}

// id is the device id: the kernel's driver has read it, or the printer is asked once for each plugging in.
func (d *Driver) id(s seat) (ID, error) {
	if s.deviceID != "" {
		return ParseID(s.deviceID), nil
	}
	key := fmt.Sprintf("%s %d %d", s.port, s.number, s.iface)
	d.mu.Lock()
	id, ok := d.ids[key]
	d.mu.Unlock()
	if ok {
		return id, nil
	}
	answer, err := askDeviceID(s)
	if err != nil {
		return ID{}, err
	}
	id = ParseAnswer(answer)
	d.mu.Lock()
	if len(d.ids) > 200 { // of long ago
		clear(d.ids)
	}
	d.ids[key] = id
	d.mu.Unlock()
	return id, nil
}

// Open makes a device; it need not be plugged in. Codes: usb.absent, usb.address.
func (d *Driver) Open(s printer.Setup) (printer.Device, error) {
	if !built {
		return nil, &printer.Error{Device: s.Name, Code: "usb.absent", Err: errAbsent}
	}
	a, err := ParseAddress(s.URI)
	if err != nil {
		return nil, &printer.Error{Device: s.Name, Code: "usb.address", Err: err}
	}
	q, err := quirk.Of(s.Model)
	if err != nil {
		return nil, err
	}
	if s.Name == "" {
		s.Name = s.URI
	}
	return &Device{setup: s, address: a, quirk: q, driver: d}, nil
}

// holds notes that a device has, or has no more, a printer claimed.
func (d *Driver) holds(device *Device, holding bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if holding {
		d.holding[device] = true
	} else {
		delete(d.holding, device)
	}
}

// clear makes the other devices let go of the printer in a seat if they only hold it for a moment longer: the same printer may have been
// opened twice.
func (d *Driver) clear(s seat, wanting *Device) {
	d.mu.Lock()
	devices := slices.Collect(maps.Keys(d.holding))
	d.mu.Unlock()
	for _, device := range devices {
		if device != wanting {
			device.yield(s)
		}
	}
}

// Close gives back all printers that are held after a job. The program calls it at its end: what it still holds then would
// stay without the kernel's driver until the next job or the next plugging in.
func (d *Driver) Close() error {
	d.mu.Lock()
	devices := slices.Collect(maps.Keys(d.holding))
	d.mu.Unlock()
	var err error
	for _, device := range devices {
		err = errors.Join(err, device.Close())
	}
	return err
}
