package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"znak/app/postal"
)

// WithoutPerson is what is kept of a piece when the person it went to is forgotten: identifiers, sums, mass, dates and the index of the place stay; the
// name, the address, and whatever free text or unknown field could hold either, go.
func WithoutPerson(p postal.Piece) postal.Piece {
	p.To = postal.Recipient{Address: postal.Address{Index: p.To.Address.Index}}
	p.From = postal.Address{}
	p.Comment, p.Extra = "", nil
	if p.Unreadable != "" {
		p.Unreadable = "forgotten" // that it could not be read must stay known, the post's text about it not
	}
	return p
}

// keyForgotten and the name of a batch make the setting that says when its persons were forgotten.
const (
	keyForgotten = "store-forgotten."
	keyCompact   = "store-compact" // "1": something was forgotten and its bytes may still be in the file
)

// Forgettable lists the batches with one of the statuses of which nothing was heard since before, with nothing waiting for the post, and whose persons
// are not forgotten yet.
func (s *Store) Forgettable(ctx context.Context, statuses []postal.BatchStatus, before time.Time) ([]string, error) {
	rows, err := s.reader.query(ctx, `SELECT b.name FROM batches b
		WHERE b.status IN (SELECT value FROM json_each(?1)) AND b.handed_at < ?2 AND coalesce(b.facts ->> '$.StatusDate', '') < ?3
		AND NOT EXISTS (SELECT 1 FROM settings WHERE key = ?4 || b.name)
		AND NOT EXISTS (SELECT 1 FROM pieces p JOIN states s USING (post_id) WHERE p.batch = b.name AND s.state_at >= ?2)
		AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key = b.name AND o.state NOT IN ('done', 'skipped'))
		ORDER BY b.name`, jsonList(statuses), micros(before), before.UTC().Format(time.RFC3339), keyForgotten)
	if err != nil {
		return nil, s.trouble("forgettable", err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, s.trouble("forgettable", err)
		}
		list = append(list, name)
	}
	return list, s.trouble("forgettable", rows.Err())
}

// Forget blanks the persons of all pieces of a batch (WithoutPerson), in the facts and in what is searched, and notes that it was done. States, sums,
// identities and the ledger stay as they are. The bytes are gone from the file after Compact.
func (tx *Tx) Forget(batch string) (pieces int, err error) {
	pieces, err = forgetRows(tx.query, tx.exec, batch)
	if err != nil {
		return 0, tx.fail(err)
	}
	tx.words = true
	for id, p := range tx.pieces {
		if p != nil && p.batch == batch {
			delete(tx.pieces, id) // its facts are others now
		}
	}
	if err := tx.SetSetting(keyForgotten+batch, fmt.Sprint(micros(tx.at))); err != nil {
		return 0, err
	}
	return pieces, tx.SetSetting(keyCompact, "1")
}

