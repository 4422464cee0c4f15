package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/outbox"
)

type deadJSON struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Batch  string `json:"batch"`
	Reason string `json:"reason"`
}

func (c *command) syncCommand() *cobra.Command {
	return c.verb("sync", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.with(ctx, func(o *office) error {
			r, err := o.station.Sync(ctx)
			dead := []deadJSON{}
			for _, d := range r.Dead {
				dead = append(dead, deadJSON{d.ID, d.Kind, d.Batch, c.reason(d.Reason)})
			}
			document := map[string]any{"sent": r.Sent, "pending": r.Pending, "dead": dead, "changed": r.Changed}
			told := c.answer(document, func(w io.Writer) {
				fmt.Fprintln(w, c.say("sync.done", hint.Args{"Sent": r.Sent, "Pending": r.Pending}))
				if r.Changed > 0 {
					fmt.Fprintln(w, c.say("sync.changed", hint.Args{"Count": r.Changed}))
				}
				for _, d := range dead {
					fmt.Fprintln(w, c.say("sync.dead", hint.Args{"Batch": d.Batch, "Reason": d.Reason, "ID": d.ID}))
				}
			})
			switch {
			case err != nil || told != nil:
				return errors.Join(err, told)
			case r.Pending > 0: // an answer was unclear or could not be had
				return errTold{&outbox.Unreachable{Err: errors.New("something still waits")}}
			case len(r.Dead) > 0:
				return errPerson
			}
			return nil
		})
	})
}

func (c *command) outboxCommand() *cobra.Command {
	cmd := c.verb("outbox", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
			items, err := o.station.Waiting(ctx)
			if err != nil {
				return err
			}
			type itemJSON struct {
				ID        string    `json:"id"`
				Kind      string    `json:"kind"`
				Batch     string    `json:"batch"`
				State     string    `json:"state"`
				Attempts  int       `json:"attempts"`
				Since     time.Time `json:"since"`
				NotBefore time.Time `json:"not_before"`
				Reason    string    `json:"reason,omitempty"`
			}
			list := []itemJSON{}
			for _, item := range items {
				j := itemJSON{item.ID, item.Kind, item.Key, item.State, item.Attempts, item.CreatedAt, item.NotBefore, ""}
				if key, args, ok := outbox.Hint(item); ok {
					j.Reason = c.text.Say(key, args)
				}
				list = append(list, j)
			}
			return c.answer(list, func(w io.Writer) {
				if len(list) == 0 {
					fmt.Fprintln(w, c.text.Say("outbox.none", nil))
				}
				for _, j := range list {
					fmt.Fprintf(w, "%s  %s  %s  %s\n", j.ID, c.text.Say("outbox.kind."+j.Kind, hint.Args{"Batch": j.Batch}), c.text.Say("outbox.state."+j.State, nil), j.Reason)
				}
			})
		})
	})
	act := func(use string, do func(o *office, ctx context.Context, id string) error) {
		sub := c.verb(use+" ID", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			return c.with(ctx, func(o *office) error { return do(o, ctx, args[0]) })
		})
		sub.Short = c.say("outbox."+use, nil)
		cmd.AddCommand(sub)
	}
	act("retry", func(o *office, ctx context.Context, id string) error { return o.station.Retry(ctx, id) })
	act("skip", func(o *office, ctx context.Context, id string) error { return o.station.Skip(ctx, id) })
	cmd.AddCommand(c.outboxExportCommand())
	return cmd
}
