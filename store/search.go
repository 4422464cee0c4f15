package store

import (
	"bytes"
	"context"
	"database/sql"
	"hash/maphash"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"znak/app/postal"
)

// Letters are found by words: pieces.search holds the words of a piece (searchText), the table piece_words is an FTS5 index of their beginnings, brought
// up to date at the end of each change (migrations/0007_search.sql). A word is letters and digits without case, ё as е; whatever stands between words does not matter.
//
// A word that is typed must begin a word of the piece. Digits may also be the end of its ШПИ, from four on, or its beginning, from seven on, with or
// without the spaces in which a ШПИ is printed. The middle of a word finds nothing.

// What of a word counts: of letters alone no more than the index keeps beginnings of, so that a common word is never put together from a million places.
const (
	wordLetters  = 12
	wordLongest  = 64  // of letters and digits
	typedWords   = 16  // of what was typed
	shpiEnd      = 4   // digits from which they may be the end of a ШПИ…
	shpiBegin    = 7   // …and its beginning: the first six are the office's index, which all its letters have
	markEnd      = "~" // before the digits of a ШПИ from its last to its first
	markBegin    = "^" // before the digits of a ШПИ
	anyBeginning = `"*`
)

// searchText is what a person types to find a piece: identifiers, the sender's number, the recipient and the place.
func searchText(p postal.Piece) string {
	mark, _ := markOf(p)
	a := p.To.Address
	return spell(string(p.ShPI), mark, p.OrderNum, p.To.Name, string(a.Index), a.Region, a.Place, a.Street, a.Raw)
}

// spell writes the words of a piece, each once.
func spell(shpi string, texts ...string) string {
	list := shpiWords(shpi)
	for _, text := range texts {
		for _, w := range words(text) {
			if !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
	}
	return strings.Join(list, " ")
}

// shpiWords are the number of a ШПИ with its check digit, of which people read out the end, and the marked forms.
func shpiWords(shpi string) []string {
	if len(shpi) != 14 || !isNumber(shpi) {
		return words(shpi)
	}
	return []string{shpi[8:], markEnd + backwards(shpi), markBegin + shpi}
}

func backwards(digits string) string {
	b := []byte(digits)
	slices.Reverse(b)
	return string(b)
}

func isNumber(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// words splits a text. It makes case and ё not matter itself: the index knows the case of Latin letters only.
func words(s string) (list []string) {
	var word []rune
	letters := true
	end := func() {
		switch {
		case len(word) == 0:
			return
		case letters && len(word) > wordLetters:
			word = word[:wordLetters]
		case len(word) > wordLongest:
			word = word[:wordLongest]
		}
		list = append(list, string(word))
		word, letters = word[:0], true
	}
	for _, r := range norm.NFC.String(s) {
		switch r = unicode.ToLower(r); {
		case r == 'ё':
			word = append(word, 'е')
		case unicode.IsLetter(r):
			word = append(word, r)
		case unicode.IsNumber(r):
			word, letters = append(word, r), false
		case unicode.Is(unicode.Mn, r): // an accent is no letter and no end of a word
		default:
			end()
		}
	}
	end()
	return list
}

// match says in the language of FTS5 what was typed; "" where there is no word in it.
func match(typed string) string {
	list := words(typed)
	list = list[:min(len(list), typedWords)]
	each := make([]string, len(list))
	number := true
	for i, w := range list {
		each[i] = matchWord(w)
		number = number && isNumber(w)
	}
	all := strings.Join(each, " AND ")
	if number && len(list) > 1 { // a ШПИ as it is printed
		all = "(" + all + ") OR " + matchWord(strings.Join(list, ""))
	}
	return all
}

func matchWord(w string) string {
	forms := `"` + w + anyBeginning
	if isNumber(w) && len(w) >= shpiEnd {
		forms += ` OR "` + markEnd + backwards(w) + anyBeginning
		if len(w) >= shpiBegin {
			forms += ` OR "` + markBegin + w + anyBeginning
		}
		forms = "(" + forms + ")"
	}
	return forms
}

// indexWords brings the index up to date with the pieces that have changed.
func indexWords(exec func(string, ...any) error) error {
	for _, statement := range []string{
		`INSERT INTO piece_words (piece_words, rowid, search) SELECT 'delete', post_id, was FROM piece_words_due WHERE was IS NOT NULL`,
		`INSERT INTO piece_words (rowid, search) SELECT post_id, search FROM piece_words_due JOIN pieces USING (post_id)`,
		`DELETE FROM piece_words_due`,
	} {
		if err := exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// respell brings pieces.search from what it was before 0007, the fields one a line and the ШПИ first, into words. What is in words already has no lines.
func respell(ctx context.Context, conn *sql.Conn, tell func(Upgrade)) error {
	var of int
	if err := conn.QueryRowContext(ctx, `SELECT count(*) FROM pieces`).Scan(&of); err != nil {
		return err
	}
	read, err := conn.PrepareContext(ctx, `SELECT post_id, search FROM pieces WHERE post_id > ? ORDER BY post_id LIMIT 1000`)
	if err != nil {
		return err
	}
	defer read.Close()
	update, err := conn.PrepareContext(ctx, `UPDATE pieces SET search = ? WHERE post_id = ?`)
	if err != nil {
		return err
	}
	defer update.Close()
	ids, texts := []int64{0}, []string(nil)
	for last, done := int64(-1<<63), 0; len(ids) > 0; done += len(ids) {
		tell(Upgrade{UpgradeWords, done, of})
		ids, texts = ids[:0], texts[:0]
		err := each(func(string, ...any) (*sql.Rows, error) { return read.QueryContext(ctx, last) }, "", func(rows *sql.Rows) error {
			var text string
			err := rows.Scan(&last, &text)
			ids, texts = append(ids, last), append(texts, text)
			return err
		})
		if err != nil {
			return err
		}
		for i, text := range texts {
			if shpi, fields, old := strings.Cut(text, "\n"); old {
				if _, err := update.ExecContext(ctx, spell(shpi, fields), ids[i]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// wordSum tells two sets of words of pieces apart without keeping them.
type wordSum struct {
	seed maphash.Seed
	sum  uint64
}

// add adds a word that some pieces have.
func (s *wordSum) add(word []byte, pieces uint64) { s.sum += maphash.Bytes(s.seed, word) * pieces }

// addText adds the words of one piece.
func (s *wordSum) addText(text []byte) {
	for w := range bytes.FieldsSeq(text) {
		s.add(w, 1)
	}
}

// compareWords finds an index that holds other words than the pieces, or not as often.
func compareWords(query queryFunc, want wordSum) (place *badPlace, err error) {
	have := wordSum{seed: want.seed}
	err = each(query, `SELECT term, doc FROM piece_terms`, func(rows *sql.Rows) error {
		var term sql.RawBytes
		var pieces uint64
		err := rows.Scan(&term, &pieces)
		have.add(term, pieces)
		return err
	})
	if err == nil && have != want {
		place = &badPlace{0, "the index of the search does not hold the words of the pieces"}
	}
	return place, err
}
