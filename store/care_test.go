package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/app/hint"
	"znak/app/postal"
)

func mustClose(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCheckCopy(t *testing.T) {
	path := auditScene(t)
	s := openAt(t, path)
	report := mustAudit(t, s)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	c, err := CheckCopy(ctx, copied)
	if err != nil || c.Events != report.Events || c.Station != s.Station() || c.Last.IsZero() || len(c.End) != 64 || c.Schema != len(migrations()) {
		t.Fatalf("%+v, %v", c, err)
	}
	if left, _ := filepath.Glob(copied + "?*"); len(left) != 0 {
		t.Errorf("beside the copy: %v", left)
	}
	for name, statement := range map[string]string{
		"an event changed":  `UPDATE events SET who = 'Никто' WHERE seq = 14`,
		"a link broken":     `UPDATE events SET prev = randomblob(32) WHERE seq = 20`,
		"cut short":         `DELETE FROM events WHERE seq > 30`,
		"an event missing":  `DELETE FROM events WHERE seq = 9`,
		"another program's": `PRAGMA application_id = 7`,
	} {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "bad.db")
			if err := s.Backup(ctx, bad); err != nil {
				t.Fatal(err)
			}
			tamper(t, bad, noTriggers, statement)
			if _, err := CheckCopy(ctx, bad); !errors.Is(err, ErrDamaged) {
				t.Errorf("got %v", err)
			}
		})
	}
	bad := filepath.Join(t.TempDir(), "newer.db")
	if err := s.Backup(ctx, bad); err != nil {
		t.Fatal(err)
	}
	tamper(t, bad, `PRAGMA user_version = 99`)
	if _, err := CheckCopy(ctx, bad); !errors.Is(err, ErrNewer) {
		t.Errorf("newer: %v", err)
	}
	raw, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bad, raw[:len(raw)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := CheckCopy(ctx, bad); !errors.Is(err, ErrDamaged) {
		t.Errorf("half a file: %v", err)
	}
}

