// Package picturetest draws pages with codes for tests: as pictures, clean or spoiled, and as PDF files. It draws by other libraries
// than the program's own, so that a test of reading does not lean on our writing.
package picturetest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/boombuler/barcode/twooffive"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"rsc.io/qr"
)

// Page is a drawing in millimetres from the upper left corner.
type Page struct {
	W, H  float64
	Boxes []Box
	Texts []Text
}

// Box is a filled rectangle: black, or Grey (1 is white).
type Box struct{ X, Y, W, H, Grey float64 }

// Text is a line of text; pictures show it as a row of little strokes.
type Text struct {
	X, Y, Size float64
	S          string
}

// New makes a white page.
func New(w, h float64) *Page { return &Page{W: w, H: h} }

// QR draws a code of level L with its upper left corner at x, y.
func (p *Page) QR(x, y, size float64, text string) {
	c, err := qr.Encode(text, qr.L)
	if err != nil {
		panic(err)
	}
	p.modules(x, y, size, c.Size, c.Black)
}

// DataMatrix draws a square DataMatrix code.
func (p *Page) DataMatrix(x, y, size float64, text string) {
	m, err := datamatrix.NewDataMatrixWriter().Encode(text, gozxing.BarcodeFormat_DATA_MATRIX, 1, 1, map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_DATA_MATRIX_SHAPE: 1})
	if err != nil {
		panic(err)
	}
	p.modules(x, y, size, m.GetWidth(), m.Get)
}

func (p *Page) modules(x, y, size float64, n int, black func(x, y int) bool) {
	m := size / float64(n)
	for r := range n {
		for c := 0; c < n; c++ {
			from := c
			for c < n && black(c, r) {
				c++
			}
			if c > from {
				p.Boxes = append(p.Boxes, Box{X: x + float64(from)*m, Y: y + float64(r)*m, W: float64(c-from) * m, H: m})
			}
		}
	}
}

// ITF draws an Interleaved 2 of 5 code, wide elements being ratio times as wide as narrow ones.
func (p *Page) ITF(x, y, module, ratio, height float64, digits string) {
	c, err := twooffive.Encode(digits, true) // wide is 3
	if err != nil {
		panic(err)
	}
	for i := 0; i < c.Bounds().Dx(); {
		black, from := isBlack(c.At(i, 0)), i
		for i < c.Bounds().Dx() && isBlack(c.At(i, 0)) == black {
			i++
		}
		w := module
		if i-from > 1 {
			w *= ratio
		}
		if black {
			p.Boxes = append(p.Boxes, Box{X: x, Y: y, W: w, H: height})
		}
		x += w
	}
}

// Code128 draws a Code 128.
func (p *Page) Code128(x, y, module, height float64, text string) {
	m, err := oned.NewCode128Writer().Encode(text, gozxing.BarcodeFormat_CODE_128, 1, 1, map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil {
		panic(err)
	}
	for i := range m.GetWidth() {
		if m.Get(i, 0) {
			p.Boxes = append(p.Boxes, Box{X: x + float64(i)*module, Y: y, W: module * 1.001, H: height})
		}
	}
}

func isBlack(c color.Color) bool { r, _, _, _ := c.RGBA(); return r < 0x8000 }

// Envelope draws an envelope's face of 220×110 mm at x, y, after facts/online-mark.md §1.3: bar code in the upper left corner, the mark in
// the upper half right of the middle, addresses.
func (p *Page) Envelope(x, y float64, mark, shpi string) {
	p.Boxes = append(p.Boxes, Box{x, y, 220, 0.2, 0}, Box{x, y + 109.8, 220, 0.2, 0}, Box{x, y, 0.2, 110, 0}, Box{x + 219.8, y, 0.2, 110, 0})
	if shpi != "" {
		p.ITF(x+12, y+8, 0.35, 2.5, 10, shpi)
		p.Texts = append(p.Texts, Text{x + 14, y + 22, 3, shpi})
	}
	if mark != "" {
		p.QR(x+110, y+10, 25, mark)
		for i, s := range []string{"RUSSIA POST", "85.40", "21/11/2026  101000", "0123456789"} {
			p.Texts = append(p.Texts, Text{x + 140, y + 14 + float64(i)*5, 3.5, s})
		}
	}
	for i, s := range []string{"From: OOO Romashka-Vasilek i partnery", "Nevymyshlennaya ulitsa, 1, office 2", "Moscow 101000", "Pismo zakaznoe"} {
		p.Texts = append(p.Texts, Text{x + 10, y + 38 + float64(i)*5, 3.5, s})
	}
	for i, s := range []string{"To: Ivanov Ivan Ivanovich", "ulitsa Dlinnaya-Predlinnaya, 123, korpus 4", "pos. Vymyshlenny, rayon Sredny", "Oblast Nigde, 999999"} {
		p.Texts = append(p.Texts, Text{x + 120, y + 70 + float64(i)*6, 4.5, s})
	}
}

// Draw makes a picture of the page at dpi, turned clockwise by degrees, smoothed as a renderer does it.
func (p *Page) Draw(dpi, degrees float64) *image.Gray {
	const over = 2 // samples a pixel, each way
	scale := dpi / 25.4
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	w, h := p.W*scale, p.H*scale
	tw, th := math.Ceil(math.Abs(w*cos)+math.Abs(h*sin)-1e-6), math.Ceil(math.Abs(w*sin)+math.Abs(h*cos)-1e-6)
	flat := image.NewGray(image.Rect(0, 0, int(w*over), int(h*over)))
	for i := range flat.Pix {
		flat.Pix[i] = 255
	}
	for _, b := range append(p.strokes(), p.Boxes...) {
		x0, y0 := max(0, round(b.X*scale*over)), max(0, round(b.Y*scale*over))
		x1, y1 := min(flat.Rect.Dx(), round((b.X+b.W)*scale*over)), min(flat.Rect.Dy(), round((b.Y+b.H)*scale*over))
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				flat.Pix[y*flat.Stride+x] = uint8(b.Grey * 255)
			}
		}
	}
	img := image.NewGray(image.Rect(0, 0, int(tw), int(th)))
	for y := range int(th) {
		for x := range int(tw) {
			sum := 0
			for k := range over * over {
				dx := float64(x) + (float64(k%over)+0.5)/over - tw/2
				dy := float64(y) + (float64(k/over)+0.5)/over - th/2
				sx, sy := int((dx*cos+dy*sin+w/2)*over), int((-dx*sin+dy*cos+h/2)*over)
				if sx >= 0 && sy >= 0 && sx < flat.Rect.Dx() && sy < flat.Rect.Dy() {
					sum += int(flat.Pix[sy*flat.Stride+sx])
				} else {
					sum += 255
				}
			}
			img.Pix[y*img.Stride+x] = uint8(sum / over / over)
		}
	}
	return img
}

