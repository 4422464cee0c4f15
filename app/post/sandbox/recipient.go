package sandbox

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Recipient is an invented addressee. Its fields are the order's fields of the same name
// (facts/otpravka-api.md §3.1), so that layout tests can feed them to a page without a server.
type Recipient struct {
	Name                           string // recipient-name
	Surname, GivenName, MiddleName string
	AddressType                    string // address-type-to: DEFAULT, PO_BOX, DEMAND, UNIT
	NumAddressType                 string // num-address-type-to: number of the box or unit
	Index                          int    // index-to, six digits
	Region, Area, Place, Location  string // region-to, area-to, place-to, location-to
	Street, House, Slash, Letter   string
	Corpus, Building, Room         string
	Vladenie, Office, Hotel        string
}

// recipientAt makes the addressee of a generated piece. Every sixteenth is of an unusual kind in a fixed order, so that
// even a batch of twelve has boxes, a military unit and a name of four lines.
func recipientAt(seed int64, ordinal int) Recipient {
	rng := stream(seed, streamRecipient, ordinal)
	switch ordinal % 16 {
	case 2, 13:
		return organisation(rng)
	case 4:
		return poBox(rng)
	case 6:
		return militaryUnit(rng)
	case 8:
		return onDemand(rng)
	case 10:
		return longOrganisation(rng)
	case 11:
		return longAddress(rng, person(rng))
	}
	return address(rng, person(rng))
}

// UglyAddresses makes the n ugliest addressees of a seed: names of four lines and of one endless word, every part of the
// address filled, boxes, units, «quotes» in quotes, №, ё, hyphens. The same seed gives the same list.
func UglyAddresses(seed int64, n int) []Recipient {
	list := make([]Recipient, n)
	for i := range list {
		rng := stream(seed, streamUgly, i)
		var r Recipient
		switch i % 8 {
		case 0:
			r = longAddress(rng, longOrganisation(rng))
		case 1:
			r = longAddress(rng, longPerson(rng))
		case 2:
			r = longAddress(rng, oneWord(rng))
		case 3:
			r = longOrganisation(rng)
			r = boxOf(rng, r)
		case 4:
			r = militaryUnit(rng)
			r = named(r, "Командиру войсковой части "+r.NumAddressType+", для передачи: "+longPerson(rng).Name)
		case 5:
			r = onDemand(rng)
			r = named(r, longPerson(rng).Name+" (до востребования, предъявителю документа № "+strconv.Itoa(1000+rng.IntN(9000))+")")
		case 6:
			r = everyPart(rng, longOrganisation(rng))
		case 7:
			r = everyPart(rng, organisation(rng))
			inner := strings.NewReplacer("«", "„", "»", "“").Replace(r.Name)
			r = named(r, "«"+inner+"» — правопреемник ООО «Ёж & К°» / Eschenbach GmbH & Co. KG")
		}
		list[i] = r
	}
	return list
}

