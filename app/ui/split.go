package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"znak/app/postal"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/store"
)

// splitPanel helps with a batch that the mark does not suit as a whole: advice in words and, where some of its letters are the matter, taking them out at the
// post. That cannot be undone from here, so it is asked once, in the same place.
type splitPanel struct {
	w     *Window
	batch string
	unfit []postal.ShPI
	none  bool // no letter of the batch fits
	words *paragraph
	do    *button
	ask   *paragraph
	sure  *fyne.Container

	rights *barrier
	box    *fyne.Container
}

func newSplitPanel(w *Window) *splitPanel {
	p := &splitPanel{w: w, rights: newBarrier(w, station.ActChange)}
	var words, ask fyne.CanvasObject
	p.words, words = para("", view.Plain)
	p.words.SizeName = sizeTable
	p.ask, ask = para("", view.Warn)
	p.do = newButton(w, "", theme.ContentUndoIcon(), func() { p.question(true) })
	no := primary(newButton(w, w.words.T("ui.split.no"), nil, func() { p.question(false) }))
	yes := newButton(w, w.words.T("ui.split.yes"), nil, p.take)
	p.sure = vbox(6, ask, container.NewHBox(no, yes))
	p.sure.Hide()
	p.box = vbox(6, words, container.NewHBox(p.do), p.rights.box, p.sure)
	p.box.Hide()
	return p
}

// of shows what helps with a batch.
func (p *splitPanel) of(b view.Batch) {
	if b.Name != p.batch {
		p.batch, p.unfit, p.none = b.Name, nil, false
		p.question(false)
	}
	if !p.advise(b) {
		return
	}
	type unfit struct {
		ids  []postal.ShPI
		none bool
	}
	load(p.w.tasks, "unfit", func(ctx context.Context) (u unfit, err error) {
		rows, err := p.w.station.Pieces(ctx, store.PieceQuery{Batch: b.Name})
		u.ids, u.none = view.UnfitOf(rows), view.NoneFits(rows)
		return u, err
	}, func(u unfit, err error) {
		if err != nil || p.batch != b.Name {
			return
		}
		p.unfit, p.none = u.ids, u.none
		p.advise(b)
	})
}

// advise says what is known so far; false where there is nothing to say.
func (p *splitPanel) advise(b view.Batch) bool {
	text := p.w.words.SplitOf(b)
	if p.none {
		text = p.w.words.SplitNoneOf(b)
	}
	show(p.box, text != "")
	if text != p.words.Text {
		p.words.SetText(text)
	}
	may := p.rights.open()
	p.do.set(p.w.words.N("ui.split.return", len(p.unfit)), may && len(p.unfit) > 0)
	show(p.do, len(p.unfit) > 0 && !p.sure.Visible())
	show(p.rights.box, !may && len(p.unfit) > 0)
	return text != ""
}

func (p *splitPanel) question(yes bool) {
	p.ask.SetText(p.w.words.N("ui.split.ask", len(p.unfit)))
	show(p.sure, yes)
	show(p.do, !yes && len(p.unfit) > 0)
}

func (p *splitPanel) take() {
	ids := p.unfit
	start(p.w.tasks, "split", func(ctx context.Context) (bool, error) { return true, p.w.station.Return(ctx, ids) }, func(_ bool, err error) {
		if p.w.told(err) {
			p.w.say(view.OK, p.w.words.N("ui.split.done", len(ids)))
		}
		p.question(false)
		p.w.changed()
	})
}
