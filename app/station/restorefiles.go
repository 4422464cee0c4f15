package station

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"znak/app/exchange"
	"znak/store"
)

// settingFiles are the files of the data folder that a person fills in. A copy of the store holds them, so that a copy alone is enough to go on with;
// the account's secrets are not among them and never leave the keyring.
var settingFiles = []string{payeeFile}

// keySettingFile and the name of a file make the key of the setting that holds it.
const keySettingFile = "file."

// largestSettingFile bounds what of such a file is kept; nobody types more.
const largestSettingFile = 64 << 10

// keepSettingFiles puts the files as they are now into the store, before it is copied.
func (s *Station) keepSettingFiles(ctx context.Context) error {
	for _, name := range settingFiles {
		raw, err := os.ReadFile(filepath.Join(s.dir, name))
		if errors.Is(err, os.ErrNotExist) || len(raw) > largestSettingFile {
			continue
		}
		if err != nil {
			return err
		}
		kept, _, err := s.store.Setting(ctx, keySettingFile+name)
		if err != nil {
			return err
		}
		if kept == string(raw) {
			continue
		}
		err = s.store.Write(ctx, func(tx *store.Tx) error { return tx.SetSetting(keySettingFile+name, string(raw)) })
		if err != nil && !errors.Is(err, store.ErrReadOnly) { // a disk that cannot be written can still be copied, with the file as it was
			return err
		}
	}
	return nil
}

// keptFiles are the files that a store holds, by their names.
func keptFiles(ctx context.Context, s *store.Store) (map[string]string, error) {
	files := map[string]string{}
	for _, name := range settingFiles {
		text, ok, err := s.Setting(ctx, keySettingFile+name)
		if err != nil {
			return nil, err
		}
		if ok && text != "" {
			files[name] = text
		}
	}
	return files, nil
}

// bringBack writes the files of a restored store into the data folder. One that is there and says something else is kept beside, under the
// name of the replaced store with its own name after it.
func bringBack(dir string, files map[string]string, replaced string) (written []string, err error) {
	for _, name := range settingFiles {
		text, ok := files[name]
		path := filepath.Join(dir, name)
		have, err := os.ReadFile(path)
		if !ok || err == nil && bytes.Equal(have, []byte(text)) {
			continue
		}
		if err == nil && replaced != "" {
			beside := strings.TrimSuffix(replaced, filepath.Ext(replaced)) + "." + name
			if err := os.Rename(path, beside); err != nil {
				return written, err
			}
		}
		if err := exchange.Write(path, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		}); err != nil {
			return written, err
		}
		written = append(written, path)
	}
	return written, nil
}
