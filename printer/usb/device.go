package usb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"znak/printer"
	"znak/printer/quirk"
	"znak/printer/zpl"
)

const (
	pdfDPI = 300
	zplDPI = 203

	pagesSlip = 50 // pages of a job where the printer counts them
	blindSlip = 10 // where nothing is known: so many letters wait for the scanner after a fault

	// remembered is how many ended jobs a device can be asked about.
	remembered = 100
)

// Device is a USB printer, plugged in or not.
type Device struct {
	setup   printer.Setup
	address Address
	quirk   quirk.Quirk
	driver  *Driver

	mu    sync.Mutex
	seat  seat // where it was seen last
	link  *link
	dirty bool        // it may hold a piece of a job that broke
	idle  *time.Timer // closes the link
	open  *job
	ended []*job
	// opening holds off a second claim while libusb is at work; the lock of the figures must never wait for that.
	opening sync.Mutex
}

var (
	_ printer.Device = (*Device)(nil)
	_ io.Closer      = (*Device)(nil)
)

// Info describes the printer as far as its setup and quirks tell.
func (d *Device) Info() printer.Info {
	info := printer.Info{Name: d.setup.Name, Kind: Kind, DPI: d.setup.DPI, Slip: d.setup.Slip}
	if info.DPI == 0 {
		info.DPI = d.quirk.DPI
	}
	if info.DPI == 0 && d.language(ID{}) == printer.ZPL {
		info.DPI = zplDPI
	}
	if info.DPI == 0 {
		info.DPI = pdfDPI
	}
	if info.Slip == 0 {
		info.Slip = d.quirk.Slip
	}
	if info.Slip == 0 {
		info.Slip = blindSlip
		if d.language(ID{}) == printer.ZPL && d.ask() != zpl.AskNone {
			info.Slip = pagesSlip
		}
	}
	return info
}

// language is what the pages are written in.
func (d *Device) language(id ID) printer.Language {
	switch {
	case d.setup.Language != "":
		return d.setup.Language
	case d.quirk.Language != "":
		return d.quirk.Language
	}
	return id.Language()
}

// ask is what a label printer is asked for its counts.
func (d *Device) ask() zpl.Ask {
	confirm := d.setup.Confirm
	if confirm == "" {
		confirm = d.quirk.Confirm
	}
	switch {
	case confirm != "" && confirm != printer.ConfirmPages, d.quirk.Status == "none":
		return zpl.AskNone
	case d.quirk.Status == "hs-only":
		return zpl.AskHost
	}
	return zpl.AskBoth
}

// find looks where the printer is plugged in now; cheap while it stays there.
func (d *Device) find() (seat, error) {
	d.mu.Lock()
	last, l := d.seat, d.link
	d.mu.Unlock()
	if l != nil && l.seat.here(d.driver.sysfs) {
		return l.seat, nil
	}
	if last.number > 0 && last.here(d.driver.sysfs) {
		// The driver may have come or gone meanwhile.
		if s, ok := readSeat(d.driver.sysfs, last.port, fmt.Sprintf("%d.%d", last.config, last.iface)); ok && d.address.fits(s) {
			return s, nil
		}
	}
	all, err := seats(d.driver.sysfs)
	if err != nil {
		return seat{}, err
	}
	for _, s := range all {
		if d.address.fits(s) {
			d.mu.Lock()
			d.seat = s
			d.mu.Unlock()
			return s, nil
		}
	}
	return seat{}, fmt.Errorf("%w: %s", errGone, d.address)
}

// State tells how the printer is: Printing while a job is open and nothing is wrong, Unknown while another program has it. It never writes
// to the printer, and an idle one is asked through the kernel's driver, which it leaves in its place. A label printer's own answers are
// known while a job is open; the port status has three bits only.
func (d *Device) State(ctx context.Context) (printer.State, []string, error) {
	if err := ctx.Err(); err != nil {
		return printer.Unknown, nil, err
	}
	s, err := d.find()
	if err != nil {
		return printer.Offline, []string{err.Error()}, nil
	}
	d.mu.Lock()
	l, open := d.link, d.open
	var f feed
	if open != nil {
		f = open.feed
	}
	d.mu.Unlock()
	if l != nil && l.seat.number == s.number && !l.isClosed() {
		state, words := d.portState(l.status())
		if f != nil {
			state, words = f.state(state, words)
		}
		if open != nil && state == printer.Ready {
			state = printer.Printing
		}
		return state, words, nil
	}
	if open != nil && l == nil { // it is being claimed
		return printer.Printing, nil, nil
	}
	if open != nil { // it was pulled and is back; the job has not noticed yet
		return printer.Offline, []string{errGone.Error()}, nil
	}
	state, words := d.idleState(s)
	return state, words, nil
}

