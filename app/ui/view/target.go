package view

import (
	"slices"

	"znak/app/postal"
	"znak/app/station"
	"znak/printer"
)

// Target is where a batch may be printed: what there is to choose from, and what is chosen.
type Target struct {
	Printers []TargetPrinter
	At       int // of Printers; -1: there is none
}

// TargetPrinter is a printer to choose.
type TargetPrinter struct {
	Name  string // for the station
	Label string // and how it is, where it is not ready
	Trays []string
}

// TargetOf lists the printers for a batch. last is the one that the office chose last for such envelopes, "" if none. The folder of files is offered where it is
// the main one, was chosen, or there is nothing else: a letter that lies in a file counts as printed. One that is paused is not chosen by itself.
func (w Words) TargetOf(list []station.PrinterView, last string) Target {
	t := Target{At: -1}
	added := slices.ContainsFunc(list, func(p station.PrinterView) bool { return p.URI != "" })
	best := 0
	for _, p := range list {
		if p.URI == "" && added && !p.Main && p.Name != last {
			continue
		}
		label := w.PrinterName(p.Name)
		if p.State != printer.Ready && p.State != printer.Done {
			label = joined(label, w.PrinterState(p.State))
		}
		t.Printers = append(t.Printers, TargetPrinter{p.Name, label, p.Trays})
		rank := 1
		switch {
		case p.Held:
		case p.Name == last:
			rank = 4
		case p.Main:
			rank = 3
		case p.State == printer.Ready:
			rank = 2
		}
		if rank > best {
			best, t.At = rank, len(t.Printers)-1
		}
	}
	return t
}

// Chosen is the name of the chosen printer; "" where there is none.
func (t Target) Chosen() string {
	if t.At < 0 {
		return ""
	}
	return t.Printers[t.At].Name
}

// TargetLine says how a format will lie in the chosen printer: "C5 · 229 × 162 мм · 180°".
func (w Words) TargetLine(kind postal.EnvelopeKind, sheet station.Sheet) string {
	format, ok := kind.Format()
	if !ok {
		return ""
	}
	turn := ""
	if sheet.Turn != 0 {
		turn = w.T("ui.printers.turn." + number(sheet.Turn))
	}
	return joined(string(kind), w.FormatSize(format), turn)
}
