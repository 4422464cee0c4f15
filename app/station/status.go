package station

import (
	"context"
	"time"

	"znak/app/outbox"
	"znak/app/postal"
)

// Status is one look at the station, from what is stored here: it makes no call to the post.
func (s *Station) Status(ctx context.Context) (Status, error) {
	st := Status{States: map[postal.PieceState]int{}}
	views, err := s.Batches(ctx)
	if err != nil {
		return st, err
	}
	for _, v := range views {
		for state, n := range v.States {
			st.States[state] += n
		}
	}
	m, err := s.money(ctx)
	if err != nil {
		return st, err
	}
	st.Balance, st.BalanceOf, st.Reserved, st.Free, st.Spent, st.Unexplained = m.balance, m.of, m.reserved, m.free, m.spent, m.lost
	if err := s.budget(ctx, &st, views, m); err != nil {
		return st, err
	}
	items, err := s.courier.Waiting(ctx)
	if err != nil {
		return st, err
	}
	for _, item := range items {
		if item.State == outbox.Dead {
			st.Dead++
		} else {
			st.Pending++
		}
	}
	c, err := s.lastContact(ctx)
	if err != nil {
		return st, err
	}
	st.Online, st.LastContact = c.OK, c.LastOK
	if s.quota != nil {
		q := s.quota()
		st.QuotaUsed, st.QuotaAllowed = q.Used, q.Allowed
	}
	return st, nil
}

// moscow is the time the post counts its days in; the country has kept UTC+3 there since 2014.
var moscow = time.FixedZone("MSK", 3*60*60)

// Clock writes a moment for a person: in the time of this computer, whoever asks, so that a sentence, the window and a command never name one moment twice.
// Days are another matter: those that the post counts are Moscow's.
func Clock(t time.Time) string { return t.Local().Format("02.01.2006 15:04") }
