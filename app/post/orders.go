package post

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"znak/app/postal"
)

// Order is a new piece for «Новые», in the post's own field names (facts/otpravka-api.md §3.1, the part that letters need). Mass is grams.
type Order struct {
	Num            string               `json:"order-num"`
	AddressType    postal.AddressKind   `json:"address-type-to"`
	MailType       postal.MailType      `json:"mail-type"`
	Category       postal.MailCategory  `json:"mail-category"`
	Direct         int                  `json:"mail-direct"` // 643: Russia
	Mass           postal.Grams         `json:"mass"`
	Index          int                  `json:"index-to"`
	Region         string               `json:"region-to"`
	Area           string               `json:"area-to,omitempty"`
	Place          string               `json:"place-to"`
	Location       string               `json:"location-to,omitempty"`
	Street         string               `json:"street-to,omitempty"`
	House          string               `json:"house-to,omitempty"`
	Slash          string               `json:"slash-to,omitempty"`
	Letter         string               `json:"letter-to,omitempty"`
	Corpus         string               `json:"corpus-to,omitempty"`
	Building       string               `json:"building-to,omitempty"`
	Estate         string               `json:"vladenie-to,omitempty"`
	Room           string               `json:"room-to,omitempty"`
	Office         string               `json:"office-to,omitempty"`
	Number         string               `json:"num-address-type-to,omitempty"`
	Manual         bool                 `json:"manual-address-input,omitempty"`
	Name           string               `json:"recipient-name"`
	Surname        string               `json:"surname,omitempty"`
	GivenName      string               `json:"given-name,omitempty"`
	MiddleName     string               `json:"middle-name,omitempty"`
	HandIn         postal.PostIndex     `json:"postoffice-code"`
	Envelope       postal.EnvelopeKind  `json:"envelope-type"`
	Payment        postal.PaymentMethod `json:"payment-method"`
	NoticePayment  postal.PaymentMethod `json:"notice-payment-method,omitempty"`
	SimpleNotice   bool                 `json:"with-simple-notice,omitempty"`
	OrderedNotice  bool                 `json:"with-order-of-notice,omitempty"`
	NoReturn       bool                 `json:"no-return,omitempty"`
	Fragile        bool                 `json:"fragile"` // the post wants it said
	Comment        string               `json:"comment,omitempty"`
	WithoutRank    bool                 `json:"wo-mail-rank,omitempty"`
	TransportType  string               `json:"transport-type,omitempty"`
	SenderComment  string               `json:"sender-comment,omitempty"`
	ElectronicNote bool                 `json:"with-electronic-notice,omitempty"`
}

// PutOrder makes one order in «Новые» and gives the post's id of it. The post does not look whether the number is taken: after ErrUnclear search by
// Num before repeating (facts/otpravka-api.md §7.4).
func (c *Client) PutOrder(ctx context.Context, order Order) (id int64, err error) {
	k := call{method: http.MethodPut, pattern: "/1.0/user/backlog", body: []Order{order}, timeout: c.timeouts.Change}
	err = c.do(ctx, k, func(a *answer) error {
		o, err := readAnyObject(a.body)
		if err != nil {
			return err
		}
		if ids := o.texts("result-ids"); len(ids) == 1 {
			id, err = strconv.ParseInt(ids[0], 10, 64)
			return err
		} else if len(ids) > 1 {
			return &FieldError{Path: "result-ids", Want: "one id", Got: fmt.Sprint(len(ids))}
		}
		r, err := resultOf(o, k, nil)
		if err != nil {
			return err
		}
		a.scrub.all(r.Refused)
		if len(r.Refused) > 0 {
			return r.Refused[0]
		}
		return &FieldError{Path: "result-ids", Want: "one id", Got: "none"}
	})
	return id, err
}
