package quality

import (
	"errors"

	"github.com/makiuchi-d/gozxing/common/reedsolomon"
	dmencoder "github.com/makiuchi-d/gozxing/datamatrix/encoder"
)

// dataMatrixPlan is after ISO/IEC 16022: every data region has a solid border left and below, and a broken one above and right.
func dataMatrixPlan(cols, rows int) (*plan, error) {
	info, err := symbolOf(cols, rows)
	if err != nil {
		return nil, err
	}
	p := newPlan(cols, rows)
	p.field = reedsolomon.GenericGF_DATA_MATRIX_FIELD_256
	p.codewords = info.data + info.ec
	p.dmBorders(info)
	p.dmCodewords(info)
	p.dmBlocks(info)
	return p, nil
}

// dmBorders are the borders of all data regions: the solid ones, then the broken ones.
func (p *plan) dmBorders(info symbol) {
	w, h := info.matrixWidth+2, info.matrixHeight+2 // of a region with its borders
	solid := p.fix()
	for y := range p.rows {
		for x := range p.cols {
			if x%w == 0 || y%h == h-1 {
				solid(x, y, true)
			}
		}
	}
	broken := p.fix()
	for y := range p.rows {
		for x := range p.cols {
			switch {
			case y%h == 0:
				broken(x, y, x%2 == 0)
			case x%w == w-1:
				broken(x, y, y%2 == 1)
			}
		}
	}
}

// dmCodewords finds out which bit of which codeword a module carries, by having the library place codewords that say it.
func (p *plan) dmCodewords(info symbol) {
	w, h := info.matrixWidth, info.matrixHeight // of a region, without borders
	placed := func(value func(codeword int) byte) *dmencoder.DefaultPlacement {
		words := make([]byte, p.codewords)
		for i := range words {
			words[i] = value(i)
		}
		d := dmencoder.NewDefaultPlacement(words, p.cols/(w+2)*w, p.rows/(h+2)*h)
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
	for i := range p.codeword {
		x, y := i%p.cols, i/p.cols
		mx, my := x/(w+2)*w+x%(w+2)-1, y/(h+2)*h+y%(h+2)-1
		if p.fixed[i] >= 0 || zeros.GetBit(mx, my) == ones.GetBit(mx, my) {
			continue // a border, or the unused corner of some sizes
		}
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

// dmBlocks: the codewords are dealt to the blocks in turn.
func (p *plan) dmBlocks(info symbol) {
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
