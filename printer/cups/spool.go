package cups

import (
	"bufio"
	"io"
	"os"

	"znak/printer/page"
	"znak/printer/pdf"
)

// document is what a job will send: one PDF or a row of labels. It is made on the disk, not in memory, and is nobody else's to read.
type document interface {
	add(page.Page) error
	// close ends the document and gives its bytes.
	close() (io.ReadSeeker, int64, error)
	// remove drops it.
	remove()
}

// newSpool opens a file that has no name any more where the system allows that, so that a killed process leaves no addresses behind.
func newSpool() (*os.File, error) {
	f, err := os.CreateTemp("", "znak-job-*")
	if err == nil {
		os.Remove(f.Name()) // fails on Windows while the file is open; remove tries again
	}
	return f, err
}

func rewind(f *os.File) (io.ReadSeeker, int64, error) {
	size, err := f.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	return f, size, err
}

type pdfDocument struct {
	file *os.File
	doc  *pdf.Document
}

func newPDF(title string) (document, error) {
	f, err := newSpool()
	if err != nil {
		return nil, err
	}
	return &pdfDocument{f, pdf.New(f, pdf.Options{Title: title})}, nil
}

func (d *pdfDocument) add(p page.Page) error { return d.doc.Add(p) }

func (d *pdfDocument) close() (io.ReadSeeker, int64, error) {
	if err := d.doc.Close(); err != nil {
		return nil, 0, err
	}
	return rewind(d.file)
}

func (d *pdfDocument) remove() { drop(d.file) }

type zplDocument struct {
	file *os.File
	out  *bufio.Writer
	add1 func(io.Writer, page.Page) error
}

func newZPL(encode func(io.Writer, page.Page) error) (document, error) {
	f, err := newSpool()
	if err != nil {
		return nil, err
	}
	return &zplDocument{f, bufio.NewWriterSize(f, 1<<16), encode}, nil
}

// add takes a label whole or not at all.
func (d *zplDocument) add(p page.Page) error {
	var label labelBuffer
	if err := d.add1(&label, p); err != nil {
		return err
	}
	_, err := d.out.Write(label)
	return err
}

func (d *zplDocument) close() (io.ReadSeeker, int64, error) {
	if err := d.out.Flush(); err != nil {
		return nil, 0, err
	}
	return rewind(d.file)
}

func (d *zplDocument) remove() { drop(d.file) }

type labelBuffer []byte

func (b *labelBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

func drop(f *os.File) {
	f.Close()
	os.Remove(f.Name())
}
