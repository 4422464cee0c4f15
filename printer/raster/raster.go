// Package raster turns a page into pixels: the preview on the screen, the picture that a device is given, and the one in which every
// code is read back before a page goes to a printer.
package raster

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/vector"

	"znak/printer/page"
)

// Renderer draws pages at one resolution and keeps the glyphs it has drawn. It is not safe for concurrent use: have one
// for each goroutine.
type Renderer struct {
	dpi    int
	glyphs glyphs
	path   vector.Rasterizer
	part   *image.Gray // of ReadBack
}

// New is a renderer for dpi dots an inch.
func New(dpi int) *Renderer { return &Renderer{dpi: dpi} }

// Render draws the page as it is fed (page.Page.Turn), grey on white (0 is black): codes in whole dots with hard edges where the page
// was laid out for this resolution, texts smoothed. A turned page has the very dots of the upright one, turned. The picture is
// drawn into img if that has the room, so that a caller who is done with one can give it back; img may be nil.
// The error is a *page.MissingGlyphError.
func (r *Renderer) Render(p page.Page, img *image.Gray) (*image.Gray, error) {
	t := r.turn(p)
	w, h := t.size()
	return r.draw(p, t, image.Rect(0, 0, w, h), img)
}

// turn is how the page's dots are turned.
func (r *Renderer) turn(p page.Page) turn {
	return turn{p.Quarters(), r.size(p.Width), r.size(p.Height)}
}

// draw draws the part of the page's picture that lies in area, into img if that has the room.
func (r *Renderer) draw(p page.Page, t turn, area image.Rectangle, img *image.Gray) (*image.Gray, error) {
	w, h := area.Dx(), area.Dy()
	if img == nil || cap(img.Pix) < w*h {
		img = image.NewGray(area)
	}
	*img = image.Gray{Pix: img.Pix[:w*h], Stride: w, Rect: area}
	fill(img.Pix, 255)
	c := canvas{img, t}
	for _, item := range p.Items {
		switch v := item.(type) {
		case page.Line:
			if v.Straight() {
				r.rect(c, v.Bounds(), v.Grey)
			} else {
				r.slanted(c, v)
			}
		case page.Box:
			for _, s := range v.Strokes() {
				r.rect(c, s, v.Grey)
			}
		case page.Matrix:
			if r.seen(c, v.Bounds()) {
				r.blocks(c, v.X, v.Y, v.Module, v.Module, v.Blocks())
			}
		case page.Bars:
			if r.seen(c, v.Bounds()) {
				r.blocks(c, v.X, v.Y, v.Narrow, v.Height, v.Blocks())
			}
		}
	}
	for _, item := range p.Items {
		if t, ok := item.(page.Text); ok {
			if err := r.text(c, t); err != nil {
				return nil, fmt.Errorf("page %q: %w", p.Name, err)
			}
		}
	}
	return img, nil
}

// Render draws one page at dpi dots an inch; see Renderer.Render.
func Render(p page.Page, dpi int) (*image.Gray, error) { return New(dpi).Render(p, nil) }

// PNG writes a picture as a file for the screen: quickly, not as small as can be.
func PNG(w io.Writer, img image.Image) error {
	return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, img)
}

// canvas is a part of a page's picture. It is drawn on in dots of the upright face.
type canvas struct {
	img *image.Gray // Rect: where the part lies in the turned picture
	turn
}

// paint fills dots, as far as they lie in the picture.
func (c canvas) paint(a image.Rectangle, grey uint8) {
	img := c.img
	a = c.rect(a).Intersect(img.Rect)
	if a.Empty() {
		return
	}
	first := img.Pix[img.PixOffset(a.Min.X, a.Min.Y):][:a.Dx()]
	fill(first, grey)
	for y := a.Min.Y + 1; y < a.Max.Y; y++ {
		copy(img.Pix[img.PixOffset(a.Min.X, y):], first)
	}
}

