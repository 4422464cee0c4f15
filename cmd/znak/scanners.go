package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/scan"
	"znak/app/scan/hid"
	"znak/app/scan/serial"
	"znak/app/station"
)

// scannerDrivers are for the scanners that are no keyboards.
func scannerDrivers() []scan.Driver { return []scan.Driver{serial.Driver{}, hid.Driver{}} }

type scannerJSON struct {
	Name    string        `json:"name,omitempty"`
	Kind    string        `json:"kind"`
	Port    string        `json:"port,omitempty"`
	USB     string        `json:"usb,omitempty"` // VID:PID/SERIAL
	Model   string        `json:"model,omitempty"`
	Baud    int           `json:"baud,omitempty"`
	Added   bool          `json:"added"`
	Profile *scan.Profile `json:"profile,omitempty"`
	Proof   *scan.Proof   `json:"proof,omitempty"`
}

func scannerOf(d scan.Device) scannerJSON {
	j := scannerJSON{Name: d.Name, Kind: string(d.Kind), Port: d.Port, USB: usbOf(d.VID, d.PID, d.Serial), Model: d.Model, Baud: d.Baud, Added: true, Proof: d.Proof}
	if d.Proof != nil {
		j.Profile = &d.Profile
	}
	return j
}

func usbOf(vid, pid, serial string) string {
	if vid == "" {
		return ""
	}
	return strings.TrimSuffix(vid+":"+pid+"/"+serial, "/")
}

// scannersCommand lists the office's scanners, and the ports where others may be.
func (c *command) scannersCommand() *cobra.Command {
	return c.verb("scanners", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
			devices, err := o.station.Scanners(ctx)
			if err != nil {
				return err
			}
			list := []scannerJSON{}
			for _, d := range devices {
				list = append(list, scannerOf(d))
			}
			for _, driver := range scannerDrivers() {
				places, err := driver.Places()
				if err != nil {
					fmt.Fprintln(c.errOut, c.text.Hint(err))
				}
				for _, p := range places {
					if !slices.ContainsFunc(devices, func(d scan.Device) bool { return d.Is(p) }) {
						list = append(list, scannerJSON{Kind: string(p.Kind), Port: p.Port, USB: usbOf(p.VID, p.PID, p.Serial), Model: p.Model})
					}
				}
			}
			return c.answer(list, func(w io.Writer) { c.writeScanners(w, list) })
		})
	})
}

func (c *command) writeScanners(w io.Writer, list []scannerJSON) {
	if len(list) == 0 || !list[0].Added {
		fmt.Fprintln(w, c.say("scanners.none", nil))
	}
	said := false
	for _, s := range list {
		if !s.Added && !said {
			said = true
			fmt.Fprintln(w, c.say("scanners.found", nil))
		}
		var line []string
		for _, part := range []string{s.Name, c.text.Say("ui.scanners.kind."+s.Kind, nil), s.Port, s.USB, s.Model} {
			if part != "" {
				line = append(line, part)
			}
		}
		if s.Proof != nil {
			line = append(line, s.Proof.At.Local().Format("02.01.2006 15:04"))
			for _, l := range s.Proof.Lost {
				line = append(line, "✕"+l.Char)
			}
		}
		fmt.Fprintln(w, strings.Join(line, "  "))
	}
}

// scannerCommand is the office's hand on one scanner.
func (c *command) scannerCommand() *cobra.Command {
	cmd := c.group("scanner")
	for _, sub := range []*cobra.Command{c.scannerAdd(), c.scannerRemove(), c.scannerTest()} {
		name, _, _ := strings.Cut(sub.Use, " ")
		sub.Short = c.say("scanner."+name, nil)
		cmd.AddCommand(sub)
	}
	return cmd
}

