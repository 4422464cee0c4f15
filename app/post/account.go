package post

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"znak/app/postal"
)

// Settings are what the account says of itself and we care about (facts/otpravka-api.md §3.5). The answer holds secrets
// (apig_access_token, erl-customer-token), so nothing of it is kept but these fields.
type Settings struct {
	Sender postal.Sender    // organisation, INN, KPP; the address letters come back to
	Office postal.PostIndex // the first working shipping point; "" where there is none
	Points []ShippingPoint

	APIDisabled      bool // api_enabled is there and says no
	Blocked          bool
	AgreementExpired bool
	AgreementNumber  string
	AgreementDate    string // as it came
	Debt             postal.Kopecks

	OnlineBalance    bool // online-balance-enabled
	SimpleMarks      bool // zoo-simple: simple letters may bear the mark
	MarkRanges       bool // is-range-zoo-allowed or rangeZooAllowed; what it means is not documented
	PrintFromBacklog bool
	DirectAddition   bool // direct-addition-to-batch-enabled

	Payment   postal.PaymentMethod // defaults of new orders
	Envelope  postal.EnvelopeKind
	Rank      postal.MailRank
	PrintType string // PAPER, THERMO
}

// Limit is the day's calls as the post counts them.
type Limit struct{ Allowed, Used int }

// ShippingPoint is an office where the account may hand in.
type ShippingPoint struct {
	Office    postal.PostIndex
	More      []postal.PostIndex // additional-operator-postcodes: the technical indexes ШПИ begin with
	Address   string             // ops-address
	Enabled   bool
	MailTypes []postal.MailType
	Return    postal.Address // return-address, zero where none
	ToSender  bool           // return-address-type SENDER_ADDRESS
	Extra     []byte         // unknown fields, as JSON; may be nil
}

// BalanceWhy says what stands behind a Balance.
type BalanceWhy string

const (
	BalanceWorks          BalanceWhy = "works"
	BalanceNotAvailable   BalanceWhy = "not-available"    // the post has no such call any more (fact 8), or could not say
	BalanceNotThisAccount BalanceWhy = "not-this-account" // work-with-balance is false
)

// Balance is the account's online balance: an optional capability of the post. Kopecks means something only where Known.
type Balance struct {
	Kopecks postal.Kopecks
	AsOf    postal.Date
	Known   bool
	Why     BalanceWhy
	Words   string // the post's explanation, may be empty
}

var settingsKnown = []string{"org-name", "org-inn", "shipping-points", "print-from-backlog", "zoo-simple", "api_enabled",
	"direct-addition-to-batch-enabled"}

// Settings reads the account.
func (c *Client) Settings(ctx context.Context) (s Settings, err error) {
	k := call{method: http.MethodGet, pattern: "/1.0/settings", timeout: c.timeouts.Get}
	err = c.do(ctx, k, func(a *answer) error {
		o, err := readObject(a.body, settingsKnown...)
		if err != nil {
			return err
		}
		s, err = settingsOf(o)
		return err
	})
	return s, err
}

func settingsOf(o *object) (Settings, error) {
	s := Settings{
		Sender:           postal.Sender{Name: o.text("org-name"), INN: o.text("org-inn"), KPP: o.text("org-kpp")},
		APIDisabled:      o.has("api_enabled") && !o.flag("api_enabled"),
		Blocked:          o.flag("blocked"),
		AgreementExpired: o.flag("agreement-expired"),
		AgreementNumber:  o.text("agreement-number"),
		AgreementDate:    o.text("agreement-date"),
		Debt:             o.kopecks("debt-sum"),
		OnlineBalance:    o.flag("online-balance-enabled"),
		SimpleMarks:      o.flag("zoo-simple"),
		PrintFromBacklog: o.flag("print-from-backlog"),
		DirectAddition:   o.flag("direct-addition-to-batch-enabled"),
		Payment:          postal.PaymentMethod(o.text("def-payment-method")),
		Envelope:         postal.EnvelopeKind(o.text("def-envelope-type")),
		Rank:             postal.MailRank(o.text("mail-rank")),
		PrintType:        o.text("print-type"),
	}
	allowed, ranges := o.flag("is-range-zoo-allowed"), o.flag("rangeZooAllowed") // both are seen live
	s.MarkRanges = allowed || ranges
	if err := o.err(); err != nil {
		return Settings{}, err
	}
	for _, in := range o.objects("shipping-points") {
		p, err := pointOf(in)
		if err != nil {
			return Settings{}, err
		}
		s.Points = append(s.Points, p)
	}
	for _, p := range s.Points {
		if p.Enabled && p.Office != "" {
			s.Office = p.Office
			s.Sender.Address = p.Return
			break
		}
	}
	if s.Sender.Address.IsZero() {
		for _, account := range o.objects("accounts") {
			if account.text("org-inn") == s.Sender.INN {
				s.Sender.Address = postal.Address{Kind: postal.AddressDefault, Raw: account.text("address")}
				break
			}
		}
	}
	return s, o.err()
}

