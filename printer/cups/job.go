package cups

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"syscall"
	"time"

	"github.com/OpenPrinting/goipp"

	"znak/printer"
	"znak/printer/page"
)

const (
	pollMin = 2 * time.Millisecond // a quick device ends a job in a few milliseconds
	pollMax = 250 * time.Millisecond
	// settling is how long a job that was called off is given to stop.
	settling = 10 * time.Second
	// arriving is how long a job is looked for whose sending was broken off.
	arriving = 3 * time.Second
	// sendLimit is the least time in which CUPS must have taken a document; sendRate is added for its length. A printer takes it at its own pace.
	sendLimit = time.Minute
	sendRate  = 256 << 10 // bytes a second
)

type phase int

const (
	gathering phase = iota // pages come
	submitted              // the document was sent, or may have been
	over
)

// Job is one document.
type Job struct {
	device  *Device
	id      string
	foreign bool    // of a process that is no more
	client  *client // for questions about this job alone; see line

	turn sync.Mutex // held by Send, Finish, Abort and a lone look
	// under turn
	cap       capability
	doc       document
	size      [2]page.Millimetres
	tray      string
	err       error // of the disk: no document can be made any more
	stopped   bool  // the queue stood still before the job came
	cancelled bool  // by us
	blind     bool  // there was a time in which nobody watched
	restarted bool  // CUPS was not there for a while
	began     int   // when it began, by CUPS's clock
	counted   int   // pages the device said it had printed, while it was watched
	trouble   printer.Progress
	letGo     bool // the queue is to go on once the job is out of it
	deadline  time.Time
	dials     int64     // of the client, at the last look
	looked    time.Time // when that was

	mu       sync.Mutex
	sent     int
	phase    phase
	number   int // job-id; 0: not known
	progress printer.Progress
	stop     context.CancelFunc // of Finish
}

var _ printer.Job = (*Job)(nil)

var errEnded = errors.New("cups: the job has ended")

// begin asks the device whether it can take a job.
func (j *Job) begin(ctx context.Context) error {
	d := j.device
	c, s, err := d.learn(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return d.named(err)
	}
	switch {
	case c.unfit != "":
		return d.fault(c.unfit, errors.New(c.model))
	case c.policy == policyAgain:
		return d.fault("cups.policy", errors.New(policyCommand(d.queue)))
	case !s.accepting:
		return d.fault("cups.rejecting", errors.New(s.message))
	}
	j.cap, j.stopped = c, s.state == printerStopped
	if c.language == printer.ZPL {
		j.doc, err = newZPL(d.zpl)
	} else {
		j.doc, err = newPDF(j.id)
	}
	if err != nil {
		return d.fault("cups.spool", err)
	}
	return nil
}

// Send puts a page into the document. All pages of a job have one size and one tray: a queue takes them for the whole job.
func (j *Job) Send(ctx context.Context, p page.Page) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.turn.Lock()
	defer j.turn.Unlock()
	switch {
	case j.phase != gathering:
		return errEnded
	case j.err != nil:
		return j.err
	}
	w, h := p.Fed()
	if j.sent == 0 {
		if err := j.loads(w, h, p.Tray); err != nil {
			return err
		}
		j.size, j.tray = [2]page.Millimetres{w, h}, p.Tray
	} else if j.size != [2]page.Millimetres{w, h} || j.tray != p.Tray {
		return j.device.fault("cups.mixed", fmt.Errorf("%s: %.1f × %.1f mm %s", p.Name, float64(w), float64(h), p.Tray))
	}
	err := j.doc.add(p)
	var path *fs.PathError // only the disk's errors have one
	if errors.As(err, &path) {
		j.err = j.device.fault("cups.spool", err)
		return j.err
	}
	if err == nil {
		j.mu.Lock()
		j.sent++
		j.progress.Started = j.sent
		j.mu.Unlock()
	}
	return err
}

