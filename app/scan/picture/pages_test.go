package picture

import (
	"bufio"
	"bytes"
	"context"
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
