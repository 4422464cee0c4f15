package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// office is a sandbox served over real HTTP and a plain client of it that shares no code with app/post.
type office struct {
	t    testing.TB
	post *Server
	url  string
	http *http.Client
}

// clock is a wall clock that stands still unless moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }
func (c *clock) move(by time.Duration) {
	c.mu.Lock()
	c.at = c.at.Add(by)
	c.mu.Unlock()
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 11, 9, 30, 0, 0, time.UTC)} }

func open(t testing.TB, options Options) *office {
	t.Helper()
	if options.Now == nil {
		options.Now = newClock().now
	}
	post := New(options)
	server := httptest.NewServer(post.Handler())
	t.Cleanup(server.Close)
	return &office{t: t, post: post, url: server.URL, http: server.Client()}
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
	err    error // of sending or of reading the body
}

func (o *office) send(method, path, body string, headers ...string) answer {
	o.t.Helper()
	req, err := http.NewRequest(method, o.url+path, strings.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Authorization", "AccessToken "+o.post.Token())
	req.Header.Set("X-User-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(o.post.Login()+":"+o.post.Password())))
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		} else {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	resp, err := o.http.Do(req)
	if err != nil {
		return answer{t: o.t, err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	return answer{o.t, resp.StatusCode, resp.Header, got, err}
}

func (o *office) get(path string) answer { o.t.Helper(); return o.send("GET", path, "") }
func (o *office) put(path, body string) answer {
	o.t.Helper()
	return o.send("PUT", path, body)
}
func (o *office) postTo(path, body string) answer { o.t.Helper(); return o.send("POST", path, body) }

// want checks the status and, unless empty, that the body holds each piece.
func (a answer) want(status int, pieces ...string) answer {
	a.t.Helper()
	if a.err != nil {
		a.t.Fatalf("no answer: %v", a.err)
	}
	if a.status != status {
		a.t.Fatalf("status %d, want %d; body %s", a.status, status, a.body)
	}
	for _, piece := range pieces {
		if !bytes.Contains(a.body, []byte(piece)) {
			a.t.Fatalf("body lacks %s: %s", piece, a.body)
		}
	}
	return a
}

// exactly checks the whole JSON body.
func (a answer) exactly(status int, body string) answer {
	a.t.Helper()
	a.want(status)
	if string(a.body) != body {
		a.t.Fatalf("body %s\nwant %s", a.body, body)
	}
	return a
}

func (a answer) into(v any) {
	a.t.Helper()
	if a.err != nil {
		a.t.Fatal(a.err)
	}
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.UseNumber()
	if err := decoder.Decode(v); err != nil {
		a.t.Fatalf("%v in %s", err, a.body)
	}
}

func decoded[T any](a answer) T {
	a.t.Helper()
	var v T
	a.into(&v)
	return v
}

type obj = map[string]any

// letter is an order as a client sends one; changes are "field", value pairs, nil removes.
func letter(num string, changes ...any) obj {
	o := obj{"address-type-to": "DEFAULT", "mail-type": "LETTER", "mail-category": "ORDERED", "mail-direct": 643,
		"manual-address-input": true, "fragile": false, "mass": 20, "order-num": num, "index-to": 690000,
		"region-to": "край Приморский", "place-to": "г Владивосток", "street-to": "ул Светланская", "house-to": "1", "room-to": "2",
		"recipient-name": "Петров Пётр Петрович", "envelope-type": "DL", "payment-method": "ONLINE_PAYMENT_MARK", "postoffice-code": "101000"}
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == nil {
			delete(o, changes[i].(string))
		} else {
			o[changes[i].(string)] = changes[i+1]
		}
	}
	return o
}

func list(items ...any) string {
	b, err := json.Marshal(items)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// putLetters creates orders and gives their ids.
func (o *office) putLetters(letters ...any) []int64 {
	o.t.Helper()
	got := decoded[struct {
		IDs    []int64 `json:"result-ids"`
		Errors []any   `json:"errors"`
	}](o.put("/1.0/user/backlog", list(letters...)).want(200))
	if len(got.IDs) != len(letters) {
		o.t.Fatalf("created %d of %d: %v", len(got.IDs), len(letters), got.Errors)
	}
	return got.IDs
}

func ids(values ...int64) string {
	b, _ := json.Marshal(values) // integers always encode
	return string(b)
}

// pieces reads a whole batch page by page.
func (o *office) pieces(name string) []shipment {
	o.t.Helper()
	var all []shipment
	for page := 0; ; page++ {
		one := decoded[[]shipment](o.get(fmt.Sprintf("/1.0/batch/%s/shipment?size=1000&page=%d", name, page)).want(200))
		all = append(all, one...)
		if len(one) < 1000 {
			return all
		}
	}
}

func (o *office) status(name string) string {
	o.t.Helper()
	return decoded[batchJSON](o.get("/1.0/batch/" + name).want(200)).Status
}

func mustRequest(t testing.TB, method, path string) *http.Request {
	t.Helper()
	return httptest.NewRequest(method, path, nil)
}
