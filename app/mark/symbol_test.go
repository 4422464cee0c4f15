package mark

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/boombuler/barcode/qr"
	"github.com/makiuchi-d/gozxing"
	gozxingdm "github.com/makiuchi-d/gozxing/datamatrix"
	gozxingqr "github.com/makiuchi-d/gozxing/qrcode"
	"rsc.io/qr/coding"

	"znak/app/postal"
	"znak/printer/page"
)

// picture draws the modules with their quiet zone, some pixels each.
func picture(m page.Matrix, pixels int) image.Image {
	side := (m.Size + 2*m.Quiet) * pixels
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			mx, my := x/pixels-m.Quiet, y/pixels-m.Quiet
			c := color.Gray{Y: 255}
			if mx >= 0 && my >= 0 && mx < m.Size && my < m.Size && m.Black(mx, my) {
				c.Y = 0
			}
			img.SetGray(x, y, c)
		}
	}
	return img
}

func decode(t testing.TB, m page.Matrix) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture(m, 6))
	if err != nil {
		t.Fatal(err)
	}
	var reader gozxing.Reader = gozxingqr.NewQRCodeReader()
	if m.Kind == KindDataMatrix {
		reader = gozxingdm.NewDataMatrixReader()
	}
	r, err := reader.Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_CHARACTER_SET: "UTF-8", gozxing.DecodeHintType_PURE_BARCODE: true,
	})
	if err != nil {
		t.Fatalf("%s of %d modules: %v", m.Kind, m.Size, err)
	}
	return r.GetText()
}

var resolutions = []int{203, 300, 600}

