package page

import "math"

// Start is the x where the first glyph of the text begins, by its Align. The error is a *MissingGlyphError.
func (t Text) Start() (Millimetres, error) {
	w, err := t.Font.Width(t.Size, t.Text)
	switch t.Align {
	case Center:
		return t.X - w/2, err
	case Right:
		return t.X - w, err
	}
	return t.X, err
}

// Ink is the area the glyphs blacken; without height or width if they are blank. The error is a *MissingGlyphError.
func (t Text) Ink() (Rect, error) {
	start, err := t.Start()
	if err != nil {
		return Rect{}, err
	}
	x, left, right, bottom, top := 0, math.MaxInt, math.MinInt, math.MaxInt, math.MinInt
	tab := t.Font.load()
	for _, r := range t.Text {
		g, _ := tab.glyph(r)
		if g.Right > g.Left {
			left, right = min(left, x+g.Left), max(right, x+g.Right)
			bottom, top = min(bottom, g.Bottom), max(top, g.Top)
		}
		x += g.Advance
	}
	if left > right {
		return Rect{X: start, Y: t.Y}, nil
	}
	return Rect{start + scale(t.Size, left), t.Y - scale(t.Size, top), scale(t.Size, right-left), scale(t.Size, top-bottom)}, nil
}

// Straight reports whether the line is horizontal or vertical. Such lines are drawn as rectangles: Bounds is what they blacken.
func (l Line) Straight() bool { return l.X1 == l.X2 || l.Y1 == l.Y2 }

// Bounds is the area the line lies in. Its ends are cut square at the end points.
func (l Line) Bounds() Rect {
	w := l.Width / 2
	x1, x2 := min(l.X1, l.X2), max(l.X1, l.X2)
	y1, y2 := min(l.Y1, l.Y2), max(l.Y1, l.Y2)
	switch {
	case l.Y1 == l.Y2:
		return Rect{x1, y1 - w, x2 - x1, l.Width}
	case l.X1 == l.X2:
		return Rect{x1 - w, y1, l.Width, y2 - y1}
	}
	return Rect{x1 - w, y1 - w, x2 - x1 + l.Width, y2 - y1 + l.Width}
}

// Strokes are the rectangles a box blackens: itself if it is filled, else its four sides.
func (b Box) Strokes() []Rect {
	if b.Filled {
		return []Rect{{b.X, b.Y, b.W, b.H}}
	}
	w := b.Stroke
	if w <= 0 {
		return nil
	}
	x, y := b.X-w/2, b.Y-w/2
	return []Rect{
		{x, y, b.W + w, w},           // above
		{x, y + b.H, b.W + w, w},     // below
		{x, y + w, w, b.H - w},       // left
		{x + b.W, y + w, w, b.H - w}, // right
	}
}

// Block is a black rectangle of modules.
type Block struct{ X, Y, W, H int }

// Blocks covers the black modules with rectangles, none twice: runs in a row, joined with equal runs of the rows below. Fewer,
// larger rectangles make smaller files and leave fewer seams to a renderer's smoothing.
func (m Matrix) Blocks() []Block {
	out := make([]Block, 0, m.Size*m.Size/5)
	open := make([]int, m.Size) // 1 + index in out of the block that began at column x and reaches the row above
	for y := range m.Size {
		row := m.Bits[y*m.Size : (y+1)*m.Size]
		for x := 0; x < m.Size; {
			if !row[x] {
				open[x] = 0
				x++
				continue
			}
			end := x + 1
			for end < m.Size && row[end] {
				end++
			}
			if i := open[x] - 1; i >= 0 && out[i].W == end-x {
				out[i].H++
			} else {
				out = append(out, Block{x, y, end - x, 1})
				open[x] = len(out)
			}
			for c := x + 1; c < end; c++ {
				open[c] = 0
			}
			x = end
		}
	}
	return out
}

// Blocks are the bars, as rectangles in narrow units from the first bar; each has the height 1.
func (b Bars) Blocks() []Block {
	var out []Block
	x := 0
	for i, r := range b.Runs {
		if i%2 == 0 {
			out = append(out, Block{x, 0, r, 1})
		}
		x += r
	}
	return out
}

// Corners are the corners of the figure a slanted line blackens, in order: x, y each.
func (l Line) Corners() [4][2]Millimetres {
	length := Millimetres(math.Hypot(float64(l.X2-l.X1), float64(l.Y2-l.Y1)))
	if length == 0 {
		return [4][2]Millimetres{{l.X1, l.Y1}, {l.X1, l.Y1}, {l.X1, l.Y1}, {l.X1, l.Y1}}
	}
	dx, dy := (l.Y2-l.Y1)/length*l.Width/2, (l.X1-l.X2)/length*l.Width/2
	return [4][2]Millimetres{{l.X1 + dx, l.Y1 + dy}, {l.X2 + dx, l.Y2 + dy}, {l.X2 - dx, l.Y2 - dy}, {l.X1 - dx, l.Y1 - dy}}
}
