package station

import (
	"context"
	"errors"
	"fmt"

	"znak/app/boundary"
	"znak/app/postal"
	"znak/printer"
	"znak/store"
)

// Recover settles what a crash left open: for every job that was begun and not written down to its end the device is asked. What it is sure
// of becomes printed or not printed; the rest becomes unknown, which a scan or a person clears. What a device still holds stays queued until it is
// asked again. Devices on which another process is printing right now are left alone.
func (s *Station) Recover(ctx context.Context) error {
	jobs, err := s.store.OpenJobs(ctx)
	if err != nil || len(jobs) == 0 {
		return err
	}
	open := map[string]bool{}
	for _, job := range jobs {
		open[job.Device] = true
	}
	devices, err := s.shelf(ctx)
	if err != nil {
		return err
	}
	for _, d := range devices {
		name := d.Info().Name
		if !open[name] {
			continue
		}
		delete(open, name)
		release, err := s.take(d)
		var busy *Refused
		if errors.As(err, &busy) {
			continue
		}
		if err != nil {
			return err
		}
		err = s.settle(ctx, d)
		release()
		if err != nil {
			return err
		}
	}
	for _, job := range jobs { // of devices that are not there any more: nobody can be asked
		if open[job.Device] {
			if err := s.settleOpen(ctx, job, printer.Progress{State: printer.Unknown, Started: len(job.Pieces)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle writes down what became of the jobs left open on a device that the caller holds.
func (s *Station) settle(ctx context.Context, d printer.Device) error {
	jobs, err := s.store.OpenJobs(ctx)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if job.Device != d.Info().Name {
			continue
		}
		progress, err := d.Progress(ctx, job.ID, len(job.Pieces))
		if err != nil {
			s.log.Warn("device does not tell what became of a job", "device", job.Device, "job", job.ID, "error", err)
			progress = printer.Progress{State: printer.Unknown, Started: len(job.Pieces)}
		}
		if err := s.settleOpen(ctx, job, progress); err != nil {
			return err
		}
	}
	return nil
}

func (s *Station) settleOpen(ctx context.Context, job store.Job, progress printer.Progress) error {
	_, err := s.settleJob(ctx, job.ID, job.Pieces, progress)
	return err
}

// settleJob writes into the ledger what a device knows of a job. rows are the pieces in page order. Pieces that have moved on meanwhile (a scanner
// has seen them, or their page was taken back) are left as they are.
func (s *Station) settleJob(ctx context.Context, job string, pieces []int64, p printer.Progress) (settled, error) {
	var n settled
	if p.Printed < 0 || p.Printed > p.Started || p.Started > len(pieces) {
		// A device that counts pages it never had is not believed.
		s.log.Warn("device miscounts", "job", job, "pages", len(pieces), "printed", p.Printed, "started", p.Started)
		p.Printed, p.Started = 0, len(pieces)
	}
	boundary.At(boundary.SettleBefore)
	err := s.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		n = settled{}
		events := make([]store.NewEvent, 0, len(pieces))
		for i, id := range pieces {
			row, err := tx.Piece(id)
			if err != nil {
				return fmt.Errorf("piece of job %s: %w", job, err)
			}
			kind := postal.EventNotPrinted
			switch {
			case i < p.Printed:
				kind = postal.EventPrinted
			case p.Open: // the device still has it and may print it yet
				if row.State != postal.StateQueued {
					n.printed++ // seen by a scanner
				}
				continue
			case i < p.Started:
				kind = postal.EventUnknown
			}
			if row.Job == job && open[row.State] {
				events = append(events, store.NewEvent{Kind: kind, Piece: id, Data: jobData{Job: job, Words: p.Words}})
			} else if row.Job != job || row.State.Printable() {
				kind = postal.EventNotPrinted // taken back before it was sent
			} else {
				kind = postal.EventPrinted // seen by a scanner
			}
			switch kind {
			case postal.EventPrinted:
				n.printed++
			case postal.EventUnknown:
				n.unknown++
			default:
				n.not++
			}
		}
		if err := tx.Record(events...); err != nil {
			return err
		}
		if p.Open {
			return nil
		}
		return tx.CloseJob(job, string(p.State))
	})
	boundary.At(boundary.SettleAfter)
	return n, err
}

// open are the states in which a device's word about a piece still counts. A stale or orphan piece was changed at the post while it was in the printer.
var open = map[postal.PieceState]bool{postal.StateQueued: true, postal.StateStale: true, postal.StateOrphan: true}

// settled counts what became of the pages of a job.
type settled struct{ printed, unknown, not int }

// takeBack records that pieces whose intent was committed were never sent.
func (s *Station) takeBack(ctx context.Context, job string, rows []store.PieceRow) error {
	return s.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		for _, row := range rows {
			if err := tx.Record(store.NewEvent{Kind: postal.EventNotPrinted, Piece: row.PostID, Data: jobData{Job: job}}); err != nil {
				return err
			}
		}
		return nil
	})
}

type jobData struct {
	Job   string   `json:"job"`
	Words []string `json:"words,omitempty"`
}
