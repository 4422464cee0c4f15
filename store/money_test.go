package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"znak/app/hint"
	"znak/app/postal"
)

// dumpMoney writes everything the money ledger keeps.
func dumpMoney(t testing.TB, s *Store) string {
	t.Helper()
	var b strings.Builder
	for _, query := range []string{`SELECT * FROM money ORDER BY seq, n`, `SELECT * FROM money_total`, `SELECT * FROM money_pieces ORDER BY piece`,
		`SELECT * FROM money_batches ORDER BY batch`} {
		b.WriteString(dumpQuery(t, s, query))
	}
	return b.String()
}

func purseOf(t testing.TB, s *Store) Purse {
	t.Helper()
	p, err := s.Purse(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wantMoney compares the four sums.
func wantMoney(t testing.TB, s *Store, loaded, free, reserved, spent postal.Kopecks) {
	t.Helper()
	if got, want := purseOf(t, s).Accounts, (Accounts{loaded, free, reserved, spent}); got != want {
		t.Fatalf("money is %+v, want %+v", got, want)
	}
}

func balance(k postal.Kopecks) NewEvent {
	return NewEvent{Kind: postal.EventBalance, Data: BalanceData{Kopecks: k, Of: "2026-11-21"}}
}

func approved(batch string) NewEvent {
	return NewEvent{Kind: postal.EventBatchApproved, Batch: batch, Data: ApprovedData{}}
}

func mustHappen(t testing.TB, s *Store, events ...NewEvent) {
	t.Helper()
	if err := happen(s, events...); err != nil {
		t.Fatal(err)
	}
}

// hand takes pieces as far as the hand-over.
func hand(t testing.TB, s *Store, job string, list []postal.Piece) {
	t.Helper()
	intend(t, s, job, list)
	for _, kind := range []postal.EventKind{postal.EventPrinted, postal.EventVerified, postal.EventHanded} {
		mustHappen(t, s, eventsOf(kind, list, nil)...)
	}
}

func TestMoneyOfABatch(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 10) // 85.40 each
	pull(t, s, "1", list)
	if p := purseOf(t, s); p.Stated != nil || p.Accounts != (Accounts{}) {
		t.Fatalf("before anything: %+v", p)
	}
	mustHappen(t, s, balance(100_000))
	wantMoney(t, s, 100_000, 100_000, 0, 0)
	mustHappen(t, s, approved("1"))
	wantMoney(t, s, 100_000, 14_600, 85_400, 0)
	mustHappen(t, s, approved("1")) // once more changes nothing
	wantMoney(t, s, 100_000, 14_600, 85_400, 0)
	// The value of a mark changes: the difference is an entry of its own.
	value := func(from, to string) ChangedData {
		return ChangedData{[]FieldChange{{Name: "value", From: from, To: to}}}
	}
	mustHappen(t, s, NewEvent{Kind: postal.EventChanged, Piece: list[0].PostID, Data: value("85.40", "90.00")},
		NewEvent{Kind: postal.EventChanged, Piece: list[1].PostID, Data: value("85.40", "80.00")})
	wantMoney(t, s, 100_000, 14_680, 85_320, 0)
	// One is removed from the batch, and comes back.
	mustHappen(t, s, NewEvent{Kind: postal.EventWithdrawn, Piece: list[2].PostID})
	wantMoney(t, s, 100_000, 23_220, 76_780, 0)
	mustHappen(t, s, NewEvent{Kind: postal.EventPulled, Piece: list[2].PostID, Data: pulledData(list[2])})
	wantMoney(t, s, 100_000, 14_680, 85_320, 0)
	// Spoiling and reprinting move nothing: it is the same mark.
	hand(t, s, "job", list)
	wantMoney(t, s, 100_000, 14_680, 85_320, 0)
	mustHappen(t, s, eventsOf(postal.EventAccepted, list[:8], nil)...)
	wantMoney(t, s, 100_000, 14_680, 17_080, 68_240)
	mustHappen(t, s, NewEvent{Kind: postal.EventRefused, Piece: list[8].PostID}) // by the office: not paid for
	wantMoney(t, s, 100_000, 23_220, 8_540, 68_240)
	mustHappen(t, s, NewEvent{Kind: postal.EventAccepted, Piece: list[8].PostID}) // taken in after all, without a reservation
	wantMoney(t, s, 100_000, 14_680, 8_540, 76_780)
	mustHappen(t, s, NewEvent{Kind: postal.EventDelivered, Piece: list[9].PostID}) // nobody told of the acceptance
	wantMoney(t, s, 100_000, 14_680, 0, 85_320)
	mustHappen(t, s, eventsOf(postal.EventDelivered, list, nil)...) // paid once
	wantMoney(t, s, 100_000, 14_680, 0, 85_320)
	mustHappen(t, s, NewEvent{Kind: postal.EventRefused, Piece: list[3].PostID}) // given back
	wantMoney(t, s, 100_000, 23_220, 0, 76_780)
	// What was taken in is paid for, even where it disappears and comes back: nothing is reserved or spent for it a second time.
	for _, kind := range []postal.EventKind{postal.EventWithdrawn, postal.EventPulled, postal.EventAccepted} {
		mustHappen(t, s, NewEvent{Kind: kind, Piece: list[4].PostID, Data: pulledData(list[4])})
		wantMoney(t, s, 100_000, 23_220, 0, 76_780)
	}
	mustAudit(t, s)

	entries, err := s.Money(ctx, MoneyQuery{Piece: list[0].PostID})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range entries {
		told = append(told, fmt.Sprintf("%s %s>%s %d %s %s", e.Kind, e.From, e.To, e.Kopecks, e.Batch, e.Day))
	}
	want := "[reserved free>reserved 8540 1 2026-11-21 revalued free>reserved 460 1 2026-11-21 debited reserved>spent 9000 1 2026-11-21]"
	if fmt.Sprint(told) != want {
		t.Errorf("told %v", told)
	}
}

// A batch in the archive holds no money; taken out of it, it does again.
func TestMoneyOfTheArchive(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 3))
	changed := func(status postal.BatchStatus) NewEvent {
		return NewEvent{Kind: postal.EventBatchChanged, Batch: "1", Data: map[string]any{"status": status}}
	}
	mustHappen(t, s, balance(50_000), approved("1"), changed(postal.BatchArchived))
	wantMoney(t, s, 50_000, 50_000, 0, 0)
	mustHappen(t, s, changed(postal.BatchCreated))
	wantMoney(t, s, 50_000, 24_380, 25_620, 0)
	mustAudit(t, s)
}

