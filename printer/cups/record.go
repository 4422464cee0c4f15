package cups

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// record is the list of the jobs that a device was about to send, a line each: the number of pages and the id. It is kept on the station's own disk. It is the second
// witness beside CUPS's history, which can be switched off, purged, or lost with the power (cupsd writes it down up to half a minute late): a job
// that neither knows was never sent.
type record struct{ dir, device string }

// file is one for each device; its name says nothing of the device's.
func (r record) file() string {
	sum := sha256.Sum256([]byte(r.device))
	return filepath.Join(r.dir, fmt.Sprintf("cups-%x.sent", sum[:8]))
}

// note writes a job down, durably, before it is sent.
func (r record) note(id string, pages int) error {
	if r.dir == "" {
		return nil
	}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(r.file(), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%d %s\n", pages, id)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// sent finds a job that was about to be sent, and how many pages it had. known is false where nothing was ever noted, so that nobody can tell.
func (r record) sent(id string) (pages int, sent, known bool, err error) {
	if r.dir == "" {
		return 0, false, false, nil
	}
	f, err := os.Open(r.file())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, false, nil
	}
	if err != nil {
		return 0, false, false, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if n, name, ok := strings.Cut(lines.Text(), " "); ok && name == id {
			pages, err = strconv.Atoi(n)
			return pages, true, err == nil, err
		}
	}
	return 0, false, true, lines.Err()
}
