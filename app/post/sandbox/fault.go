package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The fault file: one rule a line,
//
//	CALL WHICH ACTION [ARGUMENTS…]
//
// CALL is a short name (checkin, shipments, any …) or a path glob with or without a method (POST:/1.0/batch/*/checkin).
// WHICH counts the calls the rule matches from 1: 3, 2..5, 2.. or always. The first rule in the file whose turn it is
// decides; the others only count. Blank lines and lines that begin with # are skipped. The whole language is told by
// `znak-sandbox --help`.

// Actions. All of them do the change first and spoil the answer then, except those that say otherwise.
const (
	actRefuse        = "refuse"          // STATUS [CODE [TEXT…]]: nothing is done
	actError500      = "error500-before" // nothing is done
	act509           = "509"             // nothing is done
	actHangBefore    = "timeout-before"  // [DURATION]: nothing is done, no answer
	actHangAfter     = "timeout-after"   // [DURATION]: done, no answer
	actCut           = "cut"             // the body breaks off in the middle
	actEmpty         = "empty"           // no body
	actSlow          = "slow"            // DURATION: done, the answer comes late
	actUnknownFields = "unknown-fields"  // every object has fields nobody knows
	actEmptyArray    = "empty-array"     // [] whatever was asked
	actHTML          = "html"            // a page in place of JSON, HTTP 200
	actForeign       = "foreign"         // somebody else's JSON, HTTP 200
	actChangeMarks   = "change-marks"    // [BATCH]: the marks are issued anew before the call is done
)

var actionNames = []string{actRefuse, actError500, act509, actHangBefore, actHangAfter, actCut, actEmpty, actSlow,
	actUnknownFields, actEmptyArray, actHTML, actForeign, actChangeMarks}

// shortNames are the calls a rule can name, besides "any". They are those of the routes, and "advance" for the control
// call that moves the clock (only change-marks means something there).
var shortNames = []string{"orders", "backlog", "delete", "return", "create-batch", "sending", "add", "batch", "batches",
	"shipments", "shipment", "search", "checkin", "forms", "archive", "returns", "settings", "points", "limit", "balance",
	"tariff", "clean", "postoffice", "advance"}

// FaultScript is a list of rules. It counts while it is used; a server works on its own copy.
type FaultScript struct{ rules []*rule }

type rule struct {
	call     string // short name or "any"; empty: glob
	method   string // of a glob; empty: any
	glob     string
	from, to int // to 0: for ever
	act      action
	seen     int
}

// action is what happens to a call.
type action struct {
	name       string
	status     int
	code, text string
	wait       time.Duration
	batch      string
}

// FaultError tells which line of a fault file cannot be understood. Line 0 is a rule given alone.
type FaultError struct {
	Line int
	What string // suffix of the text's key: words, call, glob, which, action, status, duration, extra, length
	Word string // the word that is wrong
}

func (e *FaultError) Error() string {
	return fmt.Sprintf("fault file line %d: bad %s: %q", e.Line, e.What, e.Word)
}

// HintKey implements the hint for the person.
func (e *FaultError) HintKey() (string, map[string]any) {
	return "sandbox.fault." + e.What, map[string]any{
		"Line": e.Line, "Word": e.Word, "Calls": strings.Join(shortNames, ", "), "Actions": strings.Join(actionNames, ", ")}
}

func bad(what, word string) error { return &FaultError{What: what, Word: word} }

// maxFaultLine is the longest line of a fault file, bytes.
const maxFaultLine = 16 << 10

// ParseFaults reads a fault file. The error of a bad line is a [*FaultError].
func ParseFaults(r io.Reader) (*FaultScript, error) {
	script := &FaultScript{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxFaultLine)
	number := 0
	for lines.Scan() {
		number++
		line := lines.Text()
		if number == 1 {
			line = strings.TrimPrefix(line, "\uFEFF")
		}
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		one, err := parseRule(line)
		if err != nil {
			var wrong *FaultError
			if errors.As(err, &wrong) {
				wrong.Line = number
			}
			return nil, err
		}
		script.rules = append(script.rules, one)
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return nil, &FaultError{Line: number + 1, What: "length"}
		}
		return nil, fmt.Errorf("read fault file: %w", err)
	}
	return script, nil
}

