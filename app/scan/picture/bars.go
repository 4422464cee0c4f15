package picture

import "math"

// Interleaved 2 of 5 is read as a laser scanner reads it: by many straight lines across the page. A line gives the widths of
// its black and white runs; a code of 14 digits is exactly 77 of them between two quiet zones. What several lines agree on is
// a code. (The general library finds one code a picture and takes a code's part for a whole; ours stands among others and its
// length is known.)

const (
	digits  = 14
	barRuns = 4 + digits*5 + 3 // start, digits, stop
	quiet   = 4                // modules that must be white around a code; the norm is 10
	agree   = 2                // lines that must say the same
)

// patterns gives the digit of the two wide elements among five, as bits.
var patterns = map[int]byte{0b00110: '0', 0b10001: '1', 0b01001: '2', 0b11000: '3', 0b00101: '4', 0b10100: '5', 0b01100: '6', 0b00011: '7', 0b10010: '8', 0b01010: '9'}

// line is a straight line over the picture, of steps of one pixel.
type line struct {
	x, y, dx, dy float64
	n            int
}

// linesAcross is how many lines cross the shorter side of a picture.
const linesAcross = 250

// lines covers the picture by parallel lines of the given direction, degrees.
func (s *shade) lines(angle float64) []line {
	step := max(2, float64(min(s.w, s.h))/linesAcross)
	sin, cos := math.Sincos(angle * math.Pi / 180)
	w, h := float64(s.w), float64(s.h)
	var list []line
	reach := (math.Abs(w*sin) + math.Abs(h*cos)) / 2 // how far the corners are from the middle line
	for off := -reach + step/2; off < reach; off += step {
		cx, cy := w/2-sin*off, h/2+cos*off // a point of the line
		from, to := clip(cx, cos, w, math.Inf(-1), math.Inf(1))
		from, to = clip(cy, sin, h, from, to)
		if n := int(to - from); n > barRuns {
			list = append(list, line{cx + cos*from, cy + sin*from, cos, sin, n})
		}
	}
	return list
}

// clip narrows from, to to where at + t*d lies between 0 and size.
func clip(at, d, size, from, to float64) (float64, float64) {
	const almost = 1e-9
	if math.Abs(d) < almost {
		if at < 0 || at >= size {
			return 0, 0
		}
		return from, to
	}
	a, b := -at/d, (size-1e-3-at)/d
	return max(from, min(a, b)), min(to, max(a, b))
}

// edges gives where along l black and white change, between pixels by their grey. The first edge goes from white to black, at 0 if
// the line begins in black.
func (s *shade) edges(l line, buf []float32) []float32 {
	const one = 1 << 16
	list := buf[:0]
	x, y, dx, dy := int(l.x*one), int(l.y*one), int(l.dx*one), int(l.dy*one)
	black := false
	was := 1
	for i := range l.n {
		px, py := x>>16, y>>16
		x, y = x+dx, y+dy
		d := int(s.img.Pix[py*s.img.Stride+px]) - int(s.threshold[(py>>s.shift)*s.cols+px>>s.shift])
		if (d < 0) != black {
			black = !black
			at := float32(i)
			if i > 0 {
				at += float32(d) / float32(was-d)
			}
			list = append(list, at)
		}
		was = d
	}
	return list
}

// bars finds the codes along lines of the given direction.
func (s *shade) bars(angle float64) []Code {
	var found []sighting
	buf, back := make([]float32, 0, 512), make([]float32, 0, 512)
	for _, l := range s.lines(angle) {
		buf = s.edges(l, buf)
		if len(buf) < barRuns+1 {
			continue
		}
		found = l.readBars(buf, found, false)
		back = back[:0]
		n := float32(l.n)
		if len(buf)%2 == 1 { // ends in black
			back = append(back, 0)
		}
		for i := len(buf) - 1; i >= 0; i-- {
			back = append(back, n-buf[i])
		}
		found = l.readBars(back, found, true)
	}
	return vote(ITF, found, angle)
}

// sighting is what one line says.
type sighting struct {
	text         string
	x, y, length float64
	backwards    bool
}

