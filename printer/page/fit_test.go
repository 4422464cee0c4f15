package page_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"znak/printer/page"
)

func mustFit(t *testing.T, box page.Rect, p ...page.Paragraph) ([]page.Text, page.Points) {
	t.Helper()
	texts, size, err := page.Fit(box, p...)
	if err != nil {
		t.Fatal(err)
	}
	inside(t, box, texts)
	return texts, size
}

// inside fails if any glyph of a text leaves the box.
func inside(t *testing.T, box page.Rect, texts []page.Text) {
	t.Helper()
	for _, text := range texts {
		ink, err := text.Ink()
		if err != nil {
			t.Fatal(err)
		}
		// A glyph may hang over its own advance by a hair (the foot of an «Л»).
		if ink.W > 0 && !box.Inset(-0.15).Contains(ink) {
			t.Errorf("%q at %v leaves the box %v", text.Text, ink, box)
		}
	}
}

func lines(texts []page.Text) string {
	var s []string
	for _, t := range texts {
		s = append(s, t.Text)
	}
	return strings.Join(s, "|")
}

func TestFitKeepsTheWantedSizeWhereThereIsRoom(t *testing.T) {
	texts, size := mustFit(t, page.Rect{X: 10, Y: 20, W: 90, H: 20}, page.Paragraph{Text: "Иванову И. И.\nг. Тверь", Size: 11, Min: 7})
	if size != 11 || lines(texts) != "Иванову И. И.|г. Тверь" {
		t.Errorf("%v %q", size, lines(texts))
	}
	if texts[0].X != 10 || texts[0].Y <= 20 || texts[1].Y <= texts[0].Y {
		t.Errorf("placed at %+v", texts)
	}
}

func TestFitBreaksAtSpacesHyphensCommasSlashes(t *testing.T) {
	for text, want := range map[string]string{
		"улица Ленина дом":   "улица|Ленина|дом",
		"Ростов-на-Дону":     "Ростов-на-|Дону",
		"дом1,корпус2,офис3": "дом1,|корпус2,|офис3",
		"корп./секция/этаж":  "корп./|секция/|этаж",
		"85,40 руб 117,25":   "85,40 руб|117,25",
		"первая  строка":     "первая|строка",
		"одна\n\nдве":        "одна|две",
		"в\u00a0доме у реки": "в\u00a0доме у|реки",
	} {
		w, _ := page.Sans.Width(10, "в доме у___")
		texts, size := mustFit(t, page.Rect{W: w, H: 100}, page.Paragraph{Text: text, Size: 10})
		if got := lines(texts); got != want || size != 10 {
			t.Errorf("%q: got %q at %v, want %q", text, got, size, want)
		}
	}
}

func TestFitShrinksThenNarrowsThenSplits(t *testing.T) {
	long := "Федеральное государственное бюджетное образовательное учреждение"
	width, _ := page.Sans.Width(10, long)
	one := page.Paragraph{Text: long, Size: 10, Min: 7, Lines: 1}
	texts, size := mustFit(t, page.Rect{W: width * 0.8, H: 10}, one)
	if size >= 10 || size < 7 || texts[0].Font != page.Sans {
		t.Errorf("shrink: %v %+v", size, texts)
	}
	texts, size = mustFit(t, page.Rect{W: width * 0.65, H: 10}, one)
	if texts[0].Font != page.Narrow {
		t.Errorf("narrow: %v %+v", size, texts)
	}
	one.Font = page.Bold
	texts, _ = mustFit(t, page.Rect{W: width * 0.65, H: 10}, one)
	if texts[0].Font != page.NarrowBold {
		t.Errorf("narrow bold: %+v", texts)
	}
	word := strings.Repeat("ъ", 60)
	texts, _ = mustFit(t, page.Rect{W: 40, H: 30}, page.Paragraph{Text: word, Size: 10, Min: 7})
	if got := strings.ReplaceAll(lines(texts), "|", ""); got != word || len(texts) < 2 {
		t.Errorf("split: %q", lines(texts))
	}
}

