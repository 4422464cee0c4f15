//go:build !linux || !cgo || nousb

package usb_test

import (
	"errors"
	"testing"

	"znak/printer"
	"znak/printer/usb"
)

// Built without libusb, the program says so.
func TestAbsent(t *testing.T) {
	d := usb.New(usb.Params{})
	_, err := d.Find(t.Context())
	_, err2 := d.Open(printer.Setup{Name: "p", URI: "usb://0a5f:00d1/1"})
	for _, err := range []error{err, err2} {
		var e *printer.Error
		if !errors.As(err, &e) || e.Code != "usb.absent" {
			t.Errorf("%v", err)
		}
	}
}
