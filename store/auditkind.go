package store

import "strings"

// AuditKind is what kind of thing does not hold.
type AuditKind string

// What may not hold.
const (
	AuditChain AuditKind = "chain" // an event is not the one that was written, or does not follow the one before it
	AuditOrder AuditKind = "order" // an event cannot have happened where it stands
	AuditPiece AuditKind = "piece" // a piece is stored otherwise than the ledger says
	AuditBatch AuditKind = "batch" // so is a batch
	AuditMoney AuditKind = "money" // so is money
	AuditFile  AuditKind = "file"  // the file itself, or an index in it, is damaged
)

// AuditFinding is the first thing that does not hold: technical words, and a sentence for a person.
type AuditFinding struct {
	Kind AuditKind
	What string
}

// FindingOf makes a finding of what an audit has said: event seq, 0 for none, and its technical words.
func FindingOf(seq int64, what string) *AuditFinding {
	kind := AuditFile
	switch {
	case strings.HasPrefix(what, "money"):
		kind = AuditMoney
	case strings.HasPrefix(what, "piece "):
		kind = AuditPiece
	case strings.HasPrefix(what, "batch "):
		kind = AuditBatch
	case strings.HasPrefix(what, "the event "):
		kind = AuditChain
	case seq > 0:
		kind = AuditOrder
	}
	return &AuditFinding{kind, what}
}

// Finding is what the report has found; nil where everything holds.
func (r AuditReport) Finding() *AuditFinding {
	if r.OK {
		return nil
	}
	return FindingOf(r.FirstBad, r.What)
}

func (f *AuditFinding) Error() string { return f.What }

// HintKey names the sentence for the person.
func (f *AuditFinding) HintKey() (string, map[string]any) {
	return "store.audit." + string(f.Kind), nil
}