func (c *command) scannerAdd() *cobra.Command {
	var baud int
	cmd := c.verb("add NAME [PORT]", cobra.RangeArgs(1, 2), func(ctx context.Context, args []string) error {
		d := scan.At(args[0], scan.Place{Kind: scan.DeviceKeyboard}, 0)
		if len(args) == 2 {
			d = scan.At(args[0], placeAt(args[1]), baud)
		}
		return c.with(ctx, func(o *office) error {
			if err := o.station.PutScanner(ctx, d); err != nil {
				return err
			}
			return c.answer(scannerOf(d), func(w io.Writer) { fmt.Fprintln(w, c.say("scanner.added", hint.Args{"Scanner": d.Name})) })
		})
	})
	cmd.Flags().IntVar(&baud, "baud", 0, c.say("flag.baud", nil))
	return cmd
}

// placeAt is what is known of a port: a list may tell its USB numbers, so that it is found again at another.
func placeAt(port string) scan.Place {
	for _, driver := range scannerDrivers() {
		places, _ := driver.Places() // a port that no list has is a serial one
		for _, p := range places {
			if p.Port == port {
				return p
			}
		}
	}
	return scan.Place{Kind: scan.DeviceSerial, Port: port}
}

func (c *command) scannerRemove() *cobra.Command {
	return c.verb("remove NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error { return o.station.RemoveScanner(ctx, args[0]) })
	})
}

func (c *command) scannerTest() *cobra.Command {
	var timeout time.Duration
	cmd := c.verb("test NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			d, err := c.scannerCalled(ctx, o, args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(c.errOut, c.say("scanner.wait", nil))
			learned, err := c.tryScanner(ctx, d, timeout)
			if err != nil {
				return err
			}
			if d, err = o.station.ProveScanner(ctx, d, learned); err != nil {
				return err
			}
			return c.tellProof(d, learned)
		})
	})
	cmd.Flags().DurationVar(&timeout, "timeout", time.Minute, c.say("flag.scan-timeout", nil))
	return cmd
}

// tryScanner waits for the set-up code: at the scanner's port, or on standard input where it is a keyboard.
func (c *command) tryScanner(ctx context.Context, d scan.Device, timeout time.Duration) (scan.Learned, error) {
	if d.Kind == scan.DeviceKeyboard {
		const most = 8 << 10
		typed, held := make([]byte, 1), ""
		for len(held) < most {
			n, err := c.in.Read(typed)
			held += string(typed[:n])
			learned, wrong := scan.Learn(held)
			if wrong == nil && (err != nil || strings.HasSuffix(held, "\n")) || err != nil {
				return learned, wrong
			}
		}
		return scan.Learn(held)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for _, driver := range scannerDrivers() {
		if driver.Kind() == d.Kind {
			learned, err := scan.Try(ctx, driver, d)
			if errors.Is(err, context.DeadlineExceeded) {
				err = &station.Refused{Reasons: []station.Reason{{Key: "cmd.scanner.silent", Args: hint.Args{"Scanner": d.Name}}}}
			}
			return learned, err
		}
	}
	return scan.Learned{}, fmt.Errorf("no driver for scanners of kind %q", d.Kind)
}

// tellProof answers with what a test has shown; a scanner from which something does not arrive needs a person.
func (c *command) tellProof(d scan.Device, learned scan.Learned) error {
	err := c.answer(scannerOf(d), func(w io.Writer) {
		if learned.Whole() {
			fmt.Fprintln(w, c.say("scanner.good", hint.Args{"Scanner": d.Name}))
			return
		}
		var chars []string
		for _, l := range learned.Lost {
			chars = append(chars, l.Char)
		}
		fmt.Fprintln(w, c.say("scanner.bad", hint.Args{"Scanner": d.Name, "Chars": strings.Join(chars, " ")}))
		fmt.Fprintln(w, c.text.Say("ui.scanners.help."+string(d.Kind), nil))
	})
	if err == nil && !learned.Whole() {
		err = errPerson
	}
	return err
}

// commandSheetCommand writes the sheet of command codes.
func (c *command) commandSheetCommand() *cobra.Command {
	var file string
	cmd := c.verb("command-sheet", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
			file, err := o.station.CommandSheet(ctx, c.text, file)
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"file": file}, func(w io.Writer) { fmt.Fprintln(w, file) })
		})
	})
	cmd.Flags().StringVar(&file, "out", "", c.say("flag.out-file", nil))
	return cmd
}
