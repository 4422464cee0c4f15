package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/station"
	"znak/app/ui/view"
)

// operatorsScreen lists who may sign in and what each role may do. What a person may not, the station refuses.
type operatorsScreen struct {
	w     *Window
	shown []view.Operator
	at    station.SignedIn
	sure  string // whose removal is asked once more

	state  *paragraph
	turn   *button
	list   *fyne.Container
	rights *barrier
	form   *operatorForm
	box    fyne.CanvasObject
}

func newOperatorsScreen(w *Window) *operatorsScreen {
	s := &operatorsScreen{w: w, list: vbox(8)}
	var state fyne.CanvasObject
	s.state, state = para("", view.Plain)
	s.turn = newButton(w, "", nil, s.press)
	journal := newButton(w, w.words.T("ui.journal.open"), theme.HistoryIcon(), func() { w.open(screenJournal, "") })
	s.rights = newBarrier(w, station.ActOperators)
	s.form = newOperatorForm(s)
	top := newPanel(colorPanel, 10, inset(12, 16, vbox(6, border(nil, nil, nil, container.NewCenter(hbox(8, journal, s.turn)), container.New(centerY{}, state)), s.rights.box)))
	left := border(top, nil, nil, nil, inset(12, 0, container.NewVScroll(s.list)))
	right := container.NewVScroll(vbox(16, newPanel(colorPanel, 10, inset(14, 16, s.form.box)), newPanel(colorPanel, 10, inset(14, 16, rightsTable(w)))))
	s.box = container.New(shares{[]float32{1, 1.1}, 16}, left, right)
	return s
}

func (s *operatorsScreen) head() (string, string) {
	return s.w.words.T("ui.menu.operators"), s.w.words.T("ui.operators.about")
}
func (s *operatorsScreen) content() fyne.CanvasObject { return s.box }

func (s *operatorsScreen) show(string) {
	s.sure = ""
	s.form.edit("")
	s.refresh()
}

func (s *operatorsScreen) refresh() {
	type look struct {
		list []station.Operator
		at   station.SignedIn
	}
	load(s.w.tasks, "operators", func(ctx context.Context) (look, error) {
		var l look
		var err error
		if l.list, err = s.w.station.Operators(ctx); err == nil {
			l.at, err = s.w.station.SignedIn(ctx)
		}
		return l, err
	}, func(l look, err error) {
		if s.w.told(err) {
			s.fill(s.w.words.OperatorsOf(l.list, l.at), l.at)
		}
	})
}

func (s *operatorsScreen) fill(list []view.Operator, at station.SignedIn) {
	if slices.Equal(list, s.shown) && at == s.at && s.state.Text != "" {
		return
	}
	s.shown, s.at = list, at
	s.rights.open()
	admin := slices.ContainsFunc(list, func(o view.Operator) bool { return o.Role == station.RoleAdmin })
	switch {
	case at.On:
		s.state.SetText(s.w.words.T("ui.operators.on"))
		s.turn.set(s.w.words.T("ui.operators.lock-now"), true)
	case admin:
		s.state.SetText(s.w.words.T("ui.operators.off"))
		s.turn.set(s.w.words.T("ui.operators.turn-on"), s.w.mayNot(station.ActSettings) == "")
	default:
		s.state.SetText(s.w.words.T("ui.operators.first"))
		s.turn.set(s.w.words.T("ui.operators.turn-on"), false)
	}
	s.list.Objects = nil
	for _, o := range list {
		s.list.Add(s.row(o))
	}
	s.list.Refresh()
	s.form.first(len(list) == 0)
	s.form.check()
	s.box.Refresh()
}

// press turns sign-in on, or locks the station.
func (s *operatorsScreen) press() {
	if s.at.On {
		s.w.lock()
		return
	}
	start(s.w.tasks, "sign-in-on", func(ctx context.Context) (bool, error) {
		return true, s.w.station.SetSetting(ctx, station.SettingSignIn, "true")
	}, func(_ bool, err error) {
		if s.w.told(err) {
			s.w.lookWho()
		}
		s.refresh()
	})
}

