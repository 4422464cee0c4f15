package station

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/printer/page"
	"znak/store"
)

// printed is a bench with a batch of 12 pieces on paper.
func printed(t *testing.T) (b *bench, batch string, rows []store.PieceRow) {
	t.Helper()
	b = newBench(t, sandbox.Options{Seed: 4})
	b.pulled()
	batch = b.purpose("fit", 12)
	b.printed(batch)
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: batch})
	b.must(err)
	return b, batch, rows
}

// codes are the two codes of a piece as they would be printed now.
func (b *bench) codes(id postal.ShPI) (mark, bars string) {
	b.t.Helper()
	face, err := b.Preview(b.ctx, id)
	b.must(err)
	for _, item := range face.Items {
		switch code := item.(type) {
		case page.Matrix:
			mark = code.Data
		case page.Bars:
			bars = code.Data
		}
	}
	return mark, bars
}

// show scans both codes of an envelope and gives the last verdict.
func (b *bench) show(v *Verifier, mark, bars string) ScanVerdict {
	b.t.Helper()
	var last ScanVerdict
	for _, text := range []string{mark, bars} {
		answers, err := v.Scan(b.ctx, text)
		b.must(err)
		last = answers[len(answers)-1]
		if last.Verdict != scan.VerdictIncomplete {
			break
		}
	}
	return last
}

func (b *bench) refused(err error, key string) {
	b.t.Helper()
	var r *Refused
	if !errors.As(err, &r) || r.Reasons[0].Key != key {
		b.t.Fatalf("got %v, want %s", err, key)
	}
}

func TestSpoiledEnvelopeIsOwedUntilDestroyed(t *testing.T) {
	b, batch, rows := printed(t)
	id := rows[3].ShPI
	mark, bars := b.codes(id)
	_, err := b.Destroy(b.ctx, mark, 0)
	b.refused(err, "station.destroy.nothing") // nobody destroys a good envelope
	copies, err := b.Reprint(b.ctx, id, "other: залит кофе")
	b.must(err)
	if copies != 1 {
		t.Fatalf("%d copies", copies)
	}
	_, err = b.Reprint(b.ctx, id, ReasonTorn)
	b.refused(err, "station.cannot.spoiled")
	_, err = b.Reprint(b.ctx, rows[4].ShPI, " other: ")
	b.refused(err, "station.reprint.reason")
	owed, err := b.OwedList(b.ctx, batch)
	b.must(err)
	if len(owed) != 1 || owed[0].ShPI != id || owed[0].Envelopes != 1 || owed[0].Reason != "залит кофе" || owed[0].Who != "Проверка" || owed[0].At.IsZero() {
		t.Fatalf("owed %+v", owed)
	}
	if v := b.show(b.Verifier(batch), mark, bars); v.Verdict != scan.VerdictSpoiled {
		t.Fatalf("the spoiled envelope: %+v", v)
	}
	b.printed(batch)
	v := b.Verifier(batch)
	for i, pair := range b.texts(batch) {
		a := b.show(v, pair[0], pair[1])
		want := "station.verify.ok"
		if i == 3 {
			want = "station.verify.ok-owed"
		}
		if a.Verdict != scan.VerdictOK || a.Hint.Key != want {
			t.Fatalf("envelope %d: %+v", i, a)
		}
	}
	// The spoiled one, scanned among the others after all, is no second good envelope.
	if a := b.show(v, mark, bars); a.Verdict != scan.VerdictRepeat || a.Hint.Key != "station.verify.repeat-owed" {
		t.Fatalf("second envelope: %+v", a)
	}
	h, err := b.HandOver(b.ctx, batch)
	b.refused(err, "station.handover.missing")
	if len(h.Missing) != 1 || h.Missing[0].Reason.Key != "station.missing.owed" {
		t.Fatalf("missing %+v", h.Missing)
	}
	// Both codes of one envelope count once.
	d := b.Desk()
	for i, text := range []string{bars, mark} {
		a, err := d.Scan(b.ctx, text)
		b.must(err)
		if a.Outcome != []Outcome{OutcomeDestroyed, OutcomeSame}[i] || a.ShPI != id || a.Owed != 0 {
			t.Fatalf("code %d: %+v", i, a)
		}
	}
	if a, err := d.Scan(b.ctx, mark); err != nil || a.Outcome != OutcomeRefused || a.Hint.Key != "station.destroy.nothing" {
		t.Fatalf("third scan: %+v, %v", a, err)
	}
	if a := b.show(v, mark, bars); a.Verdict != scan.VerdictRepeat || a.Hint.Key != "station.verify.repeat-copies" {
		t.Fatalf("second envelope: %+v", a)
	}
	b.handed(batch)
	b.auditHolds()
}

