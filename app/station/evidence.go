package station

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/paper"
	"znak/app/postal"
	"znak/printer/pdf"
	"znak/store"
)

// EvidenceReport is the outcome of WriteEvidence.
type EvidenceReport struct {
	paper.Evidence
	Files []string
}

// WriteEvidence writes what can be proved of a batch as PDF and as a workbook into the folder dir ("": the folder "evidence" of the data folder),
// in the words of w. A batch not known here is refused.
func (s *Station) WriteEvidence(ctx context.Context, batch, dir string, w paper.Words) (EvidenceReport, error) {
	e, err := s.Evidence(ctx, batch)
	r := EvidenceReport{Evidence: e}
	if err != nil {
		return r, err
	}
	if dir == "" {
		dir = filepath.Join(s.dir, "evidence")
	}
	pages, err := paper.EvidenceForm(e, w)
	if err != nil {
		return r, err
	}
	base := filepath.Join(dir, "evidence-"+fileName(batch))
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{base + ".pdf", func(out io.Writer) error {
			return pdf.Write(out, slices.Values(pages), pdf.Options{Title: w.Say("paper.evidence.title", hint.Args{"Batch": batch}), Created: e.Made})
		}},
		{base + ".xlsx", func(out io.Writer) error { return exchange.EvidenceXLSX(out, e, w, dir) }},
	} {
		if err := exchange.Write(file.name, file.write); err != nil {
			return r, err
		}
		r.Files = append(r.Files, file.name)
	}
	return r, nil
}

// Evidence gathers what can be proved of a batch. It audits the whole ledger, which takes a while on a large one.
func (s *Station) Evidence(ctx context.Context, batch string) (paper.Evidence, error) {
	v, err := s.Batch(ctx, batch)
	if err != nil {
		return paper.Evidence{}, err
	}
	e := paper.Evidence{Batch: v.Batch, Station: s.store.Station(), Made: s.now().UTC(), Zone: moscow, Specimen: s.specimen}
	rows, err := s.store.Pieces(ctx, store.PieceQuery{Batch: batch})
	if err != nil {
		return e, err
	}
	at := make(map[int64]*paper.EvidencePiece, len(rows))
	e.Pieces = make([]paper.EvidencePiece, len(rows))
	for i, row := range rows {
		p := &e.Pieces[i]
		p.ShPI, p.State, p.Copies, p.Owed = row.ShPI, row.State, row.Copies, row.Owed
		if row.Mark != nil {
			p.MarkID, p.Value = row.Mark.ID, row.Mark.Value
		}
		at[row.PostID] = p
	}
	events, err := s.store.Events(ctx, store.EventQuery{Batch: batch})
	if err != nil {
		return e, err
	}
	for _, ev := range events {
		if err := tell(&e, at[ev.Piece], ev); err != nil {
			return e, err
		}
	}
	if n := len(events); n > 0 {
		first, last := events[0], events[n-1]
		e.Ledger = paper.EvidenceLedger{Events: n, First: first.Seq, Last: last.Seq, FirstHash: first.Hash, LastHash: last.Hash}
	}
	audit, err := s.store.Audit(ctx)
	if err != nil {
		return e, err
	}
	e.Ledger.End, e.Ledger.Holds, e.Ledger.FirstBad = audit.Events, audit.OK, audit.FirstBad
	if !audit.OK {
		e.Ledger.What = audit.Finding()
	}
	return e, nil
}

// tell adds what one event says. p is nil for an event of the batch, or of a piece that is in another batch by now.
func tell(e *paper.Evidence, p *paper.EvidencePiece, ev store.Event) error {
	stamp := paper.Stamp{At: ev.At, Who: ev.Who}
	if ev.Piece == 0 {
		if ev.Kind != postal.EventScanned && ev.Kind != postal.EventOperation { // of foreign codes and pieces
			e.Steps = append(e.Steps, paper.EvidenceStep{Seq: ev.Seq, Kind: ev.Kind, Stamp: stamp, Data: ev.Data})
		}
		return nil
	}
	if p == nil {
		return nil
	}
	switch ev.Kind {
	case postal.EventPrinted:
		p.Printed = stamp
	case postal.EventNotPrinted:
		if !p.Scanned.Happened() { // the scanner knows better
			p.Printed = paper.Stamp{}
		}
	case postal.EventVerified:
		p.Scanned = stamp
	case postal.EventHanded:
		p.Listed = stamp
	case postal.EventAccepted:
		p.Accepted = stamp
	case postal.EventRefused:
		p.Refused = stamp
	case postal.EventSpoiled:
		var data store.SpoiledData
		if len(ev.Data) > 0 {
			if err := json.Unmarshal(ev.Data, &data); err != nil {
				return fmt.Errorf("data of event %d: %w", ev.Seq, err)
			}
		}
		p.Printed, p.Scanned = paper.Stamp{}, paper.Stamp{}
		p.Reprints++
		e.Reprints = append(e.Reprints, paper.EvidenceReprint{ShPI: p.ShPI, Stamp: stamp, Reason: data.Reason, Second: data.Second})
	case postal.EventDestroyed, postal.EventMissing:
		for i := range e.Reprints { // one envelope, whichever of the void ones it was
			if r := &e.Reprints[i]; r.ShPI == p.ShPI && !r.Fate.Happened() {
				r.Fate, r.Missing = stamp, ev.Kind == postal.EventMissing
				break
			}
		}
	}
	return nil
}
