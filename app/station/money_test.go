package station

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"znak/app/post"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/store"
)

// handOne works on one batch, and the post learns of it.
func (b *bench) handOne(name string) {
	b.t.Helper()
	b.worked(name)
	s, err := b.Sync(b.ctx)
	b.must(err)
	if s.Sent != 1 {
		b.t.Fatalf("synced %+v", s)
	}
}

func (b *bench) money() MoneyReport {
	b.t.Helper()
	r, err := b.Money(b.ctx, store.ByBatch, "", "")
	b.must(err)
	return r
}

func (b *bench) status() Status {
	b.t.Helper()
	st, err := b.Status(b.ctx)
	b.must(err)
	return st
}

// Against the sandbox's own account: whether the balance is seen before the acceptance or after it, at the end the two agree to the kopeck.
func TestMoneyAgreesWithThePost(t *testing.T) {
	for _, early := range []bool{false, true} {
		t.Run(fmt.Sprint("balance first=", early), func(t *testing.T) {
			b := newBench(t, sandbox.Options{Seed: 3})
			b.pulled()
			name := b.purpose("fit", 12)
			v, err := b.Batch(b.ctx, name)
			b.must(err)
			sum := v.Sum
			began := b.money()
			if began.Stated == nil || began.Loaded != *began.Stated || began.Free != began.Loaded || began.Loaded == 0 {
				t.Fatalf("at first %+v", began.Purse)
			}
			b.handOne(name)
			if m := b.money(); m.Reserved != sum || m.Free != began.Free-sum || m.Spent != 0 {
				t.Fatalf("handed over %+v", m.Purse)
			}
			rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
			b.must(err)
			b.must(b.box.Refuse(string(rows[0].ShPI), 11))
			b.must(b.box.Advance(24 * time.Hour))
			paid := sum - rows[0].Mark.Value
			if early {
				b.must(b.pullBalance(b.ctx, &PullReport{}))
				m := b.money()
				if m.Unexplained != paid || m.Pending != paid || m.Free != began.Free-sum-paid || m.Reserved != sum {
					t.Fatalf("debited and not known: %+v", m.Purse)
				}
				if st := b.status(); *st.Free != m.Free || *st.Balance != began.Loaded-paid || st.Unexplained != paid {
					t.Fatalf("status %+v", st)
				}
			}
			b.synced()
			m := b.money()
			account := postal.Kopecks(b.box.Account().BalanceKopecks)
			if m.Spent != paid || m.Reserved != 0 || m.Loaded != began.Loaded || m.Free != account || *m.Stated != account || m.Unexplained != 0 || m.Pending != 0 {
				t.Fatalf("at the end %+v, the post has %d", m.Purse, account)
			}
			if len(m.Sums) != 1 || m.Sums[0].Key != name || m.Sums[0].Spent != paid || m.Sums[0].Held != 0 || m.Sums[0].Pieces != 11 {
				t.Errorf("sums %+v", m.Sums)
			}
			if want := map[bool]int{false: 1, true: 3}[early]; len(m.Differences) != want { // opening; loss and correction
				t.Errorf("differences %+v", m.Differences)
			}
			// Refused after all, and given back.
			b.must(b.box.Refuse(string(rows[1].ShPI), 7))
			b.synced()
			account = postal.Kopecks(b.box.Account().BalanceKopecks)
			if m := b.money(); m.Spent != paid-rows[1].Mark.Value || m.Free != account || m.Unexplained != 0 || len(m.Differences) != map[bool]int{false: 1, true: 3}[early] {
				t.Errorf("given back: %+v, the post has %d", m.Purse, account)
			}
			// Money comes in.
			b.must(b.box.SetBalance(int64(account)+77_700, ""))
			b.pulled()
			m = b.money()
			if last := m.Differences[len(m.Differences)-1]; last.Kind != store.MoneyGain || last.Kopecks != 77_700 || m.Loaded != began.Loaded+77_700 {
				t.Errorf("after a payment: %+v, %+v", m.Purse, last)
			}
			b.auditHolds()
		})
	}
}

// slowPost says what the post says, and lets something happen before the balance is answered.
type slowPost struct {
	Post
	before func()
}

func (p *slowPost) Balance(ctx context.Context) (post.Balance, error) {
	b, err := p.Post.Balance(ctx)
	if p.before != nil {
		f := p.before
		p.before = nil
		f()
	}
	return b, err
}

