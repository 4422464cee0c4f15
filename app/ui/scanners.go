package ui

import (
	"context"
	"errors"
	"image"
	"image/color"
	"reflect"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/paper"
	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/view"
)

// scannersScreen lists the scanners, shows the code by which one is set up and tested, and what came of it, character by character. While it is in view,
// every port is listened to: the code says by itself where its scanner is.
type scannersScreen struct {
	w      *Window
	list   []view.Scanner
	name   string // the chosen one
	sure   bool   // the button that takes the scanner away asks once more
	stop   context.CancelFunc
	held   map[string]string // what has come of the code so far, by scanner or port
	wait   *time.Timer
	around []string // what else was heard of: ports that cannot be opened

	rows   *rows
	none   fyne.CanvasObject
	status *line
	icon   *widget.Icon
	says   *paragraph
	title  *line
	state  *paragraph
	proof  *paragraph
	facts  *paragraph
	help   *paragraph
	cells  map[string]*charCell
	grid   *fyne.Container
	remove *button
	rights *barrier
	chosen *fyne.Container
	about  *panel // around it, while there is one
	odd    *paragraph
	box    fyne.CanvasObject
}

var _ rawTaker = (*scannersScreen)(nil)

func newScannersScreen(w *Window) *scannersScreen {
	s := &scannersScreen{w: w, rights: newBarrier(w, station.ActWork), held: map[string]string{}, status: newLine(""), icon: widget.NewIcon(nil), title: newLine(""), cells: map[string]*charCell{}}
	s.rows = newRows(w, func() int { return len(s.list) }, func() fyne.CanvasObject { return newScannerRow(w) },
		func(i int, o fyne.CanvasObject) { o.(*scannerRow).set(s.list[i]) })
	s.rows.HideSeparators = true
	s.rows.enter = func() {}
	s.rows.OnSelected = func(i int) { s.choose(s.list[i].Name) }
	sheet := newButton(w, w.words.T("ui.scanners.sheet"), theme.DocumentPrintIcon(), s.sheet)
	_, none := para(w.words.T("ui.scanners.none"), view.Plain)
	s.none = inset(8, 12, none)
	var odd fyne.CanvasObject
	s.odd, odd = para("", view.Plain)
	s.odd.SizeName, s.odd.Importance = sizeTable, widget.LowImportance
	left := border(nil, vbox(8, odd, sheet), nil, nil,
		container.NewStack(s.rows, container.NewVBox(s.none)))

	code := container.NewCenter(container.NewGridWrap(fyne.NewSize(236, 236), newSymbol(scan.SetupText())))
	_, about := para(w.words.T("ui.scanners.about"), view.Plain)
	var says fyne.CanvasObject
	s.says, says = para("", view.Plain)
	s.says.SizeName = sizeTable
	s.status.Bold = true
	mark := container.NewCenter(container.NewGridWrap(fyne.NewSize(26, 20), s.icon))
	ask := border(nil, nil, inset(0, 0, code), nil, inset(0, 16,
		vbox(10, subheading(w.words.T("ui.scanners.scan-this")), about, s.rights.box, border(nil, nil, mark, nil, s.status), says)))

	s.title.Step, s.title.Bold = theme.SizeNameSubHeadingText, true
	var state, proof, facts, help fyne.CanvasObject
	s.state, state = para("", view.Plain)
	s.proof, proof = para("", view.Plain)
	s.facts, facts = para("", view.Plain)
	s.help, help = para("", view.Stop)
	for _, l := range []*paragraph{s.state, s.facts, s.help} {
		l.SizeName = sizeTable
	}
	s.grid = container.NewGridWrap(fyne.NewSize(30*zoom(), 30*zoom()))
	for _, c := range scan.Characters() {
		one := newCharCell(c)
		s.cells[c] = one
		s.grid.Add(one.box)
	}
	s.remove = quiet(newButton(w, "", nil, s.takeAway))
	s.chosen = vbox(8, border(nil, nil, nil, s.remove, s.title), state, proof, help, s.grid, facts)
	s.about = newPanel(colorPanel, 10, inset(14, 16, s.chosen))
	s.about.Hide()
	right := container.NewVScroll(vbox(12, newPanel(colorPanel, 10, inset(14, 16, ask)), s.about))
	s.box = container.New(shares{[]float32{1, 2.3}, 16}, left, right)
	s.tell(view.Accent, w.words.T("ui.scanners.waiting"), "")
	return s
}

