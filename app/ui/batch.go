package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/store"
)

// batchScreen is one batch: what can be done with it, its letters, and the chosen letter with its envelope and its story.
type batchScreen struct {
	w        *Window
	name     string
	v        view.Batch
	loaded   bool
	actions  *fyne.Container
	rows     []*actionRow
	ready    *paragraph
	icon     *widget.Icon
	sum      *line
	bar      *bar
	counts   *paragraph
	notes    *paragraph
	notesBox fyne.CanvasObject
	target   *targetRow
	centre   *entry
	filters  *fyne.Container
	chips    []*button
	list     []view.PieceFilter
	filter   string
	table    *piecesTable
	letter   *letter
	split    *splitPanel
	box      fyne.CanvasObject
}

func newBatchScreen(w *Window) *batchScreen {
	s := &batchScreen{w: w, filter: "all", icon: widget.NewIcon(nil), sum: whole(""), bar: newBar(8), filters: wrapped()}
	s.actions = vbox(6)
	s.sum.Step, s.sum.Bold = theme.SizeNameSubHeadingText, true
	var countsBox fyne.CanvasObject
	s.counts, countsBox = para("", view.Plain)
	s.counts.SizeName = sizeTable
	var readyBox fyne.CanvasObject
	s.ready, readyBox = para("", view.Plain)
	s.notes, s.notesBox = para("", view.Plain)
	s.target = newTargetRow(w)
	s.centre = newEntry(w, w.words.T("ui.batch.centre-hint"))
	s.centre.OnSubmitted = s.setCentre
	centreLabel := muted(w.words.T("ui.batch.centre"))
	centreLabel.Whole = true
	centre := border(nil, nil, container.NewCenter(inset(0, 8, centreLabel)), nil, wide(150, s.centre))
	proof := quiet(newButton(w, w.words.T("ui.paper.evidence.short"), theme.DocumentIcon(), func() { w.open(screenPaper, paperEvidence+":"+s.name) }))
	s.split = newSplitPanel(w)
	state := vbox(8,
		border(nil, nil, boxed(26, 20, s.icon), s.sum, readyBox),
		s.notesBox, s.split.box, s.bar, countsBox)
	tools := hbox(0, proof)
	beside := border(nil, nil, tools, centre)
	if large() {
		beside = vbox(6, tools, centre)
	}
	top := container.New(shares{[]float32{1.15, 1}, 16}, vbox(6, s.actions, s.target.box, beside), newPanel(colorPanel, 10, inset(12, 16, state)))

	s.table = newPiecesTable(w, chosenColumns(w.app, "batch", batchColumns))
	s.letter = newLetter(w)
	s.table.chosen = func(row store.PieceRow) { s.letter.show(row.ShPI) }
	columns := newColumnPicker(w, s.table, "batch")
	tools.Add(columns.open)
	above := border(nil, columns.ticks, nil, nil, s.filters)
	split := listAndChosen(border(inset(6, 0, above), nil, nil, nil, s.table.box), inset(6, 8, s.letter.box))
	s.box = border(top, nil, nil, nil, split)
	return s
}

func (s *batchScreen) head() (string, string) {
	if !s.loaded {
		return s.w.words.Say("ui.batch.title", map[string]any{"Name": s.name}), ""
	}
	return s.v.Title, s.v.About
}
func (s *batchScreen) content() fyne.CanvasObject { return s.box }
func (s *batchScreen) batch() string              { return s.name }
func (s *batchScreen) focus() fyne.Focusable      { return s.table.grid }

func (s *batchScreen) show(name string) {
	if name != s.name {
		s.name, s.loaded, s.filter = name, false, "all"
		s.centre.SetText("")
		s.letter.clear()
	}
	s.refresh()
}

func (s *batchScreen) refresh() {
	name := s.name
	load(s.w.tasks, "batch", func(ctx context.Context) (station.BatchView, error) { return s.w.station.Batch(ctx, name) },
		func(b station.BatchView, err error) {
			if s.w.told(err) && s.name == name {
				s.fill(b)
			}
		})
	if s.letter.shown != "" {
		s.letter.show(s.letter.shown)
	}
}

func (s *batchScreen) fill(b station.BatchView) {
	if !s.loaded || s.centre.Text == s.v.Centre { // not what a person is typing
		s.centre.SetText(b.Centre)
	}
	s.v, s.loaded = s.w.words.BatchOf(b), true
	s.w.retitle(s)
	s.ready.Importance = importance(s.v.Tone)
	s.ready.SetText(s.v.Short)
	s.icon.SetResource(s.w.icons.get(shapeOf(s.v.Tone), inkOf(s.v.Tone)))
	s.sum.set(s.v.Sum, theme.ColorNameForeground)
	s.bar.set(stateSlices(s.v.States)...)
	if text := countsText(s.v.States); text != s.counts.Text {
		s.counts.SetText(text)
	}
	notes := strings.Join(s.v.Notes, "\n")
	if len(s.v.Reasons) > 1 { // the first stands beside the button
		notes = strings.Join(append(s.v.Reasons[1:len(s.v.Reasons):len(s.v.Reasons)], s.v.Notes...), "\n")
	}
	if notes != s.notes.Text {
		s.notes.SetText(notes)
	}
	show(s.notesBox, notes != "")
	s.split.of(s.v)
	s.target.of(b.Envelope)
	enable(s.centre, s.w.mayNot(station.ActMoney) == "")
	s.setActions()
	s.setFilters(s.w.words.FiltersOf(b.States))
	s.fillTable()
}

