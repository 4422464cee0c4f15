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
	rows, err := s.store.Batches(ctx)
	if err != nil {
		return st, err
	}
	m, err := s.money(ctx, rows)
	if err != nil {
		return st, err
	}
	st.Balance, st.BalanceOf, st.Reserved, st.Free = m.balance, m.of, m.reserved, m.free
	s.offline(&st, views, m)
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

// offline counts what can be printed without the network: the pieces of ready batches that are not on paper, in the order of their
// sending dates, as far as the free money reaches; and until when: the end of the last of these days, Moscow time, after which the date in the mark is past.
func (s *Station) offline(st *Status, views []BatchView, m money) {
	var free *postal.Kopecks
	if m.free != nil {
		v := *m.free
		free = &v
	}
	today := postal.DateOf(s.now().In(moscow))
	for _, v := range views {
		if !v.Ready || v.ToPrint == 0 || v.SendingDate != "" && v.SendingDate < today {
			continue
		}
		if v.ApprovedAt.IsZero() && free != nil {
			if v.Sum > *free {
				continue
			}
			*free -= v.Sum
		}
		st.OfflinePieces += v.ToPrint
		if end := v.SendingDate.Time(); !end.IsZero() {
			end = time.Date(end.Year(), end.Month(), end.Day(), 23, 59, 59, 0, moscow)
			if end.After(st.OfflineUntil) {
				st.OfflineUntil = end.UTC()
			}
		}
	}
}

// moscow is the time the post counts its days in; the country has kept UTC+3 there since 2014.
var moscow = time.FixedZone("MSK", 3*60*60)