// A piece that moves to another batch is reserved for that one, or for none.
func TestMoneyMovesWithThePiece(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 2)
	pull(t, s, "1", list)
	write(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutBatch(testBatch("2"), true), tx.PutBatch(testBatch("3"), true))
	})
	mustHappen(t, s, approved("1"), approved("2"))
	mustHappen(t, s, NewEvent{Kind: postal.EventChanged, Batch: "2", Piece: list[0].PostID}, NewEvent{Kind: postal.EventChanged, Batch: "3", Piece: list[1].PostID})
	wantMoney(t, s, 0, -8540, 8540, 0)
	sums, err := s.MoneySums(ctx, ByBatch, MoneyQuery{})
	if err != nil || len(sums) != 2 || sums[0].Held != 0 || sums[1].Held != 8540 || sums[1].Key != "2" {
		t.Fatalf("%+v, %v", sums, err)
	}
	mustAudit(t, s)
}

// Whatever the order in which the debit and the acceptance are seen, at the end the same money is spent and nothing is unexplained.
func TestDebitSeenBeforeAcceptance(t *testing.T) {
	for _, early := range []bool{false, true} {
		t.Run(fmt.Sprint("early=", early), func(t *testing.T) {
			s := openTest(t)
			list := testPieces(0, 10)
			pull(t, s, "1", list)
			mustHappen(t, s, balance(200_000), approved("1"))
			hand(t, s, "job", list)
			if early { // nine were taken in and paid for, one refused; only the balance tells
				mustHappen(t, s, balance(200_000-9*8540))
				wantMoney(t, s, 123_140, 37_740, 85_400, 0)
				if p := purseOf(t, s); p.Unexplained != 9*8540 || p.Pending != 9*8540 {
					t.Fatalf("%+v", p)
				}
				// Half of it becomes known, the balance is asked for again, then the rest.
				mustHappen(t, s, eventsOf(postal.EventAccepted, list[:4], nil)...)
				mustHappen(t, s, balance(200_000-9*8540))
				if p := purseOf(t, s); p.Unexplained != 5*8540 || p.Pending != 5*8540 || p.Book() != 123_140 {
					t.Fatalf("%+v", p)
				}
				mustHappen(t, s, eventsOf(postal.EventAccepted, list[4:9], nil)...)
			} else {
				mustHappen(t, s, eventsOf(postal.EventAccepted, list[:9], nil)...)
			}
			mustHappen(t, s, NewEvent{Kind: postal.EventRefused, Piece: list[9].PostID})
			mustHappen(t, s, balance(200_000-9*8540))
			wantMoney(t, s, 200_000, 123_140, 0, 76_860)
			if p := purseOf(t, s); p.Unexplained != 0 || p.Pending != 0 || *p.Stated != 123_140 {
				t.Errorf("%+v", p)
			}
			kinds := map[MoneyKind]int{}
			entries, err := s.Money(ctx, MoneyQuery{Account: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				kinds[e.Kind]++
			}
			if want := map[bool]string{false: "map[opening:1]", true: "map[correction:2 loss:1 opening:1]"}[early]; fmt.Sprint(kinds) != want {
				t.Errorf("%v, want %s", kinds, want)
			}
			mustAudit(t, s)
		})
	}
}

// A payment that comes in while debits are unexplained is a gain of its whole sum: nothing has been learned that would explain them.
func TestPaymentBetweenDebitAndAcceptance(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 4)
	pull(t, s, "1", list)
	mustHappen(t, s, balance(100_000), approved("1"))
	hand(t, s, "job", list)
	mustHappen(t, s, eventsOf(postal.EventAccepted, list[:2], nil)...)
	mustHappen(t, s, balance(82_920))             // the ordinary order
	mustHappen(t, s, balance(82_920-8540))        // the third is debited
	mustHappen(t, s, balance(82_920-8540+50_000)) // somebody pays in
	mustHappen(t, s, NewEvent{Kind: postal.EventAccepted, Piece: list[2].PostID})
	mustHappen(t, s, balance(82_920-8540+50_000))
	entries, err := s.Money(ctx, MoneyQuery{Account: true})
	if err != nil {
		t.Fatal(err)
	}
	told := ""
	for _, e := range entries {
		told += fmt.Sprintf("%s %d, ", e.Kind, e.Kopecks)
	}
	if told != "opening 100000, loss 8540, gain 50000, correction 8540, " {
		t.Error(told)
	}
	mustAudit(t, s)
}

