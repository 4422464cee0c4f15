package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/station"
	"znak/app/ui/view"
)

// overview is what several screens ask at once.
type overview struct {
	status   station.Status
	batches  []station.BatchView
	notices  []station.Reason
	printers []station.PrinterView
}

func (w *Window) overview(ctx context.Context) (o overview, err error) {
	if o.status, err = w.station.Status(ctx); err != nil {
		return o, err
	}
	o.batches, err = w.station.Batches(ctx)
	return o, err
}

// todayScreen answers three questions without a click.
type todayScreen struct {
	w       *Window
	shown   view.Today
	box     fyne.CanvasObject
	offline *line
	notices *fyne.Container
	told    []string // the notices in view
	cards   [3]*card
	net     *glance
	devices *glance
	flow    *fyne.Container
	steps   []*flowStep
	empty   *fyne.Container
	full    *fyne.Container
}

func newTodayScreen(w *Window) *todayScreen {
	s := &todayScreen{w: w, flow: container.NewStack(), offline: newLine(""), notices: vbox(6)}
	for i := range s.cards {
		s.cards[i] = newCard(w)
	}
	cards := container.New(shares{[]float32{1, 1.25, 1}, 16}, s.cards[0].box, s.cards[1].box, s.cards[2].box)
	s.notices.Hide()
	s.offline.Align = fyne.TextAlignTrailing
	flow := border(nil, nil, subheading(w.words.T("ui.today.flow")), nil, s.offline)
	s.net, s.devices = newGlance(w), newGlance(w)
	glances := container.New(shares{[]float32{1, 1}, 16}, s.net.box, s.devices.box)
	work := container.New(under{most: 330, gap: 16}, cards, vbox(14, glances, flow, s.flow))
	s.full = border(s.notices, nil, nil, nil, work)
	_, words := para(w.words.T("ui.today.empty"), view.Plain)
	pull := primary(newButton(w, w.words.Say("ui.key", map[string]any{"Label": w.words.T("ui.do.pull"), "Key": "F5"}), theme.DownloadIcon(), w.pull))
	s.empty = container.NewStack(middle(vbox(16, words, container.NewHBox(pull))))
	s.empty.Hide()
	s.full.Hide()
	s.box = container.NewStack(s.full, s.empty)
	return s
}

func (s *todayScreen) head() (string, string) {
	if s.shown.Date == "" {
		return s.w.words.T("ui.menu.today"), ""
	}
	return s.shown.Date, ""
}
func (s *todayScreen) content() fyne.CanvasObject { return s.box }
func (s *todayScreen) show(string)                { s.refresh() }

func (s *todayScreen) refresh() {
	load(s.w.tasks, "today", func(ctx context.Context) (o overview, err error) {
		if o, err = s.w.overview(ctx); err == nil {
			o.notices, err = s.w.station.Notices(ctx)
		}
		if err == nil {
			o.printers, err = s.w.station.Printers(ctx)
		}
		return o, err
	}, func(o overview, err error) {
		if !s.w.told(err) {
			return
		}
		v := s.w.words.TodayOf(o.status, o.batches, o.notices, s.w.words.Now())
		s.offline.set(v.Offline, theme.ColorNameForeground)
		s.setNotices(v.Notices)
		s.shown = v
		if v.Empty != "" {
			s.full.Hide()
			s.empty.Show()
		} else {
			s.empty.Hide()
			s.full.Show()
		}
		s.cards[0].set(v.Print)
		s.cards[1].set(v.Stuck)
		s.cards[2].set(v.Money)
		s.net.set(s.w.words.NetOf(o.status, s.w.station.HasAccount()))
		s.devices.set(s.w.words.DevicesOf(o.printers))
		s.setFlow(v.Flow)
		s.w.retitle(s)
	})
}

// setNotices shows what a person should know of the store, above all else.
func (s *todayScreen) setNotices(list []string) {
	if slices.Equal(list, s.told) {
		return
	}
	s.told = list
	var lines []view.CardLine
	for _, n := range list {
		lines = append(lines, view.CardLine{Text: n, Tone: view.Warn})
	}
	s.w.cardLines(s.notices, lines)
	show(s.notices, len(list) > 0)
	s.full.Refresh()
}

// flowStep is one stage of the flow picture.
type flowStep struct {
	key          string
	count, label *line
}

