package paper

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/printer/page"
)

// Evidence is what the station can prove of a batch: the list form against what was printed, seen by a scanner and taken in.
type Evidence struct {
	Batch    postal.Batch
	Station  string
	Made     time.Time
	Zone     *time.Location // of all times on the paper
	Specimen bool
	Pieces   []EvidencePiece // in print order
	Reprints []EvidenceReprint
	Steps    []EvidenceStep // of the batch as a whole: approval, hand-over, what the post was told
	Ledger   EvidenceLedger
}

// Stamp says when something happened and who was at work; zero: it did not.
type Stamp struct {
	At  time.Time
	Who string
}

// Happened reports whether it did.
func (s Stamp) Happened() bool { return !s.At.IsZero() }

// EvidencePiece is one letter. Printed and Scanned are of the copy that counts, not of those that were declared void.
type EvidencePiece struct {
	ShPI     postal.ShPI
	MarkID   string
	Value    postal.Kopecks
	State    postal.PieceState
	Copies   int   // times it went to paper
	Printed  Stamp // the device was sure
	Scanned  Stamp // both codes were seen
	Listed   Stamp // handed over: it stands in the list form
	Accepted Stamp
	Refused  Stamp
	Reprints int
	Owed     int // void copies neither seen destroyed nor said to be missing
}

// EvidenceReprint is one copy that was declared void.
type EvidenceReprint struct {
	ShPI postal.ShPI
	Stamp
	Reason  string // a reason with a name (station.reason.… of the texts), or a person's own words
	Second  string // who confirmed it; "": nobody
	Fate    Stamp  // when it was seen destroyed, or said to be missing; zero: neither
	Missing bool
}

// Why says the reason in words.
func (r EvidenceReprint) Why(w Words) string {
	if key := "station.reason." + r.Reason; w.Say(key, nil) != key {
		return w.Say(key, nil)
	}
	return r.Reason
}

// By names who declared it void and who confirmed.
func (r EvidenceReprint) By(w Words) string {
	if r.Second == "" {
		return r.Who
	}
	return w.Say("paper.evidence.second", hint.Args{"Who": r.Who, "Second": r.Second})
}

// Became says what became of the void copy.
func (r EvidenceReprint) Became(w Words) string {
	switch {
	case !r.Fate.Happened():
		return w.Say("paper.evidence.fate.owed", nil)
	case r.Missing:
		return w.Say("paper.evidence.fate.missing", nil)
	}
	return w.Say("paper.evidence.fate.destroyed", nil)
}

// EvidenceStep is one event of the whole batch.
type EvidenceStep struct {
	Seq  int64
	Kind postal.EventKind
	Stamp
	Data json.RawMessage // what the event says; may be nil
}

// Event says in words what happened.
func (s EvidenceStep) Event(w Words) string {
	key := "paper.evidence.event." + string(s.Kind)
	if said := w.Say(key, nil); said != key {
		return said
	}
	said, _ := w.Value(s.Kind).(string)
	return said
}

// Detail says in words what the event says of the batch; what has no words here is left out.
func (s EvidenceStep) Detail(w Words) string {
	var d struct {
		Status   postal.BatchStatus `json:"status"`
		Date     postal.Date        `json:"date"`
		Pieces   int                `json:"pieces"`
		List     int64              `json:"list"`
		Sum      postal.Kopecks     `json:"sum_kopecks"`
		Attempts int                `json:"attempts"`
		Why      string             `json:"why"`
	}
	if json.Unmarshal(s.Data, &d) != nil {
		return string(s.Data)
	}
	var parts []string
	add := func(said bool, key string, v any) {
		if said {
			parts = append(parts, w.Say("paper.evidence.detail."+key, hint.Args{"Value": v}))
		}
	}
	add(d.Status != "", "status", d.Status)
	add(d.Date != "", "date", d.Date)
	add(d.Pieces > 0, "pieces", d.Pieces)
	add(d.List > 0, "list", d.List)
	add(d.Sum > 0, "sum", d.Sum)
	add(d.Attempts > 1, "attempts", d.Attempts)
	add(d.Why != "", "why", d.Why)
	return strings.Join(parts, "; ")
}

// EvidenceLedger is where in the ledger the proof stands and whether the ledger holds.
type EvidenceLedger struct {
	Events      int   // of this batch
	First, Last int64 // their places; 0: none
	FirstHash   string
	LastHash    string
	End         int64 // events in the whole ledger
	Holds       bool
	FirstBad    int64 // 0: none
	What        error // what does not hold, with its sentence
}

