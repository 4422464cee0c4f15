package sandbox

import (
	"slices"
	"strings"
)

// Checks of an order (facts/otpravka-api.md §4.1). Codes are the post's; which value earns which code is our reading.

// mailKind is a kind of mail with our ceiling of mass. The real ceilings come with the contract and are not in the facts;
// these only make ILLEGAL_MASS_EXCESS reachable.
type mailKind struct {
	text    string
	maxMass int64 // grams; 0: this account's office does not take the kind
}

var mailTypes = map[string]mailKind{
	"LETTER":           {"Письмо", 100},
	"LETTER_CLASS_1":   {"Письмо 1-го класса", 500},
	"BANDEROL":         {"Бандероль", 5000},
	"BANDEROL_CLASS_1": {"Бандероль 1-го класса", 2500},
	"POSTAL_PARCEL":    {"Посылка \"нестандартная\"", 0},
	"ONLINE_PARCEL":    {"Посылка \"онлайн\"", 0},
	"ONLINE_COURIER":   {"Курьер \"онлайн\"", 0},
	"EMS":              {"Отправление EMS", 0},
	"EMS_OPTIMAL":      {"EMS оптимальное", 0},
	"PARCEL_CLASS_1":   {"Посылка 1-го класса", 0},
	"VGPO_CLASS_1":     {"ВГПО 1-го класса", 0},
	"SMALL_PACKET":     {"Мелкий пакет", 0},
	"EASY_RETURN":      {"Легкий возврат", 0},
	"VSD":              {"Отправление ВСД", 0},
	"ECOM":             {"ЕКОМ", 0},
}

var categories = map[string]string{
	"SIMPLE":              "Простое",
	"ORDERED":             "Заказное",
	"WITH_DECLARED_VALUE": "С объявленной ценностью",
}

var (
	addressTypes   = []string{"DEFAULT", "PO_BOX", "DEMAND", "UNIT"}
	envelopes      = []string{"C4", "C5", "C6", "DL", "A6", "A7", "OX", "OA"}
	paymentMethods = []string{payCashless, "STAMP", "FRANKING", "TO_FRANKING", payMark}
)

// validate gives what is wrong with an order. v2 needs the office and the street too (§2.1, row 2).
func (a *account) validate(o *order, v2 bool) []codeText {
	var codes []codeText
	wrong := func(code, details string) {
		codes = append(codes, codeText{Code: code, Description: describe(code), Details: details})
	}
	kind, knownKind := mailTypes[o.MailType]
	switch {
	case o.MailType == "":
		wrong("EMPTY_MAIL_TYPE", "")
	case !knownKind:
		wrong("ILLEGAL_MAIL_TYPE", o.MailType)
	case kind.maxMass == 0:
		wrong("UNAVAILABLE_MAIL_TYPE", o.MailType)
	}
	if o.MailCategory == "" {
		wrong("EMPTY_MAIL_CATEGORY", "")
	} else if categories[o.MailCategory] == "" {
		wrong("ILLEGAL_MAIL_CATEGORY", o.MailCategory)
	}
	if o.MailCategory == "WITH_DECLARED_VALUE" && o.InsrValue <= 0 {
		wrong("EMPTY_INSR_VALUE", "")
	}
	switch {
	case o.MailDirect == 0:
		wrong("EMPTY_MAIL_DIRECT", "")
	case o.MailDirect != 643:
		wrong("ILLEGAL_MAIL_DIRECT", "")
	}
	switch {
	case o.PostofficeCode == "" && v2:
		wrong("EMPTY_POSTOFFICE_CODE", a.office) // the details list the account's offices (§6.1)
	case o.PostofficeCode != "" && o.PostofficeCode != a.office:
		wrong("ILLEGAL_POSTOFFICE_CODE", o.PostofficeCode)
	}
	if strings.TrimSpace(o.RecipientName) == "" && o.Surname == "" {
		wrong("ILLEGAL_RECIPIENT_NAME", "")
	}
	switch {
	case o.AddressTypeTo == "":
		wrong("EMPTY_ADDRESS_TYPE_TO", "")
	case !slices.Contains(addressTypes, o.AddressTypeTo):
		wrong("ILLEGAL_ADDRESS_TYPE_TO", o.AddressTypeTo)
	case (o.AddressTypeTo == "PO_BOX" || o.AddressTypeTo == "UNIT") && o.NumAddressTypeTo == "":
		wrong("EMPTY_NUM_ADDRESS_TYPE", "")
	case o.AddressTypeTo == "DEFAULT" && o.StreetTo == "" && v2:
		wrong("EMPTY_STREET_TO", "")
	}
	switch {
	case o.IndexTo == 0:
		wrong("EMPTY_INDEX_TO", "")
	case o.IndexTo < 100000 || o.IndexTo > 999999:
		wrong("ILLEGAL_INDEX_TO", "")
	}
	if o.RegionTo == "" {
		wrong("EMPTY_REGION_TO", "")
	}
	if o.PlaceTo == "" {
		wrong("EMPTY_PLACE_TO", "")
	}
	switch {
	case o.Mass == 0:
		wrong("EMPTY_MASS", "")
	case o.Mass < 0:
		wrong("ILLEGAL_MASS", "")
	case kind.maxMass > 0 && o.Mass > kind.maxMass:
		wrong("ILLEGAL_MASS_EXCESS", "")
	}
	if o.EnvelopeType != "" && !slices.Contains(envelopes, o.EnvelopeType) {
		wrong("ILLEGAL_ENVELOPE_TYPE", o.EnvelopeType)
	}
	if o.PaymentMethod != "" && !slices.Contains(paymentMethods, o.PaymentMethod) {
		wrong("ILLEGAL_PAYMENT_METHOD", o.PaymentMethod)
	}
	// The notice cannot be paid by the mark (facts/online-mark.md §1.2, "forNotice:false").
	if o.NoticePayment == payMark {
		wrong("ILLEGAL_NOTICE_PAYMENT_METHOD", o.NoticePayment)
	}
	return codes
}

// complete fills what the cabinet's settings give when the order leaves it out.
func (a *account) complete(o *order) {
	if o.PostofficeCode == "" {
		o.PostofficeCode = a.office
	}
	if o.PaymentMethod == "" {
		o.PaymentMethod = payMark // def-payment-method of the settings
	}
	if o.EnvelopeType == "" {
		o.EnvelopeType = "DL" // def-envelope-type of the settings
	}
	if o.MailRank == "" || o.WoMailRank {
		o.MailRank = "WO_RANK"
	}
	if o.TransportType == "" {
		o.TransportType = "SURFACE"
	}
	if o.RecipientName == "" {
		o.RecipientName = strings.TrimSpace(o.Surname + " " + o.GivenName + " " + o.MiddleName)
	}
}
