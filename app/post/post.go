// Package post is the client of the otpravka REST API: what the station asks the post and tells it.
//
// The contract is facts/otpravka-api.md; a call lives in the file of its group (account.go, batches.go, shipments.go,
// documents.go, archive.go), what all calls share in transport.go (sending, time-outs, repeating), wire.go (tolerant reading),
// errors.go (one typed error for all shapes of §6) and quota.go (the day's calls).
//
// Three promises hold for every call. A changing call is sent once: where its fate is unknown, the error is ErrUnclear and the
// caller looks before repeating. HTTP 200 is not success: what is not the contract is ErrForeign, what carries "errors" is a refusal.
// Tokens and passwords appear in no error, no log line and no String.
package post

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"znak/app/hint"
)

// DefaultBaseURL is the post's own address. facts/otpravka-api.md §1.
const DefaultBaseURL = "https://otpravka-api.pochta.ru"

const (
	defaultPageSize = 1000 // the post's largest page is not documented; Shipments copes with a smaller one
	minPageSize     = 50
)

// Secrets open the account: the application's token and the user's login and password. Printing or logging them shows nothing.
type Secrets struct{ Token, Login, Password string }

// String hides the secrets.
func (Secrets) String() string { return "[secrets]" }

// GoString hides the secrets.
func (Secrets) GoString() string { return "[secrets]" }

// LogValue hides the secrets.
func (Secrets) LogValue() slog.Value { return slog.StringValue("[secrets]") }

// MarshalText hides the secrets from JSON and its like.
func (Secrets) MarshalText() ([]byte, error) { return []byte("[secrets]"), nil }

// Timeouts bound one try of a call, its answer's body included. Zero means the default.
type Timeouts struct {
	Get      time.Duration // 30 s
	Page     time.Duration // 60 s: a page of pieces
	Change   time.Duration // 30 s
	Checkin  time.Duration // 60 s
	Document time.Duration // 120 s: a zip of a large batch
}

func (t Timeouts) orDefault() Timeouts {
	set := func(d *time.Duration, seconds int) {
		if *d <= 0 {
			*d = time.Duration(seconds) * time.Second
		}
	}
	set(&t.Get, 30)
	set(&t.Page, 60)
	set(&t.Change, 30)
	set(&t.Checkin, 60)
	set(&t.Document, 120)
	return t
}

// Params say which post to speak to and how. Only Secrets is needed.
type Params struct {
	BaseURL   string                                 // http(s)://host[/prefix]; "" is DefaultBaseURL
	Secrets   func(context.Context) (Secrets, error) // asked before every call, so that a new password works at once
	HTTP      *http.Client                           // nil: one of our own. Redirects are never followed: they would carry the password away
	Quota     *Quota                                 // nil: calls are not counted
	PageSize  int                                    // pieces asked for in one call; 0 is 1000
	Timeouts  Timeouts
	Tries     int           // of a reading call, the first included; 0 is 3. Changing calls are sent once
	Backoff   time.Duration // before the second try, doubled each time, with jitter; 0 is 400 ms
	UserAgent string        // "" is "znak"
	Log       *slog.Logger  // one debug line a call; nil: none
}

// Client speaks to the post. It is safe for concurrent use.
type Client struct {
	base      string
	secrets   func(context.Context) (Secrets, error)
	http      *http.Client
	quota     *Quota
	pageSize  atomic.Int64 // becomes smaller when the post refuses large pages
	timeouts  Timeouts
	tries     int
	backoff   time.Duration
	userAgent string
	log       *slog.Logger
	calls     atomic.Int64
}

// New checks the address and returns a client. The address must not hold a login or a password.
func New(p Params) (*Client, error) {
	if p.BaseURL == "" {
		p.BaseURL = DefaultBaseURL
	}
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(p.BaseURL), "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		// The parser's own error repeats the address, and with it a password someone may have put there.
		return nil, hint.New("post.address", nil, fmt.Errorf("post: base URL is not http(s)://host"))
	}
	if p.Secrets == nil {
		return nil, fmt.Errorf("post: Params.Secrets is missing")
	}
	c := &Client{
		base: u.String(), secrets: p.Secrets, quota: p.Quota, timeouts: p.Timeouts.orDefault(),
		tries: p.Tries, backoff: p.Backoff, userAgent: p.UserAgent, log: p.Log,
	}
	client := http.Client{}
	if p.HTTP != nil {
		client = *p.HTTP
	} else {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.IdleConnTimeout = 20 * time.Second // a change sent on a connection the post has just closed would be unclear
		client.Transport = transport
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &client
	if c.tries <= 0 {
		c.tries = 3
	}
	if c.backoff <= 0 {
		c.backoff = 400 * time.Millisecond
	}
	if c.userAgent == "" {
		c.userAgent = "znak"
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	size := p.PageSize
	if size <= 0 {
		size = defaultPageSize
	}
	c.pageSize.Store(int64(size))
	return c, nil
}

// Calls is how many requests have left this client, repeated ones included.
func (c *Client) Calls() int { return int(c.calls.Load()) }