// A copy of a ledger that does not end as it should is not made at all.
func TestNoCopyOfADamagedLedger(t *testing.T) {
	path := auditScene(t)
	tamper(t, path, noTriggers, `DELETE FROM events WHERE seq > 30`)
	s := openAt(t, path)
	dir := t.TempDir()
	if err := s.Backup(ctx, filepath.Join(dir, "copy.db")); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestRotate(t *testing.T) {
	dir := t.TempDir()
	touch := func(name string) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	touch("notes.txt")
	touch("znak-20240101-0900.db.part")
	first := time.Date(2025, 1, 1, 9, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 0, 500)
	for at := first; !at.After(last); at = at.AddDate(0, 0, 1) { // as it goes: a copy a day
		path := CopyFile(dir, at)
		touch(filepath.Base(path))
		if _, err := Rotate(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Fatalf("the newest is gone: %v", err)
		}
	}
	list, err := Copies(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, path := range list {
		got = append(got, CopyDay(path))
	}
	want := map[string]bool{}
	for n := range 14 {
		want[last.AddDate(0, 0, -n).Format("20060102")] = true
	}
	for n := range 12 { // the last day of each of twelve months, the running one among them
		end := time.Date(last.Year(), last.Month()-time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC)
		if end.After(last) {
			end = last
		}
		want[end.Format("20060102")] = true
	}
	if len(got) != len(want) {
		t.Errorf("kept %v", got)
	}
	for _, day := range got {
		if !want[day] {
			t.Errorf("kept %s", day)
		}
	}
	for _, other := range []string{"notes.txt", "znak-20240101-0900.db.part"} {
		if _, err := os.Stat(filepath.Join(dir, other)); err != nil {
			t.Errorf("%s: %v", other, err)
		}
	}
	// Many in one minute, by a person: all are kept, and the days before as well.
	for range 20 {
		touch(filepath.Base(CopyFile(dir, last.Add(time.Hour))))
		if _, err := Rotate(dir); err != nil {
			t.Fatal(err)
		}
	}
	list, _ = Copies(dir)
	days := map[string]int{}
	for _, path := range list {
		days[CopyDay(path)]++
	}
	if days[last.Format("20060102")] != 14 || len(days) != len(want) {
		t.Errorf("%v", days)
	}
	if filepath.Base(list[0]) != "znak-"+last.Format("20060102")+"-1000-020.db" {
		t.Errorf("newest is %s", list[0])
	}
}

// scene makes a store with one batch and a copy of it, then goes on.
func restoreScene(t *testing.T) (path, copied string) {
	t.Helper()
	dir := t.TempDir()
	path, copied = filepath.Join(dir, "znak.db"), filepath.Join(dir, "backups", "copy.db")
	s := openAt(t, path)
	pull(t, s, "1", testPieces(0, 10))
	if err := s.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	intend(t, s, "job", testPieces(0, 10))
	mustClose(t, s)
	return path, copied
}

func TestRestore(t *testing.T) {
	path, copied := restoreScene(t)
	now := newClock().now
	r, err := Restore(ctx, copied, Params{Path: path, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if r.Copy.Events != 10 {
		t.Errorf("%+v", r.Copy)
	}
	// Nobody gets in meanwhile.
	short, cancel := withTimeout(300 * time.Millisecond)
	defer cancel()
	if s, err := Open(short, Params{Path: path}); err == nil {
		_ = s.Close()
		t.Error("opened while it is being restored")
	}
	if _, err := Restore(ctx, copied, Params{Path: path}); !errors.Is(err, ErrLocked) {
		t.Errorf("a second restore: %v", err)
	}
	write(t, r.Store, func(tx *Tx) error { return tx.Record(NewEvent{Kind: postal.EventRestored, Data: "да"}) })
	before, err := r.Commit()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(before, "znak-before-restore-20261121-") {
		t.Errorf("kept as %s", before)
	}
	old := openAt(t, before)
	if got := mustAudit(t, old); got.Events != 20 {
		t.Errorf("the replaced store has %+v", got)
	}
	mustClose(t, old)
	s := openAt(t, path)
	if got := mustAudit(t, s); got.Events != 11 {
		t.Errorf("the restored store has %+v", got)
	}
	mustClose(t, s)
	onlyTheseBeside(t, path, "backups", "locks", "znak.db", filepath.Base(before))
}

func onlyTheseBeside(t *testing.T, path string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("in the folder: %v, want %v", got, want)
	}
}

func TestRestoreGivenUpChangesNothing(t *testing.T) {
	path, copied := restoreScene(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Restore(ctx, copied, Params{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	pull(t, r.Store, "2", testPieces(100, 3))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the store was changed: %v", err)
	}
	onlyTheseBeside(t, path, "backups", "locks", "znak.db")
}

func TestRestoreRefuses(t *testing.T) {
	path, copied := restoreScene(t)
	dir := t.TempDir()
	variant := func(name string, statements ...string) string {
		raw, err := os.ReadFile(copied)
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, name)
		if err := os.WriteFile(to, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if len(statements) > 0 {
			tamper(t, to, statements...)
		}
		return to
	}
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte("это письмо, а не копия записей"), 0o600); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]error{
		text: ErrDamaged,
		variant("newer.db", `PRAGMA user_version = 99`):                   ErrNewer,
		variant("foreign.db", `PRAGMA application_id = 1`):                ErrDamaged,
		variant("cut.db", noTriggers, `DELETE FROM events WHERE seq > 5`): ErrDamaged,
		filepath.Join(dir, "нет такого.db"):                               ErrNotFound,
		path: ErrConflict,
	} {
		before, _ := os.ReadFile(path)
		r, err := Restore(ctx, from, Params{Path: path})
		if err == nil {
			_ = r.Close()
			t.Errorf("%s was taken", from)
			continue
		}
		if _, _, ok := hint.Of(err); !errors.Is(err, want) || !ok {
			t.Errorf("%s: %v, want %v", from, err, want)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Errorf("%s: the store was changed", from)
		}
		onlyTheseBeside(t, path, "backups", "locks", "znak.db")
	}
	s := openAt(t, path)
	if _, err := Restore(ctx, copied, Params{Path: path}); !errors.Is(err, ErrLocked) {
		t.Errorf("while open: %v", err)
	} else if key, _, _ := hint.Of(err); key != "store.in-use" {
		t.Errorf("hint %q", key)
	}
	mustClose(t, s)
}

func TestRestoreInPlaceOfNothingAndOfRubbish(t *testing.T) {
	path, copied := restoreScene(t)
	restore := func() string {
		t.Helper()
		r, err := Restore(ctx, copied, Params{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		before, err := r.Commit()
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		s := openAt(t, path)
		if got := mustAudit(t, s); got.Events != 10 {
			t.Errorf("%+v", got)
		}
		mustClose(t, s)
		return before
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if before := restore(); before != "" {
		t.Errorf("nothing was kept as %s", before)
	}
	rubbish := bytes.Repeat([]byte("диск испортил файл "), 1000)
	if err := os.WriteFile(path, rubbish, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+"-wal", []byte("и это"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := restore()
	if kept, err := os.ReadFile(before); err != nil || !bytes.Equal(kept, rubbish) {
		t.Errorf("not kept as it was: %v", err)
	}
	if side, err := os.ReadFile(before + "-wal"); err != nil || string(side) != "и это" {
		t.Errorf("its side file: %q, %v", side, err)
	}
}

// Whatever step of the swap the power goes in, the next opening ends it, and the side file of the old store never meets the new one.
func TestRestoreCutShort(t *testing.T) {
	for step := range 4 {
		t.Run(fmt.Sprint(step), func(t *testing.T) {
			path, copied := restoreScene(t)
			// The old store was left by a crash, with changes in its side file.
			s := openAt(t, path)
			pull(t, s, "2", testPieces(100, 5))
			side, err := os.ReadFile(path + "-wal")
			if err != nil || len(side) == 0 {
				t.Fatalf("no side file: %v", err)
			}
			mustClose(t, s)
			main, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path+"-wal", side, 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Restore(ctx, copied, Params{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(r.Store.fold(), r.Store.Close()); err != nil {
				t.Fatal(err)
			}
			// From here on as Commit and swap, up to some step.
			if step > 0 {
				if err := os.Rename(path+stagingSuffix, stagedPath(path)); err != nil {
					t.Fatal(err)
				}
			}
			info, _ := os.Stat(stagedPath(path))
			if step > 1 {
				if err := os.Rename(path, beforePath(path, info.ModTime())); err != nil {
					t.Fatal(err)
				}
			}
			if step > 2 {
				if err := os.Rename(path+"-wal", beforePath(path, info.ModTime())+"-wal"); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.claim.Unlock(); err != nil { // as the system does when the process dies
				t.Fatal(err)
			}
			s = openAt(t, path)
			defer s.Close()
			want := int64(10)
			if step == 0 { // not decided yet: the old store
				want = 25
			}
			if got := mustAudit(t, s); got.Events != want {
				t.Errorf("%d events, want %d", got.Events, want)
			}
			if step == 0 {
				return
			}
			kept, err := os.ReadFile(beforePath(path, info.ModTime()))
			if err != nil || !bytes.Equal(kept, main) {
				t.Errorf("the old store is not kept: %v", err)
			}
			if got, err := os.ReadFile(beforePath(path, info.ModTime()) + "-wal"); err != nil || !bytes.Equal(got, side) {
				t.Errorf("nor its side file: %v", err)
			}
		})
	}
}

// personal are words of the invented recipients that no file may hold once they are forgotten.
var personal = []string{"Ёлкин", "ёлкин", "елкин", "Выдуманович", "Приморская", "приморская", "Магадан"}

func grep(t *testing.T, path string, words []string) (found []string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	for _, w := range words {
		if bytes.Contains(raw, []byte(w)) {
			found = append(found, w)
		}
	}
	return found
}

func TestForget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	list := testPieces(0, 300)
	pull(t, s, "1", list)
	keep := testPiece(500)
	keep.To.Name = "Остающаяся Анна"
	keep.To.Address = postal.Address{Index: "999999", Place: "г Вымысел"}
	pull(t, s, "2", []postal.Piece{keep})
	write(t, s, func(tx *Tx) error {
		for _, i := range []Item{{ID: "a", Kind: "order", Key: "order 1", Payload: []byte(`{"name":"Ёлкин Заказной"}`), State: "done"},
			{ID: "b", Kind: "order", Key: "order 2", Payload: []byte(`{"name":"Остающийся Иван"}`)}} {
			if err := tx.PutOutbox(i); err != nil {
				return err
			}
		}
		return nil
	})
	if found := append(grep(t, path, personal), grep(t, path+"-wal", personal)...); len(found) == 0 {
		t.Fatal("the names are not there to begin with")
	}
	// The ledger never held a person.
	events := dumpQuery(t, s, `SELECT kind, batch, piece, shpi, run, data FROM events`)
	for _, w := range personal {
		if strings.Contains(events, w) {
			t.Errorf("the ledger holds %q", w)
		}
	}
	before := mustAudit(t, s)
	beforeSums := dumpQuery(t, s, `SELECT post_id, shpi, mark_id, kopecks, facts ->> '$.Mark.ID', facts ->> '$.Mass', facts ->> '$.Rate' FROM pieces ORDER BY 1`)
	var n, items int
	write(t, s, func(tx *Tx) (err error) {
		if n, err = tx.Forget("1"); err != nil {
			return err
		}
		items, err = tx.ForgetSent(time.Now().AddDate(10, 0, 0))
		return err
	})
	if n != 300 || items != 1 {
		t.Errorf("%d pieces, %d items", n, items)
	}
	if due, err := s.CompactDue(ctx); err != nil || !due {
		t.Errorf("due %v, %v", due, err)
	}
	if err := s.Compact(ctx); err != nil {
		t.Fatal(err)
	}
	if due, err := s.CompactDue(ctx); err != nil || due {
		t.Errorf("due %v, %v", due, err)
	}
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		if found := grep(t, file, personal); len(found) > 0 {
			t.Errorf("%s still holds %v", file, found)
		}
	}
	noPersonalWords(t, s)
	raw, _ := os.ReadFile(path)
	for _, w := range []string{"Остающаяся Анна", "Остающийся Иван"} {
		if !bytes.Contains(raw, []byte(w)) {
			t.Errorf("%q is gone", w)
		}
	}
	if after := mustAudit(t, s); after.Events != before.Events {
		t.Errorf("%+v, before %+v", after, before)
	}
	if after := dumpQuery(t, s, `SELECT post_id, shpi, mark_id, kopecks, facts ->> '$.Mark.ID', facts ->> '$.Mass', facts ->> '$.Rate' FROM pieces ORDER BY 1`); after != beforeSums {
		t.Error("sums or identities changed")
	}
	row, err := s.PieceByShPI(ctx, list[7].ShPI)
	if err != nil || row.To.Name != "" || len(row.To.Address.Lines()) != 0 || row.To.Address.Index != "999999" || row.Mark.Value != 8540 {
		t.Errorf("%+v, %v", row, err)
	}
	if found, err := s.Pieces(ctx, PieceQuery{Text: "елкин"}); err != nil || len(found) != 0 {
		t.Errorf("found by name: %d, %v", len(found), err)
	}
	if found, err := s.Pieces(ctx, PieceQuery{Text: string(list[7].ShPI)}); err != nil || len(found) != 1 {
		t.Errorf("not found by ШПИ: %v", err)
	}
	write(t, s, func(tx *Tx) error {
		for batch, want := range map[string]bool{"1": true, "2": false} {
			if got, err := tx.Forgotten(batch); err != nil || got != want {
				t.Errorf("%s: %v, %v", batch, got, err)
			}
		}
		return nil
	})
}

func TestForgettable(t *testing.T) {
	s := openTest(t)
	c := &clock{time.Date(2026, 1, 10, 9, 0, 0, 0, time.UTC)}
	s.now = c.now
	put := func(name string, status postal.BatchStatus, from int) []postal.Piece {
		list := testPieces(from, 2)
		pull(t, s, name, list)
		b := testBatch(name)
		b.Status, b.StatusDate = status, c.t
		write(t, s, func(tx *Tx) error { return tx.PutBatch(b, true) })
		return list
	}
	put("old", postal.BatchArchived, 0)
	put("open", postal.BatchCreated, 10)
	put("waiting", postal.BatchAccepted, 20)
	write(t, s, func(tx *Tx) error { return tx.PutOutbox(Item{Kind: "archive", Key: "waiting"}) })
	news := put("news", postal.BatchSent, 30)
	put("forgotten", postal.BatchSent, 40)
	write(t, s, func(tx *Tx) error { _, err := tx.Forget("forgotten"); return err })
	c.t = c.t.AddDate(0, 0, 100)
	if err := happen(s, NewEvent{Kind: postal.EventDelivered, Piece: news[0].PostID}); err != nil {
		t.Fatal(err)
	}
	put("new", postal.BatchArchived, 50)
	over := []postal.BatchStatus{postal.BatchAccepted, postal.BatchSent, postal.BatchArchived}
	got, err := s.Forgettable(ctx, over, c.t.AddDate(0, 0, -30))
	if err != nil || !slices.Equal(got, []string{"old"}) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := s.Forgettable(ctx, over, c.t.AddDate(0, 0, -200)); err != nil || len(got) != 0 {
		t.Errorf("long before: %v, %v", got, err)
	}
}

func TestForgetInCopy(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 100))
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(ctx, path); err != nil {
		t.Fatal(err)
	}
	was, err := CheckCopy(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := ForgetInCopy(ctx, path, []string{"другая"}); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := ForgetInCopy(ctx, path, []string{"1", "другая"}); n != 100 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if found := grep(t, path, personal); len(found) > 0 {
		t.Errorf("the copy still holds %v", found)
	}
	now, err := CheckCopy(ctx, path)
	if err != nil || now.End != was.End || now.Events != was.Events {
		t.Errorf("%+v, was %+v, %v", now, was, err)
	}
	if n, err := ForgetInCopy(ctx, path, []string{"1"}); n != 0 || err != nil {
		t.Errorf("twice: %d, %v", n, err)
	}
	if left, _ := filepath.Glob(path + "?*"); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	copied := openAt(t, path)
	mustAudit(t, copied)
	noPersonalWords(t, copied)
}

// noPersonalWords looks into the index of the search, where a word that begins like the one before it is written without its beginning.
func noPersonalWords(t *testing.T, s *Store) {
	t.Helper()
	for _, w := range personal {
		w = words(w)[0]
		if got := dumpQuery(t, s, `SELECT term FROM piece_terms WHERE term = '`+w+`'`); got != "" {
			t.Errorf("the index has %q", w)
		}
		end := string([]rune(w)[3:])
		if got := dumpQuery(t, s, fmt.Sprintf(`SELECT count(*) FROM piece_words_data WHERE instr(block, x'%x')`, end)); got != "\t0\n" {
			t.Errorf("the index holds %q", end)
		}
	}
}

// A disk without room for the copy: nothing is left, the copies before stay.
func TestNoRoomForACopy(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 2000))
	dir, _ := smallDisk(t, "256k")
	old := CopyFile(dir, time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC))
	if err := os.WriteFile(old, []byte("прежняя"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := s.Backup(ctx, CopyFile(dir, time.Now()))
	if !errors.Is(err, ErrFull) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 || left[0].Name() != filepath.Base(old) {
		t.Errorf("left: %v", left)
	}
}

func withTimeout(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}
