package quality

import (
	"errors"
	"image"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common"
	dmdecoder "github.com/makiuchi-d/gozxing/datamatrix/decoder"
	dmdetector "github.com/makiuchi-d/gozxing/datamatrix/detector"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"znak/app/scan/picture"
)

// grid is where the modules of a symbol lie in a picture: the four corners of the symbol, and from them every module by perspective.
type grid struct {
	img        *image.Gray
	cols, rows int
	corners    [8]float64 // x, y of upper left, upper right, lower right, lower left
}

var errNotFound = errors.New("the modules cannot be told apart")

// found is a symbol whose modules have been read.
type found struct {
	grid  *grid
	plan  *plan
	ideal []int8
	text  string
}

// locate finds the symbol in an area of a picture by the library's eye for patterns, and reads its modules from the greys. It tries all
// sizes that could be (picture.Placements).
func locate(img *image.Gray, area image.Rectangle, format picture.Format) (f found, err error) {
	defer func() {
		if recover() != nil { // the library's, on broken codes
			err = errNotFound
		}
	}()
	m, err := blackAndWhite(img, area)
	if err != nil {
		return found{}, err
	}
	if format == picture.QR {
		return locateQR(img, area, m)
	}
	return locateDataMatrix(img, area, m)
}

func locateQR(img *image.Gray, area image.Rectangle, m *gozxing.BitMatrix) (found, error) {
	for p := range picture.Placements(m) {
		g := newGrid(img, p.Modules, p.Modules, area.Min, p.Transform)
		for _, read := range []func() []float64{g.modules, g.middles} { // where much ink has spread, only the middles tell black from white
			bits, black := g.bits(read())
			result, err := decoder.NewDecoder().Decode(copyOf(bits), nil)
			if err != nil || result.GetText() == "" {
				continue
			}
			plan, err := qrPlan(bits)
			if err != nil {
				return found{}, err
			}
			ideal, err := plan.ideal(black)
			return found{g, plan, ideal, result.GetText()}, err
		}
	}
	return found{}, errNotFound
}

func locateDataMatrix(img *image.Gray, area image.Rectangle, m *gozxing.BitMatrix) (found, error) {
	d, err := dmdetector.NewDetector(m)
	if err != nil {
		return found{}, err
	}
	result, err := d.Detect()
	if err != nil {
		return found{}, err
	}
	points := result.GetPoints() // the middles of the corner modules: upper left, lower left, lower right, upper right
	cols, rows := result.GetBits().GetWidth(), result.GetBits().GetHeight()
	w, h := float64(cols), float64(rows)
	g := newGrid(img, cols, rows, area.Min, common.PerspectiveTransform_QuadrilateralToQuadrilateral(0.5, 0.5, w-0.5, 0.5, w-0.5, h-0.5, 0.5, h-0.5,
		points[0].GetX(), points[0].GetY(), points[3].GetX(), points[3].GetY(), points[2].GetX(), points[2].GetY(), points[1].GetX(), points[1].GetY()))
	bits, black := g.bits(g.modules())
	text, err := dmdecoder.NewDecoder().Decode(bits)
	if err != nil {
		return found{}, err
	}
	p, err := dataMatrixPlan(cols, rows)
	if err != nil {
		return found{}, err
	}
	ideal, err := p.ideal(black)
	return found{g, p, ideal, text.GetText()}, err
}

// newGrid is the grid of a transform from modules to places in a picture that begins at origin.
func newGrid(img *image.Gray, cols, rows int, origin image.Point, t *common.PerspectiveTransform) *grid {
	g := &grid{img: img, cols: cols, rows: rows}
	w, h := float64(cols), float64(rows)
	g.corners = [8]float64{0, 0, w, 0, w, h, 0, h}
	t.TransformPoints(g.corners[:])
	for i := range g.corners {
		g.corners[i] += float64([2]int{origin.X, origin.Y}[i%2])
	}
	return g
}

