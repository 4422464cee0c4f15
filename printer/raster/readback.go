package raster

import (
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

// ReadBack reads every code of the page from its picture, in the order of the page's items, each in its own place. What they
// say is for the caller to compare. The error, for the first that cannot be read or whose quiet zone is not blank, is an *Unreadable.
func ReadBack(img *image.Gray, p page.Page) ([]Code, error) {
	var out []Code
	for _, item := range p.Items {
		var s symbol
		switch v := item.(type) {
		case page.Matrix:
			s = symbol{v.Kind, len(v.Data), place(img, p, v.Bounds()), place(img, p, page.Rect{X: v.X, Y: v.Y, W: v.Side(), H: v.Side()})}
		case page.Bars:
			s = symbol{v.Kind, len(v.Data), place(img, p, v.Bounds()), place(img, p, page.Rect{X: v.X, Y: v.Y, W: v.Width(), H: v.Height})}
		default:
			continue
		}
		text, err := s.read(img)
		if err != nil {
			return out, &Unreadable{Page: p.Name, Kind: s.kind, Index: len(out), Err: err}
		}
		out = append(out, Code{s.kind, text})
	}
	return out, nil
}

// symbol is where a code lies in a picture.
type symbol struct {
	kind   string
	length int             // the expected number of characters, for the codes that do not tell
	whole  image.Rectangle // with the quiet zone
	ink    image.Rectangle
}

// place is the part of the picture that shows an area of the page.
func place(img *image.Gray, p page.Page, a page.Rect) image.Rectangle {
	x := float64(img.Rect.Dx()) / float64(p.Width)
	y := float64(img.Rect.Dy()) / float64(p.Height)
	round := func(v page.Millimetres, scale float64) int { return int(math.Round(float64(v) * scale)) }
	return image.Rect(round(a.X, x), round(a.Y, y), round(a.X+a.W, x), round(a.Y+a.H, y)).
		Add(img.Rect.Min).Intersect(img.Rect)
}

// read decodes the code.
func (s symbol) read(img *image.Gray) (string, error) {
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
	bitmap, err := gozxing.NewBinaryBitmap(&part{img, s.whole})
	if err != nil {
		return "", err
	}
	result, err := reader.Decode(bitmap, hints)
	if err != nil {
		// In a picture of another resolution the code is searched for as in a photograph. That is slower, and this reader
		// now and then misses a perfect code.
		delete(hints, gozxing.DecodeHintType_PURE_BARCODE)
		result, err = reader.Decode(bitmap, hints)
	}
	if err != nil {
		return "", err
	}
	return bytesOf(result), nil
}

// quiet reports whether the quiet zone is blank. The dots next to the code are left out: places are rounded.
func (s symbol) quiet(img *image.Gray) bool {
	ink := s.ink.Inset(-1)
	for y := s.whole.Min.Y + 1; y < s.whole.Max.Y-1; y++ {
		row := img.Pix[img.PixOffset(0, y):]
		if y < ink.Min.Y || y >= ink.Max.Y {
			if !white(row[s.whole.Min.X+1 : s.whole.Max.X-1]) {
				return false
			}
		} else if !white(row[s.whole.Min.X+1:max(ink.Min.X, s.whole.Min.X+1)]) || !white(row[ink.Max.X:max(ink.Max.X, s.whole.Max.X-1)]) {
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
