package paper

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"znak/app/hint"
	"znak/app/postal"
	"znak/printer/page"
)

// ListParams is what the list form of a batch is drawn from.
type ListParams struct {
	Batch    postal.Batch
	Pieces   []postal.Piece // in the order of the list
	Sender   postal.Sender
	Specimen bool // ОБРАЗЕЦ is printed on every sheet
}

// listMedia and listDPI are those of an office printer: the list has no codes that would hang on the resolution.
const (
	listMedia = "A4"
	listDPI   = 300
)

// ListForm draws the list of the batch's pieces after ф.103: as many A4 sheets as it takes, each with its totals, the last with
// the totals of the list and the places for signatures. Errors carry a hint: *MissingError (the post's word has no text here),
// *PieceError around a text without glyph or room, or an error of key paper.list-empty.
func ListForm(p ListParams) ([]page.Page, error) {
	l, err := listLayouts()
	if err != nil {
		return nil, err
	}
	if len(p.Pieces) == 0 {
		return nil, hint.New("paper.list-empty", hint.Args{"Batch": p.Batch.Name}, nil)
	}
	f := &listForm{ListParams: p, listLayout: l}
	if err := f.draw(); err != nil {
		return nil, err
	}
	return f.pages, nil
}

// listLayout is assets/paper/f103.toml.
type listLayout struct {
	Words      listWords         `toml:"words"`
	Kinds      map[string]string `toml:"kinds"`
	Categories map[string]string `toml:"categories"`
	Payments   map[string]string `toml:"payments"`
	Fields     []listField       `toml:"field"`
	Columns    []listColumn      `toml:"column"`
	Tags       []tag             `toml:"tag"`
	Sheet      struct {
		Size     [2]page.Millimetres `toml:"size"`
		Margin   [2]page.Millimetres `toml:"margin"` // left and right, top and bottom
		Specimen textBox             `toml:"specimen"`
		Title    page.Points         `toml:"title"`
		Label    page.Points         `toml:"label"`
		Text     page.Points         `toml:"text"`
		Small    page.Points         `toml:"small"`
	} `toml:"sheet"`
	specimen []string
	ranks    map[string]string
}

type listWords struct {
	Title          string   `toml:"title"`
	Form           string   `toml:"form"`
	Number         string   `toml:"number"`
	NoNumber       string   `toml:"no_number"`
	Batch          string   `toml:"batch"`
	Page           string   `toml:"page"`
	PageTotal      string   `toml:"page_total"`
	ListTotal      string   `toml:"list_total"`
	Charged        string   `toml:"charged"`
	Notices        string   `toml:"notices"`
	Stamp          string   `toml:"stamp"`
	Signatures     []string `toml:"signatures"`
	SignatureParts []string `toml:"signature_parts"`
	INN            string   `toml:"inn"`
	KPP            string   `toml:"kpp"`
	Payer          string   `toml:"payer"`
	None           string   `toml:"none"`
}

type listField struct {
	What    string `toml:"what"`
	Label   string `toml:"label"`
	Columns int    `toml:"columns"`
}

type listColumn struct {
	What  string           `toml:"what"`
	Title string           `toml:"title"`
	Width page.Millimetres `toml:"width"`
	Right bool             `toml:"right"`
}

// listLayouts reads the form once; it is part of the program and never changes.
var listLayouts = sync.OnceValues(func() (*listLayout, error) {
	l := &listLayout{}
	if err := readAsset("paper/f103.toml", l); err != nil {
		return nil, err
	}
	var width page.Millimetres
	for _, c := range l.Columns {
		if c.Width <= 2*cellPad {
			return nil, fmt.Errorf("paper/f103.toml: column %s", c.What)
		}
		width += c.Width
	}
	if width > l.Sheet.Size[0]-2*l.Sheet.Margin[0]+1e-6 {
		return nil, errors.New("paper/f103.toml: the columns are wider than the sheet")
	}
	envelope, err := faces()
	if err != nil {
		return nil, err
	}
	l.specimen, l.ranks = envelope.Words.Specimen, envelope.Ranks
	return l, nil
})

// Lengths of the sheet, millimetres.
const (
	cellPad     page.Millimetres = 1    // beside a text in a cell
	rowPad      page.Millimetres = 0.7  // above and below it
	footHeight  page.Millimetres = 6    // the line with the page's number
	totalHeight page.Millimetres = 5    // a line of totals
	closing     page.Millimetres = 52   // totals of the list, signatures
	hairline    page.Millimetres = 0.1  // between rows
	rule        page.Millimetres = 0.25 // around the head and above totals
	cellRoom    page.Millimetres = 60   // more than any row may take
)

