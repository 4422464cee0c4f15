package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Settings, the limit, the balance and the tools: rows 37–44, 48 and 49 of facts/otpravka-api.md §2.7. Bodies are
// constructed from the field names of §3.5–3.7.

func (s *Server) settings(*request) reply {
	a := s.account
	point := s.shippingPoint()
	return ok(map[string]any{
		"api_enabled": true, "blocked": false, "debt-sum": 0, "agreement-expired": false, "agreement-kind": "CONTRACT",
		"agreement-number": a.org.agreementNumber, "agreement-date": a.org.agreementDate,
		"online-balance-enabled": true,
		// Simple letters may not bear the mark on this account.
		"zoo-simple": false, "is-range-zoo-allowed": false, "rangeZooAllowed": false,
		"print-from-backlog": true, "direct-addition-to-batch-enabled": true,
		"def-payment-method": payMark, "def-envelope-type": "DL", "print-type": "PAPER", "mail-rank": "WO_RANK",
		"org-name": a.org.name, "org-inn": a.org.inn, "org-kpp": a.org.kpp,
		"hid": a.org.hid, "legal-hid": a.org.hid, "admin-hid": a.org.hid, "email": a.org.email,
		"accounts": []any{map[string]any{"org-name": a.org.name, "org-inn": a.org.inn, "legal-hid": a.org.hid,
			"blocked": false, "is-admin": true, "email": a.org.email, "address": a.org.region + ", " + a.org.street}},
		"shipping-points": []any{point}, "available-shipping-points": []any{point},
		"account-erl-enabled": false, "erl-enabled": false,
		"delivery_with-cod_enabled": false, "codLending": false, "cargo": false, "raw_tel_address_enabled": false,
		"mailing-option": []any{
			map[string]any{"key": "LETTER_ORDER", "value": []any{
				map[string]any{"key": "PAYMENT_METHOD", "value": payMark},
				map[string]any{"key": "ENVELOPE_TYPE", "value": "DL"},
				map[string]any{"key": "NOTICE_PAYMENT_METHOD", "value": payCashless},
			}},
		},
		// Secrets, as the live answer has them: nobody may ever write this answer into a log.
		"apig_access_token": a.secrets[0], "erl-customer-token": a.secrets[1],
	})
}

func (s *Server) shippingPoint() map[string]any {
	a := s.account
	var products []any
	types := []string{"LETTER", "LETTER_CLASS_1", "BANDEROL", "BANDEROL_CLASS_1"}
	for _, kind := range types {
		products = append(products, map[string]any{"mail-type": kind, "mail-category": "ORDERED", "product-type": kind + "_ORDERED"})
	}
	products = append(products, map[string]any{"mail-type": "LETTER", "mail-category": "SIMPLE", "product-type": "LETTER_SIMPLE"})
	return map[string]any{
		"operator-postcode": a.office, "additional-operator-postcodes": []string{technicalIndex},
		"available-mail-types": types, "available-products": products, "user-available-mail-types": types,
		"return-address-type": "SENDER_ADDRESS",
		"return-address": map[string]any{"address-type": "DEFAULT", "index": a.org.index, "region": a.org.region,
			"place": a.org.place, "street": a.org.street, "house": a.org.house, "room": a.org.room, "valid": true},
		"ops-address": "г Москва, ул Мясницкая, 26", "enabled": true, "courier-call": false, "temporary": false,
		"is-agreement": true, "vsd-enabled": false,
	}
}

func (s *Server) shippingPoints(*request) reply { return ok([]any{s.shippingPoint()}) }

func (s *Server) limit(*request) reply {
	return ok(map[string]int{"allowed-count": s.options.Limit, "current-count": s.account.quotaUsed})
}

// balance answers in one of the three ways of §8.6. Money of batches that are checked in but not accepted is still on
// the account.
func (s *Server) balance(r *request) reply {
	switch s.account.balanceMode {
	case BalanceNone:
		return e5("No endpoint GET /1.0/counterpart/balance.")
	case BalanceOff:
		return ok(map[string]any{"work-with-balance": false, "error-message": "Работа с балансом не подключена"})
	}
	return ok(map[string]any{"balance": s.account.money, "balance-date": r.now.In(moscow).Format(time.DateOnly), "work-with-balance": true})
}

// tariff prices letters with the sandbox's specimen prices. total-rate is without VAT, whatever its name says (§3.6).
func (s *Server) tariff(r *request) reply {
	var q struct {
		IndexTo       string `json:"index-to"`
		MailType      string `json:"mail-type"`
		MailCategory  string `json:"mail-category"`
		Mass          int64  `json:"mass"`
		PaymentMethod string `json:"payment-method"`
		NoticePayment string `json:"notice-payment-method"`
		Simple        bool   `json:"with-simple-notice"`
		Ordered       bool   `json:"with-order-of-notice"`
		Electronic    bool   `json:"with-electronic-notice"`
	}
	if err := r.decode(&q); err != nil {
		return malformed(err)
	}
	index, err := strconv.Atoi(q.IndexTo)
	kind := mailTypes[q.MailType]
	switch {
	case err != nil || index < 100000 || index > 999999:
		return tariffError("CODE_1372", describe("CODE_1372"))
	case kind.maxMass == 0 || q.Mass <= 0 || q.Mass > kind.maxMass || categories[q.MailCategory] == "":
		return tariffError("UNDEFINED", describe("TARIFF_ERROR"))
	}
	c := price(q.MailType, q.MailCategory, q.Mass, noticeOf(&order{SimpleNotice: q.Simple, OrderOfNotice: q.Ordered, ElectronicNotice: q.Electronic}))
	type rate struct {
		Rate int64 `json:"rate"`
		VAT  int64 `json:"vat"`
	}
	answer := map[string]any{
		"delivery-time": transit(int64(index)), "ground-rate": rate{c.mass, c.massVAT}, "payment-method": or(q.PaymentMethod, payMark),
		"notice-payment-method": or(q.NoticePayment, payCashless), "tariff-count": 1,
		"total-rate": c.total(), "total-vat": c.totalVAT(), "with-discount": false,
	}
	if c.notice > 0 {
		answer["notice-rate"] = rate{c.notice, c.noticeVAT}
	}
	return ok(answer)
}

