package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/printer"
)

// sheetPanel shows how one format lies in the chosen printer: which way, in which tray, and whether the print was set straight.
type sheetPanel struct {
	desk   *printersScreen
	w      *Window
	format postal.EnvelopeKind
	known  bool // v is of the chosen printer and format
	v      view.Sheet
	trays  []string // that can be chosen from

	formats  []*button
	size     *line
	turns    []*button
	faces    []*widget.Icon
	tray     *entry
	choice   *choice
	trayBox  *fyne.Container
	about    *line
	icon     *widget.Icon
	state    *line
	fault    *paragraph
	faults   fyne.CanvasObject
	test     *button
	straight *button
	box      fyne.CanvasObject
}

func newSheetPanel(desk *printersScreen) *sheetPanel {
	w := desk.w
	p := &sheetPanel{desk: desk, w: w, format: postal.C5, size: muted(""), icon: widget.NewIcon(nil), state: newLine(""), about: muted("")}
	formats := hbox(4, container.New(centerY{}, subheading(w.words.T("ui.printers.sheet"))), wide(8, newLine("")))
	for _, f := range view.Formats() {
		b := newButton(w, string(f.Kind), nil, func() { p.choose(f.Kind) })
		p.formats = append(p.formats, b)
		formats.Add(b)
	}
	p.size.Step, p.about.Step = sizeTable, sizeTable

	turns := hbox(8)
	for turn := range 4 {
		icon := widget.NewIcon(nil)
		b := newButton(w, w.words.T("ui.printers.turn."+fmt.Sprint(turn)), nil, func() { p.turn(turn) })
		p.turns, p.faces = append(p.turns, b), append(p.faces, icon)
		picture := newTap(p.w, container.NewCenter(container.NewGridWrap(fyne.NewSize(48, 54), icon)), func() { p.turn(turn) })
		turns.Add(vbox(2, picture, b))
	}
	p.tray = newEntry(w, w.words.T("ui.printers.tray-any"))
	p.tray.OnSubmitted = func(string) { p.keep() }
	p.choice = newChoice(w, nil, nil)
	p.trayBox = container.NewStack(p.tray)
	way := vbox(4, whole(w.words.T("ui.printers.turn")), turns)
	tray := vbox(6, whole(w.words.T("ui.printers.tray")), p.trayBox, p.about)

	p.fault, p.faults = para("", view.Plain)
	p.fault.SizeName = sizeTable
	mark := container.NewCenter(container.NewGridWrap(fyne.NewSize(26, 20), p.icon))
	p.test = primary(newButton(w, "", theme.DocumentPrintIcon(), p.testPrint))
	p.straight = newButton(w, "", nil, func() { w.open(screenCalibrate, desk.name+"\x00"+string(p.format)) })
	p.box = vbox(12, border(nil, nil, formats, nil, inset(0, 8, p.size)),
		container.New(shares{[]float32{1.35, 1}, 20}, way, tray),
		vbox(4, border(nil, nil, mark, nil, p.state), p.faults),
		hbox(8, p.test, p.straight))
	p.mark()
	return p
}

// forget is told when another printer is chosen.
func (p *sheetPanel) forget() { p.known = false }

func (p *sheetPanel) choose(format postal.EnvelopeKind) {
	if p.format != format {
		p.format, p.known = format, false
		p.mark()
		p.refresh()
	}
}

func (p *sheetPanel) refresh() {
	name, format := p.desk.name, p.format
	if name == "" {
		return
	}
	load(p.w.tasks, "sheet", func(ctx context.Context) (station.Sheet, error) { return p.w.station.Sheet(ctx, name, format) },
		func(sheet station.Sheet, err error) {
			if p.desk.name == name && p.format == format && p.w.told(err) {
				p.fill(p.w.words.SheetOf(sheet, format))
			}
		})
}

func (p *sheetPanel) fill(v view.Sheet) {
	if !p.known || v.Tray != p.v.Tray { // what is being typed stays otherwise
		p.tray.SetText(v.Tray)
	}
	p.v, p.known = v, true
	p.mark()
	p.desk.chosen.Refresh() // it may have grown
}

// mark shows what is known and which buttons are alive.
func (p *sheetPanel) mark() {
	_, some := p.desk.printer()
	for i, f := range view.Formats() {
		press(p.formats[i], f.Kind == p.format)
		if f.Kind == p.format {
			p.size.set(p.w.words.FormatSize(f), colorMuted)
		}
	}
	size, _ := p.format.Format()
	may := p.w.mayNot(station.ActPrinters) == ""
	enable(p.tray, may)
	enable(p.choice, may)
	for turn, b := range p.turns {
		b.set(b.Text, may)
		chosen := p.known && p.v.Turn == turn
		ink := colorMuted
		if chosen {
			ink = colorAccent
		}
		p.faces[turn].SetResource(p.w.icons.get(facePicture(size, turn), ink))
		press(b, chosen)
	}
	p.markTrays(p.desk.trays())
	ink := inkOf(p.v.Tone)
	p.icon.SetResource(p.w.icons.get(shapeOf(p.v.Tone), ink))
	state, fault := p.v.State, p.v.Fault
	if !p.known {
		state, fault = "", ""
		p.icon.SetResource(nil)
	}
	p.state.set(state, ink)
	p.fault.SetText(fault)
	show(p.faults, fault != "")
	args := map[string]any{"Format": string(p.format)}
	if p.desk.proof.goes(proofTest) {
		stress(p.test, widget.MediumImportance)
		p.test.set(p.w.words.T("ui.printers.proof.stop"), true)
	} else {
		stress(p.test, widget.HighImportance)
		p.test.set(p.w.words.Say("ui.printers.test", args), some && p.desk.proof.stop == nil && p.w.mayNot(station.ActWork) == "")
	}
	p.straight.set(p.w.words.Say("ui.printers.calibrate", args), some)
	p.box.Refresh()
}

