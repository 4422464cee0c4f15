package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"znak/app/hint"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one numbered step of the schema; the first is 1.
type migration struct {
	name string
	sql  string
}

// inGo is what must be done before a step that SQL cannot say, in the same transaction.
var inGo = map[string]func(context.Context, *sql.Conn, func(Upgrade)) error{"0007_search.sql": respell}

// Upgrade is how far an old store is on its way to the schema of this program.
type Upgrade struct {
	Step     UpgradeStep
	Done, Of int // pieces, in UpgradeWords; elsewhere zero: one statement of SQLite does not say how far it is
}

// UpgradeStep is what is done to an old store now.
type UpgradeStep string

// The steps in their order. Not every store needs all of them, and the tables may change more than once.
const (
	UpgradeWaits  UpgradeStep = "wait"   // another process is at it
	UpgradeCopies UpgradeStep = "copy"   // a copy of the store is saved beside it, and checked
	UpgradeTables UpgradeStep = "tables" // the tables change
	UpgradeWords  UpgradeStep = "words"  // the words of the pieces are written anew
	UpgradeIndex  UpgradeStep = "index"  // the index of the search is made
	UpgradeStates UpgradeStep = "states" // what has become of the pieces is derived from the ledger; by the next opening, where this one was cut short
)

// UpgradeSteps lists them.
var UpgradeSteps = []UpgradeStep{UpgradeWaits, UpgradeCopies, UpgradeTables, UpgradeWords, UpgradeIndex, UpgradeStates}

// stepOf is what the SQL of a migration does.
func stepOf(m migration) UpgradeStep {
	if m.name == "0007_search.sql" {
		return UpgradeIndex
	}
	return UpgradeTables
}

func untold(Upgrade) {}

// migrations are the embedded steps in their order. The number of steps taken is the user_version of the file.
func migrations() []migration {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql") // sorted
	if err != nil {
		panic(err) // the pattern is ours
	}
	steps := make([]migration, len(names))
	for i, name := range names {
		raw, err := migrationFiles.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		base := filepath.Base(name)
		if !strings.HasPrefix(base, fmt.Sprintf("%04d_", i+1)) {
			panic("store: migration " + base + " is out of order")
		}
		steps[i] = migration{base, string(raw)}
	}
	return steps
}

// version reads which program wrote the file: its own mark and the number of steps taken.
func version(ctx context.Context, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (app, steps int, err error) {
	err = q.QueryRowContext(ctx, `SELECT a.application_id, v.user_version FROM pragma_application_id a, pragma_user_version v`).Scan(&app, &steps)
	return app, steps, err
}

// checkVersion refuses, for reading only, what cannot be read as it is.
func checkVersion(ctx context.Context, db *sql.DB, steps []migration) error {
	app, have, err := version(ctx, db)
	switch {
	case err != nil:
		return err
	case app != applicationID:
		return errForeign
	case have > len(steps):
		return newer(have, len(steps))
	case have < len(steps):
		return ErrOlder
	}
	return nil
}

var errForeign = fmt.Errorf("%w: a database of another program", ErrDamaged)

func newer(have, known int) error {
	return hint.New("store.newer", hint.Args{"Have": have, "Known": known}, fmt.Errorf("schema %d, known %d: %w", have, known, ErrNewer))
}

// schema reads how many steps the file has taken, and refuses a file that is not ours or is newer than the program.
func (s *Store) schema(ctx context.Context, known int) (have int, err error) {
	conn := s.writer.conn
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil { // one view: another program may be making the store right now
		return 0, err
	}
	var app, objects int
	err = conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&objects) // the view begins with this
	if err == nil {
		app, have, err = version(ctx, conn)
	}
	if _, endErr := conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err == nil {
		err = endErr
	}
	if err != nil {
		return 0, err
	}
	switch {
	case app != applicationID && (app != 0 || have != 0 || objects != 0):
		return 0, errForeign
	case have > known:
		return 0, newer(have, known)
	}
	return have, nil
}

// migrate takes the steps that the file lacks, all or none, after saving a copy of a store that has something in it.
func (s *Store) migrate(ctx context.Context, have int, steps []migration) error {
	if have >= len(steps) {
		return nil
	}
	if have == 0 {
		return s.take(ctx, steps, untold)
	}
	// Of processes that find an old store at once, one saves the copy and takes the steps; the others find them taken.
	turn, err := upgradeTurn(ctx, s.path, func() { s.tell(Upgrade{Step: UpgradeWaits}) })
	if err != nil {
		return err
	}
	defer turn.Unlock() // the system lets it go in any case
	if have, err = s.schema(ctx, len(steps)); err != nil || have == len(steps) {
		return err
	}
	s.tell(Upgrade{Step: UpgradeCopies})
	if err := s.backupBefore(ctx, have, len(steps)); err != nil {
		return fmt.Errorf("copy before migration: %w", err)
	}
	return s.take(ctx, steps, s.tell)
}

// backupBefore saves the store beside itself under a name that tells the schema and the time.
func (s *Store) backupBefore(ctx context.Context, have, want int) error {
	name := fmt.Sprintf("%s.schema-%d-before-%d.%s.bak", s.path, have, want, s.now().UTC().Format("20060102T150405Z"))
	if _, err := os.Stat(name); err == nil {
		return nil // an attempt of this very second was cut short after it
	}
	_, err := backup(ctx, s.writer.conn, name)
	return err
}

// take takes the steps that are still missing in one transaction, so that nobody ever sees a store half made; another process may have taken them meanwhile.
func (s *Store) take(ctx context.Context, steps []migration, tell func(Upgrade)) (err error) {
	conn := s.writer.conn
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	_, have, err := version(ctx, conn)
	if err != nil {
		return err
	}
	for n := have + 1; n <= len(steps); n++ {
		if first := inGo[steps[n-1].name]; first != nil {
			if err := first(ctx, conn, tell); err != nil {
				return fmt.Errorf("before migration %s: %w", steps[n-1].name, err)
			}
		}
		tell(Upgrade{Step: stepOf(steps[n-1])})
		if _, err := conn.ExecContext(ctx, steps[n-1].sql); err != nil {
			return fmt.Errorf("migration %s: %w", steps[n-1].name, err)
		}
		if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", n, applicationID)); err != nil {
			return err
		}
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

// A store up to quickCheckSize bytes is checked wholly at each start, a larger one for quickCheckTime; Audit checks without a bound.
const (
	quickCheckSize = 16 << 20
	quickCheckTime = 100 * time.Millisecond
)

// quickCheck looks for damage as long as nobody notices the wait.
func (s *Store) quickCheck(ctx context.Context) error {
	bounded := ctx
	if info, err := os.Stat(s.path); err != nil {
		return err
	} else if info.Size() > quickCheckSize {
		var cancel context.CancelFunc
		bounded, cancel = context.WithTimeout(ctx, quickCheckTime)
		defer cancel()
	}
	var answer string
	err := s.writer.conn.QueryRowContext(bounded, "PRAGMA quick_check(1)").Scan(&answer)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil && interrupted(err):
		return nil // a large store: nothing was found in the time given
	case err != nil:
		return err
	case answer != "ok":
		return fmt.Errorf("%w: %s", ErrDamaged, answer)
	}
	return nil
}
