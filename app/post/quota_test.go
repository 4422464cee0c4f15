package post

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestQuotaKeepsItsReserve(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	var saved []QuotaState
	q := NewQuota(QuotaParams{Reserve: 3, Now: func() time.Time { return now }, Save: func(s QuotaState) { saved = append(saved, s) }})
	used := 994
	limitBroken := false
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/1.0/settings/limit" && limitBroken:
			w.WriteHeader(400)
		case r.URL.Path == "/1.0/settings/limit":
			io.WriteString(w, `{"allowed-count":1000,"current-count":`+strconv.Itoa(used)+`}`)
		case r.Method == "POST":
			io.WriteString(w, `{"f103-sent":true}`)
		default:
			io.WriteString(w, `[]`)
		}
	}, func(p *Params) { p.Quota = q })
	ctx := context.Background()
	search := func(ctx context.Context) error { _, err := o.SearchShipments(ctx, "x"); return err }

	if _, err := o.Limit(ctx); err != nil {
		t.Fatal(err)
	}
	for i := range 3 { // 995, 996, 997
		if err := search(ctx); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
	err := search(ctx)
	var e *Error
	if !errors.Is(err, ErrQuota) || !errors.As(err, &e) || e.Cause != CauseReserve || e.Left != 3 || e.Allowed != 1000 {
		t.Fatalf("%v", err)
	}
	checkTexts(t, err)
	if _, err := o.Checkin(ctx, "506", true); err != nil {
		t.Errorf("the reserve is for checkin: %v", err)
	}
	if err := search(Vital(ctx)); err != nil {
		t.Errorf("and for the look before it: %v", err)
	}
	if len(saved) == 0 || saved[len(saved)-1] != (QuotaState{Day: "2026-11-21", Allowed: 1000, Used: 999}) {
		t.Errorf("saved %+v", saved)
	}
	for range 3 { // over the limit: vital calls go on, the post decides
		if _, err := o.Checkin(ctx, "506", true); err != nil {
			t.Error(err)
		}
	}

	// Ten minutes later the post's own count is asked before refusing: it knows of more.
	now = now.Add(limitAge)
	used = 10
	if err := search(ctx); err != nil {
		t.Errorf("the post has calls left: %v", err)
	}
	if s := q.State(); s.Used != 11 {
		t.Errorf("%+v", s)
	}

	// A day later (in UTC+3) the count starts anew, even when the post cannot say.
	q.learn(Limit{1000, 1000})
	limitBroken = true
	if err := search(ctx); !errors.Is(err, ErrQuota) {
		t.Errorf("%v", err)
	}
	now = time.Date(2026, 11, 21, 20, 59, 0, 0, time.UTC)
	if err := search(ctx); !errors.Is(err, ErrQuota) {
		t.Errorf("a minute before midnight: %v", err)
	}
	now = now.Add(time.Minute)
	if err := search(ctx); err != nil {
		t.Errorf("after midnight: %v", err)
	}
	if s := q.State(); s.Day != "2026-11-22" || s.Used != 1 || s.Allowed != 1000 {
		t.Errorf("%+v", s)
	}
}

func TestQuotaAfter509(t *testing.T) {
	q := NewQuota(QuotaParams{State: QuotaState{Day: "2026-11-21", Allowed: 1000, Used: 5}, Now: func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }})
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(509)
		io.WriteString(w, "<html>Bandwidth Limit Exceeded</html>")
	}, func(p *Params) { p.Quota = q })
	for range 5 {
		if _, err := o.SearchShipments(context.Background(), "x"); !errors.Is(err, ErrQuota) {
			t.Fatal(err)
		}
	}
	if n := len(o.asked()); n != 2 { // the search and one question for the limit
		t.Errorf("%d calls to a post that refuses all: %q", n, o.asked())
	}
}

func TestQuotaUnknownLimitAllows(t *testing.T) {
	q := NewQuota(QuotaParams{})
	for range 5000 {
		if !q.take(false) {
			t.Fatal("refused without a limit")
		}
	}
	q.exhausted()
	if !q.take(false) {
		t.Error("a 509 without a known limit must not lock the station out")
	}
}

func TestQuotaRestore(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	q := NewQuota(QuotaParams{Now: func() time.Time { return now }, State: QuotaState{Day: "2026-11-21", Used: 5}})
	q.Restore(QuotaState{Day: "2026-11-21", Allowed: 1000, Used: 3})
	if s := q.State(); s.Used != 5 || s.Allowed != 1000 {
		t.Errorf("%+v", s)
	}
	q.Restore(QuotaState{Day: "2026-11-21", Used: 9})
	q.Restore(QuotaState{Day: "2026-11-20", Allowed: 7, Used: 900})
	if s := q.State(); s.Used != 9 || s.Allowed != 1000 {
		t.Errorf("%+v", s)
	}
}

func TestQuotaIsSafeToShare(t *testing.T) {
	last := 0
	q := NewQuota(QuotaParams{State: QuotaState{Allowed: 100}, Save: func(s QuotaState) { last = s.Used }})
	var wait sync.WaitGroup
	granted := make(chan bool, 500)
	for range 500 {
		wait.Go(func() { granted <- q.take(false) })
	}
	wait.Wait()
	close(granted)
	n := 0
	for ok := range granted {
		if ok {
			n++
		}
	}
	if n != 80 || last != 80 {
		t.Errorf("granted %d, saved %d, want 80", n, last)
	}
}
