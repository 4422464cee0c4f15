package ui

import (
	"slices"

	"znak/app/station"
	"znak/app/ui/view"
)

// prefOrder is the order of the list of batches, as the person at this computer has chosen it.
const prefOrder = "batches.order"

// pick takes a batch into what is printed together, or out of it.
func (s *batchesScreen) pick(name string, on bool) {
	if on == s.chosen[name] {
		return
	}
	if on {
		s.chosen[name] = true
	} else {
		delete(s.chosen, name)
	}
	s.mark()
}

// picked are the chosen batches in the order of the list; those that are out of view by now are not meant.
func (s *batchesScreen) picked() []view.Batch {
	var list []view.Batch
	for _, b := range s.shown {
		if s.chosen[b.Name] && b.Printable() {
			list = append(list, b)
		}
	}
	return list
}

// mark shows the button for the chosen batches.
func (s *batchesScreen) mark() {
	list := s.picked()
	a := s.w.words.PrintSeveral(list)
	s.queue.set(a.Label, a.Alive)
	show(s.queue, len(list) > 0)
}

func (s *batchesScreen) printChosen() {
	var names []string
	for _, b := range s.picked() {
		names = append(names, b.Name)
	}
	if len(names) == 0 || s.w.printing() {
		return
	}
	s.chosen = map[string]bool{}
	s.w.printLine(names)
}

// printLine prints batches one after another. What goes wrong in one, or a person's stop, ends the line: the stack in the printer is then no longer what
// the next batch expects.
func (w *Window) printLine(names []string) {
	w.print(station.PrintOrder{Batch: names[0]})
	if w.run != nil && !w.run.done && w.run.order.Batch == names[0] {
		w.run.line = slices.Clone(names[1:])
	}
}

// goOnLine begins the next batch of the line after a run, and reports whether it did.
func (w *Window) goOnLine(run *printRun) bool {
	if len(run.line) == 0 {
		return false
	}
	r := run.report
	if run.err != nil || r.Stopped || r.Unknown+r.Failed+r.Queued+len(r.Refused) > 0 {
		return false
	}
	next := run.line
	w.printLine(next)
	return w.run != run
}
