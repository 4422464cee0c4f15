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
	"znak/app/outbox"
	"znak/app/postal"
	"znak/app/secret"
	"znak/app/station"
	"znak/store"
)

// with opens the data folder around do.
func (c *command) with(ctx context.Context, do func(o *office) error) error {
	o, err := c.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(o), o.Close())
}

func (c *command) accountCommand() *cobra.Command {
	group := &cobra.Command{Use: "account", Short: c.say("account", nil)}
	var address, login string
	set := c.verb("set", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		if address == "" || login == "" {
			return errUse{errors.New(c.say("account.flags", nil))}
		}
		lines := bufio.NewScanner(c.in)
		var secrets []string
		for len(secrets) < 2 && lines.Scan() {
			secrets = append(secrets, strings.TrimSpace(lines.Text()))
		}
		if len(secrets) < 2 || secrets[0] == "" || secrets[1] == "" {
			return errUse{errors.New(c.say("account.lines", nil))}
		}
		return c.with(ctx, func(o *office) error {
			if err := o.setAccount(ctx, address, secret.Account{Login: login, Token: secrets[0], Password: secrets[1]}); err != nil {
				return err
			}
			return c.answer(map[string]any{"post": address, "kept": o.secrets.Kind}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("account.saved."+o.secrets.Kind, hint.Args{"Post": address}))
			})
		})
	})
	set.Short = c.say("account.set", nil)
	set.Flags().StringVar(&address, "post", "", c.say("flag.post", nil))
	set.Flags().StringVar(&login, "user", "", c.say("flag.user", nil))
	group.AddCommand(set)
	return group
}

func (c *command) pullCommand() *cobra.Command {
	return c.verb("pull", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.with(ctx, func(o *office) error {
			r, err := o.station.Pull(ctx)
			if err != nil {
				return err
			}
			document := map[string]any{"balance_kopecks": r.Balance, "balance_as_of": orNull(r.BalanceOf), "batches": r.Batches, "pieces": r.Pieces,
				"api_calls": r.Calls, "changed": r.Changed, "stale": r.Stale, "problems": c.refusals(r.Problems)}
			return c.answer(document, func(w io.Writer) {
				fmt.Fprintln(w, c.say("pull.done", hint.Args{"Batches": r.Batches, "Count": r.Pieces, "Calls": r.Calls}))
				if r.Balance != nil {
					fmt.Fprintln(w, c.say("pull.balance", hint.Args{"Sum": *r.Balance, "Of": c.day(r.BalanceOf)}))
				} else {
					fmt.Fprintln(w, c.say("pull.no-balance", nil))
				}
				if r.Stale > 0 {
					fmt.Fprintln(w, c.say("pull.stale", hint.Args{"Count": r.Stale}))
				}
				c.list(w, r.Problems)
			})
		})
	})
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// day writes a day or a time of the store the office's way.
func (c *command) day(s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.Local().Format("02.01.2006 15:04")
	}
	return postal.Date(s).Office()
}

type refusalJSON struct {
	ShPI   postal.ShPI `json:"shpi"`
	Reason string      `json:"reason"`
}

func (c *command) refusals(list []station.Refusal) []refusalJSON {
	out := []refusalJSON{}
	for _, r := range list {
		out = append(out, refusalJSON{r.ShPI, c.reason(r.Reason)})
	}
	return out
}

func (c *command) list(w io.Writer, list []station.Refusal) {
	const most = 20
	for i, r := range list {
		if i == most {
			fmt.Fprintln(w, c.say("more", hint.Args{"Count": len(list) - most}))
			return
		}
		fmt.Fprintf(w, "  %s  %s\n", r.ShPI.Grouped(), c.reason(r.Reason))
	}
}

func (c *command) batchesCommand() *cobra.Command {
	return c.verb("batches", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.with(ctx, func(o *office) error {
			views, err := o.station.Batches(ctx)
			if err != nil {
				return err
			}
			type batchJSON struct {
				Name        string                    `json:"name"`
				Status      postal.BatchStatus        `json:"status"`
				Ready       bool                      `json:"ready"`
				Reasons     []string                  `json:"reasons"`
				MailType    postal.MailType           `json:"mail_type"`
				Category    postal.MailCategory       `json:"mail_category"`
				Envelope    postal.EnvelopeKind       `json:"envelope"`
				SendingDate postal.Date               `json:"sending_date"`
				Pieces      int                       `json:"pieces"`
				Sum         postal.Kopecks            `json:"sum_kopecks"`
				Approved    bool                      `json:"approved"`
				HandedOver  bool                      `json:"handed_over"`
				States      map[postal.PieceState]int `json:"states"`
			}
			list := []batchJSON{}
			for _, v := range views {
				j := batchJSON{v.Name, v.Status, v.Ready, []string{}, v.MailType, v.Category, v.Envelope, v.SendingDate, v.Pieces, v.Sum,
					!v.ApprovedAt.IsZero(), !v.HandedAt.IsZero(), v.States}
				for _, r := range v.Reasons {
					j.Reasons = append(j.Reasons, c.reason(r))
				}
				list = append(list, j)
			}
			return c.answer(list, func(w io.Writer) {
				if len(views) == 0 {
					fmt.Fprintln(w, c.say("batches.none", nil))
				}
				for i, v := range views {
					word := "batches.ready"
					if !v.Ready {
						word = "batches.not-ready"
					}
					fmt.Fprintf(w, "%s  %s  %s  %s  %s  %s\n", v.Name, v.Envelope, c.say("letters", hint.Args{"Count": v.Pieces}), v.Sum.Office(),
						v.SendingDate.Office(), c.say(word, nil))
					fmt.Fprintf(w, "    %s\n", c.states(v.States))
					for _, r := range list[i].Reasons {
						fmt.Fprintf(w, "    – %s\n", r)
					}
				}
			})
		})
	})
}

