package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/store"
)

// searchScreen lists the letters that a query finds in all batches.
type searchScreen struct {
	w      *Window
	text   string
	about  string
	table  *piecesTable
	letter *letter
	none   fyne.CanvasObject
	split  *container.Split
	box    fyne.CanvasObject
}

// stagePrefix before the key of a stage of the day's flow makes the screen list the letters of that stage.
const stagePrefix = "="

// maxFound is how many letters a search shows: a person who wants more wants another query.
const maxFound = 200

func newSearchScreen(w *Window) *searchScreen {
	s := &searchScreen{w: w, table: newPiecesTable(w, chosenColumns(w.app, "search", searchColumns)), letter: newLetter(w)}
	s.table.chosen = func(row store.PieceRow) { s.letter.show(row.ShPI) }
	s.table.open = func(row store.PieceRow) { w.openPiece(row.ShPI) }
	_, words := para(w.words.T("ui.search.none"), view.Plain)
	s.none = middle(words)
	s.none.Hide()
	columns := newColumnPicker(w, s.table, "search")
	top := border(nil, columns.ticks, nil, columns.open)
	s.split = listAndChosen(border(top, nil, nil, nil, s.table.box), inset(6, 8, s.letter.box))
	s.box = container.NewStack(s.split, s.none)
	return s
}

func (s *searchScreen) head() (string, string) {
	if stage, ok := strings.CutPrefix(s.text, stagePrefix); ok {
		return s.w.words.Say("ui.search.stage", map[string]any{"Stage": s.w.words.T("ui.flow." + stage)}), s.about
	}
	return s.w.words.Say("ui.search.title", map[string]any{"Text": s.text}), s.about
}
func (s *searchScreen) content() fyne.CanvasObject { return s.box }
func (s *searchScreen) focus() fyne.Focusable      { return s.table.grid }

func (s *searchScreen) show(text string) {
	if text != s.text {
		s.text, s.about = text, ""
		s.letter.clear()
	}
	s.refresh()
}

func (s *searchScreen) refresh() {
	if stage, ok := strings.CutPrefix(s.text, stagePrefix); ok {
		s.refreshStage(view.FlowStates(stage))
		return
	}
	text := s.text
	q := store.PieceQuery{Text: view.CleanQuery(text), Limit: maxFound + 1}
	load(s.w.tasks, "search", func(ctx context.Context) ([]store.PieceRow, error) { return s.w.station.Pieces(ctx, q) },
		func(list []store.PieceRow, err error) {
			if !s.w.told(err) || text != s.text {
				return
			}
			s.about = s.w.words.N("ui.search.found", len(list))
			if len(list) > maxFound {
				list = list[:maxFound]
				s.about = s.w.words.Say("ui.search.first", map[string]any{"N": s.w.words.Number(maxFound)})
			}
			byBatch(list)
			s.w.retitle(s)
			s.table.fill(q, list)
			show(s.none, len(list) == 0)
			show(s.split, len(list) > 0)
			if len(list) == 1 && s.letter.shown == "" {
				s.table.grid.Select(widget.TableCellID{})
			}
		})
}

// byBatch puts the newest letters found into batches, the newest first, and those of a batch into print order.
func byBatch(list []store.PieceRow) {
	newest := map[string]int{}
	for i, row := range list {
		if _, met := newest[row.Batch]; !met {
			newest[row.Batch] = i
		}
	}
	slices.SortStableFunc(list, func(a, b store.PieceRow) int {
		return cmp.Or(cmp.Compare(newest[a.Batch], newest[b.Batch]), cmp.Compare(a.Pos, b.Pos))
	})
}

// refreshStage lists the letters in some states, of all batches.
func (s *searchScreen) refreshStage(states []postal.PieceState) {
	text := s.text
	load(s.w.tasks, "search", s.w.station.Status, func(st station.Status, err error) {
		if !s.w.told(err) || text != s.text {
			return
		}
		n := view.Count(st.States, states)
		s.about = s.w.words.N("ui.letters", n)
		s.w.retitle(s)
		s.table.set(store.PieceQuery{States: states}, n)
		show(s.none, n == 0)
		show(s.split, n > 0)
	})
}
