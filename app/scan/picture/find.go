package picture

import (
	"cmp"
	"image"
	"slices"
)

// coarse is the size of pictures, pixels, below which the modules of a code may be too small to tell apart, and above
// which they are so large that specks and noise disturb.
const coarse = 4_000_000

// Find gives the codes on a picture, from top to bottom, each once. It looks first where and as codes usually stand, and
// harder where square codes and bar codes do not come in equal numbers: last at the picture enlarged or reduced.
func Find(img *image.Gray) []Code {
	img = whole(img)
	var f finder
	f.look(img)
	pixels := func() int { return img.Rect.Dx() * img.Rect.Dy() }
	if !f.even() && pixels() < coarse {
		f.lookAgain(enlarge(img), 2)
	}
	for scale := 0.5; !f.even() && pixels() >= coarse; scale /= 2 {
		img = reduce(img)
		f.lookAgain(img, scale)
	}
	return f.sorted()
}

// lookAgain looks at the picture in another size.
func (f *finder) lookAgain(img *image.Gray, scale float64) {
	var other finder
	other.look(img)
	for _, c := range other.codes {
		c.X, c.Y, c.Size = c.X/scale, c.Y/scale, c.Size/scale
		f.add(c)
	}
}

// finder gathers codes found in several ways.
type finder struct{ codes []Code }

// look goes from the cheap and likely to the dear and unlikely, and stops when the codes are even.
func (f *finder) look(img *image.Gray) {
	if img.Rect.Dx() < barRuns || img.Rect.Dy() < barRuns {
		return
	}
	s := newShade(img)
	regions := s.regions()
	for _, r := range regions {
		f.add(s.squares(r)...)
	}
	f.add(s.bars(0)...)
	if f.even() {
		return
	}
	f.add(s.bars(90)...)
	for _, c := range slices.Clone(f.codes) { // a skewed picture: read the bars in the direction of the square codes
		for _, turn := range []float64{0, 90} {
			if !c.Format.Linear() && f.count(true) < f.count(false) {
				f.add(s.bars(c.Angle + turn)...)
			}
		}
	}
	if !f.even() {
		f.add(s.squares(img.Rect)...)
	}
	for _, r := range regions {
		if c, ok := s.dataMatrix(r); ok && !f.even() {
			f.add(c)
		}
	}
	for _, turn := range []float64{0, 90} {
		if !f.even() {
			f.add(s.code128(turn)...)
		}
	}
}

// add takes the codes that stand where none was found before.
func (f *finder) add(codes ...Code) {
	for _, c := range codes {
		if !slices.ContainsFunc(f.codes, func(o Code) bool { return o.Format == c.Format && o.covers(c.X, c.Y) }) {
			f.codes = append(f.codes, c)
		}
	}
}

func (f *finder) count(linear bool) int {
	n := 0
	for _, c := range f.codes {
		if c.Format.Linear() == linear {
			n++
		}
	}
	return n
}

// even reports whether there is a bar code for every square one, and any at all.
func (f *finder) even() bool { return f.count(true) > 0 && f.count(true) == f.count(false) }

// sorted gives the codes from top to bottom.
func (f *finder) sorted() []Code {
	slices.SortFunc(f.codes, func(a, b Code) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X)) })
	return f.codes
}

// whole gives img with its corner at 0, 0.
func whole(img *image.Gray) *image.Gray {
	if img.Rect.Min == (image.Point{}) {
		return img
	}
	return &image.Gray{Pix: img.Pix[img.PixOffset(img.Rect.Min.X, img.Rect.Min.Y):], Stride: img.Stride, Rect: image.Rect(0, 0, img.Rect.Dx(), img.Rect.Dy())}
}

// enlarge doubles a picture, smoothly.
func enlarge(img *image.Gray) *image.Gray {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, 2*w, 2*h))
	for y := range 2 * h {
		// The nearer row counts three times as much as the farther one; the same across.
		near, far := y/2, min(max(y/2+y%2*2-1, 0), h-1)
		a, b := img.Pix[near*img.Stride:], img.Pix[far*img.Stride:]
		row := out.Pix[y*out.Stride:]
		for x := range 2 * w {
			l, r := x/2, min(max(x/2+x%2*2-1, 0), w-1)
			row[x] = uint8((9*int(a[l]) + 3*int(a[r]) + 3*int(b[l]) + int(b[r])) / 16)
		}
	}
	return out
}

// reduce halves a picture, each pixel being the mean of four.
func reduce(img *image.Gray) *image.Gray {
	w, h := img.Rect.Dx()/2, img.Rect.Dy()/2
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		a, b := img.Pix[2*y*img.Stride:], img.Pix[(2*y+1)*img.Stride:]
		row := out.Pix[y*out.Stride:]
		for x := range w {
			row[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1])) / 4)
		}
	}
	return out
}
