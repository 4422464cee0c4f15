package sandbox

import (
	"slices"
	"strconv"
	"time"
)

// Batch states (facts/otpravka-api.md §4).
const (
	statusCreated  = "CREATED"
	statusFrozen   = "FROZEN"
	statusAccepted = "ACCEPTED"
	statusSent     = "SENT"
	statusArchived = "ARCHIVED"
)

const (
	payMark     = "ONLINE_PAYMENT_MARK"
	payCashless = "CASHLESS"
)

// account is all the post knows of one client.
type account struct {
	seed                   int64
	token, login, password string
	org                    organisationCard
	office                 string // index of the shipping point
	secrets                [2]string

	money       int64 // kopecks
	balanceMode BalanceMode
	quotaDay    string
	quotaUsed   int

	shpi  shpiNumbers
	marks markNumbers

	pieces  []*piece // by id − firstID; deleted ones stay as nil
	byShPI  map[string]*piece
	byOrder map[string][]*piece // by order-num, which is not unique

	batches   map[string]*batch
	nextBatch int
	nextList  int64
}

// organisationCard is the sender.
type organisationCard struct {
	name, inn, kpp, hid            string
	index, region, place, street   string
	house, room, email             string
	agreementNumber, agreementDate string
}

// piece is one order, in «Новые» while batch is nil. Generated pieces keep no order: it is made from the seed whenever it
// is asked for, so that a batch of 100,000 stays small.
type piece struct {
	id      int64
	given   *order // as a client sent it; nil for a generated piece
	made    *recipe
	ordinal int32 // of a generated piece within its account

	mass    int64
	version int64
	shpi    string
	mark    *paymentMark
	batch   *batch
	joined  time.Time // when it came into its batch
	refusal *refusal
}

// recipe is what generated pieces of a batch have in common.
type recipe struct {
	mailType, category, rank, envelope string
	payment, notice                    string // notice: "", SIMPLE, ORDERED, ELECTRONIC
	noReturnEvery                      int    // each n-th piece is not to be returned; 0: none
	maxMass                            int64
}

// refusal is op 44 at acceptance, or right away when the batch is already accepted.
type refusal struct {
	attr int
	at   time.Time // zero while it waits for acceptance
}

// batch is one partia.
type batch struct {
	name             string
	status           string
	statusAt         time.Time
	beforeArchive    string
	purpose          string // why the account has it: for humans and tests
	mailType         string
	category         string
	rank             string
	notice           string
	payment          string
	office           string
	useOnlineBalance bool
	sending          time.Time // the hand-in day, midnight UTC
	checkedIn        time.Time
	listNumber       int64
	download         string // document-download-status
	formID           string
	pieces           []*piece // by id
	reserved         int64    // kopecks asked for at checkin and not debited yet
}

func (a *account) piece(id int64) *piece {
	at := id - firstID
	if at < 0 || at >= int64(len(a.pieces)) {
		return nil
	}
	return a.pieces[at]
}

// inBacklog finds a piece by id while it is in «Новые».
func (a *account) inBacklog(id int64) *piece {
	if p := a.piece(id); p != nil && p.batch == nil {
		return p
	}
	return nil
}

// inBatch finds a piece by id while it is in a batch.
func (a *account) inBatch(id int64) *piece {
	if p := a.piece(id); p != nil && p.batch != nil {
		return p
	}
	return nil
}

// add gives a new piece its id.
func (a *account) add(p *piece) {
	p.id = firstID + int64(len(a.pieces))
	p.version = 1
	a.pieces = append(a.pieces, p)
	num := a.orderNum(p)
	a.byOrder[num] = append(a.byOrder[num], p)
}

// assignShPI gives a piece its identifier, once.
func (a *account) assignShPI(p *piece) {
	if p.shpi == "" {
		p.shpi = a.shpi.next()
		a.byShPI[p.shpi] = p
	}
}

// join puts a piece into a batch: identifier always, mark only on the online balance (§8.4).
func (a *account) join(b *batch, p *piece, now time.Time) {
	a.assignShPI(p)
	p.batch, p.joined = b, now
	b.pieces = append(b.pieces, p)
	if b.useOnlineBalance && p.payment() == payMark {
		a.issue(p)
	}
}

// issue gives a piece a new mark; the one it had is dead.
func (a *account) issue(p *piece) {
	p.mark = &paymentMark{IndexOper: a.office, ID: a.marks.next(), Value: a.charge(p).markValue()}
}

// leave takes a piece out of its batch. The identifier and the mark die with it: no source says the post keeps them, and
// an envelope printed before must be caught (facts/otpravka-api.md §7.1). An emptied batch is gone: our choice.
func (a *account) leave(p *piece) {
	b := p.batch
	b.pieces = slices.DeleteFunc(b.pieces, func(other *piece) bool { return other == p })
	delete(a.byShPI, p.shpi)
	p.batch, p.mark, p.shpi, p.refusal = nil, nil, "", nil
	p.version++
	if len(b.pieces) == 0 {
		delete(a.batches, b.name)
	}
}

