package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// accountClearCommand signs the station out, unless something waits for the account.
func (c *command) accountClearCommand() *cobra.Command {
	cmd := c.verb("clear", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.with(ctx, func(o *office) error {
			if err := o.clearAccount(ctx); err != nil {
				return err
			}
			return c.answer(map[string]any{"cleared": true}, func(w io.Writer) { fmt.Fprintln(w, c.say("account.cleared", nil)) })
		})
	})
	cmd.Short = c.say("account.clear", nil)
	return cmd
}
