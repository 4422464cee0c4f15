package raster

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"math"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"znak/printer/page"
)

// Code is a code read from a picture.
type Code struct {
	Kind string // as in page.Matrix and page.Bars
	Text string // the bytes in the code, control characters included
}

// ReadBack reads every code of the page from its picture, in the order of the page's items, each in its own place. The picture is of the page as
// fed, at any resolution. What the codes say is for the caller to compare. The error, for the first that cannot be read or whose
// quiet zone is not blank, is an *Unreadable.
func ReadBack(img *image.Gray, p page.Page) ([]Code, error) {
	t := turn{p.Quarters(), img.Rect.Dx(), img.Rect.Dy()}
	t.w, t.h = t.size()
	x, y := float64(t.w)/float64(p.Width), float64(t.h)/float64(p.Height)
	if r := New(p.DPI); r.turn(p) == t { // the paper is a fraction of a dot smaller than its picture
		x = r.dots(1)
		y = x
	}
	whole := &image.Gray{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect.Sub(img.Rect.Min)}
	return readAll(p, t, x, y, func(image.Rectangle) (*image.Gray, error) { return whole, nil })
}

// ReadBack draws the codes of the page and reads them from what it has drawn: the same dots and the same answer as from the whole picture (see
// Render and the function ReadBack), in a fraction of the time, for the rest of the page is not drawn. A *page.MissingGlyphError is
// possible beside an *Unreadable.
func (r *Renderer) ReadBack(p page.Page) ([]Code, error) {
	t, scale := r.turn(p), r.dots(1)
	return readAll(p, t, scale, scale, func(area image.Rectangle) (img *image.Gray, err error) {
		if img, err = r.draw(p, t, area, r.part); err == nil {
			r.part = img
		}
		return img, err
	})
}

// readAll reads the codes of a page whose face has x and y dots a millimetre, from a picture that show gives at least for the area.
func readAll(p page.Page, t turn, x, y float64, show func(area image.Rectangle) (*image.Gray, error)) ([]Code, error) {
	place := func(a page.Rect) image.Rectangle {
		round := func(v page.Millimetres, scale float64) int { return int(math.Round(float64(v) * scale)) }
		w, h := t.size()
		return t.rect(image.Rect(round(a.X, x), round(a.Y, y), round(a.X+a.W, x), round(a.Y+a.H, y))).Intersect(image.Rect(0, 0, w, h))
	}
	var out []Code
	for _, item := range p.Items {
		var s symbol
		switch v := item.(type) {
		case page.Matrix:
			s = symbol{kind: v.Kind, columns: v.Size, rows: v.Size, margin: v.Quiet, whole: place(v.Bounds()),
				ink: place(page.Rect{X: v.X, Y: v.Y, W: v.Side(), H: v.Side()})}
		case page.Bars:
			s = symbol{kind: v.Kind, columns: v.Units(), rows: 1, margin: v.Quiet, length: len(v.Data), whole: place(v.Bounds()),
				ink: place(page.Rect{X: v.X, Y: v.Y, W: v.Width(), H: v.Height})}
		default:
			continue
		}
		img, err := show(s.whole)
		if err != nil {
			return out, err
		}
		text, err := s.read(img, t.quarters)
		if err != nil {
			return out, &Unreadable{Page: p.Name, Kind: s.kind, Index: len(out), Err: err}
		}
		out = append(out, Code{s.kind, text})
	}
	return out, nil
}

// symbol is where a code lies in a picture.
type symbol struct {
	kind          string
	columns, rows int             // in modules, upright; one row for bars
	margin        int             // modules of quiet zone
	length        int             // the expected number of characters, for the codes that do not tell
	whole         image.Rectangle // with the quiet zone
	ink           image.Rectangle
}