func (s *todayScreen) setFlow(steps []view.Step) {
	if len(s.steps) != len(steps) {
		s.steps = nil
		row, parts := []fyne.CanvasObject{}, []float32{}
		for i := range steps {
			count, label := whole(""), muted("")
			count.Step, count.Bold, count.Align = sizeBig, true, fyne.TextAlignCenter
			label.Align = fyne.TextAlignCenter
			step := &flowStep{count: count, label: label}
			s.steps = append(s.steps, step)
			if i > 0 && !large() {
				arrow := widget.NewIcon(s.w.icons.get(theme.NavigateNextIcon(), colorMuted))
				row, parts = append(row, container.NewCenter(boxed(24, 24, arrow))), append(parts, 0.2)
			}
			row, parts = append(row, newTap(s.w, newPanel(colorPanel, 8, inset(10, 8, vbox(0, count, label))), func() { s.w.open(screenSearch, stagePrefix+step.key) })), append(parts, 1)
		}
		s.flow.Objects = []fyne.CanvasObject{container.New(shares{parts, 4}, row...)}
		if large() {
			s.flow.Objects = []fyne.CanvasObject{container.NewGridWithColumns(3, row...)}
		}
		s.flow.Refresh()
	}
	for i, step := range steps {
		s.steps[i].key = step.Key
		ink := inkOf(step.Tone)
		s.steps[i].count.set(step.Count, ink)
		s.steps[i].label.set(step.Label, colorMuted)
	}
}

// under lays the second object right below the first, which takes what is left but not more than most.
type under struct{ most, gap float32 }

func (u under) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), b.Height+u.gap+max(160, a.Height))
}

func (u under) Layout(o []fyne.CanvasObject, size fyne.Size) {
	below := o[1].MinSize().Height
	h := min(max(u.most, o[0].MinSize().Height), size.Height-below-u.gap)
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(size.Width, h))
	o[1].Move(fyne.NewPos(0, h+u.gap))
	o[1].Resize(fyne.NewSize(size.Width, below))
}

// card is one question with its answer.
type card struct {
	w     *Window
	box   fyne.CanvasObject
	title *line
	big   *line
	icon  *widget.Icon
	mark  fyne.CanvasObject
	lines *fyne.Container
	next  *button
	foot  *fyne.Container
	shown view.Card
	do    view.Action
}

func newCard(w *Window) *card {
	c := &card{w: w, title: muted(""), big: newLine(""), icon: widget.NewIcon(nil), lines: vbox(6)}
	c.big.Step, c.big.Bold = sizeBig, true
	c.next = primary(newButton(w, "", nil, func() { w.do(c.do) }))
	c.foot = inset(12, 0, c.next)
	c.mark = inset(0, 3, container.NewCenter(boxed(24, 24, c.icon)))
	top := vbox(4, c.title, border(nil, nil, c.mark, nil, c.big))
	var lines fyne.CanvasObject = c.lines
	if !large() { // the whole screen scrolls then
		lines = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 12), c.lines))
	}
	c.box = newPanel(colorPanel, 10, inset(16, 16, border(top, c.foot, nil, nil, inset(10, 0, lines))))
	return c
}

func (c *card) set(v view.Card) {
	if sameCard(c.shown, v) {
		return
	}
	c.shown, c.do = v, v.Next
	c.title.set(v.Title, colorMuted)
	c.big.set(v.Big, theme.ColorNameForeground)
	if v.Tone == view.Plain {
		c.icon.SetResource(nil)
	} else {
		c.icon.SetResource(c.w.icons.get(shapeOf(v.Tone), inkOf(v.Tone)))
	}
	show(c.mark, v.Tone != view.Plain)
	c.lines.Objects = nil
	for _, l := range v.Lines {
		label, body := para(l.Text, view.Plain)
		if l.Tone == view.Muted {
			label.Importance = widget.MediumImportance
		}
		switch {
		case l.Batch != "":
			body = newTap(c.w, body, func() { c.w.open(screenBatch, l.Batch) })
		case l.Screen != "":
			body = newTap(c.w, body, func() { c.w.open(l.Screen, l.Arg) })
		}
		c.lines.Add(body)
	}
	c.lines.Refresh()
	if v.Next.Label == "" {
		c.foot.Hide()
	} else {
		c.next.set(v.Next.Label, v.Next.Alive)
		c.foot.Show()
	}
	want := widget.MediumImportance
	if v.Next.Do == view.DoPrint {
		want = widget.HighImportance
	}
	if c.next.Importance != want {
		c.next.Importance = want
		c.next.Refresh()
	}
}

func sameCard(a, b view.Card) bool {
	if a.Title != b.Title || a.Big != b.Big || a.Tone != b.Tone || a.Next != b.Next || len(a.Lines) != len(b.Lines) {
		return false
	}
	for i := range a.Lines {
		if a.Lines[i] != b.Lines[i] {
			return false
		}
	}
	return true
}