// listTotals are the sums of some rows.
type listTotals struct {
	count         int
	mass          postal.Grams
	value, charge postal.Kopecks
}

func (t *listTotals) add(p postal.Piece) {
	t.count++
	t.mass += p.Mass
	t.charge += p.Charge()
	if p.Mark != nil {
		t.value += p.Mark.Value
	}
}

// listForm is the form in the making.
type listForm struct {
	ListParams
	*listLayout
	pages []page.Page
	items []page.Item      // of the page in work
	y     page.Millimetres // the next free place on it
	sums  listTotals       // of the page in work
}

func (f *listForm) add(items ...page.Item) { f.items = append(f.items, items...) }

func (f *listForm) left() page.Millimetres   { return f.Sheet.Margin[0] }
func (f *listForm) right() page.Millimetres  { return f.Sheet.Size[0] - f.Sheet.Margin[0] }
func (f *listForm) bottom() page.Millimetres { return f.Sheet.Size[1] - f.Sheet.Margin[1] - footHeight }

func (f *listForm) draw() error {
	if err := f.begin(); err != nil {
		return err
	}
	var all listTotals
	for i, p := range f.Pieces {
		row, height, err := f.row(i+1, p)
		if err != nil {
			return &PieceError{ShPI: p.ShPI, Err: err}
		}
		if f.y+height > f.bottom()-totalHeight {
			f.totals(f.Words.PageTotal, f.sums, page.Sans)
			f.finish()
			if err := f.begin(); err != nil {
				return err
			}
		}
		f.place(row, height)
		f.sums.add(p)
		all.add(p)
	}
	spills := f.y+totalHeight+closing > f.bottom()
	if spills || len(f.pages) > 0 {
		f.totals(f.Words.PageTotal, f.sums, page.Sans)
	}
	if spills {
		f.finish()
		if err := f.begin(); err != nil {
			return err
		}
	}
	f.totals(f.Words.ListTotal, all, page.Bold)
	f.charges()
	f.signatures()
	f.finish()
	return f.number()
}

// begin starts a sheet: the title, on the first sheet the header's fields, the head of the table.
func (f *listForm) begin() error {
	f.items, f.sums = nil, listTotals{}
	first := len(f.pages) == 0
	f.y = f.Sheet.Margin[1]
	number := f.Words.NoNumber
	if n := f.Batch.ListNumber; n > 0 {
		number = strings.Replace(f.Words.Number, "{n}", strconv.FormatInt(n, 10), 1)
	}
	title := strings.Replace(f.Words.Title, "{number}", number, 1)
	size := f.Sheet.Text
	if first {
		size = f.Sheet.Title
	}
	f.y += page.Bold.CapHeight(size)
	f.add(page.Text{X: f.left(), Y: f.y, Size: size, Font: page.Bold, Text: title})
	if first {
		f.y += 4.6
		f.add(page.Text{X: f.left(), Y: f.y, Size: f.Sheet.Text, Font: page.Sans,
			Text: f.Words.Form + " · " + strings.Replace(f.Words.Batch, "{name}", clean(f.Batch.Name), 1)})
	}
	if f.Specimen {
		stamp, err := specimen(f.specimen, f.Sheet.Specimen)
		if err != nil {
			return err
		}
		f.add(stamp...)
		box := f.Sheet.Specimen.Box.rect()
		f.y = max(f.y, box.Y+box.H)
	}
	f.y += 3
	if first {
		if err := f.header(); err != nil {
			return err
		}
	}
	return f.head()
}

// header sets the fields of the form in four columns, label above value.
func (f *listForm) header() error {
	const columns, gap = 4, 3
	wide := (f.right() - f.left() + gap) / columns
	x := 0
	height := page.Millimetres(0)
	for i, field := range f.Fields {
		value, err := f.field(field.What)
		if err != nil {
			return err
		}
		if x+field.Columns > columns {
			f.y += height + 1.5
			x, height = 0, 0
		}
		box := page.Rect{X: f.left() + page.Millimetres(x)*wide, Y: f.y, W: page.Millimetres(field.Columns)*wide - gap, H: cellRoom}
		texts, err := fit(box,
			page.Paragraph{Text: field.Label, Font: page.Sans, Size: f.Sheet.Label},
			page.Paragraph{Text: bind(value), Font: page.Bold, Size: f.Sheet.Text, Min: f.Sheet.Label, Leading: 1.15})
		if err != nil {
			return err
		}
		for _, t := range texts {
			f.add(t)
		}
		height = max(height, texts[len(texts)-1].Y+1-f.y)
		x += field.Columns
		if i+1 == len(f.Fields) {
			f.y += height + 2.5
		}
	}
	return nil
}