// states writes counts in the order of a piece's life: "напечатано 12, проверено 3".
func (c *command) states(counts map[postal.PieceState]int) string {
	var parts []string
	for _, state := range postal.PieceStates {
		if n := counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", c.text.Say("state."+string(state), nil), n))
		}
	}
	return strings.Join(parts, ", ")
}

func (c *command) piecesCommand() *cobra.Command {
	return c.verb("pieces BATCH", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			if _, err := o.station.Batch(ctx, args[0]); err != nil {
				return err
			}
			rows, err := o.station.Pieces(ctx, store.PieceQuery{Batch: args[0]})
			if err != nil {
				return err
			}
			type pieceJSON struct {
				ShPI   postal.ShPI       `json:"shpi"`
				MarkID string            `json:"mark_id"`
				State  postal.PieceState `json:"state"`
				Value  postal.Kopecks    `json:"value_kopecks"`
				Mass   postal.Grams      `json:"mass_grams"`
				Index  postal.PostIndex  `json:"index_to"`
				Copies int               `json:"copies"`
			}
			list := make([]pieceJSON, len(rows))
			for i, row := range rows {
				list[i] = pieceJSON{ShPI: row.ShPI, State: row.State, Mass: row.Mass, Index: row.To.Address.Index, Copies: row.Copies}
				if row.Mark != nil {
					list[i].MarkID, list[i].Value = row.Mark.ID, row.Mark.Value
				}
			}
			return c.answer(list, func(w io.Writer) {
				for _, p := range list {
					fmt.Fprintf(w, "%s  %s  %s  %s\n", p.ShPI.Grouped(), c.text.Say("state."+string(p.State), nil), p.Value.Office(), p.MarkID)
				}
			})
		})
	})
}

func (c *command) approveCommand() *cobra.Command {
	return c.verb("approve BATCH", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			sum, err := o.station.Approve(ctx, args[0])
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"batch": args[0], "sum_kopecks": sum}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("approve.done", hint.Args{"Batch": args[0], "Sum": sum}))
			})
		})
	})
}

func (c *command) printCommand() *cobra.Command {
	var order station.PrintOrder
	var only []string
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
			r, err := o.station.Print(ctx, order, nil, nil)
			document := map[string]any{"printed": r.Printed, "unknown": r.Unknown, "failed": r.Failed, "refused": c.refusals(r.Refused), "files": orEmpty(r.Files)}
			told := c.answer(document, func(w io.Writer) {
				if r.Run != "" || err == nil {
					fmt.Fprintln(w, c.say("print.done", hint.Args{"Count": r.Printed, "Unknown": r.Unknown, "Failed": r.Failed}))
				}
				c.list(w, r.Refused)
				for _, f := range r.Files {
					fmt.Fprintln(w, f)
				}
			})
			switch {
			case err != nil || told != nil:
				return errors.Join(err, told)
			case r.Unknown > 0 || r.Failed > 0:
				return errPerson
			case len(r.Refused) > 0 && r.Printed == 0 && len(order.Only) > 0:
				return errTold{&station.Refused{Reasons: []station.Reason{r.Refused[0].Reason}}}
			case len(r.Refused) > 0:
				return errPerson
			}
			return nil
		})
	})
	cmd.Flags().StringVar(&order.Printer, "printer", "", c.say("flag.printer", nil))
	cmd.Flags().IntVar(&order.Limit, "limit", 0, c.say("flag.limit", nil))
	cmd.Flags().StringSliceVar(&only, "only", nil, c.say("flag.only", nil))
	return cmd
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (c *command) reprintCommand() *cobra.Command {
	var reason string
	cmd := c.verb("reprint ШПИ", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := postal.ParseShPI(args[0])
		if err != nil {
			return errUse{errors.New(c.text.Hint(err))}
		}
		return c.with(ctx, func(o *office) error {
			copies, err := o.station.Reprint(ctx, id, reason)
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"shpi": id, "copies": copies}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("reprint.done", hint.Args{"ShPI": id.Grouped(), "Count": copies}))
			})
		})
	})
	cmd.Flags().StringVar(&reason, "reason", "", c.say("flag.reason", nil))
	return cmd
}

