package main

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/cmd/znak/hands"
)

// A scanner at a serial port is verified with as the window does it: what it puts around a code is taken off, codes of nine lines are whole, one without Enter is
// not lost, and silence ends the command.
func TestVerifyWithAScanner(t *testing.T) {
	t.Setenv("ZNAK_KEYRING", "file")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	box := sandbox.New(sandbox.Options{Seed: 11, Pieces: 6})
	server := httptest.NewServer(box.Handler())
	defer server.Close()
	s := &staff{t: t, dir: t.TempDir()}
	s.want(exitDone, box.Token()+"\n"+box.Password()+"\n", "account", "set", "--post", server.URL, "--user", box.Login())
	s.want(exitDone, "", "pull")
	const batch = "501"
	s.want(exitDone, "", "print", batch)

	c := &command{data: s.dir}
	if err := c.speak("en"); err != nil {
		t.Fatal(err)
	}
	o, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	texts, err := scansOf(t.Context(), o, batch)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}

	cable, err := hands.NewCable()
	if err != nil {
		t.Skip(err)
	}
	defer cable.Close()
	s.want(exitRefused, "", "verify", batch, "--scanner", "Bench")
	s.want(exitUsage, "", "verify", batch, "--scanner", "Bench", "--images", "x.png")
	s.want(exitDone, "", "scanner", "add", "Bench", cable.Port)
	send := func(text string) {
		if _, err := cable.Send(text); err != nil {
			t.Error(err)
		}
	}
	go func() { // as soon as it listens; a pty keeps what comes before
		for i, pair := range texts {
			end := "\r\n"
			if i == len(texts)-1 {
				end = "" // the last one is set to send no Enter
			}
			send(strings.ReplaceAll(pair[0], "\n", "\r\n") + "\r\n")
			time.Sleep(30 * time.Millisecond)
			send(pair[1] + end)
			time.Sleep(30 * time.Millisecond)
		}
	}()
	s.want(exitDone, "", "--json", "verify", batch, "--scanner", "Bench", "--timeout", "4s")
	ok := 0
	for line := range strings.Lines(s.out.String()) {
		var v struct{ Verdict, ShPI string }
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		switch v.Verdict {
		case "ok":
			ok++
		case "incomplete":
		default:
			t.Errorf("%s", line)
		}
	}
	if ok != len(texts) {
		t.Errorf("%d of %d envelopes verified\n%s%s", ok, len(texts), s.out.String(), s.err.String())
	}
	if !strings.Contains(s.err.String(), "Listening to scanner") {
		t.Errorf("it does not say that it listens: %s", s.err.String())
	}

	// An interrupt ends it as the end of the input does; what was said stays said.
	ctx, interrupt := context.WithTimeout(t.Context(), time.Second)
	defer interrupt()
	go send("nonsense\r\n")
	if code := run(ctx, []string{"--data", s.dir, "--lang", "en", "--json", "verify", batch, "--scanner", "Bench"}, strings.NewReader(""), &s.out, &s.err); code != exitPerson {
		t.Errorf("nonsense and an interrupt: exit %d\n%s%s", code, s.out.String(), s.err.String())
	}
}
