package view

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
	"znak/app/text"
)

// Words writes numbers, sums, days and sentences the way the person's language and office do.
type Words struct {
	*text.Printer
	Zone *time.Location   // in which times are shown; the store's are UTC
	Now  func() time.Time // of the clock on the wall
	At   station.SignedIn // who reads: what they may not do is dead, with the reason
}

// NewWords speaks the language of p, in the computer's own time zone.
func NewWords(p *text.Printer) Words { return Words{Printer: p, Zone: time.Local, Now: time.Now} }

// T is Say without values.
func (w Words) T(key string) string { return w.Say(key, nil) }

// N is a sentence about a count: {{.N}} is the number as it is written, and the plural form follows it.
func (w Words) N(key string, n int, more ...hint.Args) string {
	args := hint.Args{"Count": n, "N": w.Number(n)}
	for _, m := range more {
		for k, v := range m {
			args[k] = v
		}
	}
	return w.Say(key, args)
}

// Number writes a whole number with narrow no-break spaces between its thousands.
func (w Words) Number(n int) string {
	if n < 0 {
		return "–" + w.Number(-n)
	}
	return postal.GroupThousands(strconv.Itoa(n))
}

// Moment writes a time as people say it today: the hour and minute, or the day as well where it is another day.
func (w Words) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(w.Zone)
	if sameDay(t, w.Now().In(w.Zone)) {
		return t.Format("15:04")
	}
	return t.Format("02.01.2006 15:04")
}

// Full writes day, hour and minute.
func (w Words) Full(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(w.Zone).Format("02.01.2006 15:04")
}

// Day writes the day of t.
func (w Words) Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(w.Zone).Format("02.01.2006")
}

// AsOf writes the day or moment for which the post states a balance: it comes as a day, as an RFC 3339 time, or as the post's own words.
func (w Words) AsOf(s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return w.Moment(t)
	}
	if d, err := postal.ParseDate(s); err == nil {
		return d.Office()
	}
	return s
}

// Duration writes how long something will take, roughly: "12 мин", "1 ч 05 мин".
func (w Words) Duration(d time.Duration) string {
	if d < time.Minute {
		return w.Say("ui.time.seconds", hint.Args{"N": int(d.Round(time.Second) / time.Second)})
	}
	minutes := int(d.Round(time.Minute) / time.Minute)
	if minutes < 60 {
		return w.Say("ui.time.minutes", hint.Args{"N": minutes})
	}
	return w.Say("ui.time.hours", hint.Args{"H": minutes / 60, "M": twoDigits(minutes % 60)})
}

// Reason is one of the station's sentences.
func (w Words) Reason(r station.Reason) string {
	if r.Key == "" {
		return ""
	}
	return w.Say(r.Key, r.Args)
}

// Reasons are several of them.
func (w Words) Reasons(list []station.Reason) []string {
	var out []string
	for _, r := range list {
		out = append(out, w.Reason(r))
	}
	return out
}

// joined puts the parts that are there side by side: "DL · заказные · 800 писем".
func joined(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " · ")
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// plain is a sentence with the number n in it whose words do not follow it.
func (w Words) plain(key string, n int) string { return w.Say(key, hint.Args{"N": w.Number(n)}) }

// Trouble is the sentence of an error; a refusal tells all its reasons.
func (w Words) Trouble(err error) string {
	var refused *station.Refused
	if errors.As(err, &refused) && len(refused.Reasons) > 1 {
		return strings.Join(w.Reasons(refused.Reasons), " ")
	}
	return w.Hint(err)
}

// FindShPI looks for a ШПИ in a scanned text: the bare digits of a bar code, or the line of a mark that holds it. Digits come through any
// keyboard layout as they are.
func FindShPI(s string) (postal.ShPI, bool) {
	for start := 0; start < len(s); {
		if s[start] < '0' || s[start] > '9' {
			start++
			continue
		}
		end := start
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		if id, err := postal.ParseShPI(s[start:end]); err == nil {
			return id, true
		}
		start = end
	}
	return "", false
}
