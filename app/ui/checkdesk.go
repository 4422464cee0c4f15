package ui

import (
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

// The desk of checking has three tabs, each a full screen: letter by letter, a whole stack, pictures.
var checkTabs = []string{view.ScreenVerify, screenStack, screenPictures}

const (
	screenStack    = "stack"
	screenPictures = "pictures"
)

// checkHead is the upper edge of the three: the way back, the tabs, the counter, the batch.
type checkHead struct {
	w       *Window
	counter *line
	which   *choice
	any     bool // "all batches" is a choice
	names   []string
	name    string
	box     fyne.CanvasObject
}

func newCheckHead(w *Window, tab string, anyBatch bool, chosen func(name string)) *checkHead {
	h := &checkHead{w: w, counter: subheading(""), any: anyBatch}
	h.which = newChoice(w, nil, func(label string) {
		name := label
		if label == w.words.T("ui.verify.all") {
			name = ""
		}
		if name != h.name {
			chosen(name)
		}
	})
	h.which.PlaceHolder = w.words.T("ui.stack.which")
	leave := quiet(newButton(w, w.words.T("ui.verify.leave"), theme.NavigateBackIcon(), w.goBack))
	tabs := hbox(4, leave)
	for _, name := range checkTabs {
		b := newButton(w, w.words.T("ui.check.tab."+name), nil, func() {
			if name != tab {
				w.goTo(place{name, h.name}) // Esc leads back to where the desk was opened from
			}
		})
		if name == tab {
			b.Importance = widget.HighImportance
		}
		tabs.Add(b)
	}
	right := hbox(12, h.counter, newSoundSwitch(w), wide(160, h.which))
	h.box = container.New(twoEnds{8}, tabs, right)
	return h
}

// set says which batch is in view and reads which there are.
func (h *checkHead) set(name string) {
	h.name = name
	h.fill()
	load(h.w.tasks, "verify-names", h.w.batchNames, func(names []string, err error) {
		if h.w.told(err) {
			h.names = names
			h.fill()
		}
	})
}

func (h *checkHead) fill() {
	var options []string
	all := h.w.words.T("ui.verify.all")
	if h.any {
		options = append(options, all)
	}
	options = append(options, h.names...)
	if h.name != "" && !contains(options, h.name) {
		options = append(options, h.name)
	}
	h.which.Options = options
	want := h.name
	if want == "" && h.any {
		want = all
	}
	if h.which.Selected != want {
		h.which.Selected = want
		h.which.Refresh()
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

// pressFocused presses what has the focus, for a full screen without a mouse; in the middle of a scan it does nothing.
func (w *Window) pressFocused() bool {
	if w.ears.running() {
		return false
	}
	switch f := w.win.Canvas().Focused().(type) {
	case *button:
		if !f.Disabled() {
			f.Tapped(nil)
		}
	case *choice:
		f.Select.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
		w.over.opened()
	default:
		return false
	}
	return true
}

// twoEnds puts one object to the left and one to the right, one below the other where the text is large.
type twoEnds struct{ gap float32 }

func (t twoEnds) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	if large() {
		return fyne.NewSize(max(a.Width, b.Width), a.Height+t.gap+b.Height)
	}
	return fyne.NewSize(a.Width+t.gap+b.Width, max(a.Height, b.Height))
}

func (t twoEnds) Layout(o []fyne.CanvasObject, size fyne.Size) {
	a, b := o[0].MinSize(), o[1].MinSize()
	for i, m := range []fyne.Size{a, b} {
		o[i].Resize(m)
	}
	if large() {
		o[0].Move(fyne.NewPos(0, 0))
		o[1].Move(fyne.NewPos(size.Width-b.Width, a.Height+t.gap))
		return
	}
	o[0].Move(fyne.NewPos(0, (size.Height-a.Height)/2))
	o[1].Move(fyne.NewPos(size.Width-b.Width, (size.Height-b.Height)/2))
}

// verdictPanel is an answer that is read from two metres.
type verdictPanel struct {
	w      *Window
	ground *panel
	shape  *widget.Icon
	word   *line
	head   *line
	tail   *line
	do     *paragraph
}

func newVerdictPanel(w *Window) *verdictPanel {
	p := &verdictPanel{w: w, shape: widget.NewIcon(nil), word: whole(""), head: whole(""), tail: whole(""), do: newParagraph("")}
	for _, l := range []*line{p.word, p.head, p.tail} {
		l.Ink, l.Align = colorOnFill, fyne.TextAlignCenter
	}
	p.word.Step, p.word.Bold = sizeVerdict, true
	p.head.Step, p.tail.Step, p.tail.Bold = sizeTail, sizeTail, true
	if large() { // the sentence needs the room
		p.head.Step, p.tail.Step = sizeBig, sizeBig
	}
	p.do.Alignment, p.do.SizeName = fyne.TextAlignCenter, sizeDo
	onFill := container.NewThemeOverride(p.do, onFillTheme{theme.Current()})
	side := 0.8 * theme.Size(sizeVerdict)
	shape := container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(side), p.shape))
	word := container.NewCenter(hbox(side/4, shape, p.word))
	digits := container.NewCenter(hbox(0, p.head, p.tail))
	p.ground = newPanel(fillIdle, 12, inset(12, 24, container.New(centerY{}, vbox(2, word, digits, onFill))))
	return p
}

