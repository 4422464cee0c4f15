package station

import (
	"context"
	"time"

	"znak/store"
)

// mayRestore asks the store in use whether the person at the station may put another in its place. One that cannot be read tells nothing: a restore is what it needs, and
// whoever can damage it owns the data folder.
func mayRestore(ctx context.Context, path string, p RestoreParams) (context.Context, error) {
	now, err := store.Open(ctx, store.Params{Path: path, ReadOnly: true})
	if err != nil {
		p.Log.Warn("the store in use does not say who may restore", "error", err)
		return ctx, nil
	}
	defer now.Close() // read only
	s := &Station{store: now, session: p.Session, now: p.Now}
	if s.session == nil {
		s.session = NewSession()
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s.as(ctx, ActRestore)
}
