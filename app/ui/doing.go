package ui

import (
	"context"

	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
)

// batchHere is the batch that the keys mean on this screen; "" where there is none.
func (w *Window) batchHere() string {
	if s, ok := w.current().(batchHolder); ok {
		return s.batch()
	}
	return ""
}

// act does F2 and F4: on the batch in view, else on the one that is first in line for it.
func (w *Window) act(do view.Do) {
	name, words := w.batchHere(), w.words // of the UI thread
	start(w.tasks, "act", func(ctx context.Context) (view.Action, error) {
		list, err := w.station.Batches(ctx)
		if err != nil {
			return view.Action{}, err
		}
		shown := words.BatchesOf(list)
		dead := view.Action{Why: words.T("ui.why.no-batch")}
		for _, b := range append(shown.Open, shown.Closed...) {
			if name != "" && b.Name != name {
				continue
			}
			for _, a := range b.Actions {
				if a.Do != do {
					continue
				}
				if a.Alive {
					return a, nil
				}
				if name != "" {
					dead = a
				}
			}
		}
		return dead, nil
	}, func(a view.Action, err error) {
		switch {
		case err != nil:
			w.trouble(err)
		case !a.Alive:
			w.say(view.Warn, a.Why)
			if name == "" {
				w.open(view.ScreenBatches, "")
			}
		case name == "": // nobody looked at it yet: show it first
			w.open(screenBatch, a.Batch)
		default:
			w.do(a)
		}
	})
}

// do does what a button says.
func (w *Window) do(a view.Action) {
	if !a.Alive {
		return
	}
	switch a.Do {
	case view.DoPrint:
		w.print(w.orderOf(a.Batch))
	case view.DoVerify:
		w.open(view.ScreenVerify, a.Batch)
	case view.DoHandOver:
		w.open(screenHandOver, a.Batch)
	case view.DoApprove:
		start(w.tasks, "approve", func(ctx context.Context) (postal.Kopecks, error) { return w.station.Approve(ctx, a.Batch) },
			func(sum postal.Kopecks, err error) {
				if w.told(err) {
					w.say(view.OK, w.words.Say("ui.approved", map[string]any{"Batch": a.Batch, "Sum": sum}))
				}
				w.changed()
			})
	case view.DoOpen:
		w.open(screenBatch, a.Batch)
	case view.DoPull:
		w.pull()
	case view.DoWait:
		w.open(view.ScreenOutbox, "")
	case view.DoMoney:
		w.open(view.ScreenMoney, "")
	}
}

// pull is F5: take what is new, then send what waits.
func (w *Window) pull() {
	if !w.station.HasAccount() {
		w.open(screenFirst, "")
		return
	}
	type outcome struct {
		pulled station.PullReport
		sent   station.SyncReport
	}
	stopped, stop := context.WithCancel(w.tasks.ctx)
	taken := start(w.tasks, "pull", func(context.Context) (outcome, error) {
		defer stop()
		ctx := stopped
		var o outcome
		var err error
		if o.pulled, err = w.station.Pull(ctx); err != nil {
			return o, err
		}
		st, err := w.station.Status(ctx)
		if err == nil && st.Pending > 0 {
			o.sent, err = w.station.Sync(ctx)
		}
		return o, err
	}, func(o outcome, err error) {
		w.pics.forget()
		if w.told(err) {
			tone, s := w.words.PullOf(o.pulled)
			if o.sent.Sent > 0 {
				s += " " + w.words.N("ui.sync.done", o.sent.Sent)
			}
			w.say(tone, s)
		}
		w.changed()
	})
	if taken {
		w.say(view.Accent, w.words.T("ui.pull.working"))
		w.frame.notice.offer(w.words.T("ui.pull.stop"), func() {
			stop()
			w.say(view.Warn, w.words.T("ui.pull.stopped"))
		})
	} else {
		stop()
	}
}

// openPiece shows a letter in its batch.
func (w *Window) openPiece(id postal.ShPI) {
	load(w.tasks, "open-piece", func(ctx context.Context) (string, error) {
		row, err := w.station.Piece(ctx, id)
		return row.Batch, err
	}, func(batch string, err error) {
		if w.told(err) {
			w.open(screenBatch, batch)
			w.screen(screenBatch).(*batchScreen).selectPiece(id)
		}
	})
}

// changed is called after anything was done: the screen and the line at the bottom ask again.
func (w *Window) changed() {
	w.refreshStatus()
	w.current().refresh()
}
