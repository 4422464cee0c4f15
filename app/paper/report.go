package paper

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"znak/app/hint"
	"znak/printer/page"
)

// Words says the heads and words of the office's own papers in the person's language. *text.Printer does it.
type Words interface {
	Say(key string, args hint.Args) string
	// Value writes a value of the domain, e.g. the state of a piece, in words.
	Value(v any) any
}

// reportLayout is assets/paper/report.toml.
type reportLayout struct {
	Sheet struct {
		Size     [2]page.Millimetres `toml:"size"`
		Margin   [2]page.Millimetres `toml:"margin"`
		Specimen textBox             `toml:"specimen"`
		Title    page.Points         `toml:"title"`
		Head     page.Points         `toml:"head"`
		Text     page.Points         `toml:"text"`
		Small    page.Points         `toml:"small"`
		Label    page.Millimetres    `toml:"label"`
	} `toml:"sheet"`
	Evidence struct {
		Pieces      []reportColumn `toml:"pieces"`
		Differences []reportColumn `toml:"differences"`
		Reprints    []reportColumn `toml:"reprints"`
		Steps       []reportColumn `toml:"steps"`
	} `toml:"evidence"`
	Memo     memoLayout `toml:"memo"`
	specimen []string
}

type reportColumn struct {
	What  string           `toml:"what"`
	Width page.Millimetres `toml:"width"`
	Right bool             `toml:"right"`
}

// reportLayouts reads the layout once; it is part of the program and never changes.
var reportLayouts = sync.OnceValues(func() (*reportLayout, error) {
	l := &reportLayout{}
	if err := readAsset("paper/report.toml", l); err != nil {
		return nil, err
	}
	for _, table := range [][]reportColumn{l.Evidence.Pieces, l.Evidence.Differences, l.Evidence.Reprints, l.Evidence.Steps, l.Memo.Batches} {
		var width page.Millimetres
		for _, c := range table {
			if c.Width <= 2*cellPad {
				return nil, fmt.Errorf("paper/report.toml: column %s", c.What)
			}
			width += c.Width
		}
		if len(table) == 0 || width > l.Sheet.Size[0]-2*l.Sheet.Margin[0]+1e-6 {
			return nil, errors.New("paper/report.toml: a table is empty or wider than the sheet")
		}
	}
	envelope, err := faces()
	if err != nil {
		return nil, err
	}
	l.specimen = envelope.Words.Specimen
	return l, nil
})

// report is one of the office's own papers in the making: texts and tables from top to bottom, as many sheets as they take.
type report struct {
	*reportLayout
	marked bool // ОБРАЗЕЦ on every sheet
	pages  []page.Page
	items  []page.Item
	y      page.Millimetres // the next free place
}

func newReport(marked bool) (*report, error) {
	l, err := reportLayouts()
	if err != nil {
		return nil, err
	}
	r := &report{reportLayout: l, marked: marked}
	return r, r.begin()
}

func (r *report) add(items ...page.Item) { r.items = append(r.items, items...) }

func (r *report) left() page.Millimetres   { return r.Sheet.Margin[0] }
func (r *report) right() page.Millimetres  { return r.Sheet.Size[0] - r.Sheet.Margin[0] }
func (r *report) bottom() page.Millimetres { return r.Sheet.Size[1] - r.Sheet.Margin[1] - footHeight }

func (r *report) begin() error {
	r.items, r.y = nil, r.Sheet.Margin[1]
	if !r.marked {
		return nil
	}
	stamp, err := specimen(r.specimen, r.Sheet.Specimen)
	r.add(stamp...)
	return err
}

// stamped is the right end of a line at the current place: the stamp's frame is in its way at the head of a sheet.
func (r *report) stamped() page.Millimetres {
	if box := r.Sheet.Specimen.Box.rect(); r.marked && r.y < box.Y+box.H {
		return box.X - 2
	}
	return r.right()
}

// underStamp moves on below the stamp.
func (r *report) underStamp() {
	if box := r.Sheet.Specimen.Box.rect(); r.marked {
		r.y = max(r.y, box.Y+box.H+1)
	}
}

// finish closes the sheet in work.
func (r *report) finish() {
	r.pages = append(r.pages, page.Page{Media: listMedia, Width: r.Sheet.Size[0], Height: r.Sheet.Size[1], DPI: listDPI, Items: r.items})
}

// room makes sure that height is left on the sheet, on a new one if need be.
func (r *report) room(height page.Millimetres) error {
	if r.y+height <= r.bottom() {
		return nil
	}
	r.finish()
	err := r.begin()
	r.underStamp()
	return err
}

// paragraph sets a text over the whole width, or up to limit (0: the margin).
func (r *report) paragraph(text string, font page.Font, size page.Points, limit page.Millimetres) error {
	right := r.stamped()
	if limit > 0 {
		right = min(right, limit)
	}
	texts, err := fit(page.Rect{X: r.left(), Y: 0, W: right - r.left(), H: 1000}, page.Paragraph{Text: bind(clean(text)), Font: font, Size: size, Leading: 1.2})
	if err != nil {
		return err
	}
	height := cellHeight(texts)
	if err := r.room(height); err != nil {
		return err
	}
	for _, t := range texts {
		t.Y += r.y
		r.add(t)
	}
	r.y += height
	return nil
}

