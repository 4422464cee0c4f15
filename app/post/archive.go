package post

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"znak/app/postal"
)

// Archive lists the archived batches.
func (c *Client) Archive(ctx context.Context) ([]postal.Batch, error) {
	return c.batchPages(ctx, "/1.0/archive")
}

// PutArchive moves batches into the archive.
func (c *Client) PutArchive(ctx context.Context, names []string) (Result[string], error) {
	return c.archive(ctx, call{method: http.MethodPut, pattern: "/1.0/archive"}, names)
}

// Unarchive takes batches out of the archive.
func (c *Client) Unarchive(ctx context.Context, names []string) (Result[string], error) {
	return c.archive(ctx, call{method: http.MethodPost, pattern: "/1.0/archive/revert"}, names)
}

// archive reads a list whose elements are names or objects {"batch-name","error-code"}: the copies of the contract
// disagree (facts/otpravka-api.md §2.5).
func (c *Client) archive(ctx context.Context, k call, names []string) (r Result[string], err error) {
	if len(names) == 0 {
		return r, nil
	}
	k.body, k.timeout = names, c.timeouts.Change
	err = c.do(ctx, k, func(a *answer) error {
		r = Result[string]{}
		err := readList(a.body, func(i int, raw json.RawMessage) error {
			if name, ok := scalar(raw); ok {
				raw, _ = json.Marshal(map[string]string{"batch-name": name})
			}
			o, err := parseObject(raw, place(i))
			if err != nil {
				return err
			}
			name := o.text("batch-name")
			at := slices.Index(names, name)
			if at < 0 {
				return &FieldError{Path: o.place("batch-name"), Want: "a name that was sent", Got: "something else"}
			}
			if why, refused := refusalIn(o); refused {
				e := why.error(http.StatusOK)
				e.Call, e.Position, e.Item = k.String(), at, name
				r.Refused = append(r.Refused, e)
			} else {
				r.Accepted = append(r.Accepted, name)
			}
			return o.err()
		})
		r.settle(names)
		a.scrub.all(r.Refused)
		return err
	})
	if err != nil {
		return Result[string]{Silent: names}, err
	}
	return r, nil
}
