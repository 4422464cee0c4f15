package station

import (
	"context"
	"time"

	"znak/app/hint"
	"znak/app/postal"
)

// budget tells what the station can do by itself.
//
// Without the network it can print the pieces of ready batches that are not on paper, in the order of their sending dates, as far as the free
// money reaches; a batch that does not fit leaves the money to the next. All of them can be printed until the first of their sending days ends in
// Moscow, after which the date in its marks is past, and no longer than the office lets the station work without the post.
//
// What will lack is what the open batches that nothing is reserved for need beyond the free money.
func (s *Station) budget(ctx context.Context, st *Status, views []BatchView, m money) error {
	end, err := s.offlineEnd(ctx)
	if err != nil {
		return err
	}
	for _, v := range views {
		if v.ApprovedAt.IsZero() && v.HandedAt.IsZero() && v.Status == postal.BatchCreated && v.Payment == postal.PaidByMark && v.UseOnlineBalance {
			st.InBatches += v.Sum
		}
	}
	if m.free != nil {
		lacking := max(st.InBatches-*m.free, 0)
		st.Lacking = &lacking
	}
	now := s.now()
	if !end.IsZero() && !now.Before(end) {
		return nil
	}
	st.OfflineUntil = end
	today := dayOf(now)
	var free postal.Kopecks
	if m.free != nil {
		free = *m.free
	}
	for _, v := range views { // by sending date
		if !v.Ready || v.ToPrint == 0 || v.SendingDate != "" && v.SendingDate < today {
			continue
		}
		if v.ApprovedAt.IsZero() && m.free != nil {
			if v.Sum > free {
				continue
			}
			free -= v.Sum
		}
		st.OfflinePieces += v.ToPrint
		if day := v.SendingDate.Time(); !day.IsZero() {
			over := time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, moscow).UTC()
			if st.OfflineUntil.IsZero() || over.Before(st.OfflineUntil) {
				st.OfflineUntil = over
			}
		}
	}
	if st.OfflinePieces == 0 {
		st.OfflineUntil = time.Time{}
	}
	return nil
}

// offlineEnd is when the office's own bound on work without the post is reached; zero where it has set none.
func (s *Station) offlineEnd(ctx context.Context) (time.Time, error) {
	hours, err := s.settingNumber(ctx, SettingOfflineHours)
	if err != nil || hours == 0 {
		return time.Time{}, err
	}
	c, err := s.lastContact(ctx)
	return c.LastOK.Add(time.Duration(hours) * time.Hour).UTC(), err
}

// checkOffline refuses to print beyond that bound.
func (s *Station) checkOffline(ctx context.Context) error {
	end, err := s.offlineEnd(ctx)
	if err != nil || end.IsZero() || s.now().Before(end) {
		return err
	}
	return refuse("money.offline-over", hint.Args{"Until": Clock(end)})
}

// keyPulled remembers when everything was last pulled.
const keyPulled = "pull.at"

// retryPrefetch is how long a pull that could not reach the post is left alone.
const retryPrefetch = 5 * time.Minute

// Prefetch pulls by itself when the last pull is older than the office's setting, so that tomorrow's batches are here before an outage. It leaves half of
// the day's calls to people. It is called on the window's beat and says whether it pulled.
func (s *Station) Prefetch(ctx context.Context) (bool, error) {
	minutes, err := s.settingNumber(ctx, SettingPrefetch)
	if err != nil || minutes == 0 || s.post == nil {
		return false, err
	}
	raw, ok, err := s.store.Setting(ctx, keyPulled)
	if err != nil {
		return false, err
	}
	if ok {
		last, err := time.Parse(time.RFC3339, raw)
		if age := s.now().Sub(last); err == nil && age >= 0 && age < time.Duration(minutes)*time.Minute {
			return false, nil
		}
	}
	c, err := s.lastContact(ctx)
	if err != nil {
		return false, err
	}
	if age := s.now().Sub(c.At); !c.OK && age >= 0 && age < retryPrefetch {
		return false, nil
	}
	if s.quota != nil {
		q := s.quota()
		if left, known := q.Left(); known && left < q.Allowed/2 {
			return false, nil
		}
	}
	_, err = s.Pull(ctx)
	return true, err
}