// tariffError: the HTTP status is not recorded (§3.6); 400 is our choice.
func tariffError(code, desc string) reply {
	return reply{status: http.StatusBadRequest, body: apiError{Code: code, Desc: desc}}
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// backwards answers a clean/* call in reverse order: the order is not guaranteed (§3.7), so a client that matches by
// place and not by id is caught.
func backwards[In any](r *request, one func(In) map[string]any) reply {
	list, err := decodeList[In](r)
	if err != nil {
		return malformed(err)
	}
	out := make([]map[string]any, len(list))
	for i, in := range list {
		out[len(list)-1-i] = one(in)
	}
	return ok(out)
}

type rawAddress struct {
	ID      string `json:"id"`
	Address string `json:"original-address"`
}

// cleanAddress splits at commas; it is no address parser. An address with an index and a street is GOOD.
func (s *Server) cleanAddress(r *request) reply {
	return backwards(r, func(in rawAddress) map[string]any {
		out := map[string]any{"id": in.ID, "original-address": in.Address, "address-type": "DEFAULT"}
		names := []string{"region", "place", "street", "house", "room"}
		for _, part := range strings.Split(in.Address, ",") {
			part = strings.TrimSpace(part)
			if index, err := strconv.Atoi(part); err == nil && index >= 100000 && index <= 999999 && out["index"] == nil {
				out["index"] = part
				continue
			}
			if len(names) > 0 && part != "" {
				out[names[0]] = part
				names = names[1:]
			}
		}
		switch {
		case out["place"] == nil:
			out["quality-code"], out["validation-code"] = "UNDEF_02", "NOT_VALIDATED_HAS_NO_MAIN_POINTS"
		case out["street"] == nil:
			out["quality-code"], out["validation-code"] = "UNDEF_03", "NOT_VALIDATED_HAS_ASSUMPTION"
		case out["house"] == nil:
			out["quality-code"], out["validation-code"] = "UNDEF_04", "NOT_VALIDATED_HAS_ASSUMPTION"
		case out["room"] == nil:
			out["quality-code"], out["validation-code"] = "UNDEF_05", "VALIDATED"
		default:
			out["quality-code"], out["validation-code"] = "GOOD", "VALIDATED"
		}
		return out
	})
}

func (s *Server) cleanPhysical(r *request) reply {
	type in struct {
		ID  string `json:"id"`
		FIO string `json:"original-fio"`
	}
	return backwards(r, func(in in) map[string]any {
		out := map[string]any{"id": in.ID, "original-fio": in.FIO, "quality-code": "NOT_SURE"}
		words := strings.Fields(in.FIO)
		for i, name := range []string{"surname", "name", "middle-name"} {
			if i < len(words) {
				out[name] = words[i] // empty parts are left out, as seen live
			}
		}
		if len(words) == 3 {
			out["quality-code"] = "EDITED"
		}
		return out
	})
}

func (s *Server) cleanPhone(r *request) reply {
	type in struct {
		ID    string `json:"id"`
		Phone string `json:"original-phone"`
	}
	return backwards(r, func(in in) map[string]any {
		out := map[string]any{"id": in.ID, "original-phone": in.Phone, "quality-code": "GARBAGE"}
		digits := strings.Map(func(c rune) rune {
			if c < '0' || c > '9' {
				return -1
			}
			return c
		}, in.Phone)
		switch {
		case digits == "":
			out["quality-code"] = "EMPTY"
		case len(digits) == 11 && (digits[0] == '7' || digits[0] == '8'):
			out["phone-country-code"], out["phone-city-code"], out["phone-number"] = "7", digits[1:4], digits[4:]
			out["phone-extension"], out["quality-code"] = "", "GOOD"
		}
		return out
	})
}

func (s *Server) postOffice(r *request) reply {
	index := r.PathValue("index")
	if n, err := strconv.Atoi(index); err != nil || n < 100000 || n > 999999 {
		return e4("PostOffice", index)
	}
	return ok(map[string]any{
		"postal-code": index, "type-code": "ГОПС", "address-source": "ул Почтовая, 1", "is-closed": false,
		"is-temporary-closed": false, "latitude": "55.75", "longitude": "37.62", "settlement": "г Вымышленный",
	})
}

func (s *Server) officesByAddress(r *request) reply {
	if strings.TrimSpace(r.URL.Query().Get("address")) == "" {
		return badParameter(r, "address")
	}
	return ok(map[string]any{"is-matched": true, "postoffices": []string{s.account.office}})
}
