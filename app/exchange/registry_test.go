package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/text"
)

func words(t testing.TB, lang string) Words {
	t.Helper()
	p, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func shpi(n int) postal.ShPI {
	d := fmt.Sprintf("690000%02d%05d", 1+n/99999%99, 1+n%99999)
	return postal.ShPI(d + string(postal.ShPICheckDigit(d)))
}

func used(n int) UsedMark {
	m := UsedMark{ShPI: shpi(n), MarkID: fmt.Sprintf("00099%07d", n), Value: postal.Kopecks(8540 + n%100), Rate: 7000, VAT: 1540, Used: "2026-11-20",
		Accepted: "2026-11-21", Batch: "17", Sending: "2026-11-20", OrderNum: fmt.Sprintf("А-%d/№%d", n, n), CostCentre: "Ёлочный отдел; «юг»",
		State: postal.StateAccepted, Copies: 1 + n%2}
	if n%3 == 2 {
		m.State, m.Accepted = postal.StateHanded, ""
	}
	return m
}

func marks(n int) iter.Seq2[UsedMark, error] {
	return func(yield func(UsedMark, error) bool) {
		for i := range n {
			if !yield(used(i), nil) {
				return
			}
		}
	}
}

func registry(t testing.TB, n int) Registry {
	return Registry{From: "2026-11-01", To: "2026-11-30", Rows: marks(n), Made: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), Words: words(t, "ru")}
}

func sums(n int) (t RegistryTotals) {
	for m := range marks(n) {
		t.add(m)
	}
	return t
}

func TestWorkbookOpensWithNumbersAndDates(t *testing.T) {
	const n = 250
	r := registry(t, n)
	r.Specimen = true
	file := filepath.Join(t.TempDir(), "marks.xlsx")
	var totals RegistryTotals
	err := Write(file, func(w io.Writer) (err error) {
		totals, err = r.XLSX(w, filepath.Dir(file))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if totals != sums(n) {
		t.Errorf("totals %+v", totals)
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
	book, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if got := book.GetSheetList(); len(got) != 2 || got[0] != "Реестр" {
		t.Fatalf("sheets %q", got)
	}
	rows, err := book.GetRows("Реестр", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != n+2 {
		t.Fatalf("%d rows", len(rows))
	}
	shown, err := book.GetRows("Реестр")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], "|"); got != strings.Join(r.head(), "|") || !strings.HasPrefix(got, "ШПИ|Номер знака|Стоимость знака") {
		t.Errorf("head %q", got)
	}
	for i := range n {
		m := used(i)
		want := []string{string(m.ShPI), m.MarkID, strings.TrimSuffix(strings.TrimSuffix(m.Value.Decimal(), "0"), ".0"), "70", "15.4", "46346", "17", m.OrderNum,
			m.CostCentre, "принято почтой", fmt.Sprint(m.Copies), "46347", "46346"}
		if m.Accepted == "" {
			want[9], want[11] = "сдано", ""
		}
		got := rows[i+1]
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("row %d:\n got %q\nwant %q", i, got, want)
		}
		if shown[i+1][5] != "20.11.2026" {
			t.Fatalf("row %d shows the day as %q", i, shown[i+1][5])
		}
	}
	// Identifiers are texts, sums and days are numbers; a sum shows its kopecks.
	for cell, want := range map[string]excelize.CellType{"A2": excelize.CellTypeInlineString, "B2": excelize.CellTypeInlineString,
		"C2": excelize.CellTypeUnset, "F2": excelize.CellTypeUnset, "K2": excelize.CellTypeUnset} {
		if got, err := book.GetCellType("Реестр", cell); err != nil || got != want {
			t.Errorf("%s is of type %v, want %v (%v)", cell, got, want, err)
		}
	}
	last := rows[n+1]
	if last[0] != "Итого: 250 писем" || last[2] != strings.TrimRight(strings.TrimRight(totals.Value.Decimal(), "0"), ".") {
		t.Errorf("totals row %q", last)
	}
	notes, err := book.GetRows("Пояснения")
	if err != nil || len(notes) < 5 || !strings.Contains(notes[4][0], "ОБРАЗЕЦ") || !strings.Contains(notes[3][0], "НДС") {
		t.Errorf("notes %q %v", notes, err)
	}
}

func TestTextTableReadsBackInBothEncodings(t *testing.T) {
	const n = 120
	for _, encoding := range []Encoding{CP1251, UTF8} {
		for _, guard := range []bool{false, true} {
			var out bytes.Buffer
			totals, err := registry(t, n).CSV(&out, CSVOptions{Encoding: encoding, GuardTexts: guard})
			if err != nil {
				t.Fatal(err)
			}
			if totals != sums(n) {
				t.Errorf("totals %+v", totals)
			}
			raw := out.Bytes()
			if encoding == UTF8 {
				if !bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")) {
					t.Error("no mark at the beginning")
				}
				raw = raw[3:]
			} else if raw, err = charmap.Windows1251.NewDecoder().Bytes(raw); err != nil {
				t.Fatal(err)
			}
			if lines := bytes.Count(raw, []byte("\r\n")); lines != n+1 || bytes.Count(raw, []byte("\n")) != lines {
				t.Errorf("%d line ends", lines)
			}
			in := csv.NewReader(bytes.NewReader(raw))
			in.Comma = ';'
			rows, err := in.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range rows[1:] {
				m := used(i)
				id, order := string(m.ShPI), m.OrderNum
				if guard {
					id, order = `="`+id+`"`, `="`+order+`"`
				}
				sum := strings.Replace(m.Value.Decimal(), ".", ",", 1)
				if row[0] != id || row[7] != order || row[2] != sum || row[5] != "20.11.2026" || len(row) != len(registryColumns) {
					t.Fatalf("row %d: %q", i, row)
				}
			}
			if len(rows) != n+1 {
				t.Errorf("%d rows: a line of totals would be taken for a letter", len(rows))
			}
		}
	}
}

