package page_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"znak/printer/page"
)

func TestWidthIsSumOfAdvances(t *testing.T) {
	// PT Mono: every advance is 600 thousandths.
	w, err := page.Mono.Width(10, "Почта 85,40 ₽")
	if err != nil {
		t.Fatal(err)
	}
	want := 13 * 0.6 * 10 * 25.4 / 72
	if math.Abs(float64(w)-want) > 1e-9 {
		t.Errorf("got %v, want %v mm", w, want)
	}
	a, _ := page.Sans.Width(12, "AV")
	b, _ := page.Sans.Width(12, "A")
	c, _ := page.Sans.Width(12, "V")
	if math.Abs(float64(a-b-c)) > 1e-9 {
		t.Errorf("kerning: %v != %v + %v", a, b, c)
	}
	n, _ := page.Narrow.Width(12, "Санкт-Петербург")
	s, _ := page.Sans.Width(12, "Санкт-Петербург")
	if n >= s {
		t.Errorf("narrow %v is not narrower than %v", n, s)
	}
}

func TestEveryFontHasWhatThePostWrites(t *testing.T) {
	const need = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя" +
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;!?-–—«»„“”\"'()/\\№₽•%&+*@#_=<>[]\u00a0"
	for _, f := range page.Fonts {
		if _, err := f.Width(10, need); err != nil {
			t.Error(err)
		}
		if f.Ascent(10) <= 0 || f.Descent(10) <= 0 || f.CapHeight(10) <= 0 {
			t.Errorf("%s: metrics %v %v %v", f, f.Ascent(10), f.Descent(10), f.CapHeight(10))
		}
	}
}

func TestMissingGlyphIsAnError(t *testing.T) {
	_, err := page.Sans.Width(10, "ул. 漢字 漢 д. 5\x01")
	var missing *page.MissingGlyphError
	if !errors.As(err, &missing) {
		t.Fatalf("got %v", err)
	}
	if got := string(missing.Runes); got != "漢字\x01" {
		t.Errorf("runes %q", got)
	}
	key, args := missing.HintKey()
	if key != "printer.page.glyph" || !strings.Contains(args["Runes"].(string), "漢 (U+6F22)") {
		t.Errorf("%s %v", key, args)
	}
}

func BenchmarkWidth(b *testing.B) {
	for b.Loop() {
		page.Sans.Width(10, "г. Санкт-Петербург, ул. Большая Морская, д. 45, корп. 2, кв. 117")
	}
}

func BenchmarkFit(b *testing.B) {
	for b.Loop() {
		_, _, err := page.Fit(page.Rect{X: 0, Y: 0, W: 80, H: 30},
			page.Paragraph{Text: "Общество с ограниченной ответственностью «Рога и копыта»", Size: 11, Min: 7},
			page.Paragraph{Text: "г. Санкт-Петербург, ул. Большая Морская, д. 45, корп. 2, кв. 117", Size: 11, Min: 7})
		if err != nil {
			b.Fatal(err)
		}
	}
}
