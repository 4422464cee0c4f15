package postal

import "strings"

// AddressKind is the post's address-type.
type AddressKind string

const (
	AddressDefault AddressKind = "DEFAULT" // street, house, flat
	AddressPOBox   AddressKind = "PO_BOX"  // абонентский ящик
	AddressDemand  AddressKind = "DEMAND"  // до востребования
	AddressUnit    AddressKind = "UNIT"    // войсковая часть
)

// Address has the parts of the post's order fields, each as the post wrote it ("обл. Магаданская", "г Владивосток", "ул Светланская").
type Address struct {
	Kind     AddressKind
	Index    PostIndex
	Region   string
	Area     string // район
	Place    string // settlement
	Location string // micro-district
	Street   string
	House    string
	Slash    string
	Letter   string
	Corpus   string
	Building string
	Estate   string // владение
	Room     string
	Office   string
	Hotel    string
	Number   string // of a PO box or a military unit
	Raw      string // unparsed, used where the parts are empty
}

// Lines gives the address in postal order (Правила оказания услуг почтовой связи; facts/online-mark.md §4): street
// and house, settlement, district, region. The index is not among them: it has a place of its own. The short words between
// the parts (д., корп., кв., а/я, в/ч) are those printed on Russian envelopes, whatever language the screen speaks.
func (a Address) Lines() []string {
	var lines []string
	add := func(parts ...string) {
		var kept []string
		for _, p := range parts {
			if p = strings.Join(strings.Fields(p), " "); p != "" {
				kept = append(kept, p)
			}
		}
		if len(kept) > 0 {
			lines = append(lines, strings.Join(kept, ", "))
		}
	}
	with := func(prefix, v string) string {
		if strings.TrimSpace(v) == "" {
			return ""
		}
		return prefix + v
	}
	switch a.Kind {
	case AddressPOBox:
		add(with("а/я ", a.Number))
	case AddressUnit:
		add(with("в/ч ", a.Number))
	case AddressDemand:
		add("до востребования")
	}
	house := with("д. ", a.House)
	if house != "" && a.Slash != "" {
		house += "/" + a.Slash
	}
	if house != "" && a.Letter != "" {
		house += a.Letter
	}
	add(a.Street, house, with("влд. ", a.Estate), with("корп. ", a.Corpus), with("стр. ", a.Building),
		with("кв. ", a.Room), with("оф. ", a.Office), with("гост. ", a.Hotel))
	add(a.Location)
	add(a.Place)
	add(a.Area)
	if a.Region != a.Place {
		add(a.Region)
	}
	if len(lines) == 0 {
		add(a.Raw)
	}
	return lines
}

// IsZero reports whether nothing of the address is known.
func (a Address) IsZero() bool { return a == Address{} }
