package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/station"
	"znak/app/ui/view"
)

// batchesScreen lists the batches with readiness and reasons in words, each with the one button that helps.
type batchesScreen struct {
	w      *Window
	all    view.Batches
	shown  []view.Batch
	closed bool   // which list
	narrow string // what another screen has narrowed the list to
	list   *rows
	tabs   [2]*button
	find   *entry
	order  *choice
	sums   *line
	queue  *button         // prints the chosen ones
	chosen map[string]bool // by name
	empty  *paragraph
	none   fyne.CanvasObject
	box    fyne.CanvasObject
}

func newBatchesScreen(w *Window) *batchesScreen {
	s := &batchesScreen{w: w, sums: muted(""), chosen: map[string]bool{}}
	s.list = newRows(w, func() int { return len(s.shown) }, func() fyne.CanvasObject { return newBatchRow(s) },
		func(i int, o fyne.CanvasObject) { o.(*batchRow).set(s.shown[i]) })
	s.list.HideSeparators = true
	selected := -1
	s.list.OnSelected = func(i int) { selected = i }
	s.list.enter = func() {
		if selected >= 0 && selected < len(s.shown) {
			w.open(screenBatch, s.shown[selected].Name)
		}
	}
	s.list.tick = func() {
		if selected >= 0 && selected < len(s.shown) && s.shown[selected].Printable() && !s.closed {
			name := s.shown[selected].Name
			s.pick(name, !s.chosen[name])
			s.list.RefreshItem(selected)
		}
	}
	for i, key := range []string{"ui.batches.open", "ui.batches.closed"} {
		s.tabs[i] = newButton(w, w.words.T(key), nil, func() { s.choose(i == 1) })
	}
	pull := newButton(w, w.words.Say("ui.key", map[string]any{"Label": w.words.T("ui.do.pull"), "Key": "F5"}), theme.DownloadIcon(), w.pull)
	hint := "ui.batches.find"
	if large() {
		hint = "ui.batches.find-short"
	}
	s.find = newEntry(w, w.words.T(hint))
	s.find.OnChanged = func(string) { s.fill() }
	var orders []string
	for _, o := range view.BatchOrders {
		orders = append(orders, w.words.T("ui.batches.by."+string(o)))
	}
	s.order = newChoice(w, orders, nil)
	s.order.Selected = orders[max(slices.Index(view.BatchOrders, view.BatchOrder(w.app.Preferences().String(prefOrder))), 0)]
	s.order.OnChanged = func(string) {
		w.app.Preferences().SetString(prefOrder, string(view.BatchOrders[s.order.SelectedIndex()]))
		s.fill()
	}
	s.queue = primary(newButton(w, "", theme.MediaPlayIcon(), s.printChosen))
	s.queue.Hide()
	s.sums.Step = sizeTable
	ask := border(nil, nil, nil, wide(210, s.order), s.find)
	top := vbox(8, border(nil, nil, hbox(4, s.tabs[0], s.tabs[1]), pull, inset(0, 12, ask)),
		border(nil, nil, nil, s.queue, container.New(centerY{}, s.sums)))
	if large() {
		top = vbox(8, hbox(4, s.tabs[0], s.tabs[1]), container.NewHBox(pull), ask, s.sums, s.queue)
	}
	var words fyne.CanvasObject
	s.empty, words = para("", view.Plain)
	s.none = middle(words)
	s.none.Hide()
	s.box = border(inset(0, 0, top), nil, nil, nil, inset(8, 0, container.NewStack(s.list, s.none)))
	s.choose(false)
	return s
}

func (s *batchesScreen) head() (string, string)     { return s.w.words.T("ui.menu.batches"), "" }
func (s *batchesScreen) content() fyne.CanvasObject { return s.box }

// show lists the batches; find is what the list is narrowed to, "" leaves it as it is.
func (s *batchesScreen) show(find string) {
	if find != "" && find != s.narrow {
		s.closed, s.narrow = false, find
		if strings.HasPrefix(find, "=") {
			find = ""
		}
		s.find.SetText(find)
		s.choose(false)
	} else if find == "" && s.narrow != "" {
		s.narrow = ""
		s.find.SetText("")
	}
	s.refresh()
}

func (s *batchesScreen) refresh() {
	load(s.w.tasks, "batches", s.w.station.Batches, func(list []station.BatchView, err error) {
		if s.w.told(err) {
			s.all = s.w.words.BatchesOf(list)
			s.fill()
		}
	})
}

func (s *batchesScreen) choose(closed bool) {
	s.closed = closed
	for i, b := range s.tabs {
		b.Importance = widget.LowImportance
		if (i == 1) == closed {
			b.Importance = widget.MediumImportance
		}
		b.Refresh()
	}
	s.fill()
}

