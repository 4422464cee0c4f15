package postal

// EnvelopeKind is the post's name of an envelope or sticker format (envelope-type). Unknown names are kept.
type EnvelopeKind string

// The kinds of facts/online-mark.md §1.1 (table "Envelope types and ЗОО support").
const (
	C4 EnvelopeKind = "C4"
	C5 EnvelopeKind = "C5"
	C6 EnvelopeKind = "C6"
	DL EnvelopeKind = "DL"
	A6 EnvelopeKind = "A6"
	A7 EnvelopeKind = "A7"
	OX EnvelopeKind = "OX" // sticker «ЗОО X6»
	OA EnvelopeKind = "OA" // sticker «ЗОО A6»
)

// EnvelopeFormat is what is known of a kind. Sizes are millimetres, the long side of an envelope lying.
type EnvelopeFormat struct {
	Kind          EnvelopeKind
	Width, Height float64 // mm, as the face is read
	TakesMark     bool    // one unofficial source; confirm on a live account
	Sticker       bool
}

// EnvelopeFormats lists the known kinds in the order people meet them.
var EnvelopeFormats = []EnvelopeFormat{
	{C4, 324, 229, true, false},
	{C5, 229, 162, true, false},
	{DL, 220, 110, true, false},
	{C6, 162, 114, false, false},
	{A6, 148, 105, false, true},
	{A7, 105, 74, false, true},
	{OX, 105, 99, true, true},
	{OA, 148.5, 105, true, true},
}

// Format gives what is known of k; ok is false for a kind the program has not heard of.
func (k EnvelopeKind) Format() (f EnvelopeFormat, ok bool) {
	for _, f := range EnvelopeFormats {
		if f.Kind == k {
			return f, true
		}
	}
	return EnvelopeFormat{Kind: k}, false
}

// TakesMark reports whether the online payment mark may be printed on this kind.
func (k EnvelopeKind) TakesMark() bool {
	f, _ := k.Format()
	return f.TakesMark
}
