package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// CareReport is what Care has done and what a person should know. Nothing in it keeps anybody from working.
type CareReport struct {
	Copy     *store.Copy        // the day's copy, where it was made now
	Audit    *store.AuditReport // the week's audit, where it was made now
	Forgot   *RetentionReport   // persons forgotten now
	Warnings []Reason
}

const (
	keyAudited   = "last-audit" // the last audit that Care made, as JSON
	auditEvery   = 7 * 24 * time.Hour
	backupFolder = "backups"
)

// Care looks after the store when it is due: a copy every day, an audit of everything every week, and persons forgotten where the office has set a time
// for it. It is called after a command and on the window's beat, and costs next to nothing when nothing is due. Trouble becomes a warning: the work goes on.
func (s *Station) Care(ctx context.Context) CareReport {
	var r CareReport
	release, err := s.careTurn()
	if err != nil {
		if !errors.Is(err, errCaring) {
			r.warn(Reason{"care.failed", hint.Args{"Error": err.Error()}})
		}
		return r
	}
	defer release()
	s.careRetention(ctx, &r) // first, so that the day's copy does not hold what is forgotten
	s.careCopy(ctx, &r)
	s.careAudit(ctx, &r)
	return r
}

func (r *CareReport) warn(w Reason) { r.Warnings = append(r.Warnings, w) }

// trouble tells what went wrong with a sentence of its own; doing names it.
func (r *CareReport) trouble(ctx context.Context, key string, err error, args hint.Args) {
	if ctx.Err() != nil {
		return // the program ends; it is still due next time
	}
	args["Error"] = err.Error()
	r.warn(Reason{key, args})
}

var errCaring = errors.New("another process looks after the store now")

// careTurn makes this process the only one that looks after the store.
func (s *Station) careTurn() (release func(), err error) {
	dir := filepath.Join(s.dir, "locks")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, "care.lock"))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errCaring
	}
	return func() {
		if err := lock.Unlock(); err != nil {
			s.log.Warn("lock of the care not released", "error", err)
		}
	}, nil
}

// careCopy makes the day's copy, where there is something to copy.
func (s *Station) careCopy(ctx context.Context, r *CareReport) {
	dir, missing, err := s.backupDir(ctx)
	if err != nil {
		r.trouble(ctx, "care.failed", err, hint.Args{})
		return
	}
	if missing != "" {
		r.warn(Reason{"care.copy.folder", hint.Args{"Dir": missing, "Instead": dir}})
	}
	list, err := store.Copies(dir)
	if err != nil {
		r.trouble(ctx, "care.copy.failed", err, hint.Args{"Dir": dir})
		return
	}
	today := s.now().Local().Format("20060102")
	for _, path := range list {
		if store.CopyDay(path) == today {
			return
		}
	}
	events, err := s.store.Events(ctx, store.EventQuery{Kinds: []postal.EventKind{postal.EventBatchPulled}, Limit: 1})
	if err != nil {
		r.trouble(ctx, "care.failed", err, hint.Args{})
		return
	}
	if len(events) == 0 {
		return // a new station: the copy of its first day shall hold its first letters
	}
	c, err := s.copyInto(ctx, dir)
	switch {
	case err == nil:
		r.Copy = &c
	case errors.Is(err, store.ErrFull):
		r.trouble(ctx, "care.copy.full", err, hint.Args{"Dir": dir})
	case errors.Is(err, store.ErrDamaged):
		r.trouble(ctx, "care.copy.damaged", err, hint.Args{})
	default:
		r.trouble(ctx, "care.copy.failed", err, hint.Args{"Dir": dir})
	}
}

// backupDir is the folder for copies. Where the office's own is not there now (a disk that is not connected), it is returned as missing, and the copies go
// into the data folder meanwhile.
func (s *Station) backupDir(ctx context.Context) (dir, missing string, err error) {
	own := filepath.Join(s.dir, backupFolder)
	set, err := s.setting(ctx, SettingBackupDir)
	if err != nil || set == "" {
		return own, "", err
	}
	if info, err := os.Stat(set); err != nil || !info.IsDir() {
		return own, set, nil
	}
	return set, "", nil
}

// copyInto writes a checked copy into a folder of copies; older ones go only after it is there.
func (s *Station) copyInto(ctx context.Context, dir string) (store.Copy, error) {
	if err := removeParts(dir); err != nil {
		return store.Copy{}, err
	}
	if err := s.keepSettingFiles(ctx); err != nil {
		return store.Copy{}, err
	}
	c, err := s.store.SaveCopy(ctx, store.CopyFile(dir, s.now().Local()))
	if err != nil {
		return c, err
	}
	_, err = store.Rotate(dir)
	return c, err
}