// named gives the addressee another name, of one line.
func named(r Recipient, name string) Recipient {
	r.Name, r.Surname, r.GivenName, r.MiddleName = name, "", "", ""
	return r
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

func person(rng *rand.Rand) Recipient {
	var r Recipient
	if rng.IntN(2) == 0 {
		r.Surname, r.GivenName, r.MiddleName = pick(rng, surnamesHe), pick(rng, namesHe), pick(rng, patronymicsHe)
	} else {
		r.Surname, r.GivenName, r.MiddleName = pick(rng, surnamesShe), pick(rng, namesShe), pick(rng, patronymicsShe)
	}
	r.Name = r.Surname + " " + r.GivenName + " " + r.MiddleName
	return r
}

func longPerson(rng *rand.Rand) Recipient {
	r := person(rng)
	r.Surname = pick(rng, surnamesShe) + "-" + pick(rng, longSurnames)
	r.GivenName = "Анна-Мария-Элеонора"
	r.MiddleName = "Александровна-Всеволодовна"
	r.Name = r.Surname + " " + r.GivenName + " " + r.MiddleName
	return r
}

func oneWord(rng *rand.Rand) Recipient {
	return Recipient{Name: "ООО «" + pick(rng, endlessWords) + "»"}
}

func organisation(rng *rand.Rand) Recipient {
	name := fmt.Sprintf(pick(rng, organisations), pick(rng, titles))
	if rng.IntN(3) == 0 {
		name = strings.TrimSuffix(name, "»") + " № " + strconv.Itoa(1+rng.IntN(99)) + "»"
	}
	return address(rng, Recipient{Name: name})
}

func longOrganisation(rng *rand.Rand) Recipient {
	return address(rng, Recipient{Name: pick(rng, longOrganisations)})
}

// settle puts the addressee into a place.
func settle(rng *rand.Rand, r Recipient, p place) Recipient {
	r.AddressType = "DEFAULT"
	r.Region, r.Area, r.Place, r.Location = p.region, p.area, p.place, p.location
	r.Index = p.prefix*1000 + rng.IntN(999) + 1
	return r
}

func address(rng *rand.Rand, r Recipient) Recipient {
	r = settle(rng, r, pick(rng, places))
	r.Street = pick(rng, streets)
	r.House = strconv.Itoa(1 + rng.IntN(180))
	switch rng.IntN(8) {
	case 0:
		r.Letter = pick(rng, letters)
	case 1:
		r.Slash = strconv.Itoa(1 + rng.IntN(40))
	case 2:
		r.Corpus = strconv.Itoa(1 + rng.IntN(9))
	case 3:
		r.Building = strconv.Itoa(1 + rng.IntN(30))
	}
	if rng.IntN(5) != 0 {
		r.Room = strconv.Itoa(1 + rng.IntN(480))
	}
	return r
}

func longAddress(rng *rand.Rand, r Recipient) Recipient {
	r = settle(rng, r, pick(rng, longPlaces))
	r.Street = pick(rng, longStreets)
	r.House = strconv.Itoa(100 + rng.IntN(900))
	r.Corpus = strconv.Itoa(1 + rng.IntN(19))
	r.Building = strconv.Itoa(1+rng.IntN(30)) + pick(rng, letters)
	r.Room = strconv.Itoa(1000 + rng.IntN(900))
	return r
}

func everyPart(rng *rand.Rand, r Recipient) Recipient {
	r = longAddress(rng, r)
	r.Slash = strconv.Itoa(1 + rng.IntN(90))
	r.Letter = pick(rng, letters)
	r.Vladenie = strconv.Itoa(1 + rng.IntN(90))
	r.Office = strconv.Itoa(100+rng.IntN(900)) + "/" + strconv.Itoa(1+rng.IntN(9))
	r.Hotel = "гостиница «Ёлки-Палки № " + strconv.Itoa(1+rng.IntN(9)) + "»"
	return r
}

func poBox(rng *rand.Rand) Recipient {
	r := person(rng)
	if rng.IntN(2) == 0 {
		r = organisation(rng)
	}
	return boxOf(rng, r)
}

func boxOf(rng *rand.Rand, r Recipient) Recipient {
	r = settle(rng, Recipient{Name: r.Name, Surname: r.Surname, GivenName: r.GivenName, MiddleName: r.MiddleName}, pick(rng, places))
	r.AddressType = "PO_BOX"
	r.NumAddressType = strconv.Itoa(1 + rng.IntN(2999))
	return r
}

// militaryUnit has an invented number of five digits that begins with two zeros.
func militaryUnit(rng *rand.Rand) Recipient {
	number := fmt.Sprintf("00%03d", 1+rng.IntN(999))
	r := Recipient{Name: "Командиру войсковой части " + number}
	if rng.IntN(2) == 0 {
		r = person(rng)
	}
	r = settle(rng, r, pick(rng, places))
	r.AddressType = "UNIT"
	r.NumAddressType = number
	return r
}

func onDemand(rng *rand.Rand) Recipient {
	r := settle(rng, person(rng), pick(rng, places))
	r.AddressType = "DEMAND"
	return r
}