func (s *scannersScreen) head() (string, string)     { return s.w.words.T("ui.menu.scanners"), "" }
func (s *scannersScreen) content() fyne.CanvasObject { return s.box }

func (s *scannersScreen) show(string) {
	s.held = map[string]string{}
	s.tell(view.Accent, s.w.words.T("ui.scanners.waiting"), "")
	s.search()
	s.w.hearing.load()
	s.refresh()
}

// hidden is told when another screen comes into view: the ports are given back.
func (s *scannersScreen) hidden() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
}

// search listens at every port that no known scanner has.
func (s *scannersScreen) search() {
	s.hidden()
	h := s.w.hearing
	if len(h.drivers) == 0 {
		return
	}
	var drivers []scan.Driver // in an order of their own
	for _, kind := range []scan.DeviceKind{scan.DeviceSerial, scan.DeviceHID} {
		if d, ok := h.drivers[kind]; ok {
			drivers = append(drivers, d)
		}
	}
	ctx, stop := context.WithCancel(s.w.tasks.life)
	s.stop, s.around = stop, nil
	known := slices.Clone(h.devices)
	go scan.Search(ctx, drivers, known, func(heard scan.Heard) {
		s.w.tasks.put(func() {
			if ctx.Err() == nil {
				s.found(heard)
			}
		})
	})
}

// found takes what arrived at a port of no known scanner.
func (s *scannersScreen) found(heard scan.Heard) {
	if heard.Err != nil {
		s.around = append(s.around, s.w.words.Hint(heard.Err))
		s.refresh()
		return
	}
	name := s.w.words.ScannerName(heard.Place, s.w.hearing.devices)
	s.arrived(heard.Place.Port, heard.Text, scan.At(name, heard.Place, heard.Baud))
}

// raw takes what a known scanner or the keyboard has sent.
func (s *scannersScreen) raw(in scan.Input) {
	for _, d := range s.w.hearing.devices {
		if d.Name == in.Device || in.Device == "" && d.Kind == scan.DeviceKeyboard {
			s.arrived(in.Device, in.Text, d)
			return
		}
	}
	p := scan.Place{Kind: scan.DeviceKeyboard}
	s.arrived(in.Device, in.Text, scan.At(s.w.words.ScannerName(p, s.w.hearing.devices), p, 0))
}

// arrived adds a text of a scanner to what it has sent of the code; a busy computer may tear a scan in two.
func (s *scannersScreen) arrived(from, text string, d scan.Device) {
	s.held[from] += text
	learned, err := scan.Learn(s.held[from])
	if errors.Is(err, scan.ErrHalfway) {
		s.tell(view.Accent, s.w.words.T("ui.scanners.reading"), "")
		if s.wait != nil {
			s.wait.Stop()
		}
		s.wait = time.AfterFunc(heldFor, func() {
			s.w.tasks.put(func() {
				if s.held[from] != "" {
					s.held[from] = ""
					s.tell(view.Warn, s.w.words.T("ui.scanners.not-read"), s.w.words.Hint(err))
				}
			})
		})
		return
	}
	s.held[from] = ""
	if why := s.w.mayNot(station.ActWork); why != "" { // nothing would be kept
		s.tell(view.Warn, s.w.words.T("ui.scanners.not-kept"), why)
		return
	}
	if err != nil {
		s.tell(view.Warn, s.w.words.Say("ui.scanners.other", map[string]any{"Scanner": d.Name}), s.w.words.Hint(err))
		return
	}
	start(s.w.tasks, "prove-scanner", func(ctx context.Context) (scan.Device, error) { return s.w.station.ProveScanner(ctx, d, learned) }, func(kept scan.Device, err error) {
		if !s.w.told(err) {
			return
		}
		s.name = kept.Name
		key, tone := "ui.scanners.good", view.OK
		if !learned.Whole() {
			key, tone = "ui.scanners.bad", view.Stop
		}
		s.tell(tone, s.w.words.Say(key, map[string]any{"Scanner": kept.Name}), "")
		s.hidden() // its port goes to the one who listens from now on
		s.w.hearing.reload(func() { s.search() })
	})
}

