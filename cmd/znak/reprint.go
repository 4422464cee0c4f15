package main

import (
	"bufio"
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
)

func (c *command) reprintCommand() *cobra.Command {
	var order station.ReprintOrder
	cmd := c.verb("reprint [ШПИ]", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		if (len(args) == 1) == (order.Stale != "") {
			return errUse{errors.New(c.say("reprint.args", nil))}
		}
		for _, text := range args {
			id, err := postal.ParseShPI(text)
			if err != nil {
				return errUse{errors.New(c.text.Hint(err))}
			}
			order.ShPIs = append(order.ShPIs, id)
		}
		order.Reason = c.reasonCode(order.Reason)
		return c.with(ctx, func(o *office) error {
			proof, err := c.proofOf(ctx, o, order.Second)
			if err != nil {
				return err
			}
			order.Proof = proof
			rows, err := o.station.ReprintAll(ctx, order)
			if err != nil {
				return err
			}
			if order.Stale != "" {
				ids := make([]postal.ShPI, len(rows))
				for i, row := range rows {
					ids[i] = row.ShPI
				}
				return c.answer(map[string]any{"batch": order.Stale, "voided": len(rows), "shpi": ids}, func(w io.Writer) {
					fmt.Fprintln(w, c.say("reprint.stale", hint.Args{"Batch": order.Stale, "Count": len(rows)}))
				})
			}
			row := rows[0]
			return c.answer(map[string]any{"shpi": row.ShPI, "copies": row.Copies, "owed": row.Owed}, func(w io.Writer) {
				if order.Reason == station.ReasonLost {
					fmt.Fprintln(w, c.say("reprint.lost", hint.Args{"ShPI": row.ShPI.Grouped()}))
					return
				}
				fmt.Fprintln(w, c.say("reprint.done", hint.Args{"ShPI": row.ShPI.Grouped(), "Count": row.Copies}))
			})
		})
	})
	cmd.Use = c.arguments("reprint ШПИ | --stale BATCH")
	cmd.Flags().StringVar(&order.Reason, "reason", "", c.say("flag.reason", nil))
	cmd.Flags().StringVar(&order.Second, "second", "", c.say("flag.second", nil))
	cmd.Flags().StringVar(&order.Stale, "stale", "", c.say("flag.stale", nil))
	return cmd
}

// reasonCode turns a reason named in words into its code; anything else is a person's own words.
func (c *command) reasonCode(reason string) string {
	for _, code := range station.ReprintReasons {
		if strings.EqualFold(strings.TrimSpace(reason), c.reasonWord(code)) {
			return code
		}
	}
	return reason
}

// reasonWord names a reason in words.
func (c *command) reasonWord(code string) string {
	return c.text.SayOr("station.reason."+code, code)
}

// destroyedCommand records void envelopes that are destroyed: one by its identifier, or all that a scanner sends.
func (c *command) destroyedCommand() *cobra.Command {
	var scans bool
	count := 0
	cmd := c.verb("destroyed [ШПИ]", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		if (len(args) == 1) == scans {
			return errUse{errors.New(c.say("destroyed.args", nil))}
		}
		if count < 0 || scans && count > 0 {
			return errUse{errors.New(c.say("destroyed.count", nil))}
		}
		if scans {
			return c.with(ctx, func(o *office) error { return c.destroyScans(ctx, o.station.Desk()) })
		}
		id, err := postal.ParseShPI(args[0])
		if err != nil {
			return errUse{errors.New(c.text.Hint(err))}
		}
		return c.with(ctx, func(o *office) error {
			row, err := o.station.Destroy(ctx, string(id), count)
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"shpi": row.ShPI, "owed": row.Owed}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("destroyed.done", hint.Args{"ShPI": row.ShPI.Grouped(), "Owed": row.Owed}))
			})
		})
	})
	cmd.Use = c.arguments("destroyed ШПИ [--count N] | --scan")
	cmd.Flags().IntVar(&count, "count", 0, c.say("flag.count", nil))
	cmd.Flags().BoolVar(&scans, "scan", false, c.say("flag.scan", nil))
	return cmd
}

// destroyScans reads scans from standard input, one a line, and answers each at once.
func (c *command) destroyScans(ctx context.Context, desk *station.Desk) error {
	type scanJSON struct {
		Text    string          `json:"text"`
		ShPI    postal.ShPI     `json:"shpi"`
		Outcome station.Outcome `json:"outcome"`
		Owed    int             `json:"owed"`
		Hint    string          `json:"hint"`
	}
	person := false
	tell := func(list []station.DeskVerdict, err error) error {
		for _, v := range list {
			person = person || v.Outcome == station.OutcomeRefused || v.Outcome == station.OutcomeAgain
			j := scanJSON{v.Text, v.ShPI, v.Outcome, v.Owed, c.reason(v.Hint)}
			if c.json {
				err = errors.Join(err, c.line(j))
			} else {
				fmt.Fprintln(c.out, j.Hint)
			}
		}
		return err
	}
	lines := bufio.NewScanner(c.in)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	for lines.Scan() {
		if err := tell(desk.Line(ctx, lines.Text())); err != nil {
			return err
		}
	}
	if err := tell(desk.Flush(ctx)); err != nil {
		return err
	}
	if err := lines.Err(); err != nil {
		return hint.New("cmd.verify.input", nil, err)
	}
	if person {
		return errPerson
	}
	return nil
}

