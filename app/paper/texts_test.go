package paper

import (
	"errors"
	"strings"
	"testing"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/text"
	"znak/printer/page"
)

// Every sentence the room can say stands in both languages; an error about a piece says which, and why.
func TestHintsHaveWords(t *testing.T) {
	id := shpi(1)
	_, empty := ListForm(ListParams{Batch: postal.Batch{Name: "17"}})
	errs := []error{&KindError{id, postal.C6}, empty}
	for _, part := range []string{PartSender, PartFrom, PartAddressee, PartTo, PartTitle, PartRank, PartPayment} {
		errs = append(errs, &MissingError{ShPI: id, Part: part}, &MissingError{ShPI: id, Part: part, Value: "X"}, &MissingError{Part: part, Value: "X"})
	}
	_, _, overflow := page.Fit(page.Rect{W: 1, H: 1}, page.Paragraph{Text: "Щёголева", Size: 9})
	glyph := &page.MissingGlyphError{Font: page.Sans, Text: "王小明", Runes: []rune("王")}
	errs = append(errs, &PieceError{id, overflow}, &PieceError{id, glyph}, &PieceError{id, &page.LayoutError{Page: "1", Fault: "quiet", What: "x"}})
	for _, lang := range text.Languages {
		p, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range errs {
			key, args, ok := hint.Of(err)
			said := p.Say(key, args)
			if !ok || strings.Contains(said, "no value") || strings.Contains(said, "paper.") || strings.Contains(said, "printer.") || len([]rune(said)) < 40 {
				t.Errorf("%s: %T %s says %q", lang, err, key, said)
			}
			var pe *PieceError
			if errors.As(err, &pe) && !strings.Contains(said, id.Grouped()) {
				t.Errorf("%s: %q does not say which letter", lang, said)
			}
		}
	}
}
