package zpltest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is something wrong with the printer.
type Fault string

const (
	Jam       Fault = "jam"        // the label under the head is spoiled
	PaperOut  Fault = "paper-out"  // … as are the next three
	RibbonOut Fault = "ribbon-out" //
	DoorOpen  Fault = "door-open"  //
	Hot       Fault = "hot"        // the head must cool
	Pause     Fault = "pause"      // stops after the label under the head
	Deaf      Fault = "deaf"       // answers nothing; prints on
	Cut       Fault = "cut"        // the connection breaks in the middle of a label
	CutAfter  Fault = "cut-after"  // the connection breaks when a label has come in
	Stall     Fault = "stall"      // takes no more bytes and prints no more
)

// Faults are all there are.
var Faults = []Fault{Jam, PaperOut, RibbonOut, DoorOpen, Hot, Pause, Deaf, Cut, CutAfter, Stall}

// spoils reports whether a label under the head is lost by it.
func (f Fault) spoils() bool {
	return slices.Contains([]Fault{Jam, PaperOut, RibbonOut, DoorOpen, Hot}, f)
}

// Rule lets a fault happen at a label, counted from 1 through the whole life of the printer: for Cut and CutAfter as they come in, for
// others as they come under the head.
type Rule struct {
	Label int
	Fault Fault
	For   time.Duration // it goes away by itself; 0: when somebody clears it
}

// ErrRule is wrapped by every error of ParseRules.
var ErrRule = errors.New("bad rule")

// ParseRules reads a list of rules, "LABEL FAULT [DURATION]", one a line or parted by semicolons; empty lines and those that begin with # are skipped.
func ParseRules(r io.Reader) ([]Rule, error) {
	var rules []Rule
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		for part := range strings.SplitSeq(lines.Text(), ";") {
			words := strings.Fields(part)
			if len(words) == 0 || strings.HasPrefix(words[0], "#") {
				continue
			}
			rule, err := parseRule(words)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			rules = append(rules, rule)
		}
	}
	return rules, lines.Err()
}

func parseRule(words []string) (Rule, error) {
	if len(words) < 2 || len(words) > 3 {
		return Rule{}, fmt.Errorf("%w: %q: LABEL FAULT [DURATION] wanted", ErrRule, strings.Join(words, " "))
	}
	label, err := strconv.Atoi(words[0])
	if err != nil || label < 1 {
		return Rule{}, fmt.Errorf("%w: label %q", ErrRule, words[0])
	}
	rule := Rule{Label: label, Fault: Fault(words[1])}
	if !slices.Contains(Faults, rule.Fault) {
		return Rule{}, fmt.Errorf("%w: fault %q; there are %q", ErrRule, words[1], Faults)
	}
	if len(words) == 3 {
		if rule.For, err = time.ParseDuration(words[2]); err != nil || rule.For <= 0 {
			return Rule{}, fmt.Errorf("%w: duration %q", ErrRule, words[2])
		}
	}
	return rule, nil
}
