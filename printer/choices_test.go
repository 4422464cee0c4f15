package printer_test

import (
	"io"
	"maps"
	"slices"
	"strconv"
	"testing"

	"znak/printer"
	"znak/printer/cups"
	"znak/printer/page"
	"znak/printer/socket"
	"znak/printer/usb"
	"znak/printer/winspool"
	"znak/printer/zpl"
)

// What a driver offers to choose from it takes, and what lies beside it refuses.
func TestOfferedIsTaken(t *testing.T) {
	label := func(io.Writer, page.Page) error { return nil }
	for uri, d := range map[string]printer.Chooser{
		"cups://Q": cups.New(cups.Params{ZPL: label}), "ipp://127.0.0.1:1/ipp/print": cups.New(cups.Params{Kind: cups.KindDirect, ZPL: label}),
		"socket://127.0.0.1:1": socket.New(socket.Params{}),
	} {
		open := func(s printer.Setup) error {
			s.Name, s.URI = "P", uri
			_, err := d.Open(s)
			return err
		}
		base := printer.Setup{URI: uri}
		offered := d.Choices(base)
		if len(offered.Languages) == 0 || len(offered.Confirm) < 2 {
			t.Errorf("%s offers %+v", uri, offered)
		}
		for _, l := range offered.Languages {
			for _, c := range offered.Confirm {
				if err := open(printer.Setup{Language: l, Confirm: c}); err != nil {
					t.Errorf("%s %s %s: %v", uri, l, c, err)
				}
			}
		}
		for _, o := range offered.Options {
			values, wrong := slices.Clone(o.Values), []string{"nonsense"}
			if o.Max > 0 {
				values, wrong = []string{strconv.Itoa(o.Min), strconv.Itoa(o.Max)}, []string{strconv.Itoa(o.Min - 1), strconv.Itoa(o.Max + 1)}
			}
			if o.Usual != "" {
				values = append(values, o.Usual)
			}
			for _, v := range values {
				if err := open(printer.Setup{Options: map[string]string{o.Name: v}}); err != nil {
					t.Errorf("%s %s=%s: %v", uri, o.Name, v, err)
				}
			}
			if len(o.Values) == 0 && o.Max == 0 { // any text
				continue
			}
			for _, v := range wrong {
				if open(printer.Setup{Options: map[string]string{o.Name: v}}) == nil {
					t.Errorf("%s takes %s=%s", uri, o.Name, v)
				}
			}
		}
	}
}

// No option of a label printer is kept from the office.
func TestLabelOptions(t *testing.T) {
	names := map[string]bool{}
	for _, o := range zpl.Choices("") {
		names[o.Name] = true
	}
	if !slices.Equal(slices.Sorted(maps.Keys(names)), slices.Sorted(slices.Values(zpl.OptionNames))) {
		t.Errorf("offered %v of %v", names, zpl.OptionNames)
	}
}

// A language decides what else there is to choose.
func TestChoicesOfALanguage(t *testing.T) {
	d := usb.New(usb.Params{})
	if c := d.Choices(printer.Setup{Language: printer.PDF}); len(c.Options)+len(c.Confirm) > 0 {
		t.Errorf("an office printer over USB: %+v", c)
	}
	if c := d.Choices(printer.Setup{Language: printer.ZPL}); len(c.Options) != len(zpl.OptionNames) || len(c.Confirm) != 2 {
		t.Errorf("a label printer over USB: %+v", c)
	}
	w := winspool.New(winspool.Params{ZPL: func(io.Writer, page.Page) error { return nil }})
	if c := w.Choices(printer.Setup{}); len(c.Options) != 1 || len(c.Languages) != 2 {
		t.Errorf("pictures: %+v", c)
	}
	if c := w.Choices(printer.Setup{Model: "ZDesigner ZD421-203dpi ZPL"}); len(c.Options) != 0 {
		t.Errorf("labels: %+v", c)
	}
}