// removeParts removes what copies that were cut short have left; the caller has the turn.
func removeParts(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, rest, cut := strings.Cut(e.Name(), ".db.")
		if cut && strings.HasPrefix(name, "znak-") && (strings.HasPrefix(rest, "part") || strings.HasPrefix(rest, "forgetting")) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Backup writes a checked copy of the store: to a new file, or, where file is empty, into the folder of the daily copies. A file that is there already
// is refused.
func (s *Station) Backup(ctx context.Context, file string) (store.Copy, error) {
	if file == "" {
		release, err := s.careTurn()
		if errors.Is(err, errCaring) {
			return store.Copy{}, refuse("care.busy", nil)
		}
		if err != nil {
			return store.Copy{}, fmt.Errorf("turn: %w", err)
		}
		defer release()
		dir, missing, err := s.backupDir(ctx)
		if err != nil {
			return store.Copy{}, err
		}
		if missing != "" { // asked for by a person, it does not go where nobody looks
			return store.Copy{}, refuse("care.copy.folder", hint.Args{"Dir": missing, "Instead": dir})
		}
		return s.copyInto(ctx, dir)
	}
	if err := s.keepSettingFiles(ctx); err != nil {
		return store.Copy{}, err
	}
	c, err := s.store.SaveCopy(ctx, file)
	if errors.Is(err, store.ErrConflict) {
		return store.Copy{}, &Refused{[]Reason{reasonOf(err)}}
	}
	return c, err
}

// copyOld is the age of the newest copy from which on a person is told.
const copyOld = 48 * time.Hour

// Notices are what a person should know of the store now, whichever process found it: an audit that did not hold, copies that are not made, a folder for
// copies that is not there.
func (s *Station) Notices(ctx context.Context) ([]Reason, error) {
	var list []Reason
	last, err := s.lastAudit(ctx)
	if err != nil {
		return nil, err
	}
	if !last.At.IsZero() && !last.OK {
		list = append(list, Reason{"care.audit", hint.Args{"Event": last.FirstBad, "What": store.FindingOf(last.FirstBad, last.What)}})
	}
	dir, missing, err := s.backupDir(ctx)
	if err != nil {
		return nil, err
	}
	if missing != "" {
		list = append(list, Reason{"care.copy.folder", hint.Args{"Dir": missing, "Instead": dir}})
	}
	first, err := s.store.Events(ctx, store.EventQuery{Limit: 1})
	if err != nil || len(first) == 0 {
		return list, err
	}
	copies, err := store.Copies(dir)
	if err != nil {
		return nil, err
	}
	newest := first[0].At // without any copy, the age is that of the station
	if len(copies) > 0 {
		newest = store.CopyTime(copies[0])
	}
	if age := s.now().Sub(newest); age > copyOld {
		list = append(list, Reason{"care.copy.old", hint.Args{"Dir": dir, "Count": int(age / (24 * time.Hour))}})
	}
	return list, nil
}

// audited is the last audit that Care made.
type audited struct {
	At       time.Time `json:"at"`
	Events   int64     `json:"events"`
	OK       bool      `json:"ok"`
	FirstBad int64     `json:"first_bad,omitempty"`
	What     string    `json:"what,omitempty"`
}

// lastAudit is the zero value where there was none, or where it cannot be read: then one is due.
func (s *Station) lastAudit(ctx context.Context) (last audited, err error) {
	raw, ok, err := s.store.Setting(ctx, keyAudited)
	if err != nil || !ok || json.Unmarshal([]byte(raw), &last) != nil {
		return audited{}, err
	}
	return last, nil
}

// careAudit audits everything once a week, and each time until it holds again.
func (s *Station) careAudit(ctx context.Context, r *CareReport) {
	last, err := s.lastAudit(ctx)
	now := s.now().UTC()
	if err == nil && last.OK && now.Sub(last.At) < auditEvery && !last.At.After(now) {
		return
	}
	if err == nil {
		var a store.AuditReport
		if a, err = s.store.Audit(ctx); err == nil {
			r.Audit = &a
			if !a.OK {
				r.warn(Reason{"care.audit", hint.Args{"Event": a.FirstBad, "What": a.Finding()}})
			}
			raw, _ := json.Marshal(audited{now, a.Events, a.OK, a.FirstBad, a.What}) // plain values
			err = s.store.Write(ctx, func(tx *store.Tx) error { return tx.SetSetting(keyAudited, string(raw)) })
		}
	}
	if err != nil {
		r.trouble(ctx, "care.failed", err, hint.Args{})
	}
}

// careRetention forgets persons where the office has set a time for it.
func (s *Station) careRetention(ctx context.Context, r *CareReport) {
	days, err := s.retentionDays(ctx)
	if err == nil {
		var f RetentionReport
		if f, err = s.forget(ctx, days); err == nil && f.Done && f.Pieces+f.Items+len(f.Files) > 0 {
			r.Forgot = &f
		}
	}
	if err != nil {
		r.trouble(ctx, "care.retention", err, hint.Args{})
	}
}

func (s *Station) retentionDays(ctx context.Context) (int, error) {
	v, err := s.setting(ctx, SettingRetention)
	if err != nil {
		return 0, err
	}
	days, err := strconv.Atoi(v)
	if err != nil {
		return 0, fmt.Errorf("setting %s: %w", SettingRetention, err)
	}
	return days, nil
}
