package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"znak/app/boundary"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/store"
)

// The boundaries that each command passes.
var (
	pulling  = []boundary.Name{boundary.PullBefore, boundary.PullAfter}
	printing = []boundary.Name{boundary.RunOpened, boundary.JobOpened, boundary.IntentBefore, boundary.IntentAfter, boundary.PageSent,
		boundary.FinishBefore, boundary.FolderPart, boundary.FolderSynced, boundary.FolderNoted, boundary.FolderNamed, boundary.FolderKept, boundary.SettleBefore,
		boundary.SettleAfter, boundary.RunClosed}
	verifying = []boundary.Name{boundary.VerifyBefore, boundary.VerifyAfter}
	spoiling  = []boundary.Name{boundary.SpoilBefore, boundary.SpoilAfter}
	handing   = []boundary.Name{boundary.HandBefore, boundary.HandAfter, boundary.FormWritten}
	carrying  = []boundary.Name{boundary.LookBefore, boundary.LookAfter, boundary.SendBefore, boundary.SendAfter, boundary.RecordBefore, boundary.RecordAfter}
)

// Wounds of the post: what may happen to one call. Waits are short, a person's patience is not what is tested.
var wounds = []string{"any 1 timeout-before 150ms", "any 1 timeout-after 150ms", "any 1..2 error500-before", "any 1 509", "any 1 cut", "any 1 slow 120ms",
	"any 1 html", "any 1 foreign", "any 1 unknown-fields", "shipments 1 cut", "shipments 1 empty", "balance 1 error500-before", "batch 1 timeout-after 150ms"}

// checkinWounds are played on the call that must not be made twice.
var checkinWounds = []string{"checkin 1 timeout-after 150ms", "checkin 1 timeout-before 150ms", "checkin 1 error500-before", "checkin 1 cut", "checkin 1 empty",
	"checkin 1 html", "checkin 1 slow 150ms", "checkin 1 509", "batch 1 cut"}

// TestTorture lives through whole days of an office while the program is killed again and again: at random instants, and by its own
// hand at every boundary between intent, bytes, answer and commit. After each kill the station is resumed and nothing may be lost or done
// twice. ZNAK_TORTURE_KILLS says how many kills (60), ZNAK_TORTURE_SEED which luck.
func TestTorture(t *testing.T) {
	if !boundary.Armed {
		t.Skip("needs the build tag torture: make torture")
	}
	kills, seed := number(t, "ZNAK_TORTURE_KILLS", 60), uint64(number(t, "ZNAK_TORTURE_SEED", int(time.Now().UnixNano()%1_000_000)))
	t.Logf("ZNAK_TORTURE_SEED=%d", seed)
	began := time.Now()
	v := newVictim(t, seed, sandbox.Options{Pieces: 40})
	v.must(v.run(order{args: []string{"status"}})) // the first measure of how long a command takes
	days := 0
	for ; v.fig.Kills < kills || v.untouched() != nil; days++ {
		if days > 3+kills/10 {
			t.Fatalf("after %d days and %d kills not met: %v", days, v.fig.Kills, v.untouched())
		}
		if days > 0 {
			v.box.NewDay()
		}
		v.day()
	}
	v.report(days, seed, time.Since(began))
}

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		t.Fatalf("%s=%s", name, text)
	}
	return n
}

// untouched lists the boundaries at which nobody has died yet.
func (v *victim) untouched() (list []boundary.Name) {
	for _, name := range boundary.All {
		if v.met[name] == 0 {
			list = append(list, name)
		}
	}
	return list
}

// patience is how often a command may be killed or refused before the day stands still.
const patience = 80

// until makes attempts until done; each begins with what next says.
func (v *victim) until(what string, done func() bool, passes []boundary.Name, next func() order, codes ...int) {
	v.t.Helper()
	for range patience {
		if done() {
			v.look()
			return
		}
		v.attempt(passes, next(), codes...)
	}
	v.t.Fatalf("%s: no end after %d attempts", what, patience)
}

// wound lets something happen to one of the next calls, now and then.
func (v *victim) wound(list []string) {
	v.t.Helper()
	if v.rng.IntN(3) > 0 {
		return
	}
	if err := v.box.AddFault(list[v.rng.IntN(len(list))]); err != nil {
		v.t.Fatal(err)
	}
	v.fig.Faults++
}