// modules is the brightness of every module.
func (g *grid) modules() []float64 {
	modules, _ := g.sample()
	return modules
}

// middles is the brightness in the very middle of every module.
func (g *grid) middles() []float64 {
	l := g.lens()
	list := make([]float64, 0, g.cols*g.rows)
	for row := range g.rows {
		for col := range g.cols {
			list = append(list, g.light(l.at(float64(col)+0.5, float64(row)+0.5)))
		}
	}
	return list
}

// bits tells black modules from white by their brightness.
func (g *grid) bits(modules []float64) (*gozxing.BitMatrix, []bool) {
	middle := (slices.Min(modules) + slices.Max(modules)) / 2
	m, _ := gozxing.NewBitMatrix(g.cols, g.rows)
	black := make([]bool, len(modules))
	for i, v := range modules {
		if v < middle {
			m.Set(i%g.cols, i/g.cols)
			black[i] = true
		}
	}
	return m, black
}

// blackAndWhite parts an area at the middle between its dark and its bright.
func blackAndWhite(img *image.Gray, area image.Rectangle) (*gozxing.BitMatrix, error) {
	var count [256]int
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for _, v := range img.Pix[img.PixOffset(area.Min.X, y):][:area.Dx()] {
			count[v]++
		}
	}
	low, high := share(count, 0.05), share(count, 0.95)
	middle := uint8((low + high) / 2)
	m, err := gozxing.NewBitMatrix(area.Dx(), area.Dy())
	if err != nil {
		return nil, err
	}
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x, v := range img.Pix[img.PixOffset(area.Min.X, y):][:area.Dx()] {
			if v <= middle {
				m.Set(x, y-area.Min.Y)
			}
		}
	}
	return m, nil
}

// share is the value that so much of all is not above.
func share(count [256]int, part float64) int {
	n := 0
	for _, c := range count {
		n += c
	}
	left := int(part * float64(n))
	for v, c := range count {
		if left -= c; left < 0 {
			return v
		}
	}
	return 255
}

// lens turns places in modules into places in the picture.
type lens struct{ a, b, c, d, e, f, g, h float64 }

// lens is the perspective that takes the unit square to the corners, with modules as its unit.
func (g *grid) lens() lens {
	k := g.corners
	dx1, dx2, dx3 := k[2]-k[4], k[6]-k[4], k[0]-k[2]+k[4]-k[6]
	dy1, dy2, dy3 := k[3]-k[5], k[7]-k[5], k[1]-k[3]+k[5]-k[7]
	det := dx1*dy2 - dx2*dy1
	p, q := (dx3*dy2-dx2*dy3)/det, (dx1*dy3-dx3*dy1)/det
	w, h := float64(g.cols), float64(g.rows)
	return lens{
		a: (k[2] - k[0] + p*k[2]) / w, b: (k[6] - k[0] + q*k[6]) / h, c: k[0],
		d: (k[3] - k[1] + p*k[3]) / w, e: (k[7] - k[1] + q*k[7]) / h, f: k[1],
		g: p / w, h: q / h,
	}
}

func (l lens) at(x, y float64) (float64, float64) {
	w := l.g*x + l.h*y + 1
	return (l.a*x + l.b*y + l.c) / w, (l.d*x + l.e*y + l.f) / w
}

// light is the brightness at a point of the picture, 0 to 1, between pixels by their neighbours. Pixel centres lie at halves.
func (g *grid) light(x, y float64) float64 {
	x, y = x-0.5, y-0.5
	maxX, maxY := float64(g.img.Rect.Dx()-2), float64(g.img.Rect.Dy()-2)
	x, y = min(max(x, 0), maxX), min(max(y, 0), maxY)
	ix, iy := int(x), int(y)
	fx, fy := x-float64(ix), y-float64(iy)
	row := g.img.Pix[iy*g.img.Stride+ix:]
	a := float64(row[0])*(1-fx) + float64(row[1])*fx
	row = g.img.Pix[(iy+1)*g.img.Stride+ix:]
	b := float64(row[0])*(1-fx) + float64(row[1])*fx
	return (a*(1-fy) + b*fy) / 255
}

