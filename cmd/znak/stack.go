package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/scan"
	"znak/app/station"
)

// stackCommand reads the codes of a stack from top to bottom from standard input, one a line, and says what is missing, extra or out of place. Exit code 1 where
// anything is.
func (c *command) stackCommand() *cobra.Command {
	return c.verb("stack BATCH", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			stack, err := o.station.Stack(ctx, args[0])
			if err != nil {
				return err
			}
			var unread []string
			note := func(answers []station.ScanVerdict, err error) error {
				for _, a := range answers {
					if a.Verdict == scan.VerdictUnreadable && strings.TrimSpace(a.Text) != "" {
						unread = append(unread, a.Text)
					}
				}
				return err
			}
			lines := bufio.NewScanner(c.in)
			lines.Buffer(make([]byte, 0, 64<<10), maxLine)
			for lines.Scan() {
				if err := note(stack.Line(ctx, lines.Text())); err != nil {
					return err
				}
			}
			if err := note(stack.Flush(ctx)); err != nil {
				return err
			}
			if err := lines.Err(); err != nil {
				return hint.New("cmd.verify.input", nil, err)
			}
			r := stack.Report(true)
			if err := c.answer(c.stackJSON(r, unread), func(w io.Writer) { c.stackWords(w, r, unread) }); err != nil {
				return err
			}
			if !r.Whole() || len(unread) > 0 {
				return errPerson
			}
			return nil
		})
	})
}

type stackAtJSON struct {
	Number int         `json:"number"`
	At     int         `json:"at"`
	ShPI   postal.ShPI `json:"shpi"`
}

type stackFaultJSON struct {
	Kind    station.StackFaultKind `json:"kind"`
	ShPI    postal.ShPI            `json:"shpi"`
	Number  int                    `json:"number"`   // in the print order, from 1; 0: none
	At      int                    `json:"at"`       // from the top, from 1; 0: not in the stack
	FirstAt int                    `json:"first_at"` // of a doubled one: the other envelope
	Above   *stackAtJSON           `json:"above"`
	Below   *stackAtJSON           `json:"below"`
	Hint    string                 `json:"hint"`
}

func (c *command) stackJSON(r station.StackReport, unread []string) map[string]any {
	at := func(a *station.StackAt) *stackAtJSON {
		if a == nil {
			return nil
		}
		return &stackAtJSON{a.No, a.At, a.ShPI}
	}
	faults := []stackFaultJSON{}
	for _, f := range r.Faults {
		faults = append(faults, stackFaultJSON{f.Kind, f.ShPI, f.No, f.At, f.FirstAt, at(f.Above), at(f.Below), c.faultWords(f)})
	}
	return map[string]any{"batch": r.Batch, "expected": r.Expected, "seen": r.Seen, "right": r.Right, "reversed": r.Reversed, "shuffled": r.Shuffled,
		"faults": faults, "unreadable": append([]string{}, unread...)}
}

func (c *command) faultWords(f station.StackFault) string {
	var list []string
	for _, reason := range f.Reasons() {
		list = append(list, c.text.Say(reason.Key, reason.Args))
	}
	return strings.Join(list, " ")
}

func (c *command) stackWords(w io.Writer, r station.StackReport, unread []string) {
	args := hint.Args{"Batch": r.Batch, "Seen": r.Seen, "Expected": r.Expected, "Right": r.Right, "Count": len(r.Faults)}
	if len(r.Faults) == 0 {
		fmt.Fprintln(w, c.say("stack.whole", args))
	} else {
		fmt.Fprintln(w, c.say("stack.faults", args))
	}
	if r.Reversed {
		fmt.Fprintln(w, c.say("stack.reversed", nil))
	}
	if r.Shuffled {
		fmt.Fprintln(w, c.say("stack.shuffled", nil))
	}
	for _, f := range r.Faults {
		fmt.Fprintln(w, c.faultWords(f))
	}
	for _, text := range unread {
		fmt.Fprintln(w, c.say("stack.unreadable", hint.Args{"Text": text}))
	}
}
