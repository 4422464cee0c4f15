package cups

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/user"
	"strings"
	"sync/atomic"
	"time"

	"github.com/OpenPrinting/goipp"
)

const (
	// askLimit ends a question that nobody answers: Device.State must not take longer than three seconds.
	askLimit = 2500 * time.Millisecond
	// answerMax is the longest answer read, in bytes. The jobs of a busy office's server are about a megabyte.
	answerMax = 16 << 20
	// idleMax is how long a connection is kept for the next question; cupsd closes its own end after 30 s.
	idleMax = 5 * time.Second
	ippPort = "631"
)

// client speaks IPP with one server: a cupsd or a printer.
type client struct {
	network, addr string
	host          string // as it stands in URIs
	user          string // the requesting user; it owns the jobs
	tls           bool
	asks, sends   *http.Client
	number        atomic.Uint32
	dials         atomic.Int64 // connections made for questions
}

// newClient makes a client for an address: the path of a unix socket or HOST[:PORT].
func newClient(addr string, secure bool) *client {
	c := &client{network: "unix", addr: addr, host: "localhost", tls: secure, user: userName()}
	if !strings.HasPrefix(addr, "/") {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			host, port = strings.Trim(addr, "[]"), ippPort
		}
		c.network, c.addr = "tcp", net.JoinHostPort(host, port)
		c.host = c.addr
	}
	dialer := &net.Dialer{Timeout: askLimit, KeepAlive: 15 * time.Second}
	transport := func(dials *atomic.Int64) *http.Transport {
		return &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				dials.Add(1)
				return dialer.DialContext(ctx, c.network, c.addr)
			},
			IdleConnTimeout: idleMax, MaxIdleConnsPerHost: 2, TLSHandshakeTimeout: askLimit,
			// Printers sign their certificates themselves; a person who writes ipps:// wants the wire covered.
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12},
		}
	}
	noRedirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.asks = &http.Client{Transport: transport(&c.dials), CheckRedirect: noRedirect}
	// A document goes over a connection of its own: an old one that the server has just closed would leave it unknown whether it was taken.
	fresh := transport(new(atomic.Int64))
	fresh.DisableKeepAlives = true
	c.sends = &http.Client{Transport: fresh, CheckRedirect: noRedirect}
	return c
}

// again is a client of the same server with connections of its own.
func (c *client) again() *client { return newClient(c.addr, c.tls) }

// close lets the connections go.
func (c *client) close() { c.asks.CloseIdleConnections() }

func userName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "anonymous"
}

// localServer is where this machine's CUPS listens: CUPS_SERVER, the system's socket, or the usual port.
func localServer() string {
	if s, _, _ := strings.Cut(os.Getenv("CUPS_SERVER"), "/version="); s != "" {
		return s
	}
	for _, path := range []string{"/run/cups/cups.sock", "/var/run/cups/cups.sock", "/private/var/run/cupsd"} {
		if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
			return path
		}
	}
	return "localhost"
}

// request begins a request about the object target (a printer's URI; empty: the server itself).
func (c *client) request(op goipp.Op, target string) *goipp.Message {
	m := goipp.NewRequest(goipp.DefaultVersion, op, c.number.Add(1))
	m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	// The language of the words a person will read.
	m.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("ru")))
	if target != "" {
		m.Operation.Add(goipp.MakeAttribute("printer-uri", goipp.TagURI, goipp.String(target)))
	}
	m.Operation.Add(goipp.MakeAttribute("requesting-user-name", goipp.TagName, goipp.String(c.user)))
	return m
}

// ask sends a request without a document. One that a kept connection has lost is sent again: all of them may be.
func (c *client) ask(ctx context.Context, path string, m *goipp.Message) (*goipp.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	answer, err := c.post(ctx, c.asks, path, m, nil, 0)
	var lost *lostError
	if errors.As(err, &lost) && ctx.Err() == nil {
		answer, err = c.post(ctx, c.asks, path, m, nil, 0)
	}
	return answer, err
}

