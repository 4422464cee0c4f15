// Package store keeps what the station knows on one disk: the piece ledger, the facts the post showed, the outbox and the settings.
//
// It is one SQLite file with one writer and many readers. The ledger (table events) is append-only and chained by hash; what
// has become of each piece is derived from it and can be rebuilt (Audit, Rebuild). What Write has returned without an
// error is on the disk and survives a power cut: the journal is a WAL with synchronous=FULL, because here a lost commit is a second envelope.
//
// Times are stored as whole microseconds of UTC since 1970, 0 meaning "never"; money as kopecks; facts of the post as JSON beside the columns
// that are listed, sorted or must be unique.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Params says which store to open and in whose name events are written.
type Params struct {
	Path     string           // the file; its folder is made with mode 0700, the file with 0600
	Station  string           // identity of this station in events; "": a random one, kept in the store
	Who      string           // the person at work, written in every event, unless the context of a change names another (As)
	Now      func() time.Time // nil: time.Now
	ReadOnly bool             // nothing is created, migrated or written

	// Upgrading is told how far Open is in bringing a store of an older schema up to date: when a step begins and, where pieces are counted, after each
	// thousand of them. It is called in Open's own goroutine, which waits for it, and never for a store that is new or up to date. nil: nobody is told.
	Upgrading func(Upgrade)
}

// Store is an open store. It is safe for concurrent use, also together with other processes.
type Store struct {
	path    string
	station string
	who     string
	now     func() time.Time
	tell    func(Upgrade) // while it opens
	writer  *writer       // nil when read-only
	reader  *reader
	lock    *flock.Flock // held shared while the store may be written
}

const (
	busyTimeout   = 10 * time.Second
	readers       = 4
	applicationID = 0x5A6E616B // "Znak", in the header of the file
)

// Who is the person in whose name events are written.
func (s *Store) Who() string { return s.who }

// Open opens or creates the store, brings its schema up to date and checks it quickly. A store written by a newer program is
// ErrNewer, a damaged or foreign file ErrDamaged; ErrLocked, ErrFull, ErrReadOnly and ErrDisk say what the disk refuses. In every
// case of failure the file is left as it was.
func Open(ctx context.Context, p Params) (*Store, error) {
	return open(ctx, p, migrations())
}

func open(ctx context.Context, p Params, steps []migration) (_ *Store, err error) {
	path, err := filepath.Abs(p.Path)
	if err != nil {
		return nil, fmt.Errorf("store %q: %w", p.Path, err)
	}
	s := &Store{path: path, station: p.Station, who: p.Who, now: p.Now, tell: p.Upgrading}
	if s.now == nil {
		s.now = time.Now
	}
	if s.tell == nil {
		s.tell = untold
	}
	defer func() {
		if err != nil {
			_ = s.Close() // the error that brought us here says more
			err = s.trouble("open", err)
		}
	}()
	if p.ReadOnly {
		return s, s.openReadOnly(ctx, steps)
	}
	if s.lock, err = share(ctx, path); err != nil {
		return nil, err
	}
	if err := createFile(path); err != nil {
		return nil, err
	}
	if err := checkHeader(path); err != nil {
		return nil, err
	}
	if s.writer, err = openWriter(ctx, path); err != nil {
		return nil, err
	}
	have, err := s.schema(ctx, len(steps)) // before anything is written
	if err != nil {
		return nil, err
	}
	if err := s.writer.useWAL(ctx); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, have, steps); err != nil {
		return nil, err
	}
	if err := s.quickCheck(ctx); err != nil {
		return nil, err
	}
	if s.reader, err = openReader(ctx, dsn(path, "mode", "ro")); err != nil {
		return nil, err
	}
	if err := s.rebuildDue(ctx); err != nil {
		return nil, err
	}
	return s, s.nameStation(ctx)
}

func (s *Store) openReadOnly(ctx context.Context, steps []migration) error {
	if _, err := os.Stat(s.path); err != nil {
		return err
	}
	if err := checkHeader(s.path); err != nil {
		return err
	}
	var err error
	if s.reader, err = readOnly(ctx, s.path); err != nil {
		return err
	}
	if err := checkVersion(ctx, s.reader.db, steps); err != nil {
		return err
	}
	if s.station == "" {
		if s.station, _, err = s.Setting(ctx, keyStation); err != nil {
			return err
		}
	}
	return nil
}