func TestLostAndFound(t *testing.T) {
	b, batch, rows := printed(t)
	id := rows[0].ShPI
	mark, bars := b.codes(id)
	_, err := b.DeclareMissing(b.ctx, id)
	b.refused(err, "station.reprint.none-owed")
	_, err = b.Reprint(b.ctx, id, ReasonLost)
	b.must(err)
	_, err = b.Reprint(b.ctx, rows[1].ShPI, ReasonTorn)
	b.must(err)
	row, err := b.DeclareMissing(b.ctx, rows[1].ShPI)
	b.must(err)
	if row.Owed != 0 || row.Missing != 1 {
		t.Fatalf("%+v", row)
	}
	if owed, err := b.OwedList(b.ctx, ""); err != nil || len(owed) != 0 {
		t.Fatalf("owed %+v, %v", owed, err)
	}
	b.printed(batch)
	if got := b.scanAll(batch); got[scan.VerdictOK] != 12 {
		t.Fatalf("verdicts %v", got)
	}
	// The lost one turns up: it does not pass, and is destroyed.
	if a := b.show(b.Verifier(""), mark, bars); a.Verdict != scan.VerdictSpoiled || a.Hint.Key != "station.verify.found" {
		t.Fatalf("found: %+v", a)
	}
	if row, err = b.Destroy(b.ctx, mark, 0); err != nil || row.Missing != 0 || row.State != postal.StateVerified {
		t.Fatalf("%+v, %v", row, err)
	}
	b.handed(batch)
	b.auditHolds()
}

func TestSecondPersonAboveTheLimit(t *testing.T) {
	b, batch, rows := printed(t)
	b.must(b.SetSetting(b.ctx, SettingReprints, "2"))
	if err := b.SetSetting(b.ctx, SettingReprints, "-1"); err == nil {
		t.Error("a limit below none was taken")
	}
	for _, row := range rows[:2] {
		_, err := b.Reprint(b.ctx, row.ShPI, ReasonTorn)
		b.must(err)
	}
	_, err := b.Reprint(b.ctx, rows[2].ShPI, ReasonTorn)
	b.refused(err, "station.reprint.second")
	if row, _ := b.Piece(b.ctx, rows[2].ShPI); row.State != postal.StatePrinted || row.Voided != 0 {
		t.Fatalf("refused, and yet %s", row.State)
	}
	order := ReprintOrder{ShPIs: []postal.ShPI{rows[2].ShPI}, Reason: ReasonTorn, Second: " проверка "}
	_, err = b.ReprintAll(b.ctx, order)
	b.refused(err, "station.reprint.same-person")
	order.Second = "Ольга Сортировкина"
	_, err = b.ReprintAll(b.ctx, order)
	b.must(err)
	events, err := b.Story(b.ctx, rows[2].ShPI)
	b.must(err)
	var data store.SpoiledData
	last := events[len(events)-1]
	b.must(dataOf(last, &data))
	if last.Kind != postal.EventSpoiled || data.Second != order.Second || data.Reason != ReasonTorn {
		t.Fatalf("%s %+v", last.Kind, data)
	}
	// Several at once are all done or none; another batch, and tomorrow, begin anew.
	_, err = b.ReprintAll(b.ctx, ReprintOrder{ShPIs: []postal.ShPI{rows[3].ShPI, rows[4].ShPI}, Reason: ReasonTorn})
	b.refused(err, "station.reprint.second")
	other := b.purpose("fit", 8)
	b.printed(other)
	list, err := b.Pieces(b.ctx, store.PieceQuery{Batch: other})
	b.must(err)
	_, err = b.ReprintAll(b.ctx, ReprintOrder{ShPIs: []postal.ShPI{list[0].ShPI, list[1].ShPI}, Reason: ReasonTorn})
	b.must(err)
	_, err = b.ReprintAll(b.ctx, ReprintOrder{ShPIs: []postal.ShPI{list[2].ShPI}, Reason: ReasonTorn})
	b.refused(err, "station.reprint.second")
	b.Station.now = func() time.Time { return time.Now().AddDate(0, 0, 1) }
	_, err = b.Reprint(b.ctx, rows[5].ShPI, ReasonTorn)
	b.must(err)
	if got := b.states(batch); got[postal.StateSpoiled] != 4 {
		t.Fatalf("states %v", got)
	}
	b.auditHolds()
}

