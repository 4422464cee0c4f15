package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"znak/app/boundary"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/store"
)

// victim is a station whose program is a real process, run once a command and killed at any instant. What is true of it is looked up
// outside of the program: in the files that were printed, in the post's own counts, and in the ledger opened beside it.
type victim struct {
	t     *testing.T
	rng   *rand.Rand
	box   *sandbox.Server
	url   string // of the post
	dir   string
	env   []string
	paper *paper

	wanted map[postal.ShPI]int // reprints that the test asked for
	took   map[string]time.Duration
	fig    figures
	met    map[boundary.Name]int // kills at each boundary

	mu    sync.Mutex // of what follows and of took and fig, where commands run side by side
	story []string   // what was done last, told when something fails
}

// figures are what a run prints at its end.
type figures struct {
	Kills, AtBoundaries, AtRandom, Interrupts int
	Resumes, Commands                         int
	Faults                                    int
}

func newVictim(t *testing.T, seed uint64, options sandbox.Options) *victim {
	t.Helper()
	options.Seed, options.Limit = int64(seed%1000), 10_000_000
	v := &victim{t: t, rng: rand.New(rand.NewPCG(seed, 1)), box: sandbox.New(options), dir: t.TempDir(), wanted: map[postal.ShPI]int{},
		took: map[string]time.Duration{}, met: map[boundary.Name]int{}}
	web := httptest.NewServer(v.box.Handler())
	t.Cleanup(web.Close)
	v.url = web.URL
	v.paper = newPaper(t, filepath.Join(v.dir, "data", "printed"))
	v.env = append(os.Environ(), "ZNAK_KEYRING=file", "XDG_CONFIG_HOME="+filepath.Join(v.dir, "config"), "ZNAK_DATA="+filepath.Join(v.dir, "data"),
		"LANG=ru_RU.UTF-8", "ZNAK_OPERATOR=torture")
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("the last commands:\n" + strings.Join(v.story, "\n"))
		}
	})
	v.must(v.run(order{args: []string{"account", "set", "--post", web.URL, "--user", v.box.Login()},
		input: v.box.Token() + "\n" + v.box.Password() + "\n"}))
	return v
}

// order is one command and how it shall end before its time: at the turn-th meeting of a boundary, after a while, or not at all.
type order struct {
	args      []string
	input     string
	at        boundary.Name
	turn      int
	after     time.Duration // 0: never
	interrupt bool          // by Ctrl+C and not by a kill
	meanwhile func()        // done while the command runs
}

// outcome is how a command ended.
type outcome struct {
	order
	killed bool
	code   int
	out    []byte
	errOut []byte
}

func (o outcome) String() string {
	how := "exit code " + strconv.Itoa(o.code)
	if o.killed {
		how = "killed"
	}
	plan := ""
	switch {
	case o.at != "":
		plan = " (to be killed at " + string(o.at) + ":" + strconv.Itoa(o.turn) + ")"
	case o.after > 0:
		plan = " (to be stopped after " + o.after.String() + ")"
	}
	return strings.Join(o.args, " ") + plan + ": " + how + "\n" + string(o.out) + string(o.errOut)
}

// run runs one command to its end, whatever that is.
func (v *victim) run(o order) outcome {
	v.t.Helper()
	cmd := exec.Command("znak", append([]string{"--json", "--verbose"}, o.args...)...)
	cmd.Env = v.env
	if o.at != "" {
		cmd.Env = append(slices.Clip(v.env), "ZNAK_TORTURE_AT="+string(o.at)+":"+strconv.Itoa(o.turn))
	}
	cmd.Stdin = strings.NewReader(o.input)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	began := time.Now()
	if err := cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	if o.after > 0 {
		timer := time.AfterFunc(o.after, func() {
			if o.interrupt {
				_ = cmd.Process.Signal(os.Interrupt)
			} else {
				_ = cmd.Process.Kill()
			}
		})
		defer timer.Stop()
	}
	if o.meanwhile != nil {
		o.meanwhile()
	}
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		v.t.Fatal(err)
	}
	done := outcome{order: o, code: cmd.ProcessState.ExitCode(), out: out.Bytes(), errOut: errOut.Bytes()}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		done.killed = status.Signal() == syscall.SIGKILL
		if !done.killed && !o.interrupt { // a Ctrl+C before the program listens for it ends it at once
			v.t.Fatalf("ended by %v: %v", status.Signal(), done)
		}
	}
	if strings.Contains(errOut.String(), "panic:") || strings.Contains(errOut.String(), "fatal error:") {
		v.t.Fatalf("the program broke: %v", done)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.fig.Commands++
	text := strings.TrimSpace(done.String())
	v.story = append(v.story, text[:min(len(text), 1500)])
	v.story = v.story[max(0, len(v.story)-12):]
	if o.after == 0 && o.at == "" {
		v.took[o.args[0]] = max(v.took[o.args[0]], min(time.Since(began), time.Second))
	}
	return done
}

