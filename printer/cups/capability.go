package cups

import (
	"net/url"
	"slices"
	"strings"

	"znak/printer"
	"znak/printer/quirk"
)

// capability is what a queue or a printer can do, by its own words, its model's quirks and the office's setup.
type capability struct {
	queue    bool // a queue of CUPS; else a printer spoken to directly
	model    string
	device   string // the queue's device-uri
	policy   string // the queue's printer-error-policy
	raw      bool   // the queue has no driver
	language printer.Language
	dpi      int
	slip     int
	confirm  printer.Confirm
	unfit    string // the key of the sentence why nothing can be printed
	media    []span
	names    []string // of the media
	trays    []string
	formats  []string
	creation []string // attributes a job may be made with; empty: it does not say
	scaling  bool     // print-scaling none is known
	sides    bool     // one-sided is known
	mono     bool     // monochrome is known
	ops      []int
}

// capabilityAttributes are asked for by name: "all" leaves out the error policy.
var capabilityAttributes = append([]string{
	"printer-name", "printer-make-and-model", "printer-info", "printer-type", "device-uri", "printer-error-policy", "printer-op-policy", "cups-version",
	"document-format-supported", "printer-resolution-default",
	"media-supported", "media-size-supported", "media-source-supported", "job-creation-attributes-supported",
	"print-scaling-supported", "sides-supported", "print-color-mode-supported", "operations-supported", "printer-is-temporary",
}, statusAttributes...)

// fax is the bit of printer-type that marks a queue that sends telefaxes.
const fax = 0x40000

// learn joins what is known of a printer. zpl tells whether the station can make ZPL.
func learn(a attrs, s printer.Setup, zpl bool) (capability, error) {
	c := capability{
		queue: a.text("cups-version") != "" && a.text("device-uri") != "" || a.text("printer-error-policy") != "",
		model: a.text("printer-make-and-model"), device: a.text("device-uri"), policy: a.text("printer-error-policy"),
		dpi:   a.dpi("printer-resolution-default"),
		media: spans(a["media-size-supported"]), names: a.texts("media-supported"), trays: a.texts("media-source-supported"),
		formats: a.texts("document-format-supported"), creation: a.texts("job-creation-attributes-supported"),
		scaling: a.has("print-scaling-supported", "none"), sides: a.has("sides-supported", "one-sided"), mono: a.has("print-color-mode-supported", "monochrome"),
		ops: a.numbers("operations-supported"),
	}
	c.raw = c.queue && c.model == "Local Raw Printer" // CUPS's own word for a queue without a driver
	model := c.model
	if s.Model != "" {
		model = s.Model
	}
	q, err := quirk.Of(model)
	if err != nil {
		return c, err
	}
	c.language, c.unfit = c.speaks(s, q, zpl)
	c.confirm = first(s.Confirm, q.Confirm, c.believe())
	c.dpi = first(s.DPI, q.DPI, c.dpi, defaultDPI)
	usual := slipBlind
	if c.confirm == printer.ConfirmPages {
		usual = slipPages
	}
	c.slip = first(s.Slip, q.Slip, usual)
	return c, nil
}

func first[T comparable](values ...T) T {
	var none T
	for _, v := range values {
		if v != none {
			return v
		}
	}
	return none
}

// speaks chooses the language, and says why there is none. Of a queue without a driver only a person can know what stands behind it.
func (c capability) speaks(s printer.Setup, q quirk.Quirk, zpl bool) (printer.Language, string) {
	switch {
	case q.Unfit != "":
		return "", q.Unfit
	case s.Language == printer.PDF:
		return printer.PDF, ""
	case s.Language == printer.ZPL || c.raw && q.Language == printer.ZPL:
		if !zpl {
			return "", "cups.zpl"
		}
		return printer.ZPL, ""
	case s.Language != "":
		return "", "cups.language"
	case c.raw:
		return "", "cups.raw"
	case len(c.formats) > 0 && !slices.Contains(c.formats, "application/pdf"):
		return "", "cups.nopdf"
	}
	return printer.PDF, ""
}

// believe is how far "completed" reaches. A printer that speaks IPP says it when the sheets are in the tray, and counts them. A queue of CUPS
// says it when its backend has ended: only the backend that asks an IPP printer until that has ended, too, knows of paper. What a queue counts are
// the pages its filters made, so its figures are never believed page by page unless the office says so.
func (c capability) believe() printer.Confirm {
	if !c.queue {
		return printer.ConfirmPages
	}
	return believeDevice(c.device, c.model)
}

func believeDevice(device, model string) printer.Confirm {
	// By hand: the names of dnssd URIs have escapes that Go's url package does not take in a host.
	scheme, rest, _ := strings.Cut(device, "://")
	rest, asked, _ := strings.Cut(rest, "?")
	host, path, _ := strings.Cut(rest, "/")
	driverless := func() bool {
		m := strings.ToLower(model)
		return strings.Contains(m, "driverless") || strings.Contains(m, "everywhere") || strings.Contains(m, "airprint")
	}
	query, _ := url.ParseQuery(asked)
	if v := strings.ToLower(query.Get("waitjob")); v == "false" || v == "no" || v == "off" { // an option of the ipp backend
		return printer.ConfirmNone
	}
	switch scheme {
	case "ipp", "ipps", "http", "https":
		if strings.HasPrefix(path, "printers/") || strings.HasPrefix(path, "classes/") { // another CUPS, of whose device nothing is known
			return printer.ConfirmNone
		}
		return printer.ConfirmJob
	case "dnssd":
		if strings.Contains(host, "._ipp._tcp") || strings.Contains(host, "._ipps._tcp") {
			if strings.HasPrefix(path, "cups") { // another CUPS that shares its queue
				return printer.ConfirmNone
			}
			return printer.ConfirmJob
		}
	case "implicitclass": // made by cups-browsed, of a driverless printer or of another server's queue
		if driverless() && !strings.HasPrefix(model, "Remote") {
			return printer.ConfirmJob
		}
	}
	return printer.ConfirmNone
}

// takes reports whether jobs may be made with an attribute.
func (c capability) takes(attribute string) bool {
	return len(c.creation) == 0 || slices.Contains(c.creation, attribute)
}

func (c capability) can(op int) bool { return slices.Contains(c.ops, op) }
