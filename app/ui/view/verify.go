package view

import (
	"strings"
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/scan"
	"znak/app/station"
	"znak/store"
)

// Verdict is the answer to a scan, readable from two metres: colour and shape by its tone, a word, the digits people compare, and what to do.
type Verdict struct {
	Tone Tone
	Word string // «ВЕРНО»
	Head string // of the ШПИ
	Tail string // its last five digits
	Do   string // one line
	When string
}

// The four answers: the letter goes on the pile; look at it; put it aside; one more code is wanted.
var verdictFaces = map[scan.Verdict]struct {
	tone Tone
	word string
}{
	"ok":          {OK, "ok"},
	"repeat":      {Warn, "check"},
	"unreadable":  {Warn, "check"},
	"incomplete":  {Accent, "second"},
	"foreign":     {Stop, "stop"},
	"stale":       {Stop, "stop"},
	"mismatch":    {Stop, "stop"},
	"spoiled":     {Stop, "stop"},
	"not-printed": {Stop, "stop"},
}

// VerdictOf shows v; a verdict this program does not know asks the person to look.
func (w Words) VerdictOf(v station.ScanVerdict, at time.Time) Verdict {
	face, ok := verdictFaces[v.Verdict]
	if !ok {
		face = verdictFaces["unreadable"]
	}
	shown := Verdict{Tone: face.tone, Word: w.T("ui.verdict.word." + face.word), When: at.In(w.Zone).Format("15:04:05")}
	if v.ShPI != "" {
		shown.Head, shown.Tail = SplitShPI(v.ShPI)
	}
	shown.Do = w.Reason(v.Hint)
	if face.tone == OK || face.tone == Accent || shown.Do == "" || shown.Do == v.Hint.Key {
		shown.Do = w.SayOr("ui.verdict.do."+string(v.Verdict), string(v.Verdict))
	}
	return shown
}

// Latest puts v before the last scans and keeps at most so many. The second code of an envelope takes the place of its first, and the same
// answer about the same letter stands once.
func Latest(last []Verdict, v Verdict, most int) []Verdict {
	if len(last) > 0 && v.Tail != "" && last[0].Head == v.Head && last[0].Tail == v.Tail && (last[0].Tone == Accent || last[0].Do == v.Do) {
		last = last[1:]
	}
	list := append([]Verdict{v}, last...)
	return list[:min(len(list), most)]
}

// Counter is how far the checking of a batch has come.
type Counter struct {
	Text  string // «проверено 412 · осталось 388»
	Share float64
	Left  int
	Done  bool // everything is verified: hand over
	Hand  Action
	Notes []string // what is out of order in the stack
}

// CounterOf counts a batch.
func (w Words) CounterOf(b station.BatchView) Counter {
	done, left := seen(b.States), toVerify(b.States)
	c := Counter{Left: left, Text: w.Say("ui.verify.counter", hint.Args{"Done": w.Number(done), "Left": w.Number(left)})}
	if done+left > 0 {
		c.Share = float64(done) / float64(done+left)
	}
	c.Hand = w.handAction(b, w.BatchOf(b))
	c.Done = c.Hand.Alive
	c.Notes = w.notes(b)
	if n := b.ToPrint; n > 0 && b.HandedAt.IsZero() {
		c.Notes = append(c.Notes, w.N("ui.note.to-print", n))
	}
	return c
}

// CounterOfAll counts all batches together: for checking a mixed stack.
func (w Words) CounterOfAll(states map[postal.PieceState]int) Counter {
	done, left := states[postal.StateVerified], toVerify(states)
	c := Counter{Left: left, Text: w.Say("ui.verify.counter", hint.Args{"Done": w.Number(done), "Left": w.Number(left)})}
	if done+left > 0 {
		c.Share = float64(done) / float64(done+left)
	}
	return c
}

// ToVerify are the states of the pieces that wait for a scanner.
var ToVerify = []postal.PieceState{postal.StateQueued, postal.StatePrinted, postal.StateUnknown}

// MissingOf names the first of the letters that are not checked yet, of left in all: by number in the print order and by the digits people compare.
func (w Words) MissingOf(rows []store.PieceRow, left int) string {
	var list []string
	for _, r := range rows {
		head, tail := SplitShPI(r.ShPI)
		list = append(list, w.Say("ui.verify.missing-one", hint.Args{"No": w.Number(r.Pos + 1), "Head": head, "Tail": tail}))
	}
	if more := left - len(rows); more > 0 && len(rows) > 0 {
		list = append(list, w.N("ui.verify.missing-more", more))
	}
	return strings.Join(list, "\n")
}
