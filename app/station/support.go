package station

import (
	"context"
	"io"
	"iter"
	"path/filepath"

	"znak/app/exchange"
	"znak/app/outbox"
	"znak/store"
)

// eventPage is how many events are read at once.
const eventPage = 5000

// Support gathers what those who help may see; program are the versions of the program and its parts.
func (s *Station) Support(ctx context.Context, program map[string]string) (exchange.Support, error) {
	b := exchange.Support{Made: s.now().UTC(), Program: program, Settings: map[string]string{}, Events: s.supportEvents(ctx)}
	settings, err := s.Settings(ctx)
	if err != nil {
		return b, err
	}
	for _, v := range settings {
		if v.Kind == "bool" || v.Kind == "number" { // a chosen printer may bear a person's name, a text anything
			b.Settings[v.Key] = v.Value
		}
	}
	inventory, err := s.store.Inventory(ctx)
	if err != nil {
		return b, err
	}
	b.Store = inventory
	audit, err := s.store.Audit(ctx)
	if err != nil {
		return b, err
	}
	b.Audit = map[string]any{"events": audit.Events, "ok": audit.OK, "first_bad": audit.FirstBad}
	status, err := s.Status(ctx)
	if err != nil {
		return b, err
	}
	b.States = status.States
	items, err := s.supportItems(ctx)
	b.Outbox = items
	return b, err
}

// supportItems are the outbox's items that are not done.
func (s *Station) supportItems(ctx context.Context) ([]exchange.SupportItem, error) {
	items, err := s.store.Outbox(ctx, outbox.Waiting, outbox.Sending, outbox.Dead)
	if err != nil {
		return nil, err
	}
	var list []exchange.SupportItem
	for _, i := range items {
		list = append(list, exchange.SupportItem{Kind: i.Kind, Batch: i.Key, State: i.State, Attempts: i.Attempts, Created: i.CreatedAt,
			Updated: i.UpdatedAt, Error: i.LastError})
	}
	return list, nil
}

// supportEvents reads the ledger page by page.
func (s *Station) supportEvents(ctx context.Context) iter.Seq2[exchange.SupportEvent, error] {
	return func(yield func(exchange.SupportEvent, error) bool) {
		for after := int64(0); ; {
			events, err := s.store.Events(ctx, store.EventQuery{After: after, Limit: eventPage})
			if err != nil {
				yield(exchange.SupportEvent{}, err)
				return
			}
			for _, e := range events {
				if !yield(supportEvent(e), nil) {
					return
				}
				after = e.Seq
			}
			if len(events) < eventPage {
				return
			}
		}
	}
}

func supportEvent(e store.Event) exchange.SupportEvent {
	return exchange.SupportEvent{Seq: e.Seq, At: e.At, Kind: e.Kind, Batch: e.Batch, Piece: string(e.ShPI), Run: e.Run, Station: e.Station, Who: e.Who}
}

// WriteSupport writes the bundle into file ("": in the folder "support" of the data folder) and says where it is. readme explains it.
func (s *Station) WriteSupport(ctx context.Context, file string, program map[string]string, readme string) (string, error) {
	b, err := s.Support(ctx, program)
	if err != nil {
		return "", err
	}
	if file == "" {
		file = filepath.Join(s.dir, "support", "znak-support-"+b.Made.Format("20060102-150405")+".zip")
	}
	return file, exchange.Write(file, func(w io.Writer) error { return b.Write(w, readme) })
}