func pointOf(o *object) (ShippingPoint, error) {
	p := ShippingPoint{
		Office:   o.index("operator-postcode"),
		Address:  o.text("ops-address"),
		Enabled:  !o.has("enabled") || o.flag("enabled"),
		ToSender: o.text("return-address-type") == "SENDER_ADDRESS",
	}
	more := append(o.texts("additional-operator-postcodes"), o.texts("additional-operator-postcode")...) // the second is the old form
	slices.Sort(more)
	for _, index := range slices.Compact(more) {
		p.More = append(p.More, postal.PostIndex(index))
	}
	for _, t := range o.texts("available-mail-types") {
		p.MailTypes = append(p.MailTypes, postal.MailType(t))
	}
	if in := o.sub("return-address"); in != nil {
		p.Return = addressOf(in, "")
		o.problems = append(o.problems, in.problems...)
	}
	p.Extra = o.rest()
	return p, o.err()
}

// Limit asks how many calls of today are used, and corrects the quota guard. It may always be made.
func (c *Client) Limit(ctx context.Context) (l Limit, err error) {
	k := call{method: http.MethodGet, pattern: "/1.0/settings/limit", timeout: c.timeouts.Get, vital: true}
	err = c.do(ctx, k, func(a *answer) error {
		o, err := readObject(a.body, "allowed-count")
		if err != nil {
			return err
		}
		l = Limit{Allowed: o.count("allowed-count"), Used: o.count("current-count")}
		return o.err()
	})
	if err == nil {
		c.quota.learn(l)
	}
	return l, err
}

// ShippingPoints lists the offices where the account may hand in.
func (c *Client) ShippingPoints(ctx context.Context) (points []ShippingPoint, err error) {
	k := call{method: http.MethodGet, pattern: "/1.0/user-shipping-points", timeout: c.timeouts.Get}
	err = c.do(ctx, k, func(a *answer) error {
		points = nil
		return readList(a.body, func(i int, raw json.RawMessage) error {
			o, err := parseObject(raw, place(i))
			if err != nil {
				return err
			}
			p, err := pointOf(o)
			points = append(points, p)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return points, nil
}

// Balance asks for the online balance. That the post has no such call is an answer, not an error (facts/otpravka-api.md fact 8).
func (c *Client) Balance(ctx context.Context) (b Balance, err error) {
	k := call{method: http.MethodGet, pattern: "/1.0/counterpart/balance", timeout: c.timeouts.Get}
	err = c.do(ctx, k, func(a *answer) error {
		o, err := readObject(a.body, "balance", "work-with-balance", "balance-date")
		if err != nil {
			return err
		}
		b, err = balanceOf(o)
		return err
	})
	if errors.Is(err, ErrNoEndpoint) || errors.Is(err, ErrNotFound) {
		return Balance{Why: BalanceNotAvailable}, nil
	}
	return b, err
}

func balanceOf(o *object) (Balance, error) {
	has := o.has("balance")
	without := o.has("work-with-balance") && !o.flag("work-with-balance")
	b := Balance{Kopecks: o.kopecks("balance"), AsOf: o.day("balance-date"), Words: tidy(o.text("error-message"))}
	switch {
	case without:
		b.Why = BalanceNotThisAccount
	case !has || b.Words != "":
		b.Why = BalanceNotAvailable
	default:
		b.Why, b.Known = BalanceWorks, true
	}
	if !b.Known {
		b.Kopecks = 0
	}
	return b, o.err()
}
