package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"

	"znak/printer"
	"znak/printer/page"
	"znak/printer/pdf"
)

// job is a file being written.
type job struct {
	folder *Folder
	id     string
	lock   *flock.Flock

	sent atomic.Int64 // pages; read without the lock

	mu    sync.Mutex
	out   *os.File
	doc   *pdf.Document
	ended bool
	err   error // of the disk; no file can be made any more
}

var errEnded = errors.New("folder: the job has ended")

// Send writes a page into the hidden file. A page that cannot be drawn is not taken and the job goes on; an error of the
// disk ends it with nothing printed.
func (j *job) Send(ctx context.Context, p page.Page) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ended {
		return errEnded
	}
	if j.err != nil {
		return j.err
	}
	err := j.doc.Add(p)
	var path *fs.PathError // only the disk's errors have one
	if errors.As(err, &path) {
		j.err = j.folder.disk(err)
		return j.err
	}
	if err == nil {
		j.sent.Add(1)
	}
	return err
}

// Finish makes the file appear with the pages sent so far. It does not look at the context: it is done in a moment, and
// then it is known. An error means there is no file and nothing is printed, except that after a failing sync of the
// folder itself nobody knows whether the file will survive a loss of power.
func (j *job) Finish(context.Context) (printer.Progress, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ended {
		return printer.Progress{State: printer.Unknown}, errEnded
	}
	pages := j.doc.Pages()
	if pages == 0 && j.err == nil {
		return printer.Progress{State: printer.Done}, j.end()
	}
	if err := j.commit(); err != nil {
		return printer.Progress{State: printer.NeedsPerson, Words: []string{err.Error()}}, errors.Join(j.folder.disk(err), j.end())
	}
	done := printer.Progress{State: printer.Done, Printed: pages, Started: pages, Files: []string{j.folder.file(j.id)}}
	j.folder.At("named")
	if err := syncDir(j.folder.Dir); err != nil {
		done.State, done.Printed = printer.Unknown, 0
		return done, errors.Join(j.folder.disk(err), j.end())
	}
	j.folder.At("kept")
	return done, j.end()
}

// commit ends the hidden file and gives it its name.
func (j *job) commit() error {
	if j.err != nil {
		return j.err
	}
	if err := j.doc.Close(); err != nil {
		return err
	}
	j.folder.At("part")
	if err := j.out.Sync(); err != nil {
		return err
	}
	j.folder.At("synced")
	if err := j.out.Close(); err != nil { // before the renaming, for Windows
		return err
	}
	target := j.folder.file(j.id)
	if _, err := os.Lstat(target); err == nil { // the lock keeps our like away; a person may still have put a file there
		return j.folder.fault("folder.exists", fmt.Errorf("%s: %w", target, fs.ErrExist))
	}
	if err := j.folder.note(j.id); err != nil {
		return err
	}
	j.folder.At("noted")
	return os.Rename(j.folder.part(j.id), target)
}

// Abort gives the job up: nothing is printed.
func (j *job) Abort(context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ended {
		return nil
	}
	return j.end()
}

// end removes the hidden file if it is still there and lets the folder go.
func (j *job) end() error {
	j.ended = true
	j.out.Close() // closed already after a commit
	err := os.Remove(j.folder.part(j.id))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	j.folder.mu.Lock()
	j.folder.open = nil
	j.folder.mu.Unlock()
	return errors.Join(j.folder.disk(err), j.lock.Unlock())
}
