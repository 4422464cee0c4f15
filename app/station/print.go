package station

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"znak/app/boundary"
	"znak/app/hint"
	"znak/app/postal"
	"znak/printer"
	"znak/store"
)

// group is how many pieces are prepared, and whose intent is committed, at once: large enough that the commits do not hold the
// printer up, small enough that a stop leaves little to take back.
const group = 200

// Print prints the pieces of a batch that are not printed yet, each once, in the order of the batch. For each group of pieces the
// intent is committed before the first of its bytes goes to the device; what the device then is sure of is committed after. A crash in
// between leaves pieces queued, which Recover settles by asking the device. tell, which may be nil, is called from other goroutines at most a
// few times a second. The report is true beside an error.
func (s *Station) Print(ctx context.Context, order PrintOrder, control *Control, tell func(PrintProgress)) (PrintReport, error) {
	if control == nil {
		control = NewControl()
	}
	if tell == nil {
		tell = func(PrintProgress) {}
	}
	device, err := s.device(ctx, order.Printer)
	if err != nil {
		return PrintReport{}, err
	}
	release, err := s.take(device)
	if err != nil {
		return PrintReport{}, err
	}
	defer release()
	if err := s.settle(ctx, device); err != nil {
		return PrintReport{}, err
	}
	if err := s.freshen(ctx, order.Batch); err != nil {
		return PrintReport{}, err
	}
	if err := s.checkOffline(ctx); err != nil {
		return PrintReport{}, err
	}
	view, err := s.Batch(ctx, order.Batch)
	if err != nil {
		return PrintReport{}, err
	}
	rows, refused, err := s.choose(ctx, view, order)
	if err != nil || !view.Ready {
		r := PrintReport{Refused: refused}
		if err == nil {
			err = &Refused{view.Reasons}
		}
		return r, err
	}
	r := run{s: s, device: device, view: view, control: control, tell: tell, report: PrintReport{Refused: refused}}
	if len(rows) == 0 {
		return r.report, nil
	}
	return r.print(ctx, rows)
}

// choose lists the pieces that an order means, in print order, and those it names in vain.
func (s *Station) choose(ctx context.Context, view BatchView, order PrintOrder) ([]store.PieceRow, []Refusal, error) {
	rows, err := s.store.Pieces(ctx, store.PieceQuery{Batch: view.Name})
	if err != nil {
		return nil, nil, err
	}
	only := map[postal.ShPI]bool{}
	for _, id := range order.Only {
		only[id] = true
	}
	var chosen []store.PieceRow
	var refused []Refusal
	for _, row := range rows {
		named := only[row.ShPI]
		delete(only, row.ShPI)
		if row.Problem != "" {
			refused = append(refused, Refusal{row.ShPI, Reason{"station.piece." + row.Problem, hint.Args{"ShPI": row.ShPI.Grouped()}}})
			continue
		}
		if row.Mark == nil && row.State != postal.StateWithdrawn {
			refused = append(refused, Refusal{row.ShPI, Reason{"mark.none", hint.Args{"ShPI": row.ShPI.Grouped()}}})
			continue
		}
		if len(order.Only) > 0 && !named {
			continue
		}
		switch {
		case row.State.Printable():
			if order.Limit == 0 || len(chosen) < order.Limit {
				chosen = append(chosen, row)
			}
		case named || row.State == postal.StateStale || row.State == postal.StateUnknown:
			refused = append(refused, Refusal{row.ShPI, Reason{"station.not-again." + string(row.State), hint.Args{"ShPI": row.ShPI.Grouped()}}})
		}
	}
	for id := range only {
		refused = append(refused, Refusal{id, Reason{"station.piece-unknown", hint.Args{"ShPI": id.Grouped(), "Batch": view.Name}}})
	}
	return chosen, refused, nil
}

// run is one printing of pieces of a batch on a device.
type run struct {
	s       *Station
	device  printer.Device
	view    BatchView
	control *Control
	tell    func(PrintProgress)
	report  PrintReport

	asked, sent int
	lastTold    time.Time
}

