package store

import (
	"errors"
	"fmt"
	"time"

	"znak/app/hint"
	"znak/app/postal"
)

// The money of the station is one ledger of double entry: every movement takes whole kopecks out of one account and puts them into another, so that
//
//	loaded = free + reserved + spent
//
// at every moment, loaded being what has come in from outside. Movements are never written by themselves: they follow from the events of the ledger
// (books.take) and can be computed from it again.
//
// Of a piece: its mark's value is reserved while its batch is approved here and it may still be handed over; a value that changes moves the difference.
// It is spent when the post has taken the piece in (facts/online-mark.md §1.4 places the debit there; that it is the mark's value which is debited is
// not settled by any source). It is free again when the piece leaves its batch, when the batch goes to the archive, and when the office refuses the
// piece: that a refused piece (tracking operation 44) is not paid for is inferred, no source says it; a refusal after acceptance gives the money back.
// If the post sees it otherwise, its next balance shows a difference, and the difference is listed.
//
// Of the account: a balance that the post states is compared with loaded − spent. The first is the opening; what it has more is a gain (somebody has
// paid in, or the post has given back), what it has less is a loss. From then on loaded − spent is what was stated.
//
// The post may have debited pieces before it tells that it took them in. Then the balance is lower first: a loss, and the money is out of free while
// it is still in reserved, so that less is promised than there is, never more. When the acceptance is learned, the value goes from reserved to spent, and
// loaded − spent is too low by it: the next stated balance is higher by exactly that, and this part of the difference is no gain but the correction of
// that loss. A difference is a correction only as far as (1) so much was lost before, (2) pieces worth so much were with the post without an
// answer at every balance since, and (3) debits worth so much have been learned since the last one. What is beyond is a gain; a loss that nothing with
// the post can explain any more stays a loss for good. When all is accepted and the balance is stated, losses and corrections cancel out to the kopeck
// (TestThePostsOwnOrderDoesNotMatter). The other order, acceptance first, makes no difference at all. Money that comes in between a debit and its
// acceptance, unseen by itself, shows as one gain less the debit and a second gain of the debit: the sum is right. So it is where a loss of another cause, a
// payment and acceptances fall between two balances: the payment may then show smaller by that loss, which shows as corrected.

// Account is one of the four sides of every movement.
type Account string

const (
	Outside  Account = "outside"  // the office's own money before it is loaded; and whatever the post takes or gives without a piece
	Free     Account = "free"     // loaded and promised to nobody: what new batches may use. Below zero: more is promised than there is
	Reserved Account = "reserved" // for pieces of approved batches
	Spent    Account = "spent"    // for pieces that the post has taken in
)

// MoneyKind says why money moved.
type MoneyKind string

const (
	MoneyOpening    MoneyKind = "opening"    // the first balance the post stated
	MoneyGain       MoneyKind = "gain"       // the post states more than was reckoned: a payment came in
	MoneyLoss       MoneyKind = "loss"       // the post states less than was reckoned
	MoneyCorrection MoneyKind = "correction" // a loss was the debit of pieces whose acceptance was learned later
	MoneyReserved   MoneyKind = "reserved"
	MoneyRevalued   MoneyKind = "revalued" // the value of a reserved mark changed: the difference
	MoneyReleased   MoneyKind = "released"
	MoneyDebited    MoneyKind = "debited"
	MoneyRefunded   MoneyKind = "refunded" // refused after it was taken in
)

// MoneyEntry is one movement.
type MoneyEntry struct {
	Seq      int64 // the event it follows from
	N        int   // 1, 2… within the event
	Day      postal.Date
	Kind     MoneyKind
	From, To Account
	Kopecks  postal.Kopecks // above zero
	Batch    string         // "": of the account
	Piece    int64          // the post's id; 0: of the account
}

// BalanceData belongs to postal.EventBalance.
type BalanceData struct {
	Kopecks postal.Kopecks `json:"kopecks"`
	Of      string         `json:"of"` // the day the post states it for, or the time of asking where it names none
}

// Accounts are the sums of the accounts. Loaded is what came in from Outside.
type Accounts struct{ Loaded, Free, Reserved, Spent postal.Kopecks }

// ErrMoney says that the money ledger does not add up; nothing more is written then.
var ErrMoney = errors.New("store: the money ledger does not add up")

// check is the invariant.
func (a Accounts) check() error {
	if a.Loaded == a.Free+a.Reserved+a.Spent && a.Reserved >= 0 && a.Spent >= 0 {
		return nil
	}
	return hint.New("money.broken", hint.Args{"Loaded": a.Loaded, "Free": a.Free, "Reserved": a.Reserved, "Spent": a.Spent},
		fmt.Errorf("loaded %d, free %d, reserved %d, spent %d: %w", a.Loaded, a.Free, a.Reserved, a.Spent, ErrMoney))
}

func (a *Accounts) add(account Account, sum postal.Kopecks) {
	switch account {
	case Outside:
		a.Loaded -= sum
	case Free:
		a.Free += sum
	case Reserved:
		a.Reserved += sum
	case Spent:
		a.Spent += sum
	}
}

