package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Item is one change that the post has to be told of.
type Item struct {
	ID        string
	Kind      string
	Key       string // items of one key (a batch) go in order; different keys do not wait for each other
	Payload   json.RawMessage
	State     string // waiting, sending, done, dead
	Attempts  int
	NotBefore time.Time // not to be tried earlier
	CreatedAt time.Time
	UpdatedAt time.Time
	LastError string // technical, without tokens
	LastHint  string // what a person is told
}

// PutOutbox adds an item to the end of the outbox; an identity that is there already is ErrConflict. An empty ID, state or time is filled in.
func (tx *Tx) PutOutbox(i Item) error {
	if i.ID == "" {
		i.ID = NewID()
	}
	if i.State == "" {
		i.State = "waiting"
	}
	if i.CreatedAt.IsZero() {
		i.CreatedAt = tx.at
	}
	if i.UpdatedAt.IsZero() {
		i.UpdatedAt = i.CreatedAt
	}
	return tx.exec(`INSERT INTO outbox (id, kind, key, payload, state, attempts, not_before, created_at, updated_at, last_error, last_hint)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, i.ID, i.Kind, i.Key, string(i.Payload), i.State, i.Attempts, micros(i.NotBefore),
		micros(i.CreatedAt), micros(i.UpdatedAt), i.LastError, i.LastHint)
}

// UpdateOutbox writes what became of an item: its state, attempts, times and last error. Kind, key, payload and creation stay as they were put.
func (tx *Tx) UpdateOutbox(i Item) error {
	n, err := tx.change(`UPDATE outbox SET state = ?, attempts = ?, not_before = ?, updated_at = ?, last_error = ?, last_hint = ? WHERE id = ?`,
		i.State, i.Attempts, micros(i.NotBefore), micros(tx.at), i.LastError, i.LastHint, i.ID)
	if err == nil && n == 0 {
		return tx.fail(absent("item", i.ID))
	}
	return err
}

const selectOutbox = `SELECT id, kind, key, payload, state, attempts, not_before, created_at, updated_at, last_error, last_hint FROM outbox
	WHERE ?1 = '[]' OR state IN (SELECT value FROM json_each(?1)) ORDER BY ord`

// Outbox lists the items in one of the states, in order of creation; all items where no state is named.
func (s *Store) Outbox(ctx context.Context, states ...string) ([]Item, error) {
	rows, err := s.reader.query(ctx, selectOutbox, jsonList(states))
	if err != nil {
		return nil, s.trouble("outbox", err)
	}
	items, err := scanItems(rows)
	return items, s.trouble("outbox", err)
}

// Outbox lists items as Store.Outbox does, within the transaction.
func (tx *Tx) Outbox(states ...string) ([]Item, error) {
	rows, err := tx.query(selectOutbox, jsonList(states))
	if err != nil {
		return nil, err
	}
	return scanItems(rows)
}

func scanItems(rows *sql.Rows) ([]Item, error) {
	defer rows.Close()
	var items []Item
	for rows.Next() {
		var i Item
		var payload string
		var notBefore, created, updated int64
		if err := rows.Scan(&i.ID, &i.Kind, &i.Key, &payload, &i.State, &i.Attempts, &notBefore, &created, &updated, &i.LastError, &i.LastHint); err != nil {
			return nil, err
		}
		if payload != "" {
			i.Payload = json.RawMessage(payload)
		}
		i.NotBefore, i.CreatedAt, i.UpdatedAt = moment(notBefore), moment(created), moment(updated)
		items = append(items, i)
	}
	return items, rows.Err()
}

// jsonList writes the members of a set for json_each; "[]" means "any".
func jsonList[T any](list []T) string {
	if len(list) == 0 {
		return "[]"
	}
	raw, err := json.Marshal(list)
	if err != nil {
		panic(fmt.Sprintf("store: list of %T: %v", list, err)) // strings and numbers only
	}
	return string(raw)
}
