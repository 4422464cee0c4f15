//go:build !windows

package sound

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// programs play a file; the first that works is used. paplay and pw-play come with the sound servers of today's desktops, aplay with ALSA, afplay
// with macOS. A sound library would bind the program to ALSA's headers and to a library that an office computer need not have.
var programs = [][]string{{"paplay"}, {"pw-play"}, {"aplay", "-q"}, {"afplay"}}

// files plays tones out of files in the cache folder by the system's own program.
type files struct {
	dir      string
	programs [][]string // that may work still
	ready    map[Tone]string
}

func newOutput() output {
	f := &files{ready: map[Tone]string{}}
	if cache, err := os.UserCacheDir(); err == nil {
		f.dir = filepath.Join(cache, "znak", "sounds")
	}
	for _, p := range programs {
		if path, err := exec.LookPath(p[0]); err == nil {
			f.programs = append(f.programs, append([]string{path}, p[1:]...))
		}
	}
	return f
}

const longest = 3 * time.Second // a sound server that does not answer

func (f *files) play(t Tone) {
	for len(f.programs) > 0 {
		file, err := f.file(t)
		if err != nil {
			f.programs = nil // nowhere to put it: silence from now on
			return
		}
		ctx, stop := context.WithTimeout(context.Background(), longest)
		p := f.programs[0]
		err = exec.CommandContext(ctx, p[0], append(p[1:len(p):len(p)], file)...).Run()
		stop()
		if err == nil {
			return
		}
		f.programs = f.programs[1:] // no server behind it: the next
	}
}

// file writes the tone once.
func (f *files) file(t Tone) (string, error) {
	if file, ok := f.ready[t]; ok {
		return file, nil
	}
	if f.dir == "" {
		return "", os.ErrNotExist
	}
	file, want := filepath.Join(f.dir, string(t)+".wav"), WAV(t)
	if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, want) {
		if err := os.MkdirAll(f.dir, 0o700); err != nil {
			return "", err
		}
		if err := os.WriteFile(file, want, 0o600); err != nil {
			return "", err
		}
	}
	f.ready[t] = file
	return file, nil
}
