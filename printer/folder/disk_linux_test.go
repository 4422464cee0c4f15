package folder_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"znak/printer"
	"znak/printer/page/pagetest"
)

// mount makes a real small disk; only root can.
func mount(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("cannot mount a small disk: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, 0) })
	return dir
}

func TestFullDisk(t *testing.T) {
	dir := mount(t)
	f := newFolder(dir)
	j, err := f.Open(t.Context(), "run-1")
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	for ; sent < 1000; sent++ {
		if err = j.Send(t.Context(), pagetest.Envelope(sent, 300)); err != nil {
			break
		}
	}
	wantCode(t, err, "folder.full")
	wantCode(t, j.Send(t.Context(), pagetest.Envelope(0, 300)), "folder.full")
	p, err := j.Finish(t.Context())
	wantCode(t, err, "folder.full")
	if p.Printed != 0 || p.Started != 0 || p.State == printer.Done {
		t.Errorf("%+v", p)
	}
	if got := files(t, dir); got != "" {
		t.Errorf("left: %s", got)
	}
	wantProgress(t, f, "run-1", sent, printer.Progress{State: printer.Done})
	// With room again the same job can be done.
	p, err = begin(t, f, "run-1", 2).Finish(t.Context())
	if err != nil || p.Printed != 2 {
		t.Errorf("%+v %v", p, err)
	}
}

// TestFullAtFinish fills the disk between the last page and the end, when the fonts are still to be written.
func TestFullAtFinish(t *testing.T) {
	dir := mount(t)
	f := newFolder(dir)
	j := begin(t, f, "run-1", 62) // about 225 of 256 KB; the fonts need more than the rest
	p, err := j.Finish(t.Context())
	wantCode(t, err, "folder.full")
	if p.Printed != 0 || p.Started != 0 || files(t, dir) != "" {
		t.Errorf("%+v %s", p, files(t, dir))
	}
}

func TestReadOnlyDisk(t *testing.T) {
	dir := mount(t)
	f := newFolder(dir)
	if _, err := begin(t, f, "run-1", 1).Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	_, err := f.Open(t.Context(), "run-2")
	wantCode(t, err, "folder.readonly")
	name := filepath.Join(dir, "run-1.pdf")
	wantProgress(t, f, "run-1", 1, printer.Progress{State: printer.Done, Printed: 1, Started: 1, Files: []string{name}})
	wantProgress(t, f, "run-2", 1, printer.Progress{State: printer.Done})
}