// What the pieces cannot explain stays visible, and a payment is a gain of its sum.
func TestUnexplainedStays(t *testing.T) {
	s := openTest(t)
	list := testPieces(0, 2)
	pull(t, s, "1", list)
	mustHappen(t, s, balance(100_000), approved("1"))
	mustHappen(t, s, balance(95_000)) // nothing is with the post
	hand(t, s, "job", list)
	mustHappen(t, s, eventsOf(postal.EventAccepted, list, nil)...)
	mustHappen(t, s, balance(95_000-17_080))
	mustHappen(t, s, balance(95_000-17_080+30_000))
	if p := purseOf(t, s); p.Unexplained != 5_000 || p.Pending != 0 || p.Free != 107_920 {
		t.Errorf("%+v", p)
	}
	sums, err := s.MoneySums(ctx, ByMonth, MoneyQuery{})
	if err != nil || len(sums) != 1 || sums[0] != (MoneySum{Key: "2026-11", Loaded: 125_000, Reserved: 17_080, Spent: 17_080, Pieces: 2}) {
		t.Errorf("%+v, %v", sums, err)
	}
	mustAudit(t, s)
}

// A post that debits when it likes, tells when it likes, and is paid into at any moment: when everything is known, everything is explained to the kopeck.
func TestThePostsOwnOrderDoesNotMatter(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 8
	}
	for round := range rounds {
		seed := uint64(time.Now().UnixNano()) + uint64(round)
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) { someDays(t, seed) })
	}
}

