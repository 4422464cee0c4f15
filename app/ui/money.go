package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
	"znak/store"
)

// moneyScreen shows what is loaded, reserved, spent and free, what will lack, and the sums by what the person chooses.
type moneyScreen struct {
	w       *Window
	v       view.Money
	by      store.MoneyBy
	kinds   []view.Choice
	tabs    []*button
	balance *line
	asOf    *line
	loaded  *line
	note    *paragraph
	noteBox fyne.CanvasObject
	bar     *bar
	legend  *fyne.Container
	matters *fyne.Container
	heads   *moneyRow
	list    *rows
	empty   *line
	box     fyne.CanvasObject
}

func newMoneyScreen(w *Window) *moneyScreen {
	s := &moneyScreen{w: w, by: store.ByBatch, balance: whole(""), asOf: muted(""), loaded: muted(""), bar: newBar(16), legend: wrapped(), matters: vbox(4), empty: muted("")}
	s.balance.Step, s.balance.Bold = sizeBig, true
	s.note, s.noteBox = para("", view.Plain)
	s.list = newRows(w, func() int { return len(s.v.Lines) }, func() fyne.CanvasObject { return newMoneyRow() },
		func(i int, o fyne.CanvasObject) { o.(*moneyRow).set(s.v.Lines[i]) })
	s.list.OnSelected = func(i int) {
		s.list.UnselectAll()
		if batch := s.v.Lines[i].Batch; batch != "" {
			w.open(screenBatch, batch)
		}
	}
	s.asOf.Whole, s.loaded.Whole = true, true
	title := muted(w.words.T("ui.money.balance"))
	top := newPanel(colorPanel, 10, inset(12, 16, vbox(6, title, border(nil, nil, hbox(12, s.balance, s.asOf), s.loaded), s.noteBox, s.bar, s.legend, s.matters)))
	papers := hbox(8)
	for _, kind := range []string{paperRegistry, paperStatement, paperReconcile, paperInvoice} {
		papers.Add(newButton(w, w.words.T("ui.money.do."+kind), nil, func() { w.open(screenPaper, kind) }))
	}
	s.kinds = w.words.MoneyKinds()
	tabs := hbox(4)
	for _, k := range s.kinds {
		b := quiet(newButton(w, k.Label, nil, func() { s.choose(store.MoneyBy(k.Key)) }))
		s.tabs = append(s.tabs, b)
		tabs.Add(b)
	}
	s.heads = newMoneyRow()
	s.heads.head = true
	s.box = border(vbox(10, top, container.NewHScroll(papers), container.NewHScroll(tabs), s.heads), nil, nil, nil, container.NewStack(s.list, container.NewVBox(inset(8, 8, s.empty))))
	s.mark()
	return s
}

func (s *moneyScreen) head() (string, string)     { return s.w.words.T("ui.menu.money"), "" }
func (s *moneyScreen) content() fyne.CanvasObject { return s.box }
func (s *moneyScreen) show(string)                { s.refresh() }

func (s *moneyScreen) choose(by store.MoneyBy) {
	s.by = by
	s.mark()
	s.refresh()
}

func (s *moneyScreen) mark() {
	for i, k := range s.kinds {
		want := widget.LowImportance
		if k.Key == string(s.by) {
			want = widget.MediumImportance
		}
		if s.tabs[i].Importance != want {
			s.tabs[i].Importance = want
			s.tabs[i].Refresh()
		}
	}
}

func (s *moneyScreen) refresh() {
	by := s.by
	load(s.w.tasks, "money", func(ctx context.Context) (view.MoneyLook, error) {
		o, err := s.w.overview(ctx)
		l := view.MoneyLook{Status: o.status, Batches: o.batches, By: by}
		if err == nil {
			l.Report, err = s.w.station.Money(ctx, by, "", "")
		}
		return l, err
	}, func(l view.MoneyLook, err error) {
		if s.w.told(err) && s.by == by {
			s.fill(s.w.words.MoneyOf(l))
		}
	})
}

func (s *moneyScreen) fill(v view.Money) {
	s.v = v
	s.balance.set(v.Balance, theme.ColorNameForeground)
	s.asOf.set(v.AsOf, colorMuted)
	s.loaded.set(v.Loaded, colorMuted)
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
	s.w.cardLines(s.matters, v.Matters)
	show(s.matters, len(v.Matters) > 0)
	s.heads.set(view.MoneyLine{Cells: v.Heads})
	s.list.Refresh()
	s.box.Refresh()
}

// cardLines shows lines with their shapes; one that leads to a batch can be clicked.
func (w *Window) cardLines(into *fyne.Container, list []view.CardLine) {
	into.Objects = nil
	for _, l := range list {
		_, body := para(l.Text, view.Plain)
		icon := boxed(24, 20, widget.NewIcon(w.icons.get(shapeOf(l.Tone), inkOf(l.Tone))))
		var row fyne.CanvasObject = border(nil, nil, container.NewVBox(icon), nil, body)
		if l.Batch != "" {
			row = newTap(w, row, func() { w.open(screenBatch, l.Batch) })
		}
		into.Add(row)
	}
	into.Refresh()
}

// moneyRow is a line in the list of money: what it is about, and its cells from the right.
type moneyRow struct {
	widget.BaseWidget
	head    bool
	title   *line
	about   *line
	cells   [moneyCells]*line
	content fyne.CanvasObject
}

// moneyCells is how many sums a line may have.
const moneyCells = 5

func newMoneyRow() *moneyRow {
	r := &moneyRow{title: whole(""), about: muted("")}
	r.about.Step = sizeTable
	objects := []fyne.CanvasObject{border(nil, nil, r.title, nil, inset(0, 12, r.about))}
	parts := []float32{3.2}
	for i := range r.cells {
		r.cells[i] = newLine("")
		r.cells[i].Align, r.cells[i].Step = fyne.TextAlignTrailing, sizeTable
		objects, parts = append(objects, r.cells[i]), append(parts, 1)
	}
	r.content = inset(5, 8, container.New(ledger{}, objects...))
	r.ExtendBaseWidget(r)
	return r
}

// ledger gives each cell that has words the same width from the right, and the rest to the first object.
type ledger struct{}

const ledgerCell = 128

func (ledger) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(240+ledgerCell*2, o[0].MinSize().Height)
}

func (ledger) Layout(o []fyne.CanvasObject, size fyne.Size) {
	x := size.Width
	for i := len(o) - 1; i > 0; i-- {
		if o[i].(*line).Text == "" {
			o[i].Resize(fyne.NewSize(0, size.Height))
			continue
		}
		x -= ledgerCell
		o[i].Move(fyne.NewPos(x, 0))
		o[i].Resize(fyne.NewSize(ledgerCell-8, size.Height))
	}
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(max(x-8, 0), size.Height))
}

func (r *moneyRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.content) }

func (r *moneyRow) set(l view.MoneyLine) {
	ink := fyne.ThemeColorName(theme.ColorNameForeground)
	if r.head {
		ink = colorMuted
	}
	r.title.set(l.Title, ink)
	r.about.set(l.About, colorMuted)
	for i, c := range r.cells {
		text := ""
		if i < len(l.Cells) {
			text = l.Cells[i]
		}
		c.Bold = r.head
		c.set(text, ink)
	}
	row := r.content.(*fyne.Container).Objects[0].(*fyne.Container)
	row.Layout.Layout(row.Objects, row.Size())
}
