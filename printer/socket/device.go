package socket

import (
	"cmp"
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"znak/printer"
	"znak/printer/zpl"
)

const (
	dialTime  = 5 * time.Second
	stateTime = 2500 * time.Millisecond
	// fresh is how old an answer may be to stand for the present.
	fresh = time.Second
	// deafTime is how long a printer that did not answer is not asked again: each asking costs two seconds.
	deafTime = time.Minute
	// remembered is how many ended jobs a device can tell about.
	remembered = 200

	wordSilent = "~HS: no answer"
)

type params struct {
	name, address string
	dial          func(context.Context, string) (net.Conn, error)
	dpi, slip     int
	options       zpl.Options
	session       zpl.SessionParams
}

// device is a printer at an address.
type device struct {
	params

	mu      sync.Mutex
	opening bool
	open    *job
	ended   map[string]printer.Progress
	order   []string // of ended, the oldest first
	deaf    time.Time
	held    bool         // the last Abort may have left it paused
	torn    bool         // a label was broken off that the printer may still wait to be continued
	known   bool         // its resolution was asked
	encoder *zpl.Encoder // of the last job, with its buffers; nil while a job has it
}

var (
	_ printer.Device = (*device)(nil)
	_ printer.Job    = (*job)(nil)
)

func newDevice(p params) *device {
	return &device{params: p, ended: map[string]printer.Progress{}}
}

// Info describes the printer. A printer that does not count gets small slips: whatever befalls one, all of it is unknown.
func (d *device) Info() printer.Info {
	d.mu.Lock()
	defer d.mu.Unlock()
	info := printer.Info{Name: d.name, Kind: kind, DPI: d.dpi, Slip: slipCounted, Confirm: printer.ConfirmPages}
	if d.silent() {
		info.Slip, info.Confirm = slipDeaf, printer.ConfirmNone
	}
	info.Slip = cmp.Or(d.slip, info.Slip)
	return info
}

// silent reports whether the printer is not asked. The lock is held.
func (d *device) silent() bool {
	return d.session.Ask == zpl.AskNone || !d.deaf.IsZero() && time.Since(d.deaf) < deafTime
}

// State asks the printer, on the connection of the job if there is one. One that takes connections and answers nothing is Unknown if it never
// did, Offline if it used to.
func (d *device) State(ctx context.Context) (printer.State, []string, error) {
	if err := ctx.Err(); err != nil {
		return printer.Unknown, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, stateTime)
	defer cancel()
	d.mu.Lock()
	j := d.open
	d.mu.Unlock()
	if j != nil {
		return j.state(ctx)
	}
	conn, err := d.dial(ctx, d.address)
	if err != nil {
		return printer.Offline, []string{err.Error()}, nil
	}
	defer conn.Close()
	d.mu.Lock()
	silent, p := d.silent(), d.session
	d.mu.Unlock()
	if silent {
		return printer.Unknown, []string{wordSilent}, nil
	}
	s := zpl.NewSession(conn, p)
	if err := s.Greet(ctx); err != nil {
		if errors.Is(err, zpl.ErrSilent) || ctx.Err() != nil {
			return printer.Unknown, []string{wordSilent}, nil
		}
		return printer.Offline, []string{err.Error()}, nil
	}
	d.learn(s)
	state, words := s.Known().Status.State()
	return state, words, nil
}

// Open connects and asks for the first time. A printer that does not answer within two seconds is printed to all the same, and what it
// prints stays unknown. Error codes: socket.offline, socket.busy, socket.dpi.
func (d *device) Open(ctx context.Context, id string) (printer.Job, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	if d.open != nil && d.open.abandoned() {
		d.close(d.open)
	}
	if d.opening || d.open != nil {
		d.mu.Unlock()
		return nil, d.fault("socket.busy", errBusy)
	}
	d.opening = true
	torn, held := d.torn, d.held
	d.mu.Unlock()
	j, err := d.connect(ctx, id, torn, held)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opening = false
	if err != nil {
		return nil, err
	}
	d.open, d.torn, d.held = j, false, false
	return j, nil
}

var errBusy = errors.New("another job is open")

