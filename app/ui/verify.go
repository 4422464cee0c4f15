package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/sound"
	"znak/app/ui/view"
	"znak/store"
)

// verifyScreen takes the whole window: a verdict that is read from two metres, the counter, the last scans, what is out of order and what is not checked
// yet. Everything the keyboard says here is a scan, whatever has the focus; digits typed by hand work too, with Enter.
type verifyScreen struct {
	w        *Window
	name     string // of the batch; "" is any
	verifier view.Verifier
	in       *scanLines
	last     []view.Verdict

	top     *checkHead
	bar     *bar
	verdict *verdictPanel
	recent  *fyne.Container
	nothing *line
	lines   []*verdictRow
	order   *paragraph
	missing *paragraph
	lacks   *line
	hand    *button
	handDo  view.Action
	was     bool // everything was checked already
	box     fyne.CanvasObject
}

const lastScans = 10

var _ fullScreen = (*verifyScreen)(nil)

func newVerifyScreen(w *Window) *verifyScreen {
	s := &verifyScreen{w: w, bar: newBar(8), recent: vbox(3), verdict: newVerdictPanel(w)}
	s.top = newCheckHead(w, view.ScreenVerify, true, s.show)
	s.in = &scanLines{show: s.typed}
	s.in.answering = answering[station.ScanVerdict]{w: w, answer: s.answer, slow: func() { s.note(view.Stop, w.words.T("ui.verify.slow")) }}
	for range lastScans {
		l := newVerdictRow(w, 72)
		s.lines = append(s.lines, l)
		s.recent.Add(l)
	}
	s.nothing = muted(w.words.T("ui.verify.nothing-yet"))
	var orderBox, missingBox fyne.CanvasObject
	s.order, orderBox = para("", view.Plain)
	s.missing, missingBox = para("", view.Plain)
	s.lacks = subheading(w.words.T("ui.verify.missing"))
	s.hand = primary(newButton(w, w.words.Say("ui.key", map[string]any{"Label": w.words.T("ui.do.handover"), "Key": "F4"}), nil, func() { w.do(s.handDo) }))
	s.hand.Hide()
	left := border(inset(0, 0, subheading(w.words.T("ui.verify.recent"))), nil, nil, nil, inset(6, 0, container.NewVScroll(container.NewStack(s.recent, container.NewVBox(s.nothing)))))
	right := border(nil, s.hand, nil, nil, container.NewVScroll(vbox(6, subheading(w.words.T("ui.verify.order")), orderBox, inset(6, 0, s.lacks), missingBox)))
	bottom := container.New(beside{[]float32{1.7, 1}, 24}, left, right)
	s.box = inset(12, 24, border(vbox(8, s.top.box, s.bar), nil, nil, nil, inset(12, 0, container.New(stacked{0.54, 12}, s.verdict.ground, bottom))))
	return s
}

func (s *verifyScreen) head() (string, string)     { return s.w.words.T("ui.menu.verify"), "" }
func (s *verifyScreen) content() fyne.CanvasObject { return s.box }
func (s *verifyScreen) batch() string              { return s.name }

// show begins the verification of a batch, or goes on with it.
func (s *verifyScreen) show(name string) {
	if s.verifier == nil || name != s.name {
		s.name, s.was = name, true // what was finished before needs no fanfare
		s.last = nil
		s.verifier = s.w.station.Verifier(name)
		s.in.begin(s.verifier)
		s.idle()
		s.fillRecent()
	}
	s.top.set(name)
	s.refresh()
}

// idle asks for a scan.
func (s *verifyScreen) idle() {
	s.verdict.set(view.Verdict{Tone: view.Muted, Word: s.w.words.T("ui.verify.ready"), Do: s.w.words.T("ui.verify.ready-do")})
}

func (s *verifyScreen) answer(list []station.ScanVerdict, err error) {
	if err != nil {
		s.note(view.Stop, s.w.words.Trouble(err))
		s.w.trouble(err)
		return
	}
	for _, v := range list {
		shown := s.w.words.VerdictOf(v, s.w.words.Now())
		s.last = view.Latest(s.last, shown, lastScans)
		s.verdict.set(shown)
		s.w.tone(toneOf(shown.Tone))
	}
	s.fillRecent()
	s.refresh()
}

