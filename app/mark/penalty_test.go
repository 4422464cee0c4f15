package mark

import (
	"math/rand/v2"
	"strings"
	"testing"

	"rsc.io/qr/coding"
)

// naivePenalty counts the four rules module by module, as the standard's text has them.
func naivePenalty(dark func(x, y int) bool, n int) int {
	at := func(x, y int) bool { return x >= 0 && y >= 0 && x < n && y < n && dark(x, y) }
	total, count := 0, 0
	for pass := 0; pass < 2; pass++ {
		cell := at
		if pass == 1 {
			cell = func(x, y int) bool { return at(y, x) }
		}
		for y := 0; y < n; y++ {
			run := 0
			for x := 0; x < n; x++ {
				if x > 0 && cell(x, y) == cell(x-1, y) {
					run++
				} else {
					run = 1
				}
				if run == 5 {
					total += 3
				} else if run > 5 {
					total++
				}
				match := true
				for k, c := range "1011101" {
					match = match && x+6 < n && cell(x+k, y) == (c == '1')
				}
				before, after := true, true
				for k := 1; k <= 4; k++ {
					before = before && !cell(x-k, y)
					after = after && !cell(x+6+k, y)
				}
				if match && (before || after) {
					total += 40
				}
			}
		}
	}
	for y := 0; y < n; y++ {
		for x := 0; x < n; x++ {
			if at(x, y) {
				count++
			}
			if x > 0 && y > 0 && at(x, y) == at(x-1, y) && at(x, y) == at(x, y-1) && at(x, y) == at(x-1, y-1) {
				total += 3
			}
		}
	}
	away := 0
	for step := 1; ; step++ { // full steps of 5 % away from half
		if 20*count <= n*n*(10-step) || 20*count >= n*n*(10+step) {
			away = step
			continue
		}
		break
	}
	return total + 10*away
}

func TestPenaltyAgreesWithTheNaiveCount(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{21, 45, 49, 61, 65, 69, 125, 129, 133, 177} {
		for _, share := range []float64{0, 0.03, 0.3, 0.5, 0.8, 1} {
			rows := make([]row, size)
			for y := range rows {
				for x := 0; x < size; x++ {
					if rnd.Float64() < share {
						rows[y][1+x/64] |= 1 << (63 - x%64)
					}
				}
			}
			plant(rows, size, rnd)
			var m matrix
			m.flipped(rows, make([]row, size), size)
			bools := m.bools()
			want := naivePenalty(func(x, y int) bool { return bools[y*size+x] }, size)
			if got := m.penalty(); got != want {
				t.Errorf("size %d, share %v: %d, want %d", size, share, got, want)
			}
		}
	}
}

// plant puts patterns like finders at the edges, across the words' borders and in the middle, along rows and columns.
func plant(rows []row, size int, rnd *rand.Rand) {
	set := func(x, y int, dark bool) {
		if x < 0 || y < 0 || x >= size || y >= size {
			return
		}
		bit := uint64(1) << (63 - x%64)
		rows[y][1+x/64] &^= bit
		if dark {
			rows[y][1+x/64] |= bit
		}
	}
	for _, p := range []string{"1011101", "10111010000", "00001011101", "000010111010000"} {
		for _, start := range []int{0, 60, 58, size - len(p), size / 2, rnd.IntN(size)} {
			y := rnd.IntN(size)
			for k, c := range p {
				set(start+k, y, c == '1')
				set(y, start+k, c == '1')
			}
		}
	}
}

// Each symbol is the one whose mask the naive count likes best, and every mask gives the library's own symbol.
func TestMaskIsTheBestOfEight(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var e qrEncoder
	for range 40 {
		text := strings.Repeat("x", 1+rnd.IntN(200)) + string(rune('a'+rnd.IntN(26)))
		size, bools, err := e.encode(text, coding.L)
		if err != nil {
			t.Fatal(err)
		}
		version, _ := smallestVersion(text, coding.L)
		best := -1
		found := false
		for mask := coding.Mask(0); mask < 8; mask++ {
			plan, err := coding.NewPlan(version, coding.L, mask)
			if err != nil {
				t.Fatal(err)
			}
			code, err := plan.Encode(coding.String(text))
			if err != nil {
				t.Fatal(err)
			}
			n := naivePenalty(code.Black, size)
			if best >= 0 && n >= best {
				continue
			}
			best, found = n, true
			for y := 0; y < size; y++ {
				for x := 0; x < size; x++ {
					found = found && code.Black(x, y) == bools[y*size+x]
				}
			}
		}
		if !found {
			t.Fatalf("%d bytes: not the first mask of the lowest penalty %d", len(text), best)
		}
	}
}