// A balance that was answered before another process learned of acceptances is asked for anew; otherwise it would look like a payment.
func TestBalanceOlderThanTheNewsIsAskedAgain(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	b.pulled()
	name := b.purpose("fit", 12)
	b.handOne(name)
	real := b.post
	b.post = &slowPost{real, func() {
		b.must(b.box.Advance(24 * time.Hour))
		_, err := b.takeNews(b.ctx)
		b.must(err)
	}}
	b.must(b.pullBalance(b.ctx, &PullReport{}))
	m := b.money()
	if m.Unexplained != 0 || len(m.Differences) != 1 || m.Spent == 0 || m.Book() != postal.Kopecks(b.box.Account().BalanceKopecks) {
		t.Errorf("%+v, differences %+v", m.Purse, m.Differences)
	}
	b.auditHolds()
}

// The balance is an optional capability: where there is none nothing is refused and nothing is promised.
func TestMoneyWithoutABalance(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3, BalanceMode: sandbox.BalanceNone})
	b.pulled()
	name := b.purpose("fit", 12)
	b.handOne(name)
	st := b.status()
	if st.Balance != nil || st.Free != nil || st.Lacking != nil || st.Reserved == 0 || st.OfflinePieces == 0 {
		t.Errorf("%+v", st)
	}
	b.must(b.box.SetBalance(5_000_000, sandbox.BalanceWorks))
	b.pulled()
	if st := b.status(); st.Free == nil || *st.Free != 5_000_000-st.Reserved {
		t.Errorf("%+v", st)
	}
	b.must(b.box.SetBalance(5_000_000, sandbox.BalanceOff))
	b.pulled()
	if st := b.status(); st.Free != nil || st.Balance != nil {
		t.Errorf("%+v", st)
	}
	b.auditHolds()
}

// What is promised to one batch is not promised to another, and a batch that leaves little says so before it is begun.
func TestFreeMoneyIsPromisedOnce(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	b.pulled()
	small, large := b.purpose("fit", 12), b.purpose("fit", 200)
	first, err := b.Batch(b.ctx, small)
	b.must(err)
	second, err := b.Batch(b.ctx, large)
	b.must(err)
	b.must(b.box.SetBalance(int64(second.Sum)+5_000, ""))
	b.pulled()
	first, err = b.Batch(b.ctx, small)
	b.must(err)
	second, err = b.Batch(b.ctx, large)
	b.must(err)
	if !first.Ready || first.Warning != nil || !second.Ready || second.Warning == nil || second.Warning.Key != "money.low" || second.Warning.Args["Left"] != postal.Kopecks(5_000) {
		t.Fatalf("warnings %v, %v", first.Warning, second.Warning)
	}
	// Both were looked at; the slower one is refused in the very change.
	_, err = b.Approve(b.ctx, large)
	b.must(err)
	err = b.store.Write(b.ctx, func(tx *store.Tx) error {
		_, err := reserve(tx, small)
		return err
	})
	var refused *Refused
	if !errors.As(err, &refused) || refused.Reasons[0].Key != "station.ready.money" || refused.Reasons[0].Args["Lacking"] != first.Sum-5_000 {
		t.Errorf("got %v", err)
	}
	if st := b.status(); *st.Free != 5_000 || st.Reserved != second.Sum || *st.Lacking != st.InBatches-5_000 {
		t.Errorf("%+v", st)
	}
	lost := b.money().Unexplained
	// The post takes money for something else: more is promised than there is.
	b.must(b.box.SetBalance(int64(second.Sum)-1, ""))
	b.pulled()
	second, err = b.Batch(b.ctx, large)
	b.must(err)
	if !second.Ready || second.Warning == nil || second.Warning.Key != "money.short" || second.Warning.Args["Lacking"] != postal.Kopecks(1) {
		t.Errorf("warning %v", second.Warning)
	}
	if st := b.status(); *st.Free != -1 || st.Unexplained != lost+5_001 || st.OfflinePieces != 200 {
		t.Errorf("%+v", st)
	}
	b.auditHolds()
}

