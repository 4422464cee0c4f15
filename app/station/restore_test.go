package station

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/store"
)

// restore puts the copy in place as the command does, and opens the station on it.
func (b *bench) restore(file string) RestoreReport {
	b.t.Helper()
	b.must(b.store.Close())
	r, err := Restore(b.ctx, RestoreParams{Dir: b.dir, File: file, Who: "Проверка", Now: b.now})
	b.must(err)
	if !r.Done || r.Replaced == "" {
		b.t.Fatalf("%+v", r)
	}
	b.open()
	b.auditHolds()
	return r
}

func (b *bench) copy() string {
	b.t.Helper()
	c, err := b.Backup(b.ctx, filepath.Join(b.t.TempDir(), "copy.db"))
	b.must(err)
	return c.Path
}

// nothingPrints asks for the whole batch and wants not a single page.
func (b *bench) nothingPrints(name string) {
	b.t.Helper()
	before, _ := filepath.Glob(filepath.Join(b.dir, printedFolder, "*.pdf"))
	r, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	after, _ := filepath.Glob(filepath.Join(b.dir, printedFolder, "*.pdf"))
	if r.Printed != 0 || len(after) != len(before) {
		b.t.Fatalf("printed a second time: %+v", r)
	}
}

func TestWhatWasPrintedAfterTheCopyIsUnknown(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 7})
	b.pulled()
	name := b.purpose("fit", 12)
	file := b.copy()
	b.printed(name)
	r := b.restore(file)
	if r.Unknown != 12 || r.Later != 0 || len(r.Prints) != 1 || len(r.Prints[0].ShPIs) != 12 || r.Prints[0].Whole || r.Lost == nil || *r.Lost < 24 {
		t.Fatalf("%+v", r)
	}
	if got := b.states(name); got[postal.StateUnknown] != 12 {
		t.Fatalf("%v", got)
	}
	b.nothingPrints(name)
	// A pull changes nothing of it; a person's word does, once and for all.
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	b.must(b.DeclareNotPrinted(b.ctx, rows[0].ShPI))
	b.pulled()
	if got := b.states(name); got[postal.StateUnknown] != 11 || got[postal.StatePulled] != 1 {
		t.Fatalf("%v", got)
	}
	// A scan clears the rest, and the day goes on to its end.
	for _, row := range rows[1:] {
		b.must(b.DeclarePrinted(b.ctx, row.ShPI))
	}
	printed, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	if printed.Printed != 1 {
		t.Errorf("%+v", printed)
	}
	b.scanAll(name)
	b.handed(name)
	b.auditHolds()
}

func TestWhatWasPulledAndPrintedAfterTheCopyIsUnknownWhenPulledAgain(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 7})
	file := b.copy() // of an empty station
	b.pulled()
	name, other := b.purpose("fit", 12), b.purpose("marks-change", 0)
	b.printed(name)
	r := b.restore(file)
	if r.Unknown != 0 || r.Later != 12 {
		t.Fatalf("%+v", r)
	}
	b.pulled()
	if got := b.states(name); got[postal.StateUnknown] != 12 {
		t.Fatalf("%v", got)
	}
	if got := b.states(other); got[postal.StateUnknown] != 0 {
		t.Errorf("the other batch: %v", got)
	}
	b.nothingPrints(name)
	b.auditHolds()
	// Once seen, it is not brought up again.
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	b.must(b.DeclareNotPrinted(b.ctx, rows[3].ShPI))
	b.pulled()
	if got := b.states(name); got[postal.StatePulled] != 1 {
		t.Errorf("%v", got)
	}
}

