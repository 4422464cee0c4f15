package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// keyBalance holds, as JSON, what the last question for the balance brought. The sums themselves are in the money ledger (store, money.go).
const keyBalance = "pull.balance"

// knownBalance says whether the account has a usable balance and when the post last stated it.
type knownBalance struct {
	Known bool   `json:"known"`
	Of    string `json:"of"` // the day, or the time of asking where the post names no day
}

// money is what is known of the account here. Without a usable balance the first three are empty, and nothing is refused for want of money.
type money struct {
	balance  *postal.Kopecks // as the post last stated it
	of       string
	free     *postal.Kopecks // what new batches may use
	reserved postal.Kopecks
	spent    postal.Kopecks
	lost     postal.Kopecks // falls of the balance that nothing explains, or nothing yet
	low      postal.Kopecks // a batch that leaves less is begun with a warning
}

func (s *Station) money(ctx context.Context) (money, error) {
	p, err := s.store.Purse(ctx)
	if err != nil {
		return money{}, err
	}
	m := money{reserved: p.Reserved, spent: p.Spent, lost: p.Unexplained}
	low, err := s.settingNumber(ctx, SettingLowBalance)
	if err != nil {
		return m, err
	}
	m.low = postal.Kopecks(low)
	raw, _, err := s.store.Setting(ctx, keyBalance)
	if err != nil {
		return m, err
	}
	if known, err := readBalance(raw); err != nil || !known.Known || p.Stated == nil {
		return m, err
	} else {
		m.of = known.Of
	}
	m.balance, m.free = p.Stated, &p.Free
	return m, nil
}

func readBalance(raw string) (known knownBalance, err error) {
	if raw == "" {
		return known, nil
	}
	if err := json.Unmarshal([]byte(raw), &known); err != nil {
		return known, fmt.Errorf("stored balance: %w", err)
	}
	return known, nil
}

// pullBalance asks for the balance, an optional capability: that an account has none is not an error. It comes after the news of the pieces, so that
// what the post has debited is mostly known by then. A balance that is not the one reckoned here, or not the one stated last, becomes an event.
func (s *Station) pullBalance(ctx context.Context, r *PullReport) error {
	for {
		before, err := s.store.Purse(ctx)
		if err != nil {
			return err
		}
		b, err := s.post.Balance(ctx)
		if err != nil {
			return err
		}
		known := knownBalance{Known: b.Known}
		if b.Known {
			if known.Of = string(b.AsOf); known.Of == "" {
				known.Of = s.now().UTC().Format(time.RFC3339)
			}
			r.Balance, r.BalanceOf = &b.Kopecks, known.Of
		}
		raw, err := json.Marshal(known)
		if err != nil {
			return err
		}
		err = s.store.Write(ctx, func(tx *store.Tx) error {
			now, err := tx.Purse()
			switch {
			case err != nil:
				return err
			case now.Spent != before.Spent:
				return errSpentMeanwhile
			case b.Known && (now.Stated == nil || *now.Stated != b.Kopecks || now.Book() != b.Kopecks):
				data := store.BalanceData{Kopecks: b.Kopecks, Of: known.Of}
				if err := tx.Record(store.NewEvent{Kind: postal.EventBalance, Data: data}); err != nil {
					return err
				}
			}
			return tx.SetSetting(keyBalance, string(raw))
		})
		if !errors.Is(err, errSpentMeanwhile) {
			return err
		}
	}
}

// errSpentMeanwhile says that another process has learned of acceptances while the post was being asked: the answer may be older than they are.
var errSpentMeanwhile = errors.New("accepted pieces became known while the balance was asked for")

