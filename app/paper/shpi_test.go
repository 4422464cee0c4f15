package paper

import (
	"image/color"
	"slices"
	"testing"

	"github.com/boombuler/barcode/twooffive"

	"znak/printer/page"
)

// The runs are those of an independent encoder, which draws wide bars of three units and adds nothing to the digits.
func TestInterleavedAgreesWithAnotherEncoder(t *testing.T) {
	for n := range 500 {
		id := string(shpi(n * 7919))
		code, err := twooffive.Encode(id, true)
		if err != nil {
			t.Fatal(err)
		}
		var want []int
		last := color.Color(nil)
		for x := code.Bounds().Min.X; x < code.Bounds().Max.X; x++ {
			if c := code.At(x, 0); c != last {
				want, last = append(want, 0), c
			}
			want[len(want)-1]++
		}
		if got := interleaved(id, 3); !slices.Equal(got, want) {
			t.Fatalf("%s: %v, want %v", id, got, want)
		}
	}
}

func TestWideBarsOfTwoUnits(t *testing.T) {
	sum := 0
	for _, r := range interleaved(string(shpi(1)), 2) {
		sum += r
	}
	if sum != 4+7*14+4 { // start, seven pairs of 6 narrow and 4 wide, stop
		t.Errorf("%d units", sum)
	}
}

func TestShPIDigitsStandInGroupsUnderTheBars(t *testing.T) {
	l, err := faces()
	if err != nil {
		t.Fatal(err)
	}
	items, err := l.ShPI.draw(shpi(2600014), 12, 40, 11, page.Grid{DPI: 203})
	if err != nil {
		t.Fatal(err)
	}
	bars := items[0].(page.Bars)
	if len(items) != 5 {
		t.Fatalf("%d items", len(items))
	}
	for i, want := range []string{"000000", "27", "00041", "0"} {
		text := items[i+1].(page.Text)
		if text.Text != want || (text.Font == page.Bold) != (i == 2) {
			t.Errorf("group %d: %q in %s", i, text.Text, text.Font)
		}
		ink, err := text.Ink()
		if err != nil {
			t.Fatal(err)
		}
		if ink.X < bars.X || ink.X+ink.W > bars.X+bars.Width() || ink.Y < bars.Y+bars.Height+1 {
			t.Errorf("group %d at %+v, bars %+v", i, ink, bars.Bounds())
		}
	}
}
