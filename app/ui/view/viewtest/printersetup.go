package viewtest

import (
	"context"
	"fmt"
	"slices"

	"znak/app/postal"
	"znak/app/station"
	"znak/printer"
)

// PrinterSetup is the one that was kept, else the address alone.
func (s *Station) PrinterSetup(_ context.Context, name string) (printer.Setup, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if setup, ok := s.Setups[name]; ok {
		return setup, s.Err
	}
	for _, d := range s.Devices {
		if d.Name == name {
			return printer.Setup{Name: name, URI: d.URI, Model: d.Model}, s.Err
		}
	}
	return printer.Setup{}, &station.Refused{Reasons: []station.Reason{{Key: "station.printer-not-added", Args: map[string]any{"Printer": name}}}}
}

// PrinterChoices are Offered, of which an office printer has no options.
func (s *Station) PrinterChoices(setup printer.Setup) printer.Choices {
	c := s.Offered
	if setup.Language == printer.PDF {
		c.Options = nil
	}
	return c
}

func (s *Station) ChangePrinter(_ context.Context, setup printer.Setup) error {
	if err := s.call("change printer %s", fmt.Sprintf("%+v", setup)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Setups == nil {
		s.Setups = map[string]printer.Setup{}
	}
	s.Setups[setup.Name] = setup
	s.Devices = slices.Clone(s.Devices)
	for i := range s.Devices {
		if s.Devices[i].Name == setup.Name && setup.DPI > 0 {
			s.Devices[i].DPI = setup.DPI
		}
	}
	return nil
}

func (s *Station) ForgetFault(_ context.Context, name string, format postal.EnvelopeKind) (station.Sheet, error) {
	if err := s.call("forget fault %s %s", name, format); err != nil {
		return station.Sheet{}, err
	}
	sheet, _ := s.Sheet(context.Background(), name, format)
	sheet = station.Sheet{Tray: sheet.Tray, Turn: sheet.Turn}
	s.keepSheet(name, format, sheet)
	return sheet, nil
}
