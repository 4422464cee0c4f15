package station

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"znak/app/postal"
	"znak/app/scan"
	"znak/app/text"
	"znak/store"
)

func TestNextToPrint(t *testing.T) {
	batch := func(name string, ready bool, left int) BatchView {
		return BatchView{BatchRow: store.BatchRow{Batch: postal.Batch{Name: name}}, Ready: ready, ToPrint: left}
	}
	list := []BatchView{batch("1", true, 10), batch("2", false, 10), batch("3", true, 0), batch("4", true, 1)}
	for after, want := range map[string]string{"": "1", "1": "4", "2": "4", "4": "1", "gone": "1"} {
		if got := nextToPrint(list, after); got != want {
			t.Errorf("after %q comes %q, want %q", after, got, want)
		}
	}
	if got := nextToPrint(list[1:3], ""); got != "" {
		t.Errorf("%q can be printed", got)
	}
	if got := nextToPrint(nil, ""); got != "" {
		t.Errorf("%q of nothing", got)
	}
}

// Every command that names a reason has one that the reprint desk knows.
func TestReasonsOfCommands(t *testing.T) {
	n := 0
	for _, c := range scan.Commands {
		if reason, ok := ReasonOf(c); ok {
			n++
			found := false
			for _, r := range ReprintReasons {
				found = found || r == reason
			}
			if !found {
				t.Errorf("%s means %q", c, reason)
			}
		}
	}
	if n != 5 {
		t.Errorf("%d commands name a reason", n)
	}
}

func TestScannersAreKept(t *testing.T) {
	ctx := t.Context()
	db, err := store.Open(ctx, store.Params{Path: filepath.Join(t.TempDir(), StoreFile), Who: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := &Station{store: db, now: timeNow, dir: t.TempDir()}
	names := func() (list []string) {
		devices, err := s.Scanners(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range devices {
			list = append(list, d.Name)
		}
		return list
	}
	usb := scan.Place{Kind: scan.DeviceSerial, Port: "COM3", VID: "0c2e", PID: "0b6a", Serial: "1"}
	for _, d := range []scan.Device{scan.At("keys", scan.Place{Kind: scan.DeviceKeyboard}, 0), scan.At(" desk ", usb, 9600)} {
		if err := s.PutScanner(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	usb.Port = "COM9" // the same scanner at another port
	for _, d := range []scan.Device{{}, {Name: "x"}, {Name: "x", Kind: scan.DeviceSerial}, scan.At("again", usb, 0), scan.At("keys 2", scan.Place{Kind: scan.DeviceKeyboard}, 0)} {
		if err := s.PutScanner(ctx, d); err == nil {
			t.Errorf("%+v was taken", d)
		}
	}
	learned, err := scan.Learn("X" + scan.SetupText() + "\r")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ProveScanner(ctx, scan.At("desk", usb, 115200), learned); err != nil {
		t.Fatal(err)
	}
	devices, err := s.Scanners(ctx)
	if err != nil || len(devices) != 2 {
		t.Fatalf("%+v, %v", devices, err)
	}
	if d := devices[1]; d.Name != "desk" || d.Port != "COM9" || d.Profile.Prefix != "X" || d.Proof == nil || !d.Proof.At.Equal(timeNow()) {
		t.Errorf("%+v", d)
	}
	if err := s.RemoveScanner(ctx, "keys"); err != nil || len(names()) != 1 {
		t.Errorf("%v, %v", names(), err)
	}
	if err := s.RemoveScanner(ctx, "keys"); err == nil {
		t.Error("removed twice")
	}
	words, err := text.Load("ru")
	if err != nil {
		t.Fatal(err)
	}
	file, err := s.CommandSheet(ctx, words, "")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Size() < 1000 {
		t.Errorf("%v, %v", info, err)
	}
}

func timeNow() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }
