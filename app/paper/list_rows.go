package paper

import (
	"fmt"
	"strconv"
	"strings"

	"znak/app/postal"
	"znak/printer/page"
)

// head sets the titles of the columns between two rules.
func (f *listForm) head() error {
	texts := make([][]page.Text, len(f.Columns))
	height := page.Millimetres(0)
	for i, c := range f.Columns {
		var err error
		texts[i], err = f.cell(c, page.Paragraph{Text: c.Title, Font: page.Bold, Size: f.Sheet.Small, Min: f.Sheet.Label - 1})
		if err != nil {
			return err
		}
		height = max(height, cellHeight(texts[i]))
	}
	f.line(rule)
	f.place(texts, height)
	f.items = f.items[:len(f.items)-1] // the rule takes the hairline's place
	f.line(rule)
	return nil
}

// cell sets paragraphs in a column, as if the row began at the top of the sheet.
func (f *listForm) cell(c listColumn, paragraphs ...page.Paragraph) ([]page.Text, error) {
	align := page.Left
	if c.Right {
		align = page.Right
	}
	for i := range paragraphs {
		paragraphs[i].Align = align
	}
	x := f.left()
	for _, before := range f.Columns {
		if before.What == c.What {
			break
		}
		x += before.Width
	}
	return fit(page.Rect{X: x + cellPad, Y: rowPad, W: c.Width - 2*cellPad, H: cellRoom}, paragraphs...)
}

// cellHeight is the height of a row that holds the texts, with its paddings.
func cellHeight(texts []page.Text) page.Millimetres {
	if len(texts) == 0 {
		return 0
	}
	last := texts[len(texts)-1]
	return last.Y + last.Font.Descent(last.Size) + rowPad
}

// place puts a row at the next free place and a hairline below it.
func (f *listForm) place(row [][]page.Text, height page.Millimetres) {
	for _, cell := range row {
		for _, t := range cell {
			t.Y += f.y
			f.add(t)
		}
	}
	f.y += height
	f.line(hairline)
}

func (f *listForm) line(width page.Millimetres) {
	f.add(page.Line{X1: f.left(), Y1: f.y, X2: f.right(), Y2: f.y, Width: width})
}

// row sets the cells of a piece.
func (f *listForm) row(n int, p postal.Piece) ([][]page.Text, page.Millimetres, error) {
	row := make([][]page.Text, len(f.Columns))
	height := page.Millimetres(0)
	for i, c := range f.Columns {
		paragraphs, err := f.content(c.What, n, p)
		if err == nil && len(paragraphs) > 0 {
			row[i], err = f.cell(c, paragraphs...)
		}
		if err != nil {
			return nil, 0, err
		}
		height = max(height, cellHeight(row[i]))
	}
	return row, height, nil
}

func (f *listForm) content(what string, n int, p postal.Piece) ([]page.Paragraph, error) {
	text := func(s string) []page.Paragraph {
		return []page.Paragraph{{Text: s, Font: page.Sans, Size: f.Sheet.Text, Min: f.Sheet.Label - 1}}
	}
	switch what {
	case "n":
		return text(strconv.Itoa(n)), nil
	case "shpi":
		return text(strings.ReplaceAll(p.ShPI.Grouped(), " ", noBreak)), nil
	case "to":
		return []page.Paragraph{
			{Text: bind(clean(p.To.Name)), Font: page.Sans, Size: f.Sheet.Text, Min: f.Sheet.Label - 1, Leading: 1.1},
			{Text: bind(strings.Join(addressLines(p.To.Address), ", ")), Font: page.Narrow, Size: f.Sheet.Text, Min: f.Sheet.Label - 1, Leading: 1.1},
		}, nil
	case "index":
		return text(string(p.To.Address.Index)), nil
	case "mass":
		return text(strconv.Itoa(int(p.Mass))), nil
	case "value":
		if p.Mark == nil {
			return text(f.Words.None), nil
		}
		return text(amount(p.Mark.Value)), nil
	case "charge":
		return text(amount(p.Charge())), nil
	case "marks":
		var marks []string
		for _, t := range f.Tags {
			if bears(p, t.Postmark) {
				marks = append(marks, bind(t.Text))
			}
		}
		if len(marks) == 0 {
			return nil, nil
		}
		return []page.Paragraph{{Text: strings.Join(marks, "\n"), Font: page.Narrow, Size: f.Sheet.Text, Min: f.Sheet.Label - 1, Leading: 1.1}}, nil
	}
	return nil, fmt.Errorf("paper/f103.toml: unknown column %q", what)
}

// amount writes a sum for a column whose head names the roubles: "1 234,50".
func amount(k postal.Kopecks) string {
	return strings.ReplaceAll(strings.TrimSuffix(k.Office(), "\u00a0₽"), "\u202f", noBreak)
}

// totals sets a line of totals below their columns.
func (f *listForm) totals(words string, t listTotals, font page.Font) {
	f.line(rule)
	y := f.y + totalHeight - 1.4
	text := func(x page.Millimetres, align page.Align, s string) {
		f.add(page.Text{X: x, Y: y, Size: f.Sheet.Text, Font: font, Align: align, Text: strings.ReplaceAll(s, noBreak, " ")})
	}
	text(f.left()+cellPad, page.Left, strings.Replace(words, "{count}", strconv.Itoa(t.count), 1))
	x := f.left()
	for _, c := range f.Columns {
		x += c.Width
		switch c.What {
		case "mass":
			text(x-cellPad, page.Right, strconv.Itoa(int(t.mass)))
		case "value":
			text(x-cellPad, page.Right, amount(t.value))
		case "charge":
			text(x-cellPad, page.Right, amount(t.charge))
		}
	}
	f.y += totalHeight
}

// charges says what the post itself has counted, where it has.
func (f *listForm) charges() {
	f.y += 2
	for _, c := range []struct {
		words     string
		rate, vat postal.Kopecks
	}{{f.Words.Charged, f.Batch.MassRate, f.Batch.MassVAT}, {f.Words.Notices, f.Batch.NoticeRate, f.Batch.NoticeVAT}} {
		if c.rate+c.vat <= 0 {
			continue
		}
		f.y += 4
		text := strings.NewReplacer("{sum}", amount(c.rate+c.vat)+" ₽", "{vat}", amount(c.vat)+" ₽").Replace(c.words)
		f.add(page.Text{X: f.left() + cellPad, Y: f.y, Size: f.Sheet.Text, Font: page.Sans, Text: strings.ReplaceAll(text, noBreak, " ")})
	}
}