func TestStaleListTellsWhatChanged(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 9})
	b.pulled()
	batch := b.purpose("marks-change", 0)
	before, err := b.Pieces(b.ctx, store.PieceQuery{Batch: batch})
	b.must(err)
	b.printed(batch)
	old := b.texts(batch)
	_, err = b.ReprintAll(b.ctx, ReprintOrder{Stale: batch, Reason: ReasonChanged})
	b.refused(err, "station.reprint.no-stale")
	for range 2 { // the second change comes before anybody has looked
		b.must(b.box.ChangeMarks(batch, sandbox.ChangeID, sandbox.ChangeDate))
		b.pulled()
	}
	rows, err := b.StaleList(b.ctx, "")
	b.must(err)
	after, err := b.Pieces(b.ctx, store.PieceQuery{Batch: batch})
	b.must(err)
	if len(rows) != len(before) {
		t.Fatalf("%d rows of %d", len(rows), len(before))
	}
	for i, row := range rows {
		seen := map[string]Change{}
		for _, c := range row.Changes {
			seen[c.Field] = c
			if from, _ := c.Values(); c.Field == "date" && from != postal.Date(c.From) {
				t.Errorf("date as %T", from)
			}
		}
		if row.ShPI != before[i].ShPI || seen["mark"] != (Change{"mark", before[i].Mark.ID, after[i].Mark.ID}) || seen["date"].From == seen["date"].To {
			t.Fatalf("row %d: %+v", i, row.Changes)
		}
	}
	voided, err := b.ReprintAll(b.ctx, ReprintOrder{Stale: batch, Reason: ReasonChanged})
	b.must(err)
	if len(voided) != len(rows) || voided[0].Owed != 1 {
		t.Fatalf("voided %d", len(voided))
	}
	if list, err := b.StaleList(b.ctx, batch); err != nil || len(list) != 0 {
		t.Fatalf("%d still stale, %v", len(list), err)
	}
	b.printed(batch)
	if got := b.scanAll(batch); got[scan.VerdictOK] != len(rows) {
		t.Fatalf("verdicts %v", got)
	}
	// The replacement is not destroyed by mistake; the old envelope is.
	mark, bars := b.codes(rows[0].ShPI)
	_, err = b.Destroy(b.ctx, mark, 0)
	b.refused(err, "station.destroy.live")
	d := b.Desk()
	for i, text := range []string{bars, mark, bars, old[0][1], old[0][0], old[0][1]} {
		want := []Outcome{OutcomeHalf, OutcomeRefused, OutcomeRefused, OutcomeHalf, OutcomeDestroyed, OutcomeSame}[i]
		if a, err := d.Scan(b.ctx, text); err != nil || a.Outcome != want {
			t.Fatalf("scan %d: %+v, %v; want %s", i, a, err, want)
		}
	}
	for _, pair := range old[1:] {
		_, err := b.Destroy(b.ctx, pair[0], 0)
		b.must(err)
	}
	// Torn after that, the replacement is void itself and may be destroyed.
	_, err = b.Reprint(b.ctx, rows[0].ShPI, ReasonTorn)
	b.must(err)
	b.printed(batch)
	_, err = b.Destroy(b.ctx, mark, 0)
	b.must(err)
	b.show(b.Verifier(batch), mark, bars)
	b.handed(batch)
	b.auditHolds()
}

// An envelope whose letter was taken out of its batch lies among the others: it is destroyed before they go.
func TestOrphanIsDestroyedBeforeHandOver(t *testing.T) {
	b, batch, rows := printed(t)
	b.scanAll(batch)
	mark, _ := b.codes(rows[2].ShPI)
	b.must(b.Return(b.ctx, []postal.ShPI{rows[2].ShPI}))
	b.synced()
	_, err := b.Reprint(b.ctx, rows[3].ShPI, ReasonTorn)
	b.must(err)
	if n, err := b.OwedCount(b.ctx); err != nil || n != 2 { // as many as the list tells of
		t.Fatalf("%d are owed, %v", n, err)
	}
	_, err = b.Destroy(b.ctx, string(rows[3].ShPI), 0)
	b.must(err)
	b.printed(batch)
	b.scanAll(batch)
	owed, err := b.OwedList(b.ctx, batch)
	b.must(err)
	if n, err := b.OwedCount(b.ctx); err != nil || n != 1 {
		t.Fatalf("%d are owed, %v", n, err)
	}
	if len(owed) != 1 || owed[0].ShPI != rows[2].ShPI || owed[0].Envelopes != 1 || owed[0].Reason != "" {
		t.Fatalf("owed %+v", owed)
	}
	h, err := b.HandOver(b.ctx, batch)
	b.refused(err, "station.handover.missing")
	if len(h.Missing) != 1 || h.Missing[0].Reason.Key != "station.missing.orphan" {
		t.Fatalf("missing %+v", h.Missing)
	}
	row, err := b.Destroy(b.ctx, mark, 0)
	b.must(err)
	if row.State != postal.StateWithdrawn || row.Owed != 0 || row.Voided != 1 {
		t.Fatalf("%+v", row)
	}
	b.handed(batch)
	b.auditHolds()
}

