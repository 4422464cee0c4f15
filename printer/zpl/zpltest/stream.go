package zpltest

import (
	"bufio"
	"fmt"
	"strings"
)

// maxLabel is the memory of the printer for one label; a longer one is dropped.
const maxLabel = 64 << 20

// immediate are the commands that a printer obeys as soon as they come in, wherever they stand, with the number of letters that belong to each.
var immediate = map[string]int{"~HS": 0, "~HI": 0, "~HQ": 2, "~JA": 0, "~JX": 0, "~PP": 0, "~PS": 0, "~SD": 2}

// stream takes the bytes of a connection apart, as they come.
type stream struct {
	in *bufio.Reader
	// command is told each immediate command with its letters.
	command func(name string)
	// label is told each label, from ^XA to ^XZ.
	label func([]byte)
	// partial is told when a label begins (true) and when it has ended or was dropped (false).
	partial func(bool)

	format []byte // the label coming in; nil: none
}

// run reads until the connection ends, which its error says.
func (s *stream) run() error {
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return err
		}
		if c != '^' && c != '~' {
			s.keep(c)
			continue
		}
		word, err := s.word(c, 2)
		if err != nil {
			return err
		}
		name := strings.ToUpper(word)
		if n, ok := immediate[name]; ok {
			letters, err := s.word(0, n)
			if err != nil {
				return err
			}
			if name == "~JX" {
				s.drop()
			}
			if s.command != nil {
				s.command(name + strings.ToUpper(letters))
			}
			continue
		}
		switch name {
		case "^XA":
			s.format = append(s.format[:0], "^XA"...)
			s.tellPartial(true)
		case "^XZ":
			if len(s.format) > 0 {
				label := append(s.format, "^XZ"...)
				s.format = nil
				s.tellPartial(false)
				s.label(label)
			}
		default:
			for i := range len(word) {
				s.keep(word[i])
			}
		}
	}
}

// word reads n more letters behind a prefix, which may be 0.
func (s *stream) word(prefix byte, n int) (string, error) {
	var out []byte
	if prefix != 0 {
		out = append(out, prefix)
	}
	for range n {
		next, err := s.in.Peek(1)
		if err != nil {
			return "", fmt.Errorf("in a command: %w", err)
		}
		if next[0] == '^' || next[0] == '~' {
			break
		}
		s.in.Discard(1)
		out = append(out, next[0])
	}
	return string(out), nil
}

func (s *stream) keep(c byte) {
	if len(s.format) == 0 {
		return
	}
	if len(s.format) > maxLabel {
		s.drop()
		return
	}
	s.format = append(s.format, c)
}

func (s *stream) drop() {
	if len(s.format) > 0 {
		s.format = nil
		s.tellPartial(false)
	}
}

func (s *stream) tellPartial(on bool) {
	if s.partial != nil {
		s.partial(on)
	}
}