func (s *batchesScreen) fill() {
	s.shown = s.all.Open
	none := "ui.batches.none-open"
	if s.closed {
		s.shown, none = s.all.Closed, "ui.batches.none-closed"
	}
	find := s.find.Text
	if find == "" && strings.HasPrefix(s.narrow, "=") {
		find = s.narrow
	}
	there := len(s.shown) > 0
	s.shown = s.w.words.Narrow(s.shown, find, view.BatchOrders[max(s.order.SelectedIndex(), 0)])
	sums := s.w.words.SumsOf(s.shown)
	switch find {
	case view.FindReady, view.FindStuck:
		sums = s.w.words.T("ui.batches.only."+strings.TrimPrefix(find, "=")) + " " + sums
	}
	s.sums.set(sums, colorMuted)
	s.mark()
	switch {
	case len(s.shown) > 0:
		s.none.Hide()
	case there:
		s.empty.SetText(s.w.words.T("ui.batches.none-found"))
		s.none.Show()
	case s.all.Empty != "":
		s.empty.SetText(s.all.Empty)
		s.none.Show()
	default:
		s.empty.SetText(s.w.words.T(none))
		s.none.Show()
	}
	s.list.Refresh()
}

// batchRow is one batch in the list.
type batchRow struct {
	widget.BaseWidget
	s       *batchesScreen
	w       *Window
	v       view.Batch
	pick    *rowCheck
	title   *line
	about   *line
	sum     *line
	icon    *widget.Icon
	ready   *line
	states  *line
	bar     *bar
	next    *rowButton
	content fyne.CanvasObject
}

func newBatchRow(s *batchesScreen) *batchRow {
	w := s.w
	r := &batchRow{s: s, w: w, title: whole(""), about: muted(""), sum: whole(""), icon: widget.NewIcon(nil), ready: newLine(""), states: muted(""), bar: newBar(6)}
	r.title.Step, r.title.Bold = theme.SizeNameSubHeadingText, true
	r.sum.Bold = true
	r.states.Step = sizeTable
	r.next = newRowButton(func() { w.do(r.v.Next) })
	r.pick = newRowCheck(func(on bool) { s.pick(r.v.Name, on) })
	first := border(nil, nil, inset(0, 6, r.title), r.sum, r.about)
	second := border(nil, nil, boxed(20, 20, r.icon), nil, inset(0, 6, r.ready))
	third := container.New(shares{[]float32{1, 2.4}, 16}, container.New(centerY{}, r.bar), r.states)
	left := vbox(6, first, second, third)
	if large() { // one below the other
		left = vbox(6, border(nil, nil, r.title, r.sum), r.about, second, r.bar, r.states, r.next)
		r.content = batchCard(border(nil, nil, container.NewCenter(wide(34, r.pick)), nil, left))
		r.ExtendBaseWidget(r)
		return r
	}
	right := container.NewCenter(wide(250, r.next))
	r.content = batchCard(border(nil, nil, container.NewCenter(wide(34, r.pick)), inset(0, 16, right), left))
	r.ExtendBaseWidget(r)
	return r
}

// batchCard is the frame of a row: without a ground, so that the list's marks for the chosen row and for the one the arrows are on are seen through it.
func batchCard(o fyne.CanvasObject) fyne.CanvasObject {
	card := newPanel("", 10, inset(12, 16, o))
	card.Border = theme.ColorNameSeparator
	return inset(4, 2, card)
}

func (r *batchRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.content) }

// Tapped opens the batch.
func (r *batchRow) Tapped(*fyne.PointEvent) { r.w.open(screenBatch, r.v.Name) }

func (r *batchRow) set(v view.Batch) {
	r.v = v
	if on := r.s.chosen[v.Name]; r.pick.Checked != on {
		r.pick.Checked = on
		r.pick.Refresh()
	}
	show(r.pick, v.Printable() && !r.s.closed)
	r.title.set(v.Title, theme.ColorNameForeground)
	r.about.set(v.About, colorMuted)
	r.sum.set(v.Sum, theme.ColorNameForeground)
	r.icon.SetResource(r.w.icons.get(shapeOf(v.Tone), inkOf(v.Tone)))
	r.ready.set(v.Ready, inkOf(v.Tone))
	r.states.set(countsText(v.States), colorMuted)
	r.bar.set(stateSlices(v.States)...)
	r.next.set(v.Next.Label, v.Next.Alive)
	r.content.Refresh()
	want := widget.MediumImportance
	if v.Next.Do != view.DoOpen && v.Next.Do != view.DoWait {
		want = widget.HighImportance
	}
	if r.next.Importance != want {
		r.next.Importance = want
		r.next.Refresh()
	}
}

func countsText(states []view.StateCount) string {
	s := ""
	for i, c := range states {
		if i > 0 {
			s += " · "
		}
		s += c.Text
	}
	return s
}

// stateSlices turns the counts into a bar; what is not printed yet is the bare ground, at the end.
func stateSlices(states []view.StateCount) []slice {
	total := 0
	for _, c := range states {
		total += c.Count
	}
	var list []slice
	for _, tone := range []view.Tone{view.OK, view.Accent, view.Warn, view.Stop} {
		n := 0
		for _, c := range states {
			if c.Tone == tone {
				n += c.Count
			}
		}
		if n > 0 {
			list = append(list, slice{float64(n) / float64(total), fillOf(tone)})
		}
	}
	return list
}

// batchNames are the batches a person can choose from: those that are not closed.
func (w *Window) batchNames(ctx context.Context) ([]string, error) {
	list, err := w.station.Batches(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, b := range w.words.BatchesOf(list).Open {
		names = append(names, b.Name)
	}
	return names, nil
}
