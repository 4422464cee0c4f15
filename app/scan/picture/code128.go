package picture

import (
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

// code128 finds Code 128 along lines of the given direction; the library reads each line.
func (s *shade) code128(angle float64) []Code {
	reader := oned.NewCode128Reader().(oned.RowDecoder)
	var found []sighting
	var buf []float32
	for _, l := range s.lines(angle) {
		if buf = s.edges(l, buf); len(buf) < 40 { // start, stop, check and two characters
			continue
		}
		row := gozxing.NewBitArray(l.n)
		for i := 0; i < len(buf); i += 2 {
			to := float32(l.n)
			if i+1 < len(buf) {
				to = buf[i+1]
			}
			if row.SetRange(int(buf[i]+0.5), min(int(to+0.5), l.n)) != nil {
				return nil
			}
		}
		for _, backwards := range []bool{false, true} {
			if backwards {
				row.Reverse()
			}
			if text, from, to, ok := readRow(reader, row); ok {
				at := (from + to) / 2
				if backwards {
					at = float64(l.n) - at
				}
				found = append(found, sighting{text, l.x + l.dx*at, l.y + l.dy*at, to - from, backwards})
			}
		}
	}
	return vote(Code128, found, angle)
}

// readRow reads one line and says where the code stands on it.
func readRow(reader oned.RowDecoder, row *gozxing.BitArray) (text string, from, to float64, ok bool) {
	defer forgive(&ok)
	result, err := reader.DecodeRow(0, row, hints)
	if err != nil || result.GetText() == "" {
		return "", 0, 0, false
	}
	points := result.GetResultPoints()
	return result.GetText(), points[0].GetX(), points[1].GetX(), true
}
