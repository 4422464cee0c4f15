package ui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/view"
)

// verifyScreen takes the whole window: a verdict that is read from two metres, the counter, the last scans, what is out of order.
// Everything the keyboard says here is a scan, whatever has the focus; digits typed by hand work too, with Enter.
type verifyScreen struct {
	w        *Window
	name     string // of the batch; "" is any
	verifier view.Verifier
	texts    chan string // lines in the order they came; one goroutine answers them
	typedSo  string      // of the line that has not ended yet
	loose    *time.Timer // ends a line of a scanner that sends no Enter
	last     []view.Verdict
	names    []string

	title   *line
	counter *line
	bar     *bar
	which   *choice
	ground  *panel
	word    *line
	head_   *line
	tail    *line
	do      *widget.Label
	recent  *fyne.Container
	nothing *line
	lines   []*scanLine
	order   *widget.Label
	hand    *button
	handDo  view.Action
	box     fyne.CanvasObject
}

const lastScans = 10

var _ fullScreen = (*verifyScreen)(nil)

func newVerifyScreen(w *Window) *verifyScreen {
	s := &verifyScreen{w: w, title: heading(""), counter: heading(""), bar: newBar(8), word: whole(""), head_: whole(""), tail: whole(""), recent: vbox(3)}
	s.which = newChoice(w, nil, func(label string) {
		name := label
		if label == w.words.T("ui.verify.all") {
			name = ""
		}
		if name != s.name {
			s.show(name)
		}
	})
	leave := quiet(newButton(w, w.words.T("ui.verify.leave"), theme.NavigateBackIcon(), w.goBack))
	top := vbox(8, container.NewBorder(nil, nil, hbox(12, leave, s.title), hbox(16, s.counter, wide(190, s.which))), s.bar)

	for _, l := range []*line{s.word, s.head_, s.tail} {
		l.Ink, l.Align = colorOnFill, fyne.TextAlignCenter
	}
	s.word.Step, s.word.Bold = sizeVerdict, true
	s.head_.Step, s.tail.Step, s.tail.Bold = sizeTail, sizeTail, true
	s.do = widget.NewLabel("")
	s.do.Wrapping, s.do.Alignment, s.do.SizeName = fyne.TextWrapWord, fyne.TextAlignCenter, sizeDo
	onFill := container.NewThemeOverride(s.do, onFillTheme{Theme()})
	digits := container.NewCenter(hbox(0, s.head_, s.tail))
	s.ground = newPanel(fillIdle, 12, inset(16, 24, container.New(centerY{}, vbox(4, s.word, digits, onFill))))

	for range lastScans {
		l := newScanLine(w)
		s.lines = append(s.lines, l)
		s.recent.Add(l.box)
	}
	s.nothing = muted(w.words.T("ui.verify.nothing-yet"))
	var orderBox fyne.CanvasObject
	s.order, orderBox = para("", view.Plain)
	s.hand = primary(newButton(w, w.words.Say("ui.key", map[string]any{"Label": w.words.T("ui.do.handover"), "Key": "F4"}), nil, func() { w.do(s.handDo) }))
	s.hand.Hide()
	left := container.NewBorder(inset(0, 0, subheading(w.words.T("ui.verify.recent"))), nil, nil, nil, inset(6, 0, container.NewStack(s.recent, container.NewVBox(s.nothing))))
	right := container.NewBorder(subheading(w.words.T("ui.verify.order")), s.hand, nil, nil, inset(6, 0, container.NewVScroll(orderBox)))
	bottom := container.New(shares{[]float32{1.7, 1}, 24}, left, right)
	s.box = inset(12, 24, container.NewBorder(top, nil, nil, nil, inset(12, 0, container.New(stacked{0.56, 14}, s.ground, bottom))))
	return s
}

func (s *verifyScreen) head() (string, string)     { return s.title.Text, "" }
func (s *verifyScreen) content() fyne.CanvasObject { return s.box }
func (s *verifyScreen) batch() string              { return s.name }

