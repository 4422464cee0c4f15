package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/scan"
	"znak/app/station"
)

// maxLine is the longest line that is taken from a scanner, bytes. Longer ones are no codes.
const maxLine = 1 << 20

func (c *command) verifyCommand() *cobra.Command {
	var images bool
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
			return c.verifyLines(ctx, v)
		})
	})
	cmd.Flags().BoolVar(&images, "images", false, c.say("flag.images", nil))
	cmd.Use = "verify [BATCH] [--images FILE…]"
	return cmd
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// verifyLines reads scans from standard input, one a line, and answers each with a JSON line at once.
func (c *command) verifyLines(ctx context.Context, v *station.Verifier) error {
	lines := bufio.NewScanner(c.in)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	person := false
	for lines.Scan() {
		answers, err := v.Line(ctx, lines.Text())
		if err := errors.Join(c.verdicts(answers, &person), err); err != nil {
			return err
		}
	}
	answers, err := v.Flush(ctx)
	if err := errors.Join(c.verdicts(answers, &person), err); err != nil {
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
