package quality

import "github.com/makiuchi-d/gozxing/common/reedsolomon"

// plan is how a symbol is built, module by module: what is fixed, and which bit of which codeword the others carry.
type plan struct {
	cols, rows int
	codeword   []int   // by module: the codeword it belongs to; -1: none
	bit        []uint8 // by module: which of its bits, 7 the highest
	fixed      []int8  // by module: 1 black, 0 white, -1 not fixed
	segments   [][]int // the modules of each fixed pattern
	codewords  int
	blocks     []block
	field      *reedsolomon.GenericGF
	flip       func(col, row int) bool // the mask laid over the data
}

// block is a run of codewords with its own error correction.
type block struct {
	codewords []int // in order, data first
	ec        int   // how many of them correct errors
}

func newPlan(cols, rows int) *plan {
	n := cols * rows
	p := &plan{cols: cols, rows: rows, codeword: make([]int, n), bit: make([]uint8, n), fixed: make([]int8, n), flip: func(int, int) bool { return false }}
	for i := range n {
		p.codeword[i], p.fixed[i] = -1, -1
	}
	return p
}

// fix begins a segment of fixed modules; what it returns sets one.
func (p *plan) fix() func(col, row int, black bool) {
	p.segments = append(p.segments, nil)
	s := len(p.segments) - 1
	return func(col, row int, black bool) {
		if col < 0 || row < 0 || col >= p.cols || row >= p.rows || p.fixed[row*p.cols+col] >= 0 {
			return
		}
		i := row*p.cols + col
		p.fixed[i] = 0
		if black {
			p.fixed[i] = 1
		}
		p.segments[s] = append(p.segments[s], i)
	}
}

// ideal is the symbol as it was meant, by correcting what was read: 1 black, 0 white, -1 nobody knows. The error means that there are too many errors.
func (p *plan) ideal(black []bool) ([]int8, error) {
	words := make([]int, p.codewords)
	for i, c := range p.codeword {
		if c >= 0 && black[i] != p.flip(i%p.cols, i/p.cols) {
			words[c] |= 1 << p.bit[i]
		}
	}
	rs := reedsolomon.NewReedSolomonDecoder(p.field)
	for _, b := range p.blocks {
		received := make([]int, len(b.codewords))
		for k, c := range b.codewords {
			received[k] = words[c]
		}
		if err := rs.Decode(received, b.ec); err != nil {
			return nil, err
		}
		for k, c := range b.codewords {
			words[c] = received[k]
		}
	}
	out := make([]int8, len(black))
	for i, c := range p.codeword {
		out[i] = p.fixed[i]
		if c >= 0 {
			out[i] = 0
			if (words[c]>>p.bit[i]&1 == 1) != p.flip(i%p.cols, i/p.cols) {
				out[i] = 1
			}
		}
	}
	return out, nil
}
