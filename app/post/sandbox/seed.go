package sandbox

import (
	"time"
)

// Why the account has a batch. They name the cases a station must tell apart.
const (
	PurposeFit         = "fit"                // ready to print
	PurposeSimple      = "simple-letters"     // simple letters: the account may not put the mark on them (zoo-simple is false)
	PurposeNoMark      = "piece-without-mark" // one of its pieces has no mark
	PurposeMarksChange = "marks-change"       // the batch whose marks change after printing, when told to
	PurposeC6          = "c6-envelope"        // an envelope that cannot bear the mark
	PurposeCashless    = "cashless"           // not on the online balance
	PurposeDelivered   = "delivered"          // in the archive
	PurposeMade        = "made-by-client"
)

// plan is one batch of a new account.
type plan struct {
	purpose string
	pieces  int
	recipe  recipe
}

// usualPlan is the usual account. Each batch has one kind of envelope, one rank and one notice, because the post refuses
// to mix them (§4.1: DIFFERENT_MAIL_RANK, ABSENT_SIMPLE_NOTICE_POSTMARK). The sizes are those the project's checks name.
var usualPlan = []plan{
	{PurposeDelivered, 3, recipe{envelope: "DL", maxMass: 20}},
	{PurposeFit, 12, recipe{envelope: "C4", rank: "OFFICIAL", maxMass: 100, noReturnEvery: 5}},
	{PurposeFit, 200, recipe{envelope: "DL", notice: "SIMPLE", maxMass: 20}},
	{PurposeFit, 1000, recipe{envelope: "C5", maxMass: 60, noReturnEvery: 9}},
	{PurposeFit, 8, recipe{envelope: "OX", notice: "ORDERED", maxMass: 40}},
	{PurposeFit, 6, recipe{envelope: "OA", rank: "JUDICIAL", notice: "ORDERED", maxMass: 100}},
	{PurposeSimple, 5, recipe{envelope: "DL", category: "SIMPLE", maxMass: 20}},
	{PurposeNoMark, 10, recipe{envelope: "C5", maxMass: 40}},
	{PurposeMarksChange, 15, recipe{envelope: "C5", maxMass: 40}},
	{PurposeC6, 4, recipe{envelope: "C6", maxMass: 20}},
	{PurposeCashless, 5, recipe{envelope: "DL", payment: payCashless, maxMass: 20}},
}

// pieceWithoutMark is the place, from 0, of the piece of PurposeNoMark that has none.
const pieceWithoutMark = 6

func newAccount(options Options, wall time.Time) *account {
	now := wall.UTC()
	rng := stream(options.Seed, streamAccount, 0)
	a := &account{
		seed:        options.Seed,
		token:       word(rng, 32),
		login:       "sandbox-" + word(rng, 6) + "@example.test",
		password:    word(rng, 16),
		office:      "101000",
		secrets:     [2]string{word(rng, 40), word(rng, 40)},
		balanceMode: options.BalanceMode,
		byShPI:      map[string]*piece{},
		byOrder:     map[string][]*piece{},
		batches:     map[string]*batch{},
		nextBatch:   firstBatch,
		nextList:    1,
		// Different seeds start at different numbers, so that two accounts met by one station do not collide.
		shpi:  shpiNumbers{counter: 1 + int(uint64(options.Seed)%99)},
		marks: markNumbers{last: int(uint64(options.Seed)%90) * 100_000},
	}
	a.org = organisationCard{
		name: "Общество с ограниченной ответственностью «Учебная почтовая станция»",
		inn:  inn10(rng), kpp: "000001001", hid: uuid(rng),
		index: a.office, region: "г Москва", place: "г Москва", street: "ул Вымышленная", house: "1", room: "304",
		email: "office@example.test", agreementNumber: "SANDBOX-1", agreementDate: "2026-01-12",
	}

	plans, backlog := usualPlan, 3
	if options.Pieces > 0 {
		plans, backlog = []plan{{PurposeFit, options.Pieces, recipe{envelope: "C5", maxMass: 60, noReturnEvery: 9}}}, 0
		a.nextBatch++ // the first name that is not the archived one's
	}
	for _, p := range plans {
		if options.Most > 0 && options.Pieces == 0 {
			p.pieces = min(p.pieces, options.Most)
		}
		a.fill(&p, now)
	}
	letter := recipe{mailType: "LETTER", category: "ORDERED", rank: "WO_RANK", envelope: "DL", payment: payMark, maxMass: 20}
	for range backlog {
		a.add(a.generate(&letter))
	}

	if options.Balance != nil {
		a.money = *options.Balance
	} else {
		for _, b := range a.batches {
			a.money += 2 * b.marksSum()
		}
		const step = 1_000_000 // 10 000 ₽: a balance looks like a sum somebody paid in
		a.money = (a.money/step + 1) * step
	}
	return a
}

// fill makes and gives one batch of the plan.
func (a *account) fill(p *plan, now time.Time) *batch {
	made := p.recipe
	if made.mailType == "" {
		made.mailType = "LETTER"
	}
	if made.category == "" {
		made.category = "ORDERED"
	}
	if made.rank == "" {
		made.rank = "WO_RANK"
	}
	if made.payment == "" {
		made.payment = payMark
	}
	b := a.newBatch(&batch{
		purpose: p.purpose, statusAt: now, mailType: made.mailType, category: made.category, rank: made.rank,
		notice: made.notice, payment: made.payment, office: a.office, useOnlineBalance: made.payment == payMark,
		sending: day(now.In(moscow).AddDate(0, 0, 1)),
	})
	b.pieces = make([]*piece, 0, p.pieces)
	for range p.pieces {
		one := a.generate(&made)
		a.add(one)
		a.join(b, one, now)
	}
	switch p.purpose {
	case PurposeNoMark:
		b.pieces[pieceWithoutMark].mark = nil
	case PurposeDelivered:
		b.statusAt, b.checkedIn = now.AddDate(0, 0, -30), now.AddDate(0, 0, -30)
		b.sending = day(b.checkedIn)
		b.listNumber, a.nextList = a.nextList, a.nextList+1
		b.status, b.beforeArchive = statusArchived, statusSent
		for _, one := range b.pieces {
			one.joined = b.checkedIn
		}
	}
	return b
}

// generate makes the next piece of a recipe.
func (a *account) generate(made *recipe) *piece {
	ordinal := len(a.pieces)
	rng := stream(a.seed, streamPiece, ordinal)
	return &piece{made: made, ordinal: int32(ordinal), mass: 5 + rng.Int64N(made.maxMass-4)}
}

// day is midnight UTC of the date t shows where it is.
func day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
