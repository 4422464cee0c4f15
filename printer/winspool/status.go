package winspool

import (
	"znak/printer"
)

// Flags of PRINTER_INFO_2 and JOB_INFO_1, as winspool.h numbers them.
const (
	attributeDirect      = 0x2 // no spool file: bytes go to the device at once
	attributeWorkOffline = 0x400

	printerPaused           = 0x1
	printerError            = 0x2
	printerPendingDeletion  = 0x4
	printerPaperJam         = 0x8
	printerPaperOut         = 0x10
	printerManualFeed       = 0x20
	printerPaperProblem     = 0x40
	printerOffline          = 0x80
	printerIOActive         = 0x100
	printerBusy             = 0x200
	printerPrinting         = 0x400
	printerOutputBinFull    = 0x800
	printerNotAvailable     = 0x1000
	printerWaiting          = 0x2000
	printerProcessing       = 0x4000
	printerInitializing     = 0x8000
	printerWarmingUp        = 0x10000
	printerTonerLow         = 0x20000
	printerNoToner          = 0x40000
	printerPagePunt         = 0x80000
	printerUserIntervention = 0x100000
	printerOutOfMemory      = 0x200000
	printerDoorOpen         = 0x400000
	printerServerUnknown    = 0x800000
	printerPowerSave        = 0x1000000
	printerServerOffline    = 0x2000000
	printerDriverUpdate     = 0x4000000

	jobPaused           = 0x1
	jobError            = 0x2
	jobDeleting         = 0x4
	jobSpooling         = 0x8
	jobPrinting         = 0x10
	jobOffline          = 0x20
	jobPaperOut         = 0x40
	jobPrinted          = 0x80
	jobDeleted          = 0x100
	jobBlocked          = 0x200 // the driver cannot print it
	jobUserIntervention = 0x400
	jobRestart          = 0x800
	jobComplete         = 0x1000 // sent to the device, which may not have printed it yet
	jobRetained         = 0x2000
	jobRendering        = 0x4000
)

// flag is one bit, the neutral state it means and the words for it. Words are the spooler's own names of its flags.
type flag struct {
	bit   uint32
	state printer.State // "": says nothing of the state
	words string
}

// printerFlags stand in the order of what a person must know first.
var printerFlags = []flag{
	{printerPaperJam, printer.Jam, "paper jam"},
	{printerDoorOpen, printer.DoorOpen, "door open"},
	{printerPaperOut, printer.OutOfPaper, "paper out"},
	{printerNoToner, printer.RibbonOut, "no toner"},
	{printerServerOffline, printer.Offline, "server offline"},
	{printerServerUnknown, printer.Offline, "server unknown"},
	{printerOffline, printer.Offline, "offline"},
	{printerNotAvailable, printer.Offline, "not available"},
	{printerPaused, printer.Paused, "paused"},
	{printerPaperProblem, printer.NeedsPerson, "paper problem"},
	{printerManualFeed, printer.NeedsPerson, "manual feed"},
	{printerOutputBinFull, printer.NeedsPerson, "output bin full"},
	{printerUserIntervention, printer.NeedsPerson, "user intervention"},
	{printerOutOfMemory, printer.NeedsPerson, "out of memory"},
	{printerPagePunt, printer.NeedsPerson, "page punt"},
	{printerPendingDeletion, printer.NeedsPerson, "pending deletion"},
	{printerDriverUpdate, printer.NeedsPerson, "driver update needed"},
	{printerError, printer.NeedsPerson, "error"},
	{printerPrinting, printer.Printing, "printing"},
	{printerProcessing, printer.Printing, "processing"},
	{printerBusy, printer.Printing, "busy"},
	{printerIOActive, printer.Printing, "i/o active"},
	{printerWaiting, "", "waiting"},
	{printerInitializing, "", "initializing"},
	{printerWarmingUp, "", "warming up"},
	{printerTonerLow, "", "toner low"},
	{printerPowerSave, "", "power save"},
}

