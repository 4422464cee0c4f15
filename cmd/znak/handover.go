package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/postal"
)

func (c *command) handoverCommand() *cobra.Command {
	return c.verb("handover BATCH", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			r, err := o.station.HandOver(ctx, args[0])
			missing := []postal.ShPI{}
			for _, m := range r.Missing {
				missing = append(missing, m.ShPI)
			}
			document := map[string]any{"batch": args[0], "verified": r.Verified, "missing": missing, "queued": r.Queued, "files": orEmpty(r.Files)}
			told := c.answer(document, func(w io.Writer) {
				if r.Queued {
					fmt.Fprintln(w, c.say("handover.done", hint.Args{"Batch": args[0], "Count": r.Verified}))
				}
				const most = 20
				for i, m := range r.Missing {
					if i == most {
						fmt.Fprintln(w, c.say("more", hint.Args{"Count": len(r.Missing) - most}))
						break
					}
					fmt.Fprintln(w, "  "+c.reason(m.Reason))
				}
				for _, f := range r.Files {
					fmt.Fprintln(w, f)
				}
			})
			return errors.Join(err, told)
		})
	})
}
