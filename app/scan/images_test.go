package scan

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"znak/app/hint"
	"znak/app/scan/picture/picturetest"
)

// face draws the n-th invented envelope, mark and bar code of one piece.
func face(tb testing.TB, n int) *picturetest.Page {
	tb.Helper()
	p := picturetest.New(220, 110)
	p.Envelope(0, 0, markOf(tb, n), string(testShPI(n)))
	return p
}

// markOf is the text of the n-th invented mark.
func markOf(tb testing.TB, n int) string {
	tb.Helper()
	f := testFields(rand.New(rand.NewPCG(uint64(n), 0)), n)
	s, err := testSpec(tb).Payload(f)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func save(tb testing.TB, name string, data []byte) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

func savePNG(tb testing.TB, img image.Image) string {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return save(tb, "page.png", b.Bytes())
}

// see reads files and gives what is on them, in words.
func see(tb testing.TB, p ImageParams, files ...string) []string {
	tb.Helper()
	var list []string
	for page, err := range NewReader(testSpec(tb)).Images(context.Background(), files, p) {
		if err != nil {
			key, _, _ := hint.Of(err)
			list = append(list, "error "+key)
			continue
		}
		for _, pair := range page.Pairs {
			if _, _, ok := hint.Of(pair.Err); ok == pair.Whole() {
				tb.Errorf("%+v: sentence %v", pair, ok)
			}
		}
		list = append(list, told(page.Pairs)...)
	}
	return list
}

func TestImagesOfEveryFormat(t *testing.T) {
	p := face(t, 1)
	gray := p.Draw(200, 0)
	var jpg bytes.Buffer
	colour := image.NewRGBA(gray.Rect)
	for y := range gray.Rect.Dy() {
		for x := range gray.Rect.Dx() {
			colour.Set(x, y, gray.At(x, y))
		}
	}
	if err := jpeg.Encode(&jpg, colour, &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	glass := image.NewNRGBA(gray.Rect) // black ink, no paper
	for i, v := range gray.Pix {
		glass.Pix[4*i+3] = 255 - v
	}
	files := []string{savePNG(t, gray), savePNG(t, colour), savePNG(t, glass), save(t, "page.jpg", jpg.Bytes()), save(t, "page.PDF", picturetest.PDF(p, face(t, 2)))}
	if got := see(t, ImageParams{}, files...); !slices.Equal(got, []string{"whole 1", "whole 1", "whole 1", "whole 1", "whole 1", "whole 2"}) {
		t.Errorf("%q", got)
	}
}

func TestSeveralEnvelopesOnOnePicture(t *testing.T) {
	type at struct {
		x, y       float64
		mark, shpi int // 0: none
	}
	for name, c := range map[string]struct {
		w, h float64
		at   []at
		want []string
	}{
		"one below the other":  {220, 330, []at{{0, 0, 1, 1}, {0, 110, 2, 2}, {0, 220, 3, 3}}, []string{"whole 1", "whole 2", "whole 3"}},
		"side by side":         {440, 110, []at{{0, 0, 1, 1}, {220, 1, 2, 2}}, []string{"whole 1", "whole 2"}},
		"four":                 {440, 220, []at{{0, 0, 1, 1}, {220, 1, 2, 2}, {0, 110, 3, 3}, {220, 111, 4, 4}}, []string{"whole 1", "whole 2", "whole 3", "whole 4"}},
		"swapped codes":        {220, 220, []at{{0, 0, 1, 2}, {0, 110, 2, 1}}, []string{"mismatch", "mismatch"}},
		"one misprinted":       {220, 220, []at{{0, 0, 1, 1}, {0, 110, 2, 5}}, []string{"whole 1", "mismatch"}},
		"a bar code missing":   {220, 220, []at{{0, 0, 1, 0}, {0, 110, 2, 2}}, []string{"incomplete 1", "whole 2"}},
		"a mark missing":       {220, 220, []at{{0, 0, 1, 1}, {0, 110, 0, 2}}, []string{"whole 1", "incomplete 2"}},
		"the same piece twice": {220, 220, []at{{0, 0, 1, 1}, {0, 110, 1, 1}}, []string{"whole 1", "whole 1"}},
		"nothing":              {220, 110, []at{{0, 0, 0, 0}}, []string{"unreadable"}},
		"on A4, apart":         {210, 297, []at{{-5, 10, 1, 1}, {-5, 170, 2, 2}}, []string{"whole 1", "whole 2"}},
	} {
		p := picturetest.New(c.w, c.h)
		for _, e := range c.at {
			mark, shpi := "", ""
			if e.mark > 0 {
				mark = markOf(t, e.mark)
			}
			if e.shpi > 0 {
				shpi = string(testShPI(e.shpi))
			}
			p.Envelope(e.x, e.y, mark, shpi)
		}
		for _, turn := range []float64{0, 90, 183} {
			if turn != 0 && testing.Short() {
				continue
			}
			got := see(t, ImageParams{}, savePNG(t, p.Draw(200, turn)))
			want := slices.Clone(c.want)
			slices.Sort(got) // a turned page is read in another order
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s, turned by %v: %q, want %q", name, turn, got, want)
			}
		}
	}
}

// TestHeadToHead lays two envelopes with their tops together, so that each mark is nearer to the other's bar code.
func TestHeadToHead(t *testing.T) {
	a, b := face(t, 1).Draw(200, 180), face(t, 2).Draw(200, 0)
	both := image.NewGray(image.Rect(0, 0, a.Rect.Dx(), a.Rect.Dy()+b.Rect.Dy()))
	copy(both.Pix, a.Pix)
	copy(both.Pix[len(a.Pix):], b.Pix)
	if got := see(t, ImageParams{}, savePNG(t, both)); !slices.Equal(got, []string{"whole 1", "whole 2"}) {
		t.Errorf("%q", got)
	}
}

func TestMarkAloneOnAPage(t *testing.T) {
	noRace(t)
	p := picturetest.New(220, 110)
	p.Envelope(0, 0, markOf(t, 1), "")
	file := savePNG(t, p.Draw(200, 0))
	if got := see(t, ImageParams{MarkAlone: true}, file); !slices.Equal(got, []string{"whole 1"}) {
		t.Errorf("%q", got)
	}
	if got := see(t, ImageParams{}, file); !slices.Equal(got, []string{"incomplete 1"}) {
		t.Errorf("%q", got)
	}
}

func TestForeignCodesOnAPage(t *testing.T) {
	noRace(t)
	p := face(t, 1)
	p.QR(30, 70, 25, "https://example.ru/our-office")
	if got := see(t, ImageParams{}, savePNG(t, p.Draw(200, 0))); !slices.Equal(got, []string{"whole 1"}) {
		t.Errorf("an office's own code beside the mark: %q", got)
	}
	p = picturetest.New(220, 110)
	p.QR(110, 10, 25, "ST00012|Name=OOO Primer|PersonalAcc=40702810000000000000")
	for page, err := range NewReader(testSpec(t)).Images(context.Background(), []string{savePNG(t, p.Draw(200, 0))}, ImageParams{}) {
		if key, _, _ := hint.Of(page.Pairs[0].Err); err != nil || key != "scan.foreign.payment" || page.Pairs[0].Verdict != VerdictUnreadable {
			t.Errorf("%+v %v", page, err)
		}
	}
}

func TestInternationalBarCode(t *testing.T) {
	p := picturetest.New(220, 110)
	p.Envelope(0, 0, "", "")
	p.Code128(12, 8, 0.35, 10, "LS018350611RU")
	for page, err := range NewReader(testSpec(t)).Images(context.Background(), []string{savePNG(t, p.Draw(200, 0))}, ImageParams{}) {
		if err != nil || len(page.Codes) != 1 || page.Codes[0].S10 != "LS018350611RU" || page.Pairs[0].Piece != "LS018350611RU" {
			t.Errorf("%+v %v", page, err)
		}
	}
}

func TestBadFiles(t *testing.T) {
	good := picturetest.PDF(face(t, 1), face(t, 2))
	pngFile, err := os.ReadFile(savePNG(t, face(t, 1).Draw(100, 0)))
	if err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(t.TempDir(), "locked.pdf")
	if out, err := exec.Command("qpdf", "--encrypt", "secret", "owner", "256", "--", save(t, "open.pdf", good), locked).CombinedOutput(); err != nil {
		t.Fatalf("qpdf: %v %s", err, out)
	}
	damaged := bytes.Replace(good, []byte("stream\n"), []byte("stream\n) ] >> "), 1)
	damaged = bytes.Replace(damaged, []byte(" re f\n"), []byte(" xx x\n"), 1+len(face(t, 1).Boxes))
	wall := picturetest.PDF(face(t, 1), picturetest.New(5000, 5000), face(t, 2))
	for name, c := range map[string]struct {
		file string
		p    ImageParams
		want []string
	}{
		"no such file":        {filepath.Join(t.TempDir(), "none.pdf"), ImageParams{}, []string{"error scan.file"}},
		"a folder":            {t.TempDir(), ImageParams{}, []string{"error scan.file"}},
		"empty":               {save(t, "x.png", nil), ImageParams{}, []string{"error scan.picture.kind"}},
		"text":                {save(t, "x.pdf", []byte("hello")), ImageParams{}, []string{"error scan.picture.kind"}},
		"cut PNG":             {save(t, "x.png", pngFile[:len(pngFile)/2]), ImageParams{}, []string{"error scan.picture.broken"}},
		"cut PNG header":      {save(t, "x.png", pngFile[:20]), ImageParams{}, []string{"error scan.picture.broken"}},
		"huge PNG":            {save(t, "x.png", pngFile), ImageParams{MaxPixels: 1000}, []string{"error scan.picture.huge"}},
		"PDF of nothing":      {save(t, "x.pdf", []byte("%PDF-1.4\nhello")), ImageParams{}, []string{"error scan.pdf.broken"}},
		"locked PDF":          {locked, ImageParams{}, []string{"error scan.pdf.encrypted"}},
		"huge page":           {save(t, "x.pdf", wall), ImageParams{}, []string{"whole 1", "error scan.picture.huge", "whole 2"}},
		"PDF without its end": {save(t, "x.pdf", good[:len(good)-700]), ImageParams{}, []string{"error scan.pdf.broken"}},
		"damaged page":        {save(t, "x.pdf", damaged), ImageParams{}, []string{"unreadable", "whole 2"}},
	} {
		if got := see(t, c.p, c.file); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	t.Run("one bad file among good ones", func(t *testing.T) {
		got := see(t, ImageParams{}, save(t, "a.pdf", good), save(t, "b", []byte("x")), save(t, "c.png", pngFile))
		if want := []string{"whole 1", "whole 2", "error scan.picture.kind"}; !slices.Equal(got[:3], want) || len(got) != 4 {
			t.Errorf("%q, want %q and a page", got, want)
		}
	})
	t.Run("without poppler", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if got := see(t, ImageParams{}, save(t, "a.pdf", good), save(t, "a.png", pngFile)); got[0] != "error scan.poppler" || len(got) != 2 {
			t.Errorf("%q", got)
		}
	})
}

// TestPageThatCannotBeDrawn puts a pdftoppm in front of the real one that breaks down at the second page.
func TestPageThatCannotBeDrawn(t *testing.T) {
	real, err := exec.LookPath("pdftoppm")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := "#!/bin/sh\nf=$5 l=$7\nif [ $f = 2 ]; then echo 'Syntax Error: broken' >&2; exit 1; fi\n" +
		"if [ $f -lt 2 ] && [ $l -ge 2 ]; then exec " + real + " -gray -r $3 -f $f -l 1 \"$8\"; fi\nexec " + real + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "pdftoppm"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	file := save(t, "x.pdf", picturetest.PDF(face(t, 1), face(t, 2), face(t, 3)))
	if got := see(t, ImageParams{}, file); !slices.Equal(got, []string{"whole 1", "error scan.pdf.page", "whole 3"}) {
		t.Errorf("%q", got)
	}
}

func TestImagesStop(t *testing.T) {
	var pages []*picturetest.Page
	for i := range 60 {
		pages = append(pages, face(t, i))
	}
	file := save(t, "many.pdf", picturetest.PDF(pages...))
	r := NewReader(testSpec(t))
	n := 0
	for range r.Images(context.Background(), []string{file}, ImageParams{}) {
		if n++; n == 3 {
			break // must end the workers and pdftoppm, or the test's folder cannot be removed
		}
	}
	ctx, stop := context.WithTimeout(context.Background(), 150*time.Millisecond)
	defer stop()
	var last error
	start := time.Now()
	for _, err := range r.Images(ctx, []string{file, file, file, file, file, file, file, file}, ImageParams{}) {
		last = err
	}
	if !errors.Is(last, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("stopped with %v after %v", last, time.Since(start))
	}
}

// noRace leaves a long test of one goroutine out of the short form, which is run for the race detector.
func noRace(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one goroutine: run in the whole form")
	}
}
