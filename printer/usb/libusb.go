//go:build linux && cgo && !nousb

package usb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/gousb"
)

// built reports whether this program can speak to USB printers at all.
const built = true

// Class requests, section 4.2 of the printer class.
const (
	getDeviceID   = 0
	getPortStatus = 1
	softReset     = 2

	inClassInterface  = 0xA1
	outClassInterface = 0x21
)

// chunk is what is handed over at a time: one request of the kernel, so that one that was refused has surely sent nothing.
const chunk = 16 << 10

const controlTimeout = 800 * time.Millisecond

// claimed is a port by gousb.
type claimed struct {
	node   node
	seat   seat
	ctx    *gousb.Context
	device *gousb.Device
	config *gousb.Config
	iface  *gousb.Interface
	out    *gousb.OutEndpoint
	in     *gousb.InEndpoint // nil: it cannot answer
}

var _ port = (*claimed)(nil)

// newContext starts libusb, which gousb answers with a panic where it cannot.
func newContext() (ctx *gousb.Context, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("libusb: %v", r)
		}
	}()
	return gousb.NewContext(), nil
}

// openDevice finds the device of a seat. A new context sees what is plugged in now, also where no udev tells libusb of changes.
func openDevice(s seat) (*gousb.Context, *gousb.Device, error) {
	ctx, err := newContext()
	if err != nil {
		return nil, nil, err
	}
	devices, err := ctx.OpenDevices(func(d *gousb.DeviceDesc) bool { return d.Bus == s.bus && d.Address == s.number })
	if len(devices) == 0 {
		go ctx.Close() // it waits up to a tenth of a second for its thread
		if err == nil {
			err = errGone
		}
		return nil, nil, failure(err)
	}
	devices[0].ControlTimeout = controlTimeout
	return ctx, devices[0], nil
}

// askDeviceID reads the device id. The kernel allows that without a claim, beside any driver.
func askDeviceID(s seat) ([]byte, error) {
	ctx, device, err := openDevice(s)
	if err != nil {
		return nil, err
	}
	defer func() {
		device.Close()
		go ctx.Close()
	}()
	return (&claimed{seat: s, device: device}).DeviceID()
}

// openPort claims the interface of a seat. With detach the kernel's driver of it is taken away, else one that is there is errInUse.
func openPort(s seat, detach bool) (_ port, err error) {
	p := &claimed{seat: s}
	if p.node, err = openNode(s.node()); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.Close()
		}
	}()
	if p.ctx, p.device, err = openDevice(s); err != nil {
		return nil, err
	}
	active, err := p.device.ActiveConfigNum()
	if err != nil {
		return nil, failure(err)
	}
	setting, err := p.setting(active)
	if err != nil {
		return nil, err
	}
	if detach {
		if err := p.node.detach(s.iface); err != nil {
			return nil, failure(err)
		}
	}
	if p.config, err = p.device.Config(active); err != nil {
		return nil, failure(err)
	}
	if p.iface, err = p.config.Interface(s.iface, setting.Alternate); err != nil {
		if driver, _ := p.node.driver(s.iface); driver != "" {
			return nil, fmt.Errorf("%w: driver %s: %w", errInUse, driver, err)
		}
		return nil, failure(err)
	}
	for _, e := range setting.Endpoints {
		switch {
		case e.TransferType != gousb.TransferTypeBulk:
		case e.Direction == gousb.EndpointDirectionOut && p.out == nil:
			p.out, err = p.iface.OutEndpoint(e.Number)
		case e.Direction == gousb.EndpointDirectionIn && p.in == nil:
			p.in, err = p.iface.InEndpoint(e.Number)
		}
		if err != nil {
			return nil, err
		}
	}
	if p.out == nil {
		return nil, fmt.Errorf("%w: no bulk out endpoint", errShape)
	}
	return p, nil
}

