package scan

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spelled are the ways scanners write control characters in letters when they cannot type them.
var spelled = []string{`\r`, `\n`, `\t`, "<cr>", "<lf>", "[cr]", "[lf]", "{cr}", "{lf}", "^m", "^j", `\x0d`, `\x0a`, `\u000d`, `\u000a`, "%0d", "%0a", "␍", "␊", "␤"}

// trimSeparators cuts what may stand for a line end from the end of a value: control characters, spaces, spelled-out ones.
func trimSeparators(s string) string {
	for {
		t := strings.TrimRightFunc(s, isBlank)
		for _, sp := range spelled {
			if len(t) >= len(sp) && strings.EqualFold(t[len(t)-len(sp):], sp) {
				t = t[:len(t)-len(sp)]
				break
			}
		}
		if t == s {
			return s
		}
		s = t
	}
}

// startsBlank reports whether s is empty or begins with what may stand for a line end.
func startsBlank(s string) bool {
	if s == "" {
		return true
	}
	if r, _ := utf8.DecodeRuneInString(s); isBlank(r) {
		return true
	}
	for _, sp := range spelled {
		if len(s) >= len(sp) && strings.EqualFold(s[:len(sp)], sp) {
			return true
		}
	}
	return false
}

func isBlank(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == '\ufeff' }

// labelLen reports whether s begins with label and how many bytes it takes. The spaces at the label's end may be missing
// where nothing follows in its line: a value may be empty and somebody's trimming may have eaten them.
func labelLen(s, label string) (n int, ok bool) {
	if strings.HasPrefix(s, label) {
		return len(label), true
	}
	bare := strings.TrimRight(label, " ")
	if bare != "" && strings.HasPrefix(s, bare) && startsBlank(s[len(bare):]) {
		return len(bare), true
	}
	return 0, false
}

// maxWays and maxCuts bound the search of rejoin: real codes can be cut in one way, by one cut a label.
const (
	maxWays = 256
	maxCuts = 4096
)

// rejoin cuts text, which begins with the first label, into the mark's lines in all the ways the labels allow, and joins
// each by the true separator: that is how lost line ends come back. The texts found are distinct; ways is in how many ways text was
// cut, maxWays where the search was given up.
func (r *Reader) rejoin(text string) (found []string, ways int) {
	values := make([]string, len(r.labels))
	cuts := 0
	var cut func(i int, rest string) // rest begins behind label i
	cut = func(i int, rest string) {
		if cuts++; cuts > maxCuts {
			ways = maxWays
			return
		}
		if i == len(r.labels)-1 {
			ways++
			values[i] = trimSeparators(rest)
			if joined := r.join(values); !slices.Contains(found, joined) {
				found = append(found, joined)
			}
			return
		}
		next := strings.TrimRight(r.labels[i+1], " ")
		for at, end := 0, 0; ways < maxWays && next != ""; at = end {
			n := strings.Index(rest[at:], next)
			if n < 0 {
				return
			}
			at += n
			end = at + len(next)
			if n, ok := labelLen(rest[at:], r.labels[i+1]); ok {
				values[i] = trimSeparators(rest[:at])
				cut(i+1, rest[at+n:])
			}
		}
	}
	if n, ok := labelLen(text, r.labels[0]); ok {
		cut(0, text[n:])
	}
	return found, ways
}

func (r *Reader) join(values []string) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteString(r.separator)
		}
		b.WriteString(r.labels[i])
		b.WriteString(v)
	}
	return b.String()
}
