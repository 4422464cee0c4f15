package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/printer/page"
	"znak/printer/page/pagetest"
	"znak/printer/pdf"
)

var options = pdf.Options{Title: "Партия №42", Created: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)}

// write writes the pages to a file in the test's folder.
func write(t testing.TB, pages ...page.Page) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pages.pdf")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := pdf.Write(f, slices.Values(pages), options); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// run runs a tool of the system and returns what it printed.
func run(t testing.TB, tool string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("%s is not installed (make test installs it)", tool)
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, out)
	}
	return string(out)
}

func pages(n, dpi int) []page.Page {
	out := make([]page.Page, n)
	for i := range out {
		out[i] = pagetest.Envelope(i, dpi)
	}
	return out
}

func TestIsSoundAndHoldsTheText(t *testing.T) {
	dl := page.Page{Media: "DL", Width: 220, Height: 110, Items: []page.Item{
		page.Text{X: 10, Y: 10, Size: 10, Font: page.Bold, Text: "Ёжику «в тумане» № 7 — 85,40 ₽"}}}
	name := write(t, append(pages(3, 300), dl)...)
	if out := run(t, "qpdf", "--check", name); !strings.Contains(out, "No syntax or stream encoding errors") {
		t.Error(out)
	}
	text := run(t, "pdftotext", "-layout", name, "-")
	for _, want := range []string{"Семёнову-Вымышленному", "Ёжику «в тумане» № 7 — 85,40 ₽", "РОССИЯ•RUSSIA", "ул. Большая Придуманная, д. 1,", "Возврату не подлежит", pagetest.Identifier(2)} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the text:\n%s", want, text)
		}
	}
	info := run(t, "pdfinfo", "-f", "1", "-l", "4", name)
	for _, want := range []string{`Title: +Партия №42`, `Producer: +Znak`, `CreationDate: .*2026`, `Pages: +4`,
		`Page +1 size: +649\.13\d* x 459\.21\d* pts`, `Page +4 size: +623\.62\d* x 311\.81\d* pts`} {
		if !regexp.MustCompile(want).MatchString(info) {
			t.Errorf("no %q in:\n%s", want, info)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(run(t, "pdffonts", name)), "\n")[2:] {
		if !strings.Contains(line, "+PT") || !regexp.MustCompile(`Identity-H +yes yes yes`).MatchString(line) {
			t.Errorf("font not an embedded subset with a text table: %s", line)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []io.Writer{&a, &b} {
		if err := pdf.Write(w, slices.Values(pages(5, 203)), options); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two runs differ")
	}
}

func TestCodesAreReadByOthers(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed (make test installs it)")
	}
	for _, dpi := range []int{203, 300, 600} {
		t.Run(fmt.Sprint(dpi), func(t *testing.T) {
			p := pagetest.Envelope(7, dpi)
			name := write(t, p)
			image := strings.TrimSuffix(name, ".pdf")
			run(t, "pdftoppm", "-r", fmt.Sprint(dpi), "-gray", "-singlefile", name, image)
			got := run(t, "zbarimg", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-Si25.enable", image+".pgm")
			for _, want := range []string{"I2/5:" + pagetest.Identifier(7), "QR-Code:" + pagetest.Payload(7)} {
				if !strings.Contains(got, want) {
					t.Errorf("zbar: no %q in %q", want, got)
				}
			}
			for _, item := range p.Items {
				var want string
				var area page.Rect
				switch v := item.(type) {
				case page.Matrix:
					want, area = v.Data, v.Bounds()
				case page.Bars:
					want, area = v.Data, v.Bounds()
				default:
					continue
				}
				px := func(v page.Millimetres) string { return fmt.Sprint(math.Round(float64(v) / 25.4 * float64(dpi))) }
				// Debian's zxing-cpp aborts on a page with codes of two kinds, so it gets them one by one.
				const script = `import sys, numpy, zxingcpp
magic, size, top, data = open(sys.argv[1], "rb").read().split(b"\n", 3)
w, h = map(int, size.split())
x, y, dx, dy = map(lambda v: int(float(v)), sys.argv[2:])
crop = numpy.ascontiguousarray(numpy.frombuffer(data, numpy.uint8).reshape(h, w)[y:y+dy, x:x+dx])
sys.stdout.buffer.write(bytes(zxingcpp.read_barcode(crop).bytes))`
				out, err := exec.Command("/usr/bin/python3", "-c", script, image+".pgm", px(area.X), px(area.Y), px(area.W), px(area.H)).Output()
				if err != nil {
					t.Skipf("zxing-cpp of Debian is not installed (make test installs it): %v", err)
				}
				if string(out) != want {
					t.Errorf("zxing: got %q, want %q", out, want)
				}
			}
		})
	}
}

func TestMissingGlyphLeavesTheDocumentWhole(t *testing.T) {
	var out bytes.Buffer
	d := pdf.New(&out, options)
	if err := d.Add(pagetest.Envelope(1, 300)); err != nil {
		t.Fatal(err)
	}
	bad := page.Page{Name: "bad", Width: 100, Height: 100, Items: []page.Item{page.Text{X: 1, Y: 10, Size: 10, Text: "漢"}}}
	var missing *page.MissingGlyphError
	if err := d.Add(bad); !errors.As(err, &missing) {
		t.Fatalf("got %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if d.Pages() != 1 {
		t.Errorf("%d pages", d.Pages())
	}
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "qpdf", "--check", name)
}

// short accepts so many bytes and fails then, as a full disk does.
type short struct{ left int }

var errFull = errors.New("full")

func (s *short) Write(p []byte) (int, error) {
	if s.left -= len(p); s.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriterErrorsAreReported(t *testing.T) {
	var whole bytes.Buffer
	if err := pdf.Write(&whole, slices.Values(pages(40, 300)), options); err != nil {
		t.Fatal(err)
	}
	for left := 0; left < whole.Len(); left += whole.Len()/50 + 1 {
		if err := pdf.Write(&short{left}, slices.Values(pages(40, 300)), options); !errors.Is(err, errFull) {
			t.Errorf("full after %d of %d bytes: got %v", left, whole.Len(), err)
		}
	}
	if err := pdf.New(io.Discard, options).Close(); err == nil {
		t.Error("a document without pages was closed")
	}
}

func TestManyPages(t *testing.T) {
	const n = 1000 // more than one node of the page tree
	p := pagetest.Envelope(3, 300)
	name := write(t, slices.Repeat([]page.Page{p}, n)...)
	if info := run(t, "pdfinfo", name); !regexp.MustCompile(fmt.Sprintf(`Pages: +%d\n`, n)).MatchString(info) {
		t.Error(info)
	}
	run(t, "qpdf", "--check", name)
}

func TestMemoryDoesNotGrowWithPages(t *testing.T) {
	p := pagetest.Envelope(3, 300)
	d := pdf.New(io.Discard, options)
	var before, after runtime.MemStats
	for i := range 3000 {
		if err := d.Add(p); err != nil {
			t.Fatal(err)
		}
		if i == 100 {
			runtime.GC()
			runtime.ReadMemStats(&before)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := float64(after.HeapAlloc) - float64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("%.0f KB more after 2,900 pages", grown/1024)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkPDF draws envelopes into one document.
func BenchmarkPDF(b *testing.B) {
	all := pages(64, 300)
	count := &short{left: math.MaxInt}
	d := pdf.New(count, options)
	n := 0
	for b.Loop() {
		if err := d.Add(all[n%len(all)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "pages/s")
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(math.MaxInt-count.left)/float64(n), "bytes/page")
}

// BenchmarkOnePage makes a document of a single page, with its fonts.
func BenchmarkOnePage(b *testing.B) {
	p := pagetest.Envelope(1, 300)
	for b.Loop() {
		if err := pdf.Write(io.Discard, slices.Values([]page.Page{p}), options); err != nil {
			b.Fatal(err)
		}
	}
}

func TestCountPages(t *testing.T) {
	for _, n := range []int{1, 2, 300} {
		var b bytes.Buffer
		if err := pdf.Write(&b, slices.Values(slices.Repeat([]page.Page{pagetest.Envelope(1, 300)}, n)), options); err != nil {
			t.Fatal(err)
		}
		got, err := pdf.CountPages(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil || got != n {
			t.Errorf("got %d %v, want %d", got, err, n)
		}
		for _, cut := range []int{1, 10, 100, b.Len() / 2, b.Len()} {
			if _, err := pdf.CountPages(bytes.NewReader(b.Bytes()), int64(b.Len()-cut)); !errors.Is(err, pdf.ErrForeign) {
				t.Errorf("cut by %d: got %v", cut, err)
			}
		}
	}
}

func FuzzCountPages(f *testing.F) {
	var b bytes.Buffer
	if err := pdf.Write(&b, slices.Values([]page.Page{{Width: 20, Height: 20}}), options); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("startxref\n0\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if n, err := pdf.CountPages(bytes.NewReader(file), int64(len(file))); err == nil && n <= 0 || err != nil && !errors.Is(err, pdf.ErrForeign) {
			t.Errorf("%d %v", n, err)
		}
	})
}
