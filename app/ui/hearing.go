package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"znak/app/mark"
	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/view"
)

// hearing hears all scanners of the office: the keyboard's by ears, the others by their ports, each in a goroutine of its own. It takes off what a scanner
// puts around a code and does what the station's own codes ask, so that screens get codes only. It lives on the UI thread.
type hearing struct {
	w       *Window
	reader  *scan.Reader
	drivers map[scan.DeviceKind]scan.Driver
	devices []scan.Device
	states  map[string]scan.Event // of the connections, by scanner
	open    map[string]listening  // by scanner
	before  *fieldBefore          // of the field into which the run that goes on is typed
}

// listening is a goroutine at a port.
type listening struct {
	device scan.Device
	stop   context.CancelFunc
}

func newHearing(w *Window, drivers []scan.Driver) *hearing {
	h := &hearing{w: w, drivers: map[scan.DeviceKind]scan.Driver{}, states: map[string]scan.Event{}, open: map[string]listening{}}
	for _, d := range drivers {
		h.drivers[d.Kind()] = d
	}
	spec, err := mark.Default()
	if err != nil { // a part of the program: a test reads it
		w.log.Error("mark not read", "error", err)
		return h
	}
	h.reader = scan.NewReader(spec)
	return h
}

// load asks the station which scanners there are, and listens to them.
func (h *hearing) load() { h.reload(func() {}) }

// reload is load with something to do afterwards.
func (h *hearing) reload(then func()) {
	load(h.w.tasks, "scanners", h.w.station.Scanners, func(list []scan.Device, err error) {
		if err != nil {
			h.w.log.Warn("scanners not read", "error", err)
			return
		}
		if len(list) == 0 && h.w.station.Specimen() && len(h.devices) > 0 {
			return // the training post has no scanners of its own: those on the desk serve it too
		}
		h.set(list)
		then()
	})
}

// set listens to these scanners and to no others.
func (h *hearing) set(list []scan.Device) {
	h.devices = list
	wanted := map[string]bool{}
	for _, d := range list {
		wanted[d.Name] = true
		old, ok := h.open[d.Name]
		if ok && samePort(old.device, d) {
			continue
		}
		if ok {
			old.stop()
		}
		h.listen(d)
	}
	for name, l := range h.open {
		if !wanted[name] {
			l.stop()
			delete(h.open, name)
			delete(h.states, name)
		}
	}
	h.w.current().refresh()
}

func samePort(a, b scan.Device) bool {
	return a.Kind == b.Kind && a.Port == b.Port && a.VID == b.VID && a.PID == b.PID && a.Serial == b.Serial && a.Baud == b.Baud
}

func (h *hearing) listen(d scan.Device) {
	driver, ok := h.drivers[d.Kind]
	if !ok {
		return
	}
	ctx, stop := context.WithCancel(h.w.tasks.life)
	h.open[d.Name] = listening{d, stop}
	go scan.Keep(ctx, driver, d, func(e scan.Event) {
		h.w.tasks.put(func() {
			if ctx.Err() == nil {
				h.event(e)
			}
		})
	})
}

func (h *hearing) event(e scan.Event) {
	if e.State == "" {
		h.w.heard(e.Input)
		return
	}
	was := h.states[e.Device].State
	h.states[e.Device] = e
	switch {
	case e.State == scan.Disconnected && was == scan.Connected:
		h.w.say(view.Warn, h.w.words.Hint(e.Err))
	case e.State == scan.Connected && was == scan.Disconnected:
		h.w.say(view.OK, h.w.words.Say("ui.scanners.back", map[string]any{"Scanner": e.Device}))
	}
	if h.w.here.screen == view.ScreenScanners {
		h.w.current().refresh()
	}
}

// profile is what the scanner of that name does to codes; "" is the keyboard.
func (h *hearing) profile(device string) scan.Profile {
	for _, d := range h.devices {
		if d.Name == device || device == "" && d.Kind == scan.DeviceKeyboard {
			return d.Profile
		}
	}
	return scan.Profile{}
}