// EvidenceTotals are the counts of a batch's letters.
type EvidenceTotals struct {
	Pieces, Listed, Printed, Scanned, Accepted, Refused, Reprints, Copies int
	Value, AcceptedValue                                                  postal.Kopecks
}

// Totals counts.
func (e Evidence) Totals() (t EvidenceTotals) {
	count := func(n *int, s Stamp) {
		if s.Happened() {
			*n++
		}
	}
	for _, p := range e.Pieces {
		t.Pieces++
		t.Copies += p.Copies
		t.Reprints += p.Reprints
		t.Value += p.Value
		count(&t.Listed, p.Listed)
		count(&t.Printed, p.Printed)
		count(&t.Scanned, p.Scanned)
		count(&t.Accepted, p.Accepted)
		count(&t.Refused, p.Refused)
		if p.Accepted.Happened() {
			t.AcceptedValue += p.Value
		}
	}
	return t
}

// EvidenceDifference is a letter for which the lists do not agree.
type EvidenceDifference struct {
	ShPI postal.ShPI
	Key  string // of the texts
}

// Differences lists what does not agree, letter by letter in print order.
func (e Evidence) Differences() []EvidenceDifference {
	var list []EvidenceDifference
	for _, p := range e.Pieces {
		add := func(key string) { list = append(list, EvidenceDifference{p.ShPI, key}) }
		if p.Owed > 0 {
			add("paper.evidence.diff.owed")
		}
		listed, accepted := p.Listed.Happened(), p.Accepted.Happened()
		switch {
		case listed && !p.Printed.Happened() && !p.Scanned.Happened():
			add("paper.evidence.diff.listed-not-printed")
		case listed && !p.Scanned.Happened():
			add("paper.evidence.diff.listed-not-scanned")
		case p.State == postal.StateOrphan:
			add("paper.evidence.diff.orphan")
		case !listed && p.State == postal.StateUnknown:
			add("paper.evidence.diff.unknown")
		case !listed && p.State == postal.StateStale:
			add("paper.evidence.diff.stale")
		case !listed && !accepted && p.Printed.Happened() && !p.Scanned.Happened():
			add("paper.evidence.diff.printed-not-scanned")
		case !listed && !accepted && p.Scanned.Happened():
			add("paper.evidence.diff.scanned-not-listed")
		}
		switch {
		case p.State == postal.StateRefused:
			add("paper.evidence.diff.refused")
		case accepted && !listed:
			add("paper.evidence.diff.accepted-not-listed")
		case listed && !accepted && p.State != postal.StateDelivered:
			add("paper.evidence.diff.listed-not-accepted")
		}
	}
	return list
}

// EvidenceForm draws the evidence on A4 sheets. Errors carry a hint.
func EvidenceForm(e Evidence, w Words) ([]page.Page, error) {
	r, err := newReport(e.Specimen)
	if err != nil {
		return nil, err
	}
	f := &evidenceForm{report: r, Evidence: e, words: w}
	for _, part := range []func() error{f.summary, f.differences, f.letters, f.reprints, f.steps} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	about := w.Say("paper.evidence.title", hint.Args{"Batch": clean(e.Batch.Name)})
	return r.done(about, func(n, all int) string { return w.Say("paper.evidence.page", hint.Args{"N": n, "All": all}) })
}

type evidenceForm struct {
	*report
	Evidence
	words Words
}

func (f *evidenceForm) say(key string, args hint.Args) string { return f.words.Say(key, args) }

func (f *evidenceForm) in(v any) string {
	s, _ := f.words.Value(v).(string)
	return s
}

func (f *evidenceForm) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(f.Zone).Format("02.01.2006 15:04:05")
}

func (f *evidenceForm) stamp(s Stamp) string {
	if !s.Happened() {
		return "—"
	}
	return f.moment(s.At) + "\n" + clean(s.Who)
}