func (r *run) print(ctx context.Context, rows []store.PieceRow) (PrintReport, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return r.report, err
	}
	r.report.Run, r.asked = id.String(), len(rows)
	name := r.device.Info().Name
	err = r.s.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := reserve(tx, r.view.Name); err != nil { // where the office asks for no approval, printing reserves the money
			return err
		}
		return tx.OpenRun(store.Run{ID: r.report.Run, Batch: r.view.Name, Device: name, Asked: len(rows)})
	})
	if err != nil {
		return r.report, err
	}
	boundary.At(boundary.RunOpened)
	slip := r.device.Info().Slip
	if slip <= 0 {
		slip = len(rows)
	}
	for n := 0; len(rows) > 0 && err == nil && !r.control.stopped(); n++ {
		part := rows[:min(slip, len(rows))]
		rows = rows[len(part):]
		err = r.slip(ctx, r.jobID(n+1), part)
	}
	r.report.Stopped = r.control.stopped() || errors.Is(err, context.Canceled)
	closeErr := r.s.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		return tx.CloseRun(r.report.Run)
	})
	boundary.At(boundary.RunClosed)
	if err == nil {
		err = closeErr
	}
	r.say(postal.ShPI(""), true)
	return r.report, err
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
	var sent []int64 // pieces with their intent committed, in page order
	sendErr := r.s.envelopes(ctx, r.view.Batch, rows, r.device.Info().DPI, func(ready []envelope) error {
		return r.group(ctx, id, job, ready, &sent)
	})
	if errors.Is(sendErr, errStopped) {
		sendErr = nil
	}
	var progress printer.Progress
	switch {
	case len(sent) == 0 || sendErr != nil:
		// Nothing went out, or the device broke: what can be stopped is stopped, then the device says how far it came.
		abortErr := job.Abort(context.WithoutCancel(ctx))
		if len(sent) == 0 {
			return errors.Join(sendErr, abortErr)
		}
		var askErr error
		if progress, askErr = r.device.Progress(context.WithoutCancel(ctx), id, len(sent)); askErr != nil {
			progress = printer.Progress{State: printer.Unknown, Started: len(sent)}
		}
		sendErr = errors.Join(sendErr, abortErr)
	default:
		boundary.At(boundary.FinishBefore)
		progress, sendErr = job.Finish(context.WithoutCancel(ctx))
	}
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
	return sendErr
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
		err := r.control.wait(ctx, func(paused bool) { r.sayPaused(e.row.ShPI, paused) })
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
		r.sent++
		boundary.At(boundary.PageSent)
		r.say(e.row.ShPI, false)
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

// say tells of the progress, at most ten times a second.
func (r *run) say(current postal.ShPI, always bool) {
	now := time.Now()
	if !always && now.Sub(r.lastTold) < 100*time.Millisecond {
		return
	}
	r.lastTold = now
	r.tell(PrintProgress{Run: r.report.Run, Asked: r.asked, Sent: r.sent, Printed: r.report.Printed, Unknown: r.report.Unknown, Current: current})
}

func (r *run) sayPaused(current postal.ShPI, paused bool) {
	r.tell(PrintProgress{Run: r.report.Run, Asked: r.asked, Sent: r.sent, Printed: r.report.Printed, Unknown: r.report.Unknown, Current: current, Paused: paused})
}

// device finds a device by name; "" is the default one.
func (s *Station) device(ctx context.Context, name string) (printer.Device, error) {
	if name == "" {
		var err error
		if name, err = s.setting(ctx, SettingPrinter); err != nil {
			return nil, err
		}
	}
	for _, d := range s.devices {
		if d.Info().Name == name {
			return d, nil
		}
	}
	return nil, refuse("station.printer-unknown", hint.Args{"Printer": name})
}

// take makes the device this run's own, against other runs in this process and in others.
func (s *Station) take(d printer.Device) (release func(), err error) {
	name := d.Info().Name
	busy := refuse("station.printer-busy", hint.Args{"Printer": name})
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.working[name] {
		return nil, busy
	}
	lock, err := s.lock("printer-" + fileName(name))
	if err != nil {
		return nil, err
	}
	switch ok, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock of printer %s: %w", name, err)
	case !ok:
		return nil, busy
	}
	s.working[name] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.working, name)
		if err := lock.Unlock(); err != nil {
			s.log.Warn("printer lock not released", "error", err)
		}
	}, nil
}

// lock is a lock between processes that work in one data folder; it is not held yet.
func (s *Station) lock(name string) (*flock.Flock, error) {
	dir := filepath.Join(s.dir, "locks")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("locks: %w", err)
	}
	return flock.New(filepath.Join(dir, name+".lock")), nil
}

// PrinterView is a device with what is known of its state.
type PrinterView struct {
	printer.Info
	State printer.State
	Words []string // the device's own
}

// Printers lists the devices.
func (s *Station) Printers(ctx context.Context) []PrinterView {
	var list []PrinterView
	for _, d := range s.devices {
		state, words, err := d.State(ctx)
		if err != nil {
			state = printer.Unknown
			words = append(words, err.Error())
		}
		list = append(list, PrinterView{d.Info(), state, words})
	}
	return list
}