// missingCommand is a person's word that a void envelope cannot be found.
func (c *command) missingCommand() *cobra.Command {
	return c.verb("missing ШПИ", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := postal.ParseShPI(args[0])
		if err != nil {
			return errUse{errors.New(c.text.Hint(err))}
		}
		return c.with(ctx, func(o *office) error {
			row, err := o.station.DeclareMissing(ctx, id)
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"shpi": row.ShPI, "owed": row.Owed, "missing": row.Missing}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("missing.done", hint.Args{"ShPI": row.ShPI.Grouped(), "Owed": row.Owed}))
			})
		})
	})
}

// spoiledCommand lists the void envelopes that nobody has accounted for.
func (c *command) spoiledCommand() *cobra.Command {
	return c.verb("spoiled [BATCH]", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		return c.look(ctx, func(o *office) error {
			batch, err := o.batchOf(ctx, args)
			if err != nil {
				return err
			}
			rows, err := o.station.OwedList(ctx, batch)
			if err != nil {
				return err
			}
			type owedJSON struct {
				ShPI   postal.ShPI       `json:"shpi"`
				Batch  string            `json:"batch"`
				State  postal.PieceState `json:"state"`
				Copies int               `json:"copies"`
				Owed   int               `json:"owed"`
				Reason string            `json:"reason"`
				Who    string            `json:"who"`
				At     time.Time         `json:"at"`
			}
			list := make([]owedJSON, len(rows))
			for i, r := range rows {
				list[i] = owedJSON{r.ShPI, r.Batch, r.State, r.Copies, r.Envelopes, r.Reason, r.Who, r.At.UTC()}
			}
			return c.answer(list, func(w io.Writer) {
				if len(rows) == 0 {
					fmt.Fprintln(w, c.say("spoiled.none", nil))
				}
				for _, r := range rows {
					why := c.reasonWord(r.Reason)
					if r.Reason == "" {
						why = c.text.Say("state."+string(r.State), nil)
					}
					fmt.Fprintf(w, "%s  %s  %s  %s\n", r.Batch, r.ShPI.Grouped(), c.say("spoiled.owed", hint.Args{"Count": r.Envelopes}), why)
				}
			})
		})
	})
}

// staleCommand is the reprint list: what the post changed after printing.
func (c *command) staleCommand() *cobra.Command {
	return c.verb("stale [BATCH]", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		return c.look(ctx, func(o *office) error {
			batch, err := o.batchOf(ctx, args)
			if err != nil {
				return err
			}
			rows, err := o.station.StaleList(ctx, batch)
			if err != nil {
				return err
			}
			type changeJSON struct {
				Field string `json:"field"`
				From  string `json:"from,omitempty"`
				To    string `json:"to,omitempty"`
			}
			type staleJSON struct {
				ShPI    postal.ShPI  `json:"shpi"`
				Batch   string       `json:"batch"`
				Changes []changeJSON `json:"changes"`
				Words   string       `json:"words"`
			}
			list := make([]staleJSON, len(rows))
			for i, r := range rows {
				list[i] = staleJSON{r.ShPI, r.Batch, []changeJSON{}, c.changes(r.Changes)}
				for _, one := range r.Changes {
					list[i].Changes = append(list[i].Changes, changeJSON{one.Field, one.From, one.To})
				}
			}
			return c.answer(list, func(w io.Writer) {
				if len(rows) == 0 {
					fmt.Fprintln(w, c.say("stale.none", nil))
				}
				for i, r := range rows {
					fmt.Fprintf(w, "%s  %s  %s\n", r.Batch, r.ShPI.Grouped(), list[i].Words)
				}
			})
		})
	})
}

// changes tells what changed: "знак; день сдачи: 21.11.2026 → 23.11.2026".
func (c *command) changes(list []station.Change) string {
	var parts []string
	for _, one := range list {
		part := c.reason(one.Word())
		if one.From != "" || one.To != "" {
			from, to := one.Values()
			part += fmt.Sprintf(": %v → %v", c.text.Value(from), c.text.Value(to))
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// batchOf is the batch that an optional argument names, which must be known here; "" where there is none.
func (o *office) batchOf(ctx context.Context, args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	_, err := o.station.Batch(ctx, args[0])
	return args[0], err
}