// read decodes the code from the picture of a page that has been turned.
func (s symbol) read(img *image.Gray, quarters int) (string, error) {
	if s.ink.Empty() {
		return "", errors.New("outside the picture")
	}
	hints := map[gozxing.DecodeHintType]any{
		// one character for each byte, so that bytes come out as they went in
		gozxing.DecodeHintType_CHARACTER_SET: "ISO-8859-1",
		// In a picture of our own every module is the same whole number of dots, which is read module by module.
		gozxing.DecodeHintType_PURE_BARCODE: true,
	}
	var reader gozxing.Reader
	switch s.kind {
	case "QR":
		reader = qrcode.NewQRCodeReader()
	case "DataMatrix":
		reader = datamatrix.NewDataMatrixReader()
	case "I2of5":
		reader = oned.NewITFReader()
		hints[gozxing.DecodeHintType_ALLOWED_LENGTHS] = []int{s.length}
	case "Code128":
		reader = oned.NewCode128Reader()
	default:
		return "", fmt.Errorf("no reader for %q", s.kind)
	}
	if !s.quiet(img) {
		return "", errors.New("quiet zone not blank")
	}
	decode := func(img *image.Gray) (string, error) {
		bitmap, err := gozxing.NewBinaryBitmap(&part{img, img.Rect})
		if err != nil {
			return "", err
		}
		result, err := reader.Decode(bitmap, hints)
		if err != nil {
			return "", err
		}
		return bytesOf(result), nil
	}
	if small := s.modules(img, quarters); small != nil {
		if text, err := decode(small); err == nil {
			return text, nil
		}
	}
	upright := upright(img, s.whole, quarters)
	text, err := decode(upright)
	if err != nil {
		// In a picture of another resolution the code is searched for as in a photograph. That is slower, and this reader
		// now and then misses a perfect code.
		delete(hints, gozxing.DecodeHintType_PURE_BARCODE)
		text, err = decode(upright)
	}
	return text, err
}

// modules is the code upright with a dot for each module, in a margin; nil if its modules are not each of one colour and of the same whole number
// of dots, as they are where the picture has the resolution that the page was laid out for. Looking at each dot once is
// many times faster than what a decoder does to find the modules.
func (s symbol) modules(img *image.Gray, quarters int) *image.Gray {
	t := turn{quarters, s.columns, s.rows}
	w, h := t.size() // as the code lies in the picture
	if w <= 0 || h <= 0 || s.ink.Dx()%w != 0 || s.ink.Dy()%h != 0 {
		return nil
	}
	dx, dy := s.ink.Dx()/w, s.ink.Dy()/h
	lying := make([]byte, w*h)
	for row := range h {
		first := img.Pix[img.PixOffset(s.ink.Min.X, s.ink.Min.Y+row*dy):][:s.ink.Dx()]
		for column := range w {
			module := first[column*dx:][:dx]
			for _, v := range module {
				if v != module[0] {
					return nil
				}
			}
			lying[row*w+column] = module[0]
		}
		for y := 1; y < dy; y++ {
			if !bytes.Equal(first, img.Pix[img.PixOffset(s.ink.Min.X, s.ink.Min.Y+row*dy+y):][:s.ink.Dx()]) {
				return nil
			}
		}
	}
	out := image.NewGray(image.Rect(0, 0, s.columns+2*s.margin, s.rows+2*s.margin))
	if s.rows == 1 { // bars have no quiet zone above and below
		out.Rect.Max.Y = 1
	}
	fill(out.Pix, 255)
	top := (out.Rect.Dy() - s.rows) / 2
	for y := range s.rows {
		for x := range s.columns {
			tx, ty := t.dot(x, y)
			out.Pix[out.PixOffset(s.margin+x, top+y)] = lying[ty*w+tx]
		}
	}
	return out
}

// upright is an area of a turned picture, turned back.
func upright(img *image.Gray, area image.Rectangle, quarters int) *image.Gray {
	back := turn{(4 - quarters) & 3, area.Dx(), area.Dy()}
	w, h := back.size()
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range area.Dy() {
		for x, v := range img.Pix[img.PixOffset(area.Min.X, area.Min.Y+y):][:area.Dx()] {
			tx, ty := back.dot(x, y)
			out.Pix[ty*w+tx] = v
		}
	}
	return out
}

