package secret

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
)

var sample = Account{Login: "demo", Token: "0123456789abcdef0123456789abcdef", Password: "пароль № 1"}

func TestFileKeepsSecretsEncrypted(t *testing.T) {
	t.Setenv("ZNAK_KEYRING", "file")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(); !errors.Is(err, ErrNone) {
		t.Fatalf("empty folder: %v", err)
	}
	if err := s.Save(sample); err != nil {
		t.Fatal(err)
	}
	got, err := s.Load()
	if err != nil || got != sample {
		t.Fatalf("got %#v, %v", got, err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		raw, _ := os.ReadFile(f)
		for _, secret := range []string{sample.Token, sample.Password, sample.Login} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("%s holds a secret in clear", f)
			}
		}
		if info, _ := os.Stat(f); info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", f, info.Mode())
		}
	}
	if err := s.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(); !errors.Is(err, ErrNone) {
		t.Fatalf("after Remove: %v", err)
	}
}

func TestDamagedFileIsAnError(t *testing.T) {
	t.Setenv("ZNAK_KEYRING", "file")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir := t.TempDir()
	s, _ := Open(dir)
	if err := s.Save(sample); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "secrets.age")
	raw, _ := os.ReadFile(path)
	raw[len(raw)-1] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(); err == nil || errors.Is(err, ErrNone) {
		t.Fatalf("a damaged file gave %v", err)
	}
}

func TestSystemKeyring(t *testing.T) {
	keyring.MockInit()
	s := &Store{name: "test", place: system{}, Kind: "keyring"}
	if _, err := s.Load(); !errors.Is(err, ErrNone) {
		t.Fatal(err)
	}
	if err := s.Save(sample); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Load(); err != nil || got != sample {
		t.Fatal(got, err)
	}
}

func TestAccountNeverPrintsItself(t *testing.T) {
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(format, sample); strings.Contains(text, sample.Token) || strings.Contains(text, sample.Password) {
			t.Errorf("%s prints %s", format, text)
		}
	}
}
