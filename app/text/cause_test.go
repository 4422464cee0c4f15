package text_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"znak/app/hint"
	"znak/app/text"
)

// What the system says in English is said in the language of the sentence around it.
func TestCause(t *testing.T) {
	_, missing := os.Open(filepath.Join(t.TempDir(), "none"))
	folder := os.WriteFile(t.TempDir(), nil, 0o600)
	_, absent := exec.LookPath("no-such-program")
	_, refused := net.Dial("tcp", "127.0.0.1:1")
	for _, err := range []error{missing, folder, absent, refused, &net.DNSError{Err: "no such host", Name: "post"}, fmt.Errorf("looking: %w", os.ErrPermission)} {
		for lang, english := range map[string]bool{"ru": false, "en": true} {
			p, loadErr := text.Load(lang)
			if loadErr != nil {
				t.Fatal(loadErr)
			}
			words := p.Say("hint.unexpected", hint.Args{"Error": err})
			said := p.Cause(err)
			if !strings.Contains(words, said) || strings.ContainsAny(said, "абвгдеиноп") == english || said == err.Error() {
				t.Errorf("%s: %v is %q in %q", lang, err, said, words)
			}
		}
	}
	p, _ := text.Load("ru")
	if got := p.Cause(errors.New("odd")); got != "odd" {
		t.Errorf("%q", got)
	}
}
