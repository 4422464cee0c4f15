package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/postal"
)

// evidenceCommand writes what can be proved of a batch.
func (c *command) evidenceCommand() *cobra.Command {
	var dir string
	cmd := c.verb("evidence BATCH", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.look(ctx, func(o *office) error {
			r, err := o.station.WriteEvidence(ctx, args[0], dir, c.text)
			if err != nil {
				return err
			}
			type differenceJSON struct {
				ShPI   postal.ShPI `json:"shpi"`
				Reason string      `json:"reason"`
			}
			differences := []differenceJSON{}
			for _, d := range r.Differences() {
				differences = append(differences, differenceJSON{d.ShPI, c.text.Say(d.Key, nil)})
			}
			t := r.Totals()
			document := map[string]any{"batch": args[0], "pieces": t.Pieces, "listed": t.Listed, "printed": t.Printed, "scanned": t.Scanned,
				"accepted": t.Accepted, "refused": t.Refused, "copies": t.Copies, "reprints": t.Reprints, "sum_kopecks": t.Value,
				"accepted_kopecks": t.AcceptedValue, "differences": differences, "ledger_ok": r.Ledger.Holds, "first_event": r.Ledger.First,
				"last_event": r.Ledger.Last, "files": r.Files}
			err = c.answer(document, func(w io.Writer) {
				fmt.Fprintln(w, c.say("evidence.done", hint.Args{"Batch": args[0], "Pieces": t.Pieces, "Listed": t.Listed, "Printed": t.Printed,
					"Scanned": t.Scanned, "Accepted": t.Accepted, "Differences": len(differences)}))
				if !r.Ledger.Holds {
					fmt.Fprintln(w, c.text.Say("paper.evidence.broken", hint.Args{"Seq": r.Ledger.FirstBad, "What": r.Ledger.What}))
				}
				for _, f := range r.Files {
					fmt.Fprintln(w, f)
				}
			})
			if err == nil && !r.Ledger.Holds {
				return errPerson
			}
			return err
		})
	})
	cmd.Flags().StringVar(&dir, "out", "", c.say("flag.out-dir", nil))
	return cmd
}
