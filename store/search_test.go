package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"znak/app/postal"
)

// find gives the numbers (testPiece) of the pieces a query finds, in its order.
func find(t testing.TB, s *Store, q PieceQuery) (found []int) {
	t.Helper()
	rows, err := s.Pieces(ctx, q)
	if err != nil {
		t.Fatalf("%q: %v", q.Text, err)
	}
	for _, r := range rows {
		found = append(found, int(r.PostID-testPiece(0).PostID))
	}
	return found
}

func TestSearch(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 12)
	list[1].To.Name = "Ивановская Ёлка-Мария"
	list[1].To.Address.Place = "г Москва"
	list[2].To.Name = "иванов АРТЁМ"
	list[2].To.Address.Region, list[2].To.Address.Place = "обл. Екатеринбургско-Вымышленная", "г Екатеринбург"
	list[3].To.Name = "ООО «Рога и копыта № 5» (O'Brien & Co)"
	list[3].To.Address.Index = "123456"
	list[4].OrderNum = "ИСХ-2026/00017-А"
	list[5].Mark.ID = "A1b2-C3D4e5F6-ABCDEFGHIJKLMNOPQR"
	list[6].To.Address = postal.Address{Index: "999998", Raw: "999998, г. Нигде,\u00a0а/я 17 «литера Я»"}
	list[7].ShPI = "00000099876541"
	list[8].ShPI = "ra123456785ru"
	list[9].To.Name = "Й" + "орданов"              // and as some systems write it, in two signs:
	list[10].To.Name = "И\u0306" + "оффе Е\u0308ж" //
	list[11].To.Name, list[11].To.Address.Place = "AND OR NOT NEAR", "\x00 nul"
	pull(t, s, "1", list)
	for _, c := range []struct {
		typed string
		want  []int // newest first
	}{
		{"иванов", []int{2, 1}}, {"ИВАНОВ", []int{2, 1}}, {"ивановская", []int{1}}, {"иванов моск", []int{1}}, {"моск иванов", []int{1}},
		{"иванов\u00a0артем", []int{2}}, {"Артём Иванов,", []int{2}}, {"елка", []int{1}}, {"Ёлка", []int{1}}, {"ёлка-мария", []int{1}}, {"ванов", nil},
		{"екатеринбургская", []int{2}}, // twelve letters count
		{"екатеринбур", []int{2}}, {"екатерингоф", nil},
		{"рога копыта 5", []int{3}}, {"№ 5", []int{5, 3}}, {"«рога»", []int{3}}, {"o'brien", []int{3}}, {"brien", []int{3}}, {"123456", []int{3}}, {"12345", []int{3}},
		{"исх-2026/00017-а", []int{4}}, {"2026 17", nil}, {"00017", []int{4}},
		{"A1b2-C3D4e5F6-ABCDEFGHIJKLMNOPQR", []int{5}}, {"a1b2", []int{5}}, {"c3d4E5f6", []int{5}},
		{"999998", []int{6}}, {"литера я", []int{6}}, {"а/я 17", []int{6}},
		{"76541", []int{7}}, {"6541", []int{7}}, {"541", nil}, {"87654", []int{7}}, {"8765", []int{7}}, {"98765", nil}, {"87654 1", []int{7}}, {"99 87654 1", []int{7}}, {"000000 99 87654 1", []int{7}},
		{"00000099876541", []int{7}}, {"000000 99 87654", []int{7}}, {"0000009", []int{7}}, {"9876541", []int{7}}, {"99876541 магадан", []int{7}}, {"00000099876542", nil},
		{"RA123456785RU", []int{8}}, {"ra1234", []int{8}},
		{"йорданов", []int{9}}, {"И\u0306орданов", []int{9}}, {"йоффе ёж", []int{10}}, {"йо", []int{10, 9}},
		{"AND", []int{11}}, {"not near and or", []int{11}}, {"nul", []int{11}},
		// Nothing to look for finds nothing; nothing typed is no question.
		{`"`, nil}, {"*", nil}, {"-", nil}, {"( ) : ^ ~ + «»", nil}, {"\x00", nil}, {"\xff\xfe", nil}, {"^^", nil},
		{`иванов" OR "елкин`, nil}, {"{search} : иванов", nil}, {"NEAR(иванов артем)", nil}, {"~145678", nil}, {"^00000099", []int{7}}, // the signs do not count
		{"", []int{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}, {" \t", []int{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}},
	} {
		got := find(t, s, PieceQuery{Text: c.typed})
		if strings.TrimSpace(c.typed) == "" {
			slices.Reverse(got) // not a search: print order
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %v, want %v", c.typed, got, c.want)
		}
	}
	mustAudit(t, s)
}

