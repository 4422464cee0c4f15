package store

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"znak/app/postal"
)

func init() {
	children["print"] = childPrint
	children["hang"] = childHang
	children["scan"] = childScan
}

func childOpen(path string) (*Store, error) {
	return Open(ctx, Params{Path: path, Who: fmt.Sprint("касса ", os.Getpid())})
}

const jobSize = 7

// childPrint prints a batch in jobs of seven as fast as it can and says what is done: "intent N" and "printed N".
func childPrint(args []string) error {
	s, err := childOpen(args[0])
	if err != nil {
		return err
	}
	first, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	for n := first; ; n++ {
		list := testPieces(n*jobSize, jobSize)
		if err := s.Write(ctx, func(tx *Tx) error {
			if err := pullIn(tx, "1", list); err != nil {
				return err
			}
			return intendIn(tx, fmt.Sprint("job", n), list)
		}); err != nil {
			return err
		}
		fmt.Println("intent", n)
		if err := s.Write(ctx, func(tx *Tx) error {
			if err := tx.Record(eventsOf(postal.EventPrinted, list, nil)...); err != nil {
				return err
			}
			return tx.CloseJob(fmt.Sprint("job", n), "done")
		}); err != nil {
			return err
		}
		fmt.Println("printed", n)
	}
}

// What a killed process had reported is there; what it was writing is there wholly or not at all.
func TestKilledAtAnyMoment(t *testing.T) {
	kills := 15
	if testing.Short() {
		kills = 4
	}
	path := filepath.Join(t.TempDir(), "znak.db")
	intents, printed := 0, 0 // jobs known to be durable
	for range kills {
		cmd := child(t, "print", path, strconv.Itoa(intents))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(30+rand.IntN(250))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			kind, number, _ := strings.Cut(lines.Text(), " ")
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			if kind == "intent" {
				intents = n + 1
			} else {
				printed = n + 1
			}
		}
		if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
			t.Fatalf("the child ended by itself: %v", err)
		}
		timer.Stop()
		s := openAt(t, path)
		mustAudit(t, s)
		rows, err := s.Pieces(ctx, PieceQuery{})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows)%jobSize != 0 || len(rows)/jobSize < intents || len(rows)/jobSize > intents+1 {
			t.Fatalf("%d pieces; %d jobs were reported", len(rows), intents)
		}
		// A kill between commit and report leaves one more than reported.
		byJob := map[string]map[postal.PieceState]int{}
		for _, r := range rows {
			if byJob[r.Job] == nil {
				byJob[r.Job] = map[postal.PieceState]int{}
			}
			byJob[r.Job][r.State]++
			if r.Copies != 1 {
				t.Errorf("piece %d has %d copies", r.PostID, r.Copies)
			}
		}
		done := 0
		for job, states := range byJob {
			if len(states) != 1 {
				t.Errorf("job %s is half done: %v", job, states)
			}
			if states[postal.StatePrinted] == jobSize {
				done++
			}
		}
		open, err := s.OpenJobs(ctx)
		if err != nil || len(open) != len(byJob)-done || done < printed {
			t.Errorf("%d jobs open, %d of %d done, %d reported, %v", len(open), done, len(byJob), printed, err)
		}
		// Recovery: nobody knows, then a person looks.
		for _, j := range open {
			write(t, s, func(tx *Tx) error {
				for _, id := range j.Pieces {
					if err := tx.Record(NewEvent{Kind: postal.EventUnknown, Piece: id}, NewEvent{Kind: postal.EventPrinted, Piece: id}); err != nil {
						return err
					}
				}
				return tx.CloseJob(j.ID, "unknown")
			})
		}
		intents, printed = len(byJob), len(byJob)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d jobs", kills, intents)
	if intents == 0 {
		t.Error("no child came to its work")
	}
}

// childHang stops in the middle of a change and waits to be killed.
func childHang(args []string) error {
	s, err := childOpen(args[0])
	if err != nil {
		return err
	}
	return s.Write(ctx, func(tx *Tx) error {
		if err := pullIn(tx, "2", testPieces(1000, 3000)); err != nil {
			return err
		}
		if _, err := tx.Batch("2"); err != nil {
			return err
		}
		fmt.Println("inside")
		select {}
	})
}

func TestKilledInsideAChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	pull(t, s, "1", testPieces(0, 20))
	before := dump(t, s)
	cmd := child(t, "hang", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "inside\n" {
		t.Fatal(line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if after := dump(t, s); after != before {
		t.Error("something of the change is there")
	}
	pull(t, s, "2", testPieces(1000, 30)) // its lock died with it
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path)
	if r := mustAudit(t, s); r.Events != 50 {
		t.Errorf("%+v", r)
	}
}

const scans = 100

// breathe is the time a person or a printer takes: SQLite's lock is not fair, and one who never pauses would keep it.
func breathe() { time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond) }

// childScan waits for a line on its input and then writes one event after another.
func childScan(args []string) error {
	s, err := childOpen(args[0])
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	for range scans {
		if err := s.Write(ctx, func(tx *Tx) error {
			return tx.Record(NewEvent{Kind: postal.EventScanned, Piece: testPiece(0).PostID}, NewEvent{Kind: postal.EventScanned, ShPI: "x"})
		}); err != nil {
			return err
		}
		breathe()
	}
	return s.Close()
}

func TestTwoProcessesKeepOneChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	pull(t, s, "1", testPieces(0, 1))
	let, wait := childrenAtOnce(t, 2, "scan", path)
	let()
	for range scans {
		if err := happen(s, NewEvent{Kind: postal.EventScanned, Piece: testPiece(0).PostID}); err != nil {
			t.Fatal(err)
		}
		breathe()
	}
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	if r := mustAudit(t, s); r.Events != 1+5*scans {
		t.Errorf("%+v, want %d events", r, 1+5*scans)
	}
	who := map[string]int{}
	events, err := s.Events(ctx, EventQuery{})
	if err != nil {
		t.Fatal(err)
	}
	switches := 0
	for i, e := range events {
		who[e.Who]++
		if i > 0 && e.Who != events[i-1].Who {
			switches++
		}
	}
	if len(who) != 3 || switches < 10 {
		t.Errorf("%v, %d switches: they did not write at once", who, switches)
	}
}

// Many goroutines, one store.
func TestManyWritersAndReaders(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 40)
	pull(t, s, "1", list)
	done := make(chan error)
	for w := range 4 {
		go func() {
			for i := range 10 {
				p := list[w*10+i]
				if err := s.Write(ctx, func(tx *Tx) error { return tx.Record(NewEvent{Kind: postal.EventWithdrawn, Piece: p.PostID}) }); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		go func() {
			for range 20 {
				b, err := s.Batch(ctx, "1")
				if err == nil && b.States[postal.StatePulled]+b.States[postal.StateWithdrawn] != 40 {
					err = fmt.Errorf("a reader saw %v", b.States)
				}
				if err == nil {
					_, err = s.Pieces(ctx, PieceQuery{Batch: "1"})
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	mustAudit(t, s)
}

// Several processes may open a store that does not exist yet.
func TestOpenedByManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	results := make(chan string)
	for range 5 {
		go func() {
			s, err := Open(ctx, Params{Path: path})
			if err != nil {
				results <- "error: " + err.Error()
				return
			}
			defer s.Close()
			results <- s.Station()
		}()
	}
	first := <-results
	for range 4 {
		if r := <-results; r != first || strings.HasPrefix(r, "error") {
			t.Errorf("%q and %q", first, r)
		}
	}
}