// rawTaker is a screen that wants scans as they came: the page of the scanners.
type rawTaker interface{ raw(scan.Input) }

// badgeTaker is a screen that an operator's badge speaks to. text is the badge's code, a secret.
type badgeTaker interface{ badge(text string) }

// take gives what is left of a run of keys, or of a scan at a port, for the screen; ok is false where nothing is.
func (h *hearing) take(in scan.Input) (scan.Input, bool) {
	before := h.before
	h.before = nil
	if before != nil && !h.takeBack(before, in) {
		return in, false
	}
	if !in.Scan {
		return in, !h.w.over.open() // typed into what lies above the screen
	}
	h.w.over.close() // a scan means the letter in the hand
	if s, ok := h.w.current().(rawTaker); ok {
		s.raw(in)
		return in, false
	}
	in.Text = h.profile(in.Device).Strip(in.Text)
	if h.reader == nil || strings.ContainsAny(strings.TrimRight(in.Text, "\r\n\t"), "\r\n") {
		return in, true // the station's own codes have one line, but for the one of the set-up
	}
	switch r := h.reader.Read(in.Text); r.Kind {
	case scan.KindCommand:
		h.w.command(r.Command)
	case scan.KindBadge:
		if s, ok := h.w.current().(badgeTaker); ok {
			s.badge(r.Clean)
		} else if h.w.badge != nil {
			h.w.badge(r.Clean)
		}
	default:
		return in, true
	}
	return in, false
}

// fieldBefore is a field as it was before the run of keys that goes on. What a person types stands in the field at once; what turns out to be a scan is
// taken back.
type fieldBefore struct {
	field       *entry
	text        string
	row, column int
}

// begins remembers the field that has the focus where a run has just begun.
func (h *hearing) begins() {
	if f, ok := h.w.win.Canvas().Focused().(interface{ plain() *entry }); ok && h.w.ears.wedge.Held() == 1 {
		e := f.plain()
		h.before = &fieldBefore{e, e.Text, e.CursorRow, e.CursorColumn}
	}
}

// person reports whether so little was typed into a field since the run began that it is no code, nor the first line of one: Enter is the field's.
func (h *hearing) person() bool {
	const least = 12 // characters: an international identifier has 13
	return h.before != nil && h.w.ears.wedge.Held() < least
}

// takeBack looks at what was typed into a field. It reports whether it was a code, which has then gone from the field.
func (h *hearing) takeBack(b *fieldBefore, in scan.Input) bool {
	if in.Scan && h.code(in.Text) {
		b.field.SetText(b.text)
		b.field.CursorRow, b.field.CursorColumn = b.row, b.column
		b.field.Refresh()
		return true
	}
	if strings.ContainsAny(in.Text, "\r\n") && b.field.OnSubmitted != nil { // Enter was held back
		b.field.OnSubmitted(b.field.Text)
	}
	return false
}

// code reports whether a text is one that a scanner reads here, and not a name or a password that some program has typed fast.
func (h *hearing) code(text string) bool {
	if h.reader == nil {
		return false
	}
	for _, r := range scan.NewAssembler(h.reader).Text(h.profile("").Strip(text)) {
		if r.Kind != scan.KindUnknown {
			return true
		}
	}
	_, err := scan.Learn(text)
	return err == nil
}

// whole reports whether a text of the keyboard is exactly one code, with its end.
func (h *hearing) whole(text string) bool {
	const least = 10 // characters: no code is shorter
	if h.reader == nil || len(text) < least {
		return false
	}
	if _, ok := h.w.current().(rawTaker); ok {
		return false
	}
	list := scan.NewAssembler(h.reader).Text(h.profile("").Strip(text))
	return len(list) == 1 && (list[0].Piece() != "" || list[0].Kind == scan.KindCommand || list[0].Kind == scan.KindBadge)
}

// controlKeys are the keys that a scanner presses with Ctrl for characters that no key types.
var controlKeys = map[fyne.KeyName]rune{fyne.KeyJ: '\n', fyne.KeyM: '\r', fyne.KeyI: '\t', fyne.KeyB: 0x02, fyne.KeyD: 0x04, fyne.KeyRightBracket: 0x1d}

