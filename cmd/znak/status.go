package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/station"
)

func (c *command) statusCommand() *cobra.Command {
	return c.verb("status", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
			s, err := o.station.Status(ctx)
			if err != nil {
				return err
			}
			document := map[string]any{"online": s.Online, "last_contact": timeOrNull(s.LastContact), "balance_kopecks": s.Balance, "balance_as_of": orNull(s.BalanceOf),
				"reserved_kopecks": s.Reserved, "free_kopecks": s.Free, "spent_kopecks": s.Spent,
				"in_batches_kopecks": s.InBatches, "lacking_kopecks": s.Lacking, "unexplained_kopecks": s.Unexplained, "offline_pieces": s.OfflinePieces, "offline_until": timeOrNull(s.OfflineUntil), "states": s.States,
				"outbox": map[string]int{"pending": s.Pending, "dead": s.Dead}, "quota": map[string]int{"used": s.QuotaUsed, "allowed": s.QuotaAllowed}}
			return c.answer(document, func(w io.Writer) {
				word := "status.offline"
				if s.Online {
					word = "status.online"
				}
				fmt.Fprintln(w, c.say(word, hint.Args{"Since": station.Clock(s.LastContact)}))
				if s.Balance != nil {
					fmt.Fprintln(w, c.say("status.money", hint.Args{"Sum": *s.Balance, "Of": c.day(s.BalanceOf), "Reserved": s.Reserved, "Free": *s.Free}))
				} else {
					fmt.Fprintln(w, c.say("status.no-balance", hint.Args{"Reserved": s.Reserved}))
				}
				fmt.Fprintln(w, c.text.Say("money.status", hint.Args{"Spent": s.Spent, "InBatches": s.InBatches}))
				if s.Lacking != nil && *s.Lacking > 0 {
					fmt.Fprintln(w, c.text.Say("money.lacking", hint.Args{"Lacking": *s.Lacking}))
				}
				if s.OfflinePieces > 0 {
					fmt.Fprintln(w, c.say("status.budget", hint.Args{"Count": s.OfflinePieces, "Until": station.Clock(s.OfflineUntil)}))
				}
				fmt.Fprintln(w, c.states(s.States))
				fmt.Fprintln(w, c.say("status.outbox", hint.Args{"Pending": s.Pending, "Dead": s.Dead}))
			})
		})
	})
}

func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

func (c *command) auditCommand() *cobra.Command {
	return c.verb("audit", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
			r, err := o.station.Audit(ctx)
			if err != nil {
				return err
			}
			var first any
			if r.FirstBad > 0 {
				first = r.FirstBad
			}
			err = c.answer(map[string]any{"events": r.Events, "ok": r.OK, "first_bad": first, "what": orNull(r.What)}, func(w io.Writer) {
				if r.OK {
					fmt.Fprintln(w, c.say("audit.ok", hint.Args{"Count": r.Events}))
				} else {
					fmt.Fprintln(w, c.say("audit.bad", hint.Args{"Event": r.FirstBad, "What": r.Finding()}))
				}
			})
			if err == nil && !r.OK {
				err = errPerson
			}
			return err
		})
	})
}