func (f *evidenceForm) summary() error {
	if err := f.title(f.say("paper.evidence.title", hint.Args{"Batch": clean(f.Batch.Name)})); err != nil {
		return err
	}
	f.underStamp()
	t, l := f.Totals(), f.Ledger
	list := "—"
	if f.Batch.ListNumber > 0 {
		list = strconv.FormatInt(f.Batch.ListNumber, 10)
	}
	holds := f.say("paper.evidence.holds", hint.Args{"Events": l.End})
	if !l.Holds {
		holds = f.say("paper.evidence.broken", hint.Args{"Seq": l.FirstBad, "What": l.What})
	}
	count := func(n int) string { return strconv.Itoa(n) }
	for _, row := range []struct{ label, value string }{
		{"paper.evidence.made", f.moment(f.Made) + " (" + f.Made.In(f.Zone).Format("-07:00") + ")"},
		{"paper.evidence.station", f.Station},
		{"paper.evidence.sending", f.Batch.SendingDate.Office()},
		{"paper.evidence.status", f.in(f.Batch.Status)},
		{"paper.evidence.list-number", list},
		{"paper.evidence.total.pieces", count(t.Pieces)},
		{"paper.evidence.total.listed", count(t.Listed)},
		{"paper.evidence.total.printed", count(t.Printed)},
		{"paper.evidence.total.scanned", count(t.Scanned)},
		{"paper.evidence.total.accepted", count(t.Accepted)},
		{"paper.evidence.total.refused", count(t.Refused)},
		{"paper.evidence.total.copies", count(t.Copies)},
		{"paper.evidence.total.reprints", count(t.Reprints)},
		{"paper.evidence.total.differences", count(len(f.Differences()))},
		{"paper.evidence.total.value", t.Value.Office()},
		{"paper.evidence.total.accepted-value", t.AcceptedValue.Office()},
		{"paper.evidence.ledger", f.say("paper.evidence.range", hint.Args{"Events": l.Events, "First": l.First, "Last": l.Last})},
		{"paper.evidence.first-hash", l.FirstHash},
		{"paper.evidence.last-hash", l.LastHash},
		{"paper.evidence.audit", holds},
	} {
		font := page.Sans
		if row.label == "paper.evidence.first-hash" || row.label == "paper.evidence.last-hash" {
			font = page.Mono
		}
		if err := f.field(f.say(row.label, nil), row.value, font, f.Sheet.Text, 0); err != nil {
			return err
		}
	}
	return nil
}

// titles are the heads of a table's columns.
func (f *evidenceForm) titles(columns []reportColumn) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = f.say("paper.evidence.col."+c.What, nil)
	}
	return list
}

// part sets a heading and a table, or a line that there is nothing.
func (f *evidenceForm) part(heading string, columns []reportColumn, n int, at func(i int, what string) string) error {
	if err := f.heading(f.say(heading, nil)); err != nil {
		return err
	}
	if n == 0 {
		return f.paragraph(f.say("paper.evidence.none", nil), page.Sans, f.Sheet.Text, 0)
	}
	i := 0
	row := make([]cell, len(columns))
	return f.table(columns, f.titles(columns), func() []cell {
		if i == n {
			return nil
		}
		for c := range columns {
			row[c] = cell{text: at(i, columns[c].What)}
		}
		i++
		return row
	})
}

func (f *evidenceForm) differences() error {
	list := f.Differences()
	return f.part("paper.evidence.differences", f.reportLayout.Evidence.Differences, len(list), func(i int, what string) string {
		if what == "shpi" {
			return list[i].ShPI.Grouped()
		}
		return f.say(list[i].Key, nil)
	})
}

func (f *evidenceForm) letters() error {
	return f.part("paper.evidence.letters", f.reportLayout.Evidence.Pieces, len(f.Pieces), func(i int, what string) string {
		p := &f.Pieces[i]
		switch what {
		case "n":
			return strconv.Itoa(i + 1)
		case "shpi":
			return p.ShPI.Grouped()
		case "listed":
			if p.Listed.Happened() {
				return f.say("paper.evidence.yes", nil)
			}
			return "—"
		case "printed":
			return f.stamp(p.Printed)
		case "scanned":
			return f.stamp(p.Scanned)
		case "accepted":
			return f.stamp(p.Accepted)
		case "copies":
			return strconv.Itoa(p.Copies)
		}
		return f.in(p.State)
	})
}

func (f *evidenceForm) reprints() error {
	return f.part("paper.evidence.reprints", f.reportLayout.Evidence.Reprints, len(f.Reprints), func(i int, what string) string {
		p := &f.Reprints[i]
		switch what {
		case "shpi":
			return p.ShPI.Grouped()
		case "at":
			return f.moment(p.At)
		case "who":
			return clean(p.By(f.words))
		case "fate":
			text := p.Became(f.words)
			if p.Fate.Happened() {
				text += "\n" + f.stamp(p.Fate)
			}
			return text
		}
		return clean(p.Why(f.words))
	})
}

func (f *evidenceForm) steps() error {
	return f.part("paper.evidence.steps", f.reportLayout.Evidence.Steps, len(f.Steps), func(i int, what string) string {
		s := &f.Steps[i]
		switch what {
		case "seq":
			return strconv.FormatInt(s.Seq, 10)
		case "at":
			return f.moment(s.At)
		case "who":
			return clean(s.Who)
		case "event":
			return s.Event(f.words)
		}
		return clean(s.Detail(f.words))
	})
}
