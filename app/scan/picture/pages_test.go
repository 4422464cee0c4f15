package picture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"znak/app/scan/picture/picturetest"
)

func write(tb testing.TB, name string, data []byte) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

func TestPagesOfPDF(t *testing.T) {
	n := 300
	if testing.Short() {
		n = 30
	}
	var pages []*picturetest.Page
	for i := range n {
		pages = append(pages, envelope(i))
	}
	file := write(t, "-f envelopes.pdf", picturetest.PDF(pages...))
	start := time.Now()
	i := 0
	for page, err := range Pages(context.Background(), []string{file}, Params{}) {
		if err != nil {
			t.Fatal(err)
		}
		if page.File != file || page.Page != i+1 || page.DPI != 200 || !slices.Equal(texts(page.Codes), want(i)) {
			t.Errorf("page %d: %d at %d dpi %q", i+1, page.Page, page.DPI, texts(page.Codes))
		}
		i++
	}
	if i != n {
		t.Errorf("%d pages, want %d", i, n)
	}
	t.Logf("%.0f pages/s", float64(n)/time.Since(start).Seconds())
}

func TestDrawings(t *testing.T) {
	file := write(t, "two.pdf", picturetest.PDF(envelope(1), envelope(2)))
	var img bytes.Buffer
	if err := png.Encode(&img, envelope(3).Draw(100, 0)); err != nil {
		t.Fatal(err)
	}
	shot := write(t, "one.png", img.Bytes())
	broken := write(t, "broken.pdf", []byte("%PDF-1.4 no more"))
	type seen struct {
		file string
		page int
	}
	var got []seen
	for d, err := range Drawings(t.Context(), []string{file, broken, shot}, Params{DPI: 150}) {
		got = append(got, seen{d.File, d.Page})
		if d.File == broken {
			var e *Error
			if !errors.As(err, &e) || e.Reason != ReasonBrokenPDF {
				t.Errorf("broken: %v", err)
			}
			continue
		}
		if n := len(got); err != nil || d.File == file && (d.DPI != 150 || !slices.Equal(texts(Find(d.Image)), want(n))) {
			t.Errorf("%+v: %v", got[n-1], err)
		}
	}
	if w := []seen{{file, 1}, {file, 2}, {broken, 0}, {shot, 1}}; !slices.Equal(got, w) {
		t.Errorf("%v, want %v", got, w)
	}
	for d, err := range Drawings(t.Context(), []string{file}, Params{MaxPixels: 1000}) {
		var e *Error
		if !errors.As(err, &e) || e.Reason != ReasonHuge || d.Image != nil {
			t.Errorf("too large: %v", err)
		}
		break
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for _, err := range Drawings(ctx, []string{file, shot}, Params{}) {
		if ctx.Err() != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
		stop()
	}
}

// FuzzPGM feeds the reader of the tool's pipe with anything.
func FuzzPGM(f *testing.F) {
	f.Add([]byte("P5\n2 2\n255\n\x00\x01\x02\x03P5 1 1 255\n\xff"))
	f.Add([]byte("P5\n99999999 99999999\n255\n"))
	f.Add([]byte("P6\n-1 2\n255\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bufio.NewReader(bytes.NewReader(data))
		for range 10 {
			img, err := readPGM(in, 1<<16, nil)
			if err != nil {
				return
			}
			if len(img.Pix) != img.Rect.Dx()*img.Rect.Dy() || len(img.Pix) == 0 || len(img.Pix) > 1<<16 {
				t.Fatalf("%v with %d pixels", img.Rect, len(img.Pix))
			}
		}
	})
}