// show begins the verification of a batch, or goes on with it.
func (s *verifyScreen) show(name string) {
	if s.verifier == nil || name != s.name {
		s.name = name
		s.last = nil
		s.begin()
		s.idle()
		s.fillRecent()
	}
	title := s.w.words.T("ui.verify.title-all")
	if name != "" {
		title = s.w.words.Say("ui.verify.title", map[string]any{"Batch": name})
	}
	s.title.set(title, theme.ColorNameForeground)
	s.setChoices()
	load(s.w.tasks, "verify-names", s.w.batchNames, func(names []string, err error) {
		if s.w.told(err) {
			s.names = names
			s.setChoices()
		}
	})
	s.refresh()
}

func (s *verifyScreen) setChoices() {
	all := s.w.words.T("ui.verify.all")
	options := append([]string{all}, s.names...)
	if s.name != "" && !contains(options, s.name) {
		options = append(options, s.name)
	}
	s.which.Options = options
	want := s.name
	if want == "" {
		want = all
	}
	if s.which.Selected != want {
		s.which.Selected = want
		s.which.Refresh()
	}
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// begin starts a verifier with a goroutine of its own, so that scans are answered one by one in their order and the window stays alive.
func (s *verifyScreen) begin() {
	if s.texts != nil {
		close(s.texts)
	}
	verifier, texts := s.w.station.Verifier(s.name), make(chan string, 1024)
	s.verifier, s.texts = verifier, texts
	go s.listen(s.w.tasks.ctx, verifier, texts)
}

const (
	heldFor  = 1500 * time.Millisecond // a code of several lines that has stopped half way is answered as it is
	looseFor = 400 * time.Millisecond  // a scan without Enter is a line after this silence
)

// listen answers lines until there are no more.
func (s *verifyScreen) listen(ctx context.Context, verifier view.Verifier, texts <-chan string) {
	tell := func(list []station.ScanVerdict, err error) {
		s.w.tasks.put(func() {
			if s.verifier == verifier && ctx.Err() == nil {
				s.answer(list, err)
			}
		})
	}
	var silence <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case line, open := <-texts:
			if !open {
				return
			}
			list, err := verifier.Line(ctx, line)
			silence = nil
			if err == nil && len(list) == 0 {
				silence = time.After(heldFor)
			} else {
				tell(list, err)
			}
		case <-silence:
			silence = nil
			tell(verifier.Flush(ctx))
		}
	}
}

// idle asks for a scan.
func (s *verifyScreen) idle() {
	s.ground.setFill(fillIdle)
	s.word.set(s.w.words.T("ui.verify.ready"), colorOnFill)
	s.head_.set("", colorOnFill)
	s.tail.set("", colorOnFill)
	s.do.SetText(s.w.words.T("ui.verify.ready-do"))
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
		s.verdict(shown)
	}
	s.fillRecent()
	s.refresh()
}

func (s *verifyScreen) verdict(v view.Verdict) {
	s.ground.setFill(fillOf(v.Tone))
	s.word.set(v.Shape+" "+v.Word, colorOnFill)
	s.head_.set(v.Head, colorOnFill)
	s.tail.set(v.Tail, colorOnFill)
	s.do.SetText(v.Do)
	s.ground.content.Refresh()
}

// note shows a line of the window in place of a verdict: this screen has no other place for it.
func (s *verifyScreen) note(tone view.Tone, text string) {
	if tone != view.Stop && tone != view.Warn {
		return
	}
	s.verdict(view.Verdict{Tone: tone, Shape: "!", Word: s.w.words.T("ui.verdict.word.check"), Do: text})
}

func (s *verifyScreen) fillRecent() {
	for i, l := range s.lines {
		if i < len(s.last) {
			l.set(s.last[i])
		} else {
			l.blank()
		}
	}
	show(s.nothing, len(s.last) == 0)
}

