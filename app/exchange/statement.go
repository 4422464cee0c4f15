package exchange

import (
	"fmt"
	"io"
	"strings"

	"znak/app/hint"
	"znak/app/postal"
)

// Statement is a bank's statement as a file of 1C's exchange format gives it (facts/otpravka-api.md §11.1).
type Statement struct {
	Version  string
	Encoding string // the one the file was read in
	Sender   string // the program that wrote it
	From, To postal.Date
	Accounts []string         // the office's own accounts, as the header and the account sections name them
	Sections []AccountSection // one for each account and day, as many as the file has
	Payments []Payment
	Warnings []Warning
}

// AccountSection is the turnover of one account in one stretch of days. A sum the file does not give is nil.
type AccountSection struct {
	Line                             int
	Account                          string
	From, To                         postal.Date
	Opening, Received, Paid, Closing *postal.Kopecks
}

// Payment is one document of a statement.
type Payment struct {
	Line         int    // of the file, where its section begins
	Kind         string // the bank's own word, an open list: a payment order, a bank order…
	Number       string
	Date         postal.Date // of the document
	Sum          postal.Kopecks
	PaidOn       postal.Date // taken off the payer's account; "": not said
	ReceivedOn   postal.Date // put on the payee's account; "": not said
	PayerAccount string
	Payer        string
	PayerINN     string
	PayeeAccount string
	Payee        string
	PayeeINN     string
	Purpose      string
}

// Day is the day on which the money moved: taken off, or put on, or else the date of the document.
func (p Payment) Day() postal.Date {
	switch {
	case p.PaidOn != "":
		return p.PaidOn
	case p.ReceivedOn != "":
		return p.ReceivedOn
	}
	return p.Date
}

// Outgoing reports whether the payment leaves one of the office's own accounts. Where the statement names none, the day of taking off tells
// (facts/otpravka-api.md §11.1, inferred there).
func (s *Statement) Outgoing(p Payment) bool {
	own := func(account string) bool {
		for _, a := range s.Accounts {
			if a == account && a != "" {
				return true
			}
		}
		return false
	}
	switch from, to := own(p.PayerAccount), own(p.PayeeAccount); {
	case from != to:
		return from
	case from && to: // between own accounts: told once for each of them
		return p.PaidOn != "" && p.ReceivedOn == ""
	}
	return p.PaidOn != ""
}

// Warning is something odd that did not keep the statement from being read.
type Warning struct {
	Line int
	Key  string // of the texts
	Args hint.Args
}

// StatementError says where a statement cannot be read; nothing of the file is taken then.
type StatementError struct {
	Line    int    // of the file, from 1
	Section string // the section's own words; "" for the header
	Field   string // the word of the format, may be empty
	Value   string
	Reason  string // a key below "exchange.statement." of the texts
}

var _ hint.Keyed = (*StatementError)(nil)

func (e *StatementError) Error() string {
	return fmt.Sprintf("statement, line %d, section %q, %s=%q: %s", e.Line, e.Section, e.Field, e.Value, e.Reason)
}

// HintKey names the sentence for the person.
func (e *StatementError) HintKey() (string, map[string]any) {
	section := e.Section
	if section == "" {
		section = "—"
	}
	return "exchange.statement." + e.Reason, hint.Args{"Line": e.Line, "Section": section, "Field": e.Field, "Value": e.Value}
}

// statementSize is the most that is read: a year of a busy account has a tenth of it.
const statementSize = 64 << 20

