// Package folder is a printer that puts PDF files into a folder, one a job. A file appears whole or not at all, and
// once it is there its pages count as printed. It is what the station prints to until a real printer is chosen.
package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gofrs/flock"

	"znak/printer"
	"znak/printer/pdf"
)

const (
	defaultDPI = 300
	// lockName is a file that the writer of the folder keeps locked. It is never removed: a lock on a removed file holds nobody off.
	lockName = ".znak.lock"
	// A job is written as .ID.pdf.part and renamed.
	partGlob = ".*.pdf.part"
	lockWait = 2 * time.Second // a reader holds the lock for moments only
)

// Params of a folder.
type Params struct {
	Name string // for people; empty: "folder"
	Dir  string // where the files go; made by the first job. If it is missing later, what was printed is unknown
	DPI  int    // what codes are laid out for; 0: 300
	Now  func() time.Time
	At   func(step string) // is told of each step of a job's end, for tests that break off between two; nil: nobody
}

// Folder is a device that makes files.
type Folder struct {
	Params
	mu   sync.Mutex
	open *job
}

var (
	_ printer.Device = (*Folder)(nil)
	_ printer.Job    = (*job)(nil)
)

// New is a folder; nothing on the disk is touched yet.
func New(p Params) *Folder {
	if p.Name == "" {
		p.Name = "folder"
	}
	if p.DPI == 0 {
		p.DPI = defaultDPI
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.At == nil {
		p.At = func(string) {}
	}
	return &Folder{Params: p}
}

// Info describes the folder. A whole run is one job: one file.
func (f *Folder) Info() printer.Info {
	return printer.Info{Name: f.Name, Kind: "folder", DPI: f.DPI}
}

// State is Ready, Printing while a job is open here, or Offline where the folder cannot be reached.
func (f *Folder) State(ctx context.Context) (printer.State, []string, error) {
	if err := ctx.Err(); err != nil {
		return printer.Unknown, nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open != nil {
		return printer.Printing, nil, nil
	}
	info, err := os.Stat(f.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist): // the first job makes it
		return printer.Ready, nil, nil
	case err != nil:
		return printer.Offline, []string{err.Error()}, nil
	case !info.IsDir():
		return printer.Offline, []string{f.Dir + ": not a folder"}, nil
	}
	return printer.Ready, nil, nil
}

// What may be the name of a file: letters of any script and what a disk of any system takes. The length is not in the pattern: a pattern that counts to
// a hundred and more is slow to make, and it is made at every start.
var idLetters = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]*$`)

const longestID = 121 // characters

// Open begins the file ID.pdf. What jobs of processes that are no more have left half-written is removed.
// Error codes: folder.exists, folder.busy and those of a disk.
func (f *Folder) Open(ctx context.Context, id string) (printer.Job, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !idLetters.MatchString(id) || utf8.RuneCountInString(id) > longestID {
		return nil, fmt.Errorf("folder: %q cannot be the name of a file", id)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open != nil {
		return nil, f.fault("folder.busy", fmt.Errorf("job %s is open", f.open.id))
	}
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return nil, f.disk(err)
	}
	lock := f.flock()
	waiting, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	if ok, err := lock.TryLockContext(waiting, lockWait/50); !ok {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, f.fault("folder.busy", errors.New("another program is writing into it"))
		}
		return nil, f.disk(err)
	}
	j, err := f.begin(id, lock)
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	f.open = j
	return j, nil
}

// begin starts the file while the lock is held.
func (f *Folder) begin(id string, lock *flock.Flock) (*job, error) {
	if _, err := os.Lstat(f.file(id)); err == nil {
		return nil, f.fault("folder.exists", fmt.Errorf("%s: %w", f.file(id), fs.ErrExist))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, f.disk(err)
	}
	// The lock is ours, so whoever wrote these is no more.
	left, err := filepath.Glob(filepath.Join(escape(f.Dir), partGlob))
	if err != nil {
		return nil, f.disk(err)
	}
	for _, name := range left {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, f.disk(err)
		}
	}
	out, err := os.OpenFile(f.part(id), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, f.disk(err)
	}
	return &job{folder: f, id: id, lock: lock, out: out, doc: pdf.New(out, pdf.Options{Title: id, Created: f.Now()})}, nil
}

// Progress says what became of a job: all pages in the file are printed and no others. While the job is being written it is
// Printing, here or by another process. If the folder cannot be reached, is another one than the job went to, or the file was here and is not any
// more, it is Unknown.
func (f *Folder) Progress(ctx context.Context, id string, pages int) (printer.Progress, error) {
	unknown := printer.Progress{State: printer.Unknown, Started: pages}
	if err := ctx.Err(); err != nil {
		return unknown, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open != nil && f.open.id == id {
		return printer.Progress{State: printer.Printing, Started: int(f.open.sent.Load())}, nil
	}
	info, err := os.Stat(f.Dir)
	if err != nil || !info.IsDir() {
		return unknown, f.fault("folder.missing", err)
	}
	// In this order: a writer that ends between two of the questions has its file seen by the last.
	writing, err := f.written()
	if err != nil {
		return unknown, f.disk(err)
	}
	_, part := os.Lstat(f.part(id))
	n, err := f.count(id)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if writing && part == nil {
			return printer.Progress{State: printer.Printing, Started: pages}, nil
		}
		if part == nil { // it broke off before it got its name
			return printer.Progress{State: printer.Done}, nil
		}
		if _, err := os.Lstat(f.lockFile()); err != nil { // no job ever began in this folder
			return unknown, f.fault("folder.missing", err)
		}
		gone, err := f.noted(id)
		if err != nil {
			return unknown, f.disk(err)
		}
		if gone {
			return unknown, nil
		}
		return printer.Progress{State: printer.Done}, nil
	case errors.Is(err, pdf.ErrForeign): // somebody else's file, or a damaged one
		unknown.Files = []string{f.file(id)}
		return unknown, nil
	case err != nil:
		return unknown, f.disk(err)
	}
	n = min(n, pages)
	return printer.Progress{State: printer.Done, Printed: n, Started: n, Files: []string{f.file(id)}}, nil
}

// written reports whether a process, this one too, is writing a job into the folder.
func (f *Folder) written() (bool, error) {
	if f.open != nil {
		return true, nil
	}
	if _, err := os.Lstat(f.lockFile()); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	lock := f.flock()
	ok, err := lock.TryRLock()
	if err != nil {
		return false, err
	}
	return !ok, lock.Unlock()
}

// count is the number of pages in the file of a job.
func (f *Folder) count(id string) (int, error) {
	file, err := os.Open(f.file(id))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return pdf.CountPages(file, info.Size())
}

func (f *Folder) file(id string) string { return filepath.Join(f.Dir, id+".pdf") }
func (f *Folder) part(id string) string { return filepath.Join(f.Dir, "."+id+".pdf.part") }
func (f *Folder) lockFile() string      { return filepath.Join(f.Dir, lockName) }

// flock is the folder's lock. Other users of a shared folder may ask it.
func (f *Folder) flock() *flock.Flock { return flock.New(f.lockFile(), flock.SetPermissions(0o644)) }

// escape makes a path safe before a pattern.
func escape(path string) string {
	return regexp.MustCompile(`[*?\[]`).ReplaceAllString(path, "[$0]")
}

func (f *Folder) fault(code string, err error) error {
	return &printer.Error{Device: f.Name, Code: code, Err: err}
}

// disk names the trouble behind an error of the file system.
func (f *Folder) disk(err error) error {
	var known *printer.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case isFull(err):
		return f.fault("folder.full", err)
	case isReadOnly(err):
		return f.fault("folder.readonly", err)
	case errors.Is(err, fs.ErrNotExist):
		return f.fault("folder.missing", err)
	}
	return f.fault("folder.failed", err)
}