// idleState asks a printer that no job of ours holds.
func (d *Device) idleState(s seat) (printer.State, []string) {
	if d.quirk.Status == "none" && s.driver != "usbfs" {
		return printer.Ready, nil
	}
	switch {
	case s.driver == "usbfs":
		return d.portState(0, errInUse)
	case s.lp != "":
		return d.portState(lpStatus(s.lp))
	}
	l, err := d.claim(s)
	if err != nil {
		return d.portState(0, err)
	}
	defer d.rest()
	return d.portState(l.status())
}

// portState is the state behind an answer to GET_PORT_STATUS.
func (d *Device) portState(status byte, err error) (printer.State, []string) {
	switch {
	case errors.Is(err, errInUse):
		return printer.Unknown, []string{err.Error()}
	case d.quirk.Status == "none" && !errors.Is(err, errGone) && !errors.Is(err, errAccess):
		return printer.Ready, nil
	case err != nil:
		return printer.Offline, []string{err.Error()}
	}
	return portState(status)
}

// claim opens the link, or takes the one that is still held.
func (d *Device) claim(s seat) (*link, error) {
	d.opening.Lock()
	defer d.opening.Unlock()
	d.mu.Lock()
	if d.idle != nil {
		d.idle.Stop()
		d.idle = nil
	}
	old := d.link
	if old != nil && old.seat.number == s.number && !old.isClosed() && !old.broken.Load() {
		d.mu.Unlock()
		return old, nil
	}
	d.link = nil
	d.mu.Unlock()
	if old != nil {
		old.close()
	}
	d.driver.clear(s, d)
	port, err := openPort(s, d.quirk.Detach == nil || *d.quirk.Detach)
	if err != nil {
		return nil, err
	}
	d.driver.holds(d, true)
	l := newLink(s, port)
	if answer, err := port.DeviceID(); err == nil { // not every printer has one
		l.id = ParseAnswer(answer)
	}
	d.mu.Lock()
	d.link = l
	d.mu.Unlock()
	return l, nil
}

// rest lets the link go after a while in which no job wants it. Between the slips of a run it is held: each giving back makes the
// kernel's driver ask the printer anew, and some printers lose what they have buffered then.
func (d *Device) rest() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open != nil || d.link == nil {
		return
	}
	if d.idle != nil {
		d.idle.Stop()
	}
	d.idle = time.AfterFunc(d.driver.linger, d.release)
}

// yield gives the printer back to another Device of this program that wants it, if it is only held for a moment longer. It does not wait for
// a claim that is under way, which may be waiting for this very device.
func (d *Device) yield(s seat) {
	d.mu.Lock()
	holds := d.link != nil && d.link.seat.bus == s.bus && d.link.seat.number == s.number
	d.mu.Unlock()
	if holds && d.opening.TryLock() {
		defer d.opening.Unlock()
		d.letGo()
	}
}

// release gives the printer back unless a job is open.
func (d *Device) release() {
	d.opening.Lock()
	defer d.opening.Unlock()
	d.letGo()
}

// letGo is release for who has the lock of opening.
func (d *Device) letGo() {
	d.mu.Lock()
	l := d.link
	if d.open != nil || l == nil {
		d.mu.Unlock()
		return
	}
	d.link = nil
	d.mu.Unlock()
	l.close()
	d.driver.holds(d, false)
}

// Close gives the printer back to the system at once. The device can be used again.
func (d *Device) Close() error {
	d.release()
	return nil
}

