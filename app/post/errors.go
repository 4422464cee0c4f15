package post

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"znak/app/postal"
)

// What a caller can ask of an error with errors.Is. One error may be several of them.
var (
	ErrUnreachable             = errors.New("the post cannot be reached")               // no way, time-out, proxy, gateway, 5xx: later may be better
	ErrUnclear                 = errors.New("nobody knows whether the change was made") // look before repeating
	ErrForeign                 = errors.New("the answer is not the post's contract")    // HTML, cut JSON, empty body, another object
	ErrNoEndpoint              = errors.New("the post does not know this call")
	ErrNotFound                = errors.New("not found at the post")
	ErrUnauthorized            = errors.New("the post does not accept the credentials")
	ErrForbidden               = errors.New("the post forbids it")
	ErrQuota                   = errors.New("the day's calls are used up") // 509 or our own guard
	ErrNotEnoughMoney          = errors.New("not enough money")
	ErrOfflineBalanceForbidden = errors.New("the account must use the online balance")
	ErrReadOnly                = errors.New("the batch can no longer be changed")
	ErrPastDate                = errors.New("the sending date has passed")
	ErrIncomplete              = errors.New("the post shows fewer pieces than it counts")
)

// Cause names what went wrong; it is the last part of the hint's key ("post.network").
type Cause string

// The causes. A refusal of a kind not listed is CauseRefused with the post's Code and Words.
const (
	CauseNetwork        Cause = "network"
	CauseTimeout        Cause = "timeout"
	CauseCut            Cause = "cut" // the answer broke off
	CauseStopped        Cause = "stopped"
	CauseProxy          Cause = "proxy"
	CauseServer         Cause = "server"
	CauseNoEndpoint     Cause = "no-endpoint"
	CauseForeign        Cause = "foreign"
	CauseIncomplete     Cause = "incomplete"
	CauseNotFound       Cause = "not-found"
	CauseNoAccount      Cause = "no-account" // no token or login is set here
	CauseCredentials    Cause = "credentials"
	CauseToken          Cause = "token"
	CauseForbidden      Cause = "forbidden"
	CauseQuota          Cause = "quota"
	CauseReserve        Cause = "reserve" // our own guard
	CauseMoney          Cause = "money"
	CauseOfflineBalance Cause = "offline-balance"
	CauseReadOnly       Cause = "read-only"
	CausePastDate       Cause = "past-date"
	CauseRefused        Cause = "refused"
)

// kinds says which sentinels a cause answers to.
func (c Cause) kinds() []error {
	switch c {
	case CauseNetwork, CauseTimeout, CauseProxy, CauseServer:
		return []error{ErrUnreachable}
	case CauseCut:
		return []error{ErrUnreachable, ErrForeign}
	case CauseNoEndpoint: // the gateway let nobody through (E10): the post itself was not reached
		return []error{ErrUnreachable, ErrNoEndpoint}
	case CauseForeign:
		return []error{ErrForeign}
	case CauseIncomplete:
		return []error{ErrIncomplete}
	case CauseNotFound:
		return []error{ErrNotFound}
	case CauseNoAccount, CauseCredentials, CauseToken:
		return []error{ErrUnauthorized}
	case CauseForbidden:
		return []error{ErrForbidden}
	case CauseQuota, CauseReserve:
		return []error{ErrQuota}
	case CauseMoney:
		return []error{ErrNotEnoughMoney}
	case CauseOfflineBalance:
		return []error{ErrOfflineBalanceForbidden}
	case CauseReadOnly:
		return []error{ErrReadOnly}
	case CausePastDate:
		return []error{ErrPastDate}
	}
	return nil
}

// Error is what a call came back with instead of its answer: one type for all shapes of facts/otpravka-api.md §6.1.
type Error struct {
	Call     string // method and pattern of the path: "POST /1.0/batch/{name}/checkin"
	Cause    Cause
	Status   int    // HTTP; 0 where no answer came
	Code     string // the post's code as it came: "1001", "READONLY_STATE"
	SubCode  string // "RESOURCE_NOT_FOUND"
	Words    string // the post's own description
	Details  string
	Position int    // in the list that was sent, from 0; -1 where the error is not about one of many
	Item     string // id or name at that position
	Unclear  bool   // a change was sent and nobody knows whether it was made

	Needed, Available postal.Kopecks // CauseMoney
	Allowed, Left     int            // CauseReserve: calls a day
	Expected, Got     int            // CauseIncomplete: pieces

	Err error // the technical cause, free of secrets; may be nil
}

