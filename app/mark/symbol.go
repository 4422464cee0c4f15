package mark

import (
	"errors"
	"fmt"
	"image/color"
	"math"

	"github.com/boombuler/barcode/datamatrix"

	"znak/app/hint"
	"znak/app/postal"
	"znak/printer/page"
)

// SizeError says that a code does not fit its area on an envelope with modules a scanner can still read.
type SizeError struct {
	Kind    postal.EnvelopeKind
	Modules int              // a side, with the quiet zone
	Module  page.Millimetres // what fits, in whole dots of the device; 0: not even one dot
	Floor   page.Millimetres
	DPI     int
}

var _ hint.Keyed = (*SizeError)(nil)

func (e *SizeError) Error() string {
	return fmt.Sprintf("mark of %d modules on %s at %d dpi: module %.3f mm is below %.3f mm", e.Modules, e.Kind, e.DPI, e.Module, e.Floor)
}

// HintKey names the sentence for the person.
func (e *SizeError) HintKey() (string, map[string]any) {
	return "mark.size", hint.Args{"Kind": string(e.Kind), "DPI": e.DPI}
}

// ErrContent says that a text cannot be put into this kind of code.
var ErrContent = errors.New("the text does not go into this kind of code")

// Symbol makes the code of payload for an envelope of the given kind, laid on the device's grid: the smallest symbol
// that holds the text, modules of the largest whole number of dots that fit the area with the quiet zone, the symbol in the
// area's middle. Nothing scales it afterwards. Errors: *PlaceError, *SizeError, or one that wraps ErrContent.
func (s *Spec) Symbol(payload string, kind postal.EnvelopeKind, g page.Grid) (page.Matrix, error) {
	box, _, err := s.Areas(kind)
	if err != nil {
		return page.Matrix{}, err
	}
	size, bits, err := s.encode(payload)
	if err != nil {
		return page.Matrix{}, err
	}
	m := page.Matrix{Quiet: s.symbology.Quiet, Kind: s.symbology.Kind, Size: size, Bits: bits, Data: payload}
	modules := size + 2*m.Quiet

	// Everything in whole dots: the area shrinks to the dots that lie wholly inside it.
	dot := g.Dot()
	x0, y0 := dotsUp(box.X, dot), dotsUp(box.Y, dot)
	w, h := g.Dots(box.X+box.W)-x0, g.Dots(box.Y+box.H)-y0
	dots := min(w, h) / modules
	m.Module = page.Millimetres(dots) * dot
	if m.Module < s.symbology.Floor-1e-9 {
		return page.Matrix{}, &SizeError{Kind: kind, Modules: modules, Module: m.Module, Floor: s.symbology.Floor, DPI: g.DPI}
	}
	m.X = page.Millimetres(x0+(w-modules*dots)/2+m.Quiet*dots) * dot
	m.Y = page.Millimetres(y0+(h-modules*dots)/2+m.Quiet*dots) * dot
	return m, nil
}

func dotsUp(v, dot page.Millimetres) int { return int(math.Ceil(float64(v/dot) - 1e-6)) }

// encode gives the modules of the code without quiet zone, row by row, true is black.
func (s *Spec) encode(payload string) (size int, bits []bool, err error) {
	if s.symbology.Kind == KindDataMatrix {
		return encodeDataMatrix(payload)
	}
	level, err := qrLevel(s.symbology.Level)
	if err != nil {
		return 0, nil, err
	}
	return s.qr.encode(payload, level)
}

// encodeDataMatrix makes a square ECC 200 symbol. Two traps of the encoder are closed here: a text that begins with byte 0xE8
// would silently become a GS1 symbol, and its largest symbol (144×144) is not read by decoders. facts/environment.md §0, row 7.
func encodeDataMatrix(payload string) (int, []bool, error) {
	if payload == "" || payload[0] == datamatrix.FNC1 {
		return 0, nil, fmt.Errorf("%w: DataMatrix: empty, or begins with byte 0xE8", ErrContent)
	}
	code, err := datamatrix.Encode(payload)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: DataMatrix: %w", ErrContent, err)
	}
	size := code.Bounds().Dx()
	if size >= 144 {
		return 0, nil, fmt.Errorf("%w: DataMatrix: %d bytes need the symbol 144×144", ErrContent, len(payload))
	}
	bits := make([]bool, size*size)
	for y := 0; y < size; y++ {
		for x := 0; x < size; x++ {
			bits[y*size+x] = code.At(x, y) == color.Black
		}
	}
	return size, bits, nil
}