// blend lays a grey through a turned mask whose origin comes to the dot x, y.
func (c canvas) blend(mask *image.Alpha, x, y int, grey uint8) {
	img := c.img
	x, y = c.dot(x, y)
	area := mask.Rect.Add(image.Pt(x, y)).Intersect(img.Rect)
	for row := area.Min.Y; row < area.Max.Y; row++ {
		src := mask.Pix[mask.PixOffset(area.Min.X-x, row-y):][:area.Dx()]
		dst := img.Pix[img.PixOffset(area.Min.X, row):][:area.Dx()]
		// Eight dots at a time: most of a glyph's box is nothing, or black on paper that is still white.
		const wide = 8
		for ; len(src) >= wide; src, dst = src[wide:], dst[wide:] {
			switch a := binary.LittleEndian.Uint64(src); {
			case a == 0:
			case grey == 0 && binary.LittleEndian.Uint64(dst) == math.MaxUint64:
				binary.LittleEndian.PutUint64(dst, ^a)
			default:
				mix(dst[:wide], src[:wide], grey)
			}
		}
		mix(dst, src, grey)
	}
}

// mix lays a grey on dots, as far as the mask lets it through.
func mix(dst, mask []byte, grey uint8) {
	dst = dst[:len(mask)]
	for i, a := range mask {
		switch a {
		case 0:
		case 255:
			dst[i] = grey
		default:
			dst[i] = uint8((uint32(dst[i])*uint32(255-a) + uint32(grey)*uint32(a) + 127) / 255)
		}
	}
}

// dots is a length or place in dots, not rounded.
func (r *Renderer) dots(v page.Millimetres) float64 { return float64(v) * float64(r.dpi) / 25.4 }

// size is the number of dots that hold v.
func (r *Renderer) size(v page.Millimetres) int { return max(1, int(math.Ceil(r.dots(v)-1e-6))) }

// edge is the border between dots nearest to v. What is not nothing is at least a dot wide; see span.
func (r *Renderer) edge(v page.Millimetres) int { return int(math.Floor(r.dots(v) + 0.5 + 1e-6)) }

func (r *Renderer) span(from, length page.Millimetres) (int, int) {
	a, b := r.edge(from), r.edge(from+length)
	return a, max(b, a+1)
}

// around is dots that surely hold all that is drawn in an area.
func (r *Renderer) around(a page.Rect) image.Rectangle {
	x0, x1 := r.span(a.X, a.W)
	y0, y1 := r.span(a.Y, a.H)
	return image.Rect(x0, y0, x1, y1).Inset(-2)
}

// seen reports whether something drawn in the area can show.
func (r *Renderer) seen(c canvas, a page.Rect) bool { return c.rect(r.around(a)).Overlaps(c.img.Rect) }

// rect fills a rectangle of the page.
func (r *Renderer) rect(c canvas, a page.Rect, grey uint8) {
	x0, x1 := r.span(a.X, a.W)
	y0, y1 := r.span(a.Y, a.H)
	c.paint(image.Rect(x0, y0, x1, y1), grey)
}

// blocks draws a code in black.
func (r *Renderer) blocks(c canvas, x, y, unitX, unitY page.Millimetres, blocks []page.Block) {
	for _, b := range blocks {
		r.rect(c, page.Rect{X: x + page.Millimetres(b.X)*unitX, Y: y + page.Millimetres(b.Y)*unitY,
			W: page.Millimetres(b.W) * unitX, H: page.Millimetres(b.H) * unitY}, 0)
	}
}

// slanted fills a slanted line, smoothed.
func (r *Renderer) slanted(c canvas, l page.Line) {
	area := r.around(l.Bounds()).Intersect(image.Rect(0, 0, c.w, c.h))
	if area.Empty() || !r.seen(c, l.Bounds()) {
		return
	}
	r.path.Reset(area.Dx(), area.Dy())
	for i, k := range l.Corners() {
		x, y := float32(r.dots(k[0])-float64(area.Min.X)), float32(r.dots(k[1])-float64(area.Min.Y))
		if i == 0 {
			r.path.MoveTo(x, y)
		} else {
			r.path.LineTo(x, y)
		}
	}
	r.path.ClosePath()
	mask := image.NewAlpha(area)
	r.path.Draw(mask, area, image.Opaque, image.Point{})
	c.blend(c.mask(mask), 0, 0, l.Grey)
}

// fill sets all bytes, from a piece that stays in the processor's cache: many times faster than one by one.
func fill(b []byte, v byte) {
	piece := b[:min(len(b), 4096)]
	for i := range piece {
		piece[i] = v
	}
	for n := len(piece); n < len(b); n += len(piece) {
		copy(b[n:], piece)
	}
}
