package exchange

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"znak/app/hint"
	"znak/app/postal"
)

// PaymentOrder is one payment to be made.
type PaymentOrder struct {
	Payee
	Sum      postal.Kopecks // above zero
	Text     string         // the purpose, its words put in
	PayerINN string         // may be empty
}

// requiredBlock is the most bytes of the five required requisites after the service block (facts/desks.md §6.3).
const requiredBlock = 300

// separators that may stand between the requisites, in the order in which they are tried (facts/desks.md §6.3).
const separators = "|#;:^_~{}!$%&()*+,/@"

// Code is the text of the payment's code after ГОСТ Р 56042-2014 (facts/desks.md §6.3, facts/otpravka-api.md §12): the bytes that go into the
// QR symbol. They are UTF-8; Windows-1251, which takes half the room, only where the required part is too long otherwise. Errors have hints.
func (o PaymentOrder) Code() ([]byte, error) {
	if o.Sum <= 0 {
		return nil, hint.New("exchange.code.sum", nil, nil)
	}
	if n := utf8.RuneCountInString(o.Text); n == 0 || n > maxPurpose {
		return nil, hint.New("exchange.code.purpose", hint.Args{"Length": n, "Most": maxPurpose}, nil)
	}
	required := []string{"Name=" + o.Name, "PersonalAcc=" + o.PersonalAcc, "BankName=" + o.BankName, "BIC=" + o.BIC, "CorrespAcc=" + o.CorrespAcc}
	more := []string{"Sum=" + strconv.FormatInt(int64(o.Sum), 10), "Purpose=" + o.Text, "PayeeINN=" + o.INN, "KPP=" + o.KPP}
	if o.PayerINN != "" {
		more = append(more, "PayerINN="+o.PayerINN)
	}
	all := strings.Join(append(append([]string{}, required...), more...), "")
	at := strings.IndexFunc(separators, func(r rune) bool { return !strings.ContainsRune(all, r) })
	if at < 0 {
		return nil, hint.New("exchange.code.separator", nil, nil)
	}
	separator := separators[at : at+1]
	head, tail := strings.Join(required, separator), strings.Join(more, separator)
	if len(head) <= requiredBlock {
		return []byte("ST00012" + separator + head + separator + tail), nil
	}
	code, err := charmap.Windows1251.NewEncoder().String("ST00011" + separator + head + separator + tail)
	if err != nil {
		return nil, hint.New("exchange.code.letters", nil, err)
	}
	if utf8.RuneCountInString(head) > requiredBlock { // one byte a character there
		return nil, hint.New("exchange.code.long", hint.Args{"Most": requiredBlock}, nil)
	}
	return []byte(code), nil
}