// Open begins a job. Codes: usb.taken, usb.offline, usb.access, usb.busy, usb.language, usb.failed.
func (d *Device) Open(ctx context.Context, id string) (printer.Job, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	j := &job{device: d, id: id}
	j.stopped, j.stop = context.WithCancel(context.Background())
	d.mu.Lock()
	if d.open != nil {
		d.mu.Unlock()
		return nil, d.fault("usb.taken", fmt.Errorf("job %s is open", d.open.id))
	}
	d.open = j
	d.mu.Unlock()
	if err := d.begin(ctx, j); err != nil {
		d.mu.Lock()
		d.open = nil
		d.mu.Unlock()
		d.rest()
		return nil, err
	}
	return j, nil
}

func (d *Device) begin(ctx context.Context, j *job) error {
	s, err := d.find()
	if err != nil {
		return d.usb(err)
	}
	if j.link, err = d.claim(s); err != nil {
		return d.usb(err)
	}
	d.mu.Lock()
	dirty := d.dirty
	d.dirty = false
	d.mu.Unlock()
	if dirty {
		j.link.use(func(p port) error { return p.SoftReset() }) // not every printer knows it
	}
	switch language := d.language(j.link.id); language {
	case printer.ZPL:
		return d.beginLabels(ctx, j)
	case printer.PDF:
		d.feeds(j, newDocument(j.link, j.id, d.calm))
		return nil
	default:
		return d.fault("usb.language", fmt.Errorf("%q", j.link.id.Commands))
	}
}

func (d *Device) beginLabels(ctx context.Context, j *job) error {
	options, err := zpl.ParseOptions(d.setup.Options, d.quirk.Graphics)
	if err != nil {
		return err
	}
	calm := func() bool { return d.calm(j.link.status()) }
	f, err := newLabel(ctx, j.link, zpl.NewEncoder(d.Info().DPI, options), d.ask(), d.driver.settle, calm)
	switch {
	case err == nil:
		d.feeds(j, f)
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return d.usb(err)
}

// feeds gives the job its feed, which others look at as soon as it is there.
func (d *Device) feeds(j *job, f feed) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j.feed = f
}

// calm reports whether the printer has no complaint. One that does not know the question has none.
func (d *Device) calm(status byte, err error) bool {
	state, _ := d.portState(status, err)
	return state == printer.Ready || err != nil && !errors.Is(err, errGone)
}

// Progress tells of the open job, and of those that ended while this program has been running. Of all others nothing is known: a USB
// printer keeps no record that could be asked.
func (d *Device) Progress(ctx context.Context, id string, pages int) (printer.Progress, error) {
	unknown := printer.Progress{State: printer.Unknown, Started: pages}
	if err := ctx.Err(); err != nil {
		return unknown, err
	}
	d.mu.Lock()
	j := d.open
	if j == nil || j.id != id {
		j = nil
		for _, e := range d.ended {
			if e.id == id {
				j = e
			}
		}
	}
	var f feed
	if j != nil {
		f = j.feed
	}
	d.mu.Unlock()
	if j == nil {
		return unknown, nil
	}
	p, live := j.figures(f)
	if live { // the port may know why it does not go on
		if state, words, err := d.State(ctx); err == nil {
			p.State, p.Words = state, words
		}
	}
	return p, nil
}

// left takes a job that has ended off the device. A link that has failed is held for the moment in which Abort may come.
func (d *Device) left(j *job) {
	d.mu.Lock()
	if d.open == j {
		d.open = nil
		d.ended = append(d.ended, j)
		if len(d.ended) > remembered {
			d.ended = d.ended[1:]
		}
	}
	d.mu.Unlock()
	if j.aborted && j.link.broken.Load() {
		d.release()
		return
	}
	d.rest()
}

// soil notes whether the printer may hold a piece of a broken job.
func (d *Device) soil(dirty bool) {
	d.mu.Lock()
	d.dirty = dirty
	d.mu.Unlock()
}

func (d *Device) fault(code string, err error) error {
	return &printer.Error{Device: d.setup.Name, Code: code, Err: err}
}

// usb names the trouble behind an error of the port.
func (d *Device) usb(err error) error {
	var known *printer.Error
	switch {
	case err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errGone):
		return d.fault("usb.offline", err)
	case errors.Is(err, errAccess):
		return d.fault("usb.access", err)
	case errors.Is(err, errInUse):
		return d.fault("usb.busy", err)
	}
	return d.fault("usb.failed", err)
}