func parseRule(line string) (*rule, error) {
	words := strings.Fields(line)
	if len(words) < 3 {
		return nil, bad("words", line)
	}
	one := &rule{}
	if err := one.parseCall(words[0]); err != nil {
		return nil, err
	}
	if err := one.parseWhich(words[1]); err != nil {
		return nil, err
	}
	act, err := parseAction(words[2:])
	one.act = act
	return one, err
}

func (o *rule) parseCall(word string) error {
	if !strings.Contains(word, "/") {
		if word != "any" && !slices.Contains(shortNames, word) {
			return bad("call", word)
		}
		o.call = word
		return nil
	}
	o.glob = word
	if method, glob, found := strings.Cut(word, ":"); found {
		o.method, o.glob = method, glob
		if !slices.Contains([]string{"GET", "PUT", "POST", "DELETE", "*"}, method) {
			return bad("call", word)
		}
	}
	if _, err := path.Match(o.glob, "/"); err != nil || !strings.HasPrefix(o.glob, "/") {
		return bad("glob", word)
	}
	return nil
}

func (o *rule) parseWhich(word string) error {
	if word == "always" {
		o.from = 1
		return nil
	}
	first, last, isRange := strings.Cut(word, "..")
	from, err := strconv.Atoi(first)
	if err != nil || from < 1 {
		return bad("which", word)
	}
	o.from, o.to = from, from
	if isRange {
		o.to = 0
		if last != "" {
			if o.to, err = strconv.Atoi(last); err != nil || o.to < from {
				return bad("which", word)
			}
		}
	}
	return nil
}

// parseAction reads an action with its arguments: the third word of a rule and what follows.
func parseAction(words []string) (action, error) {
	if len(words) == 0 || !slices.Contains(actionNames, words[0]) {
		return action{}, bad("action", strings.Join(words, " "))
	}
	act := action{name: words[0]}
	args := words[1:]
	most := 0
	switch act.name {
	case actRefuse:
		if len(args) == 0 {
			return act, bad("status", "")
		}
		status, err := strconv.Atoi(args[0])
		if err != nil || status < 200 || status > 599 {
			return act, bad("status", args[0])
		}
		act.status = status
		if len(args) > 1 {
			act.code, act.text = args[1], strings.Join(args[2:], " ")
		}
		return act, nil
	case actSlow, actHangBefore, actHangAfter:
		most, act.wait = 1, DefaultHang
		if len(args) > 0 {
			wait, err := time.ParseDuration(args[0])
			if err != nil || wait < 0 {
				return act, bad("duration", args[0])
			}
			act.wait = wait
		} else if act.name == actSlow {
			return act, bad("duration", "")
		}
	case actChangeMarks:
		most = 1
		if len(args) > 0 {
			act.batch = args[0]
		}
	}
	if len(args) > most {
		return act, bad("extra", args[most])
	}
	return act, nil
}

func (f *FaultScript) clone() *FaultScript {
	out := &FaultScript{}
	for _, one := range f.rules {
		copied := *one
		copied.seen = 0
		out.rules = append(out.rules, &copied)
	}
	return out
}

// next counts a call in every rule it matches and gives the action of the first whose turn it is.
func (f *FaultScript) next(name, method, urlPath string) *action {
	var chosen *action
	for _, one := range f.rules {
		if !one.matches(name, method, urlPath) {
			continue
		}
		one.seen++
		if chosen == nil && one.seen >= one.from && (one.to == 0 || one.seen <= one.to) {
			chosen = &one.act
		}
	}
	return chosen
}

func (o *rule) matches(name, method, urlPath string) bool {
	if o.glob == "" {
		return o.call == name || o.call == "any" && name != "advance"
	}
	if o.method != "" && o.method != "*" && o.method != method {
		return false
	}
	matched, err := path.Match(o.glob, urlPath)
	return err == nil && matched
}
