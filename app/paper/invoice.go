package paper

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"znak/app/hint"
	"znak/app/postal"
	"znak/printer/page"
)

// PaymentMemo is what the memo for an advance is drawn from. It is the office's own slip: the post issues its invoice itself, with its own number,
// in the account.
type PaymentMemo struct {
	Name, Account, Bank, BIC, Correspondent, INN, KPP string // of the payee, checked
	Purpose                                           string
	Sum                                               postal.Kopecks
	Payer                                             postal.Sender   // a name may be missing
	Batches                                           []MemoBatch     // for which it is paid; may be empty
	Free                                              *postal.Kopecks // nil: the sum is that of the batches; else what was free and has been taken off
	Code                                              []byte          // the text of the payment's code
	Made                                              time.Time
	Specimen                                          bool
}

// MemoBatch is a batch that will be paid from the advance.
type MemoBatch struct {
	Name   string
	Pieces int
	Sum    postal.Kopecks // of the marks
}

type memoLayout struct {
	Title           string              `toml:"title"`
	Note            string              `toml:"note"`
	Code            [3]page.Millimetres `toml:"code"`
	Side            page.Millimetres    `toml:"side"`
	Caption         string              `toml:"caption"`
	SpecimenPurpose string              `toml:"specimen_purpose"`
	Sum             string              `toml:"sum"`
	Name            string              `toml:"name"`
	INN             string              `toml:"inn"`
	KPP             string              `toml:"kpp"`
	Account         string              `toml:"account"`
	Bank            string              `toml:"bank"`
	BIC             string              `toml:"bic"`
	Correspondent   string              `toml:"correspondent"`
	Purpose         string              `toml:"purpose"`
	Payer           string              `toml:"payer"`
	PayerINN        string              `toml:"payer_inn"`
	Made            string              `toml:"made"`
	Basis           string              `toml:"basis"`
	Lacking         string              `toml:"lacking"`
	Batch           string              `toml:"batch"`
	Letters         string              `toml:"letters"`
	Value           string              `toml:"value"`
	Total           string              `toml:"total"`
	None            string              `toml:"none"`
	Batches         []reportColumn      `toml:"batches"`
}

// SpecimenPurpose is what the purpose of a payment begins with that nobody should make: the batches of a sandbox cost nothing.
func SpecimenPurpose() (string, error) {
	l, err := reportLayouts()
	if err != nil {
		return "", err
	}
	return l.Memo.SpecimenPurpose, nil
}

// Memo draws the memo: requisites, sum and purpose, the code that a bank's program reads, and the batches. Errors carry a hint.
func Memo(m PaymentMemo) ([]page.Page, error) {
	r, err := newReport(m.Specimen)
	if err != nil {
		return nil, err
	}
	l := &r.Memo
	bottom, err := r.code(m.Code)
	if err != nil {
		return nil, err
	}
	if err := r.title(l.Title); err != nil {
		return nil, err
	}
	r.underStamp()
	limit := l.Code[0] - 4
	if err := r.paragraph(l.Note, page.Sans, r.Sheet.Text, limit); err != nil {
		return nil, err
	}
	r.y += 3
	for _, f := range []struct {
		label, value string
		font         page.Font
		size         page.Points
	}{
		{l.Sum, m.Sum.Office(), page.Bold, r.Sheet.Title},
		{l.Name, m.Name, page.Sans, r.Sheet.Head}, {l.INN, m.INN, page.Mono, r.Sheet.Head}, {l.KPP, m.KPP, page.Mono, r.Sheet.Head},
		{l.Account, m.Account, page.Mono, r.Sheet.Head}, {l.Bank, m.Bank, page.Sans, r.Sheet.Head}, {l.BIC, m.BIC, page.Mono, r.Sheet.Head},
		{l.Correspondent, m.Correspondent, page.Mono, r.Sheet.Head}, {l.Purpose, m.Purpose, page.Sans, r.Sheet.Head},
		{l.Payer, m.Payer.Name, page.Sans, r.Sheet.Head}, {l.PayerINN, m.Payer.INN, page.Mono, r.Sheet.Head},
		{l.Made, m.Made.Format("02.01.2006"), page.Sans, r.Sheet.Head},
	} {
		if f.value == "" || f.value == "0" {
			f.value = l.None
		}
		if err := r.field(f.label, strings.ReplaceAll(f.value, "\u202f", noBreak), f.font, f.size, limit); err != nil {
			return nil, err
		}
		r.y += 0.8
	}
	r.y = max(r.y, bottom)
	if err := r.basis(m); err != nil {
		return nil, err
	}
	return r.done(l.Title, func(n, all int) string { return fmt.Sprintf("%d / %d", n, all) })
}