func (s *operatorsScreen) row(o view.Operator) fyne.CanvasObject {
	name, about := newLine(o.Name), newLine(o.About)
	name.Bold = true
	about.Step, about.Ink = sizeTable, inkOf(o.Tone)
	if o.Tone == view.Muted {
		about.Ink = colorMuted
	}
	var words []string
	choices := s.w.words.RoleChoices()
	for _, c := range choices {
		words = append(words, c.Label)
	}
	role := newChoice(s.w, words, nil)
	role.Selected = o.Word
	may := s.w.mayNot(station.ActOperators) == ""
	enable(role, may)
	role.OnChanged = func(label string) {
		if i := slices.Index(words, label); i >= 0 && label != o.Word {
			s.do("role", "ui.operators.role-done", o.Name, func(ctx context.Context) error { return s.w.station.SetRole(ctx, o.Name, station.Role(choices[i].Key)) })
		}
	}
	pin := quiet(newButton(s.w, s.w.words.T("ui.operators.pin"), nil, func() { s.form.edit(o.Name) }))
	label := s.w.words.T("ui.operators.make-badge")
	if o.Badge {
		label = s.w.words.T("ui.operators.new-badge")
	}
	badge := quiet(newButton(s.w, label, nil, func() { s.writeBadge(o.Name) }))
	pin.set(pin.Text, may || o.Self)
	badge.set(badge.Text, may)
	buttons := []fyne.CanvasObject{pin, badge}
	if o.Badge {
		void := quiet(newButton(s.w, s.w.words.T("ui.operators.void-badge"), nil, func() {
			s.do("void-badge", "ui.operators.void-done", o.Name, func(ctx context.Context) error { return s.w.station.VoidBadge(ctx, o.Name) })
		}))
		void.set(void.Text, may || o.Self)
		buttons = append(buttons, void)
	}
	ask := s.w.words.T("ui.operators.remove")
	if s.sure == o.Name {
		ask = s.w.words.T("ui.operators.remove-sure")
	}
	remove := quiet(newButton(s.w, ask, nil, func() { s.remove(o.Name) }))
	remove.set(ask, may)
	buttons = append(buttons, remove)
	head := border(nil, nil, nil, container.NewCenter(wide(170, role)), vbox(0, name, about))
	return newPanel(colorPanel, 8, inset(10, 14, vbox(6, head, hbox(4, buttons...))))
}

// do changes something about one person; the row shows what is really so, also after a refusal.
func (s *operatorsScreen) do(key, done, name string, work func(context.Context) error) {
	start(s.w.tasks, "operator-"+key, func(ctx context.Context) (bool, error) { return true, work(ctx) }, func(_ bool, err error) {
		if s.w.told(err) {
			s.w.say(view.OK, s.w.words.Say(done, map[string]any{"Who": name}))
		}
		s.shown, s.sure = nil, ""
		s.refresh()
		s.w.lookWho()
	})
}

func (s *operatorsScreen) remove(name string) {
	if s.sure != name {
		s.sure = name
		s.redraw()
		return
	}
	s.do("remove", "ui.operators.removed", name, func(ctx context.Context) error { return s.w.station.RemoveOperator(ctx, name) })
}

func (s *operatorsScreen) redraw() {
	list := s.shown
	s.shown = nil
	s.fill(list, s.at)
}

func (s *operatorsScreen) writeBadge(name string) {
	words := s.w.words.Printer
	start(s.w.tasks, "operator-badge", func(ctx context.Context) (string, error) { return s.w.station.WriteBadge(ctx, name, "", words) }, func(file string, err error) {
		if s.w.told(err) {
			s.w.say(view.OK, s.w.words.Say("ui.operators.badge-done", map[string]any{"Who": name, "File": file}))
			s.w.openFile(file)
		}
		s.refresh()
	})
}

// operatorForm adds a person, or gives one a new PIN.
type operatorForm struct {
	s          *operatorsScreen
	title      *line
	name       *entry
	role       *choice
	pin, again *entry
	save       *button
	cancel     *button
	why        *paragraph
	who        *fyne.Container // name and role
	box        *fyne.Container
	editing    string // whose PIN; "": a new person
}

func newOperatorForm(s *operatorsScreen) *operatorForm {
	w := s.w
	f := &operatorForm{s: s, title: subheading("")}
	f.name = newEntry(w, w.words.T("ui.operators.name-hint"))
	var words []string
	for _, c := range w.words.RoleChoices() {
		words = append(words, c.Label)
	}
	f.role = newChoice(w, words, nil)
	f.role.Selected = words[0]
	f.pin, f.again = newSecret(w, w.words.T("ui.operators.pin-hint")), newSecret(w, w.words.T("ui.operators.again"))
	f.save = primary(newButton(w, "", theme.ConfirmIcon(), f.submit))
	f.cancel = quiet(newButton(w, w.words.T("ui.operators.cancel"), nil, func() { f.edit("") }))
	var why fyne.CanvasObject
	f.why, why = para("", view.Plain)
	f.why.SizeName = sizeTable
	for _, e := range []*entry{f.name, f.pin, f.again} {
		e.OnChanged = func(string) { f.check() }
		e.OnSubmitted = func(string) { f.submit() }
	}
	field := func(key string, o fyne.CanvasObject) fyne.CanvasObject { return vbox(2, muted(w.words.T(key)), o) }
	f.who = vbox(8, field("ui.operators.name", f.name), field("ui.operators.role", f.role))
	pins := container.New(shares{[]float32{1, 1}, 8}, f.pin, f.again)
	f.box = vbox(10, f.title, f.who, field("ui.operators.pin-label", pins), hbox(8, f.save, f.cancel), why)
	f.edit("")
	return f
}

