package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"znak/app/postal"
)

const selectSetting = `SELECT value FROM settings WHERE key = ?`

// Setting reads a setting; ok is false where it was never set.
func (s *Store) Setting(ctx context.Context, key string) (value string, ok bool, err error) {
	st, err := s.reader.stmt(ctx, selectSetting)
	if err == nil {
		err = st.QueryRowContext(ctx, key).Scan(&value)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return value, err == nil, s.trouble("setting "+key, err)
}

// Setting reads a setting within the transaction.
func (tx *Tx) Setting(key string) (value string, ok bool, err error) {
	err = tx.row(selectSetting, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return value, err == nil, err
}

// SetSetting keeps a setting. Keys that begin with "store." are the store's own.
func (tx *Tx) SetSetting(key, value string) error {
	return tx.exec(`INSERT INTO settings (key, value, at) VALUES (?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, at = excluded.at`, key, value, micros(tx.at))
}

const keySender = "store.sender"

// PutSender keeps the organisation whose pieces are printed.
func (tx *Tx) PutSender(sender postal.Sender) error {
	raw, err := json.Marshal(sender)
	if err != nil {
		return tx.fail(err)
	}
	return tx.SetSetting(keySender, string(raw))
}

// Sender is the organisation whose pieces are printed; ErrNotFound before it was first pulled.
func (s *Store) Sender(ctx context.Context) (sender postal.Sender, err error) {
	raw, ok, err := s.Setting(ctx, keySender)
	if err != nil {
		return sender, err
	}
	if !ok {
		return sender, absent("sender", "")
	}
	if err := json.Unmarshal([]byte(raw), &sender); err != nil {
		return sender, s.trouble("sender", fmt.Errorf("%w: %w", ErrDamaged, err))
	}
	return sender, nil
}
