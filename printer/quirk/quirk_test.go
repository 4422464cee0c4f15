package quirk

import (
	"testing"

	"znak/printer"
)

func TestEveryFileIsSound(t *testing.T) {
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no quirks")
	}
}

func TestSpecialEntriesLieOverGeneralOnes(t *testing.T) {
	q, err := Of("Zebra Technologies ZTC ZD421-300dpi ZPL")
	if err != nil {
		t.Fatal(err)
	}
	if q.Language != printer.ZPL || q.DPI != 300 {
		t.Errorf("got %+v", q)
	}
	if q, _ := Of("Kyocera ECOSYS P2040dn"); q.Language != "" {
		t.Errorf("a foreign model got %+v", q)
	}
}
