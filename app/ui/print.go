package ui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/station"
	"znak/app/ui/view"
)

// printRun is the run that goes on, or the last one. It outlives the screen: a person may look at other screens meanwhile.
type printRun struct {
	order    station.PrintOrder
	control  *station.Control
	clock    *view.RunClock
	progress station.PrintProgress
	begun    bool // progress was told at least once
	paused   bool // asked for
	done     bool
	report   station.PrintReport
	err      error
	at       string   // the printer; "" is the default one
	line     []string // the batches that follow it
}

// printing reports whether a run goes on; where it does, it is shown with the reason why nothing else can begin.
func (w *Window) printing() bool {
	if w.run == nil || w.run.done {
		return false
	}
	w.open(screenPrint, "")
	w.say(view.Warn, w.words.Say("ui.print.busy", map[string]any{"Batch": w.run.order.Batch}))
	return true
}

// print starts a run and shows it. There is one at a time: the office has one stack of envelopes in its hands.
func (w *Window) print(order station.PrintOrder) {
	if w.run != nil && !w.run.done && w.run.order.Batch == order.Batch { // a second click
		w.open(screenPrint, "")
		return
	}
	if w.printing() {
		return
	}
	run := &printRun{order: order, control: station.NewControl(), clock: view.NewRunClock(order.Batch, w.words.Now()), at: order.Printer}
	tell := func(p station.PrintProgress) {
		w.tasks.put(func() {
			run.progress, run.begun = p, true
			if w.run == run && w.here.screen == screenPrint {
				w.current().refresh()
			}
		})
	}
	last, words := w.lastPrinters(), w.words
	taken := start(w.tasks, "print", func(ctx context.Context) (station.PrintReport, error) {
		if order.Printer == "" {
			at, err := targetFor(ctx, w.station, words, order.Batch, last)
			if err != nil {
				return station.PrintReport{}, err
			}
			order.Printer = at
			w.tasks.put(func() { run.order.Printer, run.at = at, at })
		}
		return w.station.Print(ctx, order, run.control, tell)
	},
		func(r station.PrintReport, err error) {
			run.done, run.report, run.err = true, r, err
			w.frame.notice.hide()
			w.chime(err == nil && r.Unknown+r.Failed+len(r.Refused) == 0)
			if w.goOnLine(run) {
				return
			}
			w.trouble(err)
			w.changed()
		})
	if taken {
		w.run = run
		w.open(screenPrint, order.Batch)
	}
}

// runText is what the line at the bottom says about a run.
func (w *Window) runText() string {
	if w.run == nil || w.run.done || !w.run.begun {
		return ""
	}
	v := w.words.RunOf(w.run.clock, w.run.progress, w.words.Now())
	return w.words.Say("ui.print.status", map[string]any{"Big": v.Big})
}

// envelopeEvery keeps the picture of the envelope from costing the run its speed.
const envelopeEvery = time.Second

// printScreen shows the run: three truths while it goes on, the report when it has ended.
type printScreen struct {
	w       *Window
	state   *line
	icon    *widget.Icon
	big     *line
	sent    *line
	bar     *bar
	printed *line
	unknown *line
	speed   *line
	current *line
	env     *envelope
	pause   *button
	stop    *button
	cancel  *button
	help    *paragraph
	fault   *faultPicture
	faulty  *fyne.Container
	moves   *moveRow
	after   *line // the batches that follow
	device  *line
	running *fyne.Container

	title  *paragraph
	mark   *widget.Icon
	lines  *fyne.Container
	next   *button
	back   *button
	again  *button  // prints what is left
	last   *lastOut // asks what the printer could not tell
	do     view.Action
	report *fyne.Container
	told   *printRun // whose report is on the screen
	drawn  time.Time // when the envelope was last drawn
	box    fyne.CanvasObject
}