// post sends a request, and a document of so many bytes behind it. Errors: *refusedError, *unreachableError (nothing was taken),
// *lostError (it may have been).
func (c *client) post(ctx context.Context, over *http.Client, path string, m *goipp.Message, document io.Reader, size int64) (*goipp.Message, error) {
	head, err := m.EncodeBytes()
	if err != nil {
		return nil, err
	}
	send := func(authorization string) (*http.Response, error) {
		var body io.Reader = strings.NewReader(string(head))
		if document != nil {
			body = io.MultiReader(body, document)
		}
		scheme := "http"
		if c.tls {
			scheme = "https"
		}
		where := url.URL{Scheme: scheme, Host: c.host, Path: path}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, where.String(), body)
		if err != nil {
			return nil, err
		}
		r.ContentLength = int64(len(head)) + size
		r.Header.Set("Content-Type", goipp.ContentType)
		r.Header.Set("User-Agent", "Znak")
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		return over.Do(r)
	}
	response, err := send("")
	// Over its socket cupsd knows the user from the kernel, if the client asks for that.
	if err == nil && response.StatusCode == http.StatusUnauthorized && c.network == "unix" && document == nil &&
		strings.Contains(strings.Join(response.Header.Values("WWW-Authenticate"), " "), "PeerCred") {
		io.Copy(io.Discard, io.LimitReader(response.Body, answerMax))
		response.Body.Close()
		response, err = send("PeerCred " + c.user)
	}
	if err != nil {
		return nil, c.trouble(err)
	}
	defer response.Body.Close()
	// To the end, so that the connection can be used again.
	defer io.Copy(io.Discard, io.LimitReader(response.Body, answerMax))
	if response.StatusCode != http.StatusOK {
		return nil, &refusedError{http: response.StatusCode}
	}
	answer := &goipp.Message{}
	if err := answer.DecodeEx(io.LimitReader(response.Body, answerMax), goipp.DecoderOptions{EnableWorkarounds: true}); err != nil {
		return nil, &lostError{fmt.Errorf("answer of %s: %w", c.host, err)}
	}
	if status := goipp.Status(answer.Code); status >= goipp.StatusRedirectionOtherSite {
		return answer, &refusedError{status: status, words: attrsOf(answer.Operation).text("status-message")}
	}
	return answer, nil
}

// trouble names an error of the connection.
func (c *client) trouble(err error) error {
	var bare *url.Error
	if errors.As(err, &bare) {
		err = bare.Err // the URL says nothing to a person
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return &unreachableError{err}
	}
	return &lostError{err}
}

// unreachableError means that no connection came about: nothing was taken.
type unreachableError struct{ err error }

func (e *unreachableError) Error() string { return e.err.Error() }
func (e *unreachableError) Unwrap() error { return e.err }

// lostError means that the connection ended before the answer: what was sent may have been taken or not.
type lostError struct{ err error }

func (e *lostError) Error() string { return e.err.Error() }
func (e *lostError) Unwrap() error { return e.err }

// refusedError is an answer that says no.
type refusedError struct {
	http   int // not 200; else the status says why
	status goipp.Status
	words  string
}

func (e *refusedError) Error() string {
	switch {
	case e.http != 0:
		return fmt.Sprintf("HTTP %d %s", e.http, http.StatusText(e.http))
	case e.words != "":
		return fmt.Sprintf("%s (%s)", e.words, e.status)
	}
	return e.status.String()
}

// rights reports whether the user lacks the right.
func (e *refusedError) rights() bool {
	switch e.http {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusUpgradeRequired:
		return true
	}
	return e.status == goipp.StatusErrorForbidden || e.status == goipp.StatusErrorNotAuthenticated || e.status == goipp.StatusErrorNotAuthorized
}

// missing reports whether the object asked about is not there.
func (e *refusedError) missing() bool {
	return e.http == http.StatusNotFound || e.status == goipp.StatusErrorNotFound || e.status == goipp.StatusErrorGone
}

// before reports whether the refusal is of a kind that comes before a document is looked at, so that none of it can have been printed.
func (e *refusedError) before() bool {
	return e.http >= 400 && e.http < 500 || e.status >= 0x0400 && e.status < 0x0500 || e.status == goipp.StatusErrorNotAcceptingJobs ||
		e.status == goipp.StatusErrorBusy || e.status == goipp.StatusErrorOperationNotSupported || e.status == goipp.StatusErrorVersionNotSupported ||
		e.status == goipp.StatusErrorPrinterIsDeactivated || e.status == goipp.StatusErrorTooManyJobs
}
