package scan

import "strings"

// Assembler makes readings of lines. A scanner that types, or a pipe, breaks the mark's code at its line ends; the assembler glues the
// lines again: from one that begins with a label to the one with the last label. Other lines pass straight through.
// It knows no time: when to give up waiting is the caller's business (Flush). It is not safe for concurrent use.
type Assembler struct {
	reader *Reader
	held   strings.Builder
	last   int // the highest label held, -1: nothing is held
}

// NewAssembler makes an assembler whose readings r gives.
func NewAssembler(r *Reader) *Assembler { return &Assembler{reader: r, last: -1} }

// Line takes one line without its line end and gives the readings it completes: none while a code is being glued, two
// where the line does not continue the code held, which then is a reading with ErrCut. Blank lines say nothing.
func (a *Assembler) Line(line string) []Reading { return a.take(line + "\n") }

// Text takes what arrived as one scan, line ends within, and gives all its readings; nothing stays held.
func (a *Assembler) Text(text string) []Reading {
	var list []Reading
	for text != "" {
		n := strings.IndexAny(text, "\r\n") + 1
		switch {
		case n == 0:
			n = len(text)
		case strings.HasPrefix(text[n-1:], "\r\n"):
			n++
		}
		list = append(list, a.take(text[:n])...)
		text = text[n:]
	}
	return append(list, a.Flush()...)
}

// Flush ends the stream: what is held is read as it is.
func (a *Assembler) Flush() []Reading {
	if a.last < 0 {
		return nil
	}
	text := trimLineEnd(a.held.String())
	a.held.Reset()
	a.last = -1
	return []Reading{a.reader.Read(text)}
}

// Holding reports whether a code is being glued.
func (a *Assembler) Holding() bool { return a.last >= 0 }

// take takes a line together with its line end.
func (a *Assembler) take(line string) []Reading {
	if strings.TrimFunc(line, isBlank) == "" {
		if a.Holding() {
			a.held.WriteString(line)
		}
		return nil
	}
	first, last := a.reader.labelsOfLine(line)
	var list []Reading
	if a.Holding() && first <= a.last {
		list = a.Flush()
	}
	if first < 0 {
		return append(list, a.reader.Read(trimLineEnd(line)))
	}
	a.held.WriteString(line)
	a.last = last
	if last == len(a.reader.labels)-1 {
		list = append(list, a.Flush()...)
	}
	return list
}

// trimLineEnd takes off the line ends behind a text: they are the line's, not the code's.
func trimLineEnd(s string) string { return strings.TrimRight(s, "\r\n") }

// labelsOfLine says with which of the mark's labels a line begins, in whatever layout it was typed, and which is the last it
// holds; -1, -1 where it begins with none.
func (r *Reader) labelsOfLine(line string) (first, last int) {
	for _, way := range attempts(line) {
		bare, _ := unframe(way.text)
		for i, label := range r.labels {
			n, ok := labelLen(bare, label)
			if !ok {
				continue
			}
			last = i
			for j := i + 1; j < len(r.labels); j++ {
				if at := strings.Index(bare[n:], strings.TrimRight(r.labels[j], " ")); at >= 0 {
					last = j
				}
			}
			return i, last
		}
	}
	return -1, -1
}
