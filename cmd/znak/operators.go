package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/station"
)

// operatorCommand looks after who may sign in. PINs are read from standard input, one a line: that of --operator first, then the new one.
func (c *command) operatorCommand() *cobra.Command {
	group := c.group("operator")
	group.AddCommand(c.operatorAdd(), c.operatorList(), c.operatorRole(), c.operatorPIN("pin NAME", "operators.pin", (*station.Station).SetPIN),
		c.operatorPIN("reset NAME", "operators.reset", (*station.Station).ResetPIN), c.operatorBadge(), c.operatorRemove(), c.operatorRights())
	return group
}

func (c *command) operatorAdd() *cobra.Command {
	var role string
	cmd := c.verb("add NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			pin, err := c.pinLine(args[0])
			if err != nil {
				return err
			}
			if err := o.station.AddOperator(ctx, args[0], c.roleOf(role), pin); err != nil {
				return err
			}
			return c.tellOperator("added", args[0])
		})
	})
	cmd.Short = c.say("operators.add", nil)
	cmd.Flags().StringVar(&role, "role", string(station.RoleClerk), c.say("flag.role", nil))
	return cmd
}

// roleOf takes a role by its code or by its word.
func (c *command) roleOf(text string) station.Role {
	for _, r := range station.Roles {
		if strings.EqualFold(strings.TrimSpace(text), c.roleWord(r)) {
			return r
		}
	}
	return station.Role(strings.ToLower(strings.TrimSpace(text)))
}

func (c *command) roleWord(r station.Role) string {
	return c.text.Say("operator.role-word."+string(r), nil)
}

func (c *command) tellOperator(did, name string) error {
	return c.answer(map[string]any{"operator": name, "done": did}, func(w io.Writer) {
		fmt.Fprintln(w, c.say("operators.done."+did, hint.Args{"Who": name}))
	})
}

func (c *command) operatorList() *cobra.Command {
	type operatorJSON struct {
		Name  string       `json:"name"`
		Role  station.Role `json:"role"`
		Badge bool         `json:"badge"`
		Added *string      `json:"added_at"`
		Until *string      `json:"no_pin_until"`
	}
	cmd := c.verb("list", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
			list, err := o.station.Operators(ctx)
			if err != nil {
				return err
			}
			document := []operatorJSON{}
			for _, p := range list {
				document = append(document, operatorJSON{p.Name, p.Role, p.Badge, utc(p.At), utc(p.Until)})
			}
			return c.answer(document, func(w io.Writer) {
				for _, p := range list {
					line := fmt.Sprintf("%-24s  %s", p.Name, c.roleWord(p.Role))
					if p.Badge {
						line += "  " + c.say("operators.has-badge", nil)
					}
					if !p.Until.IsZero() {
						line += "  " + c.say("operators.until", hint.Args{"Until": station.Clock(p.Until)})
					}
					fmt.Fprintln(w, line)
				}
			})
		})
	})
	cmd.Short = c.say("operators.list", nil)
	return cmd
}

// utc is a time as scripts read it; nil where there is none.
func utc(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}

func (c *command) operatorRole() *cobra.Command {
	cmd := c.verb("role NAME ROLE", cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			if err := o.station.SetRole(ctx, args[0], c.roleOf(args[1])); err != nil {
				return err
			}
			return c.tellOperator("role", args[0])
		})
	})
	cmd.Short = c.say("operators.role", nil)
	return cmd
}

// operatorPIN gives a person a new PIN: as they or an admin may, or as the owner of the data folder may.
func (c *command) operatorPIN(use, about string, set func(*station.Station, context.Context, string, string) error) *cobra.Command {
	cmd := c.verb(use, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			pin, err := c.pinLine(args[0])
			if err != nil {
				return err
			}
			if err := set(o.station, ctx, args[0], pin); err != nil {
				return err
			}
			return c.tellOperator("pin", args[0])
		})
	})
	cmd.Short = c.say(about, nil)
	return cmd
}

func (c *command) operatorBadge() *cobra.Command {
	var file string
	var void bool
	cmd := c.verb("badge NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		if void && file != "" {
			return errUse{errors.New(c.say("operators.badge-flags", nil))}
		}
		return c.with(ctx, func(o *office) error {
			if void {
				if err := o.station.VoidBadge(ctx, args[0]); err != nil {
					return err
				}
				return c.tellOperator("no-badge", args[0])
			}
			path, err := o.station.WriteBadge(ctx, args[0], file, c.text)
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"operator": args[0], "file": path}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("operators.done.badge", hint.Args{"Who": args[0], "File": path}))
			})
		})
	})
	cmd.Short = c.say("operators.badge", nil)
	cmd.Flags().StringVar(&file, "out", "", c.say("flag.badge-out", nil))
	cmd.Flags().BoolVar(&void, "void", false, c.say("flag.badge-void", nil))
	return cmd
}

func (c *command) operatorRemove() *cobra.Command {
	cmd := c.verb("remove NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			if err := o.station.RemoveOperator(ctx, args[0]); err != nil {
				return err
			}
			return c.tellOperator("removed", args[0])
		})
	})
	cmd.Short = c.say("operators.remove", nil)
	return cmd
}

func (c *command) operatorRights() *cobra.Command {
	type rightJSON struct {
		Act   station.Act    `json:"act"`
		Roles []station.Role `json:"roles"`
	}
	cmd := c.verb("rights", cobra.NoArgs, func(context.Context, []string) error {
		document := []rightJSON{}
		for _, r := range station.Rights() {
			document = append(document, rightJSON(r))
		}
		return c.answer(document, func(w io.Writer) {
			for _, r := range station.Rights() {
				var words []string
				for _, role := range r.Roles {
					words = append(words, c.roleWord(role))
				}
				fmt.Fprintf(w, "%s: %s\n", c.text.Say("operator.act."+string(r.Act), nil), strings.Join(words, ", "))
			}
		})
	})
	cmd.Short = c.say("operators.rights", nil)
	return cmd
}