// A printed file that nobody can read stands for its whole batch, known or not.
func TestAnUnreadablePrintStandsForItsBatch(t *testing.T) {
	for _, known := range []bool{true, false} {
		b := newBench(t, sandbox.Options{Seed: 7})
		empty := b.copy()
		b.pulled()
		file := empty
		if known {
			file = b.copy()
		}
		name := b.purpose("fit", 12)
		printed, err := b.Print(b.ctx, PrintOrder{Batch: name, Limit: 3}, nil, nil)
		b.must(err)
		b.must(os.WriteFile(printed.Files[0], []byte("%PDF-1.4 обрывок"), 0o600))
		// The store in use is rubbish, too, so that it tells nothing.
		b.must(b.store.Close())
		b.must(os.WriteFile(filepath.Join(b.dir, StoreFile), []byte("испорчено"), 0o600))
		b.must(removeAll(filepath.Join(b.dir, StoreFile+"-wal"), filepath.Join(b.dir, StoreFile+"-shm")))
		r := b.restore(file)
		if len(r.Prints) != 1 || !r.Prints[0].Whole || r.Lost != nil {
			t.Fatalf("%+v", r)
		}
		if !known {
			b.pulled()
		}
		if got := b.states(name); got[postal.StateUnknown] != 12 {
			t.Fatalf("known %v: %v", known, got)
		}
		b.nothingPrints(name)
	}
}

func removeAll(names ...string) error {
	var errs []error
	for _, name := range names {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// The printed files were taken away; the replaced store still knows what was given to the printer.
func TestTheReplacedStoreTellsWhatWasPrinted(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 7})
	b.pulled()
	name := b.purpose("fit", 12)
	file := b.copy()
	printed, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	_, err = b.Reprint(b.ctx, rows[0].ShPI, "порван")
	b.must(err)
	b.must(os.Remove(printed.Files[0]))
	r := b.restore(file)
	if r.Unknown != 11 || len(r.Prints) != 1 || r.Prints[0].File != "" {
		t.Fatalf("%+v", r)
	}
	if got := b.states(name); got[postal.StateUnknown] != 11 || got[postal.StateSpoiled] != 1 || r.Voided != 1 {
		t.Errorf("%v, %+v", got, r)
	}
}

// A void envelope lies about whatever file is in the place of the ledger: it is owed after a restore as before, and counted once however often one restores.
func TestVoidEnvelopesAreOwedAfterARestore(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 7})
	b.pulled()
	name := b.purpose("fit", 12)
	before := b.copy()
	b.printed(name)
	printed := b.copy()
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	reprinted, destroyed, missing := rows[0].ShPI, rows[1].ShPI, rows[2].ShPI
	_, err = b.Reprint(b.ctx, reprinted, ReasonTorn)
	b.must(err)
	_, err = b.Print(b.ctx, PrintOrder{Batch: name, Only: []postal.ShPI{reprinted}}, nil, nil)
	b.must(err)
	_, err = b.Reprint(b.ctx, destroyed, ReasonSmeared)
	b.must(err)
	_, err = b.Destroy(b.ctx, string(destroyed), 0)
	b.must(err)
	_, err = b.Reprint(b.ctx, missing, ReasonLost)
	b.must(err)
	last := b.copy()
	check := func(what string, copies int) {
		t.Helper()
		for _, want := range []struct {
			id                    postal.ShPI
			state                 postal.PieceState
			voided, owed, missing int
		}{{reprinted, postal.StateUnknown, 1, 1, 0}, {destroyed, postal.StateSpoiled, 1, 0, 0}, {missing, postal.StateSpoiled, 1, 0, 1}} {
			row, err := b.Piece(b.ctx, want.id)
			b.must(err)
			if row.State != want.state || row.Voided != want.voided || row.Owed != want.owed || row.Missing != want.missing {
				t.Errorf("%s: %s is %s, %d void, %d owed, %d missing; want %+v", what, want.id, row.State, row.Voided, row.Owed, row.Missing, want)
			}
		}
		owed, err := b.OwedList(b.ctx, "")
		b.must(err)
		if len(owed) != 1 || owed[0].ShPI != reprinted || owed[0].Reason != ReasonTorn || owed[0].Who != "Проверка" || owed[0].Copies != copies {
			t.Errorf("%s: owed %+v", what, owed)
		}
	}
	r := b.restore(before) // knows nothing of any print
	check("before the print", 2)
	if r.Voided != 3 || r.Unknown != 10 {
		t.Errorf("%+v", r)
	}
	r = b.restore(before)
	check("again", 2)
	if r.Voided != 3 {
		t.Errorf("%+v", r)
	}
	r = b.restore(printed) // knows the first print; the ledger in use has the rest only as it was carried into it
	check("after the print", 2)
	if r.Voided != 3 {
		t.Errorf("%+v", r)
	}
	// One that knows it all itself: nothing is written a second time.
	if r = b.restore(last); r.Voided != 0 || len(r.Voids) != 0 {
		t.Errorf("%+v", r)
	}
	row, err := b.Piece(b.ctx, reprinted)
	b.must(err)
	if row.Voided != 1 || row.Owed != 1 {
		t.Errorf("%+v", row)
	}
	mark, _ := b.codes(reprinted)
	_, err = b.Destroy(b.ctx, mark, 0)
	b.must(err)
	b.auditHolds()
}