func someDays(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 2))
	s := openTest(t)
	const batches, size = 4, 5
	atPost := postal.Kopecks(1_000_000)
	paid := atPost // into the account, the opening with it
	var spent postal.Kopecks
	type letter struct {
		postal.Piece
		handed, settled, told, refused bool
	}
	letters := make([]*letter, batches*size)
	for i := range letters {
		p := testPiece(i)
		p.Mark.Value = postal.Kopecks(5000 + rnd.IntN(5000))
		letters[i] = &letter{Piece: p}
	}
	piecesOf := func(b int) (list []postal.Piece) {
		for _, l := range letters[b*size : (b+1)*size] {
			list = append(list, l.Piece)
		}
		return list
	}
	for b := range batches {
		pull(t, s, fmt.Sprint(b+1), piecesOf(b))
	}
	ask := func() { mustHappen(t, s, balance(atPost)) }
	ask()
	next := 0
	tell := func(l *letter) {
		kind := postal.EventAccepted
		if l.refused {
			kind = postal.EventRefused
		}
		mustHappen(t, s, NewEvent{Kind: kind, Piece: l.PostID})
		l.told = true
	}
	for range 60 {
		l := letters[rnd.IntN(len(letters))]
		switch rnd.IntN(6) {
		case 0:
			if next < batches {
				mustHappen(t, s, approved(fmt.Sprint(next+1)))
				hand(t, s, fmt.Sprint("job", next), piecesOf(next))
				for _, l := range letters[next*size : (next+1)*size] {
					l.handed = true
				}
				next++
			}
		case 1, 2:
			if l.handed && !l.settled {
				l.settled, l.refused = true, rnd.IntN(5) == 0
				if !l.refused {
					atPost -= l.Mark.Value
					spent += l.Mark.Value
				}
			}
		case 3:
			if l.settled && !l.told {
				tell(l)
			}
		case 4:
			ask()
		case 5:
			if rnd.IntN(4) == 0 {
				sum := postal.Kopecks(1 + rnd.IntN(40_000))
				atPost += sum
				paid += sum
			}
		}
	}
	for _, l := range letters {
		if l.settled && !l.told {
			tell(l)
		}
	}
	ask()
	p := purseOf(t, s)
	if p.Loaded != paid || p.Spent != spent || p.Unexplained != 0 || p.Pending != 0 || p.Book() != atPost {
		t.Errorf("%+v; paid in %d, spent %d, the post has %d", p, paid, spent, atPost)
	}
	mustAudit(t, s)
}

// moneyModel is the money reckoned once more from the rules alone: what is reserved follows from the states as they are, not from what happened.
type moneyModel struct {
	pieces   map[int64]*modelPiece
	approved map[string]bool
	closed   map[string]bool
	stated   postal.Kopecks
	opened   bool
}

type modelPiece struct {
	state postal.PieceState
	batch string
	value postal.Kopecks
	paid  postal.Kopecks
	taken bool
}

func (m *moneyModel) sums() (reserved, spent postal.Kopecks) {
	for _, p := range m.pieces {
		spent += p.paid
		switch p.state {
		case "", postal.StateWithdrawn, postal.StateOrphan, postal.StateAccepted, postal.StateRefused, postal.StateDelivered:
			continue
		}
		if m.approved[p.batch] && !m.closed[p.batch] && !p.taken {
			reserved += p.value
		}
	}
	return reserved, spent
}

