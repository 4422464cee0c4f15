package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"znak/app/hint"
)

// usage writes the help page of a command in the shape that cobra gives it, in the person's language.
func (c *command) usage(cmd *cobra.Command) error {
	var page strings.Builder
	head := func(key string) { fmt.Fprintf(&page, "\n%s\n", c.say(key, nil)) }
	fmt.Fprintf(&page, "%s\n  %s\n", c.say("help.usage", nil), cmd.UseLine())
	if cmd.HasAvailableSubCommands() {
		head("help.commands")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(&page, "  %-*s %s\n", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	if cmd.HasAvailableLocalFlags() {
		head("help.flags")
		page.WriteString(c.flags(cmd.LocalFlags()))
	}
	if cmd.HasAvailableInheritedFlags() {
		head("help.common")
		page.WriteString(c.flags(cmd.InheritedFlags()))
	}
	_, err := io.WriteString(cmd.OutOrStderr(), page.String())
	return err
}

var upperWord = regexp.MustCompile(`[A-Z]{2,}`)

// flags lists flags with the kind of value each wants and what holds without it.
func (c *command) flags(set *pflag.FlagSet) string {
	type row struct{ left, right string }
	var rows []row
	width := 0
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		r := row{"      --" + f.Name, f.Usage}
		if f.Shorthand != "" {
			r.left = "  -" + f.Shorthand + ", --" + f.Name
		}
		if f.Value.Type() != "bool" {
			r.left += " " + c.kindOf(f)
		}
		if !slices.Contains([]string{"", "0", "0s", "false", "[]"}, f.DefValue) {
			r.right += " (" + c.say("help.default", nil) + " " + f.DefValue + ")"
		}
		width = max(width, utf8.RuneCountInString(r.left))
		rows = append(rows, r)
	})
	var page strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&page, "%s%s   %s\n", r.left, strings.Repeat(" ", width-utf8.RuneCountInString(r.left)), r.right)
	}
	return page.String()
}

// kindOf names the kind of value that a flag wants.
func (c *command) kindOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int", "int64", "uint64":
		return c.say("kind.number", nil)
	case "duration":
		return c.say("kind.duration", nil)
	case "stringToString":
		return c.say("kind.pair", nil)
	case "stringSlice":
		return c.say("kind.list", nil)
	case "bool":
		return c.say("kind.bool", nil)
	}
	return c.say("kind.text", nil)
}

// arguments writes the names of a command's arguments in the person's language: "print BATCH" is "print ПАРТИЯ".
func (c *command) arguments(use string) string {
	return upperWord.ReplaceAllStringFunc(use, func(name string) string {
		if word := c.say("argument."+strings.ToLower(name), nil); !strings.HasPrefix(word, "cmd.") {
			return word
		}
		return name
	})
}

// misuse says in the person's language what cobra has found wrong with flags and commands: its own words are English.
func (c *command) misuse(err error) string {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	var shape *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		name := "--" + unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			name = "-" + unknown.GetSpecifiedName()
		}
		return c.say("usage.flag", hint.Args{"Flag": name})
	case errors.As(err, &bare):
		return c.say("usage.flag-bare", hint.Args{"Flag": "--" + bare.GetFlag().Name, "Kind": c.kindOf(bare.GetFlag())})
	case errors.As(err, &wrong):
		kind := c.kindOf(wrong.GetFlag())
		if wrong.GetFlag().Value.Type() == "duration" {
			kind = c.say("kind.duration-like", nil)
		}
		return c.say("usage.flag-value", hint.Args{"Flag": "--" + wrong.GetFlag().Name, "Value": wrong.GetValue(), "Kind": kind})
	case errors.As(err, &shape):
		return c.say("usage.flag-shape", hint.Args{"Flag": shape.GetSpecifiedFlag()})
	}
	if rest, ok := strings.CutPrefix(err.Error(), unknownCommand); ok { // cobra has no type for it
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(rest), `"`), `"`)
		return c.say("usage.command", hint.Args{"Command": name})
	}
	return strings.TrimSuffix(err.Error(), ".")
}

const unknownCommand = "unknown command"
