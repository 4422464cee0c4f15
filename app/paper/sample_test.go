package paper

import (
	"fmt"
	"sync"
	"testing"

	"znak/app/mark"
	"znak/app/postal"
)

var defaultMark = sync.OnceValues(mark.Default)

func markSpec(t testing.TB) *mark.Spec {
	t.Helper()
	s, err := defaultMark()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shpi makes an identifier with a right check digit from a range that cannot be real.
func shpi(n int) postal.ShPI {
	d := fmt.Sprintf("000000%02d%05d", 1+n/99999%99, 1+n%99999)
	return postal.ShPI(d + string(postal.ShPICheckDigit(d)))
}

// sample is an invented piece on a kind of envelope.
func sample(t testing.TB, kind postal.EnvelopeKind, dpi int) Face {
	return Face{
		Batch: postal.Batch{
			Name: "17", SendingDate: "2026-11-23", ListNumber: 12, MailType: postal.Letter, Category: postal.CategoryOrdered,
			Rank: postal.RankNone, Payment: postal.PaidByMark, NoticePayment: "CASHLESS", Office: "690000", OfficeName: "Владивосток почтамт",
		},
		Piece: postal.Piece{
			ShPI: shpi(2600014), MailType: postal.Letter, Category: postal.CategoryOrdered, Rank: postal.RankNone, Envelope: kind,
			Payment: postal.PaidByMark, Mass: 20, Rate: 7000, VAT: 1540,
			Mark: &postal.Mark{ID: "4F7A22C90013", Value: 8540, Office: "690000"},
			To: postal.Recipient{Name: "Щёголева Ксения Всеволодовна", Address: postal.Address{
				Index: "101000", Region: "г Москва", Place: "г Москва", Street: "ул Мясницкая", House: "26", Corpus: "1", Room: "304"}},
			OrderedNotice: true, NoReturn: true,
		},
		Sender: postal.Sender{Name: "ООО «Тихоокеанская сбытовая компания»", INN: "0000000000", KPP: "000001001", Address: postal.Address{
			Index: "690091", Region: "край Приморский", Place: "г Владивосток", Street: "ул Светланская", House: "12", Office: "5"}},
		Mark: markSpec(t), DPI: dpi, Specimen: true,
	}
}

// marked are the kinds that take the mark.
func marked() []postal.EnvelopeKind {
	var kinds []postal.EnvelopeKind
	for _, f := range postal.EnvelopeFormats {
		if f.TakesMark {
			kinds = append(kinds, f.Kind)
		}
	}
	return kinds
}
