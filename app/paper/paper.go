// Package paper draws what is printed: envelope faces and stickers with the online payment mark, and the list form of a batch.
// In go postal types, out come pages in millimetres for printer/page.
//
// Words and places stand in data files (assets/paper): they are postal texts, Russian whatever language the screen speaks.
// A text that cannot be printed (no glyph, no room) is an error with a hint and never a blank or a cut.
package paper

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"znak/app/hint"
	"znak/app/postal"
	"znak/printer/page"
)

// KindError says that a piece cannot be printed with its mark on its kind of envelope.
type KindError struct {
	ShPI postal.ShPI
	Kind postal.EnvelopeKind
}

var _ hint.Keyed = (*KindError)(nil)

func (e *KindError) Error() string {
	return fmt.Sprintf("piece %s: the mark does not go on envelope %q", e.ShPI, e.Kind)
}

// HintKey names the sentence for the person.
func (e *KindError) HintKey() (string, map[string]any) {
	return "paper.envelope", hint.Args{"ShPI": e.ShPI.Grouped(), "Kind": string(e.Kind)}
}

// What a paper cannot do without; keys below "paper.part." of the translations.
const (
	PartSender    = "sender"    // the sender's name
	PartFrom      = "from"      // the sender's address
	PartAddressee = "addressee" // the addressee's name
	PartTo        = "to"        // the addressee's address
	PartTitle     = "title"     // words for the kind and category of the piece
	PartRank      = "rank"      // words for its rank
	PartPayment   = "payment"   // words for a way of payment
)

// MissingError says that something a paper must bear is not known.
type MissingError struct {
	ShPI  postal.ShPI // empty where it is about the list of a batch
	Part  string      // one of the Part constants
	Value string      // the post's word that this program has no text for; may be empty
}

var _ hint.Keyed = (*MissingError)(nil)

func (e *MissingError) Error() string {
	return fmt.Sprintf("piece %s: no %s %q", e.ShPI, e.Part, e.Value)
}

// HintKey names the sentence for the person.
func (e *MissingError) HintKey() (string, map[string]any) {
	part := hint.New("paper.part."+e.Part, nil, nil)
	switch {
	case e.ShPI == "":
		return "paper.unknown-in-list", hint.Args{"Part": part, "Value": e.Value}
	case e.Value != "":
		return "paper.unknown", hint.Args{"ShPI": e.ShPI.Grouped(), "Part": part, "Value": e.Value}
	}
	return "paper.missing", hint.Args{"ShPI": e.ShPI.Grouped(), "Part": part}
}

// PieceError says which piece could not be drawn. The cause carries its own sentence.
type PieceError struct {
	ShPI postal.ShPI
	Err  error
}

var _ hint.Keyed = (*PieceError)(nil)

func (e *PieceError) Error() string { return fmt.Sprintf("piece %s: %v", e.ShPI, e.Err) }

func (e *PieceError) Unwrap() error { return e.Err }

// HintKey names the sentence for the person.
func (e *PieceError) HintKey() (string, map[string]any) {
	return "paper.piece", hint.Args{"ShPI": e.ShPI.Grouped(), "Cause": e.Err}
}

// clean makes a text from the post printable: composed letters (й as one character), single spaces, no line breaks, no invisible
// characters. Nothing a reader can see is lost.
func clean(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == ' ' && (i == 0 || i+1 == len(s) || s[i+1] == ' ') {
			plain = false
			break
		}
	}
	if plain && norm.NFC.IsNormalString(s) && strings.IndexFunc(s, odd) < 0 {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// odd reports a character that clean removes or makes a plain space.
func odd(r rune) bool {
	return r >= utf8.RuneSelf && (unicode.Is(unicode.Cf, r) || unicode.IsSpace(r))
}

// noBreak is a space at which a line is not broken. It only steers the wrapping: on the page it becomes a plain space again,
// so that texts copied from a PDF are what the post wrote.
const noBreak = "\u00a0"

// bind ties short words (initials, «д.», «кв.», «№», prepositions) to the word after them, two in a row at most.
func bind(s string) string {
	words := strings.Split(s, " ")
	if len(words) < 2 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 2*len(words))
	tied := 0
	for i, w := range words {
		b.WriteString(w)
		if i+1 == len(words) {
			break
		}
		if tied < 2 && short(w) {
			b.WriteString(noBreak)
			tied++
		} else {
			b.WriteByte(' ')
			tied = 0
		}
	}
	return b.String()
}

// short reports a word that should not be the last of its line.
func short(w string) bool {
	n := utf8.RuneCountInString(w)
	first, _ := utf8.DecodeRuneInString(w)
	last, _ := utf8.DecodeLastRuneInString(w)
	switch {
	case w == "№":
		return true
	case !unicode.IsLetter(first):
		return false
	}
	return n <= 2 && unicode.IsLetter(last) || n <= 5 && last == '.'
}

// fit sets paragraphs in a box and puts plain spaces where noBreak was.
func fit(box page.Rect, paragraphs ...page.Paragraph) ([]page.Text, error) {
	texts, _, err := page.Fit(box, paragraphs...)
	for i := range texts {
		texts[i].Text = strings.ReplaceAll(texts[i].Text, noBreak, " ")
	}
	return texts, err
}

// area is a box as the data files write it: x, y, width, height in millimetres.
type area [4]page.Millimetres

func (a area) rect() page.Rect { return page.Rect{X: a[0], Y: a[1], W: a[2], H: a[3]} }
