package picture

import (
	"cmp"
	"context"
	"errors"
	"image"
	"iter"
)

// Drawing is one page as a grey picture whose corner is at 0, 0.
type Drawing struct {
	File string
	Page int // from 1; 0 with an error of the whole file
	DPI  int // at which it was drawn; 0 for picture files
	// Image is valid until the next drawing is asked for.
	Image *image.Gray
}

// Drawings gives the pages of PNG, JPEG and PDF files one after the other, without looking for codes. Of p, DPI (default 200) and MaxPixels count.
// Errors are as those of Pages.
func Drawings(ctx context.Context, files []string, p Params) iter.Seq2[Drawing, error] {
	p = p.defaults()
	return func(yield func(Drawing, error) bool) {
		plan(ctx, files, func(j *job) bool {
			switch {
			case ctx.Err() != nil:
				return false
			case j.err != nil:
				return yield(Drawing{File: j.file}, j.err)
			case j.pdf == nil:
				img, err := load(j.file, p.MaxPixels)
				return yield(Drawing{File: j.file, Page: 1, Image: img}, err)
			}
			for n := j.first; n <= j.last && ctx.Err() == nil; n++ {
				if !j.drawOne(ctx, p, n, yield) {
					return false
				}
			}
			return ctx.Err() == nil
		})
		if err := ctx.Err(); err != nil {
			yield(Drawing{}, err)
		}
	}
}

// drawOne gives one page of a PDF. It is drawn by a call of its own: of several, one that fails could not be told from the next.
func (j *job) drawOne(ctx context.Context, p Params, n int, yield func(Drawing, error) bool) (more bool) {
	d := Drawing{File: j.file, Page: n, DPI: p.DPI}
	if !j.fits(p, n, p.DPI) {
		w, h := j.pdf.sizes[n-1].pixels(p.DPI)
		return yield(d, &Error{File: j.file, Page: n, Reason: ReasonHuge, Width: w, Height: h})
	}
	more = true
	drawn, err := j.pdf.draw(ctx, n, n, p.DPI, p.MaxPixels, func(_ int, img *image.Gray) error {
		d.Image = img
		more = yield(d, nil)
		return nil
	})
	if drawn == 0 && ctx.Err() == nil {
		return yield(d, &Error{File: j.file, Page: n, Reason: ReasonPage, Err: cmp.Or(err, errors.New("nothing was drawn"))})
	}
	return more
}
