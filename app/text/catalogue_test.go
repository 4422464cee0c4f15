package text_test

import (
	"io/fs"
	"iter"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/template"
	"text/template/parse"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"

	"znak/app/text"
	"znak/assets"
)

// message is one text in one language.
type message struct {
	*i18n.Message
	file   string
	fields []string // the values its forms take, sorted
}

// plural reports whether the message has forms for counts.
func (m message) plural() bool { return m.One != "" || m.Few != "" || m.Many != "" }

func (m message) forms() []string {
	var forms []string
	for _, f := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
		if f != "" {
			forms = append(forms, f)
		}
	}
	return forms
}

// catalogue is all texts by language and key.
type catalogue map[string]map[string]message

// keyShape is how every key is written: the room, then words; the last may be a code of the post or a field's name.
var keyShape = regexp.MustCompile(`^[a-z0-9]+(\.[a-z0-9-]+)*\.[A-Za-z0-9_-]+$`)

var readCatalogue = sync.OnceValues(func() (catalogue, []string) {
	all, problems := catalogue{}, []string(nil)
	complain := func(parts ...string) { problems = append(problems, strings.Join(parts, " ")) }
	names, err := fs.Glob(assets.Texts, "texts/*")
	if err != nil || len(names) == 0 {
		return nil, []string{"no texts are embedded"}
	}
	for _, name := range names {
		parts := strings.Split(path.Base(name), ".")
		if len(parts) < 3 || len(parts) > 4 || !slices.Contains(text.Languages, parts[len(parts)-2]) {
			complain(name, "is not named ROOM.LANG.toml or ROOM.PART.LANG.toml")
			continue
		}
		room, lang := parts[0], parts[len(parts)-2]
		data, err := fs.ReadFile(assets.Texts, name)
		if err != nil {
			return nil, []string{err.Error()}
		}
		file, err := i18n.ParseMessageFileBytes(data, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
		if err != nil {
			complain(name, err.Error())
			continue
		}
		if all[lang] == nil {
			all[lang] = map[string]message{}
		}
		for _, m := range file.Messages {
			if !keyShape.MatchString(m.ID) || !strings.HasPrefix(m.ID, room+".") {
				complain(name, m.ID, "is not a key of this file: "+room+".its-words")
			}
			if before, twice := all[lang][m.ID]; twice {
				complain(name, m.ID, "stands in", before.file, "already")
			}
			fields := map[string]bool{}
			for _, form := range (message{Message: m}).forms() {
				t, err := template.New(m.ID).Parse(form)
				if err != nil {
					complain(name, err.Error())
					continue
				}
				collectFields(t.Root, fields)
			}
			all[lang][m.ID] = message{Message: m, file: name, fields: slices.Sorted(maps.Keys(fields))}
		}
	}
	return all, problems
})

// collectFields finds every {{.Field}} below n.
func collectFields(n parse.Node, into map[string]bool) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, c := range n.Nodes {
				collectFields(c, into)
			}
		}
	case *parse.ActionNode:
		collectFields(n.Pipe, into)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, a := range c.Args {
				collectFields(a, into)
			}
		}
	case *parse.FieldNode:
		into[n.Ident[0]] = true
	case *parse.IfNode:
		collectFields(n.Pipe, into)
		collectFields(n.List, into)
		collectFields(n.ElseList, into)
	case *parse.RangeNode:
		collectFields(n.Pipe, into)
		collectFields(n.List, into)
		collectFields(n.ElseList, into)
	}
}

// texts is the catalogue, whatever is wrong with it; TestTextFiles says what is.
func texts(t *testing.T) catalogue {
	t.Helper()
	all, _ := readCatalogue()
	for _, lang := range text.Languages {
		if len(all[lang]) == 0 {
			t.Fatalf("no texts in %q", lang)
		}
	}
	return all
}

// sorted goes through the messages in the order of their keys.
func sorted(messages map[string]message) iter.Seq2[string, message] {
	return func(yield func(string, message) bool) {
		for _, key := range slices.Sorted(maps.Keys(messages)) {
			if !yield(key, messages[key]) {
				return
			}
		}
	}
}

// TestTextFiles checks that the files can be read, and that no key is written twice or in another room's file.
func TestTextFiles(t *testing.T) {
	_, problems := readCatalogue()
	for _, p := range problems {
		t.Error(p)
	}
}

// TestEveryTextInEveryLanguage checks that all languages say the same things with the same values.
func TestEveryTextInEveryLanguage(t *testing.T) {
	all := texts(t)
	for _, lang := range text.Languages {
		for key, m := range sorted(all[lang]) {
			for _, other := range text.Languages {
				o, ok := all[other][key]
				switch {
				case !ok:
					t.Errorf("%s: %s has no text in %q", m.file, key, other)
				case !slices.Equal(m.fields, o.fields):
					t.Errorf("%s takes %v in %q and %v in %q", key, m.fields, lang, o.fields, other)
				case m.plural() != o.plural():
					t.Errorf("%s depends on a count in only one of %q and %q", key, lang, other)
				}
			}
		}
	}
}

// TestPluralForms checks that a text which depends on a count has every form of its language: a missing one would
// be said in the wrong case ("5 письма").
func TestPluralForms(t *testing.T) {
	all := texts(t)
	for key, m := range sorted(all["ru"]) {
		if m.plural() && (m.One == "" || m.Few == "" || m.Many == "" || m.Other == "") {
			t.Errorf("%s: %s needs one, few, many and other", m.file, key)
		}
	}
	for key, m := range sorted(all["en"]) {
		if m.plural() && (m.One == "" || m.Other == "") {
			t.Errorf("%s: %s needs one and other", m.file, key)
		}
	}
	for _, lang := range text.Languages {
		for key, m := range sorted(all[lang]) {
			if m.Other == "" {
				t.Errorf("%s: %s has no text (other)", m.file, key)
			}
		}
	}
}

// terms are what an English sentence may say in Russian: the post's own abbreviations, and words quoted from paper.
var terms = regexp.MustCompile(`“[^”]*”|ШПИ|ЗОО|РПО|ОБРАЗЕЦ|ИНН|КПП`)

// freely written are the few texts that hold something which is not a sentence of their language.
var freely = map[string]string{
	"sandbox.help": "shows a JSON file",
	"ui.lang.ru":   "a language is named in its own words",
}

// TestTypography checks that each language looks like itself: Russian quotes and dashes, no Russian left in English.
func TestTypography(t *testing.T) {
	all := texts(t)
	for key, m := range sorted(all["ru"]) {
		if freely[key] != "" {
			continue
		}
		for _, form := range m.forms() {
			for bad, good := range map[string]string{`"`: "« »", "“": "« »", " - ": " — ", "...": "…", "!!": "!"} {
				if strings.Contains(form, bad) {
					t.Errorf("%s: %s has %q, write %s", m.file, key, bad, good)
				}
			}
		}
	}
	for key, m := range sorted(all["en"]) {
		if freely[key] != "" {
			continue
		}
		for _, form := range m.forms() {
			if left := terms.ReplaceAllString(form, ""); hasCyrillic(left) {
				t.Errorf("%s: %s is not all English: %q", m.file, key, form)
			}
		}
	}
}

func hasCyrillic(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
}
