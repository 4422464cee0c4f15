package usb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// Numbers of the USB printer class, "Universal Serial Bus Device Class Definition for Printing Devices" 1.1, section 4.3.
const (
	classPrinter    = 0x07
	subclassPrinter = 0x01
	oneWay          = 0x01 // protocol: bulk out only
	twoWay          = 0x02 // bulk out and bulk in
)

// sysfs is where Linux lists what is plugged in. Reading it costs far less than a look by libusb, needs no rights, wakes no device and
// sees a printer come and go also where no udev runs.
const sysfs = "/sys/bus/usb/devices"

// seat is a printer interface of a device that is plugged in now.
type seat struct {
	port            string // "1-1.2": the socket
	bus, number     int    // the number changes with each plugging in
	vendor, product uint16
	serial          string
	maker, model    string // by the device's descriptors; the device id tells it better
	config          int    // the active configuration
	iface, alt      int    // the printer interface and the setting of it that is chosen now
	driver          string // the kernel's driver of the interface: "usblp", "usbfs" (another program), ""
	lp              string // the file of usblp: "lp0"
	deviceID        string // as usblp has read it; "" without usblp
}

// node is the file by which programs speak with the device.
func (s seat) node() string { return fmt.Sprintf("/dev/bus/usb/%03d/%03d", s.bus, s.number) }

// address names the seat; its port only where that is needed to tell it from others.
func (s seat) address(withPort, withInterface bool) Address {
	a := Address{Vendor: s.vendor, Product: s.product, Serial: s.serial, Interface: -1}
	if withPort || s.serial == "" {
		a.Port = s.port
	}
	if withInterface {
		a.Interface = s.iface
	}
	return a
}

// seats lists the printer interfaces, in the order of sockets. One that is pulled while it is read is left out.
func seats(root string) ([]seat, error) {
	entries, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) { // a computer without USB
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []seat
	for _, e := range entries {
		port, rest, ok := strings.Cut(e.Name(), ":") // "1-1.2:1.0": interface 0 of configuration 1
		if !ok {
			continue
		}
		s, ok := readSeat(root, port, rest)
		if ok {
			all = append(all, s)
		}
	}
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].port != all[j].port {
			return all[i].port < all[j].port
		}
		return all[i].iface < all[j].iface
	})
	return all, nil
}

func readSeat(root, port, rest string) (seat, bool) {
	own := filepath.Join(root, port+":"+rest)
	if hexOf(own, "bInterfaceClass") != classPrinter || hexOf(own, "bInterfaceSubClass") != subclassPrinter {
		return seat{}, false
	}
	device := filepath.Join(root, port)
	s := seat{
		port: port, vendor: uint16(hexOf(device, "idVendor")), product: uint16(hexOf(device, "idProduct")),
		serial: textOf(device, "serial"), maker: textOf(device, "manufacturer"), model: textOf(device, "product"),
		iface: hexOf(own, "bInterfaceNumber"), alt: hexOf(own, "bAlternateSetting"), deviceID: textOf(own, "ieee1284_id"),
	}
	s.bus, _ = strconv.Atoi(textOf(device, "busnum"))
	s.number, _ = strconv.Atoi(textOf(device, "devnum"))
	config, _, _ := strings.Cut(rest, ".")
	s.config, _ = strconv.Atoi(config)
	if link, err := os.Readlink(filepath.Join(own, "driver")); err == nil {
		s.driver = filepath.Base(link)
	}
	if files, err := os.ReadDir(filepath.Join(own, "usbmisc")); err == nil && len(files) > 0 {
		s.lp = files[0].Name()
	}
	return s, s.bus > 0 && s.number > 0
}

// here reports whether the same plugging in is still there.
func (s seat) here(root string) bool {
	return textOf(filepath.Join(root, s.port), "devnum") == strconv.Itoa(s.number) &&
		hexOf(filepath.Join(root, s.port), "idVendor") == int(s.vendor)
}

func textOf(dir, name string) string {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return ""
	}
	return clean(string(b))
}

// hexOf reads a number of sysfs, which are hexadecimal without a sign of it; -1 if it cannot be read.
func hexOf(dir, name string) int {
	n, err := strconv.ParseUint(textOf(dir, name), 16, 32)
	if err != nil {
		return -1
	}
	return int(n)
}
