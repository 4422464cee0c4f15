package mark

import (
	"encoding/binary"
	"fmt"
	"sync"

	"rsc.io/qr/coding"
)

// qrEncoder makes QR symbols. The library lays out data and error correction but always leaves the choice of the mask to its
// caller; the standard wants all eight tried and the one with the lowest penalty taken. The data under two masks differ by a
// pattern that depends on version and level alone, so that the pattern is kept and a text is laid out only once.
// It is safe for concurrent use.
type qrEncoder struct {
	mu    sync.Mutex
	plans map[qrKey]*qrPlan
}

type qrKey struct {
	version coding.Version
	level   coding.Level
}

// qrPlan is what is known of a version and level before the text is.
type qrPlan struct {
	first *coding.Plan // under mask 0
	size  int
	flip  [masks][]row // what turns the symbol under mask 0 into that under another
}

const masks = 8

func qrLevel(name string) (coding.Level, error) {
	switch name {
	case "L":
		return coding.L, nil
	case "M":
		return coding.M, nil
	case "Q":
		return coding.Q, nil
	case "H":
		return coding.H, nil
	}
	return 0, fmt.Errorf("unknown level of error correction %q", name)
}

// encode makes the smallest symbol that holds the text as bytes, under the mask of the lowest penalty.
func (e *qrEncoder) encode(text string, level coding.Level) (size int, bits []bool, err error) {
	version, err := smallestVersion(text, level)
	if err != nil {
		return 0, nil, err
	}
	p, err := e.plan(version, level)
	if err != nil {
		return 0, nil, err
	}
	code, err := p.first.Encode(coding.String(text))
	if err != nil {
		return 0, nil, fmt.Errorf("%w: QR: %w", ErrContent, err)
	}
	first := rowsOf(code)
	var best, trial matrix
	lowest := -1
	for _, flip := range p.flip {
		trial.flipped(first, flip, p.size)
		if n := trial.penalty(); lowest < 0 || n < lowest {
			lowest = n
			best, trial = trial, best
		}
	}
	return p.size, best.bools(), nil
}

// smallestVersion is the first version whose symbol holds the text in byte mode.
func smallestVersion(text string, level coding.Level) (coding.Version, error) {
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		if coding.String(text).Bits(v) <= 8*v.DataBytes(level) {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%w: QR: %d bytes are too many", ErrContent, len(text))
}

func (e *qrEncoder) plan(v coding.Version, l coding.Level) (*qrPlan, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := qrKey{v, l}
	if p := e.plans[key]; p != nil {
		return p, nil
	}
	p := &qrPlan{size: 17 + 4*int(v)}
	var first []row
	for m := 0; m < masks; m++ {
		plan, err := coding.NewPlan(v, l, coding.Mask(m))
		if err != nil {
			return nil, fmt.Errorf("QR plan: %w", err)
		}
		code, err := plan.Encode()
		if err != nil {
			return nil, fmt.Errorf("QR plan: %w", err)
		}
		rows := rowsOf(code)
		if m == 0 {
			p.first, first = plan, rowsOf(code)
		}
		for y := range rows {
			for i := range rows[y] {
				rows[y][i] ^= first[y][i]
			}
		}
		p.flip[m] = rows
	}
	if e.plans == nil {
		e.plans = map[qrKey]*qrPlan{}
	}
	e.plans[key] = p
	return p, nil
}

// rowsOf packs a code's rows, the leftmost module in the highest bit of word 1.
func rowsOf(c *coding.Code) []row {
	rows := make([]row, c.Size)
	for y := range rows {
		var line [8 * (rowWords - 2)]byte
		copy(line[:], c.Bitmap[y*c.Stride:y*c.Stride+(c.Size+7)/8])
		for i := 1; i < rowWords-1; i++ {
			rows[y][i] = binary.BigEndian.Uint64(line[8*(i-1):])
		}
	}
	return rows
}
