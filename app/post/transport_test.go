package post

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestHeaders(t *testing.T) {
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for name, want := range map[string]string{"Authorization": "AccessToken " + testSecrets.Token, "X-User-Authorization": "Basic " + testSecrets.basic(),
			"Accept": "application/json;charset=UTF-8", "User-Agent": "znak/9"} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		io.WriteString(w, `{"allowed-count":1,"current-count":0}`)
	}, func(p *Params) { p.UserAgent = "znak/9" })
	if _, err := o.Limit(context.Background()); err != nil {
		t.Error(err)
	}
	if o.Calls() != 1 {
		t.Errorf("%d calls", o.Calls())
	}
	line := o.log.String()
	for _, want := range []string{"method=GET", "path=/1.0/settings/limit", "status=200", "took=", "try=1"} {
		if !strings.Contains(line, want) {
			t.Errorf("log %q lacks %s", line, want)
		}
	}
}

func TestLogHoldsNoIdentifiers(t *testing.T) {
	o := serve(t, always(200, []byte(`[]`)))
	o.SearchShipments(context.Background(), "00000001000016")
	o.Batch(context.Background(), "506-private")
	if log := o.log.String(); strings.Contains(log, "00000001000016") || strings.Contains(log, "506-private") || !strings.Contains(log, "/1.0/batch/{name}") {
		t.Errorf("log %q", log)
	}
}

func TestBadAddress(t *testing.T) {
	for _, base := range []string{"ftp://x", "post", "https://", "https://login:hidden@host", "http://host?x=1", "http://ho st", "http://login:hidden@[::1"} {
		_, err := New(Params{BaseURL: base, Secrets: func(context.Context) (Secrets, error) { return testSecrets, nil }})
		if err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v", base, err)
			continue
		}
		checkTexts(t, err)
	}
	c, err := New(Params{Secrets: func(context.Context) (Secrets, error) { return testSecrets, nil }})
	if err != nil || c.base != DefaultBaseURL {
		t.Error(c, err)
	}
	if _, err := New(Params{}); err == nil {
		t.Error("no secrets, no client")
	}
}

func TestBaseWithPrefix(t *testing.T) {
	o := serve(t, always(200, []byte(`[]`)), func(p *Params) { p.BaseURL += "/gate/" })
	o.SearchShipments(context.Background(), "x")
	if got := o.asked()[0]; got != "GET /gate/1.0/shipment/search?query=x" {
		t.Error(got)
	}
}

func TestReadingIsRepeated(t *testing.T) {
	for _, c := range []struct {
		name  string
		bad   func(w http.ResponseWriter)
		times int // how often it is bad
		ok    bool
		calls int
	}{
		{"one 503", func(w http.ResponseWriter) { w.WriteHeader(503) }, 1, true, 2},
		{"two 500", func(w http.ResponseWriter) { w.WriteHeader(500) }, 2, true, 3},
		{"for ever 500", func(w http.ResponseWriter) { w.WriteHeader(500) }, 9, false, 3},
		{"a lost connection", func(w http.ResponseWriter) { hangUp(w) }, 1, true, 2},
		{"a cut answer", func(w http.ResponseWriter) { w.Header().Set("Content-Length", "500"); io.WriteString(w, `{"allo`) }, 1, true, 2},
		{"a refusal is final", func(w http.ResponseWriter) { w.WriteHeader(400) }, 1, false, 1},
		{"the quota is final", func(w http.ResponseWriter) { w.WriteHeader(509) }, 1, false, 1},
		{"foreign is final", func(w http.ResponseWriter) { io.WriteString(w, "<html>") }, 1, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var n atomic.Int32
			o := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if int(n.Add(1)) <= c.times {
					c.bad(w)
					return
				}
				io.WriteString(w, `{"allowed-count":1000,"current-count":1}`)
			})
			_, err := o.Limit(context.Background())
			if (err == nil) != c.ok || int(n.Load()) != c.calls || o.Calls() != c.calls {
				t.Errorf("%v after %d calls (counted %d), want ok %v after %d", err, n.Load(), o.Calls(), c.ok, c.calls)
			}
		})
	}
}

func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		conn.Close()
	}
}