// control takes a control character of a scan that goes on.
func (h *hearing) control(s fyne.Shortcut) bool {
	c, ok := s.(*desktop.CustomShortcut)
	if !ok || c.Modifier != fyne.KeyModifierControl || !h.w.ears.running() {
		return false
	}
	r, ok := controlKeys[c.KeyName]
	if ok {
		h.w.ears.press(r)
	}
	return ok
}

// command does what a code of the command sheet asks. It is never more than a key or a button of the screen does: what is dead there is refused here, with
// the same reason.
func (w *Window) command(c scan.Command) {
	if w.gate.shut {
		return
	}
	if reason, ok := station.ReasonOf(c); ok {
		if s, ok := w.current().(*reprintScreen); ok && s.desk.Visible() {
			s.pick(reason)
			return
		}
		w.say(view.Warn, w.words.T("ui.command.no-envelope"))
		return
	}
	running := w.run != nil && !w.run.done
	if !running && (c == scan.CommandPause || c == scan.CommandResume || c == scan.CommandStop) {
		w.say(view.Warn, w.words.T("ui.command.no-run"))
		return
	}
	switch c {
	case scan.CommandPrint:
		w.printCommand(running)
	case scan.CommandNext:
		w.nextBatch()
	case scan.CommandPause, scan.CommandResume:
		if w.run.paused != (c == scan.CommandPause) {
			w.screen(screenPrint).(*printScreen).togglePause()
		}
		w.open(screenPrint, "")
	case scan.CommandStop:
		w.screen(screenPrint).(*printScreen).stopRun()
		w.open(screenPrint, "")
	case scan.CommandVerify:
		w.open(view.ScreenVerify, w.batchHere())
	case scan.CommandHandOver:
		w.act(view.DoHandOver)
	case scan.CommandSpoiled:
		w.desk(tabSpoil, "ui.command.spoiled")
	case scan.CommandDestroy:
		w.desk(tabOwed, "ui.command.destroyed")
	case scan.CommandYes:
		w.confirm()
	case scan.CommandBack:
		w.goBack()
	case scan.CommandPull:
		w.pull()
	}
}

// printCommand goes on with a paused run, prints the replacement at the reprint desk, or the batch in view.
func (w *Window) printCommand(running bool) {
	s, atDesk := w.current().(*reprintScreen)
	switch {
	case running && w.run.paused:
		w.command(scan.CommandResume)
	case atDesk && !s.replace.Disabled():
		s.replace.OnTapped()
	default:
		w.act(view.DoPrint)
	}
}

// desk opens a page of the reprint desk and says what is to be scanned.
func (w *Window) desk(tab, key string) {
	w.open(view.ScreenReprint, "")
	w.screen(view.ScreenReprint).(*reprintScreen).turn(tab)
	w.say(view.Accent, w.words.T(key))
}

// nextBatch shows the next batch that can be printed.
func (w *Window) nextBatch() {
	after := w.batchHere()
	load(w.tasks, "next-batch", func(ctx context.Context) (string, error) { return w.station.NextToPrint(ctx, after) }, func(name string, err error) {
		switch {
		case !w.told(err):
		case name == "":
			w.say(view.Warn, w.words.T("ui.command.no-batch"))
		default:
			w.open(screenBatch, name)
		}
	})
}

// confirm presses the main button of the screen.
func (w *Window) confirm() {
	var b *button
	switch s := w.current().(type) {
	case *reprintScreen:
		if s.tab == tabSpoil && s.desk.Visible() {
			b = s.do
		}
	case *handOverScreen:
		b = s.next
	case *printScreen:
		if s.report.Visible() {
			b = s.next
		}
	case *verifyScreen:
		b = s.hand
	case *batchScreen:
		if s.loaded {
			w.do(s.v.Next)
			return
		}
	}
	if b == nil || !b.Visible() || b.Disabled() {
		w.say(view.Warn, w.words.T("ui.command.nothing"))
		return
	}
	b.OnTapped()
}
