package quality

import "testing"

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