// aperture is the part of a module that is looked at, its diameter in modules (ISO/IEC 15415 takes 0.8 for symbols of known size).
const aperture = 0.8

// spots are the points of the aperture, from a module's middle.
var spots = func() [][2]float64 {
	var list [][2]float64
	const n = 7
	for y := range n {
		for x := range n {
			dx, dy := (float64(x)/(n-1)-0.5)*aperture, (float64(y)/(n-1)-0.5)*aperture
			if math.Hypot(dx, dy) <= aperture/2+1e-9 {
				list = append(list, [2]float64{dx, dy})
			}
		}
	}
	return list
}()

// sample is the brightness of every module, and of the ring of modules around the symbol.
func (g *grid) sample() (modules, ring []float64) {
	l := g.lens()
	look := func(col, row int) float64 {
		sum := 0.0
		for _, s := range spots {
			sum += g.light(l.at(float64(col)+0.5+s[0], float64(row)+0.5+s[1]))
		}
		return sum / float64(len(spots))
	}
	modules = make([]float64, 0, g.cols*g.rows)
	for row := range g.rows {
		for col := range g.cols {
			modules = append(modules, look(col, row))
		}
	}
	for col := -1; col <= g.cols; col++ {
		ring = append(ring, look(col, -1), look(col, g.rows))
	}
	for row := range g.rows {
		ring = append(ring, look(-1, row), look(g.cols, row))
	}
	return modules, ring
}

// settle moves the corners until the modules lie best on the ideal symbol: dark where it is black. What the finding leaves, up to half a module,
// would else be taken for blur.
func (g *grid) settle(ideal []int8) {
	fit := func() float64 {
		l := g.lens()
		sum := 0.0
		for i, v := range ideal {
			if v < 0 {
				continue
			}
			col, row := float64(i%g.cols), float64(i/g.cols)
			light := g.light(l.at(col+0.2, row+0.2)) + g.light(l.at(col+0.8, row+0.2)) + g.light(l.at(col+0.2, row+0.8)) + g.light(l.at(col+0.8, row+0.8))
			if v == 1 {
				light = -light
			}
			sum += light
		}
		return sum
	}
	module := math.Hypot(g.corners[2]-g.corners[0], g.corners[3]-g.corners[1]) / float64(g.cols)
	best := fit()
	for _, step := range []float64{0.4, 0.2, 0.1, 0.05} {
		for range 3 {
			moved := false
			for i := range g.corners {
				for _, d := range []float64{step * module, -step * module} {
					g.corners[i] += d
					if now := fit(); now > best {
						best, moved = now, true
						break
					}
					g.corners[i] -= d
				}
			}
			if !moved {
				break
			}
		}
	}
}

// sides are the lengths of the symbol's sides in pixels: above, right, below, left.
func (g *grid) sides() (s [4]float64) {
	for i := range s {
		j := (i + 1) % 4
		s[i] = math.Hypot(g.corners[2*j]-g.corners[2*i], g.corners[2*j+1]-g.corners[2*i+1])
	}
	return s
}

// size is the longest side, pixels.
func (g *grid) size() float64 {
	s := g.sides()
	return slices.Max(s[:])
}

// flat reports whether the picture was taken from straight above, as a scanner does: opposite sides equal, corners square. A
// photograph is shortened one way, which says nothing of the printer.
func (g *grid) flat() bool {
	s := g.sides()
	k := g.corners
	cos := ((k[2]-k[0])*(k[6]-k[0]) + (k[3]-k[1])*(k[7]-k[1])) / (s[0] * s[3])
	const even = 0.004
	return math.Abs(s[0]-s[2]) < even*s[0] && math.Abs(s[1]-s[3]) < even*s[1] && math.Abs(cos) < even
}
