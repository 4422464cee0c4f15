package zpl

import (
	"bufio"
	"io"
	"strings"
)

// Answer is one thing the printer has said: exactly one field is set.
type Answer struct {
	Host     *HostStatus
	Errors   *Errors
	Identity *Identity
}

// Answers takes the bytes that come from a printer apart: texts between STX and ETX, whatever else stands between them.
type Answers struct {
	in    *bufio.Reader
	lines []string // of ~HS, so far
}

// NewAnswers reads from r.
func NewAnswers(r io.Reader) *Answers { return &Answers{in: bufio.NewReader(r)} }

const (
	stx, etx = 2, 3
	// maxAnswer is far more than any answer; what is longer is noise.
	maxAnswer = 4096
)

// Next waits for the next answer that is understood. The error is the reader's.
func (a *Answers) Next() (Answer, error) {
	for {
		text, err := a.text()
		if err != nil {
			return Answer{}, err
		}
		if answer, ok := a.understand(text); ok {
			return answer, nil
		}
	}
}

// text is what stands between the next STX and its ETX.
func (a *Answers) text() (string, error) {
	var text []byte
	inside := false
	for {
		c, err := a.in.ReadByte()
		if err != nil {
			return "", err
		}
		switch {
		case c == stx:
			text, inside = text[:0], true
		case c == etx && inside:
			return string(text), nil
		case inside && len(text) < maxAnswer:
			text = append(text, c)
		default:
			inside = false
		}
	}
}

// understand tells the answers apart: ~HS comes in three lines of 12, 11 and 2 numbers.
func (a *Answers) understand(text string) (Answer, bool) {
	if strings.Contains(text, "ERRORS:") {
		a.lines = nil
		bits, err := ParseErrors(text)
		return Answer{Errors: &bits}, err == nil
	}
	fields := strings.Count(text, ",") + 1
	switch {
	case len(a.lines) == 0 && fields >= 12, len(a.lines) == 1 && fields >= 11:
		a.lines = append(a.lines, text)
		return Answer{}, false
	case len(a.lines) == 2 && fields >= 2:
		lines := [3]string{a.lines[0], a.lines[1], text}
		a.lines = nil
		host, err := ParseHostStatus(lines)
		return Answer{Host: &host}, err == nil
	}
	a.lines = nil
	id, err := ParseIdentity(text)
	return Answer{Identity: &id}, err == nil
}
