package cups

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/OpenPrinting/goipp"

	"znak/printer"
	"znak/printer/page"
)

// policyAgain is the error policy by which CUPS prints a job again and again from page one, without a pause in which
// anybody could stop it.
const policyAgain = "retry-current-job"

// policyCommand sets the policy under which CUPS leaves a failed job alone.
func policyCommand(queue string) string {
	return fmt.Sprintf("lpadmin -p %s -o printer-error-policy=abort-job", queue)
}

// Device is a queue of CUPS or an IPP printer.
type Device struct {
	setup  printer.Setup
	kind   string
	queue  string // of CUPS; empty: a printer
	client *client
	path   string // of HTTP
	target string // printer-uri
	zpl    func(io.Writer, page.Page) error
	record record

	mu      sync.Mutex
	cap     capability
	learned bool // cap is by its own words
	open    *Job
	last    *Job            // the one before, whose end is remembered
	found   map[string]*Job // jobs of processes that are no more, while they live
}

var (
	_ printer.Device = (*Device)(nil)
	_ printer.Queue  = (*Device)(nil)
)

// Info describes the device. Until it has answered once, what it can do is what the setup and its model's quirks say.
func (d *Device) Info() printer.Info {
	d.mu.Lock()
	defer d.mu.Unlock()
	return printer.Info{Name: d.setup.Name, Kind: d.kind, DPI: d.cap.dpi, Slip: d.cap.slip, Confirm: d.cap.confirm}
}

// ask reads attributes of the printer.
func (d *Device) ask(ctx context.Context, names ...string) (attrs, error) {
	m := d.client.request(goipp.OpGetPrinterAttributes, d.target)
	m.Operation.Add(keywords("requested-attributes", names...))
	answer, err := d.client.ask(ctx, d.path, m)
	if err != nil {
		return nil, err
	}
	return attrsOf(answer.Printer), nil
}

func (d *Device) status(ctx context.Context) (status, error) {
	a, err := d.ask(ctx, statusAttributes...)
	if err != nil {
		return status{}, err
	}
	return statusOf(a), nil
}

// State asks the queue or the printer how it is. Where nobody answers it is Offline, with the reason in words; a queue that was
// removed needs a person.
func (d *Device) State(ctx context.Context) (printer.State, []string, error) {
	if err := ctx.Err(); err != nil {
		return printer.Unknown, nil, err
	}
	s, err := d.status(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return printer.Unknown, nil, ctx.Err()
		}
		var refused *refusedError
		if errors.As(err, &refused) {
			return printer.NeedsPerson, []string{err.Error()}, nil
		}
		return printer.Offline, []string{err.Error()}, nil
	}
	d.mu.Lock()
	queue, open := d.cap.queue || d.queue != "", d.open
	d.mu.Unlock()
	state, words := s.neutral(queue), s.words()
	if open != nil && (state == printer.Ready || state == printer.Printing) {
		// The queue may idle while our job is held.
		state = printer.Printing
		if p := open.snapshot(); p.State != printer.Unknown && p.State != printer.Done {
			state = p.State
			words = p.Words
		}
	}
	return state, words, nil
}

// learn asks what the printer can do.
func (d *Device) learn(ctx context.Context) (capability, status, error) {
	a, err := d.ask(ctx, capabilityAttributes...)
	if err != nil {
		return capability{}, status{}, err
	}
	c, err := learn(a, d.setup, d.zpl != nil)
	if err != nil {
		return c, status{}, err
	}
	d.mu.Lock()
	d.cap, d.learned = c, true
	d.mu.Unlock()
	return c, statusOf(a), nil
}

// Open begins a job. Its pages are kept here until Finish. Errors: *printer.Error with the codes cups.busy, cups.id, cups.unreachable, cups.missing,
// cups.rights, cups.refused, cups.rejecting, cups.policy, cups.spool, and those of printers that cannot be printed to.
func (d *Device) Open(ctx context.Context, id string) (printer.Job, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !goodID(id) {
		return nil, d.fault("cups.id", fmt.Errorf("%q", id))
	}
	j := &Job{device: d, id: id, client: d.client.again(), progress: printer.Progress{State: printer.Printing, Open: true}}
	d.mu.Lock()
	if d.open != nil {
		d.mu.Unlock()
		return nil, d.fault("cups.busy", fmt.Errorf("job %s", d.open.id))
	}
	d.open = j
	d.mu.Unlock()
	if err := j.begin(ctx); err != nil {
		d.mu.Lock()
		d.open = nil
		d.mu.Unlock()
		return nil, err
	}
	return j, nil
}

// goodID: job-name has room for 255 bytes.
func goodID(id string) bool {
	if id == "" || len(id) > 255 {
		return false
	}
	for _, r := range id {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return false
		}
	}
	return true
}

