package zpl

import (
	"bytes"
	"encoding/binary"
	"image"
)

// bitmap is a picture of one bit a dot, as ^GF takes it: rows of whole bytes, the leftmost dot in the highest bit, 1 is black.
type bitmap struct {
	width, height int // dots
	stride        int // bytes a row
	bits          []byte
}

// threshold is the grey from which a dot stays white: the middle, as in the reading back. Codes are drawn in black with hard edges, so they
// come out as they are; the smoothed edges of letters fall to the nearer side.
const threshold = 128

// pack turns a picture into bits, reusing b's room. Paper without ink costs no more than a look.
func (b *bitmap) pack(img *image.Gray) {
	b.width, b.height = img.Rect.Dx(), img.Rect.Dy()
	b.stride = (b.width + 7) / 8
	if cap(b.bits) < b.stride*b.height {
		b.bits = make([]byte, b.stride*b.height)
	}
	b.bits = b.bits[:b.stride*b.height]
	clear(b.bits)
	for y := range b.height {
		packRow(b.bits[y*b.stride:][:b.stride], img.Pix[y*img.Stride:][:b.width])
	}
}

// white is as many dots as are looked at together; a multiple of eight.
var white = bytes.Repeat([]byte{255}, 256)

// packRow packs eight dots at a time: the highest bit of a dot's grey says whether it is white, and a multiplication gathers the eight.
func packRow(out, row []byte) {
	for start := 0; start < len(row); start += len(white) {
		part := row[start:min(start+len(white), len(row))]
		if bytes.Equal(part, white[:len(part)]) {
			continue
		}
		to := out[start/8:]
		i := 0
		for ; i+8 <= len(part); i += 8 {
			if v := binary.BigEndian.Uint64(part[i:]); v != 1<<64-1 {
				to[i/8] = byte((^v & 0x8080808080808080) >> 7 * 0x0102040810204080 >> 56)
			}
		}
		for ; i < len(part); i++ {
			if part[i] < threshold {
				to[i/8] |= 0x80 >> (i % 8)
			}
		}
	}
}

// region is a part of a bitmap that has ink: bytes x0 to x1 of the rows y0 to y1.
type region struct{ x0, x1, y0, y1 int }

// Paper this wide or high without ink parts two regions. Smaller gaps cost less as blank dots than as a graphic of their own.
const (
	gapRows  = 24
	gapBytes = 8
)

// regions lists where there is ink: bands of rows, each cut where columns are blank, each cut again in its height.
func (b *bitmap) regions(out []region) []region {
	whole := region{0, b.stride, 0, b.height}
	for _, band := range b.bands(whole, nil) {
		for _, part := range b.columns(band, nil) {
			out = b.bands(part, out)
		}
	}
	return out
}

// bands cuts a region where rows are blank; the blank rows are left out.
func (b *bitmap) bands(r region, out []region) []region {
	start, last := -1, -1 // of the band, rows with ink
	for y := r.y0; y < r.y1; y++ {
		if blank(b.bits[y*b.stride+r.x0 : y*b.stride+r.x1]) {
			continue
		}
		if start >= 0 && y-last > gapRows {
			out = append(out, region{r.x0, r.x1, start, last + 1})
			start = -1
		}
		if start < 0 {
			start = y
		}
		last = y
	}
	if start >= 0 {
		out = append(out, region{r.x0, r.x1, start, last + 1})
	}
	return out
}

// columns cuts a region where columns of bytes are blank.
func (b *bitmap) columns(r region, out []region) []region {
	ink := make([]byte, r.x1-r.x0)
	for y := r.y0; y < r.y1; y++ {
		row := b.bits[y*b.stride+r.x0 : y*b.stride+r.x1]
		i := 0
		for ; i+8 <= len(row); i += 8 {
			if v := binary.LittleEndian.Uint64(row[i:]); v != 0 {
				binary.LittleEndian.PutUint64(ink[i:], binary.LittleEndian.Uint64(ink[i:])|v)
			}
		}
		for ; i < len(row); i++ {
			ink[i] |= row[i]
		}
	}
	start, last := -1, -1
	for i, v := range ink {
		if v == 0 {
			continue
		}
		if start >= 0 && i-last > gapBytes {
			out = append(out, region{r.x0 + start, r.x0 + last + 1, r.y0, r.y1})
			start = -1
		}
		if start < 0 {
			start = i
		}
		last = i
	}
	if start >= 0 {
		out = append(out, region{r.x0 + start, r.x0 + last + 1, r.y0, r.y1})
	}
	return out
}

func blank(row []byte) bool {
	for ; len(row) >= 8; row = row[8:] {
		if binary.LittleEndian.Uint64(row) != 0 {
			return false
		}
	}
	for _, v := range row {
		if v != 0 {
			return false
		}
	}
	return true
}
