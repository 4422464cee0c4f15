//go:build !windows

package sound

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A program that fails gives way to the next; with none left there is silence and no error.
func TestPrograms(t *testing.T) {
	dir := t.TempDir()
	script := func(name, body string) []string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
			t.Fatal(err)
		}
		return []string{file, "-q"}
	}
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no shell")
	}
	f := &files{dir: filepath.Join(dir, "sounds"), ready: map[Tone]string{}, programs: [][]string{
		script("deaf", "exit 1"), script("good", `cp "$2" `+filepath.Join(dir, "heard"))}}
	f.play(Done)
	if got, err := os.ReadFile(filepath.Join(dir, "heard")); err != nil || !slices.Equal(got, WAV(Done)) || len(f.programs) != 1 {
		t.Errorf("%d bytes, %v, %d programs", len(got), err, len(f.programs))
	}
	if err := os.Remove(f.programs[0][0]); err != nil {
		t.Fatal(err)
	}
	f.play(OK)
	f.play(OK)
	if len(f.programs) != 0 {
		t.Error("a program that does not start is kept")
	}
}
