package store

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"znak/app/postal"
)

// What a person declared void is owed, once for each copy, until it is destroyed or missing; a missing one may be found. Handing over waits for it.
func TestVoidCopiesAreOwed(t *testing.T) {
	s := openTest(t)
	p := testPiece(0)
	pull(t, s, "1", []postal.Piece{p, testPiece(1)})
	count := func(voided, owed, missing int) {
		t.Helper()
		row, err := s.Piece(ctx, p.PostID)
		if err != nil || row.Voided != voided || row.Owed != owed || row.Missing != missing {
			t.Fatalf("%d void, %d owed, %d missing, %v; want %d, %d, %d", row.Voided, row.Owed, row.Missing, err, voided, owed, missing)
		}
		list, err := s.Pieces(ctx, PieceQuery{Batch: "1", Owed: true})
		if err != nil || (len(list) == 1) != (owed > 0) || len(list) > 1 {
			t.Fatalf("%d pieces owed, %v", len(list), err)
		}
		mustAudit(t, s)
	}
	must := func(kinds ...postal.EventKind) {
		t.Helper()
		for _, kind := range kinds {
			if err := happen(s, NewEvent{Kind: kind, Piece: p.PostID}); err != nil {
				t.Fatal(err)
			}
		}
	}
	never := func(kind postal.EventKind) {
		t.Helper()
		var state *postal.StateError
		if err := happen(s, NewEvent{Kind: kind, Piece: p.PostID}); !errors.As(err, &state) || state.Event != kind || state.ShPI != p.ShPI {
			t.Fatalf("%s: %v", kind, err)
		}
	}
	never(postal.EventDestroyed)
	never(postal.EventMissing)
	intend(t, s, "j1", []postal.Piece{p})
	must(postal.EventPrinted)
	never(postal.EventDestroyed) // the envelope that is in force is nobody's to destroy
	must(postal.EventSpoiled)
	count(1, 1, 0)
	intend(t, s, "j2", []postal.Piece{p})
	must(postal.EventVerified, postal.EventSpoiled)
	count(2, 2, 0)
	intend(t, s, "j3", []postal.Piece{p})
	must(postal.EventVerified)
	never(postal.EventHanded)
	must(postal.EventDestroyed)
	count(2, 1, 0)
	never(postal.EventHanded)
	must(postal.EventMissing)
	count(2, 0, 1)
	never(postal.EventMissing)
	must(postal.EventHanded, postal.EventAccepted, postal.EventDestroyed) // it turned up after all
	count(2, 0, 0)
	never(postal.EventDestroyed)
}

// A store whose ledger knows spoiled copies from before anybody counted them owes them all.
func TestMigrationCountsVoidCopies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	list := testPieces(0, 4)
	pull(t, s, "1", list)
	intend(t, s, "j1", list)
	write(t, s, func(tx *Tx) error { return tx.Record(eventsOf(postal.EventPrinted, list, nil)...) })
	write(t, s, func(tx *Tx) error { return tx.Record(eventsOf(postal.EventSpoiled, list[:2], nil)...) })
	before := dumpQuery(t, s, `SELECT * FROM states ORDER BY 1`)
	_ = s.Close()
	step := slices.IndexFunc(migrations(), func(m migration) bool { return strings.HasSuffix(m.name, "_copies.sql") })
	s = openAt(t, downgrade(t, path, step))
	mustAudit(t, s)
	if after := dumpQuery(t, s, `SELECT * FROM states ORDER BY 1`); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

// downgrade puts what a closed store holds into a new one that has taken fewer steps of the schema, as if a program of then had written it.
func downgrade(t *testing.T, path string, steps int) (older string) {
	t.Helper()
	older = filepath.Join(t.TempDir(), "older.db")
	s, err := open(ctx, Params{Path: older}, migrations()[:steps])
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string][]string{}
	var tables []string
	for line := range strings.Lines(dumpQuery(t, s, `SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.rowid, c.cid`)) {
		f := strings.Fields(line)
		if columns[f[0]] == nil {
			tables = append(tables, f[0])
		}
		columns[f[0]] = append(columns[f[0]], `"`+f[1]+`"`)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	copying := []string{`ATTACH '` + path + `' AS today`}
	for _, table := range tables {
		list := strings.Join(columns[table], ", ")
		copying = append(copying, `REPLACE INTO main.`+table+` (`+list+`) SELECT `+list+` FROM today.`+table+` ORDER BY 1`)
	}
	tamper(t, older, copying...)
	return older
}
