package winspool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"znak/printer"
	"znak/printer/page"
)

// device is one queue.
type device struct {
	name, queue string
	language    printer.Language
	confirm     printer.Confirm
	dpi, slip   int
	wanted      int // the resolution the person asked for, 0: none
	anyPaper    bool
	zpl         func(io.Writer, page.Page) error
	sys         spooler
	asks        *line // questions and commands
	writes      *line // what the open job writes
	poll        time.Duration

	mu   sync.Mutex
	open *job
	jobs map[string]*job // of this process

	asked bool     // for its trays
	trays []string // of which it has several
}

// Info describes the queue.
func (d *device) Info() printer.Info {
	return printer.Info{Name: d.name, Kind: kind, DPI: d.dpi, Slip: d.slip, Confirm: d.confirm}
}

// ownDPI is the resolution that the printer's driver says, halved until pictures are of a bearable size; 300 where it does not answer.
func (d *device) ownDPI() int {
	a, err := ask(context.Background(), d.asks, func() (abilities, error) { return d.sys.abilities(d.queue) })
	if err != nil || a.dpi <= 0 {
		return defaultDPI
	}
	dpi := a.dpi
	for dpi > mostDPI && dpi%2 == 0 {
		dpi /= 2
	}
	return dpi
}

// look asks for the queue's state.
func (d *device) look(ctx context.Context) (printerInfo, error) {
	return ask(ctx, d.asks, func() (printerInfo, error) { return d.sys.printer(d.queue) })
}

// State is the queue's, and while a job is open here, the job's where the queue says nothing of itself. It takes 3 seconds at most; a
// spooler that does not answer, and a queue that is not there, are Offline.
func (d *device) State(ctx context.Context) (printer.State, []string, error) {
	if err := ctx.Err(); err != nil {
		return printer.Unknown, nil, err
	}
	p, err := d.look(ctx)
	switch {
	case errors.Is(err, errSilent), errors.Is(err, errMissing):
		return printer.Offline, []string{err.Error()}, nil
	case ctx.Err() != nil:
		return printer.Unknown, nil, ctx.Err()
	case err != nil:
		return printer.Unknown, []string{err.Error()}, fault(d.name, err)
	}
	state, words := stateOf(p, d.language == printer.ZPL)
	d.mu.Lock()
	open := d.open
	d.mu.Unlock()
	if open == nil {
		return state, words, nil
	}
	if state == printer.Ready || state == printer.Printing {
		p := open.live(printer.Printing, nil)
		return printer.Printing, append(words, p.Words...), nil
	}
	return state, words, nil
}

