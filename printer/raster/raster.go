// Package raster turns a page into pixels: the preview on the screen, and the picture in which every code is read back
// before a page goes to a printer.
package raster

import (
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
}

// New is a renderer for dpi dots an inch.
func New(dpi int) *Renderer { return &Renderer{dpi: dpi} }

// Render draws the page, grey on white (0 is black): codes in whole dots with hard edges where the page was laid out for this
// resolution, texts smoothed. The picture is drawn into img if that has the room, so that a caller who is done with one
// can give it back; img may be nil. The error is a *page.MissingGlyphError.
func (r *Renderer) Render(p page.Page, img *image.Gray) (*image.Gray, error) {
	w, h := r.size(p.Width), r.size(p.Height)
	if img == nil || cap(img.Pix) < w*h {
		img = image.NewGray(image.Rect(0, 0, w, h))
	}
	*img = image.Gray{Pix: img.Pix[:w*h], Stride: w, Rect: image.Rect(0, 0, w, h)}
	fill(img.Pix, 255)
	for _, item := range p.Items {
		switch v := item.(type) {
		case page.Line:
			if v.Straight() {
				r.rect(img, v.Bounds(), v.Grey)
			} else {
				r.slanted(img, v)
			}
		case page.Box:
			for _, s := range v.Strokes() {
				r.rect(img, s, v.Grey)
			}
		case page.Matrix:
			r.blocks(img, v.X, v.Y, v.Module, v.Module, v.Blocks())
		case page.Bars:
			r.blocks(img, v.X, v.Y, v.Narrow, v.Height, v.Blocks())
		}
	}
	for _, item := range p.Items {
		if t, ok := item.(page.Text); ok {
			if err := r.text(img, t); err != nil {
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

// rect fills a rectangle of the page.
func (r *Renderer) rect(img *image.Gray, a page.Rect, grey uint8) {
	x0, x1 := r.span(a.X, a.W)
	y0, y1 := r.span(a.Y, a.H)
	paint(img, image.Rect(x0, y0, x1, y1), grey)
}

// blocks draws a code in black.
func (r *Renderer) blocks(img *image.Gray, x, y, unitX, unitY page.Millimetres, blocks []page.Block) {
	for _, b := range blocks {
		r.rect(img, page.Rect{X: x + page.Millimetres(b.X)*unitX, Y: y + page.Millimetres(b.Y)*unitY,
			W: page.Millimetres(b.W) * unitX, H: page.Millimetres(b.H) * unitY}, 0)
	}
}

// slanted fills a slanted line, smoothed.
func (r *Renderer) slanted(img *image.Gray, l page.Line) {
	r.path.Reset(img.Rect.Dx(), img.Rect.Dy())
	for i, c := range l.Corners() {
		x, y := float32(r.dots(c[0])), float32(r.dots(c[1]))
		if i == 0 {
			r.path.MoveTo(x, y)
		} else {
			r.path.LineTo(x, y)
		}
	}
	r.path.ClosePath()
	mask := image.NewAlpha(img.Rect)
	r.path.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	blend(img, mask, 0, 0, l.Grey)
}

// paint fills dots, as far as they lie in the picture.
func paint(img *image.Gray, a image.Rectangle, grey uint8) {
	a = a.Intersect(img.Rect)
	if a.Empty() {
		return
	}
	first := img.Pix[a.Min.Y*img.Stride+a.Min.X:][:a.Dx()]
	fill(first, grey)
	for y := a.Min.Y + 1; y < a.Max.Y; y++ {
		copy(img.Pix[y*img.Stride+a.Min.X:], first)
	}
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
