package post

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"znak/app/postal"
)

// Document is a file the post has made.
type Document struct {
	Name string // from Content-Disposition, without folders; "" where the post gave none
	Type string // "application/pdf" or "application/zip", by its content
	Body []byte
}

// Forms say how documents are to be printed.
type Forms struct {
	Thermo   bool // A6, 10×15 cm; else paper, A5
	TwoSided bool // of BatchZip only
}

func (f Forms) printType() string {
	if f.Thermo {
		return "THERMO"
	}
	return "PAPER"
}

// BatchZip gives all papers of a batch: Export.xls, Export.csv, F103.pdf and the forms. Before the checkin the post refuses with
// HTTP 400 (facts/otpravka-api.md §2.4).
func (c *Client) BatchZip(ctx context.Context, name string, f Forms) (Document, error) {
	sides := "ONE_SIDED"
	if f.TwoSided {
		sides = "TWO_SIDED"
	}
	return c.document(ctx, call{pattern: "/1.0/forms/{batch}/zip-all", args: []string{name},
		query: url.Values{"print-type": {f.printType()}, "print-type-form": {sides}}}) // three spellings are about; this is the official one
}

// F103 gives the list form of a batch as PDF; only after the checkin, as BatchZip.
func (c *Client) F103(ctx context.Context, name string) (Document, error) {
	return c.document(ctx, call{pattern: "/1.0/forms/{batch}/f103pdf", args: []string{name}})
}

// ItemForms gives the envelope, notice and inventory of one piece in a batch as PDF. ErrForbidden was seen where money was short.
func (c *Client) ItemForms(ctx context.Context, id int64, sending postal.Date, f Forms) (Document, error) {
	q := url.Values{"print-type": {f.printType()}}
	if sending != "" {
		q.Set("sending-date", string(sending))
	}
	return c.document(ctx, call{pattern: "/1.0/forms/{id}/forms", args: []string{strconv.FormatInt(id, 10)}, query: q})
}

func (c *Client) document(ctx context.Context, k call) (d Document, err error) {
	k.method, k.timeout, k.file = http.MethodGet, c.timeouts.Document, true
	err = c.do(ctx, k, func(a *answer) error {
		d, err = documentOf(a)
		return err
	})
	return d, err
}

// documentOf tells a whole PDF or zip from a refusal and from anything else, by content: the post's own type is often octet-stream.
func documentOf(a *answer) (Document, error) {
	body, err := io.ReadAll(a.body)
	if err != nil {
		return Document{}, err
	}
	d := Document{Name: fileName(a.header.Get("Content-Disposition")), Body: body}
	switch {
	case bytes.Contains(body[:min(1024, len(body))], []byte("%PDF-")):
		d.Type = "application/pdf"
		if !bytes.Contains(body[max(0, len(body)-2048):], []byte("%%EOF")) {
			return Document{}, io.ErrUnexpectedEOF
		}
		return d, nil
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		d.Type = "application/zip"
		if _, err := zip.NewReader(bytes.NewReader(body), int64(len(body))); err != nil {
			return Document{}, io.ErrUnexpectedEOF // the directory stands at the end
		}
		return d, nil
	case len(body) == 0:
		return Document{}, errEmptyBody
	}
	if _, err := readObject(bytes.NewReader(body)); err != nil {
		if _, foreign := err.(*FieldError); !foreign {
			return Document{}, err
		}
	}
	return Document{}, &FieldError{Want: "a PDF or a zip", Got: kindOf(bytes.TrimSpace(body))}
}

// fileName takes the name from Content-Disposition and nothing of a path.
func fileName(disposition string) string {
	_, params, err := mime.ParseMediaType(disposition)
	name := params["filename"]
	if err != nil {
		if _, after, ok := strings.Cut(disposition, "filename="); ok { // unquoted Cyrillic and the like
			name, _, _ = strings.Cut(after, ";")
			name = strings.Trim(strings.TrimSpace(name), `"`)
		}
	}
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || strings.ContainsRune(`:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	if strings.Trim(name, ". ") == "" {
		return ""
	}
	if r := []rune(name); len(r) > 100 {
		name = string(r[len(r)-100:]) // the end has the extension
	}
	return name
}