// setCentre names the cost centre for which the batch's money is counted.
func (s *batchScreen) setCentre(text string) {
	name, centre := s.name, strings.TrimSpace(text)
	start(s.w.tasks, "centre", func(ctx context.Context) (bool, error) { return true, s.w.station.SetCentre(ctx, name, centre) }, func(_ bool, err error) {
		if s.w.told(err) {
			key := "ui.batch.centre-set"
			if centre == "" {
				key = "ui.batch.centre-none"
			}
			s.w.say(view.OK, s.w.words.Say(key, map[string]any{"Batch": name, "Centre": centre}))
			s.v.Centre = centre
			s.centre.SetText(centre)
		}
		s.w.changed()
	})
}

// actionRow is a button with the reason beside it where it is dead.
type actionRow struct {
	button *button
	why    *paragraph
	do     view.Action
}

var actionKeys = map[view.Do]string{view.DoPrint: "F2", view.DoVerify: "F3", view.DoHandOver: "F4"}

func (s *batchScreen) setActions() {
	if len(s.rows) != len(s.v.Actions) {
		s.rows, s.actions.Objects = nil, nil
		for range s.v.Actions {
			r := &actionRow{}
			r.button = newButton(s.w, "", nil, func() { s.do(r.do) })
			r.button.Alignment = widget.ButtonAlignLeading
			var why fyne.CanvasObject
			r.why, why = para("", view.Plain)
			r.why.SizeName = sizeTable
			s.rows = append(s.rows, r)
			s.actions.Add(border(nil, nil, container.NewCenter(wide(250, r.button)), nil, container.New(centerY{}, inset(0, 12, why))))
		}
	}
	for i, a := range s.v.Actions {
		r := s.rows[i]
		r.do = a
		label := a.Label
		if key := actionKeys[a.Do]; key != "" {
			label = s.w.words.Say("ui.key", map[string]any{"Label": label, "Key": key})
		}
		r.button.set(label, a.Alive)
		want := widget.MediumImportance
		if a.Alive && a.Do == s.v.Next.Do {
			want = widget.HighImportance
		}
		if r.button.Importance != want {
			r.button.Importance = want
			r.button.Refresh()
		}
		if r.why.Text != a.Why {
			r.why.SetText(a.Why)
		}
	}
	s.actions.Refresh()
}

func (s *batchScreen) do(a view.Action) {
	if a.Do == view.DoPrint {
		s.w.print(station.PrintOrder{Batch: a.Batch, Printer: s.target.chosen()})
		return
	}
	s.w.do(a)
}

func (s *batchScreen) setFilters(list []view.PieceFilter) {
	s.list = list
	if len(s.chips) != len(list) {
		s.chips, s.filters.Objects = nil, nil
		for i := range list {
			b := quiet(newButton(s.w, "", nil, func() { s.choose(s.list[i].Key) }))
			s.chips = append(s.chips, b)
			s.filters.Add(b)
		}
	}
	known := false
	for _, f := range list {
		known = known || f.Key == s.filter
	}
	if !known {
		s.filter = "all"
	}
	for i, f := range list {
		s.chips[i].set(f.Label, true)
		want := widget.LowImportance
		if f.Key == s.filter {
			want = widget.MediumImportance
		}
		if s.chips[i].Importance != want {
			s.chips[i].Importance = want
			s.chips[i].Refresh()
		}
	}
}

func (s *batchScreen) choose(key string) {
	s.filter = key
	s.setFilters(s.list)
	s.fillTable()
}

func (s *batchScreen) fillTable() {
	for _, f := range s.list {
		if f.Key == s.filter {
			s.table.set(store.PieceQuery{Batch: s.name, States: f.States}, f.Count)
		}
	}
}

// selectPiece selects a letter of the batch that is shown.
func (s *batchScreen) selectPiece(id postal.ShPI) {
	s.filter = "all"
	s.letter.show(id)
	load(s.w.tasks, "select-piece", func(ctx context.Context) (store.PieceRow, error) { return s.w.station.Piece(ctx, id) },
		func(row store.PieceRow, err error) {
			if s.w.told(err) && row.Batch == s.name {
				s.table.selectPiece(id, row.Pos)
			}
		})
}

// centerY puts its content into the middle of the height, over the whole width.
type centerY struct{}

func (centerY) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (centerY) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(size.Width, 0))
	h := o[0].MinSize().Height
	o[0].Move(fyne.NewPos(0, max((size.Height-h)/2, 0)))
	o[0].Resize(fyne.NewSize(size.Width, h))
}
