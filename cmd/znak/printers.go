package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
	"znak/printer"
	"znak/printer/calibrate"
	"znak/printer/page"
)

// printersCommand lists the printers the station prints to, and those it sees and could be told to use.
func (c *command) printersCommand() *cobra.Command {
	return c.verb("printers", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return c.look(ctx, func(o *office) error {
			type printerJSON struct {
				Name    string   `json:"name"`
				Kind    string   `json:"kind"`
				State   string   `json:"state"`
				Reasons []string `json:"reasons"`
				DPI     int      `json:"dpi"`
				URI     string   `json:"uri,omitempty"`
				Model   string   `json:"model,omitempty"`
				Added   bool     `json:"added"` // the station can print to it
				Confirm string   `json:"confirm,omitempty"`
				Trays   []string `json:"trays,omitempty"`
				Unfit   string   `json:"unfit,omitempty"`
			}
			list := []printerJSON{}
			printers, err := o.station.Printers(ctx)
			if err != nil {
				return err
			}
			for _, p := range printers {
				list = append(list, printerJSON{Name: p.Name, Kind: p.Kind, State: string(p.State), Reasons: orEmpty(p.Words), DPI: p.DPI, URI: p.URI, Model: p.Model,
					Added: true, Confirm: string(p.Confirm), Trays: p.Trays})
			}
			found, reasons := o.station.FindPrinters(ctx)
			for _, f := range found {
				if f.Added != "" {
					continue
				}
				p := printerJSON{Name: f.Name, Kind: f.Kind, State: string(f.State), Reasons: orEmpty(f.Words), DPI: f.DPI, URI: f.URI, Model: f.Model, Trays: f.Trays}
				if f.Unfit != "" {
					p.Unfit = c.text.Say("printer."+f.Unfit, f.UnfitArgs)
				}
				list = append(list, p)
			}
			for _, r := range reasons {
				fmt.Fprintln(c.errOut, c.reason(r))
			}
			return c.answer(list, func(w io.Writer) {
				said := false
				for _, p := range list {
					if !p.Added && !said {
						said = true
						fmt.Fprintln(w, c.say("printers.found", nil))
					}
					line := []string{p.Name, c.text.Say("printer.state."+p.State, nil)}
					if p.URI != "" {
						line = append(line, p.URI)
					}
					if p.Unfit != "" {
						line = append(line, p.Unfit)
					}
					fmt.Fprintln(w, strings.Join(append(line, p.Reasons...), "  "))
				}
			})
		})
	})
}

// printerCommand is the office's hand on one printer.
func (c *command) printerCommand() *cobra.Command {
	cmd := c.group("printer")
	for _, sub := range []*cobra.Command{c.printerAdd(), c.printerSet(), c.printerRemove(), c.printerPause(), c.printerResume(), c.printerCancel(), c.printerSheet(), c.printerTest(), c.printerCalibrate()} {
		name, _, _ := strings.Cut(sub.Use, " ")
		sub.Short = c.say("printer."+name, nil)
		cmd.AddCommand(sub)
	}
	return cmd
}

func (c *command) printerAdd() *cobra.Command {
	var setup printer.Setup
	var language, confirm string
	var options map[string]string
	var chosen bool
	cmd := c.verb("add NAME [URI]", cobra.RangeArgs(1, 2), func(ctx context.Context, args []string) error {
		setup.Name, setup.Language, setup.Confirm, setup.Options = args[0], printer.Language(language), printer.Confirm(confirm), options
		return c.with(ctx, func(o *office) error {
			if len(args) == 2 {
				setup.URI = args[1]
			} else if found, err := c.foundPrinter(ctx, o, args[0]); err != nil {
				return err
			} else {
				setup.URI, setup.Model = found.URI, found.Model
			}
			if err := o.station.AddPrinter(ctx, setup); err != nil {
				return err
			}
			if chosen {
				if err := o.station.SetSetting(ctx, station.SettingPrinter, setup.Name); err != nil {
					return err
				}
			}
			return c.tellPrinter(ctx, o, setup.Name)
		})
	})
	cmd.Flags().StringVar(&language, "language", "", c.say("flag.language", nil))
	cmd.Flags().StringVar(&confirm, "confirm", "", c.say("flag.confirm", nil))
	cmd.Flags().IntVar(&setup.DPI, "dpi", 0, c.say("flag.dpi", nil))
	cmd.Flags().IntVar(&setup.Slip, "slip", 0, c.say("flag.slip", nil))
	cmd.Flags().StringToStringVar(&options, "option", nil, c.say("flag.option", nil))
	cmd.Flags().BoolVar(&chosen, "default", false, c.say("flag.default", nil))
	return cmd
}

