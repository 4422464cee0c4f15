package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"znak/app/hint"
	"znak/app/scan"
	"znak/app/station"
)

// How long a scan may stop short: without its Enter before what came is taken as a line, and half way through a code of several lines before it is answered
// as it is. The window waits as long.
const (
	lineRest = 400 * time.Millisecond
	codeRest = 1500 * time.Millisecond
)

// scannerCalled is one of the office's scanners; one that it does not have is refused.
func (c *command) scannerCalled(ctx context.Context, o *office, name string) (scan.Device, error) {
	devices, err := o.station.Scanners(ctx)
	if err != nil {
		return scan.Device{}, err
	}
	at := slices.IndexFunc(devices, func(d scan.Device) bool { return d.Name == name })
	if at < 0 {
		return scan.Device{}, &station.Refused{Reasons: []station.Reason{{Key: "station.scanner.unknown", Args: hint.Args{"Scanner": name}}}}
	}
	return devices[at], nil
}

// verifyScanner answers the scans of one of the office's scanners until the command is interrupted, or until nothing has come for as long as silence says; 0 is for
// ever. What the scanner puts around a code is taken off. One that is a keyboard is read from standard input.
func (c *command) verifyScanner(ctx context.Context, v *station.Verifier, d scan.Device, silence time.Duration) error {
	if d.Kind == scan.DeviceKeyboard {
		return c.verifyLines(ctx, v, d.Profile)
	}
	i := slices.IndexFunc(scannerDrivers(), func(driver scan.Driver) bool { return driver.Kind() == d.Kind })
	if i < 0 {
		return fmt.Errorf("no driver for scanners of kind %q", d.Kind)
	}
	listening, stop := context.WithCancel(ctx)
	events := make(chan scan.Event, 100)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		scan.Keep(listening, scannerDrivers()[i], d, func(e scan.Event) {
			select {
			case events <- e:
			case <-listening.Done():
			}
		})
	}()
	defer func() { stop(); <-ended }()

	// A verdict that was begun is written, whatever ends the command.
	l := &listener{c: c, v: v, ctx: context.WithoutCancel(ctx)}
	var patience, rest <-chan time.Time
	if silence > 0 {
		patience = time.After(silence)
	}
	for {
		select {
		case <-ctx.Done():
			return l.end()
		case <-patience:
			return l.end()
		case <-rest:
			if err := l.rest(); err != nil {
				return err
			}
			if rest = nil; l.half {
				rest = time.After(codeRest)
			}
		case e := <-events:
			switch {
			case e.State == scan.Connected:
				fmt.Fprintln(c.errOut, c.say("verify.listening", hint.Args{"Scanner": d.Name, "Port": e.Port}))
			case e.State == scan.Disconnected:
				fmt.Fprintln(c.errOut, c.text.Hint(e.Err))
			default:
				if err := l.heard(d.Profile.Strip(e.Input.Text)); err != nil {
					return err
				}
				rest = time.After(lineRest)
				if silence > 0 {
					patience = time.After(silence)
				}
			}
		}
	}
}

// listener makes lines of what a scanner sends and has them answered.
type listener struct {
	c      *command
	v      *station.Verifier
	ctx    context.Context
	text   string // of the line that is not ended
	half   bool   // lines came that are not answered yet
	person bool
}

func (l *listener) heard(text string) error {
	l.text += text
	for {
		at := strings.IndexAny(l.text, "\r\n")
		if at < 0 {
			return nil
		}
		line := l.text[:at]
		l.text = l.text[at+1:]
		if err := l.line(line); err != nil {
			return err
		}
	}
}

func (l *listener) line(line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	answers, err := l.v.Line(l.ctx, line)
	l.half = len(answers) == 0
	return errors.Join(l.c.verdicts(answers, &l.person), err)
}

// rest takes what has no Enter as a line; asked again, it answers what is half a code.
func (l *listener) rest() error {
	if line := l.text; line != "" {
		l.text = ""
		return l.line(line)
	}
	l.half = false
	answers, err := l.v.Flush(l.ctx)
	return errors.Join(l.c.verdicts(answers, &l.person), err)
}

// end answers everything that was heard.
func (l *listener) end() error {
	for l.text != "" {
		if err := l.rest(); err != nil {
			return err
		}
	}
	if err := l.rest(); err != nil {
		return err
	}
	if l.person {
		return errPerson
	}
	return nil
}

// verifyLines reads scans from standard input, one a line, and answers each with a JSON line at once. profile is what a scanner that types them puts around them.
func (c *command) verifyLines(ctx context.Context, v *station.Verifier, profile scan.Profile) error {
	lines := bufio.NewScanner(c.in)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	person := false
	for lines.Scan() {
		answers, err := v.Line(ctx, profile.Strip(lines.Text()))
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