func newPrintScreen(w *Window) *printScreen {
	s := &printScreen{w: w, state: newLine(""), icon: widget.NewIcon(nil), big: whole(""), sent: muted(w.words.T("ui.print.sent")), bar: newBar(12),
		printed: newLine(""), unknown: newLine(""), speed: muted(""), current: muted(""), env: newEnvelope(w, 240), mark: widget.NewIcon(nil), lines: vbox(8)}
	s.big.Step, s.big.Bold = sizeRun, true
	for _, l := range []*line{s.state, s.printed, s.unknown} {
		l.Step = theme.SizeNameSubHeadingText
	}
	s.pause = newButton(w, w.words.T("ui.print.pause"), theme.MediaPauseIcon(), s.togglePause)
	s.stop = newButton(w, w.words.T("ui.print.stop"), theme.MediaStopIcon(), s.stopRun)
	s.cancel = newButton(w, w.words.T("ui.print.cancel"), theme.CancelIcon(), s.cancelRun)
	s.device, s.after = muted(""), muted("")
	s.fault, s.moves = newFaultPicture(), newMoveRow(w)
	var help fyne.CanvasObject
	s.help, help = para("", view.Warn)
	s.faulty = border(nil, nil, inset(0, 8, container.NewCenter(s.fault)), nil, container.New(centerY{}, vbox(6, help, s.device)))
	s.faulty.Hide()
	truths := container.NewGridWithColumns(2, s.printed, s.unknown)
	left := vbox(12,
		border(nil, nil, boxed(26, 22, s.icon), nil, s.state),
		vbox(0, s.big, s.sent), s.bar, truths, s.speed, s.current, s.faulty,
		inset(12, 0, vbox(8, wrapped(wide(160, s.pause), wide(300, s.stop)), s.moves.box, hbox(8, wide(468, s.cancel)))), s.after)
	s.running = container.New(shares{[]float32{1.2, 1}, 24}, left, container.NewVBox(s.env.box))

	var titleBox fyne.CanvasObject
	s.title, titleBox = para("", view.Plain)
	s.title.SizeName = theme.SizeNameHeadingText
	s.title.TextStyle.Bold = true
	s.next = primary(newButton(w, "", nil, func() { w.do(s.do) }))
	s.back = newButton(w, w.words.T("ui.do.to-batch"), nil, func() {
		if w.run != nil {
			w.open(screenBatch, w.run.order.Batch)
		}
	})
	head := border(nil, nil, container.NewCenter(boxed(36, 32, s.mark)), nil, titleBox)
	s.again = newButton(w, w.words.T("ui.print.go-on"), theme.MediaPlayIcon(), func() {
		if w.run != nil {
			w.print(goOn(w.run.order.Batch, w.run.order.Printer))
		}
	})
	s.last = newLastOut(w, func(printed, not int) {
		if w.run != nil {
			w.run.report.Unknown = 0
			w.run.report.Printed += printed
			w.run.report.Failed += not
			s.told = nil
			s.refresh()
		}
	})
	asks := vbox(16, head, wrapped(wide(280, s.next), wide(160, s.back), wide(240, s.again)), s.last.box)
	s.report = border(asks, nil, nil, nil, inset(16, 0, container.NewVScroll(s.lines)))
	if large() { // the whole page scrolls: little room would be left for the lines
		s.report = vbox(16, asks, s.lines)
	}
	s.report.Hide()
	s.box = container.NewStack(s.running, s.report)
	return s
}

func (s *printScreen) head() (string, string) {
	if s.w.run == nil {
		return s.w.words.T("ui.do.print-none"), ""
	}
	title := s.w.words.Say("ui.print.title", map[string]any{"Batch": s.w.run.order.Batch})
	if at := s.w.run.at; at != "" {
		title += " · " + s.w.words.PrinterName(at)
	}
	return title, ""
}
func (s *printScreen) content() fyne.CanvasObject { return s.box }
func (s *printScreen) show(string)                { s.refresh() }
func (s *printScreen) batch() string {
	if s.w.run == nil {
		return ""
	}
	return s.w.run.order.Batch
}

