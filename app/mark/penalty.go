package mark

import "math/bits"

// The penalties of ISO/IEC 18004 for a masked QR symbol, counted on 64 modules at a time.

// rowWords words hold a row of the largest symbol (177 modules), with an empty word before and after it so that a shift may
// look past both ends and finds light there, as it finds in the quiet zone.
const rowWords = 5

// row is a row of modules, dark is 1; module 0 is the highest bit of word 1.
type row [rowWords]uint64

// right gives in the place of module x of word i the module x+k; left the module x-k. 0 < k < 64.
func (r *row) right(i, k int) uint64 { return r[i]<<k | r[i+1]>>(64-k) }
func (r *row) left(i, k int) uint64  { return r[i]>>k | r[i-1]<<(64-k) }

// margin rows of light above and below a symbol let the vertical rules look past the edges.
const margin = 10

// matrix is a symbol of size × size modules between its margins.
type matrix struct {
	size  int
	words int // words of a row in use, from word 1
	rows  []row
	down  []row // scratch of penalty: the module below is the same
}

// flipped makes m the symbol first with the modules of flip turned over.
func (m *matrix) flipped(first, flip []row, size int) {
	if m.size != size {
		m.size, m.words = size, (size+63)/64
		m.rows, m.down = make([]row, size+2*margin), make([]row, size+2*margin)
	}
	for y := range first {
		to := &m.rows[margin+y]
		for i := 1; i <= m.words; i++ {
			to[i] = first[y][i] ^ flip[y][i]
		}
	}
}

// bools unpacks the modules row by row.
func (m *matrix) bools() []bool {
	out := make([]bool, m.size*m.size)
	for y := 0; y < m.size; y++ {
		r := &m.rows[margin+y]
		for x := 0; x < m.size; x++ {
			out[y*m.size+x] = r[1+x/64]<<(x%64)>>63 == 1
		}
	}
	return out
}

// The weights N1 to N4 of the standard.
const (
	penaltyRun    = 3  // a run of five of one colour; one more for each further module
	penaltyBlock  = 3  // each 2×2 of one colour
	penaltyFinder = 40 // each 1:1:3:1:1 with four light modules before or after it
	penaltyShare  = 10 // each full 5 % that the share of dark modules is away from half
)

// penalty is the sum of the four rules. A pattern like a finder counts once, whether light precedes or follows it or both, and
// the quiet zone is light.
func (m *matrix) penalty() int {
	all, inner := ones(m.size), ones(m.size-1)
	last := margin + m.size - 1
	for y := margin; y < last; y++ {
		for i := 1; i <= m.words; i++ {
			m.down[y][i] = ^(m.rows[y][i] ^ m.rows[y+1][i]) & all[i]
		}
	}
	runs, blocks, finders, dark := 0, 0, 0, 0
	for y := margin; y <= last; y++ {
		r := &m.rows[y]
		var same, five row // this module and the next; this one and the four after it
		for i := 1; i <= m.words; i++ {
			same[i] = ^(r[i] ^ r.right(i, 1)) & inner[i]
		}
		for i := 1; i <= m.words; i++ {
			five[i] = same[i] & same.right(i, 1) & same.right(i, 2) & same.right(i, 3)
		}
		for i := 1; i <= m.words; i++ {
			dark += bits.OnesCount64(r[i])
			runs += weighRuns(five[i], five.left(i, 1))
			if y < last {
				d := &m.down[y]
				blocks += bits.OnesCount64(d[i] & d.right(i, 1) & same[i])
			}
			if y+4 <= last {
				now := m.down[y][i] & m.down[y+1][i] & m.down[y+2][i] & m.down[y+3][i]
				before := m.down[y-1][i] & m.down[y][i] & m.down[y+1][i] & m.down[y+2][i]
				runs += weighRuns(now, before)
			}
			finders += bits.OnesCount64(across(r, i)) + bits.OnesCount64(m.along(y, i))
		}
	}
	total := m.size * m.size
	away := 2*dark - total // of half, twice
	if away < 0 {
		away = -away
	}
	return runs + penaltyBlock*blocks + penaltyFinder*finders + penaltyShare*(away*10/total)
}

// weighRuns takes the places where five modules of one colour begin, and the same for the place before each: every such
// place is worth one, and where a run begins it is worth penaltyRun, which makes length-2 of a run.
func weighRuns(begin, before uint64) int {
	return bits.OnesCount64(begin) + (penaltyRun-1)*bits.OnesCount64(begin&^before)
}

// across marks where a pattern like a finder begins in a row.
func across(r *row, i int) uint64 {
	core := r[i] &^ r.right(i, 1) & r.right(i, 2) & r.right(i, 3) & r.right(i, 4) &^ r.right(i, 5) & r.right(i, 6)
	if core == 0 {
		return 0
	}
	after := r.right(i, 7) | r.right(i, 8) | r.right(i, 9) | r.right(i, 10)
	before := r.left(i, 1) | r.left(i, 2) | r.left(i, 3) | r.left(i, 4)
	return core &^ (after & before)
}

// along marks where a pattern like a finder begins in a column, at row y downwards.
func (m *matrix) along(y, i int) uint64 {
	at := func(k int) uint64 { return m.rows[y+k][i] }
	core := at(0) &^ at(1) & at(2) & at(3) & at(4) &^ at(5) & at(6)
	if core == 0 {
		return 0
	}
	after := at(7) | at(8) | at(9) | at(10)
	before := at(-1) | at(-2) | at(-3) | at(-4)
	return core &^ (after & before)
}

// ones is a row whose first n modules are set.
func ones(n int) (r row) {
	for i := 1; i < rowWords && n > 0; i++ {
		r[i] = ^uint64(0)
		if n < 64 {
			r[i] <<= 64 - n
		}
		n -= 64
	}
	return r
}
