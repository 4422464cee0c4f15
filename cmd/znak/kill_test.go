package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/app/postal"
)

// killed is a station driven as a real process that is killed again and again.
type killed struct {
	t   *testing.T
	box *sandbox.Server
	url string
	env []string
	dir string
}

func newKilled(t *testing.T, pieces int) *killed {
	t.Helper()
	k := &killed{t: t, box: sandbox.New(sandbox.Options{Seed: 11, Pieces: pieces}), dir: t.TempDir()}
	web := httptest.NewServer(k.box.Handler())
	t.Cleanup(web.Close)
	k.url = web.URL
	k.env = append(os.Environ(), "ZNAK_KEYRING=file", "XDG_CONFIG_HOME="+filepath.Join(k.dir, "config"), "ZNAK_DATA="+filepath.Join(k.dir, "data"), "LANG=ru_RU.UTF-8")
	set := k.command("account", "set", "--post", k.url, "--user", k.box.Login())
	set.Stdin = strings.NewReader(k.box.Token() + "\n" + k.box.Password() + "\n")
	k.run(set)
	k.run(k.command("pull"))
	return k
}

func (k *killed) command(args ...string) *exec.Cmd {
	cmd := exec.Command("znak", append([]string{"--json"}, args...)...)
	cmd.Env = k.env
	return cmd
}

func (k *killed) run(cmd *exec.Cmd) []byte {
	k.t.Helper()
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		k.t.Fatalf("%v: %v\n%s%s", cmd.Args, err, out, errOut.Bytes())
	}
	return out
}

// kill starts the command and kills it after a while, if it has not ended by itself.
func (k *killed) kill(after time.Duration, args ...string) (ended bool) {
	k.t.Helper()
	cmd := k.command(args...)
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	return timer.Stop() && err == nil
}

// TestKillDuringPrint kills the program at random instants of printing and counts afterwards what is on paper: every piece once.
func TestKillDuringPrint(t *testing.T) {
	const pieces, kills = 150, 12
	k := newKilled(t, pieces)
	batch := k.box.Account().Batches[0].Name
	for range kills {
		if k.kill(time.Duration(rand.Int64N(int64(2500*time.Millisecond))), "print", batch, "--limit", "40") {
			continue
		}
	}
	k.run(k.command("print", batch))
	var rows []struct {
		ShPI   postal.ShPI       `json:"shpi"`
		State  postal.PieceState `json:"state"`
		Copies int               `json:"copies"`
	}
	if err := json.Unmarshal(k.run(k.command("pieces", batch)), &rows); err != nil {
		t.Fatal(err)
	}
	paper := ""
	files, err := filepath.Glob(filepath.Join(k.dir, "data", "printed", "*.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := exec.Command("pdftotext", "-layout", f, "-").Output()
		if err != nil {
			t.Fatal(f, err)
		}
		paper += string(text)
	}
	paper = strings.Join(strings.Fields(paper), "")
	for _, row := range rows {
		if row.State != postal.StatePrinted || row.Copies != 1 {
			t.Errorf("piece %s is %s with %d copies", row.ShPI, row.State, row.Copies)
		}
		if n := strings.Count(paper, string(row.ShPI)); n != 1 {
			t.Errorf("piece %s is %d times on paper", row.ShPI, n)
		}
	}
	k.run(k.command("audit"))
}
