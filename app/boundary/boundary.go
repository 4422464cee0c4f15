// Package boundary names the instants at which losing the power makes a difference: between what is intended, the bytes that leave, the
// answer, and the commit that writes it down. In an ordinary build At does nothing and costs nothing. Built with the tag
// torture, the program kills itself at the boundary it is told to (see At), so that every one of them is met on purpose
// and not by luck (cmd/znak/torture_test.go).
//
// The package imports nothing and app/* calls it directly. printer/* must not know app/*: the folder printer takes a function
// (folder.Params.At), which cmd/znak connects with FolderStep.
package boundary

// Name is one boundary. "Before" a commit nothing of it is on the disk, "after" it all of it is.
type Name string

// Printing, in the order of a run.
const (
	RunOpened    Name = "print-run"           // the run is noted, the device not yet asked
	JobOpened    Name = "print-job"           // the device has begun a job, no piece has an intent
	IntentBefore Name = "print-intent-before" // pages are drawn and checked
	IntentAfter  Name = "print-intent-after"  // pieces are queued, no byte of them has left
	PageSent     Name = "print-page"          // after each page
	FinishBefore Name = "print-finish"        // all pages are with the device, the job is not ended
	SettleBefore Name = "print-settle-before" // the device has spoken, nothing is written; also when a start settles what a crash left
	SettleAfter  Name = "print-settle-after"  // what the device said is in the ledger
	RunClosed    Name = "print-run-closed"    // all is done and the person has not been told
	FolderPart   Name = folder + "part"       // the hidden file is whole, not on the disk for sure
	FolderSynced Name = folder + "synced"     // the hidden file is on the disk, without its name
	FolderNoted  Name = folder + "noted"      // the folder's record knows that the file is about to get its name
	FolderNamed  Name = folder + "named"      // the file has its name, the folder's entry is not on the disk for sure
	FolderKept   Name = folder + "kept"       // the folder is on the disk too
)

// The rest of the day.
const (
	PullBefore   Name = "pull-before"     // a batch is read to its last piece, nothing of it is taken in
	PullAfter    Name = "pull-after"      // between two batches
	VerifyBefore Name = "verify-before"   // the scan is judged
	VerifyAfter  Name = "verify-after"    // it is in the ledger, the person has not heard the verdict
	SpoilBefore  Name = "reprint-before"  // a person's word about a piece: spoiled, printed, not printed
	SpoilAfter   Name = "reprint-after"   // …is in the ledger
	HandBefore   Name = "handover-before" // all pieces are verified
	HandAfter    Name = "handover-after"  // hand-over and outbox item are committed, the list form is not written
	FormWritten  Name = "handover-form"   // the form is written without its name
	LookBefore   Name = "outbox-look"     // the item is due
	LookAfter    Name = "outbox-looked"   // the post has said whether it knows already
	SendBefore   Name = "outbox-sending"  // the item is marked as being sent, the call has not left
	SendAfter    Name = "outbox-answer"   // the post has answered, nothing is written down
	RecordBefore Name = "outbox-record"   // just before that commit, also when the look alone ended the item
	RecordAfter  Name = "outbox-recorded" // the item is done
)

const folder = "folder-"

// FolderStep is the boundary behind a step of the folder printer.
func FolderStep(step string) Name { return folder + Name(step) }

// All lists the boundaries in the order of a day.
var All = []Name{PullBefore, PullAfter, RunOpened, JobOpened, IntentBefore, IntentAfter, PageSent, FinishBefore, FolderPart, FolderSynced, FolderNoted,
	FolderNamed, FolderKept, SettleBefore, SettleAfter, RunClosed, VerifyBefore, VerifyAfter, SpoilBefore, SpoilAfter, HandBefore, HandAfter,
	FormWritten, LookBefore, LookAfter, SendBefore, SendAfter, RecordBefore, RecordAfter}
