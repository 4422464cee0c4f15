package view

import (
	"slices"
	"strings"

	"znak/app/station"
)

// JournalLine is one line of the station's journal.
type JournalLine struct{ When, Who, What string }

// has reports whether all words that a person typed stand in the line, in whatever case.
func (l JournalLine) has(typed []string) bool {
	text := strings.ToLower(l.When + " " + l.Who + " " + l.What)
	return !slices.ContainsFunc(typed, func(word string) bool { return !strings.Contains(text, word) })
}

// JournalOf shows the entries with what was typed in them, the newest first.
func (w Words) JournalOf(list []station.JournalEntry, typed string) []JournalLine {
	words := strings.Fields(strings.ToLower(typed))
	var lines []JournalLine
	for _, e := range slices.Backward(list) {
		if l := (JournalLine{w.Full(e.At), e.Who, e.Sentence(w)}); l.has(words) {
			lines = append(lines, l)
		}
	}
	return lines
}