// typed is what a person typed while the page was in view: nothing of it is a scan.
func (s *scannersScreen) scanned(string) {}
func (s *scannersScreen) typedIn(string) {}

func (s *scannersScreen) tell(tone view.Tone, head, text string) {
	s.icon.SetResource(s.w.icons.get(shapeOf(tone), inkOf(tone)))
	s.status.set(head, inkOf(tone))
	s.says.SetText(text)
}

func (s *scannersScreen) refresh() {
	s.rights.open()
	h := s.w.hearing
	list := s.w.words.ScannersOf(h.devices, h.states)
	if !reflect.DeepEqual(list, s.list) {
		s.list = list
		s.rows.Refresh()
	}
	show(s.none, len(list) == 0)
	show(s.about, len(list) > 0)
	s.odd.SetText(strings.Join(s.around, "\n"))
	if len(list) == 0 {
		return
	}
	i := max(slices.IndexFunc(list, func(v view.Scanner) bool { return v.Name == s.name }), 0)
	s.name = list[i].Name
	s.rows.Select(i)
	s.fill(list[i])
}

func (s *scannersScreen) choose(name string) {
	if name != s.name {
		s.name, s.sure = name, false
		s.refresh()
	}
}

func (s *scannersScreen) fill(v view.Scanner) {
	s.title.set(v.Name, theme.ColorNameForeground)
	set := func(l *paragraph, text string, tone view.Tone) {
		if l.Text != text || l.Importance != importance(tone) {
			l.Importance = importance(tone)
			l.SetText(text)
		}
	}
	set(s.state, v.Kind+" · "+v.State, view.Plain)
	set(s.proof, v.Proof, v.Passed)
	set(s.facts, strings.Join(v.Facts, "\n"), view.Plain)
	set(s.help, strings.Join(v.Help, "\n"), view.Stop)
	show(s.help, len(v.Help) > 0)
	show(s.facts, len(v.Facts) > 0)
	show(s.grid, v.Tested)
	lost := map[string]string{}
	for _, l := range v.Lost {
		lost[l.Char] = "×"
	}
	for c, one := range s.cells {
		_, gone := lost[c]
		one.set(gone)
	}
	label, want := "ui.scanners.remove", widget.LowImportance
	if s.sure {
		label, want = "ui.scanners.remove-sure", widget.DangerImportance
	}
	s.remove.set(s.w.words.T(label), s.rights.open())
	stress(s.remove, want)
	s.chosen.Refresh()
}

// takeAway asks once more, in the same place.
func (s *scannersScreen) takeAway() {
	if !s.sure {
		s.sure = true
		s.refresh()
		return
	}
	s.sure = false
	name := s.name
	start(s.w.tasks, "remove-scanner", func(ctx context.Context) (bool, error) { return true, s.w.station.RemoveScanner(ctx, name) }, func(_ bool, err error) {
		if s.w.told(err) {
			s.w.say(view.OK, s.w.words.Say("ui.scanners.removed", map[string]any{"Scanner": name}))
		}
		s.hidden()
		s.w.hearing.reload(func() { s.search() })
	})
}

