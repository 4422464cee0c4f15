// Package cups prints through CUPS, and to network printers that speak its protocol, IPP, themselves: kind "cups" for
// queues (cups://QUEUE, cups://HOST:PORT/QUEUE), kind "ipp" for printers (ipp://HOST/ipp/print, ipps://…).
//
// CUPS is a spooler that wants to be helpful: after a fault, a pause or its own restart it prints a job again from page one. The station
// prints every envelope once. So a job that has fallen back into the queue is cancelled at once and what is known of it told; the
// missing pages come in a new job. Seen with CUPS 2.4.2 (facts/environment.md §6):
//
//	what happens                        job                       queue                  told
//	the backend ends well               completed                 idle                   Done
//	paper out, cover open, jam, away    processing                processing, a reason   the fault; Finish waits
//	nobody listens (socket, lpd)        processing                a sentence only        Offline; Finish waits
//	held                                pending-held, never begun idle                   Paused; Finish waits
//	cancelled elsewhere                 canceled                  idle, stale reason     NeedsPerson
//	backend fails, abort-job            aborted                   idle                   NeedsPerson
//	backend fails, retry-job            pending-held, had begun   idle                   cancelled by us
//	backend fails, stop-printer         pending, had begun        stopped                cancelled by us, queue let go on
//	a person pauses while it prints     pending, had begun        stopped, "Paused"      cancelled by us, queue left alone
//	backend fails, retry-current-job    processing for ever       flickers               refused at Open
//	cupsd restarts                      processing a second time                         cancelled by us
package cups

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime"
	"strings"

	"github.com/OpenPrinting/goipp"

	"znak/printer"
	"znak/printer/page"
)

// Kinds of drivers.
const (
	KindQueue  = "cups"
	KindDirect = "ipp"
)

const (
	defaultDPI = 300
	slipPages  = 50 // pages a job where the device counts them
	slipBlind  = 10 // and where it does not: so many are unknown after a fault
)

// Params of a driver.
type Params struct {
	Kind   string // KindQueue (the default) or KindDirect
	Server string // where CUPS listens: the path of a socket or HOST[:PORT]; empty: CUPS_SERVER, or this machine's
	// Record is a folder where each device notes the jobs it is about to send. Without it a job that CUPS does not know any more is always
	// unknown: its history can be switched off, purged, or lost with the power.
	Record string
	// ZPL writes a page as a label. nil: queues that take nothing else are unfit.
	ZPL func(io.Writer, page.Page) error
}

// Driver finds and opens queues of CUPS or IPP printers.
type Driver struct{ Params }

var _ printer.Driver = (*Driver)(nil)

// New is a driver; nothing is asked yet.
func New(p Params) *Driver {
	if p.Kind == "" {
		p.Kind = KindQueue
	}
	return &Driver{p}
}

// Kind is the scheme of the driver's URIs.
func (d *Driver) Kind() string { return d.Params.Kind }

func (d *Driver) server() string {
	if d.Server != "" {
		return d.Server
	}
	return localServer()
}

// Find lists the queues of CUPS with what they say of themselves. Printers on the network are not looked for: CUPS does that, and the
// driver "ipp" finds none, nor does a Windows that nobody has told of a CUPS (CUPS_SERVER). An error means that CUPS does not answer
// (*printer.Error, code cups.unreachable).
func (d *Driver) Find(ctx context.Context) ([]printer.Found, error) {
	if d.Params.Kind != KindQueue || runtime.GOOS == "windows" && d.Server == "" && os.Getenv("CUPS_SERVER") == "" {
		return nil, nil
	}
	c := newClient(d.server(), false)
	m := c.request(goipp.OpCupsGetPrinters, "")
	m.Operation.Add(keywords("requested-attributes", capabilityAttributes...))
	answer, err := c.ask(ctx, "/", m)
	var refused *refusedError
	if errors.As(err, &refused) && refused.missing() { // CUPS's way to say that it has no queues
		return nil, nil
	}
	if err != nil {
		return nil, fault2error("CUPS", err)
	}
	var all []printer.Found
	for _, a := range groups(answer, goipp.TagPrinterGroup) {
		if a.text("printer-name") == "" || a.number("printer-type")&fax != 0 {
			continue
		}
		all = append(all, d.found(a))
	}
	return all, nil
}