// Of all batches the newest letters come first; those of one batch in print order, page by page, wherever the post has put their numbers.
func TestSearchOrder(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", []postal.Piece{testPiece(7), testPiece(3), testPiece(5), testPiece(900)})
	pull(t, s, "2", testPieces(100, 3))
	pull(t, s, "3", nil)
	intend(t, s, "job", []postal.Piece{testPiece(5), testPiece(3)})
	queued := []postal.PieceState{postal.StateQueued}
	for _, c := range []struct {
		q    PieceQuery
		want []int
	}{
		{PieceQuery{Text: "елкин"}, []int{900, 102, 101, 100, 7, 5, 3}},
		{PieceQuery{Text: "елкин", Limit: 3}, []int{900, 102, 101}},
		{PieceQuery{Text: "елкин", Limit: 3, Offset: 3}, []int{100, 7, 5}},
		{PieceQuery{Text: "елкин", Batch: "1"}, []int{7, 3, 5, 900}},
		{PieceQuery{Text: "елкин", Batch: "1", Limit: 2, Offset: 1}, []int{3, 5}},
		{PieceQuery{Text: "елкин", Batch: "2"}, []int{100, 101, 102}},
		{PieceQuery{Text: "елкин", Batch: "3"}, nil},
		{PieceQuery{Text: "елкин", Batch: "4"}, nil},
		{PieceQuery{Text: "исх-900", Batch: "2"}, nil},
		{PieceQuery{Text: "исх-900", Batch: "1"}, []int{900}},
		{PieceQuery{Text: "елкин", States: queued}, []int{5, 3}},
		{PieceQuery{Text: "елкин", States: queued, Batch: "1"}, []int{3, 5}},
		{PieceQuery{Text: "елкин", ShPIs: []postal.ShPI{testPiece(3).ShPI, testPiece(101).ShPI}}, []int{101, 3}},
		{PieceQuery{Text: "?", Batch: "1"}, nil},
	} {
		if got := find(t, s, c.q); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.q, got, c.want)
		}
	}
}

// indexBytes is all that the index of the search is stored as.
func indexBytes(t testing.TB, s *Store) string {
	return dumpQuery(t, s, `SELECT id, block FROM piece_words_data ORDER BY id`)
}

