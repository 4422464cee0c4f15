package postal

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestAddressLines(t *testing.T) {
	for _, paragraph := range strings.Split(strings.TrimSpace(strings.Join(vectors(t, "address.txt"), "\n")), "\n\n") {
		lines := strings.Split(strings.TrimSpace(paragraph), "\n")
		a := parseVector(t, lines[0])
		if got := a.Lines(); !slices.Equal(got, lines[1:]) {
			t.Errorf("%s:\n%s\nwant\n%s", lines[0], strings.Join(got, "\n"), strings.Join(lines[1:], "\n"))
		}
	}
}

func parseVector(t *testing.T, line string) Address {
	t.Helper()
	words := strings.Fields(line)
	a := Address{Kind: AddressKind(words[0])}
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		f := reflect.ValueOf(&a).Elem().FieldByName(name)
		if !f.IsValid() {
			t.Fatalf("no field %s", name)
		}
		f.SetString(strings.ReplaceAll(value, "_", " "))
	}
	return a
}

func TestAddressIsZero(t *testing.T) {
	if !(Address{}).IsZero() || (Address{Index: "101000"}).IsZero() {
		t.Error("IsZero")
	}
	if lines := (Address{}).Lines(); len(lines) != 0 {
		t.Errorf("%q", lines)
	}
}

// FuzzAddressLines: whatever the post sends, no line is empty, broken, or padded, and the index is not repeated from its own field.
func FuzzAddressLines(f *testing.F) {
	f.Add("DEFAULT", "обл. Тверская", "г Тверь", "ул Мира", "1", "А", "2", "15", "117", "raw")
	f.Add("PO_BOX", "", "", "", "", "", "", "", " ", "\n")
	f.Add("UNIT", "а", "а", "\t", "\r\n", ",", ",", "\u00a0", "0", "")
	f.Fuzz(func(t *testing.T, kind, region, place, street, house, letter, slash, room, number, raw string) {
		a := Address{Kind: AddressKind(kind), Index: "101000", Region: region, Place: place, Street: street, House: house, Letter: letter, Slash: slash,
			Room: room, Number: number, Raw: raw}
		for _, line := range a.Lines() {
			if line == "" || strings.TrimSpace(line) != line || strings.ContainsAny(line, "\n\r\t") {
				t.Errorf("%+v: line %q", a, line)
			}
		}
	})
}