func (d *Driver) found(a attrs) printer.Found {
	name := a.text("printer-name")
	f := printer.Found{URI: d.uri(name), Name: name, Model: a.text("printer-make-and-model"), DPI: a.dpi("printer-resolution-default")}
	s := statusOf(a)
	f.State, f.Words = s.neutral(true), s.words()
	c, err := learn(a, printer.Setup{}, d.ZPL != nil)
	if err != nil {
		f.Unfit, f.UnfitArgs = "cups.failed", map[string]any{"Device": name, "Detail": err.Error()}
		return f
	}
	f.Language, f.DPI = c.language, c.dpi
	if a.dpi("printer-resolution-default") == 0 {
		f.DPI = 0
	}
	if c.unfit != "" {
		f.Unfit, f.UnfitArgs = c.unfit, map[string]any{"Device": name, "Detail": c.model}
	} else if c.policy == policyAgain {
		f.Unfit, f.UnfitArgs = "cups.policy", map[string]any{"Device": name, "Detail": policyCommand(name)}
	}
	for _, n := range c.names {
		if m, ok := parseMedium(n); ok {
			f.Media = append(f.Media, m)
		}
	}
	if len(c.trays) > 1 {
		f.Trays = c.trays
	}
	return f
}

// uri is where a queue is, for a Setup.
func (d *Driver) uri(queue string) string {
	if d.Server == "" || strings.HasPrefix(d.Server, "/") {
		return KindQueue + "://" + url.PathEscape(queue)
	}
	return KindQueue + "://" + d.Server + "/" + url.PathEscape(queue)
}

// Open makes a device of a setup. Its URI is one of those in the package's description; the option "server" of a
// queue names another CUPS, as Params.Server does.
func (d *Driver) Open(s printer.Setup) (printer.Device, error) {
	dev := &Device{setup: s, kind: d.Params.Kind, zpl: d.ZPL, record: record{d.Record, s.Name}}
	var err error
	if d.Params.Kind == KindQueue {
		var host string
		if host, dev.queue, err = parseQueue(s.URI); err == nil {
			dev.client = newClient(first(host, s.Options["server"], d.server()), false)
			dev.path = "/printers/" + url.PathEscape(dev.queue)
			dev.target = "ipp://localhost" + dev.path
		}
	} else {
		var host, path string
		var secure bool
		if host, path, secure, err = parseDirect(s.URI); err == nil {
			dev.client, dev.path, dev.target = newClient(host, secure), path, s.URI
		}
	}
	if err != nil {
		return nil, &printer.Error{Device: s.Name, Code: "cups.uri", Err: err}
	}
	// Before the device has answered, what the setup and its quirks say.
	if dev.cap, err = learn(attrs{}, s, d.ZPL != nil); err != nil {
		return nil, &printer.Error{Device: s.Name, Code: "cups.failed", Err: err}
	}
	if d.Params.Kind == KindQueue && s.Confirm == "" {
		dev.cap.confirm, dev.cap.slip = printer.ConfirmNone, first(s.Slip, slipBlind)
	}
	return dev, nil
}

// parseQueue reads cups://QUEUE and cups://HOST[:PORT]/QUEUE.
func parseQueue(uri string) (host, queue string, err error) {
	rest, ok := strings.CutPrefix(uri, KindQueue+"://")
	if !ok {
		return "", "", fmt.Errorf("%q does not begin with %s://", uri, KindQueue)
	}
	queue = rest
	if h, q, both := strings.Cut(rest, "/"); both {
		if host, queue = h, q; host == "" {
			return "", "", fmt.Errorf("%q names no host", uri)
		}
	}
	if queue, err = url.PathUnescape(queue); err != nil {
		return "", "", err
	}
	if queue == "" || strings.ContainsAny(queue, "/#?'\" \t\r\n\x00") || len(queue) > 127 { // what CUPS allows in a name
		return "", "", fmt.Errorf("%q names no queue", uri)
	}
	return host, queue, nil
}

// parseDirect reads ipp://HOST[:PORT]/PATH and ipps://….
func parseDirect(uri string) (host, path string, secure bool, err error) {
	u, err := url.Parse(uri)
	if err != nil {
		return "", "", false, err
	}
	if u.Scheme != "ipp" && u.Scheme != "ipps" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" {
		return "", "", false, fmt.Errorf("%q is not ipp://HOST/PATH", uri)
	}
	path = u.Path
	if path == "" {
		path = "/"
	}
	host = u.Host
	if u.Port() == "" {
		host = u.Hostname() + ":" + ippPort
		if strings.Contains(u.Hostname(), ":") {
			host = "[" + u.Hostname() + "]:" + ippPort
		}
	}
	return host, path, u.Scheme == "ipps", nil
}

// keywords is an attribute of several keywords.
func keywords(name string, values ...string) goipp.Attribute {
	a := goipp.Attribute{Name: name}
	for _, v := range values {
		a.Values.Add(goipp.TagKeyword, goipp.String(v))
	}
	return a
}