// purse is what is kept of the account as a whole.
type purse struct {
	Accounts
	opened  bool           // the post has stated a balance
	stated  postal.Kopecks // the last one
	atPost  postal.Kopecks // reserved for pieces that are handed over: condition (2)
	early   postal.Kopecks // losses that may be debits of which nobody has told yet: condition (1)
	learned postal.Kopecks // debits of pieces handed over, learned since the last stated balance: condition (3)
}

// pieceMoney is what the ledger says of the money of a piece.
type pieceMoney struct {
	batch  string
	value  postal.Kopecks // of its mark
	held   postal.Kopecks // reserved for it
	paid   postal.Kopecks // spent for it
	taken  bool           // the post has taken it in and has not given it back
	live   bool           // it may still be handed over and taken in
	handed bool           // handed over, no answer yet
}

// atPost is what is reserved for a piece that is with the post.
func (m pieceMoney) atPost() postal.Kopecks {
	if m.handed {
		return m.held
	}
	return 0
}

type batchMoney struct{ approved, closed bool }

// shelf is where the books keep what they know of pieces and batches: the store's tables while work goes on, memory when the ledger is replayed. What is
// not known is a zero value.
type shelf interface {
	piece(id int64) (pieceMoney, error)
	setPiece(id int64, m pieceMoney) error
	batch(name string) (batchMoney, error)
	setBatch(name string, m batchMoney) error
	piecesOf(batch string) ([]int64, error) // in the order of their ids
}

// books reckon what events do to the money.
type books struct {
	purse purse
	shelf shelf
	put   func(MoneyEntry) error
}

// take lets one event happen. state is that of its piece after it.
func (b *books) take(r *record, state postal.PieceState) error {
	t := turn{books: b, next: MoneyEntry{Seq: r.seq, Day: moscowDay(r.at)}}
	var err error
	switch r.event.Kind {
	case postal.EventBalance:
		err = t.stated(r)
	case postal.EventBatchApproved:
		err = t.batch(r.event.Batch, func(m *batchMoney) { m.approved = true })
	case postal.EventBatchPulled, postal.EventBatchChanged:
		var data struct {
			Status postal.BatchStatus `json:"status"`
		}
		if err = readData(r, &data); err == nil && data.Status != "" {
			err = t.batch(r.event.Batch, func(m *batchMoney) { m.closed = data.Status == postal.BatchArchived })
		}
	case postal.EventPulled, postal.EventChanged, postal.EventWithdrawn, postal.EventHanded, postal.EventAccepted, postal.EventRefused, postal.EventDelivered:
		if r.event.Piece != 0 {
			err = t.piece(r, state)
		}
	default:
		return nil
	}
	if err != nil {
		return err
	}
	// The pieces' own sums moved by as much as the accounts.
	if t.held != t.moved.Reserved || t.paid != t.moved.Spent {
		return hint.New("money.broken", hint.Args{"Loaded": b.purse.Loaded, "Free": b.purse.Free, "Reserved": b.purse.Reserved, "Spent": b.purse.Spent},
			fmt.Errorf("event %d moves %d and %d of its pieces, %d and %d of the accounts: %w", r.seq, t.held, t.paid, t.moved.Reserved, t.moved.Spent, ErrMoney))
	}
	return b.purse.check()
}

// turn is one event being taken.
type turn struct {
	*books
	next       MoneyEntry
	moved      Accounts       // by the entries of this event
	held, paid postal.Kopecks // by its pieces
}

// move writes one entry. Nothing moves nothing.
func (t *turn) move(kind MoneyKind, from, to Account, sum postal.Kopecks) error {
	if sum == 0 {
		return nil
	}
	t.next.N++
	t.next.Kind, t.next.From, t.next.To, t.next.Kopecks = kind, from, to, sum
	for _, a := range []*Accounts{&t.purse.Accounts, &t.moved} {
		a.add(from, -sum)
		a.add(to, sum)
	}
	return t.put(t.next)
}

// stated compares a balance of the post with loaded − spent.
func (t *turn) stated(r *record) error {
	var data BalanceData
	if err := readData(r, &data); err != nil {
		return err
	}
	p := &t.purse
	more, less := MoneyGain, MoneyLoss
	if !p.opened {
		more, less = MoneyOpening, MoneyOpening
	}
	diff := data.Kopecks - (p.Loaded - p.Spent)
	if diff > 0 {
		corrected := min(diff, p.early, p.learned)
		if err := t.move(MoneyCorrection, Outside, Free, corrected); err != nil {
			return err
		}
		p.early -= corrected
		if err := t.move(more, Outside, Free, diff-corrected); err != nil {
			return err
		}
	}
	if diff < 0 {
		if err := t.move(less, Free, Outside, -diff); err != nil {
			return err
		}
		if p.opened {
			p.early -= diff
		}
	}
	p.early = min(p.early, p.atPost) // more than what is with the post cannot be its debit
	p.opened, p.stated, p.learned = true, data.Kopecks, 0
	return nil
}

