package view

import (
	"strings"
	"testing"

	"znak/app/hint"
	"znak/app/postal"
)

func TestSumOf(t *testing.T) {
	for text, want := range map[string]postal.Kopecks{
		"5 000,50": 500050, "5000.50": 500050, "5000,5": 500050, "5\u202f000,50\u00a0₽": 500050, "1000": 100000, " 0 ": 0, "7,": 700, "117 564,00 ₽": 11756400, "0,01": 1,
	} {
		if got, err := SumOf(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for text, at := range map[string]int{"5 0a0,50": 4, "1.000,50": 5, "5,505": 5, "-5": 1, ",5": 1, "5, 5": 3, "12345678901234567": 16, "5 руб": 3} {
		_, err := SumOf(text)
		key, args, ok := hint.Of(err)
		want := "ui.sum.wrong"
		if strings.Contains(text, ", ") {
			want = "ui.sum.space"
		}
		if !ok || key != want || args["At"] != at {
			t.Errorf("%q: %v %v", text, key, args)
		}
	}
	for _, text := range []string{"", "  ", "₽"} {
		if key, _, _ := hint.Of(second(SumOf(text))); key != "ui.sum.none" {
			t.Errorf("%q: %s", text, key)
		}
	}
}

func second(_ postal.Kopecks, err error) error { return err }

// What is shown can be typed back, and nothing that is typed breaks the reading.
func FuzzSumOf(f *testing.F) {
	for _, s := range []string{"5 000,50", "5000.50", "", "1.000,50", "5\u202f000,50\u00a0₽", "999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := SumOf(text)
		if err != nil {
			return
		}
		if k < 0 {
			t.Fatalf("%q is %d", text, k)
		}
		if again, err := SumOf(SumTyped(k)); err != nil || again != k {
			t.Fatalf("%q is %d, shown as %q, read as %d, %v", text, k, SumTyped(k), again, err)
		}
	})
}
