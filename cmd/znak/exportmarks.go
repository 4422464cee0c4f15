package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
)

// exportMarksCommand writes the registry of the marks used in a period for the accountant.
func (c *command) exportMarksCommand() *cobra.Command {
	var period periodFlags
	var encoding string
	order := station.RegistryOrder{}
	cmd := c.verb("export-marks", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		var err error
		if order.From, order.To, err = c.period(period); err != nil {
			return err
		}
		if order.Format != station.RegistryXLSX && order.Format != station.RegistryCSV {
			return errUse{errors.New(c.say("export-marks.format", nil))}
		}
		order.CSV.Encoding = exchange.Encoding(encoding)
		if order.CSV.Encoding != exchange.CP1251 && order.CSV.Encoding != exchange.UTF8 {
			return errUse{errors.New(c.say("export-marks.encoding", nil))}
		}
		return c.look(ctx, func(o *office) error {
			totals, file, err := o.station.WriteRegistry(ctx, order, c.text)
			if err != nil {
				return err
			}
			document := map[string]any{"from": order.From, "to": order.To, "rows": totals.Rows, "value_kopecks": totals.Value, "rate_kopecks": totals.Rate,
				"vat_kopecks": totals.VAT, "refused": totals.Refused, "refused_kopecks": totals.RefusedValue, "file": file}
			return c.answer(document, func(w io.Writer) {
				fmt.Fprintln(w, c.say("export-marks.done", hint.Args{"Count": totals.Rows, "Sum": totals.Value}))
				if totals.Refused > 0 {
					fmt.Fprintln(w, c.say("export-marks.refused", hint.Args{"Count": totals.Refused, "Sum": totals.RefusedValue}))
				}
				fmt.Fprintln(w, file)
			})
		})
	})
	c.periodFlags(cmd, &period)
	cmd.Flags().StringVar(&order.Format, "format", station.RegistryXLSX, c.say("flag.format", nil))
	cmd.Flags().StringVar(&encoding, "encoding", string(exchange.CP1251), c.say("flag.encoding", nil))
	cmd.Flags().BoolVar(&order.CSV.GuardTexts, "guard-texts", false, c.say("flag.guard-texts", nil))
	cmd.Flags().StringVar(&order.File, "out", "", c.say("flag.out-file", nil))
	return cmd
}

// periodFlags are the days of --from and --to as they were typed.
type periodFlags struct{ from, to string }

func (c *command) periodFlags(cmd *cobra.Command, p *periodFlags) {
	cmd.Flags().StringVar(&p.from, "from", "", c.say("flag.from", nil))
	cmd.Flags().StringVar(&p.to, "to", "", c.say("flag.to", nil))
}

// period reads the days: 2026-11-21 or 21.11.2026, both ends included.
func (c *command) period(p periodFlags) (from, to postal.Date, err error) {
	if p.from == "" || p.to == "" {
		return "", "", errUse{errors.New(c.say("period", nil))}
	}
	days := [2]postal.Date{}
	for i, s := range [2]string{p.from, p.to} {
		if t, err := time.Parse("02.01.2006", s); err == nil {
			days[i] = postal.DateOf(t)
			continue
		}
		if days[i], err = postal.ParseDate(s); err != nil {
			return "", "", errUse{errors.New(c.text.Hint(err))}
		}
	}
	return days[0], days[1], nil
}
