package hid

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"znak/app/scan"
)

// descriptor is one of a scanner as HID POS describes it: report 2 with a byte count, three bytes of symbology, 56 bytes of data and a flag whether
// more follows. Written for these tests after the HID POS usage tables.
var descriptor = []byte{
	0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, // usage page bar code scanner, usage bar code scanner, collection
	0x09, 0x12, 0xA1, 0x02, // scanned data report
	0x85, 0x02, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x01,
	0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, // byte count
	0x95, 0x03, 0x05, 0x8C, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x81, 0x02, // symbology
	0x95, 0x38, 0x09, 0xFE, 0x82, 0x02, 0x01, // decoded data
	0x95, 0x01, 0x75, 0x01, 0x25, 0x01, 0x09, 0xFF, 0x81, 0x02, // continued
	0x75, 0x07, 0x81, 0x03, // padding
	0xC0,
	0x09, 0x14, 0xA1, 0x02, 0x85, 0x04, 0x75, 0x08, 0x95, 0x01, 0x09, 0x01, 0x91, 0x02, 0xC0, // an output report
	0xC0,
}

// bare is one without report numbers and without a byte count.
var bare = []byte{0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x75, 0x08, 0x95, 0x20, 0x09, 0xFE, 0x81, 0x02, 0xC0}

// boardDescriptor is a keyboard's (USB HID 1.11, appendix B.1).
var boardDescriptor = []byte{
	0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01,
	0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0,
}

// reports cuts a text as a scanner with descriptor does.
func reports(text string) (list [][]byte) {
	for {
		n := min(len(text), 56)
		r := make([]byte, 62)
		r[0], r[1], r[2], r[3], r[4] = 2, byte(n), ']', 'Q', '1'
		copy(r[5:], text[:n])
		if text = text[n:]; text != "" {
			r[61] = 1
		}
		if list = append(list, r); text == "" {
			return list
		}
	}
}

func TestDecoder(t *testing.T) {
	f, err := ParseDescriptor(descriptor)
	if err != nil {
		t.Fatal(err)
	}
	d := Decoder{Format: f}
	var every strings.Builder
	for b := range 256 {
		every.WriteByte(byte(b))
	}
	for _, want := range []string{"1", "10944022440321\r", scan.SetupText(), every.String(), strings.Repeat("x", 56), strings.Repeat("y", 57), "end with zeros\x00\x00"} {
		list := reports(want)
		for i, r := range list {
			got, whole := d.Take(r)
			if whole != (i == len(list)-1) || whole && got != want {
				t.Errorf("report %d of %d: %q, %v", i+1, len(list), got, whole)
			}
		}
	}
	if _, whole := d.Take([]byte{4, 1, 2, 3}); whole {
		t.Error("a report of something else is a code")
	}
	for _, r := range [][]byte{nil, {2}, {2, 200}, {2, 0, 0, 0, 0}} {
		d.Take(r) // cut short: must not fail
	}
	if f, err = ParseDescriptor(bare); err != nil {
		t.Fatal(err)
	}
	d = Decoder{Format: f}
	if got, whole := d.Take(append([]byte("10944022440321"), make([]byte, 18)...)); !whole || got != "10944022440321" {
		t.Errorf("without a count: %q, %v", got, whole)
	}
}

func TestKeyboardsAreNoScanners(t *testing.T) {
	for _, d := range [][]byte{boardDescriptor, nil, {0x05}, descriptor[:20], bytes.Repeat([]byte{0xA4}, 1000), bytes.Repeat([]byte{0xFE, 0}, 40)} {
		if _, err := ParseDescriptor(d); !errors.Is(err, ErrNotScanner) {
			t.Errorf("%x: %v", d, err)
		}
	}
}

func FuzzDescriptor(f *testing.F) {
	f.Add(descriptor, reports("10944022440321")[0])
	f.Add(bare, []byte("10944022440321"))
	f.Add(boardDescriptor, []byte{0})
	f.Fuzz(func(t *testing.T, descriptor, report []byte) {
		format, err := ParseDescriptor(descriptor)
		if err != nil {
			return
		}
		d := Decoder{Format: format}
		for i := range 3 {
			if text, whole := d.Take(report); whole == (text == "") {
				t.Fatal(fmt.Sprint(i, text, whole))
			}
		}
	})
}
