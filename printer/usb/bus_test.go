package usb

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree makes a folder like sysfs: a file a line, "path = content", and links "path -> target".
func tree(t *testing.T, text string) string {
	t.Helper()
	root := t.TempDir()
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, content, isFile := strings.Cut(line, " = ")
		if !isFile {
			name, content, _ = strings.Cut(line, " -> ")
		}
		path := filepath.Join(root, name)
		if line == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		err := os.WriteFile(path, []byte(content+"\n"), 0o644)
		if !isFile {
			os.Remove(path)
			err = os.Symlink(content, path)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const scannerAndPrinter = `
	1-1.2/idVendor = 04b8
	1-1.2/idProduct = 0a0b
	1-1.2/serial = X 1
	1-1.2/manufacturer = Acme
	1-1.2/product = Box
	1-1.2/busnum = 1
	1-1.2/devnum = 17
	1-1.2:1.0/bInterfaceClass = ff
	1-1.2:1.0/bInterfaceSubClass = ff
	1-1.2:1.0/bInterfaceNumber = 00
	1-1.2:1.1/bInterfaceClass = 07
	1-1.2:1.1/bInterfaceSubClass = 01
	1-1.2:1.1/bInterfaceNumber = 01
	1-1.2:1.1/bAlternateSetting =  0
	1-1.2:1.1/ieee1284_id = MFG:Acme;MDL:Box;CMD:PDF;
	1-1.2:1.1/usbmisc/lp3/dev = 180:3
	1-1.2:1.1/driver -> ../../../bus/usb/drivers/usblp
`

func TestSeats(t *testing.T) {
	root := tree(t, scannerAndPrinter)
	all, err := seats(root)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v %v", all, err)
	}
	want := seat{port: "1-1.2", bus: 1, number: 17, vendor: 0x04b8, product: 0x0a0b, serial: "X 1", maker: "Acme", model: "Box",
		config: 1, iface: 1, driver: "usblp", lp: "lp3", deviceID: "MFG:Acme;MDL:Box;CMD:PDF;"}
	if all[0] != want {
		t.Errorf("%+v", all[0])
	}
	if all[0].node() != "/dev/bus/usb/001/017" || !all[0].here(root) {
		t.Errorf("%s", all[0].node())
	}
	if a := all[0].address(false, false); a.String() != "usb://04b8:0a0b/X%201" || !a.fits(all[0]) {
		t.Errorf("%s", a)
	}
	// Plugged in anew it has another number.
	if err := os.WriteFile(filepath.Join(root, "1-1.2/devnum"), []byte("18\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if all[0].here(root) {
		t.Error("the old plugging in is still there")
	}
	if none, err := seats(filepath.Join(root, "nothing")); err != nil || none != nil {
		t.Errorf("%v %v", none, err)
	}
}

// Without serial numbers, the socket tells two printers apart.
func TestSeatsWithoutSerial(t *testing.T) {
	text := strings.ReplaceAll(scannerAndPrinter, "	1-1.2/serial = X 1\n", "")
	root := tree(t, text+strings.ReplaceAll(text, "1-1.2", "1-1.3"))
	all, err := seats(root)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v %v", all, err)
	}
	a, b := all[0].address(false, false), all[1].address(false, false)
	if a == b || a.fits(all[1]) || !a.fits(all[0]) || a.String() != "usb://04b8:0a0b/?port=1-1.2" {
		t.Errorf("%s %s", a, b)
	}
}
