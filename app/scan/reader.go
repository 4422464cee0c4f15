package scan

import (
	"errors"
	"slices"
	"strings"

	"znak/app/hint"
	"znak/app/mark"
	"znak/app/postal"
)

// Reader says what scanned texts are. It is safe for concurrent use.
type Reader struct {
	marks     MarkParser
	labels    []string
	separator string
	kinds     []recognise
}

// recognise looks whether text, one way to see what was scanned, is a code of its kind. A reading with an error means "it would be
// mine, but it is broken", unless it has a kind: then it says why it is no piece; ok is false where the text is something else.
type recognise func(text string) (reading Reading, ok bool)

// NewReader makes a reader that knows the mark by m.
func NewReader(m MarkParser) *Reader {
	r := &Reader{marks: m, labels: m.Labels(), separator: m.Separator()}
	r.kinds = []recognise{r.readMark, readShPI, readS10, readCommand, readBadge, readSetup, readPayment}
	return r
}

// Read says what text is. It never fails: what cannot be read is a reading of KindUnknown whose Err tells why.
func (r *Reader) Read(text string) Reading {
	if f, err := r.exactMark(text); err == nil {
		return Reading{Kind: KindMark, Text: text, Clean: text, Mark: f}
	}
	ways := attempts(text)
	var broken error
	for _, way := range ways {
		bare, framed := unframe(way.text)
		for _, try := range r.kinds {
			reading, ok := try(bare)
			switch {
			case ok && (reading.Err == nil || reading.Kind != "" && reading.Kind != KindUnknown):
				reading.Text = text
				reading.Restored = restored(way.restored, framed, reading.Restored)
				return reading
			case ok && broken == nil:
				broken = reading.Err
			}
		}
	}
	if broken == nil {
		broken = foreign(ways)
	}
	return Reading{Kind: KindUnknown, Text: text, Err: broken}
}

// restored puts together what was undone at the keyboard, at the frame and inside the code, each named once.
func restored(keyboard []string, framed bool, inside []string) []string {
	list := slices.Clone(keyboard)
	if framed {
		list = append(list, RestoredFrame)
	}
	for _, s := range inside {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// unframe takes away what a scanner puts around a code: an AIM identifier (]Q1, ]I0) in front, STX and the like, Enter or Tab
// behind, also where these are spelled out. framed reports that something stood in front.
func unframe(text string) (bare string, framed bool) {
	bare = strings.TrimLeftFunc(trimSeparators(text), isBlank)
	if len(bare) >= 3 && bare[0] == ']' && isLetter(bare[1]) && isLetterOrDigit(bare[2]) {
		return strings.TrimLeftFunc(bare[3:], isBlank), true
	}
	return bare, false
}

// exactMark parses text and makes sure that the fields give the same text again.
func (r *Reader) exactMark(text string) (mark.Fields, error) {
	f, err := r.marks.Parse(text)
	if err != nil {
		return f, err
	}
	if again, err := r.marks.Payload(f); err != nil {
		return f, err
	} else if again != text {
		return f, errors.New("encodes to another text")
	}
	return f, nil
}

// maxPrefix is how much a scanner's own prefix may put before the first label, bytes.
const maxPrefix = 8

// readMark reads the mark's text, restoring its line ends.
func (r *Reader) readMark(text string) (Reading, bool) {
	seen := r.labelsIn(text)
	if seen.count == 0 {
		return Reading{}, false
	}
	if seen.first != 0 || seen.last != len(r.labels)-1 || seen.at > maxPrefix {
		return broken("scan.cut", nil, ErrCut), true
	}
	text = text[seen.at:]
	texts, ways := r.rejoin(text)
	var reading Reading
	var fault error
	good := 0
	for _, t := range texts {
		f, err := r.exactMark(t)
		if err != nil {
			fault = errors.Join(ErrDamaged, err)
			continue
		}
		good++
		reading = Reading{Kind: KindMark, Clean: t, Mark: f}
		if t != text {
			reading.Restored = append(reading.Restored, RestoredSeparators)
		}
		if seen.at > 0 {
			reading.Restored = append(reading.Restored, RestoredFrame)
		}
	}
	switch {
	case good == 1 && ways < maxWays:
		return reading, true
	case ways > 1:
		return broken("scan.ambiguous", nil, ErrAmbiguous), true
	case fault == nil: // the labels are there, but not in order
		return broken("scan.damaged", nil, ErrDamaged), true
	}
	return broken("scan.damaged.line", hint.Args{"Reason": fault}, fault), true
}

// seenLabels says which of the mark's labels a text holds.
type seenLabels struct {
	count       int // how many
	first, last int // the lowest and the highest of them
	at          int // where the text of the mark begins, behind a prefix
}

// labelsIn looks for the mark's labels in text. Something that merely mentions one or two of them is not a mark, unless it
// begins with one.
func (r *Reader) labelsIn(text string) seenLabels {
	s := seenLabels{first: len(r.labels), last: -1, at: len(text)}
	for i, l := range r.labels {
		bare := strings.TrimRight(l, " ")
		at := strings.Index(text, bare)
		if at < 0 || bare == "" {
			continue
		}
		s.count++
		s.first, s.last = min(s.first, i), max(s.last, i)
		s.at = min(s.at, at)
	}
	if s.at > 0 && s.count < 3 {
		return seenLabels{}
	}
	return s
}

// readShPI reads 14 digits, bare or grouped by spaces.
func readShPI(text string) (Reading, bool) {
	digits := strings.ReplaceAll(text, " ", "")
	if len(digits) != 14 || !all(digits, isDigit) {
		return Reading{}, false
	}
	id, err := postal.ParseShPI(digits)
	if err != nil {
		return Reading{Err: err}, true
	}
	return Reading{Kind: KindShPI, Clean: digits, ShPI: id}, true
}

// readS10 reads an identifier of the form AA999999999CC, bare or grouped by spaces.
func readS10(text string) (Reading, bool) {
	bare := strings.ReplaceAll(text, " ", "")
	if len(bare) != 13 || !all(bare[:2], isLetter) || !all(bare[2:11], isDigit) || !all(bare[11:], isLetter) {
		return Reading{}, false
	}
	id, err := postal.ParseS10(bare)
	if err != nil {
		return Reading{Err: err}, true
	}
	reading := Reading{Kind: KindS10, Clean: string(id), S10: id}
	if string(id) != bare {
		reading.Restored = []string{RestoredCaps}
	}
	return reading, true
}

// broken is a reading of KindUnknown with a sentence for the person.
func broken(key string, args hint.Args, cause error) Reading {
	return Reading{Kind: KindUnknown, Err: hint.New(key, args, cause)}
}

func isDigit(c byte) bool         { return '0' <= c && c <= '9' }
func isLetter(c byte) bool        { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isLetterOrDigit(c byte) bool { return isDigit(c) || isLetter(c) }

// all reports whether every byte of s is one that is accepts.
func all(s string, is func(byte) bool) bool {
	for i := 0; i < len(s); i++ {
		if !is(s[i]) {
			return false
		}
	}
	return s != ""
}