// quiet reports whether the quiet zone is blank. The dots next to the code are left out: places are rounded.
func (s symbol) quiet(img *image.Gray) bool {
	inner, ink := s.whole.Inset(1), s.ink.Inset(-1)
	for y := inner.Min.Y; y < inner.Max.Y; y++ {
		row := img.Pix[img.PixOffset(inner.Min.X, y):][:inner.Dx()]
		if y < ink.Min.Y || y >= ink.Max.Y {
			if !white(row) {
				return false
			}
			continue
		}
		left, right := min(max(ink.Min.X-inner.Min.X, 0), len(row)), min(max(ink.Max.X-inner.Min.X, 0), len(row))
		if !white(row[:left]) || !white(row[right:]) {
			return false
		}
	}
	return true
}

func white(dots []byte) bool {
	for _, v := range dots {
		if v < middle {
			return false
		}
	}
	return true
}

// bytesOf undoes the reader's turning of bytes into characters, except where the code itself names their alphabet.
func bytesOf(r *gozxing.Result) string {
	text := r.GetText()
	if id, _ := r.GetResultMetadata()[gozxing.ResultMetadataType_SYMBOLOGY_IDENTIFIER].(string); id == "]Q2" {
		return text
	}
	b := make([]byte, 0, len(text))
	for _, c := range text {
		if c > 255 {
			return text
		}
		b = append(b, byte(c))
	}
	return string(b)
}

// middle is the grey from which a dot counts as white.
const middle = 128

// part shows the decoder an area of a picture in black and white. The decoder's own ways of telling black from white are
// made for photographs and take most of its time.
type part struct {
	img  *image.Gray
	area image.Rectangle
}

var _ gozxing.Binarizer = (*part)(nil)

// GetBlackRow is a row of bits, true where it is black.
func (p *part) GetBlackRow(y int, row *gozxing.BitArray) (*gozxing.BitArray, error) {
	if y < 0 || y >= p.GetHeight() {
		return nil, gozxing.NewNotFoundException("row %d of %d", y, p.GetHeight())
	}
	if row == nil || row.GetSize() != p.GetWidth() {
		row = gozxing.NewBitArray(p.GetWidth())
	}
	dots := p.img.Pix[p.img.PixOffset(p.area.Min.X, p.area.Min.Y+y):][:p.GetWidth()]
	for i := 0; i < len(dots); i += 32 {
		var bits uint32
		for k, v := range dots[i:min(i+32, len(dots))] {
			if v < middle {
				bits |= 1 << k
			}
		}
		row.SetBulk(i, bits)
	}
	return row, nil
}

// GetBlackMatrix is all rows.
func (p *part) GetBlackMatrix() (*gozxing.BitMatrix, error) {
	m, err := gozxing.NewBitMatrix(p.GetWidth(), p.GetHeight())
	if err != nil {
		return nil, err
	}
	var row *gozxing.BitArray
	for y := range p.GetHeight() {
		if row, err = p.GetBlackRow(y, row); err != nil {
			return nil, err
		}
		m.SetRow(y, row)
	}
	return m, nil
}

// GetWidth is in dots.
func (p *part) GetWidth() int { return p.area.Dx() }

// GetHeight is in dots.
func (p *part) GetHeight() int { return p.area.Dy() }

// GetLuminanceSource is asked for only by readers that turn the picture, which is not wanted here.
func (p *part) GetLuminanceSource() gozxing.LuminanceSource { return nil }

// CreateBinarizer is asked for only as above.
func (p *part) CreateBinarizer(gozxing.LuminanceSource) gozxing.Binarizer { return p }

// Unreadable says that a code on a page cannot be read from its picture. Such a page must not be printed.
type Unreadable struct {
	Page  string // the page's name
	Kind  string
	Index int // which of the page's codes, from 0
	Err   error
}

func (e *Unreadable) Error() string {
	return fmt.Sprintf("page %q: code %d (%s) cannot be read: %v", e.Page, e.Index+1, e.Kind, e.Err)
}

func (e *Unreadable) Unwrap() error { return e.Err }

// HintKey names the sentence for the person.
func (e *Unreadable) HintKey() (string, map[string]any) {
	return "printer.raster.unreadable", map[string]any{"Page": e.Page, "Kind": e.Kind, "Detail": fmt.Sprint(e.Err)}
}
