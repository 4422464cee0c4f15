package picture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // the formats that flatbed scanners and telephones write
	_ "image/png"
	"io"
	"os"
	"strings"
)

// Error says what is wrong with a file or one of its pages. Reason is a key below "scan." of the translations.
type Error struct {
	File          string
	Page          int // from 1; 0: the file as a whole
	Reason        string
	Width, Height int // pixels, for "picture.huge"
	Err           error
}

// The reasons of an Error.
const (
	ReasonFile      = "file"           // cannot be opened or read
	ReasonKind      = "picture.kind"   // neither PNG nor JPEG nor PDF
	ReasonBroken    = "picture.broken" // a damaged picture
	ReasonHuge      = "picture.huge"   // more pixels than allowed
	ReasonNoTool    = "poppler"        // pdftoppm is not installed
	ReasonEncrypted = "pdf.encrypted"  // the PDF asks for a password
	ReasonBrokenPDF = "pdf.broken"     // the PDF cannot be opened
	ReasonPage      = "pdf.page"       // one page of it cannot be drawn
)

func (e *Error) Error() string {
	where := e.File
	if e.Page > 0 {
		where = fmt.Sprintf("%s, page %d", e.File, e.Page)
	}
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", where, e.Reason, e.Err)
	}
	return where + ": " + e.Reason
}

func (e *Error) Unwrap() error { return e.Err }

// HintKey names the sentence for the person.
func (e *Error) HintKey() (string, map[string]any) {
	return "scan." + e.Reason, map[string]any{"File": e.File, "Page": e.Page, "Width": e.Width, "Height": e.Height}
}

// isPDF looks at the beginning of a file: the mark of a PDF stands in its first kilobyte.
func isPDF(file string) (bool, error) {
	f, err := os.Open(file)
	if err != nil {
		return false, &Error{File: file, Reason: ReasonFile, Err: err}
	}
	defer f.Close()
	head := make([]byte, 1024)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, &Error{File: file, Reason: ReasonFile, Err: err}
	}
	return bytes.Contains(head[:n], []byte("%PDF-")), nil
}

// load reads a PNG or JPEG file as grey.
func load(file string, maxPixels int) (*image.Gray, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, &Error{File: file, Reason: ReasonFile, Err: err}
	}
	defer f.Close()
	in := bufio.NewReader(f)
	cfg, _, err := image.DecodeConfig(in)
	switch {
	case errors.Is(err, image.ErrFormat):
		return nil, &Error{File: file, Reason: ReasonKind, Err: err}
	case err != nil:
		return nil, &Error{File: file, Reason: ReasonBroken, Err: err}
	case cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width > maxPixels/cfg.Height:
		return nil, &Error{File: file, Page: 1, Reason: ReasonHuge, Width: cfg.Width, Height: cfg.Height}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, &Error{File: file, Reason: ReasonFile, Err: err}
	}
	in.Reset(f)
	img, _, err := image.Decode(in)
	if err != nil {
		return nil, &Error{File: file, Reason: ReasonBroken, Err: err}
	}
	return grey(img), nil
}

// grey gives the brightness of a picture on white paper.
func grey(img image.Image) *image.Gray {
	b := img.Bounds()
	switch img := img.(type) {
	case *image.Gray:
		return whole(img)
	case *image.YCbCr: // its Y is the brightness
		return &image.Gray{Pix: img.Y[img.YOffset(b.Min.X, b.Min.Y):], Stride: img.YStride, Rect: image.Rect(0, 0, b.Dx(), b.Dy())}
	}
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	if rgba, ok := img.(*image.RGBA); ok && rgba.Opaque() { // what colour scanners write: worth the shorter way
		for y := range b.Dy() {
			from, to := rgba.Pix[y*rgba.Stride:], out.Pix[y*out.Stride:]
			for x := range b.Dx() {
				p := from[4*x : 4*x+3]
				to[x] = uint8((299*int(p[0]) + 587*int(p[1]) + 114*int(p[2]) + 500) / 1000)
			}
		}
		return out
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			r, g, bl, a := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
			paper := 0xffff - a
			out.Pix[y*out.Stride+x] = color.GrayModel.Convert(color.RGBA64{uint16(r + paper), uint16(g + paper), uint16(bl + paper), 0xffff}).(color.Gray).Y
		}
	}
	return out
}

// readPGM reads one picture of a stream in the format P5, into buf where that is large enough. io.EOF means that there is none.
func readPGM(in *bufio.Reader, maxPixels int, buf []byte) (*image.Gray, error) {
	if _, err := in.Peek(1); err != nil {
		return nil, err
	}
	var magic string
	var w, h, top int
	if _, err := fmt.Fscan(in, &magic, &w, &h, &top); err != nil {
		return nil, fmt.Errorf("picture header: %w", noEOF(err))
	}
	if _, err := in.ReadByte(); err != nil { // one blank ends the header
		return nil, noEOF(err)
	}
	if magic != "P5" || top != 255 || w <= 0 || h <= 0 || w > maxPixels/h {
		return nil, fmt.Errorf("picture header %q, %d × %d, %d", strings.ToValidUTF8(magic, "?"), w, h, top)
	}
	if cap(buf) < w*h {
		buf = make([]byte, w*h)
	}
	if _, err := io.ReadFull(in, buf[:w*h]); err != nil {
		return nil, noEOF(err)
	}
	return &image.Gray{Pix: buf[:w*h], Stride: w, Rect: image.Rect(0, 0, w, h)}, nil
}

// noEOF is for places where the end of a stream is a fault.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
