package store

import (
	"context"
	"fmt"
)

// Inventory says what a helper must know of a store and what tells nothing of its contents.
type Inventory struct {
	Schema  int              // steps of the schema taken
	SQLite  string           // version of the library
	Bytes   int64            // size of the file
	Counts  map[string]int64 // rows by table
	Journal string           // mode of the journal
}

// Inventory counts what is stored.
func (s *Store) Inventory(ctx context.Context) (Inventory, error) {
	v := Inventory{Counts: map[string]int64{}}
	_, schema, err := version(ctx, s.reader.db)
	if err != nil {
		return v, s.trouble("inventory", err)
	}
	v.Schema = schema
	err = s.reader.db.QueryRowContext(ctx, `SELECT sqlite_version(), c.page_count * p.page_size, j.journal_mode
		FROM pragma_page_count c, pragma_page_size p, pragma_journal_mode j`).Scan(&v.SQLite, &v.Bytes, &v.Journal)
	if err != nil {
		return v, s.trouble("inventory", err)
	}
	rows, err := s.reader.query(ctx, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
	if err != nil {
		return v, s.trouble("inventory", err)
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return v, s.trouble("inventory", err)
		}
		var n int64
		if err := s.reader.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM "%s"`, table)).Scan(&n); err != nil { // names of our own schema
			return v, s.trouble("inventory", err)
		}
		v.Counts[table] = n
	}
	return v, s.trouble("inventory", rows.Err())
}
