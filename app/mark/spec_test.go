package mark

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"znak/assets"
)

func TestDefaultIsTheEmbeddedVersion(t *testing.T) {
	s := spec(t)
	if s.Version() != DefaultVersion || len(s.Labels()) != 9 || s.Separator() != "\r\n" {
		t.Errorf("version %s, %d lines, separator %q", s.Version(), len(s.Labels()), s.Separator())
	}
}

// Each fault in a data file is refused with its place.
func TestLoadSaysWhereTheFaultIs(t *testing.T) {
	good, err := fs.ReadFile(assets.Marks, "marks/zoo-2021.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, from, to, place string }{
		{"not TOML", "[payload]", "[payload", "marks/zoo-2021.toml"},
		{"wrong version", `version = "zoo-2021"`, `version = "zoo-2022"`, "version"},
		{"a slip in a name", "label_end", "label_ende", "payload.label_ende"},
		{"no separator", `separator = "\r\n"`, `separator = ""`, "payload.separator"},
		{"unknown field", `field = "mass"`, `field = "weight"`, "payload.line 6 (Weight)"},
		{"field twice", `field = "mass"`, `field = "value"`, "payload.line 6 (Weight)"},
		{"label twice", `label = "TRRC"`, `label = "TIN"`, "payload.line 4 (TIN)"},
		{"no label", `label = "TRRC"`, `label = ""`, "payload.line 4 ()"},
		{"unknown format", `format = "roubles"`, `format = "rubles"`, "payload.line 5 (Cost)"},
		{"a date without year", `"02/01/2006"`, `"02/01"`, "payload.line 7 (Date)"},
		{"format of a text", `label = "TIN"`, "label = \"TIN\"\nformat = \"x\"", "payload.line 3 (TIN)"},
		{"unknown code", `kind = "QR"`, `kind = "Aztec"`, "symbol"},
		{"unknown level", `error_correction = "L"`, `error_correction = "X"`, "symbol"},
		{"level of DataMatrix", `kind = "QR"`, `kind = "DataMatrix"`, "symbol"},
		{"no quiet zone", "quiet = 4", "quiet = 0", "symbol"},
		{"floor above preferred", "module_floor = 0.375", "module_floor = 0.6", "symbol"},
		{"unknown font", `font = "narrow"`, `font = "gothic"`, "block.row 5"},
		{"unknown value", `left = "{id}"`, `left = "{ids}"`, "block.row 5"},
		{"no glyph", `left = "ПОЧТА"`, `left = "漢"`, "block.row 2"},
		{"C6", `kind = "DL"`, `kind = "C6"`, "place C6"},
		{"unknown envelope", `kind = "DL"`, `kind = "B5"`, "place B5"},
		{"place twice", `kind = "DL"`, `kind = "C5"`, "place C5"},
		{"off the face", "symbol = [110.0, 10.0, 25.0, 25.0]", "symbol = [110.0, 100.0, 25.0, 25.0]", "place DL"},
		{"text in the quiet zone", "text = [140.0, 12.0", "text = [134.0, 12.0", "place DL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(string(good), c.from, c.to, 1)
			if bad == string(good) {
				t.Fatal("the case changes nothing")
			}
			_, err := Load(fstest.MapFS{"marks/zoo-2021.toml": {Data: []byte(bad)}}, "zoo-2021")
			var se *SpecError
			if !errors.As(err, &se) || se.Place != c.place {
				t.Errorf("got %v; want the place %q", err, c.place)
			}
		})
	}
	var se *SpecError
	if _, err := Load(assets.Marks, "zoo-1999"); !errors.As(err, &se) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such version: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	good, err := fs.ReadFile(assets.Marks, "marks/zoo-2021.toml")
	if err != nil {
		f.Fatal(err)
	}
	alien, err := os.ReadFile("testdata/marks/other-2030.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(alien)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Load(fstest.MapFS{"marks/zoo-2021.toml": {Data: data}}, "zoo-2021")
		if (s == nil) == (err == nil) {
			t.Fatalf("neither or both: %v, %v", s, err)
		}
	})
}
