package scan

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"math"
	"slices"

	"znak/app/hint"
	"znak/app/scan/picture"
)

// ImageParams say how pictures are read. Zero values mean the defaults of picture.Params.
type ImageParams struct {
	DPI       int  // at which PDF pages are drawn first
	MarkAlone bool // a mark without a bar code is a whole pair
	Workers   int  // pages read at a time
	MaxPixels int  // of one page
}

// ImagePage is a page of a file seen by the virtual scanner.
type ImagePage struct {
	File  string
	Page  int       // from 1; 0 for an error of the whole file
	Codes []Reading // every code found, from top to bottom, foreign ones too
	Pairs []Pair    // one for each envelope on it; a single unreadable one where there is none
}

// Images reads PNG, JPEG and PDF files as a scanner would have read the envelopes on them: page after page, in order, several
// being worked at. An error comes with the page or file it belongs to and does not end the sequence, unless it is the
// context's; each carries a hint.
func (r *Reader) Images(ctx context.Context, files []string, p ImageParams) iter.Seq2[ImagePage, error] {
	look := picture.Params{
		DPI: p.DPI, Workers: p.Workers, MaxPixels: p.MaxPixels,
		Enough: func(codes []picture.Code) bool {
			return !slices.ContainsFunc(r.page("", 0, codes, p.MarkAlone).Pairs, func(pair Pair) bool {
				return pair.Verdict == VerdictIncomplete || pair.Verdict == VerdictUnreadable
			})
		},
	}
	return func(yield func(ImagePage, error) bool) {
		for page, err := range picture.Pages(ctx, files, look) {
			seen := ImagePage{File: page.File, Page: page.Page}
			if err == nil {
				seen = r.page(page.File, page.Page, page.Codes, p.MarkAlone)
			}
			if !yield(seen, err) {
				return
			}
		}
	}
}

// placed is a reading and where it stands.
type placed struct {
	Reading
	at picture.Code
}

// page says what the codes of one page are and which belong together.
func (r *Reader) page(file string, n int, codes []picture.Code, markAlone bool) ImagePage {
	page := ImagePage{File: file, Page: n}
	var marks, bars []placed
	for _, c := range codes {
		reading := r.Read(c.Text)
		page.Codes = append(page.Codes, reading)
		switch reading.Kind {
		case KindMark:
			marks = append(marks, placed{reading, c})
		case KindShPI, KindS10:
			bars = append(bars, placed{reading, c})
		}
	}
	page.Pairs = envelopes(marks, bars, markAlone)
	about := func(p Pair) hint.Args { return hint.Args{"File": file, "Page": n, "ShPI": grouped(p.half())} }
	for i, pair := range page.Pairs {
		switch {
		case pair.Verdict == VerdictIncomplete && isMark(pair.Mark):
			page.Pairs[i].Err = hint.New("scan.picture.half.mark", about(pair), nil)
		case pair.Verdict == VerdictIncomplete:
			page.Pairs[i].Err = hint.New("scan.picture.half.shpi", about(pair), nil)
		}
	}
	if len(page.Pairs) == 0 {
		err := errors.New("no code of a piece on the page")
		if len(page.Codes) > 0 {
			err = page.Codes[0].Err
		} else {
			err = hint.New("scan.picture.none", hint.Args{"File": file, "Page": n}, err)
		}
		page.Pairs = []Pair{{Verdict: VerdictUnreadable, Err: err}}
	}
	return page
}

// half is the one reading of an incomplete pair.
func (p Pair) half() Reading {
	if isMark(p.Mark) {
		return p.Mark
	}
	return p.ShPI
}

// envelopes pairs the marks and bar codes of a page by their places alone, the nearest first: what they say must not matter, or
// two envelopes with swapped codes would look right.
func envelopes(marks, bars []placed, markAlone bool) []Pair {
	type match struct {
		mark, bar int
		far       float64
	}
	var matches []match
	for m := range marks {
		for b := range bars {
			matches = append(matches, match{m, b, apart(marks[m].at, bars[b].at)})
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int { return cmp.Compare(a.far, b.far) })
	barOf := make(map[int]int)
	taken := make(map[int]bool)
	for _, m := range matches {
		if _, paired := barOf[m.mark]; !paired && !taken[m.bar] {
			barOf[m.mark] = m.bar
			taken[m.bar] = true
		}
	}
	type item struct {
		y    float64
		pair Pair
	}
	var items []item
	for m, mark := range marks {
		switch b, paired := barOf[m]; {
		case paired:
			items = append(items, item{mark.at.Y, pairOf(mark.Reading, bars[b].Reading)})
		case markAlone:
			items = append(items, item{mark.at.Y, Pair{Piece: mark.Piece(), Mark: mark.Reading}})
		default:
			items = append(items, item{mark.at.Y, half(mark.Reading)})
		}
	}
	for b, bar := range bars {
		if !taken[b] {
			items = append(items, item{bar.at.Y, half(bar.Reading)})
		}
	}
	slices.SortStableFunc(items, func(a, b item) int { return cmp.Compare(a.y, b.y) })
	var pairs []Pair
	for _, i := range items {
		pairs = append(pairs, i.pair)
	}
	return pairs
}

// apart is how far two codes are from each other, pixels. Codes that are turned differently do not stand on one envelope, whatever
// the distance.
func apart(a, b picture.Code) float64 {
	const otherEnvelope = 1e6
	far := math.Hypot(a.X-b.X, a.Y-b.Y)
	if turn := math.Abs(math.Remainder(a.Angle-b.Angle, 360)); turn > 30 {
		far += otherEnvelope
	}
	return far
}
