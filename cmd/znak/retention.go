package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"znak/app/hint"
)

// retentionCommand tells whose names and addresses are to be forgotten, and forgets them with --run.
func (c *command) retentionCommand() *cobra.Command {
	var run bool
	cmd := c.verb("retention", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		open := c.look
		if run {
			open = c.with
		}
		return open(ctx, func(o *office) error {
			r, err := o.station.Retention(ctx, run)
			if err != nil {
				return err
			}
			document := map[string]any{"days": r.Days, "before": timeOrNull(r.Before), "batches": orEmpty(r.Batches), "pieces": r.Pieces, "items": r.Items,
				"files": orEmpty(r.Files), "copies": orEmpty(r.Copies), "left": orEmpty(r.Left), "done": r.Done}
			err = c.answer(document, func(w io.Writer) {
				switch {
				case r.Days == 0:
					fmt.Fprintln(w, c.say("retention.never", nil))
				case r.Done:
					fmt.Fprintln(w, c.say("retention.done", hint.Args{"Count": r.Pieces, "Batches": len(r.Batches), "Files": len(r.Files), "Copies": len(r.Copies)}))
				default:
					fmt.Fprintln(w, c.say("retention.would", hint.Args{"Count": r.Pieces, "Batches": len(r.Batches), "Days": r.Days}))
				}
				for _, file := range r.Left {
					fmt.Fprintln(w, c.say("retention.left", hint.Args{"File": file}))
				}
			})
			if err == nil && len(r.Left) > 0 {
				return errPerson
			}
			return err
		})
	})
	cmd.Flags().BoolVar(&run, "run", false, c.say("flag.run", nil))
	return cmd
}