// ReadStatement reads a whole statement. Errors: *StatementError with the line, or what r says.
func ReadStatement(r io.Reader) (*Statement, error) {
	words, err := clientBankWords()
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(r, statementSize+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > statementSize {
		return nil, &StatementError{Line: 1, Reason: "size"}
	}
	text, used, declared, err := words.decode(raw)
	if err != nil {
		return nil, &StatementError{Line: 1, Reason: "letters", Value: used}
	}
	p := &statementReader{words: words, out: &Statement{Encoding: used}}
	if declared != "" && declared != used && used != encodingUTF16 {
		p.warn(1, "exchange.warn.encoding", hint.Args{"Declared": declared, "Used": used})
	}
	if err := p.read(text); err != nil {
		return nil, err
	}
	return p.out, nil
}

// statementReader is a statement in the reading.
type statementReader struct {
	words *clientBank
	out   *Statement

	line    int      // in work
	began   bool     // the first line was seen
	ended   bool     // the last line was seen
	in      string   // "": the header; "account" or "document"
	section *section // in work
	last    string   // the name of the last value read, for lines that go on
}

// section is what has been read of a section.
type section struct {
	title  string // for people: its own words
	line   int
	values map[string]value // by our name
	number []string         // accounts, which may repeat
}

// purposeLength is the most bytes kept of a purpose; an order has at most 210 characters, and a broken file must not keep the program busy.
const purposeLength = 4096

// lengthen adds to a text that goes on.
func (s *section) lengthen(name, more string) {
	if v := s.values[name]; len(v.text) < purposeLength {
		v.text += " " + more
		s.values[name] = v
	}
}

type value struct {
	text  string
	line  int
	field string // as the file writes it
}

func (r *statementReader) warn(line int, key string, args hint.Args) {
	const most = 100 // a file with more oddities than this is not read by anybody
	if len(r.out.Warnings) < most {
		r.out.Warnings = append(r.out.Warnings, Warning{Line: line, Key: key, Args: args})
	}
}

func (r *statementReader) fail(reason, field, text string) error {
	e := &StatementError{Line: r.line, Reason: reason, Field: field, Value: short(text)}
	if r.section != nil {
		e.Section = r.section.title
	}
	return e
}

// short keeps a value of a broken file from filling the screen.
func short(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

func (r *statementReader) read(text string) error {
	header := &section{values: map[string]value{}}
	r.section = header
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	for line := range strings.SplitSeq(text, "\n") {
		r.line++
		line = strings.Trim(line, " \t\u00a0\x1a\ufeff\x00")
		if line == "" {
			continue
		}
		if err := r.take(line, header); err != nil {
			return err
		}
	}
	switch {
	case !r.began:
		return &StatementError{Line: 1, Reason: "start"}
	case r.in != "":
		return r.fail("cut", "", "")
	case !r.ended:
		r.warn(r.line, "exchange.warn.no-end", hint.Args{"Line": r.line})
	}
	return r.header(header)
}

// take reads one line.
func (r *statementReader) take(line string, header *section) error {
	field, text, valued := strings.Cut(line, "=") // the first sign only: values hold it too
	field, text = strings.TrimSpace(field), strings.TrimSpace(text)
	kind := r.words.Lines[foldKey(field)]
	if !r.began {
		if kind != "start" {
			return r.fail("start", "", line)
		}
		r.began = true
		return nil
	}
	if r.ended {
		r.warn(r.line, "exchange.warn.after-end", hint.Args{"Line": r.line})
		r.ended = false // said once; a file glued together from two goes on
	}
	switch kind {
	case "start":
		return nil // of a second file glued to the first
	case "end":
		if r.in != "" {
			return r.fail("cut", "", "")
		}
		r.ended = true
		return nil
	case "account", "document":
		if r.in != "" {
			return r.fail("cut", field, "")
		}
		title := field
		if text != "" {
			title = text
		}
		r.in, r.last, r.section = kind, "", &section{title: title, line: r.line, values: map[string]value{}}
		if kind == "document" {
			r.section.values["kind"] = value{text, r.line, field}
		}
		return nil
	case "account-end", "document-end":
		if r.in+"-end" != kind {
			return r.fail("pair", field, "")
		}
		return r.close(header)
	}
	if !valued {
		r.goOn(line)
		return nil
	}
	return r.put(field, text)
}

// goOn takes a line that is no word of the format: banks break long purposes. In any other place it is odd.
func (r *statementReader) goOn(line string) {
	if strings.HasPrefix(r.last, "purpose") {
		r.section.lengthen(r.last, line)
		return
	}
	r.warn(r.line, "exchange.warn.line", hint.Args{"Line": r.line, "Text": short(line)})
}

// put keeps a value of the section in work.
func (r *statementReader) put(field, text string) error {
	table := r.words.Header
	switch r.in {
	case "account":
		table = r.words.Account
	case "document":
		table = r.words.Document
	}
	name := table[foldKey(field)]
	if name == "" && strings.HasPrefix(r.last, "purpose") && strings.ContainsAny(field, " ") { // a purpose that goes on and holds "="
		r.goOn(field + "=" + text)
		return nil
	}
	r.last = name
	if name == "" {
		return nil
	}
	if name == "account" {
		r.section.number = append(r.section.number, text)
	}
	old, twice := r.section.values[name]
	switch {
	case !twice || old.text == "":
		r.section.values[name] = value{text, r.line, field}
	case text == "" || text == old.text || name == "account":
	case name == "purpose":
		r.section.lengthen(name, text)
	case name == "number" || name == "date" || name == "sum": // who is to say which is right
		return r.fail("twice", field, text)
	default:
		r.warn(r.line, "exchange.warn.twice", hint.Args{"Line": r.line, "Field": field, "Section": r.section.title})
	}
	return nil
}

// close turns the section in work into a row.
func (r *statementReader) close(header *section) error {
	var err error
	if r.in == "document" {
		err = r.payment()
	} else {
		err = r.account()
	}
	r.in, r.last, r.section = "", "", header
	return err
}

func (r *statementReader) header(h *section) (err error) {
	r.section, r.line = h, 1
	r.out.Version, r.out.Sender = h.values["version"].text, h.values["sender"].text
	r.out.From, r.out.To = r.looseDay("from"), r.looseDay("to")
	seen := map[string]bool{"": true}
	all := h.number
	for _, s := range r.out.Sections {
		all = append(all, s.Account)
	}
	for _, a := range all {
		if !seen[a] {
			seen[a] = true
			r.out.Accounts = append(r.out.Accounts, a)
		}
	}
	return nil
}

func (r *statementReader) account() (err error) {
	s := AccountSection{Line: r.section.line, Account: r.section.values["account"].text, From: r.looseDay("from"), To: r.looseDay("to")}
	for name, to := range map[string]**postal.Kopecks{"opening": &s.Opening, "received": &s.Received, "paid": &s.Paid, "closing": &s.Closing} {
		v, ok := r.section.values[name]
		if !ok || v.text == "" {
			continue
		}
		sum, err := r.money(v)
		if err != nil {
			return err
		}
		*to = &sum
	}
	r.out.Sections = append(r.out.Sections, s)
	return nil
}
