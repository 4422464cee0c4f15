package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/postal"
	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/sound"
	"znak/app/ui/view"
)

// stackScreen looks through a whole stack from top to bottom, one code of each envelope, and says what is missing, extra or out of place, and where. What is wrong
// is told as soon as it is known; what is missing at the end, when the person says that the stack has ended.
type stackScreen struct {
	w     *Window
	name  string
	check view.StackCheck
	in    *scanLines
	told  map[station.StackFaultKind]map[postal.ShPI]bool // faults that were on the screen
	ended bool

	top     *checkHead
	bar     *bar
	verdict *verdictPanel
	title   *line
	about   *paragraph
	faults  *fyne.Container
	finish  *button
	undo    *button
	anew    *button
	box     fyne.CanvasObject
}

var _ fullScreen = (*stackScreen)(nil)

func newStackScreen(w *Window) *stackScreen {
	s := &stackScreen{w: w, bar: newBar(8), verdict: newVerdictPanel(w), title: subheading(""), faults: vbox(8)}
	s.top = newCheckHead(w, screenStack, false, s.show)
	s.in = &scanLines{show: s.typed}
	s.in.answering = answering[station.ScanVerdict]{w: w, answer: s.answer, slow: func() { s.note(w.words.T("ui.verify.slow")) }}
	s.finish = primary(newButton(w, w.words.Say("ui.key", map[string]any{"Label": w.words.T("ui.stack.finish"), "Key": "F2"}), nil, s.end))
	undo := w.words.T("ui.stack.undo")
	if !large() { // there is no room for the key
		undo = w.words.Say("ui.key", map[string]any{"Label": undo, "Key": "Backspace"})
	}
	s.undo = newButton(w, undo, theme.ContentUndoIcon(), s.takeBack)
	s.anew = newButton(w, w.words.Say("ui.key", map[string]any{"Label": w.words.T("ui.stack.anew"), "Key": "F8"}), theme.ViewRefreshIcon(), s.begin)
	var about fyne.CanvasObject
	s.about, about = para("", view.Plain)
	left := border(s.title, nil, nil, nil, inset(6, 0, container.NewVScroll(s.faults)))
	right := container.NewVScroll(vbox(8, s.finish, s.undo, s.anew, about))
	bottom := container.New(beside{[]float32{1.9, 1}, 24}, left, right)
	s.box = inset(12, 24, border(vbox(8, s.top.box, s.bar), nil, nil, nil, inset(12, 0, container.New(stacked{0.46, 12}, s.verdict.ground, bottom))))
	return s
}

func (s *stackScreen) head() (string, string)     { return s.w.words.T("ui.check.tab.stack"), "" }
func (s *stackScreen) content() fyne.CanvasObject { return s.box }
func (s *stackScreen) batch() string              { return s.name }
func (s *stackScreen) refresh()                   {}

// show begins the stack of a batch, or goes on with it.
func (s *stackScreen) show(name string) {
	s.top.set(name)
	if s.check == nil || name != s.name {
		s.name = name
		s.begin()
	}
}

// begin starts from the top of the stack.
func (s *stackScreen) begin() {
	s.check, s.ended, s.told = nil, false, map[station.StackFaultKind]map[postal.ShPI]bool{}
	s.fill()
	s.idle()
	name := s.name
	if name == "" {
		return
	}
	start(s.w.tasks, "stack", func(ctx context.Context) (view.StackCheck, error) { return s.w.station.Stack(ctx, name) },
		func(check view.StackCheck, err error) {
			if err != nil {
				s.note(s.w.words.Trouble(err))
				return
			}
			if name != s.name {
				s.begin()
				return
			}
			s.check = check
			s.in.begin(check)
			s.idle()
			s.fill()
		})
}

func (s *stackScreen) idle() {
	word, do := "ui.verify.ready", "ui.stack.ready-do"
	if s.name == "" {
		word, do = "ui.stack.which-word", "ui.stack.which-do"
	}
	s.verdict.set(view.Verdict{Tone: view.Muted, Word: s.w.words.T(word), Do: s.w.words.T(do)})
}

func (s *stackScreen) answer(list []station.ScanVerdict, err error) {
	if err != nil {
		s.note(s.w.words.Trouble(err))
		s.w.trouble(err)
		return
	}
	s.ended = false
	for _, v := range list {
		r := s.check.Report(false)
		fresh := s.fresh(r.Faults)
		shown := s.w.words.StackVerdict(v, r.Seen, fresh)
		s.verdict.set(shown)
		s.w.tone(toneOf(shown.Tone))
	}
	s.fill()
}

