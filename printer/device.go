// Package printer knows pages and devices and nothing of mail. A device takes pages as jobs and says of
// every job only what it really knows.
package printer

import (
	"context"
	"fmt"

	"znak/printer/page"
)

// State is the small neutral set of what a device is doing; its own words travel beside it.
type State string

const (
	Ready       State = "ready"
	Printing    State = "printing"
	Done        State = "done"
	OutOfPaper  State = "out-of-paper"
	Jam         State = "jam"
	DoorOpen    State = "door-open"
	RibbonOut   State = "ribbon-out"
	Paused      State = "paused"
	Offline     State = "offline"
	NeedsPerson State = "needs-person"
	Unknown     State = "unknown"
)

// Info describes a device.
type Info struct {
	Name    string  // as the person knows it; unique on the station
	Kind    string  // "folder", "cups", "socket", "usb", "winspool"
	DPI     int     // dots per inch, both ways
	Slip    int     // pages a job should hold at most; 0: a whole run is one job
	Confirm Confirm // how far its word about paper may be believed; "": to the end
}

// Progress is the truth about a job's pages, counted from the first: pages before Printed are surely on paper,
// pages from Started on surely are not, and of those between nobody knows. Printed <= Started.
type Progress struct {
	State   State
	Open    bool // the device still has the job and more of it may come out by itself; false: these are the last figures
	Printed int
	Started int
	Words   []string // the device's own words
	Files   []string // what a file-making device made
}

// Job takes the pages of one slip in order.
type Job interface {
	// Send hands over the next page. An error means this page was not taken; earlier pages stay as Finish will tell.
	Send(ctx context.Context, p page.Page) error
	// Finish ends the job and waits for as long as the device can still say something new. The Progress is valid beside an error too.
	Finish(ctx context.Context) (Progress, error)
	// Abort gives the job up: what can still be stopped is stopped. What has become of it, Device.Progress says.
	Abort(ctx context.Context) error
}

// Device prints jobs. Implementations are safe for concurrent use; one job is open on a device at a time.
type Device interface {
	Info() Info
	// State asks the device how it is.
	State(ctx context.Context) (State, []string, error)
	// Open begins the job id. The id is chosen by the caller and is unique for ever, so that Progress can be asked after a crash.
	Open(ctx context.Context, id string) (Job, error)
	// Progress says what became of the job id, also of one begun by a process that is no more. A job the device has never heard of
	// is State Done with nothing printed only where the device can be sure; else Unknown.
	Progress(ctx context.Context, id string, pages int) (Progress, error)
}

// Error is a device's trouble with a sentence for the person.
type Error struct {
	Device string
	Code   string // a key below "printer." of the translations
	Err    error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("printer %s: %s: %v", e.Device, e.Code, e.Err)
	}
	return fmt.Sprintf("printer %s: %s", e.Device, e.Code)
}

func (e *Error) Unwrap() error { return e.Err }

// HintKey names the sentence for the person.
func (e *Error) HintKey() (string, map[string]any) {
	var detail any = ""
	if e.Err != nil {
		detail = e.Err // the person's language has words for the commonest
	}
	return "printer." + e.Code, map[string]any{"Device": e.Device, "Detail": detail}
}
