package mark

import (
	"errors"
	"os"
	"strings"
	"testing"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/text"
)

// sample is an invented piece, its batch and its sender.
func sample() (postal.Batch, postal.Piece, postal.Sender) {
	b := postal.Batch{Name: "17", SendingDate: "2026-11-23"}
	p := postal.Piece{
		ShPI: "00000026000015", Mass: 20, Envelope: postal.DL,
		Mark: &postal.Mark{ID: "4F7A22C90013", Value: 8540, Office: "690000"},
		To:   postal.Recipient{Name: "Ёлкина Анна", Address: postal.Address{Index: "101000"}},
	}
	return b, p, postal.Sender{Name: "ООО «Образец»", INN: "0000000000", KPP: "000001001"}
}

func sampleFields(t testing.TB) Fields {
	t.Helper()
	f, err := FieldsOf(sample())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func spec(t testing.TB) *Spec {
	t.Helper()
	s, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// other is the version of testdata that differs in everything.
func other(t testing.TB) *Spec {
	t.Helper()
	s, err := Load(os.DirFS("testdata"), "other-2030")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFieldsOfInventNothing(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*postal.Batch, *postal.Piece, *postal.Sender)
		want Field
		key  string
	}{
		{"no mark", func(b *postal.Batch, p *postal.Piece, s *postal.Sender) { p.Mark = nil }, "", "mark.none"},
		{"no id", func(b *postal.Batch, p *postal.Piece, s *postal.Sender) { p.Mark.ID = "" }, ID, "mark.incomplete"},
		{"no shpi", func(b *postal.Batch, p *postal.Piece, s *postal.Sender) { p.ShPI = "" }, ShPI, "mark.incomplete"},
		{"no inn", func(b *postal.Batch, p *postal.Piece, s *postal.Sender) { s.INN = "" }, INN, "mark.incomplete"},
		{"no kpp", func(b *postal.Batch, p *postal.Piece, s *postal.Sender) { s.KPP = "" }, KPP, "mark.incomplete"},
		{"no value", func(b *postal.Batch, p *postal.Piece, s *postal.Sender) { p.Mark.Value = 0 }, Value, "mark.incomplete"},
		{"no mass", func(b *postal.Batch, p *postal.Piece, s *postal.Sender) { p.Mass = 0 }, Mass, "mark.incomplete"},
		{"no date", func(b *postal.Batch, p *postal.Piece, s *postal.Sender) { b.SendingDate = "" }, Date, "mark.incomplete"},
		{"no office", func(b *postal.Batch, p *postal.Piece, s *postal.Sender) { p.Mark.Office = "" }, From, "mark.incomplete"},
		{"no index", func(b *postal.Batch, p *postal.Piece, s *postal.Sender) { p.To.Address.Index = "" }, To, "mark.incomplete"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, p, s := sample()
			c.edit(&b, &p, &s)
			_, err := FieldsOf(b, p, s)
			var m *MissingError
			if !errors.As(err, &m) || m.Field != c.want {
				t.Fatalf("got %v", err)
			}
			if key, _, _ := hint.Of(err); key != c.key {
				t.Errorf("hint %q, want %q", key, c.key)
			}
		})
	}
	b, p, s := sample()
	s.INN, s.KPP = "000000000000", "" // a sole trader has no КПП
	if _, err := FieldsOf(b, p, s); err != nil {
		t.Errorf("sole trader: %v", err)
	}
}

// Every sentence the room can say stands in both languages, and no sentence prints a value it was not given.
func TestHintsHaveWords(t *testing.T) {
	errs := []error{
		&MissingError{}, &SpecError{Err: errors.New("x")}, &PlaceError{}, &SizeError{}, &BlockError{},
	}
	for _, f := range []Field{ID, ShPI, INN, KPP, Value, Mass, Date, From, To} {
		errs = append(errs, &MissingError{Field: f}, fieldName(f))
	}
	errs = append(errs, &ParseError{Line: 1, Label: "ID OPM", Reason: ReasonEmpty, writing: true})
	for _, r := range []string{ReasonLines, ReasonLabel, ReasonEmpty, ReasonControl, ReasonValue, ReasonForm} {
		errs = append(errs, &ParseError{Line: 1, Label: "ID OPM", Reason: r})
	}
	for _, lang := range text.Languages {
		p, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range errs {
			key, args, ok := hint.Of(err)
			said := p.Say(key, args)
			russian := strings.ContainsAny(said, "аеио") // not only the letters of ШПИ, ИНН, КПП
			if !ok || strings.Contains(said, "no value") || strings.HasPrefix(said, "mark.") || russian != (lang == "ru") {
				t.Errorf("%s: %T %s says %q", lang, err, key, said)
			}
		}
	}
}
