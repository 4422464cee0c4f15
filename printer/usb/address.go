package usb

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Address says which printer on the bus is meant: usb://VID:PID/SERIAL, and where the serial number is missing or not alone,
// usb://VID:PID/?port=1-1.2: the socket of the computer it is plugged into. A device with several printers inside has ?interface=N too.
type Address struct {
	Vendor, Product uint16
	Serial          string // as the device's descriptor says it; "" if it has none
	Port            string // bus and ports, as the kernel writes them: "1-1.2"; "" if any
	Interface       int    // number of the printer interface; -1: the first
}

var errAddress = errors.New("want usb://VID:PID/SERIAL with four hexadecimal digits each")

// ParseAddress reads the URI of a setup.
func ParseAddress(uri string) (Address, error) {
	a := Address{Interface: -1}
	rest, ok := cutPrefixFold(uri, "usb://")
	if !ok {
		return a, fmt.Errorf("%q: %w", uri, errAddress)
	}
	rest, query, _ := strings.Cut(rest, "?")
	ids, serial, _ := strings.Cut(rest, "/")
	vendor, product, ok := strings.Cut(ids, ":")
	v, errV := strconv.ParseUint(vendor, 16, 16)
	p, errP := strconv.ParseUint(product, 16, 16)
	if !ok || errV != nil || errP != nil {
		return a, fmt.Errorf("%q: %w", uri, errAddress)
	}
	a.Vendor, a.Product = uint16(v), uint16(p)
	var err error
	if a.Serial, err = url.PathUnescape(serial); err != nil {
		return a, fmt.Errorf("%q: %w", uri, err)
	}
	more, err := url.ParseQuery(query)
	if err != nil {
		return a, fmt.Errorf("%q: %w", uri, err)
	}
	a.Port = more.Get("port")
	if n := more.Get("interface"); n != "" {
		i, err := strconv.ParseUint(n, 10, 8)
		if err != nil {
			return a, fmt.Errorf("%q: interface: %w", uri, err)
		}
		a.Interface = int(i)
	}
	return a, nil
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// String is the URI.
func (a Address) String() string {
	s := fmt.Sprintf("usb://%04x:%04x/%s", a.Vendor, a.Product, url.PathEscape(a.Serial))
	more := url.Values{}
	if a.Port != "" {
		more.Set("port", a.Port)
	}
	if a.Interface >= 0 {
		more.Set("interface", strconv.Itoa(a.Interface))
	}
	if len(more) > 0 {
		s += "?" + more.Encode()
	}
	return s
}

// fits reports whether the address means this printer.
func (a Address) fits(s seat) bool {
	return a.Vendor == s.vendor && a.Product == s.product &&
		(a.Serial == "" || a.Serial == s.serial) &&
		(a.Port == "" || a.Port == s.port) &&
		(a.Interface < 0 || a.Interface == s.iface)
}
