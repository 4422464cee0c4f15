package page_test

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"znak/assets"
	"znak/printer/page"
)

func TestErrorsHaveTexts(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		texts, err := fs.ReadFile(assets.Texts, "texts/printer."+lang+".toml")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []interface {
			HintKey() (string, map[string]any)
		}{
			&page.MissingGlyphError{Runes: []rune{1}}, &page.OverflowError{},
			&page.LayoutError{Fault: "outside"}, &page.LayoutError{Fault: "quiet"}, &page.LayoutError{Fault: "symbol"},
		} {
			key, args := e.HintKey()
			_, text, ok := bytes.Cut(texts, []byte(`["`+key+`"]`))
			if !ok {
				t.Errorf("%s: no text %s", lang, key)
				continue
			}
			text, _, _ = bytes.Cut(text, []byte("\n["))
			for name := range args {
				if !strings.Contains(string(text), "{{."+name+"}}") && name != "Length" {
					t.Errorf("%s: %s does not say %s", lang, key, name)
				}
			}
		}
	}
}
