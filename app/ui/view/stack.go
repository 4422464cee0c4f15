package view

import (
	"context"
	"iter"
	"path/filepath"
	"strings"

	"znak/app/hint"
	"znak/app/scan"
	"znak/app/station"
)

// StackKeeper is what the checks of whole stacks ask of the station: scanned from top to bottom, or seen on pictures.
type StackKeeper interface {
	Stack(ctx context.Context, batch string) (StackCheck, error)
	// Pictures judges every envelope on pictures and PDFs, page by page; batch "" takes letters of any batch.
	Pictures(ctx context.Context, batch string, files []string) iter.Seq2[station.PictureSeen, error]
}

// StackCheck looks through one stack; see station.Stack.
type StackCheck interface {
	Line(ctx context.Context, line string) ([]station.ScanVerdict, error)
	Flush(ctx context.Context) ([]station.ScanVerdict, error)
	Undo() (last station.StackSeen, ok bool)
	Report(whole bool) station.StackReport
}

var _ StackCheck = (*station.Stack)(nil)

// Stack begins the check of a stack.
func (r real) Stack(ctx context.Context, batch string) (StackCheck, error) {
	return r.Station.Stack(ctx, batch)
}

// Pictures judges pictures as one verification.
func (r real) Pictures(ctx context.Context, batch string, files []string) iter.Seq2[station.PictureSeen, error] {
	return r.Station.Verifier(batch).Pictures(ctx, files)
}

// Stack is what is known of a stack.
type Stack struct {
	Counter string // «в стопке 41 из 800»
	Share   float64
	Title   string // of the end: «Стопка в порядке»
	Tone    Tone
	About   []string    // which way up it lies
	Faults  []StackLine // from top to bottom
}

// StackLine is one fault, or a run of missing letters that lie together.
type StackLine struct {
	Tone Tone
	What string // «Нет письма № 42…»
}

// stackTones: what has to leave the stack or is lost stops the clerk; the rest is put right.
var stackTones = map[station.StackFaultKind]Tone{
	station.StackMissing: Stop, station.StackUnsure: Warn, station.StackDoubled: Warn, station.StackSwapped: Warn,
}

// StackOf shows a report; ended says that the whole stack was looked at.
func (w Words) StackOf(r station.StackReport, ended bool) Stack {
	v := Stack{Counter: w.Say("ui.stack.counter", hint.Args{"Right": w.Number(r.Right), "Of": w.Number(r.Expected)})}
	if r.Expected > 0 {
		v.Share = min(float64(r.Right)/float64(r.Expected), 1)
	}
	if r.Reversed {
		v.About = append(v.About, w.T("ui.stack.reversed"))
	}
	if r.Shuffled {
		v.About = append(v.About, w.T("ui.stack.shuffled"))
	}
	for i := 0; i < len(r.Faults); {
		n := 1
		for i+n < len(r.Faults) && together(r.Faults[i], r.Faults[i+n]) {
			n++
		}
		v.Faults = append(v.Faults, w.stackLine(r.Faults[i:i+n]))
		i += n
	}
	switch {
	case len(r.Faults) > 0:
		v.Tone, v.Title = Stop, w.N("ui.stack.faults", len(v.Faults))
	case ended && r.Whole():
		v.Tone, v.Title = OK, w.T("ui.stack.whole")
	case ended && r.Shuffled:
		v.Tone, v.Title = Warn, w.T("ui.stack.all-here")
	case ended:
		v.Tone, v.Title = Warn, w.T("ui.stack.empty")
	default:
		v.Tone, v.Title = Plain, w.T("ui.stack.so-far")
	}
	return v
}

// together reports whether two letters are missing at one place.
func together(a, b station.StackFault) bool {
	at := func(p *station.StackAt) int {
		if p == nil {
			return 0
		}
		return p.At
	}
	return a.At == 0 && b.At == 0 && a.Kind == b.Kind && at(a.Above) == at(b.Above) && at(a.Below) == at(b.Below) && (a.Above != nil || a.Below != nil)
}

func (w Words) stackLine(list []station.StackFault) StackLine {
	first, last := list[0], list[len(list)-1]
	l := StackLine{Tone: Stop, What: w.Fault(first)}
	if tone, ok := stackTones[first.Kind]; ok {
		l.Tone = tone
	}
	if len(list) > 1 {
		reasons := w.Reasons(first.Reasons())
		reasons[0] = w.N("ui.stack.run", len(list), hint.Args{"From": w.Number(min(first.No, last.No)), "To": w.Number(max(first.No, last.No))})
		if first.Kind == station.StackUnsure {
			reasons[0] += " " + w.T("ui.stack.run-unsure")
		}
		l.What = strings.Join(reasons, " ")
	}
	return l
}

// Fault is what a fault is and where, in a sentence or two.
func (w Words) Fault(f station.StackFault) string { return strings.Join(w.Reasons(f.Reasons()), " ") }

// StackVerdict answers a scan of a stack: fresh are the faults that it brought to light.
func (w Words) StackVerdict(v station.ScanVerdict, seen int, fresh []station.StackFault) Verdict {
	shown := w.VerdictOf(v, w.Now())
	switch {
	case v.Verdict == scan.VerdictUnreadable:
	case len(fresh) > 0 && (shown.Tone == OK || v.Verdict == ""):
		shown.Tone, shown.Word = Warn, w.T("ui.verdict.word.check")
		shown.Do = w.Fault(fresh[0])
		if len(fresh) > 1 {
			shown.Do += " " + w.N("ui.stack.and-more", len(fresh)-1)
		}
	case shown.Tone == OK:
		shown.Do = w.Say("ui.stack.seen", hint.Args{"At": w.Number(seen)})
	}
	return shown
}

// PictureLine is the answer about one envelope on a picture.
type PictureLine struct {
	Verdict
	Where string // «стол.jpg · с. 2»
}

// PictureLines shows a page that was judged.
func (w Words) PictureLines(p station.PictureSeen) []PictureLine {
	where := filepath.Base(p.File)
	if p.Page > 0 && strings.EqualFold(filepath.Ext(p.File), ".pdf") {
		where = w.Say("ui.pictures.page", hint.Args{"File": where, "N": w.Number(p.Page)})
	}
	var list []PictureLine
	for _, v := range p.Verdicts {
		shown := w.VerdictOf(v, w.Now())
		if v.Verdict == scan.VerdictIncomplete { // a picture brings no second code
			shown.Tone, shown.Word = Warn, w.T("ui.verdict.word.check")
			if s := w.Reason(v.Hint); s != "" {
				shown.Do = s
			}
		}
		list = append(list, PictureLine{shown, where})
	}
	return list
}
