package station

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"znak/app/hint"
	"znak/printer"
)

// PrinterChoices is what of a setup can be chosen, by the driver of its address; the resolution and the slip always can. A driver that tells nothing leaves
// only these.
func (s *Station) PrinterChoices(setup printer.Setup) printer.Choices {
	for _, d := range s.drivers {
		if c, ok := d.(printer.Chooser); ok && d.Kind() == scheme(setup.URI) {
			return c.Choices(setup)
		}
	}
	return printer.Choices{}
}

// ChangePrinter changes the setup of a printer that is added. Refused: one that is not, a setup that its driver does not take, and another address while the printer
// has a job of ours.
func (s *Station) ChangePrinter(ctx context.Context, setup printer.Setup) error {
	ctx, err := s.as(ctx, ActPrinters)
	if err != nil {
		return err
	}
	if _, err := s.PrinterSetup(ctx, setup.Name); err != nil {
		return err
	}
	return s.AddPrinter(ctx, setup)
}

// What a person may ask for. A picture of more dots than maxDPI would take minutes a page; a slip of more letters could not be looked through by anybody.
const (
	minDPI, maxDPI = 100, 2400
	maxSlip        = 1000
	maxPrinterName = 60 // bytes
)

// checkSetup refuses what no driver could take, and names that are not free.
func (s *Station) checkSetup(setup printer.Setup) error {
	if setup.Name == "" || len(setup.Name) > maxPrinterName || strings.ContainsAny(setup.Name, "/\\\x00\n") {
		return refuse("station.printer-name", hint.Args{"Printer": setup.Name})
	}
	for _, d := range s.builtIn {
		if d.Info().Name == setup.Name {
			return refuse("station.printer-name-taken", hint.Args{"Printer": setup.Name})
		}
	}
	if u, err := url.Parse(setup.URI); err != nil || u.Scheme == "" || u.User != nil {
		return refuse("station.printer-uri", hint.Args{"URI": setup.URI})
	}
	if setup.DPI != 0 && (setup.DPI < minDPI || setup.DPI > maxDPI) {
		return refuse("station.printer-dpi", hint.Args{"DPI": setup.DPI, "Min": minDPI, "Max": maxDPI})
	}
	if setup.Slip < 0 || setup.Slip > maxSlip {
		return refuse("station.printer-slip", hint.Args{"Slip": setup.Slip, "Max": maxSlip})
	}
	if !slices.Contains([]printer.Language{"", printer.PDF, printer.ZPL, printer.Pixels}, setup.Language) {
		return refuse("station.printer-language", hint.Args{"Language": string(setup.Language)})
	}
	if !slices.Contains([]printer.Confirm{"", printer.ConfirmPages, printer.ConfirmJob, printer.ConfirmNone}, setup.Confirm) {
		return refuse("station.printer-confirm", hint.Args{"Confirm": string(setup.Confirm)})
	}
	return nil
}
