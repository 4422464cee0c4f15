package viewtest

import (
	"context"
	"io"
	"slices"

	"znak/app/exchange"
	"znak/app/paper"
	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/store"
)

func (s *Station) Money(_ context.Context, by store.MoneyBy, from, to postal.Date) (station.MoneyReport, error) {
	r := s.Purse
	r.Sums = s.Sums[by]
	return r, s.call("money %s %s %s", by, from, to)
}

func (s *Station) WriteRegistry(_ context.Context, o station.RegistryOrder, _ exchange.Words) (exchange.RegistryTotals, string, error) {
	return exchange.RegistryTotals{Rows: 200, Value: 1708000, Refused: 1, RefusedValue: 8540}, "/home/office/znak/exchange/marks-" + string(o.From) + "-" + string(o.To) + "." + o.Format,
		s.call("registry %s %s %s", o.From, o.To, o.Format)
}

func (s *Station) ImportStatement(_ context.Context, in station.StatementImport) (station.StatementReport, error) {
	text, err := io.ReadAll(in.Data)
	if err != nil {
		return station.StatementReport{}, err
	}
	err = s.call("statement %q %s %v", text, in.PayeeINN, in.Remember)
	if s.Payees != nil && in.PayeeINN == "" {
		return station.StatementReport{Statement: s.Payees}, &station.Refused{Reasons: []station.Reason{{Key: "exchange.import.payee"}}}
	}
	st := s.Payees
	if st == nil {
		st = &exchange.Statement{}
	}
	return station.StatementReport{Statement: st, TopUps: 2, Added: 1, Sum: 15000000}, err
}

func (s *Station) PayeeINN(context.Context) (string, error) { return s.INN, s.Err }

func (s *Station) Reconcile(_ context.Context, from, to postal.Date, days int) (station.ReconcileReport, error) {
	r := s.Matched
	r.From, r.To = from, to
	return r, s.call("reconcile %s %s %d", from, to, days)
}

func (s *Station) Invoice(_ context.Context, o station.InvoiceOrder) (station.InvoiceReport, error) {
	sum := o.Sum
	if sum == 0 {
		sum = 4538800
	}
	return station.InvoiceReport{Sum: sum, Purpose: "Аванс по договору № 0", File: "/home/office/znak/forms/advance-20261121-110500.pdf"}, s.call("invoice %d %v %v", o.Sum, o.Batches, o.Lacking)
}

func (s *Station) WriteEvidence(_ context.Context, batch, dir string, _ paper.Words) (station.EvidenceReport, error) {
	r := s.Proof
	r.Files = []string{"/home/office/znak/evidence/evidence-" + batch + ".pdf", "/home/office/znak/evidence/evidence-" + batch + ".xlsx"}
	return r, s.call("evidence %s %s", batch, dir)
}

func (s *Station) ReprintAll(_ context.Context, o station.ReprintOrder) ([]store.PieceRow, error) {
	if err := s.call("reprint %v%s %s %s", o.ShPIs, o.Stale, o.Reason, o.Second); err != nil {
		return nil, err
	}
	if s.AskSecond && o.Second == "" {
		return nil, &station.Refused{Reasons: []station.Reason{{Key: "station.reprint.second", Args: map[string]any{"Batch": "506", "Count": 1}}}}
	}
	if o.Stale == "" {
		return make([]store.PieceRow, len(o.ShPIs)), nil
	}
	n := 0
	for _, r := range s.Stale {
		if r.Batch == o.Stale {
			n++
		}
	}
	return make([]store.PieceRow, n), nil
}

func (s *Station) OwedList(context.Context, string) ([]station.OwedRow, error) {
	return s.Owed, s.call("owed")
}

func (s *Station) StaleList(context.Context, string) ([]station.StaleRow, error) {
	return s.Stale, s.call("stale")
}

func (s *Station) DeclareMissing(_ context.Context, id postal.ShPI) (store.PieceRow, error) {
	s.drop(id)
	return store.PieceRow{}, s.call("missing %s", id)
}