// Whoever tops up the balance and prints or approves at once is not told that money is lacking; where the post does not say, what is known decides.
func TestTopUpIsSeenBeforeRefusing(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	name := b.purpose("fit", 12)
	b.must(b.box.SetBalance(100, ""))
	b.pulled()
	lacks := func(err error) bool {
		var refused *Refused
		return errors.As(err, &refused) && len(refused.Reasons) == 1 && refused.Reasons[0].Key == reasonMoney
	}
	if _, err := b.Print(b.ctx, PrintOrder{Batch: name}, nil, nil); !lacks(err) {
		t.Fatalf("printed for 1 rouble: %v", err)
	}
	b.must(b.box.SetBalance(5_000_000, ""))
	b.must(b.box.AddFault("balance 1..3 error500-before"))
	if _, err := b.Approve(b.ctx, name); !lacks(err) {
		t.Errorf("the post did not say how much there is: %v", err)
	}
	_, err := b.Approve(b.ctx, name)
	b.must(err)
	other := b.purpose("fit", 200)
	view, err := b.Batch(b.ctx, other)
	b.must(err)
	b.must(b.box.SetBalance(int64(b.status().Reserved+view.Sum)-1, ""))
	b.pulled()
	b.must(b.box.SetBalance(int64(b.status().Reserved+view.Sum), ""))
	if r, err := b.Print(b.ctx, PrintOrder{Batch: other, Limit: 3}, nil, nil); err != nil || r.Printed != 3 {
		t.Errorf("%+v %v", r, err)
	}
	b.auditHolds()
}

// A piece that is withdrawn at the post gives its money back, one whose mark changes its value moves the difference.
func TestMoneyFollowsTheBatchAtThePost(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 3})
	b.pulled()
	name := b.purpose("fit", 12)
	sum, err := b.Approve(b.ctx, name)
	b.must(err)
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: name})
	b.must(err)
	b.must(b.Delete(b.ctx, []postal.ShPI{rows[0].ShPI, rows[1].ShPI}))
	b.synced()
	if m := b.money(); m.Reserved != sum-rows[0].Mark.Value-rows[1].Mark.Value {
		t.Errorf("%+v", m.Purse)
	}
	b.must(b.box.ChangeMarks(name, sandbox.ChangeValue))
	b.pulled()
	v, err := b.Batch(b.ctx, name)
	b.must(err)
	if m := b.money(); m.Reserved != v.Sum || v.Sum == sum-rows[0].Mark.Value-rows[1].Mark.Value {
		t.Errorf("%+v, the batch is worth %d", m.Purse, v.Sum)
	}
	var revalued int
	entries, err := b.store.Money(b.ctx, store.MoneyQuery{Batch: name})
	b.must(err)
	for _, e := range entries {
		if e.Kind == store.MoneyRevalued {
			revalued++
		}
	}
	if revalued != 10 {
		t.Errorf("%d differences in %+v", revalued, entries)
	}
	b.must(b.SetCentre(b.ctx, name, "Суд"))
	if r, err := b.Money(b.ctx, store.ByCentre, "", ""); err != nil || len(r.Sums) != 1 || r.Sums[0].Key != "Суд" || r.Sums[0].Held != v.Sum {
		t.Errorf("%+v, %v", r.Sums, err)
	}
	var refused *Refused
	if err := b.SetCentre(b.ctx, "000", "Суд"); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
	b.auditHolds()
}

// The balance is asked for last: without its answer the pieces are here, the money is what it was, and the next pull makes it whole.
func TestPullWithoutTheBalance(t *testing.T) {
	for action, kind := range map[string]error{"timeout-before 20ms": post.ErrUnreachable, "error500-before": post.ErrUnreachable, "cut": post.ErrUnreachable,
		"509": post.ErrQuota, "html": post.ErrForeign, "foreign": post.ErrForeign} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{Seed: 5, Pieces: 6})
			b.pulled()
			before := b.money()
			b.must(b.box.ChangeMarks(b.purpose("fit", 6)))
			b.must(b.box.SetBalance(int64(before.Free)-100, ""))
			b.must(b.box.AddFault("balance 1..9 " + action))
			r, err := b.Pull(b.ctx)
			if !errors.Is(err, kind) || r.Changed != 6 || r.Balance != nil {
				t.Errorf("%+v, %v", r, err)
			}
			if after := b.money(); after.Purse.Accounts != before.Purse.Accounts || len(after.Differences) != 1 {
				t.Errorf("%+v, before %+v", after, before)
			}
			b.exhaust("balance")
			b.pulled()
			if after := b.money(); after.Free != before.Free-100 || after.Unexplained != 100 {
				t.Errorf("%+v", after)
			}
			b.auditHolds()
		})
	}
}
