package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"
)

// A crash leaves the trace of the program in a file, whichever part of it fell and however. The next start masks it, keeps it as a report that a
// person may send, and tells where it is.

const (
	crashDir   = "crash"
	crashTrace = "trace.txt" // as the run time wrote it
	crashKeep  = 5           // reports
)

// catchCrash lets the run time write what it says of a crash into the data folder. stop ends that where the program ends well.
func catchCrash(dir string) (stop func(), err error) {
	at := filepath.Join(dir, crashDir)
	if err := os.MkdirAll(at, 0o700); err != nil {
		return func() {}, err
	}
	f, err := os.OpenFile(filepath.Join(at, crashTrace), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return func() {}, err
	}
	defer f.Close() // the run time keeps a handle of its own
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		return func() {}, err
	}
	return func() {
		_ = debug.SetCrashOutput(nil, debug.CrashOptions{})
		_ = os.Remove(f.Name())
	}, nil
}

// endLimit is how long the program may take to end after its window has closed. Nothing durable waits that long.
const endLimit = 20 * time.Second

// mustEnd lets the program fall where it has not ended in time, with a trace of all it was doing: a program without a window that nobody can end
// would keep the next one from opening.
func mustEnd(limit time.Duration) {
	time.AfterFunc(limit, func() {
		debug.SetTraceback("all")
		panic("the window is closed, but the program does not end")
	})
}

// lastCrash turns what a crash has left in the data folder into a report and gives its file; "" where there was none.
func lastCrash(dir string) (string, error) {
	at := filepath.Join(dir, crashDir)
	trace := filepath.Join(at, crashTrace)
	raw, err := os.ReadFile(trace)
	if err != nil || len(bytes.TrimSpace(raw)) == 0 {
		return "", nil // nothing was caught
	}
	info, err := os.Stat(trace)
	if err != nil {
		return "", err
	}
	file, err := writeCrash(dir, info.ModTime(), raw)
	if err != nil {
		return "", err
	}
	return file, os.Remove(trace)
}

// writeCrash writes the report of a crash at a time.
func writeCrash(dir string, when time.Time, trace []byte) (string, error) {
	at := filepath.Join(dir, crashDir)
	if err := os.MkdirAll(at, 0o700); err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "znak crash report\nwhen: %s\n", when.UTC().Format(time.RFC3339))
	program := versions()
	names := make([]string, 0, len(program))
	for name := range program {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s: %s\n", name, program[name])
	}
	b.WriteString("\n" + maskTrace(string(trace)))
	file := filepath.Join(at, "znak-crash-"+when.UTC().Format("20060102-150405")+".txt")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return "", err
	}
	old, _ := filepath.Glob(filepath.Join(at, "znak-crash-*.txt"))
	slices.Sort(old)
	for len(old) > crashKeep {
		_ = os.Remove(old[0])
		old = old[1:]
	}
	return file, nil
}

var (
	quoted    = regexp.MustCompile(`"[^"\n]*"|«[^»\n]*»`)
	digits    = regexp.MustCompile(`\b\d{5,}\b`)
	userPaths = regexp.MustCompile(`(?:/home/|/Users/|[A-Za-z]:\\Users\\)[^/\\\s:]+`)
	frame     = regexp.MustCompile(`^(\t.*\.go:\d+|[\w./*()\[\]{}·\-]+\(.*\)|goroutine \d+ .*|created by .*|\s*)$`)
)

// maskTrace hides what a person has written: quoted words, everything that is not Latin, long numbers, the names of users in paths. Of a line that is not a
// line of the trace only its first words are kept, which are the program's own.
func maskTrace(trace string) string {
	lines := strings.Split(trace, "\n")
	for i, l := range lines {
		l = userPaths.ReplaceAllString(l, "~")
		if !frame.MatchString(l) {
			l = digits.ReplaceAllString(quoted.ReplaceAllString(l, `"…"`), "…")
		}
		hidden := false
		lines[i] = strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII && r != '…' && r != '·' {
				if hidden {
					return -1
				}
				hidden = true
				return '…'
			}
			hidden = false
			return r
		}, l)
	}
	return strings.Join(lines, "\n")
}
