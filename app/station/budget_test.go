package station

import (
	"errors"
	"testing"
	"time"

	"znak/app/post"
	"znak/app/post/sandbox"
	"znak/app/postal"
)

// What the line promises can be done: with the post gone, exactly so many envelopes come out, and not one more.
func TestOfflineBudgetIsTrue(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	b.pulled()
	views, err := b.Batches(b.ctx)
	b.must(err)
	var sum, most postal.Kopecks
	for _, v := range views {
		if v.Ready {
			sum += v.Sum
			most = max(most, v.Sum)
		}
	}
	b.must(b.box.SetBalance(int64(sum-1), "")) // one of the batches will not fit
	b.pulled()
	b.web.Close()
	st := b.status()
	if st.OfflinePieces == 0 || *st.Lacking != st.InBatches-*st.Free || *st.Lacking <= 0 {
		t.Fatalf("%+v", st)
	}
	promised, printed := st.OfflinePieces, 0
	var first postal.Date
	views, err = b.Batches(b.ctx)
	b.must(err)
	for _, v := range views {
		r, err := b.Print(b.ctx, PrintOrder{Batch: v.Name}, nil, nil)
		var refused *Refused
		if err != nil && !errors.As(err, &refused) {
			t.Fatal(err)
		}
		printed += r.Printed
		if r.Printed > 0 && (first == "" || v.SendingDate < first) {
			first = v.SendingDate
		}
	}
	if printed != promised {
		t.Errorf("%d printed, %d were promised", printed, promised)
	}
	day := first.Time()
	if want := time.Date(day.Year(), day.Month(), day.Day(), 20, 59, 59, 0, time.UTC); !st.OfflineUntil.Equal(want) {
		t.Errorf("until %v, the first sending day ends at %v", st.OfflineUntil, want)
	}
	if st := b.status(); st.OfflinePieces != 0 || !st.OfflineUntil.IsZero() || *st.Free < 0 {
		t.Errorf("afterwards %+v", st)
	}
	b.auditHolds()
}

// Where the office bounds the work without the post, the line ends with it, and so does the printing.
func TestOfflineHours(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	now := time.Now()
	b.Station.now = func() time.Time { return now }
	b.pulled()
	b.must(b.SetSetting(b.ctx, SettingOfflineHours, "2"))
	b.web.Close()
	if st := b.status(); st.OfflinePieces == 0 || st.OfflineUntil.Sub(now) > 2*time.Hour {
		t.Fatalf("%+v", st)
	}
	now = now.Add(2 * time.Hour)
	if st := b.status(); st.OfflinePieces != 0 || !st.OfflineUntil.IsZero() {
		t.Errorf("%+v", st)
	}
	_, err := b.Print(b.ctx, PrintOrder{Batch: b.purpose("fit", 12)}, nil, nil)
	var refused *Refused
	if !errors.As(err, &refused) || refused.Reasons[0].Key != "money.offline-over" {
		t.Errorf("printed beyond the bound: %v", err)
	}
}

// After the sending day has ended nothing is promised for it.
func TestOfflineBudgetEndsWithTheDay(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	b.pulled()
	until := b.status().OfflineUntil
	b.Station.now = func() time.Time { return until.Add(-time.Second) }
	before := b.status()
	b.Station.now = func() time.Time { return until.Add(time.Second) }
	after := b.status()
	if before.OfflinePieces == 0 || after.OfflinePieces >= before.OfflinePieces || !after.OfflineUntil.IsZero() && !after.OfflineUntil.After(until) {
		t.Errorf("%d until %v, then %d until %v", before.OfflinePieces, before.OfflineUntil, after.OfflinePieces, after.OfflineUntil)
	}
}

func TestPrefetch(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	now := time.Now()
	b.Station.now = func() time.Time { return now }
	quota := post.QuotaState{Used: 10, Allowed: 1000}
	b.quota = func() post.QuotaState { return quota }
	pulls := func(want bool, when string) {
		t.Helper()
		got, err := b.Prefetch(b.ctx)
		if err != nil || got != want {
			t.Errorf("%s: pulled %v, %v", when, got, err)
		}
	}
	pulls(true, "never pulled")
	pulls(false, "just pulled")
	now = now.Add(59 * time.Minute)
	pulls(false, "before the hour is over")
	now = now.Add(time.Minute)
	quota.Used = 501
	pulls(false, "with less than half of the calls left")
	quota.Used = 500
	pulls(true, "after an hour")
	now = now.Add(-24 * time.Hour)
	pulls(true, "after the clock was set back")
	b.must(b.SetSetting(b.ctx, SettingPrefetch, "0"))
	now = now.Add(24 * time.Hour)
	pulls(false, "turned off")
	b.must(b.SetSetting(b.ctx, SettingPrefetch, "10"))
	b.web.Close()
	if pulled, err := b.Prefetch(b.ctx); !pulled || !errors.Is(err, post.ErrUnreachable) {
		t.Errorf("without the network: %v, %v", pulled, err)
	}
	pulls(false, "tried a moment ago")
	now = now.Add(retryPrefetch)
	if pulled, _ := b.Prefetch(b.ctx); !pulled {
		t.Error("not tried again")
	}
}
