package zpl

import (
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"
)

// Graphics is how the picture of a label is packed. All three are ^GFA, which every ZPL printer knows; an old or a foreign one may know only
// the plain hexadecimal digits.
type Graphics string

const (
	Z64 Graphics = "z64" // zlib and base64, with a checksum that makes the printer drop a damaged picture
	ACS Graphics = "acs" // runs of hexadecimal digits, and repeated rows
	Hex Graphics = "hex" // hexadecimal digits
)

// packer writes the data part of a ^GF and keeps its buffers from one picture to the next.
type packer struct {
	zip  *zlib.Writer
	line []byte
	runs []byte
}

// write packs a region of the bitmap.
func (p *packer) write(w io.Writer, g Graphics, b *bitmap, r region) error {
	switch g {
	case Z64:
		return p.z64(w, b, r)
	case ACS:
		return p.acs(w, b, r)
	}
	return p.hex(w, b, r)
}

// z64 writes ":Z64:", the compressed bytes in base64, and after a colon the CRC of that text (ZPL programming guide, "ZB64 encoding").
func (p *packer) z64(w io.Writer, b *bitmap, r region) error {
	if _, err := io.WriteString(w, ":Z64:"); err != nil {
		return err
	}
	sum := &crc{}
	text := base64.NewEncoder(base64.StdEncoding, io.MultiWriter(w, sum))
	if p.zip == nil {
		var err error
		if p.zip, err = zlib.NewWriterLevel(text, zlib.BestSpeed); err != nil {
			return err
		}
	} else {
		p.zip.Reset(text)
	}
	for y := r.y0; y < r.y1; y++ {
		if _, err := p.zip.Write(b.bits[y*b.stride+r.x0 : y*b.stride+r.x1]); err != nil {
			return err
		}
	}
	if err := p.zip.Close(); err != nil {
		return err
	}
	if err := text.Close(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, ":%04X", sum.v)
	return err
}

const digits = "0123456789ABCDEF"

// digitsOf are the hexadecimal digits of a row of the region.
func (p *packer) digitsOf(b *bitmap, r region, y int) []byte {
	p.line = p.line[:0]
	for _, v := range b.bits[y*b.stride+r.x0 : y*b.stride+r.x1] {
		p.line = append(p.line, digits[v>>4], digits[v&15])
	}
	return p.line
}

func (p *packer) hex(w io.Writer, b *bitmap, r region) error {
	for y := r.y0; y < r.y1; y++ {
		if _, err := w.Write(p.digitsOf(b, r, y)); err != nil {
			return err
		}
	}
	return nil
}

// acs writes each row by the alternative compression scheme: a letter says how often the digit after it comes (G to Y once to nineteen times,
// g to z twenty to four hundred times, both add up); "," ends a row with white, ":" repeats the row above.
// The mark "!", which should end a row with black, is not used: there are readers that take it for the digit 1.
func (p *packer) acs(w io.Writer, b *bitmap, r region) error {
	for y := r.y0; y < r.y1; y++ {
		if y > r.y0 && string(b.bits[y*b.stride+r.x0:y*b.stride+r.x1]) == string(b.bits[(y-1)*b.stride+r.x0:(y-1)*b.stride+r.x1]) {
			p.runs = append(p.runs[:0], ':')
		} else {
			p.runs = acsRow(p.runs[:0], p.digitsOf(b, r, y))
		}
		if _, err := w.Write(p.runs); err != nil {
			return err
		}
	}
	return nil
}

func acsRow(out, line []byte) []byte {
	for i := 0; i < len(line); {
		n := 1
		for i+n < len(line) && line[i+n] == line[i] {
			n++
		}
		digit := line[i]
		i += n
		if i == len(line) && digit == '0' {
			return append(out, ',')
		}
		for ; n > 419; n -= 400 {
			out = append(out, 'z')
		}
		if n >= 20 {
			out = append(out, byte('g'+n/20-1))
			n %= 20
		} else if n == 1 { // a single digit is its own shortest form
			out = append(out, digit)
			continue
		}
		if n > 0 {
			out = append(out, byte('G'+n-1))
		}
		out = append(out, digit)
	}
	return out
}

// crc is the CRC-16 of the CCITT polynomial x¹⁶+x¹²+x⁵+1, begun with 0.
type crc struct{ v uint16 }

var _ io.Writer = (*crc)(nil)

var crcTable = func() (t [256]uint16) {
	for i := range t {
		v := uint16(i) << 8
		for range 8 {
			if v&0x8000 != 0 {
				v = v<<1 ^ 0x1021
			} else {
				v <<= 1
			}
		}
		t[i] = v
	}
	return t
}()

func (c *crc) Write(b []byte) (int, error) {
	for _, v := range b {
		c.v = c.v<<8 ^ crcTable[byte(c.v>>8)^v]
	}
	return len(b), nil
}
