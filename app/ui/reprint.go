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

// reprintScreen makes a spoiled envelope void, so that its letter can be printed again. The void envelopes that nobody has accounted for, and the
// printed letters that the post has changed, stand in lists that do not go away.
type reprintScreen struct {
	w       *Window
	field   *entry
	v       view.Reprint
	reason  string
	reasons []*button
	choose  *line
	why     *paragraph
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
	second  *secondPerson
	void    *voidList
	stale   *staleList
	tab     string
	tabs    map[string]*button
	pages   map[string]fyne.CanvasObject
	box     fyne.CanvasObject
}

// The pages of the desk.
const (
	tabSpoil = "spoil"
	tabOwed  = "owed"
	tabStale = "stale"
)

func newReprintScreen(w *Window) *reprintScreen {
	s := &reprintScreen{w: w, env: newEnvelope(w, 190), name: newLine(""), head_: whole(""), tail: whole(""), state: newLine(""), icon: widget.NewIcon(nil)}
	s.field = newEntry(w, w.words.T("ui.reprint.hint"))
	s.field.OnSubmitted = s.find
	find := newButton(w, w.words.T("ui.reprint.find"), theme.SearchIcon(), func() { s.find(s.field.Text) })
	ask := vbox(6, whole(w.words.T("ui.reprint.ask")), border(nil, nil, nil, find, s.field))

	for _, l := range []*line{s.head_, s.tail} {
		l.Step = theme.SizeNameSubHeadingText
	}
	s.tail.Bold = true
	s.choose = subheading(w.words.T("ui.reprint.reason"))
	columns := 3
	if large() {
		columns = 2
	}
	choices := container.NewGridWithColumns(columns)
	for _, c := range w.words.ReprintReasons() {
		b := newButton(w, c.Label, nil, func() { s.pick(c.Key) })
		s.reasons = append(s.reasons, b)
		choices.Add(b)
	}
	s.do = primary(newButton(w, w.words.T("ui.reprint.do"), nil, func() { s.spoil("", "") }))
	s.second = newSecondPerson(w, s.spoil)
	var why fyne.CanvasObject
	s.why, why = para("", view.Warn)
	facts := vbox(8, hbox(0, s.head_, s.tail), s.name,
		border(nil, nil, container.NewGridWrap(fyne.NewSize(24, 20), s.icon), nil, s.state),
		s.choose, choices, s.do, why, s.second.box)
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
	owed := border(border(nil, nil, subheading(w.words.T("ui.reprint.owed")), s.replace), nil, nil, nil,
		container.NewStack(s.owed.box, container.NewVBox(inset(8, 0, s.none))))
	s.void, s.stale = newVoidList(w), newStaleList(w)
	s.pages = map[string]fyne.CanvasObject{
		tabSpoil: border(vbox(16, ask, s.desk), nil, nil, nil, inset(16, 0, owed)),
		tabOwed:  s.void.box, tabStale: s.stale.box,
	}
	s.tabs = map[string]*button{}
	tabs, stack := hbox(4), container.NewStack()
	for _, tab := range []string{tabSpoil, tabOwed, tabStale} {
		s.tabs[tab] = newButton(w, w.words.T("ui.reprint.tab."+tab), nil, func() {
			s.turn(tab)
			s.refresh()
		})
		tabs.Add(s.tabs[tab])
		stack.Add(s.pages[tab])
	}
	s.box = border(tabs, nil, nil, nil, inset(12, 0, stack))
	s.turn(tabSpoil)
	return s
}

// turn shows a page of the desk.
func (s *reprintScreen) turn(tab string) {
	s.tab = tab
	for name, b := range s.tabs {
		show(s.pages[name], name == tab)
		want := widget.LowImportance
		if name == tab {
			want = widget.MediumImportance
		}
		if b.Importance != want {
			b.Importance = want
			b.Refresh()
		}
	}
}

// count shows how much is left beside the name of a page.
func (s *reprintScreen) count(tab string, n int) {
	label := s.w.words.T("ui.reprint.tab." + tab)
	if n > 0 {
		label = s.w.words.Say("ui.menu.count", map[string]any{"Label": label, "N": s.w.words.Number(n)})
	}
	s.tabs[tab].set(label, true)
}

func (s *reprintScreen) head() (string, string)     { return s.w.words.T("ui.menu.reprint"), "" }
func (s *reprintScreen) content() fyne.CanvasObject { return s.box }
func (s *reprintScreen) focus() fyne.Focusable {
	if s.tab == tabOwed {
		return s.void.field
	}
	return s.field
}

