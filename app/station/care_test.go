package station

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/store"
)

// timed is a bench whose clock the test moves.
func timed(t *testing.T, seed int64) (b *bench, move func(d time.Duration)) {
	b = newBench(t, sandbox.Options{Seed: seed})
	var ahead time.Duration
	b.must(b.store.Close())
	b.now = func() time.Time { return time.Now().Add(ahead) }
	b.open()
	return b, func(d time.Duration) { ahead += d }
}

func (b *bench) dailyCopies() []string {
	b.t.Helper()
	list, err := store.Copies(filepath.Join(b.dir, backupFolder))
	b.must(err)
	return list
}

func keys(list []Reason) []string {
	var k []string
	for _, r := range list {
		k = append(k, r.Key)
	}
	return k
}

func TestCareMakesACopyADay(t *testing.T) {
	b, move := timed(t, 1)
	if r := b.Care(b.ctx); r.Copy != nil || len(r.Warnings) != 0 || len(b.dailyCopies()) != 0 {
		t.Fatalf("a station without a single event: %+v", r)
	}
	b.pulled()
	r := b.Care(b.ctx)
	if r.Copy == nil || len(r.Warnings) != 0 || !slices.Equal(b.dailyCopies(), []string{r.Copy.Path}) {
		t.Fatalf("%+v, %v", r, b.dailyCopies())
	}
	if again := b.Care(b.ctx); again.Copy != nil || again.Audit != nil || len(again.Warnings) != 0 {
		t.Errorf("twice a day: %+v", again)
	}
	for range 20 {
		move(24 * time.Hour)
		if r := b.Care(b.ctx); r.Copy == nil || len(r.Warnings) != 0 {
			t.Fatalf("another day: %+v", r)
		}
	}
	if n := len(b.dailyCopies()); n < 14 || n > 16 {
		t.Errorf("%d copies", n)
	}
	if list, err := b.Notices(b.ctx); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

// A copy in the making is cut short by a kill: what it left goes with the next.
func TestCareClearsWhatACutCopyLeft(t *testing.T) {
	b, _ := timed(t, 1)
	b.pulled()
	dir := filepath.Join(b.dir, backupFolder)
	b.must(os.MkdirAll(dir, 0o700))
	for _, name := range []string{"znak-20260101-0900.db.part", "znak-20260101-0900.db.part-journal", "znak-20260101-0900.db.forgetting"} {
		b.must(os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600))
	}
	b.must(os.WriteFile(filepath.Join(dir, "свой файл.part"), nil, 0o600))
	if r := b.Care(b.ctx); r.Copy == nil {
		t.Fatalf("%+v", r)
	}
	entries, err := os.ReadDir(dir)
	b.must(err)
	if len(entries) != 2 {
		t.Errorf("%v", entries)
	}
}

func TestCareWithTheOfficesOwnFolder(t *testing.T) {
	b, move := timed(t, 1)
	b.pulled()
	other := filepath.Join(t.TempDir(), "диск")
	var refused *Refused
	if err := b.SetSetting(b.ctx, SettingBackupDir, other); !errors.As(err, &refused) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if err := b.SetSetting(b.ctx, SettingBackupDir, "."); !errors.As(err, &refused) {
		t.Errorf("a folder that depends on where one stands: %v", err)
	}
	b.must(os.Mkdir(other, 0o700))
	b.must(b.SetSetting(b.ctx, SettingBackupDir, other))
	if r := b.Care(b.ctx); r.Copy == nil || filepath.Dir(r.Copy.Path) != other || len(b.dailyCopies()) != 0 {
		t.Fatalf("%+v", r)
	}
	b.must(os.Rename(other, other+" не подключён"))
	move(24 * time.Hour)
	if r := b.Care(b.ctx); r.Copy == nil || len(b.dailyCopies()) != 1 || !slices.Equal(keys(r.Warnings), []string{"care.copy.folder"}) {
		t.Fatalf("%+v", r)
	}
	if _, err := os.Stat(other); err == nil {
		t.Error("the folder of a disk that is not there was made")
	}
	if list, err := b.Notices(b.ctx); err != nil || !slices.Equal(keys(list), []string{"care.copy.folder"}) {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := b.Backup(b.ctx, ""); !errors.As(err, &refused) {
		t.Errorf("by hand: %v", err)
	}
	b.must(os.Rename(other+" не подключён", other))
	if r := b.Care(b.ctx); r.Copy == nil || filepath.Dir(r.Copy.Path) != other || len(r.Warnings) != 0 {
		t.Errorf("connected again: %+v", r)
	}
}

func TestCareAuditsEveryWeek(t *testing.T) {
	b, move := timed(t, 1)
	b.pulled()
	if r := b.Care(b.ctx); r.Audit == nil || !r.Audit.OK {
		t.Fatalf("%+v", r)
	}
	move(6 * 24 * time.Hour)
	if r := b.Care(b.ctx); r.Audit != nil {
		t.Errorf("before its time: %+v", r)
	}
	b.tamper(`UPDATE states SET copies = 5 WHERE post_id = (SELECT min(post_id) FROM states)`)
	move(25 * time.Hour)
	r := b.Care(b.ctx)
	if r.Audit == nil || r.Audit.OK || !slices.Equal(keys(r.Warnings), []string{"care.audit"}) {
		t.Fatalf("%+v", r)
	}
	if list, err := b.Notices(b.ctx); err != nil || !slices.Equal(keys(list), []string{"care.audit"}) || list[0].Args["Event"] == int64(0) {
		t.Errorf("%v, %v", list, err)
	}
	// It is said until it holds again.
	if r := b.Care(b.ctx); !slices.Equal(keys(r.Warnings), []string{"care.audit"}) {
		t.Errorf("%+v", r)
	}
	b.tamper(`UPDATE states SET copies = 0`)
	if r := b.Care(b.ctx); len(r.Warnings) != 0 || r.Audit == nil || !r.Audit.OK {
		t.Errorf("%+v", r)
	}
	// A clock that went back makes it due, not a year late.
	move(-365 * 24 * time.Hour)
	if r := b.Care(b.ctx); r.Audit == nil {
		t.Errorf("%+v", r)
	}
}

// tamper changes the file behind the program's back.
func (b *bench) tamper(statement string) {
	b.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(b.dir, StoreFile))
	b.must(err)
	defer db.Close()
	_, err = db.Exec(statement)
	b.must(err)
}

