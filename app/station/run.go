package station

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"znak/app/boundary"
	"znak/app/hint"
	"znak/app/postal"
	"znak/printer"
	"znak/store"
)

// run is one printing of pieces of a batch. It begins on one device and may move to another between two slips.
type run struct {
	s       *Station
	device  printer.Device
	release func() // gives the device back
	view    BatchView
	control *Control
	tell    func(PrintProgress)
	report  PrintReport

	mu       sync.Mutex // the watcher of a slip tells too
	told     PrintProgress
	lastTold time.Time
}

// use takes a device for the run and settles what was left open on it.
func (r *run) use(ctx context.Context, name string) error {
	device, err := r.s.device(ctx, name)
	if err != nil {
		return err
	}
	if r.s.holds(device.Info().Name) {
		return refuse("station.printer-held", hint.Args{"Printer": device.Info().Name})
	}
	release, err := r.s.take(device)
	if err != nil {
		return err
	}
	if err := r.s.settle(ctx, device); err != nil {
		release()
		return err
	}
	r.device, r.release = device, release
	return nil
}

// move goes on with another device. What the first has begun is settled before.
func (r *run) move(ctx context.Context, name string) error {
	old := r.release
	if name == r.device.Info().Name {
		return nil
	}
	if err := r.use(ctx, name); err != nil {
		return err
	}
	old()
	return nil
}

func (r *run) print(ctx context.Context, rows []store.PieceRow) (PrintReport, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return r.report, err
	}
	r.report.Run = id.String()
	r.told = PrintProgress{Run: r.report.Run, Asked: len(rows)}
	err = r.s.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := reserve(tx, r.view.Name); err != nil { // where the office asks for no approval, printing reserves the money
			return err
		}
		return tx.OpenRun(store.Run{ID: r.report.Run, Batch: r.view.Name, Device: r.device.Info().Name, Asked: len(rows)})
	})
	if err != nil {
		return r.report, err
	}
	boundary.At(boundary.RunOpened)
	for n := 1; len(rows) > 0 && err == nil && !r.control.stopped(); n++ {
		if to, ok := r.control.moved(); ok {
			if err = r.move(ctx, to); err != nil {
				break
			}
		}
		if r.s.holds(r.device.Info().Name) {
			err = refuse("station.printer-held", hint.Args{"Printer": r.device.Info().Name})
			break
		}
		size := r.slipSize(rows)
		part := rows[:size]
		rows = rows[size:]
		if n > 1 {
			if part, err = r.stillPrintable(ctx, part); err != nil || len(part) == 0 {
				continue
			}
		}
		err = r.slip(ctx, r.jobID(n), part)
	}
	r.report.Stopped = r.control.stopped() || errors.Is(err, context.Canceled)
	closeErr := r.s.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		return tx.CloseRun(r.report.Run)
	})
	boundary.At(boundary.RunClosed)
	if err == nil {
		err = closeErr
	}
	r.say(func(*PrintProgress) {}, true)
	return r.report, errors.Join(err, r.countQueued(context.WithoutCancel(ctx)))
}

// slipSize is how many of rows go into the next job: what the device wants at once, and all of one format, because a job is fed from one tray.
func (r *run) slipSize(rows []store.PieceRow) int {
	slip := r.device.Info().Slip
	if slip <= 0 {
		return len(rows)
	}
	n := 1
	for n < min(slip, len(rows)) && rows[n].Envelope == rows[0].Envelope {
		n++
	}
	return n
}

// stillPrintable leaves out what another run, on another printer, has taken since this run began: that is how two printers share a batch.
func (r *run) stillPrintable(ctx context.Context, rows []store.PieceRow) ([]store.PieceRow, error) {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.PostID
	}
	states, err := r.s.store.States(ctx, ids)
	if err != nil {
		return nil, err
	}
	var left []store.PieceRow
	for _, row := range rows {
		if states[row.PostID].Printable() {
			left = append(left, row)
		}
	}
	if taken := len(rows) - len(left); taken > 0 {
		r.say(func(p *PrintProgress) { p.Asked -= taken }, false)
	}
	return left, nil
}

