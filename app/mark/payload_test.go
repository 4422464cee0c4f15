package mark

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"znak/app/postal"
)

func TestPayloadIsTheKnownNineLines(t *testing.T) {
	want, err := os.ReadFile("testdata/payload.txt")
	if err != nil {
		t.Fatal(err)
	}
	got, err := spec(t).Payload(sampleFields(t))
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if n := strings.Count(got, "\r\n"); n != 8 || strings.HasSuffix(got, "\n") {
		t.Errorf("%d line breaks, want eight between nine lines and none at the end", n)
	}
}

func TestPayloadAndParseAreInverse(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	s, o := spec(t), other(t)
	for range 2000 {
		f := randomFields(rnd)
		text, err := s.Payload(f)
		if err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		back, err := s.Parse(text)
		if err != nil || back != f {
			t.Fatalf("%q: %+v, %v; want %+v", text, back, err, f)
		}
		again, err := s.Payload(back)
		if err != nil || again != text {
			t.Fatalf("%q became %q, %v", text, again, err)
		}
		// The other version carries fewer fields; those it has come back.
		f.ID = strings.ReplaceAll(f.ID, "|", "/")
		if text, err = o.Payload(f); err != nil {
			t.Fatal(err)
		}
		back, err = o.Parse(text)
		if want := (Fields{ID: f.ID, ShPI: f.ShPI, Value: f.Value, Date: f.Date, To: f.To}); err != nil || back != want {
			t.Fatalf("%q: %+v, %v; want %+v", text, back, err, want)
		}
	}
}

func randomFields(rnd *rand.Rand) Fields {
	digits := fmt.Sprintf("%06d%02d%05d", rnd.IntN(1000000), 1+rnd.IntN(99), rnd.IntN(100000))
	id := make([]rune, 1+rnd.IntN(32))
	for i := range id {
		id[i] = []rune("0123456789abcdefABCDEF-:/| «ёЖ")[rnd.IntN(30)]
	}
	f := Fields{
		ID: string(id), ShPI: postal.ShPI(digits + string(postal.ShPICheckDigit(digits))),
		INN: fmt.Sprintf("%010d", rnd.IntN(1e9)), KPP: fmt.Sprintf("%09d", rnd.IntN(1e9)),
		Value: postal.Kopecks(1 + rnd.IntN(1e7)), Mass: postal.Grams(1 + rnd.IntN(2000)),
		Date: postal.Date(fmt.Sprintf("20%02d-%02d-%02d", rnd.IntN(100), 1+rnd.IntN(12), 1+rnd.IntN(28))),
		From: postal.PostIndex(fmt.Sprint(100000 + rnd.IntN(900000))), To: postal.PostIndex(fmt.Sprint(100000 + rnd.IntN(900000))),
	}
	if rnd.IntN(4) == 0 {
		f.INN, f.KPP = "000000000000", ""
	}
	return f
}

func TestPayloadRefusesBadValues(t *testing.T) {
	for _, c := range []struct {
		name   string
		edit   func(*Fields)
		line   int
		reason string
	}{
		{"line break in the id", func(f *Fields) { f.ID = "4F\r\nTIN: 1" }, 1, ReasonControl},
		{"bare LF", func(f *Fields) { f.ID = "4F\n" }, 1, ReasonControl},
		{"GS", func(f *Fields) { f.INN = "00\x1d" }, 3, ReasonControl},
		{"broken UTF-8", func(f *Fields) { f.ID = "4F\xff" }, 1, ReasonControl},
		{"no id", func(f *Fields) { f.ID = "" }, 1, ReasonEmpty},
		{"shpi with a wrong check digit", func(f *Fields) { f.ShPI = "00000026000011" }, 2, ReasonValue},
		{"shpi with spaces", func(f *Fields) { f.ShPI = "000000 26 00001 5" }, 2, ReasonForm},
		{"negative sum", func(f *Fields) { f.Value = -1 }, 5, ReasonValue},
		{"no sum", func(f *Fields) { f.Value = 0 }, 5, ReasonValue},
		{"no mass", func(f *Fields) { f.Mass = 0 }, 6, ReasonValue},
		{"no date", func(f *Fields) { f.Date = "" }, 7, ReasonEmpty},
		{"no such date", func(f *Fields) { f.Date = "2026-02-30" }, 7, ReasonValue},
		{"short index", func(f *Fields) { f.To = "10100" }, 9, ReasonValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := sampleFields(t)
			c.edit(&f)
			text, err := spec(t).Payload(f)
			var pe *ParseError
			if text != "" || !errors.As(err, &pe) || pe.Line != c.line || pe.Reason != c.reason {
				t.Errorf("got %q, %v; want line %d, %s", text, err, c.line, c.reason)
			}
		})
	}
}

