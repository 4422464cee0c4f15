package ui

import (
	"context"
	"reflect"
	"slices"
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

// voidList are the void envelopes that nobody has accounted for. A scan here marks one as destroyed.
type voidList struct {
	w     *Window
	shown []view.Owed
	desk  view.Desk
	in    answering[station.DeskVerdict]
	field *entry
	again *paragraph // of which envelope it is asked whether it is another one
	yes   func()     // a person says that it is
	ask   *fyne.Container
	list  *fyne.Container
	none  fyne.CanvasObject
	box   fyne.CanvasObject
}

func newVoidList(w *Window) *voidList {
	v := &voidList{w: w, list: vbox(6)}
	v.in = answering[station.DeskVerdict]{w: w, answer: v.answer, slow: func() { w.say(view.Stop, w.words.T("ui.verify.slow")) }}
	var again fyne.CanvasObject
	v.again, again = para("", view.Warn)
	another := newButton(w, w.words.T("ui.reprint.another"), theme.ConfirmIcon(), func() {
		if v.yes != nil {
			v.yes()
		}
	})
	same := quiet(newButton(w, w.words.T("ui.reprint.not-another"), nil, v.answered))
	v.ask = vbox(6, again, hbox(8, another, same))
	v.ask.Hide()
	v.field = newEntry(w, w.words.T("ui.reprint.hint"))
	v.field.OnSubmitted = v.destroy
	_, ask := para(w.words.T("ui.reprint.destroy-ask"), view.Plain)
	why := muted(w.words.T("ui.reprint.void-why"))
	done := newButton(w, w.words.T("ui.reprint.destroy-do"), theme.ConfirmIcon(), func() { v.destroy(v.field.Text) })
	v.none = w.allWell("ui.reprint.void-none")
	v.none.Hide()
	v.box = border(vbox(8, ask, border(nil, nil, nil, done, v.field), why, v.ask), nil, nil, nil,
		inset(12, 0, container.NewStack(container.NewVScroll(v.list), v.none)))
	return v
}

// allWell is a pleasant sight: nothing is left to do here.
func (w *Window) allWell(key string) fyne.CanvasObject {
	text, body := para(w.words.T(key), view.Plain)
	text.Alignment = fyne.TextAlignCenter
	icon := container.NewGridWrap(fyne.NewSize(48, 48), widget.NewIcon(w.icons.get(theme.ConfirmIcon(), inkOf(view.OK))))
	return middle(vbox(12, container.NewCenter(icon), body))
}

func (v *voidList) fill(list []view.Owed) {
	show(v.none, len(list) == 0)
	if slices.Equal(list, v.shown) {
		return
	}
	v.shown = list
	v.list.Objects = nil
	for _, o := range list {
		v.list.Add(v.row(o))
	}
	v.list.Refresh()
}

func (v *voidList) row(o view.Owed) fyne.CanvasObject {
	head, tail, about := whole(o.Head), whole(o.Tail), muted(o.About)
	tail.Bold = true
	lost := quiet(newButton(v.w, v.w.words.T("ui.reprint.missing"), nil, func() { v.missing(o.ShPI) }))
	digits := newTap(v.w, hbox(0, head, tail), func() { v.w.openPiece(o.ShPI) })
	left := hbox(0, wide(150, digits), wide(130, newLine(o.Batch)))
	return newPanel(colorPanel, 8, inset(4, 14, border(nil, nil, container.NewCenter(left), lost, container.New(centerY{}, about))))
}

// missing is a person's word that an envelope cannot be found.
func (v *voidList) missing(id postal.ShPI) {
	start(v.w.tasks, "missing", func(ctx context.Context) (store.PieceRow, error) { return v.w.station.DeclareMissing(ctx, id) }, func(_ store.PieceRow, err error) {
		if v.w.told(err) {
			v.w.say(view.Warn, v.w.words.Say("ui.reprint.missing-done", map[string]any{"ShPI": id.Grouped()}))
		}
		v.w.changed()
	})
}

// destroy takes a typed identifier: a person's word that this envelope is destroyed.
func (v *voidList) destroy(text string) {
	id, err := postal.ParseShPI(text)
	if v.w.told(err) {
		v.record(id, 0)
	}
}

// record writes count destroyed envelopes down; 0 is one of which nobody has said that it is another than those before.
func (v *voidList) record(id postal.ShPI, count int) {
	v.answered()
	start(v.w.tasks, "destroy", func(ctx context.Context) (store.PieceRow, error) { return v.w.station.Destroy(ctx, string(id), count) }, func(row store.PieceRow, err error) {
		switch {
		case view.AsksAnother(err):
			v.question(v.w.words.Trouble(err), func() { v.record(id, 1) })
			return
		case v.w.told(err):
			v.field.SetText("")
			key := "station.destroy.done"
			if row.Owed > 0 {
				key = "station.destroy.more"
			}
			v.w.say(view.OK, v.w.words.Say(key, map[string]any{"ShPI": id.Grouped(), "Owed": row.Owed}))
		}
		v.w.changed()
	})
}

// question asks whether an envelope is another than the one recorded before; yes is done where a person says so.
func (v *voidList) question(text string, yes func()) {
	v.again.SetText(text)
	v.yes = yes
	v.ask.Show()
	v.box.Refresh()
}

// answered takes the question away.
func (v *voidList) answered() {
	v.yes = nil
	if v.ask.Visible() {
		v.ask.Hide()
		v.box.Refresh()
	}
}

// heard takes a scan, line by line.
func (v *voidList) heard(text string) {
	if v.desk == nil {
		v.desk = v.w.station.Desk()
		v.in.begin(v.desk)
	}
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		v.in.take(line)
	}
}

