package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
)

// moneyScreen shows balance, reserved and free, and what each batch takes.
type moneyScreen struct {
	w       *Window
	v       view.Money
	balance *line
	asOf    *line
	note    *widget.Label
	noteBox fyne.CanvasObject
	bar     *bar
	legend  *fyne.Container
	list    *rows
	empty   *line
	box     fyne.CanvasObject
}

func newMoneyScreen(w *Window) *moneyScreen {
	s := &moneyScreen{w: w, balance: whole(""), asOf: muted(""), bar: newBar(16), legend: hbox(32), empty: muted("")}
	s.balance.Step, s.balance.Bold = sizeBig, true
	s.note, s.noteBox = para("", view.Plain)
	s.list = newRows(w, func() int { return len(s.v.Lines) }, func() fyne.CanvasObject { return newMoneyRow(w) },
		func(i int, o fyne.CanvasObject) { o.(*moneyRow).set(s.v.Lines[i]) })
	s.list.OnSelected = func(i int) {
		s.list.UnselectAll()
		w.open(screenBatch, s.v.Lines[i].Batch)
	}
	s.asOf.Whole = true
	title := muted(w.words.T("ui.money.balance"))
	top := newPanel(colorPanel, 10, inset(16, 16, vbox(8, title, hbox(12, s.balance, s.asOf), s.noteBox, s.bar, s.legend)))
	s.box = container.NewBorder(vbox(16, top, subheading(w.words.T("ui.money.by-batch"))), nil, nil, nil,
		inset(8, 0, container.NewStack(s.list, container.NewVBox(s.empty))))
	return s
}

func (s *moneyScreen) head() (string, string)     { return s.w.words.T("ui.menu.money"), "" }
func (s *moneyScreen) content() fyne.CanvasObject { return s.box }
func (s *moneyScreen) show(string)                { s.refresh() }

func (s *moneyScreen) refresh() {
	load(s.w.tasks, "money", s.w.overview, func(o overview, err error) {
		if !s.w.told(err) {
			return
		}
		v := s.w.words.MoneyOf(o.status, o.batches)
		s.v = v
		s.balance.set(v.Balance, theme.ColorNameForeground)
		s.asOf.set(v.AsOf, colorMuted)
		s.note.SetText(v.Note)
		show(s.noteBox, v.Note != "")
		s.empty.set(v.Empty, colorMuted)
		show(s.empty, v.Empty != "")
		s.legend.Objects = nil
		var slices []slice
		for _, p := range v.Bar {
			slices = append(slices, slice{p.Share, fillOf(p.Tone)})
			dot := newPanel(fillOf(p.Tone), 3, container.NewGridWrap(fyne.NewSize(12, 12)))
			sum := whole(p.Sum)
			sum.Bold = true
			label := muted(p.Label)
			label.Whole = true
			s.legend.Add(hbox(8, container.NewCenter(wide(12, dot)), label, sum))
		}
		s.bar.set(slices...)
		s.legend.Refresh()
		s.list.Refresh()
	})
}

// moneyRow is a batch in the list of money.
type moneyRow struct {
	widget.BaseWidget
	w                        *Window
	title, about, state, sum *line
	content                  fyne.CanvasObject
}

func newMoneyRow(w *Window) *moneyRow {
	r := &moneyRow{w: w, title: newLine(""), about: muted(""), state: newLine(""), sum: newLine("")}
	r.sum.Align, r.sum.Bold = fyne.TextAlignTrailing, true
	r.about.Step = sizeTable
	r.content = inset(6, 8, container.New(shares{[]float32{1, 2.6, 1, 0.8}, 12}, r.title, r.about, r.state, r.sum))
	r.ExtendBaseWidget(r)
	return r
}

func (r *moneyRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.content) }

func (r *moneyRow) set(l view.MoneyLine) {
	r.title.set(l.Title, theme.ColorNameForeground)
	r.about.set(l.About, colorMuted)
	r.state.set(l.State, inkOf(l.Tone))
	r.sum.set(l.Sum, theme.ColorNameForeground)
}
