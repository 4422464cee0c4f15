package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// moneyCommand tells where the money is and adds its movements up.
func (c *command) moneyCommand() *cobra.Command {
	var by string
	var days periodFlags
	cmd := c.verb("money", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		switch store.MoneyBy(by) {
		case store.ByDay, store.ByMonth, store.ByBatch, store.ByCentre:
		default:
			return errUse{errors.New(c.text.Say("money.by", nil))}
		}
		var from, to postal.Date // no bounds
		if days != (periodFlags{}) {
			var err error
			if from, to, err = c.period(days); err != nil {
				return err
			}
		}
		return c.look(ctx, func(o *office) error {
			r, err := o.station.Money(ctx, store.MoneyBy(by), from, to)
			if err != nil {
				return err
			}
			known := r.BalanceOf != "" && r.Stated != nil
			return c.answer(moneyDocument(store.MoneyBy(by), known, r.BalanceOf, r.Purse, r.Sums, r.Differences), func(w io.Writer) {
				if known {
					fmt.Fprintln(w, c.text.Say("money.balance", hint.Args{"Sum": *r.Stated, "Of": c.day(r.BalanceOf)}))
				} else {
					fmt.Fprintln(w, c.text.Say("money.no-balance", nil))
				}
				fmt.Fprintln(w, c.text.Say("money.accounts", hint.Args{"Loaded": r.Loaded, "Free": r.Free, "Reserved": r.Reserved, "Spent": r.Spent}))
				if r.Unexplained > 0 {
					fmt.Fprintln(w, c.text.Say("money.unexplained", hint.Args{"Sum": r.Unexplained, "Pending": r.Pending}))
				}
				for _, m := range r.Sums {
					fmt.Fprintln(w, "  "+c.moneyRow(store.MoneyBy(by), m))
				}
				if len(r.Differences) > 0 {
					fmt.Fprintln(w, c.text.Say("money.differences", nil))
				}
				for _, e := range r.Differences {
					fmt.Fprintln(w, "  "+c.text.Say("money.difference", hint.Args{"Day": e.Day, "Kind": c.text.Say("money.kind."+string(e.Kind), nil), "Sum": signed(e)}))
				}
			})
		})
	})
	cmd.Flags().StringVar(&by, "by", string(store.ByDay), c.text.Say("money.flag.by", nil))
	c.periodFlags(cmd, &days)
	return cmd
}

func (c *command) moneyRow(by store.MoneyBy, m store.MoneySum) string {
	key := m.Key
	switch {
	case by == store.ByDay:
		key = postal.Date(m.Key).Office()
	case by == store.ByCentre && key == "":
		key = c.text.Say("money.no-centre", nil)
	}
	if by == store.ByDay || by == store.ByMonth {
		return c.text.Say("money.row", hint.Args{"Key": key, "Loaded": m.Loaded, "Reserved": m.Reserved, "Released": m.Released, "Spent": m.Spent, "Count": m.Pieces})
	}
	return c.text.Say("money.row-pieces", hint.Args{"Key": key, "Held": m.Held, "Spent": m.Spent, "Count": m.Pieces})
}

// signed is what an entry without a piece did to the balance.
func signed(e store.MoneyEntry) postal.Kopecks {
	if e.To == store.Outside {
		return -e.Kopecks
	}
	return e.Kopecks
}

func moneyDocument(by store.MoneyBy, known bool, of string, p store.Purse, sums []store.MoneySum, differences []store.MoneyEntry) any {
	type sumJSON struct {
		Key      string         `json:"key"`
		Loaded   postal.Kopecks `json:"loaded_kopecks"`
		Reserved postal.Kopecks `json:"reserved_kopecks"`
		Released postal.Kopecks `json:"released_kopecks"`
		Held     postal.Kopecks `json:"held_kopecks"`
		Spent    postal.Kopecks `json:"spent_kopecks"`
		Pieces   int            `json:"pieces"`
	}
	type differenceJSON struct {
		Day   postal.Date     `json:"day"`
		Kind  store.MoneyKind `json:"kind"`
		Sum   postal.Kopecks  `json:"sum_kopecks"`
		Event int64           `json:"event"`
	}
	rows, changes := []sumJSON{}, []differenceJSON{}
	for _, m := range sums {
		rows = append(rows, sumJSON(m))
	}
	for _, e := range differences {
		changes = append(changes, differenceJSON{e.Day, e.Kind, signed(e), e.Seq})
	}
	document := map[string]any{"balance_kopecks": nil, "balance_as_of": nil, "loaded_kopecks": p.Loaded, "free_kopecks": p.Free, "reserved_kopecks": p.Reserved,
		"spent_kopecks": p.Spent, "unexplained_kopecks": p.Unexplained, "pending_kopecks": p.Pending, "by": by, "rows": rows, "differences": changes}
	if known {
		document["balance_kopecks"], document["balance_as_of"] = p.Stated, of
	}
	return document
}

// centreCommand names the cost centre of a batch; an empty name takes it away.
func (c *command) centreCommand() *cobra.Command {
	return c.verb("centre BATCH NAME", cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			if err := o.station.SetCentre(ctx, args[0], args[1]); err != nil {
				return err
			}
			return c.answer(map[string]any{"batch": args[0], "centre": args[1]}, func(w io.Writer) {
				if args[1] == "" {
					fmt.Fprintln(w, c.text.Say("money.centre-none", hint.Args{"Batch": args[0]}))
					return
				}
				fmt.Fprintln(w, c.text.Say("money.centre-set", hint.Args{"Batch": args[0], "Centre": args[1]}))
			})
		})
	})
}
