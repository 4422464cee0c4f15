package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/post"
)

// orderCommand queues new pieces for «Новые» from a file: a JSON array in the post's own field names.
func (c *command) orderCommand() *cobra.Command {
	return c.verb("order FILE", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		file, err := os.Open(args[0])
		if err != nil {
			return errUse{errors.New(c.say("order.open", hint.Args{"File": args[0], "Error": err}))}
		}
		defer file.Close()
		var orders []post.Order
		dec := json.NewDecoder(file)
		dec.DisallowUnknownFields()
		if err := dec.Decode(&orders); err != nil {
			return errUse{errors.New(c.say("order.file", hint.Args{"File": args[0], "Place": dec.InputOffset(), "Error": err}))}
		}
		return c.with(ctx, func(o *office) error {
			if err := o.station.QueueOrders(ctx, orders); err != nil {
				return err
			}
			return c.answer(map[string]any{"queued": len(orders)}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("order.queued", hint.Args{"Count": len(orders)}))
			})
		})
	})
}