// Two copies of one mark look alike: one of them shown twice does not stand for both, today or tomorrow, and a person who says so is believed.
func TestOneEnvelopeShownTwiceIsOne(t *testing.T) {
	b, batch, rows := printed(t)
	id, other := rows[0].ShPI, rows[1].ShPI
	mark, bars := b.codes(id)
	_, otherBars := b.codes(other)
	for range 3 {
		_, err := b.Reprint(b.ctx, id, ReasonTorn)
		b.must(err)
		b.printed(batch)
	}
	_, err := b.Reprint(b.ctx, other, ReasonTorn)
	b.must(err)
	desk := b.Desk()
	shown := func(text string, want Outcome, owed int) {
		t.Helper()
		a, err := desk.Scan(b.ctx, text)
		b.must(err)
		row, err := b.Piece(b.ctx, id)
		b.must(err)
		if a.Outcome != want || row.Owed != owed {
			t.Fatalf("%q: %+v; %d are owed, want %s and %d", text, a, row.Owed, want, owed)
		}
	}
	if a, err := desk.Another(b.ctx); err != nil || a.Outcome != OutcomeRefused {
		t.Fatalf("%+v, %v", a, err)
	}
	shown(mark, OutcomeDestroyed, 2)
	shown(bars, OutcomeSame, 2)
	shown(mark, OutcomeAgain, 2)
	shown(bars, OutcomeAgain, 2) // its other code asks the same
	shown(otherBars, OutcomeDestroyed, 2)
	if a, err := desk.Another(b.ctx); err != nil || a.Outcome != OutcomeRefused {
		t.Fatalf("the envelope in hand is not the one that was asked about: %+v, %v", a, err)
	}
	desk = b.Desk() // tomorrow
	shown(bars, OutcomeAgain, 2)
	if a, err := desk.Another(b.ctx); err != nil || a.Outcome != OutcomeDestroyed || a.Owed != 1 {
		t.Fatalf("%+v, %v", a, err)
	}
	shown(mark, OutcomeSame, 1)
	shown(mark, OutcomeAgain, 1)
	_, err = b.Destroy(b.ctx, string(id), 0)
	b.refused(err, "station.destroy.again")
	_, err = b.Destroy(b.ctx, string(id), 2)
	b.refused(err, "station.destroy.too-many")
	row, err := b.Destroy(b.ctx, string(id), 1)
	if err != nil || row.Owed != 0 || row.Voided != 3 {
		t.Fatalf("%+v, %v", row, err)
	}
	_, err = b.Destroy(b.ctx, string(id), 1)
	b.refused(err, "station.destroy.nothing")
	// Several at once, in one word.
	for range 2 {
		_, err := b.Reprint(b.ctx, rows[2].ShPI, ReasonTorn)
		b.must(err)
		b.printed(batch)
	}
	if row, err = b.Destroy(b.ctx, string(rows[2].ShPI), 2); err != nil || row.Owed != 0 {
		t.Fatalf("%+v, %v", row, err)
	}
	b.auditHolds()
}

func TestDeskReadsWhatAScannerTypes(t *testing.T) {
	b, _, rows := printed(t)
	mark, bars := b.codes(rows[0].ShPI)
	_, err := b.Reprint(b.ctx, rows[0].ShPI, ReasonSmeared)
	b.must(err)
	d := b.Desk()
	destroyed, others := 0, 0
	for _, line := range strings.Split(strings.ReplaceAll(mark, "\r\n", "\n")+"\n"+bars+"\n00000000000000\nhttps://example.test/\n"+string(rows[1].ShPI), "\n") {
		answers, err := d.Line(b.ctx, line)
		b.must(err)
		for _, a := range answers {
			switch a.Outcome {
			case OutcomeDestroyed:
				destroyed++
			case OutcomeRefused:
				others++
			}
		}
	}
	answers, err := d.Flush(b.ctx)
	b.must(err)
	if destroyed != 1 || others != 3 || len(answers) != 0 {
		t.Fatalf("%d destroyed, %d refused, %d left", destroyed, others, len(answers))
	}
	b.auditHolds()
}