// foundPrinter is the one printer found under a name.
func (c *command) foundPrinter(ctx context.Context, o *office, name string) (station.FoundPrinter, error) {
	found, _ := o.station.FindPrinters(ctx)
	var fit []station.FoundPrinter
	for _, f := range found {
		if f.Name == name {
			fit = append(fit, f)
		}
	}
	if len(fit) != 1 {
		return station.FoundPrinter{}, &station.Refused{Reasons: []station.Reason{{Key: "cmd.device.not-found", Args: hint.Args{"Printer": name, "Count": len(fit)}}}}
	}
	return fit[0], nil
}

// tellPrinter answers with one printer as it is now.
func (c *command) tellPrinter(ctx context.Context, o *office, name string) error {
	list, err := o.station.Printers(ctx)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Name == name {
			document := map[string]any{"name": p.Name, "kind": p.Kind, "state": p.State, "reasons": orEmpty(p.Words), "dpi": p.DPI, "confirm": p.Confirm, "slip": p.Slip}
			return c.answer(document, func(w io.Writer) {
				fmt.Fprintln(w, strings.Join(append([]string{p.Name, c.text.Say("printer.state."+string(p.State), nil)}, p.Words...), "  "))
			})
		}
	}
	return nil
}

func (c *command) printerRemove() *cobra.Command {
	return c.verb("remove NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error { return o.station.RemovePrinter(ctx, args[0]) })
	})
}

func (c *command) printerPause() *cobra.Command {
	return c.verb("pause NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			if err := o.station.PausePrinter(ctx, args[0]); err != nil {
				return err
			}
			return c.tellPrinter(ctx, o, args[0])
		})
	})
}

func (c *command) printerResume() *cobra.Command {
	return c.verb("resume NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			if err := o.station.ResumePrinter(ctx, args[0]); err != nil {
				return err
			}
			return c.tellPrinter(ctx, o, args[0])
		})
	})
}

func (c *command) printerCancel() *cobra.Command {
	return c.verb("cancel NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			n, err := o.station.CancelJobs(ctx, args[0])
			if err != nil {
				return err
			}
			return c.answer(map[string]any{"name": args[0], "jobs": n}, func(w io.Writer) { fmt.Fprintln(w, c.say("device.cancelled", hint.Args{"Count": n})) })
		})
	})
}

// formatFlag is the format of envelope or label a printer command is about.
func (c *command) formatFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("format", string(postal.C5), c.say("flag.sheet-format", nil))
}

// printerSheet says how a format lies in a printer; without flags it shows it.
func (c *command) printerSheet() *cobra.Command {
	var tray string
	var turn int
	var format *string
	var cmd *cobra.Command
	cmd = c.verb("sheet NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		show := func(sheet station.Sheet, err error) error {
			if err != nil {
				return err
			}
			return c.tellSheet(args[0], *format, sheet)
		}
		if !cmd.Flags().Changed("tray") && !cmd.Flags().Changed("turn") {
			return c.look(ctx, func(o *office) error { return show(o.station.Sheet(ctx, args[0], postal.EnvelopeKind(*format))) })
		}
		if turn%90 != 0 {
			return errUse{errors.New(c.say("device.turn", nil))}
		}
		return c.with(ctx, func(o *office) error {
			return show(o.station.SetSheet(ctx, args[0], postal.EnvelopeKind(*format), tray, turn/90))
		})
	})
	format = c.formatFlag(cmd)
	cmd.Flags().StringVar(&tray, "tray", "", c.say("flag.tray", nil))
	cmd.Flags().IntVar(&turn, "turn", 0, c.say("flag.turn", nil))
	return cmd
}

func (c *command) tellSheet(name, format string, sheet station.Sheet) error {
	f := sheet.Fault
	document := map[string]any{"printer": name, "format": format, "tray": sheet.Tray, "turn": sheet.Turn * 90,
		"fault": map[string]any{"dx_mm": rounded(f.DX), "dy_mm": rounded(f.DY), "skew_mm_per_m": rounded(f.Skew),
			"scale_x_mm_per_m": rounded(f.ScaleX), "scale_y_mm_per_m": rounded(f.ScaleY)}}
	return c.answer(document, func(w io.Writer) {
		fmt.Fprintln(w, c.say("device.sheet-is", hint.Args{"Printer": name, "Format": format, "Tray": sheet.Tray, "Turn": sheet.Turn * 90}))
		fmt.Fprintln(w, c.say("device.fault-is", hint.Args{"DX": decimal(float64(f.DX)), "DY": decimal(float64(f.DY)), "Skew": decimal(float64(f.Skew)),
			"ScaleX": decimal(float64(f.ScaleX)), "ScaleY": decimal(float64(f.ScaleY))}))
	})
}

