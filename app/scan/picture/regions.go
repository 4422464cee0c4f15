package picture

import "image"

// regions finds the places that may hold a square code: neighbouring cells about half black in which black and white change
// often in both directions. Letters in bold come along; they cost an attempt each.
func (s *shade) regions() []image.Rectangle {
	busy := make([]bool, s.cols*s.rows)
	for r := range s.rows {
		for c := range s.cols {
			if i := r*s.cols + c; !s.flat[i] {
				busy[i] = s.busy(c, r)
			}
		}
	}
	var list []image.Rectangle
	var stack []int
	for i := range busy {
		if !busy[i] {
			continue
		}
		box, cells := image.Rectangle{}, 0
		stack = append(stack[:0], i)
		busy[i] = false
		for len(stack) > 0 {
			j := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			c, r := j%s.cols, j/s.cols
			box = box.Union(image.Rect(c, r, c+1, r+1))
			cells++
			for y := max(r-1, 0); y <= min(r+1, s.rows-1); y++ {
				for x := max(c-1, 0); x <= min(c+1, s.cols-1); x++ {
					if k := y*s.cols + x; busy[k] {
						busy[k] = false
						stack = append(stack, k)
					}
				}
			}
		}
		if box.Dx() < 3 || box.Dy() < 3 || cells*3 < box.Dx()*box.Dy() {
			continue
		}
		const margin = 2
		box = box.Inset(-margin)
		px := image.Rect(box.Min.X<<s.shift, box.Min.Y<<s.shift, box.Max.X<<s.shift, box.Max.Y<<s.shift)
		list = append(list, px.Intersect(image.Rect(0, 0, s.w, s.h)))
	}
	return list
}

// busy looks at every second row and column of a cell.
func (s *shade) busy(c, r int) bool {
	x0, y0 := c<<s.shift, r<<s.shift
	x1, y1 := min(x0+1<<s.shift, s.w), min(y0+1<<s.shift, s.h)
	t := s.threshold[r*s.cols+c]
	dark, across, down, n, rows, columns := 0, 0, 0, 0, 0, 0
	for y := y0; y < y1; y += 2 {
		row := s.img.Pix[y*s.img.Stride+x0 : y*s.img.Stride+x1]
		was := row[0] < t
		for _, p := range row {
			is := p < t
			if is != was {
				across++
			}
			if is {
				dark++
			}
			was = is
		}
		n += len(row)
		rows++
	}
	for x := x0; x < x1; x += 2 {
		was := s.img.Pix[y0*s.img.Stride+x] < t
		for y := y0 + 1; y < y1; y++ {
			is := s.img.Pix[y*s.img.Stride+x] < t
			if is != was {
				down++
			}
			was = is
		}
		columns++
	}
	return dark*100 > n*22 && dark*100 < n*80 && across*2 >= rows && down*2 >= columns
}