// A change is sent once whatever happens, and its fate is told.
func TestChangesAreSentOnce(t *testing.T) {
	for _, c := range []struct {
		name    string
		bad     http.HandlerFunc
		want    error
		unclear bool
	}{
		{"lost connection", func(w http.ResponseWriter, r *http.Request) { hangUp(w) }, ErrUnreachable, true},
		{"time-out", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, ErrUnreachable, true},
		{"time-out in the body", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"f103-`)
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, ErrUnreachable, true},
		{"cut answer", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "500")
			io.WriteString(w, `{"f103-sent":true}`)
		}, ErrUnreachable, true},
		{"503", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }, ErrUnreachable, true},
		{"400", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(400) }, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := serve(t, c.bad, func(p *Params) {
				if strings.HasPrefix(c.name, "time-out") {
					p.Timeouts.Checkin, p.Timeouts.Change = 300*time.Millisecond, 300*time.Millisecond
				}
			})
			for _, do := range []func() error{
				func() error { _, err := o.Checkin(context.Background(), "506", true); return err },
				func() error { return o.SetSendingDate(context.Background(), "506", "2026-07-03") },
				func() error { _, err := o.DeleteShipments(context.Background(), []int64{1}); return err },
				func() error { _, err := o.PutArchive(context.Background(), []string{"1"}); return err },
			} {
				before := len(o.asked())
				err := do()
				if err == nil || c.want != nil && !errors.Is(err, c.want) || errors.Is(err, ErrUnclear) != c.unclear {
					t.Errorf("%v", err)
				}
				if n := len(o.asked()) - before; n != 1 {
					t.Errorf("sent %d times", n)
				}
				checkTexts(t, err)
				var e *Error
				if errors.As(err, &e) && e.Retryable() {
					t.Error("a change of unknown fate is not to be repeated")
				}
			}
		})
	}
}

// Where no request can have arrived, a change is not unclear.
func TestNotSent(t *testing.T) {
	const address = "http://127.0.0.1:1" // nobody listens there
	q := NewQuota(QuotaParams{})
	dials := 0
	o := serve(t, always(200, nil), func(p *Params) {
		p.BaseURL, p.Quota = address, q
		p.HTTP = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			dials++
			return new(net.Dialer).DialContext(ctx, network, address)
		}}}
	})
	_, err := o.Checkin(context.Background(), "506", true)
	if !errors.Is(err, ErrUnreachable) || errors.Is(err, ErrUnclear) {
		t.Errorf("%v", err)
	}
	if dials != 1 {
		t.Errorf("a change was tried %d times", dials)
	}
	if q.State().Used != 0 || o.Calls() != 0 {
		t.Errorf("a call that never left is counted: %+v, %d", q.State(), o.Calls())
	}
	if strings.Contains(err.Error(), "checkin?") || strings.Contains(err.Error(), "506") {
		t.Errorf("the address of the call leaks: %v", err)
	}
	checkTexts(t, err)

	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = o.Checkin(canceled, "506", true)
	var e *Error
	if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Cause != CauseStopped || e.Unclear {
		t.Errorf("%v", err)
	}
}

func TestStoppedByThePerson(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	arrived := make(chan struct{}, 9)
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	})
	go func() { <-arrived; cancel() }()
	_, err := o.Limit(ctx)
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnreachable) || len(o.asked()) != 1 {
		t.Errorf("%v after %v", err, o.asked())
	}
	ctx, cancel = context.WithCancel(context.Background())
	go func() { <-arrived; cancel() }()
	if _, err = o.Checkin(ctx, "506", true); !errors.Is(err, context.Canceled) || !errors.Is(err, ErrUnclear) {
		t.Errorf("a checkin stopped on its way: %v", err)
	}
}

func TestTimeoutOfReading(t *testing.T) {
	o := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(p *Params) { p.Timeouts.Get = 50 * time.Millisecond })
	_, err := o.Limit(context.Background())
	var e *Error
	if !errors.As(err, &e) || e.Cause != CauseTimeout || !errors.Is(err, context.DeadlineExceeded) || len(o.asked()) != 2 {
		t.Errorf("%v after %v", err, o.asked())
	}
}

// Redirects would carry the user's password to another host: net/http drops only the standard header.
func TestRedirectsAreNotFollowed(t *testing.T) {
	other := serve(t, always(200, []byte(`{"allowed-count":1}`)))
	o := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.server.URL, http.StatusFound) })
	if _, err := o.Limit(context.Background()); !errors.Is(err, ErrForeign) {
		t.Error(err)
	}
	if len(other.asked()) != 0 {
		t.Error("followed")
	}
}

