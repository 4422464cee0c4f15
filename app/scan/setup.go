package scan

import (
	"errors"
	"strings"
	"unicode"

	"znak/app/hint"
)

// The set-up code: every character that a mark can hold, in two lines between a known head and tail.
const (
	setupHead = "ZNAK:SETUP:1"
	setupTail = "ZNAK:END"
	setupEnd  = "\r\n" // as in the mark. facts/online-mark.md §1.3
)

// The printable characters of ASCII; the space stands where no scanner trims it.
var setupLines = func() [2]string {
	var all strings.Builder
	for c := byte('!'); c <= '~'; c++ {
		all.WriteByte(c)
	}
	s := all.String()
	return [2]string{s[:47] + " " + s[47:60], s[60:]}
}()

// SetupText is the text of the set-up code: whoever scans it shows what his scanner does to a code.
func SetupText() string {
	return strings.Join([]string{setupHead, setupLines[0], setupLines[1], setupTail}, setupEnd)
}

// Lost is a character that does not arrive.
type Lost struct {
	Char    string `json:"char"`
	Instead string `json:"instead,omitempty"` // what arrives in its place; empty: nothing
}

// Learned is what the set-up code has told of a scanner.
type Learned struct {
	Profile Profile
	Lost    []Lost // characters that do not arrive; none: every code comes through
}

// Whole reports whether every character arrives. Lost line ends do not matter: the reader puts them back by the mark's labels.
func (l Learned) Whole() bool { return len(l.Lost) == 0 }

// Why the set-up code could not be read.
var (
	ErrNoSetup  = errors.New("not the set-up code")
	ErrHalfway  = errors.New("the set-up code has no end yet")
	maxSetup    = 8 * (len(setupLines[0]) + len(setupLines[1])) // bytes; what is longer is no set-up code
	nearlySetup = len(setupLines[0])                            // characters; so much of another text at scanner's speed is a foreign layout
)

// Learn reads what arrived when the set-up code was scanned. Its errors carry a hint: ErrHalfway where more may come, ErrNoSetup where it is
// something else or the computer's keyboard layout is neither US nor Russian.
func Learn(text string) (Learned, error) {
	if len(text) > maxSetup {
		return Learned{}, hint.New("scan.setup.other", nil, ErrNoSetup)
	}
	halfway := false
	for _, way := range setupWays(text) {
		head := strings.Index(way.text, setupHead)
		if head < 0 {
			continue
		}
		length := strings.LastIndex(way.text, setupTail) - head - len(setupHead)
		if length < 0 {
			halfway = true
			continue
		}
		body := way.text[head+len(setupHead):][:length]
		return learn(way.text[:head], body, way.text[head+len(setupHead)+length+len(setupTail):], strings.Join(way.restored, "+")), nil
	}
	switch {
	case halfway:
		return Learned{}, hint.New("scan.setup.halfway", nil, ErrHalfway)
	case len([]rune(text)) >= nearlySetup && !strings.Contains(text, "ID OPM"):
		return Learned{}, hint.New("scan.setup.layout", nil, ErrNoSetup)
	}
	return Learned{}, hint.New("scan.setup.other", nil, ErrNoSetup)
}

// setupWays are the ways to see a text. Unlike attempts it takes a text with characters that no key of the Russian layout types: they are what is
// asked for.
func setupWays(text string) []attempt {
	loose := func(text string) string {
		return strings.Map(func(r rune) rune {
			if us, ok := toUS[r]; ok {
				return us
			}
			return r
		}, text)
	}
	swapped := undoCaps(text)
	return []attempt{{text: text}, {loose(text), []string{RestoredLayout}}, {swapped, []string{RestoredCaps}}, {loose(swapped), []string{RestoredLayout, RestoredCaps}}}
}

// learn says what stands before, within and behind the set-up code.
func learn(before, body, behind, layout string) Learned {
	l := Learned{Profile: Profile{Layout: layout}}
	if n := len(before); n >= 3 && before[n-3] == ']' && isLetter(before[n-2]) && isLetterOrDigit(before[n-1]) {
		l.Profile.AIM, before = true, before[:n-3]
	}
	l.Profile.Prefix = before
	l.Profile.Suffix = strings.TrimRightFunc(behind, unicode.IsControl)
	l.Profile.End = behind[len(l.Profile.Suffix):]
	if at := strings.IndexByte(body, '!'); at >= 0 { // the first of the characters
		l.Profile.Lines = body[:at]
	}
	// The line ends are taken out where they are known, control characters wherever they are: no key types them.
	if lines := l.Profile.Lines; lines != "" {
		body = strings.TrimPrefix(body, lines)
		body = strings.TrimSuffix(body, lines)
		if at := strings.Index(body, lines+setupLines[1][:1]); at >= 0 {
			body = body[:at] + body[at+len(lines):]
		}
	}
	arrived := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, body))
	l.Lost = lost([]rune(setupLines[0]+setupLines[1]), arrived)
	return l
}

// lost compares what was sent with what arrived: the longest common part has come through, what stands in its gaps came instead of what is missing there.
func lost(sent, arrived []rune) []Lost {
	n, m := len(sent), len(arrived)
	common := make([][]int, n+1) // of the rests
	for i := range common {
		common[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if sent[i] == arrived[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var list []Lost
	var missing, extra []rune
	flush := func() {
		for k, r := range missing {
			one := Lost{Char: string(r)}
			switch {
			case len(missing) == len(extra):
				one.Instead = string(extra[k])
			case len(missing) == 1:
				one.Instead = string(extra)
			}
			list = append(list, one)
		}
		missing, extra = nil, nil
	}
	i, j := 0, 0
	for i < n || j < m {
		switch {
		case i < n && j < m && sent[i] == arrived[j]:
			flush()
			i, j = i+1, j+1
		case j == m || i < n && common[i+1][j] >= common[i][j+1]:
			missing = append(missing, sent[i])
			i++
		default:
			extra = append(extra, arrived[j])
			j++
		}
	}
	flush()
	return list
}

// Characters lists the characters that the set-up code proves, in their order.
func Characters() []string { return strings.Split(setupLines[0]+setupLines[1], "") }