// must is run's companion for commands that have to succeed.
func (v *victim) must(o outcome) outcome {
	v.t.Helper()
	if o.killed || o.code != exitDone {
		v.t.Fatal(o)
	}
	return o
}

// attempt runs a command and, mostly, lets it be killed: at the least met of the boundaries it passes, or at a random instant. After a
// kill the station is resumed and looked at. Commands that end by themselves may do so with any of the codes.
func (v *victim) attempt(passes []boundary.Name, o order, codes ...int) outcome {
	v.t.Helper()
	byHand := 0 // of a hundred attempts
	if next := leastMet(v.met, passes); boundary.Armed && next != "" {
		o.at, byHand = next, 45
		if v.met[next] == 0 {
			byHand = 85
		}
	}
	switch dice := v.rng.IntN(100); {
	case dice < byHand:
		o.turn = 1
		if v.met[o.at] > 0 && v.rng.IntN(2) == 0 {
			o.turn += v.rng.IntN(4)
		}
	case dice < 90:
		longest := max(v.took[o.args[0]], 60*time.Millisecond)
		o.at, o.after = "", 10*time.Millisecond+time.Duration(v.rng.Int64N(int64(longest)))
		o.interrupt = dice >= 86
	default:
		o.at = ""
	}
	done := v.run(o)
	switch {
	case done.killed:
		v.fig.Kills++
		if o.at != "" {
			v.met[o.at]++
			v.fig.AtBoundaries++
		} else {
			v.fig.AtRandom++
		}
		v.resume()
	case o.interrupt:
		v.fig.Interrupts++
		v.resume()
	case !slices.Contains(codes, done.code):
		v.t.Fatalf("exit code is none of %v: %v", codes, done)
	}
	return done
}

// leastMet is the boundary at which the program died least often, the first of them: they are named in the order in which they are passed, so
// that one piece of work can be broken off at each in turn.
func leastMet(met map[boundary.Name]int, names []boundary.Name) (least boundary.Name) {
	for _, n := range names {
		if least == "" || met[n] < met[least] {
			least = n
		}
	}
	return least
}

// resume starts the program anew, as a person does after a power cut, and looks at everything. The resuming is killed at times, too.
func (v *victim) resume() {
	v.t.Helper()
	for range v.rng.IntN(3) { // mostly nothing is left to settle any more, then these are just killed at some instant
		o := order{args: []string{"status"}}
		if v.rng.IntN(2) == 0 && boundary.Armed {
			o.at, o.turn = leastMet(v.met, []boundary.Name{boundary.SettleBefore, boundary.SettleAfter}), 1
		} else {
			o.after = 10*time.Millisecond + time.Duration(v.rng.Int64N(int64(60*time.Millisecond)))
		}
		switch done := v.run(o); {
		case done.killed && o.at != "":
			v.fig.Kills, v.fig.AtBoundaries = v.fig.Kills+1, v.fig.AtBoundaries+1
			v.met[o.at]++
		case done.killed:
			v.fig.Kills, v.fig.AtRandom = v.fig.Kills+1, v.fig.AtRandom+1
		case done.code != exitDone:
			v.t.Fatal(done)
		}
	}
	var report struct{ OK bool }
	audit := v.must(v.run(order{args: []string{"audit"}}))
	if err := json.Unmarshal(audit.out, &report); err != nil || !report.OK {
		v.t.Fatalf("%v %v", err, audit)
	}
	v.fig.Resumes++
	v.look()
}

