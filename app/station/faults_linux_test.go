package station

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"znak/app/hint"
	"znak/app/post/sandbox"
	"znak/printer"
	"znak/printer/folder"
	"znak/store"
)

// disk is a small file system of its own for the data folder, as only root may have one.
type disk struct {
	t   *testing.T
	dir string
}

const diskSize = 16 << 20

func newDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{t, t.TempDir()}
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", 0, fmt.Sprint("size=", diskSize)); err != nil {
		t.Skipf("no small disk here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(d.dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return d
}

// leave fills the disk until only so many bytes are free. A negative number makes room again.
func (d *disk) leave(free int) {
	d.t.Helper()
	filler := filepath.Join(d.dir, "filler")
	if err := os.Remove(filler); err != nil && !errors.Is(err, os.ErrNotExist) {
		d.t.Fatal(err)
	}
	if free < 0 {
		return
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &stat); err != nil {
		d.t.Fatal(err)
	}
	if fill := int(stat.Bavail)*int(stat.Bsize) - free; fill > 0 {
		if err := os.WriteFile(filler, make([]byte, fill), 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
}

func (d *disk) readOnly(on bool) {
	d.t.Helper()
	flags := uintptr(syscall.MS_REMOUNT)
	if on {
		flags |= syscall.MS_RDONLY
	}
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", flags, fmt.Sprint("size=", diskSize)); err != nil {
		d.t.Fatal(err)
	}
}

// onDisk is a bench whose data folder lies on d. Its store is closed between the steps, as between commands.
func (d *disk) bench(options sandbox.Options) *bench {
	b := newBench(d.t, options)
	b.dir = filepath.Join(d.dir, "data")
	b.devices = []printer.Device{folder.New(folder.Params{Dir: filepath.Join(b.dir, "printed")})}
	if err := os.MkdirAll(filepath.Join(b.dir, "printed"), 0o700); err != nil {
		d.t.Fatal(err)
	}
	b.must(b.store.Close())
	b.open()
	b.must(b.SetSetting(b.ctx, SettingPreflight, "false"))
	return b
}

// full tells the errors of a full disk: the store's, the printer's, the list form's.
func full(err error) bool {
	var device *printer.Error
	key, _, _ := hint.Of(err)
	return errors.Is(err, store.ErrFull) || errors.As(err, &device) && device.Code == "folder.full" || errors.Is(err, syscall.ENOSPC) || key == "station.form"
}

// Each step of the job is tried with a little more room each time, so that the disk is full at each of its writes in turn.
func TestDiskFullAtEachWrite(t *testing.T) {
	const pieces, step = 4, 16 << 10
	d := newDisk(t)
	b := d.bench(sandbox.Options{Seed: 5, Pieces: pieces})
	name := b.purpose("fit", pieces)
	tried := map[string]int{}
	for _, one := range []struct {
		what string
		do   func() error
	}{
		{"pull", func() error { _, err := b.Pull(b.ctx); return err }},
		{"print", func() error { _, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil); return err }},
		{"verify", func() error {
			v := b.Verifier(name)
			for _, pair := range b.texts(name) {
				for _, text := range pair {
					if _, err := v.Scan(b.ctx, text); err != nil {
						return err
					}
				}
			}
			return nil
		}},
		{"hand over", func() error { _, err := b.HandOver(b.ctx, name); return err }},
		{"sync", func() error { _, err := b.Sync(b.ctx); return err }},
	} {
		for room := 0; ; room += step {
			if room > diskSize/2 {
				t.Fatalf("%s needs more than %d bytes", one.what, room)
			}
			b.must(b.store.Close()) // the journal goes, so that the next write needs room again
			d.leave(room)
			err := b.tryOpen()
			if err == nil {
				if err = one.do(); err == nil && one.what == "pull" {
					if _, noted := b.lastContact(b.ctx); noted != nil {
						err = store.ErrFull
					}
				}
			}
			d.leave(-1)
			if err != nil && !full(err) {
				t.Errorf("%s with %d bytes of room: %v", one.what, room, err)
			}
			b.must(b.store.Close())
			b.open() // as the next start does
			b.auditHolds()
			if one.what != "pull" || err == nil {
				b.settled(name)
			}
			if did := b.box.Calls().Batches[name]; did.Checkins > 1 || did.CheckinsRefused > 0 {
				t.Errorf("%s with %d bytes of room: the post counts %+v", one.what, room, did)
			}
			if err == nil {
				break
			}
			tried[one.what]++
		}
	}
	t.Logf("refused for want of room: %v", tried)
	if tried["pull"] == 0 || tried["print"] < 3 || tried["hand over"] == 0 {
		t.Errorf("the disk was hardly ever full: %v", tried)
	}
	b.arrived(name, pieces)
}

// tryOpen is open without its insisting.
func (b *bench) tryOpen() error {
	s, err := store.Open(b.ctx, store.Params{Path: filepath.Join(b.dir, "znak.db")})
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	b.open()
	return nil
}

// A disk that turns read-only, as disks do when they are about to die.
func TestDiskTurnsReadOnly(t *testing.T) {
	const pieces = 6
	d := newDisk(t)
	b := d.bench(sandbox.Options{Seed: 5, Pieces: pieces})
	name := b.purpose("fit", pieces)
	b.pulled()
	_, err := b.Print(b.ctx, PrintOrder{Batch: name, Limit: 2}, nil, nil)
	b.must(err)
	b.must(b.store.Close())
	d.readOnly(true)
	if _, err := store.Open(b.ctx, store.Params{Path: filepath.Join(b.dir, "znak.db")}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("open: %v", err)
	}
	d.readOnly(false)
	b.open()
	b.settled(name)
	b.rest(name, pieces)
}
