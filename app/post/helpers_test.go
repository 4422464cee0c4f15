package post

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The secrets of all tests: each is searched for in every error and every log line.
var testSecrets = Secrets{Token: "ToKeN-0123456789abcdef", Login: "clerk", Password: "Pass-Word-98765"}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// office is a post of one handler over a real loopback connection; it remembers what it was asked.
type office struct {
	*Client
	server *httptest.Server
	log    *lockedBuffer

	mu   sync.Mutex
	asks []string
}

func (o *office) asked() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.asks...)
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func serve(t testing.TB, handler http.HandlerFunc, change ...func(*Params)) *office {
	t.Helper()
	o := &office{log: &lockedBuffer{}}
	o.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.asks = append(o.asks, r.Method+" "+r.URL.RequestURI())
		o.mu.Unlock()
		body, _ := io.ReadAll(r.Body) // net/http notices a caller's going only after the whole request
		r.Body = io.NopCloser(bytes.NewReader(body))
		handler(w, r)
	}))
	t.Cleanup(o.server.Close)
	p := Params{
		BaseURL: o.server.URL,
		Secrets: func(context.Context) (Secrets, error) { return testSecrets, nil },
		Backoff: time.Millisecond,
		Log:     slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&p)
	}
	c, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	o.Client = c
	t.Cleanup(func() { noSecrets(t, "log", o.log.String()) })
	return o
}

// always answers the same.
func always(status int, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		w.WriteHeader(status)
		w.Write(body)
	}
}

func noSecrets(t testing.TB, where, text string) {
	t.Helper()
	for _, secret := range []string{testSecrets.Token, testSecrets.Password, testSecrets.basic()} {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds a secret: %s", where, text)
		}
	}
}