func TestParseSaysLineAndReason(t *testing.T) {
	good, err := spec(t).Payload(sampleFields(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, from, to string
		line           int
		reason         string
	}{
		{"empty", good, "", 0, ReasonLines},
		{"a line break at the end", "101000", "101000\r\n", 0, ReasonLines},
		{"cut", "\r\nDelivery postcode: 101000", "", 0, ReasonLines},
		{"LF only", "\r\n", "\n", 0, ReasonLines},
		{"lost breaks", "\r\n", "", 0, ReasonLines},
		{"another label", "TIN: ", "INN: ", 3, ReasonLabel},
		{"lines changed places", "Cost: 85.40\r\nWeight: 20", "Weight: 20\r\nCost: 85.40", 5, ReasonLabel},
		{"no space after the colon", "Weight: 20", "Weight:20", 6, ReasonLabel},
		{"empty value", "Weight: 20", "Weight: ", 6, ReasonEmpty},
		{"comma", "85.40", "85,40", 5, ReasonForm},
		{"one digit", "85.40", "85.4", 5, ReasonForm},
		{"leading zero", "85.40", "085.40", 5, ReasonForm},
		{"leading zero of mass", "Weight: 20", "Weight: 020", 6, ReasonForm},
		{"plus", "Weight: 20", "Weight: +20", 6, ReasonForm},
		{"no number", "Weight: 20", "Weight: 20 g", 6, ReasonValue},
		{"no such day", "23/11/2026", "31/11/2026", 7, ReasonValue},
		{"American day", "23/11/2026", "11/23/2026", 7, ReasonValue},
		{"check digit", "00000026000015", "00000026000016", 2, ReasonValue},
		{"spaces in the identifier", "00000026000015", "000000 26 00001 5", 2, ReasonForm},
		{"space at the end", "Delivery postcode: 101000", "Delivery postcode: 101000 ", 9, ReasonValue},
		{"control byte", "4F7A22C90013", "4F7A\x1d22C90013", 1, ReasonControl},
		{"C1 control", "4F7A22C90013", "4F7A\u0085", 1, ReasonControl},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.ReplaceAll(good, c.from, c.to)
			if text == good {
				t.Fatal("the case changes nothing")
			}
			f, err := spec(t).Parse(text)
			var pe *ParseError
			if !errors.As(err, &pe) || pe.Line != c.line || pe.Reason != c.reason {
				t.Fatalf("got %+v, %v; want line %d, %s", f, err, c.line, c.reason)
			}
			if f != (Fields{}) {
				t.Errorf("half a mark came back: %+v", f)
			}
		})
	}
}

func TestLabelsFindTheLinesAgain(t *testing.T) {
	s := spec(t)
	text, err := s.Payload(sampleFields(t))
	if err != nil {
		t.Fatal(err)
	}
	lost := strings.ReplaceAll(text, s.Separator(), "") // what a keyboard scanner leaves
	for _, label := range s.Labels()[1:] {
		lost = strings.Replace(lost, label, s.Separator()+label, 1)
	}
	if lost != text {
		t.Errorf("restored %q", lost)
	}
}

func FuzzParse(f *testing.F) {
	s, o := spec(f), other(f)
	good, err := s.Payload(sampleFields(f))
	if err != nil {
		f.Fatal(err)
	}
	alien, err := o.Payload(sampleFields(f))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, alien, "", "\r\n", strings.Repeat("\r\n", 8), good + "\r\n", good[:40], strings.ReplaceAll(good, "0", "٠")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range []*Spec{s, o} {
			fields, err := v.Parse(text)
			if err != nil {
				var pe *ParseError
				if !errors.As(err, &pe) {
					t.Fatalf("error of another kind: %v", err)
				}
				continue
			}
			again, err := v.Payload(fields)
			if err != nil || again != text {
				t.Fatalf("%q was read as %+v, which writes %q, %v", text, fields, again, err)
			}
		}
	})
}
