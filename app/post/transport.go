package post

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
)

const (
	maxBody      = 64 << 20 // bytes of an answer; a page of 1,000 pieces is about 2 MB
	maxErrorBody = 256 << 10
)

// call is one request of the contract.
type call struct {
	method  string
	pattern string   // "/1.0/batch/{name}/checkin": what errors and logs show instead of the real path
	args    []string // the values of {…}, in order
	query   url.Values
	body    any // sent as JSON; nil: no body
	timeout time.Duration
	vital   bool // may use the quota's reserve
	file    bool // the answer is a document: other Accept, and a coded error 500 is an answer, not an accident (§2.4)
	halves  bool // after an error 500 the caller asks for a smaller page instead of repeating
}

func (k call) String() string { return k.method + " " + k.pattern }

// changes reports whether sending k twice could do something twice.
func (k call) changes() bool { return k.method != http.MethodGet }

// path fills the pattern. An argument that would change the path's meaning gives ok == false.
func (k call) path() (path string, ok bool) {
	path = k.pattern
	for _, arg := range k.args {
		if arg == "" || arg == "." || arg == ".." {
			return "", false
		}
		open, shut := strings.IndexByte(path, '{'), strings.IndexByte(path, '}')
		path = path[:open] + url.PathEscape(arg) + path[shut+1:]
	}
	return path, true
}

// answer is a 2xx answer whose body has not been read yet.
type answer struct {
	header http.Header
	body   io.Reader
	scrub  scrub // for refusals that are not returned as the error
}

// do sends k and lets read take the answer; read runs once a try and starts anew each time.
// Reading calls are repeated after accidents of the way; changing calls never.
func (c *Client) do(ctx context.Context, k call, read func(*answer) error) error {
	for try := 1; ; try++ {
		err := c.attempt(ctx, k, try, read)
		var e *Error
		if err == nil || k.changes() || try >= c.tries || !errors.As(err, &e) || !e.worthRepeating(k, try) {
			return err
		}
		if !c.pause(ctx, try) {
			return err
		}
	}
}

