package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/postal"
	"znak/app/ui/view"
	"znak/store"
)

// piecesTable shows letters in print order. Rows are fetched in blocks when they come into view, so that 100,000 of them
// cost what a screenful costs.
type piecesTable struct {
	w        *Window
	grid     *grid
	box      *fyne.Container
	columns  []column
	pager    *view.Pager
	query    store.PieceQuery
	count    int
	cells    map[int]view.Piece // rows already put into words
	selected postal.ShPI
	row      int         // where the selected one was chosen
	want     postal.ShPI // to be selected as soon as it is here
	late     int         // 1 + the row to be selected as soon as it is here
	chosen   func(row store.PieceRow)
	open     func(row store.PieceRow) // Enter
}

// column is one column of the table; width 0 takes the rest.
type column struct {
	key   string
	width float32
}

var (
	batchColumns  = []column{{"pos", 48}, {"state", 150}, {"shpi", 146}, {"name", 0}, {"index", 68}, {"value", 80}}
	searchColumns = []column{{"batch", 76}, {"state", 150}, {"shpi", 146}, {"name", 0}, {"index", 68}, {"value", 80}}
)

func newPiecesTable(w *Window, columns []column) *piecesTable {
	t := &piecesTable{w: w, columns: columns, pager: view.NewPager(), cells: map[int]view.Piece{}}
	g := &grid{hooks: w}
	g.Length = func() (int, int) { return t.count, len(t.columns) }
	g.CreateCell = func() fyne.CanvasObject { return newCell(w) }
	g.UpdateCell = t.update
	g.ShowHeaderRow = true
	g.CreateHeader = func() fyne.CanvasObject {
		l := muted("")
		l.Step, l.Bold = sizeTable, true
		return inset(4, 8, l)
	}
	g.UpdateHeader = func(id widget.TableCellID, o fyne.CanvasObject) {
		text := ""
		if id.Col >= 0 && id.Col < len(t.columns) {
			text = w.words.T("ui.col." + t.columns[id.Col].key)
		}
		o.(*fyne.Container).Objects[0].(*line).set(text, colorMuted)
	}
	g.OnSelected = func(id widget.TableCellID) { t.pick(id.Row) }
	g.enter = func() {
		if row, ok := t.find(); ok && t.open != nil {
			t.open(row)
		}
	}
	g.move = t.move
	g.HideSeparators = true
	g.ExtendBaseWidget(g)
	t.grid = g
	t.box = container.New(stretch{t}, g)
	return t
}

// stretch gives the free column what the others leave.
type stretch struct{ t *piecesTable }

func (s stretch) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(360, 120) }

func (s stretch) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	rest := size.Width - theme.Padding()*float32(len(s.t.columns))
	for _, c := range s.t.columns {
		rest -= c.width * zoom()
	}
	for i, c := range s.t.columns {
		w := c.width * zoom()
		if w == 0 {
			w = max(rest, 120*zoom())
		}
		s.t.grid.SetColumnWidth(i, w)
	}
	objects[0].Resize(size)
}

// set shows the letters of q. The same question again is a refresh: row, scroll and selection stay.
func (t *piecesTable) set(q store.PieceQuery, count int) {
	if !sameQuery(q, t.query) {
		t.pager.Clear()
		t.query = q
		t.cells = map[int]view.Piece{}
		t.grid.UnselectAll()
		t.grid.ScrollToTop()
		t.selected = ""
	} else {
		t.pager.Refresh()
	}
	t.count = count
	t.grid.Refresh()
}

// fill shows rows that are here already.
func (t *piecesTable) fill(q store.PieceQuery, list []store.PieceRow) {
	t.set(q, len(list))
	t.pager.Fill(list)
	t.cells = map[int]view.Piece{}
	t.grid.Refresh()
}

func sameQuery(a, b store.PieceQuery) bool {
	return a.Batch == b.Batch && a.Text == b.Text && slices.Equal(a.States, b.States) && slices.Equal(a.ShPIs, b.ShPIs)
}

// at gives row i, and asks for it where it is not here or old.
func (t *piecesTable) at(i int) (store.PieceRow, bool) {
	row, ok, need := t.pager.At(i)
	if need != nil {
		t.fetch(need)
	}
	return row, ok
}

func (t *piecesTable) fetch(r *view.Request) {
	q := t.query
	q.Offset, q.Limit = r.Offset, r.Limit
	background(t.w.tasks, func(ctx context.Context) ([]store.PieceRow, error) { return t.w.station.Pieces(ctx, q) },
		func(list []store.PieceRow, err error) {
			if !t.w.told(err) {
				t.pager.Failed(r)
				return
			}
			if t.pager.Put(r, list) {
				for i := r.Offset; i < r.Offset+r.Limit; i++ {
					delete(t.cells, i)
				}
				t.grid.Refresh()
				t.settle()
			}
		})
}

// settle selects the letter that was asked for before it was here.
func (t *piecesTable) settle() {
	if t.late > 0 {
		if _, here := t.at(t.late - 1); here {
			t.pick(t.late - 1)
		}
	}
	if t.want == "" {
		return
	}
	if i, ok := t.pager.Find(t.want); ok {
		t.want = ""
		t.grid.Select(widget.TableCellID{Row: i, Col: 0})
		t.grid.ScrollTo(widget.TableCellID{Row: i, Col: 0})
	}
}

// selectPiece selects a letter, fetched or not; pos is its place in print order.
func (t *piecesTable) selectPiece(id postal.ShPI, pos int) {
	t.want = id
	t.settle()
	if t.want != "" && pos < t.count {
		t.at(pos)
	}
}

