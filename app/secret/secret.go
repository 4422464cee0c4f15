// Package secret keeps the account's credentials out of the database: in the keyring of the operating system, or, where there is none,
// in an encrypted file that only this user can read.
package secret

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/zalando/go-keyring"

	"znak/app/hint"
)

// Account is what the post asks for. It never prints itself.
type Account struct {
	Login    string `json:"login"`
	Token    string `json:"token"`
	Password string `json:"password"`
}

// String hides everything, also from %v and logs.
func (Account) String() string { return "account(hidden)" }

// GoString hides everything from %#v.
func (Account) GoString() string { return "account(hidden)" }

// ErrNone is the error of Load where nothing is kept.
var ErrNone = errors.New("no credentials are kept")

// keeper is one place for a secret text.
type keeper interface {
	load(name string) (string, error) // ErrNone where there is nothing
	save(name, value string) error
	remove(name string) error
}

// Store keeps the credentials of one data folder.
type Store struct {
	name  string
	place keeper
	Kind  string // "keyring" or "file"
}

// Open finds the place for the secrets of the data folder dir. The environment variable ZNAK_KEYRING=file asks for the encrypted file.
func Open(dir string) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{name: abs}
	if os.Getenv("ZNAK_KEYRING") != "file" && hasKeyring() {
		s.place, s.Kind = system{}, "keyring"
		return s, nil
	}
	s.place, s.Kind = file{dir: abs}, "file"
	return s, nil
}

// Load gives the credentials kept; ErrNone where there are none.
func (s *Store) Load() (Account, error) {
	raw, err := s.place.load(s.name)
	if err != nil {
		if errors.Is(err, ErrNone) {
			return Account{}, err
		}
		return Account{}, hint.New("secret.load", nil, err)
	}
	var a Account
	if err := json.Unmarshal([]byte(raw), &a); err != nil {
		return Account{}, hint.New("secret.load", nil, errors.New("the kept text is not ours"))
	}
	return a, nil
}

// Save keeps a in the place of those kept before.
func (s *Store) Save(a Account) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if err := s.place.save(s.name, string(raw)); err != nil {
		return hint.New("secret.save", nil, err)
	}
	return nil
}

// Remove forgets the credentials.
func (s *Store) Remove() error { return s.place.remove(s.name) }

const service = "znak"

// system is the operating system's keyring.
type system struct{}

func (system) load(name string) (string, error) {
	v, err := keyring.Get(service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return "", ErrNone
	}
	return v, err
}

func (system) save(name, value string) error { return keyring.Set(service, name, value) }

func (system) remove(name string) error {
	err := keyring.Delete(service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}

// hasKeyring asks the keyring a harmless question. On Linux it is not asked where there is no session bus: the library would start one.
func hasKeyring() bool {
	if runtime.GOOS == "linux" && os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" {
		if _, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid())); err != nil {
			return false
		}
	}
	_, err := keyring.Get(service, "probe")
	return err == nil || errors.Is(err, keyring.ErrNotFound)
}
