package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

func (c *command) printersCommand() *cobra.Command {
	return c.verb("printers", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
			type printerJSON struct {
				Name    string   `json:"name"`
				Kind    string   `json:"kind"`
				State   string   `json:"state"`
				Reasons []string `json:"reasons"`
				DPI     int      `json:"dpi"`
			}
			list := []printerJSON{}
			for _, p := range o.station.Printers(ctx) {
				list = append(list, printerJSON{p.Name, p.Kind, string(p.State), orEmpty(p.Words), p.DPI})
			}
			return c.answer(list, func(w io.Writer) {
				for _, p := range list {
					fmt.Fprintf(w, "%s  %s  %s\n", p.Name, c.text.Say("printer.state."+p.State, nil), strings.Join(p.Reasons, ", "))
				}
			})
		})
	})
}
