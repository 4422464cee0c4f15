// Package zpltest is a label printer made of software: it understands what printer/zpl writes by a decoder of its own, answers as a real
// one does, and plays the faults of one. Tests use it, and znak-sandbox ships it.
package zpltest

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Graphic is the picture of a ^GF command: rows of whole bytes, the highest bit leftmost, 1 is black.
type Graphic struct {
	Stride int // bytes a row
	Bits   []byte
}

// Height is the number of rows.
func (g Graphic) Height() int { return len(g.Bits) / max(1, g.Stride) }

// Black reports whether a dot is black.
func (g Graphic) Black(x, y int) bool { return g.Bits[y*g.Stride+x/8]&(0x80>>(x%8)) != 0 }

// maxGraphic bounds what one graphic may claim: 600 dpi, C4, and to spare.
const maxGraphic = 16 << 20

var errGraphic = errors.New("bad ^GF")

// DecodeGraphic reads the parameters and the data of a ^GFA command, what stands between ^GF and the next command: "A,bytes,total,stride,data".
// The data may be hexadecimal digits with the repeat letters of the alternative compression scheme, or :B64: or :Z64:. An error leaves no picture, as
// on a printer that drops what it does not understand.
func DecodeGraphic(args string) (Graphic, error) {
	fields := strings.SplitN(args, ",", 5)
	if len(fields) < 5 || fields[0] != "A" {
		return Graphic{}, fmt.Errorf("%w: not A,bytes,total,stride,data", errGraphic)
	}
	var n [3]int
	for i := range n {
		v, err := strconv.Atoi(fields[i+1])
		if err != nil || v < 1 || v > maxGraphic {
			return Graphic{}, fmt.Errorf("%w: size %q", errGraphic, fields[i+1])
		}
		n[i] = v
	}
	total, stride := n[1], n[2]
	if total%stride != 0 {
		return Graphic{}, fmt.Errorf("%w: %d bytes are no whole rows of %d", errGraphic, total, stride)
	}
	data := fields[4]
	var bits []byte
	var err error
	if id := data[:min(5, len(data))]; id == ":Z64:" || id == ":B64:" {
		bits, err = armoured(id, data[5:], total)
	} else {
		bits, err = unrun(data, stride, total)
	}
	if err != nil {
		return Graphic{}, err
	}
	return Graphic{stride, bits}, nil
}

// armoured undoes base64, its checksum and the compression.
func armoured(id, data string, total int) ([]byte, error) {
	text, sum, ok := strings.Cut(data, ":")
	if !ok {
		return nil, fmt.Errorf("%w: no checksum", errGraphic)
	}
	want, err := strconv.ParseUint(strings.TrimSpace(sum), 16, 16)
	if err != nil || uint16(want) != checksum(text) {
		return nil, fmt.Errorf("%w: checksum %q, computed %04X", errGraphic, sum, checksum(text))
	}
	var in io.Reader = base64.NewDecoder(base64.StdEncoding, strings.NewReader(text))
	if id == ":Z64:" {
		if in, err = zlib.NewReader(in); err != nil {
			return nil, fmt.Errorf("%w: %w", errGraphic, err)
		}
	}
	var out bytes.Buffer
	if _, err := io.Copy(&out, io.LimitReader(in, int64(total)+1)); err != nil {
		return nil, fmt.Errorf("%w: %w", errGraphic, err)
	}
	if out.Len() != total {
		return nil, fmt.Errorf("%w: %d bytes instead of %d", errGraphic, out.Len(), total)
	}
	return out.Bytes(), nil
}

// checksum is the CRC-16 of the XMODEM protocol, bit by bit.
func checksum(s string) uint16 {
	var sum uint16
	for i := range len(s) {
		sum ^= uint16(s[i]) << 8
		for range 8 {
			high := sum&0x8000 != 0
			sum <<= 1
			if high {
				sum ^= 0x1021
			}
		}
	}
	return sum
}

// unrun reads digits with repeats. Rows are filled from the left; missing ones at the end are white.
func unrun(data string, stride, total int) ([]byte, error) {
	line := make([]byte, 0, 2*stride) // digits, 0 to 15
	out := make([]byte, 0, min(total, 1<<20))
	flush := func() {
		for len(line) < 2*stride {
			line = append(line, 0)
		}
		for i := 0; i < len(line); i += 2 {
			out = append(out, line[i]<<4|line[i+1])
		}
		line = line[:0]
	}
	repeat := 0
	for i := 0; i < len(data) && len(out) < total; i++ {
		c := data[i]
		switch {
		case c == '\r' || c == '\n' || c == ' ':
		case c >= 'G' && c <= 'Y':
			repeat += int(c-'G') + 1
		case c >= 'g' && c <= 'z':
			repeat += 20 * (int(c-'g') + 1)
		case c == ',', c == '!':
			fill := byte(0)
			if c == '!' {
				fill = 15
			}
			for len(line) < 2*stride {
				line = append(line, fill)
			}
			flush()
			repeat = 0
		case c == ':':
			if len(out) < stride || len(line) > 0 {
				return nil, fmt.Errorf("%w: nothing to repeat", errGraphic)
			}
			out = append(out, out[len(out)-stride:]...)
			repeat = 0
		default:
			v, err := strconv.ParseUint(string(rune(c)), 16, 8)
			if err != nil {
				return nil, fmt.Errorf("%w: %q in the data", errGraphic, c)
			}
			for range max(1, repeat) {
				if len(line) == 2*stride {
					flush()
					if len(out) >= total {
						break
					}
				}
				line = append(line, byte(v))
			}
			if len(line) == 2*stride {
				flush()
			}
			repeat = 0
		}
	}
	if len(line) > 0 && len(out) < total {
		flush()
	}
	if len(out) > total {
		return nil, fmt.Errorf("%w: more than %d bytes", errGraphic, total)
	}
	return append(out, make([]byte, total-len(out))...), nil
}
