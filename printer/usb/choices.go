package usb

import (
	"cmp"

	"znak/printer"
	"znak/printer/quirk"
	"znak/printer/zpl"
)

var _ printer.Chooser = (*Driver)(nil)

// Choices: over USB only a label printer can be asked for what it has printed, and has options.
func (*Driver) Choices(s printer.Setup) printer.Choices {
	c := printer.Choices{Languages: []printer.Language{printer.PDF, printer.ZPL}}
	q, _ := quirk.Of(s.Model) // a mistake in the files: Open tells it
	if cmp.Or(s.Language, q.Language) != printer.PDF {
		c.Confirm = []printer.Confirm{printer.ConfirmPages, printer.ConfirmNone}
		c.Options = zpl.Choices(q.Graphics)
	}
	return c
}
