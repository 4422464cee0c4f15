package view

import (
	"strings"
	"unicode"

	"znak/app/hint"
	"znak/app/postal"
)

// SumTyped writes a sum of roubles as a person types it, with ordinary spaces: "5 000,50".
func SumTyped(k postal.Kopecks) string {
	return strings.NewReplacer("\u202f", " ", "\u00a0₽", "").Replace(k.Office())
}

// SumOf reads roubles as people type them: "5 000,50", "5000.5", "5000 ₽". The error names the place, counted from 1, of the first character that cannot be.
func SumOf(text string) (postal.Kopecks, error) {
	typed := strings.TrimRight(strings.TrimSuffix(strings.TrimSpace(text), "₽"), " \u00a0\u202f")
	wrong := func(at int, char string) error {
		return hint.New("ui.sum.wrong", hint.Args{"Text": text, "At": at, "Char": char}, nil)
	}
	var plain strings.Builder
	cents, digits := -1, 0 // digits behind the comma, -1: none came; and before it
	for i, r := range []rune(typed) {
		switch {
		case unicode.IsSpace(r) || r == '\u202f':
			if cents >= 0 {
				return 0, hint.New("ui.sum.space", hint.Args{"Text": text, "At": i + 1}, nil)
			}
		case r >= '0' && r <= '9':
			if cents >= 0 {
				cents++
			} else {
				digits++
			}
			if cents > 2 || digits > 15 {
				return 0, wrong(i+1, string(r))
			}
			plain.WriteRune(r)
		case (r == ',' || r == '.') && cents < 0 && digits > 0:
			cents = 0
			plain.WriteByte('.')
		default:
			return 0, wrong(i+1, string(r))
		}
	}
	switch {
	case digits == 0:
		return 0, hint.New("ui.sum.none", nil, nil)
	case cents == 0: // "5000,": no kopecks were typed, none are meant
		plain.WriteByte('0')
	}
	return postal.ParseKopecks(plain.String())
}