// declareCommand lets a person clear an unknown piece by saying what is on paper.
func (c *command) declareCommand() *cobra.Command {
	var printed, not bool
	cmd := c.verb("declare ШПИ", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		id, err := postal.ParseShPI(args[0])
		if err != nil {
			return errUse{errors.New(c.text.Hint(err))}
		}
		if printed == not {
			return errUse{errors.New(c.say("declare.flags", nil))}
		}
		return c.with(ctx, func(o *office) error {
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
	return cmd
}

func (c *command) handoverCommand() *cobra.Command {
	return c.verb("handover BATCH", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			r, err := o.station.HandOver(ctx, args[0])
			missing := []postal.ShPI{}
			for _, m := range r.Missing {
				missing = append(missing, m.ShPI)
			}
			document := map[string]any{"batch": args[0], "verified": r.Verified, "missing": missing, "queued": r.Queued, "files": orEmpty(r.Files)}
			told := c.answer(document, func(w io.Writer) {
				if r.Queued {
					fmt.Fprintln(w, c.say("handover.done", hint.Args{"Batch": args[0], "Count": r.Verified}))
				}
				const most = 20
				for i, m := range r.Missing {
					if i == most {
						fmt.Fprintln(w, c.say("more", hint.Args{"Count": len(r.Missing) - most}))
						break
					}
					fmt.Fprintln(w, "  "+c.reason(m.Reason))
				}
				for _, f := range r.Files {
					fmt.Fprintln(w, f)
				}
			})
			return errors.Join(err, told)
		})
	})
}

type deadJSON struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Batch  string `json:"batch"`
	Reason string `json:"reason"`
}

func (c *command) syncCommand() *cobra.Command {
	return c.verb("sync", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.with(ctx, func(o *office) error {
			r, err := o.station.Sync(ctx)
			dead := []deadJSON{}
			for _, d := range r.Dead {
				dead = append(dead, deadJSON{d.ID, d.Kind, d.Batch, c.reason(d.Reason)})
			}
			document := map[string]any{"sent": r.Sent, "pending": r.Pending, "dead": dead, "changed": r.Changed}
			told := c.answer(document, func(w io.Writer) {
				fmt.Fprintln(w, c.say("sync.done", hint.Args{"Sent": r.Sent, "Pending": r.Pending}))
				if r.Changed > 0 {
					fmt.Fprintln(w, c.say("sync.changed", hint.Args{"Count": r.Changed}))
				}
				for _, d := range dead {
					fmt.Fprintln(w, c.say("sync.dead", hint.Args{"Batch": d.Batch, "Reason": d.Reason, "ID": d.ID}))
				}
			})
			switch {
			case err != nil || told != nil:
				return errors.Join(err, told)
			case r.Pending > 0: // an answer was unclear or could not be had
				return errTold{&outbox.Unreachable{Err: errors.New("something still waits")}}
			case len(r.Dead) > 0:
				return errPerson
			}
			return nil
		})
	})
}

func (c *command) outboxCommand() *cobra.Command {
	cmd := c.verb("outbox", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.with(ctx, func(o *office) error {
			items, err := o.station.Waiting(ctx)
			if err != nil {
				return err
			}
			type itemJSON struct {
				ID        string    `json:"id"`
				Kind      string    `json:"kind"`
				Batch     string    `json:"batch"`
				State     string    `json:"state"`
				Attempts  int       `json:"attempts"`
				Since     time.Time `json:"since"`
				NotBefore time.Time `json:"not_before"`
				Reason    string    `json:"reason,omitempty"`
			}
			list := []itemJSON{}
			for _, item := range items {
				j := itemJSON{item.ID, item.Kind, item.Key, item.State, item.Attempts, item.CreatedAt, item.NotBefore, ""}
				if key, args, ok := outbox.Hint(item); ok {
					j.Reason = c.text.Say(key, args)
				}
				list = append(list, j)
			}
			return c.answer(list, func(w io.Writer) {
				if len(list) == 0 {
					fmt.Fprintln(w, c.text.Say("outbox.none", nil))
				}
				for _, j := range list {
					fmt.Fprintf(w, "%s  %s  %s  %s\n", j.ID, c.text.Say("outbox.kind."+j.Kind, hint.Args{"Batch": j.Batch}), c.text.Say("outbox.state."+j.State, nil), j.Reason)
				}
			})
		})
	})
	act := func(use string, do func(o *office, ctx context.Context, id string) error) {
		sub := c.verb(use+" ID", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			return c.with(ctx, func(o *office) error { return do(o, ctx, args[0]) })
		})
		sub.Short = c.say("outbox."+use, nil)
		cmd.AddCommand(sub)
	}
	act("retry", func(o *office, ctx context.Context, id string) error { return o.station.Retry(ctx, id) })
	act("skip", func(o *office, ctx context.Context, id string) error { return o.station.Skip(ctx, id) })
	return cmd
}

