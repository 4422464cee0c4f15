package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"znak/app/hint"
)

// backupCommand writes a checked copy of the store. It reads only, so that a store on a disk that fails can still be saved.
func (c *command) backupCommand() *cobra.Command {
	return c.verb("backup [FILE]", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		file := ""
		if len(args) == 1 {
			var err error
			if file, err = filepath.Abs(args[0]); err != nil {
				return errUse{err}
			}
		}
		return c.look(ctx, func(o *office) error {
			made, err := o.station.Backup(ctx, file)
			if err != nil {
				return err
			}
			document := map[string]any{"file": made.Path, "events": made.Events, "bytes": made.Bytes, "last_event": timeOrNull(made.Last)}
			return c.answer(document, func(w io.Writer) {
				fmt.Fprintln(w, c.say("backup.done", hint.Args{"File": made.Path, "Count": made.Events, "Size": megabytes(made.Bytes)}))
			})
		})
	})
}

// megabytes writes a size for a person.
func megabytes(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1e6) }