// refresh counts anew.
func (s *verifyScreen) refresh() {
	name := s.name
	load(s.w.tasks, "verify-count", func(ctx context.Context) (view.Counter, error) {
		if name == "" {
			st, err := s.w.station.Status(ctx)
			return s.w.words.CounterOfAll(st.States), err
		}
		b, err := s.w.station.Batch(ctx, name)
		return s.w.words.CounterOf(b), err
	}, func(c view.Counter, err error) {
		if !s.w.told(err) || s.name != name {
			return
		}
		s.counter.set(c.Text, theme.ColorNameForeground)
		s.bar.set(slice{c.Share, fillOK})
		text := s.w.words.T("ui.verify.order-none")
		if len(c.Notes) > 0 {
			text = strings.Join(c.Notes, "\n")
		}
		if s.order.Text != text {
			s.order.SetText(text)
		}
		s.handDo = c.Hand
		show(s.hand, c.Done)
	})
}

// key hears every key on this screen.
func (s *verifyScreen) key(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		s.w.ears.press('\r')
	case fyne.KeyTab:
		s.w.ears.press('\t')
	case fyne.KeyBackspace:
		if n := len([]rune(s.typedSo)); n > 0 {
			s.typedSo = string([]rune(s.typedSo)[:n-1])
			s.showTyped()
		}
	case fyne.KeyEscape, fyne.KeyF3:
		if s.typedSo != "" {
			s.typedSo = ""
			s.idle()
			return
		}
		s.w.goBack()
	case fyne.KeyF4:
		if s.handDo.Alive {
			s.w.do(s.handDo)
		}
	}
}

// heard takes what a scanner or a person typed, line by line. Whether keys came fast does not matter here: a busy computer
// may tear a scan in two, and the lines still fit together.
func (s *verifyScreen) heard(in scan.Input) {
	if s.loose != nil {
		s.loose.Stop()
	}
	for _, r := range in.Text {
		if r == '\r' || r == '\n' {
			s.endLine()
		} else {
			s.typedSo += string(r)
		}
	}
	switch {
	case s.typedSo == "":
	case in.Scan:
		s.loose = time.AfterFunc(looseFor, func() { s.w.tasks.put(s.endLine) })
	default:
		s.showTyped()
	}
}

func (s *verifyScreen) endLine() {
	line := strings.TrimRight(s.typedSo, "\t")
	s.typedSo = ""
	if strings.TrimSpace(line) != "" {
		s.send(line)
	}
}

func (s *verifyScreen) send(text string) {
	select {
	case s.texts <- text:
	default: // the store has not answered a thousand lines: say so instead of losing one silently
		s.note(view.Stop, s.w.words.T("ui.verify.slow"))
	}
}

func (s *verifyScreen) showTyped() {
	if s.typedSo == "" {
		s.idle()
		return
	}
	s.verdict(view.Verdict{Tone: view.Muted, Shape: "", Word: s.typedSo, Do: s.w.words.T("ui.verify.typed")})
}

// scanLine is one of the last scans: shape, time, digits, what was said.
type scanLine struct {
	w    *Window
	icon *widget.Icon
	when *line
	head *line
	tail *line
	do   *line
	box  fyne.CanvasObject
}

func newScanLine(w *Window) *scanLine {
	l := &scanLine{w: w, icon: widget.NewIcon(nil), when: whole(""), head: whole(""), tail: whole(""), do: muted("")}
	l.tail.Bold = true
	left := hbox(0, wide(24, container.NewCenter(container.NewGridWrap(fyne.NewSize(16, 16), l.icon))), wide(72, l.when), wide(150, hbox(0, l.head, l.tail)))
	l.box = container.NewBorder(nil, nil, left, nil, l.do)
	return l
}

func (l *scanLine) set(v view.Verdict) {
	l.icon.SetResource(l.w.icons.get(shapeOf(v.Tone), inkOf(v.Tone)))
	l.when.set(v.When, colorMuted)
	l.head.set(v.Head, theme.ColorNameForeground)
	l.tail.set(v.Tail, theme.ColorNameForeground)
	l.do.set(v.Do, inkOf(v.Tone))
}

func (l *scanLine) blank() {
	l.icon.SetResource(nil)
	l.when.set("", colorMuted)
	l.head.set("", colorMuted)
	l.tail.set("", colorMuted)
	l.do.set("", colorMuted)
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
	o[1].Resize(fyne.NewSize(size.Width, max(size.Height-upper-s.gap, 0)))
}
