package scan

import (
	"strings"
	"time"
)

// WedgeParams are the measures by which a keyboard scanner is told from a person. Zero values mean the defaults.
type WedgeParams struct {
	MaxGap    time.Duration // between two keys of one scan; default 50 ms
	Silence   time.Duration // that ends a scan without Enter or Tab; default 80 ms
	MinLength int           // characters of the shortest scan; default 6
}

// Wedge tells the keystrokes of a scanner from those of a person by their speed. It is a pure state machine: the caller feeds it
// keys with their times and asks it again at Deadline. Enter inside a fast run belongs to the scan, so a code of several lines
// arrives as one; give its text to Assembler.Text. It is not safe for concurrent use.
type Wedge struct {
	p      WedgeParams
	run    strings.Builder
	first  rune // of the run's characters
	same   bool // all characters of the run are the first one: a key held down
	length int  // characters of the run without Enter and Tab
	end    rune // the last key of the run
	last   time.Time
}

// Input is a finished run of keys.
type Input struct {
	Text string    // Enter is a carriage return, Tab a tab
	Scan bool      // a scanner typed it; otherwise a person, and the text belongs to the focused field
	At   time.Time // of the last key

	Device string // the scanner that sent it, by name; empty: the keyboard
}

// maxRun bounds a run, bytes: the largest QR holds less.
const maxRun = 8 << 10

// NewWedge makes a wedge.
func NewWedge(p WedgeParams) *Wedge {
	if p.MaxGap <= 0 {
		p.MaxGap = 50 * time.Millisecond
	}
	if p.Silence <= 0 {
		p.Silence = 80 * time.Millisecond
	}
	if p.MinLength <= 0 {
		p.MinLength = 6
	}
	return &Wedge{p: p}
}

// Held is how many characters wait to be told whose they are.
func (w *Wedge) Held() int {
	if w.run.Len() == 0 {
		return 0
	}
	return w.length
}

// Text is what waits.
func (w *Wedge) Text() string { return w.run.String() }

// End gives the run that waits, if any, without waiting for silence: for who sees that the code is whole.
func (w *Wedge) End() []Input {
	if w.run.Len() == 0 {
		return nil
	}
	return w.finish()
}

// Press takes a key typed at a time: a character, '\r' for Enter, '\t' for Tab. It gives the run that the key's
// lateness finished, if any.
func (w *Wedge) Press(key rune, at time.Time) []Input {
	var list []Input
	if w.run.Len() > 0 && (at.Sub(w.last) > w.p.MaxGap || w.run.Len() >= maxRun) {
		list = w.finish()
	}
	if w.run.Len() == 0 {
		w.same, w.first, w.length = true, key, 0
	}
	w.run.WriteRune(key)
	w.end, w.last = key, at
	if !isEnd(key) {
		w.length++
		w.same = w.same && key == w.first
	}
	return list
}

// Tick tells the time and gives the run that silence has finished, if any.
func (w *Wedge) Tick(now time.Time) []Input {
	if deadline, ok := w.Deadline(); !ok || now.Before(deadline) {
		return nil
	}
	return w.finish()
}

// Deadline is when Tick has something to say; ok is false while no key waits. A run that ended by Enter or Tab waits
// only for the gap of a next line.
func (w *Wedge) Deadline() (t time.Time, ok bool) {
	if w.run.Len() == 0 {
		return time.Time{}, false
	}
	wait := w.p.Silence
	if isEnd(w.end) {
		wait = w.p.MaxGap
	}
	return w.last.Add(wait), true
}

// finish closes the run and says whose it is. A key held down repeats as fast as a scanner, but only itself.
func (w *Wedge) finish() []Input {
	in := Input{Text: w.run.String(), Scan: w.length >= w.p.MinLength && !w.same, At: w.last}
	w.run.Reset()
	return []Input{in}
}

func isEnd(key rune) bool { return key == '\r' || key == '\n' || key == '\t' }
