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

// ParseDescriptor reads a report descriptor. ErrNotScanner where it is no scanner's.
func ParseDescriptor(d []byte) (Format, error) {
	f := Format{reports: map[byte]layout{}}
	type global struct {
		page, size, count uint32
		report            byte
	}
	var g global
	var stack []global
	var usages []uint32
	var low, high uint32
	var ranged bool
	bits := map[byte]int{} // of each input report, so far
	scanner := false
	depth, within := 0, -1 // collections; the one that is the scanner
	full := func(v uint32, size int) uint32 {
		if size < 4 {
			return g.page<<16 | v
		}
		return v
	}
	for i := 0; i < len(d); {
		prefix := d[i]
		i++
		if prefix == 0xFE { // a long item: none is defined
			if i >= len(d) {
				break
			}
			i += 2 + int(d[i])
			continue
		}
		size := int(prefix & 3)
		if size == 3 {
			size = 4
		}
		if i+size > len(d) {
			break
		}
		var v uint32
		for k := size - 1; k >= 0; k-- {
			v = v<<8 | uint32(d[i+k])
		}
		i += size
		switch prefix &^ 3 {
		case 0x04: // usage page
			g.page = v & 0xFFFF
		case 0x74:
			g.size = v
		case 0x94:
			g.count = v
		case 0x84:
			g.report, f.numbered = byte(v), true
		case 0xA4:
			if len(stack) < 16 {
				stack = append(stack, g)
			}
		case 0xB4:
			if n := len(stack); n > 0 {
				g, stack = stack[n-1], stack[:n-1]
			}
		case 0x08:
			usages = append(usages, full(v, size))
		case 0x18:
			low, ranged = full(v, size), true
		case 0x28:
			high = full(v, size)
		case 0xA0: // collection
			if len(usages) > 0 && usages[0] == usageScanner && within < 0 {
				scanner, within = true, depth
			}
			depth++
			usages, ranged = nil, false
		case 0xC0:
			if depth--; depth <= within {
				within = -1
			}
			usages, ranged = nil, false
		case 0x80: // input
			if g.size > 32 || g.count > 4096 {
				return f, ErrNotScanner
			}
			if within >= 0 && v&1 == 0 {
				l := f.reports[g.report]
				l.place(usages, low, high, ranged, bits[g.report], int(g.size), int(g.count))
				f.reports[g.report] = l
			}
			if bits[g.report] += int(g.size * g.count); bits[g.report] > 1<<16 {
				return f, ErrNotScanner
			}
			usages, ranged = nil, false
		case 0x90, 0xB0: // output, feature
			usages, ranged = nil, false
		}
	}
	for id, l := range f.reports {
		if l.data.size != 8 || l.data.bit%8 != 0 || l.data.count == 0 {
			delete(f.reports, id)
		}
	}
	if !scanner || len(f.reports) == 0 {
		return f, ErrNotScanner
	}
	return f, nil
}

// place notes where the fields of an input item stand. The elements take their usages in order, the last of them all that are left.
func (l *layout) place(usages []uint32, low, high uint32, ranged bool, bit, size, count int) {
	if ranged {
		for u := low; u <= high && u-low < 256; u++ {
			usages = append(usages, u)
		}
	}
	for k, u := range usages {
		if k >= count {
			return
		}
		at := field{bit: bit + k*size, size: size, count: 1}
		if k == len(usages)-1 {
			at.count = count - k
		}
		switch u {
		case usageData:
			l.data = at
		case usageContinue:
			l.more = at
		case usageCount:
			l.count = at
		}
	}
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
