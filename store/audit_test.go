package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"znak/app/hint"
	"znak/app/postal"
)

// tamper changes the file as somebody with a database tool would.
func tamper(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// auditScene is a small store with some history, closed.
func auditScene(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	list := testPieces(0, 10)
	pull(t, s, "1", list) // 1–10
	if err := happen(s, NewEvent{Kind: postal.EventBatchApproved, Batch: "1", Data: ApprovedData{85400}}); err != nil {
		t.Fatal(err)
	}
	intend(t, s, "job", list) // 12–21
	write(t, s, func(tx *Tx) error { return tx.Record(eventsOf(postal.EventPrinted, list, nil)...) })
	if err := happen(s, NewEvent{Kind: postal.EventSpoiled, Piece: list[4].PostID, Data: SpoiledData{Reason: "порван край конверта"}}); err != nil {
		t.Fatal(err)
	}
	if err := happen(s, NewEvent{Kind: postal.EventVerified, Piece: list[5].PostID}); err != nil {
		t.Fatal(err)
	}
	mustAudit(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

const noTriggers = `DROP TRIGGER events_update; DROP TRIGGER events_delete; DROP TRIGGER events_insert`

func TestAuditFindsTheFirstBadEvent(t *testing.T) {
	for name, c := range map[string]struct {
		statements []string
		seq        int64
	}{
		"who":             {[]string{`UPDATE events SET who = 'Никто' WHERE seq = 14`}, 14},
		"time":            {[]string{`UPDATE events SET at = at + 1 WHERE seq = 3`}, 3},
		"kind":            {[]string{`UPDATE events SET kind = 'not-printed' WHERE seq = 22`}, 22},
		"piece":           {[]string{`UPDATE events SET piece = piece + 1 WHERE seq = 22`}, 22},
		"sum":             {[]string{`UPDATE events SET data = replace(data, '85400', '85300') WHERE seq = 11`}, 11},
		"hash":            {[]string{`UPDATE events SET hash = randomblob(32) WHERE seq = 8`}, 8},
		"prev":            {[]string{`UPDATE events SET prev = randomblob(32) WHERE seq = 8`}, 8},
		"two":             {[]string{`UPDATE events SET who = 'Никто' WHERE seq IN (20, 6)`}, 6},
		"deleted":         {[]string{`DELETE FROM events WHERE seq = 12`}, 12},
		"first deleted":   {[]string{`DELETE FROM events WHERE seq = 1`}, 1},
		"cut short":       {[]string{`DELETE FROM events WHERE seq > 30`}, 31},
		"all gone":        {[]string{`DELETE FROM events`}, 1},
		"swapped":         {[]string{`UPDATE events SET seq = -5 WHERE seq = 5`, `UPDATE events SET seq = 5 WHERE seq = 6`, `UPDATE events SET seq = 6 WHERE seq = -5`}, 5},
		"state":           {[]string{`UPDATE states SET state = 'printed' WHERE post_id = 5000000004`}, 32},
		"copies":          {[]string{`UPDATE states SET copies = 7 WHERE post_id = 5000000002`}, 24},
		"job":             {[]string{`UPDATE states SET job = 'other' WHERE post_id = 5000000000`}, 22},
		"two states":      {[]string{`UPDATE states SET copies = 7 WHERE post_id IN (5000000009, 5000000003)`}, 25},
		"state row gone":  {[]string{`DELETE FROM states WHERE post_id = 5000000001`}, 23},
		"piece gone":      {[]string{`DELETE FROM states WHERE post_id = 5000000001`, `DELETE FROM pieces WHERE post_id = 5000000001`}, 23},
		"approval":        {[]string{`UPDATE batches SET approved_kopecks = 1`}, 11},
		"mark":            {[]string{`UPDATE pieces SET mark_id = 'XX', facts = json_set(facts, '$.Mark.ID', 'XX') WHERE post_id = 5000000007`}, 29},
		"identity column": {[]string{`UPDATE pieces SET shpi = 'XX' WHERE post_id = 5000000007`}, 29},
		"value":           {[]string{`UPDATE pieces SET kopecks = kopecks + 1 WHERE post_id = 5000000007`}, 29},
		"counter":         {[]string{`UPDATE tally SET pieces = pieces + 1 WHERE state = 'printed'`}, 0},
		"counter gone":    {[]string{`DELETE FROM tally`}, 0},
		"counter extra":   {[]string{`INSERT INTO tally VALUES ('1', 'handed', 'DL', 'ORDERED', 1, 0, 3, 0)`}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			path := auditScene(t)
			tamper(t, path, append([]string{noTriggers}, c.statements...)...)
			s := openAt(t, path)
			r, err := s.Audit(ctx)
			if err != nil || r.OK || r.FirstBad != c.seq || r.What == "" {
				t.Errorf("%+v, %v; want event %d", r, err, c.seq)
			}
			t.Log(r.What)
		})
	}
}

// A forger who computes the hash of his event anew is betrayed by the next one.
func TestAuditFindsAForgedHash(t *testing.T) {
	path := auditScene(t)
	s := openAt(t, path)
	rows, err := s.reader.query(ctx, eventColumns+`WHERE seq = 9`)
	if err != nil {
		t.Fatal(err)
	}
	rows.Next()
	r, err := scanRecord(rows)
	if err != nil {
		t.Fatal(err)
	}
	_ = rows.Close()
	r.who = "Никто"
	_ = s.Close()
	hash := r.sum(new(bytes.Buffer))
	tamper(t, path, noTriggers, fmt.Sprintf(`UPDATE events SET who = 'Никто', hash = x'%x' WHERE seq = 9`, hash))
	s = openAt(t, path)
	if report, err := s.Audit(ctx); err != nil || report.FirstBad != 10 {
		t.Errorf("%+v, %v", report, err)
	}
}

// One byte of the file itself, changed where SQLite has no reason to notice.
func TestAuditFindsAByteOfTheFile(t *testing.T) {
	path := auditScene(t)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(raw, []byte("порван край"))
	if at < 0 || bytes.LastIndex(raw, []byte("порван край")) != at {
		t.Fatal("the text is not in the file exactly once")
	}
	raw[at+1] ^= 0x01
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, path)
	if r, err := s.Audit(ctx); err != nil || r.FirstBad != 32 {
		t.Errorf("%+v, %v", r, err)
	}
	err = s.Rebuild(ctx)
	if key, args, _ := hint.Of(err); !errors.Is(err, ErrDamaged) || key != "store.ledger" || args["Seq"] != int64(32) {
		t.Errorf("rebuild from a broken ledger: %v", err)
	}
}

func TestRebuildRestoresEverythingDerived(t *testing.T) {
	path := auditScene(t)
	s := openAt(t, path)
	before := dump(t, s)
	_ = s.Close()
	tamper(t, path, `DELETE FROM states`, `DELETE FROM tally`, `UPDATE batches SET approved_at = 5, approved_kopecks = 1, handed_at = 9`)
	s = openAt(t, path)
	if r, err := s.Audit(ctx); err != nil || r.OK {
		t.Fatalf("%+v, %v", r, err)
	}
	if err := s.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	mustAudit(t, s)
	if after := dump(t, s); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

func TestRebuildRefusesLostFacts(t *testing.T) {
	path := auditScene(t)
	tamper(t, path, `DELETE FROM states WHERE post_id = 5000000001`, `DELETE FROM pieces WHERE post_id = 5000000001`)
	s := openAt(t, path)
	before := dump(t, s)
	if err := s.Rebuild(ctx); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
	if dump(t, s) != before {
		t.Error("something was changed")
	}
}

func TestAuditOfAnEmptyStore(t *testing.T) {
	s := openTest(t)
	if r := mustAudit(t, s); r.Events != 0 {
		t.Errorf("%+v", r)
	}
	if err := s.Rebuild(ctx); err != nil {
		t.Error(err)
	}
}
