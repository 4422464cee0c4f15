package picture

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// Placement is a way in which the modules of a QR code may lie in a picture.
type Placement struct {
	Modules   int                          // along a side
	Transform *common.PerspectiveTransform // from modules to pixels
	points    []gozxing.ResultPoint        // the middles of the finder patterns: lower left, upper left, upper right
}

// Placements gives the ways in which the QR code in a black-and-white picture may lie, the likeliest first. Its three patterns are found
// once; how many modules lie between them is only guessed, for ink that has spread or drawn back changes the width of what is measured: so the
// neighbouring sizes come as well, each with and without the alignment pattern. There are none where no three patterns are found.
func Placements(m *gozxing.BitMatrix) iter.Seq[Placement] {
	return func(yield func(Placement) bool) {
		info, err := detector.NewFinderPatternFinder(m, nil).Find(hints)
		if err != nil {
			return
		}
		tl, tr, bl := info.GetTopLeft(), info.GetTopRight(), info.GetBottomLeft()
		module := (tl.GetEstimatedModuleSize() + tr.GetEstimatedModuleSize() + bl.GetEstimatedModuleSize()) / 3
		across := (gozxing.ResultPoint_Distance(tl, tr) + gozxing.ResultPoint_Distance(tl, bl)) / 2
		points := []gozxing.ResultPoint{bl, tl, tr}
		for _, n := range sizesNear(across/module + 7) {
			if a := alignmentNear(m, tl, tr, bl, n); a != nil && !yield(Placement{n, detector.Detector_createTransform(tl, tr, bl, a, n), points}) {
				return
			}
			if !yield(Placement{n, detector.Detector_createTransform(tl, tr, bl, nil, n), points}) {
				return
			}
		}
	}
}

// sizesNear are the sizes of QR codes that a measured count of modules may mean, the nearest first.
func sizesNear(guess float64) []int {
	var sizes []int
	for n := 21; n <= 177; n += 4 {
		if math.Abs(float64(n)-guess) < max(6, guess/4) {
			sizes = append(sizes, n)
		}
	}
	slices.SortFunc(sizes, func(a, b int) int { return cmp.Compare(math.Abs(float64(a)-guess), math.Abs(float64(b)-guess)) })
	return sizes
}

// alignmentNear looks for the alignment pattern where the lower right corner should be; nil if there is none.
func alignmentNear(m *gozxing.BitMatrix, tl, tr, bl gozxing.ResultPoint, n int) *detector.AlignmentPattern {
	if n < 25 {
		return nil
	}
	between := float64(n - 7)
	module := gozxing.ResultPoint_Distance(tl, tr) / between
	k := 1 - 3/between
	x := tl.GetX() + k*(tr.GetX()-2*tl.GetX()+bl.GetX())
	y := tl.GetY() + k*(tr.GetY()-2*tl.GetY()+bl.GetY())
	for _, reach := range []float64{4, 8, 16} {
		r := int(reach * module)
		x0, y0 := max(0, int(x)-r), max(0, int(y)-r)
		x1, y1 := min(m.GetWidth()-1, int(x)+r), min(m.GetHeight()-1, int(y)+r)
		if a, err := detector.NewAlignmentPatternFinder(m, x0, y0, x1-x0, y1-y0, module, nil).Find(); err == nil {
			return a
		}
	}
	return nil
}

// readModules reads the one QR code of m in every size that it may have. A size that is not its own cannot be read: format and version stand in the
// code, and the errors are corrected.
func readModules(m *gozxing.BitMatrix) (code Code, ok bool) {
	for p := range Placements(m) {
		bits, err := common.GridSampler_GetInstance().SampleGridWithTransform(m, p.Modules, p.Modules, p.Transform)
		if err != nil {
			continue
		}
		if code, ok = decodeQR(common.NewDetectorResult(bits, p.points)); ok {
			return code, true
		}
	}
	return Code{}, false
}
