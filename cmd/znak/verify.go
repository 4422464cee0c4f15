package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"znak/app/postal"
	"znak/app/scan"
	"znak/app/station"
)

// maxLine is the longest line that is taken from a scanner, bytes. Longer ones are no codes.
const maxLine = 1 << 20

func (c *command) verifyCommand() *cobra.Command {
	var images bool
	var scanner string
	var silence time.Duration
	cmd := c.verb("verify [BATCH]", cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
		batch, files := "", args
		switch {
		case !images && len(args) > 1:
			return errUse{errors.New(c.say("verify.args", nil))}
		case !images:
			files = nil
			if len(args) == 1 {
				batch = args[0]
			}
		case len(args) > 0 && !isFile(args[0]):
			batch, files = args[0], args[1:]
		}
		if images && scanner != "" {
			return errUse{errors.New(c.say("verify.one-source", nil))}
		}
		if images && len(files) == 0 {
			return errUse{errors.New(c.say("verify.no-files", nil))}
		}
		return c.with(ctx, func(o *office) error {
			if batch != "" {
				if _, err := o.station.Batch(ctx, batch); err != nil {
					return err
				}
			}
			v := o.station.Verifier(batch)
			if images {
				return c.verifyImages(ctx, v, files)
			}
			if scanner == "" {
				return c.verifyLines(ctx, v, scan.Profile{})
			}
			d, err := c.scannerCalled(ctx, o, scanner)
			if err != nil {
				return err
			}
			return c.verifyScanner(ctx, v, d, silence)
		})
	})
	cmd.Flags().BoolVar(&images, "images", false, c.say("flag.images", nil))
	cmd.Flags().StringVar(&scanner, "scanner", "", c.say("flag.verify-scanner", nil))
	cmd.Flags().DurationVar(&silence, "timeout", 0, c.say("flag.verify-timeout", nil))
	cmd.Use = c.arguments("verify [BATCH] [--images FILE… | --scanner NAME]")
	return cmd
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

func (c *command) verifyImages(ctx context.Context, v *station.Verifier, files []string) error {
	person := false
	for answer, err := range v.Images(ctx, files) {
		if err != nil {
			return err
		}
		if err := c.verdicts([]station.ScanVerdict{answer}, &person); err != nil {
			return err
		}
		person = person || answer.Verdict != scan.VerdictOK // half an envelope on a picture will not become whole
	}
	if person {
		return errPerson
	}
	return nil
}

type verdictJSON struct {
	Text    string       `json:"text"`
	Verdict scan.Verdict `json:"verdict"`
	ShPI    postal.ShPI  `json:"shpi"`
	Hint    string       `json:"hint"`
}

// verdicts writes JSON lines whatever the flags say, since other programs read them; a person reads them with --json=false as sentences.
func (c *command) verdicts(list []station.ScanVerdict, person *bool) error {
	for _, a := range list {
		switch a.Verdict {
		case scan.VerdictOK, scan.VerdictIncomplete:
		default:
			*person = true
		}
		j := verdictJSON{a.Text, a.Verdict, a.ShPI, c.reason(a.Hint)}
		if a.Hint.Key == "" {
			j.Hint = ""
		}
		if c.json {
			if err := c.line(j); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(c.out, "%s  %s  %s\n", c.text.Say("verdict."+string(a.Verdict), nil), a.ShPI.Grouped(), j.Hint)
	}
	return nil
}