func (s *printScreen) refresh() {
	run := s.w.run
	if run == nil {
		return
	}
	s.w.retitle(s)
	if run.done {
		s.showReport(run)
		return
	}
	s.told = nil
	s.report.Hide()
	s.running.Show()
	v := s.w.words.RunOf(run.clock, run.progress, s.w.words.Now())
	state, tone := v.State, v.Tone
	if !run.begun {
		state = s.w.words.T("ui.print.starting")
		v.Big = ""
	}
	s.state.set(state, inkOf(tone))
	s.icon.SetResource(s.w.icons.get(shapeOf(tone), inkOf(tone)))
	s.big.set(v.Big, theme.ColorNameForeground)
	s.bar.set(slice{v.Share, fillAccent})
	s.printed.set(v.Printed, theme.ColorNameForeground)
	if v.Unknown == "" {
		s.unknown.set(s.w.words.T("ui.print.none-unknown"), colorMuted)
	} else {
		s.unknown.set(v.Unknown, theme.ColorNameWarning)
	}
	speed := v.Speed
	if v.Left != "" {
		speed += " · " + v.Left
	}
	s.speed.set(speed, colorMuted)
	s.current.set(v.Current, colorMuted)
	if run.progress.Current != "" && run.progress.Current != s.env.of && time.Since(s.drawn) > envelopeEvery {
		s.drawn = time.Now()
		s.env.show(run.progress.Current)
	}
	label, icon := "ui.print.pause", theme.MediaPauseIcon()
	if run.paused {
		label, icon = "ui.print.resume", theme.MediaPlayIcon()
	}
	s.help.SetText(v.Help)
	s.fault.set(run.progress.State)
	show(s.faulty, v.Help != "")
	s.moves.offer(run, v.Help != "" && !run.clock.Stopping)
	s.after.set("", colorMuted)
	if len(run.line) > 0 {
		s.after.set(s.w.words.Say("ui.print.after", map[string]any{"Batches": strings.Join(run.line, ", ")}), colorMuted)
	}
	s.device.set(v.Device, colorMuted)
	show(s.device, v.Device != "")
	show(s.cancel, v.Help != "" || run.clock.Stopping)
	s.pause.Icon = icon
	s.pause.set(s.w.words.T(label), !run.clock.Stopping)
	s.stop.set(s.w.words.T("ui.print.stop"), !run.clock.Stopping)
}

func (s *printScreen) togglePause() {
	run := s.w.run
	if run == nil || run.done {
		return
	}
	run.paused = !run.paused
	if run.paused {
		run.control.Pause()
	} else {
		run.control.Resume()
	}
	run.progress.Paused = run.paused
	s.refresh()
}

func (s *printScreen) stopRun() {
	run := s.w.run
	if run == nil || run.done {
		return
	}
	run.clock.Stopping = true
	run.control.Stop()
	s.refresh()
}

// cancelRun takes back what the printer still holds.
func (s *printScreen) cancelRun() {
	run := s.w.run
	if run == nil || run.done {
		return
	}
	run.clock.Stopping = true
	run.control.Cancel()
	s.refresh()
}

// scanned takes the envelope that came out last, where that is asked.
func (s *printScreen) scanned(text string) {
	if s.w.run != nil && s.w.run.done && s.last.box.Visible() {
		s.last.scanned(text)
		return
	}
	if id, ok := view.FindShPI(text); ok {
		s.w.openPiece(id)
	}
}

// typedIn takes what a person typed while no field had the focus.
func (s *printScreen) typedIn(text string) {
	if s.last.box.Visible() {
		s.last.field.typed(text)
	}
}

func (s *printScreen) showReport(run *printRun) {
	s.running.Hide()
	s.report.Show()
	if s.told == run {
		return
	}
	s.told = run
	v := s.w.words.ReportOf(run.order.Batch, run.report)
	title, tone := v.Title, v.Tone
	if run.err != nil {
		tone = view.Stop
		if run.report.Printed+run.report.Unknown+run.report.Failed == 0 {
			title = s.w.words.Trouble(run.err)
			v.Next = view.Action{Do: view.DoOpen, Batch: run.order.Batch, Alive: true, Label: s.w.words.T("ui.do.to-batch")}
		} else {
			v.Lines = append([]string{s.w.words.Trouble(run.err)}, v.Lines...)
		}
	}
	s.title.SetText(title)
	s.mark.SetResource(s.w.icons.get(shapeOf(tone), inkOf(tone)))
	s.lines.Objects = nil
	for _, l := range v.Lines {
		_, body := para(l, view.Plain)
		s.lines.Add(body)
	}
	for _, l := range v.Refused {
		text, body := para(l, view.Plain)
		text.SizeName = sizeTable
		s.lines.Add(inset(0, 16, body))
	}
	if len(run.line) > 0 {
		text, body := para(s.w.words.Say("ui.print.line-stopped", map[string]any{"Batches": strings.Join(run.line, ", ")}), view.Warn)
		text.TextStyle.Bold = true
		s.lines.Add(body)
		rest := run.line
		s.lines.Add(container.NewHBox(newButton(s.w, s.w.words.N("ui.print.line-go-on", len(rest)), theme.MediaPlayIcon(), func() { s.w.printLine(rest) })))
	}
	s.w.files(s.lines, v.Files)
	s.do = v.Next
	s.next.set(v.Next.Label, v.Next.Alive)
	s.last.of(run.order.Batch, run.report.Unknown)
	show(s.again, run.report.Unknown == 0 && (run.err != nil || run.report.Stopped || run.report.Failed > 0) && run.report.Run != "")
	show(s.back, v.Next.Do != view.DoOpen)
	s.report.Refresh()
}
