package zpl_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"znak/printer/page"
	"znak/printer/page/pagetest"
	"znak/printer/raster"
	"znak/printer/zpl"
	"znak/printer/zpl/zpltest"
)

func options(t testing.TB, set map[string]string) zpl.Options {
	t.Helper()
	o, err := zpl.ParseOptions(set, "")
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func encode(t testing.TB, p page.Page, dpi int, o zpl.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := zpl.NewEncoder(dpi, o).Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// same fails unless the label shows the dots of the picture, black below the middle grey.
func same(t *testing.T, got, want *image.Gray) {
	t.Helper()
	if got.Rect != want.Rect {
		t.Fatalf("label of %v, picture of %v", got.Rect, want.Rect)
	}
	for i, v := range want.Pix {
		if (v < 128) != (got.Pix[i] < 128) {
			t.Fatalf("dot %d, %d differs", i%want.Stride, i/want.Stride)
		}
	}
}

// TestEveryDot: the label read by the decoder of zpltest is the page's raster, dot by dot, in each packing, resolution and turn.
func TestEveryDot(t *testing.T) {
	for _, dpi := range []int{203, 300, 600} {
		for _, g := range []string{"z64", "acs", "hex"} {
			p := pagetest.Envelope(dpi, dpi)
			for i, item := range p.Items { // a label knows no grey: see TestGrey
				if l, ok := item.(page.Line); ok {
					l.Grey = 0
					p.Items[i] = l
				}
			}
			p.Turn = len(g+fmt.Sprint(dpi)) % 4
			if g == "acs" {
				p.Turn = 1
			}
			label := encode(t, p, dpi, options(t, map[string]string{"graphics": g}))
			got, err := zpltest.Render(label)
			if err != nil {
				t.Fatal(err)
			}
			want, err := raster.Render(p, dpi)
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, want)
			if len(label) > 5409*3827/8*2 || !bytes.HasPrefix(label, []byte("^XA")) || bytes.Count(label, []byte("^XZ")) != 1 {
				t.Errorf("%d bytes, begins %.40q", len(label), label)
			}
		}
	}
}

// TestRandomDots sends noise, stripes and blanks through all packings: long runs, full rows, rows that repeat, widths that are no whole bytes.
func TestRandomDots(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 60 {
		p := page.Page{Name: "noise", Width: page.Millimetres(10 + random.Float64()*110), Height: page.Millimetres(3 + random.Float64()*20), DPI: 203}
		for range random.IntN(30) {
			p.Items = append(p.Items, page.Box{X: page.Millimetres(random.Float64()) * p.Width, Y: page.Millimetres(random.Float64()) * p.Height,
				W: page.Millimetres(random.Float64()*random.Float64()) * p.Width, H: page.Millimetres(random.Float64()) * 3, Filled: true})
		}
		want, err := raster.Render(p, 203)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range []string{"z64", "acs", "hex"} {
			got, err := zpltest.Render(encode(t, p, 203, options(t, map[string]string{"graphics": g})))
			if err != nil {
				t.Fatalf("%d %s: %v", n, g, err)
			}
			same(t, got, want)
		}
	}
}

// TestReused: an encoder that has drawn a large page leaves nothing of it on a small one, and errors leave nothing at all.
func TestReused(t *testing.T) {
	e := zpl.NewEncoder(203, zpl.Defaults())
	if err := e.Encode(io.Discard, pagetest.Envelope(1, 203)); err != nil {
		t.Fatal(err)
	}
	bad := page.Page{Name: "bad", Width: 50, Height: 20, DPI: 203, Items: []page.Item{page.Text{X: 5, Y: 9, Size: 9, Text: "漢"}}}
	var none bytes.Buffer
	var missing *page.MissingGlyphError
	if err := e.Encode(&none, bad); !errors.As(err, &missing) || none.Len() > 0 {
		t.Errorf("%v and %d bytes", err, none.Len())
	}
	small := page.Page{Name: "small", Width: 50, Height: 20, DPI: 203, Items: []page.Item{page.Text{X: 5, Y: 9, Size: 9, Text: "Ёж"}}}
	var b bytes.Buffer
	if err := e.Encode(&b, small); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), encode(t, small, 203, zpl.Defaults())) {
		t.Error("a used encoder writes otherwise than a new one")
	}
}

// TestGrey: thin grey things are printed in black, light areas stay white.
func TestGrey(t *testing.T) {
	p := page.Page{Name: "grey", Width: 50, Height: 30, DPI: 203, Items: []page.Item{
		page.Box{X: 2, Y: 2, W: 40, H: 10, Filled: true, Grey: 210},
		page.Text{X: 5, Y: 9, Size: 14, Grey: 180, Text: "ОБРАЗЕЦ"},
		page.Line{X1: 5, Y1: 20, X2: 45, Y2: 20, Width: 0.2, Grey: 200},
		page.Box{X: 5, Y: 22, W: 30, H: 5, Stroke: 0.3, Grey: 160},
	}}
	black := p
	black.Items = []page.Item{p.Items[0], page.Text{X: 5, Y: 9, Size: 14, Text: "ОБРАЗЕЦ"}, page.Line{X1: 5, Y1: 20, X2: 45, Y2: 20, Width: 0.2}, page.Box{X: 5, Y: 22, W: 30, H: 5, Stroke: 0.3}}
	want, err := raster.Render(black, 203)
	if err != nil {
		t.Fatal(err)
	}
	got, err := zpltest.Render(encode(t, p, 203, zpl.Defaults()))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
	if p.Items[1].(page.Text).Grey != 180 {
		t.Error("the caller's page was changed")
	}
}

