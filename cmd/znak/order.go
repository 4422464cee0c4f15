package main

import (
	"bytes"
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
		raw, err := os.ReadFile(args[0])
		if err != nil {
			return errUse{errors.New(c.say("order.open", hint.Args{"File": args[0], "Error": err}))}
		}
		var orders []post.Order
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&orders); err != nil {
			return errUse{errors.New(c.say("order.file", hint.Args{"File": args[0], "Place": placeIn(raw, err), "Error": err}))}
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

// placeIn is where in a file of JSON an error is, bytes: where it knows that itself, else at the end.
func placeIn(raw []byte, err error) int64 {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &kind):
		return kind.Offset
	}
	return int64(len(raw))
}
