package view

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
	"znak/printer"
	"znak/printer/calibrate"
	"znak/printer/page"
)

// PrinterKeeper is what the pages of printers ask of the station.
type PrinterKeeper interface {
	FindPrinters(ctx context.Context) ([]station.FoundPrinter, []station.Reason)
	AddPrinter(ctx context.Context, setup printer.Setup) error
	PrinterSetup(ctx context.Context, name string) (printer.Setup, error)
	PrinterChoices(setup printer.Setup) printer.Choices
	ChangePrinter(ctx context.Context, setup printer.Setup) error
	RemovePrinter(ctx context.Context, name string) error
	PausePrinter(ctx context.Context, name string) error
	ResumePrinter(ctx context.Context, name string) error
	CancelJobs(ctx context.Context, name string) (int, error)
	Sheet(ctx context.Context, name string, format postal.EnvelopeKind) (station.Sheet, error)
	SetSheet(ctx context.Context, name string, format postal.EnvelopeKind, tray string, turn int) (station.Sheet, error)
	TestPrint(ctx context.Context, name string, format postal.EnvelopeKind) (printer.Progress, error)
	PrintRuler(ctx context.Context, name string, format postal.EnvelopeKind, corrected bool) (printer.Progress, error)
	ForgetFault(ctx context.Context, name string, format postal.EnvelopeKind) (station.Sheet, error)
	Calibrate(ctx context.Context, name string, format postal.EnvelopeKind, readings calibrate.Readings) (station.Sheet, error)
}

// Printer is a device of the station in words.
type Printer struct {
	Name    string // for the station
	Title   string // for the person
	Kind    string // what it is: kind and model
	About   string // and its resolution and address
	URI     string
	State   string
	Tone    Tone
	Says    string // its own words; "" where it says nothing
	Confirm string // what it can tell about paper
	Main    bool   // the one that is printed to where nothing else is chosen
	Held    bool   // paused here
	Added   bool   // by the office, which can take it away again
}

// PrintersOf shows the devices; main is the name of the default one.
func (w Words) PrintersOf(list []station.PrinterView, main string) []Printer {
	var out []Printer
	for _, p := range list {
		v := Printer{Name: p.Name, Title: w.PrinterName(p.Name), URI: p.URI, State: w.PrinterState(p.State), Tone: printerTone(p.State),
			Main: p.Name == main, Held: p.Held, Added: p.URI != ""}
		v.Kind = joined(w.printerKind(p.Kind), p.Model)
		v.About = joined(v.Kind, w.dots(p.DPI), p.URI)
		if len(p.Words) > 0 {
			v.Says = w.Say("ui.printers.says", hint.Args{"Words": strings.Join(p.Words, "; ")})
		}
		v.Confirm = w.confirm(p.Info)
		out = append(out, v)
	}
	return out
}

func (w Words) printerKind(kind string) string { return w.SayOr("ui.printers.kind."+kind, kind) }

func (w Words) dots(dpi int) string {
	if dpi == 0 {
		return ""
	}
	return w.N("ui.printers.dpi", dpi)
}

// confirm says how far the device's own word about paper goes.
func (w Words) confirm(d printer.Info) string {
	switch {
	case d.Kind == "folder":
		return w.T("ui.printers.confirm.file")
	case d.Confirm == printer.ConfirmJob:
		return w.T("ui.printers.confirm.job")
	case d.Confirm == printer.ConfirmNone:
		return w.T("ui.printers.confirm.none")
	}
	return w.T("ui.printers.confirm.pages")
}

// FoundPrinter is a printer that could be added.
type FoundPrinter struct {
	Name  string // by which it may be added
	Title string
	About string
	URI   string
	Model string
	State string
	Tone  Tone
	Why   string // why the station cannot print to it; "" if it can
}

// Found is what a search has brought.
type Found struct {
	Title   string
	List    []FoundPrinter // that are not added yet; those that fit first
	Reasons []string       // why a way of searching has brought nothing
	Empty   string         // what to do where nothing is left to add
}