func TestBackupByHand(t *testing.T) {
	b, _ := timed(t, 1)
	b.pulled()
	file := filepath.Join(t.TempDir(), "моя.db")
	c, err := b.Backup(b.ctx, file)
	b.must(err)
	if info, err := os.Stat(file); err != nil || c.Path != file || c.Bytes != info.Size() || c.Events == 0 {
		t.Errorf("%+v, %v", c, err)
	}
	var refused *Refused
	if _, err := b.Backup(b.ctx, file); !errors.As(err, &refused) {
		t.Errorf("over a file: %v", err)
	}
	first, err := b.Backup(b.ctx, "")
	b.must(err)
	second, err := b.Backup(b.ctx, "")
	b.must(err)
	if list := b.dailyCopies(); len(list) != 2 || list[0] != second.Path || list[1] != first.Path {
		t.Errorf("%v", list)
	}
}

// do works a batch through to acceptance.
func (b *bench) wholeBatch(name string) {
	b.t.Helper()
	b.printed(name)
	if got := b.scanAll(name); got[scan.VerdictOK] == 0 {
		b.t.Fatalf("verdicts %v", got)
	}
	b.handed(name)
	b.synced()
	b.must(b.box.Advance(24 * time.Hour))
	b.synced()
}

// holding lists the files below the data folder in which one of the words stands.
func (b *bench) holding(words []string) (list []string) {
	b.t.Helper()
	b.must(filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, w := range words {
			if bytes.Contains(raw, []byte(w)) {
				list = append(list, filepath.Base(path)+": "+w)
				break
			}
		}
		return nil
	}))
	return list
}

