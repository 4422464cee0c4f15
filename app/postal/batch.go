package postal

import "time"

// The post's enumerations are open: a value that is not listed here is kept and shown as it came. facts/otpravka-api.md §4.
type (
	BatchStatus    string
	MailType       string
	MailCategory   string
	MailRank       string
	PaymentMethod  string
	Postmark       string
	DocumentStatus string
)

const (
	BatchCreated  BatchStatus = "CREATED"  // can still be changed and printed
	BatchFrozen   BatchStatus = "FROZEN"   // being accepted, no edits
	BatchAccepted BatchStatus = "ACCEPTED" // taken in by the office
	BatchSent     BatchStatus = "SENT"     // tracking knows its pieces
	BatchArchived BatchStatus = "ARCHIVED"

	Letter       MailType = "LETTER"
	LetterClass1 MailType = "LETTER_CLASS_1"

	CategorySimple  MailCategory = "SIMPLE"
	CategoryOrdered MailCategory = "ORDERED" // registered, «заказное»

	RankNone MailRank = "WO_RANK"

	PaidByMark PaymentMethod = "ONLINE_PAYMENT_MARK"

	MarkNoReturn         Postmark = "NO_RETURN"
	MarkSimpleNotice     Postmark = "WITH_SIMPLE_NOTICE"
	MarkOrderOfNotice    Postmark = "WITH_ORDER_OF_NOTICE"
	MarkElectronicNotice Postmark = "WITH_ELECTRONIC_NOTIFICATION"
	MarkInventory        Postmark = "WITH_INVENTORY"
)

// MarksChanged reports whether the post says that labels bearing the mark have changed (F103_AND_OPM, TRANSPORT_BLANK_AND_OPM):
// copies printed before may be stale.
func (s DocumentStatus) MarksChanged() bool {
	return s == "F103_AND_OPM" || s == "TRANSPORT_BLANK_AND_OPM"
}

// Batch is a batch (партия) as the post last showed it.
type Batch struct {
	Name             string
	Status           BatchStatus
	StatusDate       time.Time // UTC
	MailType         MailType
	MailTypeText     string // the post's own words, may be empty
	Category         MailCategory
	CategoryText     string
	Rank             MailRank
	Postmarks        []Postmark
	Payment          PaymentMethod
	NoticePayment    PaymentMethod
	UseOnlineBalance bool
	Office           PostIndex // where it is handed in
	OfficeName       string
	SendingDate      Date  // list-number-date: the day of handing in, printed in the mark
	ListNumber       int64 // 0 before checkin
	Documents        DocumentStatus
	PieceCount       int
	Mass             Grams
	MassRate         Kopecks // without VAT
	MassVAT          Kopecks
	NoticeRate       Kopecks
	NoticeVAT        Kopecks
	Extra            []byte // fields of the answer this program does not know, as JSON; may be nil
}

// Mark is the identity of an online payment mark as the post issued it. The station never makes one up.
type Mark struct {
	ID     string
	Value  Kopecks   // whether VAT is inside is not established by any source
	Office PostIndex // index-oper: the office that takes the piece in
}

// Piece is one item of a batch as the post last showed it.
type Piece struct {
	PostID   int64 // the post's own id, above 2^31
	ShPI     ShPI
	OrderNum string // the sender's number; not unique at the post
	Batch    string
	MailType MailType
	Category MailCategory
	Rank     MailRank
	Envelope EnvelopeKind
	Payment  PaymentMethod
	Mass     Grams
	To       Recipient
	From     Address // may be empty: then the sender's own address is printed
	Mark     *Mark   // nil: the post has issued none, the piece cannot be printed
	Rate     Kopecks // whole charge without VAT
	VAT      Kopecks

	Postmarks        []Postmark
	NoReturn         bool
	SimpleNotice     bool
	OrderedNotice    bool
	ElectronicNotice bool
	Comment          string

	LastOperation string    // tracking: last-oper-type, "" before acceptance
	LastAttribute string    // last-oper-attr
	LastAt        time.Time // UTC
	OperationText string    // human-operation-name

	Unreadable string // what of the post's answer could not be read; such a piece is kept and cannot be printed
	Extra      []byte // unknown fields, as JSON; may be nil
}

// Charge is the whole charge of the piece with VAT. It is not the value of the mark: notices are paid in another way.
func (p Piece) Charge() Kopecks { return p.Rate + p.VAT }

// HasPostmark reports whether m is among the marks of the piece.
func (p Piece) HasPostmark(m Postmark) bool {
	for _, have := range p.Postmarks {
		if have == m {
			return true
		}
	}
	return false
}

// Sender is the organisation whose pieces are printed, from the account's settings.
type Sender struct {
	Name    string
	INN     string // TIN of the mark
	KPP     string // TRRC of the mark
	Address Address
}

// Recipient is to whom a piece goes.
type Recipient struct {
	Name    string
	Address Address
}