func TestSymbolLiesOnDotsInItsArea(t *testing.T) {
	s := spec(t)
	payload, err := s.Payload(sampleFields(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range postal.EnvelopeFormats {
		if !format.TakesMark {
			continue
		}
		for _, dpi := range resolutions {
			g := page.Grid{DPI: dpi}
			m, err := s.Symbol(payload, format.Kind, g)
			if err != nil {
				t.Fatalf("%s %d dpi: %v", format.Kind, dpi, err)
			}
			for _, v := range []page.Millimetres{m.X, m.Y, m.Module} {
				if dots := float64(v / g.Dot()); math.Abs(dots-math.Round(dots)) > 1e-6 {
					t.Errorf("%s %d dpi: %v mm is not whole dots", format.Kind, dpi, v)
				}
			}
			area, _, err := s.Areas(format.Kind)
			if err != nil {
				t.Fatal(err)
			}
			if !area.Contains(m.Bounds()) {
				t.Errorf("%s %d dpi: %+v leaves %+v", format.Kind, dpi, m.Bounds(), area)
			}
			larger := page.Millimetres(m.Size+2*m.Quiet) * (m.Module + g.Dot())
			if larger <= area.W-2*g.Dot() {
				t.Errorf("%s %d dpi: a larger module fits", format.Kind, dpi)
			}
			if m.Quiet != 4 || m.Module < 0.375-1e-9 || m.Data != payload {
				t.Errorf("%s %d dpi: quiet %d, module %v", format.Kind, dpi, m.Quiet, m.Module)
			}
			// The areas we chose ourselves, and C5, reach the preferred module; DL, whose area is the source's, does not.
			if format.Kind != postal.DL && m.Module < s.PreferredModule() {
				t.Errorf("%s %d dpi: module %v", format.Kind, dpi, m.Module)
			}
			if got := decode(t, m); got != payload {
				t.Errorf("%s %d dpi: decoded %q", format.Kind, dpi, got)
			}
		}
	}
}

func TestSymbolRefusesWhatCannotBeRead(t *testing.T) {
	s := spec(t)
	var size *SizeError
	if _, err := s.Symbol(strings.Repeat("x", 400), postal.DL, page.Grid{DPI: 203}); !errors.As(err, &size) || size.Module >= size.Floor {
		t.Errorf("too long for DL at 203 dpi: %v", err)
	}
	if _, err := s.Symbol(strings.Repeat("x", 4000), postal.C4, page.Grid{DPI: 600}); !errors.Is(err, ErrContent) {
		t.Errorf("too long for any symbol: %v", err)
	}
	var where *PlaceError
	if _, err := s.Symbol("x", postal.C6, page.Grid{DPI: 600}); !errors.As(err, &where) {
		t.Errorf("C6: %v", err)
	}
	if _, err := s.Block(sampleFields(t), postal.C6); !errors.As(err, &where) {
		t.Errorf("block on C6: %v", err)
	}
}

// Every version and level the library can lay out is read back, with bytes of all kinds in it.
func TestQRIsBinarySafeInAllVersions(t *testing.T) {
	var e qrEncoder
	for _, level := range []string{"L", "M", "Q", "H"} {
		l, err := qrLevel(level)
		if err != nil {
			t.Fatal(err)
		}
		for v := coding.Version(1); v <= coding.MaxVersion; v++ {
			n := v.DataBytes(l) - 2
			if v > 9 {
				n--
			}
			var b strings.Builder
			for i := 0; b.Len() < n-2; i++ {
				b.WriteString([]string{"a", "\r\n", "Ё", "0", "\x1d", "\x00", "₽"}[i%7])
			}
			text := strings.ToValidUTF8(b.String()[:min(b.Len(), n)], "")
			size, bits, err := e.encode(text, l)
			if err != nil {
				t.Fatal(err)
			}
			if size > 17+4*int(v) {
				t.Errorf("%d-%s: %d bytes took %d modules", v, level, len(text), size)
			}
			if got := decode(t, page.Matrix{Size: size, Bits: bits, Quiet: 4, Kind: KindQR}); got != text {
				t.Errorf("%d-%s: decoded %q, want %q", v, level, got, text)
			}
		}
	}
}

// Another decoder than the one of the tests above: zbarimg, byte for byte.
func TestZbarReadsTheMark(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("zbarimg is not installed")
	}
	s := spec(t)
	payload, err := s.Payload(sampleFields(t))
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Symbol(payload, postal.DL, page.Grid{DPI: 203})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "mark.png")
	var b bytes.Buffer
	if err := png.Encode(&b, picture(m, 3)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(zbar, "-q", "--raw", "--oneshot", "-Sbinary", "--nodbus", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	if string(out) != payload {
		t.Errorf("zbarimg read %q", out)
	}
}

func TestOtherVersionNeedsNoCode(t *testing.T) {
	s := other(t)
	payload, err := s.Payload(sampleFields(t))
	if err != nil {
		t.Fatal(err)
	}
	if want := "КУДА=101000|ШПИ=00000026000015|ДАТА=2026-11-23|КОП=8540|ЗНАК=4F7A22C90013"; payload != want {
		t.Fatalf("payload %q", payload)
	}
	m, err := s.Symbol(payload, postal.DL, page.Grid{DPI: 300})
	if err != nil {
		t.Fatal(err)
	}
	if m.Kind != KindDataMatrix || m.Quiet != 2 {
		t.Errorf("kind %s, quiet %d", m.Kind, m.Quiet)
	}
	// gozxing reads the bytes of a DataMatrix as Latin-1
	var latin strings.Builder
	for _, b := range []byte(payload) {
		latin.WriteRune(rune(b))
	}
	if got := decode(t, m); got != payload && got != latin.String() {
		t.Errorf("decoded %q", got)
	}
	items, err := s.Block(sampleFields(t), postal.DL)
	if err != nil || len(items) != 2 {
		t.Errorf("block: %d items, %v", len(items), err)
	}
	var where *PlaceError
	if _, err := s.Symbol(payload, postal.C5, page.Grid{DPI: 300}); !errors.As(err, &where) {
		t.Errorf("C5 has no place in this version: %v", err)
	}
}

func TestDataMatrixTrapsAreClosed(t *testing.T) {
	for name, text := range map[string]string{
		"would become GS1": "\xe8" + "0104601234567890",
		"empty":            "",
		"144×144":          strings.Repeat("ab", 750),
		"too much":         strings.Repeat("ab", 1000),
	} {
		if _, _, err := encodeDataMatrix(text); !errors.Is(err, ErrContent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, n := range []int{1, 40, 170, 800} {
		text := strings.Repeat("a", n)
		size, bits, err := encodeDataMatrix(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := decode(t, page.Matrix{Size: size, Bits: bits, Quiet: 2, Kind: KindDataMatrix}); got != text {
			t.Errorf("%d bytes: decoded %q", n, got)
		}
	}
}

// Blocks of the longest values stay in their area, for every kind.
func TestBlockStaysInItsArea(t *testing.T) {
	s := spec(t)
	for _, id := range []string{"1", "4F7A22C90013", "123e4567-e89b-12d3-a456-426614174000", "gЁÅÅgj", strings.Repeat("0", 40)} {
		f := sampleFields(t)
		f.ID = id
		f.Value = 123456789
		for kind := range s.places {
			items, err := s.Block(f, kind)
			if err != nil {
				t.Fatalf("%s %q: %v", kind, id, err)
			}
			_, area, _ := s.Areas(kind)
			for _, item := range items {
				ink, err := item.(page.Text).Ink()
				if err != nil {
					t.Fatal(err)
				}
				if !area.Contains(ink) {
					t.Errorf("%s: %q at %+v leaves %+v", kind, item.(page.Text).Text, ink, area)
				}
			}
		}
	}
	f := sampleFields(t)
	f.ID = strings.Repeat("0", 200)
	var tooLong *BlockError
	if _, err := s.Block(f, postal.DL); !errors.As(err, &tooLong) {
		t.Errorf("an id of 200 characters: %v", err)
	}
	f.ID = "漢"
	var glyph *page.MissingGlyphError
	if _, err := s.Block(f, postal.DL); !errors.As(err, &glyph) {
		t.Errorf("an id without glyph: %v", err)
	}
}

// One Spec serves many goroutines; run with -race.
func TestSymbolsFromManyGoroutines(t *testing.T) {
	s := spec(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			text := strings.Repeat("x", 20*i+1)
			m, err := s.Symbol(text, postal.C5, page.Grid{DPI: 600})
			if err != nil || m.Data != text {
				t.Errorf("%d bytes: %v", len(text), err)
			}
		})
	}
	wg.Wait()
}

func BenchmarkQR(b *testing.B) {
	s := spec(b)
	payload, err := s.Payload(sampleFields(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Symbol(payload, postal.DL, page.Grid{DPI: 300}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("boombuler", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := qr.Encode(payload, qr.L, qr.Unicode); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPayload(b *testing.B) {
	s, f := spec(b), sampleFields(b)
	for b.Loop() {
		if _, err := s.Payload(f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlock(b *testing.B) {
	s, f := spec(b), sampleFields(b)
	for b.Loop() {
		if _, err := s.Block(f, postal.DL); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleSpec_Payload() {
	s, err := Default()
	if err != nil {
		panic(err)
	}
	text, err := s.Payload(Fields{ID: "4F7A22C90013", ShPI: "00000026000015", INN: "0000000000", KPP: "000001001", Value: 8540,
		Mass: 20, Date: "2026-11-23", From: "690000", To: "101000"})
	if err != nil {
		panic(err)
	}
	fmt.Println(strings.ReplaceAll(text, "\r\n", "\n"))
	// Output:
	// ID OPM: 4F7A22C90013
	// Barcode: 00000026000015
	// TIN: 0000000000
	// TRRC: 000001001
	// Cost: 85.40
	// Weight: 20
	// Date: 23/11/2026
	// Dispatch postcode: 690000
	// Delivery postcode: 101000
}