// Any interleaving of events that may happen keeps the money true, and the ledger gives the same money again.
func TestAnyInterleavingKeepsTheMoneyTrue(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	for round := range rounds {
		seed := uint64(time.Now().UnixNano()) + uint64(round)
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 3))
			s := openTest(t)
			write(t, s, func(tx *Tx) error {
				for i, name := range storyBatches {
					if err := errors.Join(tx.PutBatch(testBatch(name), true), tx.PutPieces(name, 0, testPieces(i*4, 4))); err != nil {
						return err
					}
				}
				return errors.Join(tx.OpenRun(Run{ID: "run"}), tx.OpenJob(Job{ID: "job", Run: "run"}))
			})
			moneyStory(t, 150, rnd.IntN, func(e NewEvent, _ postal.PieceState) Purse {
				mustHappen(t, s, e)
				return purseOf(t, s)
			})
			mustAudit(t, s)
			stored := dumpMoney(t, s)
			if err := s.Rebuild(ctx); err != nil {
				t.Fatal(err)
			}
			if rebuilt := dumpMoney(t, s); rebuilt != stored {
				t.Errorf("stored\n%s\nrebuilt\n%s", stored, rebuilt)
			}
			mustAudit(t, s)
		})
	}
}

// FuzzMoney lets the fuzzer choose what happens; the books are kept in memory.
func FuzzMoney(f *testing.F) {
	f.Add([]byte("the post takes in what was printed, and then some"))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
	f.Fuzz(func(t *testing.T, choices []byte) {
		pieces := map[int64]*replayedPiece{}
		for n := range 12 {
			pieces[testPiece(n).PostID] = &replayedPiece{}
		}
		var sums Accounts
		var lost postal.Kopecks
		b := &books{shelf: &memory{pieces, map[string]batchMoney{}, map[string][]int64{}}, put: func(e MoneyEntry) error {
			sums.add(e.From, -e.Kopecks)
			sums.add(e.To, e.Kopecks)
			switch e.Kind {
			case MoneyLoss:
				lost += e.Kopecks
			case MoneyCorrection:
				lost -= e.Kopecks
			}
			if e.Kopecks <= 0 || e.From == e.To {
				t.Fatalf("entry %s", e)
			}
			return nil
		}}
		seq := int64(0)
		moneyStory(t, min(len(choices)/3, 500), func(n int) int {
			if len(choices) == 0 {
				return 0
			}
			c := int(choices[0])
			choices = choices[1:]
			return c % n
		}, func(e NewEvent, state postal.PieceState) Purse {
			seq++
			raw, err := json.Marshal(e.Data)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.take(&record{seq: seq, at: 1, event: e, data: string(raw)}, state); err != nil {
				t.Fatal(err)
			}
			var held postal.Kopecks
			for _, p := range pieces {
				held += p.money.held
			}
			if sums != b.purse.Accounts || held != b.purse.Reserved {
				t.Fatalf("entries %+v, pieces hold %d, sums %+v", sums, held, b.purse)
			}
			return b.purse.public(lost)
		})
	})
}

var storyBatches = []string{"1", "2", "3"}

// moneyKinds are the events of a piece whose place in its life decides about its money.
var moneyKinds = []postal.EventKind{postal.EventPulled, postal.EventPulled, postal.EventChanged, postal.EventWithdrawn, postal.EventIntent, postal.EventPrinted,
	postal.EventNotPrinted, postal.EventVerified, postal.EventVerified, postal.EventSpoiled, postal.EventHanded, postal.EventHanded, postal.EventAccepted,
	postal.EventRefused, postal.EventDelivered, postal.EventOperation}