// basis lists the batches.
func (r *report) basis(m PaymentMemo) error {
	if len(m.Batches) == 0 {
		return nil
	}
	l := &r.Memo
	if err := r.heading(l.Basis); err != nil {
		return err
	}
	rows := make([][]cell, 0, len(m.Batches)+1)
	pieces, sum := 0, postal.Kopecks(0)
	for _, b := range m.Batches {
		rows = append(rows, []cell{{text: b.Name}, {text: strconv.Itoa(b.Pieces)}, {text: amount(b.Sum)}})
		pieces, sum = pieces+b.Pieces, sum+b.Sum
	}
	rows = append(rows, []cell{{l.Total, page.Bold}, {strconv.Itoa(pieces), page.Bold}, {amount(sum), page.Bold}})
	if err := r.table(l.Batches, []string{l.Batch, l.Letters, l.Value}, each(rows)); err != nil {
		return err
	}
	if m.Free == nil {
		return nil
	}
	text := strings.NewReplacer("{sum}", sum.Office(), "{free}", m.Free.Office()).Replace(l.Lacking)
	return r.paragraph(text, page.Sans, r.Sheet.Text, 0)
}

// each gives rows one after the other, then nil.
func each(rows [][]cell) func() []cell {
	return func() []cell {
		if len(rows) == 0 {
			return nil
		}
		row := rows[0]
		rows = rows[1:]
		return row
	}
}

// code sets the payment's QR symbol: level M, whole dots, as large as its place lets it be; it returns where it ends.
func (r *report) code(text []byte) (bottom page.Millimetres, err error) {
	const quiet = 4
	symbol, err := qr.Encode(string(text), qr.M, qr.Unicode) // the bytes as they are
	if err != nil {
		return 0, hint.New("paper.memo.code", nil, err)
	}
	n := symbol.Bounds().Dx()
	grid := page.Grid{DPI: listDPI}
	x, y, side := r.Memo.Code[0], r.Memo.Code[1], r.Memo.Code[2]
	module := page.Millimetres(grid.Dots(side/page.Millimetres(n+2*quiet))) * grid.Dot()
	m := page.Matrix{Module: module, Quiet: quiet, Kind: "QR", Size: n, Bits: make([]bool, 0, n*n), Data: string(text)}
	if m.Side() < r.Memo.Side {
		return 0, hint.New("paper.memo.code", nil, fmt.Errorf("%d modules in %.0f mm", n, side))
	}
	for row := range n {
		for column := range n {
			dark, _, _, _ := symbol.At(column, row).RGBA()
			m.Bits = append(m.Bits, dark == 0)
		}
	}
	free := side - m.Bounds().W
	m.X, m.Y = grid.Snap(x+free/2+quiet*module), grid.Snap(y+quiet*module)
	r.add(m)
	bounds := m.Bounds()
	texts, err := fit(page.Rect{X: x, Y: bounds.Y + bounds.H + 1, W: side, H: 15},
		page.Paragraph{Text: bind(r.Memo.Caption), Font: page.Sans, Size: r.Sheet.Text, Min: r.Sheet.Small, Align: page.Center})
	if err != nil {
		return 0, err
	}
	for _, t := range texts {
		r.add(t)
		bottom = t.Y + 3
	}
	return bottom, nil
}