// ledger opens the store beside the program, for reading.
func (v *victim) ledger(read func(s *store.Store)) {
	v.t.Helper()
	s, err := store.Open(context.Background(), store.Params{Path: filepath.Join(v.dir, "data", "znak.db"), ReadOnly: true})
	if err != nil {
		v.t.Fatal(err)
	}
	defer s.Close()
	read(s)
}

// pieces are the pieces of a batch as the ledger has them; of all batches where name is empty.
func (v *victim) pieces(name string) (rows []store.PieceRow) {
	v.t.Helper()
	v.ledger(func(s *store.Store) {
		var err error
		if rows, err = s.Pieces(context.Background(), store.PieceQuery{Batch: name}); err != nil {
			v.t.Fatal(err)
		}
	})
	return rows
}

// look checks what has to hold whenever nothing runs and the last start has settled what was open.
func (v *victim) look() {
	v.t.Helper()
	v.paper.read()
	calls := v.box.Calls()
	atPost := map[string]int{}
	for _, b := range v.box.Account().Batches {
		atPost[b.Name] = b.Pieces
	}
	v.ledger(func(s *store.Store) {
		ctx := context.Background()
		batches, err := s.Batches(ctx)
		if err != nil {
			v.t.Fatal(err)
		}
		rows, err := s.Pieces(ctx, store.PieceQuery{})
		if err != nil {
			v.t.Fatal(err)
		}
		items, err := s.Outbox(ctx)
		if err != nil {
			v.t.Fatal(err)
		}
		here, known := map[string]int{}, map[postal.ShPI]bool{}
		for _, row := range rows {
			here[row.Batch]++
			known[row.ShPI] = true
			v.lookAt(row)
		}
		for id, n := range v.paper.count {
			if !known[id] {
				v.t.Errorf("%s is on paper %d times and not in the ledger", id, n)
			}
		}
		told := map[string]int{}
		for _, item := range items {
			if item.Kind == "checkin" {
				told[item.Key]++
			}
		}
		for _, b := range batches {
			in, out := atPost[b.Name], here[b.Name]
			if counted := sum(b.States); in != out || counted != out {
				v.t.Errorf("batch %s: %d pieces at the post, %d in the ledger, %d in its states %v", b.Name, in, out, counted, b.States)
			}
			handed := 0
			if !b.HandedAt.IsZero() {
				handed = 1
			}
			did := calls.Batches[b.Name]
			if did.Checkins > handed || did.CheckinsRefused > 0 || told[b.Name] != handed {
				v.t.Errorf("batch %s: handed over %d times, %d items in the outbox, checked in %d times, refused %v", b.Name, handed, told[b.Name],
					did.Checkins, did.CheckinRefusals)
			}
		}
	})
	if v.t.Failed() {
		v.t.FailNow()
	}
}

// lookAt checks one piece: what the ledger says of it against the device's own record.
func (v *victim) lookAt(row store.PieceRow) {
	v.t.Helper()
	onPaper := v.paper.count[row.ShPI]
	if onPaper > 1+v.wanted[row.ShPI] {
		v.t.Errorf("%s (%s) is on paper %d times, %d reprints were asked for", row.ShPI, row.State, onPaper, v.wanted[row.ShPI])
	}
	if onPaper != row.Copies {
		v.t.Errorf("%s (%s) is on paper %d times, the ledger says %d", row.ShPI, row.State, onPaper, row.Copies)
	}
	live := onPaper // copies that are not void
	switch row.State {
	case postal.StateQueued:
		v.t.Errorf("%s is still queued after a start", row.ShPI)
	case postal.StateUnknown: // the folder always knows
		v.t.Errorf("%s is unknown", row.ShPI)
	case postal.StatePulled, postal.StateSpoiled:
		live--
	}
	if live > v.wanted[row.ShPI]+1 || row.State.OnPaper() && onPaper == 0 {
		v.t.Errorf("%s is %s and on paper %d times", row.ShPI, row.State, onPaper)
	}
}

func sum[K comparable](counts map[K]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