// first makes the first person an admin, unless somebody chooses otherwise.
func (f *operatorForm) first(none bool) {
	if none && f.editing == "" && f.name.Text == "" {
		f.role.SetSelected(f.role.Options[len(f.role.Options)-1])
	}
}

// edit turns the form to the PIN of a person; "" is a new person.
func (f *operatorForm) edit(name string) {
	w := f.s.w
	f.editing = name
	f.pin.SetText("")
	f.again.SetText("")
	show(f.who, name == "")
	show(f.cancel, name != "")
	if name == "" {
		f.title.set(w.words.T("ui.operators.add-title"), theme.ColorNameForeground)
		f.save.SetText(w.words.T("ui.operators.add"))
	} else {
		f.title.set(w.words.Say("ui.operators.pin-title", map[string]any{"Who": name}), theme.ColorNameForeground)
		f.save.SetText(w.words.T("ui.operators.pin-save"))
		w.win.Canvas().Focus(f.pin)
	}
	f.check()
	f.box.Refresh()
}

// check keeps the button dead, with the reason below it, until everything is filled in.
func (f *operatorForm) check() {
	key := ""
	switch {
	case f.editing == "" && strings.TrimSpace(f.name.Text) == "":
		key = "ui.operators.why-name"
	case len(f.pin.Text) < 4:
		key = "ui.operators.why-pin"
	case f.pin.Text != f.again.Text:
		key = "ui.operators.why-again"
	}
	barred := ""
	if f.editing == "" || f.editing != f.s.at.Name {
		barred = f.s.w.mayNot(station.ActOperators)
	}
	f.save.set(f.save.Text, key == "" && barred == "")
	text := f.s.w.words.T("ui.operators.pin-about")
	if barred != "" {
		text = barred
	} else if key != "" {
		text = f.s.w.words.T(key)
	}
	if f.why.Text != text {
		f.why.SetText(text)
	}
}

func (f *operatorForm) submit() {
	if f.save.Disabled() {
		return
	}
	s, name, pin := f.s, f.editing, f.pin.Text
	f.pin.SetText("")
	f.again.SetText("")
	if name != "" {
		s.do("pin", "ui.operators.pin-done", name, func(ctx context.Context) error { return s.w.station.SetPIN(ctx, name, pin) })
		f.edit("")
		return
	}
	name = strings.TrimSpace(f.name.Text)
	role := station.Roles[max(slices.Index(f.role.Options, f.role.Selected), 0)]
	start(s.w.tasks, "operator-add", func(ctx context.Context) (bool, error) { return true, s.w.station.AddOperator(ctx, name, role, pin) }, func(_ bool, err error) {
		if s.w.told(err) {
			f.name.SetText("")
			f.role.SetSelected(f.role.Options[0])
			s.w.say(view.OK, s.w.words.Say("ui.operators.added", map[string]any{"Who": name}))
		}
		s.refresh()
	})
}

// rightsTable shows what each role may do: a shape with each colour.
func rightsTable(w *Window) fyne.CanvasObject {
	table := vbox(6)
	heads := []fyne.CanvasObject{}
	for _, c := range w.words.RoleChoices() {
		h := whole(c.Label)
		h.Step, h.Ink, h.Align = theme.SizeNameCaptionText, colorMuted, fyne.TextAlignCenter
		heads = append(heads, h)
	}
	grid := func(cells []fyne.CanvasObject) fyne.CanvasObject { // each column is as wide as its head
		row := hbox(12)
		for i, c := range cells {
			row.Add(wide(heads[i].MinSize().Width/zoom(), c))
		}
		return row
	}
	table.Add(subheading(w.words.T("ui.operators.rights")))
	table.Add(border(nil, nil, nil, grid(heads)))
	for _, r := range w.words.Rights() {
		var cells []fyne.CanvasObject
		for _, may := range r.May {
			var mark fyne.CanvasObject = whole("–")
			if may {
				mark = container.NewGridWrap(fyne.NewSize(18, 18), widget.NewIcon(w.icons.get(theme.ConfirmIcon(), inkOf(view.OK))))
			}
			cells = append(cells, container.NewCenter(mark))
		}
		act, box := para(r.Act, view.Plain)
		act.SizeName = sizeTable
		table.Add(border(nil, nil, nil, container.NewCenter(grid(cells)), box))
	}
	return table
}
