package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// file keeps the secrets encrypted with age in the data folder. Its key lies apart from it, in the user's configuration folder, so that
// a copy of the data folder alone tells nothing. This guards against copies and backups, not against somebody who is this user.
type file struct{ dir string }

func (f file) path() string { return filepath.Join(f.dir, "secrets.age") }

func (f file) load(string) (string, error) {
	sealed, err := os.ReadFile(f.path())
	if errors.Is(err, fs.ErrNotExist) {
		return "", ErrNone
	}
	if err != nil {
		return "", err
	}
	id, err := f.identity(false)
	if err != nil {
		return "", err
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		return "", err
	}
	plain, err := io.ReadAll(r)
	return string(plain), err
}

func (f file) save(_, value string) error {
	id, err := f.identity(true)
	if err != nil {
		return err
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, id.Recipient())
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, value); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return replace(f.path(), sealed.Bytes())
}

func (f file) remove(string) error {
	err := os.Remove(f.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// identity reads the key, making one where make is set and there is none.
func (f file) identity(make bool) (*age.X25519Identity, error) {
	path := f.keyPath()
	raw, err := os.ReadFile(path)
	switch {
	case err == nil:
		return age.ParseX25519Identity(strings.TrimSpace(string(raw)))
	case !errors.Is(err, fs.ErrNotExist) || !make:
		return nil, fmt.Errorf("key of the secrets: %w", err)
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	return id, replace(path, []byte(id.String()+"\n"))
}

func (f file) keyPath() string {
	if dir, err := os.UserConfigDir(); err == nil {
		return filepath.Join(dir, "znak", "secrets.key")
	}
	return filepath.Join(f.dir, "secrets.key")
}

// replace writes a file that only this user can read, whole or not at all.
func replace(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