// readOnly opens a file for reading, wherever it lies.
func readOnly(ctx context.Context, path string) (*reader, error) {
	r, err := openReader(ctx, dsn(path, "mode", "ro"))
	if err == nil {
		return r, nil
	}
	// A WAL store needs two side files. Where they cannot be made, the file alone is the whole truth only if nothing waits in its WAL.
	if info, statErr := os.Stat(path + "-wal"); statErr == nil && info.Size() > 0 {
		return nil, err
	}
	return openReader(ctx, dsn(path, "mode", "ro", "immutable", "1"))
}

// Close waits for the change being made and ends all work with the store; whatever is asked afterwards fails. Changes are already durable when
// Write returns, so there is nothing to lose here.
func (s *Store) Close() error {
	var errs []error
	if s.reader != nil {
		errs = append(errs, s.reader.close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Unlock())
	}
	return errors.Join(errs...)
}

// Path is the file of the store.
func (s *Store) Path() string { return s.path }

// Station is the identity of this station, written in every event.
func (s *Store) Station() string { return s.station }

const keyStation = "store.station"

// nameStation gives the station the identity it keeps.
func (s *Store) nameStation(ctx context.Context) error {
	if s.station != "" {
		return nil
	}
	kept, ok, err := s.Setting(ctx, keyStation)
	if err != nil || ok {
		s.station = kept
		return err
	}
	return s.Write(ctx, func(tx *Tx) error {
		kept, ok, err := tx.Setting(keyStation) // another process may have been faster
		if err == nil && !ok {
			kept = uuid.NewString()
			err = tx.SetSetting(keyStation, kept)
		}
		s.station = kept
		return err
	})
}

// NewID is a new identity for a run, a job or an outbox item: a UUID of version 7, so that identities sort by time.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// createFile makes the folder and an empty file that only this user may read, unless they exist.
func createFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// checkHeader refuses a file that is not SQLite at all, before SQLite would try to repair or convert anything.
func checkHeader(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return &fs.PathError{Op: "open", Path: path, Err: errors.New("is a folder")}
	}
	if info.Size() == 0 {
		return nil
	}
	head := make([]byte, 16)
	if _, err := f.Read(head); err != nil {
		return err
	}
	if string(head) != "SQLite format 3\x00" {
		return fmt.Errorf("%w: the header is not SQLite's", ErrDamaged)
	}
	return nil
}

// dsn names the file for the driver. Options come in pairs.
func dsn(path string, options ...string) string {
	q := url.Values{}
	for i := 0; i < len(options); i += 2 {
		q.Add(options[i], options[i+1])
	}
	q.Set("_busy_timeout", fmt.Sprint(busyTimeout.Milliseconds()))
	q.Set("_foreign_keys", "1")
	q.Set("_dqs", "0")
	q.Set("_error_rc", "1")
	slashed := filepath.ToSlash(path)
	if runtime.GOOS == "windows" && !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // file:///C:/…
	}
	u := url.URL{Scheme: "file", Path: slashed, RawQuery: q.Encode()}
	return u.String()
}

// reader is the pool of read-only connections with the statements prepared on them.
type reader struct {
	db    *sql.DB
	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

func openReader(ctx context.Context, name string) (*reader, error) {
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	r := &reader{db: db, stmts: map[string]*sql.Stmt{}}
	var n int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil {
		_ = r.close()
		return nil, err
	}
	return r, nil
}

// stmt prepares a statement once; database/sql keeps it prepared on each connection that has run it.
func (r *reader) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if st := r.stmts[query]; st != nil {
		return st, nil
	}
	st, err := r.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	r.stmts[query] = st
	return st, nil
}

func (r *reader) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := r.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (r *reader) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, st := range r.stmts {
		_ = st.Close()
	}
	return r.db.Close()
}

// micros and moment are the two directions of a stored time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