// Approve records the office's own yes for a batch and reserves its sum. Approving again changes nothing.
func (s *Station) Approve(ctx context.Context, name string) (sum postal.Kopecks, err error) {
	ctx, err = s.as(ctx, ActApprove)
	if err != nil {
		return 0, err
	}
	v, err := s.Batch(ctx, name)
	if err != nil {
		return 0, err
	}
	if !v.ApprovedAt.IsZero() {
		return v.ApprovedSum, nil
	}
	if v, err = s.freshenMoney(ctx, v); err != nil {
		return 0, err
	}
	var left []Reason
	for _, r := range v.Reasons {
		if r.Key != "station.ready.approval" {
			left = append(left, r)
		}
	}
	if len(left) > 0 {
		return 0, &Refused{left}
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		sum, err = reserve(tx, name)
		return err
	})
	return sum, err
}

// reserve approves a batch, unless it is already, out of the money that is free in this very change: two who approve at once cannot both promise it.
func reserve(tx *store.Tx, name string) (postal.Kopecks, error) {
	row, err := tx.Batch(name)
	if err != nil || !row.ApprovedAt.IsZero() {
		return row.ApprovedSum, err
	}
	raw, _, err := tx.Setting(keyBalance)
	if err != nil {
		return 0, err
	}
	known, err := readBalance(raw)
	if err != nil {
		return 0, err
	}
	p, err := tx.Purse()
	if err != nil {
		return 0, err
	}
	if known.Known && p.Stated != nil && row.MarkSum > p.Free {
		return 0, refuse(reasonMoney, hint.Args{"Sum": row.MarkSum, "Free": p.Free, "Lacking": row.MarkSum - p.Free})
	}
	return row.MarkSum, approve(tx, row)
}

// approve reserves the money of a batch, whether there is so much or not.
func approve(tx *store.Tx, row store.BatchRow) error {
	return tx.Record(store.NewEvent{Kind: postal.EventBatchApproved, Batch: row.Name, Data: store.ApprovedData{SumKopecks: row.MarkSum}})
}

// warning is what a person should know of the money before a batch is begun; nil: nothing.
func (m money) warning(v BatchView) *Reason {
	if m.free == nil || !v.Ready || v.ToPrint == 0 {
		return nil
	}
	left := *m.free
	if v.ApprovedAt.IsZero() {
		left -= v.Sum
	}
	switch {
	case left < 0:
		return &Reason{"money.short", hint.Args{"Lacking": -left}}
	case left < m.low && v.ApprovedAt.IsZero():
		return &Reason{"money.low", hint.Args{"Batch": v.Name, "Left": left, "Low": m.low}}
	}
	return nil
}

// MoneyReport is the account with its movements added up.
type MoneyReport struct {
	store.Purse
	BalanceOf   string
	Sums        []store.MoneySum
	Differences []store.MoneyEntry // the opening, gains, losses and corrections of the period
}

// Money adds the movements of the days from and to up, both included; an empty day is no bound. The accounts' sums are those of now.
func (s *Station) Money(ctx context.Context, by store.MoneyBy, from, to postal.Date) (MoneyReport, error) {
	var r MoneyReport
	if from != "" && to != "" {
		if err := CheckPeriod(from, to); err != nil {
			return r, err
		}
	}
	m, err := s.money(ctx)
	if err != nil {
		return r, err
	}
	r.BalanceOf = m.of
	if r.Purse, err = s.store.Purse(ctx); err != nil {
		return r, err
	}
	q := store.MoneyQuery{From: from, To: to}
	if r.Sums, err = s.store.MoneySums(ctx, by, q); err != nil {
		return r, err
	}
	q.Account = true
	r.Differences, err = s.store.Money(ctx, q)
	return r, err
}

// SetCentre names the cost centre of a batch; "" takes it away. A batch not known here is refused.
func (s *Station) SetCentre(ctx context.Context, batch, name string) error {
	ctx, err := s.as(ctx, ActMoney)
	if err != nil {
		return err
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error { return tx.SetCentre(batch, name) })
	if errors.Is(err, store.ErrNotFound) {
		return refuse("station.batch-unknown", hint.Args{"Batch": batch})
	}
	return err
}

// settingNumber reads a setting of kind "number".
func (s *Station) settingNumber(ctx context.Context, key string) (int, error) {
	v, err := s.setting(ctx, key)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return 0, fmt.Errorf("setting %s: %w", key, err)
	}
	return n, nil
}
