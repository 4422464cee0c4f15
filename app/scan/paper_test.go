package scan

import (
	"bufio"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"znak/app/mark"
	"znak/app/paper"
	"znak/app/postal"
	"znak/printer/page"
	"znak/printer/pdf"
)

// printed is an invented piece as the station would print it.
func printed(spec *mark.Spec, kind postal.EnvelopeKind, dpi, n int) paper.Face {
	rnd := rand.New(rand.NewPCG(uint64(n), 17))
	names := []string{"Щёголева Ксения Всеволодовна", "ООО «Пример и партнёры № 5»", "Ив Ян", "ТСЖ «Дом на набережной», ответственный Константинопольский Авенир Апполинариевич"}
	streets := []string{"ул Мясницкая", "пр-кт 60-летия Октября", "пер 2-й Верхний Михайловский"}
	return paper.Face{
		Batch: postal.Batch{
			Name: "17", SendingDate: postal.Date(fmt.Sprintf("2026-%02d-%02d", 1+rnd.IntN(12), 1+rnd.IntN(28))), ListNumber: 12, MailType: postal.Letter, Category: postal.CategoryOrdered,
			Rank: postal.RankNone, Payment: postal.PaidByMark, NoticePayment: "CASHLESS", Office: "690000", OfficeName: "Владивосток почтамт",
		},
		Piece: postal.Piece{
			ShPI: testShPI(n), MailType: postal.Letter, Category: postal.CategoryOrdered, Rank: postal.RankNone, Envelope: kind,
			Payment: postal.PaidByMark, Mass: postal.Grams(1 + rnd.IntN(100)), Rate: 7000, VAT: 1540,
			Mark: &postal.Mark{ID: fmt.Sprintf("%012X", rnd.Int64N(1<<48)), Value: postal.Kopecks(1000 + rnd.IntN(30000)), Office: "690000"},
			To: postal.Recipient{Name: names[rnd.IntN(len(names))], Address: postal.Address{
				Index: postal.PostIndex(fmt.Sprint(100000 + rnd.IntN(899999))), Region: "обл Нигдейская", Place: "г Вымышленск", Street: streets[rnd.IntN(len(streets))], House: fmt.Sprint(1 + rnd.IntN(200)), Room: fmt.Sprint(1 + rnd.IntN(400))}},
			OrderedNotice: rnd.IntN(2) == 0, NoReturn: rnd.IntN(2) == 0,
		},
		Sender: postal.Sender{Name: "ООО «Тихоокеанская сбытовая компания»", INN: "0000000000", KPP: "000001001", Address: postal.Address{
			Index: "690091", Region: "край Приморский", Place: "г Владивосток", Street: "ул Светланская", House: "12", Office: "5"}},
		Mark: spec, DPI: dpi, Specimen: rnd.IntN(2) == 0,
	}
}

// printAll prints faces into a PDF file.
func printAll(tb testing.TB, faces iter.Seq[paper.Face]) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "printed.pdf")
	f, err := os.Create(file)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(f)
	pages := func(yield func(page.Page) bool) {
		for face := range faces {
			p, err := paper.Envelope(face)
			if err != nil {
				tb.Fatal(err)
			}
			if !yield(p) {
				return
			}
		}
	}
	if err := pdf.Write(w, pages, pdf.Options{}); err != nil {
		tb.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return file
}

// TestEveryPrintedKindIsRead prints all kinds that take the mark, for devices of several resolutions, and reads them back.
func TestEveryPrintedKindIsRead(t *testing.T) {
	spec := testSpec(t)
	var faces []paper.Face
	for _, f := range postal.EnvelopeFormats {
		for _, dpi := range []int{203, 300, 600} {
			if f.TakesMark {
				faces = append(faces, printed(spec, f.Kind, dpi, len(faces)))
			}
		}
	}
	i := 0
	file := printAll(t, func(yield func(paper.Face) bool) {
		for _, f := range faces {
			if !yield(f) {
				return
			}
		}
	})
	for page, err := range NewReader(spec).Images(context.Background(), []string{file}, ImageParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Pairs) != 1 || !page.Pairs[0].Whole() || page.Pairs[0].Piece != string(faces[i].Piece.ShPI) {
			t.Errorf("page %d, %s for %d dpi: %q", page.Page, faces[i].Piece.Envelope, faces[i].DPI, told(page.Pairs))
		}
		i++
	}
	if i != len(faces) {
		t.Errorf("%d pages of %d", i, len(faces))
	}
}

// TestPrintedBatchIsRead prints a batch and reads every page: none may be missed, and every mark must hold what was printed.
func TestPrintedBatchIsRead(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 30
	}
	spec := testSpec(t)
	file := printAll(t, func(yield func(paper.Face) bool) {
		for i := range n {
			if !yield(printed(spec, postal.DL, 300, i)) {
				return
			}
		}
	})
	start := time.Now()
	i := 0
	for page, err := range NewReader(spec).Images(context.Background(), []string{file}, ImageParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		face := printed(spec, postal.DL, 300, i)
		fields, err := mark.FieldsOf(face.Batch, face.Piece, face.Sender)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Pairs) != 1 || !page.Pairs[0].Whole() || page.Pairs[0].Mark.Mark != fields || page.Pairs[0].Mark.Restored != nil {
			t.Errorf("page %d: %q", page.Page, told(page.Pairs))
		}
		i++
	}
	if i != n {
		t.Errorf("%d pages of %d", i, n)
	}
	t.Logf("%.0f pages/s", float64(n)/time.Since(start).Seconds())
}

// BenchmarkImages reads printed DL pages, drawing included.
func BenchmarkImages(b *testing.B) {
	spec := testSpec(b)
	const n = 200
	file := printAll(b, func(yield func(paper.Face) bool) {
		for i := range n {
			if !yield(printed(spec, postal.DL, 300, i)) {
				return
			}
		}
	})
	r := NewReader(spec)
	for b.Loop() {
		for page, err := range r.Images(context.Background(), []string{file}, ImageParams{}) {
			if err != nil || !page.Pairs[0].Whole() {
				b.Fatal(page.Page, err, strings.Join(told(page.Pairs), ", "))
			}
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "pages/s")
}
