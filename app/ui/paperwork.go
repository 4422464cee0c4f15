package ui

import (
	"context"
	"errors"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/station"
	"znak/app/ui/view"
)

// The pieces of paperwork; the place of the screen names one, and a batch after a colon where it is about one.
const (
	paperRegistry  = "registry"
	paperStatement = "statement"
	paperReconcile = "reconcile"
	paperInvoice   = "invoice"
	paperEvidence  = "evidence"
)

// paperScreen is one piece of paperwork: what it is, what it needs to know, one button, and what came of it.
type paperScreen struct {
	w       *Window
	kind    string
	name    string // of the batch
	about   *paragraph
	fields  *fyne.Container
	do      *button
	out     *fyne.Container
	box     fyne.CanvasObject
	from    *entry
	to      *entry
	format  *choice
	file    *entry
	what    *choice
	sum     *entry
	sumBox  fyne.CanvasObject
	choices []view.Advance
}

func newPaperScreen(w *Window) *paperScreen {
	s := &paperScreen{w: w, fields: vbox(12), out: vbox(6)}
	var about fyne.CanvasObject
	s.about, about = para("", view.Plain)
	s.do = primary(newButton(w, "", nil, s.work))
	ask := newPanel(colorPanel, 10, inset(16, 16, vbox(12, about, s.fields, hbox(0, wide(260, s.do)))))
	s.box = border(ask, nil, nil, nil, inset(16, 0, container.NewVScroll(s.out)))
	return s
}

func (s *paperScreen) head() (string, string) {
	return s.w.words.Say("ui.paper.title."+s.kind, map[string]any{"Batch": s.name}), ""
}
func (s *paperScreen) content() fyne.CanvasObject { return s.box }
func (s *paperScreen) refresh()                   {}
func (s *paperScreen) batch() string              { return s.name }

// show asks what the piece of paperwork needs to know.
func (s *paperScreen) show(arg string) {
	s.kind, s.name, _ = strings.Cut(arg, ":")
	s.about.SetText(s.w.words.T("ui.paper.about." + s.kind))
	s.do.set(s.w.words.T("ui.paper.do."+s.kind), true)
	s.fields.Objects, s.out.Objects = nil, nil
	switch s.kind {
	case paperRegistry:
		s.askPeriod()
		s.askFormat()
	case paperReconcile:
		s.askPeriod()
	case paperStatement:
		s.askFile()
	case paperInvoice:
		s.askAdvance()
	}
	show(s.fields, len(s.fields.Objects) > 0)
	s.out.Refresh()
}

func (s *paperScreen) askPeriod() {
	month := s.w.words.ThisMonth()
	s.from, s.to = newEntry(s.w, month.From), newEntry(s.w, month.To)
	put := func(p view.Period) {
		s.from.SetText(p.From)
		s.to.SetText(p.To)
	}
	put(month)
	s.from.OnSubmitted = func(string) { s.work() }
	s.to.OnSubmitted = func(string) { s.work() }
	this := quiet(newButton(s.w, s.w.words.T("ui.paper.this-month"), nil, func() { put(s.w.words.ThisMonth()) }))
	last := quiet(newButton(s.w, s.w.words.T("ui.paper.last-month"), nil, func() { put(s.w.words.LastMonth()) }))
	s.fields.Add(wrapped(s.label("ui.paper.from"), wide(130, s.from), s.label("ui.paper.to"), wide(130, s.to), this, last))
}

func (s *paperScreen) label(key string) fyne.CanvasObject {
	l := muted(s.w.words.T(key))
	l.Whole = true
	return l
}

var paperFormats = []string{station.RegistryXLSX, station.RegistryCSV}

func (s *paperScreen) askFormat() {
	var labels []string
	for _, f := range paperFormats {
		labels = append(labels, s.w.words.T("ui.paper.format."+f))
	}
	s.format = newChoice(s.w, labels, nil)
	s.format.SetSelectedIndex(0)
	s.fields.Add(hbox(8, s.label("ui.paper.format"), wide(200, s.format)))
}

func (s *paperScreen) askFile() {
	s.file = newEntry(s.w, s.w.words.T("ui.paper.statement.hint"))
	rights := newBarrier(s.w, station.ActMoney)
	may := rights.open()
	s.file.OnChanged = func(text string) { s.do.set(s.do.Text, may && strings.TrimSpace(text) != "") }
	s.file.OnSubmitted = func(string) { s.work() }
	s.do.set(s.do.Text, false)
	pick := newButton(s.w, s.w.words.T("ui.paper.statement.choose"), theme.FolderOpenIcon(), func() {
		s.w.chooseFile([]string{".txt"}, s.file.SetText)
	})
	s.fields.Add(border(nil, nil, nil, pick, s.file))
	s.fields.Add(rights.box)
	post := muted("")
	s.fields.Add(post)
	load(s.w.tasks, "payee-inn", s.w.station.PayeeINN, func(inn string, err error) {
		switch {
		case !s.w.told(err):
		case inn == "":
			post.set(s.w.words.T("ui.paper.statement.post-unknown"), colorMuted)
		default:
			post.set(s.w.words.Say("ui.paper.statement.post", map[string]any{"INN": inn}), colorMuted)
		}
	})
}

