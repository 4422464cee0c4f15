package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/printer"
)

// printerSet changes what its flags name of an added printer's setup and leaves the rest; without flags it shows the setup.
func (c *command) printerSet() *cobra.Command {
	var language, confirm, uri string
	var dpi, slip int
	var options map[string]string
	var cmd *cobra.Command
	cmd = c.verb("set NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		changed := false
		change := func(setup *printer.Setup) {
			for flag, put := range map[string]func(){
				"language": func() { setup.Language = printer.Language(language) },
				"confirm":  func() { setup.Confirm = printer.Confirm(confirm) },
				"uri":      func() { setup.URI = uri },
				"dpi":      func() { setup.DPI = dpi },
				"slip":     func() { setup.Slip = slip },
				"option": func() {
					setup.Options = maps.Clone(setup.Options)
					if setup.Options == nil {
						setup.Options = map[string]string{}
					}
					for key, value := range options {
						if setup.Options[key] = value; value == "" { // as the printer itself is set
							delete(setup.Options, key)
						}
					}
				},
			} {
				if cmd.Flags().Changed(flag) {
					changed = true
					put()
				}
			}
		}
		open := c.with
		if change(&printer.Setup{}); !changed {
			open = c.look
		}
		return open(ctx, func(o *office) error {
			setup, err := o.station.PrinterSetup(ctx, args[0])
			if err != nil {
				return err
			}
			if changed {
				change(&setup)
				if err := o.station.ChangePrinter(ctx, setup); err != nil {
					return err
				}
			}
			return c.tellSetup(setup, o.station.PrinterChoices(setup))
		})
	})
	cmd.Flags().StringVar(&language, "language", "", c.say("flag.language", nil))
	cmd.Flags().StringVar(&confirm, "confirm", "", c.say("flag.confirm", nil))
	cmd.Flags().StringVar(&uri, "uri", "", c.say("flag.uri", nil))
	cmd.Flags().IntVar(&dpi, "dpi", 0, c.say("flag.dpi", nil))
	cmd.Flags().IntVar(&slip, "slip", 0, c.say("flag.slip", nil))
	cmd.Flags().StringToStringVar(&options, "option", nil, c.say("flag.option", nil))
	return cmd
}

// tellSetup answers with a setup, and with what its driver lets the office choose.
func (c *command) tellSetup(setup printer.Setup, can printer.Choices) error {
	type optionJSON struct {
		Name   string   `json:"name"`
		Values []string `json:"values,omitempty"`
		Min    *int     `json:"min,omitempty"`
		Max    *int     `json:"max,omitempty"`
		Usual  string   `json:"usual,omitempty"`
	}
	offered := []optionJSON{}
	for _, o := range can.Options {
		j := optionJSON{Name: o.Name, Values: o.Values, Usual: o.Usual}
		if o.Max > 0 {
			j.Min, j.Max = &o.Min, &o.Max
		}
		offered = append(offered, j)
	}
	set := setup.Options
	if set == nil {
		set = map[string]string{}
	}
	document := map[string]any{"name": setup.Name, "uri": setup.URI, "model": setup.Model, "language": setup.Language, "confirm": setup.Confirm, "dpi": setup.DPI, "slip": setup.Slip,
		"options": set, "offered": map[string]any{"language": orEmpty(can.Languages), "confirm": orEmpty(can.Confirm), "option": offered}}
	return c.answer(document, func(w io.Writer) {
		row := func(key, value, about string) {
			if value == "" || value == "0" {
				value = c.say("device.unset", nil)
			}
			fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%s = %s    %s", key, value, about), " "))
		}
		row("uri", setup.URI, "")
		row("language", string(setup.Language), joinWords(can.Languages))
		row("confirm", string(setup.Confirm), joinWords(can.Confirm))
		row("dpi", fmt.Sprint(setup.DPI), "")
		row("slip", fmt.Sprint(setup.Slip), "")
		for _, o := range can.Options {
			about := strings.Join(o.Values, ", ")
			if o.Max > 0 {
				about = c.say("device.range", hint.Args{"Min": o.Min, "Max": o.Max})
			}
			row(o.Name, setup.Options[o.Name], about)
		}
		for _, name := range slices.Sorted(maps.Keys(setup.Options)) {
			if !slices.ContainsFunc(can.Options, func(o printer.Option) bool { return o.Name == name }) {
				row(name, setup.Options[name], c.say("device.unused", nil))
			}
		}
	})
}

func joinWords[T ~string](list []T) string {
	var words []string
	for _, v := range list {
		words = append(words, string(v))
	}
	return strings.Join(words, ", ")
}
