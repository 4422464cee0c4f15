package post

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"znak/app/postal"
)

// The post's JSON is read tolerantly (facts/otpravka-api.md §1, "Decode tolerantly"): a number may come as text and a text as number,
// a flag may be missing, an empty object may come as [], and fields nobody has heard of are kept. A value of quite another
// kind is a FieldError with its place, never a guess.

var errEmptyBody = errors.New("empty body")

// FieldError says that a field of an answer is missing or is not of its kind.
type FieldError struct {
	Path string // place in the answer: "[3].online-payment-mark.value"; "" is the answer itself
	Want string // "a whole number"
	Got  string // the kind that came, never the value
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("field %q: want %s, got %s", e.Path, e.Want, e.Got)
}

// HintKey names the sentence for the person.
func (e *FieldError) HintKey() (string, map[string]any) {
	return "post.field", map[string]any{"Place": e.Path}
}

// object is a JSON object being read: each field that is taken leaves it, so that what remains is what we do not know.
type object struct {
	path     string
	fields   map[string]json.RawMessage
	problems []error // *FieldError
}

// parseObject reads an object; [] and {} both are an empty one.
func parseObject(raw []byte, path string) (*object, error) {
	o := &object{path: path}
	trimmed := bytes.TrimSpace(raw)
	if isEmptyList(trimmed) {
		return o, nil
	}
	if len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, &FieldError{Path: path, Want: "an object", Got: kindOf(trimmed)}
	}
	o.fields = make(map[string]json.RawMessage, len(trimmed)/32)
	if err := json.Unmarshal(trimmed, &o.fields); err != nil {
		return nil, err
	}
	if !utf8.Valid(trimmed) {
		o.fail("", "UTF-8", "another encoding")
	}
	return o, nil
}

func isEmptyList(raw []byte) bool {
	return len(raw) >= 2 && raw[0] == '[' && len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0 && raw[len(raw)-1] == ']'
}

func (o *object) fail(name, want, got string) {
	o.problems = append(o.problems, &FieldError{Path: o.place(name), Want: want, Got: got})
}

func (o *object) place(name string) string {
	if o.path == "" || name == "" {
		return o.path + name
	}
	return o.path + "." + name
}

// err is the first problem, for objects that are of no use with one.
func (o *object) err() error {
	if len(o.problems) > 0 {
		return o.problems[0]
	}
	return nil
}

func (o *object) has(names ...string) bool {
	for _, name := range names {
		if raw, ok := o.fields[name]; ok && string(raw) != "null" {
			return true
		}
	}
	return false
}

// take removes a field; nil where it is missing or null.
func (o *object) take(name string) json.RawMessage {
	raw, ok := o.fields[name]
	if !ok {
		return nil
	}
	delete(o.fields, name)
	if string(raw) == "null" {
		return nil
	}
	return raw
}

// text takes a field as text: a number or a flag gives its literal.
func (o *object) text(name string) string {
	raw := o.take(name)
	s, ok := scalar(raw)
	if !ok {
		o.fail(name, "a text", kindOf(raw))
	}
	return s
}

// scalar is the text of a string, number or flag; missing is "".
func scalar(raw json.RawMessage) (string, bool) {
	switch {
	case len(raw) == 0:
		return "", true
	case raw[0] == '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return "", false
		}
		return strings.TrimSpace(s), true
	case raw[0] == '{' || raw[0] == '[':
		return "", false
	}
	return string(raw), true
}

