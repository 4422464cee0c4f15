// Package zpl speaks the language of label printers: a page becomes a label, and the printer's answers become states and counts.
//
// Sources: Zebra, "Programming Guide for ZPL II" (docs.zebra.com), the pages of ^GF, "ZB64 encoding", ~HS, ~HQES, ~JA, ~JX, ~PP, ^JZ.
package zpl

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"math"

	"znak/printer/page"
	"znak/printer/raster"
)

// End closes a label. The printer begins to print at nothing less.
const End = "^XZ\r\n"

// Encoder turns pages into labels for one resolution. The whole page is a picture: codes are the very dots that were read back, and Cyrillic
// does not depend on the printer's typefaces. Not safe for concurrent use; it keeps its buffers from page to page.
type Encoder struct {
	dpi      int
	options  Options
	renderer *raster.Renderer
	img      *image.Gray
	dots     bitmap
	parts    []region
	packer   packer
	head     bytes.Buffer
}

// NewEncoder is an encoder for dpi dots an inch (203, 300 and 600 are usual).
func NewEncoder(dpi int, o Options) *Encoder {
	return &Encoder{dpi: dpi, options: o, renderer: raster.New(dpi)}
}

// Encode writes one page as one label. Nothing is written if the page cannot be drawn (*page.MissingGlyphError) or is wider than the
// label (*WideError).
func (e *Encoder) Encode(w io.Writer, p page.Page) error {
	if err := e.Body(w, p); err != nil {
		return err
	}
	_, err := io.WriteString(w, End)
	return err
}

// Body writes the label without its End: while that is not sent, the label is surely not printed. Otherwise as Encode.
func (e *Encoder) Body(w io.Writer, p page.Page) error {
	img, err := e.renderer.Render(inked(p), e.img)
	if err != nil {
		return err
	}
	e.img = img
	e.dots.pack(img)
	width := e.dots.width
	if label := int(math.Round(float64(e.options.Width) * float64(e.dpi) / 25.4)); label > 0 {
		if width > label {
			return &WideError{p.Name, page.Millimetres(width) * 25.4 / page.Millimetres(e.dpi), e.options.Width}
		}
		width = label
	}
	e.header(width, e.dots.height)
	if _, err := w.Write(e.head.Bytes()); err != nil {
		return err
	}
	e.parts = e.dots.regions(e.parts[:0])
	for _, r := range e.parts {
		bytesARow := r.x1 - r.x0
		total := bytesARow * (r.y1 - r.y0)
		if _, err := fmt.Fprintf(w, "^FO%d,%d^GFA,%d,%d,%d,", 8*r.x0, r.y0, total, total, bytesARow); err != nil {
			return err
		}
		if err := e.packer.write(w, e.options.Graphics, &e.dots, r); err != nil {
			return err
		}
		if _, err := io.WriteString(w, "^FS\r\n"); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, "^PQ1")
	return err
}

// header begins the label.
func (e *Encoder) header(width, height int) {
	h, o := &e.head, e.options
	h.Reset()
	if o.Darkness >= 0 {
		fmt.Fprintf(h, "~SD%02d", o.Darkness)
	}
	h.WriteString("^XA")
	switch o.Reprint {
	case "yes":
		h.WriteString("^JZY")
	case "no":
		h.WriteString("^JZN")
	}
	if o.Media != "" {
		h.WriteString("^MN" + media[o.Media])
	}
	if o.Mode != "" {
		h.WriteString("^MM" + modes[o.Mode])
	}
	if o.Speed > 0 {
		fmt.Fprintf(h, "^PR%d", o.Speed)
	}
	fmt.Fprintf(h, "^PW%d^LL%d^LH0,0\r\n", width, height)
}

// inked draws grey letters and lines in black: a label printer knows no grey, and thin things in a pattern of dots cannot be read. Filled boxes stay
// as they are and become white or black as a whole, so that what stands on a light one can still be read.
func inked(p page.Page) page.Page {
	grey := func(item page.Item) (page.Item, bool) {
		switch v := item.(type) {
		case page.Text:
			if v.Grey > 0 && v.Grey < 255 {
				v.Grey = 0
				return v, true
			}
		case page.Line:
			if v.Grey > 0 && v.Grey < 255 {
				v.Grey = 0
				return v, true
			}
		case page.Box:
			if !v.Filled && v.Grey > 0 && v.Grey < 255 {
				v.Grey = 0
				return v, true
			}
		}
		return item, false
	}
	for i, item := range p.Items {
		if _, changed := grey(item); changed {
			items := append([]page.Item(nil), p.Items...)
			for k := i; k < len(items); k++ {
				items[k], _ = grey(items[k])
			}
			p.Items = items
			return p
		}
	}
	return p
}
