package raster

import "image"

// turn takes dots of an upright picture to dots of the same picture turned clockwise.
type turn struct {
	quarters int // 0 to 3
	w, h     int // of the upright picture
}

// size is that of the turned picture.
func (t turn) size() (w, h int) {
	if t.quarters%2 == 1 {
		return t.h, t.w
	}
	return t.w, t.h
}

func (t turn) dot(x, y int) (int, int) {
	switch t.quarters {
	case 1:
		return t.h - 1 - y, x
	case 2:
		return t.w - 1 - x, t.h - 1 - y
	case 3:
		return y, t.w - 1 - x
	}
	return x, y
}

func (t turn) rect(a image.Rectangle) image.Rectangle {
	switch t.quarters {
	case 1:
		return image.Rect(t.h-a.Max.Y, a.Min.X, t.h-a.Min.Y, a.Max.X)
	case 2:
		return image.Rect(t.w-a.Max.X, t.h-a.Max.Y, t.w-a.Min.X, t.h-a.Min.Y)
	case 3:
		return image.Rect(a.Min.Y, t.w-a.Max.X, a.Max.Y, t.w-a.Min.X)
	}
	return a
}

// mask turns a mask about the dot 0, 0.
func (t turn) mask(m *image.Alpha) *image.Alpha {
	if t.quarters == 0 {
		return m
	}
	about := turn{t.quarters, 1, 1}
	out := image.NewAlpha(about.rect(m.Rect))
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		for x := m.Rect.Min.X; x < m.Rect.Max.X; x++ {
			tx, ty := about.dot(x, y)
			out.Pix[out.PixOffset(tx, ty)] = m.Pix[m.PixOffset(x, y)]
		}
	}
	return out
}
