package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"znak/app/hint"
)

// qualityCommand measures the codes on scanned or photographed pages, and keeps what it saw for a printer.
func (c *command) qualityCommand() *cobra.Command {
	var name string
	var history bool
	cmd := c.verb("quality FILE…", cobra.ArbitraryArgs, func(ctx context.Context, files []string) error {
		if history {
			if name == "" || len(files) > 0 {
				return errUse{errors.New(c.say("indicator.history", nil))}
			}
			return c.look(ctx, func(o *office) error { return c.qualityHistory(ctx, o, name) })
		}
		if len(files) == 0 {
			return errUse{errors.New(c.say("indicator.files", nil))}
		}
		return c.with(ctx, func(o *office) error {
			report, err := o.station.Quality(ctx, name, files...)
			if err != nil && len(report.Readings) == 0 {
				return err
			}
			poor := false
			list := []map[string]any{}
			for _, r := range report.Readings {
				poor = poor || r.Score < 2
				one := map[string]any{"file": r.File, "page": r.Page, "kind": r.Kind, "data": r.Data, "score": r.Score, "measured": r.Measured}
				for _, p := range r.Parts() {
					one[strings.TrimPrefix(p.Key, "quality.part.")] = map[string]any{"value": p.Value, "score": p.Score}
				}
				advice := []string{}
				for _, key := range r.Advice {
					advice = append(advice, c.text.Say(key, nil))
				}
				one["advice"] = advice
				list = append(list, one)
			}
			told := c.answer(map[string]any{"indicator": list}, func(w io.Writer) {
				fmt.Fprintln(w, c.say("indicator.what", nil))
				for i, r := range report.Readings {
					fmt.Fprintln(w, c.say("indicator.line", hint.Args{"File": filepath.Base(r.File), "Page": r.Page, "Kind": r.Kind, "Score": strings.Replace(fmt.Sprintf("%.1f", r.Score), ".", ",", 1)}))
					for _, p := range r.Parts() {
						if r.Measured && p.Score < 3.5 {
							fmt.Fprintf(w, "    %s: %s\n", c.text.Say(p.Key, nil), strings.Replace(fmt.Sprintf("%.1f", p.Score), ".", ",", 1))
						}
					}
					for _, line := range list[i]["advice"].([]string) {
						fmt.Fprintln(w, "    "+line)
					}
				}
			})
			if err = errors.Join(err, told); err == nil && poor {
				err = errPerson
			}
			return err
		})
	})
	cmd.Flags().StringVar(&name, "printer", "", c.say("flag.quality-printer", nil))
	cmd.Flags().BoolVar(&history, "history", false, c.say("flag.history", nil))
	return cmd
}

func (c *command) qualityHistory(ctx context.Context, o *office, name string) error {
	points, err := o.station.QualityHistory(ctx, name)
	if err != nil {
		return err
	}
	list := []map[string]any{}
	for _, p := range points {
		list = append(list, map[string]any{"at": p.At, "score": p.Score})
	}
	return c.answer(list, func(w io.Writer) {
		for _, p := range points {
			fmt.Fprintf(w, "%s  %s\n", p.At.Local().Format("02.01.2006 15:04"), strings.Replace(fmt.Sprintf("%.1f", p.Score), ".", ",", 1))
		}
	})
}