func one(m UsedMark) iter.Seq2[UsedMark, error] {
	return func(yield func(UsedMark, error) bool) { yield(m, nil) }
}

func TestTextTableRefusesWhatItCannotWrite(t *testing.T) {
	m := used(1)
	m.OrderNum = "заказ 王"
	r := registry(t, 0)
	r.Rows = one(m)
	_, err := r.CSV(io.Discard, CSVOptions{Encoding: CP1251})
	if key, args, _ := hint.Of(err); key != "exchange.encoding" || args["Value"] != "заказ 王" || args["ShPI"] != m.ShPI.Grouped() {
		t.Errorf("%v", err)
	}
	if _, err := r.CSV(io.Discard, CSVOptions{Encoding: UTF8}); err != nil {
		t.Error(err)
	}
	m.OrderNum = "=cmd|' /C calc'!A0"
	r.Rows = one(m)
	var out bytes.Buffer
	if _, err := r.CSV(&out, CSVOptions{Encoding: UTF8}); err != nil || !strings.Contains(out.String(), ";'=cmd") {
		t.Errorf("a formula got through: %q %v", out.String(), err)
	}
}

// A row that cannot be had ends the file, and an earlier one stays.
func TestFilesAppearWholeOrNotAtAll(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a", "marks.csv")
	fail := errors.New("no more rows")
	r := registry(t, 0)
	r.Rows = func(yield func(UsedMark, error) bool) {
		if yield(used(0), nil) {
			yield(UsedMark{}, fail)
		}
	}
	write := func(w io.Writer) error { _, err := r.CSV(w, CSVOptions{Encoding: UTF8}); return err }
	for range 2 {
		if err := Write(file, write); !errors.Is(err, fail) {
			t.Fatalf("%v", err)
		}
		if got, _ := os.ReadFile(file); len(got) > 0 && string(got) != "old" {
			t.Fatalf("half a file: %q", got)
		}
		if left, _ := os.ReadDir(filepath.Dir(file)); len(left) > 1 {
			t.Fatalf("left behind: %v", left)
		}
		if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.Rows = marks(1)
	if err := Write(file, write); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(file); err != nil || !strings.Contains(string(got), string(shpi(0))) {
		t.Errorf("%q %v", got, err)
	}
	err := Write(filepath.Join(file, "x"), write)
	if key, _, _ := hint.Of(err); key != "exchange.write" {
		t.Errorf("%v", err)
	}
}

// A hundred thousand rows need no memory of their own: what is live at the end of the rows stays within a few megabytes.
func TestLargeRegistryStaysSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 100,000 rows")
	}
	n := 100_000
	if raced { // fifty times slower; the ordinary build tells of the memory
		n = 2_000
	}
	var before, peak runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := registry(t, 0)
	r.Rows = func(yield func(UsedMark, error) bool) {
		for i := range n {
			if i == n-1 {
				runtime.GC()
				runtime.ReadMemStats(&peak)
			}
			if !yield(used(i), nil) {
				return
			}
		}
	}
	file := filepath.Join(t.TempDir(), "marks.xlsx")
	began := time.Now()
	if err := Write(file, func(w io.Writer) error { _, err := r.XLSX(w, filepath.Dir(file)); return err }); err != nil {
		t.Fatal(err)
	}
	grown := int64(peak.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d rows in %v, live heap grown by %d KB", n, time.Since(began).Round(time.Millisecond), grown>>10)
	if grown > 64<<20 {
		t.Errorf("the live heap has grown by %d MB", grown>>20)
	}
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	if len(archive.File) < 5 {
		t.Errorf("%d parts", len(archive.File))
	}
}

func BenchmarkRegistry(b *testing.B) {
	const n = 100_000
	dir := b.TempDir()
	for _, c := range []struct {
		name  string
		write func(w io.Writer) error
	}{
		{"xlsx", func(w io.Writer) error { _, err := registry(b, n).XLSX(w, dir); return err }},
		{"csv", func(w io.Writer) error {
			_, err := registry(b, n).CSV(w, CSVOptions{Encoding: CP1251})
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.write(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
