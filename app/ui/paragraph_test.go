package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"znak/app/ui/view"
)

// A sum is not torn apart at the end of a line, however narrow the room; the text itself stays as it is.
func TestSumsStayWhole(t *testing.T) {
	test.NewApp().Settings().SetTheme(ThemeOf(Look{Mode: ModeLight, Percent: 100}))
	const text = "На партии без резерва нужно 227\u202f800,00\u00a0₽: не хватает 187\u202f788,00\u00a0₽"
	p, box := para(text, view.Plain)
	w := test.NewWindow(box)
	defer w.Close()
	torn := func() bool {
		for line := range strings.SplitSeq(p.Label.Text, "\n") {
			if fyne.MeasureText(line, 14, fyne.TextStyle{}).Width > p.Size().Width {
				return true // the toolkit cuts it
			}
		}
		return false
	}
	lines := map[int]bool{}
	for width := float32(130); width < 700; width += 7 {
		box.Resize(fyne.NewSize(width, 300))
		if torn() || p.Text != text || strings.ReplaceAll(p.Label.Text, "\n", " ") != text {
			t.Fatalf("at %v: %q", width, p.Label.Text)
		}
		lines[strings.Count(p.Label.Text, "\n")+1] = true
	}
	if !lines[1] || !lines[2] || !lines[4] {
		t.Errorf("numbers of lines: %v", lines)
	}
	p.SetText("Без сумм")
	if p.Label.Text != "Без сумм" {
		t.Errorf("%q", p.Label.Text)
	}
}

func TestFolded(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"один":                          "один",
		"один два три":                  "один два\nтри",
		"один\nдва три четыре":          "один\nдва три\nчетыре",
		"длинноесловоэто и":             "длинноесловоэто\nи",
		"сумма 1\u202f000,00\u00a0₽ да": "сумма\n1\u202f000,00\u00a0₽\nда",
		"два  пробела":                  "два \nпробела",
	} {
		if got := folded(text, func(line string) bool { return len([]rune(line)) <= 8 }); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
