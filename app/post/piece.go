package post

import (
	"slices"
	"strings"

	"znak/app/postal"
)

// readPiece reads one element of a list of pieces; it always gives a piece, and what is wrong with it.
func readPiece(raw []byte, path string, inBatch bool) (postal.Piece, []error) {
	o, err := parseObject(raw, path)
	if err != nil {
		return postal.Piece{}, []error{err}
	}
	return pieceOf(o, inBatch)
}

// pieceOf maps a Shipment (facts/otpravka-api.md §3.3) or, outside a batch, a BacklogOrder (§3.2). What has no place in postal.Piece
// stays in Extra. The flags of notices and "no return" are also taken from the postmarks, for either may be missing.
func pieceOf(o *object, inBatch bool) (postal.Piece, []error) {
	p := postal.Piece{
		PostID:    o.whole("id"),
		ShPI:      postal.ShPI(strings.ReplaceAll(o.text("barcode"), " ", "")),
		OrderNum:  o.text("order-num"),
		Batch:     o.text("batch-name"),
		MailType:  postal.MailType(o.text("mail-type")),
		Category:  postal.MailCategory(o.text("mail-category")),
		Rank:      postal.MailRank(o.text("mail-rank")),
		Envelope:  postal.EnvelopeKind(o.text("envelope-type")),
		Payment:   postal.PaymentMethod(o.text("payment-method")),
		Mass:      postal.Grams(o.count("mass")),
		To:        postal.Recipient{Name: recipientName(o), Address: addressOf(o, "-to")},
		From:      senderOf(o),
		Rate:      o.kopecks("total-rate-wo-vat"),
		VAT:       o.kopecks("total-vat"),
		Postmarks: postmarks(o),
		Comment:   o.text("comment"),

		LastOperation: o.text("last-oper-type"),
		LastAttribute: o.text("last-oper-attr"),
		LastAt:        o.moment("last-oper-date"),
		OperationText: o.text("human-operation-name"),
	}
	p.NoReturn = o.flag("no-return") || p.HasPostmark(postal.MarkNoReturn)
	p.SimpleNotice = o.flag("with-simple-notice") || p.HasPostmark(postal.MarkSimpleNotice)
	p.OrderedNotice = o.flag("with-order-of-notice") || p.HasPostmark(postal.MarkOrderOfNotice)
	p.ElectronicNotice = o.flag("with-electronic-notice") || p.HasPostmark(postal.MarkElectronicNotice)
	if inBatch {
		p.Mark = markOf(o)
	}
	p.Extra = o.rest()

	if p.PostID == 0 {
		o.fail("id", "a whole number", "nothing")
	}
	if p.ShPI == "" && inBatch {
		o.fail("barcode", "a domestic identifier", "nothing")
	}
	problems := slices.Clip(o.problems)
	if p.ShPI != "" {
		if _, err := parseIdentifier(string(p.ShPI)); err != nil {
			problems = append(problems, err)
		}
	}
	return p, problems
}

// parseIdentifier checks a domestic or, where it begins with a letter, an international identifier.
func parseIdentifier(s string) (string, error) {
	if s[0] < '0' || s[0] > '9' {
		id, err := postal.ParseS10(s)
		return string(id), err
	}
	id, err := postal.ParseShPI(s)
	return string(id), err
}

// markOf takes the online payment mark, spelled either way (facts/online-mark.md §1.2). A mark that is not whole is none: the piece
// cannot be printed, and what came stays among the unknown fields.
func markOf(o *object) *postal.Mark {
	whole := o.fields["online-payment-mark"]
	in := o.sub("online-payment-mark")
	if in == nil {
		return nil
	}
	m := &postal.Mark{ID: in.text("online-payment-mark-id"), Value: in.kopecks("value"), Office: in.index("index-oper")}
	if m.Office == "" {
		m.Office = in.index("indexoper")
	}
	if m.ID == "" {
		in.fail("online-payment-mark-id", "a text", "nothing")
	}
	if m.Value <= 0 {
		in.fail("value", "a sum", "nothing")
	}
	if _, err := postal.ParsePostIndex(string(m.Office)); err != nil {
		in.fail("index-oper", "a postcode", "nothing")
	}
	if len(in.problems) > 0 {
		o.problems = append(o.problems, in.problems...)
		o.fields["online-payment-mark"] = whole
		return nil
	}
	if rest := in.rest(); rest != nil {
		o.fields["online-payment-mark"] = rest
	}
	return m
}

// senderOf takes the address of the sender. The post fills in the index of its own accord (§3.3, the live example): an index
// alone is no address to print, and stays among the unknown fields.
func senderOf(o *object) postal.Address {
	index := o.fields["index-from"]
	a := addressOf(o, "-from")
	if len(a.Lines()) == 0 {
		if index != nil {
			o.fields["index-from"] = index
		}
		return postal.Address{}
	}
	return a
}

func recipientName(o *object) string {
	name := o.text("recipient-name")
	if name == "" {
		name = strings.Join(strings.Fields(o.text("surname")+" "+o.text("given-name")+" "+o.text("middle-name")), " ")
	}
	return name
}

// addressOf takes the parts of an address whose names end in suffix: "-to", "-from", or "" for return-address.
func addressOf(o *object, suffix string) postal.Address {
	part := func(name string) string { return o.text(name + suffix) }
	a := postal.Address{
		Kind:     postal.AddressKind(part("address-type")),
		Index:    o.index("index" + suffix),
		Region:   part("region"),
		Area:     part("area"),
		Place:    part("place"),
		Location: part("location"),
		Street:   part("street"),
		House:    part("house"),
		Slash:    part("slash"),
		Letter:   part("letter"),
		Corpus:   part("corpus"),
		Building: part("building"),
		Estate:   part("vladenie"),
		Room:     part("room"),
		Office:   part("office"),
		Hotel:    part("hotel"),
		Number:   part("num-address-type"),
	}
	if suffix != "-from" {
		a.Raw = o.text("raw-address")
	}
	if a.Index == "" && suffix == "-to" {
		a.Index = o.index("str-index-to")
	}
	return a
}
