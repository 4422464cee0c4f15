package scan

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"znak/app/mark"
	"znak/app/postal"
)

// testSpec is the mark as the program knows it.
func testSpec(tb testing.TB) *mark.Spec {
	tb.Helper()
	spec, err := mark.Default()
	if err != nil {
		tb.Fatal(err)
	}
	return spec
}

// testFields invents the values of a mark; the n of the ШПИ makes pieces differ.
func testFields(rnd *rand.Rand, n int) mark.Fields {
	ids := []string{"%010d", "MRK-%08d-ab", "{%x}", "id/%d?x=[1]&y=;'", "~`!@#$%%^&*()_+%d|\\<>"}
	return mark.Fields{
		ID:    fmt.Sprintf(ids[rnd.IntN(len(ids))], rnd.IntN(1e9)),
		ShPI:  testShPI(n),
		INN:   fmt.Sprintf("77%08d", rnd.IntN(1e8)),
		KPP:   []string{"770101001", ""}[rnd.IntN(8)/7],
		Value: postal.Kopecks(1 + rnd.IntN(1_000_000)),
		Mass:  postal.Grams(1 + rnd.IntN(100)),
		Date:  postal.Date(fmt.Sprintf("20%02d-%02d-%02d", 20+rnd.IntN(20), 1+rnd.IntN(12), 1+rnd.IntN(28))),
		From:  postal.PostIndex(fmt.Sprint(100000 + rnd.IntN(899999))),
		To:    postal.PostIndex(fmt.Sprint(100000 + rnd.IntN(899999))),
	}
}

// testShPI is the n-th invented identifier; no office has the index 999999.
func testShPI(n int) postal.ShPI {
	thirteen := fmt.Sprintf("99999999%05d", n)
	return postal.ShPI(thirteen + string(postal.ShPICheckDigit(thirteen)))
}

// inRussian is what a scanner's text becomes under the Russian layout, written down from the picture of a keyboard
// and not from the table under test.
func inRussian(text string) string {
	return strings.NewReplacer(
		"`", "ё", "q", "й", "w", "ц", "e", "у", "r", "к", "t", "е", "y", "н", "u", "г", "i", "ш", "o", "щ", "p", "з", "[", "х", "]", "ъ",
		"a", "ф", "s", "ы", "d", "в", "f", "а", "g", "п", "h", "р", "j", "о", "k", "л", "l", "д", ";", "ж", "'", "э",
		"z", "я", "x", "ч", "c", "с", "v", "м", "b", "и", "n", "т", "m", "ь", ",", "б", ".", "ю", "/", ".",
		"~", "Ё", "Q", "Й", "W", "Ц", "E", "У", "R", "К", "T", "Е", "Y", "Н", "U", "Г", "I", "Ш", "O", "Щ", "P", "З", "{", "Х", "}", "Ъ",
		"A", "Ф", "S", "Ы", "D", "В", "F", "А", "G", "П", "H", "Р", "J", "О", "K", "Л", "L", "Д", ":", "Ж", "\"", "Э",
		"Z", "Я", "X", "Ч", "C", "С", "V", "М", "B", "И", "N", "Т", "M", "Ь", "<", "Б", ">", "Ю", "?", ",",
		"@", "\"", "#", "№", "$", ";", "^", ":", "&", "?", "|", "/",
	).Replace(text)
}

// withCaps is what Caps Lock does to the letters that the layout types.
func withCaps(text string) string {
	return strings.Map(func(r rune) rune {
		if up := strings.ToUpper(string(r)); up != string(r) {
			return []rune(up)[0]
		}
		return []rune(strings.ToLower(string(r)))[0]
	}, text)
}

// hintKeys are the keys of sentences that the sources of this package name.
func hintKeys(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		tb.Fatal(err)
	}
	quoted := regexp.MustCompile(`"(scan\.[a-z.]+)"`)
	var keys []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		for _, m := range quoted.FindAllStringSubmatch(string(src), -1) {
			if !strings.HasSuffix(m[1], ".") {
				keys = append(keys, m[1])
			}
		}
	}
	for _, l := range likenesses {
		keys = append(keys, "scan.foreign."+l.key)
	}
	if len(keys) < 10 {
		tb.Fatalf("only %d keys found", len(keys))
	}
	return keys
}