// The piece itself came after the copy: its void envelope is owed as soon as it is pulled again.
func TestVoidEnvelopesOfPiecesThatTheCopyLacks(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 7})
	empty := b.copy()
	b.pulled()
	name := b.purpose("fit", 12)
	printed, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil)
	b.must(err)
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	_, err = b.Reprint(b.ctx, rows[5].ShPI, ReasonTorn)
	b.must(err)
	b.must(os.Remove(printed.Files[0]))
	for range 2 { // the second one finds them only among what the first has kept for later
		if r := b.restore(empty); r.Later != 12 || r.Voided != 0 || len(r.Voids) != 1 {
			t.Fatalf("%+v", r)
		}
	}
	b.pulled()
	if got := b.states(name); got[postal.StateUnknown] != 11 || got[postal.StateSpoiled] != 1 {
		t.Errorf("%v", got)
	}
	if owed, err := b.OwedList(b.ctx, name); err != nil || len(owed) != 1 || owed[0].ShPI != rows[5].ShPI {
		t.Errorf("%+v, %v", owed, err)
	}
	b.auditHolds()
}

// A copy alone is enough to go on with: what a person typed into files comes back with it.
func TestFilesOfSettingsComeBackWithTheCopy(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 7})
	b.pulled()
	path := filepath.Join(b.dir, payeeFile)
	b.must(os.WriteFile(path, []byte(payeeFilled), 0o600))
	b.must(b.SetSetting(b.ctx, SettingReprints, "3"))
	file := b.copy()
	b.must(os.Remove(path))
	r := b.restore(file)
	if text, err := os.ReadFile(path); err != nil || string(text) != payeeFilled || !slices.Equal(r.Files, []string{path}) {
		t.Errorf("%q, %v, %v", text, err, r.Files)
	}
	if r = b.restore(file); len(r.Files) != 0 {
		t.Errorf("written anew: %v", r.Files)
	}
	// Another one in its place is kept beside.
	b.must(os.WriteFile(path, []byte("name = \"Другой\""), 0o600))
	r = b.restore(file)
	beside := strings.TrimSuffix(r.Replaced, ".db") + "." + payeeFile
	if text, err := os.ReadFile(beside); err != nil || string(text) != "name = \"Другой\"" {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != payeeFilled {
		t.Errorf("%q, %v", text, err)
	}
	if n, err := b.reprintLimit(b.ctx); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestLookAtACopy(t *testing.T) {
	other := newBench(t, sandbox.Options{Seed: 1})
	_, err := other.Pull(other.ctx)
	other.must(err)
	foreign := other.copy()
	b := newBench(t, sandbox.Options{Seed: 7})
	b.pulled()
	name := b.purpose("fit", 12)
	file := b.copy()
	if l, err := b.LookAtCopy(b.ctx, file); err != nil || l.Lost == nil || *l.Lost != 0 || l.Letters != 0 {
		t.Errorf("%+v, %v", l, err)
	}
	b.worked(name)
	if l, err := b.LookAtCopy(b.ctx, file); err != nil || l.Lost == nil || *l.Lost < 36 || l.Letters != 12 || l.Batches != 1 || l.Copy.Events == 0 {
		t.Errorf("%+v, %v", l, err)
	}
	if l, err := b.LookAtCopy(b.ctx, foreign); err != nil || l.Lost != nil {
		t.Errorf("%+v, %v", l, err)
	}
	_, err = b.LookAtCopy(b.ctx, filepath.Join(b.dir, "нет"))
	b.refused(err, "care.restore.no-file")
	broken := filepath.Join(t.TempDir(), "broken.db")
	b.must(os.WriteFile(broken, []byte("не записи"), 0o600))
	_, err = b.LookAtCopy(b.ctx, broken)
	b.refused(err, "care.restore.damaged")
}

// The copy was taken in the middle of a run: it knows the job and only the first of its letters.
func TestCopyTakenInTheMiddleOfARun(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 7, Most: 1000})
	b.pulled()
	name := b.purpose("fit", 1000)
	file := filepath.Join(t.TempDir(), "copy.db")
	made := make(chan error, 1)
	taken := false
	_, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, func(p PrintProgress) {
		if p.Sent >= 250 && !taken {
			taken = true
			_, err := b.Backup(b.ctx, file)
			made <- err
		}
	})
	b.must(err)
	b.must(<-made)
	r := b.restore(file)
	got := b.states(name)
	if got[postal.StatePulled] != 0 || got[postal.StatePrinted] == 0 || got[postal.StateUnknown] == 0 || got[postal.StatePrinted]+got[postal.StateUnknown] != 1000 {
		t.Fatalf("%v, %+v", got, r.Unknown)
	}
	b.nothingPrints(name)
}

