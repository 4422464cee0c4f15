package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
	"znak/printer"
)

func (c *command) printCommand() *cobra.Command {
	var order station.PrintOrder
	var only []string
	var wait time.Duration
	cmd := c.verb("print BATCH", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		order.Batch = args[0]
		if order.Limit < 0 {
			return errUse{errors.New(c.say("print.limit", nil))}
		}
		for _, text := range only {
			id, err := postal.ParseShPI(text)
			if err != nil {
				return errUse{errors.New(c.text.Hint(err))}
			}
			order.Only = append(order.Only, id)
		}
		return c.with(ctx, func(o *office) error {
			if v, err := o.station.Batch(ctx, order.Batch); err == nil && v.Warning != nil {
				fmt.Fprintln(c.errOut, c.reason(*v.Warning))
			}
			control := station.NewControl()
			waiting := &faultWait{c: c, control: control, wait: wait}
			r, err := o.station.Print(ctx, order, control, waiting.told)
			if ctx.Err() != nil && r.Run != "" {
				err = hint.New("cmd.print.interrupted", nil, err)
			}
			document := map[string]any{"printed": r.Printed, "unknown": r.Unknown, "queued": r.Queued, "failed": r.Failed, "refused": c.refusals(r.Refused), "files": orEmpty(r.Files)}
			told := c.answer(document, func(w io.Writer) {
				if r.Run != "" || err == nil {
					fmt.Fprintln(w, c.say("print.done", hint.Args{"Count": r.Printed, "Unknown": r.Unknown, "Failed": r.Failed}))
				}
				if r.Queued > 0 {
					fmt.Fprintln(w, c.say("print.queued", hint.Args{"Count": r.Queued}))
				}
				c.list(w, r.Refused)
				for _, f := range r.Files {
					fmt.Fprintln(w, f)
				}
			})
			switch {
			case err != nil || told != nil:
				return errors.Join(err, told)
			case r.Unknown > 0 || r.Failed > 0 || r.Queued > 0:
				return errPerson
			case len(r.Refused) > 0 && r.Printed == 0 && len(order.Only) > 0:
				return errTold{&station.Refused{Reasons: []station.Reason{r.Refused[0].Reason}}}
			case len(r.Refused) > 0:
				return errPerson
			}
			return nil
		})
	})
	cmd.Flags().DurationVar(&wait, "wait", 10*time.Minute, c.say("flag.wait", nil))
	cmd.Flags().BoolVar(&order.InOrder, "in-order", false, c.say("flag.in-order", nil))
	cmd.Flags().StringVar(&order.Printer, "printer", "", c.say("flag.printer", nil))
	cmd.Flags().IntVar(&order.Limit, "limit", 0, c.say("flag.limit", nil))
	cmd.Flags().StringSliceVar(&only, "only", nil, c.say("flag.only", nil))
	return cmd
}

// faultWait tells what the printer says while it prints nothing, and takes the job back from it when that has lasted too long.
type faultWait struct {
	c       *command
	control *station.Control
	wait    time.Duration
	said    string
	since   time.Time
}

// told hears of the run. The station calls it from one goroutine at a time.
func (p *faultWait) told(now station.PrintProgress) {
	switch now.State {
	case "", printer.Ready, printer.Printing, printer.Done, printer.Unknown:
		p.said, p.since = "", time.Time{}
		return
	}
	if p.since.IsZero() {
		p.since = time.Now()
	}
	line := strings.Join(append([]string{p.c.text.Say("printer.state."+string(now.State), nil)}, now.Words...), "  ")
	if line != p.said {
		p.said = line
		fmt.Fprintln(p.c.errOut, line)
	}
	if p.wait > 0 && time.Since(p.since) > p.wait {
		p.control.Cancel()
	}
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// declareCommand lets a person clear unknown pieces by saying what is on paper: of one, of a job by its last envelope, or of a whole batch.
func (c *command) declareCommand() *cobra.Command {
	var printed, not, last, all bool
	cmd := c.verb("declare ШПИ|BATCH", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		said := 0
		for _, flag := range []bool{printed, not, last} {
			if flag {
				said++
			}
		}
		if said != 1 || all && last {
			return errUse{errors.New(c.say("declare.flags", nil))}
		}
		if all {
			return c.with(ctx, func(o *office) error {
				n, err := o.station.DeclareAll(ctx, args[0], printed)
				if err != nil {
					return err
				}
				return c.answer(map[string]any{"batch": args[0], "pieces": n}, func(w io.Writer) { fmt.Fprintln(w, c.say("declare.all", hint.Args{"Count": n})) })
			})
		}
		id, err := postal.ParseShPI(args[0])
		if err != nil {
			return errUse{errors.New(c.text.Hint(err))}
		}
		return c.with(ctx, func(o *office) error {
			if last {
				out, in, err := o.station.DeclareLast(ctx, id)
				if err != nil {
					return err
				}
				return c.answer(map[string]any{"shpi": id, "printed": out, "not_printed": in}, func(w io.Writer) {
					fmt.Fprintln(w, c.say("declare.last", hint.Args{"ShPI": id.Grouped(), "Printed": out, "Not": in}))
				})
			}
			declare := o.station.DeclareNotPrinted
			if printed {
				declare = o.station.DeclarePrinted
			}
			if err := declare(ctx, id); err != nil {
				return err
			}
			row, err := o.station.Piece(ctx, id)
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"shpi": id, "state": row.State}, func(w io.Writer) {
				fmt.Fprintf(w, "%s  %s\n", id.Grouped(), c.text.Say("state."+string(row.State), nil))
			})
		})
	})
	cmd.Flags().BoolVar(&printed, "printed", false, c.say("flag.printed", nil))
	cmd.Flags().BoolVar(&not, "not-printed", false, c.say("flag.not-printed", nil))
	cmd.Flags().BoolVar(&last, "last", false, c.say("flag.last", nil))
	cmd.Flags().BoolVar(&all, "all", false, c.say("flag.all", nil))
	return cmd
}