var jobFlags = []flag{
	{jobDeleted, printer.NeedsPerson, "job deleted"},
	{jobDeleting, printer.NeedsPerson, "job deleting"},
	{jobBlocked, printer.NeedsPerson, "job blocked"},
	{jobRestart, printer.NeedsPerson, "job restarted"},
	{jobPaperOut, printer.OutOfPaper, "job: paper out"},
	{jobOffline, printer.Offline, "job: offline"},
	{jobUserIntervention, printer.NeedsPerson, "job: user intervention"},
	{jobError, printer.NeedsPerson, "job error"},
	{jobPaused, printer.Paused, "job paused"},
	{jobPrinted, printer.Done, "job printed"},
	{jobRetained, printer.Done, "job retained"},
	{jobComplete, printer.Done, "job sent to the printer"},
	{jobPrinting, printer.Printing, "job printing"},
	{jobSpooling, printer.Printing, "job spooling"},
	{jobRendering, printer.Printing, "job rendering"},
}

// read takes the first flag's state, and the words of all.
func read(bits uint32, flags []flag) (state printer.State, words []string) {
	for _, f := range flags {
		if bits&f.bit == 0 {
			continue
		}
		if state == "" {
			state = f.state
		}
		words = append(words, f.words)
	}
	return state, words
}

// stateOf says how a queue is. label is whether the device is a label printer: what the spooler calls toner is its ribbon.
func stateOf(p printerInfo, label bool) (printer.State, []string) {
	state, words := read(p.status, printerFlags)
	if state == printer.RibbonOut && !label {
		state = printer.NeedsPerson
	}
	if p.attributes&attributeWorkOffline != 0 {
		words = append(words, "work offline")
		if state == "" || state == printer.Printing {
			state = printer.Offline
		}
	}
	if state == "" {
		state = printer.Ready
	}
	return state, words
}

// verdict is what a look at a job asks for.
type verdict int

const (
	goesOn    verdict = iota // it may still say something new
	passedOn                 // it has left the spooler's hands
	cancelled                // by somebody
	suspect                  // the spooler may begin it anew from page one: it must be cancelled
)

// transient are the printer's troubles that a person ends at the device, after which the job goes on where it was.
const transient = printerPaperJam | printerPaperOut | printerDoorOpen | printerNoToner | printerManualFeed | printerPaperProblem |
	printerOutputBinFull | printerUserIntervention | printerPaused | printerOffline

// judge looks at a job and its printer. A job in error for which neither gives a cause that ends by itself is not left alone: the spooler
// tries such a job again from its beginning, at the next start of the service at the latest.
func judge(j jobInfo, p printerInfo) verdict {
	switch {
	case j.status&(jobDeleted|jobDeleting) != 0:
		return cancelled
	case j.status&(jobRestart|jobBlocked) != 0:
		return suspect
	case j.status&(jobPrinted|jobRetained|jobComplete) != 0:
		return passedOn
	case j.status&jobError != 0 && j.status&(jobPaperOut|jobOffline|jobUserIntervention|jobPaused) == 0 && p.status&transient == 0:
		return suspect
	}
	return goesOn
}

// printedOf is how many of the pages sent are surely on paper. A count is believed only where the setup says that this queue counts
// paper, and the end of a job only where the spooler called it printed: "sent to the printer" is not paper.
func printedOf(j jobInfo, confirm printer.Confirm, sent int) int {
	if j.status&jobPrinted != 0 && (confirm == printer.ConfirmJob || confirm == printer.ConfirmPages) && j.status&(jobDeleted|jobDeleting|jobError|jobRestart) == 0 {
		return sent
	}
	if confirm == printer.ConfirmPages {
		return min(max(j.printed, 0), sent)
	}
	return 0
}

// waits reports whether a job stands paused in the queue and nothing of it has been begun.
func waits(j jobInfo, p printerInfo) bool {
	const begun = jobPrinting | jobPrinted | jobComplete | jobRetained | jobRestart | jobRendering
	return j.status&jobPaused != 0 && j.status&begun == 0 && j.printed == 0 && p.attributes&attributeDirect == 0
}