func TestProxyPasswordStaysHere(t *testing.T) {
	proxy, _ := url.Parse("http://user:" + testSecrets.Password + "@127.0.0.1:1")
	o := serve(t, always(200, nil), func(p *Params) {
		p.HTTP = &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}}
	})
	_, err := o.Limit(context.Background())
	if !errors.Is(err, ErrUnreachable) {
		t.Error(err)
	}
	checkTexts(t, err)
	if got := flatten(fmt.Errorf("invalid proxy address \"http://user:%s@host\"", testSecrets.Password)).Error(); strings.Contains(got, testSecrets.Password) {
		t.Error(got)
	}
}

func TestNoAccount(t *testing.T) {
	for _, s := range []Secrets{{}, {Token: "x"}, {Token: "a\nb", Login: "x", Password: "y"}} {
		o := serve(t, always(200, nil), func(p *Params) { p.Secrets = func(context.Context) (Secrets, error) { return s, nil } })
		_, err := o.Checkin(context.Background(), "506", true)
		if !errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrUnclear) || len(o.asked()) != 0 {
			t.Errorf("%v", err)
		}
		checkTexts(t, err)
	}
	locked := errors.New("keyring locked")
	o := serve(t, always(200, nil), func(p *Params) { p.Secrets = func(context.Context) (Secrets, error) { return Secrets{}, locked } })
	if _, err := o.Limit(context.Background()); !errors.Is(err, locked) {
		t.Error(err)
	}
}

func TestTooLargeAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("sends 64 MB")
	}
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		block := []byte(strings.Repeat(" ", 1<<20))
		for range 66 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	if _, err := o.Limit(context.Background()); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), "64 MB") {
		t.Error(err)
	}
}

// An answer cut at any byte is never taken for a whole one, whether or not the way tells of the cut.
func TestCutAtEveryByte(t *testing.T) {
	ids := []int64{2319421774, 2319421775, 2319421776}
	calls := map[string]struct {
		body    []byte
		do      func(*Client) error
		changes bool
	}{
		"settings":  {fixture(t, "settings.json"), func(c *Client) error { _, err := c.Settings(context.Background()); return err }, false},
		"points":    {fixture(t, "points.json"), func(c *Client) error { _, err := c.ShippingPoints(context.Background()); return err }, false},
		"batch":     {fixture(t, "batch.json"), func(c *Client) error { _, err := c.Batch(context.Background(), "506"); return err }, false},
		"shipments": {fixture(t, "shipments.json"), func(c *Client) error { _, err := collect(c, 4); return err }, false},
		"search":    {fixture(t, "backlog.json"), func(c *Client) error { _, err := c.SearchBacklog(context.Background(), "x"); return err }, false},
		"balance":   {[]byte(`{"balance":11756400,"balance-date":"2026-11-20"}`), func(c *Client) error { _, err := c.Balance(context.Background()); return err }, false},
		"limit":     {[]byte(`{"allowed-count":1000,"current-count":154}`), func(c *Client) error { _, err := c.Limit(context.Background()); return err }, false},
		"checkin":   {[]byte(`{"f103-sent":true}`), checkIn, true},
		"delete":    {fixture(t, "e2.json"), func(c *Client) error { _, err := c.DeleteShipments(context.Background(), ids); return err }, true},
		"archive":   {[]byte(`[{"batch-name":"1"}]`), func(c *Client) error { _, err := c.PutArchive(context.Background(), []string{"1"}); return err }, true},
	}
	for name, c := range calls {
		t.Run(name, func(t *testing.T) {
			body := []byte(strings.TrimSpace(string(c.body)))
			var cut atomic.Int64
			var told atomic.Bool
			o := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if told.Load() {
					w.Header().Set("Content-Length", fmt.Sprint(len(body)))
				}
				w.Write(body[:cut.Load()])
			}, func(p *Params) { p.Tries = 1 })
			cut.Store(int64(len(body)))
			if err := c.do(o.Client); err != nil {
				t.Fatalf("whole: %v", err)
			}
			step := 1
			if testing.Short() && len(body) > 500 {
				step = 17
			}
			for at := 0; at < len(body); at += step {
				cut.Store(int64(at))
				for _, tell := range []bool{false, true} {
					told.Store(tell)
					err := c.do(o.Client)
					if !errors.Is(err, ErrForeign) || errors.Is(err, ErrUnclear) != c.changes {
						t.Fatalf("cut at byte %d (told %v): %v", at, tell, err)
					}
				}
			}
		})
	}
}