// day takes all open batches of the account from the pull to the post's acceptance.
func (v *victim) day() {
	v.t.Helper()
	open := func(purposes ...string) (list []sandbox.AccountBatch) {
		for _, b := range v.box.Account().Batches {
			if b.Status == "CREATED" && slices.Contains(purposes, b.Purpose) {
				list = append(list, b)
			}
		}
		return list
	}
	fit := open(sandbox.PurposeFit, sandbox.PurposeMarksChange)
	v.until("pull", func() bool {
		for _, b := range fit {
			if len(v.pieces(b.Name)) == 0 {
				return false
			}
		}
		books := v.booked() // the balance comes last: killed before it, the station may lack the money for the batches it has
		return books.Free+books.Reserved == postal.Kopecks(v.box.Account().BalanceKopecks)
	}, pulling, func() order { v.wound(wounds); return order{args: []string{"pull"}} }, exitDone, exitUnreachable)
	for _, b := range open(sandbox.PurposeNoMark) {
		done := v.attempt(printing, order{args: []string{"print", b.Name}}, exitRefused)
		for _, row := range v.pieces(b.Name) {
			if row.State != postal.StatePulled {
				v.t.Fatalf("a batch that is not ready was printed: %s is %s\n%v", row.ShPI, row.State, done)
			}
		}
	}
	v.work(fit)
	for _, b := range fit {
		for _, row := range v.pieces(b.Name) {
			if want := 1 + v.wanted[row.ShPI]; v.paper.count[row.ShPI] != want {
				v.t.Fatalf("%s is handed over and %d times on paper, want %d", row.ShPI, v.paper.count[row.ShPI], want)
			}
		}
	}
	if err := v.box.Advance(24 * time.Hour); err != nil {
		v.t.Fatal(err)
	}
	v.until("acceptance", func() bool {
		for _, b := range fit {
			if v.count(b.Name, postal.StateAccepted) != b.Pieces {
				return false
			}
		}
		return true
	}, pulling, func() order { v.wound(wounds); return order{args: []string{"sync"}} }, exitDone, exitUnreachable)
	v.countMoney()
	v.resume()
}

// countMoney compares the station's books with the post's after everything has been taken in: whatever was lost on the way, not a kopeck is.
func (v *victim) countMoney() {
	v.t.Helper()
	v.until("balance", func() bool { return v.booked().Free == postal.Kopecks(v.box.Account().BalanceKopecks) }, pulling,
		func() order { return order{args: []string{"pull"}} }, exitDone, exitUnreachable)
	var debited postal.Kopecks
	for _, b := range v.box.Calls().Batches {
		debited += postal.Kopecks(b.DebitedKopecks)
	}
	if books := v.booked(); books.Spent != debited || books.Reserved != 0 {
		v.t.Fatalf("the post has taken %v, the books say %+v", debited, books)
	}
}

// booked are the accounts of the station's money.
func (v *victim) booked() (accounts store.Accounts) {
	v.t.Helper()
	v.ledger(func(s *store.Store) {
		purse, err := s.Purse(v.t.Context())
		if err != nil {
			v.t.Fatal(err)
		}
		accounts = purse.Accounts
	})
	return accounts
}

// work brings batches from whatever they are to the post's knowing of their hand-over.
func (v *victim) work(batches []sandbox.AccountBatch) {
	v.t.Helper()
	for _, b := range batches {
		if v.count(b.Name, postal.StateHanded) < b.Pieces {
			v.print(b)
			v.verify(b.Name)
			v.destroy(b.Name)
			v.handOver(b)
		}
		if v.rng.IntN(2) == 0 {
			v.sync(b)
		}
	}
	v.sync(batches...)
}

// finish works on all that is open.
func (v *victim) finish() {
	v.t.Helper()
	var open []sandbox.AccountBatch
	names := v.openBatches()
	for _, b := range v.box.Account().Batches {
		if slices.Contains(names, b.Name) {
			open = append(open, b)
		}
	}
	v.work(open)
}

func (v *victim) count(batch string, states ...postal.PieceState) (n int) {
	v.t.Helper()
	for _, row := range v.pieces(batch) {
		if slices.Contains(states, row.State) {
			n++
		}
	}
	return n
}

