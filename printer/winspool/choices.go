package winspool

import (
	"context"

	"znak/printer"
)

var (
	_ printer.Chooser = (*Driver)(nil)
	_ printer.Trayed  = (*device)(nil)
)

// Choices of a queue of Windows: pictures for its driver or ZPL past it, how far its word is believed, and whose paper holds.
func (d *Driver) Choices(s printer.Setup) printer.Choices {
	c := printer.Choices{Languages: []printer.Language{printer.Pixels}, Confirm: []printer.Confirm{printer.ConfirmPages, printer.ConfirmJob, printer.ConfirmNone}}
	if d.zpl != nil {
		c.Languages = append(c.Languages, printer.ZPL)
	}
	language := s.Language
	if language == "" {
		language = languageOf(s.Model)
	}
	if language == printer.Pixels {
		c.Options = []printer.Option{{Name: OptionPaper, Values: []string{"driver"}}}
	}
	return c
}

// Trays are those that the queue's driver offers.
func (d *device) Trays(ctx context.Context) ([]string, error) {
	d.mu.Lock()
	known, trays := d.asked, d.trays
	d.mu.Unlock()
	if known {
		return trays, nil
	}
	a, err := ask(ctx, d.asks, func() (abilities, error) { return d.sys.abilities(d.queue) })
	if err != nil {
		return nil, fault(d.name, err)
	}
	if len(a.trays) < 2 {
		a.trays = nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked, d.trays = true, a.trays
	return d.trays, nil
}