func (s *paperScreen) askAdvance() {
	s.choices = nil
	s.what = newChoice(s.w, nil, nil)
	s.sum = newEntry(s.w, "10000,00")
	s.sum.OnSubmitted = func(string) { s.work() }
	s.sumBox = hbox(8, s.label("ui.paper.invoice.sum"), wide(160, s.sum))
	s.sumBox.Hide()
	s.what.OnChanged = func(string) {
		i := s.what.SelectedIndex()
		show(s.sumBox, i >= 0 && i < len(s.choices) && s.choices[i].Own)
		s.do.set(s.do.Text, i >= 0)
	}
	s.do.set(s.do.Text, false)
	s.fields.Add(wrapped(s.label("ui.paper.invoice.for"), wide(380, s.what), s.sumBox))
	load(s.w.tasks, "advances", s.w.overview, func(o overview, err error) {
		if !s.w.told(err) || s.kind != paperInvoice {
			return
		}
		s.choices = s.w.words.AdvancesOf(o.status, o.batches)
		var labels []string
		for _, c := range s.choices {
			labels = append(labels, c.Label)
		}
		s.what.Options = labels
		s.what.SetSelectedIndex(0)
	})
}

// work does the piece of paperwork.
func (s *paperScreen) work() {
	if s.do.Disabled() {
		return
	}
	var do func(ctx context.Context) (view.Outcome, error)
	words, desk := s.w.words, s.w.station
	switch s.kind {
	case paperStatement:
		s.load("")
		return
	case paperRegistry, paperReconcile:
		from, to, err := view.Period{From: s.from.Text, To: s.to.Text}.Days()
		if !s.w.told(err) {
			return
		}
		if s.kind == paperReconcile {
			do = func(ctx context.Context) (view.Outcome, error) {
				r, err := desk.Reconcile(ctx, from, to, 0)
				return words.ReconcileOf(r), err
			}
			break
		}
		order := station.RegistryOrder{From: from, To: to, Format: paperFormats[max(s.format.SelectedIndex(), 0)], CSV: exchange.CSVOptions{Encoding: exchange.CP1251}}
		do = func(ctx context.Context) (view.Outcome, error) {
			totals, file, err := desk.WriteRegistry(ctx, order, words)
			return words.RegistryOf(totals, file), err
		}
	case paperInvoice:
		i := s.what.SelectedIndex()
		if i < 0 || i >= len(s.choices) {
			return
		}
		order := s.choices[i].Order
		if s.choices[i].Own {
			sum, err := view.SumOf(s.sum.Text)
			if !s.w.told(err) {
				return
			}
			order.Sum = sum
		}
		do = func(ctx context.Context) (view.Outcome, error) {
			r, err := desk.Invoice(ctx, order)
			return words.InvoiceOf(r), err
		}
	case paperEvidence:
		name := s.name
		do = func(ctx context.Context) (view.Outcome, error) {
			r, err := desk.WriteEvidence(ctx, name, "", words)
			return words.EvidenceOf(r), err
		}
	}
	s.begin(do)
}

func (s *paperScreen) begin(do func(ctx context.Context) (view.Outcome, error)) {
	kind, name := s.kind, s.name
	if start(s.w.tasks, "paper", do, func(v view.Outcome, err error) {
		if s.kind != kind || s.name != name {
			return // a person has gone on to something else
		}
		s.out.Objects = nil
		if s.w.told(err) {
			s.fill(v)
		}
		s.out.Refresh()
	}) {
		s.out.Objects = []fyne.CanvasObject{muted(s.w.words.T("ui.paper.working"))}
		s.out.Refresh()
	}
}

// load takes a statement in. Where nobody has said yet who the post is, its payees are shown to choose from.
func (s *paperScreen) load(payee string) {
	path, words, desk := strings.TrimSpace(s.file.Text), s.w.words, s.w.station
	s.begin(func(ctx context.Context) (view.Outcome, error) {
		f, err := os.Open(path)
		if err != nil {
			return view.Outcome{}, hint.New("exchange.import.file", hint.Args{"Error": err}, err)
		}
		defer f.Close() // read only
		r, err := desk.ImportStatement(ctx, station.StatementImport{Data: f, PayeeINN: payee, Remember: payee != ""})
		var refused *station.Refused
		if errors.As(err, &refused) && r.Statement != nil {
			if v := words.PayeesOf(station.Payees(r.Statement)); len(v.Payees) > 0 {
				return v, nil
			}
		}
		return words.StatementOf(r), err
	})
}

// fill shows what came of it.
func (s *paperScreen) fill(v view.Outcome) {
	title, body := para(v.Title, view.Plain)
	title.SizeName, title.TextStyle.Bold = theme.SizeNameSubHeadingText, true
	mark := container.NewGridWrap(fyne.NewSize(30, 24), widget.NewIcon(s.w.icons.get(shapeOf(v.Tone), inkOf(v.Tone))))
	s.out.Add(border(nil, nil, container.NewCenter(mark), nil, body))
	add := func(text string, indent float32) {
		_, line := para(text, view.Plain)
		s.out.Add(inset(0, indent, line))
	}
	for _, l := range v.Lines {
		add(l, 0)
	}
	for _, p := range v.Payees {
		b := newButton(s.w, p.Label, nil, func() { s.load(p.INN) })
		b.Alignment = widget.ButtonAlignLeading
		b.set(b.Text, p.Alive)
		s.out.Add(b)
	}
	for _, g := range v.Groups {
		icon := container.NewGridWrap(fyne.NewSize(22, 18), widget.NewIcon(s.w.icons.get(shapeOf(g.Tone), inkOf(g.Tone))))
		s.out.Add(inset(6, 0, border(nil, nil, container.NewCenter(icon), nil, whole(g.Title))))
		for _, l := range g.Lines {
			add(l, 22)
		}
	}
	s.w.files(s.out, v.Files)
}