// forget deletes a piece for good.
func (a *account) forget(p *piece) {
	if p.batch != nil {
		a.leave(p)
	}
	num := a.orderNum(p)
	a.byOrder[num] = slices.DeleteFunc(a.byOrder[num], func(other *piece) bool { return other == p })
	delete(a.byShPI, p.shpi)
	a.pieces[p.id-firstID] = nil
}

func (a *account) newBatch(b *batch) *batch {
	b.name = strconv.Itoa(a.nextBatch)
	a.nextBatch++
	b.formID = uuid(stream(a.seed, streamAccount, a.nextBatch))
	if b.status == "" {
		b.status = statusCreated
	}
	a.batches[b.name] = b
	return b
}

// sorted gives the batches in the order of their numbers.
func (a *account) sorted() []*batch {
	list := make([]*batch, 0, len(a.batches))
	for _, b := range a.batches {
		list = append(list, b)
	}
	slices.SortFunc(list, func(x, y *batch) int {
		if len(x.name) != len(y.name) {
			return len(x.name) - len(y.name)
		}
		if x.name < y.name {
			return -1
		}
		return 1
	})
	return list
}

// marksSum is what checkin asks the balance for: the marks of all pieces. Whether the post really asks for the marks, for
// the totals or for something else is not known (facts/otpravka-api.md §15, rows 8 and 9); the one live text only shows
// that it names two sums in kopecks.
func (b *batch) marksSum() int64 {
	sum := int64(0)
	for _, p := range b.pieces {
		if p.mark != nil {
			sum += p.mark.Value
		}
	}
	return sum
}

// available is the money no checked-in batch waits for. That the post keeps money of FROZEN batches apart is our choice:
// otherwise two checkins could spend the same money and the debit at acceptance would overdraw.
func (a *account) available() int64 {
	left := a.money
	for _, b := range a.batches {
		left -= b.reserved
	}
	return left
}

func (a *account) charge(p *piece) charge {
	if p.made != nil {
		return price(p.made.mailType, p.made.category, p.mass, p.made.notice)
	}
	return price(p.given.MailType, p.given.MailCategory, p.mass, noticeOf(p.given))
}

func (p *piece) payment() string {
	if p.made != nil {
		return p.made.payment
	}
	return p.given.PaymentMethod
}

func noticeOf(o *order) string {
	switch {
	case o.OrderOfNotice:
		return "ORDERED"
	case o.SimpleNotice:
		return "SIMPLE"
	case o.ElectronicNotice:
		return "ELECTRONIC"
	}
	return ""
}

func (a *account) orderNum(p *piece) string {
	if p.given != nil {
		return p.given.OrderNum
	}
	return "2026-" + strconv.Itoa(100000+int(p.ordinal))
}

// orderOf is the piece's order: as given, or made from the seed.
func (a *account) orderOf(p *piece) order {
	if p.given != nil {
		return *p.given
	}
	r := recipientAt(a.seed, int(p.ordinal))
	m := p.made
	o := order{
		AddressTypeTo: r.AddressType, NumAddressTypeTo: r.NumAddressType,
		MailType: m.mailType, MailCategory: m.category, MailDirect: 643, MailRank: m.rank,
		Mass: p.mass, OrderNum: a.orderNum(p),
		IndexTo: int64(r.Index), StrIndexTo: strconv.Itoa(r.Index),
		RegionTo: r.Region, AreaTo: r.Area, PlaceTo: r.Place, LocationTo: r.Location,
		StreetTo: r.Street, HouseTo: r.House, SlashTo: r.Slash, LetterTo: r.Letter, CorpusTo: r.Corpus,
		BuildingTo: r.Building, RoomTo: r.Room, VladenieTo: r.Vladenie, OfficeTo: r.Office, HotelTo: r.Hotel,
		ManualAddressInput: true,
		RecipientName:      r.Name, Surname: r.Surname, GivenName: r.GivenName, MiddleName: r.MiddleName,
		PostofficeCode: a.office, EnvelopeType: m.envelope, PaymentMethod: m.payment, TransportType: "SURFACE",
		SimpleNotice: m.notice == "SIMPLE", OrderOfNotice: m.notice == "ORDERED", ElectronicNotice: m.notice == "ELECTRONIC",
		Comment: "исх. № " + strconv.Itoa(int(p.ordinal)+1), TariffCount: 1,
	}
	if m.noReturnEvery > 0 && int(p.ordinal)%m.noReturnEvery == 0 {
		o.NoReturn = true
	}
	if m.notice != "" {
		o.NoticePayment = payCashless
	}
	return o
}