// markTrays offers the printer's trays where they are known, else a field for the printer's own word.
func (p *sheetPanel) markTrays(trays []string) {
	if len(trays) == 0 {
		p.trays = nil
		p.trayBox.Objects = []fyne.CanvasObject{p.tray}
		p.about.set(p.w.words.T("ui.printers.tray-type"), colorMuted)
		return
	}
	p.about.set("", colorMuted)
	trays = append([]string{""}, trays...)
	if p.v.Tray != "" && !slices.Contains(trays, p.v.Tray) {
		trays = append(trays, p.v.Tray)
	}
	var labels []string
	for _, t := range trays {
		if t == "" {
			t = p.w.words.T("ui.printers.tray-any")
		}
		labels = append(labels, t)
	}
	c := p.choice
	p.trayBox.Objects = []fyne.CanvasObject{c}
	at := max(slices.Index(trays, p.v.Tray), 0)
	if !slices.Equal(trays, p.trays) || c.Selected != labels[at] {
		p.trays = trays
		c.OnChanged = nil
		c.Options = labels
		c.SetSelectedIndex(at)
		c.Refresh()
	}
	c.OnChanged = func(string) {
		if i := c.SelectedIndex(); i >= 0 {
			p.tray.SetText(p.trays[i])
			p.keep()
		}
	}
}

// press shows a button of several as the chosen one, or not.
func press(b *button, chosen bool) {
	want := widget.LowImportance
	if chosen {
		want = widget.MediumImportance
	}
	stress(b, want)
}

// stress shows how much a button matters now.
func stress(b *button, want widget.Importance) {
	if b.Importance != want {
		b.Importance = want
		b.Refresh()
	}
}

func (p *sheetPanel) turn(turn int) {
	if p.known && turn != p.v.Turn && p.w.mayNot(station.ActPrinters) == "" {
		p.set(strings.TrimSpace(p.tray.Text), turn)
	}
}

// keep remembers the tray that was typed or chosen.
func (p *sheetPanel) keep() {
	if tray := strings.TrimSpace(p.tray.Text); p.known && tray != p.v.Tray {
		p.set(tray, p.v.Turn)
	}
}

func (p *sheetPanel) set(tray string, turn int) {
	name, format, lost := p.desk.name, p.format, p.v.Fault != ""
	start(p.w.tasks, "set-sheet", func(ctx context.Context) (station.Sheet, error) {
		return p.w.station.SetSheet(ctx, name, format, tray, turn)
	}, func(_ station.Sheet, err error) {
		if p.w.told(err) {
			key, tone := "ui.printers.sheet-kept", view.OK
			if lost {
				key, tone = "ui.printers.sheet-lost", view.Warn
			}
			p.w.say(tone, p.w.words.Say(key, map[string]any{"Format": string(format)}))
		}
		p.known = false // show what is really kept
		p.w.changed()
	})
}

// testPrint prints the test page of the format, with the tray that was just typed; pressed again it is given up.
func (p *sheetPanel) testPrint() {
	if p.desk.proof.goes(proofTest) {
		p.desk.proof.cancel()
		return
	}
	name, format, v, tray := p.desk.name, p.format, p.v, strings.TrimSpace(p.tray.Text)
	changed := p.known && tray != v.Tray
	p.desk.proof.begin(proofTest, name, func(ctx context.Context) (printer.Progress, error) {
		if changed {
			if _, err := p.w.station.SetSheet(ctx, name, format, tray, v.Turn); err != nil {
				return printer.Progress{}, err
			}
		}
		return p.w.station.TestPrint(ctx, name, format)
	})
}

// facePicture draws how a face lies on the paper: its address and the mark in its upper right corner, turned so many quarters clockwise, and below
// it an arrow the way the paper goes.
func facePicture(size postal.EnvelopeFormat, turn int) fyne.Resource {
	const long, border = 40.0, 2.0
	w, h := long, long*size.Height/size.Width
	var path strings.Builder
	corner := func(x, y float64) string {
		for range turn {
			x, y = -y, x
		}
		return fmt.Sprintf("%.1f %.1f", 24+x, 22+y)
	}
	box := func(x1, y1, x2, y2 float64) {
		fmt.Fprintf(&path, "M%s L%s L%s L%s Z ", corner(x1, y1), corner(x2, y1), corner(x2, y2), corner(x1, y2))
	}
	box(-w/2, -h/2, w/2, -h/2+border)
	box(-w/2, h/2-border, w/2, h/2)
	box(-w/2, -h/2, -w/2+border, h/2)
	box(w/2-border, -h/2, w/2, h/2)
	box(w/2-12, -h/2+4, w/2-4, -h/2+10) // the mark
	box(-2, h/2-10, w/2-6, h/2-8)       // the address
	box(-2, h/2-6, w/2-10, h/2-4)
	path.WriteString("M24 44 L29 49 L25 49 L25 54 L23 54 L23 49 L19 49 Z")
	svg := `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="54" viewBox="0 0 48 54"><path d="` + path.String() + `" fill="#000000"/></svg>`
	return fyne.NewStaticResource(fmt.Sprintf("face-%s-%d.svg", size.Kind, turn), []byte(svg))
}