func (s *Station) OwedCount(context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.Owed {
		n += r.Envelopes
	}
	return n, nil
}

func (s *Station) Destroy(_ context.Context, text string, count int) (store.PieceRow, error) {
	if err := s.call("destroy %s %d", text, count); err != nil {
		return store.PieceRow{}, err
	}
	id, _ := view.FindShPI(text)
	if s.destroyed[id] && count == 0 {
		return store.PieceRow{}, &station.Refused{Reasons: []station.Reason{again(id)}}
	}
	s.drop(id)
	return store.PieceRow{}, nil
}

// again asks whether an envelope is another one.
func again(id postal.ShPI) station.Reason {
	return station.Reason{Key: "station.destroy.again", Args: map[string]any{"ShPI": id.Grouped(), "Owed": 1}}
}

// drop takes one envelope of a letter from what is owed and reports whether there was one.
func (s *Station) drop(id postal.ShPI) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.destroyed == nil {
		s.destroyed = map[postal.ShPI]bool{}
	}
	for i, r := range s.Owed {
		if r.ShPI != id {
			continue
		}
		s.destroyed[id] = true
		list := append([]station.OwedRow(nil), s.Owed...)
		if list[i].Envelopes--; list[i].Envelopes == 0 {
			list = append(list[:i], list[i+1:]...)
		}
		s.Owed = list
		return true
	}
	return false
}

// desk answers each line at once.
type desk struct {
	s     *Station
	asked postal.ShPI
}

func (s *Station) Desk() view.Desk { return &desk{s: s} }

func (d *desk) Line(_ context.Context, line string) ([]station.DeskVerdict, error) {
	id, _ := view.FindShPI(line)
	v := station.DeskVerdict{Text: line, ShPI: id, Outcome: station.OutcomeRefused,
		Hint: station.Reason{Key: "station.destroy.nothing", Args: map[string]any{"ShPI": id.Grouped(), "State": postal.StatePrinted}}}
	if d.s.destroyed[id] && d.s.owes(id) {
		v.Outcome, v.Hint, d.asked = station.OutcomeAgain, again(id), id
	} else if d.s.drop(id) {
		v.Outcome, v.Hint.Key = station.OutcomeDestroyed, "station.destroy.done"
	}
	return []station.DeskVerdict{v}, d.s.call("desk %s", line)
}

func (d *desk) Flush(context.Context) ([]station.DeskVerdict, error) { return nil, nil }

func (d *desk) Another(context.Context) (station.DeskVerdict, error) {
	d.s.drop(d.asked)
	return station.DeskVerdict{ShPI: d.asked, Outcome: station.OutcomeDestroyed,
		Hint: station.Reason{Key: "station.destroy.done", Args: map[string]any{"ShPI": d.asked.Grouped()}}}, d.s.call("another %s", d.asked)
}

func (s *Station) owes(id postal.ShPI) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.Owed, func(r station.OwedRow) bool { return r.ShPI == id })
}

func (s *Station) SetCentre(_ context.Context, batch, name string) error {
	if err := s.call("centre %s %s", batch, name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.List {
		if s.List[i].Name == batch {
			s.List[i].Centre = name
		}
	}
	return nil
}

func (s *Station) LookAtCopy(_ context.Context, file string) (station.CopyLook, error) {
	return s.Copy, s.call("look at copy %s", file)
}

func (s *Station) Notices(context.Context) ([]station.Reason, error) {
	return s.Told, s.call("notices")
}

func (s *Station) Backup(_ context.Context, file string) (store.Copy, error) {
	return store.Copy{Path: "/home/office/znak/backups/znak-20261121-1105.db", Events: 5000}, s.call("backup %s", file)
}

func (s *Station) WriteSupport(_ context.Context, _ string, program map[string]string, readme string) (string, error) {
	return "/home/office/znak/support/znak-support-20261121-110500.zip", s.call("support %s %d", program["znak"], len(readme))
}