// connect makes the connection of a job.
func (d *device) connect(ctx context.Context, id string, torn, held bool) (*job, error) {
	dialing, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	conn, err := d.dial(dialing, d.address)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, d.fault("socket.offline", err)
	}
	j, err := d.greet(ctx, conn, id, torn, held)
	if err != nil {
		conn.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	return j, nil
}

func (d *device) greet(ctx context.Context, conn net.Conn, id string, torn, held bool) (*job, error) {
	d.mu.Lock()
	p := d.session
	if d.silent() {
		p.Ask = zpl.AskNone
	}
	known := d.known
	d.mu.Unlock()
	s := zpl.NewSession(conn, p)
	err := s.Greet(ctx)
	if errors.Is(err, zpl.ErrSilent) {
		p.Ask = zpl.AskNone
		d.mu.Lock()
		d.deaf = time.Now()
		d.mu.Unlock()
		s.Deafen()
		err = nil
	}
	if err != nil {
		return nil, d.fault("socket.offline", err)
	}
	d.learn(s)
	if p.Ask != zpl.AskNone && !known {
		if id, err := s.Identify(ctx); err == nil && id.DPI != d.dpi {
			return nil, &DPIError{Device: d.name, Model: id.Model, Want: d.dpi, Has: id.DPI}
		}
		d.mu.Lock()
		d.known = true
		d.mu.Unlock()
	}
	if torn || s.Known().Status.Host.Partial {
		if err := s.Command(ctx, "~JX"); err != nil {
			return nil, d.fault("socket.offline", err)
		}
	}
	if held {
		if err := s.Command(ctx, "~PS"); err != nil {
			return nil, d.fault("socket.offline", err)
		}
	}
	return &job{device: d, id: id, conn: conn, session: s, deaf: p.Ask == zpl.AskNone, encoder: d.borrow()}, nil
}

// borrow gives the encoder to a job.
func (d *device) borrow() *zpl.Encoder {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.encoder
	d.encoder = nil
	if e == nil {
		e = zpl.NewEncoder(d.dpi, d.options)
	}
	return e
}

// learn keeps for later sessions that the printer does not know ~HQES.
func (d *device) learn(s *zpl.Session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.Ask() == zpl.AskHost {
		d.session.Ask = zpl.AskHost
	}
}

// Progress tells of the open job and of the last ones of this process. A printer keeps no record of jobs, so of others nothing is known.
func (d *device) Progress(ctx context.Context, id string, pages int) (printer.Progress, error) {
	if err := ctx.Err(); err != nil {
		return printer.Progress{State: printer.Unknown, Started: pages}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open != nil && d.open.id == id {
		return d.open.live(), nil
	}
	if p, ok := d.ended[id]; ok {
		return p, nil
	}
	return printer.Progress{State: printer.Unknown, Started: pages}, nil
}

// close ends a job: what is known now is what will be told of it. The lock is held.
func (d *device) close(j *job) printer.Progress {
	p := j.last()
	j.ended.Store(true)
	if d.open == j {
		d.open = nil
		d.torn, d.held = j.broken.Load(), j.session.Held()
		if _, ok := d.ended[j.id]; !ok {
			d.order = append(d.order, j.id)
		}
		d.ended[j.id] = p
		if j.mu.TryLock() { // else a Send still uses it
			d.encoder, j.encoder = j.encoder, nil
			j.mu.Unlock()
		}
		if len(d.order) > remembered {
			delete(d.ended, d.order[0])
			d.order = d.order[1:]
		}
	}
	go hangUp(j.conn)
	return p
}

// hangUp closes in peace: closing at once would throw away what is still on its way.
func hangUp(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
		// The session listens until the printer has closed its side.
		time.AfterFunc(3*time.Second, func() { c.Close() })
		return
	}
	c.Close()
}

func (d *device) fault(code string, err error) error {
	return &printer.Error{Device: d.name, Code: code, Err: err}
}

// DPIError is a printer of another resolution than its setup says: everything would come out in the wrong size.
type DPIError struct {
	Device, Model string
	Want, Has     int // dots an inch
}

func (e *DPIError) Error() string {
	return "printer " + e.Device + ": " + e.Model + " has another resolution than is set"
}

// HintKey names the sentence for the person.
func (e *DPIError) HintKey() (string, map[string]any) {
	return "printer.socket.dpi", map[string]any{"Device": e.Device, "Model": e.Model, "Want": e.Want, "Has": e.Has}
}
