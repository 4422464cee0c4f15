package store

import "testing"

// The technical words of an audit, as they are written in audit.go and moneyaudit.go, lead to the right sentence.
func TestFindingOf(t *testing.T) {
	for what, want := range map[string]AuditKind{
		"the event is not the one that was written: its hash differs": AuditChain,
		"the event does not follow the one before it":                 AuditChain,
		"piece 7: its mark is not the one in the ledger":              AuditPiece,
		"batch 501: the counters are not the counts of its pieces":    AuditBatch,
		"money of piece 7: nothing of it is in the ledger":            AuditMoney,
		"printed cannot follow handed":                                AuditOrder,
	} {
		if got := FindingOf(5, what).Kind; got != want {
			t.Errorf("%q is %s, not %s", what, got, want)
		}
	}
	if got := FindingOf(0, "the file: row 3 missing from index").Kind; got != AuditFile {
		t.Errorf("a damaged file is %s", got)
	}
}
