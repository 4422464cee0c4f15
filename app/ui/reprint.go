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

// reprintScreen makes a spoiled envelope void, so that its letter can be printed again. What is still owed stands in a list that does not go away.
type reprintScreen struct {
	w       *Window
	field   *entry
	v       view.Reprint
	reason  string
	reasons []*button
	choose  *line
	why     *widget.Label
	do      *button
	desk    *fyne.Container
	env     *envelope
	name    *line
	head_   *line
	tail    *line
	state   *line
	icon    *widget.Icon
	owed    *piecesTable
	none    *line
	replace *button
	box     fyne.CanvasObject
}

func newReprintScreen(w *Window) *reprintScreen {
	s := &reprintScreen{w: w, env: newEnvelope(w, 190), name: newLine(""), head_: whole(""), tail: whole(""), state: newLine(""), icon: widget.NewIcon(nil)}
	s.field = newEntry(w, w.words.T("ui.reprint.hint"))
	s.field.OnSubmitted = s.find
	find := newButton(w, w.words.T("ui.reprint.find"), theme.SearchIcon(), func() { s.find(s.field.Text) })
	ask := vbox(6, whole(w.words.T("ui.reprint.ask")), container.NewBorder(nil, nil, nil, find, s.field))

	for _, l := range []*line{s.head_, s.tail} {
		l.Step = theme.SizeNameSubHeadingText
	}
	s.tail.Bold = true
	s.choose = subheading(w.words.T("ui.reprint.reason"))
	choices := container.NewGridWithColumns(3)
	for _, c := range w.words.ReprintReasons() {
		b := newButton(w, c.Label, nil, func() { s.pick(c.Key) })
		s.reasons = append(s.reasons, b)
		choices.Add(b)
	}
	s.do = primary(newButton(w, w.words.T("ui.reprint.do"), nil, s.spoil))
	var why fyne.CanvasObject
	s.why, why = para("", view.Warn)
	facts := vbox(8, hbox(0, s.head_, s.tail), s.name,
		container.NewBorder(nil, nil, container.NewGridWrap(fyne.NewSize(24, 20), s.icon), nil, s.state),
		s.choose, choices, s.do, why)
	s.desk = container.New(shares{[]float32{1, 1}, 24}, facts, container.NewVBox(s.env.box))
	s.desk.Hide()

	s.owed = newPiecesTable(w, searchColumns)
	s.owed.open = func(row store.PieceRow) { w.openPiece(row.ShPI) }
	s.owed.chosen = func(store.PieceRow) { s.replace.set(s.replace.Text, true) }
	s.none = muted(w.words.T("ui.reprint.owed-none"))
	s.replace = newButton(w, w.words.T("ui.reprint.print"), theme.DocumentPrintIcon(), func() {
		if row, ok := s.owed.find(); ok {
			w.print(station.PrintOrder{Batch: row.Batch, Only: []postal.ShPI{row.ShPI}})
		}
	})
	s.replace.Disable()
	owed := container.NewBorder(container.NewBorder(nil, nil, subheading(w.words.T("ui.reprint.owed")), s.replace), nil, nil, nil,
		container.NewStack(s.owed.box, container.NewVBox(inset(8, 0, s.none))))
	s.box = container.NewBorder(vbox(16, ask, s.desk), nil, nil, nil, inset(16, 0, owed))
	return s
}

func (s *reprintScreen) head() (string, string)     { return s.w.words.T("ui.menu.reprint"), "" }
func (s *reprintScreen) content() fyne.CanvasObject { return s.box }
func (s *reprintScreen) focus() fyne.Focusable      { return s.field }

func (s *reprintScreen) show(id string) {
	s.refresh()
	if id != "" {
		s.find(id)
	}
}

// maxOwed is how many owed letters the list shows; more than that is a job for the batch's own list.
const maxOwed = 500

func (s *reprintScreen) refresh() {
	q := store.PieceQuery{States: []postal.PieceState{postal.StateSpoiled}, Limit: maxOwed}
	load(s.w.tasks, "owed", func(ctx context.Context) ([]store.PieceRow, error) { return s.w.station.Pieces(ctx, q) },
		func(list []store.PieceRow, err error) {
			if !s.w.told(err) {
				return
			}
			s.owed.fill(q, list)
			show(s.none, len(list) == 0)
			show(s.owed.box, len(list) > 0)
			_, chosen := s.owed.find()
			s.replace.set(s.replace.Text, chosen)
		})
}

// scanned takes an envelope shown to the scanner.
func (s *reprintScreen) scanned(text string) {
	if id, ok := view.FindShPI(text); ok {
		s.field.SetText(string(id))
		s.find(string(id))
		return
	}
	s.find(strings.TrimSpace(text))
}

// typedIn takes what a person typed: the scanner's ear has held it back for a moment to tell it from a scan.
func (s *reprintScreen) typedIn(text string) {
	for _, r := range text {
		if r == '\r' || r == '\n' {
			s.find(s.field.Text)
		} else if r >= ' ' {
			s.field.Entry.TypedRune(r)
		}
	}
}

func (s *reprintScreen) find(text string) {
	id, err := postal.ParseShPI(text)
	if !s.w.told(err) {
		return
	}
	load(s.w.tasks, "reprint-find", func(ctx context.Context) (view.Detail, error) { return s.w.detail(ctx, id) }, func(d view.Detail, err error) {
		if s.w.told(err) {
			s.fill(s.w.words.ReprintOf(d))
		}
	})
}

func (s *reprintScreen) fill(v view.Reprint) {
	if v.Detail.ShPI != s.v.Detail.ShPI {
		s.reason = ""
	}
	s.v = v
	d := v.Detail
	s.env.show(d.ShPI)
	s.head_.set(d.Head, theme.ColorNameForeground)
	s.tail.set(d.Tail, theme.ColorNameForeground)
	s.name.set(d.Name, theme.ColorNameForeground)
	ink := inkOf(d.State.Tone)
	s.icon.SetResource(s.w.icons.get(stateShape(d.State.State), ink))
	s.state.set(d.State.Word, ink)
	s.mark()
	s.desk.Show()
	s.box.Refresh()
}

func (s *reprintScreen) pick(reason string) {
	s.reason = reason
	s.mark()
}

// mark shows which reason is chosen and whether the button is alive.
func (s *reprintScreen) mark() {
	for i, b := range s.reasons {
		b.Importance = widget.MediumImportance
		if view.ReprintReasons[i] == s.reason {
			b.Importance = widget.HighImportance
		}
		b.set(b.Text, s.v.Alive)
		b.Refresh()
	}
	why := s.v.Why
	if why == "" && s.reason == "" {
		why = s.w.words.T("ui.reprint.choose")
	}
	s.why.SetText(why)
	s.do.set(s.v.Label, s.v.Alive && s.reason != "")
}

func (s *reprintScreen) spoil() {
	id, reason := s.v.Detail.ShPI, s.reason
	start(s.w.tasks, "reprint", func(ctx context.Context) (int, error) { return s.w.station.Reprint(ctx, id, reason) }, func(_ int, err error) {
		if s.w.told(err) {
			s.w.say(view.OK, s.w.words.Say("ui.reprint.done", map[string]any{"ShPI": id.Grouped()}))
			s.field.SetText("")
			s.desk.Hide()
			s.box.Refresh()
		}
		s.w.changed()
	})
}