// pause waits before the next try; false means that the caller has given up meanwhile.
func (c *Client) pause(ctx context.Context, try int) bool {
	wait := c.backoff << (try - 1)
	timer := time.NewTimer(wait/2 + rand.N(wait)) // jitter: several stations must not come back at the same moment
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// attempt sends k once.
func (c *Client) attempt(ctx context.Context, k call, try int, read func(*answer) error) error {
	path, ok := k.path()
	if !ok {
		return &Error{Call: k.String(), Cause: CauseNotFound, Position: -1} // nothing at the post can have this name
	}
	if ctx.Err() != nil {
		return c.broken(ctx, k, ctx.Err(), false)
	}
	secrets, err := c.secrets(ctx)
	if err != nil {
		return err // carries its own hint: the keyring's
	}
	switch {
	case secrets.Token == "" || secrets.Login == "":
		return &Error{Call: k.String(), Cause: CauseNoAccount, Position: -1}
	case strings.ContainsFunc(secrets.Token, unicode.IsControl): // cannot stand in a header: a line break was pasted with it
		return &Error{Call: k.String(), Cause: CauseToken, Position: -1}
	}
	scrub := scrubber(secrets)
	if err := c.allow(ctx, k); err != nil {
		return err
	}

	trying, cancel := context.WithTimeout(ctx, k.timeout)
	defer cancel()
	var wire wireWatch
	req, err := c.request(httptrace.WithClientTrace(trying, wire.trace()), k, path, secrets)
	if err != nil {
		c.quota.giveBack()
		return scrub.error(&Error{Call: k.String(), Cause: CauseForeign, Position: -1, Err: flatten(err)})
	}
	started := time.Now()
	status, err := c.exchange(ctx, k, req, &wire, func(a *answer) error {
		a.scrub = scrub
		return read(a)
	})
	if wire.surelyNotSent() {
		c.quota.giveBack()
	} else {
		c.calls.Add(1)
	}
	line := []slog.Attr{slog.String("method", k.method), slog.String("path", k.pattern), slog.Int("status", status),
		slog.Duration("took", time.Since(started)), slog.Int("try", try)}
	var e *Error
	if errors.As(err, &e) {
		scrub.error(e)
		if e.Cause == CauseQuota {
			c.quota.exhausted()
		}
		line = append(line, slog.String("cause", string(e.Cause)), slog.Bool("unclear", e.Unclear))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "post call", line...)
	return err
}

func (c *Client) request(ctx context.Context, k call, path string, s Secrets) (*http.Request, error) {
	address := c.base + path
	if len(k.query) > 0 {
		address += "?" + k.query.Encode()
	}
	var body io.Reader = http.NoBody
	if k.body != nil {
		b, err := json.Marshal(k.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, k.method, address, body)
	if err != nil {
		return nil, err
	}
	const jsonType = "application/json;charset=UTF-8"
	req.Header.Set("Accept", jsonType)
	if k.file {
		req.Header.Set("Accept", "*/*")
	}
	if k.body != nil {
		req.Header.Set("Content-Type", jsonType)
	}
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Authorization", "AccessToken "+s.Token)
	req.Header.Set("X-User-Authorization", "Basic "+s.basic())
	return req, nil
}

// exchange sends req and hands a 2xx answer to read; everything else becomes an *Error. status is 0 where no answer came.
func (c *Client) exchange(ctx context.Context, k call, req *http.Request, wire *wireWatch, read func(*answer) error) (status int, err error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, c.broken(ctx, k, err, !wire.surelyNotSent())
	}
	defer resp.Body.Close()
	status = resp.StatusCode
	if status/100 != 2 {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
		e := refusalOf(status, resp.Header, body)
		e.Call = k.String()
		e.Unclear = k.changes() && e.leavesFateOpen()
		return status, e
	}
	body := &watchedBody{r: resp.Body, left: maxBody}
	err = read(&answer{header: resp.Header, body: body})
	var e *Error
	switch {
	case err == nil:
		return status, nil
	case errors.As(err, &e):
		e.Call, e.Status = k.String(), status
		e.Unclear = k.changes() && e.leavesFateOpen()
		return status, e
	case body.err != nil: // the way broke while the answer was coming
		e = c.broken(ctx, k, body.err, true)
		if e.Cause == CauseNetwork {
			e.Cause = CauseCut
		}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e = &Error{Cause: CauseCut, Err: err}
		if body.n == 0 {
			e = &Error{Cause: CauseForeign, Err: errEmptyBody}
		}
	default:
		e = &Error{Cause: CauseForeign, Err: err}
	}
	e.Call, e.Status, e.Position, e.Unclear = k.String(), status, -1, k.changes()
	return status, e
}

// broken makes the error of a call that got no whole answer. ctx is the caller's: its end is told from our own time-out.
func (c *Client) broken(ctx context.Context, k call, err error, sent bool) *Error {
	e := &Error{Call: k.String(), Cause: CauseNetwork, Position: -1, Err: flatten(err), Unclear: sent && k.changes()}
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		e.Cause, e.Err = CauseStopped, flatten(ctx.Err())
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		e.Cause = CauseTimeout
	case strings.Contains(err.Error(), "Proxy Authentication Required"): // net/http's text for a proxy's 407 to CONNECT
		e.Cause = CauseProxy
	}
	return e
}

// wireWatch knows whether a request can have reached anybody.
type wireWatch struct{ started, written atomic.Bool }

func (w *wireWatch) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:      func(string) { w.started.Store(true) },
		WroteHeaders: func() { w.written.Store(true) },
	}
}

// surelyNotSent is true only where the transport looked for a connection and never wrote the whole head of the request on it.
func (w *wireWatch) surelyNotSent() bool { return w.started.Load() && !w.written.Load() }

var errTooLarge = errors.New("answer is larger than 64 MB")

// watchedBody bounds an answer and remembers why reading it stopped, to tell a broken way from broken JSON.
type watchedBody struct {
	r    io.Reader
	left int64
	n    int64
	err  error // of the way; nil at a regular end
}

func (b *watchedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.n += int64(n)
	b.left -= int64(n)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

func (s Secrets) basic() string {
	return base64.StdEncoding.EncodeToString([]byte(s.Login + ":" + s.Password))
}