// The index follows what the post shows of a piece, and nothing else is written into it.
func TestSearchFollowsThePieces(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 5)
	pull(t, s, "1", list)
	before := indexBytes(t, s)
	intend(t, s, "job", list)
	if err := happen(s, eventsOf(postal.EventPrinted, list, nil)...); err != nil {
		t.Fatal(err)
	}
	pull(t, s, "2", testPieces(0, 0))
	list[1].Mass = 77
	write(t, s, func(tx *Tx) error { return tx.PutPieces("1", 0, list) })
	if indexBytes(t, s) != before {
		t.Error("the index was written where no word changed")
	}
	list[2].To.Name = "Новоселова Анна"
	write(t, s, func(tx *Tx) error { return tx.PutPieces("1", 0, list) })
	if got := find(t, s, PieceQuery{Text: "новосел"}); !reflect.DeepEqual(got, []int{2}) {
		t.Errorf("the new name finds %v", got)
	}
	if got := find(t, s, PieceQuery{Text: "елкин"}); !reflect.DeepEqual(got, []int{4, 3, 1, 0}) {
		t.Errorf("the old name finds %v", got)
	}
	mustAudit(t, s)
	// A change that is undone leaves no word.
	boom := errors.New("boom")
	if err := s.Write(ctx, func(tx *Tx) error { return errors.Join(pullIn(tx, "2", testPieces(10, 50)), boom) }); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if got := find(t, s, PieceQuery{Text: "исх 17"}); got != nil {
		t.Errorf("%v", got)
	}
	// A letter comes, changes twice and goes within one change; one that was there goes and comes back as another; one only goes.
	write(t, s, func(tx *Tx) error {
		gone := func(p postal.Piece) error {
			return errors.Join(tx.exec(`DELETE FROM states WHERE post_id = ?`, p.PostID), tx.exec(`DELETE FROM pieces WHERE post_id = ?`, p.PostID))
		}
		passing := testPiece(20)
		if err := tx.PutPieces("1", 20, []postal.Piece{passing}); err != nil {
			return err
		}
		passing.To.Name = "Проходящая"
		if err := tx.PutPieces("1", 20, []postal.Piece{passing}); err != nil {
			return err
		}
		if err := errors.Join(gone(passing), gone(list[3]), gone(list[4])); err != nil {
			return err
		}
		clear(tx.pieces)
		list[3].To.Name = "Обернувшаяся"
		return tx.PutPieces("1", 3, list[3:4])
	})
	for typed, want := range map[string][]int{"проходящая": nil, "обернув": {3}, "елкин": {1, 0}} {
		if got := find(t, s, PieceQuery{Text: typed}); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
	}
	if got := dumpQuery(t, s, `SELECT doc FROM piece_terms WHERE term = 'елкин'`); got != "\t2\n" {
		t.Errorf("the index counts %q", got)
	}
}

// A letter with another's ШПИ is found by it, too: somebody must see both.
func TestSearchFindsTwins(t *testing.T) {
	s := openTest(t)
	first, twin := testPiece(0), testPiece(10)
	twin.ShPI = first.ShPI
	pull(t, s, "1", []postal.Piece{first})
	pull(t, s, "2", []postal.Piece{twin})
	if got := find(t, s, PieceQuery{Text: first.ShPI.Grouped()}); !reflect.DeepEqual(got, []int{10, 0}) {
		t.Errorf("%v", got)
	}
}

