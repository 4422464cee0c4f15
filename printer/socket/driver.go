// Package socket is label printers on the network: ZPL over TCP to HOST:9100, with ~HS and ~HQES asked on the same connection.
package socket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"time"

	"znak/printer"
	"znak/printer/quirk"
	"znak/printer/zpl"
)

const (
	kind        = "socket"
	defaultPort = "9100"
	defaultDPI  = 203
	// A slip is what has to be looked through after the worst: with a counting printer only the last two or three pages, with a deaf one all.
	slipCounted = 50
	slipDeaf    = 10
)

// defaultSettle is how long a printer must go on saying that nothing is left before the last label counts as printed: some firmwares forget it
// when it begins to move. At 150 mm a second a C5 needs a second, but a fault under way shows itself within this time.
const defaultSettle = 200 * time.Millisecond

// Options that are the socket's own, beside those of zpl.Options.
const (
	optionSettle = "settle-ms" // 0 to 60000: see defaultSettle
	optionAhead  = "ahead"     // 1 to 50: labels in the printer at a time; usually 2
)

// Params of the driver. The zero value is right outside of tests.
type Params struct {
	Dial func(ctx context.Context, address string) (net.Conn, error) // nil: TCP with keep-alive
}

// Driver opens printers by their address. It finds none: printers do not tell the network that they are there.
type Driver struct{ Params }

var _ printer.Driver = (*Driver)(nil)

// New is the driver.
func New(p Params) *Driver {
	if p.Dial == nil {
		p.Dial = dial
	}
	return &Driver{p}
}

// dial notices within half a minute that the other side is gone, however silent it usually is.
func dial(ctx context.Context, address string) (net.Conn, error) {
	d := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 4}}
	return d.DialContext(ctx, "tcp", address)
}

// Kind is "socket".
func (*Driver) Kind() string { return kind }

// Find lists nothing; see Probe.
func (*Driver) Find(ctx context.Context) ([]printer.Found, error) { return nil, ctx.Err() }

// Probe asks the printer at an address (a URI, HOST or HOST:PORT) what it is. It takes three seconds at most. What does not answer is Offline or Unknown.
func (d *Driver) Probe(ctx context.Context, uri string) (printer.Found, error) {
	address, err := addressOf(uri)
	if err != nil {
		return printer.Found{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, stateTime)
	defer cancel()
	found := printer.Found{URI: kind + "://" + address, Name: address, State: printer.Offline}
	conn, err := d.Dial(ctx, address)
	if err != nil {
		found.Words = []string{err.Error()}
		return found, nil
	}
	defer conn.Close()
	s := zpl.NewSession(conn, zpl.SessionParams{Answer: time.Second})
	if err := s.Greet(ctx); err != nil {
		found.State, found.Words = printer.Unknown, []string{wordSilent}
		return found, nil
	}
	found.Language = printer.ZPL
	found.State, found.Words = s.Known().Status.State()
	if id, err := s.Identify(ctx); err == nil {
		found.Name, found.Model, found.DPI = id.Model, id.Model, id.DPI
	}
	return found, nil
}

// Open makes a device of a setup with the URI socket://HOST[:9100]. Nothing is sent yet. Errors: *printer.Error with the codes socket.uri,
// socket.language and socket.option, *zpl.OptionError.
func (d *Driver) Open(s printer.Setup) (printer.Device, error) {
	address, err := addressOf(s.URI)
	if err != nil {
		return nil, err
	}
	name := cmp.Or(s.Name, address)
	if s.Language != "" && s.Language != printer.ZPL {
		return nil, &printer.Error{Device: name, Code: "socket.language", Err: errors.New(string(s.Language))}
	}
	known, err := quirk.Of(s.Model)
	if err != nil {
		return nil, err
	}
	o, err := zpl.ParseOptions(s.Options, known.Graphics)
	if err != nil {
		return nil, err
	}
	p := params{name: name, address: address, dial: d.Dial, dpi: cmp.Or(s.DPI, known.DPI), slip: cmp.Or(s.Slip, known.Slip), options: o}
	if p.dpi == 0 {
		p.dpi = defaultDPI
	}
	p.session.Settle = defaultSettle
	switch {
	case cmp.Or(s.Confirm, known.Confirm) == printer.ConfirmNone || s.Confirm == "" && known.Status == "none":
		p.session.Ask = zpl.AskNone
	case known.Status == "hs-only":
		p.session.Ask = zpl.AskHost
	}
	for _, option := range slices.Sorted(maps.Keys(s.Options)) {
		value := s.Options[option]
		n, err := strconv.Atoi(value)
		switch {
		case option == optionSettle && err == nil && n >= 0 && n <= 60_000:
			p.session.Settle = time.Duration(n) * time.Millisecond
		case option == optionAhead && err == nil && n >= 1 && n <= 50:
			p.session.Ahead = n
		case option == optionSettle || option == optionAhead:
			return nil, &zpl.OptionError{Name: option, Value: value}
		case !slices.Contains(zpl.OptionNames, option):
			return nil, &printer.Error{Device: name, Code: "socket.option", Err: errors.New(option)}
		}
	}
	return newDevice(p), nil
}

// addressOf is the HOST:PORT of a URI.
func addressOf(uri string) (string, error) {
	bad := func(err error) error { return &printer.Error{Device: uri, Code: "socket.uri", Err: err} }
	host := uri
	if u, err := url.Parse(uri); err == nil && u.Host != "" {
		if u.Scheme != kind {
			return "", bad(fmt.Errorf("scheme %q", u.Scheme))
		}
		host = u.Host
	}
	if host == "" {
		return "", bad(errors.New("no host"))
	}
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host, nil
	}
	address := net.JoinHostPort(trimBrackets(host), defaultPort)
	if _, _, err := net.SplitHostPort(address); err != nil {
		return "", bad(err)
	}
	return address, nil
}

func trimBrackets(host string) string {
	if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		return host[1 : len(host)-1]
	}
	return host
}
