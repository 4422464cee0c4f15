package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
)

// invoiceCommand writes the memo with which an advance is paid.
func (c *command) invoiceCommand() *cobra.Command {
	var order station.InvoiceOrder
	var sum int64
	cmd := c.verb("invoice", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		order.Sum = postal.Kopecks(sum)
		if sum < 0 || (sum > 0) == (len(order.Batches) > 0) || order.Lacking && sum > 0 {
			return errUse{errors.New(c.say("invoice.flags", nil))}
		}
		return c.look(ctx, func(o *office) error {
			r, err := o.station.Invoice(ctx, order)
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"sum_kopecks": r.Sum, "purpose": r.Purpose, "file": r.File}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("invoice.done", hint.Args{"Sum": r.Sum, "Purpose": r.Purpose}))
				fmt.Fprintln(w, r.File)
			})
		})
	})
	cmd.Flags().Int64Var(&sum, "sum", 0, c.say("flag.sum", nil))
	cmd.Flags().StringSliceVar(&order.Batches, "for", nil, c.say("flag.for", nil))
	cmd.Flags().BoolVar(&order.Lacking, "lacking", false, c.say("flag.lacking", nil))
	cmd.Flags().StringVar(&order.File, "out", "", c.say("flag.out-file", nil))
	return cmd
}
