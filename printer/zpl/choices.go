package zpl

import "znak/printer"

// Choices are the options of a label printer as a person chooses them: the same names and values that ParseOptions reads. graphics is what the model's
// quirk says, "" if nothing.
func Choices(graphics string) []printer.Option {
	if graphics == "" {
		graphics = string(Z64)
	}
	return []printer.Option{
		{Name: "darkness", Min: 0, Max: 30},
		{Name: "speed", Min: 1, Max: 14},
		{Name: "label-width-mm", Min: 10, Max: 1000},
		{Name: "media", Values: []string{"gap", "mark", "continuous"}},
		{Name: "mode", Values: []string{"tear", "peel", "cut"}},
		{Name: "reprint-after-error", Values: []string{"yes", "no", "keep"}, Usual: Defaults().Reprint},
		{Name: "graphics", Values: []string{string(Z64), string(ACS), string(Hex)}, Usual: graphics},
	}
}