func (c *command) statusCommand() *cobra.Command {
	return c.verb("status", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.with(ctx, func(o *office) error {
			s, err := o.station.Status(ctx)
			if err != nil {
				return err
			}
			document := map[string]any{"online": s.Online, "last_contact": timeOrNull(s.LastContact), "balance_kopecks": s.Balance, "balance_as_of": orNull(s.BalanceOf),
				"reserved_kopecks": s.Reserved, "free_kopecks": s.Free, "offline_pieces": s.OfflinePieces, "offline_until": timeOrNull(s.OfflineUntil), "states": s.States,
				"outbox": map[string]int{"pending": s.Pending, "dead": s.Dead}, "quota": map[string]int{"used": s.QuotaUsed, "allowed": s.QuotaAllowed}}
			return c.answer(document, func(w io.Writer) {
				word := "status.offline"
				if s.Online {
					word = "status.online"
				}
				fmt.Fprintln(w, c.say(word, hint.Args{"Since": s.LastContact.Local().Format("02.01.2006 15:04")}))
				if s.Balance != nil {
					fmt.Fprintln(w, c.say("status.money", hint.Args{"Sum": *s.Balance, "Of": c.day(s.BalanceOf), "Reserved": s.Reserved, "Free": *s.Free}))
				} else {
					fmt.Fprintln(w, c.say("status.no-balance", hint.Args{"Reserved": s.Reserved}))
				}
				if s.OfflinePieces > 0 {
					fmt.Fprintln(w, c.say("status.budget", hint.Args{"Count": s.OfflinePieces, "Until": s.OfflineUntil.Local().Format("02.01.2006 15:04")}))
				}
				fmt.Fprintln(w, c.states(s.States))
				fmt.Fprintln(w, c.say("status.outbox", hint.Args{"Pending": s.Pending, "Dead": s.Dead}))
			})
		})
	})
}

func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

func (c *command) auditCommand() *cobra.Command {
	return c.verb("audit", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.with(ctx, func(o *office) error {
			r, err := o.station.Audit(ctx)
			if err != nil {
				return err
			}
			var first any
			if r.FirstBad > 0 {
				first = r.FirstBad
			}
			err = c.answer(map[string]any{"events": r.Events, "ok": r.OK, "first_bad": first, "what": orNull(r.What)}, func(w io.Writer) {
				if r.OK {
					fmt.Fprintln(w, c.say("audit.ok", hint.Args{"Count": r.Events}))
				} else {
					fmt.Fprintln(w, c.say("audit.bad", hint.Args{"Event": r.FirstBad, "What": r.What}))
				}
			})
			if err == nil && !r.OK {
				err = errPerson
			}
			return err
		})
	})
}

func (c *command) printersCommand() *cobra.Command {
	return c.verb("printers", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.with(ctx, func(o *office) error {
			type printerJSON struct {
				Name    string   `json:"name"`
				Kind    string   `json:"kind"`
				State   string   `json:"state"`
				Reasons []string `json:"reasons"`
				DPI     int      `json:"dpi"`
			}
			list := []printerJSON{}
			for _, p := range o.station.Printers(ctx) {
				list = append(list, printerJSON{p.Name, p.Kind, string(p.State), orEmpty(p.Words), p.DPI})
			}
			return c.answer(list, func(w io.Writer) {
				for _, p := range list {
					fmt.Fprintf(w, "%s  %s  %s\n", p.Name, c.text.Say("printer.state."+p.State, nil), strings.Join(p.Reasons, ", "))
				}
			})
		})
	})
}

func (c *command) settingsCommand() *cobra.Command {
	cmd := c.verb("settings", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.with(ctx, func(o *office) error {
			list, err := o.station.Settings(ctx)
			if err != nil {
				return err
			}
			document := map[string]string{}
			for _, s := range list {
				document[s.Key] = s.Value
			}
			return c.answer(document, func(w io.Writer) {
				for _, s := range list {
					fmt.Fprintf(w, "%s = %s    %s\n", s.Key, s.Value, c.text.Say("setting."+s.Key, hint.Args{"Default": s.Default}))
				}
			})
		})
	})
	set := c.verb("set KEY VALUE", cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error { return o.station.SetSetting(ctx, args[0], args[1]) })
	})
	set.Short = c.say("settings.set", nil)
	cmd.AddCommand(set)
	return cmd
}
