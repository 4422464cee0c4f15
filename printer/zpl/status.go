package zpl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"znak/printer"
)

// HostStatus is what matters of the answer to ~HS.
type HostStatus struct {
	PaperOut  bool
	Paused    bool
	Formats   int // labels in the receive buffer, not yet under the head
	Full      bool
	Partial   bool // in the middle of receiving a label
	Damaged   bool // the printer has lost its settings
	Cold, Hot bool
	HeadUp    bool
	RibbonOut bool
	Waiting   bool // a label waits to be taken off
	Remaining int  // labels of the one under the head that are still to come out
}

// ErrStatus is wrapped by the errors of the parsers of answers.
var ErrStatus = errors.New("zpl: not an answer to a status command")

// ParseHostStatus reads the three lines that answer ~HS, without their STX and ETX. Fields that a firmware adds at the end of a line are ignored.
func ParseHostStatus(lines [3]string) (HostStatus, error) {
	one, err := numbers(lines[0], 12)
	if err != nil {
		return HostStatus{}, err
	}
	two, err := numbers(lines[1], 11)
	if err != nil {
		return HostStatus{}, err
	}
	return HostStatus{
		PaperOut: one[1] == 1, Paused: one[2] == 1, Formats: one[4], Full: one[5] == 1, Partial: one[7] == 1,
		Damaged: one[9] == 1, Cold: one[10] == 1, Hot: one[11] == 1,
		HeadUp: two[2] == 1, RibbonOut: two[3] == 1, Waiting: two[7] == 1, Remaining: two[8],
	}, nil
}

// numbers reads at least n numbers between commas. A letter in a field that means nothing to us is not an error: it counts as 0.
func numbers(line string, n int) ([]int, error) {
	fields := strings.Split(line, ",")
	if len(fields) < n {
		return nil, fmt.Errorf("%w: %d fields in %q", ErrStatus, len(fields), line)
	}
	out := make([]int, len(fields))
	for i, f := range fields {
		v, err := strconv.Atoi(strings.TrimSpace(f))
		if err == nil && v >= 0 {
			out[i] = v
		} else if i == 4 || i == 8 { // the counts
			return nil, fmt.Errorf("%w: count %q", ErrStatus, f)
		}
	}
	return out, nil
}

// Errors are the bits of the answer to ~HQES, group 1.
type Errors uint32

// The bits, from the maker's programming guide, "~HQ", errors, group 1.
const (
	MediaOut        Errors = 0x00000001
	RibbonOut       Errors = 0x00000002
	HeadOpen        Errors = 0x00000004
	CutterFault     Errors = 0x00000008
	HeadHot         Errors = 0x00000010
	MotorHot        Errors = 0x00000020
	BadHeadElement  Errors = 0x00000040
	HeadDetection   Errors = 0x00000080
	BadFirmware     Errors = 0x00000100
	ThermistorOpen  Errors = 0x00000200
	JamInRetract    Errors = 0x00001000
	PresenterStuck  Errors = 0x00002000
	PaperFeed       Errors = 0x00004000
	PathNotClear    Errors = 0x00008000
	Paused          Errors = 0x00010000
	RetractTimedOut Errors = 0x00020000
	MarkCalibration Errors = 0x00040000
	MarkNotFound    Errors = 0x00080000
)

const jams = CutterFault | JamInRetract | PresenterStuck | PaperFeed | PathNotClear | RetractTimedOut

// words are the maker's names of the bits.
var words = []struct {
	bit  Errors
	word string
}{
	{MediaOut, "MEDIA OUT"}, {RibbonOut, "RIBBON OUT"}, {HeadOpen, "HEAD OPEN"}, {CutterFault, "CUTTER FAULT"},
	{HeadHot, "PRINTHEAD OVER TEMPERATURE"}, {MotorHot, "MOTOR OVER TEMPERATURE"}, {BadHeadElement, "BAD PRINTHEAD ELEMENT"},
	{HeadDetection, "PRINTHEAD DETECTION ERROR"}, {BadFirmware, "INVALID FIRMWARE CONFIG"}, {ThermistorOpen, "PRINTHEAD THERMISTOR OPEN"},
	{JamInRetract, "PAPER JAM DURING RETRACT"}, {PresenterStuck, "PRESENTER NOT RUNNING"}, {PaperFeed, "PAPER FEED ERROR"},
	{PathNotClear, "CLEAR PAPER PATH FAILED"}, {Paused, "PAUSED"}, {RetractTimedOut, "RETRACT FUNCTION TIMED OUT"},
	{MarkCalibration, "BLACK MARK CALIBRATE ERROR"}, {MarkNotFound, "BLACK MARK NOT FOUND"},
}

