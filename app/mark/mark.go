// Package mark is the online payment mark (знак онлайн оплаты, ЗОО): the text of its code, read and written exactly,
// the code itself, and the block printed beside it.
//
// Every property of the mark that no official document confirms (symbology, labels, their order, error correction, sizes and
// places) stands in a data file, see Spec; another version of the mark needs no code. The identity of a mark is
// issued by the post: this package only draws what it is given and never makes one up. facts/online-mark.md §1.3, §2.6.
package mark

import (
	"fmt"

	"znak/app/hint"
	"znak/app/postal"
)

// Field names one of the values a mark carries, as the data files spell it.
type Field string

// The values of the mark, in the order of facts/online-mark.md §1.3.
const (
	ID    Field = "id"    // online-payment-mark-id
	ShPI  Field = "shpi"  // identifier of the piece
	INN   Field = "inn"   // the sender's
	KPP   Field = "kpp"   // the sender's; a sole trader has none
	Value Field = "value" // of the mark, kopecks
	Mass  Field = "mass"  // grams
	Date  Field = "date"  // of handing in
	From  Field = "from"  // index of the office that takes the piece in
	To    Field = "to"    // index of the delivery office
)

// Fields are the values of one mark, all as the post issued them or the account's settings hold them.
type Fields struct {
	ID    string
	ShPI  postal.ShPI
	INN   string
	KPP   string
	Value postal.Kopecks
	Mass  postal.Grams
	Date  postal.Date
	From  postal.PostIndex
	To    postal.PostIndex
}

// MissingError says that a piece cannot bear its mark because something the post or the settings must give is not there.
// Field is empty where the post has issued no mark at all.
type MissingError struct {
	ShPI  postal.ShPI
	Field Field
}

var _ hint.Keyed = (*MissingError)(nil)

func (e *MissingError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("piece %s has no mark", e.ShPI)
	}
	return fmt.Sprintf("mark of piece %s lacks %s", e.ShPI, e.Field)
}

// HintKey names the sentence for the person.
func (e *MissingError) HintKey() (string, map[string]any) {
	if e.Field == "" {
		return "mark.none", hint.Args{"ShPI": e.ShPI.Grouped()}
	}
	return "mark.incomplete", hint.Args{"ShPI": e.ShPI.Grouped(), "Field": fieldName(e.Field)}
}

// fieldName is the name of a field in the person's language, for the arguments of a sentence.
func fieldName(f Field) error { return hint.New("mark.field."+string(f), nil, nil) }

// FieldsOf gathers the values of the mark of p, a piece of b sent by s. Whatever is not there is a MissingError: nothing is
// made up or guessed. Only the КПП of a sole trader (ИНН of 12 digits) may be missing.
func FieldsOf(b postal.Batch, p postal.Piece, s postal.Sender) (Fields, error) {
	missing := func(f Field) (Fields, error) { return Fields{}, &MissingError{ShPI: p.ShPI, Field: f} }
	switch {
	case p.Mark == nil:
		return missing("")
	case p.Mark.ID == "":
		return missing(ID)
	case p.ShPI == "":
		return missing(ShPI)
	case s.INN == "":
		return missing(INN)
	case s.KPP == "" && len(s.INN) != 12:
		return missing(KPP)
	case p.Mark.Value <= 0:
		return missing(Value)
	case p.Mass <= 0:
		return missing(Mass)
	case b.SendingDate == "":
		return missing(Date)
	case p.Mark.Office == "":
		return missing(From)
	case p.To.Address.Index == "":
		return missing(To)
	}
	return Fields{
		ID: p.Mark.ID, ShPI: p.ShPI, INN: s.INN, KPP: s.KPP, Value: p.Mark.Value, Mass: p.Mass,
		Date: b.SendingDate, From: p.Mark.Office, To: p.To.Address.Index,
	}, nil
}