func TestAuditComparesTheIndex(t *testing.T) {
	for name, harm := range map[string]string{
		"a letter is missing": `INSERT INTO piece_words (piece_words, rowid, search) SELECT 'delete', post_id, search FROM pieces LIMIT 1`,
		"a word too many":     `INSERT INTO piece_words (rowid, search) SELECT post_id, 'лишнее' FROM pieces LIMIT 1`,
		"empty":               `INSERT INTO piece_words (piece_words) VALUES ('delete-all')`,
		"not up to date":      `UPDATE pieces SET search = search || ' другое' WHERE post_id % 7 = 3`,
		"other words":         `DROP TRIGGER pieces_words_update; UPDATE pieces SET search = search || ' другое' WHERE post_id % 7 = 3`,
	} {
		s := openTest(t)
		pull(t, s, "1", testPieces(0, 50))
		mustAudit(t, s)
		if _, err := s.writer.conn.ExecContext(ctx, harm); err != nil {
			t.Fatal(err)
		}
		if r, err := s.Audit(ctx); err != nil || r.OK || !strings.Contains(r.What, "search") {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if err := s.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		mustAudit(t, s)
		if got := find(t, s, PieceQuery{Text: "елкин"}); len(got) != 50 {
			t.Errorf("%s: %d found after it was rebuilt", name, len(got))
		}
	}
}

// searchBefore is what pieces.search was before the index.
func searchBefore(p postal.Piece) string {
	a := p.To.Address
	return strings.ReplaceAll(strings.ToLower(strings.Join([]string{string(p.ShPI), p.Mark.ID, p.OrderNum, p.To.Name, string(a.Index), a.Region, a.Place, a.Street, a.Raw}, "\n")), "ё", "е")
}

const stepsBeforeSearch = 6

// storeBefore makes a store of the schema before the index.
func storeBefore(t testing.TB, path string, list []postal.Piece) {
	t.Helper()
	s := openAt(t, path)
	pull(t, s, "1", list)
	write(t, s, func(tx *Tx) error {
		for _, p := range list {
			if err := tx.exec(`UPDATE pieces SET search = ? WHERE post_id = ?`, searchBefore(p), p.PostID); err != nil {
				return err
			}
		}
		for _, statement := range []string{`DROP TRIGGER pieces_words_insert`, `DROP TRIGGER pieces_words_update`, `DROP TRIGGER pieces_words_delete`,
			`DROP TABLE piece_terms`, `DROP TABLE piece_words`, `DROP TABLE piece_words_due`, fmt.Sprint(`PRAGMA user_version = `, stepsBeforeSearch)} {
			if err := tx.exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err := s.Compact(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// A store of before is searched like a new one, also where persons were forgotten in it by this program: copies keep their schema.
func TestSearchInAnOlderStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	list := testPieces(0, 40)
	list[3].To.Name = "«Щёлково—Проект»"
	storeBefore(t, path, list)
	if n, err := ForgetInCopy(ctx, path, []string{"1"}); n != 40 || err != nil {
		t.Fatal(n, err)
	}
	forgotten := openAt(t, path)
	mustAudit(t, forgotten)
	if got := find(t, forgotten, PieceQuery{Text: string(list[5].ShPI[9:])}); !reflect.DeepEqual(got, []int{5}) {
		t.Errorf("%v", got)
	}
	path = filepath.Join(t.TempDir(), "znak.db")
	storeBefore(t, path, list)
	older, fresh := openAt(t, path), openTest(t)
	mustAudit(t, older)
	pull(t, fresh, "1", list)
	const words = `SELECT post_id, search FROM pieces ORDER BY 1`
	if a, b := dumpQuery(t, older, words), dumpQuery(t, fresh, words); a != b {
		t.Errorf("other words than those of a new store:\n%s\n%s", a, b)
	}
	for _, typed := range []string{"щелково", "проект", "исх-7", "999999", "елкин магадан", string(list[9].ShPI), list[9].Mark.ID} {
		if a, b := find(t, older, PieceQuery{Text: typed}), find(t, fresh, PieceQuery{Text: typed}); !reflect.DeepEqual(a, b) || len(a) == 0 {
			t.Errorf("%q: %v, in a new store %v", typed, a, b)
		}
	}
	write(t, older, func(tx *Tx) error { return tx.PutPieces("1", 0, list[:20]) }) // the next pull
	mustAudit(t, older)
}

func init() { children["open"] = childOpenOnly }

func childOpenOnly(args []string) error {
	s, err := childOpen(args[0])
	if err != nil {
		return err
	}
	return s.Close()
}

// Killed in the middle of making the index, the store is as before, and the next start makes it.
func TestKilledWhileTheIndexIsMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	storeBefore(t, path, testPieces(0, 3000))
	killed := 0
	for wait := 20 * time.Millisecond; ; wait += 30 * time.Millisecond {
		cmd := child(t, "open", path)
		cmd.Stderr = nil
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		c, checkErr := CheckCopy(ctx, path)
		if checkErr != nil {
			t.Fatal(checkErr)
		}
		if c.Schema > stepsBeforeSearch {
			break // in time, or killed after all was done
		}
		if err == nil {
			t.Fatal("opened, and the schema is the one of before")
		}
		killed++
	}
	if killed == 0 {
		t.Error("never killed in the middle")
	}
	s := openAt(t, path)
	mustAudit(t, s)
	if got := find(t, s, PieceQuery{Text: "исх 2999"}); !reflect.DeepEqual(got, []int{2999}) {
		t.Errorf("%v", got)
	}
}

// A disk without room for the index: the store is as before and the person is told.
func TestNoRoomForTheIndex(t *testing.T) {
	dir, remount := smallDisk(t, "40m")
	path := filepath.Join(dir, "znak.db")
	storeBefore(t, path, testPieces(0, 3000))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	remount(fmt.Sprintf("size=%d", 2*info.Size()+info.Size()/2)) // room for the copy of before, and not for both
	refused(t, Params{Path: path}, ErrFull, "store.full")
	if c, err := CheckCopy(ctx, path); err != nil || c.Schema != stepsBeforeSearch || c.Events != 3000 {
		t.Fatalf("%+v, %v", c, err)
	}
	remount("size=40m")
	s := openAt(t, path)
	mustAudit(t, s)
	if got := find(t, s, PieceQuery{Text: "исх 2999"}); !reflect.DeepEqual(got, []int{2999}) {
		t.Errorf("%v", got)
	}
	_ = s.Close()
}

var plainWord = regexp.MustCompile(`[\pL\pN]+`)

// wordsPlainly is the rule of what a word is, said another way.
func wordsPlainly(text string) (list []string) {
	text = strings.Map(func(r rune) rune {
		r = unicode.ToLower(r)
		switch {
		case r == 'ё':
			return 'е'
		case unicode.Is(unicode.Mn, r):
			return -1
		}
		return r
	}, norm.NFC.String(text))
	for _, w := range plainWord.FindAllString(text, -1) {
		r, letters := []rune(w), true
		for _, c := range r {
			letters = letters && unicode.IsLetter(c)
		}
		if letters {
			r = r[:min(len(r), 12)]
		}
		list = append(list, string(r[:min(len(r), 64)]))
	}
	return list
}

var digits = regexp.MustCompile(`^[0-9]+$`)

// foundPlainly is the rule of what finds a piece.
func foundPlainly(p postal.Piece, typed string) bool {
	a := p.To.Address
	has := wordsPlainly(strings.Join([]string{p.Mark.ID, p.OrderNum, p.To.Name, string(a.Index), a.Region, a.Place, a.Street, a.Raw, string(p.ShPI[8:])}, "\n"))
	word := func(w string) bool {
		return slices.ContainsFunc(has, func(h string) bool { return strings.HasPrefix(h, w) }) ||
			digits.MatchString(w) && (len(w) >= 4 && strings.HasSuffix(string(p.ShPI), w) || len(w) >= 7 && strings.HasPrefix(string(p.ShPI), w))
	}
	asked := wordsPlainly(typed)
	asked = asked[:min(len(asked), 16)]
	if len(asked) == 0 {
		return strings.TrimSpace(typed) == ""
	}
	joined := strings.Join(asked, "")
	return !slices.ContainsFunc(asked, func(w string) bool { return !word(w) }) || digits.MatchString(joined) && word(joined)
}

// FuzzSearch: whatever is typed and whatever the post shows, the index finds what the rule says, in a batch and in all.
func FuzzSearch(f *testing.F) {
	s := openTest(f)
	list := testPieces(0, 5)
	list[1].To.Name = "AND Иванов-Ёлкин «1»"
	list[2].To.Address.Raw = "г. Нигде, ул. №5, д.7/12, кв 3"
	list[3].Mark.ID = "ab12-cd34-5678"
	list[4].ShPI = "00000099876541"
	pull(f, s, "1", list)
	if _, err := s.writer.conn.ExecContext(ctx, `PRAGMA synchronous = OFF`); err != nil {
		f.Fatal(err)
	}
	for _, typed := range []string{"иванов моск", "76541", "000000 99 87654 1", `"`, `a" OR "b`, "AND", "NEAR(", "*", "é", "е\u0308", "~1 ^2", "-", "1", "я", "x\x00y", strings.Repeat("а", 100),
		strings.Repeat("1", 100), strings.Repeat("a b ", 300), "½", "İ", "\u212a", "\xff", "ǅ", "ﬁ", "一二"} {
		f.Add(typed, "Ёлкин Пётр", "ул Лесная", "17/А")
		f.Add(typed, typed, typed+"z", typed+"1")
	}
	f.Fuzz(func(t *testing.T, typed, name, street, number string) {
		p := testPiece(0)
		p.To.Name, p.To.Address.Street, p.OrderNum = name, street, number
		list[0] = p
		write(t, s, func(tx *Tx) error { return tx.PutPieces("1", 0, list[:1]) })
		for _, q := range []PieceQuery{{Text: typed}, {Text: typed, Batch: "1"}} {
			var want []int
			for i, p := range list {
				if foundPlainly(p, typed) {
					want = append(want, i)
				}
			}
			got := find(t, s, q)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%q in %q, %q, %q finds %v, want %v", typed, name, street, number, got, want)
			}
		}
	})
}
