package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"znak/app/post/sandbox"
	"znak/app/postal"
)

// The scripts below testdata/script drive the program as an office's scheduler would, against a sandbox post on a real socket.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"znak": main, "hangs": hangs})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("ZNAK_KEYRING", "file")
			e.Setenv("ZNAK_DATA", e.WorkDir+"/data")
			e.Setenv("XDG_CONFIG_HOME", e.WorkDir+"/config")
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("LANG", "ru_RU.UTF-8")
			e.Setenv("DISPLAY", "")
			e.Values[scriptPost{}] = &scriptPost{}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"post": postCommand, "scans": scansCommand, "first": firstCommand},
	})
}

// scriptPost is a sandbox post of one script (scripts run side by side): "post start [SEED [PIECES]]" starts it and sets URL; the other words play with it.
type scriptPost struct {
	box     *sandbox.Server
	server  *http.Server
	address string
}

func (p *scriptPost) listen() error {
	address := p.address
	if address == "" {
		address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	p.address = l.Addr().String()
	p.server = &http.Server{Handler: p.box.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(l) }()
	return nil
}

func postCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: post start|stop|resume|fault|advance|change-marks|balance|refuse|checkins|calls …")
	}
	number := func(i, otherwise int) int {
		if i >= len(args) {
			return otherwise
		}
		n, err := strconv.Atoi(args[i])
		ts.Check(err)
		return n
	}
	p := ts.Value(scriptPost{}).(*scriptPost)
	if args[0] == "start" {
		p.box = sandbox.New(sandbox.Options{Seed: int64(number(1, 1)), Pieces: number(2, 0), Most: 200})
		ts.Check(p.listen())
		ts.Setenv("URL", "http://"+p.address)
		ts.Setenv("LOGIN", p.box.Login())
		ts.Setenv("TOKEN", p.box.Token())
		ts.Check(os.WriteFile(ts.MkAbs("secrets"), []byte(p.box.Token()+"\n"+p.box.Password()+"\n"), 0o600))
		ts.Setenv("PASSWORD", p.box.Password())
		ts.Defer(func() { _ = p.server.Close() })
		return
	}
	if p.box == nil {
		ts.Fatalf("post start comes first")
	}
	switch args[0] {
	case "stop":
		ts.Check(p.server.Close())
	case "resume":
		ts.Check(p.listen())
	case "fault":
		ts.Check(p.box.AddFault(strings.Join(args[1:], " ")))
	case "advance":
		by, err := time.ParseDuration(args[1])
		ts.Check(err)
		ts.Check(p.box.Advance(by))
	case "change-marks":
		ts.Check(p.box.ChangeMarks(args[1], args[2:]...))
	case "balance":
		ts.Check(p.box.SetBalance(int64(number(1, 0)), sandbox.BalanceMode(args[2])))
	case "refuse":
		ts.Check(p.box.Refuse(args[1], number(2, 11)))
	case "checkins": // post checkins BATCH N: so many hand-overs reached the post and changed something
		if got := p.box.Calls().Batches[args[1]].Checkins; got != number(2, 1) {
			ts.Fatalf("batch %s was checked in %d times, want %s", args[1], got, args[2])
		}
	case "calls": // post calls NAME N: at most so many calls of this name
		got := p.box.Calls().ByName[args[1]]
		if args[1] == "all" {
			got = p.box.Calls().Total
		}
		if got > number(2, 0) {
			ts.Fatalf("%d calls of %s, want at most %s", got, args[1], args[2])
		}
	default:
		ts.Fatalf("post %s: unknown", args[0])
	}
}

// scansCommand writes a file of what a keyboard scanner would type for a batch: for each of its pieces the nine lines of the mark, as the envelope bears them,
// and the ШПИ. "scans BATCH FILE [FROM TO]".
func scansCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: scans BATCH FILE [FROM TO]")
	}
	c := &command{data: ts.Getenv("ZNAK_DATA")}
	ts.Check(c.speak("ru"))
	ctx := context.Background()
	ts.Setenv("SCANS", "")
	restore := setenv("ZNAK_KEYRING", "file", "XDG_CONFIG_HOME", ts.Getenv("XDG_CONFIG_HOME"))
	defer restore()
	o, err := c.open(ctx)
	ts.Check(err)
	defer o.Close()
	texts, err := scansOf(ctx, o, args[0])
	ts.Check(err)
	from, to := 0, len(texts)
	if len(args) == 4 {
		from, err = strconv.Atoi(args[2])
		ts.Check(err)
		to, err = strconv.Atoi(args[3])
		ts.Check(err)
	}
	var b strings.Builder
	for _, t := range texts[from:to] {
		fmt.Fprintf(&b, "%s\n%s\n", t[0], t[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}

// firstCommand sets FIRST to the ШПИ of the first envelope in a file of scans.
func firstCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: first FILE")
	}
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if id, err := postal.ParseShPI(strings.TrimSpace(line)); err == nil {
			ts.Setenv("FIRST", string(id))
			return
		}
	}
	ts.Fatalf("no ШПИ in %s", args[0])
}

func setenv(pairs ...string) (restore func()) {
	old := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		old[pairs[i]] = os.Getenv(pairs[i])
		os.Setenv(pairs[i], pairs[i+1])
	}
	return func() {
		for k, v := range old {
			os.Setenv(k, v)
		}
	}
}