// forgetRows blanks the pieces of a batch one by one.
func forgetRows(query queryFunc, exec func(string, ...any) error, batch string) (n int, err error) {
	type row struct {
		id    int64
		piece postal.Piece
	}
	var list []row
	err = each(func(text string, _ ...any) (*sql.Rows, error) { return query(text, batch) }, `SELECT post_id, facts FROM pieces WHERE batch = ?`,
		func(rows *sql.Rows) error {
			var r row
			var facts sql.RawBytes
			if err := rows.Scan(&r.id, &facts); err != nil {
				return err
			}
			if err := json.Unmarshal(facts, &r.piece); err != nil {
				return fmt.Errorf("%w: piece %d: %w", ErrDamaged, r.id, err)
			}
			list = append(list, r)
			return nil
		})
	if err != nil {
		return 0, err
	}
	for _, r := range list {
		p := WithoutPerson(r.piece)
		facts, err := factsOf(p)
		if err != nil {
			return n, err
		}
		if err := exec(`UPDATE pieces SET facts = ?, search = ? WHERE post_id = ?`, string(facts), searchText(p), r.id); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Forgotten reports whether the persons of a batch were forgotten: what the post shows of its pieces must be taken in WithoutPerson.
func (tx *Tx) Forgotten(batch string) (bool, error) {
	_, ok, err := tx.Setting(keyForgotten + batch)
	return ok, err
}

const sentBefore = `FROM outbox WHERE state IN ('done', 'skipped') AND updated_at < ? AND payload <> 'null'`

// ForgettableItems counts what ForgetSent would blank.
func (s *Store) ForgettableItems(ctx context.Context, before time.Time) (n int, err error) {
	st, err := s.reader.stmt(ctx, `SELECT count(*) `+sentBefore)
	if err == nil {
		err = st.QueryRowContext(ctx, micros(before)).Scan(&n)
	}
	return n, s.trouble("forgettable", err)
}

// ForgetSent blanks what was in the outbox items that are done or skipped since before the given time: a new order holds its recipient.
func (tx *Tx) ForgetSent(before time.Time) (items int, err error) {
	n, err := tx.change(`UPDATE outbox SET payload = 'null', last_error = '', last_hint = '' WHERE ord IN (SELECT ord `+sentBefore+`)`, micros(before))
	if err == nil && n > 0 {
		err = tx.SetSetting(keyCompact, "1")
	}
	return int(n), err
}

// CompactDue reports whether Compact has something to do.
func (s *Store) CompactDue(ctx context.Context) (bool, error) {
	v, _, err := s.Setting(ctx, keyCompact)
	return v == "1", err
}

// Compact writes the file anew, so that nothing of what was forgotten is left in its free pages or in the side file. It needs as much room again as
// the file has; while somebody reads for long it is ErrLocked and can be repeated.
func (s *Store) Compact(ctx context.Context) error {
	if s.writer == nil {
		return s.trouble("compact", ErrReadOnly)
	}
	if err := s.compact(ctx); err != nil {
		return s.trouble("compact", err)
	}
	return s.Write(ctx, func(tx *Tx) error { return tx.SetSetting(keyCompact, "") })
}

func (s *Store) compact(ctx context.Context) error {
	w := s.writer
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if w.closed {
		return errClosed
	}
	return w.compact(ctx)
}

func (w *writer) compact(ctx context.Context) error {
	if err := purge(ctx, w.conn); err != nil {
		return err
	}
	return w.fold(ctx)
}

// ForgetInCopy does in a copy what Forget did in the store: the copy is made anew beside itself and takes its own place, whole and checked or not at
// all. Its ledger stays as it is. A copy that holds none of the batches is left alone.
func ForgetInCopy(ctx context.Context, path string, batches []string) (pieces int, err error) {
	s := &Store{path: path, now: time.Now}
	defer func() { err = s.trouble("forget in a copy", err) }()
	have, err := CheckCopy(ctx, path)
	if err != nil {
		return 0, err
	}
	named, err := holds(ctx, path, batches)
	if err != nil || len(named) == 0 {
		return 0, err
	}
	next := path + ".forgetting"
	if err := os.RemoveAll(next); err != nil { // of an attempt that was cut short
		return 0, err
	}
	defer os.Remove(next)
	if err := copyAside(ctx, path, next); err != nil {
		return 0, err
	}
	if pieces, err = forgetIn(ctx, next, named); err != nil {
		return 0, err
	}
	if err := syncFile(next); err != nil {
		return 0, err
	}
	now, err := CheckCopy(ctx, next)
	if err != nil {
		return 0, err
	}
	if now.End != have.End {
		return 0, fmt.Errorf("%w: the copy made anew ends otherwise", ErrDamaged)
	}
	if info, err := os.Stat(path); err == nil {
		_ = os.Chtimes(next, info.ModTime(), info.ModTime()) // its age is that of the copy; only for the eye
	}
	return pieces, os.Rename(next, path)
}

// copyAside copies the copy at path to next. Nobody has it open afterwards: Windows lets no file take the place of an open one.
func copyAside(ctx context.Context, path, next string) (err error) {
	source := &Store{path: path}
	if source.reader, err = readOnly(ctx, path); err != nil {
		return err
	}
	return errors.Join(source.Backup(ctx, next), source.Close())
}

// holds picks the batches of which a copy still holds persons.
func holds(ctx context.Context, path string, batches []string) ([]string, error) {
	r, err := readOnly(ctx, path)
	if err != nil {
		return nil, err
	}
	defer r.close()
	rows, err := r.query(ctx, `SELECT DISTINCT batch FROM pieces WHERE batch IN (SELECT value FROM json_each(?))
		AND coalesce(facts ->> '$.To.Name', '') || coalesce(facts ->> '$.To.Address.Place', '') || coalesce(facts ->> '$.To.Address.Street', '')
			|| coalesce(facts ->> '$.To.Address.Raw', '') || coalesce(facts ->> '$.Comment', '') <> ''`, jsonList(batches))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		list = append(list, name)
	}
	return list, rows.Err()
}

// forgetIn blanks the batches in a file that nobody else knows, whatever its schema.
func forgetIn(ctx context.Context, path string, batches []string) (pieces int, err error) {
	w, err := openWriter(ctx, path)
	if err != nil {
		return 0, err
	}
	defer func() {
		if closeErr := w.close(); err == nil {
			err = closeErr
		}
	}()
	exec := func(text string, args ...any) error {
		_, err := w.conn.ExecContext(ctx, text, args...)
		return err
	}
	query := func(text string, args ...any) (*sql.Rows, error) { return w.conn.QueryContext(ctx, text, args...) }
	if err := exec("BEGIN IMMEDIATE"); err != nil {
		return 0, err
	}
	for _, batch := range batches {
		n, err := forgetRows(query, exec, batch)
		if err != nil {
			return 0, err // closing rolls back
		}
		pieces += n
		// Restored one day, it must not take the names from the post again.
		if err := exec(`INSERT OR IGNORE INTO settings (key, value, at) VALUES (?, ?, ?)`, keyForgotten+batch, "copy", micros(time.Now())); err != nil {
			return 0, err
		}
	}
	indexed, err := hasWords(ctx, w.conn)
	if err == nil && indexed {
		err = indexWords(exec)
	}
	if err != nil {
		return 0, err
	}
	if err := exec("COMMIT"); err != nil {
		return 0, err
	}
	return pieces, purge(ctx, w.conn)
}

// hasWords tells whether a file has the index of the search: one of an older schema has none.
func hasWords(ctx context.Context, conn *sql.Conn) (has bool, err error) {
	err = conn.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'piece_words'`).Scan(&has)
	return has, err
}

// purge writes a file of any schema anew, so that nothing that was deleted is left in it. The index of the search keeps what was deleted as deleted, until
// it is one whole again.
func purge(ctx context.Context, conn *sql.Conn) error {
	indexed, err := hasWords(ctx, conn)
	if err != nil {
		return err
	}
	if indexed {
		if _, err := conn.ExecContext(ctx, `INSERT INTO piece_words (piece_words) VALUES ('optimize')`); err != nil {
			return err
		}
	}
	_, err = conn.ExecContext(ctx, "VACUUM")
	return err
}
