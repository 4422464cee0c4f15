package quality

import (
	"math"
	"slices"
)

// point joins a measured value with the score it stands for; between two points the score runs straight.
type point struct{ value, score float64 }

// The steps of ISO/IEC 15415:2011 (contrast, modulation, unused error correction, axial nonuniformity) and ISO/IEC 18004 (fixed patterns) between
// the grades 4, 3, 2, 1. The standard gives whole grades of a calibrated reader; we draw lines between them.
var (
	contrastScale   = []point{{0, 0}, {0.20, 1}, {0.40, 2}, {0.55, 3}, {0.70, 4}}
	modulationScale = []point{{0, 0}, {0.20, 1}, {0.30, 2}, {0.40, 3}, {0.50, 4}}
	unusedScale     = []point{{0, 0}, {0.25, 1}, {0.37, 2}, {0.50, 3}, {0.62, 4}}
	damageScale     = []point{{0, 4}, {0.09, 3}, {0.11, 2}, {0.14, 1}, {0.20, 0}}
	axialScale      = []point{{0.06, 4}, {0.08, 3}, {0.10, 2}, {0.12, 1}, {0.16, 0}}
	// growthScale is ours; the standard reports the growth and does not grade it.
	growthScale = []point{{0.08, 4}, {0.16, 3}, {0.24, 2}, {0.32, 1}, {0.42, 0}}
)

func score(scale []point, value float64) float64 {
	if value <= scale[0].value {
		return scale[0].score
	}
	for i, b := range scale[1:] {
		if a := scale[i]; value <= b.value {
			return a.score + (b.score-a.score)*(value-a.value)/(b.value-a.value)
		}
	}
	return scale[len(scale)-1].score
}

// margins says of each module how far it is from the middle between dark and bright, 0 to 1 where 1 is full contrast. signed ones are 0 for a module
// that lies on the wrong side.
type margins struct {
	dark, bright     float64
	distance, signed []float64
}

func newMargins(modules, ring []float64, ideal []int8) margins {
	m := margins{dark: slices.Min(modules), bright: max(slices.Max(modules), slices.Max(ring))}
	middle, span := (m.dark+m.bright)/2, m.bright-m.dark
	for i, v := range modules {
		d := 0.0
		if span > 0 {
			d = 2 * (v - middle) / span
		}
		m.distance = append(m.distance, math.Abs(d))
		switch ideal[i] {
		case 1:
			m.signed = append(m.signed, max(0, -d))
		case 0:
			m.signed = append(m.signed, max(0, d))
		default:
			m.signed = append(m.signed, math.Abs(d))
		}
	}
	return m
}

// unused is the share of the error correction that is left in the worst block when the codewords for which bad says so are wrong.
func (p *plan) unused(bad func(module int) bool) float64 {
	wrong := make([]bool, p.codewords)
	for i, c := range p.codeword {
		if c >= 0 && bad(i) {
			wrong[c] = true
		}
	}
	worst := 1.0
	for _, b := range p.blocks {
		n := 0
		for _, c := range b.codewords {
			if wrong[c] {
				n++
			}
		}
		worst = min(worst, 1-2*float64(n)/float64(b.ec))
	}
	return max(0, worst)
}

// damage is the share of wrong modules in the worst of the fixed patterns.
func (p *plan) damage(bad func(module int) bool) float64 {
	worst := 0.0
	for _, s := range p.segments {
		n := 0
		for _, i := range s {
			if bad(i) {
				n++
			}
		}
		worst = max(worst, float64(n)/float64(max(1, len(s))))
	}
	return worst
}

// overlay is the standard's way of weighing weak modules: for every score the modules weaker than it asks for count as wrong, and what is left
// of the symbol then has a score; the best of the lesser of both is the symbol's.
func overlay(margin []float64, left func(bad func(module int) bool) float64) float64 {
	best := 0.0
	for tenth := 40; tenth > 0; tenth-- {
		s := float64(tenth) / 10
		if s <= best {
			break
		}
		limit := at(modulationScale, s)
		best = max(best, min(s, left(func(i int) bool { return margin[i] < limit })))
	}
	return best
}

// at is the value with a score, the inverse of score on a rising scale.
func at(scale []point, s float64) float64 {
	for i, b := range scale[1:] {
		if a := scale[i]; s <= b.score {
			return a.value + (b.value-a.value)*(s-a.score)/(b.score-a.score)
		}
	}
	return scale[len(scale)-1].value
}