// title begins the paper, heading a part of it.
func (r *report) title(text string) error {
	return r.paragraph(text, page.Bold, r.Sheet.Title, 0)
}

func (r *report) heading(text string) error {
	if err := r.room(25); err != nil { // not the last line of a sheet
		return err
	}
	r.y += 3
	return r.paragraph(text, page.Bold, r.Sheet.Head, 0)
}

// field sets a label and its value beside it, up to limit (0: the margin).
func (r *report) field(label, value string, font page.Font, size page.Points, limit page.Millimetres) error {
	right := r.right()
	if limit > 0 {
		right = limit
	}
	value = clean(value)
	if value == "" {
		value = "—"
	}
	labels, err := fit(page.Rect{X: r.left(), W: r.Sheet.Label - 2, H: 1000}, page.Paragraph{Text: clean(label), Font: page.Sans, Size: r.Sheet.Text, Min: r.Sheet.Small})
	if err != nil {
		return err
	}
	values, err := fit(page.Rect{X: r.left() + r.Sheet.Label, W: right - r.left() - r.Sheet.Label, H: 1000},
		page.Paragraph{Text: bind(value), Font: font, Size: size, Min: r.Sheet.Small, Leading: 1.15})
	if err != nil {
		return err
	}
	drop := values[0].Y - labels[0].Y // one baseline for both
	height := cellHeight(values)
	if err := r.room(max(height, cellHeight(labels))); err != nil {
		return err
	}
	for _, t := range labels {
		t.Y += r.y + drop
		r.add(t)
	}
	for _, t := range values {
		t.Y += r.y
		r.add(t)
	}
	r.y += max(height, cellHeight(labels)+drop)
	return nil
}

// cell is what stands in a table's cell.
type cell struct {
	text string
	font page.Font
}

// table sets rows below a head, which is set again on every sheet. more gives the next row, nil after the last.
func (r *report) table(columns []reportColumn, titles []string, more func() []cell) error {
	head := make([]cell, len(titles))
	for i, t := range titles {
		head[i] = cell{t, page.Bold}
	}
	if err := r.head(columns, head); err != nil {
		return err
	}
	for row := more(); row != nil; row = more() {
		texts, height, err := r.row(columns, row, r.Sheet.Text)
		if err != nil {
			return err
		}
		if r.y+height > r.bottom() {
			if err := r.room(height); err != nil {
				return err
			}
			if err := r.head(columns, head); err != nil {
				return err
			}
		}
		r.place(texts, height)
		r.line(columns, hairline)
	}
	r.y += 1
	return nil
}

func (r *report) head(columns []reportColumn, head []cell) error {
	r.underStamp()
	texts, height, err := r.row(columns, head, r.Sheet.Small)
	if err != nil {
		return err
	}
	if err := r.room(height + 8); err != nil {
		return err
	}
	r.line(columns, rule)
	r.place(texts, height)
	r.line(columns, rule)
	return nil
}

// row sets the cells as if the row began at the top of the sheet.
func (r *report) row(columns []reportColumn, row []cell, size page.Points) ([]page.Text, page.Millimetres, error) {
	var all []page.Text
	x, height := r.left(), page.Millimetres(0)
	for i, c := range columns {
		text := strings.TrimSpace(row[i].text)
		if text != "" {
			font := row[i].font
			if font == "" {
				font = page.Sans
			}
			align := page.Left
			if c.Right {
				align = page.Right
			}
			texts, err := fit(page.Rect{X: x + cellPad, Y: rowPad, W: c.Width - 2*cellPad, H: 200},
				page.Paragraph{Text: text, Font: font, Size: size, Min: r.Sheet.Small - 1.5, Align: align, Leading: 1.1})
			if err != nil {
				return nil, 0, err
			}
			height = max(height, cellHeight(texts))
			all = append(all, texts...)
		}
		x += c.Width
	}
	return all, height, nil
}

func (r *report) place(texts []page.Text, height page.Millimetres) {
	for _, t := range texts {
		t.Y += r.y
		r.add(t)
	}
	r.y += height
}

func (r *report) line(columns []reportColumn, width page.Millimetres) {
	right := r.left()
	for _, c := range columns {
		right += c.Width
	}
	r.add(page.Line{X1: r.left(), Y1: r.y, X2: right, Y2: r.y, Width: width})
}

// done closes the paper: the foot of every sheet, when it is known how many there are, and the proof that they can be printed.
func (r *report) done(about string, number func(n, all int) string) ([]page.Page, error) {
	r.finish()
	y := r.Sheet.Size[1] - r.Sheet.Margin[1]
	for i := range r.pages {
		p := &r.pages[i]
		n := number(i+1, len(r.pages))
		p.Name = about + " · " + n
		p.Items = append(p.Items,
			page.Text{X: r.left(), Y: y, Size: r.Sheet.Small, Font: page.Sans, Text: clean(about)},
			page.Text{X: r.right(), Y: y, Size: r.Sheet.Small, Font: page.Sans, Align: page.Right, Text: n})
		if err := page.Check(*p); err != nil {
			return nil, err
		}
	}
	return r.pages, nil
}
