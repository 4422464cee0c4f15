package picture

import (
	"cmp"
	"context"
	"errors"
	"image"
	"iter"
	"runtime"
	"sync"
)

// Params say how pages are read. Zero values mean the defaults.
type Params struct {
	DPI       int                 // at which PDF pages are drawn first; default 200
	Retry     []int               // at which a page is drawn again while Enough says no; default 300, 400
	MaxPixels int                 // of one page; default 40 million, an A4 sheet at 600 dpi
	Workers   int                 // pages read at a time; default: the processors
	Enough    func(c []Code) bool // whether a page needs no second look; default: it has as many square codes as bar codes
}

func (p Params) defaults() Params {
	if p.DPI <= 0 {
		p.DPI = 200
	}
	if p.Retry == nil {
		p.Retry = []int{300, 400}
	}
	if p.MaxPixels <= 0 {
		p.MaxPixels = 40_000_000
	}
	if p.Workers <= 0 {
		p.Workers = runtime.NumCPU()
	}
	if p.Enough == nil {
		p.Enough = func(c []Code) bool { return (&finder{c}).even() }
	}
	return p
}

// Page is one page and the codes on it. A picture file has one page.
type Page struct {
	File  string
	Page  int // from 1
	DPI   int // at which it was drawn; 0 for pictures
	Codes []Code
}

// pagesAtOnce is how many pages of a PDF one call of the tool draws.
const pagesAtOnce = 16

// job is a picture file or a run of pages of one PDF; its answer is the pages in order.
type job struct {
	file        string
	pdf         *pdf // nil: a picture
	first, last int
	err         error // known before the work: the file cannot be opened
	answer      chan []answer
}

type answer struct {
	page Page
	err  error
}

// Pages reads PNG, JPEG and PDF files and gives their pages in order, several being worked at. An error belongs to the page or
// file it comes with and does not end the sequence, unless it is the context's. Errors are *Error or the context's.
func Pages(ctx context.Context, files []string, p Params) iter.Seq2[Page, error] {
	p = p.defaults()
	return func(yield func(Page, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		var work sync.WaitGroup
		defer work.Wait()
		defer stop()

		queue := make(chan *job)              // to the workers
		order := make(chan *job, 2*p.Workers) // to the reader, so that pages come in order
		work.Go(func() {
			defer close(order)
			defer close(queue)
			plan(ctx, files, func(j *job) bool {
				j.answer = make(chan []answer, 1)
				select {
				case order <- j:
				case <-ctx.Done():
					return false
				}
				select {
				case queue <- j:
				case <-ctx.Done():
					return false
				}
				return true
			})
		})
		for range p.Workers {
			work.Go(func() {
				for j := range queue {
					j.answer <- j.do(ctx, p)
				}
			})
		}
		for j := range order {
			var answers []answer
			select {
			case answers = <-j.answer:
			case <-ctx.Done():
			}
			if ctx.Err() != nil {
				break
			}
			for _, a := range answers {
				if !yield(a.page, a.err) {
					return
				}
			}
		}
		if err := ctx.Err(); err != nil {
			yield(Page{}, err)
		}
	}
}

// plan cuts the files into jobs until next says that no more are wanted.
func plan(ctx context.Context, files []string, next func(*job) bool) {
	for _, file := range files {
		isPDF, err := isPDF(file)
		var doc *pdf
		if err == nil && isPDF {
			doc, err = openPDF(ctx, file)
		}
		if err != nil || doc == nil {
			if !next(&job{file: file, err: err}) {
				return
			}
			continue
		}
		for first := 1; first <= len(doc.sizes); first += pagesAtOnce {
			if !next(&job{file: file, pdf: doc, first: first, last: min(first+pagesAtOnce-1, len(doc.sizes))}) {
				return
			}
		}
	}
}

// do reads the pages of the job.
func (j *job) do(ctx context.Context, p Params) []answer {
	switch {
	case j.err != nil:
		return []answer{{Page{File: j.file}, j.err}}
	case j.pdf == nil:
		img, err := load(j.file, p.MaxPixels)
		if err != nil {
			return []answer{{Page{File: j.file, Page: 1}, err}}
		}
		return []answer{{Page{File: j.file, Page: 1, Codes: Find(img)}, nil}}
	}
	answers := make([]answer, j.last-j.first+1)
	for i := range answers {
		answers[i].page = Page{File: j.file, Page: j.first + i}
	}
	j.draw(ctx, p, answers, p.DPI)
	for _, dpi := range p.Retry {
		for i := range answers {
			if a := &answers[i]; a.err == nil && a.page.DPI != 0 && !p.Enough(a.page.Codes) {
				j.draw(ctx, p, answers[i:i+1], dpi)
			}
		}
	}
	return answers
}

// draw draws consecutive pages and reads them into answers. A later, sharper drawing only adds codes. A page that cannot be
// drawn gets an error; one that is too large for a sharper drawing stays as it is.
func (j *job) draw(ctx context.Context, p Params, answers []answer, dpi int) {
	for from := 0; from < len(answers); {
		to := from
		for to < len(answers) && j.fits(p, answers[to].page.Page, dpi) {
			to++
		}
		if from == to {
			j.refuse(&answers[from], dpi)
			from++
			continue
		}
		run := answers[from:to]
		from = to
		drawn, err := j.pdf.draw(ctx, run[0].page.Page, run[len(run)-1].page.Page, dpi, p.MaxPixels, func(n int, img *image.Gray) error {
			run[n-run[0].page.Page].page.see(img, dpi)
			return ctx.Err()
		})
		switch {
		case ctx.Err() != nil:
			return
		case drawn == len(run):
		case len(run) == 1:
			if run[0].page.DPI == 0 {
				run[0].err = &Error{File: j.file, Page: run[0].page.Page, Reason: ReasonPage, Err: cmp.Or(err, errors.New("nothing was drawn"))}
			}
		default: // which page is missing cannot be told: each for itself
			for i := range run {
				run[i].page.Codes, run[i].page.DPI = nil, 0
				j.draw(ctx, p, run[i:i+1], dpi)
			}
		}
	}
}

// see looks at a drawing of the page.
func (p *Page) see(img *image.Gray, dpi int) {
	var f finder
	f.look(img)
	if p.DPI != 0 {
		scale := float64(dpi) / float64(p.DPI)
		for _, c := range p.Codes {
			c.X, c.Y, c.Size = c.X*scale, c.Y*scale, c.Size*scale
			f.add(c)
		}
	}
	p.Codes, p.DPI = f.sorted(), dpi
}

// fits reports whether the drawing of page n may be made.
func (j *job) fits(p Params, n, dpi int) bool {
	w, h := j.pdf.sizes[n-1].pixels(dpi)
	return w > 0 && h > 0 && w <= p.MaxPixels/h
}

// refuse notes that a page is too large, unless it was drawn before.
func (j *job) refuse(a *answer, dpi int) {
	if a.page.DPI == 0 {
		w, h := j.pdf.sizes[a.page.Page-1].pixels(dpi)
		a.err = &Error{File: j.file, Page: a.page.Page, Reason: ReasonHuge, Width: w, Height: h}
	}
}