// move chooses another row by the keyboard; it reports whether the key was one of its own.
func (t *piecesTable) move(key fyne.KeyName) bool {
	const page = 10
	to := t.row
	switch key {
	case fyne.KeyUp:
		to--
	case fyne.KeyDown:
		to++
	case fyne.KeyPageUp:
		to -= page
	case fyne.KeyPageDown:
		to += page
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = t.count - 1
	default:
		return false
	}
	if t.count == 0 {
		return true
	}
	if t.selected == "" {
		to = 0
	}
	id := widget.TableCellID{Row: min(max(to, 0), t.count-1)}
	t.grid.ScrollTo(id)
	t.grid.Select(id)
	return true
}

func (t *piecesTable) pick(i int) {
	row, ok := t.at(i)
	if !ok { // chosen before it is here: as soon as it comes
		t.late = i + 1
		return
	}
	t.late = 0
	t.selected, t.row = row.ShPI, i
	t.grid.Refresh()
	if t.chosen != nil {
		t.chosen(row)
	}
}

// find is the selected row.
func (t *piecesTable) find() (store.PieceRow, bool) {
	if i, ok := t.pager.Find(t.selected); ok && t.selected != "" {
		return t.at(i)
	}
	return store.PieceRow{}, false
}

func (t *piecesTable) update(id widget.TableCellID, o fyne.CanvasObject) {
	c := o.(*cell)
	row, ok := t.at(id.Row)
	if !ok {
		c.set("", "…", "", colorMuted, nil, false)
		return
	}
	v, have := t.cells[id.Row]
	if !have {
		v = t.w.words.PieceOf(row)
		t.cells[id.Row] = v
	}
	chosen := row.ShPI == t.selected && t.selected != ""
	ink := fyne.ThemeColorName(theme.ColorNameForeground)
	switch t.columns[id.Col].key {
	case "pos":
		c.set(v.Pos, "", "", colorMuted, nil, chosen)
	case "batch":
		c.set(v.Batch, "", "", ink, nil, chosen)
	case "state":
		tone := inkOf(v.State.Tone)
		c.set(v.State.Word, "", "", tone, t.w.icons.get(stateShape(v.State.State), tone), chosen)
	case "shpi":
		c.set("", v.Head, v.Tail, ink, nil, chosen)
	case "name":
		if v.Note != "" {
			c.set(v.Note+" · "+v.Name, "", "", theme.ColorNameWarning, nil, chosen)
		} else {
			c.set(v.Name, "", "", ink, nil, chosen)
		}
	case "index":
		c.set(v.Index, "", "", ink, nil, chosen)
	case "value":
		c.set(v.Value, "", "", ink, nil, chosen)
	case "copies":
		c.set(v.Copies, "", "", ink, nil, chosen)
	case "mark":
		c.set(v.Mark, "", "", ink, nil, chosen)
	case "mass":
		c.set(v.Mass, "", "", ink, nil, chosen)
	case "place":
		c.set(v.Place, "", "", ink, nil, chosen)
	case "envelope":
		c.set(v.Kind, "", "", ink, nil, chosen)
	}
}

// cell is a cell of the table: an optional shape, then a text that is cut where it does not fit, or a head with a bold tail.
type cell struct {
	widget.BaseWidget
	ground *panel
	icon   *widget.Icon
	text   *line
	head   *line
	tail   *line
	row    *fyne.Container
}

func newCell(w *Window) *cell {
	c := &cell{icon: widget.NewIcon(nil), text: newLine(""), head: whole(""), tail: whole("")}
	c.tail.Bold = true
	for _, l := range []*line{c.text, c.head, c.tail} {
		l.Step = sizeTable
	}
	c.row = container.New(cellLayout{}, c.icon, c.head, c.tail, c.text)
	c.ground = newPanel(theme.ColorNameBackground, 0, c.row)
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer lets the ground reach over the gap to the next cell, so that a chosen row is one strip.
func (c *cell) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(overGap{}, c.ground))
}

type overGap struct{}

func (overGap) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (overGap) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(size.Width+theme.Padding(), size.Height))
}

func (c *cell) set(text, head, tail string, ink fyne.ThemeColorName, icon fyne.Resource, chosen bool) {
	fill := fyne.ThemeColorName(theme.ColorNameBackground)
	if chosen {
		fill = theme.ColorNameSelection
	}
	c.ground.setFill(fill)
	moved := (icon == nil) != (c.icon.Resource == nil) || head != c.head.Text || tail != c.tail.Text
	if c.icon.Resource != icon {
		c.icon.SetResource(icon)
	}
	c.text.set(text, ink)
	c.head.set(head, ink)
	c.tail.set(tail, ink)
	if moved {
		c.row.Layout.Layout(c.row.Objects, c.row.Size())
	}
}

// cellLayout places icon, head, tail and text from the left.
type cellLayout struct{}

const cellInset, cellIcon = 8, 16

func (cellLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(40, 26*zoom()) }

func (cellLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	x := float32(cellInset)
	if icon := o[0].(*widget.Icon); icon.Resource != nil {
		icon.Show()
		icon.Move(fyne.NewPos(x, (size.Height-cellIcon)/2))
		icon.Resize(fyne.NewSize(cellIcon, cellIcon))
		x += cellIcon + 6
	} else {
		icon.Hide()
	}
	for _, l := range o[1:3] {
		w := l.MinSize().Width
		if l.(*line).Text == "" {
			w = 0
		}
		l.Move(fyne.NewPos(x, 0))
		l.Resize(fyne.NewSize(w, size.Height))
		x += w
	}
	o[3].Move(fyne.NewPos(x, 0))
	o[3].Resize(fyne.NewSize(max(size.Width-x-4, 0), size.Height))
}