// FoundOf shows what a search has brought.
func (w Words) FoundOf(list []station.FoundPrinter, reasons []station.Reason) Found {
	var v Found
	for _, r := range reasons {
		v.Reasons = append(v.Reasons, w.Reason(r))
	}
	for _, f := range list {
		if f.Added != "" {
			continue
		}
		p := FoundPrinter{Name: cleanName(f.Name), Title: f.Name, About: joined(w.printerKind(f.Kind), f.Model, w.dots(f.DPI)), URI: f.URI, Model: f.Model, Tone: Plain}
		if f.Model == f.Name {
			p.About = joined(w.printerKind(f.Kind), w.dots(f.DPI))
		}
		if f.State != "" && f.State != printer.Ready {
			p.State, p.Tone = w.PrinterState(f.State), printerTone(f.State)
		}
		if f.Unfit != "" {
			p.Why, p.Tone = w.Say("printer."+f.Unfit, f.UnfitArgs), Warn
		}
		v.List = append(v.List, p)
	}
	slices.SortStableFunc(v.List, func(a, b FoundPrinter) int { return fits(a) - fits(b) })
	switch {
	case len(v.List) > 0:
		v.Title = w.N("ui.printers.found", len(v.List))
	case len(list) > 0:
		v.Title, v.Empty = w.T("ui.printers.found-none"), w.T("ui.printers.all-added")
	default:
		v.Title, v.Empty = w.T("ui.printers.found-none"), w.T("ui.printers.nothing-found")
	}
	return v
}

func fits(p FoundPrinter) int {
	if p.Why == "" {
		return 0
	}
	return 1
}

