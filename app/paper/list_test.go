package paper

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"znak/app/hint"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/printer/page"
)

// list is a batch of n pieces with ordinary and, where asked, ugly addressees.
func list(t testing.TB, n int, ugly bool) ListParams {
	f := sample(t, postal.DL, 300)
	p := ListParams{Batch: f.Batch, Sender: f.Sender, Specimen: true}
	p.Batch.MassRate, p.Batch.MassVAT = postal.Kopecks(n)*7000, postal.Kopecks(n)*1540
	people := sandbox.UglyAddresses(7, 64)
	for i := range n {
		piece := f.Piece
		piece.ShPI = shpi(i)
		piece.OrderedNotice, piece.ElectronicNotice = i%2 == 0, i%3 == 0
		if ugly {
			piece.To = postalAddress(people[i%len(people)])
		}
		p.Pieces = append(p.Pieces, piece)
	}
	return p
}

func TestListHoldsEveryPieceOnceAndTheSums(t *testing.T) {
	for _, n := range []int{1, 12, 25, 26, 27, 28, 200} {
		for _, ugly := range []bool{false, true} {
			p := list(t, n, ugly)
			p.Pieces[0].Mark = nil // a piece without mark has no value, and adds none
			pages, err := ListForm(p)
			if err != nil {
				t.Fatalf("%d pieces: %v", n, err)
			}
			var rows, sums int
			var all []string
			for i, sheet := range pages {
				said := texts(sheet)
				all = append(all, said...)
				if !slices.Contains(said, fmt.Sprintf("Лист %d из %d", i+1, len(pages))) || !slices.Contains(said, "ОБРАЗЕЦ") {
					t.Errorf("%d pieces, sheet %d: %q", n, i+1, said)
				}
				onSheet := 0
				for _, s := range said {
					if _, err := postal.ParseShPI(s); err == nil {
						rows++
						onSheet++
					}
				}
				if slices.Contains(said, fmt.Sprintf("Итого на листе: отправлений %d", onSheet)) {
					sums++
				}
			}
			for _, piece := range p.Pieces {
				if !slices.Contains(all, piece.ShPI.Grouped()) {
					t.Errorf("%d pieces: %s is missing", n, piece.ShPI)
				}
			}
			if rows != n {
				t.Errorf("%d pieces: %d rows", n, rows)
			}
			if len(pages) > 1 && sums < len(pages)-1 {
				t.Errorf("%d pieces: %d sheets, %d with their totals", n, len(pages), sums)
			}
			for _, want := range []string{
				fmt.Sprintf("Всего по списку: отправлений %d", n), fmt.Sprint(n * 20),
				strings.ReplaceAll(amount(postal.Kopecks(n-1)*8540), noBreak, " "), strings.ReplaceAll(amount(postal.Kopecks(n)*8540), noBreak, " "),
				"Список № 12 внутренних почтовых отправлений", "ф. 103 · Партия 17", "23.11.2026", "письмо", "заказное", "Без разряда", "отправитель",
				"ЗОО (знак онлайн оплаты)", "безналичный расчёт", "690000 Владивосток почтамт", "Сдал", "Принял",
			} {
				if !slices.Contains(all, want) {
					t.Errorf("%d pieces: no %q", n, want)
				}
			}
		}
	}
}

// Rows lie one below the other: no text of one row reaches into another, and none into another column.
func TestListTextsDoNotTouch(t *testing.T) {
	pages, err := ListForm(list(t, 100, true))
	if err != nil {
		t.Fatal(err)
	}
	for i, sheet := range pages {
		var inks []page.Rect
		var words []string
		for _, item := range sheet.Items {
			if text, ok := item.(page.Text); ok {
				ink, err := text.Ink()
				if err != nil {
					t.Fatal(err)
				}
				inks, words = append(inks, ink.Inset(0.15)), append(words, text.Text)
			}
		}
		for a := range inks {
			for b := range a {
				if inks[a].Overlaps(inks[b]) {
					t.Errorf("sheet %d: %q and %q touch", i+1, words[a], words[b])
				}
			}
		}
	}
}

func TestListErrorsHaveHints(t *testing.T) {
	empty := list(t, 0, false)
	_, err := ListForm(empty)
	if key, _, _ := hint.Of(err); key != "paper.list-empty" {
		t.Errorf("no pieces: %v", err)
	}
	strange := list(t, 3, false)
	strange.Pieces[1].To.Name = "王小明"
	_, err = ListForm(strange)
	var pe *PieceError
	var glyph *page.MissingGlyphError
	if !errors.As(err, &pe) || pe.ShPI != strange.Pieces[1].ShPI || !errors.As(err, &glyph) {
		t.Errorf("no glyph: %v", err)
	}
	strange = list(t, 3, false)
	strange.Batch.Payment = "BARTER"
	_, err = ListForm(strange)
	var missing *MissingError
	if !errors.As(err, &missing) {
		t.Errorf("unknown payment: %v", err)
	}
}

func BenchmarkListForm(b *testing.B) {
	p := list(b, 1000, false)
	for b.Loop() {
		if _, err := ListForm(p); err != nil {
			b.Fatal(err)
		}
	}
}
