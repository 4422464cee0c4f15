package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
)

// importStatementCommand takes in what a bank's statement says was paid to the post.
func (c *command) importStatementCommand() *cobra.Command {
	var in station.StatementImport
	cmd := c.verb("import-statement FILE", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) (err error) {
			file, err := openRegular(args[0])
			if err != nil {
				return &station.Refused{Reasons: []station.Reason{{Key: "exchange.import.file", Args: hint.Args{"Error": err}}}}
			}
			defer file.Close() // read only
			in.Data = file
			r, err := o.station.ImportStatement(ctx, in)
			if r.Statement == nil {
				return err
			}
			if err != nil {
				return errors.Join(err, c.payees(r.Statement))
			}
			warnings := []string{}
			for _, w := range append(r.Statement.Warnings, r.Repeated...) {
				warnings = append(warnings, c.text.Say(w.Key, w.Args))
			}
			document := map[string]any{"payments": len(r.Statement.Payments), "to_post": r.TopUps, "added": r.Added, "sum_kopecks": r.Sum,
				"encoding": r.Statement.Encoding, "from": r.Statement.From, "to": r.Statement.To, "warnings": warnings}
			return c.answer(document, func(w io.Writer) {
				fmt.Fprintln(w, c.say("import-statement.done", hint.Args{"All": len(r.Statement.Payments), "TopUps": r.TopUps, "Added": r.Added, "Sum": r.Sum}))
				for _, s := range warnings {
					fmt.Fprintln(w, "  "+s)
				}
			})
		})
	})
	cmd.Flags().StringVar(&in.PayeeINN, "payee-inn", "", c.say("flag.payee-inn", nil))
	cmd.Flags().BoolVar(&in.Remember, "remember", false, c.say("flag.remember", nil))
	return cmd
}

// openRegular opens a file that a person has named for reading: no folder, no device.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "open", Path: path, Err: errors.New("not a file")}
	}
	return os.Open(path)
}

// payees tells to whom the office pays in a statement, so that a person can say which of them is the post.
func (c *command) payees(st *exchange.Statement) error {
	type payeeJSON struct {
		INN      string         `json:"inn"`
		Name     string         `json:"name"`
		Payments int            `json:"payments"`
		Sum      postal.Kopecks `json:"sum_kopecks"`
	}
	list := []payeeJSON{}
	for _, p := range station.Payees(st) {
		list = append(list, payeeJSON(p))
	}
	return c.answer(map[string]any{"payees": list}, func(w io.Writer) {
		for _, p := range list {
			fmt.Fprintf(w, "  %-12s  %s  %d  %s\n", p.INN, p.Sum.Office(), p.Payments, p.Name)
		}
	})
}

// reconcileCommand compares what was paid to the post with what the balance gained.
func (c *command) reconcileCommand() *cobra.Command {
	var period periodFlags
	var days int
	cmd := c.verb("reconcile", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		from, to, err := c.period(period)
		if err != nil {
			return err
		}
		if days < 0 {
			return errUse{errors.New(c.say("reconcile.days", nil))}
		}
		return c.look(ctx, func(o *office) error {
			r, err := o.station.Reconcile(ctx, from, to, days)
			if err != nil {
				return err
			}
			if err := c.answer(c.reconcileDocument(r), func(w io.Writer) { c.reconcileWords(w, r) }); err != nil {
				return err
			}
			if r.Differences() {
				return errPerson
			}
			return nil
		})
	})
	c.periodFlags(cmd, &period)
	cmd.Flags().IntVar(&days, "days", 0, c.say("flag.days", nil))
	return cmd
}

type moneyJSON struct {
	Day    postal.Date    `json:"day"`
	Sum    postal.Kopecks `json:"sum_kopecks"`
	Number string         `json:"number,omitempty"`
	Why    exchange.Why   `json:"why,omitempty"`
	Reason string         `json:"reason,omitempty"`
}

func (c *command) reconcileDocument(r station.ReconcileReport) any {
	type pairJSON struct {
		Paid   []moneyJSON `json:"paid"`
		Gained []moneyJSON `json:"gained"`
	}
	pairs, paid, gained := []pairJSON{}, []moneyJSON{}, []moneyJSON{}
	for _, p := range r.Pairs {
		var pair pairJSON
		for _, u := range p.TopUps {
			pair.Paid = append(pair.Paid, moneyJSON{Day: u.Day, Sum: u.Kopecks, Number: u.Number})
		}
		for _, g := range p.Gains {
			pair.Gained = append(pair.Gained, moneyJSON{Day: g.Day, Sum: g.Kopecks})
		}
		pairs = append(pairs, pair)
	}
	for _, u := range r.StatementOnly {
		paid = append(paid, moneyJSON{u.Day, u.Kopecks, u.Number, u.Why, c.why(u.Why)})
	}
	for _, g := range r.BalanceOnly {
		gained = append(gained, moneyJSON{g.Day, g.Kopecks, "", g.Why, c.why(g.Why)})
	}
	return map[string]any{"from": r.From, "to": r.To, "days": r.Days, "paid_kopecks": r.Paid, "gained_kopecks": r.Gained, "lost_kopecks": r.Lost, "matched": pairs,
		"statement_only": paid, "balance_only": gained}
}

func (c *command) why(w exchange.Why) string { return c.text.Say("exchange.why."+string(w), nil) }

func (c *command) reconcileWords(w io.Writer, r station.ReconcileReport) {
	fmt.Fprintln(w, c.say("reconcile.sums", hint.Args{"From": r.From, "To": r.To, "Paid": r.Paid, "Gained": r.Gained}))
	if r.Lost != 0 {
		fmt.Fprintln(w, c.say("reconcile.lost", hint.Args{"Sum": r.Lost}))
	}
	fmt.Fprintln(w, c.say("reconcile.matched", hint.Args{"Count": len(r.Pairs)}))
	for _, p := range r.Pairs {
		for _, u := range p.TopUps {
			fmt.Fprintln(w, "  "+c.say("reconcile.paid", hint.Args{"Day": u.Day, "Sum": u.Kopecks, "Number": u.Number}))
		}
		for _, g := range p.Gains {
			fmt.Fprintln(w, "    "+c.say("reconcile.gained", hint.Args{"Day": g.Day, "Sum": g.Kopecks}))
		}
	}
	fmt.Fprintln(w, c.say("reconcile.statement-only", hint.Args{"Count": len(r.StatementOnly)}))
	for _, u := range r.StatementOnly {
		near := ""
		if u.Near != nil {
			near = " (" + c.say("reconcile.gained", hint.Args{"Day": u.Near.Day, "Sum": u.Near.Kopecks}) + ")"
		}
		fmt.Fprintf(w, "  %s: %s%s\n", c.say("reconcile.paid", hint.Args{"Day": u.Day, "Sum": u.Kopecks, "Number": u.Number}), c.why(u.Why), near)
	}
	fmt.Fprintln(w, c.say("reconcile.balance-only", hint.Args{"Count": len(r.BalanceOnly)}))
	for _, g := range r.BalanceOnly {
		near := ""
		if g.Near != nil {
			near = " (" + c.say("reconcile.paid", hint.Args{"Day": g.Near.Day, "Sum": g.Near.Kopecks, "Number": g.Near.Number}) + ")"
		}
		fmt.Fprintf(w, "  %s: %s%s\n", c.say("reconcile.gained", hint.Args{"Day": g.Day, "Sum": g.Kopecks}), c.why(g.Why), near)
	}
}
