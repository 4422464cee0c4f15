package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary play the command itself, so that signals and exit codes are real.
func TestMain(m *testing.M) {
	if os.Getenv("ZNAK_SANDBOX_TEST_RUN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), "ZNAK_SANDBOX_TEST_RUN=1", "LC_ALL=ru_RU.UTF-8")
	return c
}

// start runs the command and reads its first four lines.
func start(t *testing.T, args ...string) (c *exec.Cmd, lines [4]string, rest *bufio.Reader) {
	t.Helper()
	c = command(t, args...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() }) // already gone when all is well
	rest = bufio.NewReader(out)
	for i := range lines {
		if lines[i], err = rest.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	return c, lines, rest
}

func TestFirstFourLinesThenServesUntilStopped(t *testing.T) {
	for _, stop := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		c, lines, rest := start(t, "--seed", "5", "--pieces", "3")
		for i, want := range []string{`^url: http://127\.0\.0\.1:\d+\n$`, `^token: \w{32}\n$`, `^login: \S+@\S+\n$`, `^password: \w+\n$`} {
			if !regexp.MustCompile(want).MatchString(lines[i]) {
				t.Errorf("line %d: %q", i+1, lines[i])
			}
		}
		url := strings.TrimSpace(strings.TrimPrefix(lines[0], "url: "))
		resp, err := http.Get(url + "/_sandbox/account")
		if err != nil {
			t.Fatal(err)
		}
		var account struct{ Batches []struct{ Pieces int } }
		if err := json.NewDecoder(resp.Body).Decode(&account); err != nil || len(account.Batches) != 1 || account.Batches[0].Pieces != 3 {
			t.Errorf("%v %+v", err, account)
		}
		_ = resp.Body.Close() // read already
		if err := c.Process.Signal(stop); err != nil {
			t.Fatal(err)
		}
		more, _ := io.ReadAll(rest)
		if err := c.Wait(); err != nil {
			t.Errorf("%v: %v", stop, err)
		}
		if len(more) != 0 {
			t.Errorf("more than four lines: %q", more)
		}
	}
}

func TestTokenIsOfTheSeed(t *testing.T) {
	_, one, _ := start(t, "--seed", "5", "--pieces", "3")
	_, two, _ := start(t, "--seed", "5")
	_, other, _ := start(t, "--seed", "6", "--pieces", "3")
	if one[1] != two[1] || one[2] != two[2] || one[3] != two[3] || one[1] == other[1] {
		t.Error(one, two, other)
	}
}

func TestWrongUse(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "faults")
	if err := os.WriteFile(bad, []byte("# fine\ncheckin 1 explode\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		args string
		code int
		says string
	}{
		{"--colour", 2, "--colour"},
		{"--seed x", 2, "--seed"},
		{"stray", 2, "stray"},
		{"--pieces -1", 2, "--pieces"},
		{"--pieces 99000000", 2, "--pieces"},
		{"--limit 0", 2, "--limit"},
		{"--balance lots", 2, "lots"},
		{"--balance -5", 2, "-5"},
		{"--listen nowhere", 2, "nowhere"},
		{"--fault /nonexistent", 2, "/nonexistent"},
		{"--fault " + filepath.Dir(bad), 2, filepath.Dir(bad)},
		{"--fault " + bad, 2, "строка 2: «explode»"},
		{"--zpl nowhere", 2, "nowhere"},
		{"--zpl :0 --zpl-dpi 72", 2, "72"},
		{"--zpl :0 --zpl-buffer 0", 2, "--zpl-buffer"},
		{"--zpl :0 --zpl-pace -1s", 2, "--zpl-pace"},
		{"--zpl :0 --zpl-fault /nonexistent", 2, "/nonexistent"},
		{"--zpl :0 --zpl-fault 5;jam", 2, "5;jam"},
		{"--zpl :0 --zpl-dir /dev/null/labels", 5, "/dev/null/labels"},
		{"--listen 203.0.113.1:1", 5, "203.0.113.1:1"}, // an address this computer does not have
	} {
		var out, complaint bytes.Buffer
		code := run(t.Context(), append(strings.Fields(one.args), "--lang", "ru"), &out, &complaint)
		if code != one.code || out.Len() != 0 || !strings.Contains(complaint.String(), one.says) || strings.Contains(complaint.String(), "<no value>") ||
			!regexp.MustCompile(`[а-яё]{4}`).MatchString(complaint.String()) {
			t.Errorf("%s: code %d, %q, says %q", one.args, code, out.String(), complaint.String())
		}
	}
}

func TestHelpInTwoLanguages(t *testing.T) {
	for lang, says := range map[string]string{"ru": "почтовое отделение на этом компьютере", "en": "a post office on this computer"} {
		var out, complaint bytes.Buffer
		if code := run(t.Context(), []string{"--help", "--lang", lang}, &out, &complaint); code != 0 || !strings.Contains(out.String(), says) || complaint.Len() != 0 {
			t.Errorf("%d %s %s", code, out.String(), complaint.String())
		}
	}
}

func TestFlagsReachTheSandbox(t *testing.T) {
	faults := filepath.Join(t.TempDir(), "faults")
	if err := os.WriteFile(faults, []byte("limit 2 509\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	options, err := flags{seed: 9, pieces: 4, balance: "0", limit: 17, fault: faults}.options()
	if err != nil || options.Seed != 9 || options.Pieces != 4 || *options.Balance != 0 || options.Limit != 17 || options.Faults == nil {
		t.Errorf("%v %+v", err, options)
	}
	for _, mode := range []string{"none", "off"} {
		if options, err := (flags{balance: mode, limit: 1}).options(); err != nil || string(options.BalanceMode) != mode || options.Balance != nil {
			t.Errorf("%v %+v", err, options)
		}
	}
	if a, err := loopbackUnlessTold(":8080"); err != nil || a != "127.0.0.1:8080" {
		t.Error(a, err)
	}
	if a, err := loopbackUnlessTold("0.0.0.0:1"); err != nil || a != "0.0.0.0:1" {
		t.Error(a, err)
	}
}

// An answer that a fault holds back does not hold the end back.
func TestStopsInSpiteOfAHeldAnswer(t *testing.T) {
	faults := filepath.Join(t.TempDir(), "faults")
	if err := os.WriteFile(faults, []byte("any always timeout-after 10m\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, lines, _ := start(t, "--fault", faults)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", strings.TrimSpace(strings.TrimPrefix(lines[0], "url: "))+"/1.0/settings", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(strings.TrimSpace(strings.TrimPrefix(lines[2], "login: ")), strings.TrimSpace(strings.TrimPrefix(lines[3], "password: ")))
	req.Header.Set("X-User-Authorization", req.Header.Get("Authorization"))
	req.Header.Set("Authorization", "AccessToken "+strings.TrimSpace(strings.TrimPrefix(lines[1], "token: ")))
	broken := make(chan error, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		broken <- err
	}()
	time.Sleep(200 * time.Millisecond)
	began := time.Now()
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	if err := <-broken; err == nil {
		t.Error("the held answer came")
	}
}