// moneyStory lets events happen that may happen, and compares the money with the model after each.
func moneyStory(t *testing.T, steps int, choose func(n int) int, happen func(e NewEvent, state postal.PieceState) Purse) {
	m := &moneyModel{map[int64]*modelPiece{}, map[string]bool{}, map[string]bool{}, 0, false}
	for n := range 12 {
		m.pieces[testPiece(n).PostID] = &modelPiece{}
	}
	for range steps {
		e := NewEvent{Batch: storyBatches[choose(3)]}
		state := postal.PieceState("")
		switch choose(8) {
		case 0:
			e.Kind, e.Batch = postal.EventBalance, ""
			m.stated, m.opened = postal.Kopecks(choose(200)*500-10_000), true
			e.Data = BalanceData{Kopecks: m.stated}
		case 1:
			e.Kind, e.Data = postal.EventBatchApproved, ApprovedData{}
			m.approved[e.Batch] = true
		case 2:
			status := []postal.BatchStatus{postal.BatchCreated, postal.BatchArchived, ""}[choose(3)]
			e.Kind, e.Data = postal.EventBatchChanged, map[string]any{"status": status}
			if status != "" {
				m.closed[e.Batch] = status == postal.BatchArchived
			}
		default:
			piece := testPiece(choose(12))
			e.Piece = piece.PostID
			p := m.pieces[e.Piece]
			e.Kind = moneyKinds[choose(len(moneyKinds))]
			next, err := postal.Next(p.state, e.Kind)
			if err != nil {
				continue
			}
			p.state, state = next, next
			value := postal.Kopecks(choose(4) * 1000)
			switch e.Kind {
			case postal.EventPulled:
				p.batch, p.value = e.Batch, value
				e.Data = PulledData{Mark: piece.Mark.ID, Value: value}
			case postal.EventChanged:
				e.Data = ChangedData{[]FieldChange{{Name: "mass"}, {Name: "value", From: p.value.Decimal(), To: value.Decimal()}}}
				p.batch, p.value = e.Batch, value
			case postal.EventIntent:
				e.Data = IntentData{Job: "job"}
			case postal.EventAccepted, postal.EventDelivered:
				if !p.taken {
					p.taken, p.paid = true, p.value
				}
			case postal.EventRefused:
				p.taken, p.paid = false, 0
			}
		}
		p := happen(e, state)
		reserved, spent := m.sums()
		if p.Reserved != reserved || p.Spent != spent || p.Loaded != p.Free+p.Reserved+p.Spent || p.Reserved < 0 {
			t.Fatalf("after %s of %d: %+v, want %d reserved and %d spent", e.Kind, e.Piece, p, reserved, spent)
		}
		if e.Kind == postal.EventBalance && p.Book() != m.stated || (p.Stated != nil) != m.opened || p.Pending < 0 || p.Pending > max(p.Unexplained, 0) {
			t.Fatalf("stated %d: %+v", m.stated, p)
		}
	}
}

