package exchange

import (
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"znak/app/hint"
	"znak/app/paper"
	"znak/app/postal"
)

// EvidenceXLSX writes the evidence of a batch as a workbook, a sheet a part: the summary, the letters, what does not agree, the voided copies, the
// events of the batch. temp is a folder for the rows on their way ("": the system's).
func EvidenceXLSX(w io.Writer, e paper.Evidence, words Words, temp string) (err error) {
	book := excelize.NewFile(excelize.Options{TmpDir: temp})
	defer func() { err = errors.Join(err, book.Close()) }()
	style, err := newStyles(book)
	if err != nil {
		return err
	}
	x := &evidenceBook{Evidence: e, book: book, words: words, style: style}
	for _, part := range []func() error{x.summary, x.letters, x.differences, x.reprints, x.steps} {
		if err := part(); err != nil {
			return err
		}
	}
	return finish(book, w, words.Say("paper.evidence.title", hint.Args{"Batch": e.Batch.Name}), e.Made)
}

type evidenceBook struct {
	paper.Evidence
	book  *excelize.File
	words Words
	style styles
	parts int
}

// part adds a sheet of a head and rows; cells gives the i-th.
func (x *evidenceBook) part(name string, heads []string, widths []float64, n int, cells func(i int) []any) error {
	sheet := x.words.Say(name, nil)
	if x.parts++; x.parts == 1 {
		if err := x.book.SetSheetName(x.book.GetSheetName(0), sheet); err != nil {
			return err
		}
	} else if _, err := x.book.NewSheet(sheet); err != nil {
		return err
	}
	out, err := x.book.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i, width := range widths {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	row := 0
	if heads != nil {
		if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
			return err
		}
		head := make([]any, len(heads))
		for i, key := range heads {
			head[i] = excelize.Cell{StyleID: x.style.head, Value: x.words.Say(key, nil)}
		}
		row++
		if err := out.SetRow("A1", head); err != nil {
			return err
		}
	}
	for i := range n {
		row++
		if row > sheetRows {
			return hint.New("exchange.rows", hint.Args{"Most": sheetRows - 2}, nil)
		}
		if err := out.SetRow("A"+strconv.Itoa(row), cells(i)); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (x *evidenceBook) summary() error {
	t, l := x.Totals(), x.Ledger
	holds := x.words.Say("paper.evidence.holds", hint.Args{"Events": l.End})
	if !l.Holds {
		holds = x.words.Say("paper.evidence.broken", hint.Args{"Seq": l.FirstBad, "What": l.What})
	}
	rows := []struct {
		key   string
		value any
	}{
		{"paper.evidence.made", x.at(x.Made)}, {"paper.evidence.zone", x.Made.In(x.Zone).Format("-07:00")}, {"paper.evidence.station", x.Station},
		{"paper.evidence.batch", x.Batch.Name}, {"paper.evidence.sending", dateCell(x.Batch.SendingDate, x.style)},
		{"paper.evidence.status", word(x.words, x.Batch.Status)}, {"paper.evidence.list-number", x.Batch.ListNumber},
		{"paper.evidence.total.pieces", t.Pieces}, {"paper.evidence.total.listed", t.Listed}, {"paper.evidence.total.printed", t.Printed},
		{"paper.evidence.total.scanned", t.Scanned}, {"paper.evidence.total.accepted", t.Accepted}, {"paper.evidence.total.refused", t.Refused},
		{"paper.evidence.total.copies", t.Copies}, {"paper.evidence.total.reprints", t.Reprints},
		{"paper.evidence.total.differences", len(x.Differences())},
		{"paper.evidence.total.value", x.money(t.Value)}, {"paper.evidence.total.accepted-value", x.money(t.AcceptedValue)},
		{"paper.evidence.ledger", x.words.Say("paper.evidence.range", hint.Args{"Events": l.Events, "First": l.First, "Last": l.Last})},
		{"paper.evidence.first-hash", l.FirstHash}, {"paper.evidence.last-hash", l.LastHash}, {"paper.evidence.audit", holds},
	}
	extra := 1
	if x.Specimen {
		extra++
	}
	return x.part("paper.evidence.summary", nil, []float64{44, 70}, len(rows)+extra, func(i int) []any {
		switch {
		case i == 0:
			return []any{excelize.Cell{StyleID: x.style.title, Value: x.words.Say("paper.evidence.title", hint.Args{"Batch": x.Batch.Name})}}
		case i < extra:
			return []any{excelize.Cell{StyleID: x.style.title, Value: x.words.Say("exchange.specimen", nil)}}
		}
		return []any{x.words.Say(rows[i-extra].key, nil), rows[i-extra].value}
	})
}

// at writes a moment in the paper's zone; a workbook knows no zones.
func (x *evidenceBook) at(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	t = t.In(x.Zone)
	local := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return excelize.Cell{StyleID: x.style.moment, Value: local}
}

func (x *evidenceBook) money(k postal.Kopecks) any {
	return excelize.Cell{StyleID: x.style.money, Value: roubles(k)}
}

func (x *evidenceBook) text(s string) any { return excelize.Cell{StyleID: x.style.text, Value: s} }

func (x *evidenceBook) letters() error {
	heads := []string{"paper.evidence.col.n", "paper.evidence.col.shpi", "exchange.registry.mark", "exchange.registry.value", "paper.evidence.listed-at",
		"paper.evidence.listed-by", "paper.evidence.printed-at", "paper.evidence.printed-by", "paper.evidence.scanned-at", "paper.evidence.scanned-by",
		"paper.evidence.accepted-at", "paper.evidence.refused-at", "paper.evidence.col.copies", "paper.evidence.total.reprints", "paper.evidence.col.state"}
	widths := []float64{7, 16, 24, 14, 19, 16, 19, 16, 19, 16, 19, 19, 9, 12, 20}
	return x.part("paper.evidence.letters", heads, widths, len(x.Pieces), func(i int) []any {
		p := &x.Pieces[i]
		return []any{i + 1, x.text(string(p.ShPI)), x.text(p.MarkID), x.money(p.Value), x.at(p.Listed.At), p.Listed.Who, x.at(p.Printed.At), p.Printed.Who,
			x.at(p.Scanned.At), p.Scanned.Who, x.at(p.Accepted.At), x.at(p.Refused.At), p.Copies, p.Reprints, word(x.words, p.State)}
	})
}

func (x *evidenceBook) differences() error {
	list := x.Differences()
	heads := []string{"paper.evidence.col.shpi", "paper.evidence.col.why"}
	return x.part("paper.evidence.differences", heads, []float64{16, 100}, len(list), func(i int) []any {
		return []any{x.text(string(list[i].ShPI)), x.words.Say(list[i].Key, nil)}
	})
}

func (x *evidenceBook) reprints() error {
	heads := []string{"paper.evidence.col.shpi", "paper.evidence.col.at", "paper.evidence.col.who", "paper.evidence.col.reason", "paper.evidence.col.fate",
		"paper.evidence.fate-at", "paper.evidence.fate-by"}
	return x.part("paper.evidence.reprints", heads, []float64{16, 19, 30, 40, 24, 19, 16}, len(x.Reprints), func(i int) []any {
		p := &x.Reprints[i]
		return []any{x.text(string(p.ShPI)), x.at(p.At), p.By(x.words), p.Why(x.words), p.Became(x.words), x.at(p.Fate.At), p.Fate.Who}
	})
}

func (x *evidenceBook) steps() error {
	heads := []string{"paper.evidence.col.seq", "paper.evidence.col.at", "paper.evidence.col.who", "paper.evidence.col.event", "paper.evidence.col.detail"}
	return x.part("paper.evidence.steps", heads, []float64{10, 19, 16, 26, 80}, len(x.Steps), func(i int) []any {
		s := &x.Steps[i]
		return []any{s.Seq, x.at(s.At), s.Who, s.Event(x.words), s.Detail(x.words)}
	})
}