func (v *voidList) answer(list []station.DeskVerdict, err error) {
	if !v.w.told(err) {
		return
	}
	for _, one := range list {
		a := v.w.words.DeskOf(one)
		if one.Outcome == station.OutcomeAgain {
			v.question(a.Text, v.another)
			continue
		}
		v.answered()
		v.w.say(a.Tone, a.Text)
	}
	v.w.changed()
}

// another is a person's word that the envelope shown last is not the one recorded before.
func (v *voidList) another() {
	v.answered()
	desk := v.desk
	start(v.w.tasks, "another", func(ctx context.Context) (station.DeskVerdict, error) { return desk.Another(ctx) }, func(one station.DeskVerdict, err error) {
		v.answer([]station.DeskVerdict{one}, err)
	})
}

// staleList are the printed letters that the post has changed, batch by batch, with one button for all of a batch.
type staleList struct {
	w      *Window
	shown  []view.StaleBatch
	batch  string // for which a second person is asked
	second *secondPerson
	list   *fyne.Container
	none   fyne.CanvasObject
	about  fyne.CanvasObject
	box    fyne.CanvasObject
}

func newStaleList(w *Window) *staleList {
	s := &staleList{w: w, list: vbox(12)}
	_, s.about = para(w.words.T("ui.reprint.stale-about"), view.Plain)
	s.second = newSecondPerson(w, func(name, proof string) { s.void(s.batch, name, proof) })
	s.none = w.allWell("ui.reprint.stale-none")
	s.none.Hide()
	s.box = border(vbox(8, s.about, s.second.box), nil, nil, nil, inset(12, 0, container.NewStack(container.NewVScroll(s.list), s.none)))
	return s
}

func (s *staleList) fill(list []view.StaleBatch) {
	show(s.none, len(list) == 0)
	show(s.about, len(list) > 0)
	if reflect.DeepEqual(list, s.shown) {
		return
	}
	s.shown = list
	s.list.Objects = nil
	for _, b := range list {
		all := newButton(s.w, b.Label, nil, func() { s.void(b.Batch, "", "") })
		title := subheading(b.Title)
		rows := vbox(4, border(nil, nil, title, all))
		for i, l := range b.Lines {
			if i == maxStale {
				rows.Add(muted(s.w.words.Say("ui.report.more", map[string]any{"N": s.w.words.Number(len(b.Lines) - i)})))
				break
			}
			head, tail := whole(l.Head), whole(l.Tail)
			tail.Bold = true
			changes := newLine(l.Changes)
			changes.Ink = inkOf(view.Warn)
			digits := newTap(s.w, hbox(0, head, tail), func() { s.w.openPiece(l.ShPI) })
			rows.Add(border(nil, nil, wide(160, digits), nil, changes))
		}
		s.list.Add(newPanel(colorPanel, 10, inset(10, 16, rows)))
	}
	s.list.Refresh()
}

// maxStale is how many letters of a batch are listed one by one; the button voids all of them.
const maxStale = 50

// void declares all stale envelopes of a batch void; second is who confirms it, "" for nobody, and proof their PIN or badge.
func (s *staleList) void(batch, second, proof string) {
	s.batch = batch
	order := station.ReprintOrder{Stale: batch, Reason: station.ReasonChanged, Second: second, Proof: proof}
	start(s.w.tasks, "stale-void", func(ctx context.Context) ([]store.PieceRow, error) { return s.w.station.ReprintAll(ctx, order) }, func(rows []store.PieceRow, err error) {
		if s.second.asks(err) {
			s.w.current().content().Refresh()
			return
		}
		if s.w.told(err) {
			s.w.say(view.OK, s.w.words.N("ui.reprint.stale-done", len(rows), map[string]any{"Batch": batch}))
		}
		s.w.changed()
	})
}
