package cups

import (
	"context"

	"znak/printer"
)

var (
	_ printer.Chooser = (*Driver)(nil)
	_ printer.Trayed  = (*Device)(nil)
)

// Choices of a queue or a printer: what it is spoken to in, and how far its word is believed. The system has the rest of its settings. Another CUPS than
// this computer's stands in the queue's address, or in the option "server".
func (d *Driver) Choices(printer.Setup) printer.Choices {
	c := printer.Choices{Languages: []printer.Language{printer.PDF}, Confirm: []printer.Confirm{printer.ConfirmPages, printer.ConfirmJob, printer.ConfirmNone}}
	if d.ZPL != nil {
		c.Languages = append(c.Languages, printer.ZPL)
	}
	if d.Params.Kind == KindQueue {
		c.Options = []printer.Option{{Name: "server"}}
	}
	return c
}

// Trays are those that the queue or the printer offers.
func (d *Device) Trays(ctx context.Context) ([]string, error) {
	d.mu.Lock()
	c, known := d.cap, d.learned
	d.mu.Unlock()
	if !known {
		var err error
		if c, _, err = d.learn(ctx); err != nil {
			return nil, fault2error(d.setup.Name, err)
		}
	}
	if len(c.trays) < 2 {
		return nil, nil
	}
	return c.trays, nil
}
