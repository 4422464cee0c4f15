package quality

import (
	"errors"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common/reedsolomon"
	dmencoder "github.com/makiuchi-d/gozxing/datamatrix/encoder"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

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

// qrPlan is after ISO/IEC 18004: three finder patterns with their separators, timing, alignment, then the codewords in columns of two from the
// right. bits are the modules as read, for the level and the mask.
func qrPlan(bits *gozxing.BitMatrix) (*plan, error) {
	size := bits.GetWidth()
	parser, err := decoder.NewBitMatrixParser(copyOf(bits))
	if err != nil {
		return nil, err
	}
	version, err := parser.ReadVersion()
	if err != nil {
		return nil, err
	}
	format, err := parser.ReadFormatInformation()
	if err != nil {
		return nil, err
	}
	p := newPlan(size, size)
	p.field = reedsolomon.GenericGF_QR_CODE_FIELD_256
	p.codewords = version.GetTotalCodewords()
	p.flip = qrMasks[format.GetDataMask()&7]
	for _, at := range [][2]int{{3, 3}, {size - 4, 3}, {3, size - 4}} {
		set := p.fix()
		for dy := -4; dy <= 4; dy++ {
			for dx := -4; dx <= 4; dx++ {
				ring := max(dx, -dx, dy, -dy)
				set(at[0]+dx, at[1]+dy, ring != 2 && ring != 4)
			}
		}
	}
	across, down := p.fix(), p.fix()
	for i := 8; i < size-8; i++ {
		across(i, 6, i%2 == 0)
	}
	for i := 8; i < size-8; i++ {
		down(6, i, i%2 == 0)
	}
	centres := version.GetAlignmentPatternCenters()
	for _, x := range centres {
		for _, y := range centres {
			if (x == 6 || x == size-7) && (y == 6 || y == size-7) && !(x == size-7 && y == size-7) {
				continue // a finder pattern is there
			}
			set := p.fix()
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					set(x+dx, y+dy, max(dx, -dx, dy, -dy) != 1)
				}
			}
		}
	}
	reserved := func(x, y int) bool { // format and version information: neither fixed nor data
		if x == 8 && (y <= 8 || y >= size-8) || y == 8 && (x <= 8 || x >= size-8) {
			return true
		}
		return size >= 45 && (x >= size-11 && y < 6 || y >= size-11 && x < 6)
	}
	next, up := 0, true
	for right := size - 1; right > 0; right -= 2 {
		if right == 6 {
			right--
		}
		for k := range size {
			y := k
			if up {
				y = size - 1 - k
			}
			for _, x := range []int{right, right - 1} {
				i := y*size + x
				if p.fixed[i] >= 0 || reserved(x, y) || next >= p.codewords*8 {
					continue
				}
				p.codeword[i], p.bit[i] = next/8, uint8(7-next%8)
				next++
			}
		}
		up = !up
	}
	return p, p.qrBlocks(version, format.GetErrorCorrectionLevel())
}

// qrBlocks finds out which codeword belongs to which block by having the library part the codewords' own numbers.
func (p *plan) qrBlocks(version *decoder.Version, level decoder.ErrorCorrectionLevel) error {
	low, high := make([]byte, p.codewords), make([]byte, p.codewords)
	for i := range p.codewords {
		low[i], high[i] = byte(i), byte(i>>8)
	}
	a, err := decoder.DataBlock_GetDataBlocks(low, version, level)
	if err != nil {
		return err
	}
	b, err := decoder.DataBlock_GetDataBlocks(high, version, level)
	if err != nil {
		return err
	}
	for i := range a {
		var one block
		for k, v := range a[i].GetCodewords() {
			one.codewords = append(one.codewords, int(v)|int(b[i].GetCodewords()[k])<<8)
		}
		one.ec = len(one.codewords) - a[i].GetNumDataCodewords()
		p.blocks = append(p.blocks, one)
	}
	return nil
}

// qrMasks are those of ISO/IEC 18004.
var qrMasks = [8]func(x, y int) bool{
	func(x, y int) bool { return (x+y)%2 == 0 },
	func(_, y int) bool { return y%2 == 0 },
	func(x, _ int) bool { return x%3 == 0 },
	func(x, y int) bool { return (x+y)%3 == 0 },
	func(x, y int) bool { return (y/2+x/3)%2 == 0 },
	func(x, y int) bool { return x*y%2+x*y%3 == 0 },
	func(x, y int) bool { return (x*y%2+x*y%3)%2 == 0 },
	func(x, y int) bool { return ((x+y)%2+x*y%3)%2 == 0 },
}

