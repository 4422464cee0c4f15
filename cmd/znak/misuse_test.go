package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Whatever is wrong with flags and commands is said in the person's language: no English in a Russian sentence, and the other way round.
func TestMisuseInWords(t *testing.T) {
	latin := regexp.MustCompile(`[A-Za-z]{3,}`)
	dir := t.TempDir()
	for _, args := range []string{"--nope", "-x", "pull --nope", "print 501 --limit", "print 501 --limit abc", "verify --timeout 5x", "frobnicate", "printer frob", "operator frob", "settings frob",
		"invoice --sum x", "printer add Z socket://h --option foo", "--json=maybe audit", "--=x pull", "print", "settings set a", "order " + dir, "order " + dir + "/none", "approve", "printer sheet",
		"outbox retry", "move 501", "demo --seed x"} {
		for _, lang := range []string{"ru", "en"} {
			var out, errOut bytes.Buffer
			code := run(t.Context(), append([]string{"--data", dir, "--lang", lang}, strings.Fields(args)...), strings.NewReader(""), &out, &errOut)
			if code != exitUsage {
				t.Errorf("%s %s: exit %d: %s%s", lang, args, code, out.String(), errOut.String())
			}
			said := errOut.String()
			if lang == "en" {
				if regexp.MustCompile(`[а-яё]{3,}`).MatchString(strings.ReplaceAll(said, "ШПИ", "")) {
					t.Errorf("Russian in English: %s", said)
				}
				continue
			}
			// What a person types stays as it is.
			mine := args + " znak --help true false 30s " + dir
			for _, word := range latin.FindAllString(said, -1) {
				if !strings.Contains(mine, word) {
					t.Errorf("%s: %q in Russian: %s", args, word, said)
				}
			}
		}
	}
}

// The help of every command is in one language.
func TestHelpInOneLanguage(t *testing.T) {
	c := &command{}
	if err := c.speak("ru"); err != nil {
		t.Fatal(err)
	}
	english := regexp.MustCompile(`\b(string|int|duration|default|flags|Usage|Flags|BATCH|FILE|NAME|for)\b`)
	flag := regexp.MustCompile(`--[a-z-]+`)
	seen := 0
	var visit func(names []string)
	visit = func(names []string) {
		var out bytes.Buffer
		if code := run(t.Context(), append(append([]string{"--lang", "ru"}, names...), "--help"), strings.NewReader(""), &out, &out); code != exitDone {
			t.Errorf("%v --help: exit %d", names, code)
		}
		seen++
		if word := english.FindString(flag.ReplaceAllString(out.String(), "")); word != "" {
			t.Errorf("help of %v: %q\n%s", names, word, out.String())
		}
		sub := c.root()
		for _, n := range names {
			for _, s := range sub.Commands() {
				if s.Name() == n {
					sub = s
					break
				}
			}
		}
		for _, s := range sub.Commands() {
			if s.IsAvailableCommand() {
				visit(append(names[:len(names):len(names)], s.Name()))
			}
		}
	}
	visit(nil)
	if seen < 50 {
		t.Errorf("only %d commands have help", seen)
	}
}

// A broken file of orders is told with the place where it breaks.
func TestOrderFileBreaks(t *testing.T) {
	dir := t.TempDir()
	for text, place := range map[string]string{
		"[{\"order-num\": \"1\"},\n {\"order-num\": \"2\"": "байта 39:", // cut
		"[{\"order-num\": 7}]":                             "байта 16:",
	} {
		file := filepath.Join(dir, "orders.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, said := inFolder(t, dir, "", "order", file); code != exitUsage || !strings.Contains(said, place) {
			t.Errorf("%q: %d, %s", text, code, said)
		}
	}
}
