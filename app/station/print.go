package station

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

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
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return PrintReport{}, err
	}
	if control == nil {
		control = NewControl()
	}
	if tell == nil {
		tell = func(PrintProgress) {}
	}
	r := run{s: s, control: control, tell: tell}
	if err := r.use(ctx, order.Printer); err != nil {
		return PrintReport{}, err
	}
	defer func() { r.release() }()
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
	if view, err = s.freshenMoney(ctx, view); err != nil {
		return PrintReport{}, err
	}
	rows, refused, err := s.choose(ctx, view, order)
	r.view, r.report.Refused = view, refused
	switch {
	case err != nil:
		return r.report, err
	case !view.Ready:
		return r.report, &Refused{view.Reasons}
	case order.InOrder:
		if err := s.unknownBefore(ctx, view.Name, rows); err != nil {
			return r.report, err
		}
	}
	if len(rows) == 0 {
		return r.report, r.countQueued(ctx)
	}
	return r.print(ctx, rows)
}

// unknownBefore refuses while nobody has said what became of a piece that comes before one of rows: printed later, it would lie in the wrong place of the stack.
func (s *Station) unknownBefore(ctx context.Context, batch string, rows []store.PieceRow) error {
	if len(rows) == 0 {
		return nil
	}
	all, err := s.store.Pieces(ctx, store.PieceQuery{Batch: batch})
	if err != nil {
		return err
	}
	last, unknown := rows[len(rows)-1].PostID, 0
	for _, row := range all {
		if row.State == postal.StateUnknown {
			unknown++
		}
		if row.PostID == last {
			break
		}
	}
	if unknown == 0 {
		return nil
	}
	return refuse("station.unknown-first", hint.Args{"Batch": batch, "Count": unknown})
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
