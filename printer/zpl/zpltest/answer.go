package zpltest

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// obey does what an immediate command says.
func (v *Printer) obey(c io.Writer, name string) {
	v.mu.Lock()
	v.asked[name]++
	answer := ""
	switch name {
	case "~JA":
		v.lost += len(v.queue)
		v.queue = nil
		if v.head != nil && v.spoiled() { // the label in work is ended, a spoiled one given up
			v.lost++
			v.head = nil
		}
		v.changed.Broadcast()
	case "~JX":
		v.partial = 0
	case "~PP":
		v.set(Pause)
	case "~PS":
		v.faults = slices.DeleteFunc(v.faults, func(f Fault) bool { return f == Pause })
		v.changed.Broadcast()
	case "~HS":
		if !v.Quiet || !v.has(PaperOut, RibbonOut, DoorOpen, Hot) {
			answer = v.hostStatus()
		}
	case "~HQES":
		if !v.NoHQES {
			answer = v.printerStatus()
		}
	case "~HI":
		answer = fmt.Sprintf("\x02%s,V1.0.0Z,%d,8192KB\x03\r\n", v.Model, map[int]int{203: 8, 300: 12, 600: 24}[v.DPI])
	}
	if v.has(Deaf) {
		answer = ""
	}
	v.mu.Unlock()
	io.WriteString(c, answer)
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

// hostStatus is the answer to ~HS. A printer with a fault counts as paused.
func (v *Printer) hostStatus() string {
	return fmt.Sprintf("\x02030,%d,%d,%04d,%03d,%d,0,%d,000,0,0,%d\x03\r\n\x02000,0,%d,%d,1,2,4,0,%08d,1,000\x03\r\n\x021234,0\x03\r\n",
		flag(v.has(PaperOut)), flag(v.stopped()), 1800, len(v.queue), flag(len(v.queue) >= v.Buffer), v.partial, flag(v.has(Hot)),
		flag(v.has(DoorOpen)), flag(v.has(RibbonOut)), v.busy)
}

// printerStatus is the answer to ~HQES.
func (v *Printer) printerStatus() string {
	bits := 0
	for f, bit := range map[Fault]int{PaperOut: 1, RibbonOut: 2, DoorOpen: 4, Hot: 0x10, Jam: 0x4000, Pause: 0x10000} {
		if v.has(f) {
			bits |= bit
		}
	}
	return fmt.Sprintf("\x02\r\n\r\n  PRINTER STATUS                      \r\n   ERRORS:         %d 00000000 %08X   \r\n   WARNINGS:       0 00000000 00000000   \r\n\x03",
		flag(bits != 0), bits)
}

// Report is what the printer says of itself to a test or to a person.
type Report struct {
	Faults      []Fault        `json:"faults"`
	Pace        string         `json:"pace"`
	Buffered    int            `json:"buffered"`    // received, not yet under the head
	UnderHead   int            `json:"under_head"`  //
	Labels      int            `json:"labels"`      // on paper, whole
	Torn        int            `json:"torn"`        // spoiled under the head
	Lost        int            `json:"lost"`        // received and never printed: cancelled, or spoiled and not repeated
	Connections int            `json:"connections"` // so far
	Asked       map[string]int `json:"asked"`       // immediate commands so far
}

// Report tells how the printer is.
func (v *Printer) Report() Report {
	v.mu.Lock()
	defer v.mu.Unlock()
	r := Report{Faults: append([]Fault{}, v.faults...), Pace: v.Pace.String(), Buffered: len(v.queue), UnderHead: v.busy, Labels: len(v.labels),
		Torn: v.torn, Lost: v.lost, Connections: v.opened, Asked: maps.Clone(v.asked)}
	return r
}

// Idle waits until nothing is in the buffer or under the head, at most for the given time.
func (v *Printer) Idle(most time.Duration) bool {
	for until := time.Now().Add(most); time.Now().Before(until); time.Sleep(time.Millisecond) {
		if r := v.Report(); r.Buffered == 0 && r.UnderHead == 0 {
			return true
		}
	}
	return false
}