// cleanName is a name that the station takes, made of what a system calls a printer.
func cleanName(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || strings.ContainsRune(`/\`, r) }), " ")
	for len(s) > 60 {
		runes := []rune(s)
		s = string(runes[:len(runes)-1])
	}
	return strings.TrimSpace(s)
}

// DPI reads a number of dots per inch; "" is 0: the printer knows it.
func DPI(s string) (int, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return 0, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 100 && n <= 2400
}

// Formats are the formats that are printed on, in the order people meet them.
func Formats() (list []postal.EnvelopeFormat) {
	for _, f := range postal.EnvelopeFormats {
		if f.TakesMark {
			list = append(list, f)
		}
	}
	return list
}

// FormatSize writes a format with its size: "C5 · 229 × 162 мм".
func (w Words) FormatSize(f postal.EnvelopeFormat) string {
	return w.Say("ui.printers.format", hint.Args{"Format": string(f.Kind), "Width": Decimal(f.Width, -1), "Height": Decimal(f.Height, -1)})
}

// Sheet is how a format lies in a printer, in words.
type Sheet struct {
	Tray  string
	Turn  int // quarter turns clockwise, 0 to 3
	State string
	Tone  Tone
	Fault string // of the printer; "" where it was not measured
}

// SheetOf shows how format lies in a printer.
func (w Words) SheetOf(sheet station.Sheet, format postal.EnvelopeKind) Sheet {
	v := Sheet{Tray: sheet.Tray, Turn: sheet.Turn, State: w.T("ui.calibrate.never"), Tone: Muted}
	if !sheet.CalibratedAt.IsZero() {
		v.State, v.Tone = w.Say("ui.calibrate.done", hint.Args{"Day": w.Day(sheet.CalibratedAt)}), OK
		v.Fault = w.FaultOf(sheet, format)
	}
	return v
}

// noticed is the least fault, in millimetres, that is worth a word.
const noticed = 0.05

// FaultOf says where the printer puts the face by itself. Of the paper as fed the fault is measured; it is told as of the face held upright.
func (w Words) FaultOf(sheet station.Sheet, format postal.EnvelopeKind) string {
	size, _ := format.Format()
	f := sheet.Fault
	dx, dy, wider, higher := float64(f.DX), float64(f.DY), float64(f.ScaleX), float64(f.ScaleY)
	for range sheet.Turn & 3 {
		dx, dy = dy, -dx
	}
	if sheet.Turn%2 == 1 {
		wider, higher = higher, wider
	}
	var parts []string
	tell := func(mm float64, more, less string) {
		key := more
		if mm < 0 {
			key = less
		}
		if math.Abs(mm) >= noticed {
			parts = append(parts, w.Say("ui.calibrate.fault."+key, hint.Args{"MM": Decimal(math.Abs(mm), 1)}))
		}
	}
	tell(dx, "right", "left")
	tell(dy, "down", "up")
	tell(float64(f.Skew)*size.Width/1000, "clockwise", "counter")
	tell(wider*size.Width/1000, "wider", "narrower")
	tell(higher*size.Height/1000, "higher", "lower")
	if len(parts) == 0 {
		return w.T("ui.calibrate.fault-none")
	}
	return w.Say("ui.calibrate.fault-is", hint.Args{"Fault": strings.Join(parts, ", ")})
}

// Decimal writes a number with a comma and so many digits after it; -1 for as many as it has.
func Decimal(v float64, digits int) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', digits, 64), ".", ",", 1)
}

// ProofOf tells what became of one sheet that is no letter, on the printer of that name.
func (w Words) ProofOf(name string, p printer.Progress) (Tone, string) {
	args := hint.Args{"Printer": w.PrinterName(name), "State": w.PrinterState(p.State), "Words": strings.Join(p.Words, "; ")}
	switch {
	case len(p.Files) > 0:
		return OK, w.Say("ui.printers.proof.file", hint.Args{"File": strings.Join(p.Files, ", ")})
	case p.Printed > 0:
		return OK, w.Say("ui.printers.proof.out", args)
	case p.State == printer.Done:
		return Warn, w.Say("ui.printers.proof.taken", args)
	case p.Started == 0 && !p.Open:
		return Stop, strings.TrimSpace(w.Say("ui.printers.proof.not", args))
	}
	return Warn, strings.TrimSpace(w.Say("ui.printers.proof.unknown", args))
}

// Measure is one number to be read on the ruler sheet: at a cross, to an edge.
type Measure struct {
	Cross int // 1 to 4
	Edge  calibrate.Edge
}

// Measures are the eight of them in the order of the clock, as a hand goes round the sheet.
var Measures = [8]Measure{
	{1, calibrate.Left}, {1, calibrate.Top}, {2, calibrate.Top}, {2, calibrate.Right},
	{3, calibrate.Right}, {3, calibrate.Bottom}, {4, calibrate.Bottom}, {4, calibrate.Left},
}

// across reports whether the measure is to a left or right edge.
func (m Measure) across() bool { return m.Edge == calibrate.Left || m.Edge == calibrate.Right }

// ReadingsOf reads what a person typed, in the order of Measures. Where it is not complete, why says so and at is the first field that is wrong.
func (w Words) ReadingsOf(typed [8]string) (r calibrate.Readings, at int, why string) {
	empty := 0
	at = -1
	for i, m := range Measures {
		v, ok := reading(typed[i])
		if ok {
			if m.across() {
				r[m.Cross-1].X = v
			} else {
				r[m.Cross-1].Y = v
			}
			continue
		}
		if strings.TrimSpace(typed[i]) == "" {
			empty++
		} else if at < 0 {
			at, why = i, w.Say("ui.calibrate.number", hint.Args{"Text": strings.TrimSpace(typed[i])})
		}
	}
	if at < 0 && empty > 0 {
		at = slices.IndexFunc(typed[:], func(s string) bool { return strings.TrimSpace(s) == "" })
		why = w.N("ui.calibrate.fill", empty)
	}
	return r, at, why
}

// reading reads millimetres, with a comma or a dot: "20", "19,75".
func reading(s string) (page.Millimetres, bool) {
	s = strings.Replace(strings.TrimSpace(s), ",", ".", 1)
	if strings.Trim(s, "0123456789.") != "" || len(s) > 8 {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return page.Millimetres(v), err == nil
}

const implausible = "printer.calibrate.reading."

// ImplausibleAt is the place in Measures of the reading that the station does not believe; -1 where err is about something else.
func ImplausibleAt(err error) int {
	var refused *station.Refused
	if !errors.As(err, &refused) || len(refused.Reasons) == 0 {
		return -1
	}
	edge, ok := strings.CutPrefix(refused.Reasons[0].Key, implausible)
	if !ok {
		return -1
	}
	cross, _ := refused.Reasons[0].Args["Cross"].(int)
	return slices.Index(Measures[:], Measure{cross, calibrate.Edge(edge)})
}