func TestRetention(t *testing.T) {
	b, move := timed(t, 7)
	b.pulled()
	name := b.purpose("fit", 12)
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	var words []string
	for _, row := range rows {
		words = append(words, row.To.Name, strings.ToLower(row.To.Name))
		if row.To.Address.Street != "" && row.To.Address.House != "" {
			words = append(words, row.To.Address.Street+`","House":"`+row.To.Address.House)
		}
	}
	// Other letters may go to people of the same name, or next door.
	others, err := b.Pieces(b.ctx, store.PieceQuery{})
	b.must(err)
	words = slices.DeleteFunc(words, func(w string) bool {
		return slices.ContainsFunc(others, func(o store.PieceRow) bool {
			return o.Batch != name && (strings.Contains(strings.ToLower(o.To.Name), strings.ToLower(w)) ||
				strings.HasPrefix(o.To.Address.Street+`","House":"`+o.To.Address.House, w))
		})
	})
	if len(words) < 15 {
		t.Fatalf("only %q to look for", words)
	}
	b.wholeBatch(name)
	if r := b.Care(b.ctx); r.Copy == nil || r.Forgot != nil {
		t.Fatalf("%+v", r)
	}
	// The ledger holds no person, whatever happened to the letters.
	events, err := b.store.Events(b.ctx, store.EventQuery{})
	b.must(err)
	for _, e := range events {
		for _, w := range words {
			if strings.Contains(string(e.Data), w) || strings.Contains(e.Run+e.Batch, w) {
				t.Errorf("event %d (%s) holds %q", e.Seq, e.Kind, w)
			}
		}
	}
	if got := b.holding(words); len(got) < 2 {
		t.Fatalf("the names are not there to begin with: %v", got)
	}
	printed, _ := filepath.Glob(filepath.Join(b.dir, printedFolder, "*.pdf"))
	if len(printed) != 1 {
		t.Fatalf("%v", printed)
	}
	if r, err := b.Retention(b.ctx, true); err != nil || r.Pieces != 0 || r.Days != 0 {
		t.Errorf("without a setting: %+v, %v", r, err)
	}
	b.must(b.SetSetting(b.ctx, SettingRetention, "30"))
	if r, err := b.Retention(b.ctx, false); err != nil || r.Pieces != 0 {
		t.Errorf("before its time: %+v, %v", r, err)
	}
	sums := b.sums(name)
	move(40 * 24 * time.Hour)
	export, registry := filepath.Join(b.dir, "exchange", "outbox-20260101-090000.json"), filepath.Join(b.dir, "exchange", "marks-2026.csv")
	fresh := filepath.Join(b.dir, "exchange", "outbox-20990101-090000.txt")
	b.must(os.MkdirAll(filepath.Dir(export), 0o700))
	for _, path := range []string{export, registry, fresh} {
		b.must(os.WriteFile(path, []byte("Кому: "+words[0]), 0o600))
	}
	b.must(os.Chtimes(fresh, b.now(), b.now()))
	b.must(os.WriteFile(registry, []byte("ШПИ"), 0o600))
	if r, err := b.Retention(b.ctx, false); err != nil || !slices.Equal(r.Files, []string{export}) || r.Pieces != 12 || r.Done || !slices.Equal(r.Batches, []string{name}) {
		t.Errorf("only told: %+v, %v", r, err)
	}
	if got := b.holding(words); len(got) < 2 {
		t.Errorf("telling changed something: %v", got)
	}
	r := b.Care(b.ctx)
	if r.Forgot == nil || r.Forgot.Pieces != 12 || len(r.Forgot.Files) < 2 || len(r.Forgot.Copies) != 1 || len(r.Forgot.Left) != 0 || len(r.Warnings) != 0 {
		t.Fatalf("%+v, %+v", r, r.Forgot)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("an export of today is gone")
	}
	if _, err := os.Stat(registry); err != nil {
		t.Error("the accountant's registry is gone")
	}
	b.must(os.Remove(fresh))
	if got := b.holding(words); len(got) != 0 {
		t.Errorf("the names still stand in %v", got)
	}
	if _, err := os.Stat(printed[0]); err == nil {
		t.Error("the printed file is still there")
	}
	if got := b.sums(name); got != sums {
		t.Errorf("sums %v, before %v", got, sums)
	}
	b.auditHolds()
	// The post goes on showing the names; they are not taken in again, and nothing looks changed.
	before, err := b.store.Events(b.ctx, store.EventQuery{})
	b.must(err)
	b.pulled()
	b.synced()
	if got := b.holding(words); len(got) != 0 {
		t.Errorf("after a pull the names stand in %v", got)
	}
	after, err := b.store.Events(b.ctx, store.EventQuery{After: before[len(before)-1].Seq, Batch: name, Kinds: []postal.EventKind{postal.EventChanged}})
	b.must(err)
	if len(after) != 0 {
		t.Errorf("forgetting looks like a change at the post: %+v", after)
	}
	b.auditHolds()
	if r, err := b.Retention(b.ctx, true); err != nil || r.Pieces+len(r.Files)+len(r.Copies) != 0 {
		t.Errorf("again: %+v, %v", r, err)
	}
}

func (b *bench) sums(batch string) [2]postal.Kopecks {
	b.t.Helper()
	v, err := b.Batch(b.ctx, batch)
	b.must(err)
	return [2]postal.Kopecks{v.MarkSum, v.ApprovedSum}
}

func TestLeaving(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 7})
	b.must(b.MayLeave(b.ctx))
	b.pulled()
	b.must(b.MayLeave(b.ctx))
	name := b.purpose("fit", 12)
	b.printed(name)
	stays := func(what string, want ...string) {
		t.Helper()
		var refused *Refused
		if err := b.MayLeave(b.ctx); !errors.As(err, &refused) || !slices.Equal(keys(refused.Reasons), append([]string{"care.leave"}, want...)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	stays("printed", "care.leave.batch")
	b.scanAll(name)
	stays("verified", "care.leave.batch")
	b.handed(name)
	stays("handed over, not told", "outbox.kind.checkin")
	undone, err := b.Undone(b.ctx)
	b.must(err)
	if len(undone) != 1 || undone[0].Key != name || undone[0].Date == "" || undone[0].Reason != nil {
		t.Errorf("%+v", undone)
	}
	b.synced()
	b.must(b.MayLeave(b.ctx))
	// What the post refuses for good waits for a person.
	other := b.purpose("marks-change", 0)
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: other})
	b.must(err)
	b.must(b.Return(b.ctx, []postal.ShPI{rows[0].ShPI}))
	if undone, err = b.Undone(b.ctx); err != nil || len(undone) != 1 || !slices.Equal(undone[0].ShPIs, []postal.ShPI{rows[0].ShPI}) {
		t.Errorf("%+v, %v", undone, err)
	}
	stays("a return", "outbox.kind.return")
}
