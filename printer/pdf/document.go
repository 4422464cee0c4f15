// Package pdf writes pages as a PDF: codes, lines and boxes as vector rectangles, texts in embedded fonts that can be
// searched and copied, every page in its own size.
//
// A document is written page by page and keeps nothing of a page but its place in the file, so that ten thousand envelopes
// need no more memory than one. gopdf embeds the fonts (see embed.go); its own pages live in memory until the end, about
// 70 KB for an envelope, and round to hundredths of a point, which is why the pages are written here.
package pdf

import (
	"bufio"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"time"
	"unicode/utf16"

	"znak/printer/page"
)

// producer is written into every document.
const producer = "Znak"

// Options describe a document.
type Options struct {
	Title   string
	Created time.Time // zero: not said. The same pages and options make the same bytes.
}

// Write writes all the pages as one document.
func Write(w io.Writer, pages iter.Seq[page.Page], o Options) error {
	d := New(w, o)
	for p := range pages {
		if err := d.Add(p); err != nil {
			return err
		}
	}
	return d.Close()
}

// Objects with fixed numbers.
const (
	catalogID = 1 + iota
	pagesID
	resourcesID
	infoID
	firstFreeID
)

// branch is the number of pages under one node of the page tree.
const branch = 128

// Document is a PDF being written. It is not safe for concurrent use.
type Document struct {
	out     *bufio.Writer
	sum     hash.Hash
	at      int64   // bytes written
	offsets []int64 // of the objects by number; 0: not yet written
	err     error   // of the writer; it stays

	options Options
	pages   int
	nodes   []int // page tree nodes, each of branch pages
	kids    []int // pages of the last node
	used    [len(faces)]*charset

	content []byte
	packed  packer
}

// New begins a document on w.
func New(w io.Writer, o Options) *Document {
	d := &Document{out: bufio.NewWriterSize(w, 1<<16), sum: sha256.New(), options: o, offsets: make([]int64, firstFreeID)}
	d.printf("%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n")
	return d
}

// Pages is the number of pages added.
func (d *Document) Pages() int { return d.pages }

// Add writes a page. A page that cannot be drawn (*page.MissingGlyphError) leaves the document as it was; an error of the writer is final.
func (d *Document) Add(p page.Page) error {
	if d.err != nil {
		return d.err
	}
	var err error
	if d.content, err = d.draw(d.content[:0], p); err != nil {
		return fmt.Errorf("page %q: %w", p.Name, err)
	}
	if len(d.kids) == branch {
		d.closeNode()
	}
	if len(d.kids) == 0 {
		d.nodes = append(d.nodes, d.reserve())
	}
	body := d.reserve()
	d.stream(body, "", d.content)
	id := d.reserve()
	w, h := p.Fed()
	d.object(id, "<</Type/Page/Parent %d 0 R/Resources %d 0 R/MediaBox[0 0 %s %s]/Contents %d 0 R>>",
		d.nodes[len(d.nodes)-1], resourcesID, number(points(w)), number(points(h)), body)
	d.kids = append(d.kids, id)
	d.pages++
	return d.err
}

// Close writes the fonts and the tables. A document without pages cannot be closed.
func (d *Document) Close() error {
	if d.err != nil {
		return d.err
	}
	if d.pages == 0 {
		return errors.New("pdf: no pages")
	}
	d.closeNode()
	d.object(pagesID, "<</Type/Pages/Count %d/Kids[%s]>>", d.pages, refs(d.nodes))
	fonts, err := d.embed()
	if err != nil {
		return err
	}
	d.object(resourcesID, "<</ProcSet[/PDF/Text]/Font<<%s>>>>", fonts)
	// A viewer must not fit the page to the paper: a code's modules are whole dots only at full size.
	d.object(catalogID, "<</Type/Catalog/Pages %d 0 R/ViewerPreferences<</PrintScaling/None/PickTrayByPDFSize true>>>>", pagesID)
	created := ""
	if t := d.options.Created; !t.IsZero() {
		created = "/CreationDate(D:" + t.UTC().Format("20060102150405") + "Z)"
	}
	d.object(infoID, "<</Title %s/Producer %s/Creator %[2]s%s>>", text16(d.options.Title), text16(producer), created)
	d.trailer()
	if d.err == nil {
		d.err = d.out.Flush()
	}
	return d.err
}

func (d *Document) closeNode() {
	last := len(d.nodes) - 1
	d.object(d.nodes[last], "<</Type/Pages/Parent %d 0 R/Count %d/Kids[%s]>>", pagesID, len(d.kids), refs(d.kids))
	d.kids = d.kids[:0]
}

func (d *Document) trailer() {
	id := d.sum.Sum(nil)[:16]
	start := d.at
	d.printf("xref\n0 %d\n0000000000 65535 f \n", len(d.offsets))
	for _, at := range d.offsets[1:] {
		d.printf("%010d 00000 n \n", at)
	}
	d.printf("trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%x><%[4]x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(d.offsets), catalogID, infoID, id, start)
}

// reserve takes the next object number.
func (d *Document) reserve() int {
	d.offsets = append(d.offsets, 0)
	return len(d.offsets) - 1
}

// object writes an object without a stream.
func (d *Document) object(id int, format string, args ...any) {
	d.offsets[id] = d.at
	d.printf("%d 0 obj\n", id)
	d.printf(format, args...)
	d.printf("\nendobj\n")
}

// stream writes an object with a compressed stream; dict are further entries of its dictionary.
func (d *Document) stream(id int, dict string, data []byte) {
	packed, err := d.packed.pack(data)
	if err != nil {
		d.fail(err)
		return
	}
	d.offsets[id] = d.at
	d.printf("%d 0 obj\n<<%s/Filter/FlateDecode/Length %d>>stream\n", id, dict, len(packed))
	d.write(packed)
	d.printf("\nendstream\nendobj\n")
}

func (d *Document) printf(format string, args ...any) { d.write(fmt.Appendf(nil, format, args...)) }

func (d *Document) write(b []byte) {
	if d.err != nil {
		return
	}
	d.sum.Write(b)
	d.at += int64(len(b))
	_, err := d.out.Write(b)
	d.fail(err)
}

func (d *Document) fail(err error) {
	if d.err == nil && err != nil {
		d.err = fmt.Errorf("write pdf: %w", err)
	}
}

// packer compresses, keeping its tables (about a megabyte) from stream to stream.
type packer struct {
	buf buffer
	z   *zlib.Writer
}

type buffer []byte

func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// pack returns data compressed; valid until the next call.
func (p *packer) pack(data []byte) ([]byte, error) {
	p.buf = p.buf[:0]
	if p.z == nil {
		p.z, _ = zlib.NewWriterLevel(&p.buf, zlib.BestSpeed)
	} else {
		p.z.Reset(&p.buf)
	}
	if _, err := p.z.Write(data); err != nil {
		return nil, err
	}
	err := p.z.Close()
	return p.buf, err
}

func refs(ids []int) []byte {
	var b []byte
	for _, id := range ids {
		b = fmt.Appendf(b, "%d 0 R ", id)
	}
	return b
}

// text16 is a text string of the document's information.
func text16(s string) string {
	return fmt.Sprintf("<FEFF%s>", hex16(utf16.Encode([]rune(s))))
}

func hex16(units []uint16) []byte {
	var b []byte
	for _, u := range units {
		b = fmt.Appendf(b, "%04X", u)
	}
	return b
}