// Open begins a job. The document appears in the queue, under the id as its name, with the first page. Error codes: winspool.busy,
// winspool.missing, winspool.silent.
func (d *device) Open(ctx context.Context, id string) (printer.Job, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, err := d.look(ctx); err != nil {
		return nil, fault(d.name, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open != nil {
		return nil, &printer.Error{Device: d.name, Code: "winspool.busy", Err: fmt.Errorf("job %s is open", d.open.id)}
	}
	d.forget()
	j := &job{device: d, id: id, state: printer.Printing}
	d.open, d.jobs[id] = j, j
	return j, nil
}

// keep is how many ended jobs of this process are remembered. Older ones are asked of the spooler like those of other processes.
const keep = 500

func (d *device) forget() {
	for id, j := range d.jobs {
		if len(d.jobs) < keep {
			return
		}
		if _, ok := j.ended(); ok {
			delete(d.jobs, id)
		}
	}
}

// Progress tells of an open job as it stands, and of an ended one what became of it. A job of a process that is no more is looked up in the
// queue by its name: one that still waits there without having been released is taken off, and then surely not printed; one that the
// spooler might begin anew is taken off too. A job that is not in the queue is unknown: the spooler forgets.
func (d *device) Progress(ctx context.Context, id string, pages int) (printer.Progress, error) {
	unknown := printer.Progress{State: printer.Unknown, Started: pages}
	if err := ctx.Err(); err != nil {
		return unknown, err
	}
	d.mu.Lock()
	j := d.jobs[id]
	d.mu.Unlock()
	if j != nil {
		return j.look(ctx)
	}
	jobs, err := ask(ctx, d.asks, func() ([]jobInfo, error) { return d.sys.jobs(d.queue) })
	if err != nil {
		return unknown, fault(d.name, err)
	}
	for _, found := range jobs {
		if found.document == id || found.document == id+waitingMark {
			return d.orphan(ctx, id, found, pages)
		}
	}
	return unknown, nil
}

// waitingMark stands behind a job's name in the queue as long as the job has not been released. It outlives this process and the
// spooler's: a paused job without it may have been begun before it was paused.
const waitingMark = " …"

// orphan tells of a job in the queue whose process is no more.
func (d *device) orphan(ctx context.Context, id string, found jobInfo, pages int) (printer.Progress, error) {
	p, err := d.look(ctx)
	if err != nil {
		return printer.Progress{State: printer.Unknown, Started: pages}, fault(d.name, err)
	}
	words := wordsOf(found, p)
	verdict := judge(found, p)
	waiting := found.document == id+waitingMark && waits(found, p)
	out := printer.Progress{State: printer.Unknown, Started: pages, Words: words,
		// The process may have died before the last page: what the spooler never got was never printed, however well the job ended.
		Printed: printedOf(found, d.confirm, min(found.total, pages))}
	switch {
	case verdict == suspect || waiting:
		nothing, err := d.cancel(ctx, found.id)
		if waiting && nothing && err == nil {
			out = printer.Progress{State: printer.Done, Words: words}
			d.remember(id, out) // the queue has forgotten it now
			return out, nil
		}
		return out, fault(d.name, err)
	case verdict == passedOn: // the entry was kept for this question only
		out.State = printer.Done
		d.drop(ctx, found.id)
		d.remember(id, out)
	case verdict == goesOn:
		out.State, out.Open = liveState(found, p, d.language == printer.ZPL), true
	}
	return out, nil
}

// drop removes the entry of a job that has left the spooler's hands. If it stays, it does no harm.
func (d *device) drop(ctx context.Context, id uint32) {
	_, _ = ask(ctx, d.asks, func() (struct{}, error) {
		return struct{}{}, errors.Join(d.sys.control(d.queue, id, commandRelease), d.sys.control(d.queue, id, commandDelete))
	})
}

// remember keeps the last word on a job of another process.
func (d *device) remember(id string, p printer.Progress) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.jobs[id] = &job{device: d, id: id, closed: true, final: &p}
}

// Cancel takes a job off the queue: an open one of this process, one that Finish was given up on, or one of a process that is no more. What became of
// it, Progress says.
func (d *device) Cancel(ctx context.Context, id string) error {
	d.mu.Lock()
	j := d.jobs[id]
	d.mu.Unlock()
	if j != nil {
		return j.cancel(ctx)
	}
	jobs, err := ask(ctx, d.asks, func() ([]jobInfo, error) { return d.sys.jobs(d.queue) })
	if err != nil {
		return fault(d.name, err)
	}
	for _, found := range jobs {
		if found.document != id && found.document != id+waitingMark {
			continue
		}
		nothing, err := d.cancel(ctx, found.id)
		if nothing && err == nil && found.document == id+waitingMark {
			d.remember(id, printer.Progress{State: printer.Done})
		}
		return fault(d.name, err)
	}
	return nil
}

// liveState joins what the job and its printer say: trouble first.
func liveState(j jobInfo, p printerInfo, label bool) printer.State {
	state, _ := stateOf(p, label)
	if state == printer.Ready || state == printer.Printing {
		if s, _ := read(j.status, jobFlags); s != "" && s != printer.Done {
			return s
		}
		return printer.Printing
	}
	return state
}

// cancel takes a job off the queue. nothing is true where surely no page of it had reached the device. An error means the job may be there still.
func (d *device) cancel(ctx context.Context, id uint32) (nothing bool, err error) {
	type pair struct {
		j jobInfo
		p printerInfo
	}
	before, err := ask(ctx, d.asks, func() (pair, error) {
		j, err := d.sys.job(d.queue, id)
		if err != nil {
			return pair{}, err
		}
		p, err := d.sys.printer(d.queue)
		if err != nil {
			return pair{}, err
		}
		return pair{j, p}, d.sys.control(d.queue, id, commandDelete)
	})
	if errors.Is(err, errGone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		j, err := ask(ctx, d.asks, func() (jobInfo, error) { return d.sys.job(d.queue, id) })
		switch {
		case errors.Is(err, errGone):
			return waits(before.j, before.p), nil
		case err != nil:
			return false, err
		case j.status&(jobDeleting|jobDeleted) != 0 && j.status&jobPrinting == 0 && j.printed == 0:
			return waits(before.j, before.p), nil // marked: it goes when its document is closed
		}
		select {
		case <-time.After(min(d.poll, patience/4)):
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return false, errors.New("the spooler does not let go of the job")
}

// Pause holds the queue.
func (d *device) Pause(ctx context.Context) error { return d.hold(ctx, true) }

// Resume lets the queue go on.
func (d *device) Resume(ctx context.Context) error { return d.hold(ctx, false) }

func (d *device) hold(ctx context.Context, on bool) error {
	_, err := ask(ctx, d.asks, func() (struct{}, error) { return struct{}{}, d.sys.hold(d.queue, on) })
	return fault(d.name, err)
}