// What the copy has in its outbox may have been done since: the courier looks.
func TestTheOutboxOfACopyIsLookedUp(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 7})
	b.pulled()
	name := b.purpose("fit", 12)
	b.worked(name)
	file := b.copy()
	b.synced()
	r := b.restore(file)
	if len(r.Prints) != 0 || r.Unknown != 0 {
		t.Errorf("%+v", r)
	}
	s, err := b.Sync(b.ctx)
	b.must(err)
	if s.Sent != 1 || s.Pending != 0 || b.box.Calls().Batches[name].Checkins != 1 {
		t.Errorf("%+v, checked in %d times", s, b.box.Calls().Batches[name].Checkins)
	}
	b.auditHolds()
}

func TestRestoreAsksBeforeItTakesAnotherLedger(t *testing.T) {
	other := newBench(t, sandbox.Options{Seed: 1})
	_, err := other.Pull(other.ctx)
	other.must(err)
	foreign := other.copy()
	b := newBench(t, sandbox.Options{Seed: 7})
	b.pulled()
	refused := func(p RestoreParams, want string) {
		t.Helper()
		p.Dir = b.dir
		before, _ := os.ReadFile(filepath.Join(b.dir, StoreFile))
		_, err := Restore(b.ctx, p)
		var no *Refused
		if !errors.As(err, &no) || no.Reasons[0].Key != want {
			t.Errorf("%s: %v", want, err)
		}
		if after, _ := os.ReadFile(filepath.Join(b.dir, StoreFile)); !slices.Equal(before, after) {
			t.Errorf("%s: the store was changed", want)
		}
	}
	refused(RestoreParams{File: foreign}, "store.in-use")
	b.must(b.store.Close())
	refused(RestoreParams{File: foreign}, "care.restore.other-station")
	refused(RestoreParams{File: filepath.Join(b.dir, "нет")}, "care.restore.no-file")
	refused(RestoreParams{File: b.dir}, "care.restore.no-file")
	refused(RestoreParams{File: filepath.Join(b.dir, StoreFile), Force: true}, "store.same")
	r, err := Restore(b.ctx, RestoreParams{Dir: b.dir, File: foreign, Try: true, Force: true})
	if err != nil || r.Done || r.Copy.Events == 0 || r.Lost != nil {
		t.Errorf("%+v, %v", r, err)
	}
	entries, err := os.ReadDir(b.dir)
	b.must(err)
	for _, e := range entries {
		if !slices.Contains([]string{"locks", "printed", "forms", StoreFile}, e.Name()) {
			t.Errorf("left: %s", e.Name())
		}
	}
	if r, err = Restore(b.ctx, RestoreParams{Dir: b.dir, File: foreign, Force: true}); err != nil || !r.Done {
		t.Errorf("%+v, %v", r, err)
	}
	b.open()
	b.auditHolds()
}

func TestRestoredTwice(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 7})
	empty := b.copy()
	b.pulled()
	name := b.purpose("fit", 12)
	b.printed(name)
	b.restore(empty)
	time.Sleep(10 * time.Millisecond)
	r := b.restore(empty) // what the first one had noted is in the replaced store and in the printed files
	if r.Later != 12 {
		t.Errorf("%+v", r)
	}
	b.pulled()
	if got := b.states(name); got[postal.StateUnknown] != 12 {
		t.Errorf("%v", got)
	}
}
