package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
)

// undoneJSON is an item of the outbox in a file for other programs.
type undoneJSON struct {
	ID        string          `json:"id"`
	Kind      string          `json:"kind"`
	Batch     string          `json:"batch"`
	State     string          `json:"state"`
	Attempts  int             `json:"attempts"`
	Since     time.Time       `json:"since"`
	NotBefore time.Time       `json:"not_before"`
	Date      postal.Date     `json:"date,omitempty"`
	Order     string          `json:"order,omitempty"`
	ShPIs     []postal.ShPI   `json:"shpis,omitempty"`
	What      string          `json:"what"`   // in words
	ToDo      string          `json:"todo"`   // what a person does in the web account
	Reason    string          `json:"reason"` // why it has not gone, "" where that is not known
	Payload   json.RawMessage `json:"payload,omitempty"`
}

// outboxExportCommand writes what has not reached the post into two files: one for programs, one to work from in the post's web account.
func (c *command) outboxExportCommand() *cobra.Command {
	cmd := c.verb("export FILE", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		base, err := filepath.Abs(args[0])
		if err != nil {
			return errUse{err}
		}
		for _, ext := range []string{".json", ".txt"} {
			base = strings.TrimSuffix(base, ext)
		}
		return c.look(ctx, func(o *office) error {
			files, count, err := c.writeUndone(ctx, o, base)
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"items": count, "files": files}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("undone.done", hint.Args{"Count": count}))
				for _, f := range files {
					fmt.Fprintln(w, f)
				}
			})
		})
	})
	cmd.Short = c.say("undone", nil)
	return cmd
}

// writeUndone writes base.json and base.txt, each whole or not at all.
func (c *command) writeUndone(ctx context.Context, o *office, base string) (files []string, count int, err error) {
	undone, err := o.station.Undone(ctx)
	if err != nil {
		return nil, 0, err
	}
	items := make([]undoneJSON, len(undone))
	for i, u := range undone {
		items[i] = c.undone(u)
	}
	files = []string{base + ".json", base + ".txt"}
	err = exchange.Write(files[0], func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(items)
	})
	if err == nil {
		err = exchange.Write(files[1], func(w io.Writer) error { return c.undoneText(w, items) })
	}
	return files, len(items), err
}

func (c *command) undone(u station.Undone) undoneJSON {
	j := undoneJSON{ID: u.ID, Kind: u.Kind, Batch: u.Key, State: u.State, Attempts: u.Attempts, Since: u.CreatedAt, NotBefore: u.NotBefore, Date: u.Date,
		Order: u.Order, ShPIs: u.ShPIs, Payload: u.Payload}
	j.What = c.text.Say("outbox.kind."+u.Kind, hint.Args{"Batch": u.Key})
	j.ToDo = c.text.Say("care.todo."+u.Kind, hint.Args{"Batch": u.Key, "Date": u.Date.Office(), "Order": u.Order})
	if u.Reason != nil {
		j.Reason = c.reason(*u.Reason)
	}
	return j
}

// undoneText writes the items for a person, one after another.
func (c *command) undoneText(w io.Writer, items []undoneJSON) error {
	var b strings.Builder
	line := func(text string) { b.WriteString(text + "\n") }
	line(c.say("undone.title", hint.Args{"Count": len(items), "At": station.Clock(time.Now())}))
	for i, j := range items {
		line("")
		line(fmt.Sprintf("%d. %s — %s", i+1, j.What, c.text.Say("outbox.state."+j.State, nil)))
		line("   " + c.say("undone.since", hint.Args{"At": station.Clock(j.Since), "Count": j.Attempts}))
		if j.Reason != "" {
			line("   " + j.Reason)
		}
		line("   " + j.ToDo)
		for _, id := range j.ShPIs {
			line("      " + id.Grouped())
		}
		line("   " + c.say("undone.then", hint.Args{"ID": j.ID}))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
