package exchange

import (
	"errors"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"znak/app/hint"
	"znak/app/postal"
)

// sheetRows is the most that a sheet of a workbook holds: the head, the rows and the line of totals.
const sheetRows = 1 << 20

// XLSX writes the registry as a workbook: the first sheet has the head in its first row, the letters below it with real numbers and dates, and
// the totals in the last row; the second says what the columns mean. Rows are streamed through temp, a folder of the same disk ("" is the
// system's), so that a hundred thousand of them need little memory.
func (r Registry) XLSX(w io.Writer, temp string) (totals RegistryTotals, err error) {
	r.Words = remember(r.Words)
	book := excelize.NewFile(excelize.Options{TmpDir: temp})
	defer func() { err = errors.Join(err, book.Close()) }()
	style, err := newStyles(book)
	if err != nil {
		return totals, err
	}
	sheet := r.Words.Say("exchange.registry.sheet", nil)
	if err := book.SetSheetName(book.GetSheetName(0), sheet); err != nil {
		return totals, err
	}
	if totals, err = r.sheet(book, sheet, style); err != nil {
		return totals, err
	}
	if err := notes(book, r.Words.Say("exchange.registry.notes", nil), r.about(totals), style); err != nil {
		return totals, err
	}
	return totals, finish(book, w, r.about(totals)[0], r.Made)
}

func (r Registry) sheet(book *excelize.File, sheet string, style styles) (totals RegistryTotals, err error) {
	out, err := book.NewStreamWriter(sheet)
	if err != nil {
		return totals, err
	}
	for i, c := range registryColumns {
		if err := out.SetColWidth(i+1, i+1, c.width); err != nil {
			return totals, err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return totals, err
	}
	cells := make([]any, len(registryColumns))
	for i, title := range r.head() {
		cells[i] = excelize.Cell{StyleID: style.head, Value: title}
	}
	if err := out.SetRow("A1", cells, excelize.RowOpts{Height: 45}); err != nil {
		return totals, err
	}
	row := 1
	next := func() error {
		if row++; row > sheetRows {
			return hint.New("exchange.rows", hint.Args{"Most": sheetRows - 2}, nil)
		}
		name, err := excelize.CoordinatesToCellName(1, row)
		if err != nil {
			return err
		}
		return out.SetRow(name, cells)
	}
	for m, err := range r.Rows {
		if err != nil {
			return totals, err
		}
		for i := range registryColumns {
			cells[i] = registryColumns[i].cell(&m, r.Words, style)
		}
		if err := next(); err != nil {
			return totals, err
		}
		totals.add(m)
	}
	for i, c := range registryColumns {
		cells[i] = excelize.Cell{StyleID: style.total}
		if c.sum != nil {
			cells[i] = excelize.Cell{StyleID: style.totalMoney, Value: roubles(c.sum(&totals))}
		}
	}
	cells[0] = excelize.Cell{StyleID: style.total, Value: r.Words.Say("exchange.registry.total", hint.Args{"Count": totals.Rows})}
	if err := next(); err != nil {
		return totals, err
	}
	return totals, out.Flush()
}

// cell is a row's cell: identifiers are texts, sums are numbers, days are dates.
func (c *registryColumn) cell(m *UsedMark, w Words, style styles) any {
	switch c.kind {
	case dateColumn:
		return dateCell(c.date(m), style)
	case moneyColumn:
		return excelize.Cell{StyleID: style.money, Value: roubles(c.money(m))}
	case countColumn:
		return c.count(m)
	}
	return excelize.Cell{StyleID: style.text, Value: c.text(m, w)}
}

func dateCell(d postal.Date, style styles) any {
	if d.Time().IsZero() {
		return nil
	}
	return excelize.Cell{StyleID: style.date, Value: d.Time()}
}

// roubles is a sum as a workbook's number. The decimal form of such a number is exact up to 15 digits, far above any sum here.
func roubles(k postal.Kopecks) float64 { return float64(k) / 100 }

// styles are the looks of cells.
type styles struct{ head, text, date, moment, money, total, totalMoney, title int }

func newStyles(book *excelize.File) (s styles, err error) {
	add := func(id *int, st excelize.Style) {
		if err == nil {
			*id, err = book.NewStyle(&st)
		}
	}
	custom := func(f string) *string { return &f }
	const sum = "#,##0.00"
	line := []excelize.Border{{Type: "top", Color: "000000", Style: 1}}
	add(&s.head, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF7"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}, Border: []excelize.Border{{Type: "bottom", Color: "000000", Style: 1}}})
	add(&s.text, excelize.Style{NumFmt: 49}) // "@": a text, also when somebody edits it
	add(&s.date, excelize.Style{CustomNumFmt: custom("dd.mm.yyyy")})
	add(&s.moment, excelize.Style{CustomNumFmt: custom("dd.mm.yyyy hh:mm:ss")})
	add(&s.money, excelize.Style{CustomNumFmt: custom(sum)})
	add(&s.total, excelize.Style{Font: &excelize.Font{Bold: true}, Border: line})
	add(&s.totalMoney, excelize.Style{Font: &excelize.Font{Bold: true}, CustomNumFmt: custom(sum), Border: line})
	add(&s.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	return s, err
}

// notes adds a sheet of plain lines; the first is its title.
func notes(book *excelize.File, sheet string, lines []string, style styles) error {
	if _, err := book.NewSheet(sheet); err != nil {
		return err
	}
	if err := book.SetColWidth(sheet, "A", "A", 120); err != nil {
		return err
	}
	for i, line := range lines {
		name, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := book.SetCellStr(sheet, name, line); err != nil {
			return err
		}
	}
	return book.SetCellStyle(sheet, "A1", "A1", style.title)
}

// finish names the document and writes it.
func finish(book *excelize.File, w io.Writer, title string, made time.Time) error {
	at := made.UTC().Format(time.RFC3339)
	if err := book.SetDocProps(&excelize.DocProperties{Title: title, Creator: "Znak", LastModifiedBy: "Znak", Created: at, Modified: at}); err != nil {
		return err
	}
	book.SetActiveSheet(0)
	return book.Write(w)
}
