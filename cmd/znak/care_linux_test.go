package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// ownDisk mounts a file system of its own, as only root may.
func ownDisk(t *testing.T, size string) (dir string, remount func(flags uintptr)) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no disk of its own here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir, func(flags uintptr) {
		t.Helper()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flags, "size="+size); err != nil {
			t.Fatal(err)
		}
	}
}

// What only reads works where nothing can be written, and says so; what writes refuses and changes nothing.
func readsOnly(t *testing.T, dir string) {
	t.Helper()
	out := t.TempDir()
	for args, want := range map[string]string{"evidence 501 --out " + out: `"batch":"501"`, "support --out " + filepath.Join(out, "help.zip"): "help.zip",
		"export-marks --from 2026-01-01 --to 2026-12-31 --out " + filepath.Join(out, "marks.xlsx"): `"rows":0`,
		"reconcile --from 2026-01-01 --to 2026-01-31":                                              `"matched":[]`, "spoiled": "[]", "stale": "[]", "batches": `"name":"501"`, "pieces 501": `"state":"pulled"`, "status": `"states"`, "audit": `"ok":true`,
		"printers": `"kind":"folder"`, "settings": `"printer"`, "outbox": "[]", "retention": `"days":0`} {
		code, out, errOut := inFolder(t, dir, "", append([]string{"--json"}, strings.Fields(args)...)...)
		if code != exitDone || !strings.Contains(out, want) || !strings.Contains(errOut, "только для чтения") {
			t.Errorf("%s: %d, %s, %s", args, code, out, errOut)
		}
	}
	for _, args := range []string{"pull", "approve 501", "print 501", "handover 501", "settings set approval true", "account clear"} {
		if code, _, errOut := inFolder(t, dir, "", strings.Fields(args)...); code != exitStation || errOut == "" {
			t.Errorf("%s: %d, %s", args, code, errOut)
		}
	}
	// The records can be saved from a disk that cannot be written any more.
	file := filepath.Join(t.TempDir(), "saved.db")
	if code, _, errOut := inFolder(t, dir, "", "backup", file); code != exitDone {
		t.Errorf("backup: %d, %s", code, errOut)
	}
}

func TestReadOnlyDataFolder(t *testing.T) {
	dir, remount := ownDisk(t, "32m")
	worked(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "payee.toml"), []byte("name = \"Почта\""), 0o600); err != nil { // no copy holds it yet, and none can be told
		t.Fatal(err)
	}
	remount(syscall.MS_RDONLY)
	readsOnly(t, dir)
	remount(0)
	if code, _, errOut := inFolder(t, dir, "", "approve", "501"); code != exitDone {
		t.Errorf("%d, %s", code, errOut)
	}
}

func TestFullDisk(t *testing.T) {
	dir, _ := ownDisk(t, "32m")
	worked(t, dir)
	before, err := filepath.Glob(filepath.Join(dir, "backups", "*"))
	if err != nil || len(before) != 1 {
		t.Fatal(before, err)
	}
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); err != nil {
			break
		}
	}
	_ = f.Close()
	readsOnly(t, dir)
	if code, _, errOut := inFolder(t, dir, "", "backup"); code != exitStation || !strings.Contains(errOut, "место") {
		t.Errorf("backup: %d, %s", code, errOut)
	}
	if after, _ := filepath.Glob(filepath.Join(dir, "backups", "*")); len(after) != 1 || after[0] != before[0] {
		t.Errorf("%v, before %v", after, before)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := inFolder(t, dir, "", "approve", "501"); code != exitDone {
		t.Errorf("%d, %s", code, errOut)
	}
}

// The day's copy does not fit: the person is told, the work is done all the same, and nothing half is left.
func TestNoRoomForTheDaysCopy(t *testing.T) {
	small, _ := ownDisk(t, "64k")
	dir := t.TempDir()
	worked(t, dir)
	if code, _, errOut := inFolder(t, dir, "", "settings", "set", "backup-dir", small); code != exitDone || !strings.Contains(errOut, "нет места") {
		t.Fatalf("%d, %s", code, errOut)
	}
	code, out, errOut := inFolder(t, dir, "", "--json", "approve", "501")
	if code != exitDone || !strings.Contains(out, "sum_kopecks") || !strings.Contains(errOut, "нет места") {
		t.Errorf("%d, %s, %s", code, out, errOut)
	}
	if left, _ := os.ReadDir(small); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
