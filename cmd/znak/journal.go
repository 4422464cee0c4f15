package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"znak/store"
)

// journalCommand tells what was done to the office itself, as the ledger has it: who came and went, who changed operators, settings, printers, scanners, the account.
func (c *command) journalCommand() *cobra.Command {
	type entryJSON struct {
		At       string              `json:"at"`
		Who      string              `json:"who"`
		Operator *store.OperatorData `json:"operator,omitempty"`
		Office   *store.OfficeData   `json:"office,omitempty"`
		Restored bool                `json:"restored,omitempty"`
	}
	var limit int
	cmd := c.verb("journal", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
			list, err := o.station.Journal(ctx, limit)
			if err != nil {
				return err
			}
			document := []entryJSON{}
			for _, e := range list {
				document = append(document, entryJSON{e.At.UTC().Format(time.RFC3339), e.Who, e.Operator, e.Office, e.Operator == nil && e.Office == nil})
			}
			return c.answer(document, func(w io.Writer) {
				if len(list) == 0 {
					fmt.Fprintln(w, c.say("journal-empty", nil))
				}
				for _, e := range list {
					fmt.Fprintf(w, "%s  %s  %s\n", e.At.Local().Format("02.01.2006 15:04:05"), e.Who, e.Sentence(c.text))
				}
			})
		})
	})
	cmd.Short = c.say("journal", nil)
	cmd.Flags().IntVar(&limit, "limit", 100, c.say("flag.journal-limit", nil))
	return cmd
}
