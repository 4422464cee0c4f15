package hid

import (
	"os"
	"path/filepath"
	"testing"

	"znak/app/scan"
)

// TestPlaces lists scanners from a class folder as the kernel lays it out.
func TestPlaces(t *testing.T) {
	class := t.TempDir()
	put := func(name string, descriptor []byte, uevent string) {
		dir := filepath.Join(class, name, "device")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for file, data := range map[string][]byte{"report_descriptor": descriptor, "uevent": []byte(uevent)} {
			if err := os.WriteFile(filepath.Join(dir, file), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	put("hidraw0", boardDescriptor, "HID_NAME=Keyboard\n")
	put("hidraw1", descriptor, "DRIVER=hid-generic\nHID_ID=0003:00000C2E:00000B61\nHID_NAME=Honeywell 1470g\nHID_PHYS=usb-0000:00:14.0-2/input0\nHID_UNIQ=18093B4C20\n")
	list, err := places(class)
	want := scan.Place{Kind: scan.DeviceHID, Port: "/dev/hidraw1", VID: "0c2e", PID: "0b61", Serial: "18093B4C20", Model: "Honeywell 1470g"}
	if err != nil || len(list) != 1 || list[0] != want {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := places(filepath.Join(class, "none")); err != nil || list != nil {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := (Driver{}).Open("/dev/hidraw-none", 0); err == nil {
		t.Error("a scanner that is not there was opened")
	}
}