// loads reports whether the device takes such paper from such a tray.
func (j *Job) loads(w, h page.Millimetres, tray string) error {
	if j.cap.language == printer.ZPL || j.cap.raw {
		return nil // a label printer has what it has
	}
	if _, _, ok := fit(j.cap.media, w, h); !ok {
		return j.device.fault("cups.media", fmt.Errorf("%.0f × %.0f mm", float64(w), float64(h)))
	}
	if tray == "" || len(j.cap.trays) == 0 {
		return nil
	}
	for _, t := range j.cap.trays {
		if t == tray {
			return nil
		}
	}
	return j.device.fault("cups.tray", errors.New(tray))
}

// Finish sends the document and waits until the device has nothing new to say of it. When ctx ends first, the job stays with the device:
// Finish may be called again, and Abort takes it back. Errors: ctx's, cups.unreachable, cups.rights, cups.missing, cups.refused and cups.spool
// with nothing printed; cups.lost, and cups.stuck if the job could not be taken back, with what is known.
func (j *Job) Finish(ctx context.Context) (printer.Progress, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	j.turn.Lock()
	defer j.turn.Unlock()
	j.mu.Lock()
	j.stop = cancel
	j.mu.Unlock()
	if j.phase == over {
		return j.snapshot(), errEnded
	}
	if j.phase == gathering {
		if j.sent == 0 || j.err != nil {
			j.end(printer.Progress{State: printer.Done})
			return j.snapshot(), j.err
		}
		if err := j.submit(ctx); err != nil {
			return j.snapshot(), err
		}
	}
	err := j.watch(ctx)
	return j.snapshot(), err
}

// submit sends the document. An error means that the job is over, or that ctx has ended; one that got lost on the way is looked for later.
func (j *Job) submit(ctx context.Context) error {
	d := j.device
	nothing := func(err error) error {
		j.end(printer.Progress{State: printer.NeedsPerson, Words: []string{err.Error()}})
		return err
	}
	body, size, err := j.doc.close()
	if err != nil {
		return nothing(d.fault("cups.spool", err))
	}
	if err := ctx.Err(); err != nil {
		return nothing(err)
	}
	if err := d.record.note(j.id, j.sent); err != nil {
		return nothing(d.fault("cups.record", err))
	}
	j.mu.Lock()
	j.phase = submitted
	j.mu.Unlock()
	sending := ctx
	if j.cap.queue {
		var cancel context.CancelFunc
		sending, cancel = context.WithTimeout(ctx, sendLimit+time.Duration(size/sendRate)*time.Second)
		defer cancel()
	}
	answer, err := d.client.post(sending, d.client.sends, d.path, j.request(), io.LimitReader(body, size), size)
	var refused *refusedError
	var away *unreachableError
	switch {
	case err == nil:
		j.mu.Lock()
		j.number = attrsOf(answer.Job).number("job-id")
		j.mu.Unlock()
	case errors.As(err, &away):
		j.end(printer.Progress{State: printer.Offline, Words: []string{err.Error()}})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return d.named(err)
	case errors.As(err, &refused) && refused.before():
		return nothing(d.named(err))
	default: // taken or not: it is looked for by its name
		j.blind = true
		j.deadline = time.Now().Add(arriving)
	}
	j.doc.remove()
	return nil
}

// request is the Print-Job.
func (j *Job) request() *goipp.Message {
	c, d := j.cap, j.device
	m := d.client.request(goipp.OpPrintJob, d.target)
	m.Operation.Add(goipp.MakeAttribute("job-name", goipp.TagName, goipp.String(j.id)))
	format := "application/pdf"
	if c.language == printer.ZPL {
		format = "application/octet-stream"
		if c.queue {
			format = "application/vnd.cups-raw"
		}
	}
	m.Operation.Add(goipp.MakeAttribute("document-format", goipp.TagMimeType, goipp.String(format)))
	set := func(name string, tag goipp.Tag, v goipp.Value, known bool) {
		if known && c.takes(name) {
			m.Job.Add(goipp.MakeAttribute(name, tag, v))
		}
	}
	set("copies", goipp.TagInteger, goipp.Integer(1), true)
	if c.queue { // whatever the queue's own defaults are: no banner pages, no waiting
		m.Job.Add(goipp.MakeAttribute("job-sheets", goipp.TagName, goipp.String("none")))
		m.Job.Add(goipp.MakeAttribute("job-hold-until", goipp.TagKeyword, goipp.String("no-hold")))
	}
	if c.language == printer.ZPL || c.raw {
		return m
	}
	set("sides", goipp.TagKeyword, goipp.String("one-sided"), c.sides)
	set("print-scaling", goipp.TagKeyword, goipp.String("none"), c.scaling)
	set("print-color-mode", goipp.TagKeyword, goipp.String("monochrome"), c.mono)
	x, y, _ := fit(c.media, j.size[0], j.size[1])
	var size, medium goipp.Collection
	size.Add(goipp.MakeAttribute("x-dimension", goipp.TagInteger, goipp.Integer(x)))
	size.Add(goipp.MakeAttribute("y-dimension", goipp.TagInteger, goipp.Integer(y)))
	medium.Add(goipp.MakeAttribute("media-size", goipp.TagBeginCollection, size))
	if j.tray != "" {
		medium.Add(goipp.MakeAttribute("media-source", goipp.TagKeyword, goipp.String(j.tray)))
	}
	m.Job.Add(goipp.MakeAttribute("media-col", goipp.TagBeginCollection, medium))
	return m
}

// watch looks until the job is over or ctx ends.
func (j *Job) watch(ctx context.Context) error {
	for pause := pollMin; ; pause = min(pause*3/2, pollMax) {
		err := j.look(ctx)
		if j.phase == over {
			return err
		}
		if err == nil {
			err = sleep(ctx, pause)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

// Abort takes the job back: its pages are dropped, or CUPS is told to cancel it; then what is known is final, unless nobody answers.
func (j *Job) Abort(ctx context.Context) error {
	j.mu.Lock()
	if j.stop != nil {
		j.stop() // a Finish that still waits
	}
	j.mu.Unlock()
	j.turn.Lock()
	defer j.turn.Unlock()
	switch j.phase {
	case over:
		return nil
	case gathering:
		j.end(printer.Progress{State: printer.Done})
		return nil
	}
	asked := ctx
	ctx, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	if j.number == 0 {
		j.deadline = time.Now().Add(arriving)
	}
	j.look(ctx) // the words for why it is given up are gone with the job
	for j.phase != over {
		if j.number != 0 && !j.cancelled {
			if err := j.cancel(ctx); err != nil {
				return err
			}
		}
		err := j.look(ctx)
		if j.phase == over {
			return nil
		}
		if err == nil {
			err = sleep(ctx, pollMax/5)
		}
		switch {
		case err == nil:
		case asked.Err() != nil:
			return asked.Err()
		case j.snapshot().State == printer.Offline:
			return j.device.fault("cups.unreachable", err)
		default:
			return j.device.fault("cups.stuck", err)
		}
	}
	return nil
}

// cancel tells the device to drop the job. One that is over already is none the worse.
func (j *Job) cancel(ctx context.Context) error {
	d := j.device
	m := d.client.request(goipp.OpCancelJob, d.target)
	m.Operation.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(j.number)))
	_, err := d.client.ask(ctx, d.jobsPath(), m)
	var refused *refusedError
	if errors.As(err, &refused) && (refused.status == goipp.StatusErrorNotPossible || refused.missing()) {
		err = nil
	}
	if err == nil {
		j.cancelled = true
	}
	return d.named(err)
}

func (d *Device) jobsPath() string {
	if d.queue != "" {
		return "/jobs/"
	}
	return d.path
}

// refusedByWindows is WSAECONNREFUSED: package syscall knows another number by the name of Unix.
const refusedByWindows = syscall.Errno(10061)

// notThere reports whether no process listens: a CUPS that comes back after this has been restarted.
func notThere(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, refusedByWindows) || errors.Is(err, fs.ErrNotExist)
}

// snapshot is what was last seen.
func (j *Job) snapshot() printer.Progress {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.progress
}

// end writes down the last figures and gives the device free.
func (j *Job) end(p printer.Progress) {
	p.Open = false
	if j.doc != nil {
		j.doc.remove()
	}
	j.client.close()
	j.mu.Lock()
	j.phase, j.progress = over, p
	j.mu.Unlock()
	j.release()
}

// release lets the next job be opened.
func (j *Job) release() {
	d := j.device
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.found, j.id)
	if !j.foreign {
		d.last = j
	}
	if d.open == j {
		d.open = nil
	}
}