func TestFitOverflowAndMissingGlyph(t *testing.T) {
	_, _, err := page.Fit(page.Rect{W: 30, H: 5}, page.Paragraph{Text: strings.Repeat("длинный адрес ", 20), Size: 10, Min: 8})
	var over *page.OverflowError
	if !errors.As(err, &over) {
		t.Errorf("got %v", err)
	}
	_, _, err = page.Fit(page.Rect{W: 30, H: 50}, page.Paragraph{Text: "дом 漢", Size: 10, Min: 8})
	var missing *page.MissingGlyphError
	if !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	if _, _, err = page.Fit(page.Rect{W: -1, H: 5}, page.Paragraph{Text: "a", Size: 10}); !errors.As(err, &over) {
		t.Errorf("got %v", err)
	}
}

func TestFitAlign(t *testing.T) {
	box := page.Rect{X: 5, Y: 5, W: 50, H: 10}
	for align, x := range map[page.Align]page.Millimetres{page.Left: 5, page.Center: 30, page.Right: 55} {
		texts, _ := mustFit(t, box, page.Paragraph{Text: "170000", Size: 10, Align: align})
		if texts[0].X != x {
			t.Errorf("%v: x %v, want %v", align, texts[0].X, x)
		}
	}
}

func TestFitParagraphs(t *testing.T) {
	box := page.Rect{W: 60, H: 14}
	texts, _ := mustFit(t, box,
		page.Paragraph{Text: "Заголовок", Font: page.Bold, Size: 14, Min: 6},
		page.Paragraph{Text: "первая строка текста, которая переносится\nвторая", Size: 12, Min: 6, Before: 1})
	for i := 1; i < len(texts); i++ {
		if texts[i].Y <= texts[i-1].Y {
			t.Errorf("line %d at %v is not below %v", i, texts[i].Y, texts[i-1].Y)
		}
	}
	if texts[0].Size >= 14 || texts[1].Size >= 12 {
		t.Errorf("not shrunk together: %v %v", texts[0].Size, texts[1].Size)
	}
}

func TestFitLeavesOutBlankParagraphs(t *testing.T) {
	box := page.Rect{W: 60, H: 5}
	want, _ := mustFit(t, box, page.Paragraph{Text: "одна", Size: 10})
	got, _ := mustFit(t, box, page.Paragraph{Size: 10, Before: 3}, page.Paragraph{Text: "одна", Size: 10, Before: 3}, page.Paragraph{Text: " \n ", Size: 10})
	if len(got) != 1 || got[0] != want[0] {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func FuzzFit(f *testing.F) {
	f.Add("Иванову Ивану Ивановичу, г. Ростов-на-Дону", 60.0, 20.0)
	f.Add("а/б/в,,,---   \n\n , 1,5", 12.0, 9.0)
	f.Add("\n", 1.0, 1.0)
	f.Fuzz(func(t *testing.T, text string, w, h float64) {
		if !(w > 0 && w < 300 && h > 0 && h < 300) || len(text) > 2000 {
			return
		}
		box := page.Rect{X: 3, Y: 4, W: page.Millimetres(w), H: page.Millimetres(h)}
		texts, _, err := page.Fit(box, page.Paragraph{Text: text, Size: 10, Min: 6})
		if err != nil {
			var over *page.OverflowError
			var missing *page.MissingGlyphError
			if !errors.As(err, &over) && !errors.As(err, &missing) {
				t.Fatalf("%v", err)
			}
			return
		}
		var got, want strings.Builder
		for _, line := range texts {
			width, err := line.Font.Width(line.Size, line.Text)
			if err != nil || width > box.W+0.001 || line.Y+line.Font.Descent(line.Size) > box.Y+box.H+0.001 {
				t.Errorf("%q: %v mm at y %v in %v (%v)", line.Text, width, line.Y, box, err)
			}
			got.WriteString(line.Text)
		}
		want.WriteString(text)
		blank := func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}
		if strings.Map(blank, got.String()) != strings.Map(blank, want.String()) {
			t.Errorf("text lost: %q from %q", got.String(), text)
		}
	})
}
