package view

// How certain a fact about the mark is.
const (
	Sure    = "sure"    // more than one source that does not know of the other
	Likely  = "likely"  // one source
	Unknown = "unknown" // none: the station assumes the careful thing, or leaves it open
)

// Fact is one thing that the station stands on, with how certain it is and what was made of it.
type Fact struct {
	What  string
	Level string // Sure, Likely or Unknown, in words
	Tone  Tone
	Here  string // what the station does
}

// facts of the mark, as README's table "What is certain about the mark" has them.
var facts = []struct{ key, level string }{
	{"identity", Sure}, {"qr", Sure}, {"lines", Likely}, {"places", Likely}, {"envelopes", Likely}, {"vat", Unknown}, {"day", Unknown}, {"page", Unknown}, {"checkin", Likely},
}

// FactsOf lists them.
func (w Words) FactsOf() []Fact {
	tones := map[string]Tone{Sure: OK, Likely: Warn, Unknown: Stop}
	var list []Fact
	for _, f := range facts {
		list = append(list, Fact{w.T("ui.fact." + f.key), w.T("ui.fact-level." + f.level), tones[f.level], w.T("ui.fact-here." + f.key)})
	}
	return list
}
