package quality

import (
	"bufio"
	"bytes"
	"testing"
)

func FuzzPGM(f *testing.F) {
	f.Add([]byte("P5\n2 2\n255\nabcd"))
	f.Add([]byte("P5 9999999 9999999 255 "))
	f.Add([]byte("P6 1 1 255 abc"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if img, err := readPGM(bufio.NewReader(bytes.NewReader(b))); err == nil && len(img.Pix) != img.Rect.Dx()*img.Rect.Dy() {
			t.Errorf("%v with %d pixels", img.Rect, len(img.Pix))
		}
	})
}

// FuzzPlan makes sure that no symbol size and no wrong modules break the judging.
func FuzzPlan(f *testing.F) {
	f.Add(byte(10), byte(10), []byte{1, 2, 3})
	f.Add(byte(144), byte(144), []byte{0xff})
	f.Add(byte(18), byte(8), []byte{0})
	f.Fuzz(func(t *testing.T, cols, rows byte, data []byte) {
		p, err := dataMatrixPlan(int(cols), int(rows))
		if err != nil {
			return
		}
		black := make([]bool, p.cols*p.rows)
		for i := range black {
			black[i] = len(data) > 0 && data[i/8%len(data)]>>(i%8)&1 == 1
		}
		ideal, err := p.ideal(black)
		if err == nil && len(ideal) != len(black) {
			t.Errorf("%d of %d modules", len(ideal), len(black))
		}
		if v := p.unused(func(i int) bool { return black[i] }); v < 0 || v > 1 {
			t.Errorf("unused %v", v)
		}
	})
}
