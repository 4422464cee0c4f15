package ui

import (
	"context"
	"time"

	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
)

func (w *Window) refreshStatus() {
	type look struct {
		status   station.Status
		printers []station.PrinterView
		owed     int // void envelopes
	}
	load(w.tasks, "status", func(ctx context.Context) (look, error) {
		st, err := w.station.Status(ctx)
		l := look{status: st}
		if err == nil {
			l.printers, err = w.station.Printers(ctx)
		}
		if err == nil {
			l.owed, err = w.station.OwedCount(ctx)
		}
		return l, err
	}, func(l look, err error) {
		if err != nil {
			w.trouble(err)
			return
		}
		w.frame.status.set(w.words.StatusOf(l.status, l.printers, w.station.HasAccount()), w.runText())
		w.frame.count(view.ScreenOutbox, l.status.Pending+l.status.Dead)
		w.frame.count(view.ScreenReprint, l.owed+l.status.States[postal.StateStale])
	})
}

// beat keeps the window true while nobody touches it, and sends what waits.
func (w *Window) beat(ctx context.Context) {
	tick := time.NewTicker(3 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.tasks.put(w.tick)
		}
	}
}

func (w *Window) tick() {
	w.beats++
	if w.beats == 1 && w.params.Drawn != nil {
		w.params.Drawn()
	}
	w.lookWho()
	w.refreshStatus()
	if w.beats%2 == 0 {
		w.current().refresh()
	}
	if w.beats%20 == 0 && w.station.HasAccount() {
		load(w.tasks, "courier", func(ctx context.Context) (bool, error) {
			st, err := w.station.Status(ctx)
			if err != nil || st.Pending == 0 {
				return false, err
			}
			_, err = w.station.Sync(ctx)
			return true, err
		}, func(_ bool, err error) {
			if err != nil {
				w.log.Info("outbox round", "error", err)
			}
			w.refreshStatus()
		})
	}
	if w.beats%20 == 10 && (w.run == nil || w.run.done) {
		load(w.tasks, "prefetch", w.station.Prefetch, func(pulled bool, err error) {
			if err != nil {
				w.log.Info("prefetch", "error", err)
			}
			if pulled {
				w.refreshStatus()
				w.current().refresh()
			}
		})
	}
}