// whole takes a field as a whole number, given as number or as text; missing and "" are 0.
func (o *object) whole(name string) int64 {
	raw := o.take(name)
	s, ok := scalar(raw)
	if s == "" && ok {
		return 0
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(s, 64); ok && err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 { // 20.0, 1e3
		return int64(f)
	}
	o.fail(name, "a whole number", kindOf(raw))
	return 0
}

// count takes a number that cannot be negative and fits an int of any machine.
func (o *object) count(name string) int {
	n := o.whole(name)
	if n < 0 || n > math.MaxInt32 {
		o.fail(name, "a count", "a number out of range")
		return 0
	}
	return int(n)
}

func (o *object) kopecks(name string) postal.Kopecks { return postal.Kopecks(o.whole(name)) }

// flag takes a field as yes or no; missing is no.
func (o *object) flag(name string) bool {
	raw := o.take(name)
	s, ok := scalar(raw)
	switch strings.ToLower(s) {
	case "true", "1":
		return true
	case "false", "0", "":
		if ok {
			return false
		}
	}
	o.fail(name, "true or false", kindOf(raw))
	return false
}

// texts takes a list of texts; a single text is a list of one.
func (o *object) texts(name string) []string {
	raw := o.take(name)
	if raw == nil {
		return nil
	}
	list, ok := elements(raw)
	if !ok {
		list = []json.RawMessage{raw}
	}
	var out []string
	for i, item := range list {
		s, ok := scalar(item)
		switch {
		case !ok:
			o.fail(fmt.Sprintf("%s[%d]", name, i), "a text", kindOf(item))
		case s != "" && s != "null":
			out = append(out, s)
		}
	}
	return out
}

// sub takes an object; nil where it is missing or empty.
func (o *object) sub(name string) *object {
	raw := o.take(name)
	if raw == nil {
		return nil
	}
	in, err := parseObject(raw, o.place(name))
	if err != nil {
		o.fail(name, "an object", kindOf(raw))
		return nil
	}
	if len(in.fields) == 0 {
		return nil
	}
	return in
}

// objects takes a list of objects; a single object is a list of one.
func (o *object) objects(name string) []*object {
	raw := o.take(name)
	if raw == nil {
		return nil
	}
	list, ok := elements(raw)
	if !ok {
		list = []json.RawMessage{raw}
	}
	var out []*object
	for i, item := range list {
		in, err := parseObject(item, o.place(fmt.Sprintf("%s[%d]", name, i)))
		if err != nil {
			o.fail(fmt.Sprintf("%s[%d]", name, i), "an object", kindOf(item))
			continue
		}
		out = append(out, in)
	}
	return out
}

// The forms in which the post and its relatives write moments; those without a zone are taken as UTC.
var moments = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05", time.DateOnly}

// moment takes a point in time (UTC), written as in §1 "Dates" or as milliseconds since 1970; missing is the zero time.
func (o *object) moment(name string) time.Time {
	raw := o.take(name)
	s, ok := scalar(raw)
	if s == "" && ok {
		return time.Time{}
	}
	for _, layout := range moments {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil && ms > 1e11 && ms < 1e14 {
		return time.UnixMilli(ms).UTC()
	}
	o.fail(name, "a moment", kindOf(raw))
	return time.Time{}
}

// day takes a civil day; of a moment it keeps the day as written.
func (o *object) day(name string) postal.Date {
	raw := o.take(name)
	s, ok := scalar(raw)
	if s == "" && ok {
		return ""
	}
	if len(s) > 10 && (s[10] == 'T' || s[10] == ' ') {
		s = s[:10]
	}
	d, err := postal.ParseDate(s)
	if err != nil {
		o.fail(name, "a day", kindOf(raw))
		return ""
	}
	return d
}

// index takes a postcode, as text or as number (with its leading zeros lost); what is not a postcode is kept as it came.
func (o *object) index(name string) postal.PostIndex {
	s := o.text(name)
	if n := len(s); n > 0 && n < 6 && strings.Trim(s, "0123456789") == "" && strings.Trim(s, "0") != "" {
		s = strings.Repeat("0", 6-n) + s
	}
	if strings.Trim(s, "0") == "" {
		return ""
	}
	return postal.PostIndex(s)
}

// rest is what was not taken, as JSON with sorted keys; nil where nothing is left.
func (o *object) rest() []byte {
	if len(o.fields) == 0 {
		return nil
	}
	b, err := json.Marshal(o.fields)
	if err != nil {
		return nil
	}
	return b
}

func elements(raw json.RawMessage) (list []json.RawMessage, ok bool) {
	if len(raw) == 0 || raw[0] != '[' {
		return nil, false
	}
	return list, json.Unmarshal(raw, &list) == nil
}

// kindOf names the kind of a JSON value, so that errors never repeat the value.
func kindOf(raw []byte) string {
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	case '<':
		return "HTML"
	}
	if raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
		return "a number"
	}
	return "no JSON"
}

// readObject reads a body that must be one object, and tells a refusal (with 200) from an answer. An answer has one of the fields
// known; where known is empty every object will do.
func readObject(r io.Reader, known ...string) (*object, error) {
	o, err := readAnyObject(r)
	if err != nil {
		return nil, err
	}
	return o, checkObject(o, known)
}

// readAnyObject reads a body that must be one object, be it a refusal or not.
func readAnyObject(r io.Reader) (*object, error) {
	body, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(body) == 0 {
		return nil, errEmptyBody
	}
	o, err := parseObject(body, "")
	if err != nil {
		return nil, cutOr(err)
	}
	return o, nil
}

func checkObject(o *object, known []string) error {
	if len(known) > 0 && o.has(known...) && !o.has("errors", "error-code") {
		return nil
	}
	if r, ok := refusalIn(o.copy()); ok {
		return r.error(200)
	}
	if len(known) > 0 && !o.has(known...) {
		return &FieldError{Path: o.place(known[0]), Want: "the contract's object", Got: "another object"}
	}
	return nil
}

// copy lets o be read twice.
func (o *object) copy() *object {
	c := &object{path: o.path, fields: make(map[string]json.RawMessage, len(o.fields))}
	for k, v := range o.fields {
		c.fields[k] = v
	}
	return c
}

// readList reads a body that must be a list and gives its elements to each, one by one. The list is whole only when readList
// returns nil. An object in its place is a refusal or foreign.
func readList(r io.Reader, each func(i int, raw json.RawMessage) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	if bom, _ := in.Peek(3); string(bom) == "\ufeff" {
		in.Discard(3)
	}
	for {
		b, err := in.Peek(1)
		if err != nil {
			return err
		}
		if b[0] != ' ' && b[0] != '\n' && b[0] != '\r' && b[0] != '\t' {
			break
		}
		in.Discard(1)
	}
	if b, _ := in.Peek(1); b[0] != '[' {
		if b[0] != '{' {
			return &FieldError{Want: "a list", Got: kindOf(b)}
		}
		if _, err := readObject(in); err != nil {
			return err
		}
		return &FieldError{Want: "a list", Got: "an object"}
	}
	dec := json.NewDecoder(in)
	if _, err := dec.Token(); err != nil {
		return err
	}
	i := 0
	for ; dec.More(); i++ {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return fmt.Errorf("element %d, byte %d: %w", i, dec.InputOffset(), err)
		}
		if err := each(i, raw); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("after element %d, byte %d: %w", i, dec.InputOffset(), err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return &FieldError{Want: "one list", Got: "more after it"}
	}
	return nil
}

// cutOr turns the JSON package's "unexpected end" into io.ErrUnexpectedEOF, and says where other mistakes are.
func cutOr(err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	if strings.Contains(syntax.Error(), "unexpected end") {
		return fmt.Errorf("byte %d: %w", syntax.Offset, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("byte %d: %w", syntax.Offset, err)
}
