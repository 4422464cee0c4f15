package mark

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"znak/app/hint"
	"znak/app/postal"
)

// Why a text is not a mark's, or a value cannot stand in one; keys below "mark.parse." of the translations.
const (
	ReasonLines   = "lines"   // another number of lines
	ReasonLabel   = "label"   // a line does not begin with its label
	ReasonEmpty   = "empty"   // a value is missing
	ReasonControl = "control" // control characters or broken text inside a value
	ReasonValue   = "value"   // a value is not what its field holds
	ReasonForm    = "form"    // a value in another form than the mark's ("85.4" for "85.40")
)

// ParseError says which line of a mark's text is wrong and why. Line counts from 1; 0 means the text as a whole.
type ParseError struct {
	Line   int
	Label  string // of that line in this version of the mark
	Reason string // one of the Reason constants
	Err    error  // what the value's own reader said; may be nil

	writing bool // the value was to be written, not read: another sentence for the person
}

var _ hint.Keyed = (*ParseError)(nil)

func (e *ParseError) Error() string {
	place := "mark text"
	if e.Line > 0 {
		place = fmt.Sprintf("mark line %d (%s)", e.Line, e.Label)
	}
	if e.Err != nil {
		return place + ": " + e.Reason + ": " + e.Err.Error()
	}
	return place + ": " + e.Reason
}

func (e *ParseError) Unwrap() error { return e.Err }

// HintKey names the sentence for the person.
func (e *ParseError) HintKey() (string, map[string]any) {
	if e.writing {
		return "mark.write", hint.Args{"Line": e.Line, "Label": e.Label}
	}
	return "mark.parse." + e.Reason, hint.Args{"Line": e.Line, "Label": e.Label}
}

// Payload writes the text of the code: one line a field, the separator between the lines and none after the last.
// It is the exact inverse of Parse for the fields this version has. Errors are *ParseError: a value is missing, holds control
// characters or would not be read back as it is.
func (s *Spec) Payload(f Fields) (string, error) {
	var b strings.Builder
	b.Grow(256)
	for i, l := range s.lines {
		v, err := l.write(f)
		if err == nil {
			err = l.check(v)
		}
		if err != nil {
			return "", l.failWriting(i, err)
		}
		if i > 0 {
			b.WriteString(s.separator)
		}
		b.WriteString(l.Label)
		b.WriteString(s.labelEnd)
		b.WriteString(v)
	}
	return b.String(), nil
}

// Parse reads the text of a code exactly: the lines of this version, in order, each value in the one form Payload gives it.
// Errors are *ParseError.
func (s *Spec) Parse(text string) (Fields, error) {
	parts := strings.Split(text, s.separator)
	if len(parts) != len(s.lines) {
		return Fields{}, &ParseError{Reason: ReasonLines}
	}
	var f Fields
	for i, l := range s.lines {
		v, ok := strings.CutPrefix(parts[i], l.Label+s.labelEnd)
		if !ok {
			return Fields{}, l.fail(i, errReason(ReasonLabel))
		}
		err := l.check(v)
		if err == nil {
			err = l.read(v, &f)
		}
		if err != nil {
			return Fields{}, l.fail(i, err)
		}
		if again, err := l.write(f); err != nil || again != v {
			return Fields{}, l.fail(i, errReason(ReasonForm))
		}
	}
	return f, nil
}

// Labels gives the beginnings of the lines as they stand before their values ("ID OPM: ", …), in order. Whoever gets a
// text whose control characters were lost on the way (keyboard scanners drop them) can find the lines by them and join
// them again by Separator.
func (s *Spec) Labels() []string {
	labels := make([]string, len(s.lines))
	for i, l := range s.lines {
		labels[i] = l.Label + s.labelEnd
	}
	return labels
}

// Separator is what stands between the lines.
func (s *Spec) Separator() string { return s.separator }

// line is one line of the mark's text.
type line struct {
	Field    Field  `toml:"field"`
	Label    string `toml:"label"`
	Format   string `toml:"format"`
	Optional bool   `toml:"optional"`
}

// errReason is an error that only says one of the reasons.
type errReason string

func (e errReason) Error() string { return string(e) }

func (l line) fail(i int, err error) *ParseError {
	e := &ParseError{Line: i + 1, Label: l.Label, Reason: ReasonValue}
	var reason errReason
	if errors.As(err, &reason) {
		e.Reason = string(reason)
	} else {
		e.Err = err
	}
	return e
}

func (l line) failWriting(i int, err error) error {
	e := l.fail(i, err)
	e.writing = true
	return e
}

// check refuses what can stand in no line: nothing where something must be, broken text, control characters.
func (l line) check(v string) error {
	if v == "" && !l.Optional {
		return errReason(ReasonEmpty)
	}
	if !utf8.ValidString(v) || strings.IndexFunc(v, unicode.IsControl) >= 0 {
		return errReason(ReasonControl)
	}
	return nil
}

// write gives the value of the line. A value that read would not give back the same is an error.
func (l line) write(f Fields) (string, error) {
	v := l.text(f)
	var back Fields
	if v == "" {
		return v, nil
	}
	if err := l.read(v, &back); err != nil {
		return "", err
	}
	if l.text(back) != v || !l.same(f, back) {
		return "", errReason(ReasonForm)
	}
	return v, nil
}

func (l line) text(f Fields) string {
	switch l.Field {
	case ID:
		return f.ID
	case ShPI:
		return string(f.ShPI)
	case INN:
		return f.INN
	case KPP:
		return f.KPP
	case Value:
		if l.Format == formatKopecks {
			return strconv.FormatInt(int64(f.Value), 10)
		}
		return f.Value.Decimal()
	case Mass:
		return strconv.Itoa(int(f.Mass))
	case Date:
		return f.Date.Layout(l.Format)
	case From:
		return string(f.From)
	case To:
		return string(f.To)
	}
	return ""
}

func (l line) same(a, b Fields) bool {
	switch l.Field {
	case Value:
		return a.Value == b.Value
	case Date:
		return a.Date == b.Date
	}
	return true // the others are written as they are
}

func (l line) read(v string, f *Fields) (err error) {
	if v == "" {
		return nil
	}
	switch l.Field {
	case ID:
		f.ID = v
	case ShPI:
		f.ShPI, err = postal.ParseShPI(v)
	case INN:
		f.INN = v
	case KPP:
		f.KPP = v
	case Value:
		if l.Format == formatKopecks {
			var n int64
			n, err = strconv.ParseInt(v, 10, 64)
			f.Value = postal.Kopecks(n)
		} else {
			f.Value, err = postal.ParseKopecks(v)
		}
		if err == nil && f.Value <= 0 {
			err = fmt.Errorf("value %d kopecks", f.Value)
		}
	case Mass:
		var n int
		n, err = strconv.Atoi(v)
		f.Mass = postal.Grams(n)
		if err == nil && n <= 0 {
			err = fmt.Errorf("mass %d g", n)
		}
	case Date:
		var t time.Time
		if t, err = time.Parse(l.Format, v); err == nil {
			f.Date = postal.DateOf(t)
		}
	case From:
		f.From, err = postal.ParsePostIndex(v)
	case To:
		f.To, err = postal.ParsePostIndex(v)
	}
	return err
}
