// Package exchange is the files that come in and go out: the registry of used marks and the evidence of a batch as tables, the bank's
// statement in 1C's exchange format, the payee's requisites and the payment code made of them, the bundle for those who help.
//
// Everything here works on plain rows and streams; the station gathers the rows. A file that is read is taken wholly or not at all, a
// file that is written appears whole or not at all.
package exchange

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"znak/app/hint"
)

// Words says the heads and words of a file in the person's language. *text.Printer does it.
type Words interface {
	Say(key string, args hint.Args) string
	// Value writes a value of the domain, e.g. the state of a piece, in words.
	Value(v any) any
}

// Write makes the file at path from what write puts into it: beside it first, then renamed once it is on the disk. A file of that name is
// replaced; with an error it stays as it was.
func Write(path string, write func(io.Writer) error) (err error) {
	failed := func(err error) error {
		var said hint.Keyed
		if errors.As(err, &said) {
			return err
		}
		return hint.New("exchange.write", hint.Args{"File": path, "Error": err}, err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return failed(err)
	}
	temp, err := os.CreateTemp(dir, ".znak-*.part") // mode 0600: the files name mail and money
	if err != nil {
		return failed(err)
	}
	defer func() {
		if err != nil {
			_ = temp.Close()
			_ = os.Remove(temp.Name())
			err = failed(err)
		}
	}()
	out := bufio.NewWriterSize(temp, 1<<16)
	if err := write(out); err != nil {
		return err
	}
	if err := errors.Join(out.Flush(), temp.Sync()); err != nil {
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a rename durable. Windows has no such call and does without.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
