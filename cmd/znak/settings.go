package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"znak/app/hint"
)

func (c *command) settingsCommand() *cobra.Command {
	cmd := c.verb("settings", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
			list, err := o.station.Settings(ctx)
			if err != nil {
				return err
			}
			document := map[string]string{}
			for _, s := range list {
				document[s.Key] = s.Value
			}
			return c.answer(document, func(w io.Writer) {
				for _, s := range list {
					fmt.Fprintf(w, "%s = %s    %s\n", s.Key, s.Value, c.text.Say("setting."+s.Key, hint.Args{"Default": s.Default}))
				}
			})
		})
	})
	set := c.verb("set KEY VALUE", cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error { return o.station.SetSetting(ctx, args[0], args[1]) })
	})
	set.Short = c.say("settings.set", nil)
	cmd.AddCommand(set)
	return cmd
}
