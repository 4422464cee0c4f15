package cups

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"znak/printer"
)

// States of printers and jobs, RFC 8011 §5.4.11 and §5.3.7.
const (
	printerIdle       = 3
	printerProcessing = 4
	printerStopped    = 5

	jobPending    = 3
	jobHeld       = 4
	jobProcessing = 5
	jobStopped    = 6
	jobCanceled   = 7
	jobAborted    = 8
	jobCompleted  = 9
)

// status is what a printer or a queue says of itself.
type status struct {
	state     int
	reasons   []string
	message   string
	accepting bool
}

var statusAttributes = []string{"printer-state", "printer-state-reasons", "printer-state-message", "printer-is-accepting-jobs"}

func statusOf(a attrs) status {
	return status{
		state: a.number("printer-state"), reasons: meaningful(a.texts("printer-state-reasons")),
		message: a.text("printer-state-message"), accepting: a.yes("printer-is-accepting-jobs", true),
	}
}

// meaningful leaves out the word for "nothing to say".
func meaningful(reasons []string) []string {
	return slices.DeleteFunc(reasons, func(r string) bool { return r == "none" })
}

// words are the device's own, the sentence first.
func words(message string, reasons ...string) []string {
	var all []string
	if message = strings.TrimSpace(message); message != "" {
		all = append(all, message)
	}
	for _, r := range reasons {
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

func (s status) words() []string { return words(s.message, s.reasons...) }

// byPerson reports whether a stopped queue of CUPS was paused by somebody: then its message is "Paused", or empty where a job was broken off
// (CUPS 2.4.2). One that CUPS itself stopped after a fault has the backend's last message.
func (s status) byPerson() bool {
	return s.state == printerStopped && (s.message == "Paused" || s.message == "")
}

// faults name the reasons (RFC 8011 §5.4.12 and the words of CUPS), in the order in which a person should hear of them.
var faults = []struct {
	reason string
	state  printer.State
}{
	{"media-jam", printer.Jam},
	{"cover-open", printer.DoorOpen},
	{"door-open", printer.DoorOpen},
	{"interlock-open", printer.DoorOpen},
	{"media-empty", printer.OutOfPaper},
	{"media-needed", printer.OutOfPaper},
	{"input-tray-missing", printer.OutOfPaper},
	{"ribbon", printer.RibbonOut},
	{"offline", printer.Offline},
	{"shutdown", printer.Offline},
	{"timed-out", printer.Offline},
	{"hold-new-jobs", printer.Paused},
	{"paused", printer.Paused},
	{"moving-to-paused", printer.Paused},
	{"toner-empty", printer.NeedsPerson},
	{"marker-supply-empty", printer.NeedsPerson},
	{"marker-waste-full", printer.NeedsPerson},
	{"output-area-full", printer.NeedsPerson},
	{"output-tray-missing", printer.NeedsPerson},
	{"fuser-over-temp", printer.NeedsPerson},
	{"cups-missing-filter", printer.NeedsPerson},
	{"cups-insecure-filter", printer.NeedsPerson},
}

// graver reports whether a reason that ends in -warning or -report stops the work nevertheless: being away, which CUPS reports as offline-report;
// a filter that is missing; and media-needed, which by its definition is of the job that is being printed (ippeveprinter says media-needed-warning).
func graver(base, reason string) bool {
	switch base {
	case "offline", "cups-missing-filter", "cups-insecure-filter":
		return true
	case "media-needed":
		return strings.HasSuffix(reason, "-warning")
	}
	return false
}

// fault is the state that the reasons name; Ready if they name none that stops the work. A reason that ends in -warning or -report is told and
// does not stop it, except where it is graver than it says.
func fault(reasons []string) printer.State {
	for _, f := range faults {
		for _, r := range reasons {
			mild := strings.HasSuffix(r, "-warning") || strings.HasSuffix(r, "-report")
			if mild && !graver(f.reason, r) {
				continue
			}
			if r == f.reason || strings.HasPrefix(r, f.reason+"-") || f.reason == "ribbon" && strings.Contains(r, "ribbon") && strings.Contains(r, "empty") {
				return f.state
			}
		}
	}
	for _, r := range reasons {
		if strings.HasSuffix(r, "-error") {
			return printer.NeedsPerson
		}
	}
	return printer.Ready
}

//go:embed words.toml
var knownWords string

var away = sync.OnceValues(func() (map[string]bool, error) {
	var file struct{ Offline []string }
	if _, err := toml.Decode(knownWords, &file); err != nil {
		return nil, fmt.Errorf("words of cups: %w", err)
	}
	set := map[string]bool{}
	for _, w := range file.Offline {
		set[w] = true
	}
	return set, nil
})

// saysOffline knows the sentences by which CUPS's own backends tell that nobody answers; they come without a reason
// keyword (facts/environment.md §6).
func saysOffline(message string) bool {
	set, err := away()
	return err == nil && set[strings.TrimSpace(message)]
}

// neutral is the state of a queue of CUPS or of a printer. A queue learns how its printer is only while it prints: the reasons an idle one
// shows are those of its last job, and a printer that was short of paper then may have plenty now.
func (s status) neutral(queue bool) printer.State {
	switch {
	case queue && s.state == printerStopped:
		return printer.Paused
	case !s.accepting && s.state != printerProcessing:
		return printer.Paused
	case queue && s.state == printerIdle:
		if slices.Contains(s.reasons, "hold-new-jobs") {
			return printer.Paused
		}
		return printer.Ready
	}
	found := fault(s.reasons)
	switch {
	case found != printer.Ready:
		return found
	case s.state == printerProcessing && saysOffline(s.message):
		return printer.Offline
	case s.state == printerProcessing:
		return printer.Printing
	case s.state == printerStopped:
		return printer.NeedsPerson
	case s.state == printerIdle:
		return printer.Ready
	}
	return printer.Unknown
}
