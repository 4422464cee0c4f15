package sandbox

import (
	"bytes"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// request is one call with its body read and the time it came at.
type request struct {
	*http.Request
	body []byte
	now  time.Time
}

// decode reads the body as JSON. A mistyped field is an error, as at the post (E5).
func (r *request) decode(into any) error {
	return json.Unmarshal(r.body, into)
}

// reply is an answer not yet written: faults may still spoil it.
type reply struct {
	status      int
	body        any    // JSON, when raw is nil
	raw         []byte // anything else
	contentType string // of raw
	filename    string // Content-Disposition
}

func ok(body any) reply { return reply{status: http.StatusOK, body: body} }

// encoded is the reply's bytes and content type.
func (p reply) encoded() ([]byte, string) {
	if p.raw != nil {
		return p.raw, p.contentType
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(p.body); err != nil {
		panic("sandbox: own answer cannot be encoded: " + err.Error()) // only a programming mistake can do this
	}
	return bytes.TrimRight(b.Bytes(), "\n"), "application/json;charset=UTF-8"
}

func (p reply) isJSON() bool { return p.raw == nil }

func (p reply) write(w http.ResponseWriter) {
	body, contentType := p.encoded()
	p.head(w, len(body), contentType)
	_, _ = w.Write(body) // the client may have left; that is its business
}

func (p reply) head(w http.ResponseWriter, length int, contentType string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(length))
	if p.filename != "" {
		h.Set("Content-Disposition", `attachment; filename="`+p.filename+`"`)
	}
	w.WriteHeader(p.status)
}

// newHandler puts the gate before the routes.
func (s *Server) newHandler() http.Handler {
	control := s.control()
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, hr.Body, bodyLimit))
		if err != nil {
			// The client broke off, or sent more than anybody would; if it still listens, it is told.
			page(http.StatusRequestEntityTooLarge, "413 Request Entity Too Large").write(w)
			return
		}
		if strings.HasPrefix(hr.URL.Path, controlPrefix) {
			hr.Body = io.NopCloser(bytes.NewReader(body))
			control.ServeHTTP(w, hr)
			return
		}
		s.serve(w, &request{Request: hr, body: body})
	})
}

// serve walks one call through the gate: token, day's limit, path, password, scripted fault, and only then the work
// itself. The lock is held for the work and never while waiting or writing.
func (s *Server) serve(w http.ResponseWriter, r *request) {
	s.mu.Lock()
	r.now = s.now()
	s.settle(r.now)
	route := s.routes.find(r.Request)
	refusal, refused := s.gate(r, route)
	var fault *action
	if !refused {
		fault = s.faultFor(r, route)
		if answer, instead := s.before(fault, r, route); instead {
			refusal, refused = answer, true
		}
	}
	if refused {
		s.calls.answered(route, refusal.status)
		s.mu.Unlock()
		s.deliver(w, r, refusal, fault)
		return
	}
	answer := route.handle(r)
	s.calls.answered(route, answer.status)
	s.mu.Unlock()
	s.deliver(w, r, answer, fault)
}

// gate refuses what does not get as far as the service. The order is our choice; that the gateway answers before the
// service looks at the password follows from the two different error shapes (§6.1, E10 and E11 against E6).
func (s *Server) gate(r *request, route *route) (reply, bool) {
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "AccessToken ")
	if !found || subtle.ConstantTimeCompare([]byte(token), []byte(s.account.token)) != 1 {
		s.calls.rejected("wrong-token")
		return e11(), true
	}
	s.calls.arrived(r, route)
	if !s.account.count(r.now, s.options.Limit) {
		s.calls.rejected("over-limit")
		return e12(), true
	}
	if route == nil {
		s.calls.rejected("unknown-path")
		return e10(), true
	}
	if !s.knows(r.Header.Get("X-User-Authorization")) {
		s.calls.rejected("wrong-password")
		return e6(), true
	}
	return reply{}, false
}

func (s *Server) knows(header string) bool {
	encoded, found := strings.CutPrefix(header, "Basic ")
	if !found {
		return false
	}
	pair, err := base64.StdEncoding.DecodeString(encoded)
	want := s.account.login + ":" + s.account.password
	return err == nil && subtle.ConstantTimeCompare(pair, []byte(want)) == 1
}

// count adds one call to the day's counter and tells whether it was still within the limit. Days are Moscow's: our choice.
func (a *account) count(now time.Time, limit int) bool {
	day := now.In(moscow).Format(time.DateOnly)
	if a.quotaDay != day {
		a.quotaDay, a.quotaUsed = day, 0
	}
	if a.quotaUsed >= limit {
		return false
	}
	a.quotaUsed++
	return true
}

// moscow needs no time zone files.
var moscow = time.FixedZone("MSK", 3*60*60)

// route is one row of the contract.
type route struct {
	pattern string // method and path, as counted in the calls
	name    string // short name for fault rules
	handle  func(*request) reply
}

type routes struct {
	mux  *http.ServeMux
	list []*route
}

// find gives the route of a call, with the request's path values set; nil when the gateway knows no such path.
func (t *routes) find(r *http.Request) *route {
	if path.Clean(r.URL.Path) != r.URL.Path || r.Method == http.MethodHead {
		return nil // the post does not tidy paths up
	}
	var c capture
	t.mux.ServeHTTP(&c, r)
	return c.route
}

// capture lets the mux match a call without answering it: the mux's handlers only say which route they are.
type capture struct{ route *route }

func (*capture) Header() http.Header         { return http.Header{} }
func (*capture) Write(b []byte) (int, error) { return len(b), nil }
func (*capture) WriteHeader(int)             {}

func (t *routes) add(pattern, name string, handle func(*request) reply) {
	one := &route{pattern: pattern, name: name, handle: handle}
	t.list = append(t.list, one)
	t.mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { w.(*capture).route = one })
}
