package store

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// upgrades opens the store at path and gives what was told meanwhile; at is called at each.
func upgrades(t *testing.T, ctx context.Context, path string, at func(Upgrade)) (told []Upgrade, err error) {
	t.Helper()
	s, err := Open(ctx, Params{Path: path, Now: newClock().now, Upgrading: func(u Upgrade) {
		told = append(told, u)
		at(u)
	}})
	if err == nil {
		err = s.Close()
	}
	return told, err
}

func TestUpgradeTellsHowFarItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	if told, err := upgrades(t, ctx, path, untold); err != nil || told != nil {
		t.Errorf("a new store: %v, %v", told, err)
	}
	path = filepath.Join(t.TempDir(), "znak.db")
	storeBefore(t, path, testPieces(0, 2300))
	want := []Upgrade{{Step: UpgradeCopies}, {UpgradeWords, 0, 2300}, {UpgradeWords, 1000, 2300}, {UpgradeWords, 2000, 2300}, {UpgradeWords, 2300, 2300},
		{Step: UpgradeIndex}}
	told, err := upgrades(t, ctx, path, untold)
	if err != nil || !reflect.DeepEqual(told, want) {
		t.Errorf("%v, %v", told, err)
	}
	if told, err := upgrades(t, ctx, path, untold); err != nil || told != nil {
		t.Errorf("up to date: %v, %v", told, err)
	}
}

// A store of the very first schema takes all steps in their order.
func TestUpgradeOfTheFirstSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	pull(t, s, "1", testPieces(0, 30))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path = downgrade(t, path, 1)
	told, err := upgrades(t, ctx, path, untold)
	var steps []UpgradeStep
	for _, u := range told {
		steps = append(steps, u.Step)
	}
	if want := UpgradeSteps[1:]; err != nil || !slices.Equal(slices.Compact(steps), want) { // nobody else is at it
		t.Errorf("%v, %v", steps, err)
	}
	mustAudit(t, openAt(t, path))
}

// Cut short in any step, the store stays as it was, and a program of then goes on with it; the next opening ends what was begun.
func TestUpgradeCancelled(t *testing.T) {
	old := migrations()[:stepsBeforeSearch]
	for name, last := range map[string]Upgrade{"copy": {Step: UpgradeCopies}, "words": {UpgradeWords, 1000, 1500}, "index": {Step: UpgradeIndex}} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "znak.db")
			list := testPieces(0, 1500)
			storeBefore(t, path, list)
			cut, cancel := context.WithCancel(ctx)
			defer cancel()
			told, err := upgrades(t, cut, path, func(u Upgrade) {
				if u == last {
					cancel()
				}
			})
			if !errors.Is(err, context.Canceled) || told[len(told)-1] != last {
				t.Fatalf("%v, %v", told, err)
			}
			s, err := open(ctx, Params{Path: path, Now: newClock().now}, old)
			if err != nil {
				t.Fatal("a program of then: ", err)
			}
			if got := dumpQuery(t, s, `SELECT count(*), max(search) = '`+searchBefore(list[len(list)-1])+`' FROM pieces`); got != "\t1500\t1\n" {
				t.Errorf("%q", got)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			mustAudit(t, openAt(t, path))
		})
	}
}

// Cut short while one long statement works, not between two.
func TestUpgradeInterrupted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	storeBefore(t, path, testPieces(0, 6000))
	cut, cancel := context.WithCancel(ctx)
	defer cancel()
	_, err := upgrades(t, cut, path, func(u Upgrade) {
		if u.Step == UpgradeIndex {
			time.AfterFunc(20*time.Millisecond, cancel)
		}
	})
	if c, checkErr := CheckCopy(ctx, path); !errors.Is(err, context.Canceled) || checkErr != nil || c.Schema != stepsBeforeSearch {
		t.Errorf("%v; %+v, %v", err, c, checkErr)
	}
}

// Who finds another process at it is told so.
func TestUpgradeWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	storeBefore(t, path, testPieces(0, 1))
	other := flock.New(filepath.Join(filepath.Dir(path), "locks", "znak.db"+upgradeSuffix))
	if ok, err := other.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	limited, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	told, err := upgrades(t, limited, path, func(u Upgrade) {
		if u.Step == UpgradeWaits {
			if err := other.Unlock(); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil || told[0].Step != UpgradeWaits || told[1].Step != UpgradeCopies {
		t.Errorf("%v, %v", told, err)
	}
}
