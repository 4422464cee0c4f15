package view

import (
	"context"
	"fmt"
	"strings"

	"znak/app/hint"
	"znak/app/paper"
	"znak/app/scan"
)

// ScannerKeeper is what the page of the scanners and the command codes ask of the station.
type ScannerKeeper interface {
	Scanners(ctx context.Context) ([]scan.Device, error)
	ProveScanner(ctx context.Context, d scan.Device, learned scan.Learned) (scan.Device, error)
	RemoveScanner(ctx context.Context, name string) error
	NextToPrint(ctx context.Context, after string) (string, error)
	CommandSheet(ctx context.Context, words paper.Words, file string) (string, error)
}

// Scanner is a scanner of the office in words.
type Scanner struct {
	Name   string
	Kind   string // how it is connected, and the model
	State  string
	Tone   Tone
	Proof  string // when it was tested last and what came of it
	Passed Tone
	Facts  []string // what it does to codes
	Help   []string // what to set on it
	Lost   []scan.Lost
	Tested bool
}

// ScannersOf shows the scanners; states is what is known of their connections, by name.
func (w Words) ScannersOf(list []scan.Device, states map[string]scan.Event) []Scanner {
	var out []Scanner
	for _, d := range list {
		v := Scanner{Name: d.Name, Kind: w.ScannerKind(d.Kind)}
		if d.Model != d.Name {
			v.Kind = joined(v.Kind, d.Model)
		}
		v.State, v.Tone = w.connection(d, states)
		v.Proof, v.Passed = w.T("ui.scanners.untested"), Warn
		if d.Proof != nil {
			v.Tested, v.Lost = true, d.Proof.Lost
			v.Proof, v.Passed = w.Say("ui.scanners.passed", hint.Args{"Day": w.Full(d.Proof.At)}), OK
			if n := len(v.Lost); n > 0 {
				v.Proof, v.Passed = w.N("ui.scanners.lost", n, hint.Args{"Day": w.Full(d.Proof.At)}), Stop
			}
			v.Facts = w.profile(d.Kind, d.Profile)
			v.Help = w.scannerHelp(d)
		}
		out = append(out, v)
	}
	return out
}

// ScannerKind says how a scanner is connected.
func (w Words) ScannerKind(kind scan.DeviceKind) string {
	return w.T("ui.scanners.kind." + string(kind))
}

func (w Words) connection(d scan.Device, states map[string]scan.Event) (string, Tone) {
	if d.Kind == scan.DeviceKeyboard {
		return w.T("ui.scanners.state.keyboard"), OK
	}
	switch e := states[d.Name]; e.State {
	case scan.Connected:
		return w.Say("ui.scanners.state.connected", hint.Args{"Port": e.Port}), OK
	case scan.Disconnected:
		return w.Hint(e.Err), Warn
	}
	return w.T("ui.scanners.state.opening"), Muted
}

// profile says what a scanner does to codes.
func (w Words) profile(kind scan.DeviceKind, p scan.Profile) []string {
	var list []string
	if kind == scan.DeviceKeyboard {
		layout := strings.ReplaceAll(p.Layout, "+", "-")
		if layout == "" {
			layout = "plain"
		}
		list = append(list, w.T("ui.scanners.layout."+layout))
	}
	if p.Prefix != "" {
		list = append(list, w.Say("ui.scanners.prefix", hint.Args{"Text": visible(p.Prefix)}))
	}
	if p.Suffix != "" {
		list = append(list, w.Say("ui.scanners.suffix", hint.Args{"Text": visible(p.Suffix)}))
	}
	if p.AIM {
		list = append(list, w.T("ui.scanners.aim"))
	}
	if p.End == "" {
		list = append(list, w.T("ui.scanners.end-none"))
	} else {
		list = append(list, w.Say("ui.scanners.end", hint.Args{"Text": visible(p.End)}))
	}
	if p.Lines == "" {
		list = append(list, w.T("ui.scanners.lines-lost"))
	} else {
		list = append(list, w.Say("ui.scanners.lines", hint.Args{"Text": visible(p.Lines)}))
	}
	return list
}

// scannerHelp says what to set on a scanner from which something does not arrive.
func (w Words) scannerHelp(d scan.Device) []string {
	lost := d.Proof.Lost
	if len(lost) == 0 {
		return nil
	}
	var names []string
	for _, l := range lost {
		if len(names) == 12 {
			names = append(names, "…")
			break
		}
		if l.Instead == "" {
			names = append(names, l.Char)
		} else {
			names = append(names, l.Char+" › "+visible(l.Instead))
		}
	}
	list := []string{w.Say("ui.scanners.lost-which", hint.Args{"Chars": strings.Join(names, "   ")})}
	return append(list, w.T("ui.scanners.help."+string(d.Kind)))
}

// controls are the names of the control characters that scanners send.
var controls = map[rune]string{'\r': "Enter", '\n': "LF", '\t': "Tab", ' ': "SP", 0x02: "STX", 0x03: "ETX", 0x04: "EOT", 0x1d: "GS"}

// visible writes a text so that control characters can be seen.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if name, ok := controls[r]; ok {
			b.WriteString("[" + name + "]")
		} else if r < ' ' || r == 0x7f {
			fmt.Fprintf(&b, "[0x%02x]", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ScannerName is the name under which a scanner is kept that nobody has named.
func (w Words) ScannerName(p scan.Place, taken []scan.Device) string {
	base := p.Model
	if base == "" || p.Kind == scan.DeviceKeyboard {
		base = w.T("ui.scanners.name." + string(p.Kind))
	}
	name := base
	for n := 2; ; n++ {
		free := true
		for _, d := range taken {
			free = free && d.Name != name
		}
		if free {
			return name
		}
		name = base + " " + w.Number(n)
	}
}
