package viewtest

import (
	"context"
	"slices"

	"znak/app/postal"
	"znak/app/station"
	"znak/printer"
	"znak/printer/calibrate"
	"znak/printer/page"
)

// Printers are the devices, as they are.
func (s *Station) Printers(context.Context) ([]station.PrinterView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.Devices), s.Err
}

// FindPrinters answers at once, or after Search lets it.
func (s *Station) FindPrinters(ctx context.Context) ([]station.FoundPrinter, []station.Reason) {
	_ = s.call("find printers")
	if s.Search != nil {
		select {
		case <-s.Search:
		case <-ctx.Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := slices.Clone(s.Found)
	for i := range found {
		for _, d := range s.Devices {
			if d.URI == found[i].URI {
				found[i].Added = d.Name
			}
		}
	}
	return found, s.Deaf
}

func (s *Station) AddPrinter(_ context.Context, setup printer.Setup) error {
	if err := s.call("add printer %s %s %q %d", setup.Name, setup.URI, setup.Model, setup.DPI); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Devices = append(s.Devices, station.PrinterView{Info: printer.Info{Name: setup.Name, Kind: "socket", DPI: 300, Confirm: printer.ConfirmNone},
		URI: setup.URI, Model: setup.Model, State: printer.Ready})
	return nil
}

func (s *Station) RemovePrinter(_ context.Context, name string) error {
	if err := s.call("remove printer %s", name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Devices = slices.DeleteFunc(slices.Clone(s.Devices), func(d station.PrinterView) bool { return d.Name == name })
	return nil
}

func (s *Station) PausePrinter(_ context.Context, name string) error {
	return s.holdPrinter("pause printer ", name, true, printer.Paused)
}

func (s *Station) ResumePrinter(_ context.Context, name string) error {
	return s.holdPrinter("resume printer ", name, false, printer.Ready)
}

func (s *Station) holdPrinter(what, name string, held bool, state printer.State) error {
	if err := s.call("%s%s", what, name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Devices = slices.Clone(s.Devices)
	for i := range s.Devices {
		if s.Devices[i].Name == name {
			s.Devices[i].Held, s.Devices[i].State = held, state
		}
	}
	return nil
}

func (s *Station) CancelJobs(_ context.Context, name string) (int, error) {
	return 2, s.call("cancel jobs %s", name)
}

// SheetKey is the key of Sheets.
func SheetKey(name string, format postal.EnvelopeKind) string { return name + "/" + string(format) }

func (s *Station) Sheet(_ context.Context, name string, format postal.EnvelopeKind) (station.Sheet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Sheets[SheetKey(name, format)], s.Err
}

func (s *Station) keepSheet(name string, format postal.EnvelopeKind, sheet station.Sheet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Sheets == nil {
		s.Sheets = map[string]station.Sheet{}
	}
	s.Sheets[SheetKey(name, format)] = sheet
}

func (s *Station) SetSheet(_ context.Context, name string, format postal.EnvelopeKind, tray string, turn int) (station.Sheet, error) {
	sheet := station.Sheet{Tray: tray, Turn: turn}
	if err := s.call("sheet %s %s %q %d", name, format, tray, turn); err != nil {
		return sheet, err
	}
	s.keepSheet(name, format, sheet)
	return sheet, nil
}

func (s *Station) TestPrint(ctx context.Context, name string, format postal.EnvelopeKind) (printer.Progress, error) {
	return s.prove(ctx, s.call("test print %s %s", name, format))
}

func (s *Station) PrintRuler(ctx context.Context, name string, format postal.EnvelopeKind, corrected bool) (printer.Progress, error) {
	return s.prove(ctx, s.call("ruler %s %s %v", name, format, corrected))
}

// prove answers at once, or after Hold lets it.
func (s *Station) prove(ctx context.Context, err error) (printer.Progress, error) {
	if s.Hold != nil && err == nil {
		select {
		case <-s.Hold:
		case <-ctx.Done():
			return printer.Progress{State: printer.OutOfPaper, Open: true, Started: 1}, ctx.Err()
		}
	}
	return s.Proved, err
}

// Calibrate solves the readings as the station does.
func (s *Station) Calibrate(_ context.Context, name string, format postal.EnvelopeKind, readings calibrate.Readings) (station.Sheet, error) {
	if err := s.call("calibrate %s %s %v", name, format, readings); err != nil {
		return station.Sheet{}, err
	}
	size, _ := format.Format()
	fault, err := calibrate.Solve(readings, RulerSheet(size))
	if err != nil {
		r := station.Reason{}
		if keyed, ok := err.(interface {
			HintKey() (string, map[string]any)
		}); ok {
			r.Key, r.Args = keyed.HintKey()
		}
		return station.Sheet{}, &station.Refused{Reasons: []station.Reason{r}}
	}
	sheet, _ := s.Sheet(context.Background(), name, format)
	sheet.Fault, sheet.CalibratedAt = fault, Now
	s.keepSheet(name, format, sheet)
	return sheet, nil
}

// printers are one of the office's with a fault that was measured, the folder, one that is held, and what a search finds.
func (s *Station) printers() {
	xerox := station.PrinterView{Info: printer.Info{Name: "Xerox", Kind: "cups", DPI: 600, Confirm: printer.ConfirmPages}, URI: "cups://Xerox", Model: "Xerox VersaLink C405", State: printer.Ready,
		Trays: []string{"tray-1", "by-pass-tray"}}
	s.Devices = []station.PrinterView{
		xerox,
		{Info: printer.Info{Name: "folder", Kind: "folder", DPI: 300}, State: printer.Ready},
		{Info: printer.Info{Name: "Наклейки", Kind: "socket", DPI: 300, Confirm: printer.ConfirmJob}, URI: "socket://192.0.2.17:9100", Model: "Zebra ZD421", State: printer.Paused, Held: true, Words: []string{"PAUSED"}},
	}
	s.Found = []station.FoundPrinter{
		{Kind: "cups", Found: printer.Found{URI: "cups://Xerox", Name: "Xerox", Model: "Xerox VersaLink C405", Trays: []string{"tray-1", "by-pass-tray"}, State: printer.Ready}},
		{Kind: "usb", Found: printer.Found{URI: "usb://1a86:7584/NONE", Name: "USB Receipt Printer", Unfit: "usb.language", UnfitArgs: map[string]any{"Device": "USB Receipt Printer", "Detail": `"ESC/POS"`}}},
		{Kind: "ipp", Found: printer.Found{URI: "ipp://192.0.2.40/ipp/print", Name: "HP LaserJet M507", Model: "HP LaserJet M507", DPI: 600, State: printer.Ready}},
	}
	s.Deaf = []station.Reason{{Key: "printer.cups.unreachable", Args: map[string]any{"Device": "cups", "Detail": "connection refused"}}}
	s.keepSheet("Xerox", postal.C5, station.Sheet{Tray: "by-pass-tray", CalibratedAt: Now.AddDate(0, 0, -2)})
	sheet := s.Sheets[SheetKey("Xerox", postal.C5)]
	sheet.Fault.DX, sheet.Fault.DY, sheet.Fault.Skew = 1.2, -0.4, 3
	s.keepSheet("Xerox", postal.C5, sheet)
	s.Offered = printer.Choices{Languages: []printer.Language{printer.PDF, printer.ZPL}, Confirm: []printer.Confirm{printer.ConfirmPages, printer.ConfirmNone}, Options: []printer.Option{
		{Name: "darkness", Max: 30}, {Name: "mode", Values: []string{"tear", "peel", "cut"}}, {Name: "reprint-after-error", Values: []string{"yes", "no", "keep"}, Usual: "yes"}}}
	s.Proved = printer.Progress{State: printer.Done, Printed: 1, Started: 1}
}

// RulerSheet is a format on the printers of Sample.
func RulerSheet(f postal.EnvelopeFormat) calibrate.Sheet {
	return calibrate.Sheet{Media: string(f.Kind), Width: page.Millimetres(f.Width), Height: page.Millimetres(f.Height), DPI: 600}
}
