package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

func (c *command) batchesCommand() *cobra.Command {
	return c.verb("batches", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
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
				Warning     string                    `json:"warning,omitempty"`
				Centre      string                    `json:"centre,omitempty"`
			}
			list := []batchJSON{}
			for _, v := range views {
				j := batchJSON{v.Name, v.Status, v.Ready, []string{}, v.MailType, v.Category, v.Envelope, v.SendingDate, v.Pieces, v.Sum,
					!v.ApprovedAt.IsZero(), !v.HandedAt.IsZero(), v.States, "", v.Centre}
				if v.Warning != nil {
					j.Warning = c.reason(*v.Warning)
				}
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
					if list[i].Warning != "" {
						fmt.Fprintf(w, "    ! %s\n", list[i].Warning)
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
		return c.look(ctx, func(o *office) error {
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
