package store

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"znak/app/postal"
)

func TestOutbox(t *testing.T) {
	s := openTest(t)
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	items := []Item{
		{ID: "z", Kind: "checkin", Key: "2", Payload: json.RawMessage(`{"batch":"2"}`), State: "waiting", NotBefore: at, CreatedAt: at.Add(time.Hour), UpdatedAt: at},
		{ID: "a", Kind: "checkin", Key: "1", Payload: json.RawMessage(`{"batch":"1"}`), State: "waiting", CreatedAt: at, UpdatedAt: at},
		{ID: "m", Kind: "archive", Key: "1", State: "waiting", CreatedAt: at, UpdatedAt: at},
	}
	for _, i := range items {
		write(t, s, func(tx *Tx) error { return tx.PutOutbox(i) })
	}
	got, err := s.Outbox(ctx)
	if err != nil || !reflect.DeepEqual(got, items) {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := s.Write(ctx, func(tx *Tx) error { return tx.PutOutbox(items[0]) }); !errors.Is(err, ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	dead := items[1]
	dead.State, dead.Attempts, dead.LastError, dead.LastHint, dead.NotBefore = "dead", 3, "409", "партия не найдена", at
	dead.Key, dead.Payload = "changed", nil // not what an update is for
	write(t, s, func(tx *Tx) error {
		if err := tx.UpdateOutbox(dead); err != nil {
			return err
		}
		inside, err := tx.Outbox("dead")
		if err != nil || len(inside) != 1 {
			t.Errorf("inside: %v, %v", inside, err)
		}
		return nil
	})
	got, err = s.Outbox(ctx, "waiting", "sending")
	if err != nil || len(got) != 2 || got[0].ID != "z" || got[1].ID != "m" {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = s.Outbox(ctx, "dead")
	if err != nil || len(got) != 1 || got[0].Attempts != 3 || got[0].Key != "1" || string(got[0].Payload) != `{"batch":"1"}` ||
		got[0].LastHint != "партия не найдена" || !got[0].NotBefore.Equal(at) || !got[0].UpdatedAt.After(got[0].CreatedAt.Add(-24*time.Hour)) {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.Write(ctx, func(tx *Tx) error { return tx.UpdateOutbox(Item{ID: "никакой"}) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	write(t, s, func(tx *Tx) error { return tx.PutOutbox(Item{Kind: "checkin", Key: "5"}) })
	if got, _ := s.Outbox(ctx); len(got) != 4 || len(got[3].ID) != 36 || got[3].State != "waiting" || got[3].CreatedAt.IsZero() {
		t.Errorf("%+v", got)
	}
}

func TestRunsAndJobs(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 6)
	pull(t, s, "1", list)
	intend(t, s, "a", list[:3])
	intend(t, s, "b", list[3:5])
	intend(t, s, "c", list[5:])
	jobs := func() (names []string) {
		t.Helper()
		open, err := s.OpenJobs(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range open {
			names = append(names, j.ID)
		}
		return names
	}
	if got := jobs(); !reflect.DeepEqual(got, []string{"a", "b", "c"}) {
		t.Errorf("%v", got)
	}
	write(t, s, func(tx *Tx) error {
		if err := tx.Record(eventsOf(postal.EventPrinted, list[:3], nil)...); err != nil {
			return err
		}
		if err := tx.CloseJob("a", "done"); err != nil {
			return err
		}
		if err := tx.CloseRun("run-a"); err != nil {
			return err
		}
		if err := tx.CloseJob("b", "done"); err != nil { // closed, but one of its pieces is still queued
			return err
		}
		return tx.Record(NewEvent{Kind: postal.EventUnknown, Piece: list[3].PostID})
	})
	if got := jobs(); !reflect.DeepEqual(got, []string{"b", "c"}) {
		t.Errorf("%v", got)
	}
	a, err := s.Job(ctx, "a")
	if err != nil || a.State != "done" || a.ClosedAt.IsZero() || a.Run != "run-a" || a.Pages != 3 || !reflect.DeepEqual(a.Pieces, []int64{list[0].PostID, list[1].PostID, list[2].PostID}) {
		t.Errorf("%+v, %v", a, err)
	}
	runs, err := s.Runs(ctx, "1")
	if err != nil || len(runs) != 3 || runs[0].ID != "run-a" || runs[0].EndedAt.IsZero() || !runs[1].EndedAt.IsZero() || runs[0].Who != "Ольга Сортировкина" || runs[0].Asked != 3 {
		t.Errorf("%+v, %v", runs, err)
	}
	if all, err := s.Runs(ctx, ""); err != nil || len(all) != 3 {
		t.Errorf("%+v, %v", all, err)
	}
	if of, err := s.Jobs(ctx, "run-b"); err != nil || len(of) != 1 || of[0].ID != "b" {
		t.Errorf("%+v, %v", of, err)
	}
	for name, f := range map[string]func(*Tx) error{
		"job":  func(tx *Tx) error { return tx.CloseJob("x", "done") },
		"run":  func(tx *Tx) error { return tx.CloseRun("x") },
		"read": func(*Tx) error { _, err := s.Job(ctx, "x"); return err },
	} {
		if err := s.Write(ctx, f); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A job that grows while it is printed.
	write(t, s, func(tx *Tx) error {
		return errors.Join(tx.OpenJob(Job{ID: "d", Run: "run-c"}), tx.ExtendJob("d", []int64{9, 7}), tx.ExtendJob("d", nil), tx.ExtendJob("d", []int64{8}))
	})
	if d, err := s.Job(ctx, "d"); err != nil || d.Pages != 3 || !reflect.DeepEqual(d.Pieces, []int64{9, 7, 8}) {
		t.Errorf("%+v, %v", d, err)
	}
	if err := s.Write(ctx, func(tx *Tx) error { return tx.ExtendJob("x", []int64{1}) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := s.Write(ctx, func(tx *Tx) error { return tx.OpenJob(Job{ID: "y", Run: "nobody's"}) }); !errors.Is(err, ErrConflict) {
		t.Errorf("a job without a run: %v", err)
	}
}

func TestSettings(t *testing.T) {
	s := openTest(t)
	if v, ok, err := s.Setting(ctx, "printer"); v != "" || ok || err != nil {
		t.Errorf("%q %v %v", v, ok, err)
	}
	write(t, s, func(tx *Tx) error {
		if err := tx.SetSetting("printer", "folder"); err != nil {
			return err
		}
		if v, ok, err := tx.Setting("printer"); v != "folder" || !ok || err != nil {
			t.Errorf("inside: %q %v %v", v, ok, err)
		}
		return tx.SetSetting("empty", "")
	})
	write(t, s, func(tx *Tx) error { return tx.SetSetting("printer", "zebra") })
	if v, ok, err := s.Setting(ctx, "printer"); v != "zebra" || !ok || err != nil {
		t.Errorf("%q %v %v", v, ok, err)
	}
	if v, ok, err := s.Setting(ctx, "empty"); v != "" || !ok || err != nil {
		t.Errorf("%q %v %v", v, ok, err)
	}
}

func TestSender(t *testing.T) {
	s := openTest(t)
	if _, err := s.Sender(ctx); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	want := postal.Sender{Name: "ООО «Выдуманные письма»", INN: "0000000000", KPP: "000001001", Address: postal.Address{Index: "999999", Place: "г Нигде"}}
	write(t, s, func(tx *Tx) error { return tx.PutSender(want) })
	if got, err := s.Sender(ctx); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}
