package socket

import (
	"strconv"

	"znak/printer"
	"znak/printer/quirk"
	"znak/printer/zpl"
)

var _ printer.Chooser = (*Driver)(nil)

// Choices are those of a label printer, which speaks ZPL here and counts its labels or does not.
func (*Driver) Choices(s printer.Setup) printer.Choices {
	known, _ := quirk.Of(s.Model) // a mistake in the files: Open tells it
	return printer.Choices{
		Languages: []printer.Language{printer.ZPL},
		Confirm:   []printer.Confirm{printer.ConfirmPages, printer.ConfirmNone},
		Options: append(zpl.Choices(known.Graphics),
			printer.Option{Name: optionSettle, Max: 60_000, Usual: strconv.FormatInt(defaultSettle.Milliseconds(), 10)},
			printer.Option{Name: optionAhead, Min: 1, Max: 50, Usual: "2"}),
	}
}