// growth is how far the black reaches over its edges, in modules: positive where ink spreads or the print is too dark, negative where it is too
// thin. It is the symbol's blackness compared with what it should be, parted among its edges.
func (g *grid) growth(ideal []int8, m margins) float64 {
	black := func(col, row int) bool {
		return col >= 0 && row >= 0 && col < g.cols && row < g.rows && ideal[row*g.cols+col] == 1
	}
	l := g.lens()
	span := m.bright - m.dark
	if span <= 0 {
		return 0
	}
	const fine = 5 // looks a module, each way
	excess, edges := 0.0, 0.0
	for row := range g.rows {
		for col := range g.cols {
			if ideal[row*g.cols+col] < 0 {
				continue
			}
			ink := 0.0
			for y := range fine {
				for x := range fine {
					v := g.light(l.at(float64(col)+(float64(x)+0.5)/fine, float64(row)+(float64(y)+0.5)/fine))
					ink += min(1, max(0, (m.bright-v)/span))
				}
			}
			excess += ink / fine / fine
			if !black(col, row) {
				continue
			}
			excess--
			for _, d := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				// What spreads out of the symbol is not looked at.
				if x, y := col+d[0], row+d[1]; x >= 0 && y >= 0 && x < g.cols && y < g.rows && !black(x, y) {
					edges++
				}
			}
		}
	}
	if edges == 0 {
		return 0
	}
	return excess / edges
}

// noise is how restless the blank and the black parts are that should be of one shade, as a share of the contrast: the middles of modules
// whose eight neighbours are all like them.
func (g *grid) noise(ideal []int8, m margins) float64 {
	span := m.bright - m.dark
	l := g.lens()
	sum, n := 0.0, 0
	for row := 1; row < g.rows-1; row++ {
	next:
		for col := 1; col < g.cols-1; col++ {
			v := ideal[row*g.cols+col]
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if ideal[(row+dy)*g.cols+col+dx] != v || v < 0 {
						continue next
					}
				}
			}
			mean, square := 0.0, 0.0
			for _, s := range spots {
				v := g.light(l.at(float64(col)+0.5+s[0], float64(row)+0.5+s[1]))
				mean, square = mean+v, square+v*v
			}
			k := float64(len(spots))
			sum += math.Sqrt(max(0, square/k-mean*mean/k/k))
			n++
		}
	}
	if n == 0 || span <= 0 {
		return 0
	}
	return sum / float64(n) / span
}

// streak reports whether the weak modules stand in a few rows or columns while the rest is well.
func (g *grid) streak(margin []float64) bool {
	const weak = 0.4
	inRow, inCol, all := make([]int, g.rows), make([]int, g.cols), 0
	for i, v := range margin {
		if v < weak {
			inRow[i/g.cols]++
			inCol[i%g.cols]++
			all++
		}
	}
	if all == 0 {
		return false
	}
	lines := 0
	in := 0
	for _, n := range inRow {
		if n*3 > g.cols {
			lines, in = lines+1, in+n
		}
	}
	for _, n := range inCol {
		if n*3 > g.rows {
			lines, in = lines+1, in+n
		}
	}
	return lines > 0 && lines*6 <= g.cols+g.rows && in*2 > all
}

// measure judges one code.
func (r *Reading) measure(f found) {
	g, p, ideal := f.grid, f.plan, f.ideal
	g.settle(ideal)
	modules, ring := g.sample()
	m := newMargins(modules, ring, ideal)
	middle := (m.dark + m.bright) / 2
	r.Contrast.set(m.bright-m.dark, contrastScale)
	wrong := func(i int) bool { return ideal[i] >= 0 && (modules[i] < middle) != (ideal[i] == 1) }
	r.UnusedEC.set(p.unused(wrong), unusedScale)
	errorsLeft := func(bad func(int) bool) float64 {
		return score(unusedScale, p.unused(func(i int) bool { return bad(i) }))
	}
	r.Modulation = Measure{Value: low(m.distance), Score: overlay(m.distance, errorsLeft)}
	r.Margin = Measure{Value: low(m.signed), Score: overlay(m.signed, errorsLeft)}
	r.FixedPattern = Measure{Value: p.damage(wrong), Score: overlay(m.signed, func(bad func(int) bool) float64 { return score(damageScale, p.damage(bad)) })}
	growth := g.growth(ideal, m)
	r.Growth = Measure{Value: growth, Score: score(growthScale, math.Abs(growth))}
	r.Photo = !g.flat()
	r.Axial = Measure{Score: 4}
	if s := g.sides(); !r.Photo {
		x, y := (s[0]+s[2])/float64(2*g.cols), (s[1]+s[3])/float64(2*g.rows)
		r.Axial.set(math.Abs(x-y)/((x+y)/2), axialScale)
	}
	r.conclude(g.noise(ideal, m), g.streak(m.signed))
}

// low is the value that five of a hundred modules do not reach.
func low(margin []float64) float64 {
	sorted := slices.Sorted(slices.Values(margin))
	return sorted[len(sorted)/20]
}