// moneyScene is a store with all kinds of movements, closed. Events 1–10 pull, 11 states, 12 approves, 53 loses, 54–58 accept, 59 states.
func moneyScene(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	list := testPieces(0, 10)
	pull(t, s, "1", list)
	mustHappen(t, s, balance(200_000), approved("1"))
	hand(t, s, "job", list)
	mustHappen(t, s, balance(200_000-5*8540))
	mustHappen(t, s, eventsOf(postal.EventAccepted, list[:5], nil)...)
	mustHappen(t, s, balance(200_000-5*8540))
	mustAudit(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAuditFindsOneKopeck(t *testing.T) {
	for name, c := range map[string]struct {
		statement string
		seq       int64
	}{
		"one kopeck":     {`UPDATE money SET kopecks = kopecks + 1 WHERE seq = 12 AND n = 4`, 12},
		"another kopeck": {`UPDATE money SET kopecks = kopecks - 1 WHERE kind = 'debited' AND seq = 56`, 56},
		"kind":           {`UPDATE money SET kind = 'gain' WHERE kind = 'loss'`, 53},
		"account":        {`UPDATE money SET source = 'free' WHERE seq = 57`, 57},
		"day":            {`UPDATE money SET day = '2026-11-20' WHERE seq = 11`, 11},
		"batch":          {`UPDATE money SET batch = '2' WHERE seq = 12 AND n = 1`, 12},
		"piece":          {`UPDATE money SET piece = piece + 100 WHERE seq = 12 AND n = 10`, 12},
		"gone":           {`DELETE FROM money WHERE seq = 58`, 58},
		"last gone":      {`DELETE FROM money WHERE seq = 59`, 59},
		"all gone":       {`DELETE FROM money`, 11},
		"invented":       {`INSERT INTO money VALUES (59, 2, '2026-11-21', 'gain', 'outside', 'free', 1, '', 0)`, 59},
		"sums":           {`UPDATE money_total SET loaded = loaded + 1, free = free + 1`, 0},
		"no sums":        {`DELETE FROM money_total`, 0},
		"broken sums":    {`UPDATE money_total SET free = free + 1`, 0},
		"hidden sums":    {`UPDATE money_total SET early = 1`, 0},
		"held":           {`UPDATE money_pieces SET held = held - 1 WHERE piece = 5000000007`, 50},
		"piece gone":     {`DELETE FROM money_pieces WHERE piece = 5000000007`, 0},
		"piece invented": {`INSERT INTO money_pieces VALUES (7, '1', 1, 0, 0, 0, 1, 0)`, 0},
		"approval":       {`UPDATE money_batches SET approved = 0`, 0},
		"batch gone":     {`DELETE FROM money_batches`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			path := moneyScene(t)
			tamper(t, path, c.statement)
			s := openAt(t, path)
			r, err := s.Audit(ctx)
			if err != nil || r.OK || r.FirstBad != c.seq || !strings.HasPrefix(r.What, "money") {
				t.Errorf("%+v, %v; want event %d", r, err, c.seq)
			}
			t.Log(r.What)
			if err := s.Rebuild(ctx); err != nil {
				t.Fatal(err)
			}
			mustAudit(t, s)
		})
	}
}

// Sums that do not add up stop every further event, with a sentence for the person; nothing of the change is kept.
func TestBrokenMoneyStopsTheWriting(t *testing.T) {
	path := moneyScene(t)
	tamper(t, path, `UPDATE money_total SET free = free - 1`)
	s := openAt(t, path)
	before, err := s.Events(ctx, EventQuery{})
	if err != nil {
		t.Fatal(err)
	}
	err = happen(s, NewEvent{Kind: postal.EventScanned, Piece: testPiece(0).PostID})
	if !errors.Is(err, ErrMoney) {
		t.Fatalf("got %v", err)
	}
	if key, args, ok := hint.Of(err); !ok || key != "money.broken" || args["Free"] != postal.Kopecks(200_000-85_400-1) {
		t.Errorf("hint %s %v", key, args)
	}
	if after, err := s.Events(ctx, EventQuery{}); err != nil || len(after) != len(before) {
		t.Errorf("%d events were %d, %v", len(after), len(before), err)
	}
	if err := s.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	mustHappen(t, s, NewEvent{Kind: postal.EventScanned, Piece: testPiece(0).PostID})
}

// A store from before there was a money ledger gets one, from its own events.
func TestMoneyOfAnOlderStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "znak.db")
	s := openAt(t, path)
	list := testPieces(0, 4)
	pull(t, s, "1", list)
	mustHappen(t, s, approved("1"), NewEvent{Kind: postal.EventDelivered, Piece: list[0].PostID})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, downgrade(t, path, 1))
	wantMoney(t, s, 0, -4*8540, 3*8540, 8540)
	if _, due, err := s.Setting(ctx, keyRebuild); err != nil || due {
		t.Errorf("still due: %v, %v", due, err)
	}
	mustAudit(t, s)
}

func TestCostCentres(t *testing.T) {
	s := openTest(t)
	pull(t, s, "1", testPieces(0, 2))
	pull(t, s, "2", testPieces(10, 3))
	pull(t, s, "3", testPieces(20, 1))
	mustHappen(t, s, balance(100_000), approved("1"), approved("2"), approved("3"))
	write(t, s, func(tx *Tx) error {
		return errors.Join(tx.SetCentre("1", "Суд"), tx.SetCentre("2", "Архив"), tx.SetCentre("2", "Суд"))
	})
	sums, err := s.MoneySums(ctx, ByCentre, MoneyQuery{})
	if err != nil || len(sums) != 2 || sums[0].Key != "" || sums[0].Held != 8540 || sums[1].Key != "Суд" || sums[1].Held != 5*8540 {
		t.Errorf("%+v, %v", sums, err)
	}
	write(t, s, func(tx *Tx) error { return tx.SetCentre("1", "") })
	if centres, err := s.Centres(ctx); err != nil || fmt.Sprint(centres) != "map[2:Суд]" {
		t.Errorf("%v, %v", centres, err)
	}
	if err := s.Write(ctx, func(tx *Tx) error { return tx.SetCentre("9", "Суд") }); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if sums, err := s.MoneySums(ctx, ByDay, MoneyQuery{From: "2026-11-22"}); err != nil || len(sums) != 0 {
		t.Errorf("%+v, %v", sums, err)
	}
}
