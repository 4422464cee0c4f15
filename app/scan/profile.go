package scan

import (
	"strings"
	"unicode"
)

// Profile is what a scanner does to every code, learned from the set-up code (Learn). The zero value is a scanner that does nothing.
type Profile struct {
	Prefix string `json:"prefix,omitempty"` // put before each code, as a US keyboard types it; AIM identifiers are not part of it
	Suffix string `json:"suffix,omitempty"` // put behind it, without the terminator
	End    string `json:"end,omitempty"`    // the terminator: "\r", "\r\n", "\t"…; empty: none
	AIM    bool   `json:"aim,omitempty"`    // an AIM identifier stands before each code
	Layout string `json:"layout,omitempty"` // what the computer's keyboard does to it: "", RestoredLayout, RestoredCaps, or both joined by "+"
	Lines  string `json:"lines,omitempty"`  // how the line ends inside a code arrive; empty: not at all
}

// Strip takes the scanner's prefix and suffix off a text as it came, whatever layout or Caps Lock was on; the terminator stays.
// A text without them is left as it is: it may be the second half of a scan that was torn in two.
func (p Profile) Strip(text string) string {
	for _, prefix := range asTyped(p.Prefix) {
		if rest, ok := strings.CutPrefix(text, prefix); ok && rest != "" {
			text = rest
			break
		}
	}
	body := strings.TrimRightFunc(text, unicode.IsControl)
	for _, suffix := range asTyped(p.Suffix) {
		if rest, ok := strings.CutSuffix(body, suffix); ok && rest != "" {
			return rest + text[len(body):]
		}
	}
	return text
}

// asTyped lists what a text of a US keyboard can look like when it arrives: as it is, in the Russian layout, each with Caps Lock.
// Nothing comes of an empty one.
func asTyped(text string) []string {
	if text == "" {
		return nil
	}
	russian := strings.Map(func(r rune) rune {
		if ru, ok := toRU[r]; ok {
			return ru
		}
		return r
	}, text)
	return []string{text, russian, undoCaps(text), undoCaps(russian)}
}

// toRU is what the keys of a US keyboard type in the Russian layout.
var toRU = func() map[rune]rune {
	m := make(map[rune]rune)
	ru := []rune(ruKeys)
	for i, r := range []rune(usKeys) {
		m[r] = ru[i]
	}
	return m
}()
