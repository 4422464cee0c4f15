package usb

import (
	"encoding/binary"
	"slices"
	"strings"

	"znak/printer"
)

// ID is what a printer says of itself in answer to GET_DEVICE_ID: the device id of IEEE 1284, section 7.6.
type ID struct {
	Maker       string   // MFG or MANUFACTURER
	Model       string   // MDL or MODEL
	Serial      string   // SN, SERN or SERIALNUMBER
	Class       string   // CLS or CLASS
	Description string   // DES or DESCRIPTION
	Commands    []string // CMD or COMMAND SET: the languages it takes, in its own words
}

// Words of IEEE 1284 and those seen in their place.
var idKeys = map[string]string{
	"MANUFACTURER": "MFG", "MFR": "MFG", "MODEL": "MDL", "COMMAND SET": "CMD", "CLASS": "CLS", "DESCRIPTION": "DES",
	"SERN": "SN", "SERIALNUMBER": "SN", "SERIAL NUMBER": "SN",
}

// ParseAnswer reads the answer to GET_DEVICE_ID: two bytes with the length of the whole, high byte first, then the text. Printers are known
// that give the low byte first or leave the two out of the sum; what comes is read as far as it makes sense.
func ParseAnswer(answer []byte) ID {
	if len(answer) < 2 {
		return ID{}
	}
	text := answer[2:]
	for _, n := range []int{int(binary.BigEndian.Uint16(answer)), int(binary.LittleEndian.Uint16(answer))} {
		if n > 2 && n <= len(answer) {
			text = answer[2:n]
			break
		}
	}
	return ParseID(string(text))
}

// ParseID reads "MFG:Maker;MDL:Model;CMD:ZPL,PDF;". Unknown keys are passed over, of a key said twice the first counts.
func ParseID(text string) ID {
	var id ID
	put := func(to *string, value string) {
		if *to == "" {
			*to = value
		}
	}
	for field := range strings.SplitSeq(text, ";") {
		key, value, ok := strings.Cut(field, ":")
		if !ok {
			continue
		}
		key, value = strings.ToUpper(clean(key)), clean(value)
		if long, ok := idKeys[key]; ok {
			key = long
		}
		switch key {
		case "MFG":
			put(&id.Maker, value)
		case "MDL":
			put(&id.Model, value)
		case "SN":
			put(&id.Serial, value)
		case "CLS":
			put(&id.Class, value)
		case "DES":
			put(&id.Description, value)
		case "CMD":
			for word := range strings.SplitSeq(value, ",") {
				if word = strings.TrimSpace(word); word != "" && len(id.Commands) < 64 {
					id.Commands = append(id.Commands, word)
				}
			}
		}
	}
	return id
}

// clean drops what does not belong into a name.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(s)
}

// Name is maker and model, the maker said once.
func (id ID) Name() string {
	if id.Model == "" {
		return strings.TrimSpace(id.Maker + " " + id.Description)
	}
	if len(id.Model) >= len(id.Maker) && strings.EqualFold(id.Model[:len(id.Maker)], id.Maker) {
		return id.Model
	}
	return strings.TrimSpace(id.Maker + " " + id.Model)
}

// Language is the best of the languages that the station writes: ZPL where the printer knows it, else PDF, else "".
func (id ID) Language() printer.Language {
	switch {
	case id.knows("ZPL"):
		return printer.ZPL
	case id.knows("PDF"):
		return printer.PDF
	}
	return ""
}

// knows reports whether a language is in the command set, whatever version is written behind its name ("ZPL II", "PDF1.7").
func (id ID) knows(language string) bool {
	return slices.ContainsFunc(id.Commands, func(word string) bool {
		return len(word) >= len(language) && strings.EqualFold(word[:len(language)], language)
	})
}