// ParseErrors reads the answer to ~HQES, without its STX and ETX: "ERRORS: 1 00000000 00000005" and the like on warnings, which are not looked at: a
// printer with a warning prints. Bits of group 2 are not documented; they come back in the highest bit.
func ParseErrors(answer string) (Errors, error) {
	_, rest, ok := strings.Cut(answer, "ERRORS:")
	if !ok {
		return 0, fmt.Errorf("%w: no ERRORS in %q", ErrStatus, shorten(answer))
	}
	fields := strings.Fields(rest)
	if len(fields) < 3 {
		return 0, fmt.Errorf("%w: %q", ErrStatus, shorten(answer))
	}
	two, err := strconv.ParseUint(fields[1], 16, 32)
	if err != nil {
		return 0, fmt.Errorf("%w: group 2 %q", ErrStatus, fields[1])
	}
	one, err := strconv.ParseUint(fields[2], 16, 32)
	if err != nil {
		return 0, fmt.Errorf("%w: group 1 %q", ErrStatus, fields[2])
	}
	bits := Errors(one)
	if two != 0 {
		bits |= groupTwo
	}
	return bits, nil
}

const groupTwo Errors = 0x80000000

// Status is all a printer has said of itself.
type Status struct {
	Host   HostStatus
	Errors Errors
}

// faults joins what both answers say.
func (s Status) faults() Errors {
	f := s.Errors
	for bit, on := range map[Errors]bool{MediaOut: s.Host.PaperOut, RibbonOut: s.Host.RibbonOut, HeadOpen: s.Host.HeadUp, Paused: s.Host.Paused, HeadHot: s.Host.Hot} {
		if on {
			f |= bit
		}
	}
	return f
}

// State is the neutral word for it and the printer's own words, in the maker's language.
func (s Status) State() (printer.State, []string) {
	f := s.faults()
	var said []string
	rest := f
	for _, w := range words {
		if f&w.bit != 0 {
			said = append(said, w.word)
			rest &^= w.bit
		}
	}
	if rest != 0 {
		said = append(said, fmt.Sprintf("ERRORS %08X", uint32(rest)))
	}
	if s.Host.Damaged {
		said = append(said, "CORRUPT RAM")
	}
	if s.Host.Cold {
		said = append(said, "UNDER TEMPERATURE")
	}
	if s.Host.Waiting {
		said = append(said, "LABEL WAITING")
	}
	switch {
	case f&HeadOpen != 0:
		return printer.DoorOpen, said
	case f&jams != 0:
		return printer.Jam, said
	case f&MediaOut != 0:
		return printer.OutOfPaper, said
	case f&RibbonOut != 0:
		return printer.RibbonOut, said
	case f&^Paused != 0 || s.Host.Damaged:
		return printer.NeedsPerson, said
	case f&Paused != 0:
		return printer.Paused, said
	case s.Host.Formats > 0 || s.Host.Remaining > 0:
		return printer.Printing, said
	}
	return printer.Ready, said
}

// broken reports whether a label may be lost under the head. A pause is none.
func (s Status) broken() bool { return s.faults()&^Paused != 0 }

// Identity is the answer to ~HI.
type Identity struct {
	Model string // "ZD421-300dpi"
	DPI   int
}

// ParseIdentity reads the answer to ~HI, without its STX and ETX: model, firmware, dots a millimetre, memory, options.
func ParseIdentity(answer string) (Identity, error) {
	fields := strings.Split(answer, ",")
	if len(fields) < 3 {
		return Identity{}, fmt.Errorf("%w: %q", ErrStatus, shorten(answer))
	}
	dpi, ok := map[string]int{"6": 152, "8": 203, "12": 300, "24": 600}[strings.TrimSpace(fields[2])]
	if !ok {
		return Identity{}, fmt.Errorf("%w: %q dots a millimetre", ErrStatus, fields[2])
	}
	return Identity{strings.TrimSpace(fields[0]), dpi}, nil
}

func shorten(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
