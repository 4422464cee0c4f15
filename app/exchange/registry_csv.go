package exchange

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"znak/app/hint"
)

// Encoding is how the letters of a text file are written.
type Encoding string

const (
	CP1251 Encoding = "cp1251" // Windows; what old imports of 1C and Russian Excel take without asking
	UTF8   Encoding = "utf8"   // with a byte order mark, by which Excel knows it
)

// CSVOptions are the choices of a text table.
type CSVOptions struct {
	Encoding Encoding
	// GuardTexts writes identifiers as ="…", so that Excel, which shows fourteen digits as 8,01E+13 when it opens such a file by itself, keeps
	// them as they are. Not for 1C: it takes the signs as part of the text.
	GuardTexts bool
}

// CSV writes the registry as a text table for 1C's import of a table document and for Russian Excel: a head, semicolons, decimal comma, days as
// 21.11.2026, CR LF. It has no line of totals, which an import would take for a letter. A text that the encoding cannot write is an
// error: a question mark in an order number would be found by nobody.
func (r Registry) CSV(w io.Writer, o CSVOptions) (totals RegistryTotals, err error) {
	r.Words = remember(r.Words)
	encode := func(s string) (string, error) { return s, nil }
	if o.Encoding == UTF8 {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return totals, err
		}
	} else {
		encode = charmap.Windows1251.NewEncoder().String
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	record := make([]string, len(registryColumns))
	write := func(id string) error {
		for i, s := range record {
			if record[i], err = encode(s); err != nil {
				return hint.New("exchange.encoding", hint.Args{"ShPI": id, "Value": s}, err)
			}
		}
		return out.Write(record)
	}
	copy(record, r.head())
	if err := write(""); err != nil {
		return totals, err
	}
	for m, err := range r.Rows {
		if err != nil {
			return totals, err
		}
		for i := range registryColumns {
			record[i] = registryColumns[i].field(&m, r.Words, o)
		}
		if err := write(m.ShPI.Grouped()); err != nil {
			return totals, err
		}
		totals.add(m)
	}
	out.Flush()
	return totals, out.Error()
}

// field is a row's field of a text table.
func (c *registryColumn) field(m *UsedMark, w Words, o CSVOptions) string {
	switch c.kind {
	case dateColumn:
		return c.date(m).Office()
	case moneyColumn:
		return strings.Replace(c.money(m).Decimal(), ".", ",", 1)
	case countColumn:
		return strconv.Itoa(c.count(m))
	}
	s := c.text(m, w)
	switch {
	case s == "":
	case o.GuardTexts:
		return `="` + strings.ReplaceAll(s, `"`, `""`) + `"`
	case strings.ContainsRune("=+-@\t\r", rune(s[0])): // a sheet program would compute it
		return "'" + s
	}
	return s
}