// rounded is a measure to the hundredth: what was read with a ruler is not better.
func rounded[T ~float64](v T) float64 { return math.Round(float64(v)*100)/100 + 0 }

func decimal(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', 2, 64), ".", ",", 1)
}

func (c *command) printerTest() *cobra.Command {
	var format *string
	cmd := c.verb("test NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.with(ctx, func(o *office) error {
			p, err := o.station.TestPrint(ctx, args[0], postal.EnvelopeKind(*format))
			if err != nil {
				return err
			}
			return c.tellPage(p)
		})
	})
	format = c.formatFlag(cmd)
	return cmd
}

// tellPage tells what became of one page that is no piece.
func (c *command) tellPage(p printer.Progress) error {
	err := c.answer(map[string]any{"state": p.State, "printed": p.Printed, "reasons": orEmpty(p.Words), "files": orEmpty(p.Files)}, func(w io.Writer) {
		switch {
		case p.Printed > 0:
			fmt.Fprintln(w, c.say("device.page-out", nil))
		default:
			fmt.Fprintln(w, c.say("device.page-sent", hint.Args{"State": c.text.Say("printer.state."+string(p.State), nil)}))
		}
		for _, word := range append(p.Words, p.Files...) {
			fmt.Fprintln(w, word)
		}
	})
	if err == nil && p.State != printer.Done {
		err = errPerson
	}
	return err
}

// printerCalibrate prints the ruler sheet, and learns from what was read on it.
func (c *command) printerCalibrate() *cobra.Command {
	var format *string
	var readings string
	var check, reset bool
	cmd := c.verb("calibrate NAME", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		if reset {
			if readings != "" || check {
				return errUse{errors.New(c.say("device.reset-alone", nil))}
			}
			return c.with(ctx, func(o *office) error {
				sheet, err := o.station.ForgetFault(ctx, args[0], postal.EnvelopeKind(*format))
				if err != nil {
					return err
				}
				return c.tellSheet(args[0], *format, sheet)
			})
		}
		if readings == "" {
			return c.with(ctx, func(o *office) error {
				p, err := o.station.PrintRuler(ctx, args[0], postal.EnvelopeKind(*format), check)
				if err != nil {
					return err
				}
				fmt.Fprintln(c.errOut, c.say("device.read-it", nil))
				return c.tellPage(p)
			})
		}
		read, err := parseReadings(readings)
		if err != nil {
			return errUse{errors.New(c.say("device.readings", nil))}
		}
		return c.with(ctx, func(o *office) error {
			sheet, err := o.station.Calibrate(ctx, args[0], postal.EnvelopeKind(*format), read)
			if err != nil {
				return err
			}
			return c.tellSheet(args[0], *format, sheet)
		})
	})
	format = c.formatFlag(cmd)
	cmd.Flags().StringVar(&readings, "readings", "", c.say("flag.readings", nil))
	cmd.Flags().BoolVar(&check, "check", false, c.say("flag.check", nil))
	cmd.Flags().BoolVar(&reset, "reset", false, c.say("flag.calibration-reset", nil))
	return cmd
}

// parseReadings reads "20:19,5 20:20 20,5:20 20:20": of each cross the distance to its side edge and to its upper or lower edge, in millimetres.
func parseReadings(text string) (r calibrate.Readings, err error) {
	fields := strings.Fields(strings.ReplaceAll(text, ";", " "))
	if len(fields) != len(r) {
		return r, errors.New("four pairs are needed")
	}
	for i, f := range fields {
		x, y, ok := strings.Cut(f, ":")
		if !ok {
			return r, errors.New("a pair is x:y")
		}
		if r[i].X, err = millimetres(x); err != nil {
			return r, err
		}
		if r[i].Y, err = millimetres(y); err != nil {
			return r, err
		}
	}
	return r, nil
}

func millimetres(text string) (page.Millimetres, error) {
	v, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	return page.Millimetres(v), err
}
