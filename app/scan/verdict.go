package scan

// Verdict is the answer to a scan, as `znak verify` prints it. Which of them a piece gets is for the station to say; scan itself
// gives only incomplete, mismatch and unreadable.
type Verdict string

// The verdicts of design/cli.md.
const (
	VerdictOK         Verdict = "ok"          // both codes of a printed piece of this batch
	VerdictRepeat     Verdict = "repeat"      // already verified before
	VerdictForeign    Verdict = "foreign"     // a piece, but not of this batch
	VerdictStale      Verdict = "stale"       // the post has changed what is printed
	VerdictMismatch   Verdict = "mismatch"    // two codes of two pieces on one envelope
	VerdictSpoiled    Verdict = "spoiled"     // this copy is void
	VerdictNotPrinted Verdict = "not-printed" // the ledger knows of no copy
	VerdictIncomplete Verdict = "incomplete"  // half of the pair seen
	VerdictUnreadable Verdict = "unreadable"  // no code of a piece
)
