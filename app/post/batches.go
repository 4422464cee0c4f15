package post

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"znak/app/postal"
)

// Batches lists the batches that are CREATED: the post shows no others here (facts/otpravka-api.md fact 7). Those that have moved
// on are read one by one with Batch, so their names must be remembered.
func (c *Client) Batches(ctx context.Context) ([]postal.Batch, error) {
	return c.batchPages(ctx, "/1.0/batch")
}

// batchPages reads all pages of a list of batches. A post that does not know pages gives the same one again: that is the end.
func (c *Client) batchPages(ctx context.Context, pattern string) ([]postal.Batch, error) {
	var all []postal.Batch
	seen := map[string]bool{}
	p := pager{size: int(c.pageSize.Load())}
	for {
		var page []postal.Batch
		k := call{method: http.MethodGet, pattern: pattern, query: p.query(), timeout: c.timeouts.Page, halves: p.size > minPageSize}
		err := c.do(ctx, k, func(a *answer) error {
			page = nil
			return readList(a.body, func(i int, raw json.RawMessage) error {
				o, err := parseObject(raw, place(i))
				if err != nil {
					return err
				}
				b, err := batchOf(o)
				page = append(page, b)
				return err
			})
		})
		if err != nil {
			if p.smaller(err) && c.pause(ctx, 1) {
				continue
			}
			return nil, err
		}
		fresh := 0
		for _, b := range page {
			if !seen[b.Name] {
				seen[b.Name] = true
				all = append(all, b)
				fresh++
			}
		}
		if end, _ := p.took(len(page), fresh); end {
			return all, nil
		}
	}
}

// Batch reads one batch of any status. A name the post does not know is ErrNotFound.
func (c *Client) Batch(ctx context.Context, name string) (b postal.Batch, err error) {
	k := call{method: http.MethodGet, pattern: "/1.0/batch/{name}", args: []string{name}, timeout: c.timeouts.Get}
	err = c.do(ctx, k, func(a *answer) error {
		o, err := readObject(a.body, "batch-name")
		if err != nil {
			return err
		}
		if b, err = batchOf(o); err == nil && b.Name != name {
			return &FieldError{Path: "batch-name", Want: "the batch asked for", Got: "another batch"}
		}
		return err
	})
	if err != nil {
		return postal.Batch{}, err
	}
	return b, nil
}

// batchOf maps facts/otpravka-api.md §3.4. The sums are those of mass and notices only: mass-rate-sum and ground-rate-sum carry the
// same number. What has no place in postal.Batch stays in Extra.
func batchOf(o *object) (postal.Batch, error) {
	b := postal.Batch{
		Name:             o.text("batch-name"),
		Status:           postal.BatchStatus(o.text("batch-status")),
		StatusDate:       o.moment("batch-status-date"),
		MailType:         postal.MailType(o.text("mail-type")),
		MailTypeText:     o.text("mail-type-text"),
		Category:         postal.MailCategory(o.text("mail-category")),
		CategoryText:     o.text("mail-category-text"),
		Rank:             postal.MailRank(o.text("mail-rank")),
		Postmarks:        postmarks(o),
		Payment:          postal.PaymentMethod(o.text("payment-method")),
		NoticePayment:    postal.PaymentMethod(o.text("notice-payment-method")),
		UseOnlineBalance: o.flag("use-online-balance"),
		Office:           o.index("postoffice-code"),
		OfficeName:       o.text("postoffice-name"),
		SendingDate:      o.day("list-number-date"),
		ListNumber:       o.whole("list-number"),
		Documents:        postal.DocumentStatus(o.text("document-download-status")),
		PieceCount:       o.count("shipment-count"),
		Mass:             postal.Grams(o.count("shipment-mass")),
		MassRate:         o.kopecks("shipment-mass-rate-sum"),
		MassVAT:          o.kopecks("shipment-mass-rate-vat-sum"),
		NoticeRate:       o.kopecks("shipment-notice-rate-sum"),
		NoticeVAT:        o.kopecks("shipment-notice-rate-vat-sum"),
	}
	b.Extra = o.rest()
	if b.Name == "" {
		o.fail("batch-name", "a text", "nothing")
	}
	return b, o.err()
}

func postmarks(o *object) (out []postal.Postmark) {
	for _, m := range o.texts("postmarks") {
		out = append(out, postal.Postmark(m))
	}
	return out
}

// place is the path of an element of a list.
func place(i int) string { return "[" + strconv.Itoa(i) + "]" }

// SetSendingDate moves the day of handing in. The marks of the batch bear the date, so copies printed before become stale.
func (c *Client) SetSendingDate(ctx context.Context, name string, day postal.Date) error {
	t := day.Time()
	if t.IsZero() {
		_, err := postal.ParseDate(string(day))
		return err
	}
	k := call{method: http.MethodPost, pattern: "/1.0/batch/{name}/sending/{year}/{month}/{dayOfMonth}", timeout: c.timeouts.Change,
		args: []string{name, strconv.Itoa(t.Year()), strconv.Itoa(int(t.Month())), strconv.Itoa(t.Day())}}
	return c.do(ctx, k, func(a *answer) error {
		o, err := readObject(a.body) // {"f103-sent":false}, {} and [] are all seen
		if err == nil && len(o.fields) > 0 && !o.has("f103-sent") && !o.has("error-code") {
			return &FieldError{Path: "f103-sent", Want: "the contract's object", Got: "another object"}
		}
		return err
	})
}

// CheckinAnswer is what the post says to a checkin it has made.
type CheckinAnswer struct {
	F103Sent bool // the office has been sent the electronic F103
}

// Checkin fixes the batch for the office. It may use the quota's reserve and is never repeated by itself: after ErrUnclear read the
// batch first (facts/otpravka-api.md §7.4). Refusals to expect: ErrNotEnoughMoney, ErrOfflineBalanceForbidden, ErrReadOnly, ErrPastDate.
func (c *Client) Checkin(ctx context.Context, name string, useOnlineBalance bool) (answered CheckinAnswer, err error) {
	// The literals true and false, in camelCase here and nowhere else (facts/online-mark.md §1.2).
	k := call{method: http.MethodPost, pattern: "/1.0/batch/{name}/checkin", args: []string{name},
		query: url.Values{"useOnlineBalance": {strconv.FormatBool(useOnlineBalance)}}, timeout: c.timeouts.Checkin, vital: true}
	err = c.do(ctx, k, func(a *answer) error {
		o, err := readObject(a.body, "f103-sent")
		if err != nil {
			return err
		}
		answered.F103Sent = o.flag("f103-sent")
		return o.err()
	})
	return answered, err
}