func copyOf(m *gozxing.BitMatrix) *gozxing.BitMatrix {
	c, _ := gozxing.NewBitMatrix(m.GetWidth(), m.GetHeight())
	for y := range m.GetHeight() {
		for x := range m.GetWidth() {
			if m.Get(x, y) {
				c.Set(x, y)
			}
		}
	}
	return c
}

// dataMatrixPlan is after ISO/IEC 16022: every data region has a solid border left and below, and a broken one above and right.
func dataMatrixPlan(cols, rows int) (*plan, error) {
	info, err := symbolOf(cols, rows)
	if err != nil {
		return nil, err
	}
	p := newPlan(cols, rows)
	p.field = reedsolomon.GenericGF_DATA_MATRIX_FIELD_256
	w, h := info.matrixWidth, info.matrixHeight // of a region, without borders
	solid := p.fix()
	for y := range rows {
		for x := range cols {
			if x%(w+2) == 0 || y%(h+2) == h+1 {
				solid(x, y, true)
			}
		}
	}
	broken := p.fix()
	for y := range rows {
		for x := range cols {
			switch {
			case y%(h+2) == 0:
				broken(x, y, x%2 == 0)
			case x%(w+2) == w+1:
				broken(x, y, y%2 == 1)
			}
		}
	}
	p.codewords = info.data + info.ec
	// Which bit of which codeword a module carries is found out by having the library place codewords that say it.
	placed := func(value func(codeword int) byte) *dmencoder.DefaultPlacement {
		words := make([]byte, p.codewords)
		for i := range words {
			words[i] = value(i)
		}
		d := dmencoder.NewDefaultPlacement(words, cols/(w+2)*w, rows/(h+2)*h)
		d.Place()
		return d
	}
	var number [12]*dmencoder.DefaultPlacement
	for b := range number {
		number[b] = placed(func(i int) byte { return -byte(i >> b & 1) })
	}
	place := [3]*dmencoder.DefaultPlacement{}
	for b, pattern := range []byte{0b10101010, 0b11001100, 0b11110000} {
		place[b] = placed(func(int) byte { return pattern })
	}
	zeros, ones := placed(func(int) byte { return 0 }), placed(func(int) byte { return 255 })
	for y := range rows {
		for x := range cols {
			if p.fixed[y*cols+x] >= 0 {
				continue
			}
			mx, my := x/(w+2)*w+x%(w+2)-1, y/(h+2)*h+y%(h+2)-1
			if zeros.GetBit(mx, my) == ones.GetBit(mx, my) {
				continue // the unused corner of some sizes
			}
			i := y*cols + x
			p.codeword[i] = 0
			for b := range number {
				if number[b].GetBit(mx, my) {
					p.codeword[i] |= 1 << b
				}
			}
			for b := range place {
				if place[b].GetBit(mx, my) {
					p.bit[i] |= 1 << b
				}
			}
		}
	}
	for j := range info.blocks {
		var one block
		for i := j; i < info.data; i += info.blocks {
			one.codewords = append(one.codewords, i)
		}
		data := len(one.codewords)
		for i := info.data + j; i < p.codewords; i += info.blocks {
			one.codewords = append(one.codewords, i)
		}
		one.ec = len(one.codewords) - data
		p.blocks = append(p.blocks, one)
	}
	return p, nil
}

// symbol is what differs between the sizes of a DataMatrix.
type symbol struct{ matrixWidth, matrixHeight, data, ec, blocks int }

var errSize = errors.New("no DataMatrix of this size")

func symbolOf(cols, rows int) (symbol, error) {
	shape := dmencoder.SymbolShapeHint(dmencoder.SymbolShapeHint_FORCE_SQUARE)
	if cols != rows {
		shape = dmencoder.SymbolShapeHint_FORCE_RECTANGLE
	}
	for data := 1; data <= 1304; data++ { // 144 × 144 parts its blocks in a way of its own and is not measured
		s, err := dmencoder.SymbolInfo_Lookup(data, shape, nil, nil, false)
		if err != nil {
			return symbol{}, err
		}
		if s == nil {
			break
		}
		if s.GetSymbolWidth() == cols && s.GetSymbolHeight() == rows {
			w, h := s.GetSymbolDataWidth(), s.GetSymbolDataHeight()
			regionsX, regionsY := (cols-w)/2, (rows-h)/2
			return symbol{w / regionsX, h / regionsY, s.GetDataCapacity(), s.GetErrorCodewords(), s.GetInterleavedBlockCount()}, nil
		}
		data = s.GetDataCapacity()
	}
	return symbol{}, errSize
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
