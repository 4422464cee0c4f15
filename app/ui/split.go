package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/postal"
	"znak/app/ui/view"
	"znak/store"
)

// splitPanel helps with a batch that the mark does not suit as a whole: advice in words and, where some of its letters are the matter, taking them out at the
// post. That cannot be undone from here, so it is asked once, in the same place.
type splitPanel struct {
	w     *Window
	batch string
	unfit []postal.ShPI
	words *widget.Label
	do    *button
	ask   *widget.Label
	sure  *fyne.Container
	box   *fyne.Container
}

func newSplitPanel(w *Window) *splitPanel {
	p := &splitPanel{w: w}
	var words, ask fyne.CanvasObject
	p.words, words = para("", view.Plain)
	p.words.SizeName = sizeTable
	p.ask, ask = para("", view.Warn)
	p.do = newButton(w, "", theme.ContentUndoIcon(), func() { p.question(true) })
	no := primary(newButton(w, w.words.T("ui.split.no"), nil, func() { p.question(false) }))
	yes := newButton(w, w.words.T("ui.split.yes"), nil, p.take)
	p.sure = vbox(6, ask, container.NewHBox(no, yes))
	p.sure.Hide()
	p.box = vbox(6, words, container.NewHBox(p.do), p.sure)
	p.box.Hide()
	return p
}

// of shows what helps with a batch.
func (p *splitPanel) of(b view.Batch) {
	if b.Name != p.batch {
		p.batch, p.unfit = b.Name, nil
		p.question(false)
	}
	text := p.w.words.SplitOf(b)
	show(p.box, text != "")
	if text != p.words.Text {
		p.words.SetText(text)
	}
	show(p.do, len(p.unfit) > 0 && !p.sure.Visible())
	if text == "" {
		return
	}
	load(p.w.tasks, "unfit", func(ctx context.Context) ([]postal.ShPI, error) {
		rows, err := p.w.station.Pieces(ctx, store.PieceQuery{Batch: b.Name})
		return view.UnfitOf(rows), err
	}, func(ids []postal.ShPI, err error) {
		if err != nil || p.batch != b.Name {
			return
		}
		p.unfit = ids
		p.do.set(p.w.words.N("ui.split.return", len(ids)), len(ids) > 0)
		show(p.do, len(ids) > 0 && !p.sure.Visible())
	})
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