// readBars adds the codes among the edges of a line.
func (l line) readBars(edges []float32, found []sighting, backwards bool) []sighting {
	for k := 0; k+barRuns < len(edges); k += 2 {
		e := edges[k : k+barRuns+1]
		module := (e[4] - e[0]) / 4
		length := e[barRuns] - e[0]
		if r := length / module; r < 90 || r > 150 { // 106 modules where wide is 2, 135 where it is 3
			continue
		}
		if k > 0 && e[0]-edges[k-1] < quiet*module {
			continue
		}
		if k+barRuns+1 < len(edges) && edges[k+barRuns+1]-e[barRuns] < quiet*module {
			continue
		}
		text, ok := readRuns(e)
		if !ok {
			continue
		}
		at := float64(e[0]+e[barRuns]) / 2
		if backwards {
			at = float64(l.n) - at
		}
		found = append(found, sighting{text, l.x + l.dx*at, l.y + l.dy*at, float64(length), backwards})
		k += barRuns - 1
	}
	return found
}

// readRuns reads the digits of a whole code. Bars and gaps are judged apart, because ink spreads.
func readRuns(e []float32) (string, bool) {
	var sum, count [2][2]float32 // by black/white and narrow/wide
	var wide [barRuns]bool
	width := func(i int) float32 { return e[i+1] - e[i] }
	text := make([]byte, 0, digits)
	for d := range digits {
		first := 4 + d/2*10 + d%2 // the pair's bars are one digit, its gaps the next
		bits := widest(func(i int) float32 { return width(first + 2*i) })
		digit, ok := patterns[bits]
		if !ok {
			return "", false
		}
		text = append(text, digit)
		for i := range 5 {
			wide[first+2*i] = bits>>(4-i)&1 == 1
		}
	}
	wide[barRuns-3] = true
	for i := range barRuns {
		colour, class := i%2, 0
		if wide[i] {
			class = 1
		}
		sum[colour][class] += width(i)
		count[colour][class]++
	}
	for i := range barRuns {
		colour, class := i%2, 0
		narrow, broad := sum[colour][0]/count[colour][0], sum[colour][1]/count[colour][1]
		if broad < 1.5*narrow || broad > 5*narrow {
			return "", false
		}
		middle := (narrow + broad) / 2
		if wide[i] {
			class = 1
		}
		if w := width(i); (w > middle) != (class == 1) || w > broad*1.5 || w < narrow*0.4 {
			return "", false
		}
	}
	return string(text), true
}

// widest gives the two widest of five as bits, the first being the highest.
func widest(width func(i int) float32) int {
	a, b := 0, 1 // the widest and the next
	if width(b) > width(a) {
		a, b = b, a
	}
	for i := 2; i < 5; i++ {
		switch w := width(i); {
		case w > width(a):
			a, b = i, a
		case w > width(b):
			b = i
		}
	}
	return 1<<(4-a) | 1<<(4-b)
}

// vote joins what the lines say of one place: those follow each other, each near the last. A text stands if enough lines say it
// and few say anything else.
func vote(format Format, found []sighting, angle float64) []Code {
	var places [][]sighting
next:
	for _, f := range found {
		for i, p := range places {
			if last := p[len(p)-1]; math.Hypot(last.x-f.x, last.y-f.y) < f.length/2 {
				places[i] = append(p, f)
				continue next
			}
		}
		places = append(places, []sighting{f})
	}
	var codes []Code
	for _, p := range places {
		votes, backwards := map[string]int{}, 0
		c := Code{Format: format, Angle: angle}
		for _, f := range p {
			votes[f.text]++
			if f.backwards {
				backwards++
			}
			c.X, c.Y = c.X+f.x/float64(len(p)), c.Y+f.y/float64(len(p))
			c.Size = max(c.Size, f.length)
		}
		if backwards*2 > len(p) {
			c.Angle += 180
		}
		for text, n := range votes {
			if n >= agree && n*4 >= len(p)*3 {
				c.Text = text
				codes = append(codes, c)
			}
		}
	}
	return codes
}
