package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Tx is one change of the store in the making. It is valid within the function given to Write, in one goroutine. The first failed
// change spoils the whole: Write then undoes everything, even if the function goes on and returns nil.
type Tx struct {
	store *Store
	ctx   context.Context // without cancellation: a statement is never cut in the middle
	w     *writer
	at    time.Time // of everything in this change
	who   string    // in whose name
	err   error     // the first failure

	head   *head              // end of the ledger, read when first needed
	pieces map[int64]*piece   // rows met by this change; nil: not known here
	tally  map[tallyKey]tally // counters to be written at the end
	jobs   map[string]bool    // known to exist
	books  *books             // of the money, opened when first needed
	purse  purse              // as the file has it
	words  bool               // some piece may have other words now
}

// Write is the only way to change the store. What f does through tx happens wholly and is on the disk when Write returns nil, or does not
// happen at all. Changes are made one after another; f must not call Write, and reads of the Store within f show what was there before.
func (s *Store) Write(ctx context.Context, f func(*Tx) error) (err error) {
	if s.writer == nil {
		return s.trouble("write", ErrReadOnly)
	}
	w := s.writer
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.trouble("write", w.transact(ctx, s, f))
}

// writer is the one connection that changes the store, with its prepared statements.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	turn  chan struct{} // held by the change being made
	stmts map[string]*sql.Stmt

	closed bool
}

func openWriter(ctx context.Context, path string) (*writer, error) {
	db, err := sql.Open("sqlite", dsn(path, "_synchronous", "FULL", "_pragma", "recursive_triggers(1)", "_pragma", "temp_store(MEMORY)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	w := &writer{db: db, turn: make(chan struct{}, 1), stmts: map[string]*sql.Stmt{}}
	if w.conn, err = db.Conn(ctx); err != nil {
		_ = w.close()
		return nil, err
	}
	return w, nil
}

// useWAL turns the write-ahead log on. Two programs that open a new store at once meet here, and SQLite does not wait by itself.
func (w *writer) useWAL(ctx context.Context) error {
	deadline := time.Now().Add(busyTimeout)
	for {
		var mode string
		err := w.conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		switch {
		case err == nil && mode == "wal":
			return nil
		case err == nil:
			return fmt.Errorf("%w: journal mode is %q, not WAL", ErrDisk, mode)
		case kindOf(err) != ErrLocked || time.Now().After(deadline):
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (w *writer) close() error {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	if w.closed {
		return nil
	}
	w.closed = true
	for _, st := range w.stmts {
		_ = st.Close()
	}
	if w.conn != nil {
		_ = w.conn.Close()
	}
	return w.db.Close()
}

// stmt prepares a statement once on the writer's connection.
func (w *writer) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := w.stmts[query]; st != nil {
		return st, nil
	}
	st, err := w.conn.PrepareContext(ctx, query)
	if err == nil {
		w.stmts[query] = st
	}
	return st, err
}

func (w *writer) run(ctx context.Context, query string) error {
	st, err := w.stmt(ctx, query)
	if err == nil {
		_, err = st.ExecContext(ctx)
	}
	return err
}

// transact runs f between BEGIN IMMEDIATE and COMMIT. The caller has the turn.
func (w *writer) transact(ctx context.Context, s *Store, f func(*Tx) error) (err error) {
	if w.closed {
		return errClosed
	}
	if err := w.run(ctx, "BEGIN IMMEDIATE"); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	whole := context.WithoutCancel(ctx)
	done := false
	tx := &Tx{store: s, ctx: whole, w: w, at: s.now().UTC().Truncate(time.Microsecond), who: s.WhoIn(ctx),
		pieces: map[int64]*piece{}, tally: map[tallyKey]tally{}, jobs: map[string]bool{}}
	defer func() { // also when f panics
		if !done {
			_ = w.run(whole, "ROLLBACK") // SQLite may have rolled back by itself already
		}
		tx.err = errOver
	}()
	if err = f(tx); err == nil {
		err = tx.err
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = tx.flush()
	}
	if err == nil {
		err = w.run(whole, "COMMIT")
	}
	done = err == nil
	return err
}

var (
	errOver   = errors.New("store: the change is over")
	errClosed = errors.New("store: closed")
)

// flush writes what was kept until now: words for the search, counters, the sums of the money and the end of the ledger.
func (tx *Tx) flush() error {
	if tx.words {
		if err := indexWords(tx.exec); err != nil {
			return err
		}
	}
	if err := tx.flushTally(); err != nil {
		return err
	}
	if err := tx.flushMoney(); err != nil {
		return err
	}
	return tx.flushHead()
}

// fail spoils the change.
func (tx *Tx) fail(err error) error {
	if tx.err == nil {
		tx.err = err
	}
	return err
}

func (tx *Tx) exec(query string, args ...any) error {
	_, err := tx.run(query, args...)
	return err
}

// change is exec that tells how many rows it met.
func (tx *Tx) change(query string, args ...any) (int64, error) {
	r, err := tx.run(query, args...)
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, tx.fail(err)
	}
	return n, nil
}

func (tx *Tx) run(query string, args ...any) (sql.Result, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	st, err := tx.w.stmt(tx.ctx, query)
	if err != nil {
		return nil, tx.fail(err)
	}
	r, err := st.ExecContext(tx.ctx, args...)
	if err != nil {
		return nil, tx.fail(err)
	}
	return r, nil
}

func (tx *Tx) query(query string, args ...any) (*sql.Rows, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	st, err := tx.w.stmt(tx.ctx, query)
	if err != nil {
		return nil, tx.fail(err)
	}
	rows, err := st.QueryContext(tx.ctx, args...)
	if err != nil {
		return nil, tx.fail(err)
	}
	return rows, nil
}

// row is the one row of a query; its Scan returns sql.ErrNoRows where there is none, which does not spoil the change.
func (tx *Tx) row(query string, args ...any) row {
	if tx.err != nil {
		return row{err: tx.err}
	}
	st, err := tx.w.stmt(tx.ctx, query)
	if err != nil {
		return row{err: tx.fail(err)}
	}
	return row{tx: tx, Row: st.QueryRowContext(tx.ctx, args...)}
}

type row struct {
	*sql.Row
	tx  *Tx
	err error
}

func (r row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	err := r.Row.Scan(dest...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return r.tx.fail(err)
	}
	return err
}
