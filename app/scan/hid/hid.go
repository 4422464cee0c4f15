// Package hid listens to USB scanners in the mode HID POS (usage page 0x8C): they send each code's bytes in reports and no keyboard layout
// stands in between. On Linux through /dev/hidraw; on other systems it says in words which mode to use instead.
//
// What a report holds is read from the device's own descriptor (USB HID 1.11 §6.2.2, HID POS usage tables 1.02 §2), not from its maker's habits.
package hid

import (
	"errors"

	"znak/app/scan"
)

// Driver finds and opens HID POS scanners.
type Driver struct{}

var _ scan.Driver = Driver{}

// Kind is scan.DeviceHID.
func (Driver) Kind() scan.DeviceKind { return scan.DeviceHID }

// The usages that matter: the page in the upper half.
const (
	pageScanner   = 0x8C
	usageScanner  = 0x8C0002 // bar code scanner: the application collection
	usageData     = 0x8C00FE // decoded data
	usageContinue = 0x8C00FF // decode data continued: more of the same code follows in the next report
	usageCount    = 0x01003B // byte count, of the generic desktop page
)

// ErrNotScanner says that a descriptor is none of a HID POS scanner.
var ErrNotScanner = errors.New("no bar code scanner's descriptor")

// field is where something stands in a report.
type field struct {
	bit, size, count int // of the first element, counted behind the report's number; size is of one element
}

// layout is what an input report of decoded data looks like.
type layout struct {
	data  field
	count field // of the bytes in data; size 0: the report does not say
	more  field // size 0: codes never go over several reports
}

// Format knows the reports of one scanner.
type Format struct {
	numbered bool            // reports begin with their number
	reports  map[byte]layout // by number; 0 where they have none
}

// value reads the first element of a field.
func (f field) value(report []byte) (v int, ok bool) {
	if f.size == 0 || f.size > 16 || f.bit+f.size > 8*len(report) {
		return 0, false
	}
	for k := range f.size {
		v |= int(report[(f.bit+k)/8]>>((f.bit+k)%8)&1) << k
	}
	return v, true
}

// Decoder puts codes together from reports. The zero value with a Format is ready; it is not safe for concurrent use.
type Decoder struct {
	Format Format
	held   []byte
}

// maxCode bounds a code, bytes: the largest QR holds less.
const maxCode = 8 << 10

// Take adds one report, as the system gives it, and gives the code that it completes. Reports of other things are passed over.
func (d *Decoder) Take(report []byte) (text string, whole bool) {
	id := byte(0)
	if d.Format.numbered {
		if len(report) == 0 {
			return "", false
		}
		id, report = report[0], report[1:]
	}
	l, ok := d.Format.reports[id]
	if !ok || l.data.bit/8 > len(report) {
		return "", false
	}
	data := report[l.data.bit/8:]
	data = data[:min(len(data), l.data.count)]
	if n, ok := l.count.value(report); ok {
		data = data[:min(n, len(data))]
	} else {
		for len(data) > 0 && data[len(data)-1] == 0 { // what is not filled
			data = data[:len(data)-1]
		}
	}
	d.held = append(d.held, data...)
	if more, ok := l.more.value(report); ok && more != 0 && len(d.held) < maxCode {
		return "", false
	}
	text = string(d.held)
	d.held = d.held[:0]
	return text, text != ""
}
