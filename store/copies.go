package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"znak/app/hint"
)

// Copy is what a file that holds a store tells of itself.
type Copy struct {
	Path    string
	Bytes   int64
	Schema  int    // steps of the schema taken
	Station string // whose it is; "" where it was never named
	Events  int64
	Last    time.Time // of the last event; zero: none
	End     string    // hash of the last event, hexadecimal
}

// tailChecked is how many events at the ledger's end CheckCopy recomputes: the rest was so when the copy was taken, or Audit says it.
const tailChecked = 1000

// CheckCopy opens a file for reading only and tells whether it is a whole store: SQLite's own integrity, a schema this program knows (an older one
// too), and the end of the ledger's chain. What is not is ErrDamaged or ErrNewer.
func CheckCopy(ctx context.Context, path string) (Copy, error) {
	c := Copy{Path: path}
	s := &Store{path: path}
	err := c.check(ctx, s)
	return c, errors.Join(s.trouble("check", err), s.Close())
}

func (c *Copy) check(ctx context.Context, s *Store) error {
	info, err := os.Stat(c.Path)
	if err != nil {
		return err
	}
	c.Bytes = info.Size()
	if err := checkHeader(c.Path); err != nil {
		return err
	}
	if s.reader, err = readOnly(ctx, c.Path); err != nil {
		return err
	}
	db := s.reader.db
	app, schema, err := version(ctx, db)
	switch known := len(migrations()); {
	case err != nil:
		return err
	case app != applicationID:
		return errForeign
	case schema > known:
		return newer(schema, known)
	}
	c.Schema = schema
	query := func(text string, args ...any) (*sql.Rows, error) { return db.QueryContext(ctx, text, args...) }
	if place, err := integrity(query); err != nil || place != nil {
		return badOr(place, err)
	}
	if c.Station, _, err = s.Setting(ctx, keyStation); err != nil {
		return err
	}
	place, err := c.checkTail(query)
	return badOr(place, err)
}

func badOr(place *badPlace, err error) error {
	if err != nil || place == nil {
		return err
	}
	return fmt.Errorf("%w: event %d: %s", ErrDamaged, place.seq, place.what)
}

// checkTail recomputes the last events and compares them with the noted end.
func (c *Copy) checkTail(query queryFunc) (*badPlace, error) {
	rows, err := query(eventColumns+`WHERE seq > (SELECT max(seq) FROM events) - ? ORDER BY seq`, tailChecked)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var buf bytes.Buffer
	var end [sha256.Size]byte
	for first := true; rows.Next(); first = false {
		e, err := scanRecord(rows)
		if err != nil {
			return nil, err
		}
		switch {
		case !first && (e.seq != c.Events+1 || e.prev != end):
			return &badPlace{e.seq, "the event does not follow the one before it"}, nil
		case e.sum(&buf) != e.hash:
			return &badPlace{e.seq, "the event is not the one that was written: its hash differs"}, nil
		}
		c.Events, c.Last, end = e.seq, moment(e.at), e.hash
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	c.End = hex.EncodeToString(end[:])
	return (&replay{events: c.Events, end: end}).compareEnd(query)
}

// What Rotate keeps: the newest copies, the newest of each of the last days, and the last of each of the last months.
const (
	keepCopies = 14
	keepDays   = 14
	keepMonths = 12
)

var copyName = regexp.MustCompile(`^znak-(\d{8})-(\d{4})(-\d{3})?\.db$`)

// CopyFile names a new copy in a folder of copies: znak-YYYYMMDD-HHMM.db in the time zone of at, with a number where there is one of that minute.
func CopyFile(dir string, at time.Time) string {
	base := "znak-" + at.Format("20060102-1504")
	list, _ := Copies(dir) // a folder that cannot be read cannot be written either: the writing says so
	n := 1
	for _, path := range list {
		if m := copyName.FindStringSubmatch(filepath.Base(path)); "znak-"+m[1]+"-"+m[2] == base {
			last, _ := strconv.Atoi(strings.TrimPrefix(m[3], "-")) // digits, or nothing: the first
			n = max(last, 1) + 1
			break // newest first
		}
	}
	if n == 1 {
		return filepath.Join(dir, base+".db")
	}
	return filepath.Join(dir, fmt.Sprintf("%s-%03d.db", base, n))
}

// Copies lists the copies in a folder, newest first, by their names. A folder that is not there has none.
func Copies(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if copyName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(copyOrder(b), copyOrder(a)) })
	for i, name := range names {
		names[i] = filepath.Join(dir, name)
	}
	return names, nil
}

// Replaced lists the stores kept beside the one at path: as they were before a migration, and as they were when a restore replaced them.
func Replaced(path string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	base := filepath.Base(path)
	ext := filepath.Ext(base)
	var list []string
	for _, e := range entries {
		name := e.Name()
		before := strings.HasPrefix(name, strings.TrimSuffix(base, ext)+"-before-restore-") && strings.HasSuffix(name, ext)
		older := strings.HasPrefix(name, base+".schema-") && strings.HasSuffix(name, ".bak")
		if before || older {
			list = append(list, filepath.Join(filepath.Dir(path), name))
		}
	}
	return list, nil
}

// copyOrder makes names comparable: the first of a minute has no number.
func copyOrder(name string) string {
	m := copyName.FindStringSubmatch(name)
	return m[1] + m[2] + m[3]
}

// CopyDay is the day in the name of a copy, YYYYMMDD; "" for any other file.
func CopyDay(path string) string {
	if m := copyName.FindStringSubmatch(filepath.Base(path)); m != nil {
		return m[1]
	}
	return ""
}

// CopyTime is the time in the name of a copy, of this computer's zone; zero for any other file.
func CopyTime(path string) time.Time {
	m := copyName.FindStringSubmatch(filepath.Base(path))
	if m == nil {
		return time.Time{}
	}
	at, _ := time.ParseInLocation("20060102 1504", m[1]+" "+m[2], time.Local) // digits; a 31st of February is as good as the 3rd of March
	return at
}

// Rotate removes the copies in a folder that are no longer wanted, and returns them. It is for a folder in which a checked copy has just been written.
func Rotate(dir string) (removed []string, err error) {
	list, err := Copies(dir)
	if err != nil {
		return nil, err
	}
	days, months := map[string]bool{}, map[string]bool{}
	for i, path := range list {
		day := CopyDay(path)
		month := day[:6]
		newDay, newMonth := !days[day], !months[month]
		days[day], months[month] = true, true
		if i < keepCopies || newDay && len(days) <= keepDays || newMonth && len(months) <= keepMonths {
			continue
		}
		if err := os.Remove(path); err != nil {
			return removed, hint.New("store.copy-old", hint.Args{"Path": path}, err)
		}
		removed = append(removed, path)
	}
	return removed, nil
}