// batch changes what is known of a batch and then what is reserved for its pieces.
func (t *turn) batch(name string, change func(*batchMoney)) error {
	was, err := t.shelf.batch(name)
	if err != nil {
		return err
	}
	now := was
	change(&now)
	if now == was {
		return nil
	}
	if err := t.shelf.setBatch(name, now); err != nil {
		return err
	}
	ids, err := t.shelf.piecesOf(name)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := t.settle(id, func(m *pieceMoney) error { return t.hold(m) }); err != nil {
			return err
		}
	}
	return nil
}

// piece follows an event of a piece.
func (t *turn) piece(r *record, state postal.PieceState) error {
	return t.settle(r.event.Piece, func(m *pieceMoney) error {
		value, batch := m.value, m.batch
		switch r.event.Kind {
		case postal.EventPulled:
			var data PulledData
			if err := readData(r, &data); err != nil {
				return err
			}
			value, batch = data.Value, r.event.Batch
		case postal.EventChanged:
			var data ChangedData
			if err := readData(r, &data); err != nil {
				return err
			}
			batch = r.event.Batch
			for _, f := range data.Fields {
				if f.Name != "value" {
					continue
				}
				value = 0
				if f.To != "" {
					var err error
					if value, err = postal.ParseKopecks(f.To); err != nil {
						return fmt.Errorf("data of event %s: %w", r.event.Kind, err)
					}
				}
			}
		}
		if batch != m.batch { // what is reserved, is reserved for a batch
			if err := t.free(m); err != nil {
				return err
			}
		}
		m.batch, m.value = batch, max(value, 0)
		handed := m.handed
		m.live, m.handed = mayBeTaken(state), state == postal.StateHanded
		switch r.event.Kind {
		case postal.EventAccepted, postal.EventDelivered:
			if err := t.pay(m, handed); err != nil {
				return err
			}
		case postal.EventRefused:
			t.next.Batch = m.batch
			if err := t.move(MoneyRefunded, Spent, Free, m.paid); err != nil {
				return err
			}
			m.paid, m.taken = 0, false
		}
		return t.hold(m)
	})
}

// mayBeTaken reports whether the post may still take in a piece of this state. A refused one that is taken in after all is paid out of free.
func mayBeTaken(s postal.PieceState) bool {
	switch s {
	case postal.StatePulled, postal.StateQueued, postal.StatePrinted, postal.StateUnknown, postal.StateVerified, postal.StateStale, postal.StateSpoiled,
		postal.StateHanded:
		return true
	}
	return false
}

// settle lets f change the money of a piece and keeps the account's own sums up with it.
func (t *turn) settle(id int64, f func(m *pieceMoney) error) error {
	was, err := t.shelf.piece(id)
	if err != nil {
		return err
	}
	now := was
	t.next.Piece = id
	if err := f(&now); err != nil {
		return err
	}
	t.held += now.held - was.held
	t.paid += now.paid - was.paid
	t.purse.atPost += now.atPost() - was.atPost()
	if now == was {
		return nil
	}
	return t.shelf.setPiece(id, now)
}

// pay spends the value of a piece once, out of what is reserved for it, else out of free.
func (t *turn) pay(m *pieceMoney, handed bool) error {
	if m.taken {
		return nil
	}
	t.next.Batch = m.batch
	held := min(m.held, m.value)
	if err := t.move(MoneyDebited, Reserved, Spent, held); err != nil {
		return err
	}
	if err := t.move(MoneyDebited, Free, Spent, m.value-held); err != nil {
		return err
	}
	m.held -= held
	m.paid, m.taken = m.value, true
	if handed {
		t.purse.learned += m.paid
	}
	return nil
}

// hold reserves as much as the piece needs now.
func (t *turn) hold(m *pieceMoney) error {
	want := postal.Kopecks(0)
	if m.live && !m.taken {
		b, err := t.shelf.batch(m.batch)
		if err != nil {
			return err
		}
		if b.approved && !b.closed {
			want = m.value
		}
	}
	if want == 0 {
		return t.free(m)
	}
	t.next.Batch = m.batch
	kind := MoneyRevalued
	if m.held == 0 {
		kind = MoneyReserved
	}
	more := want - m.held
	m.held = want
	if more < 0 {
		return t.move(kind, Reserved, Free, -more)
	}
	return t.move(kind, Free, Reserved, more)
}

// free gives back all that is reserved for a piece.
func (t *turn) free(m *pieceMoney) error {
	t.next.Batch = m.batch
	held := m.held
	m.held = 0
	return t.move(MoneyReleased, Reserved, Free, held)
}

// moscow is the time the post counts its days in; the country has kept UTC+3 there since 2014.
var moscow = time.FixedZone("MSK", 3*60*60)

func moscowDay(at int64) postal.Date { return postal.DateOf(moment(at).In(moscow)) }
