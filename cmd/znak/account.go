package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/secret"
)

func (c *command) accountCommand() *cobra.Command {
	group := c.group("account")
	var address, login string
	set := c.verb("set", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		if address == "" || login == "" {
			return errUse{errors.New(c.say("account.flags", nil))}
		}
		return c.with(ctx, func(o *office) error { // a PIN, where one is needed, is the line before
			lines := bufio.NewScanner(c.in)
			var secrets []string
			for len(secrets) < 2 && lines.Scan() {
				secrets = append(secrets, strings.TrimSpace(lines.Text()))
			}
			if len(secrets) < 2 || secrets[0] == "" || secrets[1] == "" {
				return errUse{errors.New(c.say("account.lines", nil))}
			}
			if err := o.setAccount(ctx, address, secret.Account{Login: login, Token: secrets[0], Password: secrets[1]}); err != nil {
				return err
			}
			return c.answer(map[string]any{"post": address, "kept": o.secrets.Kind}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("account.saved."+o.secrets.Kind, hint.Args{"Post": address}))
			})
		})
	})
	set.Short = c.say("account.set", nil)
	set.Flags().StringVar(&address, "post", "", c.say("flag.post", nil))
	set.Flags().StringVar(&login, "user", "", c.say("flag.user", nil))
	group.AddCommand(set, c.accountClearCommand())
	return group
}
