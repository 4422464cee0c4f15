package quality

import (
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common/reedsolomon"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

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
	p.qrFinders()
	p.qrTiming()
	p.qrAlignment(version.GetAlignmentPatternCenters())
	p.qrCodewords()
	return p, p.qrBlocks(version, format.GetErrorCorrectionLevel())
}

// qrFinders are the three large squares, each with its white separator.
func (p *plan) qrFinders() {
	for _, at := range [][2]int{{3, 3}, {p.cols - 4, 3}, {3, p.cols - 4}} {
		p.rings(at[0], at[1], 4, func(ring int) bool { return ring != 2 && ring != 4 })
	}
}

// rings is a segment of squares around a module, up to a radius.
func (p *plan) rings(x, y, radius int, black func(ring int) bool) {
	set := p.fix()
	for dy := -radius; dy <= radius; dy++ {
		for dx := -radius; dx <= radius; dx++ {
			set(x+dx, y+dy, black(max(dx, -dx, dy, -dy)))
		}
	}
}

func (p *plan) qrTiming() {
	across, down := p.fix(), p.fix()
	for i := 8; i < p.cols-8; i++ {
		across(i, 6, i%2 == 0)
		down(6, i, i%2 == 0)
	}
}

func (p *plan) qrAlignment(centres []int) {
	last := p.cols - 7
	for _, x := range centres {
		for _, y := range centres {
			if (x == 6 || x == last) && (y == 6 || y == last) && !(x == last && y == last) {
				continue // a finder pattern is there
			}
			p.rings(x, y, 2, func(ring int) bool { return ring != 1 })
		}
	}
}

// qrCodewords are in columns of two from the right, upwards and downwards in turn.
func (p *plan) qrCodewords() {
	size, next, up := p.cols, 0, true
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
				if p.fixed[i] >= 0 || qrReserved(size, x, y) || next >= p.codewords*8 {
					continue
				}
				p.codeword[i], p.bit[i] = next/8, uint8(7-next%8)
				next++
			}
		}
		up = !up
	}
}

// qrReserved reports whether a module is of the format or version information: neither fixed nor data.
func qrReserved(size, x, y int) bool {
	if x == 8 && (y <= 8 || y >= size-8) || y == 8 && (x <= 8 || x >= size-8) {
		return true
	}
	return size >= 45 && (x >= size-11 && y < 6 || y >= size-11 && x < 6)
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