// field is the value of a header's field.
func (f *listForm) field(what string) (string, error) {
	b := f.Batch
	word := func(table map[string]string, part, code, own string) (string, error) {
		switch {
		case table[code] != "":
			return table[code], nil
		case clean(own) != "":
			return clean(own), nil
		case code == "":
			return f.Words.None, nil
		}
		return "", &MissingError{Part: part, Value: code}
	}
	switch what {
	case "date":
		if b.SendingDate == "" {
			return f.Words.None, nil
		}
		return b.SendingDate.Office(), nil
	case "kind":
		return word(f.Kinds, PartTitle, string(b.MailType), b.MailTypeText)
	case "category":
		return word(f.Categories, PartTitle, string(b.Category), b.CategoryText)
	case "rank":
		return word(f.ranks, PartRank, string(b.Rank), "")
	case "payer":
		return f.Words.Payer, nil
	case "payment":
		return word(f.Payments, PartPayment, string(b.Payment), "")
	case "notice_payment":
		return word(f.Payments, PartPayment, string(b.NoticePayment), "")
	case "office":
		if office := clean(string(b.Office) + " " + b.OfficeName); office != "" {
			return office, nil
		}
		return f.Words.None, nil
	case "sender":
		return f.sender(), nil
	}
	return "", fmt.Errorf("paper/f103.toml: unknown field %q", what)
}

func (f *listForm) sender() string {
	s := f.Sender
	parts := []string{clean(s.Name)}
	if s.INN != "" {
		parts = append(parts, strings.Replace(f.Words.INN, "{inn}", clean(s.INN), 1))
	}
	if s.KPP != "" {
		parts = append(parts, strings.Replace(f.Words.KPP, "{kpp}", clean(s.KPP), 1))
	}
	if s.Address.Index != "" {
		parts = append(parts, string(s.Address.Index))
	}
	return strings.Join(append(parts, addressLines(s.Address)...), ", ")
}

// signatures sets the lines to sign on and the place of the office's stamp.
func (f *listForm) signatures() {
	const stamp, label, gap, step = 34, 16, 4, 13
	top := f.y + 4
	f.add(page.Box{X: f.right() - stamp, Y: top, W: stamp, H: 28, Stroke: rule})
	f.add(page.Text{X: f.right() - stamp/2, Y: top + 31, Size: f.Sheet.Label, Align: page.Center, Font: page.Sans, Text: f.Words.Stamp})
	parts := page.Millimetres(len(f.Words.SignatureParts))
	wide := (f.right() - stamp - 8 - f.left() - label) / parts
	y := top + 9
	for _, who := range f.Words.Signatures {
		f.add(page.Text{X: f.left() + cellPad, Y: y, Size: f.Sheet.Text + 1, Font: page.Bold, Text: who})
		for i, part := range f.Words.SignatureParts {
			x := f.left() + label + page.Millimetres(i)*wide
			f.add(page.Line{X1: x, Y1: y + 0.5, X2: x + wide - gap, Y2: y + 0.5, Width: rule},
				page.Text{X: x + (wide-gap)/2, Y: y + 3.5, Size: f.Sheet.Label, Align: page.Center, Font: page.Sans, Text: part})
		}
		y += step
	}
	f.y = y
}

// finish closes the sheet in work.
func (f *listForm) finish() {
	f.pages = append(f.pages, page.Page{
		Media: listMedia, Width: f.Sheet.Size[0], Height: f.Sheet.Size[1], DPI: listDPI, Items: f.items,
	})
}

// number puts the foot on every sheet, when it is known how many there are, and proves them printable.
func (f *listForm) number() error {
	y := f.Sheet.Size[1] - f.Sheet.Margin[1]
	about := strings.Replace(f.Words.Batch, "{name}", clean(f.Batch.Name), 1)
	if f.Batch.SendingDate != "" {
		about += " · " + f.Batch.SendingDate.Office()
	}
	for i := range f.pages {
		p := &f.pages[i]
		n := strings.NewReplacer("{n}", strconv.Itoa(i+1), "{all}", strconv.Itoa(len(f.pages))).Replace(f.Words.Page)
		p.Name = about + " · " + n
		p.Items = append(p.Items,
			page.Text{X: f.left(), Y: y, Size: f.Sheet.Small, Font: page.Sans, Text: about},
			page.Text{X: f.right(), Y: y, Size: f.Sheet.Small, Font: page.Sans, Align: page.Right, Text: n})
		if err := page.Check(*p); err != nil {
			return err
		}
	}
	return nil
}
