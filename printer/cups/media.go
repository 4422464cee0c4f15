package cups

import (
	"math"
	"strconv"
	"strings"

	"github.com/OpenPrinting/goipp"

	"znak/printer"
	"znak/printer/page"
)

// hundredths are IPP's lengths: 1/100 mm.
type hundredths int

func toHundredths(v page.Millimetres) hundredths { return hundredths(math.Round(float64(v) * 100)) }

// span is a size that can be loaded: one, or all between two.
type span struct{ minX, maxX, minY, maxY hundredths }

// near is how far a size may be off and be the same paper. Drivers keep their sizes in whole points, 0.35 mm; 5 units of IPP's
// own rounding come on top. ISO sizes lie further apart.
const near hundredths = 60

func (s span) exact() bool { return s.minX == s.maxX && s.minY == s.maxY }

func (s span) holds(x, y hundredths) bool {
	return x >= s.minX-near && x <= s.maxX+near && y >= s.minY-near && y <= s.maxY+near
}

// spans reads media-size-supported, a list of collections of x-dimension and y-dimension, each a number or a range.
func spans(values goipp.Values) []span {
	var all []span
	for _, v := range values {
		c, ok := v.V.(goipp.Collection)
		if !ok {
			continue
		}
		a := attrsOf(goipp.Attributes(c))
		var s span
		if s.minX, s.maxX = bounds(a["x-dimension"]); s.maxX <= 0 {
			continue
		}
		if s.minY, s.maxY = bounds(a["y-dimension"]); s.maxY <= 0 {
			continue
		}
		all = append(all, s)
	}
	return all
}

func bounds(values goipp.Values) (low, high hundredths) {
	for _, v := range values {
		switch n := v.V.(type) {
		case goipp.Integer:
			return hundredths(n), hundredths(n)
		case goipp.Range:
			return hundredths(n.Lower), hundredths(n.Upper)
		}
	}
	return 0, 0
}

// fit finds how a paper of w × h stands in the list: the size to ask for and true, or false if the device does not take it. A size that is
// listed the other way round is the same paper: the device turns the page. Listed sizes go before the range of free ones.
func fit(list []span, w, h page.Millimetres) (x, y hundredths, ok bool) {
	x, y = toHundredths(w), toHundredths(h)
	if len(list) == 0 {
		return x, y, true
	}
	for _, exact := range []bool{true, false} {
		for _, at := range [][2]hundredths{{x, y}, {y, x}} {
			for _, s := range list {
				if s.exact() != exact || !s.holds(at[0], at[1]) {
					continue
				}
				if exact { // in the device's own numbers, so that it knows its paper again
					return s.minX, s.minY, true
				}
				return at[0], at[1], true
			}
		}
	}
	return 0, 0, false
}

// parseMedium reads the size out of a self-describing name of PWG 5101.1: "iso_c5_162x229mm", "na_number-10_4.125x9.5in".
func parseMedium(name string) (printer.Medium, bool) {
	m := printer.Medium{Name: name}
	at := strings.LastIndexByte(name, '_')
	size := name[at+1:]
	unit := 1.0
	switch {
	case at <= 0:
		return m, false
	case strings.HasSuffix(size, "mm"):
		size = strings.TrimSuffix(size, "mm")
	case strings.HasSuffix(size, "in"):
		size, unit = strings.TrimSuffix(size, "in"), 25.4
	default:
		return m, false
	}
	w, h, ok := strings.Cut(size, "x")
	if !ok {
		return m, false
	}
	for _, one := range []struct {
		text string
		to   *float64
	}{{w, &m.Width}, {h, &m.Height}} {
		v, err := strconv.ParseFloat(one.text, 64)
		if err != nil || !(v > 0) || v*unit > 10000 || strings.ContainsAny(one.text, "eEpPxX_+-") {
			return m, false
		}
		*one.to = math.Round(v*unit*100) / 100
	}
	return m, true
}
