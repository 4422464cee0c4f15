package store

import (
	"path/filepath"
	"testing"

	"znak/app/postal"
)

func payment(number string, day postal.Date, sum postal.Kopecks) Payment {
	return Payment{Account: "40702810801500116391", Number: number, Date: day, Sum: sum, Payer: "5411100875", Day: day, PayeeINN: "7706092528",
		Payee: "АО «Почта Вымышленск»", Purpose: "Аванс", Kind: "Платежное поручение", Statement: "ab"}
}

func putPayments(t *testing.T, s *Store, list ...Payment) (added []Payment) {
	t.Helper()
	if err := s.Write(t.Context(), func(tx *Tx) (err error) {
		added, err = tx.PutPayments(list)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return added
}

func TestAPaymentIsKeptOnce(t *testing.T) {
	s, err := Open(t.Context(), Params{Path: filepath.Join(t.TempDir(), "znak.db"), Who: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	first := []Payment{payment("1", "2026-11-16", 100), payment("2", "2026-11-17", 100), payment("1", "2026-11-17", 100), payment("1", "2026-11-16", -100)}
	if n := len(putPayments(t, s, first...)); n != 4 {
		t.Fatalf("%d added: number, date and sum tell payments apart", n)
	}
	again := payment("1", "2026-11-16", 100)
	again.Purpose, again.Statement = "другое", "cd"
	if added := putPayments(t, s, again, payment("3", "2026-11-18", 7)); len(added) != 1 || added[0].Number != "3" || added[0].ImportedAt.IsZero() {
		t.Errorf("added %+v", added)
	}
	all, err := s.Payments(t.Context(), "", "")
	if err != nil || len(all) != 5 {
		t.Fatalf("%d payments, %v", len(all), err)
	}
	for _, p := range all {
		if p.Purpose != "Аванс" || p.Statement != "ab" || p.ImportedAt.IsZero() || p.Payee == "" || p.Kind == "" || p.PayeeINN == "" || p.Payer == "" {
			t.Errorf("%+v", p)
		}
	}
	some, err := s.Payments(t.Context(), "2026-11-17", "2026-11-17")
	if err != nil || len(some) != 2 || some[0].Number != "1" || some[1].Number != "2" {
		t.Errorf("%+v %v", some, err)
	}
	inventory, err := s.Inventory(t.Context())
	if err != nil || inventory.Counts["payments"] != 5 || inventory.Schema < 3 || inventory.Bytes == 0 || inventory.SQLite == "" {
		t.Errorf("%+v %v", inventory, err)
	}
}