// desk is the reprint desk as people know it: the envelopes that lie about, with nothing but the ledger's own words in common with the program.
type desk struct {
	good map[int]bool // an envelope that nobody declared void
	void map[int]int  // envelopes declared void that nobody has accounted for
}

// Whatever people do in whatever order: a batch is handed over only when there is no void envelope of it that nobody has accounted for.
func TestNoInterleavingHandsOverOwedEnvelopes(t *testing.T) {
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	for round := range rounds {
		seed := uint64(time.Now().UnixNano()) + uint64(round)
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) { anyOrder(t, seed) })
	}
}

func anyOrder(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	b := newBench(t, sandbox.Options{Seed: 4})
	b.pulled()
	batch := b.purpose("fit", 8)
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: batch})
	b.must(err)
	texts := b.texts(batch)
	d := desk{map[int]bool{}, map[int]int{}}
	refusals := 0
	for step := 0; ; step++ {
		i := rnd.IntN(len(rows))
		id := rows[i].ShPI
		state := b.state(id)
		what := rnd.IntN(8)
		if step > 120 { // people tidy up in the end
			what = []int{0, 1, 4, 6}[rnd.IntN(4)]
		}
		switch what {
		case 0, 1:
			r, err := b.Print(b.ctx, PrintOrder{Batch: batch, Limit: 1 + rnd.IntN(4)}, nil, nil)
			b.must(err)
			for i, row := range rows {
				if !d.good[i] && b.state(row.ShPI) == postal.StatePrinted {
					d.good[i], r.Printed = true, r.Printed-1
				}
			}
			if r.Printed != 0 {
				t.Fatalf("step %d: %d envelopes too many", step, r.Printed)
			}
		case 2:
			_, err := b.Reprint(b.ctx, id, ReasonTorn)
			if (err == nil) != d.good[i] {
				t.Fatalf("step %d: reprint of a %s piece: %v", step, state, err)
			}
			if err == nil {
				d.good[i] = false
				d.void[i]++
			}
		case 3:
			_, err := b.Reprint(b.ctx, id, ReasonLost)
			if (err == nil) != d.good[i] {
				t.Fatalf("step %d: reprint of a lost %s piece: %v", step, state, err)
			}
			d.good[i] = false
		case 4:
			row, err := b.Destroy(b.ctx, texts[i][rnd.IntN(2)], 1)
			if err == nil {
				d.void[i] = max(0, d.void[i]-1) // or one that was missing
			}
			if d.void[i] > 0 && err != nil || err == nil && row.Owed != d.void[i] {
				t.Fatalf("step %d: destroyed: %+v, %v; %d are about", step, row, err, d.void[i])
			}
		case 5:
			_, err := b.DeclareMissing(b.ctx, id)
			if (err == nil) != (d.void[i] > 0) {
				t.Fatalf("step %d: missing: %v; %d are about", step, err, d.void[i])
			}
			d.void[i] = max(0, d.void[i]-1)
		case 6:
			v := b.Verifier(batch)
			for i := range rows {
				if a := b.show(v, texts[i][0], texts[i][1]); a.Verdict == scan.VerdictOK && !d.good[i] {
					t.Fatalf("step %d: %+v", step, a)
				}
			}
		case 7:
			b.auditHolds()
		}
		about, verified := 0, 0
		for i, row := range rows {
			about += d.void[i]
			if b.state(row.ShPI) == postal.StateVerified {
				verified++
			}
		}
		_, err := b.HandOver(b.ctx, batch)
		if (err == nil) != (about == 0 && verified == len(rows)) {
			t.Fatalf("step %d: handing over with %d void envelopes about and %d of %d verified: %v", step, about, verified, len(rows), err)
		}
		if err == nil {
			if refusals == 0 {
				t.Error("nothing was ever refused: the test tries too little")
			}
			break
		}
		refusals++
		if step > 1000 {
			t.Fatal("the batch cannot be handed over")
		}
	}
	b.auditHolds()
}

func (b *bench) state(id postal.ShPI) postal.PieceState {
	b.t.Helper()
	row, err := b.Piece(b.ctx, id)
	b.must(err)
	return row.State
}
