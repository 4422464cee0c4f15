package zpl

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"znak/printer/page"
)

// Options are what the office sets of a ZPL printer. What is not set stays as the printer itself is set.
type Options struct {
	Graphics Graphics         // "graphics": z64 (usual), acs or hex
	Darkness int              // "darkness": 0 to 30, ~SD; -1: as the printer is set
	Speed    int              // "speed": 1 to 14 inches a second, ^PR; 0: as the printer is set
	Width    page.Millimetres // "label-width-mm": how wide the label is, ^PW; 0: as wide as the page. A wider page is refused
	Media    string           // "media": "gap", "mark" or "continuous", ^MN; "": as the printer is set
	Mode     string           // "mode": "tear", "peel" or "cut", ^MM; "": as the printer is set
	Reprint  string           // "reprint-after-error": "yes" (usual), "no" or "keep", ^JZ; see there
}

// Defaults are the options of a printer of which nothing is set.
//
// The label under the head when paper or ribbon ended is printed again as a whole (^JZY, which is also the factory's setting): without it, what
// the printer counts as done may be half a letter.
func Defaults() Options { return Options{Graphics: Z64, Darkness: -1, Reprint: "yes"} }

// OptionNames are the names that ParseOptions knows.
var OptionNames = []string{"graphics", "darkness", "speed", "label-width-mm", "media", "mode", "reprint-after-error"}

var media = map[string]string{"gap": "W", "mark": "M", "continuous": "N"}

var modes = map[string]string{"tear": "T", "peel": "P", "cut": "C"}

// ParseOptions reads the options of a printer.Setup by the names above and leaves alone the names it does not know, for the driver to look
// at. graphics is what the model's quirk says, "" if nothing. The error is an *OptionError.
func ParseOptions(set map[string]string, graphics string) (Options, error) {
	o := Defaults()
	if graphics != "" {
		o.Graphics = Graphics(graphics)
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		value := strings.ToLower(strings.TrimSpace(set[name]))
		if value == "" {
			continue
		}
		good := true
		var err error
		switch name {
		case "graphics":
			o.Graphics = Graphics(value)
		case "darkness":
			o.Darkness, err = strconv.Atoi(value)
			good = o.Darkness >= 0 && o.Darkness <= 30
		case "speed":
			o.Speed, err = strconv.Atoi(value)
			good = o.Speed >= 1 && o.Speed <= 14
		case "label-width-mm":
			var mm float64
			mm, err = strconv.ParseFloat(strings.Replace(value, ",", ".", 1), 64)
			good = mm >= 10 && mm <= 1000
			o.Width = page.Millimetres(mm)
		case "media":
			o.Media, good = value, media[value] != ""
		case "mode":
			o.Mode, good = value, modes[value] != ""
		case "reprint-after-error":
			o.Reprint, good = value, value == "yes" || value == "no" || value == "keep"
		}
		if err != nil || !good {
			return o, &OptionError{name, set[name]}
		}
	}
	if !slices.Contains([]Graphics{Z64, ACS, Hex}, o.Graphics) {
		return o, &OptionError{"graphics", string(o.Graphics)}
	}
	return o, nil
}

// OptionError is an option of a printer that is not understood.
type OptionError struct{ Name, Value string }

func (e *OptionError) Error() string {
	return fmt.Sprintf("zpl: option %s: bad value %q", e.Name, e.Value)
}

// HintKey names the sentence for the person.
func (e *OptionError) HintKey() (string, map[string]any) {
	return "printer.zpl.option", map[string]any{"Name": e.Name, "Value": e.Value}
}

// WideError is a page that is wider than the labels.
type WideError struct {
	Page         string // the page's name
	Width, Label page.Millimetres
}

func (e *WideError) Error() string {
	return fmt.Sprintf("zpl: page %q is %.1f mm wide, the label %.1f mm", e.Page, float64(e.Width), float64(e.Label))
}

// HintKey names the sentence for the person.
func (e *WideError) HintKey() (string, map[string]any) {
	return "printer.zpl.wide", map[string]any{"Page": e.Page,
		"Width": fmt.Sprintf("%.1f", float64(e.Width)), "Label": fmt.Sprintf("%.1f", float64(e.Label))}
}

var (
	_ error = (*OptionError)(nil)
	_ error = (*WideError)(nil)
)
