package ui

import (
	"context"
	"errors"

	"znak/app/ui/view"
	"znak/printer"
)

// proof prints one sheet that is no letter: a test print or a ruler. A printer without paper keeps it waiting for minutes; the screens can be left
// meanwhile, and the wait can be given up.
type proof struct {
	w    *Window
	stop context.CancelFunc // nil: none goes on
	what string             // which one goes on, as its beginner calls it
}

// The sheets that can be asked for.
const (
	proofTest      = "test"
	proofRuler     = "ruler"
	proofCorrected = "ruler-corrected"
)

// goes reports whether this one goes on.
func (p *proof) goes(what string) bool { return p.stop != nil && p.what == what }

// begin prints on the printer of that name. What came of it is said on whatever screen the person is then.
func (p *proof) begin(what, name string, do func(context.Context) (printer.Progress, error)) {
	if p.stop != nil {
		p.w.say(view.Warn, p.w.words.T("ui.printers.proof.busy"))
		return
	}
	w := p.w
	ctx, stop := context.WithCancel(w.tasks.ctx)
	taken := start(w.tasks, "proof", func(context.Context) (printer.Progress, error) { return do(ctx) }, func(got printer.Progress, err error) {
		stop()
		p.stop = nil
		switch {
		case errors.Is(err, context.Canceled):
			w.say(view.Warn, w.words.Say("ui.printers.proof.stopped", map[string]any{"Printer": w.words.PrinterName(name)}))
		case w.told(err):
			w.say(w.words.ProofOf(name, got))
		}
		w.changed()
	})
	if !taken {
		stop()
		w.say(view.Warn, w.words.T("ui.printers.proof.busy"))
		return
	}
	p.stop, p.what = stop, what
	w.say(view.Accent, w.words.Say("ui.printers.proof.goes", map[string]any{"Printer": w.words.PrinterName(name)}))
	w.current().refresh()
}

// cancel gives it up: what the printer has not begun is taken back.
func (p *proof) cancel() {
	if p.stop != nil {
		p.stop()
	}
}
