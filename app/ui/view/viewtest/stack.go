package viewtest

import (
	"context"
	"iter"
	"strings"
	"sync"

	"znak/app/postal"
	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/view"
)

// stack is a stack check over the letters of All that are on paper.
type stack struct {
	s     *Station
	batch string
	order []station.StackPlace
	mu    sync.Mutex
	seen  []station.StackSeen
}

// Stack begins the check of a stack.
func (s *Station) Stack(_ context.Context, batch string) (view.StackCheck, error) {
	k := &stack{s: s, batch: batch}
	for _, r := range s.All[batch] {
		switch r.State {
		case postal.StatePrinted, postal.StateVerified, postal.StateUnknown:
			k.order = append(k.order, station.StackPlace{ShPI: r.ShPI, No: r.Pos + 1, Unsure: r.State == postal.StateUnknown})
		}
	}
	return k, s.call("stack %s", batch)
}

func (k *stack) Line(_ context.Context, line string) ([]station.ScanVerdict, error) {
	id, ok := view.FindShPI(line)
	if !ok {
		return []station.ScanVerdict{{Text: line, Verdict: scan.VerdictUnreadable}}, k.s.call("stack scan %q", line)
	}
	v, known := k.s.Verdicts[line]
	if !known {
		v = station.ScanVerdict{ShPI: id, Verdict: scan.VerdictOK}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen = append(k.seen, station.StackSeen{ShPI: v.ShPI, Verdict: v.Verdict, Hint: v.Hint})
	return []station.ScanVerdict{v}, k.s.call("stack scan %q", line)
}

func (k *stack) Flush(context.Context) ([]station.ScanVerdict, error) { return nil, nil }

func (k *stack) Undo() (last station.StackSeen, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := len(k.seen) - 1
	if n < 0 {
		return last, false
	}
	last, k.seen = k.seen[n], k.seen[:n]
	return last, true
}

func (k *stack) Report(whole bool) station.StackReport {
	k.mu.Lock()
	defer k.mu.Unlock()
	r := station.CheckStack(k.order, k.seen, whole)
	r.Batch = k.batch
	return r
}

// Pictures answers the pages of Shown, those of the files that are asked for.
func (s *Station) Pictures(ctx context.Context, batch string, files []string) iter.Seq2[station.PictureSeen, error] {
	return func(yield func(station.PictureSeen, error) bool) {
		if err := s.call("pictures %s %s", batch, strings.Join(files, " ")); err != nil {
			yield(station.PictureSeen{}, err)
			return
		}
		for _, p := range s.Shown {
			if s.Hold != nil {
				select {
				case <-s.Hold:
				case <-ctx.Done():
					yield(station.PictureSeen{}, ctx.Err())
					return
				}
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}
