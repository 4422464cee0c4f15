package picture

import "image"

// shade is a picture with what is black on it: a threshold for every square cell, taken from the cell's surroundings so that
// shadows and grey paper do not matter.
type shade struct {
	img       *image.Gray // its Min is 0, 0
	w, h      int
	shift     uint // a cell is 1<<shift pixels wide and high
	cols      int
	rows      int
	threshold []uint8 // by cell: darker is black
	flat      []bool  // by cell: nothing is drawn in it
}

// Cells are as small as possible down to 16 pixels, at most cellsAcross along the picture's longer side.
const (
	minCellShift = 4
	cellsAcross  = 160
)

// minContrast is the difference of the brightest and the darkest pixel of a cell where something is drawn.
const minContrast = 48

func newShade(img *image.Gray) *shade {
	s := &shade{img: img, w: img.Rect.Dx(), h: img.Rect.Dy(), shift: minCellShift}
	for max(s.w, s.h)>>s.shift > cellsAcross {
		s.shift++
	}
	cell := 1 << s.shift
	s.cols, s.rows = (s.w+cell-1)>>s.shift, (s.h+cell-1)>>s.shift
	n := s.cols * s.rows
	low, high := make([]uint8, n), make([]uint8, n)
	for i := range low {
		low[i] = 255
	}
	for y := range s.h {
		row := img.Pix[y*img.Stride : y*img.Stride+s.w]
		base := (y >> s.shift) * s.cols
		for c := 0; c < s.cols; c++ {
			lo, hi := low[base+c], high[base+c]
			for _, p := range row[c<<s.shift : min((c+1)<<s.shift, s.w)] {
				lo, hi = min(lo, p), max(hi, p)
			}
			low[base+c], high[base+c] = lo, hi
		}
	}
	s.threshold, s.flat = make([]uint8, n), make([]bool, n)
	for r := range s.rows {
		for c := range s.cols {
			i := r*s.cols + c
			s.flat[i] = high[i]-low[i] < minContrast
			lo, hi := uint8(255), uint8(0)
			for y := max(r-1, 0); y <= min(r+1, s.rows-1); y++ {
				for x := max(c-1, 0); x <= min(c+1, s.cols-1); x++ {
					lo, hi = min(lo, low[y*s.cols+x]), max(hi, high[y*s.cols+x])
				}
			}
			if hi-lo < minContrast { // all of one shade: ink where it is dark
				s.threshold[i] = 96
			} else {
				s.threshold[i] = lo + (hi-lo)/2
			}
		}
	}
	return s
}

// black reports whether the pixel is; the point lies in the picture.
func (s *shade) black(x, y int) bool {
	return s.img.Pix[y*s.img.Stride+x] < s.threshold[(y>>s.shift)*s.cols+x>>s.shift]
}
