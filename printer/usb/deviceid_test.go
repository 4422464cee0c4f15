package usb

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"znak/printer"
)

func TestParseID(t *testing.T) {
	for _, one := range []struct {
		text string
		want ID
		name string
		lang printer.Language
	}{
		{"MFG:Zebra;CMD:ZPL;MDL:ZD421;CLS:PRINTER;", ID{Maker: "Zebra", Model: "ZD421", Class: "PRINTER", Commands: []string{"ZPL"}}, "Zebra ZD421", printer.ZPL},
		{"MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL II;MODEL:ZTC ZD420-300dpi ZPL;CLASS:PRINTER;OPTIONS:XML;",
			ID{Maker: "Zebra Technologies", Model: "ZTC ZD420-300dpi ZPL", Class: "PRINTER", Commands: []string{"ZPL II"}}, "Zebra Technologies ZTC ZD420-300dpi ZPL", printer.ZPL},
		{"mfg:Acme;mdl:ACME 3;cmd:PCL, PJL ,PDF1.7;sern:A1;des:x", ID{Maker: "Acme", Model: "ACME 3", Serial: "A1", Description: "x", Commands: []string{"PCL", "PJL", "PDF1.7"}}, "ACME 3", printer.PDF},
		{"MFG:Acme;MFG:Other;CMD:PCL6,URF;\x00\x00", ID{Maker: "Acme", Commands: []string{"PCL6", "URF"}}, "Acme", ""},
		{"", ID{}, "", ""},
		{";;:;MDL", ID{}, "", ""},
	} {
		got := ParseID(one.text)
		if got.Maker != one.want.Maker || got.Model != one.want.Model || got.Serial != one.want.Serial || got.Class != one.want.Class ||
			got.Description != one.want.Description || !slices.Equal(got.Commands, one.want.Commands) {
			t.Errorf("%q: %+v", one.text, got)
		}
		if got.Name() != one.name || got.Language() != one.lang {
			t.Errorf("%q: name %q, language %q", one.text, got.Name(), got.Language())
		}
	}
}

func TestParseAnswer(t *testing.T) {
	for _, answer := range []string{
		"\x00\x10MFG:Ac;CMD:PDF;", // 16 with the two bytes and without the last; the text is cut there
		"\x00\x11MFG:Ac;CMD:PDF;rest of a buffer",
		"\x11\x00MFG:Ac;CMD:PDF;",
		"\xff\xffMFG:Ac;CMD:PDF;",
		"\x00\x00MFG:Ac;CMD:PDF;",
	} {
		if id := ParseAnswer([]byte(answer)); id.Maker != "Ac" || id.Language() != printer.PDF {
			t.Errorf("%q: %+v", answer, id)
		}
	}
	if id := ParseAnswer([]byte{0}); id.Name() != "" {
		t.Errorf("%+v", id)
	}
}

func FuzzParseAnswer(f *testing.F) {
	f.Add([]byte("\x00\x2aMFG:Zebra;CMD:ZPL;MDL:ZD421;CLS:PRINTER;"))
	f.Add([]byte("\x05\x00MANUFACTURER:\xff\xfe;COMMAND SET:,,PDF,;"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		id := ParseAnswer(answer)
		for _, s := range append(id.Commands, id.Maker, id.Model, id.Serial, id.Name()) {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\n\x1b;") {
				t.Errorf("%q from %q", s, answer)
			}
		}
		if len(id.Commands) > 64 {
			t.Errorf("%d commands", len(id.Commands))
		}
	})
}

func FuzzParseAddress(f *testing.F) {
	for _, uri := range []string{"usb://0a5f:00d1/S%2F1", "USB://04b8:0202/?port=1-1.2&interface=1", "usb://x:y/", "usb://0a5f:00d1"} {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		a, err := ParseAddress(uri)
		if err != nil {
			return
		}
		again, err := ParseAddress(a.String())
		if err != nil || again != a {
			t.Errorf("%q: %+v, again %+v %v", uri, a, again, err)
		}
	})
}

func TestAddress(t *testing.T) {
	a, err := ParseAddress("usb://0A5F:00d1/S%2F1%20x?port=1-1.2&interface=2")
	if want := (Address{0x0a5f, 0x00d1, "S/1 x", "1-1.2", 2}); err != nil || a != want {
		t.Errorf("%+v %v", a, err)
	}
	for _, bad := range []string{"", "cups://x", "usb://0a5f/1", "usb://0a5f:zz/1", "usb://0a5f:123456/1", "usb://0a5f:00d1/?interface=x", "usb://0a5f:00d1/%zz"} {
		if a, err := ParseAddress(bad); err == nil {
			t.Errorf("%q: %+v", bad, a)
		}
	}
}

func TestPortState(t *testing.T) {
	for status, want := range map[byte]printer.State{
		0x18: printer.Ready, 0x38: printer.OutOfPaper, 0x30: printer.OutOfPaper, 0x10: printer.NeedsPerson, 0x08: printer.Paused, 0xDF: printer.Ready,
	} {
		if got, words := portState(status); got != want || (got == printer.Ready) != (len(words) == 0) {
			t.Errorf("%#x: %s %q, want %s", status, got, words, want)
		}
	}
}