func (p *verdictPanel) set(v view.Verdict) {
	p.ground.setFill(fillOf(v.Tone))
	if v.Tone == view.Muted {
		p.shape.Hide()
	} else {
		p.shape.Show()
		p.shape.SetResource(p.w.icons.get(shapeOf(v.Tone), colorOnFill))
	}
	p.word.set(v.Word, colorOnFill)
	p.head.set(v.Head, colorOnFill)
	p.tail.set(v.Tail, colorOnFill)
	p.do.SetText(v.Do)
	p.ground.content.Refresh()
}

// looseFor is how long a scan without Enter waits for more before it is a line.
const looseFor = 400 * time.Millisecond

// scanLines puts together what a scanner or a person types, line by line, and has the lines answered. It lives on the UI thread.
type scanLines struct {
	answering[station.ScanVerdict]
	typed string             // of the line that has not ended yet
	loose *time.Timer        // ends a line of a scanner that sends no Enter
	show  func(typed string) // "": nothing is typed
}

// key hears a key of the screen and reports whether it was meant for the line.
func (s *scanLines) key(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyReturn, fyne.KeyEnter:
		s.w.ears.press('\r')
	case fyne.KeyTab:
		s.w.ears.press('\t')
	case fyne.KeySpace:
		return s.typed == "" && s.w.pressFocused()
	case fyne.KeyBackspace:
		letters := []rune(s.typed)
		if len(letters) == 0 {
			return false
		}
		s.typed = string(letters[:len(letters)-1])
		s.show(s.typed)
	case fyne.KeyEscape:
		if s.typed == "" {
			return false
		}
		s.typed = ""
		s.show("")
	default:
		return false
	}
	return true
}

// heard takes what a scanner or a person typed. Whether keys came fast does not matter here: a busy computer may tear a scan in two, and the lines still
// fit together.
func (s *scanLines) heard(in scan.Input) {
	if s.loose != nil {
		s.loose.Stop()
		s.loose = nil
	}
	for _, r := range in.Text {
		if r == '\r' || r == '\n' {
			s.end()
		} else {
			s.typed += string(r)
		}
	}
	switch {
	case s.typed == "":
	case strings.TrimSpace(s.typed) == "" && !in.Scan: // the space that has pressed a button
		s.typed = ""
	case in.Scan:
		s.wait()
	default:
		s.show(s.typed)
	}
}

// wait ends the line when nothing more comes for a while.
func (s *scanLines) wait() {
	var mine *time.Timer
	mine = time.AfterFunc(looseFor, func() {
		s.w.tasks.put(func() {
			switch {
			case s.loose != mine: // more came in between
			case s.w.ears.running(): // the rest of it is on its way
				s.wait()
			default:
				s.end()
			}
		})
	})
	s.loose = mine
}

func (s *scanLines) end() {
	line := strings.TrimRight(s.typed, "\t")
	s.typed = ""
	if strings.TrimSpace(line) != "" && s.taker != nil {
		s.take(line)
	}
}
