package winspool

import (
	"errors"
	"image"
)

// spooler is what this package needs of Windows. The syscalls stand behind it in files of their own, so that everything that is
// decided here can be tested on any system. Calls may hang for minutes over a dead network printer; see line.
type spooler interface {
	printers() ([]printerInfo, error)
	printer(name string) (printerInfo, error)
	// abilities asks the printer's driver.
	abilities(name string) (abilities, error)
	jobs(name string) ([]jobInfo, error)
	// job is errGone where the spooler does not know the job any more.
	job(name string, id uint32) (jobInfo, error)
	control(name string, id uint32, c command) error
	// rename gives the job another document name.
	rename(name string, id uint32, doc string) error
	// hold pauses or resumes the whole queue.
	hold(name string, on bool) error
	// raw begins a document of bytes that go to the device as they are.
	raw(name, doc string) (document, error)
	// pixels begins a document of pictures. dpi is the wanted resolution, 0 the driver's own; the sheet gives the first paper and tray.
	pixels(name, doc string, dpi int, first sheet) (document, error)
}

// document is a job being written. Its methods are called one at a time.
type document interface {
	id() uint32
	// resolution of the device, dots an inch; 0 for bytes.
	resolution() int
	page(s sheet) error
	end() error
	// abort ends the document and asks the spooler to drop what it has of it.
	abort() error
}

// sheet is one page on its way into a document.
type sheet struct {
	data          []byte      // for a document of bytes
	img           *image.Gray // for one of pictures
	dpi           int         // of the picture
	width, height float64     // of the paper, millimetres
	tray          string      // the driver's word; empty: it chooses
	anyPaper      bool        // take whatever paper the driver has
}

// command is what SetJob is told. The values are those of the Windows API (winspool.h, JOB_CONTROL_*).
type command uint32

const (
	commandPause   command = 1
	commandResume  command = 2
	commandDelete  command = 5
	commandRetain  command = 8 // keep the job listed after it is printed
	commandRelease command = 9 // undoes it
)

// printerInfo is a queue as the spooler lists it (PRINTER_INFO_2).
type printerInfo struct {
	name       string
	driver     string
	port       string
	attributes uint32
	status     uint32
}

// jobInfo is a job as the spooler lists it (JOB_INFO_1).
type jobInfo struct {
	id       uint32
	document string
	status   uint32
	words    string // the port's own, often empty
	total    int    // pages spooled
	printed  int    // pages the spooler has passed on
}

// abilities is what a printer's driver says of it.
type abilities struct {
	dpi   int
	forms []form
	trays []string
}

// form is a paper of the driver, in millimetres.
type form struct {
	name          string
	width, height float64
}

var (
	errGone   = errors.New("the spooler does not know the job any more")
	errSilent = errors.New("the spooler does not answer")
	// errPaper is part of an error that says which paper the driver took instead.
	errPaper = errors.New("the driver did not take the paper size")
	errTray  = errors.New("the driver has no such tray")
	// errDenied is part of an error of the system.
	errDenied  = errors.New("the system did not allow it")
	errMissing = errors.New("no such printer")
)
