package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"znak/app/postal"
	"znak/app/station"
)

// The changes of batches that the post is told of through the outbox: move, return, delete, archive.

func (c *command) moveCommand() *cobra.Command {
	return c.verb("move BATCH DATE", cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
		day, err := postal.ParseDate(args[1])
		if err != nil {
			return errUse{errors.New(c.say("change.date", nil))}
		}
		return c.change(ctx, func(s *station.Station) error { return s.MoveDate(ctx, args[0], day) })
	})
}

func (c *command) returnCommand() *cobra.Command {
	return c.piecesChange("return ШПИ…", (*station.Station).Return)
}

func (c *command) deleteCommand() *cobra.Command {
	return c.piecesChange("delete ШПИ…", (*station.Station).Delete)
}

func (c *command) archiveCommand() *cobra.Command {
	return c.verb("archive BATCH", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.change(ctx, func(s *station.Station) error { return s.Archive(ctx, args[0]) })
	})
}

func (c *command) piecesChange(use string, do func(*station.Station, context.Context, []postal.ShPI) error) *cobra.Command {
	return c.verb(use, cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		var ids []postal.ShPI
		for _, text := range args {
			id, err := postal.ParseShPI(text)
			if err != nil {
				return errUse{errors.New(c.text.Hint(err))}
			}
			ids = append(ids, id)
		}
		return c.change(ctx, func(s *station.Station) error { return do(s, ctx, ids) })
	})
}

// change queues one change and answers how many wait now.
func (c *command) change(ctx context.Context, do func(*station.Station) error) error {
	return c.with(ctx, func(o *office) error {
		if err := do(o.station); err != nil {
			return err
		}
		items, err := o.station.Waiting(ctx)
		if err != nil {
			return err
		}
		return c.answer(map[string]any{"queued": true, "pending": len(items)}, func(w io.Writer) { fmt.Fprintln(w, c.say("change.queued", nil)) })
	})
}
