package station

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// JournalEntry is one line of the journal: what was done to the office itself, not to letters. One of Operator and Office is set; where neither is, a copy
// took the place of the records.
type JournalEntry struct {
	At       time.Time
	Who      string // did it: an operator, or the user of the computer
	Operator *store.OperatorData
	Office   *store.OfficeData
}

// Journal reads from the ledger the last entries, oldest first; limit 0: all.
func (s *Station) Journal(ctx context.Context, limit int) ([]JournalEntry, error) {
	kinds := []postal.EventKind{postal.EventOperator, postal.EventOffice, postal.EventRestored}
	events, err := s.store.Events(ctx, store.EventQuery{NoBatch: true, Kinds: kinds, Last: limit})
	if err != nil {
		return nil, err
	}
	list := make([]JournalEntry, len(events))
	for i, e := range events {
		list[i] = JournalEntry{At: e.At, Who: e.Who}
		switch e.Kind {
		case postal.EventOperator:
			list[i].Operator = &store.OperatorData{}
			err = json.Unmarshal(e.Data, list[i].Operator)
		case postal.EventOffice:
			list[i].Office = &store.OfficeData{}
			err = json.Unmarshal(e.Data, list[i].Office)
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// JournalWords are the texts of the reader's language.
type JournalWords interface {
	Say(key string, args hint.Args) string
	SayOr(key, other string) string
}

// Sentence says what was done.
func (e JournalEntry) Sentence(w JournalWords) string {
	switch {
	case e.Operator != nil:
		key := "journal.operator." + e.Operator.Act
		if e.Operator.Proof == "badge" {
			key += "-badge"
		}
		role := w.SayOr("operator.role-word."+e.Operator.Role, e.Operator.Role)
		return w.Say(key, hint.Args{"Who": e.Operator.Name, "Role": role, "Count": e.Operator.Wrong})
	case e.Office != nil:
		return officeSentence(*e.Office, w)
	}
	return w.Say("journal.restored", nil)
}

func officeSentence(d store.OfficeData, w JournalWords) string {
	args := hint.Args{"Name": d.Name, "Fields": ""}
	if d.Act == "setting" && len(d.Fields) == 1 {
		args["Name"] = w.SayOr("journal.name."+d.Name, d.Name)
		args["From"], args["To"] = settingWord(w, d.Name, d.Fields[0].From), settingWord(w, d.Name, d.Fields[0].To)
	}
	var fields []string
	for _, f := range d.Fields {
		fields = append(fields, fieldWords(w, f))
	}
	args["Fields"] = strings.Join(fields, "; ")
	return w.Say("journal."+d.Act, args)
}

// fieldWords says what one field of a printer, of its paper or of a scanner is now, and what it was.
func fieldWords(w JournalWords, f store.FieldChange) string {
	args := hint.Args{"Name": f.Name, "From": fieldWord(w, f.Name, f.From), "To": fieldWord(w, f.Name, f.To)}
	if option, ok := strings.CutPrefix(f.Name, "options."); ok { // the driver's own
		args["Name"] = option
	} else {
		args["Name"] = w.SayOr("journal.field."+f.Name, f.Name)
	}
	if f.From == "" {
		return w.Say("journal.field-new", args)
	}
	return w.Say("journal.field-changed", args)
}

// fieldWord is a value as a person reads it; what only devices say stays as it is.
func fieldWord(w JournalWords, field, value string) string {
	switch field {
	case "turn":
		if quarters, err := strconv.Atoi(value); err == nil {
			return strconv.Itoa(90*quarters) + "°"
		}
	case "calibrated_at":
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return at.Local().Format("02.01.2006 15:04")
		}
	case "confirm", "kind", "language":
		if value != "" {
			return w.SayOr("journal."+field+"."+value, value)
		}
	case "profile.end", "profile.lines", "profile.prefix", "profile.suffix":
		return strings.Trim(strconv.Quote(value), `"`)
	}
	return settingWord(w, field, value)
}

// settingWord is the value of a setting as a person reads it.
func settingWord(w JournalWords, key, value string) string {
	switch {
	case value == "":
		return w.Say("journal.none", nil)
	case value == "true":
		return w.Say("journal.yes", nil)
	case value == "false":
		return w.Say("journal.no", nil)
	case key == SettingLowBalance:
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return w.Say("journal.sum", hint.Args{"Sum": postal.Kopecks(n)})
		}
	}
	return value
}

// noteOffice writes in the ledger that something of the office is another now. Where nothing is, nothing is written. was and is are written as JSON; nil: none.
func noteOffice(tx *store.Tx, act, name string, was, is any) error {
	from, err := fieldsOf(was)
	if err != nil {
		return err
	}
	to, err := fieldsOf(is)
	if err != nil {
		return err
	}
	d := store.OfficeData{Act: act, Name: name}
	for field, value := range to {
		if from[field] != value {
			d.Fields = append(d.Fields, store.FieldChange{Name: field, From: from[field], To: value})
		}
	}
	for field, value := range from {
		if _, ok := to[field]; !ok && is != nil {
			d.Fields = append(d.Fields, store.FieldChange{Name: field, From: value})
		}
	}
	if len(d.Fields) == 0 && was != nil && is != nil {
		return nil
	}
	slices.SortFunc(d.Fields, func(a, b store.FieldChange) int { return strings.Compare(a.Name, b.Name) })
	return tx.Record(store.NewEvent{Kind: postal.EventOffice, Data: d})
}

// NoteAccount notes that the office works with another account of the post, at that address; "" where it has none any more. Who the account belongs to is
// secret.
func NoteAccount(tx *store.Tx, address string) error {
	if address == "" {
		return noteOffice(tx, "no-account", "", nil, nil)
	}
	return noteOffice(tx, "account", address, nil, nil)
}

// fieldsOf are the fields of v by name, those of its parts by both names: "dpi", "options.media".
func fieldsOf(v any) (map[string]string, error) {
	fields := map[string]string{}
	if v == nil {
		return fields, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil, err
	}
	flatten(fields, "", tree)
	return fields, nil
}

func flatten(fields map[string]string, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, part := range v {
			flatten(fields, strings.TrimPrefix(name+"."+key, "."), part)
		}
	case nil:
	case string:
		if v != "" {
			fields[name] = v
		}
	default:
		if raw, err := json.Marshal(v); err == nil {
			fields[name] = string(raw)
		}
	}
}
