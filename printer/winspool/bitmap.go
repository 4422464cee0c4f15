package winspool

import (
	"encoding/binary"
	"image"
	"math"
)

// Tiles are of this many dots. An envelope is mostly blank: pictures of its inked places only make the spooler's file several times smaller.
const (
	tileWidth  = 256
	tileHeight = 48
)

// tile is an inked part of a page's picture. two is whether it has nothing but black and white.
type tile struct {
	area image.Rectangle
	two  bool
}

// tiles cuts what is inked out of a picture, without blank borders left and right.
func tiles(img *image.Gray) []tile {
	var out []tile
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y += tileHeight {
		for x := img.Rect.Min.X; x < img.Rect.Max.X; x += tileWidth {
			if t, ok := cut(img, image.Rect(x, y, x+tileWidth, y+tileHeight).Intersect(img.Rect)); ok {
				out = append(out, t)
			}
		}
	}
	return out
}

// cut narrows an area to its ink.
func cut(img *image.Gray, area image.Rectangle) (tile, bool) {
	t := tile{area: image.Rect(area.Max.X, area.Min.Y, area.Min.X, area.Max.Y), two: true}
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := img.Pix[img.PixOffset(area.Min.X, y):][:area.Dx()]
		first, last := 0, len(row)-1
		for first <= last && row[first] == 255 {
			first++
		}
		if first > last {
			continue
		}
		for row[last] == 255 {
			last--
		}
		t.area.Min.X, t.area.Max.X = min(t.area.Min.X, area.Min.X+first), max(t.area.Max.X, area.Min.X+last+1)
		for _, v := range row[first : last+1] {
			if v != 0 && v != 255 {
				t.two = false
				break
			}
		}
	}
	return t, t.area.Min.X < t.area.Max.X
}

// dib is a device-independent bitmap: a BITMAPINFO and its pixels, rows from the bottom up, each of a multiple of four bytes.
type dib struct {
	width, height int
	header        []byte
	pixels        []byte
}

// dib turns a tile into one of two colours where that is enough, else of 256 greys.
func (t tile) dib(img *image.Gray) dib {
	w, h := t.area.Dx(), t.area.Dy()
	bits, colours := 8, 256
	if t.two {
		bits, colours = 1, 2
	}
	stride := (w*bits + 31) / 32 * 4
	d := dib{width: w, height: h, header: make([]byte, 40+4*colours), pixels: make([]byte, stride*h)}
	le := binary.LittleEndian
	le.PutUint32(d.header[0:], 40)
	le.PutUint32(d.header[4:], uint32(w))
	le.PutUint32(d.header[8:], uint32(h))
	le.PutUint16(d.header[12:], 1)
	le.PutUint16(d.header[14:], uint16(bits))
	le.PutUint32(d.header[20:], uint32(stride*h))
	le.PutUint32(d.header[32:], uint32(colours))
	for i := range colours {
		v := byte(i * 255 / (colours - 1))
		copy(d.header[40+4*i:], []byte{v, v, v, 0})
	}
	for y := range h {
		from := img.Pix[img.PixOffset(t.area.Min.X, t.area.Min.Y+y):][:w]
		to := d.pixels[(h-1-y)*stride:][:stride]
		if !t.two {
			copy(to, from)
			continue
		}
		for x, v := range from {
			if v != 0 {
				to[x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return d
}

// placement takes dots of a page's picture to units of a device whose origin is the corner of its printable area.
type placement struct {
	scaleX, scaleY   float64 // device units a dot
	offsetX, offsetY int     // of the printable area on the paper, device units
}

// place is in device units.
type place struct{ x, y, w, h int }

// of is where an area of the picture goes. Both edges are rounded, so that neighbours touch.
func (p placement) of(a image.Rectangle) place {
	at := func(v int, scale float64) int { return int(math.Round(float64(v) * scale)) }
	x, y := at(a.Min.X, p.scaleX), at(a.Min.Y, p.scaleY)
	return place{x - p.offsetX, y - p.offsetY, at(a.Max.X, p.scaleX) - x, at(a.Max.Y, p.scaleY) - y}
}
