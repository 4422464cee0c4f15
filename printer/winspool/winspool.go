// Package winspool prints through the spooler of Windows: bytes as they are for label printers (ZPL), pictures for office printers, whose
// drivers know the rest. The spooler's own word ends where it has passed a job on; only where the setup says that a
// queue knows of paper (Confirm) is it believed further.
package winspool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"znak/printer"
	"znak/printer/page"
	"znak/printer/quirk"
)

const (
	kind       = "winspool"
	defaultDPI = 300
	mostDPI    = 600 // a picture of more takes long and shows no more
)

// Slips by what a queue can tell.
const (
	slipPages = 50
	slipElse  = 10
)

// OptionPaper is a Setup.Options key. Its value "driver" takes the driver's paper as it stands, whatever its size; the page then lies at its
// upper left corner. Without it a page whose paper the driver does not have is not printed.
const OptionPaper = "paper"

// Params of the driver.
type Params struct {
	ZPL func(io.Writer, page.Page) error // writes a page for a label printer
}

// Driver finds and opens the queues of the Windows spooler. Elsewhere it finds none.
type Driver struct {
	zpl  func(io.Writer, page.Page) error
	sys  spooler // nil: not Windows
	asks *line
	poll time.Duration
}

var (
	_ printer.Driver = (*Driver)(nil)
	_ printer.Queue  = (*device)(nil)
	_ printer.Job    = (*job)(nil)
)

// New is the driver; nothing is asked yet.
func New(p Params) *Driver { return newDriver(p, system()) }

func newDriver(p Params, sys spooler) *Driver {
	return &Driver{zpl: p.ZPL, sys: sys, asks: newLine(), poll: 200 * time.Millisecond}
}

// Kind is "winspool".
func (d *Driver) Kind() string { return kind }

// URI is the address of a queue for a Setup: "winspool:" and the queue's name, escaped.
func URI(queue string) string { return kind + ":" + url.PathEscape(queue) }

// queueOf undoes URI.
func queueOf(uri string) (string, error) {
	rest, ok := strings.CutPrefix(uri, kind+":")
	if !ok || rest == "" {
		return "", fmt.Errorf("winspool: %q is no address of a queue", uri)
	}
	return url.PathUnescape(rest)
}

// Find lists the queues. What their drivers say is asked of each for a short while; one that does not answer is listed without it. Outside Windows
// there is nothing to list.
func (d *Driver) Find(ctx context.Context) ([]printer.Found, error) {
	if d.sys == nil {
		return nil, ctx.Err()
	}
	queues, err := ask(ctx, d.asks, d.sys.printers)
	if err != nil {
		return nil, fault("", err)
	}
	found := make([]printer.Found, len(queues))
	var all sync.WaitGroup
	for i, q := range queues { // each by itself: one dead printer does not hide the others
		all.Go(func() { found[i] = d.found(ctx, q) })
	}
	all.Wait()
	return found, ctx.Err()
}

// found describes a queue, with what its driver says if that answers.
func (d *Driver) found(ctx context.Context, q printerInfo) printer.Found {
	f := printer.Found{URI: URI(q.name), Name: q.name, Model: q.driver, Language: languageOf(q.driver)}
	f.State, f.Words = stateOf(q, f.Language == printer.ZPL)
	if unfit(q.port) {
		f.Unfit, f.UnfitArgs = "winspool.virtual", map[string]any{"Device": q.name}
		return f
	}
	a, err := ask(ctx, newLine(), func() (abilities, error) { return d.sys.abilities(q.name) })
	if err != nil {
		return f
	}
	f.DPI, f.Trays = a.dpi, a.trays
	for _, m := range a.forms {
		f.Media = append(f.Media, printer.Medium{Name: m.name, Width: m.width, Height: m.height})
	}
	return f
}

// unfit reports whether a port leads to a question on the screen or to nowhere instead of to a printer.
func unfit(port string) bool {
	switch strings.ToUpper(strings.TrimSpace(port)) {
	case "PORTPROMPT:", "FILE:", "NUL:", "SHRFAX:", "XPSPORT:", "MICROSOFT.OFFICE.ONENOTE_PORT:":
		return true
	}
	return false
}

// languageOf is by the quirks; drivers of label printers also say their language in their name ("ZDesigner ZD421-203dpi ZPL").
func languageOf(model string) printer.Language {
	if q, err := quirk.Of(model); err == nil && q.Language != "" {
		return q.Language
	}
	for _, word := range strings.Fields(strings.ToUpper(model)) {
		if word == "ZPL" || word == "ZPLII" {
			return printer.ZPL
		}
	}
	return printer.Pixels
}

// Open makes a device of a setup. Setup.Model is the name of the Windows driver, as Find gives it. Error codes: winspool.elsewhere, winspool.language.
func (d *Driver) Open(s printer.Setup) (printer.Device, error) {
	if d.sys == nil {
		return nil, &printer.Error{Device: s.Name, Code: "winspool.elsewhere"}
	}
	queue, err := queueOf(s.URI)
	if err != nil {
		return nil, err
	}
	q, err := quirk.Of(s.Model)
	if err != nil {
		return nil, err
	}
	v := &device{
		name: s.Name, queue: queue, language: s.Language, confirm: s.Confirm, dpi: s.DPI, slip: s.Slip,
		anyPaper: s.Options[OptionPaper] == "driver", zpl: d.zpl, sys: d.sys, asks: newLine(), writes: newLine(), poll: d.poll,
		jobs: map[string]*job{},
	}
	if v.name == "" {
		v.name = queue
	}
	if v.language == "" {
		v.language = languageOf(s.Model)
	}
	if v.language != printer.Pixels && (v.language != printer.ZPL || v.zpl == nil) {
		return nil, &printer.Error{Device: v.name, Code: "winspool.language", Err: fmt.Errorf("language %q", v.language)}
	}
	if v.confirm == "" {
		v.confirm = q.Confirm
	}
	if v.confirm == "" {
		v.confirm = printer.ConfirmNone
	}
	if v.dpi == 0 {
		v.dpi = q.DPI
	}
	v.wanted = s.DPI
	if v.dpi == 0 {
		v.dpi = v.ownDPI()
	}
	if v.slip == 0 {
		v.slip = q.Slip
	}
	if v.slip == 0 {
		v.slip = slipElse
		if v.confirm == printer.ConfirmPages {
			v.slip = slipPages
		}
	}
	return v, nil
}

// fault names the trouble behind an error.
func fault(name string, err error) error {
	var known *printer.Error
	code := "winspool.failed"
	switch {
	case err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errSilent):
		code = "winspool.silent"
	case errors.Is(err, errMissing):
		code = "winspool.missing"
	case errors.Is(err, errDenied):
		code = "winspool.denied"
	case errors.Is(err, errPaper):
		code = "winspool.paper"
	case errors.Is(err, errTray):
		code = "winspool.tray"
	}
	return &printer.Error{Device: name, Code: code, Err: err}
}
