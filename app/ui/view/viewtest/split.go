package viewtest

import (
	"context"

	"znak/app/postal"
)

func (s *Station) Return(_ context.Context, ids []postal.ShPI) error { return s.call("return %v", ids) }