// Progress says what became of a job. One begun by a process that is no more is looked up by its name among all the jobs CUPS remembers; if it has
// fallen back into the queue it is cancelled, or it would be printed again from page one. A job that CUPS does not know has printed nothing if
// the device's record does not know it either; else it is unknown: CUPS may have forgotten it.
func (d *Device) Progress(ctx context.Context, id string, pages int) (printer.Progress, error) {
	unknown := printer.Progress{State: printer.Unknown, Started: pages}
	if err := ctx.Err(); err != nil {
		return unknown, err
	}
	j := d.known(id)
	if j != nil {
		return j.tell(ctx)
	}
	noted, sent, known, err := d.record.sent(id)
	if err != nil {
		return unknown, d.fault("cups.record", err)
	}
	if sent {
		pages = min(pages, noted)
		unknown.Started = pages
	}
	c, _, err := d.learn(ctx)
	if err != nil {
		return unknown, d.named(err)
	}
	js, err := d.find(ctx, d.client, id)
	if err == nil && js == nil && !sent && known {
		// What a process that has just died had written may still lie in the socket: CUPS is asked once more, later.
		if err := sleep(ctx, lateArrival); err != nil {
			return unknown, err
		}
		if js, err = d.find(ctx, d.client, id); err == nil && js == nil {
			return printer.Progress{State: printer.Done}, nil
		}
	}
	if err != nil || js == nil {
		return unknown, d.named(err)
	}
	j = d.adopt(id, js.id, pages, c)
	d.mu.Lock()
	if d.found == nil {
		d.found = map[string]*Job{}
	}
	d.found[id] = j
	d.mu.Unlock()
	return j.tell(ctx)
}

// adopt makes a job of a process that is no more ours to watch.
func (d *Device) adopt(id string, number, pages int, c capability) *Job {
	return &Job{
		device: d, id: id, client: d.client.again(), number: number, sent: pages, phase: submitted, foreign: true, blind: true, cap: c,
		progress: printer.Progress{State: printer.Unknown, Open: true, Started: pages},
	}
}

// Cancel takes back what is left of a job, also of one begun by a process that is no more. What became of it, Progress says.
func (d *Device) Cancel(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := d.known(id)
	if j == nil {
		c, _, err := d.learn(ctx)
		if err != nil {
			return d.named(err)
		}
		js, err := d.find(ctx, d.client, id)
		if err != nil || js == nil || js.over() {
			return d.named(err)
		}
		j = d.adopt(id, js.id, 0, c)
	}
	return j.Abort(ctx)
}

// known is a job this process has or had.
func (d *Device) known(id string) *Job {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, j := range []*Job{d.open, d.last, d.found[id]} {
		if j != nil && j.id == id {
			return j
		}
	}
	return nil
}

const lateArrival = 500 * time.Millisecond

// find looks for a job by its name: nil if CUPS does not know it. Two jobs of one name are told as one of which nothing is known.
func (d *Device) find(ctx context.Context, c *client, id string) (*jobStatus, error) {
	var all []jobStatus
	// In this order: a job that ends between the two questions is seen by the second.
	for _, which := range []string{"not-completed", "completed"} {
		m := d.client.request(goipp.OpGetJobs, d.target)
		m.Operation.Add(goipp.MakeAttribute("which-jobs", goipp.TagKeyword, goipp.String(which)))
		m.Operation.Add(goipp.MakeAttribute("my-jobs", goipp.TagBoolean, goipp.Boolean(false)))
		m.Operation.Add(keywords("requested-attributes", jobAttributes...))
		answer, err := c.ask(ctx, d.path, m)
		var refused *refusedError
		if errors.As(err, &refused) && refused.status == goipp.StatusErrorNotFound && refused.http == 0 && d.queue == "" {
			continue // some printers say so when they have no jobs
		}
		if err != nil {
			return nil, err
		}
		for _, a := range groups(answer, goipp.TagJobGroup) {
			if a.text("job-name") == id {
				all = append(all, jobStatusOf(a))
			}
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	return &all[len(all)-1], nil
}

// Pause holds the queue. What it has begun it ends: CUPS would break it off and begin it again from page one, so Pause waits for the
// end of a job that is being printed, as long as ctx lasts. Errors: cups.rights and those of an unreachable device.
func (d *Device) Pause(ctx context.Context) error {
	a, err := d.ask(ctx, "operations-supported")
	if err != nil {
		return d.named(err)
	}
	c := capability{ops: a.numbers("operations-supported")}
	if c.can(int(goipp.OpPausePrinterAfterCurrentJob)) {
		return d.operate(ctx, goipp.OpPausePrinterAfterCurrentJob)
	}
	for {
		s, err := d.status(ctx)
		if err != nil {
			return d.named(err)
		}
		if s.state != printerProcessing {
			return d.operate(ctx, goipp.OpPausePrinter)
		}
		if err := sleep(ctx, pollMax); err != nil {
			return err
		}
	}
}

// Resume lets the queue go on.
func (d *Device) Resume(ctx context.Context) error { return d.operate(ctx, goipp.OpResumePrinter) }

func (d *Device) operate(ctx context.Context, op goipp.Op) error {
	path := d.path
	if d.queue != "" {
		path = "/admin/" // where CUPS's operators work
	}
	_, err := d.client.ask(ctx, path, d.client.request(op, d.target))
	return d.named(err)
}

func (d *Device) fault(code string, err error) error {
	return &printer.Error{Device: d.setup.Name, Code: code, Err: err}
}

// named gives an error of the client a sentence.
func (d *Device) named(err error) error { return fault2error(d.setup.Name, err) }

func fault2error(device string, err error) error {
	var known *printer.Error
	var refused *refusedError
	code := "cups.unreachable"
	switch {
	case err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &refused) && refused.rights():
		code = "cups.rights"
	case errors.As(err, &refused) && refused.missing():
		code = "cups.missing"
	case errors.As(err, &refused):
		code = "cups.refused"
	}
	return &printer.Error{Device: device, Code: code, Err: err}
}

// sleep waits, or returns the context's error at once.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