// print brings every piece of a batch to paper in small runs; meanwhile some envelopes are spoiled, and the post may issue the marks anew.
func (v *victim) print(b sandbox.AccountBatch) {
	v.t.Helper()
	change := -1 // before which run the marks change
	if b.Purpose == sandbox.PurposeMarksChange || len(v.wanted) == 0 || v.rng.IntN(4) == 0 {
		change = 1 + v.rng.IntN(3)
	}
	runs := 0
	next := func() order {
		v.wound(wounds)
		o := order{args: []string{"print", b.Name, "--limit", strconv.Itoa(3 + v.rng.IntN(10))}}
		if runs == change {
			o.meanwhile = func() {
				time.Sleep(time.Duration(v.rng.Int64N(int64(120 * time.Millisecond))))
				what := [][]string{{sandbox.ChangeID}, {sandbox.ChangeValue}, {sandbox.ChangeID, sandbox.ChangeDate}}[v.rng.IntN(3)]
				if err := v.box.ChangeMarks(b.Name, what...); err != nil {
					v.t.Error(err)
				}
			}
		}
		runs++
		return o
	}
	printed := func() bool {
		v.spoil(b.Name)
		return v.count(b.Name, postal.StatePrinted, postal.StateVerified) == b.Pieces && runs > change
	}
	v.until("print "+b.Name, printed, printing, next, exitDone, exitPerson)
}

// spoil asks for a reprint of every stale envelope, and of one or the other that is fine.
func (v *victim) spoil(batch string) {
	v.t.Helper()
	for _, row := range v.pieces(batch) {
		switch row.State {
		case postal.StateStale:
		case postal.StatePrinted:
			if v.rng.IntN(60) > 0 || v.wanted[row.ShPI] > 0 {
				continue
			}
		default:
			continue
		}
		v.wanted[row.ShPI]++
		voided := func() bool {
			now := v.piece(batch, row.ShPI).State
			return now == postal.StateSpoiled
		}
		v.until("reprint", voided, spoiling, func() order {
			return order{args: []string{"reprint", string(row.ShPI), "--reason", "порван"}}
		}, exitDone)
	}
}

func (v *victim) piece(batch string, id postal.ShPI) store.PieceRow {
	v.t.Helper()
	for _, row := range v.pieces(batch) {
		if row.ShPI == id {
			return row
		}
	}
	v.t.Fatalf("%s is lost", id)
	return store.PieceRow{}
}

// verify shows the envelopes to the scanner as they lie there: what is read is what is on the paper.
func (v *victim) verify(batch string) {
	v.t.Helper()
	left := func() (list []postal.ShPI) {
		for _, row := range v.pieces(batch) {
			if row.State != postal.StateVerified {
				list = append(list, row.ShPI)
			}
		}
		return list
	}
	v.until("verify "+batch, func() bool { return len(left()) == 0 }, verifying, func() order {
		list := left()
		if v.rng.IntN(4) == 0 {
			return order{args: []string{"verify", batch, "--images", v.sheafOf(list[0])}}
		}
		v.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		var typed strings.Builder
		for _, id := range list[:min(len(list), 12)] {
			texts := v.paper.copies(id)
			if len(texts) > 1 && v.rng.IntN(3) == 0 {
				v.showVoid(batch, id, texts)
			}
			last := texts[len(texts)-1]
			fmt.Fprintf(&typed, "%s\n%s\n", last[0], last[1])
		}
		return order{args: []string{"verify", batch}, input: typed.String()}
	}, exitDone, exitPerson)
}

// sheafOf is the newest file with an envelope of a piece.
func (v *victim) sheafOf(id postal.ShPI) string {
	for _, s := range slices.Backward(v.paper.order) {
		if slices.Contains(s.pieces, id) {
			return s.path
		}
	}
	v.t.Fatalf("%s is not on paper", id)
	return ""
}

// showVoid scans an envelope that bears an older mark than its replacement; it must not pass.
func (v *victim) showVoid(batch string, id postal.ShPI, texts [][2]string) {
	v.t.Helper()
	if texts[0][0] == texts[len(texts)-1][0] {
		return // torn and printed again with the same mark: no scanner can tell the two
	}
	done := v.run(order{args: []string{"verify", batch}, input: texts[0][0] + "\n" + texts[0][1] + "\n"})
	for line := range bytes.Lines(done.out) {
		var verdict verdictJSON
		if err := json.Unmarshal(line, &verdict); err != nil {
			v.t.Fatal(err, done)
		}
		if verdict.Verdict == scan.VerdictOK {
			v.t.Fatalf("the void envelope of %s passed: %v", id, done)
		}
	}
}

// destroy brings the void envelopes to the reprint desk: most are scanned there, some cannot be found.
func (v *victim) destroy(batch string) {
	v.t.Helper()
	v.until("destroy "+batch, func() bool { return len(v.owed(batch)) == 0 }, spoiling, func() order { return v.destroying(v.owed(batch)) }, exitDone)
}

// owed are the pieces whose void envelopes are not accounted for, and whose replacement is on paper.
func (v *victim) owed(batch string) (list []store.PieceRow) {
	v.t.Helper()
	for _, row := range v.pieces(batch) {
		if row.Owed > 0 && row.State.OnPaper() {
			list = append(list, row)
		}
	}
	return list
}

