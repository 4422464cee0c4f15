package store

import (
	"context"
	"errors"
	"testing"
)

func TestPrintersAreKeptAndForgotten(t *testing.T) {
	s := openTest(t)
	ctx := context.Background()
	write := func(do func(tx *Tx) error) error { return s.Write(ctx, do) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(write(func(tx *Tx) error {
		return tx.PutPrinter(Printer{Name: "Kyocera", Setup: []byte(`{"uri":"cups://kyocera"}`)})
	}))
	must(write(func(tx *Tx) error { return tx.HoldPrinter("Kyocera", true) }))
	must(write(func(tx *Tx) error { return tx.HoldPrinter("folder", true) })) // one that needs no adding
	must(write(func(tx *Tx) error { return tx.PutSheet("Kyocera", "C5", []byte(`{"turn":1}`)) }))
	list, err := s.Printers(ctx)
	must(err)
	if len(list) != 2 || list[0].Name != "Kyocera" || !list[0].Held || string(list[0].Setup) != `{"uri":"cups://kyocera"}` || !list[1].Held {
		t.Fatalf("%+v", list)
	}
	fit, ok, err := s.Sheet(ctx, "Kyocera", "C5")
	if err != nil || !ok || string(fit) != `{"turn":1}` {
		t.Fatalf("%s %v %v", fit, ok, err)
	}
	must(write(func(tx *Tx) error {
		return tx.PutQuality(Quality{Printer: "Kyocera", Score: 3.1, Reading: []byte(`{}`)})
	}))
	must(write(func(tx *Tx) error { return tx.RemovePrinter("Kyocera") }))
	if _, ok, _ := s.Sheet(ctx, "Kyocera", "C5"); ok {
		t.Error("the sheet of a removed printer is still there")
	}
	if seen, err := s.Qualities(ctx, "Kyocera", 10); err != nil || len(seen) != 1 || seen[0].Score != 3.1 || seen[0].At.IsZero() {
		t.Errorf("quality of a removed printer: %+v %v", seen, err)
	}
	if err := write(func(tx *Tx) error { return tx.RemovePrinter("Kyocera") }); !errors.Is(err, ErrNotFound) {
		t.Errorf("removing twice: %v", err)
	}
}
