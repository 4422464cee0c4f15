package paper

import (
	"math"

	"znak/app/postal"
	"znak/printer/page"
)

// shpiStyle is how the identifier is drawn. facts/online-mark.md §3.
type shpiStyle struct {
	Narrow page.Millimetres `toml:"narrow"`
	Wide   int              `toml:"wide"`  // narrow units of a wide bar
	Quiet  int              `toml:"quiet"` // narrow units
	Height page.Millimetres `toml:"height"`
}

// wideOf tells which of the five elements of a digit are wide (ISO/IEC 16390).
var wideOf = [10][5]bool{
	{2: true, 3: true}, {0: true, 4: true}, {1: true, 4: true}, {0: true, 1: true}, {2: true, 4: true},
	{0: true, 2: true}, {1: true, 2: true}, {3: true, 4: true}, {0: true, 3: true}, {1: true, 3: true},
}

// interleaved gives the runs of an Interleaved 2 of 5 code: bar, space, bar, … in narrow units. digits is an even number of
// digits; nothing is added to them.
func interleaved(digits string, wide int) []int {
	runs := make([]int, 0, 4+5*len(digits)+3)
	runs = append(runs, 1, 1, 1, 1)
	width := func(w bool) int {
		if w {
			return wide
		}
		return 1
	}
	for i := 0; i+1 < len(digits); i += 2 {
		bars, spaces := wideOf[digits[i]-'0'], wideOf[digits[i+1]-'0']
		for k := range bars {
			runs = append(runs, width(bars[k]), width(spaces[k]))
		}
	}
	return append(runs, wide, 1, 1)
}

// digitsGap is the paper between the bars and the top of the digits below them.
const digitsGap page.Millimetres = 1.2

// draw makes the code at the place nearest to at on the device's grid, and the digits below it in their four groups, spread over
// the width of the code: 6 of the office, 2 of the counter, 5 of the serial number in bold, 1 check digit.
func (s shpiStyle) draw(id postal.ShPI, x, y page.Millimetres, size page.Points, g page.Grid) ([]page.Item, error) {
	dots := max(1, math.Round(float64(s.Narrow/g.Dot())))
	bars := page.Bars{
		X: g.Snap(x), Y: g.Snap(y), Height: s.Height, Narrow: page.Millimetres(dots) * g.Dot(), Quiet: s.Quiet,
		Kind: "I2of5", Runs: interleaved(string(id), s.Wide), Data: string(id),
	}
	items := append(make([]page.Item, 0, 5), bars)
	var widths [4]page.Millimetres
	var sum page.Millimetres
	groups := id.Groups()
	for i, text := range groups {
		w, err := digitsFont(i).Width(size, text)
		if err != nil {
			return nil, err
		}
		widths[i] = w
		sum += w
	}
	gap := (bars.Width() - sum) / 3
	at := bars.X
	base := bars.Y + bars.Height + digitsGap + page.Sans.CapHeight(size)
	for i, text := range groups {
		items = append(items, page.Text{X: at, Y: base, Size: size, Font: digitsFont(i), Text: text})
		at += widths[i] + gap
	}
	return items, nil
}

func digitsFont(group int) page.Font {
	if group == 2 {
		return page.Bold
	}
	return page.Sans
}
