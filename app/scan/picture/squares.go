package picture

import (
	"image"
	"math"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common"
	dmdecoder "github.com/makiuchi-d/gozxing/datamatrix/decoder"
	dmdetector "github.com/makiuchi-d/gozxing/datamatrix/detector"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode/detector"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

var hints = map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}

// bits copies a part of the picture as the library's bits.
func (s *shade) bits(r image.Rectangle) (*gozxing.BitMatrix, error) {
	m, err := gozxing.NewBitMatrix(r.Dx(), r.Dy())
	if err != nil {
		return nil, err
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if s.black(x, y) {
				m.Set(x-r.Min.X, y-r.Min.Y)
			}
		}
	}
	return m, nil
}

// squares finds the QR codes in a part of the picture, however they are turned.
func (s *shade) squares(r image.Rectangle) []Code {
	m, err := s.bits(r)
	if err != nil {
		return nil
	}
	var codes []Code
	for {
		code, ok := readQR(m)
		if !ok {
			return codes
		}
		here := code
		code.X, code.Y = code.X+float64(r.Min.X), code.Y+float64(r.Min.Y)
		codes = append(codes, code)
		if code.Size*code.Size > float64(r.Dx()*r.Dy())/4 { // no room for another
			return codes
		}
		wipe(m, here)
	}
}

// readQR finds one QR code. Spread ink makes the library count the modules wrong: then all sizes that could be are tried. Data that look like a
// finder pattern mislead it now and then: then it is asked for all sets of three patterns it sees.
func readQR(m *gozxing.BitMatrix) (code Code, ok bool) {
	defer forgive(&ok)
	found, err := detector.NewDetector(m).Detect(hints)
	if err == nil {
		if code, ok = decodeQR(found); ok {
			return code, true
		}
	}
	if code, ok = readModules(m); ok {
		return code, true
	}
	sets, err := multi.NewMultiDetector(m).DetectMulti(hints)
	if err != nil {
		return Code{}, false
	}
	for _, found := range sets {
		if code, ok = decodeQR(found); ok {
			return code, true
		}
	}
	return Code{}, false
}

func decodeQR(found *common.DetectorResult) (code Code, ok bool) {
	result, err := decoder.NewDecoder().Decode(found.GetBits(), hints)
	if err != nil || result.GetText() == "" {
		return Code{}, false
	}
	return corners(result, found.GetPoints(), float64(found.GetBits().GetWidth())), true
}

// forgive turns a panic of the library on a broken code into "not found".
func forgive(ok *bool) {
	if recover() != nil {
		*ok = false
	}
}

// corners places a QR code by the middles of its three finder patterns, each 3.5 modules from the code's edges.
func corners(result *common.DecoderResult, points []gozxing.ResultPoint, modules float64) Code {
	if meta, ok := result.GetOther().(*decoder.QRCodeDecoderMetaData); ok {
		meta.ApplyMirroredCorrection(points)
	}
	bottom, top, right := points[0], points[1], points[2] // lower left, upper left, upper right
	side := max(gozxing.ResultPoint_Distance(top, right), gozxing.ResultPoint_Distance(top, bottom))
	return Code{
		Format: QR, Text: result.GetText(),
		X: (right.GetX() + bottom.GetX()) / 2, Y: (right.GetY() + bottom.GetY()) / 2,
		Size:  side * modules / (modules - 7),
		Angle: degrees(right.GetX()-top.GetX(), right.GetY()-top.GetY()),
	}
}

func degrees(dx, dy float64) float64 { return math.Atan2(dy, dx) * 180 / math.Pi }

// wipe makes the place of a found code white, so that the next one is found.
func wipe(m *gozxing.BitMatrix, c Code) {
	half := c.Size * 0.72 // reaches the corners, however the code is turned
	for y := max(0, int(c.Y-half)); y < min(m.GetHeight(), int(c.Y+half)); y++ {
		for x := max(0, int(c.X-half)); x < min(m.GetWidth(), int(c.X+half)); x++ {
			m.Unset(x, y)
		}
	}
}

// dataMatrix finds a DataMatrix code in the middle of a part of the picture.
func (s *shade) dataMatrix(r image.Rectangle) (code Code, ok bool) {
	defer forgive(&ok)
	m, err := s.bits(r)
	if err != nil {
		return Code{}, false
	}
	d, err := dmdetector.NewDetector(m)
	if err != nil {
		return Code{}, false
	}
	found, err := d.Detect()
	if err != nil {
		return Code{}, false
	}
	result, err := dmdecoder.NewDecoder().Decode(found.GetBits())
	if err != nil || result.GetText() == "" {
		return Code{}, false
	}
	code = Code{Format: DataMatrix, Text: result.GetText()}
	points := found.GetPoints() // upper left, lower left, lower right, upper right
	for _, p := range points {
		code.X += p.GetX() / float64(len(points))
		code.Y += p.GetY() / float64(len(points))
		code.Size = max(code.Size, gozxing.ResultPoint_Distance(p, points[0])/math.Sqrt2)
	}
	code.Angle = degrees(points[2].GetX()-points[1].GetX(), points[2].GetY()-points[1].GetY())
	code.X, code.Y = code.X+float64(r.Min.X), code.Y+float64(r.Min.Y)
	return code, true
}
