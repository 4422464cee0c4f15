package cups

import (
	"slices"

	"znak/printer"
)

var jobAttributes = []string{
	"job-id", "job-name", "job-state", "job-state-reasons", "job-state-message", "job-impressions-completed", "job-media-sheets-completed",
	"time-at-processing", "time-at-completed",
}

// jobStatus is what a queue or a printer says of a job.
type jobStatus struct {
	id, state int
	reasons   []string
	message   string
	pages     int // it says it has printed
	began     int // when it last began to print it, in its own seconds; 0: never
}

func jobStatusOf(a attrs) jobStatus {
	js := jobStatus{
		id: a.number("job-id"), state: a.number("job-state"), reasons: meaningful(a.texts("job-state-reasons")), message: a.text("job-state-message"),
		// Sheets in the tray are surer than pages drawn; some devices count only these.
		pages: a.number("job-media-sheets-completed"), began: a.number("time-at-processing"),
	}
	if js.pages <= 0 {
		js.pages = max(0, a.number("job-impressions-completed"))
	}
	return js
}

func (js jobStatus) over() bool { return js.state >= jobCanceled }

// stopping reports whether paper may still be moving although the job is called off.
func (js jobStatus) stopping() bool {
	return js.state == jobCanceled && slices.Contains(js.reasons, "processing-to-stop-point")
}

func (js jobStatus) waiting() bool { return js.state == jobPending || js.state == jobHeld }

// figures are the pages surely on paper and those that may be, of a job that is over.
//
//	confirm  how far the device is believed
//	watched  the count is of one run: nobody but us looked away while it printed
//	begun    it may have begun to print
func (js jobStatus) figures(confirm printer.Confirm, sent int, watched, begun bool) (printed, started int) {
	if !begun {
		return 0, 0
	}
	counted := 0
	if confirm == printer.ConfirmPages && watched {
		counted = min(js.pages, sent)
	}
	if js.state != jobCompleted || confirm == printer.ConfirmNone {
		return counted, sent
	}
	for _, r := range js.reasons {
		if r == "job-completed-with-errors" || r == "aborted-by-system" || r == "job-canceled-by-user" {
			return counted, sent
		}
	}
	if confirm == printer.ConfirmPages && counted > 0 && counted < sent {
		return counted, sent // its two words do not agree; the smaller one is sure
	}
	return sent, sent
}