// Error gives the technical text.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Call, e.Cause)
	if e.Unclear {
		b.WriteString(" (fate unknown)")
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, ": HTTP %d", e.Status)
	}
	if e.Position >= 0 {
		fmt.Fprintf(&b, ": position %d (%s)", e.Position, e.Item)
	}
	for _, s := range []string{e.Code, e.SubCode, e.Words, e.Details} {
		if s != "" {
			b.WriteString(": " + s)
		}
	}
	if e.Cause == CauseIncomplete {
		fmt.Fprintf(&b, ": %d of %d", e.Got, e.Expected)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Is answers for the sentinels of this package.
func (e *Error) Is(target error) bool {
	return target == ErrUnclear && e.Unclear || slices.Contains(e.Cause.kinds(), target)
}

// HintKey names the sentence for the person: "post.unclear" before all, else "post." and the cause.
func (e *Error) HintKey() (string, map[string]any) {
	key := string(e.Cause)
	if e.Unclear {
		key = "unclear"
	}
	words := e.Words
	if words == "" {
		words = e.Code
	}
	place := ""
	var f *FieldError
	if errors.As(e.Err, &f) {
		place = f.Path
	}
	return "post." + key, map[string]any{
		"Words": words, "Code": e.Code, "Details": e.Details, "Item": e.Item, "Status": e.Status, "Place": place,
		"Needed": e.Needed, "Available": e.Available, "Short": e.Needed - e.Available,
		"Allowed": e.Allowed, "Left": e.Left, "Expected": e.Expected, "Got": e.Got,
	}
}

// Retryable reports whether the same call may do better later without a person's help. For an unclear change it is false.
func (e *Error) Retryable() bool {
	return !e.Unclear && slices.Contains(e.Cause.kinds(), ErrUnreachable) && e.Cause != CauseNoEndpoint && e.Cause != CauseProxy
}

// worthRepeating reports whether k is to be sent again at once.
func (e *Error) worthRepeating(k call, try int) bool {
	if e.Cause == CauseTimeout && try > 1 { // a post that hangs is given two chances only
		return false
	}
	if e.Status == http.StatusInternalServerError && (k.halves || k.file && e.Code != "") {
		return false
	}
	return e.Retryable()
}

// leavesFateOpen reports whether a change that was answered so may have been made all the same: the answer tells of an accident and
// not of a decision.
func (e *Error) leavesFateOpen() bool {
	switch e.Cause {
	case CauseServer, CauseForeign, CauseCut:
		return true
	}
	return false
}

// refusal is what the error bodies E1–E14 have in common once read.
type refusal struct {
	code, subCode, words, details string
	position                      int // -1: not said
}

// refusalIn reads an error object of any shape; ok is false for an object that is no error.
// The order of the words follows facts/otpravka-api.md §6.1.
func refusalIn(o *object) (r refusal, ok bool) {
	r.position = -1
	if o.has("position") {
		r.position = int(o.whole("position"))
	}
	r.code = first(o.text("code"), o.text("error-code"))
	r.subCode = o.text("sub-code")
	spring := o.has("timestamp") && o.has("path") // E13
	failed := strings.EqualFold(o.text("status"), "ERROR")
	r.words = first(o.text("desc"), o.text("description"), o.text("error-description"), o.text("message"))
	if r.words == "" && spring {
		r.words = o.text("error")
	}
	r.details = first(o.text("details"), o.text("error-details"))
	if inner := slices.Concat(o.objects("error-codes"), o.objects("errors")); len(inner) > 0 { // E1–E3: the first speaks for all
		in, _ := refusalIn(inner[0])
		if r.position >= 0 {
			in.position = r.position
		}
		return in, true
	}
	return r, r.code != "" || r.subCode != "" || failed || spring
}

var moneyText = regexp.MustCompile(`Requested (\d{1,18}) but available (-?\d{1,18})`)

// error decides what the refusal means, HTTP status and all.
func (r refusal) error(status int) *Error {
	e := &Error{Status: status, Code: tidy(r.code), SubCode: tidy(r.subCode), Words: tidy(r.words), Details: tidy(r.details), Position: -1}
	lower := strings.ToLower(r.words)
	is := func(codes ...string) bool {
		return slices.Contains(codes, r.code) || r.subCode != "" && slices.Contains(codes, r.subCode)
	}
	money := moneyText.FindStringSubmatch(r.words)
	switch {
	case money != nil: // E8
		e.Cause = CauseMoney
		needed, _ := strconv.ParseInt(money[1], 10, 64)
		available, _ := strconv.ParseInt(money[2], 10, 64)
		e.Needed, e.Available = postal.Kopecks(needed), postal.Kopecks(available)
	case status == 509:
		e.Cause = CauseQuota
	case strings.Contains(lower, "no endpoint"), status == http.StatusProxyAuthRequired:
		e.Cause = CauseNoEndpoint // E5's text; E10 with its mask text
	case is("1001", "RESOURCE_NOT_FOUND", "NOT_FOUND"):
		e.Cause = CauseNotFound
	case is("1011", "ILLEGAL_CREDENTIALS"), status == http.StatusUnauthorized && !strings.Contains(lower, "token"):
		e.Cause = CauseCredentials
	case is("1007", "ACCESS_VIOLATION"), status == http.StatusForbidden && !strings.Contains(lower, "token"):
		e.Cause = CauseForbidden
	case strings.Contains(lower, "error token"), status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Cause = CauseToken // E11
	case strings.Contains(lower, "mask or method not found"), status == http.StatusNotFound: // a 404 without the post's code is somebody else's
		e.Cause = CauseNoEndpoint
	case is("OFFLINE_BALANCE_FORBIDDEN"):
		e.Cause = CauseOfflineBalance
	case is("READONLY_STATE", "DELIVERY_IN_PROGRESS", "ALL_SHIPMENTS_SENT"):
		e.Cause = CauseReadOnly
	case is("PAST_DUE_DATE"):
		e.Cause = CausePastDate
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests,
		is("1002", "1024", "INTERNAL_ERROR"): // the post's own accident, whatever the status
		e.Cause = CauseServer
	case status/100 == 3, status/100 == 1:
		e.Cause = CauseForeign
	default:
		e.Cause = CauseRefused
	}
	return e
}

// refusalOf makes the error of an answer that is not 2xx.
func refusalOf(status int, header http.Header, body []byte) *Error {
	var r refusal
	if o, err := parseObject(body, ""); err == nil {
		r, _ = refusalIn(o)
	}
	e := r.error(status)
	// The office's own proxy also says 407, but names its scheme; the post's gateway (E10) does not.
	if status == http.StatusProxyAuthRequired && header.Get("Proxy-Authenticate") != "" {
		e.Cause = CauseProxy
	}
	return e
}

// tidy makes a text of the post fit for a line: no control characters, not longer than 500 characters.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 500 {
		s = string(r[:500]) + "…"
	}
	return s
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// flat is a technical cause reduced to its text. The chain below it is cut off, because url.Error and proxy errors repeat
// addresses with queries and passwords; the end of a context can still be asked for.
type flat struct {
	text string
	is   error
}

