package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/station"
)

// restoreCommand puts a copy in the place of the store. Without --yes it tells what would be and refuses.
func (c *command) restoreCommand() *cobra.Command {
	var yes, force bool
	cmd := c.verb("restore FILE", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		dir, err := c.dataDir()
		if err != nil {
			return err
		}
		file, err := filepath.Abs(args[0])
		if err != nil {
			return errUse{err}
		}
		session, err := c.sessionAt(ctx, dir)
		if err != nil {
			return err
		}
		r, err := station.Restore(ctx, station.RestoreParams{Dir: dir, File: file, Who: c.who(), Session: session, Force: force, Try: !yes, Log: c.logger()})
		if err != nil {
			return err
		}
		if err := c.tellRestore(r); err != nil {
			return err
		}
		switch {
		case !yes:
			return &station.Refused{Reasons: []station.Reason{{Key: "care.restore.confirm", Args: hint.Args{"File": file}}}}
		case r.Unknown+r.Later > 0:
			return errPerson
		}
		return nil
	})
	cmd.Flags().BoolVar(&yes, "yes", false, c.say("flag.yes", nil))
	cmd.Flags().BoolVar(&force, "force", false, c.say("flag.force", nil))
	return cmd
}

func (c *command) tellRestore(r station.RestoreReport) error {
	type printJSON struct {
		File   string `json:"file"`
		Job    string `json:"job"`
		Pieces int    `json:"pieces"` // identifiers read from it
		Whole  bool   `json:"whole_batch"`
	}
	prints := []printJSON{}
	for _, l := range r.Prints {
		prints = append(prints, printJSON{l.File, l.Job, len(l.ShPIs), l.Whole})
	}
	document := map[string]any{"restored": r.Done, "file": r.Copy.Path, "events": r.Copy.Events, "last_event": timeOrNull(r.Copy.Last), "lost_events": r.Lost,
		"replaced": orNull(r.Replaced), "prints": prints, "unknown": r.Unknown, "voided": r.Voided, "later": r.Later, "files": orEmpty(r.Files)}
	return c.answer(document, func(w io.Writer) {
		fmt.Fprintln(w, c.say("restore.copy", hint.Args{"File": r.Copy.Path, "Count": r.Copy.Events, "Last": station.Clock(r.Copy.Last)}))
		if r.Lost != nil && *r.Lost > 0 {
			fmt.Fprintln(w, c.say("restore.lost", hint.Args{"Count": *r.Lost}))
		}
		if len(r.Prints) > 0 {
			fmt.Fprintln(w, c.say("restore.prints", hint.Args{"Unknown": r.Unknown, "Later": r.Later}))
		}
		for _, l := range r.Prints {
			name := l.File
			if name == "" {
				name = l.Job
			}
			fmt.Fprintf(w, "  %s  %s\n", name, c.say("letters", hint.Args{"Count": len(l.ShPIs)}))
		}
		if r.Voided > 0 {
			fmt.Fprintln(w, c.say("restore.voided", hint.Args{"Count": r.Voided}))
		}
		for _, file := range r.Files {
			fmt.Fprintln(w, c.say("restore.files", hint.Args{"File": file}))
		}
		if r.Done {
			fmt.Fprintln(w, c.say("restore.done", nil))
		}
		if r.Replaced != "" {
			fmt.Fprintln(w, c.say("restore.replaced", hint.Args{"File": r.Replaced}))
		}
	})
}
