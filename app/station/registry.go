package station

import (
	"context"
	"errors"
	"io"
	"iter"
	"path/filepath"
	"time"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// CheckPeriod refuses a period that ends before it begins.
func CheckPeriod(from, to postal.Date) error {
	if to < from {
		return refuse("exchange.period", hint.Args{"From": from, "To": to})
	}
	return nil
}

// The forms of the registry's file.
const (
	RegistryXLSX = "xlsx"
	RegistryCSV  = "csv"
)

// RegistryOrder says which registry to write and how.
type RegistryOrder struct {
	From, To postal.Date // both included
	Format   string      // RegistryXLSX or RegistryCSV
	CSV      exchange.CSVOptions
	File     string // "": in the folder "exchange" of the data folder
}

// WriteRegistry writes the registry of the marks used in a period into a file, with the heads and words of w.
func (s *Station) WriteRegistry(ctx context.Context, o RegistryOrder, w exchange.Words) (totals exchange.RegistryTotals, file string, err error) {
	if err := CheckPeriod(o.From, o.To); err != nil {
		return totals, "", err
	}
	file = o.File
	if file == "" {
		name := "marks-" + string(o.From) + "-" + string(o.To)
		if s.specimen {
			name += "-specimen"
		}
		file = filepath.Join(s.dir, "exchange", name+"."+o.Format)
	}
	r := exchange.Registry{From: o.From, To: o.To, Rows: s.Registry(ctx, o.From, o.To), Made: s.now().In(moscow), Specimen: s.specimen, Words: w}
	err = exchange.Write(file, func(out io.Writer) error {
		if o.Format == RegistryCSV {
			totals, err = r.CSV(out, o.CSV)
		} else {
			totals, err = r.XLSX(out, filepath.Dir(file))
		}
		return err
	})
	return totals, file, err
}

// Registry gives the marks used in the days from and to, both included, batch by batch in print order. A mark is used on the day its letter is
// handed over, or, for a letter taken in without that, on the day the post took it in. No more than one batch is in memory at a time.
func (s *Station) Registry(ctx context.Context, from, to postal.Date) iter.Seq2[exchange.UsedMark, error] {
	return func(yield func(exchange.UsedMark, error) bool) {
		batches, err := s.store.Batches(ctx)
		if err != nil {
			yield(exchange.UsedMark{}, err)
			return
		}
		centres, err := s.store.Centres(ctx)
		if err != nil {
			yield(exchange.UsedMark{}, err)
			return
		}
		for _, b := range batches {
			marks, err := s.usedMarks(ctx, b, centres[b.Name], from, to)
			if err != nil {
				yield(exchange.UsedMark{}, err)
				return
			}
			for _, m := range marks {
				if !yield(m, nil) {
					return
				}
			}
		}
	}
}

// whenUsed is what the ledger says of a piece's use.
type whenUsed struct{ handed, accepted time.Time }

func (w whenUsed) day() postal.Date {
	at := w.handed
	if at.IsZero() {
		at = w.accepted
	}
	return dayOf(at)
}

// dayOf is Moscow's civil day of a moment; "" for none.
func dayOf(at time.Time) postal.Date {
	if at.IsZero() {
		return ""
	}
	return postal.DateOf(at.In(moscow))
}

// usedMarks lists the marks of one batch, whose cost centre is given, that were used in the period.
func (s *Station) usedMarks(ctx context.Context, b store.BatchRow, centre string, from, to postal.Date) ([]exchange.UsedMark, error) {
	events, err := s.store.Events(ctx, store.EventQuery{Batch: b.Name, Kinds: []postal.EventKind{postal.EventHanded, postal.EventAccepted}})
	if err != nil || len(events) == 0 {
		return nil, err
	}
	used := make(map[int64]whenUsed, len(events))
	for _, e := range events {
		w := used[e.Piece]
		switch {
		case e.Kind == postal.EventHanded && w.handed.IsZero():
			w.handed = e.At
		case e.Kind == postal.EventAccepted && w.accepted.IsZero():
			w.accepted = e.At
		}
		used[e.Piece] = w
	}
	for id, w := range used {
		if day := w.day(); day < from || day > to {
			delete(used, id)
		}
	}
	if len(used) == 0 {
		return nil, nil
	}
	rows, err := s.store.Pieces(ctx, store.PieceQuery{Batch: b.Name})
	if err != nil {
		return nil, err
	}
	list := make([]exchange.UsedMark, 0, len(used))
	take := func(row store.PieceRow) {
		w, ok := used[row.PostID]
		if !ok {
			return
		}
		delete(used, row.PostID)
		m := exchange.UsedMark{ShPI: row.ShPI, Rate: row.Rate, VAT: row.VAT, Used: w.day(), Accepted: dayOf(w.accepted), Batch: b.Name,
			Sending: b.SendingDate, OrderNum: row.OrderNum, CostCentre: centre, State: row.State, Copies: row.Copies}
		if row.Mark != nil {
			m.MarkID, m.Value = row.Mark.ID, row.Mark.Value
		}
		list = append(list, m)
	}
	for _, row := range rows {
		take(row)
	}
	for id := range used { // refused, and in another batch by now
		row, err := s.store.Piece(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return nil, err
		default:
			take(row)
		}
	}
	return list, nil
}