func (f *flat) Error() string        { return f.text }
func (f *flat) Is(target error) bool { return f.is != nil && target == f.is }

var userInfo = regexp.MustCompile(`//[^/@\s"]+@`)

// flatten takes the addresses of requests and the passwords of proxies out of err.
func flatten(err error) error {
	f := &flat{}
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			f.is = end
		}
	}
	for u := (*url.Error)(nil); errors.As(err, &u); { // "Get \"https://host/path?query\": cause": only the cause is ours to tell
		err = u.Err
	}
	f.text = tidy(userInfo.ReplaceAllString(err.Error(), "//[secret]@"))
	return f
}

// scrub takes the account's secrets out of texts that come from elsewhere: the post may repeat a token in its words.
type scrub struct{ replacer *strings.Replacer }

func scrubber(s Secrets) scrub {
	var pairs []string
	for _, secret := range []string{s.basic(), s.Token, s.Password} {
		if len(secret) >= 4 { // shorter ones are found in every text by chance
			pairs = append(pairs, secret, "[secret]")
		}
	}
	return scrub{strings.NewReplacer(pairs...)}
}

func (s scrub) all(list []*Error) {
	for _, e := range list {
		s.error(e)
	}
}

func (s scrub) error(e *Error) *Error {
	for _, text := range []*string{&e.Code, &e.SubCode, &e.Words, &e.Details, &e.Item} {
		*text = s.replacer.Replace(*text)
	}
	if e.Err != nil {
		if clean := s.replacer.Replace(e.Err.Error()); clean != e.Err.Error() {
			e.Err = &flat{text: clean}
		}
	}
	return e
}
