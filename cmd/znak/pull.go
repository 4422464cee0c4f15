package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
)

func (c *command) pullCommand() *cobra.Command {
	return c.verb("pull", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.with(ctx, func(o *office) error {
			r, err := o.station.Pull(ctx)
			if err != nil {
				return err
			}
			document := map[string]any{"balance_kopecks": r.Balance, "balance_as_of": orNull(r.BalanceOf), "batches": r.Batches, "pieces": r.Pieces,
				"api_calls": r.Calls, "changed": r.Changed, "stale": r.Stale, "problems": c.refusals(r.Problems)}
			return c.answer(document, func(w io.Writer) {
				fmt.Fprintln(w, c.say("pull.done", hint.Args{"Batches": r.Batches, "Count": r.Pieces, "Calls": r.Calls}))
				if r.Balance != nil {
					fmt.Fprintln(w, c.say("pull.balance", hint.Args{"Sum": *r.Balance, "Of": c.day(r.BalanceOf)}))
				} else {
					fmt.Fprintln(w, c.say("pull.no-balance", nil))
				}
				if r.Stale > 0 {
					fmt.Fprintln(w, c.say("pull.stale", hint.Args{"Count": r.Stale}))
				}
				c.list(w, r.Problems)
			})
		})
	})
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// day writes a day or a time of the store the office's way.
func (c *command) day(s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return station.Clock(t)
	}
	return postal.Date(s).Office()
}

type refusalJSON struct {
	ShPI   postal.ShPI `json:"shpi"`
	Reason string      `json:"reason"`
}

func (c *command) refusals(list []station.Refusal) []refusalJSON {
	out := []refusalJSON{}
	for _, r := range list {
		out = append(out, refusalJSON{r.ShPI, c.reason(r.Reason)})
	}
	return out
}

func (c *command) list(w io.Writer, list []station.Refusal) {
	const most = 20
	for i, r := range list {
		if i == most {
			fmt.Fprintln(w, c.say("more", hint.Args{"Count": len(list) - most}))
			return
		}
		fmt.Fprintf(w, "  %s  %s\n", r.ShPI.Grouped(), c.reason(r.Reason))
	}
}
