package hid

import "iter"

// The items of a report descriptor that say where decoded data stands (USB HID 1.11, 6.2.2): the tag and type of an item's first byte, without its size.
const (
	itemUsagePage     = 0x04
	itemUsage         = 0x08
	itemUsageMinimum  = 0x18
	itemUsageMaximum  = 0x28
	itemReportSize    = 0x74
	itemInput         = 0x80
	itemReportID      = 0x84
	itemOutput        = 0x90
	itemReportCount   = 0x94
	itemCollection    = 0xA0
	itemPush          = 0xA4
	itemFeature       = 0xB0
	itemPop           = 0xB4
	itemEndCollection = 0xC0

	itemLong = 0xFE // none is defined
)

// What a descriptor may ask for; no scanner comes near.
const (
	maxPushed  = 16
	maxElement = 32      // bits
	maxCount   = 4096    // elements of an item
	maxReport  = 1 << 16 // bits
	maxRange   = 256     // usages from a minimum to a maximum
)

// item is one short item of a descriptor; size is that of its value, bytes.
type item struct {
	tag   byte
	value uint32
	size  int
}

// items are the short items of a descriptor, up to the first that is cut.
func items(d []byte) iter.Seq[item] {
	return func(yield func(item) bool) {
		for i := 0; i < len(d); {
			prefix := d[i]
			i++
			if prefix == itemLong {
				if i >= len(d) {
					return
				}
				i += 2 + int(d[i])
				continue
			}
			it := item{tag: prefix &^ 3, size: int(prefix & 3)}
			if it.size == 3 {
				it.size = 4
			}
			if i+it.size > len(d) {
				return
			}
			for k := it.size - 1; k >= 0; k-- {
				it.value = it.value<<8 | uint32(d[i+k])
			}
			i += it.size
			if !yield(it) {
				return
			}
		}
	}
}

// global is what holds from an item on, until it is said otherwise.
type global struct {
	page, size, count uint32
	report            byte
}

// local is what holds for the next main item only.
type local struct {
	usages    []uint32
	low, high uint32
	ranged    bool
}

// parser is a descriptor half read.
type parser struct {
	global
	local
	format Format
	pushed []global
	bits   map[byte]int // of each input report, so far
	depth  int          // of collections
	within int          // the depth of the one that is the scanner; -1: outside of it
	found  bool         // there was one
}

// ParseDescriptor reads a report descriptor. ErrNotScanner where it is no scanner's.
func ParseDescriptor(d []byte) (Format, error) {
	p := parser{format: Format{reports: map[byte]layout{}}, bits: map[byte]int{}, within: -1}
	for it := range items(d) {
		if err := p.take(it); err != nil {
			return p.format, err
		}
	}
	for id, l := range p.format.reports {
		if l.data.size != 8 || l.data.bit%8 != 0 || l.data.count == 0 {
			delete(p.format.reports, id)
		}
	}
	if !p.found || len(p.format.reports) == 0 {
		return p.format, ErrNotScanner
	}
	return p.format, nil
}

func (p *parser) take(it item) error {
	switch it.tag {
	case itemUsagePage:
		p.page = it.value & 0xFFFF
	case itemReportSize:
		p.size = it.value
	case itemReportCount:
		p.count = it.value
	case itemReportID:
		p.report, p.format.numbered = byte(it.value), true
	case itemPush:
		if len(p.pushed) < maxPushed {
			p.pushed = append(p.pushed, p.global)
		}
	case itemPop:
		if n := len(p.pushed); n > 0 {
			p.global, p.pushed = p.pushed[n-1], p.pushed[:n-1]
		}
	case itemUsage:
		p.usages = append(p.usages, p.usage(it))
	case itemUsageMinimum:
		p.low, p.ranged = p.usage(it), true
	case itemUsageMaximum:
		p.high = p.usage(it)
	case itemCollection, itemEndCollection, itemInput, itemOutput, itemFeature:
		err := p.main(it)
		p.local = local{low: p.low, high: p.high}
		return err
	}
	return nil
}

// usage is the whole number of a usage: one of two bytes is of the current page.
func (p *parser) usage(it item) uint32 {
	if it.size < 4 {
		return p.page<<16 | it.value
	}
	return it.value
}

func (p *parser) main(it item) error {
	switch it.tag {
	case itemCollection:
		if len(p.usages) > 0 && p.usages[0] == usageScanner && p.within < 0 {
			p.found, p.within = true, p.depth
		}
		p.depth++
	case itemEndCollection:
		if p.depth--; p.depth <= p.within {
			p.within = -1
		}
	case itemInput:
		return p.input(it.value&1 != 0)
	}
	return nil
}

// input notes where the fields of an input item stand; a constant one only takes room.
func (p *parser) input(constant bool) error {
	if p.size > maxElement || p.count > maxCount {
		return ErrNotScanner
	}
	if p.within >= 0 && !constant {
		l := p.format.reports[p.report]
		l.place(p.local, p.bits[p.report], int(p.size), int(p.count))
		p.format.reports[p.report] = l
	}
	if p.bits[p.report] += int(p.size * p.count); p.bits[p.report] > maxReport {
		return ErrNotScanner
	}
	return nil
}

// place notes where the fields of an input item stand, from a bit on. The elements take their usages in order, the last of them all that are left.
func (l *layout) place(of local, bit, size, count int) {
	usages := of.usages
	if of.ranged {
		for u := of.low; u <= of.high && u-of.low < maxRange; u++ {
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