// setting chooses among the interface's settings: one that answers before one that does not; IPP over USB is for CUPS.
func (p *claimed) setting(config int) (gousb.InterfaceSetting, error) {
	var best gousb.InterfaceSetting
	// gousb looks the interface up by its place in the list, where only well-numbered devices have it.
	list := p.device.Desc.Configs[config].Interfaces
	if p.seat.iface >= len(list) {
		return best, fmt.Errorf("%w: interface %d of %d", errShape, p.seat.iface, len(list))
	}
	for _, i := range list {
		if i.Number != p.seat.iface {
			continue
		}
		for _, s := range i.AltSettings {
			fit := s.Class == classPrinter && s.SubClass == subclassPrinter && (s.Protocol == oneWay || s.Protocol == twoWay)
			if fit && s.Protocol > best.Protocol {
				best = s
			}
		}
	}
	if best.Protocol == 0 {
		return best, fmt.Errorf("%w: no printer setting on interface %d", errShape, p.seat.iface)
	}
	return best, nil
}

func (p *claimed) Write(ctx context.Context, b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		if err := ctx.Err(); err != nil {
			return sent, errors.Join(err, errNotTaken)
		}
		n, err := p.out.WriteContext(ctx, b[sent:min(sent+chunk, len(b))])
		sent += n
		if err != nil {
			if ctx.Err() != nil {
				return sent, ctx.Err()
			}
			var refused gousb.Error // of the submission; a transfer that broke is a gousb.TransferStatus
			if errors.As(err, &refused) {
				return sent, errors.Join(failure(err), errNotTaken)
			}
			return sent, failure(err)
		}
	}
	return sent, nil
}

func (p *claimed) Read(ctx context.Context, b []byte) (int, error) {
	if p.in == nil {
		return 0, errShape
	}
	n, err := p.in.ReadContext(ctx, b)
	if err != nil && ctx.Err() != nil {
		return n, ctx.Err()
	}
	return n, failure(err)
}

func (p *claimed) TwoWay() bool { return p.in != nil }

func (p *claimed) DeviceID() ([]byte, error) {
	b := make([]byte, 1024)
	n, err := p.device.Control(inClassInterface, getDeviceID, uint16(max(p.configIndex(), 0)), uint16(p.seat.iface)<<8|uint16(p.seat.alt), b)
	if err != nil {
		return nil, fmt.Errorf("device id: %w", failure(err))
	}
	return b[:n], nil
}

// configIndex is the place of the active configuration among all, counted from 0: what GET_DEVICE_ID wants, not its number.
func (p *claimed) configIndex() int {
	index := 0
	for number := range p.device.Desc.Configs {
		if number < p.seat.config {
			index++
		}
	}
	return index
}

func (p *claimed) Status() (byte, error) {
	b := make([]byte, 1)
	n, err := p.device.Control(inClassInterface, getPortStatus, 0, uint16(p.seat.iface), b)
	if err == nil && n != 1 {
		err = errShape
	}
	if err != nil {
		return 0, fmt.Errorf("port status: %w", failure(err))
	}
	return b[0], nil
}

func (p *claimed) SoftReset() error {
	_, err := p.device.Control(outClassInterface, softReset, 0, uint16(p.seat.iface), nil)
	return failure(err)
}

func (p *claimed) Close() {
	if p.iface != nil {
		p.iface.Close()
	}
	if p.config != nil {
		p.config.Close()
	}
	if p.device != nil {
		p.device.Close()
		go p.ctx.Close()
	}
	if p.node.file != nil {
		p.node.attach(p.seat.iface) // fails where nothing is plugged in any more
		p.node.close()
	}
}

// failure names the errors of libusb that matter.
func failure(err error) error {
	var code gousb.Error
	var status gousb.TransferStatus
	switch {
	case err == nil:
		return nil
	case errors.As(err, &code):
		switch code {
		case gousb.ErrorAccess:
			return fmt.Errorf("%w: %w", errAccess, err)
		case gousb.ErrorBusy:
			return fmt.Errorf("%w: %w", errInUse, err)
		case gousb.ErrorNoDevice, gousb.ErrorNotFound:
			return fmt.Errorf("%w: %w", errGone, err)
		}
	case errors.As(err, &status):
		if status == gousb.TransferNoDevice {
			return fmt.Errorf("%w: %w", errGone, err)
		}
	}
	return err
}