func round(f float64) int { return int(math.Round(f)) }

// strokes are the texts as rows of upright and lying strokes.
func (p *Page) strokes() []Box {
	var list []Box
	for _, t := range p.Texts {
		rnd := rand.New(rand.NewPCG(uint64(len(t.S)), 1))
		x := t.X
		for _, r := range t.S {
			w := t.Size * 0.6
			if r != ' ' {
				list = append(list, Box{X: x, Y: t.Y - t.Size*0.7, W: t.Size * 0.1, H: t.Size * 0.7})
				list = append(list, Box{X: x, Y: t.Y - t.Size*0.7*rnd.Float64(), W: w * 0.7, H: t.Size * 0.1})
				list = append(list, Box{X: x + w*0.6, Y: t.Y - t.Size*0.7, W: t.Size * 0.1, H: t.Size * 0.7 * rnd.Float64()})
			}
			x += w
		}
	}
	return list
}

// Inked lets the ink of a picture spread by so many pixels on every side, or draw back where by is negative.
func Inked(img *image.Gray, by int) *image.Gray {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	better := func(a, b uint8) bool { return a < b }
	if by < 0 {
		by, better = -by, func(a, b uint8) bool { return a > b }
	}
	out := image.NewGray(img.Rect)
	for y := range h {
		for x := range w {
			v := img.Pix[y*img.Stride+x]
			for dy := -by; dy <= by; dy++ {
				for dx := -by; dx <= by; dx++ {
					if xx, yy := x+dx, y+dy; xx >= 0 && yy >= 0 && xx < w && yy < h && better(img.Pix[yy*img.Stride+xx], v) {
						v = img.Pix[yy*img.Stride+xx]
					}
				}
			}
			out.Pix[y*out.Stride+x] = v
		}
	}
	return out
}

// Scanned spoils a picture as a scanner and paper do: grey paper, a shadow across, noise, blur of radius pixels.
func Scanned(img *image.Gray, blur int, noise float64, seed uint64) *image.Gray {
	rnd := rand.New(rand.NewPCG(seed, 2))
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewGray(img.Rect)
	for y := range h {
		for x := range w {
			sum, n := 0, 0
			for dy := -blur; dy <= blur; dy++ {
				for dx := -blur; dx <= blur; dx++ {
					if px, py := x+dx, y+dy; px >= 0 && py >= 0 && px < w && py < h {
						sum += int(img.Pix[py*img.Stride+px])
						n++
					}
				}
			}
			light := 0.95 - 0.4*float64(x)/float64(w)
			v := (40+float64(sum)/float64(n)*0.75)*light + rnd.NormFloat64()*noise
			out.Pix[y*out.Stride+x] = uint8(min(255, max(0, v)))
		}
	}
	return out
}

// PDF writes the pages as a PDF file of version 1.4, text in Helvetica.
func PDF(pages ...*Page) []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(offsets))
		fmt.Fprintf(&b, format, args...)
		b.WriteString("\nendobj\n")
	}
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 4+2*i)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Count %d /Kids [ %s] >>", len(pages), kids.String())
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	const pt = 72 / 25.4
	for i, p := range pages {
		var s strings.Builder
		for _, x := range p.Boxes {
			fmt.Fprintf(&s, "%.3f g %.3f %.3f %.3f %.3f re f\n", x.Grey, x.X*pt, (p.H-x.Y-x.H)*pt, x.W*pt, x.H*pt)
		}
		for _, t := range p.Texts {
			fmt.Fprintf(&s, "0 g BT /F1 %.2f Tf %.2f %.2f Td (%s) Tj ET\n", t.Size*pt, t.X*pt, (p.H-t.Y)*pt, t.S)
		}
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.3f %.3f] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>", p.W*pt, p.H*pt, 5+2*i)
		object("<< /Length %d >>\nstream\n%sendstream", s.Len(), s.String())
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, xref)
	return b.Bytes()
}