// countQueued counts what the device still holds of the batch: neither printed nor failed, and settled as soon as the device says more.
func (r *run) countQueued(ctx context.Context) error {
	jobs, err := r.s.store.OpenJobs(ctx)
	if err != nil {
		return err
	}
	var ids []int64
	for _, job := range jobs {
		if job.Device == r.device.Info().Name && job.Batch == r.view.Name {
			ids = append(ids, job.Pieces...)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	states, err := r.s.store.States(ctx, ids)
	if err != nil {
		return err
	}
	for _, state := range states {
		if state == postal.StateQueued {
			r.report.Queued++
		}
	}
	return nil
}

// jobID names the n-th job of the run so that a person recognises its file: batch, time, the end of the run's own identity, which makes it unique.
func (r *run) jobID(n int) string {
	id := r.report.Run
	name := fmt.Sprintf("%s-%s-%s", fileName(r.view.Name), r.s.now().Format("20060102-150405"), id[len(id)-6:])
	if n > 1 {
		name += fmt.Sprintf("-%03d", n)
	}
	return name
}

// slip sends one job to the device and writes down what became of it.
func (r *run) slip(ctx context.Context, id string, rows []store.PieceRow) error {
	job, err := r.device.Open(ctx, id)
	if err != nil {
		return err
	}
	boundary.At(boundary.JobOpened)
	// What the person cancels and what ends the program both end the waiting for the device; they never end the writing down.
	working, cancel := r.control.context(ctx)
	defer cancel()
	unwatch := r.watch(working, id, len(rows))
	var sent []int64 // pieces with their intent committed, in page order
	sheet, sendErr := r.s.Sheet(ctx, r.device.Info().Name, rows[0].Envelope)
	if sendErr == nil {
		sendErr = r.s.envelopes(working, r.view.Batch, rows, r.device.Info().DPI, sheet, func(ready []envelope) error {
			return r.group(working, id, job, ready, &sent)
		})
	}
	if errors.Is(sendErr, errStopped) {
		sendErr = nil
	}
	var progress printer.Progress
	finished := false
	if len(sent) > 0 && sendErr == nil {
		boundary.At(boundary.FinishBefore)
		progress, sendErr = job.Finish(working)
		finished = working.Err() == nil
	}
	if !finished {
		// Nothing went out, the device broke, or the person would not wait: what can be stopped is stopped, then the device says how far it came.
		abortErr := job.Abort(context.WithoutCancel(ctx))
		if len(sent) == 0 {
			unwatch()
			return errors.Join(r.control.unlessCancelled(ctx, sendErr), abortErr)
		}
		var askErr error
		if progress, askErr = r.device.Progress(context.WithoutCancel(ctx), id, len(sent)); askErr != nil {
			progress = printer.Progress{State: printer.Unknown, Started: len(sent)}
		}
		sendErr = errors.Join(r.control.unlessCancelled(ctx, sendErr), abortErr)
	}
	unwatch()
	settled, err := r.s.settleJob(ctx, id, sent, progress)
	if err != nil {
		return errors.Join(sendErr, err)
	}
	r.report.Printed += settled.printed
	r.report.Unknown += settled.unknown
	r.report.Failed += settled.not
	if settled.printed > 0 {
		r.report.Files = append(r.report.Files, progress.Files...)
	}
	r.say(func(p *PrintProgress) {
		p.Printed, p.Unknown = r.report.Printed, r.report.Unknown
	}, false)
	well := progress.State == printer.Done && !progress.Open && settled.not == 0 && (settled.unknown == 0 || r.device.Info().Confirm == printer.ConfirmNone)
	if sendErr == nil && !well && !r.control.stopped() {
		// The device is not well: going on would print into the fault, and the order of the stack would be lost.
		sendErr = &SlipError{Device: r.device.Info().Name, State: progress.State, Words: progress.Words}
	}
	return sendErr
}

// watchEvery is how often the device is asked how it is while a slip is with it.
const watchEvery = 500 * time.Millisecond

// watch tells the person what the device says while the run waits for it.
func (r *run) watch(ctx context.Context, id string, pages int) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	base := r.report.Printed
	go func() {
		defer close(done)
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			state, words, err := r.device.State(ctx)
			if err != nil || ctx.Err() != nil {
				continue
			}
			now, err := r.device.Progress(ctx, id, pages)
			r.say(func(p *PrintProgress) {
				p.State, p.Words = state, words
				if err == nil && now.Open {
					p.Printed = base + now.Printed
				}
			}, true)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

var errStopped = errors.New("stopped by a person")

// group commits the intent of the pieces that are ready and sends them. What another process has changed since they were drawn is left
// out: its page would be stale on arrival. A stop in the middle takes back the intent of those that were not sent.
func (r *run) group(ctx context.Context, id string, job printer.Job, ready []envelope, sent *[]int64) error {
	if r.control.stopped() {
		return errStopped
	}
	fit := ready[:0]
	for _, e := range ready {
		if e.refused != nil {
			r.report.Refused = append(r.report.Refused, Refusal{e.row.ShPI, *e.refused})
			r.report.Failed++
			continue
		}
		fit = append(fit, e)
	}
	if len(fit) == 0 {
		return nil
	}
	first := len(*sent) == 0
	boundary.At(boundary.IntentBefore)
	var moved []envelope
	err := r.s.store.Write(ctx, func(tx *store.Tx) error {
		var err error
		if fit, moved, err = r.unchanged(tx, fit); err != nil || len(fit) == 0 {
			return err
		}
		if first {
			if err := tx.OpenJob(store.Job{ID: id, Run: r.report.Run, Batch: r.view.Name, Device: r.device.Info().Name}); err != nil {
				return err
			}
		}
		events, pieces := make([]store.NewEvent, len(fit)), make([]int64, len(fit))
		for i, e := range fit {
			pieces[i] = e.row.PostID
			events[i] = store.NewEvent{Kind: postal.EventIntent, Batch: r.view.Name, Piece: e.row.PostID, ShPI: e.row.ShPI, Run: r.report.Run,
				Data: store.IntentData{Job: id, Page: len(*sent) + i + 1, Copy: e.row.Copies + 1}}
		}
		if err := tx.ExtendJob(id, pieces); err != nil {
			return err
		}
		return tx.Record(events...)
	})
	if err != nil {
		return err
	}
	boundary.At(boundary.IntentAfter)
	for _, e := range moved {
		r.report.Refused = append(r.report.Refused, Refusal{e.row.ShPI, Reason{"station.changed-meanwhile", hint.Args{"ShPI": e.row.ShPI.Grouped()}}})
		r.report.Failed++
	}
	for i, e := range fit {
		err := r.control.wait(ctx, func(paused bool) { r.say(func(p *PrintProgress) { p.Paused, p.Current = paused, e.row.ShPI }, true) })
		if err == nil {
			err = job.Send(ctx, e.page)
		}
		if err != nil {
			// These pages were never given to the device.
			back := make([]store.PieceRow, 0, len(fit)-i)
			for _, rest := range fit[i:] {
				back = append(back, rest.row)
			}
			return errors.Join(err, r.s.takeBack(ctx, id, back))
		}
		*sent = append(*sent, e.row.PostID)
		boundary.At(boundary.PageSent)
		r.say(func(p *PrintProgress) { p.Sent, p.Current = p.Sent+1, e.row.ShPI }, false)
	}
	return nil
}

// unchanged parts the pieces that are still as they were drawn, and printable, from the others.
func (r *run) unchanged(tx *store.Tx, drawn []envelope) (same, moved []envelope, err error) {
	b, err := tx.Batch(r.view.Name)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range drawn {
		now, err := tx.Piece(e.row.PostID)
		if err != nil {
			return nil, nil, err
		}
		if b.Status != r.view.Status || now.Batch != b.Name || !now.State.Printable() || len(printedDiff(r.view.Batch, e.row.Piece, b.Batch, now.Piece)) > 0 {
			moved = append(moved, e)
		} else {
			same = append(same, e)
		}
	}
	return same, moved, nil
}

// say changes what is told of the progress, and tells it at most ten times a second unless it must be heard now.
func (r *run) say(change func(*PrintProgress), now bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.told)
	if !now && time.Since(r.lastTold) < 100*time.Millisecond {
		return
	}
	r.lastTold = time.Now()
	r.tell(r.told)
}