// fresh gives the faults that were not on the screen yet.
func (s *stackScreen) fresh(all []station.StackFault) (fresh []station.StackFault) {
	now := map[station.StackFaultKind]map[postal.ShPI]bool{}
	for _, f := range all {
		if now[f.Kind] == nil {
			now[f.Kind] = map[postal.ShPI]bool{}
		}
		now[f.Kind][f.ShPI] = true
		if !s.told[f.Kind][f.ShPI] {
			fresh = append(fresh, f)
		}
	}
	s.told = now
	return fresh
}

// end says that the stack has no more envelopes.
func (s *stackScreen) end() {
	if s.check == nil {
		return
	}
	s.ended = true
	v := s.fill()
	shown, tone := view.Verdict{Tone: view.OK, Word: s.w.words.T("ui.verdict.word.ok"), Do: v.Title}, sound.Done
	if v.Tone != view.OK {
		shown.Tone, shown.Word, tone = view.Warn, s.w.words.T("ui.verdict.word.check"), sound.Check
	}
	s.verdict.set(shown)
	s.w.tone(tone)
}

func (s *stackScreen) takeBack() {
	if s.check == nil {
		return
	}
	if last, ok := s.check.Undo(); ok {
		s.ended = false
		s.fresh(s.check.Report(false).Faults)
		head, tail := view.SplitShPI(last.ShPI)
		s.verdict.set(view.Verdict{Tone: view.Muted, Word: s.w.words.T("ui.stack.undone"), Head: head, Tail: tail, Do: s.w.words.T("ui.stack.undone-do")})
		s.fill()
	}
}

func (s *stackScreen) note(text string) {
	s.verdict.set(view.Verdict{Tone: view.Stop, Word: s.w.words.T("ui.verdict.word.check"), Do: text})
	s.w.tone(sound.Check)
}

// fill shows what is known of the stack.
func (s *stackScreen) fill() view.Stack {
	var r station.StackReport
	if s.check != nil {
		r = s.check.Report(s.ended)
	}
	v := s.w.words.StackOf(r, s.ended)
	s.top.counter.set(v.Counter, theme.ColorNameForeground)
	show(s.top.counter, s.check != nil)
	s.bar.set(slice{v.Share, fillOK})
	s.title.set(v.Title, inkOf(v.Tone))
	about := ""
	for _, a := range v.About {
		about += a + "\n"
	}
	s.about.SetText(about)
	s.finish.set(s.finish.Text, r.Seen > 0 && !s.ended)
	s.undo.set(s.undo.Text, r.Seen > 0)
	s.anew.set(s.anew.Text, r.Seen > 0)
	s.faults.Objects = nil
	for i, f := range v.Faults {
		if i == mostFaults {
			s.faults.Add(muted(s.w.words.N("ui.stack.and-more", len(v.Faults)-i)))
			break
		}
		_, text := para(f.What, view.Plain)
		icon := container.NewVBox(container.NewGridWrap(fyne.NewSize(26, 20), widget.NewIcon(s.w.icons.get(shapeOf(f.Tone), inkOf(f.Tone)))))
		s.faults.Add(border(nil, nil, icon, nil, text))
	}
	s.faults.Refresh()
	return v
}

// mostFaults are shown at a time: a stack with more is to be put in order first.
const mostFaults = 60

// key hears every key on this screen.
func (s *stackScreen) key(ev *fyne.KeyEvent) {
	switch {
	case s.in.key(ev.Name):
	case ev.Name == fyne.KeyEscape, ev.Name == fyne.KeyF3:
		s.w.goBack()
	case ev.Name == fyne.KeyF2:
		if !s.finish.Disabled() {
			s.end()
		}
	case ev.Name == fyne.KeyBackspace:
		s.takeBack()
	case ev.Name == fyne.KeyF8:
		if !s.anew.Disabled() {
			s.begin()
		}
	}
}

func (s *stackScreen) heard(in scan.Input) { s.in.heard(in) }

func (s *stackScreen) typed(text string) {
	if text == "" {
		s.idle()
		return
	}
	s.verdict.set(view.Verdict{Tone: view.Muted, Word: text, Do: s.w.words.T("ui.verify.typed")})
}