func TestOptions(t *testing.T) {
	p := page.Page{Name: "small", Width: 50, Height: 20, DPI: 203, Items: []page.Item{page.Text{X: 5, Y: 9, Size: 9, Text: "Ёж"}}}
	for _, c := range []struct{ set, want string }{
		{"", "^XA^JZY^PW400^LL160^LH0,0"},
		{"darkness=7 speed=4", "~SD07^XA^JZY^PR4^PW400^LL160^LH0,0"},
		{"media=mark mode=cut label-width-mm=100", "^XA^JZY^MNM^MMC^PW799^LL160^LH0,0"},
		{"reprint-after-error=no", "^XA^JZN^PW400"},
		{"reprint-after-error=keep", "^XA^PW400"},
	} {
		set := map[string]string{}
		for _, word := range strings.Fields(c.set) {
			name, value, _ := strings.Cut(word, "=")
			set[name] = value
		}
		if got := string(encode(t, p, 203, options(t, set))); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %.80q", c.set, got)
		}
	}
	var wide *zpl.WideError
	if err := zpl.NewEncoder(203, options(t, map[string]string{"label-width-mm": "40"})).Encode(io.Discard, p); !errors.As(err, &wide) {
		t.Error(err)
	}
	for name, value := range map[string]string{"graphics": "png", "darkness": "31", "speed": "fast", "label-width-mm": "-5", "media": "roll", "mode": "rip", "reprint-after-error": "maybe"} {
		var bad *zpl.OptionError
		if _, err := zpl.ParseOptions(map[string]string{name: value}, ""); !errors.As(err, &bad) || bad.Name != name {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
}

// TestKnownGraphics are examples worked out by hand after the programming guide.
func TestKnownGraphics(t *testing.T) {
	for args, want := range map[string]string{
		"A,4,4,2,F00F0FF0":     "f00f0ff0",
		"A,4,4,2,HF,:":         "ff00ff00", // HF is two F, the comma fills the row with white
		"A,8,8,4,JF,!":         "ffff0000ffffffff",
		"A,20,20,20,hGA":       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"[:40],
		"A,2,2,1,\r\nA5\r\n5A": "a55a",
		"A,11,11,11,:B64:SGVsbG8gd29ybGQ=:" + "0000": "",
		"A,3,3,2,FF": "",
		"A,2,2,1,XY": "0000",
		"A,2,2,1,:":  "",
		"B,2,2,1,xx": "",
		"A,2,2,1":    "",
	} {
		g, err := zpltest.DecodeGraphic(args)
		if got := fmt.Sprintf("%x", g.Bits); got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %s %v, want %s", args, got, err, want)
		}
	}
}

func FuzzDecodeGraphic(f *testing.F) {
	for _, g := range []string{"z64", "acs", "hex"} {
		p := page.Page{Name: "small", Width: 30, Height: 10, DPI: 203, Items: []page.Item{page.Text{X: 5, Y: 9, Size: 9, Text: "Ёж"}}}
		label := string(encode(f, p, 203, options(f, map[string]string{"graphics": g})))
		_, args, _ := strings.Cut(label, "^GF")
		args, _, _ = strings.Cut(args, "^")
		f.Add(args)
	}
	f.Add("A,8,8,4,JF,!")
	f.Add("A,16000000,16000000,1,zzzzF:")
	f.Fuzz(func(t *testing.T, args string) {
		g, err := zpltest.DecodeGraphic(args)
		if err == nil && (g.Stride < 1 || len(g.Bits)%g.Stride != 0 || len(g.Bits) > 16<<20) {
			t.Errorf("%q: stride %d, %d bytes", args, g.Stride, len(g.Bits))
		}
	})
}

func FuzzRender(f *testing.F) {
	f.Add([]byte("^XA^PW8^LL2^FO0,0^GFA,2,2,1,FF:^FS^XZ"))
	f.Fuzz(func(t *testing.T, label []byte) {
		if len(label) < 1000 {
			zpltest.Render(label)
		}
	})
}

// BenchmarkEncode tells µs and bytes a piece for each packing, and the ratio to a plain bitmap of one bit a dot.
func BenchmarkEncode(b *testing.B) {
	for _, dpi := range []int{203, 300, 600} {
		for _, g := range []string{"z64", "acs", "hex"} {
			b.Run(fmt.Sprintf("%d-%s", dpi, g), func(b *testing.B) {
				e := zpl.NewEncoder(dpi, options(b, map[string]string{"graphics": g}))
				pages := make([]page.Page, 20)
				for i := range pages {
					pages[i] = pagetest.Envelope(i, dpi)
				}
				total, n := 0, 0
				var out bytes.Buffer
				for b.Loop() {
					out.Reset()
					if err := e.Encode(&out, pages[n%len(pages)]); err != nil {
						b.Fatal(err)
					}
					total += out.Len()
					n++
				}
				plain := float64(229) / 25.4 * float64(dpi) / 8 * 162 / 25.4 * float64(dpi)
				b.ReportMetric(float64(total)/float64(n), "bytes/piece")
				b.ReportMetric(plain*float64(n)/float64(total), "×smaller")
			})
		}
	}
}
