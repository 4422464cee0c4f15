package printer

import "context"

// Language is what a device wants its pages in.
type Language string

const (
	PDF    Language = "pdf"
	ZPL    Language = "zpl"
	Pixels Language = "pixels" // the driver hands pictures to the system, which knows the printer
)

// Confirm is how far a device's own word about paper may be believed.
type Confirm string

const (
	ConfirmPages Confirm = "pages" // it counts the pages that came out
	ConfirmJob   Confirm = "job"   // it says when a whole job is on paper
	ConfirmNone  Confirm = "none"  // its "done" only means that it took the bytes: what was sent is unknown until it is scanned
)

// Setup is how the office uses a printer. Zero values are learned from the device and its quirks.
type Setup struct {
	Name     string            `json:"name"` // as the person knows it; unique on the station
	URI      string            `json:"uri"`  // where it is; the scheme names the driver: "cups", "socket", "usb", "winspool", "folder"
	Model    string            `json:"model,omitempty"`
	Language Language          `json:"language,omitempty"`
	DPI      int               `json:"dpi,omitempty"`
	Slip     int               `json:"slip,omitempty"`
	Confirm  Confirm           `json:"confirm,omitempty"`
	Options  map[string]string `json:"options,omitempty"` // what only this driver knows, by the names it documents
}

// Found is a printer that a driver sees.
type Found struct {
	URI       string   // for Setup
	Name      string   // what the system or the device calls it
	Model     string   // make and model, as the device says
	Language  Language // "" if it does not say
	DPI       int      // 0 if it does not say
	Media     []Medium // what it can be loaded with; empty if it does not say
	Trays     []string // the device's own words; empty if it has one or does not say
	State     State
	Words     []string
	Unfit     string // the key of the sentence why the station cannot print to it, below "printer."; "" if it can
	UnfitArgs map[string]any
}

// Medium is a paper size that a device offers.
type Medium struct {
	Name          string // the device's own word: "iso_c5_162x229mm"
	Width, Height float64
}

// Driver finds and opens the devices of one kind.
type Driver interface {
	// Kind is the scheme of its URIs.
	Kind() string
	// Find lists what can be printed to now. What does not answer is left out or listed as Offline; an error means that nothing could be asked.
	Find(ctx context.Context) ([]Found, error)
	// Open makes a device of a setup. It does not wait for the device: one that is not there is a device that is Offline.
	Open(s Setup) (Device, error)
}

// Queue is a device that stands behind a queue of the system, which other programs use too and which can be held.
type Queue interface {
	Device
	// Pause holds the queue: what it has begun it ends, nothing new is begun.
	Pause(ctx context.Context) error
	// Resume lets the queue go on.
	Resume(ctx context.Context) error
	// Cancel takes back what is left of the job id, also of one begun by a process that is no more. A job that has ended is no error.
	Cancel(ctx context.Context, id string) error
}