func (s *reprintScreen) show(id string) {
	s.refresh()
	if id != "" {
		s.turn(tabSpoil)
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
	load(s.w.tasks, "void", func(ctx context.Context) ([]station.OwedRow, error) { return s.w.station.OwedList(ctx, "") },
		func(list []station.OwedRow, err error) {
			if s.w.told(err) {
				s.void.fill(s.w.words.OwedOf(list))
				s.count(tabOwed, view.Envelopes(list))
			}
		})
	load(s.w.tasks, "stale", func(ctx context.Context) ([]station.StaleRow, error) { return s.w.station.StaleList(ctx, "") },
		func(list []station.StaleRow, err error) {
			if s.w.told(err) {
				s.stale.fill(s.w.words.StaleOf(list))
				s.count(tabStale, len(list))
			}
		})
}

// scanned takes an envelope shown to the scanner: as spoiled, or, where the void ones are listed, as destroyed.
func (s *reprintScreen) scanned(text string) {
	switch s.tab {
	case tabOwed:
		s.void.heard(text)
		return
	case tabStale:
		s.turn(tabSpoil)
	}
	if id, ok := view.FindShPI(text); ok {
		s.field.SetText(string(id))
		s.find(string(id))
		return
	}
	s.find(strings.TrimSpace(text))
}

// typedIn takes what a person typed: the scanner's ear has held it back for a moment to tell it from a scan.
func (s *reprintScreen) typedIn(text string) {
	field := s.field
	if e, ok := s.w.win.Canvas().Focused().(*entry); ok { // a name is typed as well, not only a number
		field = e
	} else if s.tab == tabOwed {
		field = s.void.field
	}
	field.typed(text)
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
		s.second.asks(nil)
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

// badge is a second person's where one is asked for.
func (s *reprintScreen) badge(text string) {
	switch {
	case s.second.box.Visible():
		s.spoil("", text)
	case s.stale.second.box.Visible():
		s.stale.void(s.stale.batch, "", text)
	default:
		s.w.takeBadge(text)
	}
}

// spoil makes the copy void; second is the name of who confirms it, "" for nobody, and proof their PIN or badge.
func (s *reprintScreen) spoil(second, proof string) {
	id := s.v.Detail.ShPI
	order := station.ReprintOrder{ShPIs: []postal.ShPI{id}, Reason: s.reason, Second: second, Proof: proof}
	start(s.w.tasks, "reprint", func(ctx context.Context) ([]store.PieceRow, error) { return s.w.station.ReprintAll(ctx, order) }, func(_ []store.PieceRow, err error) {
		if s.second.asks(err) {
			return
		}
		if s.w.told(err) {
			key := "ui.reprint.done"
			if order.Reason == station.ReasonLost {
				key = "ui.reprint.done-lost"
			}
			s.w.say(view.OK, s.w.words.Say(key, map[string]any{"ShPI": id.Grouped()}))
			s.field.SetText("")
			s.desk.Hide()
			s.box.Refresh()
		}
		s.w.changed()
	})
}

// secondPerson is the line that asks for a second person's name where the station wants one.
type secondPerson struct {
	w    *Window
	why  *paragraph
	name *entry
	pin  *entry // where the office has operators sign in
	box  *fyne.Container
}

func newSecondPerson(w *Window, confirmed func(name, proof string)) *secondPerson {
	p := &secondPerson{w: w}
	var why fyne.CanvasObject
	p.why, why = para("", view.Warn)
	p.name = newEntry(w, w.words.T("ui.second.hint"))
	confirm := func() {
		if name := strings.TrimSpace(p.name.Text); name != "" {
			proof := p.pin.Text
			p.pin.SetText("") // not kept a moment longer than needed
			confirmed(name, proof)
		}
	}
	p.name.OnSubmitted = func(string) { confirm() }
	p.pin = newSecret(w, w.words.T("ui.second.pin"))
	p.pin.OnSubmitted = func(string) { confirm() }
	p.box = vbox(6, why, border(nil, nil, nil, newButton(w, w.words.T("ui.second.do"), nil, confirm), container.New(shares{[]float32{1, 1}, 8}, p.name, p.pin)))
	p.box.Hide()
	return p
}

// asks shows the line where err is a refusal for want of a second person, and hides it otherwise; it reports whether it asks.
func (p *secondPerson) asks(err error) bool {
	needed := view.NeedsSecond(err)
	show(p.pin, p.w.gate.at.On)
	if needed {
		p.why.SetText(p.w.words.Trouble(err))
	} else {
		p.name.SetText("")
	}
	show(p.box, needed)
	return needed
}