// sheet writes the sheet of command codes.
func (s *scannersScreen) sheet() {
	words := s.w.words // of the UI thread
	start(s.w.tasks, "command-sheet", func(ctx context.Context) (string, error) {
		return s.w.station.CommandSheet(ctx, words, "")
	}, func(file string, err error) {
		if s.w.told(err) {
			s.w.say(view.OK, s.w.words.Say("ui.scanners.sheet-done", map[string]any{"File": file}))
			s.w.openFile(file)
		}
	})
}

var _ paper.Words = view.Words{}

// charCell is one character of the set-up code: crossed out where it does not arrive.
type charCell struct {
	ground *panel
	text   *line
	cross  *line
	gone   bool
	box    fyne.CanvasObject
}

func newCharCell(char string) *charCell {
	if char == " " {
		char = "SP"
	}
	c := &charCell{text: whole(char), cross: whole("×")}
	c.text.Align, c.cross.Align = fyne.TextAlignCenter, fyne.TextAlignTrailing
	c.cross.Step, c.cross.Ink = theme.SizeNameCaptionText, theme.ColorNameError
	c.cross.Hide()
	c.ground = newPanel(colorPaper, 4, container.NewStack(c.text, container.NewVBox(c.cross)))
	c.box = container.NewPadded(c.ground)
	return c
}

func (c *charCell) set(gone bool) {
	if gone == c.gone {
		return
	}
	c.gone = gone
	ink := theme.ColorNameForeground
	if gone {
		ink = theme.ColorNameError
	}
	c.text.set(c.text.Text, ink)
	c.ground.Border = ""
	if gone {
		c.ground.Border = theme.ColorNameError
	}
	show(c.cross, gone)
	c.ground.Refresh()
}

// newSymbol is the picture of a QR code with its quiet zone: black on white in any look, for a scanner must read it.
func newSymbol(text string) fyne.CanvasObject {
	const quiet, dots = 4, 4
	n, bits, err := paper.Symbol(text)
	if err != nil {
		return canvas.NewRectangle(color.White) // a text of the program, which fits: a test reads it from the screen
	}
	side := (n + 2*quiet) * dots
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			column, row := x/dots-quiet, y/dots-quiet
			if column < 0 || row < 0 || column >= n || row >= n || !bits[row*n+column] {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	c := canvas.NewImageFromImage(img)
	c.ScaleMode = canvas.ImageScalePixels
	c.FillMode = canvas.ImageFillContain
	return c
}

// scannerRow is one scanner in the list.
type scannerRow struct {
	widget.BaseWidget
	w       *Window
	title   *line
	icon    *widget.Icon
	state   *line
	tested  *widget.Icon
	proof   *line
	content fyne.CanvasObject
}

func newScannerRow(w *Window) *scannerRow {
	r := &scannerRow{w: w, title: newLine(""), icon: widget.NewIcon(nil), state: newLine(""), tested: widget.NewIcon(nil), proof: newLine("")}
	r.title.Bold = true
	r.state.Step, r.proof.Step = sizeTable, sizeTable
	mark := func(i *widget.Icon) fyne.CanvasObject {
		return container.NewCenter(container.NewGridWrap(fyne.NewSize(22, 18), i))
	}
	r.content = inset(8, 12, vbox(3, r.title, border(nil, nil, mark(r.icon), nil, r.state), border(nil, nil, mark(r.tested), nil, r.proof)))
	r.ExtendBaseWidget(r)
	return r
}

func (r *scannerRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(r.content)
}

func (r *scannerRow) set(v view.Scanner) {
	r.title.set(v.Name, theme.ColorNameForeground)
	r.icon.SetResource(r.w.icons.get(shapeOf(v.Tone), inkOf(v.Tone)))
	r.state.set(v.State, inkOf(v.Tone))
	r.tested.SetResource(r.w.icons.get(shapeOf(v.Passed), inkOf(v.Passed)))
	r.proof.set(v.Proof, inkOf(v.Passed))
	r.content.Refresh()
}
