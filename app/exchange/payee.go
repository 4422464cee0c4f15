package exchange

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"znak/app/hint"
)

// Payee is to whom the advance is paid: the requisites that the office copies from its contract.
type Payee struct {
	Name        string `toml:"name"`
	PersonalAcc string `toml:"personal_acc"`
	BankName    string `toml:"bank_name"`
	BIC         string `toml:"bic"`
	CorrespAcc  string `toml:"corresp_acc"` // "0": none
	INN         string `toml:"inn"`
	KPP         string `toml:"kpp"`
	Purpose     string `toml:"purpose"` // holds {date}, {batches}, {sum}
}

// The longest texts of the standard, in characters (facts/desks.md §6.3).
const (
	maxName     = 160
	maxBankName = 45
	maxPurpose  = 210
)

//go:embed payee.toml
var payeeTemplate string

// PayeeError says what of the requisites is wrong; no payment is proposed then.
type PayeeError struct {
	File   string
	Field  string // as the file names it; may be empty
	Value  string
	Reason string // a key below "exchange.payee." of the texts
}

var _ hint.Keyed = (*PayeeError)(nil)

func (e *PayeeError) Error() string {
	return fmt.Sprintf("%s: %s = %q: %s", e.File, e.Field, e.Value, e.Reason)
}

// HintKey names the sentence for the person.
func (e *PayeeError) HintKey() (string, map[string]any) {
	return "exchange.payee." + e.Reason, hint.Args{"File": e.File, "Field": e.Field, "Value": short(e.Value)}
}

// ReadPayee reads and checks the requisites from the file at path. Where there is none, a form with explanations is put there, and the error says
// which file to fill. Errors: *PayeeError.
func ReadPayee(path string) (Payee, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		err := Write(path, func(w io.Writer) error {
			_, err := io.WriteString(w, payeeTemplate)
			return err
		})
		if err != nil {
			return Payee{}, err
		}
		return Payee{}, &PayeeError{File: path, Reason: "none"}
	}
	if err != nil {
		return Payee{}, &PayeeError{File: path, Value: err.Error(), Reason: "unreadable"}
	}
	var p Payee
	meta, err := toml.Decode(strings.TrimPrefix(string(raw), "\ufeff"), &p) // Windows editors begin a file with a mark
	if err != nil {
		return p, &PayeeError{File: path, Value: err.Error(), Reason: "unreadable"}
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return p, &PayeeError{File: path, Field: unknown[0].String(), Reason: "unknown"}
	}
	p.tidy()
	if err := p.check(); err != nil {
		err.File = path
		return p, err
	}
	return p, nil
}

// tidy removes what comes along when requisites are copied: spaces around texts and between digits.
func (p *Payee) tidy() {
	for _, s := range []*string{&p.Name, &p.BankName, &p.Purpose} {
		*s = strings.Join(strings.Fields(*s), " ")
	}
	for _, s := range []*string{&p.PersonalAcc, &p.BIC, &p.CorrespAcc, &p.INN, &p.KPP} {
		*s = strings.Join(strings.Fields(*s), "")
	}
}

// check finds the first requisite that a bank would not take.
func (p *Payee) check() *PayeeError {
	for _, f := range []struct{ field, value string }{{"name", p.Name}, {"personal_acc", p.PersonalAcc}, {"bank_name", p.BankName},
		{"bic", p.BIC}, {"corresp_acc", p.CorrespAcc}, {"inn", p.INN}, {"kpp", p.KPP}, {"purpose", p.Purpose}} {
		if f.value == "" {
			return &PayeeError{Field: f.field, Reason: "empty"}
		}
	}
	bad := func(field, value, reason string) *PayeeError {
		return &PayeeError{Field: field, Value: value, Reason: reason}
	}
	switch {
	case utf8.RuneCountInString(p.Name) > maxName:
		return bad("name", p.Name, "long")
	case utf8.RuneCountInString(p.BankName) > maxBankName:
		return bad("bank_name", p.BankName, "long")
	case !ValidBIC(p.BIC):
		return bad("bic", p.BIC, "bic")
	case !ValidAccount(p.PersonalAcc, p.BIC):
		return bad("personal_acc", p.PersonalAcc, "account")
	case p.CorrespAcc != "0" && !ValidCorrespondent(p.CorrespAcc, p.BIC):
		return bad("corresp_acc", p.CorrespAcc, "account")
	case !ValidINN(p.INN):
		return bad("inn", p.INN, "inn")
	case !ValidKPP(p.KPP):
		return bad("kpp", p.KPP, "kpp")
	}
	return nil
}
