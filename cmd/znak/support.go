package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"znak/app/hint"
)

// supportCommand writes the bundle for those who help the office.
func (c *command) supportCommand() *cobra.Command {
	var file string
	cmd := c.verb("support", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
			written, err := o.station.WriteSupport(ctx, file, versions(), c.say("support.readme", nil))
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"file": written}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("support.done", hint.Args{"File": written}))
			})
		})
	})
	cmd.Flags().StringVar(&file, "out", "", c.say("flag.out-file", nil))
	return cmd
}

// versions are those of the program and of what it is built on.
func versions() map[string]string {
	list := map[string]string{"go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return list
	}
	list["znak"] = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision", "vcs.time", "vcs.modified", "-tags":
			list[s.Key] = s.Value
		}
	}
	for _, m := range info.Deps {
		list["module "+m.Path] = m.Version
	}
	return list
}

// tellVersion says which program this is, in one line.
func (c *command) tellVersion() error {
	list := versions()
	return c.answer(list, func(w io.Writer) {
		fmt.Fprintln(w, strings.Join(slices.DeleteFunc([]string{"znak", list["znak"], list["vcs.revision"], list["go"], list["os"] + "/" + list["arch"]},
			func(part string) bool { return part == "" }), " "))
	})
}