// destroying scans some of the void envelopes that are owed, or declares one missing.
func (v *victim) destroying(owed []store.PieceRow) order {
	v.t.Helper()
	if v.rng.IntN(4) == 0 {
		return order{args: []string{"missing", string(owed[v.rng.IntN(len(owed))].ShPI)}}
	}
	var typed strings.Builder
	for _, row := range owed[:min(len(owed), 1+v.rng.IntN(10))] {
		if row.Voided > row.Owed+row.Missing { // copies look alike: that this is another one than the one destroyed before a person says
			return order{args: []string{"destroyed", string(row.ShPI), "--count", "1"}}
		}
		copies := v.paper.copies(row.ShPI)
		text := copies[len(copies)-1-row.Owed]
		fmt.Fprintf(&typed, "%s\n%s\n", text[0], text[1])
	}
	return order{args: []string{"destroyed", "--scan"}, input: typed.String()}
}

// handOver hands a batch over and finds the list form.
func (v *victim) handOver(b sandbox.AccountBatch) {
	v.t.Helper()
	for _, row := range v.pieces(b.Name) {
		if row.Owed == 0 {
			continue
		}
		if early := v.run(order{args: []string{"handover", b.Name}}); early.code != exitRefused {
			v.t.Fatalf("handed over while a void envelope of %s is about: %v", row.ShPI, early)
		}
		v.until("destroyed", func() bool { return v.piece(b.Name, row.ShPI).Owed == 0 }, spoiling, func() order {
			return order{args: []string{"destroyed", string(row.ShPI), "--count", "1"}}
		}, exitDone)
	}
	form := filepath.Join(v.dir, "data", "forms", "F103-"+b.Name+".pdf")
	written := func() bool {
		_, err := os.Stat(form)
		return err == nil && v.count(b.Name, postal.StateHanded) == b.Pieces
	}
	v.until("handover "+b.Name, written, handing, func() order { return order{args: []string{"handover", b.Name}} }, exitDone)
	for _, row := range v.pieces(b.Name) {
		if row.Owed != 0 {
			v.t.Fatalf("%s is handed over and %d void envelopes of it are about", row.ShPI, row.Owed)
		}
	}
}

// sync tells the post, whatever happens to the calls.
func (v *victim) sync(batches ...sandbox.AccountBatch) {
	v.t.Helper()
	told := func() bool {
		var waiting []store.Item
		v.ledger(func(s *store.Store) {
			var err error
			if waiting, err = s.Outbox(v.t.Context(), "waiting", "sending", "dead"); err != nil {
				v.t.Fatal(err)
			}
		})
		return len(waiting) == 0
	}
	v.until("sync", told, carrying, func() order { v.wound(checkinWounds); return order{args: []string{"sync"}} }, exitDone, exitUnreachable)
	for _, b := range batches {
		if did := v.box.Calls().Batches[b.Name]; did.Checkins != 1 || did.CheckinsRefused != 0 {
			v.t.Fatalf("batch %s: the post counts %+v", b.Name, did)
		}
	}
}

// report prints the figures.
func (v *victim) report(days int, seed uint64, took time.Duration) {
	pieces, unknown, reprints, checkins := 0, 0, sum(v.wanted), 0
	for _, row := range v.pieces("") {
		if v.paper.count[row.ShPI] > 0 {
			pieces++
		}
		if row.State == postal.StateUnknown {
			unknown++
		}
	}
	calls := v.box.Calls()
	for _, b := range calls.Batches {
		checkins += b.Checkins
	}
	played := sum(calls.Faults)
	fmt.Printf("torture: %d kills (%d at boundaries, %d at random instants), %d interrupts, %d resumes, %d commands in %d days\n",
		v.fig.Kills, v.fig.AtBoundaries, v.fig.AtRandom, v.fig.Interrupts, v.fig.Resumes, v.fig.Commands, days)
	fmt.Printf("torture: %d pieces, %d envelopes on paper, %d of them reprints asked for, %d unknown, %d checkins, %d faults of the post, %.0f s, seed %d\n",
		pieces, v.paper.pages(), reprints, unknown, checkins, played, took.Seconds(), seed)
	var by []string
	for _, name := range boundary.All {
		by = append(by, fmt.Sprintf("%s %d", name, v.met[name]))
	}
	fmt.Println("torture: " + strings.Join(by, ", "))
	if v.paper.pages() != pieces+reprints {
		v.t.Errorf("%d envelopes for %d pieces and %d reprints", v.paper.pages(), pieces, reprints)
	}
}
