package postal

import (
	"fmt"
	"time"
)

// ValueError says that a text is not the postal value it should be. Reason is a key below "postal." of the translations.
type ValueError struct {
	What   string // "shpi", "s10", "index", "date", "sum"
	Value  string
	Reason string // e.g. "shpi.length", "shpi.check"
}

func (e *ValueError) Error() string { return fmt.Sprintf("%s %q: %s", e.What, e.Value, e.Reason) }

// HintKey names the sentence for the person.
func (e *ValueError) HintKey() (string, map[string]any) {
	return "postal." + e.Reason, map[string]any{"Value": e.Value}
}

// PostIndex is a Russian postcode of six digits; the empty value means "none".
type PostIndex string

// ParsePostIndex accepts six digits, the first not zero.
func ParsePostIndex(s string) (PostIndex, error) {
	if len(s) != 6 || !allDigits(s) || s[0] == '0' {
		return "", &ValueError{What: "index", Value: s, Reason: "index.shape"}
	}
	return PostIndex(s), nil
}

// Date is a civil day written yyyy-mm-dd, the form of the post's API and of the store; "" means "none".
type Date string

// ParseDate accepts an existing day written yyyy-mm-dd.
func ParseDate(s string) (Date, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", &ValueError{What: "date", Value: s, Reason: "date.shape"}
	}
	return Date(s), nil
}

// DateOf is the civil day of t in t's own zone.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Time is midnight UTC of the day; the zero time for an empty or broken date.
func (d Date) Time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t
}

// Layout writes the day in a layout of package time; "" stays "".
func (d Date) Layout(layout string) string {
	t := d.Time()
	if t.IsZero() {
		return string(d)
	}
	return t.Format(layout)
}

// Office writes the day as the office does: 21.11.2026.
func (d Date) Office() string { return d.Layout("02.01.2006") }
