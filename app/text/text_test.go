package text_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/text"
)

func load(t *testing.T, lang string) *text.Printer {
	t.Helper()
	p, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLoad(t *testing.T) {
	for asked, want := range map[string]string{"ru": "ru", "en": "en", "": "ru", "de": "ru"} {
		if got := load(t, asked).Lang(); got != want {
			t.Errorf("Load(%q) speaks %q, want %q", asked, got, want)
		}
	}
}

func TestSay(t *testing.T) {
	ru, en := load(t, "ru"), load(t, "en")
	args := hint.Args{"Value": "123"}
	if got, want := ru.Say("postal.index.shape", args), "«123» — не индекс: нужно шесть цифр."; got != want {
		t.Errorf("ru: %q, want %q", got, want)
	}
	if got, want := en.Say("postal.index.shape", args), "“123” is not a postcode: six digits are needed."; got != want {
		t.Errorf("en: %q, want %q", got, want)
	}
	if got := ru.Say("no.such.key", nil); got != "no.such.key" {
		t.Errorf("a missing text must show its key, got %q", got)
	}
	if ru.Has("no.such.key") || !ru.Has("postal.index.shape") || !en.Has("postal.index.shape") {
		t.Error("Has does not tell a known key from an unknown one")
	}
}

func TestHint(t *testing.T) {
	en := load(t, "en")
	err := fmt.Errorf("pull: %w", hint.New("postal.index.shape", hint.Args{"Value": "7"}, errors.New("bad index")))
	if got, want := en.Hint(err), "“7” is not a postcode: six digits are needed."; got != want {
		t.Errorf("hint of a wrapped error: %q, want %q", got, want)
	}
	if got, want := en.Hint(fmt.Errorf("sync: %w", context.Canceled)), en.Say("hint.stopped", nil); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := en.Hint(errors.New("boom")), en.Say("hint.unexpected", hint.Args{"Error": "boom"}); got != want {
		t.Errorf("an error without a hint: %q, want %q", got, want)
	}
	if got := en.Hint(nil); got != "" {
		t.Errorf("no error must say nothing, got %q", got)
	}
}

func TestValue(t *testing.T) {
	ru := load(t, "ru")
	inner := hint.New("postal.index.shape", hint.Args{"Value": "7"}, nil)
	for _, c := range []struct{ in, want any }{
		{postal.Kopecks(8540), postal.Kopecks(8540).Office()},
		{[]string{"а", "б"}, "а, б"},
		{inner, ru.Hint(inner)},
		{42, 42},
	} {
		if got := ru.Value(c.in); got != c.want {
			t.Errorf("Value(%v) = %v, want %v", c.in, got, c.want)
		}
	}
}

func TestSystemLanguage(t *testing.T) {
	for _, c := range []struct{ all, messages, lang, want string }{
		{"", "", "", "ru"},
		{"", "", "ru_RU.UTF-8", "ru"},
		{"", "", "en_GB.UTF-8", "en"},
		{"", "ru_RU.UTF-8", "en_GB.UTF-8", "ru"},
		{"en_US.UTF-8", "ru_RU.UTF-8", "ru_RU.UTF-8", "en"},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", c.messages)
		t.Setenv("LANG", c.lang)
		if got := text.SystemLanguage(); got != c.want {
			t.Errorf("LC_ALL=%q LC_MESSAGES=%q LANG=%q: %q, want %q", c.all, c.messages, c.lang, got, c.want)
		}
	}
}