// note shows a line of the window in place of a verdict: this screen has no other place for it.
func (s *verifyScreen) note(tone view.Tone, text string) {
	if tone != view.Stop && tone != view.Warn {
		return
	}
	s.verdict.set(view.Verdict{Tone: tone, Word: s.w.words.T("ui.verdict.word.check"), Do: text})
}

func (s *verifyScreen) fillRecent() {
	for i, l := range s.lines {
		if i < len(s.last) {
			v := s.last[i]
			l.set(v.Tone, v.When, v.Head, v.Tail, v.Do)
		} else {
			l.blank()
		}
	}
	show(s.nothing, len(s.last) == 0)
}

// namesMissing is how many of the letters that are not checked yet are named.
const namesMissing = 6

// refresh counts anew.
func (s *verifyScreen) refresh() {
	name, words := s.name, s.w.words // of the UI thread
	type look struct {
		view.Counter
		missing string
	}
	load(s.w.tasks, "verify-count", func(ctx context.Context) (look, error) {
		if name == "" {
			st, err := s.w.station.Status(ctx)
			return look{Counter: words.CounterOfAll(st.States)}, err
		}
		b, err := s.w.station.Batch(ctx, name)
		l := look{Counter: words.CounterOf(b)}
		if err != nil || l.Left == 0 {
			return l, err
		}
		rows, err := s.w.station.Pieces(ctx, store.PieceQuery{Batch: name, States: view.ToVerify, Limit: namesMissing})
		l.missing = words.MissingOf(rows, l.Left)
		return l, err
	}, func(c look, err error) {
		if !s.w.told(err) || s.name != name {
			return
		}
		s.top.counter.set(c.Text, theme.ColorNameForeground)
		s.bar.set(slice{c.Share, fillOK})
		text := s.w.words.T("ui.verify.order-none")
		if len(c.Notes) > 0 {
			text = strings.Join(c.Notes, "\n")
		}
		if s.order.Text != text {
			s.order.SetText(text)
		}
		if s.missing.Text != c.missing {
			s.missing.SetText(c.missing)
		}
		show(s.lacks, c.missing != "")
		s.handDo = c.Hand
		show(s.hand, c.Done)
		if c.Done && !s.was {
			s.w.tone(sound.Done)
		}
		s.was = c.Done
	})
}

// key hears every key on this screen.
func (s *verifyScreen) key(ev *fyne.KeyEvent) {
	switch {
	case s.in.key(ev.Name):
	case ev.Name == fyne.KeyEscape, ev.Name == fyne.KeyF3:
		s.w.goBack()
	case ev.Name == fyne.KeyF4 && s.handDo.Alive:
		s.w.do(s.handDo)
	}
}

func (s *verifyScreen) heard(in scan.Input) { s.in.heard(in) }

// typed shows what a person types.
func (s *verifyScreen) typed(text string) {
	if text == "" {
		s.idle()
		return
	}
	s.verdict.set(view.Verdict{Tone: view.Muted, Word: text, Do: s.w.words.T("ui.verify.typed")})
}

// stacked gives the upper object a part of the height, the lower one the rest.
type stacked struct{ part, gap float32 }

func (s stacked) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height+s.gap)
}

func (s stacked) Layout(o []fyne.CanvasObject, size fyne.Size) {
	upper := max(min((size.Height-s.gap)*s.part, size.Height-s.gap-o[1].MinSize().Height), o[0].MinSize().Height)
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(size.Width, upper))
	o[1].Move(fyne.NewPos(0, upper+s.gap))
	o[1].Resize(fyne.NewSize(size.Width, max(size.Height-upper-s.gap, o[1].MinSize().Height)))
}

// beside lays its objects side by side in given parts of the width at any size of text: each scrolls by itself.
type beside struct {
	parts []float32
	gap   float32
}

func (b beside) MinSize(objects []fyne.CanvasObject) (m fyne.Size) {
	for _, o := range objects {
		o := o.MinSize()
		m.Width += o.Width
		m.Height = max(m.Height, o.Height)
	}
	m.Width += b.gap * float32(len(objects)-1)
	return m
}

func (b beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	total := float32(0)
	for _, p := range b.parts {
		total += p
	}
	room, x := size.Width-b.gap*float32(len(objects)-1), float32(0)
	for i, o := range objects {
		w := room * b.parts[i] / total
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w + b.gap
	}
}
