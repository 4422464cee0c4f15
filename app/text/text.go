// Package text turns message keys into sentences in the person's language, Russian first.
//
// The sentences live in assets/texts/ROOM[.PART].LANG.toml (go-i18n's format, with Russian plural forms); no other
// package holds words that a person reads.
package text

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"znak/app/hint"
	"znak/app/postal"
	"znak/assets"
)

// Languages are the ones the program speaks, the first being the default.
var Languages = []string{"ru", "en"}

// Printer says things in one language. It is safe for concurrent use.
type Printer struct {
	lang string
	loc  *i18n.Localizer
}

// Load reads the embedded translations for lang: "ru" or "en"; anything else is Russian.
func Load(lang string) (*Printer, error) {
	if lang != "en" {
		lang = "ru"
	}
	bundle := i18n.NewBundle(language.Russian)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	files, err := fs.Glob(assets.Texts, "texts/*."+lang+".toml") // a test sees to it that no key is missing in one of them
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		if _, err := bundle.LoadMessageFileFS(assets.Texts, name); err != nil {
			return nil, fmt.Errorf("translations %s: %w", name, err)
		}
	}
	return &Printer{lang: lang, loc: i18n.NewLocalizer(bundle, lang)}, nil
}

// SystemLanguage is the language of the desktop session: "en" where the locale says English, else "ru".
func SystemLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(v, "en") {
				return "en"
			}
			return "ru"
		}
	}
	return "ru"
}

// Lang is the language this printer speaks: "ru" or "en".
func (p *Printer) Lang() string { return p.lang }

// Say gives the sentence for key. An argument named Count also chooses the plural form. Values of the
// domain's types are written as the office writes them (85,40 ₽; 21.11.2026). A key without a sentence comes back as it is, so
// that a missing translation is seen and never hides an error; a test makes sure that there is none.
func (p *Printer) Say(key string, args hint.Args) string {
	cfg := &i18n.LocalizeConfig{MessageID: key}
	if args != nil {
		data := make(map[string]any, len(args))
		for k, v := range args {
			data[k] = p.Value(v)
		}
		cfg.TemplateData = data
		if n, ok := args["Count"]; ok {
			cfg.PluralCount = n
		}
	}
	s, err := p.loc.Localize(cfg)
	if err != nil && s == "" {
		return key
	}
	return s
}

// SayOr is the text of a key without values, and other where there is none: for keys that end with a word of the program.
func (p *Printer) SayOr(key, other string) string {
	if s := p.Say(key, nil); s != key {
		return s
	}
	return other
}

// Has reports whether there is a sentence for key in this printer's language.
func (p *Printer) Has(key string) bool {
	_, tag, err := p.loc.LocalizeWithTag(&i18n.LocalizeConfig{MessageID: key})
	return err == nil && tag.String() == p.lang
}

// Hint gives the sentence that err carries for the person, or the technical text where it carries none.
func (p *Printer) Hint(err error) string {
	if err == nil {
		return ""
	}
	if key, args, ok := hint.Of(err); ok {
		return p.Say(key, args)
	}
	if errors.Is(err, context.Canceled) {
		return p.Say("hint.stopped", nil)
	}
	return p.Say("hint.unexpected", hint.Args{"Error": err.Error()})
}

// Value writes a value of the domain the way this language does; other values come back unchanged.
func (p *Printer) Value(v any) any {
	switch v := v.(type) {
	case nil:
		return ""
	case postal.Kopecks:
		return v.Office()
	case postal.Date:
		return v.Office()
	case postal.PieceState:
		return p.known("state.", string(v))
	case postal.BatchStatus:
		return p.known("state.batch.", string(v))
	case postal.EventKind:
		return p.known("state.event.", string(v))
	case error:
		if _, _, ok := hint.Of(v); !ok {
			return p.Cause(v)
		}
		return p.Hint(v)
	case []string:
		return strings.Join(v, ", ")
	case float64: // rounded by who gives it
		s := strconv.FormatFloat(v, 'f', -1, 64)
		if p.lang == "ru" {
			s = strings.Replace(s, ".", ",", 1)
		}
		return s
	}
	return v
}

// known gives the word for a value of an enumeration; a value of the post that has no word here is shown as it came.
func (p *Printer) known(prefix, value string) string {
	if word := p.Say(prefix+value, nil); word != prefix+value {
		return word
	}
	return value
}
