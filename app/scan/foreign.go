package scan

import (
	"regexp"
	"strings"
	"unicode"

	"znak/app/hint"
)

// likeness is a kind of foreign code and how to know it. Key is below "scan.foreign." of the translations.
type likeness struct {
	key  string
	form *regexp.Regexp
}

// likenesses are the codes that lie about in an office, so that the hint can say "you have scanned the payment code".
var likenesses = []likeness{
	{"receipt", regexp.MustCompile(`^t=\d{8}T\d{4,6}&s=[\d.]+&fn=\d+&i=\d+&fp=`)}, // a cash register's receipt
	{"url", regexp.MustCompile(`(?i)^(https?://|www\.)\S`)},                       // a link
	{"contact", regexp.MustCompile(`(?i)^(BEGIN:VCARD|MECARD:|tel:|mailto:|MATMSG:)`)},
	{"wifi", regexp.MustCompile(`(?i)^WIFI:`)},
	{"goods", regexp.MustCompile(`^(\x1d|\(?01\)?)\d{14}\(?(21|11|17|10)`)}, // GS1: goods with a serial number
	{"goods", regexp.MustCompile(`^(\d{8}|\d{12,13})$`)},                    // EAN and UPC
	{"digits", regexp.MustCompile(`^[\d ]+$`)},
}

// foreign says what a text looks like that is no code of a piece.
func foreign(ways []attempt) error {
	shown := ""
	for _, way := range ways {
		bare, _ := unframe(way.text)
		if bare == "" {
			return hint.New("scan.empty", nil, ErrEmpty)
		}
		for _, l := range likenesses {
			if l.form.MatchString(bare) {
				return hint.New("scan.foreign."+l.key, hint.Args{"Text": excerpt(bare), "Digits": digitCount(bare)}, ErrForeign)
			}
		}
		if shown == "" {
			shown = excerpt(bare)
		}
	}
	return hint.New("scan.foreign.text", hint.Args{"Text": shown}, ErrForeign)
}

// excerpt is the beginning of a text as it can be shown in a sentence.
func excerpt(s string) string {
	const most = 32
	n := 0
	short := strings.Map(func(r rune) rune {
		if n++; n > most || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	if n > most {
		short += "…"
	}
	return short
}

func digitCount(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}
