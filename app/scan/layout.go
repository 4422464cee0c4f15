package scan

import "strings"

// The same keys in the two layouts, in the order of a US keyboard: rows from the top, plain and then with Shift. Keys that
// type the same character in both (digits, most of the shifted ones) are left out.
const (
	usKeys = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./" + "~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?" + "@#$^&|"
	ruKeys = "ёйцукенгшщзхъфывапролджэячсмитьбю." + "ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ," + "\"№;:?/"
)

// typedInRussian are characters that are the same on both layouts' keys.
const typedInRussian = " 1234567890-=\\!%*()_+"

var toUS = func() map[rune]rune {
	m := make(map[rune]rune)
	us := []rune(usKeys)
	for i, r := range []rune(ruKeys) {
		m[r] = us[i]
	}
	for _, r := range typedInRussian {
		m[r] = r
	}
	return m
}()

// undoLayout gives the text a scanner set to a US keyboard meant when the Russian ЙЦУКЕН layout was active. ok is false where
// the text could not have been typed so: it has a character that no key of that layout gives. Control characters pass.
func undoLayout(text string) (us string, ok bool) {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		u, known := toUS[r]
		switch {
		case known:
			b.WriteRune(u)
		case r < 0x20 || r == 0x7f:
			b.WriteRune(r)
		default:
			return "", false
		}
	}
	return b.String(), true
}

// undoCaps swaps the case of every letter, Latin and Russian: what Caps Lock did to a scanner's Shift.
func undoCaps(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		case 'а' <= r && r <= 'я':
			return r - 'а' + 'А'
		case 'А' <= r && r <= 'Я':
			return r - 'А' + 'а'
		case r == 'ё':
			return 'Ё'
		case r == 'Ё':
			return 'ё'
		}
		return r
	}, text)
}

// attempt is one way to see a text: with some of the keyboard's doings undone.
type attempt struct {
	text     string
	restored []string
}

// attempts lists the ways to see a text, the plain one first. The labels of the mark have a fixed case and Latin
// letters, so at most one attempt can hold them.
func attempts(text string) []attempt {
	list := []attempt{{text: text}}
	swapped := undoCaps(text)
	if us, ok := undoLayout(text); ok && us != text {
		list = append(list, attempt{us, []string{RestoredLayout}})
	}
	if swapped == text {
		return list
	}
	list = append(list, attempt{swapped, []string{RestoredCaps}})
	if us, ok := undoLayout(swapped); ok && us != swapped {
		list = append(list, attempt{us, []string{RestoredLayout, RestoredCaps}})
	}
	return list
}
